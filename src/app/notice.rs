//! Mails of the office to itself: one setting each, handed over once, tried again until it is taken or given up.
//!
//! No registrant has part in them, so they are no rows of the outbox of follow-ups.

use serde::{Deserialize, Serialize};

use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::domain::time::Timestamp;
use crate::followup::compose::{ComposedMail, Sender};
use crate::followup::mailer::SendOutcome;
use crate::store::{StoreError, Tx};

use super::{App, AppError};

/// How often such a mail is handed over before it is given up.
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

/// A mail of the office to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notice {
    /// What it is about: the number of a release, a day.
    #[serde(alias = "release")]
    pub(super) of: i64,
    /// Gives the stable Message-ID.
    pub(super) mail: OutboxId,
    state: State,
    attempts: u32,
    since: Timestamp,
}

impl Notice {
    /// One that is due.
    pub(super) fn due(of: i64, now: Timestamp) -> Self {
        Self { of, mail: OutboxId::fresh(), state: State::Due, attempts: 0, since: now }
    }

    /// Whether it is to be handed over now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
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

    /// Stores it under a setting, in the transaction of its cause.
    pub(super) async fn put(&self, tx: &mut Tx, setting: &str) -> Result<(), AppError> {
        let text = serde_json::to_string(self).map_err(|_| StoreError::Damaged("setting"))?;
        Ok(tx.put_setting(setting, &text).await?)
    }

    /// Reads it.
    pub(super) fn read(setting: Option<String>) -> Result<Option<Self>, StoreError> {
        setting.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting"))).transpose()
    }
}

impl App {
    /// Hands the mail over that waits under a setting. `key` names the setting of its address; `compose` makes the mail of the notice.
    /// Answers whether one was handed over.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the setting that is missing or wrong; the mail stays due.
    pub(super) async fn send_notice(
        &self,
        (setting, key): (&str, &'static str),
        to: &str,
        compose: impl FnOnce(&Notice, &Sender, MailAddress, &str) -> Result<ComposedMail, AppError>,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let due = Notice::read(self.store.setting(setting).await?)?.is_some_and(|notice| notice.is_due(now));
        if !due || self.store.queues_paused().await? {
            return Ok(false);
        }
        let to = MailAddress::parse(to).map_err(|_| AppError::Input { field: key, hint: "one mail address is wanted" })?;
        let url = self.config.public_url.as_ref();
        let url = url.ok_or(AppError::Input { field: "public_url", hint: "set it: links in mails use it alone" })?;
        let desk = self.desk()?;
        let mut tx = self.store.begin().await?;
        // Under the write lock: of two processes one sends.
        let Some(mut notice) = Notice::read(tx.setting(setting).await?)?.filter(|n| n.is_due(now)) else { return Ok(false) };
        notice = Notice { state: State::Sending, attempts: notice.attempts + 1, since: now, ..notice };
        notice.put(&mut tx, setting).await?;
        tx.commit().await?;
        let mail = compose(&notice, &desk.sender, to, &url.origin())?;
        let wire = mail.wire(&desk.sender, &*self.vault, now, self.config.zone)?;
        let outcome = desk.mailer.send(&wire).await;
        let settled = notice.after(&outcome, now);
        let mut tx = self.store.begin().await?;
        settled.put(&mut tx, setting).await?;
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
        let sending = |attempts| Notice { state: State::Sending, attempts, ..Notice::due(1, at) };
        assert_eq!(sending(1).after(&SendOutcome::Deferred { reply: reply() }, at).state, State::Due);
        assert_eq!(sending(ATTEMPTS).after(&SendOutcome::Deferred { reply: reply() }, at).state, State::GivenUp);
        assert_eq!(sending(1).after(&SendOutcome::Refused { reply: reply() }, at).state, State::GivenUp);
        assert_eq!(sending(1).after(&SendOutcome::Uncertain { reply: reply() }, at).state, State::Sent);
        assert!(!sending(1).is_due(at.plus_seconds(INTERRUPTED_SECONDS - 1)), "somebody is sending it");
        assert!(sending(1).is_due(at.plus_seconds(INTERRUPTED_SECONDS)), "whoever sent it died");
    }

    #[test]
    fn a_notice_of_an_earlier_version_is_read() {
        let mail = OutboxId::fresh();
        let old = format!("{{\"release\":7,\"mail\":\"{}\",\"state\":\"due\",\"attempts\":2,\"since\":1000}}", mail.0);
        let read = Notice::read(Some(old)).unwrap().unwrap();
        assert_eq!((read.of, read.mail, read.attempts), (7, mail, 2));
    }
}
