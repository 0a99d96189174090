//! What the statistics were told of a registration whose sheet was behind: not what the sheet said, but what stood of the person then
//! ([`crate::store::PreparedRecord::keep_further`]). Where that stands no more, or stands with somebody else, they are told what it said.

use std::collections::{BTreeMap, HashMap};

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{StatId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::store::{EnrolmentRow, Origin, PersonView, SubjectView, Tx, prepare_fact};

use super::{App, AppError};

/// A fact of a registration, and what is to be told of the registration in its place.
#[derive(Debug)]
pub(super) struct ToldAs {
    /// Whose.
    subject: SubjectId,
    /// What was told.
    pub fact: Fact,
    /// What the registration says itself, from the day on which it counts.
    pub own: Fact,
}

impl App {
    /// Of the standings told that are meant and that were not taken back the latest of each registrant and registry. It reads every fact.
    pub(super) async fn latest_told(
        &self,
        meant: impl Fn(&Fact, EnrolmentStatus) -> bool,
    ) -> Result<BTreeMap<(StatId, Registry), Fact>, AppError> {
        let (mut told, mut gone): (Vec<Fact>, Vec<Fact>) = (Vec::new(), Vec::new());
        self.store
            .facts(&self.vault, |fact| match fact.event {
                FactEvent::Status(status) if meant(&fact, status) => told.push(fact),
                FactEvent::TakenBack(status) if meant(&fact, status) => gone.push(fact),
                _ => {}
            })
            .await?;
        let named = |fact: &Fact, status| (fact.stat_id, fact.registry, status, fact.day, fact.turn);
        let status = |fact: &Fact| match fact.event {
            FactEvent::Status(status) | FactEvent::TakenBack(status) => Some(status),
            _ => None,
        };
        told.retain(|fact| !gone.iter().any(|back| named(back, status(back)) == named(fact, status(fact))));
        let mut latest: BTreeMap<(StatId, Registry), Fact> = BTreeMap::new();
        for fact in told {
            let of = (fact.stat_id, fact.registry);
            let later = latest.get(&of).is_none_or(|known| (known.recorded, known.turn) < (fact.recorded, fact.turn));
            if later {
                latest.insert(of, fact);
            }
        }
        Ok(latest)
    }

    /// The registrations of a person that came by sheets, each under the identity it is counted by.
    pub(super) async fn counted_by<'a>(&self, view: &'a PersonView) -> Result<HashMap<StatId, &'a SubjectView>, AppError> {
        let mut out = HashMap::new();
        for subject in view.subjects.iter().filter(|s| s.row.origin == Origin::Import && s.row.erased_at.is_none()) {
            if let Some(stat_id) = self.store.stat_id(&self.vault, subject.row.id).await? {
                out.insert(stat_id, subject);
            }
        }
        Ok(out)
    }

    /// What was told of registrations of a person that is not what they say themselves: to be read before they are taken apart.
    pub(super) async fn told_as_another(&self, view: &PersonView, now: Timestamp) -> Result<Vec<ToldAs>, AppError> {
        if view.subjects.len() < 2 {
            return Ok(Vec::new());
        }
        let counted = self.counted_by(view).await?;
        if counted.is_empty() {
            return Ok(Vec::new());
        }
        let latest = self.latest_told(|fact, _| counted.contains_key(&fact.stat_id)).await?;
        let differs = |fact: Fact| {
            let subject = counted.get(&fact.stat_id)?;
            self.told_as(subject, fact, now)
        };
        Ok(latest.into_values().filter_map(differs).collect())
    }

    /// A fact of a registration, where it is not what the registration says.
    pub(super) fn told_as(&self, subject: &SubjectView, fact: Fact, now: Timestamp) -> Option<ToldAs> {
        let row: &EnrolmentRow = subject.enrolments.iter().find(|row| row.registry == fact.registry)?;
        let event = FactEvent::Status(row.status);
        let dayless = subject.records.first().is_some_and(|record| record.told_on.is_none());
        let own = Fact { event, day: row.since.0, recorded: self.today(now), dayless, ..fact.clone() };
        (event != fact.event).then_some(ToldAs { subject: subject.row.id, fact, own })
    }

    /// After registrations were taken out of a person: tells what each says itself, unless what was told of it stands with somebody on its side.
    pub(super) async fn tell_own(
        &self,
        tx: &mut Tx,
        (view, moved): (&PersonView, &[SubjectId]),
        found: &[ToldAs],
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut facts = Vec::new();
        for told in found {
            let side = moved.contains(&told.subject);
            let stands = |row: &EnrolmentRow| row.registry == told.fact.registry && FactEvent::Status(row.status) == told.fact.event;
            let beside = view.subjects.iter().filter(|s| moved.contains(&s.row.id) == side);
            if !beside.flat_map(|s| &s.enrolments).any(stands) {
                facts.push(prepare_fact(&self.vault, &self.taking_back(&told.fact, now))?);
                facts.push(prepare_fact(&self.vault, &told.own)?);
            }
        }
        Ok(tx.put_facts(facts).await?)
    }
}
