//! What was entered in error and taken back: no later report counts it, no earlier one changes.

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::registry::EnrolmentStatus::{self, Exited, Registered};
use crate::domain::registry::{ExitReason, Registry};
use crate::reports::axis::AsOf;
use crate::reports::facts::FactBook;
use crate::reports::fixtures::{day, fact};
use crate::reports::flows::{Flows, Lines, Period};
use crate::reports::pool::Counted;

const LEFT: EnrolmentStatus = Exited(ExitReason::Withdrew);

/// Registered in 2024, left on the 10th of June 2025, taken back on a day.
fn history(back: &str) -> Vec<Fact> {
    let left = Fact { turn: 2, ..fact(1, "2025-06-10", FactEvent::Status(LEFT)) };
    let taken_back = Fact { turn: 2, recorded: day(back), ..fact(1, "2025-06-10", FactEvent::TakenBack(LEFT)) };
    vec![fact(1, "2024-01-01", FactEvent::Status(Registered)), fact(2, "2024-01-01", FactEvent::Status(Registered)), left, taken_back]
}

fn lines(flows: &Flows) -> Lines {
    assert!(flows.reconciles());
    flows.total(Counted::Registry(Registry::StemCell))
}

fn month(book: &FactBook, from: &str, to: &str) -> Lines {
    lines(&book.flows(Period::frozen(day(from), day(to)).unwrap()))
}

#[test]
fn within_one_period_the_two_cancel() {
    for back in ["2025-06-10", "2025-06-20", "2025-06-30"] {
        let june = month(&FactBook::new(history(back)), "2025-06-01", "2025-06-30");
        assert_eq!((june.opening, june.out(), june.resumed, june.corrections, june.closing), (2, 0, 0, 0, 2), "{back}");
    }
}

#[test]
fn a_report_of_before_stands_and_the_next_one_corrects_its_opening() {
    let book = FactBook::new(history("2025-07-05"));
    let june = month(&book, "2025-06-01", "2025-06-30");
    assert_eq!((june.opening, june.exit(ExitReason::Withdrew), june.closing), (2, 1, 1));
    let july = month(&book, "2025-07-01", "2025-07-31");
    assert_eq!((july.opening, july.corrections, july.new, july.resumed, july.out(), july.closing), (1, 1, 0, 0, 0, 2));
    let restated = lines(&book.flows(Period::restated(day("2025-06-01"), day("2025-06-30")).unwrap()));
    assert_eq!((restated.out(), restated.closing), (0, 2));
    let pool = |known: &str| {
        let as_of = AsOf { day: day("2025-06-30"), known: day(known) };
        book.pool(as_of).registry(Registry::StemCell).pool()
    };
    assert_eq!((pool("2025-07-04"), pool("2025-07-05")), (1, 2));
}

#[test]
fn retention_and_a_second_exit_know_nothing_of_the_first() {
    let book = FactBook::new(history("2025-07-05"));
    let never = FactBook::new(history("2025-07-05").into_iter().take(2));
    let kept = |book: &FactBook| book.retention(Registry::StemCell, AsOf::day(day("2025-12-31")));
    assert_eq!(kept(&book), kept(&never));
    let again = Fact { turn: 4, ..fact(1, "2025-08-01", FactEvent::Status(LEFT)) };
    let book = FactBook::new(history("2025-07-05").into_iter().chain([again]));
    assert_eq!(month(&book, "2025-08-01", "2025-08-31").exit(ExitReason::Withdrew), 1);
}

#[test]
fn what_is_taken_back_may_come_in_after_it_or_with_another_batch() {
    let facts = history("2025-07-05");
    let whole = month(&FactBook::new(facts.clone()), "2025-07-01", "2025-07-31");
    let backwards = FactBook::new(facts.iter().rev().cloned());
    let mut one_by_one = FactBook::default();
    facts.into_iter().rev().for_each(|fact| one_by_one.extend([fact]));
    for book in [backwards, one_by_one] {
        assert_eq!(month(&book, "2025-07-01", "2025-07-31"), whole);
    }
}
