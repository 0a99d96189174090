//! The pace of sending, over all processes: judged under the write lock, so that two of them cannot both take the last place of an hour or
//! both write to one domain.

use std::time::Duration;

use crate::domain::Keyed;
use crate::domain::hold::Tag;
use crate::domain::time::Timestamp;
use crate::followup::pace::{HANGS_AT_MOST, Rates, Traffic, Wait, pause};
use crate::store::{OutboxRow, StoreError, Tx};

use super::super::{App, AppError};
use super::SendTally;
use super::send::{NAP, Run, Step};

const HOUR: i64 = 3_600;

/// What went out lately, as a transaction sees it.
pub(super) async fn traffic(tx: &Tx, rates: &Rates, domain: &Tag, now: Timestamp) -> Result<Traffic, AppError> {
    let day = match rates.per_day {
        Some(_) => tx.deliveries_since(now.plus_seconds(-24 * HOUR)).await?,
        None => (0, None),
    };
    let hour = tx.deliveries_since(now.plus_seconds(-HOUR)).await?;
    let since = now.plus_seconds(-HANGS_AT_MOST.max(2 * rates.between));
    Ok(Traffic { hour, day, domain: tx.last_delivery_to(domain, since).await? })
}

impl App {
    pub(super) fn rates(&self) -> Option<Rates> {
        let pace = self.config.mail.pace?;
        Some(Rates { per_hour: pace.per_hour, per_day: pace.per_day, between: i64::from(pace.seconds_between) })
    }

    /// A number of the message's own, per mille.
    pub(super) fn jitter(&self, row: &OutboxRow) -> u16 {
        let tag = self.vault.tag("followup/jitter", &row.id.bytes());
        tag.first_chunk::<2>().map_or(0, |two| u16::from_be_bytes(*two) % 1_001)
    }

    /// Puts a claimed message off. Several to one domain are put off one behind the other, so that each is looked at once more and not again
    /// and again.
    pub(super) async fn paced(
        &self,
        run: &mut Run,
        row: &OutboxRow,
        (rates, wait, domain, jitter): (Rates, Wait, Tag, u16),
        tally: &mut SendTally,
    ) -> Result<Step, AppError> {
        tally.skip(wait.word());
        let mut until = wait.until();
        if matches!(wait, Wait::Domain(_)) {
            if let Some(last) = run.slots.get(&domain) {
                until = until.max(last.plus_seconds(pause(&rates, jitter)));
            }
            run.slots.insert(domain, until);
        }
        let mut tx = self.store.begin().await?;
        match tx.postpone(row.id, row.fence, until).await {
            // Cancelled, or in other hands by now.
            Err(StoreError::LeaseLost) => {}
            other => {
                other?;
                if let Some(task) = row.task_id {
                    tx.note_task(task, wait.word()).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(if matches!(wait, Wait::Domain(_)) { Step::GoOn } else { Step::Stop })
    }

    /// Gives a claimed message back that this run does not come to.
    pub(super) async fn give_back(&self, row: &OutboxRow) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        match tx.postpone(row.id, row.fence, row.due_at).await {
            Err(StoreError::LeaseLost) => {}
            other => other?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// Waits for the next message that the pace put off, where one is near and this run has patience left. Answers whether to look again.
    pub(super) async fn nap(&self, run: &Run) -> Result<bool, AppError> {
        let now = run.now();
        if run.rates.is_none() || now >= run.patient_until {
            return Ok(false);
        }
        let Some(next) = self.store.next_sendable(now, now.plus_seconds(NAP)).await? else { return Ok(false) };
        let micros = u64::try_from(next.0.saturating_sub(now.0)).unwrap_or(0);
        tokio::time::sleep(Duration::from_micros(micros + 1_000)).await;
        Ok(true)
    }
}
