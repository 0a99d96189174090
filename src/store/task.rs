//! What becomes of planned follow-ups: made, moved, queued, dropped; and what earlier contacts and answers tell the planner.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::domain::id::{SubjectId, TaskId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::value::Day;
use super::entity::{link, outbox, task};
use super::error::StoreError;
use super::followup::TaskRow;
use super::standing::{next_version, unindexed_in};
use super::tx::Tx;
use super::word::{OutboxState, TaskChannel, TaskState};

/// The reason that stands beside a task whose day was agreed with the person; the word of that outcome of a call.
pub(super) const AGREED: &str = "call-on";
/// The reason of what somebody decided; the word of that outcome.
const DECIDED: &str = "decided";

/// Planned tasks that staff do themselves.
fn staffs() -> Select<task::Entity> {
    task::Entity::find().filter(task::Column::State.eq(TaskState::Planned)).filter(task::Column::Channel.ne(TaskChannel::Mail))
}

impl Store {
    /// Contacts that were made since a day, with whom and about what: what spacing is judged by. By subject, which a merge does not change. A message
    /// that was given out is one from that day on, while its task waits for the result.
    pub async fn contacts_made(&self, since: NaiveDate) -> Result<Vec<(SubjectId, String, Day)>, StoreError> {
        let query = task::Entity::find()
            .select_only()
            .column(task::Column::SubjectId)
            .column(task::Column::Kind)
            .column(task::Column::DoneOn)
            .filter(unindexed_in(task::Column::State, [TaskState::Done, TaskState::Planned]))
            .filter(task::Column::DoneOn.gte(Day(since)))
            // What somebody decided at the desk reached nobody.
            .filter(Condition::any().add(task::Column::Reason.is_null()).add(task::Column::Reason.ne(DECIDED)));
        Ok(query.into_tuple().all(&self.reader).await?)
    }

    /// Tasks that are planned or queued, whatever their day.
    pub async fn open_tasks(&self) -> Result<Vec<TaskRow>, StoreError> {
        let query = task::Entity::find().filter(task::Column::State.is_in([TaskState::Planned, TaskState::Queued]));
        Ok(query.all(&self.reader).await?)
    }

