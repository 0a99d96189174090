//! Whom a registrar joins: no row of a sheet turns them back, what was told of a death goes with its taking back, and whoever is taken apart
//! again is who they were. The pages and the statistics say the same throughout.

use chrono::NaiveDate;
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, Once, Verdict};
use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::id::{PairId, PublicId};
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::time::Timestamp;

use crate::behind::{counted, day_heading, stages};
use crate::exits::{cared_for, dying, let_go, notice_of_match, step};
use crate::harness::program::Registry;

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const TODAY: &str = "2026-11-23";
const WITHDREW: EnrolmentStatus = EnrolmentStatus::Exited(ExitReason::Withdrew);
const DIED: EnrolmentStatus = EnrolmentStatus::Exited(ExitReason::Died);

/// Two names of one sound, with nothing else in common: a registrar may take them for one person.
const ONE: (&str, &str, &str) = ("谭秋霜", "16400000021", "");
const OTHER: (&str, &str, &str) = ("谭秋双", "", "石岭镇双河村9组");

fn registry() -> Registry {
    let registry = Registry::new();
    registry.add_account("registrar", "correct-horse-battery-9", "small-branch");
    registry
}

fn at(minutes: i64) -> Timestamp {
    NOW.plus_seconds(60 * minutes)
}

/// Takes in a sheet of one person; `day` may be empty, a barcode says that a sample was taken.
async fn row(app: &App, kind: Kind, (name, phone, address): (&str, &str, &str), (day, status, barcode): (&str, &str, &str)) {
    let heading = day_heading(kind);
    let text = format!("姓名,联系电话,家庭住址,{heading},登记状态,采样条码\n{name},{phone},{address},{day},{status},{barcode}\n");
    let options = ImportOptions { registry: Some(kind), ..ImportOptions::default() };
    let staged = app.stage(Actor::Console, Guarded::new(text.into_bytes()), "sheet.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    let totals = app.admit(Actor::Console, id, NOW).await.unwrap();
    assert_eq!((totals.refused, totals.accepted + totals.review), (0, 1));
}

/// The two, in the order in which they came in.
async fn both(app: &App) -> [PublicId; 2] {
    let mut rows = app.people_page(Actor::Console, None, 10).await.unwrap().into_iter().map(|row| row.public_id);
    let two = [rows.next().expect("one"), rows.next().expect("another")];
    assert_eq!(rows.next(), None);
    two
}

async fn stands(app: &App, id: &PublicId) -> Vec<(Kind, EnrolmentStatus, NaiveDate)> {
    app.person(Actor::Console, id, NOW).await.unwrap().standings
}

/// A registrar says that they are one person.
async fn join(app: &App, when: Timestamp) -> PairId {
    let actor = app.actor_named("registrar").await.unwrap();
    let queue = app.queue(actor).await.unwrap();
    assert_eq!(queue.len(), 1, "{queue:?}");
    let pair = app.open_pair(actor, queue[0].id, when).await.unwrap().pair;
    app.decide(actor, pair.id, pair.row_version, Verdict::Same, when).await.unwrap();
    pair.id
}

#[test]
fn no_patient_waits_for_who_has_left_once_a_registrar_joins_them() {
    registry().look(|app| async move {
        row(&app, Kind::StemCell, ONE, ("2025-05-01", "有效", "")).await;
        row(&app, Kind::StemCell, OTHER, ("2025-06-01", "有效", "")).await;
        let [one, other] = both(&app).await;
        app.leave(Actor::Console, &other, Kind::StemCell, ExitReason::Lost, at(1)).await.unwrap();
        let once = Once { key: uuid::Uuid::new_v4().to_string(), fingerprint: [1; 32] };
        let request = app.open_match(Actor::Console, &notice_of_match(&one, at(2)), &once, at(2)).await.unwrap();
        let pair = join(&app, at(3)).await;
        let case = app.match_case(Actor::Console, request, at(4)).await.unwrap();
        assert_eq!((case.closed, case.steps.last().map(|step| step.act.as_str())), (true, Some("unavailable")), "as the exit ends it");
        part(&app, pair, at(5)).await;
        assert!(app.match_case(Actor::Console, request, at(6)).await.unwrap().closed, "the province has its answer");
    });
}

/// And that they are not.
async fn part(app: &App, pair: PairId, when: Timestamp) {
    let actor = app.actor_named("registrar").await.unwrap();
    app.undo(actor, pair, when).await.unwrap();
}

/// In the pool as the statistics count, which is what the pages say of everybody.
async fn in_pool(app: &App, kind: Kind) -> u64 {
    let (pool, _) = counted(app, kind, TODAY).await;
    let mut shown = 0;
    for row in app.people_page(Actor::Console, None, 10).await.unwrap() {
        shown += u64::from(row.standings.iter().any(|(registry, status, _)| *registry == kind && status.in_pool()));
    }
    assert_eq!(pool, shown, "the pages and the statistics say the same");
    pool
}

#[test]
fn a_row_that_is_joined_by_hand_lowers_no_stage_and_is_itself_again_once_it_is_taken_out() {
    for kind in [Kind::StemCell, Kind::Volunteer, Kind::Blood] {
        registry().look(|app| async move {
            let (reached, [status, barcode], lower) = stages(kind);
            row(&app, kind, ONE, ("2024-05-01", status, barcode)).await;
            row(&app, kind, OTHER, ("2025-05-01", lower, "")).await;
            let [one, other] = both(&app).await;
            let apart = (stands(&app, &one).await, stands(&app, &other).await, counted(&app, kind, TODAY).await);
            for round in 0..2 {
                let pair = join(&app, at(10 * round + 1)).await;
                let since: NaiveDate = "2024-05-01".parse().unwrap();
                assert_eq!(stands(&app, &one).await, [(kind, reached, since)], "{kind:?}: what was reached stands");
                assert_eq!(stands(&app, &other).await, stands(&app, &one).await);
                assert_eq!(counted(&app, kind, TODAY).await, (1, u64::from(kind == Kind::StemCell)), "{kind:?}");
                assert_eq!(in_pool(&app, kind).await, 1);
                part(&app, pair, at(10 * round + 2)).await;
                let again = (stands(&app, &one).await, stands(&app, &other).await, counted(&app, kind, TODAY).await);
                assert_eq!(again, apart, "{kind:?}: each is who they were");
            }
        });
    }
}

#[test]
fn a_row_that_is_joined_by_hand_brings_nobody_back_but_by_a_later_day_of_its_own() {
    for (day, back) in [("", false), ("2026-05-01", true)] {
        registry().look(|app| async move {
            let kind = Kind::Volunteer;
            row(&app, kind, ONE, ("2025-05-01", "撤销", "")).await;
            row(&app, kind, OTHER, (day, "有效", "")).await;
            let [one, other] = both(&app).await;
            let apart = (stands(&app, &one).await, stands(&app, &other).await);
            assert_eq!(in_pool(&app, kind).await, 1);
            let pair = join(&app, at(1)).await;
            let expected = if back { EnrolmentStatus::Registered } else { WITHDREW };
            assert_eq!(stands(&app, &one).await[0].1, expected, "{day}");
            assert_eq!(in_pool(&app, kind).await, u64::from(back), "{day}");
            part(&app, pair, at(2)).await;
            assert_eq!((stands(&app, &one).await, stands(&app, &other).await), apart, "{day}");
            assert_eq!(in_pool(&app, kind).await, 1, "{day}");
        });
    }
}

#[test]
fn one_exit_is_not_turned_into_another_by_a_row_that_is_joined() {
    registry().look(|app| async move {
        let kind = Kind::Volunteer;
        row(&app, kind, ONE, ("2025-05-01", "撤销", "")).await;
        row(&app, kind, OTHER, ("2026-05-01", "失联", "")).await;
        let [one, other] = both(&app).await;
        let apart = (stands(&app, &one).await, stands(&app, &other).await);
        let pair = join(&app, at(1)).await;
        assert_eq!(stands(&app, &one).await[0].1, WITHDREW, "why they left stands");
        assert_eq!(in_pool(&app, kind).await, 0);
        part(&app, pair, at(2)).await;
        assert_eq!((stands(&app, &one).await, stands(&app, &other).await), apart);
    });
}

fn told(day: &str) -> Death {
    Death { day: day.parse().unwrap(), told_by: DeathSource::Family }
}

async fn alive_again(app: &App, id: &PublicId, when: Timestamp) {
    let lines = app.in_error_page(Actor::Console, id, when).await.unwrap().lines;
    let line = lines.iter().find(|line| line.death).expect("a death was entered");
    assert_eq!(line.refused, None);
    let once = Once { key: uuid::Uuid::new_v4().to_string(), fingerprint: [7; 32] };
    app.take_back_standing(Actor::Console, id, (line.act, InErrorWhy::WrongPerson), &once, when).await.unwrap();
}

async fn tells_of_death(app: &App, id: &PublicId) -> bool {
    app.person(Actor::Console, id, NOW).await.unwrap().death.is_some()
}

#[test]
fn a_death_of_one_that_was_told_again_of_both_leaves_neither_dead_once_it_is_taken_back() {
    registry().look(|app| async move {
        let kind = Kind::Volunteer;
        row(&app, kind, ONE, ("2025-05-01", "有效", "")).await;
        row(&app, kind, OTHER, ("2025-06-01", "失联", "")).await;
        let [one, other] = both(&app).await;
        app.died(Actor::Console, &one, told("2026-11-20"), at(1)).await.unwrap();
        let pair = join(&app, at(2)).await;
        assert_eq!((stands(&app, &one).await[0].1, in_pool(&app, kind).await), (DIED, 0));
        // The day is put right, of whoever they are by now.
        app.died(Actor::Console, &one, told("2026-11-21"), at(3)).await.unwrap();
        alive_again(&app, &one, at(4)).await;
        assert!(!tells_of_death(&app, &one).await, "nobody says any more that they died");
        in_pool(&app, kind).await;
        part(&app, pair, at(5)).await;
        assert!(!tells_of_death(&app, &one).await && !tells_of_death(&app, &other).await, "nor of who is taken apart again");
        assert_eq!(stands(&app, &other).await[0].1, EnrolmentStatus::Exited(ExitReason::Lost));
        assert_eq!(in_pool(&app, kind).await, 1, "who had left before has left");
    });
}

#[test]
fn a_death_told_of_two_as_one_is_counted_of_each_and_taken_back_of_each() {
    for taken_back_first in [true, false] {
        registry().look(|app| async move {
            let kind = Kind::Volunteer;
            row(&app, kind, ONE, ("2025-05-01", "有效", "")).await;
            row(&app, kind, OTHER, ("2025-06-01", "有效", "")).await;
            let [one, other] = both(&app).await;
            let apart = (stands(&app, &one).await, stands(&app, &other).await);
            let pair = join(&app, at(1)).await;
            assert_eq!(in_pool(&app, kind).await, 1);
            app.died(Actor::Console, &one, told("2026-11-20"), at(2)).await.unwrap();
            assert_eq!(in_pool(&app, kind).await, 0);
            if taken_back_first {
                alive_again(&app, &one, at(3)).await;
                assert_eq!(in_pool(&app, kind).await, 1);
                part(&app, pair, at(4)).await;
            } else {
                part(&app, pair, at(3)).await;
                assert_eq!((stands(&app, &one).await[0].1, stands(&app, &other).await[0].1), (DIED, DIED));
                assert_eq!(in_pool(&app, kind).await, 0, "what happened meanwhile stays with both");
                alive_again(&app, &one, at(4)).await;
                assert!(tells_of_death(&app, &other).await);
                assert_eq!(in_pool(&app, kind).await, 1);
                alive_again(&app, &other, at(5)).await;
            }
            assert!(!tells_of_death(&app, &one).await && !tells_of_death(&app, &other).await);
            assert_eq!((stands(&app, &one).await, stands(&app, &other).await), apart);
            assert_eq!(in_pool(&app, kind).await, 2);
        });
    }
}

#[test]
fn a_row_that_was_left_since_they_had_died_counts_again_once_the_death_is_taken_back() {
    registry().look(|app| async move {
        let kind = Kind::Volunteer;
        row(&app, kind, ONE, ("2025-05-01", "有效", "")).await;
        let one = app.people_page(Actor::Console, None, 10).await.unwrap().remove(0).public_id;
        let earlier = NOW.plus_seconds(-30 * 86_400);
        app.died(Actor::Console, &one, Death { day: app.today(earlier), told_by: DeathSource::Family }, earlier).await.unwrap();
        row(&app, kind, OTHER, ("2026-11-10", "有效", "")).await;
        join(&app, at(1)).await;
        assert_eq!((stands(&app, &one).await[0].1, in_pool(&app, kind).await), (DIED, 0), "nobody who died comes back by a sheet");
        alive_again(&app, &one, at(2)).await;
        assert_eq!(stands(&app, &one).await, [(kind, EnrolmentStatus::Registered, "2026-11-10".parse().unwrap())]);
        assert_eq!(in_pool(&app, kind).await, 1);
    });
}

#[test]
fn who_died_in_one_registry_is_asked_in_none_while_they_are_one_person() {
    // Who stood there when they died, and who had left before.
    for status in ["有效", "失联"] {
        registry().look(|app| async move {
            row(&app, Kind::Volunteer, ONE, ("2025-05-01", status, "")).await;
            row(&app, Kind::Blood, OTHER, ("2025-06-01", "有效", "")).await;
            let [one, other] = both(&app).await;
            app.died(Actor::Console, &one, told("2026-11-20"), at(1)).await.unwrap();
            let asked = async |when| app.first_contact_preview(Actor::Console, None, when).await.unwrap().people;
            assert_eq!(asked(at(2)).await, 1, "{status}: the other one");
            let pair = join(&app, at(3)).await;
            assert_eq!(asked(at(4)).await, 0, "{status}: nobody asks the dead, in whichever registry");
            assert!(app.calendar(Actor::Console, &other, at(4)).await.unwrap().lines.is_empty(), "{status}");
            part(&app, pair, at(5)).await;
            assert_eq!(asked(at(6)).await, 1, "{status}: taken apart again, the other one lives");
        });
    }
}

#[test]
fn a_family_that_was_cared_for_stops_no_page_once_nobody_says_any_more_who_died() {
    registry().look(|app| async move {
        row(&app, Kind::Volunteer, ONE, ("2025-05-01", "有效", "")).await;
        row(&app, Kind::Volunteer, OTHER, ("2025-06-01", "有效", "")).await;
        let [one, other] = both(&app).await;
        let notice = dying(&app, &one, 1).await;
        step(&app, notice, ("kin-objected", None), None, 2, at(1)).await.unwrap();
        app.died(Actor::Console, &other, told("2026-11-20"), at(2)).await.unwrap();
        let pair = join(&app, at(3)).await;
        cared_for(&app, notice, 3, at(4)).await;
        part(&app, pair, at(5)).await;
        assert!(!tells_of_death(&app, &one).await, "the death was another one's");
        assert_eq!(app.urgent_board(Actor::Console, at(6)).await.unwrap().families, 0, "the board stands, and nobody is to be called");
        assert!(app.open_remembrances(Actor::Console, at(6)).await.unwrap().is_empty(), "nobody is invited to remember who lives");
        let call = app.family_calls(Actor::Console, at(6)).await.unwrap().remove(0);
        assert!(!call.due && call.next.is_none());
        assert!(app.open_family_call(Actor::Console, call.id, at(6)).await.is_err(), "nor are name and number opened");
        let_go(&app, 5, at(7)).await;
    });
}
