//! Entered in error: an exit, a death, an enrolment taken back by a further act, as nothing that was told elsewhere would be contradicted.

use std::sync::Arc;

use donor_registry::app::{Actor, App, AppError, Once, TaskOutcome};
use donor_registry::domain::Guarded;
use donor_registry::domain::consent::Purpose;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::outside::{NotNow, OutsideState, OutsideSystem};
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::sample::{Act, Phase};
use donor_registry::domain::time::Timestamp;
use donor_registry::reports::flows::Lines;
use donor_registry::reports::pool::Counted;
use rocket::http::Status;

use super::approvals::agreed;
use super::call_numbers::{first, office};
use super::consents::interest_in;
use super::urgent::{DONOR, YOUNG, csrf, key, opened_match, registered};
use super::volunteers::{registry, roster};
use super::web::{Browser, Desk, Seen, run, signed_in};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

fn once() -> Once {
    Once { key: key(), fingerprint: [7; 32] }
}

fn text(of: &str) -> Guarded<String> {
    Guarded::new(of.to_owned())
}

async fn standing(app: &App, id: &PublicId, registry: Kind, at: Timestamp) -> EnrolmentStatus {
    let page = app.person(Actor::Console, id, at).await.unwrap();
    page.standings.iter().find(|(r, ..)| *r == registry).expect("a registration").1
}

/// Takes back what was entered last.
async fn taken_back(app: &App, actor: Actor, id: &PublicId, at: Timestamp) -> Result<(), AppError> {
    let act = app.in_error_page(Actor::Console, id, at).await.unwrap().lines.first().expect("something was entered").act;
    app.take_back_standing(actor, id, (act, InErrorWhy::WrongPerson), &once(), at).await.map(drop)
}

fn refusal(result: Result<(), AppError>) -> &'static str {
    match result {
        Err(AppError::NotNow(NotNow { key })) => key,
        other => panic!("{other:?}"),
    }
}

async fn flows(app: &App, registry: Kind, from: &str, to: &str) -> Lines {
    let flows = app.flows(from.parse().unwrap(), to.parse().unwrap()).await.unwrap();
    assert!(flows.reconciles(), "{flows:#?}");
    flows.total(Counted::Registry(registry))
}

#[test]
fn a_wrong_exit_is_counted_nowhere_once_it_is_taken_back_and_a_later_period_corrects_its_opening() {
    registry().look(|app| async move {
        let ids = roster(&app, Actor::Console, "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,,,\n").await;
        let before = app.person(Actor::Console, &ids[0], NOW).await.unwrap().standings;
        let (team, later, today) = (Kind::Volunteer, NOW.plus_seconds(10 * DAY), app.today(NOW));
        app.leave(Actor::Console, &ids[0], team, ExitReason::MovedOut, NOW.plus_seconds(60)).await.unwrap();
        let november = flows(&app, team, "2026-11-01", "2026-11-30").await;
        assert_eq!((november.new, november.out(), november.closing), (2, 1, 1));

        taken_back(&app, Actor::Console, &ids[0], later).await.unwrap();
        assert_eq!(app.person(Actor::Console, &ids[0], later).await.unwrap().standings, before, "as before, and since then");
        let november = flows(&app, team, "2026-11-01", "2026-11-30").await;
        assert_eq!((november.new, november.out(), november.resumed, november.closing), (2, 0, 0, 2), "told anew, it never happened");
        let december = flows(&app, team, "2026-12-01", "2026-12-31").await;
        assert_eq!((december.opening, december.corrections, december.new, december.out(), december.closing), (1, 1, 0, 0, 2));
        assert_eq!(app.pool(today).await.unwrap().registry(team).pool(), 2);
        // Entered again and taken back on one day: the two cancel.
        app.leave(Actor::Console, &ids[0], team, ExitReason::Lost, later.plus_seconds(60)).await.unwrap();
        taken_back(&app, Actor::Console, &ids[0], later.plus_seconds(120)).await.unwrap();
        let december = flows(&app, team, "2026-12-01", "2026-12-31").await;
        assert_eq!((december.out(), december.resumed, december.closing), (0, 0, 2));
        let done = app.in_error_page(Actor::Console, &ids[0], later).await.unwrap();
        assert_eq!((done.lines.len(), done.done.len()), (0, 2), "both are told, and nothing more is to be taken back");
        let log = app.log_page(Actor::Console, None, 50).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "person.in-error").count(), 2);
    });
}

/// The only act that the page offers.
fn offered(page: &Seen) -> String {
    page.body.split("name=\"act\" value=\"").nth(1).expect("an act is offered").split('"').next().unwrap().to_owned()
}

