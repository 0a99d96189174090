//! The facts in memory, compact: 24 bytes each, one run of them a registrant, in the order in which they take effect.
//!
//! Who was found to be the same person is told by `JoinedInto`/`SplitFrom` facts. Registrants ever tied to each other form a cluster; the rest
//! (almost all) are read without looking at anybody else.

pub(super) mod grid;
pub(super) mod packed;
pub(super) mod standing;
#[cfg(test)]
mod taken_back;
mod unions;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::StatId;
use crate::domain::registry::EnrolmentStatus;
use crate::domain::town::TownCode;
use crate::reports::ruleset::{RuleSet, RuleSets};
use packed::{Packed, day_number};
pub(super) use unions::{Change, Unions};

/// The statistics facts of a deployment, in memory.
///
/// About 24 bytes a fact and 40 a registrant. Holds no subject and nothing that leads to one.
#[derive(Default)]
pub struct FactBook {
    index: HashMap<StatId, u32>,
    /// Where the run of each registrant begins; one more entry at the end.
    starts: Vec<u32>,
    facts: Vec<Packed>,
    towns: Vec<TownCode>,
    drives: Vec<u32>,
    town_index: HashMap<TownCode, u16>,
    drive_index: HashMap<u32, u32>,
    /// For each registrant: the cluster it belongs to, from 1; 0 alone.
    cluster_of: Vec<u32>,
    clusters: Vec<Vec<u32>>,
    first_recorded: Option<NaiveDate>,
    /// What was taken back: of whom, which standing, named by day and turn. A handful a year.
    taken_back: Vec<(u32, Packed, EnrolmentStatus)>,
    rules: RuleSets,
}

impl std::fmt::Debug for FactBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FactBook({} registrants, {} facts)", self.registrants(), self.facts.len())
    }
}

impl FactBook {
    /// A book of facts in the order in which they were recorded.
    pub fn new(facts: impl IntoIterator<Item = Fact>) -> Self {
        let mut book = Self::default();
        book.extend(facts);
        book
    }

    /// The rule set in force on a day.
    pub fn rules(&self, day: NaiveDate) -> &RuleSet {
        self.rules.on(day)
    }

    /// How many facts it holds.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// How many random identities have facts or were named by one; not persons: joined ones count singly here.
    pub fn registrants(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The day on which the first fact was recorded: before it, no report can have been made here.
    pub fn first_recorded(&self) -> Option<NaiveDate> {
        self.first_recorded
    }

    /// Takes in further facts. Costs a pass over all of them, so hand over whole batches.
    pub fn extend(&mut self, facts: impl IntoIterator<Item = Fact>) {
        let mut fresh: Vec<(u32, Packed)> = Vec::new();
        for fact in facts {
            let who = self.registrant(fact.stat_id);
            let other = match fact.event {
                FactEvent::JoinedInto(other) | FactEvent::SplitFrom(other) => self.registrant(other).cast_signed(),
                _ => 0,
            };
            let town = fact.town.map_or(0, |code| self.town(code));
            let drive = fact.drive.map_or(0, |number| self.drive(number));
            if self.first_recorded.is_none_or(|first| fact.recorded < first) {
                self.first_recorded = Some(fact.recorded);
            }
            let packed = Packed::of(&fact, town, drive, other);
            match fact.event {
                FactEvent::TakenBack(status) => self.taken_back.push((who, packed, status)),
                _ => fresh.push((who, packed)),
            }
        }
        if fresh.is_empty() {
            self.take_back();
            return;
        }
        let links = fresh.iter().any(|(_, fact)| fact.is_link());
        self.merge(&fresh);
        self.take_back();
        if links {
            self.tie();
        }
        self.cluster_of.resize(self.registrants(), 0);
    }

    /// The days of all facts, first and last.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.facts.iter().map(|f| f.day);
        let date = NaiveDate::from_num_days_from_ce_opt;
        Some((date(days().min()?)?, date(days().max()?)?))
    }

    fn registrant(&mut self, id: StatId) -> u32 {
        let next = u32::try_from(self.index.len()).expect("a deployment has fewer than four thousand million registrants");
        *self.index.entry(id).or_insert(next)
    }

    fn town(&mut self, code: TownCode) -> u16 {
        let towns = &mut self.towns;
        *self.town_index.entry(code).or_insert_with(|| {
            towns.push(code);
            u16::try_from(towns.len()).expect("China has about 40,000 towns")
        })
    }

    fn drive(&mut self, number: u32) -> u32 {
        let drives = &mut self.drives;
        *self.drive_index.entry(number).or_insert_with(|| {
            drives.push(number);
            u32::try_from(drives.len()).expect("drives are numbered by u32")
        })
    }

