//! What the running server does by itself: once a day it lets leave who is over age and plans, sends what is due, and forgets what expired.
//!
//! Several processes on one database take turns: a round is done under a lease, and what it does is safe to be done twice.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::time::Timestamp;

use super::{Actor, AgeTally, App, AppError, SendTally};

/// The lease of a round.
const LEASE: &str = "schedule";
/// How long a round may take before another process takes over, in seconds.
const LEASE_SECONDS: i64 = 900;
/// The setting that holds the day planned last.
const PLANNED_ON: &str = "planned-on";
/// How far ahead is planned; the same as the command's default.
const MONTHS: u32 = 12;
/// How often planned contacts that fell due, or were released by a first contact, are put into the outbox, in seconds. What is in the outbox
/// already does not wait for it.
const QUEUE_EVERY: i64 = 1_800;
/// How long mails that wait are left alone after a round that could send none of them, such as at the hourly limit, in seconds: looking
/// through them opens everybody and leaves a line in the log.
const REST: i64 = 300;
/// How long the outcome of a request is kept for its repetition, in seconds.
const REQUESTS_KEPT: i64 = 30 * 24 * 3_600;
/// How long it is kept what the mail server said to an attempt, in seconds.
const DELIVERIES_KEPT: i64 = 180 * 24 * 3_600;

/// The rounds of one process.
pub struct Schedule {
    app: Arc<App>,
    holder: String,
    queued_at: Option<Timestamp>,
    rests_until: Option<Timestamp>,
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// Who left by age, where the day was new.
    pub aged_out: Option<AgeTally>,
    /// The day was planned.
    pub planned: bool,
    /// Mails were looked through.
    pub sent: Option<SendTally>,
}

impl Schedule {
    /// A schedule that did nothing yet.
    pub fn of(app: Arc<App>) -> Self {
        Self { app, holder: uuid::Uuid::new_v4().to_string(), queued_at: None, rests_until: None }
    }

    /// One round. Does nothing where another process is at it.
    ///
    /// # Errors
    /// Of the database or the mail server; the next round tries again, and nothing is sent twice.
    pub async fn round(&mut self, now: Timestamp) -> Result<Round, AppError> {
        let rests = self.rests_until.is_some_and(|until| now < until);
        let due = !rests && self.app.store.count_sendable(now).await? > 0;
        let queue = self.queued_at.is_none_or(|at| at.plus_seconds(QUEUE_EVERY) <= now);
        if !due && !queue {
            return Ok(Round::default());
        }
        let mut tx = self.app.store.begin().await?;
        let fence = tx.take_lease(LEASE, &self.holder, now, now.plus_seconds(LEASE_SECONDS)).await?;
        tx.commit().await?;
        let Some(fence) = fence else { return Ok(Round::default()) };
        let outcome = self.under_lease(now).await;
        let mut tx = self.app.store.begin().await?;
        tx.drop_lease(LEASE, fence).await?;
        tx.commit().await?;
        let sent_some = outcome.as_ref().is_ok_and(|round| round.sent.as_ref().is_some_and(|tally| tally.sent > 0));
        self.rests_until = (due && !sent_some).then(|| now.plus_seconds(REST));
        if outcome.is_ok() && queue {
            self.queued_at = Some(now);
        }
        outcome
    }

    async fn under_lease(&self, now: Timestamp) -> Result<Round, AppError> {
        let today = self.app.today(now);
        let planned = self.app.store.setting(PLANNED_ON).await?.and_then(|day| day.parse::<NaiveDate>().ok()) == Some(today);
        let mut aged_out = None;
        if !planned {
            // Before planning, so that what is planned is for those who stay, and thanks for those who left.
            aged_out = Some(self.app.age_out(Actor::Program, false, now).await?);
            self.app.plan(Actor::Program, today, MONTHS, false, now).await?;
            let mut tx = self.app.store.begin().await?;
            tx.sweep_requests(now.plus_seconds(-REQUESTS_KEPT)).await?;
            tx.sweep_deliveries(now.plus_seconds(-DELIVERIES_KEPT)).await?;
            tx.put_setting(PLANNED_ON, &today.to_string()).await?;
            tx.commit().await?;
        }
        let sent = self.app.send(Actor::Program, today, false, now, &mut |_, _| {}).await?;
        Ok(Round { aged_out, planned: !planned, sent: Some(sent) })
    }
}
