//! Everybody who serves, as lists need them: until when their certificate holds, what they can do, where. Kept from one look to the next
//! with the change up to which it was read, so that no list opens everybody each time. No name, no number, no address; zeroised with the
//! registry's sealing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use zeroize::Zeroize;

use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::domain::volunteer::Skill;
use crate::store::{Change, PersonView, ServiceView, StandingEntry};

use super::super::kept::{Turn, Work};
use super::super::{App, AppError};
use super::{CallOut, known};

/// People opened at a time.
const PART: usize = 500;
/// After more changes than this everybody is read anew: that is then less work.
const CHANGES: u64 = 5_000;

/// Everybody who serves.
#[derive(Debug)]
pub(in crate::app) struct Serving {
    /// The change up to which they were read.
    seq: i64,
    /// When that was.
    at: Timestamp,
    people: BTreeMap<PersonId, Serves>,
}

/// Somebody who serves.
#[derive(Debug, Clone, Default)]
struct Serves {
    /// The last day of the certificate that holds longest.
    until: Option<NaiveDate>,
    /// Their skills, by place in the list of all.
    skills: u16,
    /// The town they serve in; where none was recorded, that of every address of theirs: which one counts is seen where they are opened.
    towns: Vec<u32>,
}

impl Drop for Serves {
    fn drop(&mut self) {
        self.until = None;
        self.skills.zeroize();
        self.towns.zeroize();
    }
}

fn bits(skills: &[Skill]) -> u16 {
    Skill::ALL.iter().enumerate().filter(|(_, skill)| skills.contains(skill)).fold(0_u16, |all, (place, _)| all | (1_u16 << place))
}

impl Serves {
    fn of(view: &PersonView, facts: &[ServiceView]) -> Self {
        let known = known(view, facts);
        let told = || view.records().filter_map(|r| r.contact.as_ref()).filter_map(Contact::town_of).collect::<BTreeSet<TownCode>>();
        let towns = known.town.map_or_else(told, |town| BTreeSet::from([town]));
        Self { until: known.certified_until(), skills: bits(&known.skills), towns: towns.into_iter().map(|town| town.0).collect() }
    }

    /// Whether a call-out may mean them: never no where they are on its list.
    fn may_be_meant(&self, asked: &CallOut) -> bool {
        let skilled = asked.skills.is_empty() || self.skills & bits(&asked.skills) != 0;
        skilled && (asked.towns.is_empty() || asked.towns.iter().any(|town| self.towns.contains(&town.0)))
    }
}

impl Serving {
    /// Whose certificate ends between two days, and when, the soonest first.
    pub fn ending(&self, from: NaiveDate, until: NaiveDate) -> Vec<(NaiveDate, PersonId)> {
        let ends = self.people.iter().filter_map(|(person, serves)| Some((serves.until?, *person)));
        let mut ends: Vec<_> = ends.filter(|(last, _)| (from..=until).contains(last)).collect();
        ends.sort_unstable();
        ends
    }

    /// Whom a call-out may mean.
    fn meant(&self, asked: &CallOut) -> Vec<PersonId> {
        self.people.iter().filter(|(_, serves)| serves.may_be_meant(asked)).map(|(person, _)| *person).collect()
    }

    /// When they were read.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The change up to which they were read.
    fn seq(&self) -> i64 {
        self.seq
    }
}

impl App {
    /// Brings what is kept of everybody who serves up to date, for somebody who waits. Answers whether it is: with many on file nobody
    /// waits until everybody was read anew, that is done in the background ([`App::list_state`]).
    pub(super) async fn follow_serving(&self, now: Timestamp) -> Result<bool, AppError> {
        // Too much for a page that somebody waits for: whoever reads it all has the turn.
        if !self.few() && self.volunteers.read(Serving::at).is_some() && self.serving_is_behind().await? {
            return Ok(false);
        }
        let turn = if self.few() { Some(self.volunteers.begin().await) } else { self.volunteers.begin_shortly().await };
        // Somebody goes through everybody: what is known until then is shown as it was.
        let Some(mut turn) = turn else { return Ok(false) };
        let whole = self.few() || self.volunteers.read(Serving::at).is_none();
        self.read_serving(&mut turn, whole, now).await
    }

    /// Whom a call-out may mean, as of the last commit; none where that is not known without going through everybody.
    pub(super) async fn may_be_meant(&self, asked: &CallOut, now: Timestamp) -> Result<Option<Vec<PersonId>>, AppError> {
        // An emergency does not wait for a list that is being made.
        if !self.few() && (self.volunteers.progress().is_some() || self.volunteers.read(Serving::at).is_none()) {
            return Ok(None);
        }
        let current = self.follow_serving(now).await?;
        Ok(self.volunteers.read(|serving| serving.meant(asked)).filter(|_| current))
    }

    /// Whether so much changed that everybody has to be read anew.
    pub(in crate::app) async fn serving_is_behind(&self) -> Result<bool, AppError> {
        let Some(seq) = self.volunteers.read(Serving::seq) else { return Ok(true) };
        Ok(self.store.last_change().await?.saturating_sub(seq) > CHANGES.cast_signed())
    }

