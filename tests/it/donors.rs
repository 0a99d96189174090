//! Blood donors at work: recorded, counted, undone, and told to follow-up.

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, AppError, PersonPage, Sent};
use donor_registry::domain::Guarded;
use donor_registry::domain::eligibility::{Deferral, Donation, DonationKind, HealthFact, SourceOf, When};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::time::Timestamp;

use crate::harness::people::check_digit;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn donation(kind: DonationKind, on: &str) -> Guarded<HealthFact> {
    let donation =
        Donation { kind, day: day(on), millilitres: Some(400), units: None, place: Some("献血屋".into()), source: SourceOf::Station };
    Guarded::new(HealthFact::Donation(donation))
}

fn deferral(until: Option<&str>) -> Guarded<HealthFact> {
    Guarded::new(HealthFact::Deferral(Deferral { until: until.map(day), source: SourceOf::Station, ended: None }))
}

fn sent(n: u64) -> Sent {
    Sent { key: crate::harness::desk::key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

/// One blood donor, born in May 1990.
async fn one(app: &App, actor: Actor) -> PublicId {
    stands(app, actor, "正常").await
}

/// The same, as a sheet says they stand.
async fn stands(app: &App, actor: Actor, status: &str) -> PublicId {
    let first17 = "51200219900505901";
    let sheet = format!("姓名,联系电话,身份证号,状态\n谭秋霜,16400000021,{first17}{},{status}\n", check_digit(first17));
    let options = ImportOptions { registry: Some(Kind::Blood), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "sheet.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
    app.people_page(actor, None, 10).await.unwrap().pop().unwrap().public_id
}

async fn opened(app: &App, actor: Actor, id: &PublicId) -> PersonPage {
    app.disclose(actor, id, donor_registry::app::Opening::Correct, NOW).await.unwrap()
}

fn whens(page: &PersonPage) -> Vec<When> {
    page.donor.as_ref().unwrap().verdicts.iter().map(|v| v.when).collect()
}

fn registry() -> Registry {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "registrar");
    registry.add_account("coordinator", PASSWORD, "coordinator");
    registry.add_account("caller", PASSWORD, "caller");
    registry
}

#[test]
fn a_donation_is_recorded_once_moves_the_day_and_is_undone_without_a_trace_in_the_answer() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let id = one(&app, actor).await;
        let today = When::From(day("2026-11-23"));
        assert_eq!(whens(&opened(&app, actor, &id).await), [today, today]);
        assert!(app.person(actor, &id, NOW).await.unwrap().donor.is_none(), "nothing of it before the page is opened");

        app.record_health(actor, &id, donation(DonationKind::WholeBlood, "2026-08-31"), sent(1), NOW).await.unwrap();
        app.record_health(actor, &id, donation(DonationKind::WholeBlood, "2026-08-31"), sent(1), NOW).await.unwrap();
        let page = opened(&app, actor, &id).await;
        assert_eq!(whens(&page), [When::From(day("2027-02-28")), When::From(day("2026-11-30"))]);
        let donor = page.donor.unwrap();
        assert_eq!(donor.facts.len(), 1, "sent twice, recorded once");
        assert_eq!(donor.verdicts[0].set.as_deref(), Some("gb-18467-2011"));
        assert!(donor.verdicts[0].reasons[0].cite.as_ref().unwrap().clause.starts_with("GB 18467-2011"));
        let other = Sent { fingerprint: [9; 32], ..sent(1) };
        let refused = app.record_health(actor, &id, donation(DonationKind::Platelets, "2026-08-31"), other, NOW).await;
        assert!(matches!(refused, Err(AppError::Conflict)), "the same key with another body");

        let wrong = donor.facts[0].id;
        app.undo_health(actor, &id, wrong, sent(2), NOW).await.unwrap();
        app.undo_health(actor, &id, wrong, sent(2), NOW).await.unwrap();
        let page = opened(&app, actor, &id).await;
        assert_eq!(whens(&page), [today, today]);
        assert!(page.donor.unwrap().facts[0].undone, "what was undone stands as history");
        let refused = app.undo_health(actor, &id, wrong, sent(3), NOW).await;
        assert!(matches!(refused, Err(AppError::Stale)));
    });
}

