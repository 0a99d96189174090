//! Blood donors whose group is on file, as a recall needs them: the group, the towns they may live in, the days they were called. Kept from one
//! look to the next with the change up to which it was read, so that no recall opens everybody. No name, no number, no address; zeroised with the
//! registry's sealing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use zeroize::Zeroize;

use crate::domain::contact::Contact;
use crate::domain::eligibility::History;
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::person::{Abo, Rh};
use crate::domain::recall::{self, RecallRule, Wanted};
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::store::PersonEntry;

use super::super::kept::{Turn, Work};
use super::super::{App, AppError};
use super::preview::gives;

/// People opened at a time.
const PART: usize = 500;
/// After more changes than this everybody is read anew: that is then less work.
const CHANGES: u64 = 5_000;

/// Every blood donor whose group is on file.
#[derive(Debug)]
pub(in crate::app) struct Grouped {
    /// The change up to which they were read.
    seq: i64,
    /// When that was.
    at: Timestamp,
    people: BTreeMap<PersonId, Donor>,
}

/// One of them.
struct Donor {
    /// The bit of their group.
    group: u8,
    /// The town of every address of theirs: which one counts is seen where they are opened.
    towns: Vec<u32>,
    /// The days on which they were called for a recall, from the beginning of the era.
    asked: Vec<i32>,
}

impl std::fmt::Debug for Donor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Donor(..)")
    }
}

impl Drop for Donor {
    fn drop(&mut self) {
        self.group.zeroize();
        self.towns.zeroize();
        self.asked.zeroize();
    }
}

/// What the registrations of one person tell.
#[derive(Default)]
struct Told {
    gives: bool,
    history: History,
    towns: BTreeSet<TownCode>,
}

/// The bit of a group.
const fn bit(abo: Abo, rh: Rh) -> u8 {
    let place = match abo {
        Abo::A => 0,
        Abo::B => 1,
        Abo::AB => 2,
        Abo::O => 3,
    };
    match rh {
        Rh::Positive => 1 << place,
        Rh::Negative => 1 << (place + 4),
    }
}

/// The bits of what is asked for.
fn bits(wanted: &Wanted) -> u8 {
    let any = [Abo::A, Abo::B, Abo::AB, Abo::O];
    any.into_iter().filter(|abo| wanted.abo.is_none_or(|asked| asked == *abo)).fold(0, |all, abo| all | bit(abo, wanted.rh))
}

impl Donor {
    /// None where no group is on file: no recall asks for them.
    fn of(told: &Told) -> Option<Self> {
        let group = told.history.group.filter(|_| told.gives)?;
        Some(Self {
            group: bit(group.abo, group.rh),
            towns: told.towns.iter().map(|town| town.0).collect(),
            asked: told.history.asked.iter().map(Datelike::num_days_from_ce).collect(),
        })
    }

    /// Whether a recall may mean them on a day: never no where they are on its list.
    fn may_be_meant(&self, wanted: &Wanted, rule: &RecallRule, today: NaiveDate) -> bool {
        let days = || self.asked.iter().filter_map(|day| NaiveDate::from_num_days_from_ce_opt(*day)).collect::<Vec<_>>();
        self.group & bits(wanted) != 0
            && wanted.towns.iter().any(|town| self.towns.contains(&town.0))
            && recall::may_be_called(rule, today, &days())
    }
}

