//! What a registrant says in a call is kept as what they tell on their own page; a search ends in every registry; relatives on one number.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use donor_registry::app::{Actor, App, AppError, Called, Heard, Stays, TaskItem, TaskOutcome};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::{EnrolmentStatus, Registry as File};
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::told::FamilyTold;
use rocket::http::Status;

use crate::call_numbers::office;
use crate::urgent::{YOUNG, csrf, registered};
use crate::web::{Desk, run, signed_in};

const DAY: i64 = 86_400;

fn in_days(days: i64) -> Timestamp {
    Timestamp::of(Utc::now()).plus_seconds(days * DAY)
}

fn text(text: &str) -> Option<Guarded<String>> {
    Some(Guarded::new(text.to_owned()))
}

/// The open follow-ups of a kind until a day, whoever makes them.
async fn of_kind(app: &App, kind: &str, until: NaiveDate) -> Vec<TaskItem> {
    let mut open = app.tasks(Actor::Console, until, 1_000).await.unwrap();
    open.retain(|task| task.kind.is_some_and(|k| k.word() == kind));
    open
}

async fn plan(app: &App, months: u32, at: Timestamp) {
    app.plan(Actor::Console, app.today(at), months, false, at).await.unwrap();
}

async fn ends(app: &App, task: &TaskItem, outcome: TaskOutcome, heard: &Heard, at: Timestamp) -> Result<(), AppError> {
    app.finish_call(Actor::Console, task.id, task.version, Called { outcome, number: None, heard }, at).await.map(|_| ())
}

#[test]
fn who_said_on_the_phone_that_the_family_knows_is_not_asked_again_after_ninety_days() {
    for (family, again) in [(Some(FamilyTold::Yes), false), (None, true)] {
        run(|| async move {
            let desk = Desk::open().await;
            let app = &desk.app;
            let id = PublicId::parse(&registered(&desk, "organ-body", YOUNG, "孙样一").await).unwrap();
            let at = in_days(16);
            plan(app, 1, at).await;
            let call = of_kind(app, "family_told", app.today(at)).await.remove(0);
            assert_eq!(call.channel.word(), "phone");
            let unasked = Heard { family, ..Heard::default() };
            let silent = ends(app, &call, TaskOutcome::NoAnswer, &unasked, at).await;
            assert_eq!(silent.is_err(), family.is_some(), "nobody said it who was not reached");
            let call = of_kind(app, "family_told", app.today(at) + Days::new(20)).await.remove(0);
            let at = in_days(31);
            ends(app, &call, TaskOutcome::Reached, &unasked, at).await.unwrap();
            let told = app.calendar(Actor::Console, &id, at).await.unwrap().family.map(|(told, _)| told);
            assert_eq!(told, family);
            let late = in_days(91);
            plan(app, 1, late).await;
            assert_eq!(!of_kind(app, "family_told", app.today(late) + Days::new(10)).await.is_empty(), again, "{family:?}");
        });
    }
}

#[test]
fn not_now_a_question_and_an_objection_are_kept_as_on_the_registrants_own_page() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        registered(&desk, "organ-body", YOUNG, "孙样一").await;
        let at = in_days(370);
        plan(app, 1, at).await;
        let today = app.today(at);
        let call = of_kind(app, "wish_check", today).await.remove(0);
        let later = today + Days::new(120);
        let heard = Heard {
            stays: Some(Stays::Later(later)),
            family: Some(FamilyTold::Objects),
            question: text("登记卡丢了怎么补？"),
            ..Heard::default()
        };
        ends(app, &call, TaskOutcome::Reached, &heard, at).await.unwrap();
        let asked = of_kind(app, "question", today).await.remove(0);
        let question = app.question(Actor::Console, asked.id).await.unwrap().expect("the question is read where it is opened");
        assert_eq!(question.reveal(), "登记卡丢了怎么补？");
        let objects = of_kind(app, "family_objects", later).await;
        assert_eq!(objects.iter().map(|task| task.due_on).collect::<Vec<_>>(), [later], "not before the day they named");
        let again = of_kind(app, "contact_check", later).await;
        assert_eq!(again.iter().map(|task| task.due_on).collect::<Vec<_>>(), [later]);
        plan(app, 3, at).await;
        let mut before = app.staff_tasks(Actor::Console, later - Days::new(1), 100).await.unwrap();
        before.retain(|task| task.kind.is_none_or(|kind| kind.word() != "question"));
        assert!(before.is_empty(), "nobody asks before: {before:?}");
    });
}

