//! Write transactions.

use sea_orm::DatabaseTransaction;

use crate::domain::id::DeploymentId;

use super::entity::change;
use super::error::StoreError;

/// A write transaction. What it holds is seen by nobody before [`Tx::commit`]; dropped, it is rolled back.
pub struct Tx {
    pub(super) db: DatabaseTransaction,
    pub(super) deployment: DeploymentId,
    pub(super) changes: Vec<change::Model>,
    pub(super) head: Option<super::audit::Head>,
    /// The keys written with, as this transaction sees them.
    pub(super) primaries: Option<Vec<(crate::vault::KeyPurpose, u32)>>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx(..)")
    }
}

impl Tx {
    pub(super) fn new(db: DatabaseTransaction, deployment: DeploymentId) -> Self {
        Self { db, deployment, changes: Vec::new(), head: None, primaries: None }
    }

    /// Numbers and writes the changes noted, and commits: durable when this returns. Answers the number of the last change in the feed.
    pub async fn commit(mut self) -> Result<i64, StoreError> {
        let last = self.flush_changes().await?;
        self.db.commit().await?;
        Ok(last)
    }

    /// Gives everything up.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.db.rollback().await?;
        Ok(())
    }
}
