//! Donations, deferrals and blood groups: read back, counted with, erased, restored.

use donor_registry::domain::Guarded;
use donor_registry::domain::eligibility::{Deferral, Deferred, Donation, DonationKind, HealthFact, SourceOf};
use donor_registry::domain::id::SubjectId;
use donor_registry::store::{StoreError, prepare_health};

use super::{Bench, NOW, day, on_both, somebody};

fn donation(on: chrono::NaiveDate) -> Guarded<HealthFact> {
    let source = SourceOf::Station;
    let place = Some("雁江献血屋".to_owned());
    Guarded::new(HealthFact::Donation(Donation {
        kind: DonationKind::WholeBlood,
        day: on,
        millilitres: Some(400),
        units: None,
        place,
        source,
    }))
}

fn deferral(until: chrono::NaiveDate) -> Guarded<HealthFact> {
    Guarded::new(HealthFact::Deferral(Deferral { until: Some(until), source: SourceOf::Station, ended: None }))
}

async fn record(bench: &Bench, subject: SubjectId, facts: &[Guarded<HealthFact>]) {
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let prepared = facts.iter().map(|fact| prepare_health(&bench.vault, &keys, fact, None, NOW).unwrap()).collect();
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_health(prepared).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn what_was_recorded_is_read_back_and_follow_up_counts_from_it(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        record(bench, one, &[donation(day(2026, 8, 31)), deferral(day(2027, 1, 15)), deferral(day(2026, 12, 31))]).await;
        let read = bench.store.health_of(&bench.vault, &[one, other]).await.unwrap();
        assert_eq!(read.len(), 3);
        assert!(read.iter().all(|view| view.subject == one && view.at == NOW));
        assert!(read[0].fact.reveal() == donation(day(2026, 8, 31)).reveal());
        let days = bench.store.days_told(&bench.vault, Some(&[one])).await.unwrap();
        let told = &days[&one];
        assert!(told.iter().any(|d| d.history.last(DonationKind::WholeBlood) == Some(day(2026, 8, 31))));
        let until = |year, month, on| Deferred::Until(day(year, month, on));
        assert_eq!(told.last().unwrap().history.deferred(), until(2027, 1, 15), "of two deferrals the one that ends later");
        // Undone, only the shorter deferral stands and the donation is gone.
        let (gave, longer) = (read[0].id.0, read[1].id.0);
        record(bench, one, &[Guarded::new(HealthFact::Undone(gave)), Guarded::new(HealthFact::Undone(longer))]).await;
        let days = bench.store.days_told(&bench.vault, None).await.unwrap();
        assert!(days[&one].iter().all(|d| d.history.last(DonationKind::WholeBlood) != Some(day(2026, 8, 31))));
        assert_eq!(days[&one].last().unwrap().history.deferred(), until(2026, 12, 31));
    }

    async fn nothing_of_an_erased_donor_opens_and_a_changed_row_is_noticed(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        record(bench, one, &[donation(day(2026, 8, 31))]).await;
        record(bench, other, &[donation(day(2026, 9, 30))]).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[one], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.health_of(&bench.vault, &[one]).await.unwrap().is_empty());
        assert_eq!(bench.store.health_of(&bench.vault, &[one, other]).await.unwrap().len(), 1);
        bench.run_past_the_program("UPDATE health_fact SET recorded_at = recorded_at + 1").await;
        let refused = bench.store.health_of(&bench.vault, &[other]).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "health_fact", .. })), "{refused:?}");
    }
}