#[test]
fn a_caller_takes_down_a_new_number_without_the_right_to_put_data_right() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let person = registered(&desk, "organ-body", YOUNG, "孙样一").await;
        plan(app, 2, in_days(0)).await;
        let call = of_kind(app, "family_told", app.today(in_days(60))).await.remove(0);
        let mut caller = signed_in(&desk, "caller").await;
        let token = csrf(&mut caller).await;
        assert_eq!(caller.get(&format!("/people/{person}/correct")).await.status, Status::Forbidden);
        let path = format!("/follow-up/{}", call.id);
        let page = caller.get(&path).await.body;
        for field in
            ["name=\"family\" value=\"yes\"", "name=\"will\" value=\"later\"", "name=\"phone\"", "name=\"mail\"", "name=\"question\""]
        {
            assert!(page.contains(field), "{field}: {page}");
        }
        assert!(!page.contains("name=\"will\" value=\"still\""), "this call does not ask it");
        let version = call.version.to_string();
        let answer = |phone| {
            let fields = [("outcome", "reached"), ("will", ""), ("until", ""), ("family", "yes"), ("phone", phone)];
            [("csrf", token.as_str()), ("version", version.as_str())].into_iter().chain(fields).collect::<Vec<_>>()
        };
        let bad = caller.post(&path, &answer("12")).await;
        assert!(bad.status == Status::UnprocessableEntity && bad.body.contains("电话不对"), "{}", bad.body);
        assert_eq!(of_kind(app, "family_told", app.today(in_days(60))).await.len(), 1, "nothing is changed");
        assert_eq!(caller.post(&path, &answer("16000000555")).await.status, Status::SeeOther);
        let found = app.search(Actor::Console, &Guarded::new("16000000555".to_owned())).await.unwrap();
        assert_eq!(found.iter().map(|row| row.public_id.to_string()).collect::<Vec<_>>(), [person.clone()]);
        let opened = caller.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "contact")]).await.body;
        assert!(opened.contains("16000000555") && opened.contains("电话告知"), "{opened}");
    });
}

#[test]
fn a_search_for_an_organ_registrant_asks_the_executor_goes_on_with_a_number_found_and_rests_where_nobody_is_found() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let public = PublicId::parse(&registered(&desk, "organ-body", YOUNG, "孙样一").await).unwrap();
        let mut at = in_days(370);
        plan(app, 1, at).await;
        let call = of_kind(app, "wish_check", app.today(at)).await.remove(0);
        assert!(ends(app, &call, TaskOutcome::Found, &Heard { phone: text("16000000555"), ..Heard::default() }, at).await.is_err());
        ends(app, &call, TaskOutcome::NotInService, &Heard::default(), at).await.unwrap();
        at = in_days(371);
        let search = of_kind(app, "wish_check", app.today(at)).await.remove(0);
        assert_eq!((search.id, search.channel.word()), (call.id, "desk"));
        let counts = app.count_numbers(Actor::Console, search.id).await.unwrap();
        assert_eq!((counts.own, counts.named, counts.searching, counts.may_be_lost), (0, 1, true, false), "the executor may be asked");
        assert!(ends(app, &search, TaskOutcome::Found, &Heard::default(), at).await.is_err(), "what was found has to be told");
        ends(app, &search, TaskOutcome::Found, &Heard { phone: text("16000000555"), ..Heard::default() }, at).await.unwrap();
        let again = of_kind(app, "wish_check", app.today(at)).await.remove(0);
        assert_eq!((again.id, again.channel.word(), again.rounds), (call.id, "phone", 0), "the number found is called as a new one");
        let numbers = app.open_numbers(Actor::Console, &again, at).await.unwrap();
        assert_eq!(numbers.own.iter().map(|dial| dial.number.reveal().as_str().to_owned()).collect::<Vec<_>>(), ["16000000555"]);

        ends(app, &again, TaskOutcome::NotThem, &Heard::default(), at).await.unwrap();
        at = in_days(372);
        let search = of_kind(app, "wish_check", app.today(at)).await.remove(0);
        ends(app, &search, TaskOutcome::NotFound, &Heard::default(), at).await.unwrap();
        plan(app, 1, at).await;
        let left = app.staff_tasks(Actor::Console, app.today(at) + Days::new(14), 100).await.unwrap();
        assert!(left.is_empty(), "the search rests, and no registrar is asked: {left:?}");
        let page = app.person(Actor::Console, &public, at).await.unwrap();
        let standing = page.standings.iter().find(|(file, ..)| *file == File::OrganBody).map(|(_, status, _)| *status);
        assert_eq!(standing, Some(EnrolmentStatus::Registered), "what they wished holds");
        let next = in_days(735);
        plan(app, 1, next).await;
        assert_eq!(of_kind(app, "wish_check", app.today(next)).await.len(), 1, "until the next yearly check");
    });
}

