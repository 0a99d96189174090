//! Follow-ups that an exit cancelled. What staff had taken on comes back where the exit was entered in error, and nothing else: a question that
//! waits for an answer, a call whose day was agreed. No plan knows these by itself; what a plan knows, the next one plans again.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::entity::{outbox, task};
use super::error::StoreError;
use super::followup::TaskRow;
use super::standing::next_version;
use super::tx::Tx;
use super::word::{OutboxState, TaskChannel, TaskState};

/// The reason beside what an exit cancelled.
const EXITED: &str = "exited";

/// Begins the note of a row that comes back with an exit's taking back: `exited:<the instant of the exit, in microseconds>:<the reason before>`.
pub(super) const NOTED: &str = "exited:";

fn noted(at: Timestamp, before: &str) -> String {
    format!("{NOTED}{}:{before}", at.0)
}

impl TaskRow {
    /// As staff read it: without the note of what it was before an exit.
    pub(super) fn told(mut self) -> Self {
        if self.reason.as_deref().is_some_and(|reason| reason.starts_with(NOTED)) {
            self.reason = Some(EXITED.to_owned());
        }
        self
    }
}

impl Tx {
    /// As [`Tx::cancel_open`], of an exit that was entered at an instant.
    pub async fn cancel_exited(&mut self, subjects: &[SubjectId], at: Timestamp) -> Result<u64, StoreError> {
        let mut count = 0;
        for part in subjects.chunks(super::admit::IDS) {
            let of_staff = task::Entity::find()
                .filter(task::Column::SubjectId.is_in(part.iter().copied()))
                .filter(task::Column::State.eq(TaskState::Planned))
                .filter(task::Column::Channel.ne(TaskChannel::Mail));
            for row in of_staff.all(&self.db).await? {
                let note = noted(at, row.reason.as_deref().unwrap_or_default());
                self.set_task(row.id, row.row_version, TaskState::Cancelled, Some(&note)).await?;
                count += 1;
            }
            // A mail that no task stands behind: somebody is asked whether a new address is theirs.
            let alone = outbox::Entity::update_many()
                .col_expr(outbox::Column::State, OutboxState::Cancelled.into())
                .col_expr(outbox::Column::Reply, Some(noted(at, "")).into())
                .filter(outbox::Column::SubjectId.is_in(part.iter().copied()))
                .filter(outbox::Column::TaskId.is_null())
                .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
                .exec(&self.db)
                .await?;
            count += alone.rows_affected;
        }
        Ok(count + self.cancel_all(subjects, EXITED).await?)
    }

    /// Takes back what an exit that was entered at an instant cancelled of some subjects of a person. Answers how much it was.
    pub async fn restore_exited(
        &mut self,
        vault: &Vault,
        person: PersonId,
        subjects: &[SubjectId],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let (begins, mut count) = (noted(at, ""), 0);
        for part in subjects.chunks(super::admit::IDS) {
            let cancelled = task::Entity::find()
                .filter(task::Column::SubjectId.is_in(part.iter().copied()))
                .filter(task::Column::State.eq(TaskState::Cancelled))
                .filter(task::Column::Reason.starts_with(begins.as_str()));
            for row in cancelled.all(&self.db).await? {
                let before = row.reason.as_deref().and_then(|note| note.strip_prefix(begins.as_str())).filter(|word| !word.is_empty());
                self.set_task(row.id, row.row_version, TaskState::Planned, before).await?;
                count += 1;
            }
            let mails = outbox::Entity::update_many()
                .col_expr(outbox::Column::State, OutboxState::Due.into())
                .col_expr(outbox::Column::Reply, Option::<String>::None.into())
                .filter(outbox::Column::SubjectId.is_in(part.iter().copied()))
                .filter(outbox::Column::State.eq(OutboxState::Cancelled))
                .filter(outbox::Column::Reply.eq(begins.as_str()))
                .exec(&self.db)
                .await?;
            count += mails.rows_affected;
        }
        if count > 0 {
            // They may have been joined to somebody since who has the same planned.
            self.settle_open(vault, &[person]).await?;
        }
        Ok(count)
    }

    /// Whoever objected, withdrew or was erased since gets nothing back of it.
    pub(super) async fn forget_exited(&mut self, subjects: &[SubjectId], reason: &str) -> Result<(), StoreError> {
        for part in subjects.chunks(super::admit::IDS) {
            task::Entity::update_many()
                .col_expr(task::Column::Reason, reason.into())
                .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                .filter(task::Column::SubjectId.is_in(part.iter().copied()))
                .filter(task::Column::State.eq(TaskState::Cancelled))
                .filter(task::Column::Reason.starts_with(NOTED))
                .exec(&self.db)
                .await?;
            outbox::Entity::update_many()
                .col_expr(outbox::Column::Reply, Option::<String>::None.into())
                .filter(outbox::Column::SubjectId.is_in(part.iter().copied()))
                .filter(outbox::Column::State.eq(OutboxState::Cancelled))
                .filter(outbox::Column::Reply.starts_with(NOTED))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }
}