#[test]
fn a_deferral_for_good_ends_the_standing_and_its_undoing_gives_it_back() {
    registry().look(|app| async move {
        // A coordinator sees no identity without a manager's agreement.
        let (actor, reader) = (app.actor_named("coordinator").await.unwrap(), app.actor_named("registrar").await.unwrap());
        let id = one(&app, reader).await;
        let status = async || app.person(actor, &id, NOW).await.unwrap().standings[0].1;
        let before = status().await;
        assert_eq!(before, EnrolmentStatus::Registered);
        app.record_health(actor, &id, deferral(Some("2027-03-01")), sent(1), NOW).await.unwrap();
        assert_eq!(whens(&opened(&app, reader, &id).await)[0], When::From(day("2027-03-02")));
        assert_eq!(status().await, before);
        app.record_health(actor, &id, deferral(None), sent(2), NOW).await.unwrap();
        assert_eq!(status().await, EnrolmentStatus::Exited(ExitReason::Medical));
        let page = opened(&app, reader, &id).await;
        assert_eq!(whens(&page), [When::Never, When::Never]);
        app.undo_health(actor, &id, page.donor.unwrap().facts[0].id, sent(3), NOW).await.unwrap();
        assert_eq!(status().await, before);
        assert_eq!(whens(&opened(&app, reader, &id).await)[0], When::From(day("2027-03-02")), "the first deferral runs on");
    });
}

#[test]
fn undoing_a_deferral_for_good_gives_back_what_stood_before_and_no_more() {
    registry().look(|app| async move {
        let (actor, reader) = (app.actor_named("coordinator").await.unwrap(), app.actor_named("registrar").await.unwrap());
        let id = stands(&app, reader, "待核实").await;
        let status = async || app.person(actor, &id, NOW).await.unwrap().standings[0].1;
        assert_eq!(status().await, EnrolmentStatus::Undecided);
        app.record_health(actor, &id, deferral(None), sent(1), NOW).await.unwrap();
        assert_eq!(status().await, EnrolmentStatus::Exited(ExitReason::Medical));
        let page = opened(&app, reader, &id).await;
        app.undo_health(actor, &id, page.donor.unwrap().facts[0].id, sent(2), NOW).await.unwrap();
        assert_eq!(status().await, EnrolmentStatus::Undecided, "nobody is taken into the pool by a mistake that was undone");
    });
}

#[test]
fn nobody_without_the_right_records_and_what_cannot_be_right_is_refused() {
    registry().look(|app| async move {
        let (registrar, caller) = (app.actor_named("registrar").await.unwrap(), app.actor_named("caller").await.unwrap());
        let id = one(&app, registrar).await;
        let refused = app.record_health(caller, &id, deferral(None), sent(1), NOW).await;
        assert!(matches!(refused, Err(AppError::Forbidden)));
        for (fact, field) in [
            (donation(DonationKind::WholeBlood, "2026-11-24"), "day"),
            (deferral(Some("2046-01-01")), "until"),
            (deferral(Some("1900-01-01")), "until"),
        ] {
            let refused = app.record_health(registrar, &id, fact, sent(1), NOW).await;
            assert!(matches!(&refused, Err(AppError::Input { field: f, .. }) if *f == field), "{refused:?}");
        }
        assert!(opened(&app, registrar, &id).await.donor.unwrap().facts.is_empty());
    });
}

