//! The calendar feed of the call desk, and the daily mail to the office: counts and days, nobody's data.
//!
//! The address of a feed is the whole secret, as calendar programs send no other. It is made from the account and a counter by a keyed
//! digest: nothing of it is stored, and counting on ends every address given out before.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Timelike};

use crate::domain::Keyed;
use crate::domain::id::StaffId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Language;
use crate::followup::compose::{DigestCounts, Sender, digest};
use crate::store::{AuditEntry, OutboxState};

use super::super::notice::Notice;
use super::super::{Actor, App, AppError};

/// Days ahead in a feed.
const AHEAD: u64 = 60;
/// The setting of the daily mail.
const DIGEST: &str = "digest-notice";
/// The hour of the branch's zone from which on it is sent.
const FROM_HOUR: u32 = 8;

/// A day of a feed: follow-ups that staff do, and how many of them were agreed with the person. Today's hold the overdue ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCount {
    /// All.
    pub due: u64,
    /// Of these, agreed.
    pub agreed: u64,
}

/// A feed.
#[derive(Debug)]
pub struct Feed {
    /// The language of whoever's it is.
    pub english: bool,
    /// Days with something to do, in order.
    pub days: BTreeMap<NaiveDate, DayCount>,
}

fn setting_of(staff: StaffId) -> String {
    format!("feed:{staff}")
}

impl App {
    /// The path of the asker's own feed; none where there is none.
    pub async fn own_feed(&self, actor: Actor) -> Result<Option<String>, AppError> {
        actor.needs(Right::FollowUp)?;
        let staff = actor.staff().ok_or(AppError::Forbidden)?;
        let (on, count) = self.feed_setting(staff).await?;
        Ok(on.then(|| self.feed_path(staff, count)))
    }

    /// Gives the asker a new address for the feed (`on`) or none; every earlier one leads nowhere from now on.
    pub async fn set_feed(&self, actor: Actor, on: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::FollowUp)?;
        let staff = actor.staff().ok_or(AppError::Forbidden)?;
        let (_, count) = self.feed_setting(staff).await?;
        let mut tx = self.store.begin().await?;
        tx.put_setting(&setting_of(staff), &format!("{}:{}", if on { "on" } else { "off" }, count + 1)).await?;
        tx.audit(&AuditEntry::on(now, Some(staff), "followup.feed", "staff", Some(staff.0)).with("on", on)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The feed behind an address; none where the address leads nowhere, or whoever it was made for may work through follow-ups no more.
    pub async fn feed(&self, token: &str, now: Timestamp) -> Result<Option<Feed>, AppError> {
        let path = format!("/feed/{token}");
        let mut whose = None;
        for staff in self.store.all_staff(&self.vault).await? {
            let (on, count) = self.feed_setting(staff.id).await?;
            if on && !staff.disabled && self.feed_path(staff.id, count) == path {
                whose = Some(staff);
            }
        }
        let Some(staff) = whose.filter(|staff| staff.roles.may(Right::FollowUp)) else { return Ok(None) };
        let today = self.today(now);
        let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
        let mut days: BTreeMap<NaiveDate, DayCount> = BTreeMap::new();
        for (day, agreed, count) in self.store.staff_tasks_by_day(until).await? {
            let day = days.entry(day.0.max(today)).or_default();
            day.due += count;
            day.agreed += if agreed { count } else { 0 };
        }
        Ok(Some(Feed { english: self.language(staff.language(), None) == Language::En, days }))
    }

    async fn feed_setting(&self, staff: StaffId) -> Result<(bool, u64), AppError> {
        let stored = self.store.setting(&setting_of(staff)).await?;
        let read =
            stored.as_deref().and_then(|text| text.split_once(':')).and_then(|(word, count)| Some((word == "on", count.parse().ok()?)));
        Ok(read.unwrap_or((false, 0)))
    }

    fn feed_path(&self, staff: StaffId, count: u64) -> String {
        let mut bytes = staff.bytes().to_vec();
        bytes.extend_from_slice(&count.to_be_bytes());
        let token: String = self.vault.tag("followup/feed", &bytes).iter().take(20).map(|b| format!("{b:02x}")).collect();
        format!("/feed/{token}")
    }

    /// Sends the day's mail to the office's own address (`smtp.digest`), once a day from the morning on, where there is anything to do.
    /// Answers whether one was handed over.
    ///
    /// # Errors
    /// As [`App::send_notice`].
    pub async fn send_digest(&self, now: Timestamp) -> Result<bool, AppError> {
        let Some(to) = self.config.mail.digest.clone() else { return Ok(false) };
        let today = self.today(now);
        let number = i64::from(today.num_days_from_ce());
        if now.utc().with_timezone(&self.config.zone).hour() < FROM_HOUR {
            return Ok(false);
        }
        let counts = self.digest_counts(today).await?;
        if Notice::read(self.store.setting(DIGEST).await?)?.is_none_or(|notice| notice.of < number) {
            if counts == DigestCounts::default() {
                return Ok(false);
            }
            let mut tx = self.store.begin().await?;
            // Under the write lock: of two processes one begins the day.
            if Notice::read(tx.setting(DIGEST).await?)?.is_none_or(|notice| notice.of < number) {
                Notice::due(number, now).put(&mut tx, DIGEST).await?;
            }
            tx.commit().await?;
        }
        let mail = |notice: &Notice, sender: &Sender, to, origin: &str| -> Result<_, AppError> {
            Ok(digest(sender, notice.mail, to, &format!("{origin}/follow-up"), &counts, self.office_language())?)
        };
        self.send_notice((DIGEST, "smtp.digest"), &to, mail, now).await
    }

    /// The language that stands first in mails to the office.
    pub(in crate::app) fn office_language(&self) -> Language {
        Language::of_page(self.config.branch.english)
    }

    async fn digest_counts(&self, today: NaiveDate) -> Result<DigestCounts, AppError> {
        let mut counts = DigestCounts { in_doubt: self.store.count_messages(OutboxState::Uncertain).await?, ..DigestCounts::default() };
        for (day, agreed, count) in self.store.staff_tasks_by_day(today).await? {
            counts.due += count;
            counts.agreed += if agreed { count } else { 0 };
            counts.overdue += if day.0 < today { count } else { 0 };
        }
        Ok(counts)
    }
}
