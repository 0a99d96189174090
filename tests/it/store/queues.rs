//! Pairs, corrections, tasks, the outbox and links.

use donor_registry::domain::id::{LinkId, OutboxId, StaffId, TaskId};
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{
    Admitted, Day, LinkRow, LinkUse, Opaque, OutboxRow, OutboxState, PairBasis, PairDecision, PairFound, StoreError, TaskChannel, TaskRow,
    TaskState, settings,
};

use super::{Bench, NOW, day, on_both, somebody};

fn later(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

on_both! {
    async fn a_registrars_word_on_a_pair_outlives_the_next_scan(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let b = bench.register(&somebody(2)).await.unwrap();
        let found = |decision, weight| PairFound {
            left: (b.subject, b.person),
            right: (a.subject, a.person),
            weight,
            probability: 0.9,
            decision,
            basis: PairBasis::Scan,
        };
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_pairs(&[found(PairDecision::Review, 3.0)], NOW).await.unwrap();
        tx.put_pairs(&[found(PairDecision::Review, 4.0)], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let queue = bench.store.pairs(PairDecision::Review, None, 10).await.unwrap();
        assert_eq!(queue.len(), 1);
        assert!(queue[0].subject_l < queue[0].subject_r);
        assert!((queue[0].weight - 4.0).abs() < f64::EPSILON);

        let registrar = StaffId::fresh();
        let mut tx = bench.store.begin().await.unwrap();
        let stale = tx.decide_pair(queue[0].id, queue[0].row_version - 1, PairDecision::Same, registrar, NOW).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        tx.decide_pair(queue[0].id, queue[0].row_version, PairDecision::Different, registrar, NOW).await.unwrap();
        assert_eq!(tx.put_pairs(&[found(PairDecision::Same, 9.0)], NOW).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_pairs(PairDecision::Review).await.unwrap(), 0);
        let decided = bench.store.pairs_of(&[a.subject]).await.unwrap();
        assert_eq!(decided[0].decision, PairDecision::Different);
        assert_eq!(decided[0].decided_by, Some(registrar));
    }

    async fn a_follow_up_is_planned_and_queued_once(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.put_tasks(vec![task(&a, 1), task(&a, 2)]).await.unwrap(), 2);
        assert_eq!(tx.put_tasks(vec![task(&a, 2), task(&a, 3)]).await.unwrap(), 1);
        assert_eq!(tx.put_messages(vec![message(&a, 1), message(&a, 1)]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(bench.store.tasks_due(TaskState::Planned, day(2026, 12, 2), 10).await.unwrap().len(), 2);
        assert_eq!(bench.store.tasks_due(TaskState::Planned, day(2027, 1, 1), 10).await.unwrap().len(), 3);
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.cancel_open(&[a.subject], "withdrew").await.unwrap(), 4);
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_messages(OutboxState::Due).await.unwrap(), 0);
        let tasks = bench.store.tasks_of(&[a.person]).await.unwrap();
        assert!(tasks.iter().all(|t| t.state == TaskState::Cancelled && t.reason.as_deref() == Some("withdrew")));
    }

    async fn what_somebody_changed_since_it_was_read_is_not_dropped(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_tasks(vec![task(&a, 1), task(&a, 2)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = bench.store.tasks_of(&[a.person]).await.unwrap();
        let agreed = TaskRow { due_on: day(2026, 12, 20).into(), reason: Some("call-on".to_owned()), ..read[0].clone() };
        let mut tx = bench.store.begin().await.unwrap();
        tx.move_task(&agreed, true).await.unwrap();
        let versions: Vec<(TaskId, i64)> = read.iter().map(|row| (row.id, row.row_version)).collect();
        assert_eq!(tx.drop_read(&versions, "answered", day(2026, 12, 1)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let kept = bench.store.task(read[0].id).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.due_on, kept.reason.as_deref()), (TaskState::Planned, agreed.due_on, Some("call-on")));
        assert_eq!(bench.store.task(read[1].id).await.unwrap().unwrap().state, TaskState::Cancelled);
    }

    async fn what_staff_had_taken_on_comes_back_with_the_taking_back_of_the_exit_and_of_no_other(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let call = TaskRow { channel: TaskChannel::Phone, reason: Some("call-on".to_owned()), rule: "question-1".to_owned(), ..task(&a, 2) };
        let open = async || {
            let tasks = bench.store.tasks_of(&[a.person]).await.unwrap();
            let planned: Vec<_> = tasks.into_iter().filter(|t| t.state == TaskState::Planned).map(|t| (t.id, t.reason)).collect();
            (planned, bench.store.count_messages(OutboxState::Due).await.unwrap())
        };
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_tasks(vec![task(&a, 1), call.clone()]).await.unwrap();
        tx.put_messages(vec![message(&a, 1)]).await.unwrap();
        assert_eq!(tx.cancel_exited(&[a.subject], later(1)).await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert_eq!(open().await, (Vec::new(), 0));
        let told = bench.store.tasks_of(&[a.person]).await.unwrap();
        assert!(told.iter().all(|t| t.reason.as_deref() == Some("exited")), "as staff read it: {told:?}");
        let restored = async |at: Timestamp| {
            let mut tx = bench.store.begin().await.unwrap();
            let count = tx.restore_exited(&bench.vault, a.person, &[a.subject], at).await.unwrap();
            tx.commit().await.unwrap();
            count
        };
        assert_eq!(restored(later(2)).await, 0, "another exit");
        // A later exit leaves what the first one cancelled as it is.
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.cancel_exited(&[a.subject], later(3)).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(restored(later(1)).await, 2, "the call and the mail that stands alone");
        assert_eq!(open().await, (vec![(call.id, Some("call-on".to_owned()))], 1));
        // Who objects meanwhile gets nothing back.
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.cancel_exited(&[a.subject], later(4)).await.unwrap(), 2);
        tx.cancel_open(&[a.subject], "objected").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(restored(later(4)).await, 0);
    }

    async fn a_message_is_in_one_pair_of_hands(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(vec![message(&a, 1)]).await.unwrap();
        tx.commit().await.unwrap();

        let first = claim(bench, NOW).await;
        assert_eq!(first.len(), 1);
        assert!(claim(bench, later(10)).await.is_empty(), "claimed twice while the lease runs");
        // The first worker is stopped; its lease runs out; a second one takes over.
        let second = claim(bench, later(61)).await;
        assert_eq!(second.len(), 1);
        assert!(second[0].fence() > first[0].fence());
        let id = first[0].row.id;
        let mut tx = bench.store.begin().await.unwrap();
        let late = tx.mark_sending(id, first[0].fence(), None, later(62)).await;
        assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
        tx.mark_sending(id, second[0].fence(), None, later(62)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        assert!(matches!(tx.mark_sent(id, first[0].fence(), "250 ok", later(63)).await, Err(StoreError::LeaseLost)));
        tx.mark_sent(id, second[0].fence(), "250 ok", later(63)).await.unwrap();
        tx.commit().await.unwrap();
        let row = bench.store.message(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.attempts, row.sent_at), (OutboxState::Sent, 1, Some(later(63))));
        assert!(claim(bench, later(1000)).await.is_empty());
    }

    async fn a_worker_that_dies_while_sending_leaves_an_uncertain_message(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(vec![message(&a, 1)]).await.unwrap();
        tx.commit().await.unwrap();
        let claimed = claim(bench, NOW).await.remove(0);
        let mut tx = bench.store.begin().await.unwrap();
        tx.mark_sending(claimed.row.id, claimed.fence(), None, later(1)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.sweep_sending(later(30)).await.unwrap(), 0);
        assert_eq!(tx.sweep_sending(later(61)).await.unwrap(), 1);
        // Whoever comes back from the dead may not say what became of it.
        assert!(matches!(tx.mark_sent(claimed.row.id, claimed.fence(), "250", later(62)).await, Err(StoreError::LeaseLost)));
        tx.commit().await.unwrap();
        assert!(claim(bench, later(100)).await.is_empty());
        let mut tx = bench.store.begin().await.unwrap();
        tx.settle_uncertain(claimed.row.id, OutboxState::Retry, later(100)).await.unwrap();
        tx.commit().await.unwrap();
        let again = claim(bench, later(100)).await;
        assert_eq!(again[0].row.message_id, claimed.row.message_id);
    }

    async fn nothing_is_claimed_while_the_queues_are_paused(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(vec![message(&a, 1)]).await.unwrap();
        tx.put_setting(settings::QUEUES_PAUSED, "true").await.unwrap();
        tx.commit().await.unwrap();
        assert!(claim(bench, NOW).await.is_empty());
        assert!(bench.store.queues_paused().await.unwrap());
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_setting(settings::QUEUES_PAUSED, "false").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(bench, NOW).await.len(), 1);
    }

    async fn a_link_is_used_once_and_closed_by_wrong_answers(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let link = |byte: u8| LinkRow {
            id: LinkId::fresh(),
            token_hash: Opaque(vec![byte; 32]),
            purpose: "verify".to_owned(),
            subject_id: a.subject,
            created_at: NOW,
            expires_at: later(100),
            used_at: None,
            wrong: 0,
            closed_at: None,
            address_tag: None,
        };
        let (one, two) = (link(1), link(2));
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_link(one.clone()).await.unwrap();
        tx.put_link(two.clone()).await.unwrap();
        assert_eq!(tx.use_link(&[1; 32], later(101)).await.unwrap(), LinkUse::No);
        assert_eq!(tx.use_link(&[1; 32], later(99)).await.unwrap(), LinkUse::Used(one));
        assert_eq!(tx.use_link(&[1; 32], later(99)).await.unwrap(), LinkUse::No);
        for wrong in 1..=5 {
            assert_eq!(tx.wrong_link(two.id, 5, later(1)).await.unwrap(), wrong == 5);
        }
        assert_eq!(tx.use_link(&[2; 32], later(2)).await.unwrap(), LinkUse::No);
        tx.commit().await.unwrap();
        assert!(bench.store.link(&[2; 32], later(2)).await.unwrap().is_none());
    }
}

async fn claim(bench: &Bench, now: Timestamp) -> Vec<donor_registry::store::Claimed> {
    let mut tx = bench.store.begin().await.unwrap();
    let claimed = tx.claim_messages(now, now.plus_seconds(60), 10).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

pub fn task(of: &Admitted, occurrence: u32) -> TaskRow {
    TaskRow {
        id: TaskId::fresh(),
        subject_id: of.subject,
        person_id: of.person,
        rule: "yearly-check".to_owned(),
        occurrence: Day(day(2026, 12, occurrence)),
        kind: "contact-check".to_owned(),
        channel: TaskChannel::Mail,
        due_on: Day(day(2026, 12, occurrence)),
        zone: "Asia/Shanghai".to_owned(),
        state: TaskState::Planned,
        reason: None,
        created_at: NOW,
        row_version: 1,
        done_on: None,
        rounds: 0,
    }
}

pub fn message(of: &Admitted, occurrence: u32) -> OutboxRow {
    let id = OutboxId::fresh();
    OutboxRow {
        id,
        task_id: None,
        subject_id: of.subject,
        person_id: of.person,
        rule: "verify-mail".to_owned(),
        occurrence: Day(day(2026, 12, occurrence)),
        kind: "verify".to_owned(),
        lang: "zh-CN".to_owned(),
        sensitive: false,
        state: OutboxState::Due,
        due_at: NOW,
        lease_until: None,
        fence: 0,
        attempts: 0,
        message_id: format!("{id}@registry"),
        reply: None,
        sent_at: None,
        created_at: NOW,
        address_tag: None,
    }
}
