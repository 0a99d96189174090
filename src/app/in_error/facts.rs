//! How a wrong act was counted in the statistics, and what takes that back.

use std::collections::{BTreeMap, HashSet};

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::StatId;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;

use super::super::{App, AppError};
use super::Act;

impl App {
    /// The facts by which an act was counted.
    pub(super) async fn wrong_facts(&self, act: &Act) -> Result<Vec<Fact>, AppError> {
        let mut wanted: HashSet<(StatId, Registry, EnrolmentStatus)> = HashSet::new();
        for row in act.changed() {
            let stat_id = self.store.stat_id(&self.vault, row.subject_id).await?;
            wanted.extend(stat_id.map(|stat_id| (stat_id, row.registry, row.status)));
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let (mut told, mut gone): (Vec<Fact>, Vec<Fact>) = (Vec::new(), Vec::new());
        self.store
            .facts(&self.vault, |fact| match fact.event {
                FactEvent::Status(status) if wanted.contains(&(fact.stat_id, fact.registry, status)) => told.push(fact),
                FactEvent::TakenBack(status) if wanted.contains(&(fact.stat_id, fact.registry, status)) => gone.push(fact),
                _ => {}
            })
            .await?;
        let named = |fact: &Fact| (fact.stat_id, fact.registry, fact.day, fact.turn);
        told.retain(|fact| !gone.iter().any(|back| named(back) == named(fact)));
        // Of each registration the latest is it.
        let mut latest: BTreeMap<(StatId, Registry), Fact> = BTreeMap::new();
        for fact in told {
            let of = (fact.stat_id, fact.registry);
            let later = latest.get(&of).is_none_or(|known| (known.recorded, known.turn) < (fact.recorded, fact.turn));
            if later {
                latest.insert(of, fact);
            }
        }
        Ok(latest.into_values().collect())
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
