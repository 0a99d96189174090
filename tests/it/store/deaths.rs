//! Deaths with their day and source: read back, restored, unreadable once erased, and a changed row noticed.

use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::id::SubjectId;
use donor_registry::store::{StoreError, backup, prepare_death, restore};
use donor_registry::vault::Vault;

use super::{Bench, NOW, day, on_both, somebody};

fn death(on: u32, told_by: DeathSource) -> Guarded<Death> {
    Guarded::new(Death { day: day(2026, 11, on), told_by })
}

async fn record(bench: &Bench, subject: SubjectId, death: &Guarded<Death>) {
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_deaths(vec![prepare_death(&bench.vault, &keys, death, None, NOW).unwrap()]).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_death_is_read_back_as_it_was_told_and_after_a_restore(bench: &Bench) {
        let subject = bench.register(&somebody(1)).await.unwrap().subject;
        record(bench, subject, &death(20, DeathSource::Hospital)).await;
        let read = bench.store.deaths_of(&bench.vault, &[subject]).await.unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(Death::told(&read[0].fact), (day(2026, 11, 20), DeathSource::Hospital));

        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let again = restored.deaths_of(&vault, &[subject]).await.unwrap();
        assert_eq!(again.iter().map(|v| v.id).collect::<Vec<_>>(), read.iter().map(|v| v.id).collect::<Vec<_>>());
        assert_eq!(Death::told(&again[0].fact), (day(2026, 11, 20), DeathSource::Hospital));
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn the_death_of_an_erased_person_cannot_be_read_and_a_changed_row_is_noticed(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        record(bench, one, &death(20, DeathSource::Family)).await;
        record(bench, other, &death(21, DeathSource::Other)).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[one], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.deaths_of(&bench.vault, &[one]).await.unwrap().is_empty());
        assert_eq!(bench.store.deaths_of(&bench.vault, &[one, other]).await.unwrap().len(), 1);
        bench.run_past_the_program("UPDATE death_fact SET recorded_at = recorded_at + 1").await;
        let refused = bench.store.deaths_of(&bench.vault, &[other]).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "death_fact", .. })), "{refused:?}");
    }
}
