//! Two processes that register the same person at the same moment, without a document: both are saved, and a registrar is told of each pair.
//!
//! More rounds with `DONOR_REGISTRY_TEST_PAIRS=1000`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;

use crate::harness::desk::{self, Desk};
use crate::harness::people::Invented;
use crate::harness::program::{Registry, Server};
use crate::harness::{needed, postgres};

const PASSWORD: &str = "correct-horse-battery-9";

fn rounds(default: u64) -> u64 {
    std::env::var("DONOR_REGISTRY_TEST_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Each process registers people 1 to `rounds`; a barrier before each makes them collide. Gives what was not saved.
fn collide(servers: [&Server; 2], rounds: u64) -> Vec<String> {
    let meet = Barrier::new(2);
    let refused = Mutex::new(Vec::new());
    let desks = servers.map(|server| Desk::sign_in(server, "recruiter", PASSWORD).unwrap());
    std::thread::scope(|scope| {
        for (process, mut desk) in (1_u64..).zip(desks) {
            let (meet, refused) = (&meet, &refused);
            scope.spawn(move || {
                for number in 1..=rounds {
                    meet.wait();
                    // Nothing here may panic: the other side would wait at the barrier for ever.
                    let answer =
                        desk.interest(&desk::key(process * 1_000_000 + number), &Invented::of(number), "stem-cell").map(|a| a.status);
                    if !matches!(answer, Ok(303)) {
                        refused.lock().unwrap().push(format!("process {process}, person {number}: {answer:?}"));
                    }
                }
            });
        }
    });
    refused.into_inner().unwrap()
}

/// People who are on file twice without a pair decided or waiting.
fn unnoticed(registry: &Registry, rounds: u64) -> Vec<String> {
    let file = registry.folder().join("pairs.csv");
    registry.done(&["duplicates", "export", "--output", &file.to_string_lossy()]);
    let text = std::fs::read_to_string(file).unwrap();
    let ordered = |a: &str, b: &str| if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) };
    let pairs: BTreeSet<(String, String)> = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (matches!(cells.last(), Some(&("same" | "review")))).then(|| ordered(cells[0], cells[1]))
        })
        .collect();
    registry.look(|app| async move {
        let mut missed = Vec::new();
        for number in 1..=rounds {
            let rows = app.search(Actor::Console, &Guarded::new(Invented::of(number).phone)).await.expect("the registry answers");
            let ids: Vec<String> = rows.iter().map(|r| r.public_id.to_string()).collect();
            match ids.as_slice() {
                [_joined] => {}
                [a, b] if pairs.contains(&ordered(a, b)) => {}
                other => missed.push(format!("person {number}: on file as {other:?}, no pair")),
            }
        }
        missed
    })
}

fn two_processes(registry: &Registry, rounds: u64) {
    registry.add_account("recruiter", PASSWORD, "recruiter");
    let (one, two) = (registry.serve(), registry.serve());
    let refused = collide([&one, &two], rounds);
    assert!(refused.is_empty(), "{}\n{}", refused.join("\n"), one.log_text());
    one.stop();
    two.stop();
    let missed = unnoticed(registry, rounds);
    println!("{rounds} people registered by two processes at once, {} pairs unnoticed", missed.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    registry.done(&["audit", "verify"]);
}

#[test]
fn two_processes_on_sqlite_notice_every_pair_they_made_at_the_same_moment() {
    two_processes(&Registry::new(), rounds(40));
}

#[test]
#[ignore = "needs a PostgreSQL cluster"]
fn two_processes_on_postgresql_notice_every_pair_they_made_at_the_same_moment() {
    let database = postgres::fresh(&needed("DONOR_REGISTRY_TEST_PG"));
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_DATABASE_URL", &database);
    two_processes(&registry, rounds(100));
}

/// Every row is judged against everybody on file, and while a sheet is judged somebody is saved at a street table.
#[test]
fn a_sheet_is_taken_in_while_street_tables_save_without_a_pause() {
    const ROWS: u64 = 2_000;
    let registry = Registry::new();
    registry.add_account("recruiter", PASSWORD, "recruiter");
    let mut sheet = String::from("姓名,身份证号码,联系电话,电子邮箱\n");
    for Invented { name, document, phone, mail, .. } in (1..=ROWS).map(Invented::of) {
        sheet += &format!("{name},{document},{phone},{mail}\n");
    }
    let file = registry.folder().join("roster.csv");
    std::fs::write(&file, sheet).unwrap();
    let server = registry.serve();
    let mut desks: Vec<Desk> = (0..16).map(|_| Desk::sign_in(&server, "recruiter", PASSWORD).unwrap()).collect();
    let (over, next, saved) = (AtomicBool::new(false), AtomicU64::new(ROWS), AtomicU64::new(0));
    let output = std::thread::scope(|scope| {
        for desk in &mut desks {
            let (over, next, saved) = (&over, &next, &saved);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed) + 1;
                    let answer = desk.interest(&desk::key(number), &Invented::of(number), "stem-cell").map(|a| a.status);
                    saved.fetch_add(u64::from(matches!(answer, Ok(303))), Ordering::Relaxed);
                }
            });
        }
        let output = registry.run(&["import", &file.to_string_lossy(), "--registry", "volunteer"]);
        over.store(true, Ordering::Relaxed);
        output
    });
    server.stop();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let tried = next.load(Ordering::Relaxed) - ROWS;
    assert!(tried > 16, "nobody was saved beside it");
    assert_eq!(saved.load(Ordering::Relaxed), tried, "and everybody at the tables was");
}
