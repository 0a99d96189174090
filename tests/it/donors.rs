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
    Guarded::new(HealthFact::Deferral(Deferral { until: until.map(day), source: SourceOf::Station }))
}

fn sent(n: u64) -> Sent {
    Sent { key: crate::harness::desk::key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

/// One blood donor, born in May 1990.
async fn one(app: &App, actor: Actor) -> PublicId {
    let first17 = "51200219900505901";
    let sheet = format!("姓名,联系电话,身份证号\n谭秋霜,16400000021,{first17}{}\n", check_digit(first17));
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
        let actor = app.actor_named("coordinator").await.unwrap();
        let id = one(&app, app.actor_named("registrar").await.unwrap()).await;
        let status = async || app.person(actor, &id, NOW).await.unwrap().standings[0].1;
        let before = status().await;
        assert_eq!(before, EnrolmentStatus::Registered);
        app.record_health(actor, &id, deferral(Some("2027-03-01")), sent(1), NOW).await.unwrap();
        assert_eq!(whens(&opened(&app, actor, &id).await)[0], When::From(day("2027-03-02")));
        assert_eq!(status().await, before);
        app.record_health(actor, &id, deferral(None), sent(2), NOW).await.unwrap();
        assert_eq!(status().await, EnrolmentStatus::Exited(ExitReason::Medical));
        let page = opened(&app, actor, &id).await;
        assert_eq!(whens(&page), [When::Never, When::Never]);
        app.undo_health(actor, &id, page.donor.unwrap().facts[0].id, sent(3), NOW).await.unwrap();
        assert_eq!(status().await, before);
        assert_eq!(whens(&opened(&app, actor, &id).await)[0], When::From(day("2027-03-02")), "the first deferral runs on");
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
