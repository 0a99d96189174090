//! The registry's people in memory: check before save, scan, and what keeps them current.

use std::collections::HashMap;

use rayon::prelude::*;

use super::decide::{Decision, Evidence, Judgement, judge};
use super::features::{Features, Tag};
use super::filling::Linked;
use super::keys::{self, keys};
use super::learn::{self, Label};
use super::levels::{Levels, compare};
use super::name::{Name, NameLevel};
use super::postings::Postings;
use super::rows::{Row, Rows, grow};
use super::weights::{ASSUMED, Moved, NAME_SHARE, SOUND_SHARE, Shares, UNMOVED};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::Registry;

/// Subjects looked at under one key; a key that more carry tells nothing, and others will.
const BLOCK: usize = 4_096;
/// Subjects compared in one check.
const CANDIDATES: usize = 20_000;
/// Matches returned by one check.
const MATCHES: usize = 100;

/// A subject on file that a new registration may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The subject.
    pub subject: SubjectId,
    /// The person it belongs to.
    pub person: PersonId,
    /// Weight in bits.
    pub weight: f64,
    /// The probability that the two are one person.
    pub probability: f64,
    /// The decision: `Same` or `Review`.
    pub decision: Decision,
    /// The weights behind it, for the waterfall.
    pub levels: [Evidence; 8],
}

