//! How people leave: by age, by hand for a reason that may be told so, by a death with its day and source. And whose duty it is at night.

use std::fmt::Write as _;
use std::sync::Arc;

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{
    Actor, AgeTally, AidForm, AidStep, App, AppError, FamilyForm, MatchForm, NoticeForm, Once, RemembranceForm, Schedule, StepForm,
};
use donor_registry::domain::Guarded;
use donor_registry::domain::care::{AidAct, AidPhase, Told as ByFamily};
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::death_notice::{Caller, Code, Phase};
use donor_registry::domain::id::{MatterId, PublicId};
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::outside::NotNow;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::time::Timestamp;
use donor_registry::reports::pool::Counted;
use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, contains, csrf, desk_today, registered};
use super::web::{Desk, run, signed_in};
use crate::harness::desk::key;
use crate::harness::people::check_digit;
use crate::harness::program::Registry;
use crate::volunteers::{registry, roster};

/// 2026-11-23T08:00:00Z, four in the afternoon at the branch.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

pub fn once(n: u64) -> Once {
    Once { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

fn text(of: &str) -> Guarded<String> {
    Guarded::new(of.to_owned())
}

/// People of an old stem-cell sheet, sampled in 2010: name and birth as `19711124`.
pub(crate) async fn sampled(app: &App, people: &[(&str, &str)]) -> Vec<PublicId> {
    let mut sheet = "姓名,身份证号,联系电话,采样日期\n".to_owned();
    for (n, (name, birth)) in people.iter().enumerate() {
        let first17 = format!("512002{birth}0{n}1");
        writeln!(sheet, "{name},{first17}{},1640000003{n},2010-05-01", check_digit(&first17)).unwrap();
    }
    let options = ImportOptions { registry: Some(Kind::StemCell), ..ImportOptions::default() };
    let bytes = Guarded::new(sheet.into_bytes());
    let staged = app.stage(Actor::Console, bytes, "samples.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(Actor::Console, id, NOW).await.unwrap();
    let mut ids = Vec::new();
    for (name, _) in people {
        ids.push(app.search(Actor::Console, &text(name)).await.unwrap().first().expect("taken in").public_id.clone());
    }
    ids
}

async fn standing(app: &App, id: &PublicId, registry: Kind) -> EnrolmentStatus {
    let page = app.person(Actor::Console, id, NOW).await.unwrap();
    page.standings.iter().find(|(r, ..)| *r == registry).expect("a registration").1
}

#[test]
fn the_stem_cell_file_is_left_on_the_55th_birthday_once_and_counted_as_over_age() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19711124"), ("林春晓", "19711125"), ("何夏荷", "19850101")]).await;
        let (eve, birthday) = (NOW, NOW.plus_seconds(DAY));
        assert_eq!(app.age_out(Actor::Program, false, eve).await.unwrap(), AgeTally::default(), "not a day before");
        let one = AgeTally { left: 1, waiting: 0 };
        assert_eq!(app.age_out(Actor::Program, true, birthday).await.unwrap(), one);
        assert!(standing(&app, &ids[0], Kind::StemCell).await.in_pool(), "counted only, nothing changed");
        assert_eq!(app.age_out(Actor::Program, false, birthday).await.unwrap(), one);
        assert_eq!(app.age_out(Actor::Program, false, birthday).await.unwrap(), AgeTally::default(), "once");

        assert_eq!(standing(&app, &ids[0], Kind::StemCell).await, EnrolmentStatus::Exited(ExitReason::AgedOut));
        assert!(standing(&app, &ids[1], Kind::StemCell).await.in_pool() && standing(&app, &ids[2], Kind::StemCell).await.in_pool());
        let today = app.today(birthday);
        let flows = app.flows(today, today).await.unwrap();
        let lines = flows.total(Counted::Registry(Kind::StemCell));
        assert_eq!((lines.exit(ExitReason::AgedOut), lines.out(), lines.closing), (1, 1, 2));
        assert!(flows.reconciles());
        let leaf = app.log_page(Actor::Console, None, 5).await.unwrap().into_iter().find(|e| e.action == "person.standing");
        assert!(leaf.is_some_and(|e| e.who.is_none()), "the log says that the program did it");
        let manager = app.actor_named("manager").await.unwrap();
        assert!(matches!(app.age_out(manager, false, birthday).await, Err(AppError::Forbidden)));
    });
}

