//! How well readiness foretold.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::connect::Store;
use super::entity::readiness_seen;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::readiness_seen::Model as ReadinessSeen;

impl Store {
    /// The calls of an edition so far: by band and outcome, how many.
    pub async fn readiness_seen(&self, edition: &str) -> Result<Vec<(String, bool, u64)>, StoreError> {
        let rows: Vec<(String, bool, i64)> = readiness_seen::Entity::find()
            .select_only()
            .column(readiness_seen::Column::Band)
            .column(readiness_seen::Column::Reached)
            .column_as(readiness_seen::Column::Id.count(), "n")
            .filter(readiness_seen::Column::Edition.eq(edition))
            .group_by(readiness_seen::Column::Band)
            .group_by(readiness_seen::Column::Reached)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|(band, reached, n)| (band, reached, n.unsigned_abs())).collect())
    }
}

impl Tx {
    /// Notes what readiness foretold and what came of the call.
    pub async fn put_readiness_seen(&mut self, row: ReadinessSeen) -> Result<(), StoreError> {
        super::bulk::insert::<readiness_seen::Entity, _>(&self.db, [row]).await
    }
}
