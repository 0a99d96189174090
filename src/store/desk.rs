//! The tasks of the call desk, by what cannot wait.

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::connect::Store;
use super::entity::outbox;
use super::entity::task;
use super::entity::value::Day;
use super::error::StoreError;
use super::followup::TaskRow;
use super::held::free;
use super::task::AGREED;
use crate::domain::id::{SubjectId, TaskId};

/// Planned tasks of the call desk that are due: letters and hand-offs stand on a page of their own. Written out, not bound: only then do databases see that the index of these holds them all.
pub(super) fn waiting(on_or_before: NaiveDate) -> Select<task::Entity> {
    task::Entity::find()
        .filter(Expr::cust("state = 'planned'"))
        .filter(Expr::cust("channel <> 'mail'"))
        .filter(Expr::cust("channel NOT IN ('letter', 'hand_off')"))
        .filter(task::Column::DueOn.lte(Day(on_or_before)))
}

/// Of the order of the list, what lies behind a day and an id. Who waits for the first contact is on no list: they would fill it, and nobody may
/// call them.
fn earliest(query: Select<task::Entity>, after: Option<(NaiveDate, TaskId)>, limit: u64) -> Select<task::Entity> {
    let mut query = free(query);
    if let Some((day, id)) = after {
        let same = Condition::all().add(task::Column::DueOn.eq(Day(day))).add(task::Column::Id.gt(id));
        query = query.filter(Condition::any().add(task::Column::DueOn.gt(Day(day))).add(same));
    }
    query.order_by_asc(task::Column::DueOn).order_by_asc(task::Column::Id).limit(limit)
}

/// Whose day nobody agreed on: the others are listed apart.
fn not_agreed() -> Condition {
    let reason = Condition::any().add(task::Column::Reason.is_null()).add(task::Column::Reason.ne(AGREED));
    reason.add(Expr::cust("rounds = 0"))
}

impl Store {
    /// Planned tasks of staff that are listed of a day, whatever they are about, earliest first, at most `limit`.
    pub async fn staff_tasks_listed(&self, on_or_before: NaiveDate, limit: u64) -> Result<Vec<TaskRow>, StoreError> {
        Ok(earliest(waiting(on_or_before), None, limit).all(&self.reader).await?)
    }

    /// Planned tasks of staff about one kind whose day was not agreed, due on or before a day, earliest first, at most `limit`.
    pub async fn staff_tasks_of_kind(
        &self,
        kind: &str,
        on_or_before: NaiveDate,
        after: Option<(NaiveDate, TaskId)>,
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let query = waiting(on_or_before).filter(task::Column::Kind.eq(kind)).filter(not_agreed());
        Ok(earliest(query, after, limit).all(&self.reader).await?)
    }

    /// Planned tasks of staff about none of some kinds whose day was not agreed, due on or before a day, earliest first, at most `limit`.
    pub async fn staff_tasks_of_no_kind(
        &self,
        kinds: &[&str],
        on_or_before: NaiveDate,
        after: Option<(NaiveDate, TaskId)>,
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let query = waiting(on_or_before).filter(task::Column::Kind.is_not_in(kinds.iter().copied())).filter(not_agreed());
        Ok(earliest(query, after, limit).all(&self.reader).await?)
    }

    /// Planned tasks of staff whose day was agreed with the person and has come, earliest first, at most `limit`.
    pub async fn staff_tasks_agreed(
        &self,
        on_or_before: NaiveDate,
        after: Option<(NaiveDate, TaskId)>,
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let query = waiting(on_or_before).filter(Expr::cust("rounds > 0")).filter(task::Column::Reason.eq(AGREED));
        Ok(earliest(query, after, limit).all(&self.reader).await?)
    }

    /// The language of the last message to a subject.
    pub async fn last_written_in(&self, subject: SubjectId) -> Result<Option<String>, StoreError> {
        let query = outbox::Entity::find().select_only().column(outbox::Column::Lang).filter(outbox::Column::SubjectId.eq(subject));
        Ok(query.order_by_desc(outbox::Column::CreatedAt).limit(1).into_tuple().one(&self.reader).await?)
    }

    /// Subjects that were written to in a language: the mail that verifies an address is in the language of the registration.
    pub async fn subjects_written_to_in(&self, lang: &str) -> Result<Vec<SubjectId>, StoreError> {
        let query = outbox::Entity::find().select_only().column(outbox::Column::SubjectId).distinct();
        Ok(query.filter(outbox::Column::Lang.eq(lang)).into_tuple().all(&self.reader).await?)
    }
}
