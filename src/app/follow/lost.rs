//! A search that ended without a way: whether the person counts as lost is a registrar's to say, never the program's and never a caller's.

use crate::domain::id::{PersonId, TaskId};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::desk::NOT_FOUND;
use crate::store::{AuditEntry, StoreError, TaskChannel, TaskRow, TaskState, Tx};

use super::super::people::standings;
use super::super::{Actor, App, AppError};
use super::NewTask;

/// The kind of the task that asks a registrar; no message is ever about it.
pub(super) const LOST_KIND: &str = "lost_contact";
/// Its rule; no edition of the policy has it, so that planning leaves it alone.
const LOST_RULE: &str = "search-ended";
/// How it ends.
const LOST: &str = "lost";
const STILL: &str = "still-looked-for";

impl App {
    /// A search that ended without a way rests until the next contact that a rule plans, or until new data come in: the other searches for the
    /// same person rest with it, within the transaction that ended it.
    pub(super) async fn rest_searches(&self, tx: &mut Tx, task: &TaskRow, person: PersonId, now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        let rests = |other: &&TaskRow| {
            other.id != task.id
                && other.state == TaskState::Planned
                && other.channel == TaskChannel::Desk
                && (other.due_on.0 <= today || other.rounds > 0)
                && self.may_wait(&other.rule, other.occurrence.0)
        };
        let others: Vec<TaskId> = self.store.tasks_of(&[person]).await?.iter().filter(rests).map(|other| other.id).collect();
        tx.drop_tasks(&others, NOT_FOUND, today).await?;
        Ok(())
    }

    /// Asks a registrar, within the transaction that ended the search.
    pub(super) async fn propose_lost(&self, tx: &mut Tx, task: &TaskRow, person: PersonId, now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        let asked = NewTask {
            person,
            subject: task.subject_id,
            rule: LOST_RULE.to_owned(),
            occurrence: today,
            kind: LOST_KIND,
            channel: TaskChannel::Desk,
            due_on: today,
        };
        tx.put_tasks(vec![self.new_task(asked, now)]).await?;
        Ok(())
    }

    /// Records that somebody whom nobody found counts as lost (失联; an open request of a patient is answered with EMDIS code UC), or that
    /// they are still looked for. What they wished for their organs and body stands ([`Registry::loses_whom_nobody_finds`]).
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever is no registrar; [`AppError::Stale`] where somebody judged it meanwhile.
    pub async fn settle_lost(&self, actor: Actor, id: TaskId, version: i64, lost: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Import)?;
        let task = self.store.task(id).await?.filter(|task| task.kind == LOST_KIND).ok_or(AppError::Missing("follow-up"))?;
        if task.row_version != version || task.state != TaskState::Planned {
            return Err(StoreError::Stale.into());
        }
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let open: Vec<Registry> = standings(view.enrolments())
            .into_iter()
            .filter(|(registry, status, _)| registry.loses_whom_nobody_finds() && status.may_contact())
            .map(|(registry, ..)| registry)
            .collect();
        if lost && open.is_empty() {
            return Err(AppError::Stale);
        }
        let word = if lost { LOST } else { STILL };
        let mut tx = self.store.begin().await?;
        tx.end_task(id, version, TaskState::Done, Some(word), self.today(now)).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "followup.lost", "task", Some(id.0)).with("outcome", word)).await?;
        let status = EnrolmentStatus::Exited(ExitReason::Lost);
        for registry in open.into_iter().filter(|_| lost) {
            let left = self.settle_in(&mut tx, actor, person, registry, status, now).await?;
            self.keep_act(&mut tx, actor, left, status, now).await?;
        }
        tx.commit().await?;
        self.catch_up().await
    }
}
