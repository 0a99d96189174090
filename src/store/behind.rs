//! A sheet's standing that is behind the one on file.

use chrono::NaiveDate;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{CorrectionId, ImportId};
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::vault::{Sealed, Vault};

use super::entity::correction;
use super::entity::value::Day;
use super::error::StoreError;
use super::prepare::{PreparedRecord, prepare_fact};
use super::rowmac::Protected;
use super::word::CorrectionState;

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
                *row = prepare_fact(vault, &fact)?.0;
            }
        }
        self.corrections.push(correction::Model {
            id: CorrectionId::fresh(),
            import_id: Some(import),
            import_row_id: self.record.import_row_id,
            subject_id: self.record.subject_id,
            record_id: self.record.id,
            field: "status".to_owned(),
            problem: ProblemCode::StatusBehind.code().to_owned(),
            sealed_value: None,
            state: CorrectionState::Open,
            resolved_by: None,
            resolved_at: None,
            created_at: self.record.recorded_at,
            row_version: 1,
        });
        Ok(())
    }
}
