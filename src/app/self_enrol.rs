//! Self-enrolment: 意向登记 on the registrant's own phone, by the address that a drive shows as a QR code; staff confirm it by a call or at the
//! table.
//!
//! The answer and its time are the same for somebody on file and for somebody who is not: it is the path of a registration at the table.

use crate::domain::Keyed;
use crate::domain::consent::Purpose;
use crate::domain::fact::Channel;
use crate::domain::form::{Flaw, InterestForm};
use crate::domain::time::Timestamp;
use crate::store::DriveRow;

use super::form::Saved;
use super::register::Circumstances;
use super::{Actor, App, AppError};

/// Registrations from one client's address, and at one drive, within the window: a hall's phones may share an address.
const BY_PEER: u64 = 60;
const BY_DRIVE: u64 = 600;
/// Seconds.
const WINDOW: i64 = 900;

/// The rule under which staff confirm a registration made on the registrant's own phone.
pub(super) const CONFIRM_RULE: &str = "self-enrolled";

/// What became of a registration on the registrant's own phone.
#[derive(Debug)]
pub enum SelfSaved {
    /// Taken; the same for known and unknown people, sent once or twice.
    Taken,
    /// Not taken: what is wrong, in the order of the form.
    Flawed(Vec<Flaw>),
    /// The address belongs to no drive of today.
    Gone,
}

impl App {
    /// The path of a drive's own page, `/d/` and 32 hexadecimal digits. Works on the drive's day.
    pub fn self_path(&self, drive: &DriveRow) -> String {
        let tag = self.vault.tag("drive/self", &drive.id.bytes());
        let token: String = tag.iter().take(16).map(|b| format!("{b:02x}")).collect();
        format!("/d/{token}")
    }

    /// The drive of today behind an address.
    pub async fn drive_behind(&self, token: &str, now: Timestamp) -> Result<Option<DriveRow>, AppError> {
        let today = self.today(now);
        let drives = self.store.drives().await?.into_iter().filter(|d| d.day.0 == today);
        let path = format!("/d/{token}");
        // Every drive of the day is looked at, and whole strings are compared: the address is a key for a day, not a secret of somebody.
        Ok(drives.filter(|d| self.self_path(d) == path).last())
    }

    /// Saves an interest typed in on the registrant's own phone. `peer` is the client's address, as limits count it.
    ///
    /// # Errors
    /// [`AppError::TooMany`], [`AppError::Conflict`], [`AppError::Busy`].
    pub async fn interest_by_self(
        &self,
        token: &str,
        form: &InterestForm,
        (key, fingerprint): (String, [u8; 32]),
        peer: &str,
        now: Timestamp,
    ) -> Result<SelfSaved, AppError> {
        let Some(drive) = self.drive_behind(token, now).await? else { return Ok(SelfSaved::Gone) };
        let since = now.plus_seconds(-WINDOW);
        let (by_peer, by_drive) = (self.bucket("self-enrol-peer", peer), self.bucket("self-enrol", token));
        let mut tx = self.store.begin().await?;
        let of_peer = tx.put_attempt(&by_peer, now, since).await?;
        let of_drive = tx.put_attempt(&by_drive, now, since).await?;
        tx.commit().await?;
        if of_peer > BY_PEER || of_drive > BY_DRIVE {
            return Err(AppError::TooMany);
        }
        let understood = match form.parse(self.today(now)) {
            Ok(understood) => understood,
            Err(flaws) => return Ok(SelfSaved::Flawed(flaws)),
        };
        let drive = Some((drive.id, u32::try_from(drive.number).unwrap_or_default()));
        let how = Circumstances { key, fingerprint, drive, channel: Channel::SelfService, now };
        match self.save(Actor::Registrant, understood, &[Purpose::Contact], form.english, false, how).await? {
            // Nobody is warned here of a number that is on file: the registrar's queue tells.
            Saved::As { .. } | Saved::Before { .. } | Saved::AlreadyInThisRegistry => Ok(SelfSaved::Taken),
            Saved::Flawed(flaws) => Ok(SelfSaved::Flawed(flaws)),
        }
    }
}
