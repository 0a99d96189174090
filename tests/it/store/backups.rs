//! Backup and restore.

use donor_registry::domain::id::{DeploymentId, PersonId};
use donor_registry::store::{AuditEntry, DATA_FILE, ErasureRow, KEYS_FILE, Place, StoreError, StoreUrl, backup, restore};
use donor_registry::vault::{KeyRow, RootKey, Vault};

use super::imports::staged;
use super::queues::message;
use super::{Bench, NOW, on_both, somebody};

on_both! {
    async fn a_restored_registry_equals_the_one_backed_up(bench: &Bench) {
        let people = fill(bench).await;
        let folder = tempfile::tempdir().unwrap();
        let written = backup(&bench.store, folder.path(), NOW).await.unwrap();
        assert_eq!(written.rows["record"], 150);
        let fresh = bench.fresh_place().await;
        let (restored, report) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        assert_eq!(report, written);
        assert_eq!(restored.deployment(), bench.store.deployment());
        assert_eq!(restored.verify_audit(Some(written.head)).await.unwrap().seq, 1);
        for person in people {
            let (was, is) = (bench.store.person(&bench.vault, person).await, restored.person(&vault, person).await);
            let (was, is) = (was.unwrap().unwrap(), is.unwrap().unwrap());
            let told = |view: &donor_registry::store::PersonView| {
                let record = view.records().next().unwrap();
                let name = record.identity.as_ref().unwrap().reveal().name.as_str().to_owned();
                let phone = record.contact.as_ref().unwrap().reveal().phones[0].as_str().to_owned();
                (name, phone, view.row.clone(), view.enrolments().cloned().collect::<Vec<_>>())
            };
            assert_eq!(told(&was), told(&is));
        }
        assert!(restored.queues_paused().await.unwrap());
        let mut tx = restored.begin().await.unwrap();
        assert!(tx.claim_messages(NOW, NOW.plus_seconds(60), 10).await.unwrap().is_empty());
        tx.rollback().await.unwrap();
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn an_erasure_after_the_backup_is_replayed(bench: &Bench) {
        let admitted = bench.register(&somebody(1)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[admitted.subject], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let journal = bench.store.erasures().await.unwrap();
        let fresh = tempfile::tempdir().unwrap();
        let (store, _) = restore(&StoreUrl::folder(fresh.path()), folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, journal))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, store.deployment(), &store.keyring().await.unwrap()).unwrap();
        let view = store.person(&vault, admitted.person).await.unwrap().unwrap();
        assert!(view.records().all(|r| r.identity.is_none()));
        store.close().await.unwrap();
    }

    async fn a_damaged_mixed_or_foreign_backup_restores_nothing(bench: &Bench) {
        bench.register(&somebody(1)).await.unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        backup(&bench.store, one.path(), NOW).await.unwrap();
        backup(&bench.store, two.path(), NOW).await.unwrap();
        assert!(matches!(backup(&bench.store, one.path(), NOW).await, Err(StoreError::File { .. })));
        let fresh = tempfile::tempdir().unwrap();
        let url = StoreUrl::folder(fresh.path());
        fn open(root: &RootKey) -> impl FnOnce(DeploymentId, &[KeyRow]) -> Result<(Vault, Vec<ErasureRow>), StoreError> + '_ {
            move |deployment, rows| Ok((Vault::open(root, deployment, rows)?, Vec::new()))
        }
        // Files of two backups.
        let mixed = tempfile::tempdir().unwrap();
        std::fs::copy(one.path().join(DATA_FILE), mixed.path().join(DATA_FILE)).unwrap();
        std::fs::copy(two.path().join(KEYS_FILE), mixed.path().join(KEYS_FILE)).unwrap();
        assert!(matches!(restore(&url, mixed.path(), open(&bench.root)).await, Err(StoreError::Backup(_))));
        // Another root key.
        let stranger = RootKey::generate().unwrap();
        assert!(matches!(restore(&url, one.path(), open(&stranger)).await, Err(StoreError::Vault(_))));
        // One changed figure, one line less, a file cut short.
        let text = std::fs::read_to_string(one.path().join(DATA_FILE)).unwrap();
        let record = text.lines().position(|l| l.starts_with(r#"{"t":"enrolment""#)).unwrap();
        let changed = text.replace(r#""status":"registered""#, r#""status":"enrolled""#);
        assert_ne!(changed, text);
        let without: String = text.lines().enumerate().filter(|(i, _)| *i != record).map(|(_, l)| format!("{l}\n")).collect();
        let cut: String = text.lines().take(record).map(|l| format!("{l}\n")).collect();
        for wrong in [changed, without, cut] {
            std::fs::write(one.path().join(DATA_FILE), wrong).unwrap();
            let restored = restore(&url, one.path(), open(&bench.root)).await;
            assert!(matches!(restored, Err(StoreError::Backup(_))), "{restored:?}");
        }
        // Nothing of all this was left behind.
        restore(&url, two.path(), open(&bench.root)).await.unwrap().0.close().await.unwrap();
        let again = restore(&url, two.path(), open(&bench.root)).await;
        assert!(matches!(again, Err(StoreError::NotEmpty)), "{again:?}");
    }
}

/// 150 people, a draft import, a queued message, a log entry.
async fn fill(bench: &Bench) -> Vec<PersonId> {
    let mut tx = bench.store.begin().await.unwrap();
    let records = (0..150).map(|n| (bench.prepared(&somebody(n), true), Place::New(PersonId::fresh()))).collect();
    let admitted = tx.admit(&bench.vault, records, None, NOW).await.unwrap();
    tx.put_messages(vec![message(&admitted[0], 1)]).await.unwrap();
    tx.audit(&AuditEntry::on(NOW, None, "import.admit", "import", None)).await.unwrap();
    tx.commit().await.unwrap();
    staged(bench, 5, b"draft").await;
    admitted.into_iter().map(|a| a.person).collect()
}
