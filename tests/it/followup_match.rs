//! A donor who agreed in a match: called every week, from the order of the work-up on every day, and not at all once the request has ended.

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, TaskItem, TaskOutcome};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use super::urgent::{YOUNG, csrf, noted, opened_match, registered};
use super::web::{Desk, run, signed_in};

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

/// The open checks of everybody, as they stand.
async fn open_checks(desk: &Desk, until: NaiveDate) -> Vec<TaskItem> {
    let tasks = desk.app.tasks(Actor::Console, until, 1_000).await.unwrap();
    tasks.into_iter().filter(|task| task.kind.is_some_and(|kind| kind.word() == "match_check")).collect()
}

/// The same after planning as of an instant.
async fn planned_checks(desk: &Desk, at: Timestamp) -> Vec<TaskItem> {
    let today = desk.app.today(at);
    desk.app.plan(Actor::Console, today, 2, false, at).await.unwrap();
    open_checks(desk, today + Days::new(90)).await
}

fn told(checks: &[TaskItem]) -> Vec<(NaiveDate, &'static str, i64)> {
    checks.iter().map(|task| (task.due_on, task.channel.word(), task.rounds)).collect()
}

#[test]
fn who_agreed_is_called_every_week_then_every_day_and_no_more_after_the_collection() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = opened_match(&mut lin, &token, &person).await;
        let (begin, today) = (now(), desk.app.today(now()));
        assert!(planned_checks(&desk, begin).await.is_empty(), "before the answer the clock of the notice runs");
        for what in ["contacted", "agreed"] {
            assert_eq!(noted(&mut lin, &token, &path, ("what", what)).await.0, Status::SeeOther);
        }
        let weekly = planned_checks(&desk, begin).await;
        assert_eq!(told(&weekly), [(today + Days::new(7), "phone", 0)]);
        let script = desk.app.call_script(Actor::Console, &weekly[0]).await.unwrap();
        assert_eq!(script.tone.word(), "neutral");
        assert_eq!(script.say, ["script-match", "script-free"]);
        for what in ["typing", "confirmed"] {
            assert_eq!(noted(&mut lin, &token, &path, ("what", what)).await.0, Status::SeeOther);
            assert_eq!(told(&open_checks(&desk, today + Days::new(90)).await), [(today + Days::new(7), "phone", 0)], "{what}");
        }
        assert_eq!(noted(&mut lin, &token, &path, ("what", "work-up")).await.0, Status::SeeOther);
        assert!(open_checks(&desk, today + Days::new(90)).await.is_empty(), "the weekly one ends at once");
        let daily = planned_checks(&desk, begin).await;
        assert_eq!(told(&daily), [(today + Days::new(1), "phone", 0)]);

        // Nobody answers: tried again on the next day, the same task with its rounds counted.
        let tomorrow = begin.plus_seconds(DAY);
        let due = planned_checks(&desk, tomorrow).await;
        assert_eq!(told(&due), [(today + Days::new(1), "phone", 0)]);
        desk.app.finish_task(Actor::Console, due[0].id, due[0].version, TaskOutcome::NoAnswer, tomorrow).await.unwrap();
        let next = begin.plus_seconds(2 * DAY);
        let again = planned_checks(&desk, next).await;
        assert_eq!((told(&again), again[0].id), (vec![(today + Days::new(2), "phone", 1)], due[0].id));
        // Spoken with: the next one is due a day later, not before.
        desk.app.finish_task(Actor::Console, again[0].id, again[0].version, TaskOutcome::Reached, next).await.unwrap();
        assert_eq!(told(&planned_checks(&desk, next).await), [(today + Days::new(3), "phone", 0)]);
        // Where nobody called for a week it is still there, once.
        let late = begin.plus_seconds(10 * DAY);
        assert_eq!(told(&planned_checks(&desk, late).await), [(today + Days::new(10), "phone", 0)]);

        for what in ["fit", "scheduled", "conditioned"] {
            assert_eq!(noted(&mut lin, &token, &path, ("what", what)).await.0, Status::SeeOther);
        }
        assert_eq!(open_checks(&desk, today + Days::new(90)).await.len(), 1, "until the collection");
        assert_eq!(noted(&mut lin, &token, &path, ("what", "collected")).await.0, Status::SeeOther);
        assert!(open_checks(&desk, today + Days::new(90)).await.is_empty(), "at once");
        assert!(planned_checks(&desk, late).await.is_empty(), "and for good");
    });
}

