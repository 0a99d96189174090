//! The ladder starts from what a person has - mail, telephone, letter, a message by the office's own platform - and goes on where a rung came to
//! nothing; and whatever the rung, one message in two weeks.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, Once, Sent, TaskItem, TaskOutcome};
use donor_registry::domain::Guarded;
use donor_registry::domain::eligibility::{Donation, DonationKind, HealthFact, SourceOf};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::Registry as Enrolled;
use donor_registry::domain::time::Timestamp;
use donor_registry::followup::Kind;

use crate::harness::desk::key;
use crate::harness::people::check_digit;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T01:30:00Z: half past nine in the morning in the branch's zone.
pub(crate) const MORNING: Timestamp = Timestamp(1_795_397_400_000_000);

/// The morning of a day.
pub(crate) fn at(day: &str) -> Timestamp {
    MORNING.plus_seconds((on(day) - on("2026-11-23")).num_days() * 86_400)
}

pub(crate) fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

pub(crate) fn office() -> Registry {
    let mut registry = Registry::new();
    let mails = registry.folder().join("mails").to_string_lossy().into_owned();
    registry.set("DONOR_REGISTRY_SMTP_FOLDER", &mails);
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000");
    registry.add_account("branch", PASSWORD, "small-branch");
    registry
}

pub(crate) async fn take_in(app: &App, actor: Actor, sheet: String, registry: Enrolled, now: Timestamp) {
    let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "sheet.csv", &options, now, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, now).await.unwrap();
}

/// Blood donors of the sheet of a morning, each with phone, mail and address as given, released for contact: their contact is checked after a
/// year.
pub(crate) async fn donors(app: &App, actor: Actor, people: &[(&str, &str, &str, &str)]) -> Vec<PublicId> {
    let mut sheet = String::from("姓名,联系电话,邮箱,地址,身份证号,状态\n");
    for (n, (name, phone, mail, address)) in people.iter().enumerate() {
        let first17 = format!("5120021990050590{n}");
        sheet.push_str(&format!("{name},{phone},{mail},{address},{first17}{},正常\n", check_digit(&first17)));
    }
    take_in(app, actor, sheet, Enrolled::Blood, MORNING).await;
    let reached = app.first_contact_preview(actor, None, MORNING).await.unwrap();
    let only_letter = people.iter().filter(|(_, phone, mail, address)| phone.is_empty() && mail.is_empty() && !address.is_empty()).count();
    assert_eq!(reached.by_letter, only_letter as u64, "{reached:?}");
    app.first_contact(actor, None, people.len() as u64, MORNING).await.unwrap();
    let mut ids = Vec::new();
    for (name, ..) in people {
        ids.push(app.search(actor, &Guarded::new((*name).to_owned())).await.unwrap()[0].public_id.clone());
    }
    ids
}

/// A print run that was asked for.
fn printing(n: u64) -> Once {
    Once { key: key(n), fingerprint: [7; 32] }
}

pub(crate) async fn plan(app: &App, day: &str) {
    app.plan(Actor::Console, on(day), 1, false, at(day)).await.unwrap();
}

/// What the call desk shows on a day.
pub(crate) async fn desk(app: &App, day: &str) -> Vec<TaskItem> {
    app.staff_tasks(Actor::Console, on(day), 100).await.unwrap()
}

/// The channels of a person's open follow-ups until a day.
async fn channels(app: &App, id: &PublicId, until: &str) -> Vec<&'static str> {
    let open = app.tasks(Actor::Console, on(until), 1_000).await.unwrap();
    open.iter().filter(|task| task.public_id == *id).map(|task| task.channel.word()).collect()
}

#[test]
fn everybody_starts_at_the_first_rung_they_have_and_a_letter_without_an_answer_is_followed_by_a_search() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let people = [
            ("谭秋霜", "", "", "东桥街道新桥路9号"),
            ("林春晓", "16400000021", "", ""),
            ("赵冬青", "", "zhao@far.example", ""),
            ("钱夏雨", "", "", ""),
        ];
        let ids = donors(&app, actor, &people).await;
        let due = "2027-11-23";
        let told = app.plan(Actor::Console, on(due), 1, true, at(due)).await.unwrap();
        assert_eq!(told.by_channel, BTreeMap::from([("find-contact", 1), ("letter", 1), ("mail", 1), ("phone", 1)]), "{told:?}");
        assert_eq!(told.people_by_channel, told.by_channel, "one contact each");
        let reachable = BTreeMap::from([("hand-off", 1), ("letter", 1), ("mail", 1), ("none", 1), ("phone", 1)]);
        assert_eq!((told.people, &told.reachable), (4, &reachable), "whom each channel reaches, and whom none does");
        plan(&app, due).await;
        let waiting = desk(&app, due).await;
        let shown: Vec<&PublicId> = waiting.iter().map(|task| &task.public_id).collect();
        assert!(shown.len() == 2 && shown.contains(&&ids[1]) && shown.contains(&&ids[3]), "letters are no calls");
        assert_eq!(app.count_tasks(on(due)).await.unwrap(), 2);
        let hands = app.hands_waiting(Actor::Console, at(due)).await.unwrap();
        assert_eq!((hands.letters, hands.hand_offs), (1, 1));

        let letters = app.print_letters(Actor::Console, &printing(1), at(due)).await.unwrap();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].to.reveal().address, "东桥街道新桥路9号");
        plan(&app, due).await;
        assert!(app.print_letters(Actor::Console, &printing(2), at(due)).await.unwrap().is_empty(), "a letter that is printed is sent");
        let calendar = app.calendar(actor, &ids[0], at(due)).await.unwrap();
        let done: Vec<_> = calendar.lines.iter().filter(|l| l.state == "done").map(|l| (l.channel, l.reason.as_deref())).collect();
        assert_eq!(done, [("letter", Some("letter-printed"))]);

        plan(&app, "2027-12-22").await;
        assert!(channels(&app, &ids[0], "2027-12-22").await.is_empty(), "a letter has a month");
        plan(&app, "2027-12-23").await;
        assert_eq!(channels(&app, &ids[0], "2027-12-23").await, ["desk"]);
    });
}

