//! Drives: targets against what was reached, shifts, who came, and the hours that follow from it.

use donor_registry::app::form::DriveForm;
use donor_registry::app::{Actor, App, AppError, Once};
use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::id::{DriveId, PublicId};
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::outside::NotNow;
use donor_registry::domain::registry::{ExitReason, Registry as Kind};
use donor_registry::domain::shift::{ShiftTime, TurnAct, TurnState};
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::volunteer::Quarters;

use crate::harness::desk::{Desk, key};
use crate::volunteers::{opened, registry, roster};

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

fn once(n: u64) -> Once {
    Once { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

fn text(of: &str) -> Guarded<String> {
    Guarded::new(of.to_owned())
}

async fn drive(app: &App, actor: Actor, day: &str) -> DriveId {
    let form =
        DriveForm { name: "秋季招募".into(), place: "广场".into(), town: None, day: Some(day.parse().unwrap()), target: Some(60) };
    app.start_drive(actor, form, NOW).await.unwrap()
}

async fn hours(app: &App, actor: Actor, id: &PublicId) -> Quarters {
    opened(app, actor, id).await.known.hours
}

#[test]
fn hours_follow_from_who_came_and_are_undone_where_that_is_put_right() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = roster(&app, actor, "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,,,\n赵冬青,16400000023,,,,,,\n").await;
        let drive = drive(&app, actor, "2026-11-22").await;
        let time = ShiftTime::parse("09:00", "12:30").unwrap();
        let refused = app.add_shift(actor, drive, (time, 0), &once(1), NOW).await;
        assert!(matches!(refused, Err(AppError::Input { field: "needed", .. })));
        app.add_shift(actor, drive, (time, 3), &once(1), NOW).await.unwrap();
        app.add_shift(actor, drive, (time, 3), &once(1), NOW).await.unwrap();
        let board = app.drive_board(actor, drive).await.unwrap();
        assert_eq!(board.shifts.len(), 1, "sent twice, entered once");
        let shift = board.shifts[0].id;
        app.assign(actor, shift, &text(ids[0].as_str()), &once(2), NOW).await.unwrap();
        app.assign(actor, shift, &text("林春晓"), &once(3), NOW).await.unwrap();
        app.assign(actor, shift, &text("16400000023"), &once(4), NOW).await.unwrap();
        for (who, field) in [("无此人", "who"), ("林春晓", "who-twice")] {
            let refused = app.assign(actor, shift, &text(who), &once(5), NOW).await;
            assert!(matches!(&refused, Err(AppError::Input { field: f, .. }) if *f == field), "{who}: {refused:?}");
        }
        let empty = app.drop_shift(actor, shift, &once(5), NOW).await;
        assert!(matches!(empty, Err(AppError::NotNow(NotNow { key: "shift-not-empty" }))));

        let turns = async || app.drive_board(actor, drive).await.unwrap().shifts.remove(0).turns;
        let all = turns().await;
        app.note_turn(actor, (all[0].id, all[0].version), TurnAct::Came, &once(6), NOW).await.unwrap();
        app.note_turn(actor, (all[0].id, all[0].version), TurnAct::Came, &once(6), NOW).await.unwrap();
        app.note_turn(actor, (all[1].id, all[1].version), TurnAct::Absent, &once(7), NOW).await.unwrap();
        app.note_turn(actor, (all[2].id, all[2].version), TurnAct::Off, &once(8), NOW).await.unwrap();
        assert_eq!((hours(&app, actor, &ids[0]).await, hours(&app, actor, &ids[1]).await), (Quarters(14), Quarters(0)));
        let stale = app.note_turn(actor, (all[0].id, all[0].version), TurnAct::Absent, &once(9), NOW).await;
        assert!(matches!(stale, Err(AppError::Stale)));
        let board = app.drive_board(actor, drive).await.unwrap();
        assert_eq!((board.served, board.shifts[0].turns.len()), (Quarters(14), 2), "who was taken off is not shown");

        // Hours that follow from a shift are corrected there, and nowhere else.
        let page = opened(&app, actor, &ids[0]).await;
        let undone = app.undo_service(actor, &ids[0], page.facts[0].id, &once(10), NOW).await;
        assert!(matches!(undone, Err(AppError::NotNow(NotNow { key: "service-of-a-shift" }))));
        let now = turns().await;
        app.note_turn(actor, (now[0].id, now[0].version), TurnAct::Absent, &once(11), NOW).await.unwrap();
        let again = turns().await;
        app.note_turn(actor, (again[1].id, again[1].version), TurnAct::Came, &once(12), NOW).await.unwrap();
        assert_eq!((hours(&app, actor, &ids[0]).await, hours(&app, actor, &ids[1]).await), (Quarters(0), Quarters(14)));
        let off = turns().await;
        let refused = app.note_turn(actor, (off[0].id, off[0].version), TurnAct::Off, &once(13), NOW).await;
        assert!(matches!(refused, Err(AppError::NotNow(NotNow { key: "turn-noted-already" }))));
        // Who was taken off can be put on again.
        app.assign(actor, shift, &text("赵冬青"), &once(14), NOW).await.unwrap();
        assert_eq!(turns().await.len(), 3);

        let copy = app.copy_of_person(actor, &ids[1], NOW).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(copy.json.reveal()).unwrap();
        assert_eq!(json["shifts"][0]["drive"], "秋季招募");
        assert_eq!(json["shifts"][0]["state"], "came");
        assert_eq!(json["service"][0]["drive"], "秋季招募");

        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.drive_board(caller, drive).await, Err(AppError::Forbidden)));
        assert!(matches!(app.shift_list(caller, drive, NOW).await, Err(AppError::Forbidden)));
        let (_, list) = app.shift_list(actor, drive, NOW).await.unwrap();
        assert_eq!(list[0].turns.len(), 3);
        let log = app.log_page(Actor::Console, None, 5).await.unwrap();
        let leaf = log.iter().find(|entry| entry.action == "shift.list").expect("in the log");
        assert_eq!((leaf.ids, leaf.detail.clone()), (3, vec![("count".to_owned(), "3".to_owned())]));
        app.add_shift(actor, drive, (ShiftTime::parse("13:00", "15:00").unwrap(), 3), &once(15), NOW).await.unwrap();
        let later = app.drive_board(actor, drive).await.unwrap().shifts[1].id;
        app.assign(actor, later, &text("赵冬青"), &once(16), NOW).await.unwrap();
        app.shift_list(actor, drive, NOW).await.unwrap();
        let log = app.log_page(Actor::Console, None, 5).await.unwrap();
        let leaf = log.iter().find(|entry| entry.action == "shift.list").expect("in the log");
        assert_eq!((leaf.ids, leaf.detail.clone()), (3, vec![("count".to_owned(), "4".to_owned())]), "people, each once, not places");
    });
}