#[test]
fn a_donor_who_wants_no_calls_is_not_looked_for_and_a_person_decides_once_a_stage() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = opened_match(&mut lin, &token, &person).await;
        for what in ["contacted", "agreed"] {
            assert_eq!(noted(&mut lin, &token, &path, ("what", what)).await.0, Status::SeeOther);
        }
        let (begin, today) = (now(), desk.app.today(now()));
        let later = |days| begin.plus_seconds(days * DAY);
        let call = planned_checks(&desk, later(7)).await.remove(0);
        assert_eq!(call.channel.word(), "phone");
        desk.app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::Refused, later(7)).await.unwrap();

        let asked = planned_checks(&desk, later(14)).await;
        assert_eq!(told(&asked), [(today + Days::new(14), "desk", 0)], "no mail, no address: a person decides");
        let counts = desk.app.count_numbers(Actor::Console, asked[0].id).await.unwrap();
        assert_eq!((counts.own, counts.named, counts.may_be_lost, counts.decides), (0, 0, false, true), "nobody else is asked either");
        for outcome in [TaskOutcome::NoAnswer, TaskOutcome::NotFound, TaskOutcome::CallOn(today)] {
            let searched = desk.app.finish_task(Actor::Console, asked[0].id, asked[0].version, outcome, later(14)).await;
            assert!(searched.is_err(), "{outcome:?}: nobody is looked for");
        }
        desk.app.finish_task(Actor::Console, asked[0].id, asked[0].version, TaskOutcome::Decided, later(14)).await.unwrap();
        for days in [15, 22, 40] {
            assert!(planned_checks(&desk, later(days)).await.is_empty(), "after {days} days: decided is decided");
        }
        for what in ["typing", "confirmed", "work-up"] {
            assert_eq!(noted(&mut lin, &token, &path, ("what", what)).await.0, Status::SeeOther, "{what}");
        }
        let again = planned_checks(&desk, later(41)).await;
        assert_eq!(told(&again), [(today + Days::new(41), "desk", 0)], "another stage, another decision");
        desk.app.finish_task(Actor::Console, again[0].id, again[0].version, TaskOutcome::Decided, later(41)).await.unwrap();
        assert!(planned_checks(&desk, later(43)).await.is_empty());
    });
}

#[test]
fn a_refusal_a_cancellation_and_a_withdrawal_end_the_checks_at_once() {
    run(|| async {
        for end in ["refused:fear", "patient-cancelled:pdc", ""] {
            let desk = Desk::open().await;
            let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
            let mut lin = signed_in(&desk, "lin").await;
            let token = csrf(&mut lin).await;
            let path = opened_match(&mut lin, &token, &person).await;
            assert_eq!(noted(&mut lin, &token, &path, ("what", "agreed")).await.0, Status::SeeOther);
            let begin = now();
            assert_eq!(planned_checks(&desk, begin).await.len(), 1);
            if end.is_empty() {
                let leave = [("csrf", token.as_str()), ("registry", "stem-cell"), ("why", "withdrew")];
                assert_eq!(lin.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
            } else {
                assert_eq!(noted(&mut lin, &token, &path, ("end", end)).await.0, Status::SeeOther, "{end}");
            }
            let until = desk.app.today(begin) + Days::new(90);
            assert!(open_checks(&desk, until).await.is_empty(), "{end}: at once");
            assert!(planned_checks(&desk, begin.plus_seconds(DAY)).await.is_empty(), "{end}: and nothing is planned anew");
        }
    });
}
