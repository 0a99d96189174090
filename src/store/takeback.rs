//! Taking a registration back that was saved by mistake a moment ago: it goes as if it had never been.

use rayon::prelude::*;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::fact::Fact;
use crate::domain::id::{FactId, StatId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::{Sealed, Vault, VaultError};

use super::connect::Store;
use super::entity::{fact, idempotency, membership, pair};
use super::error::StoreError;
use super::person::open_membership;
use super::rowmac::Protected;
use super::tx::Tx;

/// Facts read at a time.
const PAGE: u64 = 5_000;

impl Store {
    /// The first outcome of a request by key and actor alone: status, opaque location, when.
    pub async fn outcome(&self, key: &str, actor: Uuid) -> Result<Option<(i64, Option<String>, Timestamp)>, StoreError> {
        let row = idempotency::Entity::find_by_id((key.to_owned(), actor)).one(&self.reader).await?;
        Ok(row.map(|r| (r.status, r.location, r.created_at)))
    }

    /// The facts counted under a random identity. At rest a fact is tied to nobody, so every fact is opened: a fraction of a second for
    /// 100,000 of them.
    pub async fn facts_of(&self, vault: &Vault, stat_id: StatId) -> Result<Vec<FactId>, StoreError> {
        let (mut after, mut out) = (None::<FactId>, Vec::new());
        loop {
            let mut query = fact::Entity::find().order_by_asc(fact::Column::Id).limit(PAGE);
            if let Some(after) = after {
                query = query.filter(fact::Column::Id.gt(after));
            }
            let page = query.all(&self.reader).await?;
            let Some(last) = page.last() else { return Ok(out) };
            after = Some(last.id);
            let opened: Result<Vec<(FactId, Fact)>, VaultError> =
                page.into_par_iter().map(|row| Ok((row.id, vault.unseal_fact(row.id, &Sealed::from_bytes(row.sealed.0))?))).collect();
            out.extend(opened?.into_iter().filter(|(_, fact)| fact.stat_id == stat_id).map(|(id, _)| id));
        }
    }
}

impl Tx {
    /// Takes a subject back: erased as [`Tx::erase`] does, without a person it belongs to, its pairs and the facts given deleted.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it belongs to nobody any more.
    pub async fn take_back(&mut self, vault: &Vault, subject: SubjectId, facts: &[FactId], at: Timestamp) -> Result<(), StoreError> {
        let mut open = open_membership(&self.db, subject).await?.ok_or(StoreError::Stale)?;
        open.check(vault)?;
        open.until = Some(at);
        open.row_version += 1;
        open.protect(vault)?;
        membership::Entity::update(open.into_active_model().reset_all()).exec(&self.db).await?;
        for column in [pair::Column::SubjectL, pair::Column::SubjectR] {
            pair::Entity::delete_many().filter(column.eq(subject)).exec(&self.db).await?;
        }
        fact::Entity::delete_many().filter(fact::Column::Id.is_in(facts.iter().copied())).exec(&self.db).await?;
        self.erase(vault, &[subject], at).await
    }
}
