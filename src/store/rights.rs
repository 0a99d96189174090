//! Requests of registrants, with the clock that runs on them.

use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::id::{PersonId, StaffId, SubjectId};
use crate::domain::place::DayPlace;
use crate::domain::rights::RightsAnswer;
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::value::Day;
use super::entity::{link, outbox, rights_request};
use super::error::StoreError;
use super::followup::OutboxRow;
use super::tx::Tx;

pub use super::entity::rights_request::Model as RightsRow;

impl Store {
    /// The requests of a person, the latest first.
    pub async fn rights_of(&self, person: PersonId) -> Result<Vec<RightsRow>, StoreError> {
        let query = rights_request::Entity::find().filter(rights_request::Column::PersonId.eq(person));
        Ok(query.order_by_desc(rights_request::Column::Id).all(&self.reader).await?)
    }

    /// One request.
    pub async fn rights_request(&self, id: Uuid) -> Result<Option<RightsRow>, StoreError> {
        Ok(rights_request::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Mails of subjects, whatever became of them, the latest first, at most `limit`.
    pub async fn mails_of(&self, subjects: &[SubjectId], limit: u64) -> Result<Vec<OutboxRow>, StoreError> {
        let query = outbox::Entity::find().filter(outbox::Column::SubjectId.is_in(subjects.iter().copied()));
        Ok(query.order_by_desc(outbox::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// What subjects answered by links of ours, or were noted to have answered: the word of the purpose and when, oldest first.
    pub async fn answers_of(&self, subjects: &[SubjectId]) -> Result<Vec<(SubjectId, String, Timestamp)>, StoreError> {
        let query = link::Entity::find()
            .filter(link::Column::SubjectId.is_in(subjects.iter().copied()))
            .filter(link::Column::UsedAt.is_not_null())
            .order_by_asc(link::Column::UsedAt);
        let rows = query.all(&self.reader).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.subject_id, row.purpose, row.used_at?))).collect())
    }

    /// Requests not answered yet, those that are due first, behind a day and an id.
    pub async fn open_rights(&self, after: Option<DayPlace>, limit: u64) -> Result<Vec<RightsRow>, StoreError> {
        let mut query = rights_request::Entity::find().filter(rights_request::Column::AnsweredAt.is_null());
        if let Some(DayPlace { day: due, id }) = after {
            let same = Condition::all().add(rights_request::Column::DueOn.eq(Day(due))).add(rights_request::Column::Id.gt(id));
            query = query.filter(Condition::any().add(rights_request::Column::DueOn.gt(Day(due))).add(same));
        }
        let query = query.order_by_asc(rights_request::Column::DueOn).order_by_asc(rights_request::Column::Id);
        Ok(query.limit(limit).all(&self.reader).await?)
    }
}

impl Tx {
    /// Records a request.
    pub async fn put_rights(&mut self, row: RightsRow) -> Result<(), StoreError> {
        super::bulk::insert::<rights_request::Entity, _>(&self.db, [row]).await
    }

    /// Records the answer to a request.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was answered already; [`StoreError::Missing`].
    pub async fn answer_rights(
        &mut self,
        id: Uuid,
        answer: RightsAnswer,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<RightsRow, StoreError> {
        let mut row = rights_request::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("request"))?;
        if row.answered_at.is_some() {
            return Err(StoreError::Stale);
        }
        row.answered_at = Some(at);
        row.answered_by = by;
        row.granted = Some(matches!(answer, RightsAnswer::Done(_)));
        match answer {
            RightsAnswer::Done(how) => row.done_how = Some(how.word().to_owned()),
            RightsAnswer::Refused(why) => row.refusal = why.map(|why| why.word().to_owned()),
        }
        row.row_version += 1;
        rights_request::Entity::update(row.clone().into_active_model().reset_all()).exec(&self.db).await?;
        Ok(row)
    }
}