async fn sent(browser: &mut Browser<'_>, person: &str, act: &str, (why, sure): (&str, &str)) -> Seen {
    let (token, once) = (csrf(browser).await, key());
    let fields = [("csrf", token.as_str()), ("key", &once), ("act", act), ("why", why), ("sure", sure)];
    let seen = browser.post(&format!("/people/{person}/in-error"), &fields).await;
    if seen.status == Status::SeeOther {
        assert_eq!(browser.post(&format!("/people/{person}/in-error"), &fields).await.status, Status::SeeOther, "sent twice, done once");
    }
    seen
}

#[test]
fn a_wrong_withdrawal_is_taken_back_by_a_coordinator_and_everything_stands_as_before() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let id = PublicId::parse(&person).unwrap();
        let (app, national) = (&desk.app, OutsideSystem::NationalOrgan);
        let number = text("CODAC-2026-0001");
        app.enter_outside(Actor::Console, &id, national, (&number, app.today(now())), &once(), now()).await.unwrap();
        let not = async || app.calendar(Actor::Console, &id, now()).await.unwrap().not.iter().any(|(_, why)| *why == "exited");
        assert!(!not().await);

        let mut coordinator = signed_in(&desk, "coordinator").await;
        let path = format!("/people/{person}/in-error");
        assert!(!coordinator.get(&format!("/people/{person}")).await.body.contains(&path), "nothing is to be taken back");
        assert!(coordinator.get(&path).await.body.contains("没有可以撤回的记录"));
        let mut caller = signed_in(&desk, "caller").await;
        let token = csrf(&mut caller).await;
        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "withdrew")];
        assert_eq!(caller.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        assert!(not().await, "who left is planned nothing");
        assert!(coordinator.get("/outside").await.body.contains(&person));

        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains(&path));
        let page = coordinator.get(&path).await;
        for told in ["改变捐献意愿", "恢复为“已登记”", "国家人体器官捐献系统不用再去撤销", "同意恢复有效", "caller"]
        {
            assert!(page.body.contains(told), "{told}: {}", page.body);
        }
        let act = offered(&page);
        for (why, sure, sentence) in [("wrong-person", "", "请先看清会有哪些变动"), ("", "yes", "slips"), ("other", "yes", "slips")]
        {
            let seen = sent(&mut coordinator, &person, &act, (why, sure)).await;
            assert!(seen.status == Status::UnprocessableEntity && seen.body.contains(sentence), "{why} {sure}: {}", seen.body);
        }
        let mut registrar = signed_in(&desk, "registrar").await;
        let seen = sent(&mut registrar, &person, &act, ("wrong-person", "yes")).await;
        assert!(seen.status == Status::UnprocessableEntity && seen.body.contains("登记员只能撤回自己当天记的"), "{}", seen.body);
        assert_eq!(standing(app, &id, Kind::OrganBody, now()).await, EnrolmentStatus::Exited(ExitReason::Withdrew));

        let seen = sent(&mut coordinator, &person, &act, ("wrong-person", "yes")).await;
        assert_eq!(seen.status, Status::SeeOther, "{}", seen.body);
        let after = app.person(Actor::Console, &id, now()).await.unwrap();
        assert!(after.view.consents_to(Purpose::Register(Kind::OrganBody)) && after.view.consents_to(Purpose::Sensitive(Kind::OrganBody)));
        assert!(standing(app, &id, Kind::OrganBody, now()).await.in_pool() && !not().await, "the next plan counts with them");
        assert!(!coordinator.get("/outside").await.body.contains(&person), "nothing is due there any more");
        let line = after.outside.iter().find(|l| l.system == national).unwrap();
        assert_eq!(line.state, OutsideState::Entered);
        let item = coordinator.get(&format!("/outside/{}", line.id.unwrap())).await.body;
        assert!(item.contains("录入有误，不用撤销"), "{item}");
        let today = app.today(now()).to_string();
        let lines = flows(app, Kind::OrganBody, &today, &today).await;
        assert_eq!((lines.out(), lines.closing), (0, 1));

        let again = sent(&mut coordinator, &person, &act, ("wrong-person", "yes")).await;
        assert!(again.status == Status::UnprocessableEntity && again.body.contains("已经撤回过了"), "{}", again.body);
        let token = csrf(&mut coordinator).await;
        agreed(&desk, "coordinator", &person).await;
        let copy = coordinator.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "json")]).await;
        assert!(copy.body.contains("\"in_error\": \"wrong-person\""), "{}", copy.body);

        // A registrar takes back their own of the same day.
        let token = csrf(&mut registrar).await;
        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "lost")];
        assert_eq!(registrar.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        let act = offered(&registrar.get(&path).await);
        assert_eq!(sent(&mut registrar, &person, &act, ("wrong-choice", "yes")).await.status, Status::SeeOther);
        assert!(standing(app, &id, Kind::OrganBody, now()).await.in_pool());
    });
}

