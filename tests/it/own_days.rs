//! What is typed up later counts on its own day: an enrolment, a donation, a withdrawal with how and by whom it was told, the steps of a death
//! notice. And what held on a day is what an old notice shows.

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, App, AppError, NoticeForm, Once, Opening, ReportKind, StepForm, year_begins};
use donor_registry::domain::Guarded;
use donor_registry::domain::death_notice::{Caller, Code, Phase};
use donor_registry::domain::id::{MatterId, PublicId};
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::leaving::{HowTold, LeaveChannel, LeaveEvidence, ToldBy};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::sample::Act;
use donor_registry::domain::time::Timestamp;
use donor_registry::reports::Lang;
use donor_registry::reports::pool::Counted;
use rocket::http::Status;

use super::exits::{notice_of_match, sampled};
use super::urgent::{DONOR, contains, csrf, desk_today, key, noticed, registered};
use super::volunteers::registry;
use super::web::{Desk, run, signed_in};

/// 2026-11-23T08:00:00Z, four in the afternoon at the branch.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn once() -> Once {
    Once { key: key(), fingerprint: [7; 32] }
}

fn text(of: &str) -> Guarded<String> {
    Guarded::new(of.to_owned())
}

async fn stands(app: &App, id: &PublicId, registry: Kind) -> (EnrolmentStatus, NaiveDate) {
    let page = app.person(Actor::Console, id, NOW).await.unwrap();
    let (_, status, since) = page.standings.iter().find(|(r, ..)| *r == registry).expect("a registration");
    (*status, *since)
}

/// Exits of a reason that the statistics count between two days.
async fn left(app: &App, (from, to): (NaiveDate, NaiveDate), reason: ExitReason) -> i64 {
    let flows = app.flows(from, to).await.unwrap();
    assert!(flows.reconciles(), "{flows:#?}");
    flows.total(Counted::Registry(Kind::StemCell)).exit(reason)
}

#[test]
fn an_enrolment_counts_from_the_acceptance_and_care_after_a_donation_from_the_collection() {
    registry().look(|app| async move {
        let (me, file) = (Actor::Console, Kind::StemCell);
        let id = sampled(&app, &[("谭秋霜", "19850101")]).await.remove(0);
        let ago = |days: i64| app.today(NOW.plus_seconds(-days * DAY));
        let manager = app.actor_named("manager").await.unwrap();
        app.first_contact(manager, None, 1, NOW).await.unwrap();
        app.take_sample(me, &id, (&text("700000077"), ago(30)), &once(), NOW).await.unwrap();
        for (act, day) in [(Act::Sent, ago(25)), (Act::Accepted, ago(20))] {
            let sample = app.samples(me, &id).await.unwrap().samples.remove(0);
            app.note_sample(me, (sample.id, sample.version), (act, day), &once(), NOW).await.unwrap();
        }
        assert_eq!(stands(&app, &id, file).await, (EnrolmentStatus::Enrolled, ago(20)));
        let enrolled = async |on| app.pool(on).await.unwrap().registry(file).enrolled;
        assert_eq!((enrolled(ago(21)).await, enrolled(ago(20)).await), (0, 1), "on the day of the acceptance, not on that of the entry");

        let request = app.open_match(me, &notice_of_match(&id, NOW), &once(), NOW).await.unwrap();
        let step = async |act: &str, code: Option<&str>, note: Option<&str>, day, at| {
            let version = app.match_case(me, request, at).await.unwrap().version;
            let form = StepForm { act: act.into(), code: code.map(str::to_owned), day, when: None, note: note.map(text) };
            app.note_match(me, (request, version), &form, &once(), at).await
        };
        for act in ["contacted", "agreed", "typing", "confirmed", "work-up", "fit", "scheduled", "mobilised", "conditioned"] {
            step(act, None, None, app.today(NOW), NOW).await.unwrap();
        }
        let later = NOW.plus_seconds(40 * DAY);
        let (collected, today) = (app.today(NOW.plus_seconds(30 * DAY)), app.today(later));
        step("collected", None, None, collected, later).await.unwrap();
        assert_eq!(stands(&app, &id, file).await, (EnrolmentStatus::Exited(ExitReason::Donated), collected));
        assert_eq!(left(&app, (collected, collected), ExitReason::Donated).await, 1, "in the year in which it was");
        assert_eq!(left(&app, (today, today), ExitReason::Donated).await, 0);
        step("cmdp-status", Some("rs"), Some("省平台"), today, later).await.expect("what the CMDP says afterwards is noted");

        app.plan(me, today, 24, false, later).await.unwrap();
        let tasks = app.tasks(me, today + Days::new(400), 1_000).await.unwrap();
        let care: Vec<i64> = tasks
            .iter()
            .filter(|task| task.kind.is_some_and(|kind| kind.word() == "post_donation"))
            .map(|task| (task.due_on - collected).num_days())
            .collect();
        assert!(care.iter().any(|days| (29..=35).contains(days)), "a month after the collection: {care:?}");
    });
}

