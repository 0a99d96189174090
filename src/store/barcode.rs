//! Whose a sample barcode is. One barcode is one registrant's: the keyed digest is unique, and goes with an erasure.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{ImportId, RecordId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::sample::barcode_tag;
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Sealed, SubjectKeys, Vault};

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{barcode, correction};
use super::error::StoreError;
use super::import::CorrectionRow;
use super::person::open;
use super::prepare::{Preparation, PreparedRecord, correction_slot, prepare_fact, record_slot, seal};
use super::rowmac::Protected;
use super::tx::Tx;

/// The keyed digest of a barcode, as it is stored.
pub type BarcodeTag = [u8; 32];

/// The word of the field on the correction list.
const FIELD: &str = "barcode";

fn claim(vault: &Vault, tag: BarcodeTag, subject: SubjectId, at: Timestamp) -> Result<barcode::Model, StoreError> {
    let (tag, row_mac) = (Opaque(tag.to_vec()), Opaque(Vec::new()));
    let mut row = barcode::Model { id: Uuid::now_v7(), subject_id: subject, tag, at, row_version: 1, row_mac };
    row.protect(vault)?;
    Ok(row)
}

/// A line of the correction list: the barcode that a record tells is another registrant's.
///
/// # Errors
/// [`StoreError::Vault`] where this process may not seal it.
pub fn barcode_taken(
    vault: &Vault,
    keys: &SubjectKeys,
    record: RecordId,
    value: &Guarded<String>,
    at: Timestamp,
) -> Result<CorrectionRow, StoreError> {
    let line = correction::Model::asks((keys.subject(), record), FIELD, ProblemCode::BarcodeTaken, at);
    let sealed_value = Some(seal(vault, keys, correction_slot(line.id, line.subject_id), value)?);
    Ok(correction::Model { sealed_value, ..line })
}

impl Preparation<'_> {
    /// Claims the sample barcode for the new subject, where the draft tells one of a stem-cell registrant.
    pub fn claim_barcode(&mut self, registry: Registry, details: &Guarded<Details>) -> Result<(), StoreError> {
        let told = Details::barcode_of(details).filter(|_| registry == Registry::StemCell);
        let (vault, at) = (self.vault, self.occasion.at);
        self.out.barcode = told.map(|code| claim(vault, barcode_tag(&code, vault), self.keys.subject(), at)).transpose()?;
        Ok(())
    }
}

impl PreparedRecord {
    /// The digest of the barcode that is claimed; none where none is.
    pub fn barcode_claimed(&self) -> Option<BarcodeTag> {
        self.barcode.as_ref().and_then(|row| row.tag.0.as_slice().try_into().ok())
    }

    /// Leaves the barcode to another registration of the same person, which has claimed it.
    pub fn leave_barcode(&mut self) {
        self.barcode = None;
    }

    /// Keeps the barcode aside, which is another registrant's: the record tells none, nobody is enrolled by it, and the correction list has it.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where this process lacks a key.
    pub fn set_barcode_aside(&mut self, vault: &Vault, import: ImportId) -> Result<(), StoreError> {
        self.barcode = None;
        let (subject, record) = (self.subject(), self.record());
        let rows = self.keys.iter().cloned().map(super::meta::dek_row).collect::<Result<Vec<_>, _>>()?;
        let keys = vault.subject_keys(subject, &rows)?;
        let slot = || record_slot(Compartment::Documents, "sealed_details", record, subject);
        let details: Option<Guarded<Details>> = open(vault, &keys, slot(), self.record.sealed_details.clone())?;
        let Some((details, code)) = details.and_then(|details| Details::barcode_of(&details).map(|code| (details, code))) else {
            return Ok(());
        };
        self.record.sealed_details = Some(seal(vault, &keys, slot(), &Details::without_barcode(&details))?);
        self.record.protect(vault)?;
        // As of a barcode that stands twice in one sheet: nobody is enrolled by somebody else's sample.
        if let Some(row) = self.enrolment.as_mut().filter(|row| row.status == EnrolmentStatus::Enrolled) {
            row.status = EnrolmentStatus::Registered;
            row.protect(vault)?;
        }
        for row in &mut self.facts {
            let mut fact: Fact = vault.unseal_fact(row.id, &Sealed::from_bytes(row.sealed.0.clone()))?;
            if fact.registry == Registry::StemCell && fact.event == FactEvent::Status(EnrolmentStatus::Enrolled) {
                fact.event = FactEvent::Status(EnrolmentStatus::Registered);
                *row = prepare_fact(vault, &fact)?.0;
            }
        }
        let line = barcode_taken(vault, &keys, record, &code, self.record.recorded_at)?;
        let import_row_id = self.record.import_row_id;
        self.corrections.push(correction::Model { import_id: Some(import), import_row_id, ..line });
        Ok(())
    }
}