#[test]
fn a_law_is_proposed_looked_at_and_put_in_use_and_donors_are_judged_by_it_from_its_day_on() {
    registry().look(|app| async move {
        let registrar = app.actor_named("registrar").await.unwrap();
        let id = one(&app, registrar).await;
        app.record_health(registrar, &id, donation(DonationKind::WholeBlood, "2026-10-20"), sent(1), NOW).await.unwrap();
        let before = whens(&opened(&app, registrar, &id).await);
        assert_eq!(before[0], When::From(day("2027-04-20")));
        let refused = app.date_rules(registrar, "blood-law-draft-2025", Some(day("2027-01-01")), NOW).await;
        assert!(matches!(refused, Err(AppError::Forbidden)), "dating a law is an administrator's act");

        app.date_rules(Actor::Console, "blood-law-draft-2025", Some(day("2027-01-01")), NOW).await.unwrap().unwrap();
        assert_eq!(whens(&opened(&app, registrar, &id).await), before, "what is proposed changes nothing");
        let seen = app.proposed_rules(Actor::Console, NOW).await.unwrap().unwrap();
        assert_eq!((seen.preview.donors, seen.preview.sooner, seen.preview.later), (1, 1, 0));
        assert_eq!(seen.preview.people.len(), 1);
        assert_eq!(seen.lines.1, ["valid_from = 2027-01-01"]);

        app.decide_rules(Actor::Console, "blood-law-draft-2025", true, NOW).await.unwrap();
        assert_eq!(whens(&opened(&app, registrar, &id).await)[0], When::From(day("2027-01-18")), "ninety days under the new law");
        assert_eq!(app.rule_set("blood-law-draft-2025").await.unwrap().versions.len(), 1);
        let stale = app.decide_rules(Actor::Console, "blood-law-draft-2025", true, NOW).await;
        assert!(matches!(stale, Err(AppError::Stale)));
        let flaw = app.propose_rules(Actor::Console, "id = 1", NOW).await.unwrap().unwrap_err();
        assert!(flaw.to_string().contains("line 1"), "{flaw}");
    });
}

#[test]
fn an_erased_person_does_not_come_back_by_an_old_sheet_and_does_by_signing_again() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let id = one(&app, actor).await;
        app.record_health(actor, &id, donation(DonationKind::WholeBlood, "2026-08-31"), sent(1), NOW).await.unwrap();
        let copy = app.copy_of_person(actor, &id, NOW).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(copy.json.reveal()).unwrap();
        assert_eq!(json["registrations"][0]["identity"]["name"], "谭秋霜");
        assert_eq!(json["health"][0]["fact"]["donation"]["day"], "2026-08-31");
        let lines: Vec<&str> = copy.parts.iter().flat_map(|p| p.entries.iter().flatten()).map(|(_, v)| v.reveal().as_str()).collect();
        assert!(lines.contains(&"谭秋霜") && lines.contains(&"2026-08-31"), "the page holds what the file holds");

        let typed = |text: &str| Guarded::new(text.to_owned());
        let slip = app.erase_person(actor, &id, &typed("7K3M-9QXA-R"), true, sent(2), NOW).await;
        assert!(matches!(slip, Err(AppError::Input { field: "confirm", .. })));
        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.erase_person(caller, &id, &typed(id.as_str()), true, sent(2), NOW).await, Err(AppError::Forbidden)));
        let pool = async || app.pool(day("2026-11-22")).await.unwrap().total.pool();
        let told = pool().await;
        app.erase_person(actor, &id, &typed(id.as_str()), true, sent(3), NOW).await.unwrap();
        app.erase_person(actor, &id, &typed(id.as_str()), true, sent(3), NOW).await.unwrap();
        assert_eq!(pool().await, told, "what was reported stays");
        let page = app.person(actor, &id, NOW).await.unwrap();
        assert!(page.view.records().all(|r| r.identity.is_none() && r.health.is_none()));
        assert_eq!(page.standings[0].1, EnrolmentStatus::Exited(ExitReason::Erased));

        let first17 = "51200219900505901";
        let sheet = format!("姓名,联系电话,身份证号,备注\n谭秋霜,16400000021,{first17}{},旧表\n", check_digit(first17));
        let options = ImportOptions { registry: Some(Kind::Blood), ..ImportOptions::default() };
        let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "old.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
        let Staged::Draft(import) = staged else { panic!("other bytes") };
        let totals = app.admit(actor, import, NOW).await.unwrap();
        assert_eq!((totals.refused, totals.new + totals.known), (1, 0));
        let preview = app.preview(actor, import).await.unwrap();
        assert_eq!(preview.problems[0].code.code(), "erased_on_request");
    });
}