#[test]
fn the_daily_round_lets_leave_who_is_over_age_and_a_timer_may_do_it_instead() {
    let mut registry = registry();
    registry.set("DONOR_REGISTRY_SMTP_FOLDER", "mails");
    registry.look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19711124")]).await;
        let mut schedule = Schedule::of(Arc::clone(&app));
        assert_eq!(schedule.round(NOW).await.unwrap().aged_out, Some(AgeTally::default()));
        let birthday = schedule.round(NOW.plus_seconds(DAY)).await.unwrap();
        assert!(birthday.planned);
        assert_eq!(birthday.aged_out, Some(AgeTally { left: 1, waiting: 0 }));
        assert_eq!(standing(&app, &ids[0], Kind::StemCell).await, EnrolmentStatus::Exited(ExitReason::AgedOut));
        assert_eq!(schedule.round(NOW.plus_seconds(DAY + HOUR)).await.unwrap().aged_out, None, "once a day");
    });
    let told: serde_json::Value = serde_json::from_str(&registry.done(&["followup", "age-out", "--json"])).unwrap();
    assert_eq!((told["left"].as_u64(), told["waiting"].as_u64()), (Some(0), Some(0)), "{told}");
}

pub(crate) fn notice_of_match(person: &PublicId, received: Timestamp) -> MatchForm {
    MatchForm { cmdp: text("CMDP-2026-0055"), request: text("REQ-0055"), received, answer_by: None, person: Some(person.clone()) }
}

#[test]
fn nobody_leaves_by_age_while_a_patient_waits_and_no_request_is_opened_for_somebody_over_age() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19711124"), ("林春晓", "19711124")]).await;
        let birthday = NOW.plus_seconds(DAY);
        let request = app.open_match(Actor::Console, &notice_of_match(&ids[0], NOW), &once(1), NOW).await.unwrap();
        let tally = app.age_out(Actor::Program, false, birthday).await.unwrap();
        assert_eq!(tally, AgeTally { left: 1, waiting: 1 });
        assert!(standing(&app, &ids[0], Kind::StemCell).await.in_pool(), "stays for the patient");
        assert_eq!(standing(&app, &ids[1], Kind::StemCell).await, EnrolmentStatus::Exited(ExitReason::AgedOut));

        let case = app.match_case(Actor::Console, request, birthday).await.unwrap();
        let over = StepForm { act: "patient-cancelled".into(), code: Some("fnd".into()), day: app.today(birthday), when: None, note: None };
        app.note_match(Actor::Console, (request, case.version), &over, &once(2), birthday).await.unwrap();
        // Over age and still on file until the next daily step: no request is opened for them, and the reason is told.
        let refused = app.open_match(Actor::Console, &notice_of_match(&ids[0], birthday), &once(3), birthday).await;
        assert!(matches!(refused, Err(AppError::NotNow(NotNow { key: "match-too-old" }))), "{refused:?}");
        assert_eq!(app.age_out(Actor::Program, false, birthday).await.unwrap(), AgeTally { left: 1, waiting: 0 });
        assert_eq!(standing(&app, &ids[0], Kind::StemCell).await, EnrolmentStatus::Exited(ExitReason::AgedOut));
    });
}

#[test]
fn a_donation_an_erasure_a_duplicate_or_a_wrong_age_is_not_told_by_hand() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19711124")]).await;
        let key_of = async |reason, now| match app.leave(Actor::Console, &ids[0], Kind::StemCell, reason, now).await {
            Err(AppError::NotNow(NotNow { key })) => key,
            other => panic!("{reason:?}: {other:?}"),
        };
        assert_eq!(key_of(ExitReason::Donated, NOW).await, "leave-donated");
        assert_eq!(key_of(ExitReason::Erased, NOW).await, "leave-erased");
        assert_eq!(key_of(ExitReason::Duplicate, NOW).await, "leave-duplicate");
        assert_eq!(key_of(ExitReason::Died, NOW).await, "leave-died", "a death has a day and a source");
        assert_eq!(key_of(ExitReason::AgedOut, NOW).await, "leave-not-of-age", "54 years old");
        assert!(standing(&app, &ids[0], Kind::StemCell).await.in_pool(), "nothing was changed");
        app.leave(Actor::Console, &ids[0], Kind::StemCell, ExitReason::AgedOut, NOW.plus_seconds(DAY)).await.unwrap();
        assert_eq!(standing(&app, &ids[0], Kind::StemCell).await, EnrolmentStatus::Exited(ExitReason::AgedOut));
    });
}

