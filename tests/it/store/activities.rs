//! Activities: rows that are added and never changed, a striking out behind each at most, changed rows, restore.

use donor_registry::domain::activity::{ActivityKind, ActivityPlace};
use donor_registry::domain::id::ActivityId;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::town::TownCode;
use donor_registry::store::{ActivityRow, Day, Opaque, StoreError, backup, restore};
use donor_registry::vault::Vault;

use super::{Bench, NOW, day, on_both};

fn row(of_march: u32) -> ActivityRow {
    ActivityRow {
        id: ActivityId::fresh(),
        kind: ActivityKind::Mobilisation,
        registry: Registry::StemCell,
        held_on: Day(day(2026, 3, of_march)),
        place: ActivityPlace::School,
        town: (of_march > 5).then_some(TownCode(512_002_116)),
        reached: 40,
        leaflets: 0,
        staff_there: 2,
        volunteers_there: 3,
        at: NOW,
        by_staff: None,
        row_version: 1,
        row_mac: Opaque(Vec::new()),
    }
}

async fn put(bench: &Bench, of_march: u32) -> ActivityId {
    let row = row(of_march);
    let id = row.id;
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_activity(&bench.vault, row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

on_both! {
    async fn an_activity_is_struck_out_once_and_both_come_back_from_a_backup(bench: &Bench) {
        let (one, other, third) = (put(bench, 5).await, put(bench, 6).await, put(bench, 5).await);
        let before = bench.store.last_change().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.strike_activity(&bench.vault, one, (None, NOW)).await.unwrap();
        assert!(matches!(tx.strike_activity(&bench.vault, one, (None, NOW)).await, Err(StoreError::Stale)));
        let unknown = tx.strike_activity(&bench.vault, ActivityId::fresh(), (None, NOW)).await;
        assert!(matches!(unknown, Err(StoreError::Missing("activity"))));
        tx.commit().await.unwrap();
        assert_eq!(bench.store.last_change().await.unwrap(), before + 1, "every process is told of it");
        let all = bench.store.activities(&bench.vault, None, None, 10).await.unwrap();
        assert_eq!(all.iter().map(|view| (view.row.id, view.struck.is_some())).collect::<Vec<_>>(), [(other, false), (third, false), (one, true)]);
        let place = (Day(day(2026, 3, 5)), third);
        let behind = bench.store.activities(&bench.vault, None, Some(place), 10).await.unwrap();
        assert_eq!(behind.iter().map(|view| view.row.id).collect::<Vec<_>>(), [one]);
        let within = (Day(day(2026, 3, 6)), Day(day(2026, 12, 31)));
        let of_the_year = bench.store.activities(&bench.vault, Some(within), None, 10).await.unwrap();
        assert_eq!(of_the_year.iter().map(|view| view.row.id).collect::<Vec<_>>(), [other]);

        let folder = tempfile::tempdir().unwrap();
        let written = backup(&bench.store, folder.path(), NOW).await.unwrap();
        assert_eq!((written.rows["activity"], written.rows["activity_strike"]), (3, 1));
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        assert_eq!(restored.activities(&vault, None, None, 10).await.unwrap(), all);
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn a_changed_activity_is_not_counted_and_a_changed_striking_out_is_noticed(bench: &Bench) {
        let id = put(bench, 5).await;
        let mut tx = bench.store.begin().await.unwrap();
        tx.strike_activity(&bench.vault, id, (None, NOW)).await.unwrap();
        tx.commit().await.unwrap();
        bench.run_past_the_program("UPDATE activity_strike SET at = at + 1").await;
        let refused = bench.store.activities(&bench.vault, None, None, 10).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "activity_strike", .. })), "{refused:?}");
        bench.run_past_the_program("UPDATE activity_strike SET at = at - 1").await;
        bench.run_past_the_program("UPDATE activity SET reached = 99999").await;
        let refused = bench.store.activities(&bench.vault, None, None, 10).await;
        assert!(matches!(refused, Err(StoreError::Tampered { table: "activity", .. })), "{refused:?}");
    }
}
