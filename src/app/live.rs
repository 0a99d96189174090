//! The in-memory index over everybody, kept current by following the change feed.

use std::collections::{BTreeMap, HashSet};
use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use crate::domain::id::{PairId, PersonId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::matching::linkage::{self, Features, Filling, Index, Linked};
use crate::store::{Change, ChangeKind, Latest, PairBasis, PairDecision, PairRow, PersonEntry};

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
    /// What registrars decided.
    decided: BTreeMap<PairId, Decided>,
}

/// A registrar's decision on two registrations.
struct Decided {
    at: Timestamp,
    left: SubjectId,
    right: SubjectId,
    same: bool,
}

impl Live {
    /// Persons that a registrar told apart, in both orders: nobody is asked about them again, whichever of their registrations are alike.
    pub fn apart(&self) -> HashSet<(PersonId, PersonId)> {
        let persons = |d: &Decided| Some((self.index.person_of(d.left)?, self.index.person_of(d.right)?));
        let pairs = self.decided.values().filter(|d| !d.same).filter_map(persons);
        pairs.flat_map(|(l, r)| [(l, r), (r, l)]).collect()
    }

    /// Takes decisions in or, where they were undone, out. Answers whether anything changed.
    fn judge(&mut self, rows: &[PairRow]) -> bool {
        let mut changed = false;
        for row in rows {
            let same = row.decision == PairDecision::Same;
            if row.basis == PairBasis::Registrar && row.decision != PairDecision::Review {
                let decided = Decided { at: row.decided_at, left: row.subject_l, right: row.subject_r, same };
                let before = self.decided.insert(row.id, decided);
                changed |= before.is_none_or(|b| b.same != same);
            } else {
                changed |= self.decided.remove(&row.id).is_some();
            }
        }
        changed
    }

    /// Lets the decisions move the weights.
    fn learn(&mut self) {
        let mut rows: Vec<(Timestamp, PairId, SubjectId, SubjectId, bool)> =
            self.decided.iter().map(|(id, d)| (d.at, *id, d.left, d.right, d.same)).collect();
        rows.sort_unstable_by_key(|r| (r.0, r.1));
        let rows: Vec<_> = rows.into_iter().map(|(_, _, l, r, same)| (l, r, same)).collect();
        self.index.learn(&rows);
    }
}

impl App {
    pub(super) fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many registrations the index holds.
    pub fn known(&self) -> usize {
        self.live().index.len()
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
        let mut index = Filling::new();
        let mut stream = self.store.latest(&self.vault, linked);
        while let Some(page) = stream.next().await? {
            index.extend(page);
        }
        let mut live = Live { index: index.done(), seq, filled: true, decided: BTreeMap::new() };
        let mut after = None;
        loop {
            let page = self.store.judged_pairs(after, BATCH).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            live.judge(&page);
        }
        live.learn();
        *self.live_mut() = live;
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
        if changes.iter().any(|c| c.kind == ChangeKind::Erased) {
            self.keep_erasures().await?;
            self.store.empty_log().await?;
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
        let judged = self.newly_judged(changes).await?;
        let mut live = self.live_mut();
        for entry in &loaded {
            if let Some(features) = features_of(entry) {
                live.index.insert(entry.subject, entry.person, features);
                for (registry, ..) in &entry.standings {
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
        if live.judge(&judged) {
            live.learn();
        }
        if let Some(last) = changes.last() {
            live.seq = live.seq.max(last.seq);
        }
        Ok(())
    }
}

impl App {
    /// The pairs that registrars decided, as the changes name them.
    async fn newly_judged(&self, changes: &[Change]) -> Result<Vec<PairRow>, AppError> {
        let mut judged = Vec::new();
        let named = changes.iter().filter(|c| c.kind == ChangeKind::Pair);
        let subjects: Vec<SubjectId> = named.clone().filter_map(|c| c.subject_id).collect();
        judged.extend(self.store.pairs_of(&subjects).await?);
        let ids: HashSet<PairId> = named.filter_map(|c| c.other_id).map(PairId).collect();
        for id in ids {
            judged.extend(self.store.pair(id).await?);
        }
        Ok(judged)
    }

    /// Forgets everybody: the index is zeroised, and filled anew at the next need; so is what lists keep, and whoever works one out ends.
    pub(super) fn forget(&self) {
        *self.live_mut() = Live::default();
        self.volunteers.forget();
        self.grouped.forget();
        self.call_order.forget();
    }
}

/// What the index takes in of a subject.
fn linked(latest: Latest) -> Linked {
    let features = linkage::features(&latest.identity, latest.contact.as_ref());
    Linked::new(latest.subject, latest.person, &latest.registries, features)
}

/// The features of what a subject last told.
fn features_of(entry: &PersonEntry) -> Option<Features> {
    let last = entry.records.last()?;
    Some(linkage::features(last.identity.as_ref()?, last.contact.as_ref()))
}