#[test]
fn who_leaves_is_expected_no_more_and_nobody_came_before_the_day() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = roster(&app, actor, "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,,,\n").await;
        let drive = drive(&app, actor, "2026-11-29").await;
        app.add_shift(actor, drive, (ShiftTime::parse("09:00", "12:00").unwrap(), 2), &once(1), NOW).await.unwrap();
        let board = async || app.drive_board(actor, drive).await.unwrap();
        let shift = board().await.shifts[0].id;
        for (n, id) in ids.iter().enumerate() {
            app.assign(actor, shift, &text(id.as_str()), &once(2 + n as u64), NOW).await.unwrap();
        }
        let turns = board().await.shifts.remove(0).turns;
        let early = app.note_turn(actor, (turns[0].id, turns[0].version), TurnAct::Came, &once(4), NOW).await;
        assert!(matches!(early, Err(AppError::NotNow(NotNow { key: "turn-before-its-day" }))));
        app.leave(actor, &ids[0], Kind::Volunteer, ExitReason::Withdrew, NOW).await.unwrap();
        let left = board().await.shifts.remove(0).turns;
        assert_eq!(left.iter().map(|t| t.person.clone()).collect::<Vec<_>>(), [ids[1].clone()]);
        assert_eq!(left[0].state, TurnState::Planned);
        let gone = app.assign(actor, shift, &text(ids[0].as_str()), &once(5), NOW).await;
        assert!(matches!(gone, Err(AppError::Input { field: "who", .. })), "who left is not put on a shift");
        app.died(actor, &ids[1], Death { day: app.today(NOW), told_by: DeathSource::Family }, NOW).await.unwrap();
        assert!(board().await.shifts[0].turns.is_empty());
        app.drop_shift(actor, shift, &once(6), NOW).await.unwrap();
        assert!(board().await.shifts.is_empty());
    });
}

