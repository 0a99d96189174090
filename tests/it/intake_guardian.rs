//! A volunteer of 16 or 17 on a sheet: the guardian's name, phone and consent are read, and without them nobody is contacted.

use donor_registry::app::Actor;
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::domain::Guarded;
use donor_registry::domain::contact::RelativeRole;
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, Registry};
use donor_registry::domain::time::Timestamp;
use donor_registry::intake::{Row, RowOutcome};

use super::intake_sheets::{codes, of_csv, row};
use super::urgent::{contains, csrf};
use super::web::{Desk, run, signed_in};

/// Born on 2009-01-01 and 1990-01-01.
const MINOR: &str = "512002200901010021";
const ADULT: &str = "512002199001010020";

fn guardian(row: &Row) -> Option<(String, String, bool)> {
    let draft = row.draft.as_ref()?;
    let agreed = draft.details.reveal().guardian_agreed;
    let contact = draft.contact.reveal();
    let guardian = contact.relatives.iter().find(|r| r.role == RelativeRole::Guardian)?;
    let name = guardian.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
    Some((name, guardian.phones.iter().map(|phone| phone.as_str()).collect(), agreed))
}

fn status(row: &Row) -> EnrolmentStatus {
    row.draft.as_ref().expect("taken in").status
}

#[test]
fn a_minor_s_guardian_is_read_under_chinese_english_and_grouped_headings() {
    let told = Some(("周戊五".to_owned(), "16000000421".to_owned(), true));
    let line = format!("钱乙二,{MINOR},16000000417,2026-06-01,周戊五,16000000421,同意\n");
    for header in [
        "姓名,身份证号,手机,登记日期,监护人,监护人电话,监护人同意\n",
        "姓名,身份证号,手机,登记日期,家长姓名,家长联系电话,家长签字同意\n",
        "Name,ID No.,Phone,Date,Guardian,Guardian's phone,Guardian's consent\n",
        "Name,ID No.,Phone,Date,Parent/guardian name,Parent/guardian mobile,Parent/guardian consent\n",
        "姓名,身份证号,手机,登记日期,监护人,,\n,,,,姓名,联系电话,是否同意\n",
    ] {
        let sheet = of_csv(&format!("{header}{line}"), Registry::Volunteer);
        let row = sheet.rows.last().expect("a row");
        assert_eq!(guardian(row), told, "{header}");
        assert_eq!((codes(row), status(row)), (Vec::new(), EnrolmentStatus::Registered), "{header}");
    }
}

#[test]
fn without_name_phone_or_consent_the_row_waits_for_a_registrar() {
    let header = "姓名,身份证号,手机,登记日期,监护人,监护人电话,监护人同意\n";
    for who in [",,", "周戊五,16000000421,", "周戊五,16000000421,不同意", "周戊五,,同意", ",16000000421,同意"] {
        let sheet = of_csv(&format!("{header}钱乙二,{MINOR},16000000417,2026-06-01,{who}\n"), Registry::Volunteer);
        let row = row(&sheet, 2);
        assert_eq!(codes(row), [ProblemCode::MissingGuardian.code()], "{who}");
        assert_eq!((row.outcome, status(row)), (RowOutcome::Review, EnrolmentStatus::Undecided), "{who}");
    }
    // Of age on the day of the row: nobody else has to agree, and nobody else is kept.
    let sheet = of_csv(&format!("{header}赵甲一,{ADULT},16000000418,2026-06-01,周戊五,16000000421,\n"), Registry::Volunteer);
    assert_eq!((codes(row(&sheet, 2)), guardian(row(&sheet, 2)), status(row(&sheet, 2))), (Vec::new(), None, EnrolmentStatus::Registered));
    // The day judged tells: 18 since.
    let sheet = of_csv(&format!("{header}钱乙二,512002200701010027,16000000417,2024-12-31,,,\n"), Registry::Volunteer);
    assert_eq!(codes(row(&sheet, 2)), ["missing_guardian"]);
    let sheet = of_csv(&format!("{header}钱乙二,512002200701010027,16000000417,2025-01-01,,,\n"), Registry::Volunteer);
    assert_eq!(codes(row(&sheet, 2)), [""; 0]);
    // A roster that never asked says nothing of guardians; in another registry 监护人 is a contact.
    let sheet = of_csv(&format!("姓名,身份证号,手机,登记日期\n钱乙二,{MINOR},16000000417,2026-06-01\n"), Registry::Volunteer);
    assert_eq!((codes(row(&sheet, 2)), status(row(&sheet, 2))), (Vec::new(), EnrolmentStatus::Registered));
    let sheet =
        of_csv(&format!("姓名,身份证号,手机,监护人,监护人电话\n赵甲一,{ADULT},16000000418,周戊五,16000000421\n"), Registry::OrganBody);
    assert_eq!(row(&sheet, 2).draft.as_ref().expect("taken in").contact.reveal().relatives[0].role, RelativeRole::Contact);
}

#[test]
fn who_waits_stands_on_the_correction_list_and_a_guardian_who_agreed_on_the_page() {
    run(|| async {
        let desk = Desk::open().await;
        let now = Timestamp::of(chrono::Utc::now());
        let text = format!(
            "姓名,身份证号,手机,登记日期,监护人,监护人电话,监护人同意\n钱乙二,{MINOR},16000000417,2026-06-01,周戊五,16000000421,同意\n孙丙三,512002201001010020,16000000418,2026-06-01,,,\n"
        );
        let options = ImportOptions {
            registry: Some(Registry::Volunteer),
            judged_on: chrono::NaiveDate::from_ymd_opt(2026, 6, 1),
            ..ImportOptions::default()
        };
        let bytes = Guarded::new(text.into_bytes());
        let staged = desk.app.stage(Actor::Console, bytes, "报名.csv", &options, now, &mut |_, _| {}).await.unwrap();
        let Staged::Draft(id) = staged else { panic!("a new sheet") };
        let totals = desk.app.admit(Actor::Console, id, now).await.unwrap();
        assert_eq!((totals.accepted, totals.review), (1, 1));

        let waiting = desk.app.corrections(Actor::Console, None, None, 10, now).await.unwrap();
        let [line] = waiting.as_slice() else { panic!("one line") };
        assert_eq!((line.field.as_str(), line.problem), ("guardian", Some(ProblemCode::MissingGuardian)));
        let found = async |document: &str| {
            let found = desk.app.search(Actor::Console, &Guarded::new(document.to_owned())).await.unwrap();
            found.first().expect("on file").public_id.to_string()
        };
        let (agreed, waits) = (found(MINOR).await, found("512002201001010020").await);
        assert_eq!(line.person.as_ref().map(ToString::to_string), Some(waits));

        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let fields = [("csrf", token.as_str()), ("reason", "request")];
        let opened = registrar.post(&format!("/people/{agreed}/open"), &fields).await.body;
        assert!(opened.contains("周戊五 16000000421 （报名表载明已同意）"), "{opened}");
        assert!(!contains(&desk.bytes(), "周戊五".as_bytes()) && !contains(&desk.bytes(), b"16000000421"));
    });
}
