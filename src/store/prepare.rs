//! Sealing before a transaction: everything a registration needs is encrypted, indexed and protected here, so that the transaction only
//! inserts rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::domain::consent::{ConsentHow, ConsentText, Purpose};
use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::{
    ClaimId, ConsentId, CorrectionId, DriveId, EnrolmentId, FactId, ImportId, ImportRowId, RecordId, StaffId, StatId, SubjectId,
};
use crate::domain::name::PersonName;
use crate::domain::problem::ProblemCode;
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Sealed, Slot, SubjectKeys, Vault};

use super::entity::value::{Day, Opaque};
use super::entity::{
    barcode, consent, contact_index, correction, enrolment, fact, identifier_claim, record, stat_link, subject, subject_key,
};
use super::error::StoreError;
use super::rowmac::Protected;
use super::word::{ContactKind, CorrectionState, Origin};

/// The version of the sealed values' shapes.
pub const SCHEMA: u32 = 1;

/// On what occasion a draft came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// By import or by form.
    pub origin: Origin,
    /// How the registrant came, for the statistics.
    pub channel: Channel,
    /// When it is recorded.
    pub at: Timestamp,
    /// The branch's civil date of `at`.
    pub today: NaiveDate,
    /// At which drive, with its number.
    pub drive: Option<(DriveId, u32)>,
    /// From which imported row.
    pub import: Option<(ImportId, ImportRowId)>,
    /// Whether document numbers become verified claims, which nobody else can have: false where the number is claimed already.
    pub verified: bool,
}

/// A consent as given, its witness still in custody.
#[derive(Debug)]
pub struct ConsentGiven {
    /// What for.
    pub purpose: Purpose,
    /// Which text.
    pub text: ConsentText,
    /// How.
    pub how: ConsentHow,
    /// When.
    pub at: Timestamp,
    /// In front of whom.
    pub staff: Option<StaffId>,
    /// The witness named.
    pub witness: Option<Guarded<PersonName>>,
}

/// Sealed rows ready to be inserted. Holds ciphertexts and keyed values only; serialisable, so that an import can stage it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedRecord {
    pub(super) subject: Option<subject::Model>,
    pub(super) keys: Vec<subject_key::Model>,
    pub(super) stat_link: Option<stat_link::Model>,
    pub(super) record: record::Model,
    pub(super) enrolment: Option<enrolment::Model>,
    /// Standings in further registries.
    #[serde(default)]
    pub(super) further: Vec<enrolment::Model>,
    pub(super) claims: Vec<identifier_claim::Model>,
    pub(super) contacts: Vec<contact_index::Model>,
    pub(super) facts: Vec<fact::Model>,
    pub(super) corrections: Vec<correction::Model>,
    pub(super) consents: Vec<consent::Model>,
    /// The sample barcode claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) barcode: Option<barcode::Model>,
}

/// A statistics fact ready to be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedFact(pub(super) fact::Model);

/// A consent ready to be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedConsent(pub(super) consent::Model);

/// Collects the sealed rows of one draft.
pub struct Preparation<'a> {
    pub(super) vault: &'a Vault,
    pub(super) keys: &'a SubjectKeys,
    pub(super) occasion: Occasion,
    /// The fact of the draft's standing: later facts share its town, sex, birth year, channel and drive.
    template: Fact,
    pub(super) out: PreparedRecord,
}

/// Seals a draft as the record of a new subject: keys, record, enrolment, claims, look-up indexes, the tie to statistics, and the fact of
/// its standing on the day it speaks of (else today).
///
/// # Errors
/// [`StoreError::Vault`] where this process lacks the keys of a compartment.
pub fn prepare(vault: &Vault, draft: &RecordDraft, occasion: Occasion) -> Result<PreparedRecord, StoreError> {
    prepare_with(vault, draft, occasion, |_| Ok(()))
}

