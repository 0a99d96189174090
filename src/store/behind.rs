//! A sheet's standing that is behind the one on file, at its import or where a registrar joins it to somebody later.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{EnrolmentId, ImportId, PersonId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::vault::{Sealed, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::Day;
use super::entity::{enrolment, membership};
use super::error::StoreError;
use super::prepare::{PreparedRecord, prepare_fact};
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::MembershipDecision;

impl PreparedRecord {
    /// Its standings: of the sheet's registry and of further ones.
    pub fn standings(&self) -> Vec<(Registry, EnrolmentStatus, NaiveDate)> {
        self.enrolment.iter().chain(&self.further).map(|row| (row.registry, row.status, row.since.0)).collect()
    }

    /// From which day it counts, for whoever it joins: the day it speaks of, or the earlier one that [`Self::keep_further`] put it to.
    pub fn counts_from(&self) -> Option<NaiveDate> {
        self.told_on().into_iter().chain(self.enrolment.as_ref().map(|row| row.since.0)).min()
    }

    /// Puts a standing that is behind the one on file before it, so that the one on file stands; what the sheet said stays with the registration,
    /// and a line of the correction list asks for it. The statistics are told what stands: nobody goes back a stage, and an
    /// exit is not counted for a second reason.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where this process lacks the statistics key.
    pub fn keep_further(
        &mut self,
        vault: &Vault,
        import: ImportId,
        registry: Registry,
        (stands, since): (EnrolmentStatus, NaiveDate),
    ) -> Result<(), StoreError> {
        let exited = matches!(stands, EnrolmentStatus::Exited(_));
        // Of two exits of one day nothing says which was first.
        let day = if exited { since.pred_opt().unwrap_or(since) } else { since };
        let mut told = None;
        for row in self.enrolment.iter_mut().chain(&mut self.further).filter(|row| row.registry == registry) {
            told = Some(row.status);
            row.since = Day(day);
            row.protect(vault)?;
        }
        let Some(told) = told else { return Ok(()) };
        for row in &mut self.facts {
            let mut fact: Fact = vault.unseal_fact(row.id, &Sealed::from_bytes(row.sealed.0.clone()))?;
            if fact.registry == registry && fact.event == FactEvent::Status(told) {
                // The same again, and a stage only after the fact that it repeats: of one day an import's would come first, and the person
                // would have come by this sheet.
                fact.day = if exited { since } else { fact.day.max(since.succ_opt().unwrap_or(since)) };
                fact.event = FactEvent::Status(stands);
                // Nor does it re-open anything for whom a registrar joins the person to.
                fact.dayless = true;
                *row = prepare_fact(vault, &fact)?.0;
            }
        }
        self.ask_for_standing(import, ProblemCode::StatusBehind);
        Ok(())
    }
}

impl Store {
    /// Of some persons those to whom a registrar joined anybody, with whom it was; whoever was taken out again since is among them.
    pub async fn joined_by_hand(&self, persons: &[PersonId]) -> Result<Vec<(PersonId, SubjectId)>, StoreError> {
        by_hand(&self.reader, persons).await
    }
}

impl Tx {
    /// As [`Store::joined_by_hand`], as this transaction sees them.
    pub async fn joined_by_hand(&self, persons: &[PersonId]) -> Result<Vec<(PersonId, SubjectId)>, StoreError> {
        by_hand(&self.db, persons).await
    }

    /// Lets a standing count from another day for whom it was joined to. It is no change of the standing: the row keeps its version, so that
    /// whatever is taken apart again is what it was.
    pub async fn count_from(&mut self, vault: &Vault, id: EnrolmentId, day: NaiveDate, at: Timestamp) -> Result<(), StoreError> {
        let mut row = enrolment::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("standing"))?;
        row.check(vault)?;
        row.since = Day(day);
        row.protect(vault)?;
        self.note(ChangeKind::Standing, Some(row.subject_id), None, None, at);
        enrolment::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }
}

async fn by_hand(db: &impl ConnectionTrait, persons: &[PersonId]) -> Result<Vec<(PersonId, SubjectId)>, StoreError> {
    let mut out = Vec::new();
    for part in persons.chunks(super::admit::IDS) {
        let rows = membership::Entity::find()
            .filter(membership::Column::PersonId.is_in(part.iter().copied()))
            .filter(membership::Column::Decision.eq(MembershipDecision::Merged));
        out.extend(rows.all(db).await?.into_iter().map(|row| (row.person_id, row.subject_id)));
    }
    Ok(out)
}
