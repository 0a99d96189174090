//! How a wrong act was counted in the statistics, and what takes that back.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::StatId;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::store::PersonView;

use super::super::told_as::ToldAs;
use super::super::{App, AppError};
use super::Act;

/// The facts by which an act was counted.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    /// Of the registrations that it changed.
    pub act: Vec<Fact>,
    /// Of registrations that came by a sheet later, which said less, and were told as what the act had made of the person.
    pub behind: Vec<ToldAs>,
}

impl Wrong {
    /// All of them.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.act.iter().chain(self.behind.iter().map(|told| &told.fact))
    }
}

impl App {
    /// The facts by which an act was counted.
    pub(super) async fn wrong_facts(&self, view: &PersonView, act: &Act, now: Timestamp) -> Result<Wrong, AppError> {
        let mut wanted: HashSet<(StatId, Registry, EnrolmentStatus)> = HashSet::new();
        let mut became: HashMap<Registry, EnrolmentStatus> = HashMap::new();
        for row in act.changed() {
            let stat_id = self.store.stat_id(&self.vault, row.subject_id).await?;
            wanted.extend(stat_id.map(|stat_id| (stat_id, row.registry, row.status)));
            became.insert(row.registry, row.status);
        }
        let Some(entered) = act.first().map(|row| self.today(row.at)).filter(|_| !wanted.is_empty()) else { return Ok(Wrong::default()) };
        let sheets = self.counted_by(view).await?;
        // What a registration says itself is no echo of the act.
        let echoes = |fact: &Fact, status| {
            became.get(&fact.registry) == Some(&status)
                && sheets
                    .get(&fact.stat_id)
                    .is_some_and(|s| s.enrolments.iter().all(|row| row.registry != fact.registry || row.status != status))
        };
        let of_act = |fact: &Fact, status| wanted.contains(&(fact.stat_id, fact.registry, status));
        let latest = self.latest_told(|fact, status| of_act(fact, status) || echoes(fact, status)).await?;
        let (mut found, mut others) = (Wrong::default(), Vec::new());
        for fact in latest.into_values() {
            match fact.event {
                FactEvent::Status(status) if of_act(&fact, status) => found.act.push(fact),
                _ => others.push(fact),
            }
        }
        let days: HashMap<Registry, NaiveDate> = found.act.iter().map(|fact| (fact.registry, fact.day)).collect();
        for fact in others.into_iter().filter(|fact| fact.day >= days.get(&fact.registry).copied().unwrap_or(entered)) {
            if let Some(subject) = sheets.get(&fact.stat_id) {
                found.behind.extend(self.told_as(subject, fact, now));
            }
        }
        Ok(found)
    }

    /// The fact that takes another one back, from today on.
    pub(in crate::app) fn taking_back(&self, wrong: &Fact, now: Timestamp) -> Fact {
        let event = match wrong.event {
            FactEvent::Status(status) => FactEvent::TakenBack(status),
            other => other,
        };
        Fact { day: wrong.day, turn: wrong.turn, ..self.told(wrong.stat_id, wrong.registry, event, now) }
    }
}
