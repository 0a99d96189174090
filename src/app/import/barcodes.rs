//! The sample barcodes of a sheet: one barcode is one registrant's.

use std::collections::HashMap;

use crate::domain::id::{ImportId, PersonId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::store::{BarcodeTag, RowOutcome, StagedRow};

use super::super::{App, AppError};
use super::admit::mark;
use super::judge::Judged;

/// The digests of the barcodes that staged rows claim.
pub(super) fn claimed(rows: &[StagedRow]) -> Vec<BarcodeTag> {
    rows.iter().filter_map(|row| row.prepared.as_ref()?.barcode_claimed()).collect()
}

impl App {
    /// Lets a row claim its barcode where nobody has it. Where another registration of the same person has, that one keeps it; where it is
    /// another registrant's, it is kept aside for a registrar.
    pub(super) async fn claim_barcodes(&self, import: ImportId, rows: &mut [StagedRow], judged: &[Judged]) -> Result<(), AppError> {
        let tags = claimed(rows);
        if tags.is_empty() {
            return Ok(());
        }
        let holders = self.store.barcode_holders(&self.vault, &tags).await?;
        let subjects: Vec<SubjectId> = holders.values().copied().collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let mut owners: HashMap<BarcodeTag, Option<PersonId>> =
            holders.into_iter().map(|(tag, subject)| (tag, persons.get(&subject).copied())).collect();
        let mine: HashMap<SubjectId, PersonId> = judged.iter().map(|j| (j.subject, j.person())).collect();
        for row in rows {
            let Some(prepared) = row.prepared.as_mut() else { continue };
            let Some(tag) = prepared.barcode_claimed() else { continue };
            let Some(person) = mine.get(&prepared.subject()).copied() else { continue };
            match owners.get(&tag).copied() {
                None => {
                    owners.insert(tag, Some(person));
                }
                Some(owner) if owner == Some(person) => prepared.leave_barcode(),
                Some(_) => {
                    prepared.set_barcode_aside(&self.vault, import)?;
                    row.outcome = RowOutcome::Review;
                    mark(row, ProblemCode::BarcodeTaken);
                }
            }
        }
        Ok(())
    }
}
