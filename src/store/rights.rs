//! Requests of registrants, with the clock that runs on them.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::id::{PersonId, StaffId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::rights_request;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::rights_request::Model as RightsRow;

impl Store {
    /// The requests of a person, the latest first.
    pub async fn rights_of(&self, person: PersonId) -> Result<Vec<RightsRow>, StoreError> {
        let query = rights_request::Entity::find().filter(rights_request::Column::PersonId.eq(person));
        Ok(query.order_by_desc(rights_request::Column::Id).all(&self.reader).await?)
    }

    /// Requests not answered yet, those that are due first.
    pub async fn open_rights(&self, limit: u64) -> Result<Vec<RightsRow>, StoreError> {
        let query = rights_request::Entity::find().filter(rights_request::Column::AnsweredAt.is_null());
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
    pub async fn answer_rights(&mut self, id: Uuid, granted: bool, by: Option<StaffId>, at: Timestamp) -> Result<RightsRow, StoreError> {
        let mut row = rights_request::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("request"))?;
        if row.answered_at.is_some() {
            return Err(StoreError::Stale);
        }
        row.answered_at = Some(at);
        row.answered_by = by;
        row.granted = Some(granted);
        row.row_version += 1;
        rights_request::Entity::update(row.clone().into_active_model().reset_all()).exec(&self.db).await?;
        Ok(row)
    }
}
