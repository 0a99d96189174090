//! Releases for the public: written once, approved once, never changed.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::StaffId;
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::release;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::release::Model as ReleaseRow;

impl Store {
    /// Every release, the latest first.
    pub async fn releases(&self) -> Result<Vec<ReleaseRow>, StoreError> {
        Ok(release::Entity::find().order_by_desc(release::Column::Number).all(&self.reader).await?)
    }
}

impl Tx {
    /// The number of the last release; 0 before the first.
    pub async fn last_release(&self) -> Result<i64, StoreError> {
        let last: Option<Option<i64>> =
            release::Entity::find().select_only().column_as(release::Column::Number.max(), "last").into_tuple().one(&self.db).await?;
        Ok(last.flatten().unwrap_or(0))
    }

    /// Stores a release. There is no verb that changes one.
    pub async fn put_release(&mut self, row: ReleaseRow) -> Result<(), StoreError> {
        super::bulk::insert::<release::Entity, _>(&self.db, [row]).await
    }

    /// Approves a release.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where there is none that waits under the number.
    pub async fn approve_release(&mut self, number: i64, by: StaffId, at: Timestamp) -> Result<(), StoreError> {
        let done = release::Entity::update_many()
            .col_expr(release::Column::ApprovedBy, by.into())
            .col_expr(release::Column::ApprovedAt, at.into())
            .filter(release::Column::Number.eq(number))
            .filter(release::Column::ApprovedAt.is_null())
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}
