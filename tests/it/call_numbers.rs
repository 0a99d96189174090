//! Whose number is dialled and held, whom a search may ask, how it ends, and what leaves by the office's own hands.

use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use donor_registry::app::{Actor, App, AppError, Called, Heard, LetterOut, LinkPage, Once, TaskItem, TaskOutcome};
use donor_registry::domain::id::{PublicId, StaffId};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as File};
use donor_registry::domain::role::{Role, Roles};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use crate::harness::desk::{Desk as Staff, key as key_of};
use crate::harness::program::Registry;
use crate::urgent::{YOUNG, csrf, key, registered};
use crate::web::{Desk, run, signed_in, stem_cell};

const PASSWORD: &str = "correct-horse-battery-9";
const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::of(Utc::now())
}

/// A registry of volunteers who joined more than a year ago, released for contact and planned; a column and its cells say how they are
/// reached.
pub(crate) fn office(column: &str, cells: &[&str]) -> Registry {
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000");
    let joined = Utc::now().date_naive() - Days::new(500);
    let mut sheet = format!("姓名,性别,{column},加入日期\n");
    for (cell, name) in cells.iter().zip(["王样一", "李样二", "张样三"]) {
        sheet.push_str(&format!("{name},女,{cell},{joined}\n"));
    }
    std::fs::write(registry.folder().join("roster.csv"), sheet).unwrap();
    registry.done(&["import", "roster.csv", "--registry", "volunteer"]);
    registry.add_account("boss", PASSWORD, "manager");
    let people = cells.len().to_string();
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", &people]);
    registry.done(&["followup", "plan", "--months", "1"]);
    registry
}

/// A print run that was asked for.
fn printing(n: u64) -> Once {
    Once { key: key_of(n), fingerprint: [7; 32] }
}

pub async fn first(app: &App, day: NaiveDate) -> TaskItem {
    app.staff_tasks(Actor::Console, day, 10).await.unwrap().into_iter().next().expect("a task is due")
}