    /// Takes in what was committed since; `whole` allows to read everybody. Answers whether nothing is left to be taken in.
    pub(in crate::app) async fn read_serving(&self, turn: &mut Turn<'_, Serving>, whole: bool, now: Timestamp) -> Result<bool, AppError> {
        let Some(from) = self.volunteers.read(Serving::seq) else {
            return self.read_all_serving(turn, now).await.map(|()| true);
        };
        let changes = self.store.changes_since(from, CHANGES + 1).await?;
        let Some(last) = changes.last() else { return Ok(true) };
        if changes.len() as u64 > CHANGES {
            return if whole { self.read_all_serving(turn, now).await.map(|()| true) } else { Ok(false) };
        }
        let seq = last.seq;
        let touched: Vec<PersonId> = self.persons_touched(&changes).await?.into_iter().collect();
        let mut read = Vec::new();
        for part in touched.chunks(PART) {
            self.add_serving(&mut read, part).await?;
        }
        turn.alter(|serving| {
            for person in &touched {
                serving.people.remove(person);
            }
            serving.people.extend(read);
            (serving.seq, serving.at) = (seq, now);
        });
        Ok(true)
    }

    async fn read_all_serving(&self, turn: &mut Turn<'_, Serving>, now: Timestamp) -> Result<(), AppError> {
        turn.work.goes_through(self.known() as u64);
        // Read first: what is committed meanwhile is looked at again the next time.
        let seq = self.store.last_change().await?;
        let people = self.all_serving(&mut turn.work).await?;
        turn.put(Serving { seq, at: now, people });
        Ok(())
    }

    async fn all_serving(&self, work: &mut Work<'_>) -> Result<BTreeMap<PersonId, Serves>, AppError> {
        let serving = self.serving().await?;
        work.goes_through(serving.len() as u64);
        let mut people = BTreeMap::new();
        for part in serving.chunks(PART) {
            let mut read = Vec::with_capacity(part.len());
            self.add_serving(&mut read, part).await?;
            people.extend(read);
            work.did(part.len()).await?;
        }
        Ok(people)
    }

    /// Every person of whom something may read differently since: the owner of each subject, and both sides of a join.
    pub(in crate::app) async fn persons_touched(&self, changes: &[Change]) -> Result<BTreeSet<PersonId>, AppError> {
        let subjects: BTreeSet<SubjectId> = changes.iter().filter_map(|c| c.subject_id).collect();
        let subjects: Vec<SubjectId> = subjects.into_iter().collect();
        let owners = self.store.persons_of(&subjects).await?.into_iter().map(|(_, person)| person);
        let named = changes.iter().flat_map(|c| [c.person_id, c.other_id.map(PersonId)]).flatten();
        Ok(owners.chain(named).collect())
    }

    async fn add_serving(&self, out: &mut Vec<(PersonId, Serves)>, persons: &[PersonId]) -> Result<(), AppError> {
        for (view, facts) in self.with_facts(persons).await? {
            if Self::serves(&view) {
                out.push((view.row.id, Serves::of(&view, &facts)));
            }
        }
        Ok(())
    }

    /// People with what was recorded of them as volunteers.
    pub(super) async fn with_facts(&self, persons: &[PersonId]) -> Result<Vec<(PersonView, Vec<ServiceView>)>, AppError> {
        let mut out = Vec::with_capacity(persons.len());
        for part in persons.chunks(PART) {
            let views = self.store.persons(&self.vault, part).await?;
            let mut facts = self.facts_by_person(&views).await?;
            out.extend(views.into_iter().map(|view| {
                let mine = facts.remove(&view.row.id).unwrap_or_default();
                (view, mine)
            }));
        }
        Ok(out)
    }

    /// Everybody whose standing among the volunteers is one that may be contacted.
    async fn serving(&self) -> Result<Vec<PersonId>, AppError> {
        let mut best: BTreeMap<PersonId, (NaiveDate, u8, EnrolmentStatus)> = BTreeMap::new();
        let keep = |s: StandingEntry| {
            if s.registry == Registry::Volunteer {
                let mine = (s.since.0, s.status.rank(), s.status);
                best.entry(s.person).and_modify(|kept| *kept = mine.max(*kept)).or_insert(mine);
            }
        };
        self.store.standings(keep).await?;
        Ok(best.into_iter().filter(|(_, (.., status))| status.may_contact()).map(|(person, _)| person).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_out_may_mean_whoever_has_one_of_the_skills_and_one_of_the_towns() {
        let of = |skills: &[Skill], towns: &[u32]| Serves { until: None, skills: bits(skills), towns: towns.to_vec() };
        let asked = |skills: &[Skill], towns: &[u32]| CallOut {
            skills: skills.to_vec(),
            towns: towns.iter().copied().map(TownCode).collect(),
            purpose: String::new(),
        };
        let driver = of(&[Skill::Driving, Skill::Other], &[1, 2]);
        assert!(driver.may_be_meant(&asked(&[Skill::FirstAid, Skill::Other], &[])));
        assert!(driver.may_be_meant(&asked(&[], &[3, 2])));
        assert!(driver.may_be_meant(&asked(&[Skill::Driving], &[1])));
        assert!(!driver.may_be_meant(&asked(&[Skill::FirstAid], &[1])));
        assert!(!driver.may_be_meant(&asked(&[Skill::Driving], &[3])));
        assert!(!of(&[], &[]).may_be_meant(&asked(&[], &[1])), "nobody is called to a town that nobody told of them");
        assert!(of(&[], &[]).may_be_meant(&asked(&[], &[])));
        let all: std::collections::HashSet<u16> = Skill::ALL.iter().map(|skill| bits(&[*skill])).collect();
        assert_eq!(all.len(), Skill::ALL.len(), "each skill has a bit of its own");
    }
}
