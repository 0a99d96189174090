//! Random lives of a few people, against what must hold whatever happens: registrations by sheets old and new in every registry, withdrawals,
//! deaths, erasures, donations, deferrals, objections, corrections; samples, match requests and death notices step by step; two who are taken
//! for one, and taken apart again; first contacts, plans, mails that wait. `.ci/lives` makes 100,000 transitions and more.

mod cases;
mod model;
mod steps;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use model::{Kind, OLD, PEOPLE, TWIN};
use steps::Step;
use world::World;

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    let registry = || prop::sample::select(Registry::ALL.to_vec());
    let kind = || prop::sample::select(vec![Kind::Sample, Kind::Match, Kind::Notice]);
    // `Note` acts on who has such a case; on whom it has not it changes nothing, so it is drawn often.
    prop_oneof![
        7 => (who(), registry(), prop::option::of(0u64..90)).prop_map(|(w, r, d)| Step::Sheet(w, r, d)),
        2 => (who(), registry()).prop_map(|(w, r)| Step::Withdraw(w, r)),
        1 => who().prop_map(Step::Die),
        1 => (who(), any::<bool>()).prop_map(|(w, bar)| Step::Erase(w, bar)),
        1 => (who(), 0u64..400).prop_map(|(w, d)| Step::Donate(w, d)),
        2 => (who(), prop::option::of(0u64..200)).prop_map(|(w, d)| Step::Defer(w, d)),
        1 => who().prop_map(Step::Undo),
        3 => who().prop_map(Step::InError),
        1 => who().prop_map(Step::Object),
        1 => who().prop_map(Step::Allow),
        1 => who().prop_map(Step::Correct),
        3 => (kind(), who(), any::<bool>()).prop_map(|(k, w, dying)| Step::Open(k, w, dying)),
        4 => (kind(), who(), 0usize..9, 0usize..60).prop_map(|(k, w, on, any)| Step::Note(k, w, on, any)),
        1 => Just(Step::Join),
        1 => Just(Step::Part),
        2 => Just(Step::Release),
        2 => Just(Step::Plan),
        1 => Just(Step::Queue),
        1 => Just(Step::AgeOut),
        2 => (1u64..60).prop_map(Step::Wait),
    ]
}

/// Few by default, since every case makes a registry of its own.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

fn live(steps: &[Step]) {
    live_until(steps, async |_: &World| {});
}

/// Lives through the steps and looks at what became of it.
fn live_until(steps: &[Step], then: impl AsyncFnOnce(&World)) {
    let runtime = rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        for step in steps {
            world.take(step).await;
            world.check().await;
        }
        then(&world).await;
    });
}

#[test]
fn who_died_and_leaves_once_more_by_a_later_sheet_has_died_all_the_same() {
    use Registry::{Blood, Volunteer};
    live(&[
        Step::Sheet(1, Volunteer, None),
        Step::Die(1),
        Step::Sheet(1, Volunteer, None),
        Step::Withdraw(1, Volunteer),
        Step::Sheet(1, Blood, None),
    ]);
}

#[test]
fn an_accepted_sample_is_an_enrolment_and_an_older_sheet_opens_no_request_for_who_left() {
    let file = Registry::StemCell;
    let came = [Step::Sheet(1, file, Some(30)), Step::Open(Kind::Sample, 1, false), Step::Note(Kind::Sample, 1, 1, 1)];
    live_until(&came, async |world| {
        let id = world.free(1).unwrap();
        assert_eq!(world.status(&id, file).await, Some(EnrolmentStatus::Enrolled));
    });
    let left = [Step::Withdraw(1, file), Step::Sheet(1, file, Some(60)), Step::Open(Kind::Match, 1, false)];
    let steps: Vec<Step> = came.into_iter().chain(left).collect();
    live_until(&steps, async |world| assert!(world.cases.iter().all(|case| case.kind != Kind::Match)));
}

#[test]
fn a_newer_sheet_opens_no_second_request_or_sample_for_a_donor() {
    let file = Registry::StemCell;
    let twice = |kind| vec![Step::Open(kind, 1, false), Step::Sheet(1, file, Some(1)), Step::Open(kind, 1, false)];
    let steps: Vec<Step> = [Step::Sheet(1, file, Some(60))].into_iter().chain(twice(Kind::Sample)).chain(twice(Kind::Match)).collect();
    live_until(&steps, async |world| assert_eq!(world.cases.len(), 2));
}

#[test]
fn who_donated_stem_cells_and_then_died_is_followed_up_no_more_and_comes_back_by_no_sheet() {
    let file = Registry::StemCell;
    let donated =
        [Step::Sheet(1, file, Some(30)), Step::Release, Step::Open(Kind::Match, 1, false), Step::Note(Kind::Match, 1, 8, 0), Step::Plan];
    live_until(&donated, async |world| {
        let id = world.free(1).unwrap();
        assert_eq!(world.status(&id, file).await, Some(EnrolmentStatus::Exited(ExitReason::Donated)));
        assert!(!world.waiting().await.is_empty(), "who donated is followed up");
    });
    let died = [Step::Die(1), Step::Plan, Step::Queue, Step::Wait(40), Step::Sheet(1, Registry::Blood, Some(0)), Step::Plan];
    live(&donated.into_iter().chain(died).collect::<Vec<_>>());
}

#[test]
fn who_died_after_a_deferral_for_good_is_no_donor_again_where_it_is_undone() {
    let blood = Registry::Blood;
    let steps = [Step::Sheet(1, blood, Some(30)), Step::Defer(1, None), Step::Die(1), Step::Undo(1)];
    live_until(&steps, async |world| {
        let id = world.free(1).unwrap();
        assert_eq!(world.status(&id, blood).await, Some(EnrolmentStatus::Exited(ExitReason::Medical)));
    });
}

