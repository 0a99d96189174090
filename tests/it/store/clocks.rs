//! Outside registers, match requests, death notices, emergency openings.

use donor_registry::domain::Guarded;
use donor_registry::domain::care::{Beneficiary, CareKind, Cents, Fund};
use donor_registry::domain::id::{StaffId, SubjectId};
use donor_registry::domain::outside::{NotNow, OutsideCause, OutsideState, OutsideSystem};
use donor_registry::domain::place::DayPlace;
use donor_registry::store::{
    CaseOwner, MatterDraft, MatterKind, MatterRow, RecallRow, RightsRow, SealedEvidence, SealedGrid, SealedNumber, StepDraft, StoreError,
    Verdict, backup, restore,
};
use donor_registry::vault::Vault;
use uuid::Uuid;

use super::{Bench, NOW, day, on_both, somebody};

const ON: (i32, u32, u32) = (2026, 11, 23);

fn text(of: &str) -> Guarded<String> {
    Guarded::new(of.to_owned())
}

async fn enter(bench: &Bench, subject: SubjectId, number: &str) -> Result<(), NotNow> {
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let sealed = SealedNumber::of(&bench.vault, &keys, OutsideSystem::Cmdp, &text(number), [number.len() as u8; 32]).unwrap();
    let mut tx = bench.store.begin().await.unwrap();
    let entered = tx.outside_enter(&bench.vault, sealed, day(ON.0, ON.1, ON.2), None, NOW).await.unwrap();
    if entered.is_ok() {
        tx.commit().await.unwrap();
    }
    entered.map(|_| ())
}

async fn follow(bench: &Bench, subject: SubjectId, cause: OutsideCause) -> u64 {
    let mut tx = bench.store.begin().await.unwrap();
    let told = (day(ON.0, ON.1, ON.2), None, NOW);
    let opened = tx.outside_follow(&bench.vault, &[subject], &OutsideSystem::ALL, cause, told).await.unwrap();
    tx.commit().await.unwrap();
    opened
}

async fn notice(bench: &Bench, subject: SubjectId) -> MatterRow {
    let keys = bench.store.subject_keys(&bench.vault, subject).await.unwrap();
    let words = (MatterKind::Death, "reported");
    let draft = MatterDraft::of(&bench.vault, Some((&keys, &text("16000000932"))), words, (NOW, None, Some(NOW)), (None, NOW)).unwrap();
    let id = draft.id();
    let step = StepDraft::of(&bench.vault, id, ("opened", Some("family")), day(ON.0, ON.1, ON.2), (None, NOW), None).unwrap();
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_matter(&bench.vault, draft, vec![step]).await.unwrap();
    tx.commit().await.unwrap();
    bench.store.open_matters(&bench.vault, MatterKind::Death, 10).await.unwrap().pop().unwrap()
}

