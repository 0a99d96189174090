//! Who may be one person: check before save, scan, and the judgement on any two.

use rayon::prelude::*;

use super::{Index, MATCHES};
use crate::domain::id::{PersonId, SubjectId};
use crate::matching::linkage::decide::{Decision, Evidence, Judgement, judge};
use crate::matching::linkage::features::Features;
use crate::matching::linkage::keys;
use crate::matching::linkage::learn::{self, Label};
use crate::matching::linkage::levels::{Levels, compare};
use crate::matching::linkage::name::{Name, NameLevel};
use crate::matching::linkage::rows::Row;
use crate::matching::linkage::weights::{ASSUMED, NAME_SHARE, SOUND_SHARE, Shares};

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

impl Index {
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