    /// Lays the facts out anew: one run a registrant, each in the order of effect.
    fn merge(&mut self, fresh: &[(u32, Packed)]) {
        let people = self.index.len();
        let old_people = self.registrants();
        let mut sizes = vec![0u32; people + 1];
        for who in 0..old_people {
            sizes[who] = self.starts[who + 1] - self.starts[who];
        }
        let mut touched = vec![false; people];
        for (who, _) in fresh {
            sizes[*who as usize] += 1;
            touched[*who as usize] = true;
        }
        let mut starts = Vec::with_capacity(people + 1);
        let mut sum = 0u32;
        for size in &sizes {
            starts.push(sum);
            sum += size;
        }
        let Some(blank) = fresh.first().map(|(_, fact)| *fact) else { return };
        let mut facts = vec![blank; self.facts.len() + fresh.len()];
        let mut next = starts.clone();
        for who in 0..old_people {
            let run = &self.facts[self.starts[who] as usize..self.starts[who + 1] as usize];
            let at = starts[who] as usize;
            facts[at..at + run.len()].copy_from_slice(run);
            next[who] += self.starts[who + 1] - self.starts[who];
        }
        for (who, fact) in fresh {
            let at = &mut next[*who as usize];
            facts[*at as usize] = *fact;
            *at += 1;
        }
        for who in (0..people).filter(|who| touched[*who]) {
            facts[starts[who] as usize..starts[who + 1] as usize].sort_by_key(Packed::order);
        }
        self.starts = starts;
        self.facts = facts;
    }

    /// Marks the standings that were taken back. What is named may come in later than what names it.
    fn take_back(&mut self) {
        for (who, named, status) in &self.taken_back {
            let Some([first, end]) = self.starts.get(*who as usize..).and_then(|rest| rest.first_chunk::<2>()) else { continue };
            for fact in &mut self.facts[*first as usize..*end as usize] {
                fact.take_back(named, *status);
            }
        }
    }

    /// Finds the clusters: whoever was ever tied to whom.
    fn tie(&mut self) {
        let people = self.registrants();
        let mut root: Vec<u32> = (0..u32::try_from(people).unwrap_or(u32::MAX)).collect();
        for who in 0..people {
            for fact in self.run(who).iter().filter(|f| f.is_link()) {
                let (a, b) = (find(&mut root, who), find(&mut root, fact.arg.cast_unsigned() as usize));
                root[a.max(b)] = u32::try_from(a.min(b)).unwrap_or(0);
            }
        }
        self.cluster_of = vec![0; people];
        self.clusters.clear();
        let mut size = vec![0u32; people];
        for who in 0..people {
            size[find(&mut root, who)] += 1;
        }
        for who in 0..people {
            let top = find(&mut root, who);
            if size[top] < 2 {
                continue;
            }
            if self.cluster_of[top] == 0 {
                self.clusters.push(Vec::new());
                self.cluster_of[top] = u32::try_from(self.clusters.len()).unwrap_or(u32::MAX);
            }
            let cluster = self.cluster_of[top];
            self.cluster_of[who] = cluster;
            self.clusters[cluster as usize - 1].push(u32::try_from(who).unwrap_or(0));
        }
    }

    fn run(&self, who: usize) -> &[Packed] {
        &self.facts[self.starts[who] as usize..self.starts[who + 1] as usize]
    }

    /// The runs of registrants never tied to another.
    pub(super) fn alone(&self) -> impl Iterator<Item = &[Packed]> {
        (0..self.registrants()).filter(|who| self.cluster_of[*who] == 0).map(|who| self.run(who))
    }

    /// The runs of all registrants.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[Packed]> {
        (0..self.registrants()).map(|who| self.run(who))
    }

    /// The clusters, each as its facts in the order of effect, with the member each belongs to.
    pub(super) fn tied(&self) -> impl Iterator<Item = Vec<(u32, Packed)>> {
        self.clusters.iter().map(|members| {
            let mut facts: Vec<(u32, Packed)> =
                members.iter().flat_map(|who| self.run(*who as usize).iter().map(move |fact| (*who, *fact))).collect();
            facts.sort_by_key(|(_, fact)| fact.order());
            facts
        })
    }

    pub(super) fn towns(&self) -> &[TownCode] {
        &self.towns
    }

    pub(super) fn drives(&self) -> &[u32] {
        &self.drives
    }
}

fn find(root: &mut [u32], mut at: usize) -> usize {
    while root[at] as usize != at {
        root[at] = root[root[at] as usize];
        at = root[at] as usize;
    }
    at
}

/// A limit of knowledge as a day number.
pub(super) fn limit(day: NaiveDate) -> i32 {
    day_number(day)
}
