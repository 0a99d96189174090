//! The hand-over from one caller to the next: what is agreed, what is half done, what is overdue, what came of the week.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;

use super::super::{Actor, App, AppError};
use super::TaskItem;

/// Half-done follow-ups listed at most.
const LISTED: u64 = 200;
/// Days of outcomes looked back on.
const LOOK_BACK: u64 = 7;

/// What the next caller has to know. People are shown masked.
#[derive(Debug, Default)]
pub struct HandOver {
    /// Calls whose day was agreed with the person, by day.
    pub agreed: Vec<TaskItem>,
    /// Follow-ups somebody tried already, by the day they come up again.
    pub tried: Vec<TaskItem>,
    /// Overdue follow-ups by kind: how many, and since when the oldest waits.
    pub overdue: Vec<(Option<Kind>, u64, NaiveDate)>,
    /// How the follow-ups of the last seven days ended, by outcome word.
    pub ended: BTreeMap<String, u64>,
}

impl App {
    /// The hand-over of a day.
    pub async fn hand_over(&self, actor: Actor, now: Timestamp) -> Result<HandOver, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let in_hand = self.items(self.store.tasks_in_hand(LISTED).await?).await?;
        let (agreed, tried) = in_hand.into_iter().partition(|item| item.agreed);
        let mut overdue: Vec<(Option<Kind>, u64, NaiveDate)> = Vec::new();
        for (kind, count, oldest) in self.store.overdue_by_kind(today).await? {
            overdue.push((Kind::from_word(&kind), count, oldest.0));
        }
        overdue.sort_by_key(|(_, _, oldest)| *oldest);
        let since = today.checked_sub_days(Days::new(LOOK_BACK)).unwrap_or(NaiveDate::MIN);
        let ended = self.store.calls_ended(since).await?.into_iter().collect();
        Ok(HandOver { agreed, tried, overdue, ended })
    }
}
