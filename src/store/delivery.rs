//! Attempts to hand mails over: the traffic that the pace is judged by, and what the mail server said.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::id::OutboxId;
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{delivery, outbox};
use super::error::StoreError;
use super::tx::Tx;
use super::word::OutboxState;

pub use super::entity::delivery::Model as DeliveryRow;

/// What the server said is cut to so many characters.
const REPLY: usize = 200;

impl Store {
    /// The attempts of messages, oldest first.
    pub async fn deliveries_of(&self, messages: &[OutboxId]) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut out = Vec::new();
        for part in messages.chunks(super::admit::IDS) {
            let query = delivery::Entity::find().filter(delivery::Column::OutboxId.is_in(part.iter().copied()));
            out.extend(query.order_by_asc(delivery::Column::BegunAt).all(&self.reader).await?);
        }
        Ok(out)
    }

    /// Attempts since an instant that the mail server did not take, latest first, at most `limit`.
    pub async fn deliveries_not_taken(&self, since: Timestamp, limit: u64) -> Result<Vec<DeliveryRow>, StoreError> {
        let query = delivery::Entity::find()
            .filter(delivery::Column::BegunAt.gt(since))
            .filter(delivery::Column::EndedAt.is_not_null())
            .filter(delivery::Column::Outcome.ne("sent"));
        Ok(query.order_by_desc(delivery::Column::BegunAt).limit(limit).all(&self.reader).await?)
    }

    /// When the next waiting message falls due, if that is after `now` and not after `until`.
    pub async fn next_sendable(&self, now: Timestamp, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<Option<Timestamp>> = outbox::Entity::find()
            .select_only()
            .column_as(outbox::Column::DueAt.min(), "due")
            .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry]))
            .filter(outbox::Column::LeaseUntil.is_null())
            .filter(outbox::Column::DueAt.gt(now))
            .filter(outbox::Column::DueAt.lte(until))
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(due.flatten())
    }
}

impl Tx {
    /// Attempts since an instant: how many, and when the first of them began. Over all processes, as this transaction sees it.
    pub async fn deliveries_since(&self, since: Timestamp) -> Result<(u64, Option<Timestamp>), StoreError> {
        let row: Option<(i64, Option<Timestamp>)> = delivery::Entity::find()
            .select_only()
            .column_as(delivery::Column::Id.count(), "n")
            .column_as(delivery::Column::BegunAt.min(), "first")
            .filter(delivery::Column::BegunAt.gt(since))
            .into_tuple()
            .one(&self.db)
            .await?;
        Ok(row.map_or((0, None), |(n, first)| (n.unsigned_abs(), first)))
    }

    /// The last attempt at a domain since an instant: when it began, and whether it still runs.
    pub async fn last_delivery_to(&self, domain_tag: &[u8; 32], since: Timestamp) -> Result<Option<(Timestamp, bool)>, StoreError> {
        let row = delivery::Entity::find()
            .filter(delivery::Column::DomainTag.eq(Opaque(domain_tag.to_vec())))
            .filter(delivery::Column::BegunAt.gt(since))
            .order_by_desc(delivery::Column::BegunAt)
            .one(&self.db)
            .await?;
        Ok(row.map(|row| (row.begun_at, row.ended_at.is_none())))
    }

    /// Notes that a message is handed over now; in the transaction that marks it as being sent.
    pub async fn begin_delivery(&mut self, message: OutboxId, domain_tag: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
        let row = DeliveryRow {
            id: Uuid::now_v7(),
            outbox_id: message,
            domain_tag: Opaque(domain_tag.to_vec()),
            begun_at: at,
            ended_at: None,
            outcome: None,
            reply: None,
        };
        super::bulk::insert::<delivery::Entity, _>(&self.db, [row]).await
    }

    /// Notes what became of the attempt that runs for a message; where none runs, nothing.
    pub async fn end_delivery(&mut self, message: OutboxId, outcome: &str, reply: &str, at: Timestamp) -> Result<(), StoreError> {
        let reply: String = reply.chars().take(REPLY).collect();
        delivery::Entity::update_many()
            .col_expr(delivery::Column::EndedAt, at.into())
            .col_expr(delivery::Column::Outcome, outcome.into())
            .col_expr(delivery::Column::Reply, reply.into())
            .filter(delivery::Column::OutboxId.eq(message))
            .filter(delivery::Column::EndedAt.is_null())
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Counts an uncertain message as sent, on a person's word, as of its last attempt.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it is not uncertain any more.
    pub async fn mark_sent_by_hand(&mut self, id: OutboxId, at: Timestamp) -> Result<(), StoreError> {
        let last: Option<Option<Timestamp>> = delivery::Entity::find()
            .select_only()
            .column_as(delivery::Column::BegunAt.max(), "last")
            .filter(delivery::Column::OutboxId.eq(id))
            .into_tuple()
            .one(&self.db)
            .await?;
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, OutboxState::Sent.into())
            .col_expr(outbox::Column::SentAt, last.flatten().unwrap_or(at).into())
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::State.eq(OutboxState::Uncertain))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Forgets attempts that no pace and no doubt needs any more. Answers how many.
    pub async fn sweep_deliveries(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let done = delivery::Entity::delete_many().filter(delivery::Column::BegunAt.lt(before)).exec(&self.db).await?;
        Ok(done.rows_affected)
    }
}