#[test]
fn a_wrong_death_is_taken_back_with_every_registration_and_an_older_sheet_of_between_brings_nothing_new() {
    let (blood, team) = (Registry::Blood, Registry::Volunteer);
    let wrong = [Step::Sheet(1, blood, Some(30)), Step::Sheet(1, team, Some(30)), Step::Release, Step::Plan, Step::Withdraw(1, team)];
    let back = [Step::Wait(3), Step::Die(1), Step::Wait(3), Step::Sheet(1, blood, Some(60)), Step::InError(1), Step::Plan];
    live_until(&wrong.into_iter().chain(back).collect::<Vec<_>>(), async |world| {
        let id = world.free(1).unwrap();
        assert!(!world.lives[1].dead);
        assert_eq!(world.status(&id, blood).await, Some(EnrolmentStatus::Registered));
        assert_eq!(world.status(&id, team).await, Some(EnrolmentStatus::Exited(ExitReason::Withdrew)), "left before, and for that reason");
    });
}

#[test]
fn a_wrong_acceptance_is_taken_back_and_the_sample_is_judged_anew() {
    let file = Registry::StemCell;
    let came = [Step::Sheet(1, file, Some(30)), Step::Open(Kind::Sample, 1, false), Step::Note(Kind::Sample, 1, 1, 1)];
    let back: Vec<Step> = came.into_iter().chain([Step::InError(1)]).collect();
    live_until(&back, async |world| {
        let id = world.free(1).unwrap();
        assert_eq!(world.status(&id, file).await, Some(EnrolmentStatus::Registered));
    });
    let matched = [Step::Note(Kind::Sample, 1, 0, 1), Step::Open(Kind::Match, 1, false), Step::InError(1)];
    live_until(&back.into_iter().chain(matched).collect::<Vec<_>>(), async |world| {
        let id = world.free(1).unwrap();
        assert_eq!(world.status(&id, file).await, Some(EnrolmentStatus::Enrolled), "not while a patient waits");
    });
}

#[test]
fn a_death_notice_that_ends_cancels_what_is_queued_for_who_left_by_age_before() {
    let aged = [
        Step::Sheet(OLD, Registry::StemCell, Some(0)),
        Step::Sheet(OLD, Registry::Volunteer, Some(30)),
        Step::Release,
        Step::Wait(40),
        Step::AgeOut,
        Step::Plan,
    ];
    live_until(&aged, async |world| assert!(!world.waiting().await.is_empty(), "who left by age is thanked"));
    let died = [Step::Open(Kind::Notice, OLD, false), Step::Note(Kind::Notice, OLD, 0, 7)];
    live_until(&aged.into_iter().chain(died).collect::<Vec<_>>(), async |world| {
        assert!(world.lives[OLD].dead && world.cases.iter().all(|case| case.phase == "not-realised"));
    });
}

#[test]
fn a_realised_organ_donor_has_died_and_comes_to_no_other_registry_by_a_later_sheet() {
    live(&[
        Step::Sheet(1, Registry::OrganBody, Some(30)),
        Step::Open(Kind::Notice, 1, true),
        Step::Note(Kind::Notice, 1, 6, 0),
        Step::Wait(9),
        Step::Sheet(1, Registry::Blood, Some(0)),
        Step::Plan,
    ]);
}

#[test]
fn an_objection_holds_for_what_a_newer_sheet_says() {
    let blood = Registry::Blood;
    let steps = [
        Step::Sheet(1, blood, Some(80)),
        Step::Release,
        Step::Plan,
        Step::Object(1),
        Step::Wait(9),
        Step::Sheet(1, blood, Some(1)),
        Step::Release,
        Step::Plan,
        Step::Queue,
        Step::Allow(1),
        Step::Plan,
    ];
    live(&steps);
}

#[test]
fn whoever_has_reached_the_age_stays_for_a_request_and_leaves_after_it() {
    let file = Registry::StemCell;
    let steps = [
        Step::Sheet(OLD, file, Some(0)),
        Step::Open(Kind::Match, OLD, false),
        Step::Wait(50),
        Step::AgeOut,
        Step::Note(Kind::Match, OLD, 0, 14),
        Step::AgeOut,
        Step::Sheet(OLD, file, Some(0)),
    ];
    live_until(&steps, async |world| {
        let id = world.free(OLD).unwrap();
        assert_eq!(world.status(&id, file).await, Some(EnrolmentStatus::Exited(ExitReason::AgedOut)));
    });
}

#[test]
fn two_who_are_taken_for_one_come_apart_as_they_were() {
    let joined = [Step::Sheet(0, Registry::Blood, Some(9)), Step::Sheet(TWIN, Registry::Volunteer, None), Step::Join, Step::Plan];
    live_until(&joined, async |world| assert!(world.joined.is_some(), "a registrar is asked about the two"));
    live(&joined.into_iter().chain([Step::Wait(5), Step::Part, Step::Plan]).collect::<Vec<_>>());
}

#[test]
fn whatever_happens_nobody_is_counted_twice_called_after_leaving_or_brought_back_by_an_old_sheet() {
    let config = ProptestConfig { cases: cases(), max_shrink_iters: 200, source_file: Some(file!()), ..ProptestConfig::default() };
    let taken = AtomicU64::new(0);
    let lived = TestRunner::new(config).run(&prop::collection::vec(step(), 10..30), |steps| {
        live(&steps);
        taken.fetch_add(steps.len() as u64, Ordering::Relaxed);
        Ok(())
    });
    if let Err(failure) = lived {
        panic!("{failure}");
    }
    println!("transitions: {}", taken.into_inner());
}