#[test]
fn a_withdrawal_counts_on_the_day_it_was_told_and_says_how_until_it_is_taken_back() {
    registry().look(|app| async move {
        let (me, file) = (Actor::Console, Kind::StemCell);
        let id = sampled(&app, &[("谭秋霜", "19850101")]).await.remove(0);
        let (today, day) = (app.today(NOW), app.today(NOW.plus_seconds(-5 * DAY)));
        let how = |day, note: &str| HowTold {
            channel: LeaveChannel::Phone,
            by: ToldBy::Relative,
            evidence: Some(LeaveEvidence::CallNoted),
            note: Some(text(note)),
            ..HowTold::today(day)
        };
        let withdrew = (file, ExitReason::Withdrew);
        let long = "长".repeat(121);
        for (how, wrong) in [(how(today + Days::new(1), "柜 3"), "left_day"), (how(day, &long), "left_note")] {
            let refused = app.leave_as_told(me, &id, withdrew, &how, NOW).await;
            assert!(matches!(&refused, Err(AppError::Input { field, .. }) if *field == wrong), "{refused:?}");
        }
        assert!(stands(&app, &id, file).await.0.in_pool(), "nothing was changed");

        app.leave_as_told(me, &id, withdrew, &how(day, "柜 3"), NOW).await.unwrap();
        assert_eq!((left(&app, (day, day), ExitReason::Withdrew).await, left(&app, (today, today), ExitReason::Withdrew).await), (1, 0));
        assert_eq!(
            stands(&app, &id, file).await,
            (EnrolmentStatus::Exited(ExitReason::Withdrew), today),
            "no sheet of a day in between counts"
        );
        let page = app.person(me, &id, NOW).await.unwrap();
        let line = &page.leavings[0];
        assert_eq!((line.told.day, line.told.told), (day, Some((LeaveChannel::Phone, ToldBy::Relative))));
        assert!(line.note.is_none(), "a masked page opens nothing");
        let page = app.disclose(me, &id, Opening::Correct, NOW).await.unwrap();
        assert_eq!(page.leavings[0].note.as_ref().map(|note| note.reveal().as_str()), Some("柜 3"));

        let at = NOW.plus_seconds(60);
        let act = app.in_error_page(me, &id, at).await.unwrap().lines.first().expect("an exit").act;
        app.take_back_standing(me, &id, (act, InErrorWhy::Misunderstood), &once(), at).await.unwrap();
        assert!(app.person(me, &id, at).await.unwrap().leavings.is_empty());
        app.leave(me, &id, file, ExitReason::Withdrew, at.plus_seconds(60)).await.unwrap();
        let page = app.person(me, &id, at).await.unwrap();
        let told: Vec<_> = page.leavings.iter().map(|line| (line.told.day, line.told.told)).collect();
        assert_eq!(told, [(today, Some((LeaveChannel::InPerson, ToldBy::Myself)))], "what was taken back is told no more");
    });
}