#[test]
fn the_form_offers_the_reasons_that_may_be_told_and_its_post_takes_no_other() {
    run(|| async {
        let desk = Desk::open().await;
        let organ = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let stem = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let offers = |body: &str, reason: &str| body.contains(&format!("name=\"why\" value=\"{reason}\""));
        let page = lin.get(&format!("/people/{organ}")).await.body;
        assert!(offers(&page, "withdrew") && offers(&page, "died"), "{page}");
        for reason in ["donated", "erased", "duplicate", "aged-out"] {
            assert!(!offers(&page, reason), "{reason}");
        }
        let page = lin.get(&format!("/people/{stem}")).await.body;
        assert!(offers(&page, "aged-out") && !offers(&page, "donated"), "{page}");
        for (reason, sentence) in [
            ("donated", "实现捐献由初配通知或急报的步骤记入"),
            ("erased", "删除在“权利”页办理"),
            ("duplicate", "重复登记在“查重”里合并"),
            ("aged-out", "这项登记没有这个原因"),
        ] {
            let fields = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", reason)];
            let seen = lin.post(&format!("/people/{organ}/leave"), &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity, "{reason}");
            assert!(seen.body.contains(sentence), "{reason}: {}", seen.body);
        }
        let id = PublicId::parse(&organ).unwrap();
        assert!(standing(&desk.app, &id, Kind::OrganBody).await.in_pool(), "nothing was changed");
    });
}

#[test]
fn a_death_is_told_with_its_day_and_who_told_of_it() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = format!("/people/{person}/leave");
        let page = lin.get(&format!("/people/{person}")).await.body;
        let prefilled = format!("name=\"death_day\" type=\"text\" value=\"{}\"", desk_today());
        assert!(page.contains(&prefilled), "today unless another day is told: {page}");
        let today = chrono::NaiveDate::parse_from_str(&desk_today(), "%Y-%m-%d").unwrap();
        let (told, tomorrow) = ((today - chrono::Days::new(3)).to_string(), (today + chrono::Days::new(1)).to_string());
        for (day, by, sentence) in [
            (told.as_str(), "", "请选由谁告知"),
            (told.as_str(), "the-neighbour", "请选由谁告知"),
            (tomorrow.as_str(), "hospital", "去世日期不能晚于今天"),
            ("1949-12-30", "hospital", "也不能早于出生"),
        ] {
            let fields = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "died"), ("death_day", day), ("told_by", by)];
            let seen = lin.post(&path, &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity, "{day} {by}");
            assert!(seen.body.contains(sentence), "{day} {by}: {}", seen.body);
        }
        let id = PublicId::parse(&person).unwrap();
        assert!(standing(&desk.app, &id, Kind::OrganBody).await.in_pool(), "nothing was changed");
        let fields = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "died"), ("death_day", &told), ("told_by", "hospital")];
        for _ in 0..2 {
            assert_eq!(lin.post(&path, &fields).await.status, Status::SeeOther, "sent twice");
        }
        let page = lin.get(&format!("/people/{person}")).await.body;
        assert!(page.contains(&format!("去世日期 {told}，医院告知")), "{page}");
        let copy = lin.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        assert!(copy.contains("\"told_by\": \"hospital\"") && copy.contains(&told), "{copy}");
        let log = desk.app.log_page(Actor::Console, None, 20).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "person.died").count(), 1, "done once");
        let leaf = log.iter().find(|e| e.action == "person.died").expect("in the log");
        assert!(leaf.detail.contains(&("told-by".to_owned(), "hospital".to_owned())), "{:?}", leaf.detail);
        assert!(!contains(&desk.bytes(), told.as_bytes()), "the day is sealed at rest");
    });
}

