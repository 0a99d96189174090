//! Staged imports.

use donor_registry::domain::Guarded;
use donor_registry::domain::fact::Channel;
use donor_registry::domain::id::{ImportId, ImportRowId, PersonId};
use donor_registry::domain::registry::Registry;
use donor_registry::domain::source::ImportSource;
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{
    ImportRow, ImportState, Occasion, Opaque, Origin, Place, RowAdmission, RowOutcome, StagedRow, StoreError, prepare, seal_source,
};

use super::{Bench, NOW, day, name_of, on_both, somebody};

on_both! {
    async fn a_staged_import_is_seen_by_nobody_and_then_by_all(bench: &Bench) {
        let id = staged(bench, 120, b"file").await;
        assert!(bench.store.person_page(None, 10).await.unwrap().is_empty());
        assert!(bench.store.people(&bench.vault).next().await.unwrap().is_none());
        let rows = read(bench, id).await;
        let first = bench.store.open_staged(&bench.vault, rows[0].row.prepared.as_ref().unwrap()).unwrap();
        assert_eq!(first.identity.unwrap().reveal().name.as_str(), name_of(0));
        let mut tx = bench.store.begin().await.unwrap();
        let admitted = tx.admit_import(&bench.vault, id, rows, "{}", None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(admitted.len(), 120);
        assert_eq!(bench.store.person_page(None, 500).await.unwrap().len(), 120);
        let rows = bench.store.import_rows(id, 0, 500).await.unwrap();
        assert_eq!(rows.len(), 121);
        assert_eq!(rows.iter().filter(|r| r.admitted.is_some()).count(), 120);
        assert!(rows.iter().all(|r| r.prepared.is_none()));
        assert_eq!(rows[1].admitted.as_ref().unwrap().public_id, admitted[0].public_id);
        let import = bench.store.admitted_import(b"file", Registry::Blood).await.unwrap().unwrap();
        assert_eq!(import.id, id);
        let source = import.source(&bench.vault).unwrap().unwrap();
        assert_eq!((source.reveal().file.as_str(), source.reveal().sheet.as_str()), ("drive.xlsx", "报名表"));
    }

    async fn an_import_that_fails_half_way_leaves_nothing(bench: &Bench) {
        bench.register(&somebody(99)).await.unwrap();
        let id = staged(bench, 120, b"file").await;
        let rows = read(bench, id).await;
        let mut tx = bench.store.begin().await.unwrap();
        let refused = tx.admit_import(&bench.vault, id, rows, "{}", None, NOW).await;
        assert!(matches!(refused, Err(StoreError::ClaimTaken { .. })), "{refused:?}");
        drop(tx);
        assert_eq!(bench.store.person_page(None, 500).await.unwrap().len(), 1);
        assert_eq!(bench.store.import(id).await.unwrap().unwrap().state, ImportState::Draft);
        // The row that cannot claim gives up its claim; the rest goes in as it is.
        let mut rows = read(bench, id).await;
        let row = rows.iter_mut().find(|r| r.row.number == 102).unwrap();
        row.row.prepared.as_mut().unwrap().unverify(&bench.vault).unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.admit_import(&bench.vault, id, rows, "{}", None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.person_page(None, 500).await.unwrap().len(), 121);
    }

    async fn the_same_bytes_are_admitted_once(bench: &Bench) {
        let (first, second) = (staged(bench, 3, b"same").await, staged_from(bench, 50, 3, b"same").await);
        let mut tx = bench.store.begin().await.unwrap();
        tx.admit_import(&bench.vault, first, read(bench, first).await, "{}", None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        let again = tx.admit_import(&bench.vault, second, read(bench, second).await, "{}", None, NOW).await;
        assert!(matches!(again, Err(StoreError::AlreadyAdmitted)), "{again:?}");
        let twice = tx.admit_import(&bench.vault, first, Vec::new(), "{}", None, NOW).await;
        assert!(matches!(twice, Err(StoreError::Stale)), "{twice:?}");
    }

    async fn a_stale_draft_expires_with_its_rows(bench: &Bench) {
        let id = staged(bench, 4, b"old").await;
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.expire_drafts(NOW).await.unwrap(), 0);
        assert_eq!(tx.expire_drafts(Timestamp(NOW.0 + 1)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(bench.store.import_rows(id, 0, 10).await.unwrap().is_empty());
        assert_eq!(bench.store.import(id).await.unwrap().unwrap().state, ImportState::Discarded);
    }
}

pub async fn staged(bench: &Bench, count: u32, fingerprint: &[u8]) -> ImportId {
    staged_from(bench, 0, count, fingerprint).await
}

/// Stages a sheet with a title row and `count` people.
async fn staged_from(bench: &Bench, first: u32, count: u32, fingerprint: &[u8]) -> ImportId {
    let id = ImportId::fresh();
    let row = ImportRow {
        id,
        fingerprint: Opaque(fingerprint.to_vec()),
        registry: Registry::Blood,
        sealed_source: Some(seal_source(&bench.vault, id, &Guarded::new(ImportSource::of("drive.xlsx", "报名表"))).unwrap()),
        profile: "2026".to_owned(),
        judged_on: None,
        drive_id: None,
        state: ImportState::Draft,
        created_at: NOW,
        created_by: None,
        admitted_at: None,
        totals: "{}".to_owned(),
    };
    let mut rows = vec![StagedRow {
        id: ImportRowId::fresh(),
        number: 1,
        outcome: RowOutcome::Skipped,
        problems: String::new(),
        prepared: None,
        admitted: None,
    }];
    for n in 0..count {
        let row = ImportRowId::fresh();
        let occasion = Occasion {
            origin: Origin::Import,
            channel: Channel::Import,
            at: NOW,
            today: day(2026, 11, 23),
            drive: None,
            import: Some((id, row)),
            verified: true,
        };
        rows.push(StagedRow {
            id: row,
            number: i64::from(n) + 3,
            outcome: RowOutcome::Accepted,
            problems: "missing_phone".to_owned(),
            prepared: Some(prepare(&bench.vault, &somebody(first + n), occasion).unwrap()),
            admitted: None,
        });
    }
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_import(row).await.unwrap();
    for part in rows.chunks(50) {
        tx.stage_rows(id, part).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

pub async fn read(bench: &Bench, id: ImportId) -> Vec<RowAdmission> {
    let rows = bench.store.import_rows(id, 0, 100_000).await.unwrap().into_iter().filter(|r| r.prepared.is_some());
    rows.map(|row| RowAdmission { row, place: Place::New(PersonId::fresh()), known: false }).collect()
}