on_both! {
    async fn whoever_leaves_stands_on_the_red_list_until_somebody_has_seen_to_it(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        enter(bench, a.subject, "CMDP-1").await.unwrap();
        assert_eq!(bench.store.count_outside_due().await.unwrap(), 0);
        assert_eq!(follow(bench, a.subject, OutsideCause::Withdrew).await, 1);
        assert_eq!(follow(bench, a.subject, OutsideCause::Died).await, 0, "it is due once");
        let due = bench.store.outside_due(&bench.vault, None, 10).await.unwrap().remove(0);
        assert_eq!((due.state, due.cause), (OutsideState::WithdrawalDue, Some(OutsideCause::Withdrew)));
        assert_eq!(enter(bench, a.subject, "CMDP-2").await, Err(NotNow { key: "outside-withdraw-first" }));
        let view = bench.store.outside(&bench.vault, due.id).await.unwrap().unwrap();
        assert_eq!(view.number.unwrap().reveal(), "CMDP-1");
        assert_eq!(bench.store.by_outside_number(&bench.vault, OutsideSystem::Cmdp, [6; 32]).await.unwrap(), Some(a.subject));
        assert_eq!(bench.store.by_outside_number(&bench.vault, OutsideSystem::School, [6; 32]).await.unwrap(), None);

        let keys = bench.store.subject_keys(&bench.vault, a.subject).await.unwrap();
        let evidence = || SealedEvidence::of(&bench.vault, &keys, &text("回执 17")).unwrap();
        let told = (day(2026, 11, 24), Some(StaffId::fresh()), NOW);
        let mut tx = bench.store.begin().await.unwrap();
        let stale = tx.outside_done(&bench.vault, (due.id, due.row_version - 1), evidence(), told).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        tx.outside_done(&bench.vault, (due.id, due.row_version), evidence(), told).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_outside_due().await.unwrap(), 0);
        let steps = bench.store.outside_steps(&bench.vault, &[due.id]).await.unwrap();
        assert_eq!(steps.len(), 3, "entered, due, done");
        assert_eq!(steps[2].1.as_ref().unwrap().reveal(), "回执 17");
        assert_eq!(steps[2].0.day.0, day(2026, 11, 24));
        enter(bench, a.subject, "CMDP-3").await.unwrap();
    }

    async fn each_list_goes_on_behind_the_last_line_of_a_page(bench: &Bench) {
        let (a, b) = (bench.register(&somebody(1)).await.unwrap(), bench.register(&somebody(2)).await.unwrap());
        for (of, number) in [(&a, "CMDP-1"), (&b, "CMDP-22")] {
            enter(bench, of.subject, number).await.unwrap();
            follow(bench, of.subject, OutsideCause::Withdrew).await;
        }
        let first = bench.store.outside_due(&bench.vault, None, 1).await.unwrap().remove(0);
        let behind = Some(DayPlace { day: first.since.0, id: first.id.0 });
        let rest = bench.store.outside_due(&bench.vault, behind, 10).await.unwrap();
        assert_eq!(rest.iter().map(|row| row.id != first.id).collect::<Vec<_>>(), [true], "two of one day: each on one page");

        let request = |day_of: u32| RightsRow {
            id: Uuid::now_v7(),
            person_id: a.person,
            kind: "copy".to_owned(),
            received_on: day(2026, 11, 1).into(),
            due_on: day(2026, 11, day_of).into(),
            recorded_at: NOW,
            recorded_by: None,
            answered_at: None,
            answered_by: None,
            granted: None,
            row_version: 1,
            asked_by: "self".to_owned(),
            proof: None,
            refusal: None,
            done_how: None,
        };
        let recall = |number: &str| RecallRow {
            id: Uuid::now_v7(),
            number: number.to_owned(),
            abo: None,
            rh: "negative".to_owned(),
            kind: "whole-blood".to_owned(),
            towns: "512002001".to_owned(),
            until: day(2026, 12, 1).into(),
            recorded_at: NOW,
            recorded_by: None,
            closed_at: None,
        };
        let mut tx = bench.store.begin().await.unwrap();
        for day_of in [20, 18, 20] {
            tx.put_rights(request(day_of)).await.unwrap();
        }
        for number in ["R-1", "R-2"] {
            tx.put_recall(recall(number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let page = bench.store.open_rights(None, 2).await.unwrap();
        let behind = Some(DayPlace { day: page[1].due_on.0, id: page[1].id });
        let rest = bench.store.open_rights(behind, 10).await.unwrap();
        let days: Vec<_> = page.iter().chain(&rest).map(|row| row.due_on.0).collect();
        assert_eq!(days, [day(2026, 11, 18), day(2026, 11, 20), day(2026, 11, 20)]);
        let latest = bench.store.recalls(None, 1).await.unwrap().remove(0);
        let older = bench.store.recalls(Some(latest.id), 10).await.unwrap();
        assert_eq!((latest.number.as_str(), older.len(), older[0].number.as_str()), ("R-2", 1, "R-1"));
    }

    async fn a_state_or_step_changed_past_the_program_is_noticed(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        enter(bench, a.subject, "CMDP-1").await.unwrap();
        follow(bench, a.subject, OutsideCause::Withdrew).await;
        let one = notice(bench, a.subject).await;
        bench.run_past_the_program("UPDATE outside SET state = 'withdrawn'").await;
        assert!(matches!(bench.store.outside_of(&bench.vault, &[a.subject]).await, Err(StoreError::Tampered { table: "outside", .. })));
        bench.run_past_the_program("UPDATE matter_step SET code = 'hospital'").await;
        let steps = bench.store.matter_steps(&bench.vault, &one).await;
        assert!(matches!(steps, Err(StoreError::Tampered { table: "matter_step", .. })));
        bench.run_past_the_program("UPDATE matter SET phase = 'realised'").await;
        let read = bench.store.matter::<String>(&bench.vault, one.id).await;
        assert!(matches!(read, Err(StoreError::Tampered { table: "matter", .. })));
    }

    async fn a_matter_takes_its_steps_one_after_the_other(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let row = notice(bench, a.subject).await;
        let step = |act| StepDraft::of(&bench.vault, row.id, (act, None), day(ON.0, ON.1, ON.2), (None, NOW), None).unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.step_matter(&bench.vault, (row.id, row.row_version), "agreed", (None, false), step("kin-agreed")).await.unwrap();
        let stale = tx.step_matter(&bench.vault, (row.id, row.row_version), "agreed", (None, false), step("kin-agreed")).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        tx.step_matter(&bench.vault, (row.id, row.row_version + 1), "not-realised", (None, true), step("kin-objected")).await.unwrap();
        tx.commit().await.unwrap();
        let (now, report) = bench.store.matter::<String>(&bench.vault, row.id).await.unwrap().unwrap();
        assert_eq!((now.phase.as_str(), now.closed_at), ("not-realised", Some(NOW)));
        assert_eq!(report.unwrap().reveal(), "16000000932");
        let steps = bench.store.matter_steps(&bench.vault, &now).await.unwrap();
        assert_eq!(steps.iter().map(|(s, _)| (s.number, s.act.as_str())).collect::<Vec<_>>(), [
            (1, "opened"),
            (2, "kin-agreed"),
            (3, "kin-objected"),
        ]);
        assert_eq!(bench.store.count_open_matters(MatterKind::Death).await.unwrap(), 0);
    }

    async fn an_emergency_opening_is_reviewed_once_and_by_somebody_else(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let row = notice(bench, a.subject).await;
        let (opener, other) = (StaffId::fresh(), StaffId::fresh());
        let mut tx = bench.store.begin().await.unwrap();
        let until = day(2026, 11, 25);
        assert!(tx.put_opening(&bench.vault, row.id, opener, "call-family", until, NOW).await.unwrap());
        assert!(!tx.put_opening(&bench.vault, row.id, opener, "call-family", until, NOW).await.unwrap(), "one until it is reviewed");
        tx.commit().await.unwrap();
        let waiting = bench.store.openings_to_review(&bench.vault).await.unwrap().remove(0);
        let mut tx = bench.store.begin().await.unwrap();
        let own = tx.review_opening(&bench.vault, waiting.id, opener, Verdict::Justified, NOW).await;
        assert!(matches!(own, Err(StoreError::Missing(_))), "nobody reviews their own");
        tx.review_opening(&bench.vault, waiting.id, other, Verdict::Questioned, NOW).await.unwrap();
        let twice = tx.review_opening(&bench.vault, waiting.id, other, Verdict::Justified, NOW).await;
        assert!(matches!(twice, Err(StoreError::Missing(_))));
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_openings(NOW).await.unwrap(), (0, 1));
        assert_eq!(bench.store.openings_of(&bench.vault, row.id).await.unwrap()[0].verdict, Some(Verdict::Questioned));
    }

    async fn clocks_and_states_come_back_from_a_backup(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        enter(bench, a.subject, "CMDP-1").await.unwrap();
        follow(bench, a.subject, OutsideCause::Died).await;
        let row = notice(bench, a.subject).await;
        let folder = tempfile::tempdir().unwrap();
        backup(&bench.store, folder.path(), NOW).await.unwrap();
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        assert_eq!(restored.outside_due(&vault, None, 10).await.unwrap(), bench.store.outside_due(&bench.vault, None, 10).await.unwrap());
        let (back, report) = restored.matter::<String>(&vault, row.id).await.unwrap().unwrap();
        assert_eq!((back, report.unwrap().reveal().as_str()), (row, "16000000932"));
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn a_grid_is_found_by_its_digest_comes_back_from_a_backup_and_goes_with_an_erasure(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let keys = bench.store.subject_keys(&bench.vault, a.subject).await.unwrap();
        for (at, of, tag) in [(0, "6939DKM001392612726", [1; 32]), (1, "6939DKM001392612827", [2; 32])] {
            let told = (None, NOW.plus_seconds(at));
            let sealed = SealedGrid::of(&bench.vault, &keys, (&text(of), tag), day(ON.0, ON.1, ON.2), told).unwrap();
            let mut tx = bench.store.begin().await.unwrap();
            tx.put_grid(sealed).await.unwrap();
            tx.commit().await.unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(backup(&bench.store, folder.path(), NOW).await.unwrap().rows["grid"], 2);
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let last = restored.grids_of(&vault, &[a.subject]).await.unwrap().pop().unwrap();
        assert_eq!(last.text.unwrap().reveal(), "6939DKM001392612827", "the last one entered counts");
        let mut tx = restored.begin().await.unwrap();
        assert_eq!(tx.by_grid(&vault, [1; 32]).await.unwrap(), [a.subject]);
        tx.erase(&vault, &[a.subject], NOW).await.unwrap();
        assert!(tx.by_grid(&vault, [1; 32]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        assert!(restored.grids_of(&vault, &[a.subject]).await.unwrap().is_empty());
        restored.close().await.unwrap();
        fresh.end().await;
    }

    async fn a_case_with_keys_of_its_own_comes_back_from_a_backup_and_is_forgotten_alone(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let notice = notice(bench, a.subject).await;
        let family = Beneficiary::of(&text("卫样一"), &text("女儿"), &text("16000000777")).unwrap();
        let (owner, keys) = CaseOwner::fresh(&bench.vault, NOW).unwrap();
        let words = (MatterKind::Aid, "asked");
        let draft = MatterDraft::of(&bench.vault, Some((&keys, &family)), words, (NOW, None, None), (None, NOW)).unwrap();
        let id = draft.id();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_case_owner(owner).await.unwrap();
        tx.put_matter(&bench.vault, draft, Vec::new()).await.unwrap();
        tx.put_care(&bench.vault, id, CareKind::DonorFamily, Some(notice.id)).await.unwrap();
        tx.set_care(&bench.vault, id, Some(Cents(500_000)), Some(Fund::Province)).await.unwrap();
        tx.set_care(&bench.vault, id, None, None).await.unwrap();
        tx.commit().await.unwrap();

        let folder = tempfile::tempdir().unwrap();
        assert_eq!(backup(&bench.store, folder.path(), NOW).await.unwrap().rows["care"], 1);
        let fresh = bench.fresh_place().await;
        let (restored, _) = restore(&fresh.url, folder.path(), |deployment, rows| {
            Ok((Vault::open(&bench.root, deployment, rows)?, Vec::new()))
        }).await.unwrap();
        let vault = Vault::open(&bench.root, restored.deployment(), &restored.keyring().await.unwrap()).unwrap();
        let row = restored.care_of_notice(&vault, notice.id).await.unwrap().remove(0);
        assert_eq!((row.id, row.cents, row.fund.as_deref()), (id, Some(500_000), Some("province")), "what is not told stays");
        let (matter, kept) = restored.matter::<Beneficiary>(&vault, id).await.unwrap().unwrap();
        assert_eq!(kept.unwrap().reveal().name, "卫样一");
        let owner = matter.subject_id.unwrap();
        assert_ne!(owner, a.subject);
        assert!(restored.persons_of(&[owner]).await.unwrap().is_empty(), "it belongs to no person");
        assert!(restored.matters_of(&vault, &[a.subject]).await.unwrap().iter().all(|m| m.id != id));
        let mut tx = restored.begin().await.unwrap();
        tx.erase(&vault, &[owner], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(restored.matter::<Beneficiary>(&vault, id).await.unwrap().unwrap().1.is_none());
        assert!(restored.matter::<String>(&vault, notice.id).await.unwrap().unwrap().1.is_some(), "the donor's notice is as it was");
        restored.close().await.unwrap();
        fresh.end().await;
    }
}
