//! The order of commits: change feed and audit log.

use donor_registry::domain::id::PersonId;
use donor_registry::store::{AuditEntry, ChangeKind, Head, Place, StoreError};

use super::{Bench, NOW, on_both, somebody};

on_both! {
    async fn changes_are_numbered_in_the_order_of_commits(bench: &Bench) {
        let writers: Vec<_> = (0..20).map(|n| {
            let (store, vault, prepared) = (bench.store.clone(), bench.vault.clone(), bench.prepared(&somebody(n), true));
            rocket::tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let admitted = tx.admit(&vault, vec![(prepared, Place::New(PersonId::fresh()))], None, NOW).await.unwrap();
                tx.audit(&AuditEntry::on(NOW, None, "person.register", "person", Some(admitted[0].person.0))).await.unwrap();
                tx.commit().await.unwrap()
            })
        }).collect();
        // A reader that follows the feed while it grows must never meet a number it has already passed.
        let mut last = 0;
        let mut seen = Vec::new();
        while seen.len() < 20 {
            for change in bench.store.changes_since(last, 7).await.unwrap() {
                assert_eq!(change.seq, last + 1, "a gap was filled later");
                assert_eq!(change.kind, ChangeKind::SubjectAdded);
                last = change.seq;
                seen.push(change.subject_id.unwrap());
            }
            rocket::tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let mut numbers = Vec::new();
        for writer in writers {
            numbers.push(writer.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
        assert_eq!(bench.store.last_change().await.unwrap(), 20);
        assert_eq!(bench.store.verify_audit(None).await.unwrap().seq, 20);
    }

    async fn a_transaction_sees_what_was_committed_before_it(bench: &Bench) {
        let seen = bench.store.last_change().await.unwrap();
        bench.register(&somebody(1)).await.unwrap();
        let tx = bench.store.begin().await.unwrap();
        let newer = tx.changes_since(seen).await.unwrap();
        assert_eq!(newer.len(), 1);
        assert!(tx.changes_since(newer[0].seq).await.unwrap().is_empty());
        tx.rollback().await.unwrap();
    }

    async fn verification_finds_every_kind_of_edit(bench: &Bench) {
        let checkpoint = log(bench, 6).await;
        assert_eq!(bench.store.verify_audit(Some(checkpoint)).await.unwrap(), checkpoint);
        assert_eq!(Head::parse(&checkpoint.to_string()), Some(checkpoint));
        let broken_at = |found: Result<Head, StoreError>| match found {
            Err(StoreError::ChainBroken { seq }) => Some(seq),
            _ => None,
        };
        bench.run_past_the_program("UPDATE audit_leaf SET action = 'nothing' WHERE seq = 3").await;
        assert_eq!(broken_at(bench.store.verify_audit(None).await), Some(3));
        bench.run_past_the_program("UPDATE audit_leaf SET action = 'person.open' WHERE seq = 3").await;
        assert!(bench.store.verify_audit(None).await.is_ok());
        bench.run_past_the_program("DELETE FROM audit_leaf WHERE seq = 6").await;
        // A tail cut off is no break of the chain: only a checkpoint kept elsewhere tells.
        assert!(bench.store.verify_audit(None).await.is_ok());
        assert_eq!(broken_at(bench.store.verify_audit(Some(checkpoint)).await), Some(6));
        bench.run_past_the_program("DELETE FROM audit_leaf WHERE seq = 2").await;
        assert_eq!(broken_at(bench.store.verify_audit(None).await), Some(2));
    }

    async fn a_leaf_is_written_with_its_cause_or_not_at_all(bench: &Bench) {
        log(bench, 2).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.audit(&AuditEntry::on(NOW, None, "person.open", "person", None)).await.unwrap();
        tx.rollback().await.unwrap();
        let leaves = bench.store.audit_latest(None, 10).await.unwrap();
        assert_eq!(leaves.iter().map(|l| l.seq).collect::<Vec<_>>(), vec![2, 1]);
    }
}

async fn log(bench: &Bench, leaves: u32) -> Head {
    let mut tx = bench.store.begin().await.unwrap();
    let mut head = None;
    for n in 0..leaves {
        let entry = AuditEntry::on(NOW, None, "person.open", "person", Some(PersonId::fresh().0)).with("number", n);
        head = Some(tx.audit(&entry).await.unwrap());
    }
    tx.commit().await.unwrap();
    head.unwrap()
}
