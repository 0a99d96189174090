//! Statistics facts about a registrant who is on file already.

use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::StatId;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;

use super::App;

impl App {
    /// A fact told at the office today. It is without town, sex or birth year, which stand in the registrant's first fact.
    pub(super) fn told(&self, stat_id: StatId, registry: Registry, event: FactEvent, now: Timestamp) -> Fact {
        let today = self.today(now);
        Fact {
            stat_id,
            registry,
            day: today,
            recorded: today,
            event,
            town: None,
            sex: None,
            birth_year: None,
            channel: Channel::Office,
            drive: None,
            turn: 0,
        }
    }
}

/// The turn of a day that a count of changes gives.
pub(super) fn turn(changes: impl IntoIterator<Item = i64>) -> u16 {
    u16::try_from(changes.into_iter().sum::<i64>()).unwrap_or(u16::MAX)
}
