//! The registry's people in memory, and what keeps them current.

mod check;

use std::collections::HashMap;

use rayon::prelude::*;

use super::features::{Features, Tag};
use super::filling::Linked;
use super::keys::{self, keys};
use super::postings::Postings;
use super::rows::{Row, Rows, grow};
use super::weights::{Moved, UNMOVED};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::Registry;

pub use check::{Match, PairMatch};

/// Subjects looked at under one key; a key that more carry tells nothing, and others will.
const BLOCK: usize = 4_096;
/// Subjects compared in one check.
const CANDIDATES: usize = 20_000;
/// Matches returned by one check.
const MATCHES: usize = 100;

/// All subjects a process may know of, for matching. Filled at unlock, zeroised on drop.
pub struct Index {
    pub(super) rows: Rows,
    slots: HashMap<SubjectId, u32>,
    towns: HashMap<u32, u32>,
    postings: Postings,
    /// Slots without a subject that no posting names any more.
    free: Vec<u32>,
    /// Slots without a subject that a posting may still name.
    removed: Vec<u32>,
    /// What registrars' decisions added to the weights.
    moved: Moved,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            rows: Rows::default(),
            slots: HashMap::new(),
            towns: HashMap::new(),
            postings: Postings::default(),
            free: Vec::new(),
            removed: Vec::new(),
            moved: UNMOVED,
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} subjects)", self.len())
    }
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many subjects it holds.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it holds nobody.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Takes in a subject, or replaces what is known of it. The registries it is enrolled in stay.
    pub fn insert(&mut self, subject: SubjectId, person: PersonId, features: Features) {
        let registries = self.row(subject).map_or(0, |r| r.registries);
        self.remove(subject);
        let carried = keys(&features);
        let slot = self.place(Row { subject, person, registries, features });
        let mut full = false;
        for key in carried {
            full |= self.postings.add(key, slot);
        }
        if full {
            self.settle(Vec::new());
        }
    }

    /// Takes in many subjects at once.
    pub fn extend(&mut self, people: Vec<(SubjectId, PersonId, Features)>) {
        let mut carried = Vec::new();
        self.take(people, &mut carried);
        self.settle(carried);
    }

    fn take(&mut self, people: Vec<(SubjectId, PersonId, Features)>, carried: &mut Vec<u64>) {
        let people = people.into_par_iter().with_min_len(64).map(|(s, p, f)| Linked::new(s, p, &[], f)).collect();
        self.take_linked(people, carried);
    }

    /// Puts subjects into slots; their postings are added to `carried`, to be settled.
    pub(super) fn take_linked(&mut self, people: Vec<Linked>, carried: &mut Vec<u64>) {
        grow(carried, people.iter().map(|p| p.keys.len()).sum());
        for Linked { subject, person, registries, features, keys } in people {
            let registries = registries | self.row(subject).map_or(0, |r| r.registries);
            self.remove(subject);
            let slot = self.place(Row { subject, person, registries, features });
            carried.extend(keys.into_iter().map(|k| (u64::from(k) << 32) | u64::from(slot)));
        }
    }

    /// Forgets a subject; returns whether it was there.
    pub fn remove(&mut self, subject: SubjectId) -> bool {
        let Some(slot) = self.slots.remove(&subject) else { return false };
        let row = self.rows.slot_mut(slot).and_then(Option::take);
        if let Some(row) = row
            && let Some(n) = self.towns.get_mut(&row.features.town)
        {
            *n = n.saturating_sub(1);
        }
        self.removed.push(slot);
        true
    }

    /// Notes that a subject is enrolled in a registry; returns whether it was there.
    pub fn enrol(&mut self, subject: SubjectId, registry: Registry) -> bool {
        self.row_mut(subject).map(|r| r.registries |= bit(registry)).is_some()
    }

    /// The person a subject belongs to.
    pub fn person_of(&self, subject: SubjectId) -> Option<PersonId> {
        self.row(subject).map(|r| r.person)
    }

    /// What is known of a subject.
    pub fn features_of(&self, subject: SubjectId) -> Option<&Features> {
        self.row(subject).map(|r| &r.features)
    }

    /// The subjects worth comparing with, in no telling order.
    pub fn candidates(&self, features: &Features) -> Vec<SubjectId> {
        self.candidate_slots(features).into_iter().filter_map(|s| self.at(s)).map(|r| r.subject).collect()
    }

    /// Who in this registry carries one of these document numbers: the only thing a recruiter's screen may be told at once.
    /// The same work is done whether or not the number is in another registry.
    pub fn exact_document(&self, features: &Features, registry: Registry) -> Option<(SubjectId, PersonId)> {
        let mut found = None;
        for document in features.values(Tag::Document) {
            for row in self.postings.slots(keys::document_key(document)).filter_map(|s| self.at(s)) {
                let same = row.features.values(Tag::Document).any(|d| d == document);
                if same && row.registries & bit(registry) != 0 {
                    found = found.or(Some((row.subject, row.person)));
                }
            }
        }
        found
    }

    /// Bytes held, the allocator's own overhead aside.
    pub fn memory(&self) -> usize {
        self.rows.bytes()
            + self.postings.bytes()
            + self.slots.capacity() * (size_of::<(SubjectId, u32)>() + 1)
            + (self.free.capacity() + self.removed.capacity()) * 4
    }

    fn candidate_slots(&self, features: &Features) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::with_capacity(256);
        for key in keys(features) {
            if out.len() < CANDIDATES {
                out.extend(self.postings.slots(key).take(BLOCK));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    pub(super) fn under(&self, key: u32) -> impl Iterator<Item = &Row> {
        self.postings.slots(key).take(BLOCK).filter_map(|s| self.at(s))
    }

    fn place(&mut self, row: Row) -> u32 {
        *self.towns.entry(row.features.town).or_default() += 1;
        let subject = row.subject;
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(target) = self.rows.slot_mut(slot) {
                    *target = Some(row);
                }
                slot
            }
            None => self.rows.push(row),
        };
        self.slots.insert(subject, slot);
        slot
    }

    pub(super) fn settle(&mut self, more: Vec<u64>) {
        let rows = &self.rows;
        self.postings.settle(more, |slot| rows.get(slot).is_some());
        self.free.append(&mut self.removed);
    }

    fn at(&self, slot: u32) -> Option<&Row> {
        self.rows.get(slot)
    }

    fn row(&self, subject: SubjectId) -> Option<&Row> {
        self.slots.get(&subject).and_then(|s| self.at(*s))
    }

    fn row_mut(&mut self, subject: SubjectId) -> Option<&mut Row> {
        let slot = self.slots.get(&subject).copied()?;
        self.rows.get_mut(slot)
    }
}

pub(super) fn bit(registry: Registry) -> u8 {
    1u8.checked_shl(u32::from(registry.code().unsigned_abs())).unwrap_or(0)
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
