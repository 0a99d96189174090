//! Merging and un-merging: who is one person decides what stands in every table, and nothing else is touched.

use std::collections::BTreeMap;

use donor_registry::domain::id::{OutboxId, PersonId, SubjectId, TaskId};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason};
use donor_registry::store::{Admitted, MembershipDecision, OutboxRow, OutboxState, TaskChannel, TaskRow, TaskState};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{Bench, NOW, day, on_both, somebody};

/// What grows with every act, and what only tells that something was written.
const GROW: [&str; 4] = ["audit_leaf", "change", "idempotency", "seaql_migrations"];

/// Every table as text, each row a line, but for versions and their check values. Of memberships those that stand: ended ones are history.
async fn tables(bench: &Bench) -> BTreeMap<String, Vec<String>> {
    let db = bench.intruder().await;
    let mut out = BTreeMap::new();
    for table in names(&db, tables_of(&db)).await {
        if GROW.contains(&table.as_str()) {
            continue;
        }
        let columns: Vec<String> = names(&db, columns_of(&db, &table))
            .await
            .into_iter()
            .filter(|c| c != "row_version" && c != "row_mac")
            .filter(|c| table != "membership" || ["subject_id", "person_id"].contains(&c.as_str()))
            .collect();
        let standing = if table == "membership" { " WHERE until IS NULL" } else { "" };
        let quoted: Vec<String> = columns
            .iter()
            .map(|c| {
                if db.get_database_backend() == DbBackend::Sqlite {
                    format!("quote({c})")
                } else {
                    format!("coalesce(cast({c} AS text), '-')")
                }
            })
            .collect();
        let mut rows = names(&db, format!("SELECT {} FROM {table}{standing}", quoted.join(" || ' ' || "))).await;
        rows.sort();
        out.insert(table, rows);
    }
    db.close().await.unwrap();
    out
}

fn tables_of(db: &DatabaseConnection) -> String {
    match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'".to_owned(),
        _ => "SELECT CAST(table_name AS text) FROM information_schema.tables WHERE table_schema = 'public'".to_owned(),
    }
}

fn columns_of(db: &DatabaseConnection, table: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    }
}

async fn names(db: &DatabaseConnection, sql: String) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

fn task(of: &Admitted, occurrence: u32, state: TaskState) -> TaskRow {
    TaskRow {
        id: TaskId::fresh(),
        subject_id: of.subject,
        person_id: of.person,
        rule: "yearly-contact".to_owned(),
        occurrence: day(2026, 12, occurrence).into(),
        kind: "contact-check".to_owned(),
        channel: TaskChannel::Mail,
        due_on: day(2026, 12, occurrence).into(),
        zone: "Asia/Shanghai".to_owned(),
        state,
        reason: (state == TaskState::Cancelled).then(|| "withdrew".to_owned()),
        created_at: NOW,
        row_version: 1,
        done_on: None,
        rounds: 0,
    }
}

fn message(task: &TaskRow, state: OutboxState) -> OutboxRow {
    OutboxRow {
        id: OutboxId::fresh(),
        task_id: Some(task.id),
        subject_id: task.subject_id,
        person_id: task.person_id,
        rule: task.rule.clone(),
        occurrence: task.occurrence,
        kind: task.kind.clone(),
        lang: "zh".to_owned(),
        sensitive: false,
        state,
        due_at: NOW,
        lease_until: None,
        fence: 0,
        attempts: 0,
        message_id: format!("{}@example.org", task.id),
        reply: (state == OutboxState::Sent).then(|| "250 ok".to_owned()),
        sent_at: None,
        created_at: NOW,
        address_tag: None,
    }
}

/// One person with follow-ups: for each of three occasions nothing, or one of the ways it can stand.
async fn person(bench: &Bench, number: u32, ways: [u8; 3]) -> Admitted {
    let who = bench.register(&somebody(number)).await.unwrap();
    let mut tx = bench.store.begin().await.unwrap();
    for (occurrence, way) in (1..).zip(ways) {
        let (state, mail) = match way {
            0 => continue,
            1 => (TaskState::Planned, None),
            2 => (TaskState::Queued, Some(OutboxState::Due)),
            3 => (TaskState::Queued, Some(OutboxState::Retry)),
            4 => (TaskState::Queued, Some(OutboxState::Uncertain)),
            5 => (TaskState::Done, Some(OutboxState::Sent)),
            _ => (TaskState::Cancelled, Some(OutboxState::Cancelled)),
        };
        let task = task(&who, occurrence, state);
        let mail = mail.map(|state| message(&task, state));
        tx.put_tasks(vec![task]).await.unwrap();
        tx.put_messages(mail.into_iter().collect()).await.unwrap();
    }
    tx.commit().await.unwrap();
    who
}

