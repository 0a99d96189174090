//! An experiment from its declaration to its result, and one whose file was changed.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, App, TaskItem, TaskOutcome, TrialState};
use donor_registry::domain::time::Timestamp;

use crate::followup_desk::{in_an_hour, office_with};
use crate::harness::sink::Sink;

fn declaration(today: NaiveDate, title: &str) -> String {
    let (starts, ends) = (today + Days::new(1), today + Days::new(300));
    format!(
        "id = \"call-first\"\ntitle = \"{title}\"\nrules = [\"contact-check\"]\nstarts = {starts}\nends = {ends}\nwithin_days = 30\noutcome = \"answered\"\nsize = 400\nusual_share = 0.3\neffect = 0.1\n[[arm]]\nname = \"usual\"\n[[arm]]\nname = \"call\"\nchannel = \"phone\"\n"
    )
}

#[test]
fn an_experiment_is_declared_carried_out_and_told_once_at_its_end() {
    let sink = Sink::start(Duration::ZERO);
    let people = 40;
    let registry = office_with(people, &sink, None, Some(include_str!("../../rules/followup.toml")));
    let path = registry.folder().join("rules").join("experiment-call.toml");
    let begun = registry.look(|app: Arc<App>| async move { app.today(in_an_hour()) });
    std::fs::write(&path, declaration(begun, "call first")).unwrap();
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let today = app.today(now);
        let on = |day: NaiveDate| -> Timestamp { now.plus_seconds((day - today).num_days() * 86_400) };
        assert_eq!(app.trials(Actor::Console, now).await.unwrap()[0].state, TrialState::Declared);
        app.plan(Actor::Console, today, 12, false, now).await.unwrap();
        let open = app.tasks(Actor::Console, today + Days::new(300), 1_000).await.unwrap();
        let covered = |task: &&TaskItem| task.due_on > today + Days::new(100) && task.kind.is_some_and(|k| k.word() == "contact_check");
        let (calls, mails): (Vec<&TaskItem>, Vec<&TaskItem>) = open.iter().filter(covered).partition(|task| task.channel.word() == "phone");
        assert_eq!(calls.len() + mails.len(), people, "everybody is in one arm");
        assert!(calls.len() >= 8 && mails.len() >= 8, "{} calls, {} mails: chance may not be that uneven", calls.len(), mails.len());
        // Planned once more, everybody stays where they were drawn.
        app.plan(Actor::Console, today, 12, false, now).await.unwrap();
        let again = app.tasks(Actor::Console, today + Days::new(300), 1_000).await.unwrap();
        assert_eq!(again.iter().filter(covered).filter(|t| t.channel.word() == "phone").count(), calls.len());
        for call in calls.iter().take(3) {
            app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::Reached, on(call.due_on)).await.unwrap();
        }
        let middle = on(today + Days::new(290));
        assert_eq!(app.trials(Actor::Console, middle).await.unwrap()[0].state, TrialState::Running, "nothing is told meanwhile");
        let end = app.trials(Actor::Console, now).await.unwrap()[0].experiment.told_from();
        app.plan(Actor::Console, end, 1, false, on(end)).await.unwrap();
        let told = app.trials(Actor::Console, on(end)).await.unwrap();
        let TrialState::Told(results) = &told[0].state else { panic!("{:?}", told[0].state) };
        let expected = [("usual".to_owned(), mails.len() as u64, 0), ("call".to_owned(), calls.len() as u64, 3)];
        assert_eq!(results.arms, expected);
        // Told once: whatever happens later changes nothing.
        app.plan(Actor::Console, end, 1, false, on(end + Days::new(5))).await.unwrap();
        let TrialState::Told(later) = &app.trials(Actor::Console, on(end + Days::new(5))).await.unwrap()[0].state.clone() else { panic!() };
        assert_eq!(later, results);
    });
    // A file that was changed after the declaration is not what was declared.
    std::fs::write(&path, declaration(begun, "something else")).unwrap();
    registry.look(|app: Arc<App>| async move {
        let trials = app.trials(Actor::Console, in_an_hour()).await.unwrap();
        assert_eq!(trials[0].state, TrialState::Changed);
    });
}

#[test]
fn an_experiment_that_could_not_see_its_effect_keeps_the_registry_from_opening_and_says_why() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, Some(include_str!("../../rules/followup.toml")));
    let today = chrono::Utc::now().date_naive();
    let small = declaration(today, "x").replace("size = 400", "size = 40");
    std::fs::write(registry.folder().join("rules").join("experiment.toml"), small).unwrap();
    let refused = registry.run(&["followup", "plan", "--dry-run"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("experiment.toml") && told.contains("356 are needed"), "{told}");
}
