//! What the index over a registry's people costs: the check before a save, bytes a person, and the unlock of a data folder.
//!
//! `cargo bench --bench index`. `INDEX_PEOPLE` (default 1,000,000) sets the size, `INDEX_CHECKS` (default 5,000) the number of checks.
//! `INDEX_FOLDER` names a data folder to be made once and used again; without it a temporary one is made and removed. `INDEX_UNLOCK=no`
//! leaves the unlock out, which spares the making of the data folder.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod folder;
mod people;

use std::time::{Duration, Instant};

use donor_registry::domain::id::{PersonId, SubjectId};
use donor_registry::matching::linkage::{Decision, Filling, Linked, features};

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn main() {
    let people = setting("INDEX_PEOPLE", 1_000_000);
    checks(people, setting("INDEX_CHECKS", 5_000));
    if std::env::var("INDEX_UNLOCK").as_deref() != Ok("no") {
        folder::unlock(people);
    }
}

/// Fills an index in memory and asks it about people who are on file, as another sheet knows them, and about people who are not.
fn checks(count: usize, asked: usize) {
    let mut crowd = people::Crowd::new(7);
    let mut index = Filling::new();
    let mut known = Vec::new();
    let mut took = Duration::ZERO;
    let mut filled = 0;
    while filled < count {
        let (drafts, invented) = crowd.drafts((count - filled).min(20_000));
        filled += drafts.len();
        known.extend(invented.into_iter().take(asked / 10));
        let begun = Instant::now();
        index.extend(people::in_parallel(&drafts, |d| {
            let subject = SubjectId::fresh();
            Linked::new(subject, PersonId(subject.0), &[d.registry], features(&d.identity, Some(&d.contact)))
        }));
        took += begun.elapsed();
    }
    let begun = Instant::now();
    let index = index.done();
    took += begun.elapsed();
    println!("index of {} people: filled in {:.2} s, {} bytes a person", index.len(), took.as_secs_f64(), index.memory() / index.len());

    let mut times = Vec::with_capacity(asked);
    let (mut looked_at, mut same, mut review) = (0, 0, 0);
    for draft in crowd.asked(&known, asked) {
        let features = features(&draft.identity, Some(&draft.contact));
        looked_at += index.candidates(&features).len();
        let begun = Instant::now();
        let found = index.check(&features);
        times.push(begun.elapsed());
        same += usize::from(found.iter().any(|m| m.decision == Decision::Same));
        review += usize::from(!found.is_empty() && found.iter().all(|m| m.decision == Decision::Review));
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!(
        "check before save, {} asked: p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms; {} looked at on average; {same} on file, {review} to be asked about",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0),
        looked_at / times.len()
    );
}
