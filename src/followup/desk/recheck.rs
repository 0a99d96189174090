//! Every condition again, at the moment of sending.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use crate::domain::time::Timestamp;
use crate::followup::plan::ASKED_LATER;
use crate::followup::policy::Limits;
use crate::followup::window;

/// What is known of a message's person at the moment of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The person is on file.
    pub known: bool,
    /// Imported, and the first contact was not confirmed.
    pub held: bool,
    /// Left every registry, died, was erased, or wants no contact.
    pub silent: bool,
    /// There is an address that is not on hold.
    pub address: bool,
    /// The address is one the registrant confirmed.
    pub verified: bool,
    /// The message must go to confirmed addresses only.
    pub sensitive: bool,
    /// It answers what somebody just did: exempt from quiet hours and spacing.
    pub urgent: bool,
    /// Asked not to be contacted before this day, and the message can wait.
    pub paused_until: Option<NaiveDate>,
    /// It asks to come and give blood, and the person may not give yet: a donation or deferral was recorded since it was planned.
    pub not_yet_eligible: bool,
    /// It reminds of a duty, and the person has no place in a shift any more, or the day has come.
    pub no_turn: bool,
    /// The last contact with the person, by any channel and about any registry.
    pub last_contact: Option<NaiveDate>,
    /// The last mail to the same address, to whomever.
    pub last_at_address: Option<NaiveDate>,
}

/// The reason of an invitation to give blood that comes too early.
pub const NOT_YET_ELIGIBLE: &str = "not-yet-eligible";
/// The reason of a reminder of a duty nobody has.
pub const NO_TURN: &str = "no-turn";

/// Why a message does not go out now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// Not at all.
    Never(&'static str),
    /// Another channel is to be used: there is no address any more.
    OtherChannel(&'static str),
    /// Not before an instant.
    Later(&'static str, Timestamp),
}

impl NotNow {
    /// The word of the reason.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Never(word) | Self::OtherChannel(word) | Self::Later(word, _) => word,
        }
    }
}

/// Whether a message may go out now.
///
/// # Errors
/// [`NotNow`] with the reason, and the earliest instant where waiting helps.
pub fn recheck(facts: &Facts, limits: &Limits, zone: Tz, now: Timestamp) -> Result<(), NotNow> {
    if !facts.known {
        return Err(NotNow::Never("nobody-to-contact"));
    }
    if facts.silent {
        return Err(NotNow::Never("may-not-be-contacted"));
    }
    if facts.held {
        return Err(NotNow::Never("first-contact-not-confirmed"));
    }
    if facts.not_yet_eligible {
        return Err(NotNow::Never(NOT_YET_ELIGIBLE));
    }
    if facts.no_turn {
        return Err(NotNow::Never(NO_TURN));
    }
    if !facts.address {
        return Err(NotNow::OtherChannel("no-address"));
    }
    if facts.sensitive && !facts.verified {
        return Err(NotNow::OtherChannel("address-not-verified"));
    }
    if facts.urgent {
        return Ok(());
    }
    let today = now.date_in(zone);
    if facts.paused_until.is_some_and(|until| until > today) {
        return Err(NotNow::Never(ASKED_LATER));
    }
    let free = |last: NaiveDate| last.checked_add_days(Days::new(u64::from(limits.min_days_between))).unwrap_or(last);
    for (last, word) in [(facts.last_contact, "too-soon"), (facts.last_at_address, "shared-address")] {
        if let Some(day) = last.map(free).filter(|d| *d > today) {
            return Err(NotNow::Later(word, window::earliest_send(limits, zone, day, now, false)));
        }
    }
    let at = window::earliest_send(limits, zone, today, now, false);
    if at > now { Err(NotNow::Later("quiet-hours", at)) } else { Ok(()) }
}
