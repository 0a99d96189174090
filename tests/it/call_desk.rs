//! The call desk: what each outcome does at once, and what the next caller is told.

use std::sync::Arc;

use donor_registry::app::{Actor, App, LinkPage, TaskItem, TaskOutcome, ToldBy};
use donor_registry::domain::time::Timestamp;

use crate::followup_desk::{body_of, in_an_hour, office_with, path_in, send};
use crate::harness::sink::Sink;

async fn ends(app: &App, task: &TaskItem, outcome: TaskOutcome, now: Timestamp) {
    app.finish_task(Actor::Console, task.id, task.version, outcome, now).await.unwrap();
}

#[test]
fn each_outcome_of_a_call_takes_effect_at_once_and_the_hand_over_tells_what_is_left() {
    let sink = Sink::start(std::time::Duration::ZERO);
    let registry = office_with(6, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(6));
    let tokens: Vec<String> = sink.taken().iter().map(|m| path_in(&body_of(m)).trim_start_matches("/l/").to_owned()).collect();
    registry.look(|app: Arc<App>| async move {
        // Nobody answers the mails: three weeks later each is followed by a call.
        let now = in_an_hour().plus_seconds(21 * 86_400);
        let today = app.today(now);
        app.plan(Actor::Console, today, 1, false, now).await.unwrap();
        let calls = app.staff_tasks(Actor::Console, today, 100).await.unwrap();
        assert_eq!(calls.len(), 6);
        let [died, refused, not_them, silent, agreed, reached] = calls.as_slice() else { panic!("six") };
        ends(&app, died, TaskOutcome::Died(ToldBy::Other), now).await;
        ends(&app, refused, TaskOutcome::Refused, now).await;
        ends(&app, not_them, TaskOutcome::NotThem, now).await;
        ends(&app, silent, TaskOutcome::NoAnswer, now).await;
        let wished = today + chrono::Days::new(5);
        ends(&app, agreed, TaskOutcome::CallOn(wished), now).await;
        ends(&app, reached, TaskOutcome::Reached, now).await;
        // Of two callers the second one is told, and changes nothing.
        let again = app.finish_task(Actor::Console, died.id, died.version, TaskOutcome::Reached, now).await;
        assert!(again.is_err(), "ended already");

        let mut gone = 0;
        for token in &tokens {
            gone += usize::from(app.link(token, now).await.unwrap() == LinkPage::Gone);
        }
        assert_eq!(gone, 1, "the links of who died are closed, and no other");
        let told = app.hand_over(Actor::Console, now).await.unwrap();
        let days = |items: &[TaskItem]| items.iter().map(|i| (i.public_id.to_string(), i.due_on, i.rounds)).collect::<Vec<_>>();
        assert_eq!(days(&told.agreed), [(agreed.public_id.to_string(), wished, 1)]);
        assert!(days(&told.tried).contains(&(silent.public_id.to_string(), today + chrono::Days::new(14), 1)), "{:?}", days(&told.tried));
        assert_eq!(told.ended.get("died"), Some(&1), "{:?}", told.ended);
        assert_eq!(told.ended.get("refused-calls"), Some(&1));

        // A year on: who died is left alone, who refused is not called, whose number was wrong is looked for.
        app.plan(Actor::Console, today, 13, false, now).await.unwrap();
        let year = app.tasks(Actor::Console, today + chrono::Days::new(390), 1_000).await.unwrap();
        let channels =
            |of: &TaskItem| -> Vec<&str> { year.iter().filter(|t| t.public_id == of.public_id).map(|t| t.channel.word()).collect() };
        assert_eq!(channels(died), [""; 0], "nothing at all");
        assert!(!channels(refused).contains(&"phone"), "{:?}", channels(refused));
        assert!(channels(not_them).contains(&"desk") && !channels(not_them).contains(&"phone"), "{:?}", channels(not_them));
        assert!(!channels(reached).is_empty(), "who was reached is asked again in a year");
    });
}

#[test]
fn a_call_that_reached_somebody_counts_for_the_planner_as_an_answer_does() {
    let sink = Sink::start(std::time::Duration::ZERO);
    let registry = office_with(1, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour().plus_seconds(21 * 86_400);
        let today = app.today(now);
        app.plan(Actor::Console, today, 1, false, now).await.unwrap();
        let call = app.staff_tasks(Actor::Console, today, 10).await.unwrap().remove(0);
        ends(&app, &call, TaskOutcome::Reached, now).await;
        app.plan(Actor::Console, today, 14, false, now).await.unwrap();
        let checks = app.tasks(Actor::Console, today + chrono::Days::new(400), 100).await.unwrap();
        let next = checks.iter().find(|t| t.kind.is_some_and(|k| k.word() == "contact_check")).expect("asked again");
        let in_a_year = today.checked_add_months(chrono::Months::new(12)).unwrap();
        assert!(next.due_on >= in_a_year, "counted from the call: {} before {in_a_year}", next.due_on);
    });
}
