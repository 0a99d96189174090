//! What a recruiter can learn from an answer: the same for somebody of another registry and for nobody.

use std::time::Duration;

use crate::harness::desk::{self, Desk};
use crate::harness::http::{Answer, differences};
use crate::harness::people::Invented;
use crate::harness::program::{Registry, Server};
use crate::harness::timing::interleave;

const PASSWORD: &str = "correct-horse-battery-9";
/// Numbers of people on file in the blood registry start at 1; numbers from here on are nobody.
const NOBODY: u64 = 200_000;

struct Table {
    server: Server,
    _registry: Registry,
}

impl Table {
    /// A registry in which people 1 to `known` are enrolled as blood donors.
    fn with(known: u64) -> Self {
        let registry = Registry::new();
        registry.add_account("recruiter", PASSWORD, "recruiter");
        let server = registry.serve();
        let mut desk = Desk::sign_in(&server, "recruiter", PASSWORD).unwrap();
        for number in 1..=known {
            let answer = desk.enrol(&desk::key(number), &Invented::of(number), "blood").unwrap();
            assert_eq!(answer.status, 303, "{}", answer.text());
        }
        Self { server, _registry: registry }
    }

    fn desk(&self) -> Desk {
        Desk::sign_in(&self.server, "recruiter", PASSWORD).unwrap()
    }
}

/// How a person is sent to the table.
#[derive(Debug, Clone, Copy)]
enum Way {
    Interest,
    Enrolment,
}

fn send(desk: &mut Desk, way: Way, key: u64, person: u64) -> Answer {
    let person = Invented::of(person);
    let answer = match way {
        Way::Interest => desk.interest(&desk::key(key), &person, "stem-cell"),
        Way::Enrolment => desk.enrol(&desk::key(key), &person, "stem-cell"),
    };
    let answer = answer.unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer
}

#[test]
fn the_answer_for_somebody_of_another_registry_is_the_answer_for_nobody() {
    let table = Table::with(12);
    for way in [Way::Interest, Way::Enrolment] {
        // Two browsers with the same past, so that whatever counts along counts alike.
        let (mut left, mut right) = (table.desk(), table.desk());
        let base = if matches!(way, Way::Interest) { 0 } else { 6 };
        for n in 1..=6 {
            let known = send(&mut left, way, 10_000 + base + n, base + n);
            let nobody = send(&mut right, way, 20_000 + base + n, NOBODY + base + n);
            let found = differences(&known, &nobody, (&[], &[]));
            assert!(found.is_empty(), "{way:?} {n}: {found:?}");
            let pages = (left.client.get("/drive").unwrap(), right.client.get("/drive").unwrap());
            // The bar that offers to take the registration back names it by the key of its form.
            let fields = |page: &Answer, key: u64| {
                [page.field("csrf").unwrap_or_default(), page.field("key").unwrap_or_default(), desk::key(key + base + n)]
            };
            let (l, r) = (fields(&pages.0, 10_000), fields(&pages.1, 20_000));
            let numbers = |page: &Answer| page.text().chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
            // The running numbers of the day differ, as they do for any two people; everything else is equal.
            assert_eq!(pages.0.body.len(), pages.1.body.len(), "{way:?} {n}");
            let clean = |text: String, hidden: &[String]| {
                hidden.iter().fold(text, |t, h| t.replace(&h.chars().filter(|c| !c.is_ascii_digit()).collect::<String>(), ""))
            };
            assert_eq!(clean(numbers(&pages.0), &l), clean(numbers(&pages.1), &r), "{way:?} {n}");
        }
    }
}

#[test]
fn the_same_document_in_the_same_registry_is_warned_of_and_tells_nothing_about_the_person() {
    let table = Table::with(2);
    let mut desk = table.desk();
    let known = Invented::of(1);
    let other = Invented { document: known.document.clone(), ..Invented::of(NOBODY) };
    let answer = desk.enrol(&desk::key(777), &other, "blood").unwrap();
    assert_eq!(answer.status, 422, "{}", answer.text());
    let page = answer.text();
    for field in [&known.name, &known.phone, &known.mail] {
        assert!(!page.contains(field.as_str()), "the warning shows a field of the person on file");
    }
}

/// Statistical: many registrations of both kinds, in random order.
#[test]
#[ignore = "needs a machine that does little else"]
fn time_does_not_tell_somebody_of_another_registry_from_nobody() {
    let rounds: u64 = std::env::var("DONOR_REGISTRY_TEST_TIMING_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let each = rounds + rounds / 10 + 1;
    let table = Table::with(2 * each);
    for (way, base) in [(Way::Interest, 0), (Way::Enrolment, each)] {
        let mut desk = table.desk();
        let (mut known, mut nobody) = (base, NOBODY + base);
        let mut key = 1_000_000 + base * 10;
        let comparison = interleave(usize::try_from(rounds).unwrap(), 7, |is_known| {
            key += 1;
            let next = if is_known { &mut known } else { &mut nobody };
            *next += 1;
            let took: Duration = send(&mut desk, way, key, *next).took;
            took
        });
        println!("{way:?}: {rounds} rounds, {comparison:?}, medians {:.2} % apart", comparison.median_gap() * 100.0);
        assert!(comparison.t.abs() < 4.5, "{way:?}: time tells the two apart: {comparison:?}");
    }
}