#[test]
fn a_recall_calls_whom_the_station_asks_for_once_and_never_who_was_not_released_for_contact() {
    use donor_registry::domain::eligibility::Group;
    use donor_registry::domain::person::{Abo, Rh};
    use donor_registry::domain::recall::{Said, Wanted};
    let registry = registry();
    registry.add_account("branch", PASSWORD, "small-branch");
    registry.look(|app| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let first17 = "51200219900505901";
        let town = app.towns.towns[0].clone();
        let sheet = format!("姓名,联系电话,身份证号,镇街\n谭秋霜,16400000021,{first17}{},{}\n", check_digit(first17), town.name);
        let options = ImportOptions { registry: Some(Kind::Blood), ..ImportOptions::default() };
        let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "sheet.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
        let Staged::Draft(import) = staged else { panic!("new bytes") };
        app.admit(actor, import, NOW).await.unwrap();
        let id = app.people_page(actor, None, 10).await.unwrap().pop().unwrap().public_id;
        let group = Group { abo: Abo::O, rh: Rh::Negative, source: SourceOf::Station };
        app.record_health(actor, &id, Guarded::new(HealthFact::Group(group)), sent(1), NOW).await.unwrap();
        let wanted = Wanted { abo: Some(Abo::O), rh: Rh::Negative, kind: DonationKind::WholeBlood, towns: vec![town.code] };
        let nobody = Wanted { towns: Vec::new(), ..wanted.clone() };
        let refused = app.open_recall(actor, "XZ-1", &nobody, day("2026-12-01"), sent(2), NOW).await;
        assert!(matches!(refused, Err(AppError::Input { field: "towns", .. })));
        let named = app.open_recall(actor, "患者王某", &wanted, day("2026-12-01"), sent(2), NOW).await;
        assert!(matches!(named, Err(AppError::Input { field: "number", .. })), "no name stands in a request");
        let recall = app.open_recall(actor, "XZ-1", &wanted, day("2026-12-01"), sent(2), NOW).await.unwrap();
        assert!(app.recall_list(actor, recall, NOW).await.unwrap().is_empty(), "importing contacts nobody");
        app.first_contact(actor, None, 1, NOW).await.unwrap();
        let list = app.recall_list(actor, recall, NOW).await.unwrap();
        assert_eq!(list.iter().map(|line| line.person.clone()).collect::<Vec<_>>(), std::slice::from_ref(&id));
        app.note_recall(actor, recall, &id, Said::NotNow, sent(3), NOW).await.unwrap();
        assert!(app.recall_list(actor, recall, NOW).await.unwrap().is_empty(), "called today, rested for a month");
        app.close_recall(actor, recall, NOW).await.unwrap();
        assert!(matches!(app.recall_list(actor, recall, NOW).await, Err(AppError::Stale)));
        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.recall_list(caller, recall, NOW).await, Err(AppError::Forbidden)));
    });
}

