//! The in-memory index over everybody, kept current by following the change feed.

use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::Registry;
use crate::matching::linkage::{self, Features, Index};
use crate::store::{Change, ChangeKind, PersonEntry};

use super::{App, AppError};

/// Changes read at a time.
const BATCH: u64 = 5_000;

/// The index and how far in the change feed it is.
#[derive(Default)]
pub struct Live {
    pub index: Index,
    /// The last change taken in; below zero before the first fill.
    pub seq: i64,
    pub filled: bool,
}

impl App {
    pub(super) fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills the index at first need and takes in what was committed since, by this and by other processes.
    pub async fn catch_up(&self) -> Result<(), AppError> {
        let _turn = self.following.lock().await;
        if !self.live().filled {
            self.fill().await?;
        }
        loop {
            let seq = self.live().seq;
            let changes = self.store.changes_since(seq, BATCH).await?;
            if changes.is_empty() {
                return Ok(());
            }
            self.take_in(&changes).await?;
        }
    }

    /// Fills the index from the whole registry.
    async fn fill(&self) -> Result<(), AppError> {
        // The number is read first: what is committed while the rows are read is taken in again afterwards, which does no harm.
        let seq = self.store.last_change().await?;
        let mut index = Index::new();
        let mut stream = self.store.people(&self.vault);
        while let Some(page) = stream.next().await? {
            let people: Vec<_> = {
                use rayon::prelude::*;
                page.par_iter().filter_map(|entry| Some((entry.subject, entry.person, features_of(entry)?))).collect()
            };
            index.extend(people);
            for entry in &page {
                for (registry, _) in &entry.standings {
                    index.enrol(entry.subject, *registry);
                }
            }
        }
        *self.live_mut() = Live { index, seq, filled: true };
        Ok(())
    }

    /// Takes in what this process has just committed, so that the next check need not read and open it again. `from` and `to` are the numbers
    /// in the change feed before and after; nothing of anybody else lies between. Where the index went on meanwhile, it reads for itself.
    pub(super) fn take_in_own(&self, (from, to): (i64, i64), who: (SubjectId, PersonId), features: Features, registries: &[Registry]) {
        let mut live = self.live_mut();
        if live.seq == from {
            live.index.insert(who.0, who.1, features);
            for registry in registries {
                live.index.enrol(who.0, *registry);
            }
            live.seq = to;
        }
    }

    async fn take_in(&self, changes: &[Change]) -> Result<(), AppError> {
        if changes.iter().any(|c| c.kind == ChangeKind::Office) {
            self.follow_keys().await?;
        }
        let mut wanted: Vec<SubjectId> = changes
            .iter()
            .filter(|c| {
                matches!(
                    c.kind,
                    ChangeKind::SubjectAdded | ChangeKind::RecordAdded | ChangeKind::Standing | ChangeKind::Joined | ChangeKind::Split
                )
            })
            .filter_map(|c| c.subject_id)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let loaded = self.store.people_of(&self.vault, &wanted).await?;
        let mut live = self.live_mut();
        for entry in &loaded {
            if let Some(features) = features_of(entry) {
                live.index.insert(entry.subject, entry.person, features);
                for (registry, _) in &entry.standings {
                    live.index.enrol(entry.subject, *registry);
                }
            }
        }
        for change in changes {
            if change.kind == ChangeKind::Erased
                && let Some(subject) = change.subject_id
            {
                live.index.remove(subject);
            }
        }
        if let Some(last) = changes.last() {
            live.seq = live.seq.max(last.seq);
        }
        Ok(())
    }
}

/// The features of what a subject last told.
fn features_of(entry: &PersonEntry) -> Option<Features> {
    let last = entry.records.last()?;
    Some(linkage::features(last.identity.as_ref()?, last.contact.as_ref()))
}
