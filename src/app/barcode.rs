//! Sample barcodes stored before it was noted whose they are, of imported rows and of samples taken: claimed once, page by page.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, BarcodeTag, ChangeKind, CorrectionRow, OldBarcodes, StoreError, barcode_taken};

use super::{App, AppError};

/// The setting that holds the last subject whose barcodes were claimed, or [`ALL`].
const CLAIMED_TO: &str = "barcodes-claimed-to";
const ALL: &str = "all";
/// How often a page is read again because of what was committed meanwhile.
const TRIES: usize = 20;

/// What a pass over the stored barcodes came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BarcodeTally {
    /// Barcodes claimed.
    pub claimed: u64,
    /// Barcodes of two registrants, put on the correction list.
    pub taken: u64,
}

impl App {
    /// Claims the barcodes that were stored before one barcode was one registrant's. Whoever came in first has it; of anybody else it is put on
    /// the correction list, and nothing else of them changes. Broken off at any point, the next call goes on where it was; done, a call does
    /// nothing. So does a process that holds the keys of some compartments only.
    ///
    /// # Errors
    /// [`AppError::Busy`] where others kept writing; [`AppError::Store`].
    pub async fn claim_old_barcodes(&self, now: Timestamp) -> Result<BarcodeTally, AppError> {
        let mut tally = BarcodeTally::default();
        // A node's keyed digests are its own.
        if !Compartment::ALL.into_iter().all(|c| self.vault.opens(c)) {
            return Ok(tally);
        }
        let mut tries = 0;
        loop {
            let after = match self.store.setting(CLAIMED_TO).await?.as_deref() {
                Some(ALL) => return Ok(tally),
                Some(id) => Some(Uuid::parse_str(id).map(SubjectId).map_err(|_| StoreError::Damaged("setting"))?),
                None => None,
            };
            let seq = self.store.last_change().await?;
            let page = self.store.old_barcodes(&self.vault, after).await?;
            match self.claim_page(&page, seq, now).await? {
                Some(of_page) => {
                    tally.claimed += of_page.claimed;
                    tally.taken += of_page.taken;
                    tries = 0;
                }
                None if tries < TRIES => tries += 1,
                None => return Err(AppError::Busy),
            }
        }
    }

    /// Claims the barcodes of a page; none where somebody was erased, or claimed one of them, since it was read: it has to be read again.
    async fn claim_page(&self, page: &OldBarcodes, seq: i64, now: Timestamp) -> Result<Option<BarcodeTally>, AppError> {
        let tags: Vec<BarcodeTag> = page.codes.iter().map(|old| old.tag).collect();
        let mut lines: HashMap<(SubjectId, BarcodeTag), CorrectionRow> = HashMap::new();
        let mut held = self.store.barcode_holders(&self.vault, &tags).await?;
        for old in &page.codes {
            if *held.entry(old.tag).or_insert(old.subject) != old.subject {
                let keys = self.store.subject_keys(&self.vault, old.subject).await?;
                lines.insert((old.subject, old.tag), barcode_taken(&self.vault, &keys, old.record, &old.code, now)?);
            }
        }
        let mut tally = BarcodeTally::default();
        let mut tx = self.store.begin().await?;
        let since = tx.changes_since(seq).await?;
        if since.iter().any(|change| change.kind == ChangeKind::Erased) {
            tx.rollback().await?;
            return Ok(None);
        }
        let mut held = tx.barcode_holders(&self.vault, &tags).await?;
        for old in &page.codes {
            let Some(holder) = held.get(&old.tag).copied() else {
                tx.put_barcode(&self.vault, old.tag, old.subject, now).await?;
                held.insert(old.tag, old.subject);
                tally.claimed += 1;
                continue;
            };
            if holder == old.subject || tx.person_of(holder).await? == tx.person_of(old.subject).await? {
                continue;
            }
            let Some(line) = lines.remove(&(old.subject, old.tag)) else {
                tx.rollback().await?;
                return Ok(None);
            };
            tally.taken += u64::from(tx.put_barcode_taken(line).await?);
        }
        let to = page.end.map_or_else(|| ALL.to_owned(), |end| end.0.to_string());
        tx.put_setting(CLAIMED_TO, &to).await?;
        if tally != BarcodeTally::default() {
            let entry = AuditEntry::on(now, None, "barcodes.claim", "registry", None);
            tx.audit(&entry.with("claimed", tally.claimed).with("taken", tally.taken)).await?;
        }
        tx.commit().await?;
        Ok(Some(tally))
    }
}