#[test]
fn a_volunteer_whom_nobody_finds_is_for_a_registrar_to_judge() {
    office("手机", &["16400000001"]).look(|app: Arc<App>| async move {
        let mut at = in_days(0);
        let call = app.staff_tasks(Actor::Console, app.today(at), 10).await.unwrap().remove(0);
        ends(&app, &call, TaskOutcome::NotThem, &Heard::default(), at).await.unwrap();
        at = in_days(1);
        let search = app.staff_tasks(Actor::Console, app.today(at), 10).await.unwrap().remove(0);
        ends(&app, &search, TaskOutcome::NotFound, &Heard::default(), at).await.unwrap();
        let asked = app.staff_tasks(Actor::Console, app.today(at), 10).await.unwrap().remove(0);
        assert!(asked.lost);
        app.settle_lost(Actor::Console, asked.id, asked.version, true, at).await.unwrap();
        let page = app.person(Actor::Console, &asked.public_id, at).await.unwrap();
        assert!(page.standings.iter().all(|(_, status, _)| !status.may_contact()), "{:?}", page.standings);
    });
}

#[test]
fn relatives_on_one_number_are_shown_together_and_the_number_does_not_ring_again_at_once() {
    for (outcome, days) in [(TaskOutcome::Reached, 14), (TaskOutcome::NoAnswer, 1)] {
        office("手机", &["16400000001", "16400000001", "16400000002"]).look(move |app: Arc<App>| async move {
            let at = in_days(0);
            let today = app.today(at);
            let calls = app.staff_tasks(Actor::Console, today, 10).await.unwrap();
            assert_eq!(calls.len(), 3);
            let mut shared = None;
            for call in &calls {
                let numbers = app.open_numbers(Actor::Console, call, at).await.unwrap();
                let others = app.calls_on_same_number(Actor::Console, call, &numbers, today).await.unwrap();
                if let Some(other) = others.first() {
                    assert_eq!(others.len(), 1);
                    shared = Some((call, other.id));
                }
            }
            let (one, other) = shared.expect("two share a number");
            ends(&app, one, outcome, &Heard::default(), at).await.unwrap();
            let left: Vec<_> = app.staff_tasks(Actor::Console, today, 10).await.unwrap().into_iter().map(|task| task.id).collect();
            assert!(left.len() == 1 && !left.contains(&other), "who has another number is called all the same");
            let then = app.staff_tasks(Actor::Console, today + Days::new(40), 10).await.unwrap();
            let put_off = then.iter().find(|task| task.id == other).expect("it is called later");
            assert!(put_off.due_on >= today + Days::new(days) && put_off.rounds == 0, "{outcome:?}: {put_off:?}");
        });
    }
}

#[test]
fn the_call_list_goes_on_behind_its_first_page_and_shows_everything_once() {
    office("手机", &["16400000001", "16400000002", "16400000003"]).look(|app: Arc<App>| async move {
        let at = in_days(0);
        let today = app.today(at);
        let agreed = app.staff_tasks(Actor::Console, today, 10).await.unwrap().remove(1);
        ends(&app, &agreed, TaskOutcome::CallOn(today + Days::new(1)), &Heard::default(), at).await.unwrap();
        let day = today + Days::new(1);
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let (page, next) = app.staff_tasks_page(Actor::Console, day, after, 1).await.unwrap();
            assert_eq!(page.len(), 1);
            seen.extend(page.iter().map(|task| task.id));
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!(seen.first(), Some(&agreed.id), "what was agreed comes first");
        assert_eq!((seen.len(), seen.iter().collect::<HashSet<_>>().len()), (3, 3));
    });
}
