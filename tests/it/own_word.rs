//! What registrants said themselves stands: a wrong exit is not taken back over it.

use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::{Actor, App, AppError, Once, OwnWord, Told, Will};
use donor_registry::domain::Guarded;
use donor_registry::domain::consent::Purpose;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::outside::{NotNow, OutsideSystem};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use crate::followup_desk::{office_with, send};
use crate::followup_sensitive::{RULES, tells};
use crate::harness::sink::Sink;
use crate::urgent::{DONOR, csrf, key, registered};
use crate::web::{Desk, run, signed_in};

const LOST: EnrolmentStatus = EnrolmentStatus::Exited(ExitReason::Lost);

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

fn once() -> Once {
    Once { key: key(), fingerprint: [7; 32] }
}

async fn standing(app: &App, id: &PublicId, registry: Kind) -> EnrolmentStatus {
    let page = app.person(Actor::Console, id, now()).await.unwrap();
    page.standings.iter().find(|(r, ..)| *r == registry).expect("a registration").1
}

/// Nothing that was entered may be taken back, since they said otherwise.
async fn is_refused(app: &App, id: &PublicId, at: Timestamp) {
    let line = app.in_error_page(Actor::Console, id, at).await.unwrap().lines.remove(0);
    assert_eq!(line.refused, Some("in-error-own-word"), "the page says so");
    let tried = app.take_back_standing(Actor::Console, id, (line.act, InErrorWhy::NotTrue), &once(), at).await;
    assert!(matches!(tried, Err(AppError::NotNow(NotNow { key: "in-error-own-word" }))), "{tried:?}");
}

#[test]
fn a_wrong_exit_is_not_taken_back_once_they_said_no_longer_on_their_own_page() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, Some(RULES));
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
    let mail = sink.taken().remove(0);
    registry.look(|app: Arc<App>| async move {
        let (at, team) = (now(), Kind::Volunteer);
        let id = app.people_page(Actor::Console, None, 10).await.unwrap().remove(0).public_id;
        app.leave(Actor::Console, &id, team, ExitReason::Lost, at).await.unwrap();
        let line = app.in_error_page(Actor::Console, &id, at).await.unwrap().lines.remove(0);
        assert_eq!(line.refused, None, "until then it may be taken back");
        tells(&app, &mail, &Told::of(Will::NoLonger(Vec::new())), at.plus_seconds(60)).await;
        is_refused(&app, &id, at.plus_seconds(120)).await;
        assert_eq!(standing(&app, &id, team).await, LOST, "the first reason stands, and nobody is back in the pool");
        let page = app.person(Actor::Console, &id, at).await.unwrap();
        assert_eq!(page.own_words, [OwnWord { registry: team, said: true }]);
        let today = app.today(at);
        assert_eq!(app.pool(today).await.unwrap().registry(team).pool(), 0);
        let flows = app.flows(today, today).await.unwrap();
        assert!(flows.reconciles());
    });
}

#[test]
fn what_they_told_a_caller_after_a_wrong_exit_stands_and_other_systems_are_to_hear_of_it() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let (id, app) = (PublicId::parse(&person).unwrap(), &desk.app);
        let number = Guarded::new("CODAC-2026-0001".to_owned());
        let entered = (&number, app.today(now()));
        app.enter_outside(Actor::Console, &id, OutsideSystem::NationalOrgan, entered, &once(), now()).await.unwrap();
        let mut caller = signed_in(&desk, "caller").await;
        let token = csrf(&mut caller).await;
        let (page, noted) = (format!("/people/{person}"), format!("/people/{person}/own-word/organ-body"));
        assert!(!caller.get(&page).await.body.contains(&noted), "who is registered simply leaves");
        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "lost")];
        assert_eq!(caller.post(&format!("{page}/leave"), &leave).await.status, Status::SeeOther);
        let mut coordinator = signed_in(&desk, "coordinator").await;
        assert!(!coordinator.get("/outside").await.body.contains(&person), "who is lost stays known there");
        assert!(coordinator.get(&format!("{page}/in-error")).await.body.contains("恢复为“已登记”"));

        assert!(caller.get(&page).await.body.contains(&noted));
        for _ in 0..2 {
            assert_eq!(caller.post(&noted, &[("csrf", &token)]).await.status, Status::SeeOther, "said twice, kept once");
        }
        let seen = caller.get(&page).await.body;
        assert!(seen.contains("本人后来说过不再愿意") && !seen.contains(&noted), "{seen}");
        let told = coordinator.get(&format!("{page}/in-error")).await.body;
        assert!(told.contains("以本人的话为准") && !told.contains("name=\"act\""), "the page says why, and offers nothing: {told}");
        is_refused(app, &id, now()).await;
        assert_eq!(standing(app, &id, Kind::OrganBody).await, LOST);
        let after = app.person(Actor::Console, &id, now()).await.unwrap();
        assert!(!after.view.consents_to(Purpose::Register(Kind::OrganBody)), "the consents are taken back");
        assert!(coordinator.get("/outside").await.body.contains(&person), "they are to be withdrawn there");
        let log = app.log_page(Actor::Console, None, 50).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "person.own-word").count(), 1);
    });
}

#[test]
fn the_dead_and_those_who_are_registered_say_nothing_of_the_kind() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let (id, app) = (PublicId::parse(&person).unwrap(), &desk.app);
        let tried = app.note_own_word(Actor::Console, &id, Kind::OrganBody, now()).await;
        assert!(matches!(tried, Err(AppError::Stale)), "who is registered leaves: {tried:?}");
        let death =
            donor_registry::domain::death::Death { day: app.today(now()), told_by: donor_registry::domain::death::DeathSource::Family };
        app.died(Actor::Console, &id, death, now()).await.unwrap();
        let tried = app.note_own_word(Actor::Console, &id, Kind::OrganBody, now()).await;
        assert!(matches!(tried, Err(AppError::Stale)), "{tried:?}");
        let line = app.in_error_page(Actor::Console, &id, now()).await.unwrap().lines.remove(0);
        assert_eq!(line.refused, None, "a death that was noted wrongly may be taken back");
    });
}
