//! One barcode, one registrant: on sheets, of samples taken, and of what was stored before anybody noted whose a barcode is.

use donor_registry::app::Actor;
use donor_registry::app::import::{ImportOptions, ImportReport, Preview, Staged};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, Registry};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;
use sea_orm::{ConnectionTrait, Database};

use super::urgent::{csrf, desk_today, key, registered};
use super::web::{Desk, run, signed_in};

/// Three people born on the first of January of 1990, 1991 and 1992.
const ONE: &str = "512002199001010020";
const TWO: &str = "512002199101010028";
const THREE: &str = "512002199201010025";

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

/// A sheet of one person.
fn sheet(name: &str, document: &str, phone: &str, barcode: &str) -> String {
    format!("姓名,身份证号,联系电话,采样日期,采样条码\n{name},{document},{phone},2026-06-01,{barcode}\n")
}

/// Stages a sheet and gives its preview, then takes it in and gives its report.
async fn import(desk: &Desk, text: String) -> (Preview, ImportReport) {
    let options = ImportOptions { registry: Some(Registry::StemCell), ..ImportOptions::default() };
    let bytes = Guarded::new(text.into_bytes());
    let staged = desk.app.stage(Actor::Console, bytes, "采样.csv", &options, now(), &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("a new sheet") };
    let preview = desk.app.preview(Actor::Console, id).await.unwrap();
    desk.app.admit(Actor::Console, id, now()).await.unwrap();
    (preview, desk.app.import_report(Actor::Console, id, false).await.unwrap())
}

/// Outcome, problems and whether the person was known, of the one person on a sheet.
fn told(report: &ImportReport) -> (&str, &str, Option<bool>) {
    let line = report.lines.iter().find(|line| line.outcome != "skipped").expect("one person");
    (line.outcome, line.problems.as_str(), line.known)
}

async fn page_of(desk: &Desk, document: &str) -> String {
    let found = desk.app.search(Actor::Console, &Guarded::new(document.to_owned())).await.unwrap();
    found.first().expect("on file").public_id.to_string()
}

/// The open lines of the correction list that ask for a barcode, with the code kept aside.
async fn asked(desk: &Desk) -> Vec<(Option<ProblemCode>, String, String)> {
    let lines = desk.app.corrections(Actor::Console, None, None, 100, now()).await.unwrap();
    let barcodes = lines.into_iter().filter(|line| line.field == "barcode");
    let told = |line: donor_registry::app::CorrectionItem| {
        let person = line.person.map(|person| person.to_string()).unwrap_or_default();
        (line.problem, line.value.map(|value| value.reveal().clone()).unwrap_or_default(), person)
    };
    barcodes.map(told).collect()
}

#[test]
fn a_barcode_of_a_sheet_is_one_registrant_s_and_of_a_second_one_it_is_kept_aside() {
    run(|| async {
        let desk = Desk::open().await;
        let (_, first) = import(&desk, sheet("钱乙二", ONE, "16000000417", "c000 00077")).await;
        assert_eq!(told(&first), ("accepted", "", Some(false)));

        // The same donor on another sheet, under the same code: known, and nothing is wrong.
        let (_, again) = import(&desk, sheet("钱乙二", ONE, "16000000417", "C00000077 ")).await;
        assert_eq!(told(&again), ("accepted", "", Some(true)));
        assert!(asked(&desk).await.is_empty());

        let (preview, second) = import(&desk, sheet("孙丙三", TWO, "16000000418", "C00000077")).await;
        assert!(preview.problems.iter().any(|p| p.code == ProblemCode::BarcodeTaken && p.rows == 1), "told before it is taken in");
        assert_eq!(told(&second), ("review", "barcode_taken", Some(false)));
        let person = page_of(&desk, TWO).await;
        assert_eq!(asked(&desk).await, [(Some(ProblemCode::BarcodeTaken), "C00000077".to_owned(), person.clone())]);

        // Nobody is enrolled by somebody else's sample, and the record tells no code.
        let found = desk.app.search(Actor::Console, &Guarded::new(TWO.to_owned())).await.unwrap();
        let standing = found[0].standings.iter().find(|(registry, ..)| *registry == Registry::StemCell).expect("registered");
        assert_eq!(standing.1, EnrolmentStatus::Registered);
        let copy = desk.app.copy_of_person(Actor::Console, &PublicId::parse(&person).unwrap(), now()).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(copy.json.reveal()).unwrap();
        assert!(json["registrations"][0]["details"]["barcode"].is_null(), "{json}");

        // Nor is a sample taken under it at the desk; after an erasure the code is free.
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let take = async |browser: &mut super::web::Browser<'_>| {
            let (key, day) = (key(), desk_today());
            let fields = [("csrf", token.as_str()), ("key", &key), ("barcode", "C00000077"), ("day", &day)];
            browser.post(&format!("/people/{person}/sample"), &fields).await
        };
        let refused = take(&mut registrar).await;
        assert!(refused.status == Status::UnprocessableEntity && refused.body.contains("已用在另一人的样本上"), "{}", refused.body);
        let (one, erasing) = (page_of(&desk, ONE).await, key());
        let erase = [("csrf", token.as_str()), ("key", &erasing), ("confirm", &one)];
        assert_eq!(registrar.post(&format!("/people/{one}/rights/erase"), &erase).await.status, Status::SeeOther);
        assert_eq!(take(&mut registrar).await.status, Status::SeeOther);
    });
}