/// Enters a number in the national system and sees to whatever is due there, with evidence.
async fn seen_to(app: &App, id: &PublicId) {
    let page = app.person(Actor::Console, id, now()).await.unwrap();
    let line = page.outside.iter().find(|l| l.system == OutsideSystem::NationalOrgan).unwrap();
    let (which, today) = ((line.id.unwrap(), line.version), app.today(now()));
    app.finish_outside(Actor::Console, which, today, &text("回执 17"), &once(), now()).await.unwrap();
}

#[test]
fn what_another_system_was_told_is_not_silently_revived() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let (first, second) =
            (registered(&desk, "organ-body", DONOR, "卫样年").await, registered(&desk, "organ-body", YOUNG, "钱乙二").await);
        let (first, second) = (PublicId::parse(&first).unwrap(), PublicId::parse(&second).unwrap());
        for (id, number) in [(&first, "CODAC-2026-0001"), (&second, "CODAC-2026-0002")] {
            let number = text(number);
            let entered = (&number, app.today(now()));
            app.enter_outside(Actor::Console, id, OutsideSystem::NationalOrgan, entered, &once(), now()).await.unwrap();
        }
        app.leave(Actor::Console, &first, Kind::OrganBody, ExitReason::Withdrew, now()).await.unwrap();
        seen_to(app, &first).await;
        assert_eq!(refusal(taken_back(app, Actor::Console, &first, now()).await), "in-error-told-outside");
        assert_eq!(
            standing(app, &first, Kind::OrganBody, now()).await,
            EnrolmentStatus::Exited(ExitReason::Withdrew),
            "nothing was changed"
        );

        let today = app.today(now());
        app.died(Actor::Console, &second, Death { day: today, told_by: DeathSource::Family }, now()).await.unwrap();
        seen_to(app, &second).await;
        taken_back(app, Actor::Console, &second, now()).await.unwrap();
        let page = app.person(Actor::Console, &second, now()).await.unwrap();
        assert!(page.death.is_none(), "nobody says any more that they died");
        assert_eq!(
            standing(app, &second, Kind::OrganBody, now()).await,
            EnrolmentStatus::Undecided,
            "no contact until a registrar decides"
        );
        let told = today.to_string();
        let lines = flows(app, Kind::OrganBody, &told, &told).await;
        assert_eq!((lines.exit(ExitReason::Died), lines.closing), (0, 0));
        app.decide_standing(Actor::Console, &second, Kind::OrganBody, EnrolmentStatus::Registered, now()).await.unwrap();
        assert_eq!(flows(app, Kind::OrganBody, &told, &told).await.closing, 1);

        app.died(Actor::Console, &second, Death { day: today, told_by: DeathSource::Hospital }, now()).await.unwrap();
        let act = app.in_error_page(Actor::Console, &second, now()).await.unwrap().lines[0].act;
        let sent = donor_registry::app::Sent { key: key(), fingerprint: [9; 32] };
        app.erase_person(Actor::Console, &second, &text(&second.to_string()), false, sent, now()).await.unwrap();
        let gone = app.take_back_standing(Actor::Console, &second, (act, InErrorWhy::NotTrue), &once(), now()).await;
        assert!(matches!(gone, Err(AppError::Missing(_))), "nobody erased comes back: {gone:?}");
    });
}

#[test]
fn the_line_that_asks_for_a_standing_without_a_record_of_its_own_leaves_the_list_once_it_is_decided() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let person = interest_in(app, ("16000000417", 1), vec![Kind::Blood, Kind::OrganBody], now()).await;
        let id = PublicId::parse(&person).unwrap();
        let (number, today) = (text("CODAC-2026-0003"), app.today(now()));
        app.enter_outside(Actor::Console, &id, OutsideSystem::NationalOrgan, (&number, today), &once(), now()).await.unwrap();
        app.died(Actor::Console, &id, Death { day: today, told_by: DeathSource::Family }, now()).await.unwrap();
        seen_to(app, &id).await;
        taken_back(app, Actor::Console, &id, now()).await.unwrap();
        let stand = [standing(app, &id, Kind::Blood, now()).await, standing(app, &id, Kind::OrganBody, now()).await];
        assert_eq!(stand, [EnrolmentStatus::Interest, EnrolmentStatus::Undecided], "let go elsewhere");
        let asked = async || {
            let lines = app.corrections(Actor::Console, None, None, 100, now()).await.unwrap();
            lines.iter().filter(|line| line.problem == Some(ProblemCode::MissingStatus)).count()
        };
        assert_eq!(asked().await, 1, "a registrar is asked");
        let mut registrar = signed_in(&desk, "registrar").await;
        let list = registrar.get("/corrections").await.body;
        assert!(list.contains("状态"), "the line is told in words: {list}");
        app.decide_standing(Actor::Console, &id, Kind::OrganBody, EnrolmentStatus::Registered, now()).await.unwrap();
        assert_eq!(asked().await, 0, "and no more once it is decided");
    });
}