#[test]
fn calls_that_nobody_answers_give_way_to_a_message_and_a_message_that_fails_to_a_letter() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let ids = donors(&app, actor, &[("谭秋霜", "16400000021", "", "东桥街道新桥路9号")]).await;
        plan(&app, "2027-11-23").await;
        for day in ["2027-11-23", "2027-12-07", "2027-12-21"] {
            let call = desk(&app, day).await.remove(0);
            app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::NoAnswer, at(day)).await.unwrap();
        }
        assert_eq!(channels(&app, &ids[0], "2027-12-31").await, ["hand_off"]);
        assert!(desk(&app, "2027-12-31").await.is_empty(), "no call any more");
        let day = "2027-12-22";
        plan(&app, day).await;
        let night = at(day).plus_seconds(13 * 3_600);
        assert_eq!(app.hands_waiting(Actor::Console, night).await.unwrap().hand_offs, 0, "no message at night");
        let (file, people) = app.hand_off(Actor::Console, "请回电", on(day), at(day)).await.unwrap();
        assert_eq!(people, 1);
        let text = String::from_utf8(file.reveal().clone()).unwrap();
        let reference = text.lines().nth(1).and_then(|line| line.split(',').next()).unwrap().to_owned();
        assert_eq!(app.hands_waiting(Actor::Console, at(day)).await.unwrap().hand_offs, 0, "given out once");
        let read = app.hand_off_results(Actor::Console, &format!("{reference},failed\n"), at(day)).await.unwrap();
        assert_eq!((read.done, read.call, read.unknown), (0, 1, 0));
        let next = "2027-12-23";
        assert_eq!(channels(&app, &ids[0], next).await, ["letter"]);
        assert_eq!(app.print_letters(Actor::Console, &printing(3), at(next)).await.unwrap().len(), 1);
        assert!(channels(&app, &ids[0], next).await.is_empty());
    });
}

#[test]
fn a_message_whose_result_nobody_tells_and_a_number_that_is_dead_lead_to_a_letter() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let people = [("谭秋霜", "16400000021", "", "东桥街道新桥路9号"), ("林春晓", "16400000022", "", "东桥街道新桥路7号")];
        let ids = donors(&app, actor, &people).await;
        plan(&app, "2027-11-23").await;
        let calls = desk(&app, "2027-11-23").await;
        let of = |id: &PublicId| calls.iter().find(|task| task.public_id == *id).unwrap();
        let dead = of(&ids[1]);
        app.finish_task(Actor::Console, dead.id, dead.version, TaskOutcome::NotInService, at("2027-11-23")).await.unwrap();
        assert_eq!(channels(&app, &ids[1], "2027-11-24").await, ["letter"], "a number that is dead takes no message");
        for day in ["2027-11-23", "2027-12-07", "2027-12-21"] {
            let tasks = desk(&app, day).await;
            let call = tasks.iter().find(|task| task.public_id == ids[0]).unwrap();
            app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::NoAnswer, at(day)).await.unwrap();
        }
        let given_out = "2027-12-22";
        assert_eq!(app.hand_off(Actor::Console, "请回电", on(given_out), at(given_out)).await.unwrap().1, 1);
        plan(&app, "2027-12-28").await;
        assert!(!channels(&app, &ids[0], "2028-01-31").await.contains(&"letter"), "a week for the result");
        plan(&app, "2027-12-29").await;
        assert!(channels(&app, &ids[0], "2028-01-31").await.contains(&"letter"));
        assert!(!channels(&app, &ids[0], "2028-01-04").await.contains(&"letter"), "the message may have been read: two weeks");
        assert!(channels(&app, &ids[0], "2028-01-05").await.contains(&"letter"));
    });
}