#[test]
fn a_death_counts_on_its_day_and_what_was_counted_still_reconciles() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19850101"), ("林春晓", "19850102")]).await;
        let (today, day) = (app.today(NOW), app.today(NOW.plus_seconds(-5 * DAY)));
        app.died(Actor::Console, &ids[0], Death { day, told_by: DeathSource::Authority }, NOW).await.unwrap();
        let died_on = async |on| {
            let flows = app.flows(on, on).await.unwrap();
            assert!(flows.reconciles());
            flows.total(Counted::Registry(Kind::StemCell)).exit(ExitReason::Died)
        };
        assert_eq!((died_on(day).await, died_on(today).await), (1, 0), "on the day of the death, not on that of the entry");
        assert_eq!(app.pool(today).await.unwrap().registry(Kind::StemCell).pool(), 1);
        let page = app.person(Actor::Console, &ids[0], NOW).await.unwrap();
        assert_eq!(page.death.as_ref().map(Death::told), Some((day, DeathSource::Authority)));
        // A death before the registration is a slip in one of the two days: it is kept as told, and counted where the registration ends.
        let early = Death { day: "2010-04-01".parse().unwrap(), told_by: DeathSource::Family };
        app.died(Actor::Console, &ids[1], early, NOW).await.unwrap();
        assert_eq!(app.pool(today).await.unwrap().registry(Kind::StemCell).pool(), 0);
        let flows = app.flows("2010-01-01".parse().unwrap(), today).await.unwrap();
        assert!(flows.reconciles());
        assert_eq!(flows.total(Counted::Registry(Kind::StemCell)).exit(ExitReason::Died), 2);
    });
}

pub async fn dying(app: &App, person: &PublicId, n: u64) -> MatterId {
    let form = NoticeForm {
        caller: Caller::Hospital,
        call_back: None,
        person: Some(person.clone()),
        place: None,
        dying: true,
        when: NOW,
        called: None,
    };
    app.open_notice(Actor::Console, &form, &once(n), NOW).await.unwrap()
}

pub async fn step(
    app: &App,
    notice: MatterId,
    (act, code): (&str, Option<&str>),
    when: Option<Timestamp>,
    n: u64,
    now: Timestamp,
) -> Result<(), AppError> {
    let version = app.notice_case(Actor::Console, notice, now).await.unwrap().version;
    let form = StepForm { act: act.into(), code: code.map(str::to_owned), day: app.today(now), when, note: None };
    app.note_notice(Actor::Console, (notice, version), &form, &once(n), now).await
}

#[test]
fn the_limits_of_eye_bank_and_school_count_from_the_death_and_not_from_the_click() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19850101")]).await;
        let notice = dying(&app, &ids[0], 1).await;
        let noted = NOW.plus_seconds(34 * HOUR);
        let at = NOW.plus_seconds(30 * HOUR);
        for wrong in [NOW.plus_seconds(-HOUR), noted.plus_seconds(HOUR)] {
            let refused = step(&app, notice, ("died", None), Some(wrong), 2, noted).await;
            assert!(matches!(refused, Err(AppError::Input { field: "when", .. })), "{refused:?}");
        }
        step(&app, notice, ("died", None), Some(at), 3, noted).await.unwrap();
        let case = app.notice_case(Actor::Console, notice, noted).await.unwrap();
        assert_eq!((case.phase, case.died_at), (Phase::Reported, Some(at)));
        let eye_bank = case.desks.iter().find(|d| d.whom == Code::EyeBank).expect("to be called");
        assert_eq!(eye_bank.until, Some(at.plus_seconds(i64::from(eye_bank.hours) * HOUR)));
        assert_eq!(case.steps.last().unwrap().day, app.today(at));

        let over = NOW.plus_seconds(60 * HOUR);
        step(&app, notice, ("not-realised", Some("late")), None, 4, over).await.unwrap();
        let page = app.person(Actor::Console, &ids[0], over).await.unwrap();
        assert_eq!(page.death.as_ref().map(Death::told), Some((app.today(at), DeathSource::Hospital)), "as the notice says");
        let day = app.today(at);
        let flows = app.flows(day, day).await.unwrap();
        assert_eq!(flows.total(Counted::Registry(Kind::StemCell)).exit(ExitReason::Died), 1);
    });
}

