//! The monthly release: prepared by itself when a month is over, and told to the manager by mail, as a link and not as data.
//!
//! The mail is one setting, written in the transaction that stores the release, so that a release is never prepared in silence. It goes to the
//! office's own address of the settings (`smtp.manager`); no registrant has part in it, so it is no row of the outbox of follow-ups.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::app::{Actor, App, AppError};
use crate::domain::Compartment;
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::domain::time::Timestamp;
use crate::followup::Language;
use crate::followup::compose::release_waits;
use crate::followup::mailer::SendOutcome;
use crate::reports::axis::AsOf;
use crate::store::{StoreError, Tx};

use super::release::{Published, StoredRelease};

/// The mail that waits or went out last.
const SETTING: &str = "release-notice";
/// How often the mail is handed over before it is given up; the release waits on its page all the same.
const ATTEMPTS: u32 = 5;
/// A mail found `sending` for longer was interrupted; it is tried again under the same Message-ID.
const INTERRUPTED_SECONDS: i64 = 900;

/// How far the mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Due,
    Sending,
    Sent,
    GivenUp,
}

/// The mail about a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Notice {
    release: i64,
    /// Gives the stable Message-ID.
    mail: OutboxId,
    state: State,
    attempts: u32,
    since: Timestamp,
}

impl Notice {
    /// Whether it is to be handed over now.
    fn is_due(&self, now: Timestamp) -> bool {
        match self.state {
            State::Due => true,
            State::Sending => self.since.plus_seconds(INTERRUPTED_SECONDS) <= now,
            State::Sent | State::GivenUp => false,
        }
    }

    /// What stands after an outcome. A mail that may have arrived is not sent again.
    fn after(mut self, outcome: &SendOutcome, now: Timestamp) -> Self {
        self.since = now;
        self.state = match outcome {
            SendOutcome::Sent { .. } | SendOutcome::Uncertain { .. } => State::Sent,
            SendOutcome::Deferred { .. } if self.attempts < ATTEMPTS => State::Due,
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => State::GivenUp,
        };
        self
    }
}

/// Notes in the transaction of a release that the manager is to be told.
pub(super) async fn tell(tx: &mut Tx, release: i64, now: Timestamp) -> Result<(), AppError> {
    put(tx, &Notice { release, mail: OutboxId::fresh(), state: State::Due, attempts: 0, since: now }).await
}

async fn put(tx: &mut Tx, notice: &Notice) -> Result<(), AppError> {
    let text = serde_json::to_string(notice).map_err(|_| StoreError::Damaged("setting"))?;
    Ok(tx.put_setting(SETTING, &text).await?)
}

fn read(setting: Option<String>) -> Result<Option<Notice>, StoreError> {
    setting.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting"))).transpose()
}

impl App {
    /// Prepares the release of the month that is over, where none was prepared for its last day or a later one and there is anything to publish.
    /// Does nothing in a process without the statistics key.
    ///
    /// # Errors
    /// [`AppError::Store`] where the registry cannot be read or written; nothing was prepared then.
    pub async fn monthly_release(&self, now: Timestamp) -> Result<Option<StoredRelease>, AppError> {
        if !self.vault.opens(Compartment::Statistics) {
            return Ok(None);
        }
        let first = now.date_in(self.config.zone).with_day(1);
        let Some(month_end) = first.and_then(|day| day.pred_opt()) else { return Ok(None) };
        if self.store.releases().await?.iter().any(|r| r.as_of.0 >= month_end) {
            return Ok(None);
        }
        let Published::WouldBe(pattern) = self.release_on(month_end).await? else { return Ok(None) };
        let nothing = self.book().await?.facts.release(AsOf::day(month_end), &pattern).tables.is_empty();
        if nothing {
            return Ok(None);
        }
        self.prepare_release(Actor::Program, month_end, now).await.map(Some)
    }

    /// Sends the mail that a release waits, where one is due and the settings name an address. Answers whether one was handed over.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the setting that is missing or wrong; the mail stays due.
    pub async fn send_release_notice(&self, now: Timestamp) -> Result<bool, AppError> {
        let Some(to) = &self.config.mail.manager else { return Ok(false) };
        let due = read(self.store.setting(SETTING).await?)?.is_some_and(|n| n.is_due(now));
        if !due || self.store.queues_paused().await? {
            return Ok(false);
        }
        let to = MailAddress::parse(to).map_err(|_| AppError::Input { field: "smtp.manager", hint: "one mail address is wanted" })?;
        let url = self.config.public_url.as_ref();
        let url = url.ok_or(AppError::Input { field: "public_url", hint: "set it: links in mails use it alone" })?;
        let desk = self.desk()?;
        let mut tx = self.store.begin().await?;
        // Under the write lock: of two processes one sends.
        let Some(mut notice) = read(tx.setting(SETTING).await?)?.filter(|n| n.is_due(now)) else { return Ok(false) };
        notice = Notice { state: State::Sending, attempts: notice.attempts + 1, since: now, ..notice };
        put(&mut tx, &notice).await?;
        tx.commit().await?;
        let link = url.link(&format!("/reports/public/{}", notice.release));
        let mail = release_waits(&desk.sender, notice.mail, to, &link, Language::Zh)?;
        let wire = mail.wire(&desk.sender, &*self.vault, now, self.config.zone)?;
        let outcome = desk.mailer.send(&wire).await;
        let settled = notice.after(&outcome, now);
        let mut tx = self.store.begin().await?;
        put(&mut tx, &settled).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::mailer::{Reply, Stage};

    #[test]
    fn a_notice_is_tried_again_until_it_is_taken_refused_or_given_up() {
        let reply = || Reply { code: None, status: None, text: String::new(), stage: Stage::Connect };
        let at = Timestamp(1_000_000_000);
        let sending = |attempts| Notice { release: 1, mail: OutboxId::fresh(), state: State::Sending, attempts, since: at };
        assert_eq!(sending(1).after(&SendOutcome::Deferred { reply: reply() }, at).state, State::Due);
        assert_eq!(sending(ATTEMPTS).after(&SendOutcome::Deferred { reply: reply() }, at).state, State::GivenUp);
        assert_eq!(sending(1).after(&SendOutcome::Refused { reply: reply() }, at).state, State::GivenUp);
        assert_eq!(sending(1).after(&SendOutcome::Uncertain { reply: reply() }, at).state, State::Sent);
        assert!(!sending(1).is_due(at.plus_seconds(INTERRUPTED_SECONDS - 1)), "somebody is sending it");
        assert!(sending(1).is_due(at.plus_seconds(INTERRUPTED_SECONDS)), "whoever sent it died");
    }
}
