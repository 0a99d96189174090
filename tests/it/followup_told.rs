//! What a registrant says of their family on their own page: encouraged once where it does not know, left in peace where it does, and a neutral
//! call by staff where it objects.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, App, TaskItem};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;

use crate::followup_answers::{office_of_two_registries, opened, planned, to, told};
use crate::followup_desk::{body_of, in_an_hour, path_in, send};
use crate::harness::people::Invented;
use crate::harness::program::Registry;
use crate::harness::sink::Sink;

/// A registrant for stem cells who gave an answer on their own page.
fn answered(answer: &str, sink: &Sink) -> (Registry, String) {
    answered_with(&[("will", "still"), ("contact", "same"), ("family", answer)], sink)
}

fn answered_with(fields: &[(&str, &str)], sink: &Sink) -> (Registry, String) {
    let somebody = Invented::of(7);
    let registry = office_of_two_registries(&somebody, sink);
    send(&registry);
    let link = path_in(&body_of(to(&sink.taken(), &somebody.mail)));
    let server = registry.serve();
    let mut client = server.client();
    let (page, proof) = opened(&mut client, &link, &somebody.phone[7..]);
    assert!(page.contains("value=\"objects\""), "the answer can be given");
    let (status, page) = told(&mut client, &link, &proof, fields);
    assert_eq!(status, 200, "{page}");
    server.stop();
    (registry, somebody.phone)
}

/// Who it is, and their follow-ups of a kind once everything was planned anew.
async fn of_kind(app: &App, phone: String, kind: &str) -> (PublicId, NaiveDate, Vec<TaskItem>) {
    let now = in_an_hour();
    let today = app.today(now);
    let id = app.search(Actor::Console, &Guarded::new(phone)).await.unwrap().remove(0).public_id;
    app.plan(Actor::Console, today, 14, false, now).await.unwrap();
    let mut tasks = planned(app, &id, today + Days::new(430)).await;
    tasks.retain(|task| task.kind.is_some_and(|k| k.word() == kind));
    (id, today, tasks)
}

#[test]
fn whose_family_does_not_know_is_encouraged_once_and_whose_family_knows_is_not() {
    for (answer, times) in [("not-yet", 1), ("will-tell", 1), ("yes", 0)] {
        let sink = Sink::start(Duration::ZERO);
        let (registry, phone) = answered(answer, &sink);
        registry.look(move |app: Arc<App>| async move {
            let (_, today, tasks) = of_kind(&app, phone, "family_told").await;
            assert_eq!(tasks.len(), times, "{answer}: {tasks:?}");
            assert!(tasks.iter().all(|task| task.channel.word() == "phone" && task.due_on >= today + Days::new(14)), "{answer}: {tasks:?}");
        });
    }
}

#[test]
fn a_family_that_objects_opens_a_neutral_call_to_the_registrant_and_nothing_else() {
    let sink = Sink::start(Duration::ZERO);
    let (registry, phone) = answered("objects", &sink);
    registry.look(move |app: Arc<App>| async move {
        let (id, today, tasks) = of_kind(&app, phone.clone(), "family_objects").await;
        let calls: Vec<_> = tasks.iter().map(|task| (task.channel.word(), task.due_on)).collect();
        assert_eq!(calls, [("phone", today)], "planning leaves it where it is");
        let script = app.call_script(Actor::Console, &tasks[0]).await.unwrap();
        assert_eq!((script.tone.word(), script.say), ("neutral", vec!["script-family-objects", "script-free"]));
        let counts = app.count_numbers(Actor::Console, tasks[0].id).await.unwrap();
        assert_eq!((counts.own, counts.named), (1, 0), "the registrant is called, not the family");
        let row = app.search(Actor::Console, &Guarded::new(phone.clone())).await.unwrap().remove(0);
        assert!(row.standings.iter().all(|(_, status, _)| status.may_contact()), "nothing of the registration changes by it");
        let (_, _, encouraged) = of_kind(&app, phone, "family_told").await;
        assert!(encouraged.is_empty(), "and nobody is encouraged to tell a family that objects");
        let calendar = app.calendar(Actor::Console, &id, in_an_hour()).await.unwrap();
        assert!(calendar.family.is_some_and(|(told, _)| told.word() == "objects"));
    });
}

#[test]
fn whose_family_objects_and_who_asks_to_be_left_alone_until_a_day_that_is_past_is_not_called_today() {
    let sink = Sink::start(Duration::ZERO);
    let fields = [("will", "later"), ("until", "2020-01-01"), ("contact", "same"), ("family", "objects")];
    let (registry, phone) = answered_with(&fields, &sink);
    registry.look(move |app: Arc<App>| async move {
        let (_, today, tasks) = of_kind(&app, phone, "family_objects").await;
        let due: Vec<_> = tasks.iter().map(|task| task.due_on).collect();
        assert_eq!(due, [today + Days::new(1)]);
        let due = app.staff_tasks(Actor::Console, today, 100).await.unwrap();
        assert!(due.iter().all(|task| task.kind.is_none_or(|kind| kind.word() != "family_objects")), "tomorrow at the soonest: {due:?}");
    });
}
