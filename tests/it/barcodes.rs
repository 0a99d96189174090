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

/// Sends the form that releases a barcode; `of` as the page offers it.
async fn released(browser: &mut super::web::Browser<'_>, person: &str, of: &str, evidence: &str) -> super::web::Seen {
    let (token, once) = (csrf(browser).await, key());
    let fields = [("csrf", token.as_str()), ("key", &once), ("code", of), ("why", "sheet"), ("evidence", evidence)];
    browser.post(&format!("/people/{person}/sample/release"), &fields).await
}

/// The first barcode that a person's page offers to release.
fn offered(page: &str) -> String {
    page.split("name=\"code\" value=\"").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap().to_owned()
}

async fn taken(browser: &mut super::web::Browser<'_>, person: &str, code: &str) -> super::web::Seen {
    let (token, once, day) = (csrf(browser).await, key(), desk_today());
    let fields = [("csrf", token.as_str()), ("key", &once), ("barcode", code), ("day", &day)];
    browser.post(&format!("/people/{person}/sample"), &fields).await
}

async fn status_of(desk: &Desk, document: &str) -> EnrolmentStatus {
    let found = desk.app.search(Actor::Console, &Guarded::new(document.to_owned())).await.unwrap();
    found[0].standings.iter().find(|(registry, ..)| *registry == Registry::StemCell).expect("registered").1
}

#[test]
fn a_barcode_of_a_wrong_sheet_is_released_with_evidence_and_is_the_right_person_s_from_then_on() {
    run(|| async {
        let mut file = std::path::PathBuf::new();
        let desk = Desk::open_with(|config, _| file = config.data.join("registry.db")).await;
        import(&desk, sheet("钱乙二", ONE, "16000000417", "C00000077")).await;
        let wrong = page_of(&desk, ONE).await;
        let right = registered(&desk, "stem-cell", TWO, "孙丙三").await;
        assert_eq!(status_of(&desk, ONE).await, EnrolmentStatus::Enrolled);
        let today = desk.app.today(now());
        let counted = async || {
            let counts = desk.app.pool(today).await.unwrap().registry(Registry::StemCell);
            (counts.registered, counts.enrolled)
        };
        assert_eq!(counted().await, (1, 1));

        // Whoever is told that it is taken is told whose it is, and what to do.
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let refused = taken(&mut coordinator, &right, "c000 00077").await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        assert!(refused.body.contains("解除条码") && refused.body.contains(&format!("/people/{wrong}/sample#release")), "{}", refused.body);

        let page = coordinator.get(&format!("/people/{wrong}/sample")).await.body;
        let code = offered(&page);
        assert!(code.starts_with("record:") && !page.contains("C00000077"), "masked: {page}");
        let mut caller = signed_in(&desk, "caller").await;
        assert_eq!(released(&mut caller, &wrong, &code, "核对了采血管和原表").await.status, Status::Forbidden);
        let unsaid = released(&mut coordinator, &wrong, &code, "  ").await;
        assert!(unsaid.status == Status::UnprocessableEntity && unsaid.body.contains("写明依据"), "{}", unsaid.body);
        assert_eq!(released(&mut coordinator, &right, &code, "核对了采血管和原表").await.status, Status::NotFound, "not of this person");
        assert_eq!(released(&mut coordinator, &wrong, &code, "核对了采血管和原表").await.status, Status::SeeOther);

        // It is a further entry; nobody is enrolled by somebody else's sample, in no report of from now on either.
        let page = coordinator.get(&format!("/people/{wrong}/sample")).await.body;
        assert!(page.contains("条码已解除") && page.contains("原表写错") && page.contains("核对了采血管和原表"), "{page}");
        assert!(!page.contains("id=\"release\""), "nothing more to release: {page}");
        assert_eq!(status_of(&desk, ONE).await, EnrolmentStatus::Registered);
        assert_eq!(counted().await, (2, 0));
        let copy = desk.app.copy_of_person(Actor::Console, &PublicId::parse(&wrong).unwrap(), now()).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(copy.json.reveal()).unwrap();
        assert_eq!(json["registrations"][0]["details"]["barcode"], "C00000077", "what the sheet told stays told");
        assert_eq!(json["samples"][0]["state"], "released");
        let again = released(&mut coordinator, &wrong, &code, "核对了采血管和原表").await;
        assert!(again.status == Status::UnprocessableEntity && again.body.contains("已经不是这一位的"), "{}", again.body);

        assert_eq!(taken(&mut coordinator, &right, "C00000077").await.status, Status::SeeOther);
        assert_eq!(taken(&mut coordinator, &wrong, "C00000077").await.status, Status::UnprocessableEntity, "now it is the right person's");
        let log = desk.app.log_page(Actor::Console, None, 50).await.unwrap();
        assert_eq!(log.iter().filter(|leaf| leaf.action == "sample.release").count(), 1);

        // Were everything claimed anew from what is stored, it would be the right person's again.
        let db = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
        db.execute_unprepared("DELETE FROM barcode").await.unwrap();
        db.close().await.unwrap();
        let tally = desk.app.claim_old_barcodes(now()).await.unwrap();
        assert_eq!((tally.claimed, tally.taken), (1, 0));
        assert_eq!(taken(&mut coordinator, &wrong, "C00000077").await.status, Status::UnprocessableEntity);
        assert!(asked(&desk).await.is_empty());
    });
}

