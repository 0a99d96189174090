//! What a rotation of the compartments' keys goes through: data keys, facts, names of imports, staged rows. Page by page, so that a killed
//! rotation begins again anywhere and other writers wait for milliseconds only; rows that were erased meanwhile stay erased.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::Compartment;
use crate::domain::id::{FactId, ImportId, ImportRowId, SubjectId};
use crate::vault::{DekRow, KeyPurpose, KeyStatus, Sealed, Vault};

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{fact, import, import_row, subject_key};
use super::error::StoreError;
use super::import::source_slot;
use super::meta::dek_row;
use super::prepare::{PreparedRecord, key_model};
use super::tx::Tx;

/// What was done anew in one page, and where the next one begins; none after the last.
#[derive(Debug)]
pub struct Renewed<Row, Place> {
    /// Rows to be stored.
    pub rows: Vec<Row>,
    /// The last row looked at.
    pub next: Option<Place>,
}

/// The place of a data key.
pub type DekPlace = (SubjectId, Compartment, i64);

impl Store {
    /// The data keys of a page that are not yet wrapped under their compartment's primary key, wrapped anew.
    pub async fn renewed_deks(&self, vault: &Vault, after: Option<DekPlace>, limit: u64) -> Result<Renewed<DekRow, DekPlace>, StoreError> {
        use subject_key::Column::{Compartment, SubjectId, Version};
        let mut page = subject_key::Entity::find().cursor_by((SubjectId, Compartment, Version));
        if let Some(after) = after {
            page.after(after);
        }
        let page = page.first(limit).all(&self.reader).await?;
        let next = page.last().map(|r| (r.subject_id, r.compartment, r.version));
        let mut rows = Vec::new();
        for row in page {
            rows.extend(vault.rewrap_dek(&dek_row(row)?)?);
        }
        Ok(Renewed { rows, next })
    }

    /// The facts of a page that are not yet sealed under the primary statistics key, sealed anew.
    pub async fn renewed_facts(
        &self,
        vault: &Vault,
        after: Option<FactId>,
        limit: u64,
    ) -> Result<Renewed<(FactId, Sealed), FactId>, StoreError> {
        let mut query = fact::Entity::find().order_by_asc(fact::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(fact::Column::Id.gt(after));
        }
        let page = query.all(&self.reader).await?;
        let next = page.last().map(|r| r.id);
        let mut rows = Vec::new();
        for row in page {
            rows.extend(vault.reseal_fact(row.id, &Sealed::from_bytes(row.sealed.0))?.map(|sealed| (row.id, sealed)));
        }
        Ok(Renewed { rows, next })
    }

    /// The names of imports that are not yet sealed under the primary identity key, sealed anew.
    pub async fn renewed_sources(&self, vault: &Vault) -> Result<Vec<(ImportId, Sealed)>, StoreError> {
        let page = import::Entity::find().filter(import::Column::SealedSource.is_not_null()).all(&self.reader).await?;
        let mut rows = Vec::new();
        for row in page {
            let Some(sealed) = row.sealed_source else { continue };
            rows.extend(vault.reseal_own(&source_slot(row.id), &Sealed::from_bytes(sealed.0))?.map(|sealed| (row.id, sealed)));
        }
        Ok(rows)
    }

    /// The staged records of a page whose keys are not the primary ones, with their keys and facts under these.
    pub async fn renewed_drafts(
        &self,
        vault: &Vault,
        after: Option<ImportRowId>,
        limit: u64,
    ) -> Result<Renewed<(ImportRowId, PreparedRecord), ImportRowId>, StoreError> {
        let mut query =
            import_row::Entity::find().filter(import_row::Column::Prepared.is_not_null()).order_by_asc(import_row::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(import_row::Column::Id.gt(after));
        }
        let page = query.all(&self.reader).await?;
        let next = page.last().map(|r| r.id);
        let mut rows = Vec::new();
        for row in page {
            let Some(prepared) = row.prepared else { continue };
            let mut prepared: PreparedRecord = serde_json::from_slice(&prepared.0).map_err(|_| StoreError::Damaged("import_row"))?;
            if prepared.renew(vault)? {
                rows.push((row.id, prepared));
            }
        }
        Ok(Renewed { rows, next })
    }
}

