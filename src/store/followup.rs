//! Planned follow-ups, the outbox and the links handed to registrants.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::domain::id::{LinkId, OutboxId, PersonId, SubjectId, TaskId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{link, outbox, task};
use super::error::StoreError;
use super::standing::next_version;
use super::tx::Tx;
use super::word::{OutboxState, TaskChannel, TaskState};

pub use super::entity::link::Model as LinkRow;
pub use super::entity::outbox::Model as OutboxRow;
pub use super::entity::task::Model as TaskRow;

/// A message claimed for sending: what a worker may do with it, it does under this fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The message.
    pub row: OutboxRow,
}

impl Claimed {
    /// The fence to act under.
    pub fn fence(&self) -> i64 {
        self.row.fence
    }
}

/// How a link was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkUse {
    /// It is used up now; the row as it was.
    Used(LinkRow),
    /// Unknown, used, closed or run out. One answer for all, so that nobody learns which.
    No,
}

impl Store {
    /// How many messages a sender would be given now ([`Tx::claim_messages`]).
    pub async fn count_sendable(&self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(outbox::Entity::find()
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
            .filter(outbox::Column::DueAt.lte(now))
            .filter(Condition::any().add(outbox::Column::LeaseUntil.is_null()).add(outbox::Column::LeaseUntil.lte(now)))
            .count(&self.reader)
            .await?)
    }

    /// Tasks in a state that are due on or before a day, earliest first, at most `limit`.
    pub async fn tasks_due(&self, state: TaskState, on_or_before: NaiveDate, limit: u64) -> Result<Vec<TaskRow>, StoreError> {
        let query = task::Entity::find()
            .filter(task::Column::State.eq(state))
            .filter(task::Column::DueOn.lte(Day(on_or_before)))
            .order_by_asc(task::Column::DueOn)
            .order_by_asc(task::Column::Id);
        Ok(query.limit(limit).all(&self.reader).await?)
    }

    /// Planned tasks of a channel that are due on or before a day, earliest first, at most `limit`.
    pub async fn channel_tasks_due(
        &self,
        channel: TaskChannel,
        on_or_before: NaiveDate,
        after: Option<(NaiveDate, TaskId)>,
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let mut query = task::Entity::find()
            .filter(task::Column::State.eq(TaskState::Planned))
            .filter(task::Column::Channel.eq(channel))
            .filter(task::Column::DueOn.lte(Day(on_or_before)))
            .order_by_asc(task::Column::DueOn)
            .order_by_asc(task::Column::Id);
        if let Some((day, id)) = after {
            let same_day = Condition::all().add(task::Column::DueOn.eq(Day(day))).add(task::Column::Id.gt(id));
            query = query.filter(Condition::any().add(task::Column::DueOn.gt(Day(day))).add(same_day));
        }
        Ok(query.limit(limit).all(&self.reader).await?)
    }

    /// The follow-ups due in a period by state, reason, and whether a mail of theirs was sent, with their numbers.
    pub async fn count_tasks_between(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(TaskState, Option<String>, bool, u64)>, StoreError> {
        let sent = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::TaskId)
            .filter(outbox::Column::State.eq(OutboxState::Sent))
            .filter(outbox::Column::TaskId.is_not_null());
        let counted = |mailed: bool| {
            let query = task::Entity::find()
                .select_only()
                .columns([task::Column::State, task::Column::Reason])
                .column_as(task::Column::Id.count(), "n")
                .filter(task::Column::DueOn.gte(Day(from)))
                .filter(task::Column::DueOn.lte(Day(to)));
            let sent = sent.clone().into_query();
            let query = if mailed {
                query.filter(task::Column::Id.in_subquery(sent))
            } else {
                query.filter(task::Column::Id.not_in_subquery(sent))
            };
            query.group_by(task::Column::State).group_by(task::Column::Reason).into_tuple::<(TaskState, Option<String>, i64)>()
        };
        let mut out = Vec::new();
        for mailed in [true, false] {
            let rows = counted(mailed).all(&self.reader).await?;
            out.extend(rows.into_iter().map(|(state, reason, n)| (state, reason, mailed, n.unsigned_abs())));
        }
        Ok(out)
    }

