//! What is recorded of volunteers: read back in order, erased, restored, and a changed row noticed.

use donor_registry::domain::Guarded;
use donor_registry::domain::id::SubjectId;
use donor_registry::domain::volunteer::{Quarters, ServiceFact, Skill};
use donor_registry::store::{StoreError, backup, prepare_service, restore};
use donor_registry::vault::Vault;

use super::{Bench, NOW, day, on_both, somebody};

fn hours(quarters: u32) -> Guarded<ServiceFact> {
    let what = "献血宣传".to_owned();
    Guarded::new(ServiceFact::Hours { day: day(2026, 11, 20), quarters: Quarters(quarters), what, drive: None, turn: None })
}

fn certificate() -> Guarded<ServiceFact> {
    Guarded::new(ServiceFact::Certificate { number: "JH-0417-2026".into(), issued: day(2026, 1, 1), expires: day(2028, 12, 31) })
}

async fn record(bench: &Bench, subject: SubjectId, facts: &[Guarded<ServiceFact>]) {
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let prepared = facts.iter().map(|fact| prepare_service(&bench.vault, &keys, fact, None, NOW).unwrap()).collect();
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_service(prepared).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn what_was_recorded_of_a_volunteer_is_read_back_in_order_and_after_a_restore(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        let skills = Guarded::new(ServiceFact::Skills { skills: vec![Skill::Driving], town: None });
        record(bench, one, &[hours(6), certificate()]).await;
        record(bench, other, &[skills]).await;
        let read = bench.store.service_of(&bench.vault, &[one, other]).await.unwrap();
        assert_eq!(read.len(), 3);
        assert!(read[0].fact.reveal() == hours(6).reveal() && read[1].fact.reveal() == certificate().reveal());
        assert!(read[2].subject == other && read.iter().all(|v| v.at == NOW && v.by.is_none()));

        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let again = restored.service_of(&vault, &[one, other]).await.unwrap();
        assert_eq!(again.iter().map(|v| v.id).collect::<Vec<_>>(), read.iter().map(|v| v.id).collect::<Vec<_>>());
        assert!(again[1].fact.reveal() == certificate().reveal());
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn nothing_of_an_erased_volunteer_is_kept_and_a_changed_row_is_noticed(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        record(bench, one, &[hours(4)]).await;
        record(bench, other, &[hours(8)]).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[one], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.service_of(&bench.vault, &[one]).await.unwrap().is_empty());
        assert_eq!(bench.store.service_of(&bench.vault, &[one, other]).await.unwrap().len(), 1);
        bench.run_past_the_program("UPDATE service_fact SET recorded_at = recorded_at + 1").await;
        let refused = bench.store.service_of(&bench.vault, &[other]).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "service_fact", .. })), "{refused:?}");
    }
}
