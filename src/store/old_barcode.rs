//! Barcodes that were stored before anybody noted whose they are: of imported rows, and of samples taken.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::{RecordId, SubjectId};
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::sample::{Phase, barcode_tag};
use crate::domain::{Compartment, Guarded};
use crate::vault::Vault;

use super::barcode::BarcodeTag;
use super::connect::Store;
use super::entity::{enrolment, matter, record, subject_key};
use super::error::StoreError;
use super::matter::matter_slot;
use super::pages::Range;
use super::person::open;
use super::prepare::record_slot;
use super::word::MatterKind;

/// Subjects read at a time.
const PAGE: i64 = 500;

/// A barcode that a stem-cell registrant's record or sample tells, and that was not released.
#[derive(Debug)]
pub struct OldBarcode {
    /// Whose.
    pub subject: SubjectId,
    /// The record that tells it; of a sample the registrant's first record.
    pub record: RecordId,
    /// The code.
    pub code: Guarded<String>,
    /// Its keyed digest.
    pub tag: BarcodeTag,
}

/// The barcodes of a page of subjects, in the order in which those came in.
#[derive(Debug)]
pub struct OldBarcodes {
    /// The last subject of the page; none where it is the last page.
    pub end: Option<SubjectId>,
    /// The codes, each once a subject.
    pub codes: Vec<OldBarcode>,
}

impl Store {
    /// The barcodes of the subjects behind one, a page of them. Whoever was erased, and whoever only asked for information, has none. Check
    /// values are verified where people are opened, not here.
    pub async fn old_barcodes(&self, vault: &Vault, after: Option<SubjectId>) -> Result<OldBarcodes, StoreError> {
        let after = after.unwrap_or(SubjectId(Uuid::nil()));
        let end = self.page_end("subject", after.0, PAGE).await?.map(SubjectId);
        let range = Range::Behind(after, end);
        let standings = enrolment::Entity::find()
            .filter(range.condition(enrolment::Column::SubjectId))
            .filter(enrolment::Column::Registry.eq(Registry::StemCell))
            .filter(enrolment::Column::Status.ne(EnrolmentStatus::Interest))
            .order_by_asc(enrolment::Column::SubjectId)
            .all(&self.reader)
            .await?;
        let records = record::Entity::find()
            .filter(range.condition(record::Column::SubjectId))
            .filter(record::Column::Registry.eq(Registry::StemCell))
            .order_by_asc(record::Column::Id)
            .all(&self.reader)
            .await?;
        let samples = matter::Entity::find()
            .filter(range.condition(matter::Column::SubjectId))
            .filter(matter::Column::Kind.eq(MatterKind::Sample))
            .order_by_asc(matter::Column::Id)
            .all(&self.reader)
            .await?;
        let keys = subject_key::Entity::find()
            .filter(range.condition(subject_key::Column::SubjectId))
            .filter(subject_key::Column::Compartment.is_in([Compartment::Documents, Compartment::Identity]))
            .all(&self.reader)
            .await?;
        let mut deks: HashMap<SubjectId, Vec<_>> = HashMap::new();
        for row in keys {
            let key = super::meta::dek_row(row)?;
            deks.entry(key.subject).or_default().push(key);
        }
        let mut codes = Vec::new();
        for subject in standings.iter().map(|row| row.subject_id) {
            // One without keys was erased.
            let Some(keys) = deks.remove(&subject) else { continue };
            let mine = || records.iter().filter(move |row| row.subject_id == subject);
            let Some(first) = mine().next().map(|row| row.id) else { continue };
            let (mut told, mut released) = (Vec::new(), Vec::new());
            let keys = vault.subject_keys(subject, &keys)?;
            for row in mine() {
                let slot = record_slot(Compartment::Documents, "sealed_details", row.id, subject);
                let details: Option<Guarded<Details>> = open(vault, &keys, slot, row.sealed_details.clone())?;
                told.extend(details.and_then(|details| Details::barcode_of(&details)).map(|code| (row.id, code, false)));
            }
            for row in samples.iter().filter(|row| row.subject_id == Some(subject)) {
                let code: Option<Guarded<String>> = open(vault, &keys, matter_slot(row.id, subject), row.sealed.clone())?;
                let Some(code) = code else { continue };
                if row.phase == Phase::Released.word() {
                    released.push(barcode_tag(&code, vault));
                } else {
                    told.push((first, code, true));
                }
            }
            let mut seen = Vec::new();
            for (record, code, of_sample) in told {
                let tag = barcode_tag(&code, vault);
                // What a record told in error stays told, and is not theirs all the same.
                if !seen.contains(&tag) && (of_sample || !released.contains(&tag)) {
                    seen.push(tag);
                    codes.push(OldBarcode { subject, record, code, tag });
                }
            }
        }
        Ok(OldBarcodes { end, codes })
    }
}
