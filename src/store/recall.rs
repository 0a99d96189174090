//! Requests of blood stations.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::recall;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::recall::Model as RecallRow;

impl Store {
    /// The requests, the latest first, behind one.
    pub async fn recalls(&self, after: Option<Uuid>, limit: u64) -> Result<Vec<RecallRow>, StoreError> {
        let mut query = recall::Entity::find();
        if let Some(last) = after {
            query = query.filter(recall::Column::Id.lt(last));
        }
        Ok(query.order_by_desc(recall::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// A request.
    pub async fn recall(&self, id: Uuid) -> Result<Option<RecallRow>, StoreError> {
        Ok(recall::Entity::find_by_id(id).one(&self.reader).await?)
    }
}

impl Tx {
    /// Records a request.
    pub async fn put_recall(&mut self, row: RecallRow) -> Result<(), StoreError> {
        super::bulk::insert::<recall::Entity, _>(&self.db, [row]).await
    }

    /// Closes a request: nobody is called for it any more.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was closed already.
    pub async fn close_recall(&mut self, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
        let done = recall::Entity::update_many()
            .col_expr(recall::Column::ClosedAt, at.into())
            .filter(recall::Column::Id.eq(id))
            .filter(recall::Column::ClosedAt.is_null())
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}
