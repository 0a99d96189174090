//! What the store costs: not a pass or fail by time, but printed figures. `DONOR_REGISTRY_TEST_PEOPLE` sets the number of people.

use std::time::Instant;

use donor_registry::domain::id::PersonId;
use donor_registry::store::{AuditEntry, Place};
use rayon::prelude::*;

use super::imports::{read, staged};
use super::{Bench, NOW, somebody};

async fn measure(bench: &Bench) {
    let people: u32 = std::env::var("DONOR_REGISTRY_TEST_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let start = Instant::now();
    for first in (0..people).step_by(5_000) {
        let numbers: Vec<u32> = (first..people.min(first + 5_000)).collect();
        let prepared: Vec<_> = numbers.par_iter().map(|n| (bench.prepared(&somebody(*n), false), Place::New(PersonId::fresh()))).collect();
        let mut tx = bench.store.begin().await.unwrap();
        tx.admit(&bench.vault, prepared, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }
    println!("{people} people prepared and taken in by 5,000: {:.2?}", start.elapsed());

    let start = Instant::now();
    let (mut entries, mut letters) = (0_u32, 0_usize);
    let mut stream = bench.store.people(&bench.vault);
    while let Some(page) = stream.next().await.unwrap() {
        for entry in page {
            entries += 1;
            letters += entry.records[0].identity.as_ref().unwrap().reveal().name.as_str().len();
            letters += entry.records[0].contact.as_ref().unwrap().reveal().phones.len();
        }
    }
    assert_eq!(entries, people);
    println!("unlock of {people} people: {:.2?} ({letters} bytes of names)", start.elapsed());

    let start = Instant::now();
    let mut facts = 0;
    bench.store.facts(&bench.vault, |_| facts += 1).await.unwrap();
    assert_eq!(facts, people);
    println!("{facts} facts opened: {:.2?}", start.elapsed());

    let mut times = Vec::new();
    let start = Instant::now();
    for n in 0..300 {
        let begun = Instant::now();
        let prepared = bench.prepared(&somebody(people + n), false);
        let mut tx = bench.store.begin().await.unwrap();
        let admitted = tx.admit(&bench.vault, vec![(prepared, Place::New(PersonId::fresh()))], None, NOW).await.unwrap();
        tx.audit(&AuditEntry::on(NOW, None, "person.register", "person", Some(admitted[0].person.0))).await.unwrap();
        tx.commit().await.unwrap();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("300 registrations one after another: {:.1}/s, p99 {:.2?}", 300.0 / start.elapsed().as_secs_f64(), times[296]);

    let id = staged(bench, 10_000, b"large").await;
    let start = Instant::now();
    let rows = read(bench, id).await;
    println!("10,000 staged rows read back: {:.2?}", start.elapsed());
    let start = Instant::now();
    let mut tx = bench.store.begin().await.unwrap();
    tx.admit_import(&bench.vault, id, rows, "{}", None, NOW).await.unwrap();
    tx.commit().await.unwrap();
    println!("10,000 rows admitted in one transaction: {:.2?}", start.elapsed());
}

#[rocket::async_test]
#[ignore = "needs minutes: prints figures"]
async fn figures_on_sqlite() {
    let bench = Bench::sqlite().await;
    measure(&bench).await;
    bench.end().await;
}

#[rocket::async_test]
#[ignore = "needs PostgreSQL"]
async fn figures_on_postgresql() {
    let bench = Bench::postgres().await;
    measure(&bench).await;
    bench.end().await;
}

/// Tasks and messages of many people who are due, written as planning and queueing write them.
async fn queue(bench: &Bench) {
    let due: usize = std::env::var("DONOR_REGISTRY_TEST_DUE").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let people = 1_000;
    let mut of = Vec::new();
    for n in 0..people {
        of.push(bench.register(&somebody(n)).await.unwrap());
    }
    let tasks: Vec<_> = (0..due)
        .map(|n| {
            let mut task = super::queues::task(&of[n % of.len()], 1);
            task.rule = format!("rule-{}", n / of.len());
            task
        })
        .collect();
    let start = Instant::now();
    for part in tasks.chunks(5_000) {
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_tasks(part.to_vec()).await.unwrap();
        tx.commit().await.unwrap();
    }
    println!("{due} tasks planned into the database: {:.2?}", start.elapsed());
    let start = Instant::now();
    for part in tasks.chunks(1_000) {
        let messages = part.iter().map(|t| {
            let mut message = super::queues::message(&of[0], 1);
            (message.subject_id, message.person_id) = (t.subject_id, t.person_id);
            (message.rule, message.task_id) = (t.rule.clone(), Some(t.id));
            message
        });
        let ids: Vec<_> = part.iter().map(|t| (t.id, t.row_version)).collect();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(messages.collect()).await.unwrap();
        tx.queue_tasks(&ids).await.unwrap();
        tx.commit().await.unwrap();
    }
    println!("{due} messages queued: {:.2?}", start.elapsed());
    let waiting = bench.store.count_messages(donor_registry::store::OutboxState::Due).await.unwrap();
    assert_eq!(waiting, due as u64);
}

#[rocket::async_test]
#[ignore = "needs minutes: prints figures"]
async fn figures_of_the_queue_on_sqlite() {
    let bench = Bench::sqlite().await;
    queue(&bench).await;
    bench.end().await;
}

#[rocket::async_test]
#[ignore = "needs PostgreSQL"]
async fn figures_of_the_queue_on_postgresql() {
    let bench = Bench::postgres().await;
    queue(&bench).await;
    bench.end().await;
}
