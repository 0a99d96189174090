//! The rows of one draft, as they come together.

use chrono::NaiveDate;
use uuid::Uuid;

use super::slot::{correction_slot, record_slot};
use super::{ConsentGiven, Occasion, PreparedRecord, SCHEMA, prepare_consent, prepare_fact, seal};
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{ClaimId, EnrolmentId, RecordId, StatId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::domain::record::RecordDraft;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::{Compartment, Guarded};
use crate::store::entity::value::{Day, Opaque};
use crate::store::entity::{contact_index, correction, enrolment, identifier_claim, record};
use crate::store::error::StoreError;
use crate::store::rowmac::Protected;
use crate::store::word::ContactKind;
use crate::vault::{SubjectKeys, Vault};

/// Collects the sealed rows of one draft.
pub struct Preparation<'a> {
    pub(in crate::store) vault: &'a Vault,
    pub(in crate::store) keys: &'a SubjectKeys,
    pub(in crate::store) occasion: Occasion,
    /// The fact of the draft's standing: later facts share its town, sex, birth year, channel and drive.
    pub(super) template: Fact,
    pub(in crate::store) out: PreparedRecord,
}

impl<'a> Preparation<'a> {
    pub(super) fn start(
        vault: &'a Vault,
        keys: &'a SubjectKeys,
        draft: &RecordDraft,
        occasion: Occasion,
        stat_id: StatId,
    ) -> Result<Self, StoreError> {
        let subject = keys.subject();
        let id = RecordId::fresh();
        let slot = |compartment, column| record_slot(compartment, column, id, subject);
        let mut row = record::Model {
            id,
            subject_id: subject,
            registry: draft.registry,
            import_row_id: occasion.import.map(|(_, row)| row),
            drive_id: occasion.drive.map(|(id, _)| id),
            recorded_at: occasion.at,
            told_on: draft.date.map(Day),
            sealed_identity: seal(vault, keys, slot(Compartment::Identity, "sealed_identity"), &draft.identity)?,
            sealed_contact: seal(vault, keys, slot(Compartment::Contact, "sealed_contact"), &draft.contact)?,
            sealed_health: Some(seal(vault, keys, slot(Compartment::Health, "sealed_health"), &draft.health)?),
            sealed_details: Some(seal(vault, keys, slot(Compartment::Documents, "sealed_details"), &draft.details)?),
            schema: SCHEMA.into(),
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        let mut claims = Vec::new();
        for (kind, index) in vault.blind_identity(&draft.identity)? {
            let mut claim = identifier_claim::Model {
                id: ClaimId::fresh(),
                subject_id: subject,
                kind: kind.into(),
                index_value: Opaque(index.to_vec()),
                key_version: index.key_version().into(),
                verified: occasion.verified,
                row_version: 1,
                row_mac: Opaque(Vec::new()),
            };
            claim.protect(vault)?;
            claims.push(claim);
        }
        let (phones, mails) = vault.blind_contact(&draft.contact)?;
        let phones = phones.into_iter().map(|index| (ContactKind::Phone, index));
        let mails = mails.into_iter().map(|index| (ContactKind::Mail, index));
        let contacts = phones
            .chain(mails)
            .map(|(kind, index)| contact_index::Model {
                id: Uuid::now_v7(),
                subject_id: subject,
                record_id: id,
                kind,
                index_value: Opaque(index.to_vec()),
                key_version: index.key_version().into(),
            })
            .collect();
        let template = Fact::of_draft(draft, stat_id, occasion.today, occasion.channel, occasion.drive.map(|(_, number)| number));
        let out = PreparedRecord {
            subject: None,
            keys: Vec::new(),
            stat_link: None,
            record: row,
            enrolment: None,
            further: Vec::new(),
            claims,
            contacts,
            facts: Vec::new(),
            corrections: Vec::new(),
            consents: Vec::new(),
            barcode: None,
        };
        Ok(Self { vault, keys, occasion, template, out })
    }

    /// The subject.
    pub fn subject(&self) -> SubjectId {
        self.keys.subject()
    }

    /// The new subject's keys, to seal what is stored beside the record.
    pub fn keys(&self) -> &SubjectKeys {
        self.keys
    }

    /// Adds a fact of the same registrant.
    pub fn fact(&mut self, day: NaiveDate, event: FactEvent) -> Result<(), StoreError> {
        let fact = Fact { day, event, ..self.template.clone() };
        self.out.facts.push(prepare_fact(self.vault, &fact)?.0);
        Ok(())
    }

    /// Adds a kept-aside value, or a missing one, to the correction list.
    pub fn correction(&mut self, field: &str, problem: ProblemCode, value: Option<&Guarded<String>>) -> Result<(), StoreError> {
        let line = correction::Model::asks((self.subject(), self.out.record.id), field, problem, self.occasion.at);
        let sealed_value = value.map(|v| seal(self.vault, self.keys, correction_slot(line.id, line.subject_id), v)).transpose()?;
        let (import_id, import_row_id) = self.occasion.import.unzip();
        self.out.corrections.push(correction::Model { import_id, import_row_id, sealed_value, ..line });
        Ok(())
    }

    /// Adds a standing in a further registry, as of the same day.
    pub fn also(&mut self, registry: Registry, status: EnrolmentStatus) -> Result<(), StoreError> {
        let mut row = enrolment::Model {
            id: EnrolmentId::fresh(),
            subject_id: self.subject(),
            registry,
            status,
            since: Day(self.template.day),
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(self.vault)?;
        self.out.further.push(row);
        let fact = Fact { registry, event: FactEvent::Status(status), ..self.template.clone() };
        self.out.facts.push(prepare_fact(self.vault, &fact)?.0);
        Ok(())
    }

    /// Adds a consent.
    pub fn consent(&mut self, given: &ConsentGiven) -> Result<(), StoreError> {
        self.out.consents.push(prepare_consent(self.vault, self.keys, given)?.0);
        Ok(())
    }
}
