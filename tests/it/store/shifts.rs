//! Shifts and places in them: one place a subject, stale edits, changed rows, erasure, restore.

use donor_registry::domain::id::{DriveId, ShiftId, SubjectId};
use donor_registry::domain::shift::TurnState;
use donor_registry::store::{Day, DriveRow, ShiftRow, StoreError, backup, restore};
use donor_registry::vault::Vault;

use super::{Bench, NOW, day, on_both, somebody};

async fn shift(bench: &Bench) -> ShiftId {
    let (drive, id) = (DriveId::fresh(), ShiftId::fresh());
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_drive(DriveRow {
        id: drive,
        number: 0,
        name: "秋季招募".to_owned(),
        place: "广场".to_owned(),
        town: None,
        day: Day(day(2026, 11, 20)),
        target: Some(60),
        donors_target: Some(20),
        donors: None,
    })
    .await
    .unwrap();
    tx.put_shift(ShiftRow { id, drive_id: drive, from_minute: 540, to_minute: 720, needed: 2, dropped_at: None }).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn put(bench: &Bench, shift: ShiftId, subject: SubjectId) {
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_turn(&bench.vault, shift, subject, (None, NOW)).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_place_in_a_shift_is_noted_once_at_a_version_and_comes_back_from_a_backup(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        let shift = shift(bench).await;
        put(bench, shift, one).await;
        put(bench, shift, other).await;
        let turns = bench.store.turns_in(&bench.vault, &[shift]).await.unwrap();
        assert_eq!(turns.iter().map(|t| (t.subject_id, t.state)).collect::<Vec<_>>(), [(one, TurnState::Planned), (other, TurnState::Planned)]);
        let mut tx = bench.store.begin().await.unwrap();
        assert!(tx.put_turn(&bench.vault, shift, one, (None, NOW)).await.is_err(), "one place a subject");
        tx.rollback().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.set_turn(&bench.vault, (turns[0].id, 1), TurnState::Came, (None, NOW)).await.unwrap();
        let stale = tx.set_turn(&bench.vault, (turns[0].id, 1), TurnState::Absent, (None, NOW)).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        assert!(matches!(tx.drop_shift(&bench.vault, shift, NOW).await, Err(StoreError::Stale)), "somebody has a place in it");
        tx.commit().await.unwrap();

        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let back = restored.turns_of(&vault, &[one]).await.unwrap();
        assert_eq!(back.iter().map(|t| t.state).collect::<Vec<_>>(), [TurnState::Came]);
        let drive = restored.drives().await.unwrap().remove(0);
        assert_eq!(drive.donors_target, Some(20));
        assert_eq!(restored.shifts_of(drive.id).await.unwrap().len(), 1);
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn an_erased_volunteer_has_no_place_any_more_and_a_changed_row_is_noticed(bench: &Bench) {
        let (one, other) = (bench.register(&somebody(1)).await.unwrap().subject, bench.register(&somebody(2)).await.unwrap().subject);
        let shift = shift(bench).await;
        put(bench, shift, one).await;
        put(bench, shift, other).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[one], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let left = bench.store.turns_in(&bench.vault, &[shift]).await.unwrap();
        assert_eq!(left.iter().map(|t| t.subject_id).collect::<Vec<_>>(), [other]);
        bench.run_past_the_program("UPDATE turn SET state = 'came'").await;
        let refused = bench.store.turns_in(&bench.vault, &[shift]).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "turn", .. })), "{refused:?}");
    }
}