/// As [`prepare`], with corrections, consents and further facts added by `more`.
pub fn prepare_with(
    vault: &Vault,
    draft: &RecordDraft,
    occasion: Occasion,
    more: impl FnOnce(&mut Preparation<'_>) -> Result<(), StoreError>,
) -> Result<PreparedRecord, StoreError> {
    let id = SubjectId::fresh();
    let (keys, rows) = vault.new_subject(id)?;
    let mut prepared = Preparation::start(vault, &keys, draft, occasion, StatId::fresh())?;
    let mut subject = subject::Model {
        id,
        origin: occasion.origin,
        created_at: occasion.at,
        first_contact_at: None,
        erased_at: None,
        row_version: 1,
        row_mac: Opaque(Vec::new()),
    };
    subject.protect(vault)?;
    prepared.out.subject = Some(subject);
    prepared.out.keys = rows.into_iter().map(key_model).collect();
    let stat_id = prepared.template.stat_id;
    let sealed = vault.seal_bytes(&keys, &stat_slot(id), &Guarded::new(stat_id.0.as_bytes().to_vec()))?;
    prepared.out.stat_link = Some(stat_link::Model { subject_id: id, sealed: Opaque(sealed.into_bytes()) });
    let since = Day(prepared.template.day);
    let mut standing = enrolment::Model {
        id: EnrolmentId::fresh(),
        subject_id: id,
        registry: draft.registry,
        status: draft.status,
        since,
        row_version: 1,
        row_mac: Opaque(Vec::new()),
    };
    standing.protect(vault)?;
    prepared.out.enrolment = Some(standing);
    let told = (prepared.template.day, prepared.template.event);
    prepared.fact(told.0, told.1)?;
    if matches!(draft.status, EnrolmentStatus::Registered | EnrolmentStatus::Enrolled)
        && let Some(informed) = Details::informed(&draft.details, draft.registry)
    {
        prepared.fact(told.0, FactEvent::Informed(informed))?;
    }
    more(&mut prepared)?;
    Ok(prepared.out)
}

/// Seals a draft as a further record of a known subject: what a correction or the registrant's own answer adds. Standing and statistics are
/// changed apart ([`super::Tx::set_standing`], [`prepare_fact`]).
pub fn prepare_further(
    vault: &Vault,
    keys: &SubjectKeys,
    draft: &RecordDraft,
    occasion: Occasion,
    stat_id: StatId,
) -> Result<PreparedRecord, StoreError> {
    Ok(Preparation::start(vault, keys, draft, occasion, stat_id)?.out)
}

/// Seals a statistics fact under a random id that tells nothing of when it came.
pub fn prepare_fact(vault: &Vault, fact: &Fact) -> Result<PreparedFact, StoreError> {
    let id = FactId(Uuid::new_v4());
    let sealed = vault.seal_fact(id, fact)?;
    Ok(PreparedFact(fact::Model { id, sealed: Opaque(sealed.into_bytes()), schema: SCHEMA.into() }))
}

/// Seals a consent of a known subject.
pub fn prepare_consent(vault: &Vault, keys: &SubjectKeys, given: &ConsentGiven) -> Result<PreparedConsent, StoreError> {
    let id = ConsentId::fresh();
    let subject = keys.subject();
    let witness = given.witness.as_ref().map(|w| seal(vault, keys, witness_slot(id, subject), w)).transpose()?;
    let mut row = consent::Model {
        id,
        subject_id: subject,
        purpose: given.purpose,
        text_version: given.text.version.clone(),
        text_sha256: Opaque(given.text.sha256.to_vec()),
        how: given.how,
        given_at: given.at,
        withdrawn_at: None,
        staff_id: given.staff,
        sealed_witness: witness,
        row_version: 1,
        row_mac: Opaque(Vec::new()),
    };
    row.protect(vault)?;
    Ok(PreparedConsent(row))
}

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
            self.corrections.push(correction::Model {
                id: CorrectionId::fresh(),
                import_id: Some(import),
                import_row_id: self.record.import_row_id,
                subject_id: self.record.subject_id,
                record_id: self.record.id,
                field: "status".to_owned(),
                problem: ProblemCode::MissingStatus.code().to_owned(),
                sealed_value: None,
                state: CorrectionState::Open,
                resolved_by: None,
                resolved_at: None,
                created_at: self.record.recorded_at,
                row_version: 1,
            });
        }
        Ok(changed)
    }
}

impl<'a> Preparation<'a> {
    fn start(
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
        let id = CorrectionId::fresh();
        let subject = self.subject();
        let sealed_value = value.map(|v| seal(self.vault, self.keys, correction_slot(id, subject), v)).transpose()?;
        self.out.corrections.push(correction::Model {
            id,
            import_id: self.occasion.import.map(|(import, _)| import),
            import_row_id: self.occasion.import.map(|(_, row)| row),
            subject_id: subject,
            record_id: self.out.record.id,
            field: field.to_owned(),
            problem: problem.code().to_owned(),
            sealed_value,
            state: CorrectionState::Open,
            resolved_by: None,
            resolved_at: None,
            created_at: self.occasion.at,
            row_version: 1,
        });
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

impl PreparedRecord {
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

pub(super) fn seal<T: Serialize + Zeroize>(
    vault: &Vault,
    keys: &SubjectKeys,
    slot: Slot,
    value: &Guarded<T>,
) -> Result<Opaque, StoreError> {
    Ok(Opaque(vault.seal(keys, &slot, value)?.into_bytes()))
}

pub(super) fn record_slot(compartment: Compartment, column: &'static str, record: RecordId, subject: SubjectId) -> Slot {
    Slot { compartment, table: "record", column, row: record.0, subject, schema: SCHEMA }
}

pub(super) fn stat_slot(subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Identity, table: "stat_link", column: "sealed", row: subject.0, subject, schema: SCHEMA }
}

pub(super) fn correction_slot(id: CorrectionId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Identity, table: "correction", column: "sealed_value", row: id.0, subject, schema: SCHEMA }
}

pub(super) fn witness_slot(id: ConsentId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "consent", column: "sealed_witness", row: id.0, subject, schema: SCHEMA }
}

pub(super) fn key_model(row: crate::vault::DekRow) -> subject_key::Model {
    subject_key::Model {
        subject_id: row.subject,
        compartment: row.compartment,
        version: row.version.into(),
        kek_id: row.kek_id.into(),
        wrapped: Opaque(row.wrapped),
    }
}