/// What stands between a beginning and the next quotation mark, for each place the beginning is found.
fn after<'a>(text: &'a str, beginning: &'a str) -> Vec<&'a str> {
    text.split(beginning).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn the_number_that_was_dialled_goes_on_hold_and_a_mistake_is_put_right() {
    let registry = office("手机", &["16400000001、16400000002"]);
    registry.add_account("lin", PASSWORD, "small-branch");
    let server = registry.serve();
    let mut staff = Staff::sign_in(&server, "lin", PASSWORD).unwrap();
    let list = staff.client.get("/follow-up").unwrap().text();
    assert!(!list.contains("16400000001"), "masked until it is opened");
    let id = after(&list, "href=\"/follow-up/").into_iter().find_map(|rest| rest.strip_suffix("#task")).expect("a task").to_owned();
    let path = format!("/follow-up/{id}");
    let opened = staff.post(&format!("{path}/open"), &key_of(1), &[]).unwrap();
    let page = opened.text();
    assert!(page.contains("16400000001") && page.contains("16400000002"), "{page}");
    let tokens = after(&page, "name=\"number\" value=\"");
    assert_eq!(tokens.len(), 2, "{page}");
    let version = opened.field("version").unwrap();
    let wrong = [("version", version.as_str()), ("opened", "yes"), ("outcome", "not-them")];
    let unsaid = staff.post(&path, &key_of(2), &wrong).unwrap();
    assert_eq!(unsaid.status, 422, "of two numbers one has to be named");
    assert!(unsaid.text().contains("16400000001"), "what was open stays open");
    let mut said = wrong.to_vec();
    said.push(("number", tokens[1]));
    assert_eq!(staff.post(&path, &key_of(3), &said).unwrap().status, 303);
    let told = staff.client.get("/follow-up").unwrap().text();
    let lift = after(&told, "action=\"/follow-up/hold/").first().map(|rest| format!("/follow-up/hold/{rest}")).expect("it may be undone");
    // The task comes up tomorrow, and its page opens today: only the number that was not dialled is left.
    let left = staff.post(&format!("{path}/open"), &key_of(4), &[]).unwrap().text();
    assert!(left.contains("16400000001") && !left.contains("16400000002"), "{left}");
    let undone = staff.post(&lift, &key_of(5), &[]).unwrap();
    assert_eq!(undone.status, 303, "{}", undone.text());
    assert_eq!(staff.post(&lift, &key_of(6), &[]).unwrap().status, 409, "lifted once");
    let both = staff.post(&format!("{path}/open"), &key_of(7), &[]).unwrap().text();
    assert!(both.contains("16400000001") && both.contains("16400000002"), "{both}");
    let person = after(&both, "href=\"/people/").into_iter().find(|rest| rest.len() == 11).expect("the person's page").to_owned();
    let calendar = staff.client.get(&format!("/people/{person}/calendar")).unwrap().text();
    assert!(calendar.contains("号码不是本人"), "how the call ended is told: {calendar}");
    let log = server.log_text();
    assert!(!log.contains("1640000000") && tokens.iter().all(|token| !log.contains(token)), "{log}");
    server.stop();
}

#[test]
fn a_search_asks_whom_the_registrant_named_and_a_registrar_says_whether_they_are_lost() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let public = PublicId::parse(&registered(&desk, "stem-cell", YOUNG, "孙样一").await).unwrap();
        let mut at = now().plus_seconds(200 * DAY);
        app.plan(Actor::Console, app.today(at), 1, false, at).await.unwrap();
        let call = first(app, app.today(at)).await;
        assert_eq!(call.channel.word(), "phone");
        let numbers = app.open_numbers(Actor::Console, &call, at).await.unwrap();
        assert_eq!((numbers.own.len(), numbers.named.len()), (1, 0), "who can be called is called, and nobody else");
        let unfit = app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::NotFound, at).await;
        assert!(matches!(unfit, Err(AppError::Input { field: "outcome", .. })), "no search, no end of one");
        app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::NotInService, at).await.unwrap();

        at = at.plus_seconds(DAY);
        let search = first(app, app.today(at)).await;
        assert_eq!((search.id, search.channel.word()), (call.id, "desk"));
        let numbers = app.open_numbers(Actor::Console, &search, at).await.unwrap();
        assert_eq!((numbers.own.len(), numbers.named.len()), (0, 2));
        let token = numbers.named[0].token();
        let refused = Called { outcome: TaskOutcome::Refused, number: Some(&token), heard: &Heard::default() };
        app.finish_call(Actor::Console, search.id, search.version, refused, at).await.unwrap();
        let holds = app.calendar(Actor::Console, &public, at).await.unwrap().holds;
        let reasons: Vec<&str> = holds.iter().map(|hold| hold.reason.as_str()).collect();
        assert_eq!(reasons, ["declined", "not-in-service"], "the registrant refused nothing");

        at = at.plus_seconds(DAY);
        let search = first(app, app.today(at)).await;
        assert_eq!(app.count_numbers(Actor::Console, search.id).await.unwrap().named, 1, "who refused is not asked again");
        app.finish_task(Actor::Console, search.id, search.version, TaskOutcome::NoAnswer, at).await.unwrap();
        at = at.plus_seconds(14 * DAY);
        let search = first(app, app.today(at)).await;
        assert_eq!(search.channel.word(), "desk", "silence does not turn a search back into a call to nobody");
        app.finish_task(Actor::Console, search.id, search.version, TaskOutcome::NotFound, at).await.unwrap();

        let asked = first(app, app.today(at)).await;
        assert!(asked.lost && asked.public_id == public);
        let by_call = app.finish_task(Actor::Console, asked.id, asked.version, TaskOutcome::Reached, at).await;
        assert!(matches!(by_call, Err(AppError::Input { .. })));
        let caller = Actor::Staff { id: StaffId::fresh(), roles: Roles::of([Role::Caller]) };
        assert!(matches!(app.settle_lost(caller, asked.id, asked.version, true, at).await, Err(AppError::Forbidden)));
        let standing = async || {
            let page = app.person(Actor::Console, &public, at).await.unwrap();
            page.standings.iter().find(|(file, ..)| *file == File::StemCell).map(|(_, status, _)| *status)
        };
        assert_eq!(standing().await, Some(EnrolmentStatus::Registered), "nothing happens by itself");
        app.settle_lost(Actor::Console, asked.id, asked.version, true, at).await.unwrap();
        assert_eq!(standing().await, Some(EnrolmentStatus::Exited(ExitReason::Lost)));
        assert!(app.settle_lost(Actor::Console, asked.id, asked.version, true, at).await.is_err(), "judged once");
    });
}

#[test]
fn nobody_is_asked_about_a_volunteer_and_what_was_cancelled_is_told_with_its_reason() {
    let registry = office("手机", &["16400000001"]);
    registry.look(|app: Arc<App>| async move {
        let at = now();
        let call = first(&app, app.today(at)).await;
        app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::NotThem, at).await.unwrap();
        let tomorrow = at.plus_seconds(DAY);
        let search = first(&app, app.today(tomorrow)).await;
        let counts = app.count_numbers(Actor::Console, search.id).await.unwrap();
        assert_eq!((counts.own, counts.named, counts.may_be_lost), (0, 0, true));
        app.leave(Actor::Console, &search.public_id, File::Volunteer, ExitReason::Withdrew, tomorrow).await.unwrap();
        let calendar = app.calendar(Actor::Console, &search.public_id, tomorrow).await.unwrap();
        let gone: Vec<_> = calendar.cancelled.iter().map(|line| (line.state, line.reason.as_deref())).collect();
        assert!(gone.contains(&("cancelled", Some("exited"))), "{gone:?}");
        assert!(app.staff_task(Actor::Console, search.id).await.unwrap().is_none(), "it is nobody's work any more");
    });
}

