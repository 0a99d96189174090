//! Self-enrolment on the registrant's own phone: the page of a drive's QR code, its answer, its limits.

use std::sync::Arc;

use donor_registry::app::form::DriveForm;
use donor_registry::app::{Actor, App, TaskOutcome};
use donor_registry::domain::Guarded;
use donor_registry::domain::time::Timestamp;

use crate::harness::people::Invented;
use crate::harness::program::Registry;

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

fn drive(registry: &Registry, days_ahead: u64) -> String {
    registry.look(|app: Arc<App>| async move {
        let day = app.today(now()) + chrono::Days::new(days_ahead);
        let form = DriveForm { name: format!("drive {days_ahead}"), place: "square".into(), town: None, day: Some(day), target: None };
        let id = app.start_drive(Actor::Console, form, now()).await.unwrap();
        let drive = app.drives(Actor::Console).await.unwrap().into_iter().find(|d| d.id == id).unwrap();
        app.self_path(&drive)
    })
}

fn fields<'a>(person: &'a Invented, csrf: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("key", key),
        ("name", &person.name),
        ("phone", &person.phone),
        ("mail", &person.mail),
        ("registries", "blood"),
        ("consent", "yes"),
    ]
}

#[test]
fn an_interest_from_ones_own_phone_is_taken_alike_for_known_and_unknown_people_and_confirmed_by_staff() {
    let registry = Registry::new();
    let path = drive(&registry, 0);
    let tomorrow = drive(&registry, 1);
    let server = registry.serve();
    let send = |person: &Invented| {
        let mut phone = server.client();
        let page = phone.get(&path).unwrap();
        assert_eq!(page.status, 200, "{}", page.text());
        let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
        let answer = phone.post(&path, &fields(person, &csrf, &key)).unwrap();
        let again = phone.post(&path, &fields(person, &csrf, &key)).unwrap();
        assert_eq!((again.status, again.body.len()), (answer.status, answer.body.len()), "sent twice, taken once");
        answer
    };
    let nobody = send(&Invented::of(1));
    let known = send(&Invented::of(1));
    assert_eq!((nobody.status, known.status), (200, 200), "{}", nobody.text());
    assert_eq!(nobody.body.len(), known.body.len(), "the answer tells nothing");
    for shown in [&Invented::of(1).name, &Invented::of(1).phone] {
        assert!(!known.text().contains(shown.as_str()), "nothing of anybody stands on the answer");
    }
    // What cannot be right is told, and nothing is saved.
    let mut phone = server.client();
    let page = phone.get(&path).unwrap();
    let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
    let flawed = phone.post(&path, &[("csrf", &csrf), ("key", &key), ("name", ""), ("phone", "12")]).unwrap();
    assert_eq!(flawed.status, 422);
    // Another day, or no drive at all: one answer.
    for wrong in [tomorrow.as_str(), "/d/00000000000000000000000000000000", "/d/x"] {
        assert_eq!(server.client().get(wrong).unwrap().status, 410, "{wrong}");
    }
    server.stop();
    registry.look(|app: Arc<App>| async move {
        let tasks = app.tasks(Actor::Console, app.today(now()), 100).await.unwrap();
        let confirm = tasks.iter().filter(|t| t.kind.is_some_and(|k| k.word() == "confirm_interest")).count();
        assert_eq!(confirm, 2, "one call for each registration, for staff to confirm");
        let found = async || app.search(Actor::Console, &Guarded::new(Invented::of(1).phone)).await.unwrap().len();
        let saved = found().await;
        assert!(saved > 0, "saved as an interest");
        // At the table one is meant; the other one is nobody's, and leaves the file at once.
        let waiting = app.unconfirmed(Actor::Console, app.today(now())).await.unwrap();
        let [meant, not_meant] = waiting.as_slice() else { panic!("two wait: {}", waiting.len()) };
        for (task, outcome) in [(meant, TaskOutcome::Meant), (not_meant, TaskOutcome::NotMeant)] {
            app.finish_task(Actor::Console, task.id, task.version, outcome, now()).await.unwrap();
            let again = app.finish_task(Actor::Console, task.id, task.version, outcome, now()).await;
            assert!(again.is_err(), "settled once");
        }
        assert!(app.unconfirmed(Actor::Console, app.today(now())).await.unwrap().is_empty());
        assert_eq!(found().await, saved - 1, "the one that was meant stays");
    });
}

#[test]
fn a_phone_that_sends_without_end_is_stopped_for_a_while() {
    let registry = Registry::new();
    let path = drive(&registry, 0);
    let server = registry.serve();
    let mut phone = server.client();
    let page = phone.get(&path).unwrap();
    let csrf = page.field("csrf").unwrap();
    let mut statuses = Vec::new();
    for n in 0..62u64 {
        let key = crate::harness::desk::key(n);
        // Flawed forms count as well.
        statuses.push(phone.post(&path, &[("csrf", &csrf), ("key", &key), ("name", ""), ("phone", "")]).unwrap().status);
    }
    assert!(statuses[..60].iter().all(|s| *s == 422), "{statuses:?}");
    assert_eq!(statuses[60..], [429, 429]);
    server.stop();
}
