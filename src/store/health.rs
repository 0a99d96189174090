//! Donations, deferrals and blood groups: one sealed fact a row, never changed. Which kind of fact a row is stands inside the seal.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::eligibility::HealthFact;
use crate::domain::id::{HealthId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Slot, SubjectKeys, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{health_fact, subject_key};
use super::error::StoreError;
use super::prepare::SCHEMA;
use super::rowmac::Protected;
use super::tx::Tx;

/// A fact ready to be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedHealth(health_fact::Model);

/// A fact, opened.
#[derive(Debug)]
pub struct HealthView {
    /// Which.
    pub id: HealthId,
    /// Whose.
    pub subject: SubjectId,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom; none for the program.
    pub by: Option<StaffId>,
    /// What.
    pub fact: Guarded<HealthFact>,
}

/// Seals a fact of a known subject.
///
/// # Errors
/// [`StoreError::Vault`] where this process lacks the key of the health compartment.
pub fn prepare_health(
    vault: &Vault,
    keys: &SubjectKeys,
    fact: &Guarded<HealthFact>,
    by: Option<StaffId>,
    at: Timestamp,
) -> Result<PreparedHealth, StoreError> {
    let id = HealthId::fresh();
    let subject = keys.subject();
    let mut row = health_fact::Model {
        id,
        subject_id: subject,
        recorded_at: at,
        staff_id: by,
        sealed: Opaque(vault.seal(keys, &slot(id, subject), fact)?.into_bytes()),
        schema: SCHEMA.into(),
        row_version: 1,
        row_mac: Opaque(Vec::new()),
    };
    row.protect(vault)?;
    Ok(PreparedHealth(row))
}

impl PreparedHealth {
    /// Which fact it is.
    pub fn id(&self) -> HealthId {
        self.0.id
    }
}

impl Tx {
    /// Adds facts.
    pub async fn put_health(&mut self, facts: Vec<PreparedHealth>) -> Result<(), StoreError> {
        for fact in &facts {
            self.note(ChangeKind::RecordAdded, Some(fact.0.subject_id), None, None, fact.0.recorded_at);
        }
        super::bulk::insert::<health_fact::Entity, _>(&self.db, facts.into_iter().map(|f| f.0)).await
    }
}

impl Store {
    /// The facts of some subjects in the order they were recorded; nothing of one that was erased, nor where this process lacks the key.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] where a row was changed outside the program.
    pub async fn health_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<HealthView>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = health_fact::Entity::find()
                .filter(health_fact::Column::SubjectId.is_in(part.iter().copied()))
                .order_by_asc(health_fact::Column::Id)
                .all(&self.reader)
                .await?;
            if rows.is_empty() {
                continue;
            }
            let mut deks: HashMap<SubjectId, Vec<_>> = HashMap::new();
            let keys = subject_key::Entity::find()
                .filter(subject_key::Column::SubjectId.is_in(rows.iter().map(|r| r.subject_id)))
                .filter(subject_key::Column::Compartment.eq(Compartment::Health));
            for row in keys.all(&self.reader).await? {
                deks.entry(row.subject_id).or_default().push(super::meta::dek_row(row)?);
            }
            for row in rows {
                row.check(vault)?;
                let keys = vault.subject_keys(row.subject_id, deks.get(&row.subject_id).map_or(&[], Vec::as_slice))?;
                out.extend(opened(vault, &keys, row)?);
            }
        }
        Ok(out)
    }
}

/// A fact, where its key is there.
pub(super) fn opened(vault: &Vault, keys: &SubjectKeys, row: health_fact::Model) -> Result<Option<HealthView>, StoreError> {
    let (id, subject) = (row.id, row.subject_id);
    let fact = super::person::open(vault, keys, slot(id, subject), Some(row.sealed))?;
    Ok(fact.map(|fact| HealthView { id, subject, at: row.recorded_at, by: row.staff_id, fact }))
}

fn slot(id: HealthId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Health, table: "health_fact", column: "sealed", row: id.0, subject, schema: SCHEMA }
}