#[test]
fn no_message_is_due_at_night_or_on_a_closed_day_not_even_in_the_place_of_a_call() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        donors(&app, actor, &[("谭秋霜", "16400000021", "", "")]).await;
        plan(&app, "2027-11-23").await;
        // Half past ten at night, and 清明 of the next year, when the call still waits.
        let nine = |day: &str| at(day).plus_seconds(-1_800);
        for (rests, until) in [(at("2027-11-23").plus_seconds(13 * 3_600), nine("2027-11-24")), (at("2028-04-04"), nine("2028-04-05"))] {
            let waiting = app.hands_waiting(Actor::Console, rests).await.unwrap();
            assert_eq!((waiting.hand_offs, waiting.resting, waiting.resting_until), (0, 1, Some(until)));
            assert!(app.next_hand_off(Actor::Console, rests).await.unwrap().is_none());
            assert_eq!(app.hand_off(Actor::Console, "请回电", app.today(rests), rests).await.unwrap().1, 0);
        }
        let waiting = app.hands_waiting(Actor::Console, at("2027-11-23")).await.unwrap();
        assert_eq!((waiting.hand_offs, waiting.resting, waiting.resting_until), (1, 0, None));
        assert_eq!(app.hand_off(Actor::Console, "请回电", on("2027-11-23"), at("2027-11-23")).await.unwrap().1, 1);
        // The message counts at once: without a result the call comes two weeks later, not one.
        assert!(desk(&app, "2027-12-06").await.is_empty());
        assert_eq!(desk(&app, "2027-12-07").await.len(), 1);
    });
}

#[test]
fn a_letter_behind_five_hundred_that_wait_for_their_first_contact_is_printed_and_counted() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let mut held = String::from("姓名,地址,身份证号,状态\n");
        for n in 0..501_u32 {
            let first17 = format!("5120021990{:02}{:02}{n:03}", 1 + n / 28 % 12, 1 + n % 28);
            let name = char::from_u32(0x4e00 + n * 7).unwrap();
            held.push_str(&format!("谭秋{name},东桥街道新桥路{n}号,{first17}{},正常\n", check_digit(&first17)));
        }
        take_in(&app, actor, held, Enrolled::Blood, MORNING).await;
        let sheet = "姓名,性别,地址,加入日期\n赵冬青,女,东桥街道新桥路9号,2026-11-24\n".to_owned();
        take_in(&app, actor, sheet, Enrolled::Volunteer, at("2026-11-24")).await;
        app.first_contact(actor, Some(Enrolled::Volunteer), 1, at("2026-11-24")).await.unwrap();
        let day = "2027-11-24";
        plan(&app, day).await;
        assert_eq!(app.hands_waiting(Actor::Console, at(day)).await.unwrap().letters, 1);
        let printed = app.print_letters(Actor::Console, &printing(4), at(day)).await.unwrap();
        assert_eq!(printed.iter().map(|letter| letter.to.reveal().address.as_str()).collect::<Vec<_>>(), ["东桥街道新桥路9号"]);
        // Released, they are printed five hundred at a time, and how many are left is told.
        app.first_contact(actor, Some(Enrolled::Blood), 501, at(day)).await.unwrap();
        assert_eq!(app.hands_waiting(Actor::Console, at(day)).await.unwrap().letters, 501);
        assert_eq!(app.print_letters(Actor::Console, &printing(5), at(day)).await.unwrap().len(), 500);
        assert_eq!(app.hands_waiting(Actor::Console, at(day)).await.unwrap().letters, 1);
    });
}

#[test]
fn who_was_spoken_with_hears_nothing_for_two_weeks_about_anything() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let ids = donors(&app, actor, &[("谭秋霜", "16400000021", "", "")]).await;
        let (kind, source) = (DonationKind::WholeBlood, SourceOf::Station);
        let gave = Donation { kind, day: on("2026-12-01"), millilitres: Some(400), units: None, place: None, source };
        let once = Sent { key: key(1), fingerprint: [1; 32] };
        app.record_health(actor, &ids[0], Guarded::new(HealthFact::Donation(gave)), once, at("2026-12-02")).await.unwrap();
        plan(&app, "2027-11-23").await;
        let check = desk(&app, "2027-11-23").await.remove(0);
        assert_eq!(check.kind, Some(Kind::ContactCheck));
        app.finish_task(Actor::Console, check.id, check.version, TaskOutcome::NoAnswer, at("2027-11-23")).await.unwrap();
        // The second round of one call and the first of another fall on one day.
        let both = desk(&app, "2027-12-07").await;
        assert_eq!(both.len(), 2, "{:?}", both.iter().map(|task| task.kind).collect::<Vec<_>>());
        let check = both.iter().find(|task| task.kind == Some(Kind::ContactCheck)).unwrap();
        app.finish_task(Actor::Console, check.id, check.version, TaskOutcome::Reached, at("2027-12-07")).await.unwrap();
        let free = on("2027-12-07") + Days::new(14);
        assert!(app.staff_tasks(Actor::Console, free - Days::new(1), 10).await.unwrap().is_empty());
        let later = app.staff_tasks(Actor::Console, free, 10).await.unwrap();
        assert_eq!(later.iter().map(|task| (task.kind, task.due_on)).collect::<Vec<_>>(), [(Some(Kind::BloodLapsing), free)]);
    });
}