#[test]
fn places_that_a_wrong_exit_cancelled_are_planned_again_unless_they_are_filled() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = roster(&app, actor, "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,,,\n").await;
        let drive = drive(&app, actor, "2026-11-29").await;
        for (n, (from, to, needed)) in [("09:00", "12:00", 1), ("13:00", "15:00", 2), ("16:00", "18:00", 2)].into_iter().enumerate() {
            app.add_shift(actor, drive, (ShiftTime::parse(from, to).unwrap(), needed), &once(1 + n as u64), NOW).await.unwrap();
        }
        let board = async || app.drive_board(actor, drive).await.unwrap().shifts;
        for (n, shift) in board().await.into_iter().enumerate() {
            app.assign(actor, shift.id, &text(ids[0].as_str()), &once(4 + n as u64), NOW).await.unwrap();
        }
        let off = board().await.remove(2).turns.remove(0);
        app.note_turn(actor, (off.id, off.version), TurnAct::Off, &once(7), NOW.plus_seconds(30)).await.unwrap();
        app.leave(actor, &ids[0], Kind::Volunteer, ExitReason::Lost, NOW.plus_seconds(60)).await.unwrap();
        assert!(board().await.iter().all(|shift| shift.turns.is_empty()));
        let full = board().await[0].id;
        app.assign(actor, full, &text(ids[1].as_str()), &once(8), NOW.plus_seconds(90)).await.unwrap();
        let later = NOW.plus_seconds(120);
        let act = app.in_error_page(Actor::Console, &ids[0], later).await.unwrap().lines[0].act;
        let lost = app.take_back_standing(Actor::Console, &ids[0], (act, InErrorWhy::WrongChoice), &once(9), later).await.unwrap();
        assert_eq!(lost, 1, "whoever takes it back is told of the place that is filled");
        let places: Vec<Vec<PublicId>> =
            board().await.into_iter().map(|shift| shift.turns.into_iter().map(|turn| turn.person).collect()).collect();
        assert_eq!(places, [vec![ids[1].clone()], vec![ids[0].clone()], vec![]], "nor does who was taken off by hand come back");
    });
}

#[test]
fn a_drives_page_shows_target_against_reached_and_prints_names_without_a_number() {
    let registry = registry();
    registry.add_account("recruiter", PASSWORD, "recruiter");
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let today = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string();
    let new = [("name", "秋季招募"), ("place", "广场"), ("day", today.as_str()), ("target", "60")];
    assert_eq!(desk.post("/drive/new", &key(1), &new).unwrap().status, 303);
    let person = crate::harness::people::Invented::of(7);
    assert_eq!(desk.interest(&key(2), &person, "volunteer").unwrap().status, 303);
    let list = desk.client.get("/drives").unwrap().text();
    let id = list.split("href=\"/drives/").nth(1).and_then(|rest| rest.split('"').next()).expect("one drive").to_owned();
    let at = |rest: &str| format!("/drives/{id}{rest}");
    let wrong = desk.post(&at("/shifts"), &key(3), &[("from", "09:10"), ("to", "12:00"), ("needed", "2")]).unwrap();
    assert!(wrong.status == 422 && wrong.text().contains("value=\"09:10\""), "what was typed stays");
    assert_eq!(desk.post(&at("/shifts"), &key(4), &[("from", "09:00"), ("to", "12:00"), ("needed", "2")]).unwrap().status, 303);
    let targets = [("target", "60"), ("donors-target", "20"), ("donors", "13")];
    assert_eq!(desk.post(&at("/targets"), &key(5), &targets).unwrap().status, 303);
    assert_eq!(desk.post(&at("/targets"), &key(6), &[("target", "0")]).unwrap().status, 422);
    let page = desk.client.get(&at("")).unwrap().text();
    assert!(page.contains("aria-label=\"登记人数 1／60\"") && page.contains("13／20"), "{page}");
    let shift = page.split("action=\"/shifts/").nth(1).and_then(|rest| rest.split('/').next()).expect("one shift").to_owned();
    let nobody = desk.post(&format!("/shifts/{shift}/assign"), &key(7), &[("who", "无此人")]).unwrap();
    assert!(nobody.status == 422 && nobody.text().contains("value=\"无此人\""));
    assert_eq!(desk.post(&format!("/shifts/{shift}/assign"), &key(8), &[("who", &person.name)]).unwrap().status, 303);
    let page = desk.client.get(&at("")).unwrap().text();
    assert!(!page.contains(&person.name), "masked until the list is opened");
    let turn = page.split("action=\"/turns/").nth(1).and_then(|rest| rest.split('"').next()).expect("one place").to_owned();
    let printed = desk.post(&at("/list"), &key(9), &[]).unwrap();
    assert!(printed.status == 200 && printed.text().contains(&person.name) && !printed.text().contains(&person.phone));
    assert_eq!(desk.post(&format!("/turns/{turn}"), &key(10), &[("version", "1"), ("act", "came")]).unwrap().status, 303);
    assert!(desk.client.get(&at("")).unwrap().text().contains("3 小时"));
    // A recruiter sees figures and shifts, and nobody's name.
    let mut recruiter = Desk::sign_in(&server, "recruiter", PASSWORD).unwrap();
    let seen = recruiter.client.get(&at("")).unwrap();
    assert!(seen.status == 200 && !seen.text().contains("/people/") && !seen.text().contains("/turns/"), "{}", seen.text());
    assert_eq!(recruiter.post(&at("/list"), &key(11), &[]).unwrap().status, 403);
    server.stop();
}
