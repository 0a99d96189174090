//! The counts of what waits for staff, kept by the database, against every follow-up read and counted.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use donor_registry::domain::id::TaskId;
use donor_registry::store::{Admitted, TaskChannel, TaskRow, TaskState};

use super::{Bench, NOW, day, on_both, somebody};
use crate::harness::dice::Dice;

const KINDS: [&str; 3] = ["availability", "contact_check", "of_a_later_edition"];
const CHANNELS: [TaskChannel; 5] = [TaskChannel::Mail, TaskChannel::Phone, TaskChannel::Letter, TaskChannel::HandOff, TaskChannel::Desk];

fn one_of<T: Copy>(dice: &mut Dice, all: &[T]) -> T {
    all[usize::try_from(dice.below(all.len() as u64)).unwrap()]
}

fn some_day(dice: &mut Dice) -> NaiveDate {
    day(2026, 12, 1 + u32::try_from(dice.below(9)).unwrap())
}

fn invented(of: &Admitted, dice: &mut Dice) -> TaskRow {
    let kind = one_of(dice, &KINDS);
    TaskRow {
        id: TaskId::fresh(),
        subject_id: of.subject,
        person_id: of.person,
        rule: kind.to_owned(),
        occurrence: some_day(dice).into(),
        kind: kind.to_owned(),
        channel: one_of(dice, &CHANNELS),
        due_on: some_day(dice).into(),
        zone: "Asia/Shanghai".to_owned(),
        state: TaskState::Planned,
        reason: None,
        created_at: NOW,
        row_version: 1,
        done_on: None,
        rounds: 0,
    }
}

/// The slow, obvious way: every open task read and counted.
async fn told(bench: &Bench, today: NaiveDate) -> (Vec<(String, u64, NaiveDate)>, u64) {
    let rows = bench.store.open_tasks().await.unwrap();
    let staffs = || rows.iter().filter(|row| row.state == TaskState::Planned && row.channel != TaskChannel::Mail);
    let mut kinds: BTreeMap<String, (u64, NaiveDate)> = BTreeMap::new();
    for row in staffs().filter(|row| row.due_on.0 < today) {
        let (n, oldest) = kinds.entry(row.kind.clone()).or_insert((0, row.due_on.0));
        (*n, *oldest) = (*n + 1, row.due_on.0.min(*oldest));
    }
    let by_hand = |row: &TaskRow| matches!(row.channel, TaskChannel::Letter | TaskChannel::HandOff);
    let due = staffs().filter(|row| row.due_on.0 <= today && !by_hand(row)).count() as u64;
    (kinds.into_iter().map(|(kind, (n, oldest))| (kind, n, oldest)).collect(), due)
}

async fn compare(bench: &Bench) -> u64 {
    let mut seen = 0;
    for today in (1..=10).map(|n| day(2026, 12, n)) {
        let mut counted: Vec<_> =
            bench.store.overdue_by_kind(today).await.unwrap().into_iter().map(|(kind, n, oldest)| (kind, n, oldest.0)).collect();
        counted.sort();
        let due = bench.store.count_staff_tasks_due(today).await.unwrap();
        assert_eq!((counted, due), told(bench, today).await, "{today}");
        seen = seen.max(due);
    }
    seen
}

on_both! {
    async fn what_waits_for_staff_is_counted_as_if_every_follow_up_were_read(bench: &Bench) {
        let people = [bench.register(&somebody(1)).await.unwrap(), bench.register(&somebody(2)).await.unwrap()];
        let mut dice = Dice::new(7);
        let (mut most, mut fewer) = (0, 0);
        for turn in 0..60 {
            let mut tx = bench.store.begin().await.unwrap();
            let rows = bench.store.open_tasks().await.unwrap();
            let picked = (!rows.is_empty()).then(|| rows[usize::try_from(dice.below(rows.len() as u64)).unwrap()].clone());
            let planned = picked.clone().filter(|row| row.state == TaskState::Planned);
            match (dice.below(8), picked, planned) {
                (0, Some(row), _) => {
                    tx.set_task(row.id, row.row_version, TaskState::Cancelled, Some("withdrew")).await.unwrap();
                }
                (1, Some(row), _) => {
                    tx.end_task(row.id, row.row_version, TaskState::Done, Some("reached"), day(2026, 12, 2)).await.unwrap();
                }
                (2, _, Some(row)) => {
                    let moved = TaskRow { channel: one_of(&mut dice, &CHANNELS), due_on: some_day(&mut dice).into(), ..row };
                    tx.move_task(&moved, true).await.unwrap();
                }
                (3, _, Some(row)) => tx.queue_tasks(&[(row.id, row.row_version)]).await.unwrap(),
                (4, Some(row), _) => {
                    let ids: Vec<TaskId> = rows.iter().filter(|other| other.kind == row.kind).map(|other| other.id).collect();
                    tx.drop_tasks(&ids, "rule-changed", day(2026, 12, 2)).await.unwrap();
                }
                (5, Some(row), _) if turn % 3 == 0 => {
                    tx.cancel_open(&[row.subject_id], "died").await.unwrap();
                }
                // Planned anew as well: what was cancelled comes back, on the day and by the channel that hold now.
                _ => {
                    let rows = (0..6).map(|_| invented(one_of(&mut dice, &[&people[0], &people[1]]), &mut dice)).collect();
                    tx.put_tasks(rows).await.unwrap();
                }
            }
            let given_up = turn % 7 == 6;
            if given_up { tx.rollback().await.unwrap() } else { tx.commit().await.map(|_| ()).unwrap() }
            let seen = compare(bench).await;
            fewer += u64::from(seen < most);
            most = most.max(seen);
        }
        assert!(most > 5 && fewer > 5, "{most} at most, fewer {fewer} times: the turns did not move the counts");
    }
}
