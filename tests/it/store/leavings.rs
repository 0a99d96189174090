//! How leaving was told: read back, restored, unreadable once erased, and a changed row noticed. And the time of a step that was not noted at once.

use donor_registry::domain::Guarded;
use donor_registry::domain::id::SubjectId;
use donor_registry::domain::leaving::{HowTold, LeaveChannel, Leaving, ToldBy};
use donor_registry::domain::registry::{ExitReason, Registry};
use donor_registry::store::{MatterDraft, MatterKind, StepDraft, StoreError, backup, prepare_leaving, restore};
use donor_registry::vault::Vault;

use super::{Bench, NOW, day, on_both, somebody};

async fn record(bench: &Bench, subject: SubjectId, note: &str) {
    let how = HowTold { channel: LeaveChannel::Letter, note: Some(Guarded::new(note.to_owned())), ..HowTold::today(day(2026, 11, 20)) };
    let leaving = Leaving::of(Registry::StemCell, ExitReason::Withdrew, &how);
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_leavings(vec![prepare_leaving(&bench.vault, &keys, &leaving, None, NOW).unwrap()]).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn how_leaving_was_told_is_read_back_and_after_a_restore(bench: &Bench) {
        let subject = bench.register(&somebody(1)).await.unwrap().subject;
        record(bench, subject, "柜 3").await;
        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let here = bench.store.leavings_of(&bench.vault, &[subject]).await.unwrap();
        let there = restored.leavings_of(&vault, &[subject]).await.unwrap();
        for read in [here, there] {
            assert_eq!(read.len(), 1);
            let told = Leaving::told(&read[0].fact);
            assert_eq!((told.day, told.told), (day(2026, 11, 20), Some((LeaveChannel::Letter, ToldBy::Myself))));
            assert_eq!(Leaving::note(&read[0].fact).map(|note| note.reveal().clone()).as_deref(), Some("柜 3"));
        }
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn what_an_erased_person_told_cannot_be_read_and_a_changed_row_is_noticed(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        record(bench, one, "柜 3").await;
        record(bench, other, "柜 4").await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[one], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.leavings_of(&bench.vault, &[one]).await.unwrap().is_empty());
        assert_eq!(bench.store.leavings_of(&bench.vault, &[one, other]).await.unwrap().len(), 1);
        bench.run_past_the_program("UPDATE leave_fact SET recorded_at = recorded_at + 1").await;
        let refused = bench.store.leavings_of(&bench.vault, &[other]).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "leave_fact", .. })), "{refused:?}");
    }

    async fn the_time_of_a_step_is_kept_and_nobody_changes_or_drops_it(bench: &Bench) {
        let subject = bench.register(&somebody(1)).await.unwrap().subject;
        let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
        let report = Guarded::new(String::from("x"));
        let kind = (MatterKind::Death, "reported");
        let draft = MatterDraft::of(&bench.vault, Some((&keys, &report)), kind, (NOW, None, None), (None, NOW)).unwrap();
        let step = |at| StepDraft::of(&bench.vault, draft.id(), ("opened", None), day(2026, 11, 20), (None, NOW), None).unwrap().at(at);
        let (id, steps) = (draft.id(), vec![step(Some(NOW)), step(None)]);
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_matter(&bench.vault, draft.clone(), steps).await.unwrap();
        tx.commit().await.unwrap();
        let (row, _) = bench.store.matter::<String>(&bench.vault, id).await.unwrap().expect("it was stored");
        let read = bench.store.matter_steps(&bench.vault, &row).await.unwrap();
        assert_eq!(read.iter().map(|(step, _)| step.happened_at).collect::<Vec<_>>(), [Some(NOW), None]);
        for change in ["happened_at = 1", "happened_at = NULL"] {
            bench.run_past_the_program(&format!("UPDATE matter_step SET {change} WHERE number = 1")).await;
            let refused = bench.store.matter_steps(&bench.vault, &row).await;
            assert!(matches!(refused, Err(StoreError::Tampered { table: "matter_step", .. })), "{change}: {refused:?}");
        }
    }
}