#[test]
fn the_form_asks_when_how_and_by_whom_it_was_told_and_takes_today_in_person_where_nothing_is_said() {
    run(|| async {
        let desk = Desk::open().await;
        let organ = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let stem = registered(&desk, "stem-cell", super::urgent::YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let today: NaiveDate = desk_today().parse().unwrap();
        let page = lin.get(&format!("/people/{organ}")).await.body;
        assert!(page.contains(&format!("name=\"left_day\" type=\"text\" value=\"{today}\"")), "{page}");
        let (tomorrow, told) = ((today + Days::new(1)).to_string(), (today - Days::new(2)).to_string());
        let leave = |extra: &[(&'static str, &str)]| {
            let mut fields = vec![("csrf", token.clone()), ("registry", "organ-body".to_owned()), ("why", "withdrew".to_owned())];
            fields.extend(extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
            fields
        };
        let path = format!("/people/{organ}/leave");
        for (extra, sentence) in [
            ([("left_day", tomorrow.as_str()), ("left_channel", "phone")], "告知日期不能晚于今天"),
            ([("left_day", "昨天"), ("left_channel", "phone")], "name=\"left_day\""),
            ([("left_day", told.as_str()), ("left_channel", "own-page")], "请选一项"),
            ([("left_by", "neighbour"), ("left_channel", "phone")], "请选一项"),
        ] {
            let fields = leave(&extra);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let seen = lin.post(&path, &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity, "{extra:?}");
            assert!(seen.body.contains(sentence), "{extra:?}: {}", seen.body);
        }
        let note = "柜 3 第 17 号";
        let fields = leave(&[
            ("left_day", told.as_str()),
            ("left_channel", "letter"),
            ("left_by", "guardian"),
            ("left_evidence", "kept"),
            ("left_note", note),
        ]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(lin.post(&path, &fields).await.status, Status::SeeOther);
        let page = lin.get(&format!("/people/{organ}")).await.body;
        for shown in [told.as_str(), "书信", "监护人告知", "来信、邮件或截图已留存"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains(note), "the note stands on the opened page");
        let opened = lin.post(&format!("/people/{organ}/open"), &[("csrf", &token), ("reason", "correct")]).await.body;
        assert!(opened.contains(note), "{opened}");
        let copy = lin.post(&format!("/people/{organ}/rights/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        assert!(copy.contains("\"told_by\": \"guardian\"") && copy.contains("\"channel\": \"letter\"") && copy.contains(note), "{copy}");
        assert!(!contains(&desk.bytes(), note.as_bytes()), "sealed at rest");

        let plain = [("csrf", token.as_str()), ("registry", "stem-cell"), ("why", "withdrew")];
        assert_eq!(lin.post(&format!("/people/{stem}/leave"), &plain).await.status, Status::SeeOther);
        let page = lin.get(&format!("/people/{stem}")).await.body;
        assert!(page.contains("当面、本人告知") && page.contains(&today.to_string()), "{page}");
    });
}

async fn step(
    app: &App,
    notice: MatterId,
    (act, code): (&str, Option<&str>),
    when: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), AppError> {
    let version = app.notice_case(Actor::Console, notice, now).await.unwrap().version;
    let form = StepForm { act: act.into(), code: code.map(str::to_owned), day: app.today(now), when, note: None };
    app.note_notice(Actor::Console, (notice, version), &form, &once(), now).await
}

fn notice(person: &PublicId, when: Timestamp, called: Option<Timestamp>) -> NoticeForm {
    NoticeForm { caller: Caller::Family, call_back: None, person: Some(person.clone()), place: None, dying: false, when, called }
}

#[test]
fn a_notice_that_was_kept_on_paper_is_typed_up_the_next_day_with_its_own_times() {
    registry().look(|app| async move {
        let id = sampled(&app, &[("谭秋霜", "19850101")]).await.remove(0);
        let typed = NOW.plus_seconds(26 * HOUR);
        let death = NOW.plus_seconds(-HOUR);
        for called in [NOW.plus_seconds(-2 * HOUR), typed.plus_seconds(HOUR), NOW.plus_seconds(-8 * DAY)] {
            let refused = app.open_notice(Actor::Console, &notice(&id, death, Some(called)), &once(), typed).await;
            assert!(matches!(refused, Err(AppError::Input { field: "called", .. })), "{refused:?}");
        }
        let case = app.open_notice(Actor::Console, &notice(&id, death, Some(NOW)), &once(), typed).await.unwrap();
        for wrong in [NOW.plus_seconds(-HOUR), typed.plus_seconds(HOUR)] {
            let refused = step(&app, case, ("kin-agreed", None), Some(wrong), typed).await;
            assert!(matches!(refused, Err(AppError::Input { field: "when", .. })), "{refused:?}");
        }
        let minutes = |n: i64| Some(NOW.plus_seconds(n * 60));
        for (act, when) in [("kin-agreed", minutes(60)), ("assessed", minutes(95)), ("witnessed", minutes(120)), ("realised", None)] {
            step(&app, case, (act, None), when, typed).await.unwrap();
        }
        let told = app.notice_case(Actor::Console, case, typed).await.unwrap();
        assert_eq!((told.phase, told.received), (Phase::Realised, NOW));
        let days: Vec<_> = told.steps.iter().map(|step| (step.act.as_str(), step.day, step.when)).collect();
        let (first, today) = (app.today(NOW), app.today(typed));
        assert_eq!(
            days,
            [
                ("opened", first, Some(NOW)),
                ("kin-agreed", first, minutes(60)),
                ("assessed", first, minutes(95)),
                ("witnessed", first, minutes(120)),
                ("realised", today, None),
            ],
            "without a time a step is now"
        );
        let report = app.report(ReportKind::Reneging, year_begins(first), today, Lang::Zh).await.unwrap().fragment();
        assert!(report.contains("1 小时 35 分"), "from the call to the arrival, not to the typing: {report}");
    });
}

#[test]
fn an_old_notice_shows_the_limits_that_held_then_and_the_number_that_is_answered_now() {
    registry().look(|app| async move {
        let me = Actor::Console;
        let id = sampled(&app, &[("谭秋霜", "19850101")]).await.remove(0);
        let desks = |phone: &str, hours| vec![(Code::EyeBank, phone.to_owned(), hours)];
        let (later, today) = (NOW.plus_seconds(10 * DAY), app.today(NOW));
        app.set_desks(me, (&desks("0000 000 0001", 12), today), "", NOW).await.unwrap();
        let old = app.open_notice(me, &notice(&id, NOW, None), &once(), NOW).await.unwrap();
        let from = app.today(later);
        for wrong in [today, from + Days::new(400)] {
            let refused = app.set_desks(me, (&desks("0000 000 0002", 6), wrong), "", later).await;
            assert!(matches!(refused, Err(AppError::Input { field: "valid_from", .. })), "{refused:?}");
        }
        app.set_desks(me, (&desks("0000 000 0002", 6), from), "", later).await.unwrap();
        app.set_desks(me, (&desks("0000 000 0002", 4), from + Days::new(30)), "", later).await.unwrap();
        let new = app.open_notice(me, &notice(&id, later, None), &once(), later).await.unwrap();
        for (notice, hours, died) in [(old, 12, NOW), (new, 6, later)] {
            let case = app.notice_case(me, notice, later).await.unwrap();
            let desk = case.desks.iter().find(|desk| desk.whom == Code::EyeBank).expect("to be called");
            assert_eq!((desk.hours, desk.until), (hours, Some(died.plus_seconds(i64::from(hours) * HOUR))));
            assert_eq!(desk.phone, "0000 000 0002", "who calls now dials today's number");
        }
        let duty = app.duty(me, later).await.unwrap();
        assert_eq!(duty.since, Some(from));
        assert_eq!(duty.coming.iter().map(|edition| edition.valid_from).collect::<Vec<_>>(), [from + Days::new(30)]);
        assert!(duty.desks.iter().any(|desk| desk.whom == "eye-bank" && desk.hours == 6));
    });
}

#[test]
fn the_report_counts_the_identities_that_were_opened_in_a_hurry() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let counted = async |label: &str| {
            let today: NaiveDate = desk_today().parse().unwrap();
            let report = desk.app.report(ReportKind::Reneging, year_begins(today), today, Lang::Zh).await.unwrap().fragment();
            let cell = report.split(&format!("<th scope=\"row\">{label}</th>")).nth(1).expect("a row of the report").to_owned();
            cell.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
        };
        assert_eq!(counted("应急开启").await, "0");
        let path = noticed(&mut coordinator, &token, &person, "died").await;
        coordinator.post(&format!("{path}/open"), &[("csrf", &token), ("reason", "call-family")]).await;
        for (label, count) in [("应急开启", "1"), ("其中为急报", "1"), ("其中为初配通知", "0"), ("还没有复核", "1"), ("复核：需要", "0")]
        {
            assert_eq!(counted(label).await, count, "{label}");
        }
        let mut manager = signed_in(&desk, "manager").await;
        let boss = csrf(&mut manager).await;
        let now = Timestamp::of(chrono::Utc::now());
        let waiting = desk.app.openings(Actor::Console, now).await.unwrap();
        assert_eq!((waiting.0.len(), waiting.1), (1, 1), "the page of the openings counts the same");
        let review = format!("/urgent/openings/{}", waiting.0[0].id);
        assert_eq!(manager.post(&review, &[("csrf", &boss), ("verdict", "justified")]).await.status, Status::SeeOther);
        for (label, count) in [("应急开启", "1"), ("还没有复核", "0"), ("复核：需要", "1"), ("复核：有疑问", "0")] {
            assert_eq!(counted(label).await, count, "{label}");
        }
        assert!(manager.get("/reports/reneging").await.body.contains("应急开启"), "on the page of the report");
    });
}