#[test]
fn a_death_noted_at_once_is_now() {
    registry().look(|app| async move {
        let ids = sampled(&app, &[("谭秋霜", "19850101")]).await;
        let notice = dying(&app, &ids[0], 1).await;
        let noted = NOW.plus_seconds(2 * HOUR);
        step(&app, notice, ("died", None), None, 2, noted).await.unwrap();
        assert_eq!(app.notice_case(Actor::Console, notice, noted).await.unwrap().died_at, Some(noted));
    });
}

#[test]
fn aid_and_remembrance_are_offered_for_nobody_who_lives() {
    registry().look(|app| async move {
        let ids = roster(&app, Actor::Console, "谭秋霜,16400000021,,,,,,\n").await;
        let notice = dying(&app, &ids[0], 1).await;
        step(&app, notice, ("kin-objected", None), None, 2, NOW).await.unwrap();
        let case = app.notice_case(Actor::Console, notice, NOW).await.unwrap();
        assert_eq!((case.phase, case.decided, case.died_at), (Phase::NotRealised, false, None));
        let refused = app.care_may(Actor::Console, notice).await;
        assert!(matches!(refused, Err(AppError::NotNow(NotNow { key: "care-family-first" }))), "{refused:?}");
        assert!(app.decided_notices(Actor::Console).await.unwrap().is_empty());
        assert!(standing(&app, &ids[0], Kind::Volunteer).await.in_pool(), "the registrant lives on");

        let death = Death { day: app.today(NOW), told_by: DeathSource::Family };
        app.died(Actor::Console, &ids[0], death, NOW).await.unwrap();
        assert!(app.notice_case(Actor::Console, notice, NOW).await.unwrap().decided, "after the death it may be spoken of");
        app.care_may(Actor::Console, notice).await.unwrap();
        assert_eq!(app.decided_notices(Actor::Console).await.unwrap().len(), 1);
    });
}

/// A family agrees to be called, and wishes to have the donor remembered.
pub async fn cared_for(app: &App, notice: MatterId, n: u64, now: Timestamp) {
    let (name, relation, contact) = ("谭小雪", "女儿", "16000000555");
    let (told, day) = (ByFamily::Phone, app.today(now));
    let calls = FamilyForm { name: text(name), relation: text(relation), contact: text(contact), told, day };
    app.agree_to_calls(Actor::Console, notice, &calls, &once(n), now).await.unwrap();
    let wish = RemembranceForm { shown: None, name: text(name), relation: text(relation), contact: text(contact), told, day };
    app.remember(Actor::Console, notice, &wish, &once(n + 1), now).await.unwrap();
}

/// The family takes both back.
pub async fn let_go(app: &App, n: u64, now: Timestamp) {
    let calls = app.family_calls(Actor::Console, now).await.unwrap().remove(0);
    app.end_family_calls(Actor::Console, (calls.id, calls.version), &once(n), now).await.unwrap();
    let wish = app.remembrances(Actor::Console).await.unwrap().remove(0);
    app.forget_remembrance(Actor::Console, (wish.id, wish.version), &once(n + 1), now).await.unwrap();
    assert!(app.family_calls(Actor::Console, now).await.unwrap().is_empty());
    assert!(app.remembrances(Actor::Console).await.unwrap().is_empty());
}

#[test]
fn a_death_is_not_taken_back_while_its_family_is_cared_for() {
    registry().look(|app| async move {
        let ids = roster(&app, Actor::Console, "谭秋霜,16400000021,,,,,,\n").await;
        let notice = dying(&app, &ids[0], 1).await;
        step(&app, notice, ("kin-objected", None), None, 2, NOW).await.unwrap();
        let death = Death { day: app.today(NOW), told_by: DeathSource::Family };
        app.died(Actor::Console, &ids[0], death, NOW).await.unwrap();
        cared_for(&app, notice, 3, NOW).await;
        let line = app.in_error_page(Actor::Console, &ids[0], NOW).await.unwrap().lines.remove(0);
        assert_eq!(line.refused, Some("in-error-care"), "the page says so");
        let tried = app.take_back_standing(Actor::Console, &ids[0], (line.act, InErrorWhy::NotTrue), &once(5), NOW).await;
        assert!(matches!(tried, Err(AppError::NotNow(NotNow { key: "in-error-care" }))), "{tried:?}");
        assert_eq!(standing(&app, &ids[0], Kind::Volunteer).await, EnrolmentStatus::Exited(ExitReason::Died), "nothing was changed");
        let_go(&app, 6, NOW).await;
        app.take_back_standing(Actor::Console, &ids[0], (line.act, InErrorWhy::NotTrue), &once(8), NOW).await.unwrap();
        assert!(standing(&app, &ids[0], Kind::Volunteer).await.in_pool());
    });
}

