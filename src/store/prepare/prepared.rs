//! What is asked of sealed rows, and how a standing or a claim is taken back before they are inserted.

use chrono::NaiveDate;

use super::{PreparedRecord, prepare_fact};
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{ImportId, RecordId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::store::entity::correction;
use crate::store::error::StoreError;
use crate::store::rowmac::Protected;
use crate::vault::{Sealed, Vault};

impl PreparedRecord {
    /// Leaves the standing to a registrar: nothing is re-opened, nobody is contacted, and the row asks for a decision on the correction list.
    /// Answers whether there was a standing to leave.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where this process lacks the statistics key.
    pub fn undecide(&mut self, vault: &Vault, import: ImportId) -> Result<bool, StoreError> {
        let mut changed = false;
        for row in self.enrolment.iter_mut().chain(&mut self.further).filter(|row| row.status.may_contact()) {
            row.status = EnrolmentStatus::Undecided;
            row.protect(vault)?;
            changed = true;
        }
        for row in &mut self.facts {
            let mut fact: Fact = vault.unseal_fact(row.id, &Sealed::from_bytes(row.sealed.0.clone()))?;
            if matches!(fact.event, FactEvent::Status(status) if status.may_contact()) {
                fact.event = FactEvent::Status(EnrolmentStatus::Undecided);
                *row = prepare_fact(vault, &fact)?.0;
            }
        }
        if changed {
            self.ask_for_standing(import, ProblemCode::MissingStatus);
        }
        Ok(changed)
    }

    /// Asks a registrar for the standing, on the correction list of an import.
    pub(in crate::store) fn ask_for_standing(&mut self, import: ImportId, problem: ProblemCode) {
        let (of, import_row_id) = ((self.record.subject_id, self.record.id), self.record.import_row_id);
        let line = correction::Model::asks(of, "status", problem, self.record.recorded_at);
        self.corrections.push(correction::Model { import_id: Some(import), import_row_id, ..line });
    }

    /// The subject the record is of.
    pub fn subject(&self) -> SubjectId {
        self.record.subject_id
    }

    /// The record.
    pub fn record(&self) -> RecordId {
        self.record.id
    }

    /// For which registry.
    pub fn registry(&self) -> Registry {
        self.record.registry
    }

    /// The standing of a new subject.
    pub fn status(&self) -> Option<EnrolmentStatus> {
        self.enrolment.as_ref().map(|e| e.status)
    }

    /// The day the record speaks of.
    pub fn told_on(&self) -> Option<NaiveDate> {
        self.record.told_on.map(|d| d.0)
    }

    /// The blind indexes of the document numbers claimed as verified.
    pub fn claim_values(&self) -> Vec<Vec<u8>> {
        self.claims.iter().filter(|c| c.verified).map(|c| c.index_value.0.clone()).collect()
    }

    /// Whether a document number is claimed as verified.
    pub fn claims_documents(&self) -> bool {
        self.claims.iter().any(|c| c.verified)
    }

    /// Gives up the exclusive claim on document numbers: another subject of the same person has it, or the number is kept aside.
    pub fn unverify(&mut self, vault: &Vault) -> Result<(), StoreError> {
        for claim in &mut self.claims {
            claim.verified = false;
            claim.protect(vault)?;
        }
        Ok(())
    }
}
