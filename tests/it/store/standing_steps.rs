//! Exits with the standing before them: read back, in a backup, gone with an erasure, and a changed row noticed.

use donor_registry::domain::id::SubjectId;
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason};
use donor_registry::store::{StandingAct, StandingMove, StandingStepRow, StoreError, backup};

use super::{Bench, NOW, on_both, somebody};

const LEFT: EnrolmentStatus = EnrolmentStatus::Exited(ExitReason::Lost);

/// Keeps that somebody left, and that this was entered in error.
async fn left_in_error(bench: &Bench, number: u32) -> SubjectId {
    let subject = bench.register(&somebody(number)).await.unwrap().subject;
    let person = bench.store.person_of(subject).await.unwrap().unwrap();
    let view = bench.store.person(&bench.vault, person).await.unwrap().unwrap();
    let before = view.enrolments().next().unwrap().clone();
    let act = StandingAct::entered(None, NOW);
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_standing_act(&bench.vault, &[StandingMove { before: before.clone(), status: LEFT }], act).await.unwrap();
    tx.commit().await.unwrap();
    let first = steps(bench, subject).await.unwrap().remove(0);
    let undo = StandingAct { undoes: Some((first.act_id, InErrorWhy::NotTrue)), at: NOW.plus_seconds(60), ..act };
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_standing_act(&bench.vault, &[StandingMove { before, status: LEFT }], undo).await.unwrap();
    tx.commit().await.unwrap();
    subject
}

async fn steps(bench: &Bench, subject: SubjectId) -> Result<Vec<StandingStepRow>, StoreError> {
    bench.store.standing_steps(&bench.vault, &[subject]).await
}

on_both! {
    async fn an_exit_and_its_taking_back_are_read_in_their_order_and_stand_in_a_backup(bench: &Bench) {
        let subject = left_in_error(bench, 1).await;
        let read = steps(bench, subject).await.unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].before_status, read[0].status, read[0].version), (EnrolmentStatus::Registered, LEFT, 2));
        assert_eq!((read[0].undoes, read[1].undoes, read[1].why.as_deref()), (None, Some(read[0].act_id), Some("not-true")));
        let folder = tempfile::tempdir().unwrap();
        let written = backup(&bench.store, folder.path(), NOW).await.unwrap();
        assert_eq!(written.rows["standing_step"], 2);
    }

    async fn they_go_with_an_erasure_and_a_changed_row_is_noticed(bench: &Bench) {
        let (gone, kept) = (left_in_error(bench, 1).await, left_in_error(bench, 2).await);
        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[gone], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(steps(bench, gone).await.unwrap().is_empty());
        for (change, back) in
            [("undoes = act_id", "undoes = NULL"), ("before_status = 3", "before_status = 2"), ("version = 9", "version = 2")]
        {
            bench.run_past_the_program(&format!("UPDATE standing_step SET {change} WHERE why IS NULL")).await;
            let refused = steps(bench, kept).await;
            assert!(matches!(refused, Err(StoreError::Tampered { table: "standing_step", .. })), "{change}: {refused:?}");
            bench.run_past_the_program(&format!("UPDATE standing_step SET {back} WHERE why IS NULL")).await;
            assert_eq!(steps(bench, kept).await.unwrap().len(), 2);
        }
    }
}