#[test]
fn one_message_after_another_takes_the_place_of_a_call_or_leaves_it_due() {
    let registry = office("手机", &["16400000001", "16400000002"]);
    registry.look(|app: Arc<App>| async move {
        // Not at night, whenever this runs.
        let at = noon_in(1);
        let one = app.next_hand_off(Actor::Console, at).await.unwrap().expect("two wait");
        assert_eq!(one.waiting, 2);
        app.settle_hand_off(Actor::Console, one.task, one.version, true, at).await.unwrap();
        assert!(matches!(app.settle_hand_off(Actor::Console, one.task, one.version, true, at).await, Err(AppError::Stale)));
        let two = app.next_hand_off(Actor::Console, at).await.unwrap().expect("one is left");
        assert!(two.waiting == 1 && two.task != one.task);
        app.settle_hand_off(Actor::Console, two.task, two.version, false, at).await.unwrap();
        assert!(app.next_hand_off(Actor::Console, at).await.unwrap().is_none());
        let calls = app.staff_tasks(Actor::Console, app.today(at), 10).await.unwrap();
        assert_eq!(calls.iter().map(|call| call.id).collect::<Vec<_>>(), [two.task], "the one that was not possible is called today");
    });
}

#[test]
fn a_letter_carries_a_link_of_its_own_that_opens_the_registrants_page() {
    let registry = office("地址", &["东桥街道新桥路9号"]);
    registry.look(|app: Arc<App>| async move {
        let at = now();
        let letters = app.print_letters(Actor::Console, &printing(1), at).await.unwrap();
        assert_eq!(letters.len(), 1);
        let link = letters[0].link.as_ref().expect("a public address is set").reveal().clone();
        let token = link.strip_prefix("http://127.0.0.1:8000/l/").expect("under the public address");
        assert_ne!(app.link(token, at).await.unwrap(), LinkPage::Gone);
        assert!(app.print_letters(Actor::Console, &printing(2), at).await.unwrap().is_empty(), "printed once");
    });
}

#[test]
fn a_print_run_whose_answer_was_lost_is_printed_again_under_its_key_and_told_in_the_log() {
    office("地址", &["东桥街道新桥路9号", "东桥街道新桥路11号"]).look(|app: Arc<App>| async move {
        let at = now();
        let first = app.print_letters(Actor::Console, &printing(1), at).await.unwrap();
        let again = app.print_letters(Actor::Console, &printing(1), at).await.unwrap();
        let tasks = |letters: &[LetterOut]| letters.iter().map(|letter| letter.task).collect::<Vec<_>>();
        assert_eq!((first.len(), tasks(&first)), (2, tasks(&again)));
        let links: Vec<String> = [&first, &again].iter().map(|letters| letters[0].link.as_ref().unwrap().reveal().clone()).collect();
        assert_ne!(links[0], links[1], "a link is kept as its digest alone");
        for link in &links {
            assert_ne!(app.link(link.strip_prefix("http://127.0.0.1:8000/l/").unwrap(), at).await.unwrap(), LinkPage::Gone);
        }
        let log = app.log_page(Actor::Console, None, 5).await.unwrap();
        let told: Vec<_> = log.iter().map(|leaf| (leaf.action.as_str(), leaf.ids)).take(2).collect();
        assert_eq!(told, [("followup.letters-again", 2), ("followup.letters", 2)]);
        let other = Once { fingerprint: [8; 32], ..printing(1) };
        assert!(app.print_letters(Actor::Console, &other, at).await.is_err(), "the key of something else");
        assert!(app.print_letters(Actor::Console, &printing(2), at).await.unwrap().is_empty());
        assert!(app.print_letters(Actor::Console, &printing(2), at).await.unwrap().is_empty());
    });
}

/// Noon in the branch's zone, some days from now.
fn noon_in(days: u64) -> Timestamp {
    let day = Utc::now().date_naive() + Days::new(days);
    Timestamp::of(day.and_hms_opt(4, 0, 0).unwrap().and_utc())
}

#[test]
fn who_registered_in_english_is_written_to_in_english_later_too() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        let (csrf, key) = (csrf(&mut table).await, key());
        table.get("/drive?lang=en").await;
        let mut fields = stem_cell((&csrf, &key, "save"), (YOUNG, "孙样一"));
        fields.push(("mail", "sun@far.example"));
        let saved = table.post("/enrol/stem-cell", &fields).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let in_english = || String::from_utf8_lossy(&desk.bytes()).matches("Content-Language: en").count();
        for (days, mails) in [(1, 1), (200, 2)] {
            let at = noon_in(days);
            desk.app.plan(Actor::Console, desk.app.today(at), 1, false, at).await.unwrap();
            desk.app.send(Actor::Console, desk.app.today(at), false, at, &mut |_, _| {}).await.unwrap();
            assert_eq!(in_english(), mails, "after {days} days");
        }
    });
}
