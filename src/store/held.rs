//! Who waits for the first contact: whatever is on file of them came in by a sheet, and none of it was released. One registration of another
//! origin, or released, lets the person be contacted, whatever sheets list them later.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::desk::waiting;
use super::entity::value::Day;
use super::entity::{membership, subject, task};
use super::error::StoreError;
use super::standing::unindexed_in;
use super::stream::PersonEntry;
use super::word::{Origin, TaskChannel, TaskState};

/// Follow-ups that are listed of everybody: who is in a match was asked and answered, who asked something waits for the answer, and what becomes
/// of a registration is a registrar's to say.
const FOR_ALL: &str = "task.kind IN ('match_check', 'question', 'lost_contact')";
/// The registration of a follow-up came in by a sheet and was not released: the one look that everybody else costs.
const UNRELEASED: &str =
    "EXISTS (SELECT 1 FROM subject s WHERE s.id = task.subject_id AND s.origin = 'import' AND s.first_contact_at IS NULL)";
/// The registrations that an index of their own holds.
const IN_INDEX: &str = "subject.origin = 'import' AND subject.first_contact_at IS NULL AND subject.erased_at IS NULL";
/// Nor was any other registration of the person.
const NO_OTHER: &str = "NOT EXISTS (SELECT 1 FROM membership m JOIN membership o ON o.person_id = m.person_id AND o.until IS NULL \
     JOIN subject s ON s.id = o.subject_id WHERE m.subject_id = task.subject_id AND m.until IS NULL AND s.erased_at IS NULL \
     AND (s.origin <> 'import' OR s.first_contact_at IS NOT NULL))";

/// So many registrations are looked at one by one.
const FEW: usize = 1_000;

impl Origin {
    /// Whether a registration waits for the first contact.
    const fn waits(self, released: Option<Timestamp>) -> bool {
        matches!(self, Self::Import) && released.is_none()
    }
}

impl PersonEntry {
    /// Whether this registration waits for the first contact. The person does where all of theirs do.
    pub const fn waits(&self) -> bool {
        self.origin.waits(self.first_contact_at)
    }
}

/// Without the follow-ups that nobody may make before the first contact is confirmed.
pub(super) fn free(query: Select<task::Entity>) -> Select<task::Entity> {
    query.filter(Expr::cust(format!("({FOR_ALL} OR NOT ({UNRELEASED} AND {NO_OTHER}))")))
}

impl Store {
    /// Who of some persons waits for the first contact.
    pub async fn held_of(&self, persons: &[PersonId]) -> Result<HashSet<PersonId>, StoreError> {
        let mut owners: HashMap<SubjectId, PersonId> = HashMap::new();
        for part in persons.chunks(super::admit::IDS) {
            let members = membership::Entity::find()
                .filter(membership::Column::PersonId.is_in(part.iter().copied()))
                .filter(membership::Column::Until.is_null());
            owners.extend(members.all(&self.reader).await?.into_iter().map(|m| (m.subject_id, m.person_id)));
        }
        let subjects: Vec<SubjectId> = owners.keys().copied().collect();
        let mut waits: HashMap<PersonId, bool> = HashMap::new();
        for part in subjects.chunks(super::admit::IDS) {
            let living =
                subject::Entity::find().filter(subject::Column::Id.is_in(part.iter().copied())).filter(subject::Column::ErasedAt.is_null());
            for row in living.all(&self.reader).await? {
                if let Some(person) = owners.get(&row.id) {
                    *waits.entry(*person).or_insert(true) &= row.origin.waits(row.first_contact_at);
                }
            }
        }
        Ok(waits.into_iter().filter(|(_, waits)| *waits).map(|(person, _)| person).collect())
    }

    /// As [`Store::count_staff_tasks_held`], where at most a thousand registrations wait for the first contact, and no more of them are looked at; none
    /// where there are more.
    pub async fn count_staff_tasks_held_of_few(&self, on_or_before: NaiveDate) -> Result<Option<u64>, StoreError> {
        let query = subject::Entity::find().select_only().column(subject::Column::Id).filter(Expr::cust(IN_INDEX));
        let subjects: Vec<SubjectId> = query.limit(FEW as u64 + 1).into_tuple().all(&self.reader).await?;
        if subjects.len() > FEW {
            return Ok(None);
        }
        let mut count = 0;
        for part in subjects.chunks(super::admit::IDS) {
            // By the registrations, not by the day: whatever else is overdue is not looked at.
            let query = task::Entity::find()
                .filter(task::Column::SubjectId.is_in(part.iter().copied()))
                .filter(unindexed_in(task::Column::State, [TaskState::Planned]))
                .filter(task::Column::Channel.is_not_in([TaskChannel::Mail, TaskChannel::Letter, TaskChannel::HandOff]))
                .filter(task::Column::DueOn.lte(Day(on_or_before)))
                .filter(Expr::cust(format!("NOT ({FOR_ALL}) AND {NO_OTHER}")));
            count += query.count(&self.reader).await?;
        }
        Ok(Some(count))
    }

    /// How many planned tasks of the call desk that are due on or before a day wait for the first contact.
    pub async fn count_staff_tasks_held(&self, on_or_before: NaiveDate) -> Result<u64, StoreError> {
        if let Some(count) = self.count_staff_tasks_held_of_few(on_or_before).await? {
            return Ok(count);
        }
        // From the index of the few that were not released: where everybody was, it is empty.
        let unreleased = subject::Entity::find().select_only().column(subject::Column::Id).filter(Expr::cust(IN_INDEX));
        let query = waiting(on_or_before)
            .filter(task::Column::SubjectId.in_subquery(unreleased.into_query()))
            .filter(Expr::cust(format!("NOT ({FOR_ALL}) AND {NO_OTHER}")));
        Ok(query.count(&self.reader).await?)
    }
}