    /// A task.
    pub async fn task(&self, id: TaskId) -> Result<Option<TaskRow>, StoreError> {
        Ok(task::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Tasks of persons, by due day.
    pub async fn tasks_of(&self, persons: &[PersonId]) -> Result<Vec<TaskRow>, StoreError> {
        let mut out = Vec::new();
        for part in persons.chunks(super::admit::IDS) {
            out.extend(task::Entity::find().filter(task::Column::PersonId.is_in(part.iter().copied())).all(&self.reader).await?);
        }
        out.sort_by_key(|t| (t.due_on, t.id));
        Ok(out.into_iter().map(TaskRow::told).collect())
    }

    /// A message.
    pub async fn message(&self, id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
        Ok(outbox::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Messages in a state, earliest first, at most `limit`.
    pub async fn messages(&self, state: OutboxState, limit: u64) -> Result<Vec<OutboxRow>, StoreError> {
        let query = outbox::Entity::find().filter(outbox::Column::State.eq(state)).order_by_asc(outbox::Column::DueAt);
        Ok(query.order_by_asc(outbox::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// How many messages are in a state.
    pub async fn count_messages(&self, state: OutboxState) -> Result<u64, StoreError> {
        Ok(outbox::Entity::find().filter(outbox::Column::State.eq(state)).count(&self.reader).await?)
    }

    /// A link that could be used now; unknown, used, closed and expired ones are all none.
    pub async fn link(&self, token_hash: &[u8], now: Timestamp) -> Result<Option<LinkRow>, StoreError> {
        Ok(link::Entity::find().filter(usable(token_hash, now)).one(&self.reader).await?)
    }
}

impl Tx {
    /// Plans follow-ups; one that is planned already for the same rule, person and occurrence is left as it is, one that was cancelled is
    /// planned again: whoever plans knows that the reason has gone. Answers how many are new.
    pub async fn put_tasks(&mut self, rows: Vec<TaskRow>) -> Result<u64, StoreError> {
        let keep = OnConflict::columns([task::Column::Rule, task::Column::PersonId, task::Column::Occurrence])
            .update_columns([
                task::Column::State,
                task::Column::Channel,
                task::Column::DueOn,
                task::Column::SubjectId,
                task::Column::Reason,
                task::Column::Kind,
                task::Column::DoneOn,
            ])
            .value(task::Column::RowVersion, Expr::col((task::Entity, task::Column::RowVersion)).add(1_i64))
            .action_and_where(Expr::col((task::Entity, task::Column::State)).eq(TaskState::Cancelled))
            .to_owned();
        // PostgreSQL refuses to touch one row twice in a statement.
        let mut seen = HashSet::new();
        let rows: Vec<TaskRow> = rows.into_iter().filter(|r| seen.insert((r.rule.clone(), r.person_id, r.occurrence.0))).collect();
        let mut written = 0;
        for part in rows.chunks(super::admit::IDS) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            written += task::Entity::insert_many(part).on_conflict(keep.clone()).exec_without_returning(&self.db).await?;
        }
        Ok(written)
    }

    /// Moves a task that was read at a row version to another state.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was changed since.
    pub async fn set_task(&mut self, id: TaskId, row_version: i64, state: TaskState, reason: Option<&str>) -> Result<(), StoreError> {
        let done = task::Entity::update_many()
            .col_expr(task::Column::State, state.into())
            .col_expr(task::Column::Reason, reason.map(str::to_owned).into())
            .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
            .filter(task::Column::Id.eq(id))
            .filter(task::Column::RowVersion.eq(row_version))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Queues messages, in the transaction of their cause; one that is queued already for the same rule, person and occurrence is left as
    /// it is. Answers how many are new.
    pub async fn put_messages(&mut self, rows: Vec<OutboxRow>) -> Result<u64, StoreError> {
        // A cancelled one that is due after all keeps its id and Message-ID.
        let keep = OnConflict::columns([outbox::Column::Rule, outbox::Column::PersonId, outbox::Column::Occurrence])
            .update_columns([outbox::Column::State, outbox::Column::DueAt, outbox::Column::TaskId, outbox::Column::SubjectId])
            .action_and_where(Expr::col((outbox::Entity, outbox::Column::State)).eq(OutboxState::Cancelled))
            .to_owned();
        let mut seen = HashSet::new();
        let rows: Vec<OutboxRow> = rows.into_iter().filter(|r| seen.insert((r.rule.clone(), r.person_id, r.occurrence.0))).collect();
        let mut written = 0;
        for part in rows.chunks(super::admit::IDS) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            written += outbox::Entity::insert_many(part).on_conflict(keep.clone()).exec_without_returning(&self.db).await?;
        }
        Ok(written)
    }

    /// Claims messages that are due, for a worker that has until `lease_until`. Nobody else gets them before then. Nothing while the queues
    /// are paused.
    pub async fn claim_messages(&mut self, now: Timestamp, lease_until: Timestamp, limit: u64) -> Result<Vec<Claimed>, StoreError> {
        if self.setting(super::meta::settings::QUEUES_PAUSED).await?.as_deref() == Some("true") {
            return Ok(Vec::new());
        }
        let rows = outbox::Entity::find()
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
            .filter(outbox::Column::DueAt.lte(now))
            .filter(Condition::any().add(outbox::Column::LeaseUntil.is_null()).add(outbox::Column::LeaseUntil.lte(now)))
            .order_by_asc(outbox::Column::DueAt)
            .order_by_asc(outbox::Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for mut row in rows {
            row.fence += 1;
            row.lease_until = Some(lease_until);
            outbox::Entity::update_many()
                .col_expr(outbox::Column::Fence, row.fence.into())
                .col_expr(outbox::Column::LeaseUntil, lease_until.into())
                .filter(outbox::Column::Id.eq(row.id))
                .exec(&self.db)
                .await?;
            claimed.push(Claimed { row });
        }
        Ok(claimed)
    }

    /// Before the first byte goes to the mail server; to be committed first. With the tag of the address it goes to: a returned mail is held
    /// against that address alone.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the message was cancelled or is in other hands: do not send it.
    pub async fn mark_sending(
        &mut self,
        id: OutboxId,
        fence: i64,
        address_tag: Option<[u8; 32]>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tag = address_tag.map(|t| Opaque(t.to_vec()));
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::AddressTag, tag.into())
            .col_expr(outbox::Column::State, OutboxState::Sending.into())
            .col_expr(outbox::Column::Attempts, next_version(outbox::Column::Attempts))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Fence.eq(fence))
            .filter(outbox::Column::LeaseUntil.gt(now))
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// When a mail last went to one of some persons, a mail being sent counted as of `now`; the message itself is left out. As this
    /// transaction sees it: of two processes with mails to one address, the second one sees the first.
    pub async fn last_mail_to(
        &self,
        persons: &[PersonId],
        but: OutboxId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let rows: Vec<(OutboxState, Option<Timestamp>)> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::State)
            .column(outbox::Column::SentAt)
            .filter(outbox::Column::PersonId.is_in(persons.iter().copied()))
            .filter(outbox::Column::Id.ne(but))
            .filter(Condition::any().add(outbox::Column::SentAt.gte(since)).add(outbox::Column::State.eq(OutboxState::Sending)))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(|(state, at)| if state == OutboxState::Sending { now } else { at.unwrap_or(now) }).max())
    }

    /// Gives a claimed message back that is not to be sent before `due_at`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where it is in other hands.
    pub async fn postpone(&mut self, id: OutboxId, fence: i64, due_at: Timestamp) -> Result<(), StoreError> {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::DueAt, due_at.into())
            .col_expr(outbox::Column::LeaseUntil, Option::<Timestamp>::None.into())
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Fence.eq(fence))
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// The mail server took it; `reply` is its answer, which holds no personal data (cut to 200 characters).
    pub async fn mark_sent(&mut self, id: OutboxId, fence: i64, reply: &str, at: Timestamp) -> Result<(), StoreError> {
        let reply: String = reply.chars().take(200).collect();
        self.settle(id, fence, OutboxState::Sent, &[(outbox::Column::SentAt, at.into()), (outbox::Column::Reply, reply.into())]).await
    }

    /// Not sent; to be tried again at `due_at` with the same Message-ID.
    pub async fn mark_retry(&mut self, id: OutboxId, fence: i64, due_at: Timestamp) -> Result<(), StoreError> {
        self.settle(id, fence, OutboxState::Retry, &[(outbox::Column::DueAt, due_at.into())]).await
    }

    /// Nobody knows whether the mail server took it.
    pub async fn mark_uncertain(&mut self, id: OutboxId, fence: i64) -> Result<(), StoreError> {
        self.settle(id, fence, OutboxState::Uncertain, &[]).await
    }

    /// Given up.
    pub async fn mark_dead(&mut self, id: OutboxId, fence: i64) -> Result<(), StoreError> {
        self.settle(id, fence, OutboxState::Dead, &[]).await
    }

    /// Messages that were being sent when their lease ran out become uncertain: the worker died or hangs. Answers how many.
    pub async fn sweep_sending(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, OutboxState::Uncertain.into())
            .col_expr(outbox::Column::Fence, next_version(outbox::Column::Fence))
            .col_expr(outbox::Column::LeaseUntil, Option::<Timestamp>::None.into())
            .filter(outbox::Column::State.eq(OutboxState::Sending))
            .filter(outbox::Column::LeaseUntil.lte(now))
            .exec(&self.db)
            .await?;
        Ok(done.rows_affected)
    }

    /// Decides on an uncertain message: to be tried again, counted as sent, or given up.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it is not uncertain any more.
    pub async fn settle_uncertain(&mut self, id: OutboxId, state: OutboxState, at: Timestamp) -> Result<(), StoreError> {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, state.into())
            .col_expr(outbox::Column::DueAt, at.into())
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::State.eq(OutboxState::Uncertain))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Cancels a message that is not yet with the mail server, e.g. because consent was withdrawn between queueing and sending.
    pub async fn cancel_message(&mut self, id: OutboxId) -> Result<(), StoreError> {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, OutboxState::Cancelled.into())
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain]))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    async fn settle(
        &mut self,
        id: OutboxId,
        fence: i64,
        state: OutboxState,
        more: &[(outbox::Column, sea_orm::Value)],
    ) -> Result<(), StoreError> {
        let mut update = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, state.into())
            .col_expr(outbox::Column::LeaseUntil, Option::<Timestamp>::None.into());
        for (column, value) in more {
            update = update.col_expr(*column, Expr::value(value.clone()));
        }
        let done = update
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Fence.eq(fence))
            .filter(outbox::Column::State.eq(OutboxState::Sending))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Stores a link by the hash of its token.
    pub async fn put_link(&mut self, row: LinkRow) -> Result<(), StoreError> {
        super::bulk::insert::<link::Entity, _>(&self.db, [row]).await
    }

    /// Uses a link up: of two at once, one gets it.
    pub async fn use_link(&mut self, token_hash: &[u8], now: Timestamp) -> Result<LinkUse, StoreError> {
        let Some(row) = link::Entity::find().filter(usable(token_hash, now)).one(&self.db).await? else { return Ok(LinkUse::No) };
        link::Entity::update_many().col_expr(link::Column::UsedAt, now.into()).filter(link::Column::Id.eq(row.id)).exec(&self.db).await?;
        Ok(LinkUse::Used(row))
    }

    /// Counts a wrong second fact; at `limit` the link is closed. Answers whether it is closed now.
    pub async fn wrong_link(&mut self, id: LinkId, limit: i64, now: Timestamp) -> Result<bool, StoreError> {
        let Some(row) = link::Entity::find_by_id(id).one(&self.db).await? else { return Err(StoreError::Missing("link")) };
        let wrong = row.wrong + 1;
        let closed = row.closed_at.or((wrong >= limit).then_some(now));
        link::Entity::update_many()
            .col_expr(link::Column::Wrong, wrong.into())
            .col_expr(link::Column::ClosedAt, closed.into())
            .filter(link::Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        Ok(closed.is_some())
    }

    /// Closes every link of subjects.
    pub async fn close_links(&mut self, subjects: &[SubjectId], at: Timestamp) -> Result<(), StoreError> {
        for part in subjects.chunks(super::admit::IDS) {
            link::Entity::update_many()
                .col_expr(link::Column::ClosedAt, at.into())
                .filter(link::Column::SubjectId.is_in(part.iter().copied()))
                .filter(link::Column::ClosedAt.is_null())
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }
}

/// Links that can be used now.
pub(super) fn usable(token_hash: &[u8], now: Timestamp) -> Condition {
    Condition::all()
        .add(link::Column::TokenHash.eq(Opaque(token_hash.to_vec())))
        .add(link::Column::UsedAt.is_null())
        .add(link::Column::ClosedAt.is_null())
        .add(link::Column::ExpiresAt.gt(now))
}
