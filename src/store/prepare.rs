//! Sealing before a transaction: everything a registration needs is encrypted, indexed and protected here, so that the transaction only
//! inserts rows.

mod collect;
mod prepared;
mod slot;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentText, Purpose};
use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::{ConsentId, DriveId, EnrolmentId, FactId, ImportId, ImportRowId, StaffId, StatId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::EnrolmentStatus;
use crate::domain::time::Timestamp;
use crate::vault::{SubjectKeys, Vault};

use super::entity::value::{Day, Opaque};
use super::entity::{
    barcode, consent, contact_index, correction, enrolment, fact, identifier_claim, record, stat_link, subject, subject_key,
};
use super::error::StoreError;
use super::rowmac::Protected;
use super::word::Origin;

pub use collect::Preparation;
pub(super) use slot::{correction_slot, key_model, record_slot, seal, stat_slot, witness_slot};

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