#[test]
fn a_sample_taken_at_the_desk_keeps_its_barcode_from_a_sheet() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", ONE, "钱乙二").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let (key, day) = (key(), desk_today());
        let fields = [("csrf", token.as_str()), ("key", &key), ("barcode", "700000077"), ("day", &day)];
        assert_eq!(registrar.post(&format!("/people/{person}/sample"), &fields).await.status, Status::SeeOther);
        let (_, second) = import(&desk, sheet("孙丙三", TWO, "16000000421", "7000 00077")).await;
        assert_eq!(told(&second), ("review", "barcode_taken", Some(false)));
    });
}

#[test]
fn what_was_stored_before_is_claimed_once_by_whoever_came_first() {
    run(|| async {
        let mut file = std::path::PathBuf::new();
        let desk = Desk::open_with(|config, _| file = config.data.join("registry.db")).await;
        let past_the_program = async |sql: &str| {
            let db = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
            db.execute_unprepared(sql).await.unwrap();
            db.close().await.unwrap();
        };
        // As an earlier version left it: a sample, two registrants under one code, and the same donor twice under one.
        let sampled = registered(&desk, "stem-cell", THREE, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let (key, day) = (key(), desk_today());
        let fields = [("csrf", token.as_str()), ("key", &key), ("barcode", "S0000001"), ("day", &day)];
        assert_eq!(registrar.post(&format!("/people/{sampled}/sample"), &fields).await.status, Status::SeeOther);
        import(&desk, sheet("钱乙二", ONE, "16000000423", "B0000001")).await;
        import(&desk, sheet("钱乙二", ONE, "16000000423", " B0000001")).await;
        past_the_program("DELETE FROM barcode").await;
        let (_, second) = import(&desk, sheet("孙丙三", TWO, "16000000421", "B0000001")).await;
        assert_eq!(told(&second), ("accepted", "", Some(false)), "nobody knew of the first");
        past_the_program("DELETE FROM barcode").await;

        let tally = desk.app.claim_old_barcodes(now()).await.unwrap();
        assert_eq!((tally.claimed, tally.taken), (2, 1));
        let other = page_of(&desk, TWO).await;
        let expected = [(Some(ProblemCode::BarcodeTaken), "B0000001".to_owned(), other)];
        assert_eq!(asked(&desk).await, expected);
        let (_, refused) = import(&desk, sheet("周己六", "512002199301010022", "16000000422", "S0000001")).await;
        assert_eq!(told(&refused), ("review", "barcode_taken", Some(false)), "the sample's code is claimed");
        let (_, known) = import(&desk, sheet("钱乙二", ONE, "16000000423", "B0000001  ")).await;
        assert_eq!(told(&known), ("accepted", "", Some(true)));

        // Done once; and were it done again, nothing would be claimed or asked twice.
        let again = desk.app.claim_old_barcodes(now()).await.unwrap();
        assert_eq!((again.claimed, again.taken), (0, 0));
        past_the_program("DELETE FROM setting WHERE key = 'barcodes-claimed-to'").await;
        let anew = desk.app.claim_old_barcodes(now()).await.unwrap();
        assert_eq!((anew.claimed, anew.taken), (0, 0));
        assert_eq!(asked(&desk).await.len(), 2, "the one found, and the one of the last sheet");
    });
}
