//! Where persons stand, told by their standings alone: nothing sealed is opened for it, so that a transaction can ask for many of them.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::vault::Vault;

use super::connect::Store;
use super::entity::{enrolment, membership};
use super::error::StoreError;
use super::person::EnrolmentRow;
use super::rowmac::Protected;
use super::tx::Tx;

/// The standings of a person, of every registration.
#[derive(Debug, Clone, Default)]
pub struct Stands {
    rows: Vec<EnrolmentRow>,
}

impl Stands {
    /// The standing in each registry over all registrations ([`counted`]).
    pub fn of_registries(&self) -> Vec<(Registry, EnrolmentStatus, NaiveDate)> {
        counted(self.rows.iter())
    }

    /// The registrations in a registry.
    pub fn subjects_in(&self, registry: Registry) -> Vec<SubjectId> {
        self.rows.iter().filter(|row| row.registry == registry).map(|row| row.subject_id).collect()
    }

    /// Every registration.
    pub fn subjects(&self) -> Vec<SubjectId> {
        self.rows.iter().map(|row| row.subject_id).collect()
    }

    /// Whether one of the standings says that the person has died.
    pub fn has_died(&self) -> bool {
        self.rows.iter().any(|row| row.status.tells_of_death(row.registry))
    }

    /// Whether the person has left every registry, and nothing is asked after it, or has died. Of whom nothing is known: no.
    pub fn gone(&self) -> bool {
        let left = |(registry, status, _): &(Registry, EnrolmentStatus, NaiveDate)| {
            matches!(status, EnrolmentStatus::Exited(_)) && !status.may_follow_up(*registry)
        };
        self.has_died() || (!self.rows.is_empty() && self.of_registries().iter().all(left))
    }
}

/// A person's standing in each registry, over all registrations: the latest counts, and of two on one day the exit, so that a sheet dated
/// on or before a withdrawal never re-opens a registration.
pub fn counted<'a>(rows: impl Iterator<Item = &'a EnrolmentRow>) -> Vec<(Registry, EnrolmentStatus, NaiveDate)> {
    let mut best: BTreeMap<Registry, (NaiveDate, EnrolmentStatus)> = BTreeMap::new();
    for row in rows {
        let mine = (row.since.0, row.status);
        let entry = best.entry(row.registry).or_insert(mine);
        if (mine.0, mine.1.rank()) > (entry.0, entry.1.rank()) {
            *entry = mine;
        }
    }
    best.into_iter().map(|(registry, (since, status))| (registry, status, since)).collect()
}

impl Store {
    /// Where some persons stand; who has no registration is left out.
    pub async fn stands_of(&self, vault: &Vault, persons: &[PersonId]) -> Result<HashMap<PersonId, Stands>, StoreError> {
        stands_of(&self.reader, vault, persons).await
    }
}

impl Tx {
    /// As [`Store::stands_of`], as this transaction sees it: nobody leaves before it commits.
    pub async fn stands_of(&self, vault: &Vault, persons: &[PersonId]) -> Result<HashMap<PersonId, Stands>, StoreError> {
        stands_of(&self.db, vault, persons).await
    }
}

async fn stands_of(db: &impl ConnectionTrait, vault: &Vault, persons: &[PersonId]) -> Result<HashMap<PersonId, Stands>, StoreError> {
    let mut owners: HashMap<SubjectId, PersonId> = HashMap::new();
    for part in persons.chunks(super::admit::IDS) {
        let open = membership::Entity::find()
            .filter(membership::Column::PersonId.is_in(part.iter().copied()))
            .filter(membership::Column::Until.is_null());
        owners.extend(open.all(db).await?.into_iter().map(|m| (m.subject_id, m.person_id)));
    }
    let subjects: Vec<SubjectId> = owners.keys().copied().collect();
    let mut out: HashMap<PersonId, Stands> = HashMap::new();
    for part in subjects.chunks(super::admit::IDS) {
        for row in enrolment::Entity::find().filter(enrolment::Column::SubjectId.is_in(part.iter().copied())).all(db).await? {
            row.check(vault)?;
            if let Some(person) = owners.get(&row.subject_id) {
                out.entry(*person).or_default().rows.push(row);
            }
        }
    }
    Ok(out)
}