/// What is open for one occasion of one person, as (tasks, messages).
async fn open_of(bench: &Bench, subjects: &[SubjectId], occurrence: u32) -> (usize, usize) {
    let db = bench.intruder().await;
    let count = |table: &str, states: &str| {
        let sql = format!(
            "SELECT cast(subject_id AS text), state FROM {table} WHERE occurrence = '2026-12-{occurrence:02}' AND state IN ({states})"
        );
        if db.get_database_backend() == DbBackend::Sqlite { sql.replace("cast(subject_id AS text)", "lower(hex(subject_id))") } else { sql }
    };
    let mut found = [0, 0];
    for (n, (table, states)) in found.iter_mut().zip([("task", "'planned','queued'"), ("outbox", "'due','retry'")]) {
        for subject in names(&db, count(table, states)).await {
            *n += usize::from(subjects.iter().any(|s| s.0.simple().to_string() == subject.replace('-', "")));
        }
    }
    db.close().await.unwrap();
    (found[0], found[1])
}

async fn merge(bench: &Bench, from: PersonId, into: PersonId, at: i64) -> Vec<SubjectId> {
    let mut tx = bench.store.begin().await.unwrap();
    let moved = tx.merge(&bench.vault, from, into, MembershipDecision::Merged, None, NOW.plus_seconds(at)).await.unwrap();
    tx.commit().await.unwrap();
    moved
}