#[test]
fn a_call_that_was_agreed_is_made_all_the_same_once_the_wrong_exit_or_death_is_taken_back() {
    let registry = office("手机", &["16400000001"]);
    registry.look(|app: Arc<App>| async move {
        let at = now();
        let (today, wished) = (app.today(at), app.today(at) + chrono::Days::new(5));
        let call = first(&app, today).await;
        app.finish_task(Actor::Console, call.id, call.version, TaskOutcome::CallOn(wished), at).await.unwrap();
        let agreed = async |minutes: i64| {
            let told = app.hand_over(Actor::Console, at.plus_seconds(60 * minutes)).await.unwrap().agreed;
            told.iter().map(|item| item.due_on).collect::<Vec<_>>()
        };
        assert_eq!(agreed(1).await, [wished]);
        let id = &call.public_id;
        app.leave(Actor::Console, id, Kind::Volunteer, ExitReason::Lost, at.plus_seconds(120)).await.unwrap();
        assert!(agreed(3).await.is_empty(), "nobody calls who left");
        taken_back(&app, Actor::Console, id, at.plus_seconds(240)).await.unwrap();
        assert_eq!(agreed(5).await, [wished], "on the day that was agreed");
        let death = Death { day: today, told_by: DeathSource::Other };
        app.died(Actor::Console, id, death, at.plus_seconds(360)).await.unwrap();
        assert!(agreed(7).await.is_empty());
        taken_back(&app, Actor::Console, id, at.plus_seconds(480)).await.unwrap();
        app.plan(Actor::Console, today, 1, false, at.plus_seconds(540)).await.unwrap();
        assert_eq!(agreed(10).await, [wished], "and the next plan leaves it");
    });
}

#[test]
fn a_sample_that_a_wrong_exit_set_aside_is_under_way_again_as_far_as_it_had_come() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let (id, app) = (PublicId::parse(&person).unwrap(), &desk.app);
        let today = app.today(now());
        app.take_sample(Actor::Console, &id, (&text("700000077"), today), &once(), now()).await.unwrap();
        let sample = async || app.samples(Actor::Console, &id).await.unwrap().samples.remove(0);
        for (act, phase) in [(None, Phase::Taken), (Some(Act::Sent), Phase::Sent)] {
            if let Some(act) = act {
                let which = sample().await;
                app.note_sample(Actor::Console, (which.id, which.version), (act, today), &once(), now()).await.unwrap();
            }
            app.leave(Actor::Console, &id, Kind::StemCell, ExitReason::MovedOut, now()).await.unwrap();
            assert_eq!(sample().await.phase, Phase::Dropped);
            taken_back(app, Actor::Console, &id, now()).await.unwrap();
            let back = sample().await;
            assert_eq!((back.phase, back.steps.last().map(|step| step.act.as_str())), (phase, Some("restored")));
        }
        let which = sample().await;
        app.note_sample(Actor::Console, (which.id, which.version), (Act::Rejected, today), &once(), now()).await.unwrap();
        app.leave(Actor::Console, &id, Kind::StemCell, ExitReason::MovedOut, now()).await.unwrap();
        taken_back(app, Actor::Console, &id, now()).await.unwrap();
        assert_eq!(sample().await.phase, Phase::Rejected, "what the exit did not set aside stays as it was");
    });
}

#[test]
fn an_exit_that_answered_the_province_stands() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let id = PublicId::parse(&person).unwrap();
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        opened_match(&mut lin, &token, &person).await;
        desk.app.leave(Actor::Console, &id, Kind::StemCell, ExitReason::MovedOut, now()).await.unwrap();
        assert_eq!(refusal(taken_back(&desk.app, Actor::Console, &id, now()).await), "in-error-match-ended");
        let page = lin.get(&format!("/people/{person}/in-error")).await.body;
        assert!(page.contains("请重新登记") && !page.contains("name=\"act\""), "the page says why, and offers nothing: {page}");
    });
}