#[test]
fn a_mistyped_barcode_is_released_once_the_enrolment_by_its_sample_is_taken_back() {
    run(|| async {
        let desk = Desk::open().await;
        let wrong = registered(&desk, "stem-cell", ONE, "钱乙二").await;
        let right = registered(&desk, "stem-cell", TWO, "孙丙三").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        assert_eq!(taken(&mut coordinator, &wrong, "700000077").await.status, Status::SeeOther);
        let path = format!("/people/{wrong}/sample");
        for act in ["sent", "accepted"] {
            let page = coordinator.get(&path).await;
            let sample = page.body.split("action=\"/samples/").nth(1).expect("a sample is under way").split('"').next().unwrap().to_owned();
            let (token, once, version, day) = (csrf(&mut coordinator).await, key(), page.field("version"), desk_today());
            let fields = [("csrf", token.as_str()), ("key", &once), ("version", &version), ("on", &day), ("act", act)];
            assert_eq!(coordinator.post(&format!("/samples/{sample}"), &fields).await.status, Status::SeeOther, "{act}");
        }
        assert_eq!(status_of(&desk, ONE).await, EnrolmentStatus::Enrolled);
        let code = offered(&coordinator.get(&path).await.body);
        assert!(code.starts_with("sample:"), "{code}");
        let refused = released(&mut coordinator, &wrong, &code, "核对了采血管").await;
        assert!(refused.status == Status::UnprocessableEntity && refused.body.contains("先在登记者页面用“录入有误”撤回入库"));
        assert_eq!(status_of(&desk, ONE).await, EnrolmentStatus::Enrolled, "nothing was changed");

        let id = PublicId::parse(&wrong).unwrap();
        let act = desk.app.in_error_page(Actor::Console, &id, now()).await.unwrap().lines[0].act;
        let once = donor_registry::app::Once { key: key(), fingerprint: [7; 32] };
        let why = donor_registry::domain::in_error::InErrorWhy::WrongPerson;
        desk.app.take_back_standing(Actor::Console, &id, (act, why), &once, now()).await.unwrap();
        let mut registrar = signed_in(&desk, "registrar").await;
        assert_eq!(released(&mut registrar, &wrong, &code, "核对了采血管").await.status, Status::SeeOther);
        assert_eq!(status_of(&desk, ONE).await, EnrolmentStatus::Registered);
        assert_eq!(taken(&mut registrar, &right, "700000077").await.status, Status::SeeOther);
        // Their own tube is noted as a sample of its own.
        assert_eq!(taken(&mut registrar, &wrong, "700000078").await.status, Status::SeeOther);
        assert_eq!(desk.app.samples(Actor::Console, &id).await.unwrap().samples.len(), 2);
    });
}