async fn split(bench: &Bench, from: PersonId, subjects: &[SubjectId], at: i64) {
    let mut tx = bench.store.begin().await.unwrap();
    tx.split(&bench.vault, from, subjects, None, NOW.plus_seconds(at)).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn merging_and_unmerging_is_the_identity_on_every_table(bench: &Bench) {
        let cases: u32 = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
        let mut runner = TestRunner::deterministic();
        let ways = proptest::array::uniform3(0..7u8);
        let script = (proptest::collection::vec(ways, 2..5), proptest::collection::vec((0..5usize, 0..5usize), 1..4), proptest::bool::ANY);
        let mut number = 0;
        for case in 0..cases {
            let (people, merges, in_order) = script.new_tree(&mut runner).unwrap().current();
            let mut all = Vec::new();
            for ways in people {
                number += 1;
                all.push(person(bench, number, ways).await);
            }
            let first = tables(bench).await;
            let mut done = Vec::new();
            let mut now: Vec<PersonId> = all.iter().map(|a| a.person).collect();
            for (k, (i, j)) in merges.into_iter().enumerate() {
                let (from, into) = (now[i % now.len()], now[j % now.len()]);
                if from == into {
                    continue;
                }
                let before = tables(bench).await;
                let moved = merge(bench, from, into, i64::try_from(k).unwrap()).await;
                now.iter_mut().filter(|p| **p == from).for_each(|p| *p = into);
                let subjects: Vec<SubjectId> = all.iter().zip(&now).filter(|(_, p)| **p == into).map(|(a, _)| a.subject).collect();
                for occurrence in 1..=3 {
                    let (tasks, messages) = open_of(bench, &subjects, occurrence).await;
                    assert!(tasks <= 1 && messages <= 1, "case {case}: {tasks} tasks and {messages} mails for one occasion of one person");
                }
                done.push((into, moved, before));
            }
            if in_order {
                for (into, moved, before) in done.into_iter().rev() {
                    split(bench, into, &moved, 100).await;
                    assert_eq!(tables(bench).await, before, "case {case}");
                }
            } else {
                // One by one, from whomever they are with by now.
                for one in all.iter().rev() {
                    let with = bench.store.person_of(one.subject).await.unwrap().unwrap();
                    if with != one.person {
                        split(bench, with, &[one.subject], 100).await;
                    }
                }
                assert_eq!(tables(bench).await, first, "case {case}");
            }
        }
    }

    async fn two_queued_mails_become_one_and_each_gets_its_own_back(bench: &Bench) {
        let (a, b) = (person(bench, 1, [2, 1, 0]).await, person(bench, 2, [2, 2, 1]).await);
        let both = [a.subject, b.subject];
        let moved = merge(bench, b.person, a.person, 1).await;
        assert_eq!(open_of(bench, &both, 1).await, (1, 1));
        // A mail in the outbox is further along than a plan; the plan is set aside.
        assert_eq!(open_of(bench, &both, 2).await, (1, 1));
        assert_eq!(open_of(bench, &both, 3).await, (1, 0), "what only one had goes on");
        // Planning again finds the occasion taken.
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.put_tasks(vec![task(&a, 1, TaskState::Planned), task(&a, 2, TaskState::Planned), task(&a, 3, TaskState::Planned)]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        // What happens while they are one stays: a mail that goes out is not sent again.
        let mut tx = bench.store.begin().await.unwrap();
        let claimed = tx.claim_messages(NOW, NOW.plus_seconds(60), 10).await.unwrap();
        for message in &claimed {
            tx.mark_sending(message.row.id, message.fence(), None, NOW).await.unwrap();
            tx.mark_sent(message.row.id, message.fence(), "250 ok", NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(claimed.len(), 2);
        split(bench, a.person, &moved, 2).await;
        assert_eq!(open_of(bench, &[a.subject], 2).await, (1, 0), "the plan of the first is back");
        assert_eq!(bench.store.count_messages(OutboxState::Sent).await.unwrap(), 2);
        assert_eq!(open_of(bench, &[b.subject], 1).await, (1, 1), "the second gets its own mail");
    }

    async fn joined_with_one_who_left_since_nobody_is_contacted_and_apart_again_each_has_their_own(bench: &Bench) {
        let (a, b) = (person(bench, 1, [2, 1, 0]).await, person(bench, 2, [0, 0, 0]).await);
        let standing = b.subject;
        let mut tx = bench.store.begin().await.unwrap();
        let row = tx.standings(&bench.vault, standing).await.unwrap().remove(0);
        let left = EnrolmentStatus::Exited(ExitReason::Withdrew);
        tx.set_standing(&bench.vault, row.id, row.row_version, left, day(2026, 11, 30), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let moved = merge(bench, b.person, a.person, 1).await;
        for occurrence in 1..=2 {
            assert_eq!(open_of(bench, &[a.subject, b.subject], occurrence).await, (0, 0), "the later word counts: they left");
        }
        split(bench, a.person, &moved, 2).await;
        assert_eq!((open_of(bench, &[a.subject], 1).await, open_of(bench, &[a.subject], 2).await), ((1, 1), (1, 0)));
    }

    async fn who_withdraws_while_they_are_one_gets_nothing_back(bench: &Bench) {
        let (a, b) = (person(bench, 1, [2, 1, 0]).await, person(bench, 2, [2, 2, 1]).await);
        let moved = merge(bench, b.person, a.person, 1).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.cancel_open(&[a.subject, b.subject], "exited").await.unwrap();
        tx.commit().await.unwrap();
        split(bench, a.person, &moved, 2).await;
        for occurrence in 1..=3 {
            assert_eq!(open_of(bench, &[a.subject, b.subject], occurrence).await, (0, 0));
        }
    }

    async fn an_alias_opens_whoever_holds_its_founder_and_a_chain_comes_apart_link_by_link(bench: &Bench) {
        let mut people = Vec::new();
        for n in 1..=3 {
            people.push(bench.register(&somebody(n)).await.unwrap());
        }
        let [a, b, c] = [&people[0], &people[1], &people[2]];
        merge(bench, c.person, b.person, 1).await;
        merge(bench, b.person, a.person, 2).await;
        for one in [a, b, c] {
            assert_eq!(bench.store.resolve(&one.public_id).await.unwrap(), Some(a.person));
        }
        let subjects: Vec<SubjectId> = people.iter().map(|p| p.subject).collect();
        let mut aliases = bench.store.aliases_of(a.person, &subjects).await.unwrap();
        aliases.sort();
        let mut expected = vec![b.public_id.clone(), c.public_id.clone()];
        expected.sort();
        assert_eq!(aliases, expected);
        // The last one out of the middle: not back into the person that was itself merged away.
        split(bench, a.person, &[c.subject], 3).await;
        assert_eq!(bench.store.resolve(&c.public_id).await.unwrap(), Some(c.person));
        assert_eq!(bench.store.resolve(&b.public_id).await.unwrap(), Some(a.person));
        split(bench, a.person, &[b.subject], 4).await;
        assert_eq!(bench.store.resolve(&b.public_id).await.unwrap(), Some(b.person));
    }
}
