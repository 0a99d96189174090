//! The certificates that run out. Until when each holds is kept from one look to the next, with the change up to which it was read: dates and ids
//! only, so that the list need not open everybody who serves each time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{Change, PersonView, ServiceView, StandingEntry};

use super::super::{Actor, App, AppError};
use super::known;
use super::teams::name_of;

/// How many days ahead a certificate stands on the list of those that run out.
pub const RUNS_OUT: u64 = 90;
/// People opened at a time.
const PART: usize = 500;
/// Lines a page.
const LISTED: usize = 100;
/// After more changes than this everybody is read anew: that is then less work.
const CHANGES: u64 = 5_000;

/// The last day of the certificate that holds longest, of everybody who serves and has one.
#[derive(Debug, Clone, Default)]
pub(in crate::app) struct Ends {
    /// The change up to which they were read.
    seq: i64,
    last: BTreeMap<PersonId, NaiveDate>,
}

/// A certificate that runs out, on a list that is shown masked.
#[derive(Debug)]
pub struct Expiring {
    /// Whose.
    pub person: PublicId,
    /// The name, to be masked.
    pub name: Option<Guarded<PersonName>>,
    /// The names of their teams.
    pub teams: Vec<String>,
    /// Its last day.
    pub last: NaiveDate,
}

/// Where a page of the list begins: behind this day and person.
pub type Behind<'a> = (NaiveDate, &'a PublicId);

impl App {
    /// Whose first-aid certificate runs out within ninety days and was not renewed, the soonest first: a page of them, and whether more follow.
    /// Shown masked: no disclosure.
    pub async fn certificates_running_out(
        &self,
        actor: Actor,
        after: Option<Behind<'_>>,
        now: Timestamp,
    ) -> Result<(Vec<Expiring>, bool), AppError> {
        actor.needs(Right::Service)?;
        let today = self.today(now);
        let until = today.checked_add_days(Days::new(RUNS_OUT)).unwrap_or(today);
        let after = match after {
            Some((day, id)) => Some((day, self.store.resolve(id).await?.unwrap_or(PersonId(Uuid::nil())))),
            None => None,
        };
        let mut soon: Vec<(NaiveDate, PersonId)> = {
            let ends = self.certificate_ends().await?;
            let within = ends.last.iter().filter(|(_, last)| (today..=until).contains(*last));
            within.map(|(person, last)| (*last, *person)).filter(|key| after.is_none_or(|after| *key > after)).collect()
        };
        soon.sort_unstable();
        let more = soon.len() > LISTED;
        soon.truncate(LISTED);
        let teams = self.teams().await?;
        let mut out = Vec::with_capacity(soon.len());
        for (view, facts) in self.with_facts(&soon.into_iter().map(|(_, person)| person).collect::<Vec<_>>()).await? {
            let known = known(&view, &facts);
            if let Some(last) = known.expiring(today, RUNS_OUT).filter(|_| Self::serves(&view)) {
                let named = teams.iter().filter(|t| known.teams.contains(&t.number)).map(|t| t.name.clone());
                let line = Expiring { person: view.row.public_id.clone(), name: name_of(&view), teams: named.collect(), last };
                out.push((view.row.id, line));
            }
        }
        out.sort_by_key(|(person, line)| (line.last, *person));
        Ok((out.into_iter().map(|(_, line)| line).collect(), more))
    }

    /// Until when certificates hold, as of the last commit. One reader at a time brings it up to date; what it could not finish is read anew by
    /// the next.
    async fn certificate_ends(&self) -> Result<Ends, AppError> {
        let _turn = self.reading_certificates.lock().await;
        let kept = self.certificates.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ends = match kept {
            Some(ends) => self.followed(ends).await?,
            None => self.all_ends().await?,
        };
        *self.certificates.lock().unwrap_or_else(PoisonError::into_inner) = Some(ends.clone());
        Ok(ends)
    }

    async fn all_ends(&self) -> Result<Ends, AppError> {
        // Read first: what is committed meanwhile is looked at again the next time.
        let mut ends = Ends { seq: self.store.last_change().await?, last: BTreeMap::new() };
        for part in self.serving().await?.chunks(PART) {
            self.read_ends(&mut ends, part).await?;
        }
        Ok(ends)
    }

    async fn followed(&self, mut ends: Ends) -> Result<Ends, AppError> {
        let changes = self.store.changes_since(ends.seq, CHANGES + 1).await?;
        let Some(last) = changes.last() else { return Ok(ends) };
        if changes.len() as u64 > CHANGES {
            return self.all_ends().await;
        }
        let seq = last.seq;
        let touched: Vec<PersonId> = self.persons_touched(&changes).await?.into_iter().collect();
        for part in touched.chunks(PART) {
            for person in part {
                ends.last.remove(person);
            }
            self.read_ends(&mut ends, part).await?;
        }
        Ok(Ends { seq, ..ends })
    }

    /// Every person of whom something may read differently since: the owner of each subject, and both sides of a join.
    async fn persons_touched(&self, changes: &[Change]) -> Result<BTreeSet<PersonId>, AppError> {
        let subjects: BTreeSet<SubjectId> = changes.iter().filter_map(|c| c.subject_id).collect();
        let subjects: Vec<SubjectId> = subjects.into_iter().collect();
        let owners = self.store.persons_of(&subjects).await?.into_iter().map(|(_, person)| person);
        let named = changes.iter().flat_map(|c| [c.person_id, c.other_id.map(PersonId)]).flatten();
        Ok(owners.chain(named).collect())
    }

    async fn read_ends(&self, ends: &mut Ends, persons: &[PersonId]) -> Result<(), AppError> {
        for (view, facts) in self.with_facts(persons).await? {
            if let Some(last) = known(&view, &facts).certified_until().filter(|_| Self::serves(&view)) {
                ends.last.insert(view.row.id, last);
            }
        }
        Ok(())
    }

    /// People with what was recorded of them as volunteers.
    async fn with_facts(&self, persons: &[PersonId]) -> Result<Vec<(PersonView, Vec<ServiceView>)>, AppError> {
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
