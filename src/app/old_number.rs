//! Numbers of the national organ registry entered before the statistics were told of them: told once, page by page, so that no report
//! counts such a registration as 未录入国家系统.

use std::collections::HashSet;

use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{OutsideId, StatId};
use crate::domain::outside::OutsideSystem;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, ChangeKind, OldNumbers, StoreError, prepare_fact};

use super::{App, AppError};

/// The setting that holds the last state elsewhere whose number was told, or [`ALL`]. A backup of before has none, and what it restores
/// is told.
const TOLD_TO: &str = "numbers-told-to";
const ALL: &str = "all";
/// How often a page is read again because of an erasure meanwhile.
const TRIES: usize = 20;

impl App {
    /// Tells the statistics of the numbers that were entered before they were told: each on the day it was entered, known from today on, so
    /// that a report of before stays as it was. Answers how many. Broken off at any point, the next call goes on where it was; done, a call does
    /// nothing. So does a process that holds the keys of some compartments only.
    ///
    /// # Errors
    /// [`AppError::Busy`] where people kept being erased; [`AppError::Store`].
    pub async fn tell_old_numbers(&self, now: Timestamp) -> Result<u64, AppError> {
        if !Compartment::ALL.into_iter().all(|c| self.vault.opens(c)) {
            return Ok(0);
        }
        let (mut told, mut tries) = (0, 0);
        loop {
            let after = match self.store.setting(TOLD_TO).await?.as_deref() {
                Some(ALL) => return Ok(told),
                Some(id) => Some(Uuid::parse_str(id).map(OutsideId).map_err(|_| StoreError::Damaged("setting"))?),
                None => None,
            };
            let seq = self.store.last_change().await?;
            let page = self.store.old_numbers(&self.vault, after).await?;
            match self.tell_page(&page, seq, now).await? {
                Some(of_page) => {
                    told += of_page;
                    tries = 0;
                }
                None if tries < TRIES => tries += 1,
                None => return Err(AppError::Busy),
            }
        }
    }

    /// Tells the numbers of a page; none where somebody was erased since it was read: it has to be read again.
    async fn tell_page(&self, page: &OldNumbers, seq: i64, now: Timestamp) -> Result<Option<u64>, AppError> {
        let registry = OutsideSystem::NationalOrgan.registry();
        // Which are told already. One that is entered at this very moment is told twice at worst, and counts once.
        let mut known: HashSet<StatId> = HashSet::new();
        if !page.numbers.is_empty() {
            let numbered = |fact: Fact| {
                if fact.event == FactEvent::Numbered && fact.registry == registry {
                    known.insert(fact.stat_id);
                }
            };
            self.store.facts(&self.vault, numbered).await?;
        }
        let mut facts = Vec::new();
        for old in &page.numbers {
            // Who was erased is counted under nobody any more.
            let Some(stat_id) = self.store.stat_id(&self.vault, old.subject).await? else { continue };
            if known.insert(stat_id) {
                let told = self.told(stat_id, registry, FactEvent::Numbered, now);
                facts.push(prepare_fact(&self.vault, &Fact { day: old.day, ..told })?);
            }
        }
        let told = u64::try_from(facts.len()).unwrap_or(u64::MAX);
        let mut tx = self.store.begin().await?;
        if tx.changes_since(seq).await?.iter().any(|change| change.kind == ChangeKind::Erased) {
            tx.rollback().await?;
            return Ok(None);
        }
        tx.put_facts(facts).await?;
        let to = page.end.map_or_else(|| ALL.to_owned(), |end| end.0.to_string());
        tx.put_setting(TOLD_TO, &to).await?;
        if told > 0 {
            tx.audit(&AuditEntry::on(now, None, "numbers.tell", "registry", None).with("told", told)).await?;
        }
        tx.commit().await?;
        Ok(Some(told))
    }
}