impl Tx {
    /// Replaces wrapped data keys by the same keys under another key-encryption key.
    pub async fn rewrap_deks(&mut self, rows: &[DekRow]) -> Result<(), StoreError> {
        for row in rows {
            subject_key::Entity::update_many()
                .col_expr(subject_key::Column::KekId, i64::from(row.kek_id).into())
                .col_expr(subject_key::Column::Wrapped, Opaque(row.wrapped.clone()).into())
                .filter(subject_key::Column::SubjectId.eq(row.subject))
                .filter(subject_key::Column::Compartment.eq(row.compartment))
                .filter(subject_key::Column::Version.eq(i64::from(row.version)))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Replaces sealed facts by the same facts under another key.
    pub async fn reseal_facts(&mut self, rows: Vec<(FactId, Sealed)>) -> Result<(), StoreError> {
        for (id, sealed) in rows {
            fact::Entity::update_many()
                .col_expr(fact::Column::Sealed, Opaque(sealed.into_bytes()).into())
                .filter(fact::Column::Id.eq(id))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Replaces the sealed names of imports.
    pub async fn reseal_sources(&mut self, rows: Vec<(ImportId, Sealed)>) -> Result<(), StoreError> {
        for (id, sealed) in rows {
            import::Entity::update_many()
                .col_expr(import::Column::SealedSource, Opaque(sealed.into_bytes()).into())
                .filter(import::Column::Id.eq(id))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Replaces staged records; one that was admitted or thrown away meanwhile stays so.
    pub async fn restage(&mut self, rows: Vec<(ImportRowId, PreparedRecord)>) -> Result<(), StoreError> {
        for (id, prepared) in rows {
            let bytes = serde_json::to_vec(&prepared).map_err(|_| StoreError::Damaged("import_row"))?;
            import_row::Entity::update_many()
                .col_expr(import_row::Column::Prepared, Opaque(bytes).into())
                .filter(import_row::Column::Id.eq(id))
                .filter(import_row::Column::Prepared.is_not_null())
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Refuses what is not under the keys that are written with now: a process that has not noticed a rotation writes nothing under a key
    /// that is about to be destroyed.
    ///
    /// # Errors
    /// [`StoreError::KeyRetired`]; nothing was written, and the transaction may go on.
    pub(super) async fn refuse_retired(&mut self, used: impl IntoIterator<Item = (Compartment, u32)>) -> Result<(), StoreError> {
        let primaries = match self.primaries.take() {
            Some(known) => known,
            None => {
                let keyring = self.keyring().await?;
                keyring.into_iter().filter(|k| k.status == KeyStatus::Primary).map(|k| (k.purpose, k.key_id)).collect()
            }
        };
        let fits = used.into_iter().all(|(compartment, id)| primaries.contains(&(KeyPurpose::Kek(compartment), id)));
        self.primaries = Some(primaries);
        if fits { Ok(()) } else { Err(StoreError::KeyRetired) }
    }
}

/// The key a fact is sealed under.
pub(super) fn of_fact(row: &fact::Model) -> Result<(Compartment, u32), StoreError> {
    Ok((Compartment::Statistics, Vault::sealed_under(&Sealed::from_bytes(row.sealed.0.clone()))?))
}

impl PreparedRecord {
    /// The keys that data keys and facts are under.
    pub(super) fn keys_used(&self) -> Result<Vec<(Compartment, u32)>, StoreError> {
        let number = |id: i64| u32::try_from(id).map_err(|_| StoreError::Damaged("subject_key"));
        let keys = self.keys.iter().map(|k| number(k.kek_id).map(|id| (k.compartment, id)));
        keys.chain(self.facts.iter().map(of_fact)).collect()
    }

    /// Brings data keys and facts under the keys that are written with now. Answers whether anything was to be done.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where an old key is gone.
    pub(super) fn renew(&mut self, vault: &Vault) -> Result<bool, StoreError> {
        let mut changed = false;
        for key in &mut self.keys {
            if let Some(row) = vault.rewrap_dek(&dek_row(key.clone())?)? {
                *key = key_model(row);
                changed = true;
            }
        }
        for fact in &mut self.facts {
            if let Some(sealed) = vault.reseal_fact(fact.id, &Sealed::from_bytes(fact.sealed.0.clone()))? {
                fact.sealed = Opaque(sealed.into_bytes());
                changed = true;
            }
        }
        Ok(changed)
    }
}