    /// Planned tasks of a kind for one occurrence, oldest first, at most `limit`.
    pub async fn tasks_of_kind(&self, kind: &str, occurrence: NaiveDate, limit: u64) -> Result<Vec<TaskRow>, StoreError> {
        let query = task::Entity::find()
            .filter(task::Column::State.eq(TaskState::Planned))
            .filter(task::Column::Kind.eq(kind))
            .filter(task::Column::Occurrence.eq(Day(occurrence)));
        Ok(query.order_by_asc(task::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// Planned tasks of staff that somebody tried already or whose day was agreed, by the day they come up again, at most `limit`.
    pub async fn tasks_in_hand(&self, limit: u64) -> Result<Vec<TaskRow>, StoreError> {
        // Written out, not bound: only then do databases see that the index of these few holds them all.
        let query = task::Entity::find()
            .filter(unindexed_in(task::Column::State, [TaskState::Planned]))
            .filter(task::Column::Channel.ne(TaskChannel::Mail))
            .filter(Expr::cust("rounds > 0"));
        Ok(query.order_by_asc(task::Column::DueOn).order_by_asc(task::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// Planned tasks of staff due on or before a day: by day, whether the day was agreed with the person, and how many.
    pub async fn staff_tasks_by_day(&self, until: NaiveDate) -> Result<Vec<(Day, bool, u64)>, StoreError> {
        let query = staffs()
            .filter(task::Column::DueOn.lte(Day(until)))
            .select_only()
            .column(task::Column::DueOn)
            .column(task::Column::Reason)
            .column_as(task::Column::Id.count(), "n")
            .group_by(task::Column::DueOn)
            .group_by(task::Column::Reason);
        let rows: Vec<(Day, Option<String>, i64)> = query.into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(day, reason, n)| (day, reason.as_deref() == Some(AGREED), n.unsigned_abs())).collect())
    }

    /// How tasks of staff ended since a day, by reason.
    pub async fn calls_ended(&self, since: NaiveDate) -> Result<Vec<(String, u64)>, StoreError> {
        let query = task::Entity::find()
            .filter(unindexed_in(task::Column::State, [TaskState::Done]))
            .filter(task::Column::Channel.ne(TaskChannel::Mail))
            .filter(task::Column::Reason.is_not_null())
            .filter(task::Column::DoneOn.gte(Day(since)))
            .select_only()
            .column(task::Column::Reason)
            .column_as(task::Column::Id.count(), "n")
            .group_by(task::Column::Reason);
        let rows: Vec<(String, i64)> = query.into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(reason, n)| (reason, n.unsigned_abs())).collect())
    }

    /// Tasks of rules for occurrences between two days, whatever became of them; those that were cancelled are left out.
    pub async fn tasks_by_rules(&self, rules: &[&str], from: NaiveDate, to: NaiveDate) -> Result<Vec<TaskRow>, StoreError> {
        let query = task::Entity::find()
            .filter(task::Column::Rule.is_in(rules.iter().copied()))
            .filter(task::Column::Occurrence.gte(Day(from)))
            .filter(task::Column::Occurrence.lte(Day(to)))
            .filter(task::Column::State.ne(TaskState::Cancelled));
        Ok(query.all(&self.reader).await?)
    }

    /// Mails, letters and messages that went out and calls that ended between two days: what a further rung may have to follow.
    pub async fn rungs_made(&self, since: NaiveDate, until: NaiveDate) -> Result<Vec<TaskRow>, StoreError> {
        let query = task::Entity::find()
            .filter(unindexed_in(task::Column::State, [TaskState::Done]))
            .filter(task::Column::Channel.ne(TaskChannel::Desk))
            .filter(task::Column::DoneOn.gte(Day(since)))
            .filter(task::Column::DoneOn.lte(Day(until)));
        Ok(query.all(&self.reader).await?)
    }

    /// Used links of some purposes since an instant: whose, and when.
    pub async fn answers_since(&self, since: Timestamp, purposes: &[&str]) -> Result<Vec<(SubjectId, Timestamp)>, StoreError> {
        let query = link::Entity::find()
            .select_only()
            .column(link::Column::SubjectId)
            .column(link::Column::UsedAt)
            .filter(link::Column::Purpose.is_in(purposes.iter().copied()))
            .filter(link::Column::UsedAt.gte(since));
        Ok(query.into_tuple().all(&self.reader).await?)
    }
}

impl Tx {
    /// Ends a task that was read at a row version, on a day.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody was quicker.
    pub async fn end_task(
        &mut self,
        id: TaskId,
        row_version: i64,
        state: TaskState,
        reason: Option<&str>,
        day: NaiveDate,
    ) -> Result<(), StoreError> {
        self.set_task(id, row_version, state, reason).await?;
        task::Entity::update_many()
            .col_expr(task::Column::DoneOn, Some(Day(day)).into())
            .filter(task::Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Moves a planned task that was read at a row version: another channel, day, subject, kind, or the day it was given out; `tried` counts one
    /// more round.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it changed since or is planned no more.
    pub async fn move_task(&mut self, row: &TaskRow, tried: bool) -> Result<(), StoreError> {
        let done = task::Entity::update_many()
            .col_expr(task::Column::Channel, row.channel.into())
            .col_expr(task::Column::DueOn, row.due_on.into())
            .col_expr(task::Column::SubjectId, row.subject_id.into())
            .col_expr(task::Column::Reason, row.reason.clone().into())
            .col_expr(task::Column::Kind, row.kind.clone().into())
            .col_expr(task::Column::DoneOn, row.done_on.into())
            .col_expr(task::Column::Rounds, (row.rounds + i64::from(tried)).into())
            .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
            .filter(task::Column::Id.eq(row.id))
            .filter(task::Column::RowVersion.eq(row.row_version))
            .filter(task::Column::State.eq(TaskState::Planned))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Notes why a task has not been carried out yet.
    pub async fn note_task(&mut self, id: TaskId, reason: &str) -> Result<(), StoreError> {
        task::Entity::update_many().col_expr(task::Column::Reason, reason.into()).filter(task::Column::Id.eq(id)).exec(&self.db).await?;
        Ok(())
    }

    /// Marks tasks as queued whose messages were put into the outbox in this transaction.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where one of them changed since it was read; then none may be queued.
    pub async fn queue_tasks(&mut self, tasks: &[(TaskId, i64)]) -> Result<(), StoreError> {
        let mut of_version: BTreeMap<i64, Vec<TaskId>> = BTreeMap::new();
        for (id, version) in tasks {
            of_version.entry(*version).or_default().push(*id);
        }
        for (version, ids) in of_version {
            for part in ids.chunks(super::admit::IDS) {
                let done = task::Entity::update_many()
                    .col_expr(task::Column::State, TaskState::Queued.into())
                    .col_expr(task::Column::Reason, Option::<String>::None.into())
                    .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                    .filter(task::Column::Id.is_in(part.iter().copied()))
                    .filter(task::Column::RowVersion.eq(version))
                    .filter(unindexed_in(task::Column::State, [TaskState::Planned]))
                    .exec(&self.db)
                    .await?;
                if done.rows_affected != part.len() as u64 {
                    return Err(StoreError::Stale);
                }
            }
        }
        Ok(())
    }

    /// As [`Tx::drop_tasks`], of tasks that were read at a row version: what somebody changed since stays, whoever read it may decide anew.
    pub async fn drop_read(&mut self, tasks: &[(TaskId, i64)], reason: &str, day: NaiveDate) -> Result<u64, StoreError> {
        let mut same: Vec<TaskId> = Vec::with_capacity(tasks.len());
        for part in tasks.chunks(super::admit::IDS) {
            let versions = task::Entity::find()
                .select_only()
                .column(task::Column::Id)
                .column(task::Column::RowVersion)
                .filter(task::Column::Id.is_in(part.iter().map(|(id, _)| *id)));
            let versions: HashMap<TaskId, i64> = versions.into_tuple::<(TaskId, i64)>().all(&self.db).await?.into_iter().collect();
            same.extend(part.iter().filter(|(id, read)| versions.get(id) == Some(read)).map(|(id, _)| *id));
        }
        self.drop_tasks(&same, reason, day).await
    }

    /// Ends many planned or queued tasks at once, with what of them waits in the outbox: the plan no longer holds them.
    pub async fn drop_tasks(&mut self, ids: &[TaskId], reason: &str, day: NaiveDate) -> Result<u64, StoreError> {
        let mut dropped = 0;
        for part in ids.chunks(super::admit::IDS) {
            let done = task::Entity::update_many()
                .col_expr(task::Column::State, TaskState::Cancelled.into())
                .col_expr(task::Column::Reason, reason.into())
                .col_expr(task::Column::DoneOn, Some(Day(day)).into())
                .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                .filter(task::Column::Id.is_in(part.iter().copied()))
                .filter(unindexed_in(task::Column::State, [TaskState::Planned, TaskState::Queued]))
                .exec(&self.db)
                .await?;
            outbox::Entity::update_many()
                .col_expr(outbox::Column::State, OutboxState::Cancelled.into())
                .filter(outbox::Column::TaskId.is_in(part.iter().copied()))
                .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
                .exec(&self.db)
                .await?;
            dropped += done.rows_affected;
        }
        Ok(dropped)
    }
}
