//! Statistics facts about a registrant who is on file already.

use chrono::NaiveDate;

use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::{StatId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::store::{PersonView, Tx, prepare_fact};

use super::{App, AppError};

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
            dayless: false,
        }
    }

    /// Tells the statistics of some registrations of a person, of each: while they are one person they count once, and once they are taken apart
    /// each counts as it stands. The day itself is told of the first, of the others today: before they were joined, they were not one exit each.
    pub(super) async fn tell_left(
        &self,
        tx: &mut Tx,
        view: &PersonView,
        touched: &[SubjectId],
        standing: (Registry, EnrolmentStatus),
        day: NaiveDate,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut facts = Vec::with_capacity(touched.len());
        let days = std::iter::once(day).chain(std::iter::repeat(self.today(now)));
        for (subject, day) in touched.iter().zip(days) {
            if let Some(stat_id) = self.store.stat_id(&self.vault, *subject).await? {
                facts.push(prepare_fact(&self.vault, &self.left_fact(view, stat_id, standing, day, now))?);
            }
        }
        Ok(tx.put_facts(facts).await?)
    }

    /// The fact that a standing of a person, as they stood before it, became another one on a day. Never before the standing it ends: what came
    /// after would seem to undo it.
    pub(super) fn left_fact(
        &self,
        view: &PersonView,
        stat_id: StatId,
        (registry, status): (Registry, EnrolmentStatus),
        day: NaiveDate,
        now: Timestamp,
    ) -> Fact {
        let before = view.enrolments().filter(|row| row.registry == registry).map(|row| row.since.0).max();
        let told = self.told(stat_id, registry, FactEvent::Status(status), now);
        Fact { day: before.map_or(day, |since| day.max(since)).min(told.recorded), turn: turn_in(view, registry), ..told }
    }
}

/// The turn of the next standing in a registry: every change of any of a person's registrations there counts.
fn turn_in(view: &PersonView, registry: Registry) -> u16 {
    turn(view.enrolments().filter(|row| row.registry == registry).map(|row| row.row_version))
}

/// The turn of a day that a count of changes gives.
pub(super) fn turn(changes: impl IntoIterator<Item = i64>) -> u16 {
    u16::try_from(changes.into_iter().sum::<i64>()).unwrap_or(u16::MAX)
}