impl Grouped {
    /// Whom a recall may mean on a day, in the order in which they are called.
    fn meant(&self, wanted: &Wanted, rule: &RecallRule, today: NaiveDate) -> Vec<PersonId> {
        let fit = self.people.iter().filter(|(_, donor)| donor.may_be_meant(wanted, rule, today));
        let mut fit: Vec<_> = fit.map(|(person, donor)| (donor.asked.iter().max().copied(), *person)).collect();
        fit.sort_unstable();
        fit.into_iter().map(|(_, person)| person).collect()
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
    /// Whom a recall may mean, as of the last commit, in the order in which they are called; none where that is not known without going through
    /// everybody.
    pub(super) async fn may_be_recalled(
        &self,
        wanted: &Wanted,
        rule: &RecallRule,
        now: Timestamp,
    ) -> Result<Option<Vec<PersonId>>, AppError> {
        let current = if self.few() {
            let mut turn = self.grouped.begin().await;
            self.read_grouped(&mut turn, true, now).await?
        } else {
            // A patient does not wait for a list that is being made.
            if self.grouped.progress().is_some() || self.grouped_is_behind().await? {
                return Ok(None);
            }
            match self.grouped.begin_shortly().await {
                Some(mut turn) => self.read_grouped(&mut turn, false, now).await?,
                None => false,
            }
        };
        let today = self.today(now);
        Ok(self.grouped.read(|grouped| grouped.meant(wanted, rule, today)).filter(|_| current))
    }

    /// Whether so much changed that everybody has to be read anew, or they never were.
    pub(in crate::app) async fn grouped_is_behind(&self) -> Result<bool, AppError> {
        let Some(seq) = self.grouped.read(Grouped::seq) else { return Ok(true) };
        Ok(self.store.last_change().await?.saturating_sub(seq) > CHANGES.cast_signed())
    }

    /// Takes in what was committed since; `whole` allows to read everybody. Answers whether nothing is left to be taken in.
    pub(in crate::app) async fn read_grouped(&self, turn: &mut Turn<'_, Grouped>, whole: bool, now: Timestamp) -> Result<bool, AppError> {
        let Some(from) = self.grouped.read(Grouped::seq) else {
            return if whole { self.read_all_grouped(turn, now).await.map(|()| true) } else { Ok(false) };
        };
        let changes = self.store.changes_since(from, CHANGES + 1).await?;
        let Some(last) = changes.last() else { return Ok(true) };
        if changes.len() as u64 > CHANGES {
            return if whole { self.read_all_grouped(turn, now).await.map(|()| true) } else { Ok(false) };
        }
        let seq = last.seq;
        let touched: Vec<PersonId> = self.persons_touched(&changes).await?.into_iter().collect();
        let mut told = BTreeMap::new();
        for part in touched.chunks(PART) {
            let entries = self.entries_of(part).await?;
            self.add_told(&mut told, &entries).await?;
        }
        let read = donors(&told);
        turn.alter(|grouped| {
            for person in &touched {
                grouped.people.remove(person);
            }
            grouped.people.extend(read);
            (grouped.seq, grouped.at) = (seq, now);
        });
        Ok(true)
    }

    async fn read_all_grouped(&self, turn: &mut Turn<'_, Grouped>, now: Timestamp) -> Result<(), AppError> {
        turn.work.goes_through(self.known() as u64);
        // Read first: what is committed meanwhile is looked at again the next time.
        let seq = self.store.last_change().await?;
        let people = self.all_grouped(&mut turn.work).await?;
        turn.put(Grouped { seq, at: now, people });
        Ok(())
    }

    async fn all_grouped(&self, work: &mut Work<'_>) -> Result<BTreeMap<PersonId, Donor>, AppError> {
        let mut told = BTreeMap::new();
        let mut stream = self.store.people(&self.vault);
        if work.rests() {
            stream = stream.page_by_page();
        }
        while let Some(page) = stream.next().await? {
            self.add_told(&mut told, &page).await?;
            work.did(page.len()).await?;
        }
        Ok(donors(&told))
    }

    /// The registrations of some people, in the order in which everybody is read.
    pub(super) async fn entries_of(&self, persons: &[PersonId]) -> Result<Vec<PersonEntry>, AppError> {
        let subjects = self.store.subjects_of(persons).await?;
        let mut entries = self.store.people_of(&self.vault, &subjects).await?;
        entries.sort_unstable_by_key(|entry| entry.subject);
        Ok(entries)
    }

    /// Takes in what registrations tell; health data are opened of blood donors alone. An address counts whatever the registry it was told to:
    /// the one that is used may be any.
    async fn add_told(&self, out: &mut BTreeMap<PersonId, Told>, entries: &[PersonEntry]) -> Result<(), AppError> {
        let mut givers: Vec<(SubjectId, PersonId)> = Vec::new();
        for entry in entries {
            let told = out.entry(entry.person).or_default();
            told.towns.extend(entry.records.iter().filter_map(|r| r.contact.as_ref()).filter_map(Contact::town_of));
            if gives(entry) {
                told.gives = true;
                givers.push((entry.subject, entry.person));
            }
        }
        let subjects: Vec<SubjectId> = givers.iter().map(|(subject, _)| *subject).collect();
        let mut days = self.store.days_told(&self.vault, Some(&subjects)).await?;
        for (subject, person) in givers {
            let Some(told) = out.get_mut(&person) else { continue };
            days.remove(&subject).into_iter().flatten().for_each(|more| told.history.join(more.history));
        }
        Ok(())
    }
}

fn donors(told: &BTreeMap<PersonId, Told>) -> BTreeMap<PersonId, Donor> {
    told.iter().filter_map(|(person, told)| Some((*person, Donor::of(told)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::eligibility::DonationKind;
    use crate::domain::recall::RecallRules;

    #[test]
    fn a_recall_may_mean_whoever_has_the_group_and_a_town_and_was_not_called_too_often_longest_ago_first() {
        let today: NaiveDate = "2026-11-27".parse().unwrap();
        let rules = RecallRules::shipped();
        let rule = rules.on(today).unwrap();
        let of = |abo, rh, towns: &[u32], asked: &[&str]| Donor {
            group: bit(abo, rh),
            towns: towns.to_vec(),
            asked: asked.iter().map(|day| day.parse::<NaiveDate>().unwrap().num_days_from_ce()).collect(),
        };
        let donors = [
            of(Abo::O, Rh::Negative, &[1, 2], &["2026-03-01", "2026-06-01"]),
            of(Abo::O, Rh::Negative, &[2], &["2026-01-01"]),
            of(Abo::O, Rh::Negative, &[2], &[]),
            of(Abo::O, Rh::Negative, &[2], &["2026-11-10"]),
            of(Abo::O, Rh::Positive, &[2], &[]),
            of(Abo::O, Rh::Negative, &[3], &[]),
            of(Abo::O, Rh::Negative, &[], &[]),
            of(Abo::B, Rh::Negative, &[2], &["2025-01-01"]),
        ];
        let ids: Vec<PersonId> = donors.iter().map(|_| PersonId::fresh()).collect();
        let grouped = Grouped { seq: 0, at: Timestamp(0), people: ids.iter().copied().zip(donors).collect() };
        let asked = |abo| Wanted { abo, rh: Rh::Negative, kind: DonationKind::WholeBlood, towns: vec![TownCode(2)] };
        assert_eq!(grouped.meant(&asked(Some(Abo::O)), rule, today), [ids[2], ids[1], ids[0]]);
        assert_eq!(grouped.meant(&asked(None), rule, today), [ids[2], ids[7], ids[1], ids[0]]);
        assert!(grouped.meant(&Wanted { towns: Vec::new(), ..asked(None) }, rule, today).is_empty(), "no town means nobody");
    }

    #[test]
    fn each_group_has_a_bit_of_its_own() {
        let all = [Abo::A, Abo::B, Abo::AB, Abo::O].into_iter().flat_map(|abo| [bit(abo, Rh::Positive), bit(abo, Rh::Negative)]);
        assert_eq!(all.fold(0_u8, |seen, one| seen | one), u8::MAX);
    }
}