/// Two subjects of two persons that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct PairMatch {
    /// The subject with the smaller id.
    pub subject_l: SubjectId,
    /// The subject with the greater id.
    pub subject_r: SubjectId,
    /// Weight in bits.
    pub weight: f64,
    /// The probability that the two are one person.
    pub probability: f64,
    /// The decision: `Same` or `Review`.
    pub decision: Decision,
    /// The weights behind it, for the waterfall.
    pub levels: [Evidence; 8],
}

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

    /// Moves a subject to another person (joining, un-joining); returns whether it was there.
    pub fn move_to(&mut self, subject: SubjectId, person: PersonId) -> bool {
        self.row_mut(subject).map(|r| r.person = person).is_some()
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

    /// Everybody on file who may be this person, the most likely first; at most a hundred.
    pub fn check(&self, features: &Features) -> Vec<Match> {
        let mine = Side::of(self, features);
        let mut out: Vec<Match> = self
            .candidate_slots(features)
            .into_iter()
            .filter_map(|s| self.at(s))
            .filter_map(|row| {
                let judged = self.judge(&mine, &row.features);
                (judged.decision != Decision::Different).then(|| Match {
                    subject: row.subject,
                    person: row.person,
                    weight: judged.weight,
                    probability: judged.probability,
                    decision: judged.decision,
                    levels: judged.evidence,
                })
            })
            .collect();
        out.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.subject.cmp(&b.subject)));
        out.truncate(MATCHES);
        out
    }

    /// The judgement on two subjects on file, whatever it is.
    pub fn compare(&self, a: SubjectId, b: SubjectId) -> Option<Judgement> {
        let (a, b) = (self.features_of(a)?, self.features_of(b)?);
        Some(self.judge(&Side::of(self, a), b))
    }

    /// The judgement on values in hand and a subject on file, whatever it is.
    pub fn compare_with(&self, features: &Features, subject: SubjectId) -> Option<Judgement> {
        Some(self.judge(&Side::of(self, features), self.features_of(subject)?))
    }

    /// All pairs of subjects of different persons that may be one, in the order of their ids. `progress` is told the subjects
    /// done and the subjects in all, from any thread.
    pub fn scan(&self, progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<PairMatch> {
        let total = self.len();
        let done = std::sync::atomic::AtomicUsize::new(0);
        let mut out: Vec<PairMatch> = self
            .rows
            .par_iter()
            .flat_map_iter(|(slot, row)| {
                let pairs = self.pairs_of(slot, row);
                let n = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                if n.is_multiple_of(1024) || n == total {
                    progress(n, total);
                }
                pairs
            })
            .collect();
        out.par_sort_unstable_by_key(|p| (p.subject_l, p.subject_r));
        out
    }

    fn pairs_of(&self, at: u32, row: &Row) -> Vec<PairMatch> {
        let mine = Side::of(self, &row.features);
        self.candidate_slots(&row.features)
            .into_iter()
            .filter(|s| *s > at)
            .filter_map(|s| self.at(s))
            .filter(|other| other.person != row.person)
            .filter_map(|other| {
                let judged = self.judge(&mine, &other.features);
                (judged.decision != Decision::Different).then(|| PairMatch {
                    subject_l: row.subject.min(other.subject),
                    subject_r: row.subject.max(other.subject),
                    weight: judged.weight,
                    probability: judged.probability,
                    decision: judged.decision,
                    levels: judged.evidence,
                })
            })
            .collect()
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

    /// Judges two sets of features, neither of which need be in the index; it lends the frequencies of names and towns.
    pub fn judge_pair(&self, a: &Features, b: &Features) -> Judgement {
        self.judge(&Side::of(self, a), b)
    }

    /// Fits the weights to what registrars decided: pairs of subjects and whether they are one person, the latest last. Replaces what was
    /// learned before; pairs of subjects that are not on file are passed over. Answers how many decisions were used.
    pub fn learn(&mut self, decided: &[(SubjectId, SubjectId, bool)]) -> usize {
        let latest = decided.get(decided.len().saturating_sub(learn::DECISIONS)..).unwrap_or_default();
        let labels: Vec<Label> = latest
            .iter()
            .filter_map(|(a, b, same)| {
                let (levels, shares) = self.compared(&Side::of(self, self.features_of(*a)?), self.features_of(*b)?);
                Some(Label { levels, shares, same: *same })
            })
            .collect();
        self.moved = learn::learned(&labels);
        labels.len()
    }

    /// Weighs as another index learned to.
    pub fn weigh_as(&mut self, other: &Self) {
        self.moved = other.moved;
    }

    fn judge(&self, mine: &Side<'_>, other: &Features) -> Judgement {
        let (levels, shares) = self.compared(mine, other);
        judge(&levels, &shares, &self.moved)
    }

    fn compared(&self, mine: &Side<'_>, other: &Features) -> (Levels, Shares) {
        let levels = compare(mine.features, other);
        let mut shares = mine.shares;
        if levels.name == NameLevel::SameSound {
            shares.sound = shares.sound.max(Side::sound(self, other));
        }
        if levels.former {
            // The agreeing name is not the one in use: no count was taken of it.
            let theirs = Side::of(self, other).shares;
            shares.name = shares.name.max(theirs.name);
            shares.sound = shares.sound.max(theirs.sound);
        }
        // A judgement is the same from both sides.
        shares.town = shares.town.max(self.town(other.town));
        (levels, shares)
    }

    /// The share of subjects in a town, drawn towards one town in twenty while the index is small.
    fn town(&self, code: u32) -> f64 {
        let subjects = f64::from(u32::try_from(self.len()).unwrap_or(u32::MAX));
        let here = f64::from(self.towns.get(&code).copied().unwrap_or(0));
        ((here + 10.0) / (subjects + 200.0)).clamp(0.005, 1.0)
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

/// One side of comparisons, with the counts that depend on it alone.
struct Side<'a> {
    features: &'a Features,
    shares: Shares,
}

impl<'a> Side<'a> {
    fn of(index: &Index, features: &'a Features) -> Self {
        let subjects = f64::from(u32::try_from(index.len()).unwrap_or(u32::MAX));
        let name = features.name().map_or(0, |n| index.postings.count(keys::name_key(&n)));
        let shares = Shares {
            subjects,
            name: share(name, subjects, NAME_SHARE),
            sound: Self::sound(index, features),
            town: index.town(features.town),
        };
        Self { features, shares }
    }

    fn sound(index: &Index, features: &Features) -> f64 {
        let subjects = f64::from(u32::try_from(index.len()).unwrap_or(u32::MAX));
        let most = |n: Name<'_>| keys::sound_keys(&n).map(|k| index.postings.count(k)).max().unwrap_or(0);
        share(features.name().map_or(0, most), subjects, SOUND_SHARE)
    }
}

/// A count as a share of the subjects, drawn towards the population's. Two of the count are the pair itself.
fn share(count: usize, subjects: f64, assumed: f64) -> f64 {
    let others = f64::from(u32::try_from(count.saturating_sub(2)).unwrap_or(u32::MAX));
    (others + assumed * ASSUMED) / (subjects + ASSUMED)
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