#[test]
fn an_aid_case_that_was_closed_is_still_shown_once_the_death_is_taken_back() {
    registry().look(|app| async move {
        let ids = roster(&app, Actor::Console, "谭秋霜,16400000021,,,,,,\n").await;
        let notice = dying(&app, &ids[0], 1).await;
        step(&app, notice, ("kin-objected", None), None, 2, NOW).await.unwrap();
        let day = app.today(NOW);
        app.died(Actor::Console, &ids[0], Death { day, told_by: DeathSource::Family }, NOW).await.unwrap();
        let form = AidForm { name: text("谭小雪"), relation: text("女儿"), contact: text("16000000555"), asked: day };
        app.ask_aid(Actor::Console, Some(notice), &form, &once(3), NOW).await.unwrap();
        let case = app.aid_cases(Actor::Console).await.unwrap().remove(0);
        assert!(!case.mistaken);
        for (n, act) in [AidAct::Submitted, AidAct::Refused].into_iter().enumerate() {
            let case = app.aid_case(Actor::Console, case.id).await.unwrap();
            let step = AidStep { act, day, cents: None, fund: None };
            app.note_aid(Actor::Console, (case.id, case.version), &step, &once(4 + n as u64), NOW).await.unwrap();
        }
        let line = app.in_error_page(Actor::Console, &ids[0], NOW).await.unwrap().lines.remove(0);
        app.take_back_standing(Actor::Console, &ids[0], (line.act, InErrorWhy::NotTrue), &once(8), NOW).await.unwrap();
        let shown: Vec<(AidPhase, bool)> = app.aid_cases(Actor::Console).await.unwrap().iter().map(|c| (c.phase, c.mistaken)).collect();
        assert_eq!(shown, [(AidPhase::Refused, true)], "closed, and the death no longer stands");
        assert!(app.aid_case(Actor::Console, case.id).await.unwrap().mistaken, "and its page opens");
    });
}

#[test]
fn until_eight_in_the_morning_it_is_the_duty_of_the_day_before() {
    let registry = Registry::new();
    registry.add_account("coordinator", "correct-horse-battery-9", "coordinator");
    registry.add_account("manager", "correct-horse-battery-9", "manager");
    registry.look(|app| async move {
        let (first, second) = (app.today(NOW), app.today(NOW.plus_seconds(DAY)));
        let mut names = Vec::new();
        for (login, day) in [("coordinator", first), ("manager", second)] {
            let Actor::Staff { id, .. } = app.actor_named(login).await.unwrap() else { panic!("an account") };
            app.set_duty(Actor::Console, day, id, NOW).await.unwrap();
            names.push(app.duty(Actor::Console, NOW).await.unwrap().roster.pop().expect("on the roster").name);
        }
        assert_ne!(names[0], names[1]);
        // NOW is four in the afternoon: two and eight in the morning are ten and sixteen hours on.
        let on_duty = async |hours: i64| app.urgent_board(Actor::Console, NOW.plus_seconds(hours * HOUR)).await.unwrap().duty;
        assert_eq!(on_duty(0).await, Some((names[0].clone(), first)));
        assert_eq!(on_duty(10).await, Some((names[0].clone(), first)), "at two in the morning");
        assert_eq!(on_duty(16).await, Some((names[1].clone(), second)), "from eight on");
        assert_eq!(on_duty(40).await, None, "from eight on the day after nobody was put on the roster");
        let night = app.duty(Actor::Console, NOW.plus_seconds(10 * HOUR)).await.unwrap();
        assert_eq!(night.roster.iter().map(|d| d.day).collect::<Vec<_>>(), [first, second], "the duty that runs is still listed");
    });
}