#[test]
fn the_pages_record_print_copy_and_erase_and_keep_what_was_typed_where_something_is_wrong() {
    use crate::harness::desk::{Desk, key};
    use crate::harness::people::Invented;
    let registry = registry();
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let person = Invented::of(7);
    let answer = desk.enrol(&key(1), &person, "blood").unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let found = desk.post("/people", &key(2), &[("query", &person.document)]).unwrap().text();
    let id = found.split("href=\"/people/").nth(1).and_then(|rest| rest.split('"').next()).expect("one line").to_owned();
    let at = |rest: &str| format!("/people/{id}{rest}");

    let wrong = [("given-kind", "whole-blood"), ("given-day", "2099-01-01"), ("given-place", "献血屋"), ("given-source", "station")];
    let answer = desk.post(&at("/donor/donation"), &key(3), &wrong).unwrap();
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("value=\"2099-01-01\"") && answer.text().contains("value=\"献血屋\""), "what was typed stays");
    let right = [("given-kind", "whole-blood"), ("given-day", "2026-01-31"), ("given-ml", "400"), ("given-source", "station")];
    assert_eq!(desk.post(&at("/donor/donation"), &key(4), &right).unwrap().status, 303);
    let none = desk.post(&at("/donor/deferral"), &key(5), &[("defer-how", "span"), ("defer-source", "station")]).unwrap();
    assert_eq!(none.status, 422);
    let span = [("defer-how", "span"), ("defer-from", "2026-02-01"), ("defer-span", "3 months"), ("defer-source", "station")];
    assert_eq!(desk.post(&at("/donor/deferral"), &key(6), &span).unwrap().status, 303);
    let group = [("group-abo", "AB"), ("group-rh", "negative"), ("group-source", "self-told")];
    assert_eq!(desk.post(&at("/donor/group"), &key(7), &group).unwrap().status, 303);
    let masked = desk.client.get(&at("")).unwrap().text();
    assert!(!masked.contains("2026-04-30") && !masked.contains("GB 18467-2011, 9"), "nothing of it before the identity is opened");
    let opened = desk.post(&at("/open"), &key(8), &[("reason", "request")]).unwrap().text();
    for told in ["2026-04-30", "400 mL", "AB", "/rules/set/gb-18467-2011"] {
        assert!(opened.contains(told), "{told}: {opened}");
    }
    for form in ["confirmation", "organ-body", "card"] {
        let printed = desk.post(&at("/print"), &key(9), &[("form", form)]).unwrap();
        assert!(printed.status == 200 && printed.text().contains(&id), "{form}: {}", printed.text());
    }
    assert_eq!(desk.post(&at("/rights"), &key(10), &[("kind", "copy"), ("received", "2099-01-01")]).unwrap().status, 422);
    let today = chrono::Utc::now().date_naive().pred_opt().unwrap().to_string();
    assert_eq!(desk.post(&at("/rights"), &key(11), &[("kind", "copy"), ("received", &today)]).unwrap().status, 303);
    assert!(desk.client.get("/rights").unwrap().text().contains(&at("/rights")));
    let file = desk.post(&at("/rights/copy"), &key(12), &[("as", "json")]).unwrap();
    assert!(file.header("content-disposition").unwrap_or_default().contains(".json"));
    assert!(file.text().contains(&person.document) && file.text().contains("\"day\": \"2026-01-31\""), "{}", file.text());
    let page = desk.post(&at("/rights/copy"), &key(13), &[("as", "page")]).unwrap().text();
    assert!(page.contains(&person.document) && page.contains("2026-01-31"));
    assert!(desk.post(&at("/rights/proof"), &key(14), &[]).unwrap().text().contains("SHA-256"));
    assert_eq!(desk.post(&at("/rights/object"), &key(15), &[]).unwrap().status, 303);
    let slip = desk.post(&at("/rights/erase"), &key(16), &[("confirm", "7K3M-9QXA-R"), ("bar", "yes")]).unwrap();
    assert_eq!(slip.status, 422);
    assert_eq!(desk.post(&at("/rights/erase"), &key(17), &[("confirm", &id), ("bar", "yes")]).unwrap().status, 303);
    let found = desk.post("/people", &key(18), &[("query", &person.document)]).unwrap().text();
    assert!(!found.contains(&at("")), "nobody is found any more");
    // The person comes back in person and signs again.
    let answer = desk.enrol(&key(19), &person, "blood").unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    server.stop();
}
