//! The monthly release: prepared by itself when a month is over, and told to the manager by mail, as a link and not as data.
//!
//! The mail is one setting, written in the transaction that stores the release, so that a release is never prepared in silence. It goes to the
//! office's own address of the settings (`smtp.manager`); no registrant has part in it, so it is no row of the outbox of follow-ups.

use chrono::Datelike;

use crate::app::notice::Notice;
use crate::app::{Actor, App, AppError};
use crate::domain::Compartment;
use crate::domain::time::Timestamp;
use crate::followup::compose::{Sender, release_waits};
use crate::reports::axis::AsOf;
use crate::store::Tx;

use super::release::{Published, StoredRelease};

/// The mail that waits or went out last.
const SETTING: &str = "release-notice";
/// Notes in the transaction of a release that the manager is to be told.
pub(super) async fn tell(tx: &mut Tx, release: i64, now: Timestamp) -> Result<(), AppError> {
    Notice::due(release, now).put(tx, SETTING).await
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
        let Some(to) = self.config.mail.manager.clone() else { return Ok(false) };
        let mail = |notice: &Notice, sender: &Sender, to, origin: &str| -> Result<_, AppError> {
            Ok(release_waits(sender, notice.mail, to, &format!("{origin}/reports/public/{}", notice.of), self.office_language())?)
        };
        self.send_notice((SETTING, "smtp.manager"), &to, mail, now).await
    }
}