impl Store {
    /// Who uses which of some barcodes, by their keyed digests.
    pub async fn barcode_holders(&self, vault: &Vault, tags: &[BarcodeTag]) -> Result<HashMap<BarcodeTag, SubjectId>, StoreError> {
        holders(&self.reader, vault, tags).await
    }
}

impl Tx {
    /// The subject that uses a barcode, by the barcode's keyed digest, as this transaction sees it.
    pub async fn barcode_holder(&self, vault: &Vault, tag: BarcodeTag) -> Result<Option<SubjectId>, StoreError> {
        Ok(self.barcode_holders(vault, &[tag]).await?.remove(&tag))
    }

    /// Who uses which of some barcodes, as this transaction sees it.
    pub async fn barcode_holders(&self, vault: &Vault, tags: &[BarcodeTag]) -> Result<HashMap<BarcodeTag, SubjectId>, StoreError> {
        holders(&self.db, vault, tags).await
    }

    /// Notes whose a barcode is that nobody uses yet.
    pub async fn put_barcode(&mut self, vault: &Vault, tag: BarcodeTag, subject: SubjectId, at: Timestamp) -> Result<(), StoreError> {
        let row = claim(vault, tag, subject, at)?;
        super::bulk::insert::<barcode::Entity, _>(&self.db, [row]).await
    }

    /// Takes a barcode from whoever uses it: from now on nobody does.
    pub async fn free_barcode(&mut self, tag: BarcodeTag) -> Result<(), StoreError> {
        barcode::Entity::delete_many().filter(barcode::Column::Tag.eq(Opaque(tag.to_vec()))).exec(&self.db).await?;
        Ok(())
    }

    /// Puts a barcode that is another registrant's on the correction list, unless the same record had it there before, worked on or not.
    /// Answers whether it did.
    pub async fn put_barcode_taken(&mut self, line: CorrectionRow) -> Result<bool, StoreError> {
        let before = correction::Entity::find()
            .filter(correction::Column::RecordId.eq(line.record_id))
            .filter(correction::Column::Problem.eq(line.problem.as_str()))
            .one(&self.db)
            .await?;
        if before.is_some() {
            return Ok(false);
        }
        self.put_corrections(vec![line]).await.map(|()| true)
    }
}

async fn holders(
    db: &impl sea_orm::ConnectionTrait,
    vault: &Vault,
    tags: &[BarcodeTag],
) -> Result<HashMap<BarcodeTag, SubjectId>, StoreError> {
    let mut out = HashMap::with_capacity(tags.len());
    for part in tags.chunks(super::admit::IDS) {
        let query = barcode::Entity::find().filter(barcode::Column::Tag.is_in(part.iter().map(|tag| Opaque(tag.to_vec()))));
        for row in query.all(db).await? {
            row.check(vault)?;
            let tag: BarcodeTag = row.tag.0.as_slice().try_into().map_err(|_| StoreError::Damaged("barcode"))?;
            out.insert(tag, row.subject_id);
        }
    }
    Ok(out)
}
