//! How fast mails may leave: so many an hour and a day over all processes, one at a time to a domain, with a pause in between. Pure.
//!
//! Providers in China suspend senders at will by rate and by complaints; one mail every ten seconds and two hundred an hour is what they let
//! pass. The pause varies by a quarter either way, since an even beat is itself taken for a machine's.

use crate::domain::time::Timestamp;

/// A sender that died while it handed a mail over blocks its domain no longer than this, in seconds: more than one send's own time limit.
pub const HANGS_AT_MOST: i64 = 180;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const PER_MILLE: i64 = 1_000;

/// What the office's mail server allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Mails within an hour.
    pub per_hour: u64,
    /// Mails within a day; none: no limit of its own.
    pub per_day: Option<u64>,
    /// Seconds between the beginnings of two mails to one domain.
    pub between: i64,
}

/// What went out lately, over all processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Attempts within the hour, and when the first of them began.
    pub hour: (u64, Option<Timestamp>),
    /// Attempts within the day, and when the first of them began.
    pub day: (u64, Option<Timestamp>),
    /// The last attempt at the same domain, and whether it still runs.
    pub domain: Option<(Timestamp, bool)>,
}

/// Why a mail waits, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For its domain: others may go meanwhile.
    Domain(Timestamp),
    /// For the hour: nothing may go.
    Hour(Timestamp),
    /// For the day: nothing may go.
    Day(Timestamp),
}

impl Wait {
    /// The earliest instant.
    pub const fn until(self) -> Timestamp {
        match self {
            Self::Domain(at) | Self::Hour(at) | Self::Day(at) => at,
        }
    }

    /// The word of the reason.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Domain(_) => "paced",
            Self::Hour(_) => "hourly-limit",
            Self::Day(_) => "daily-limit",
        }
    }
}

/// The pause before the next mail to a domain, in seconds: three to five quarters of the one set. `jitter` is per mille.
pub const fn pause(rates: &Rates, jitter: u16) -> i64 {
    let jitter = jitter as i64 % (PER_MILLE + 1);
    rates.between * (3 * PER_MILLE + 2 * jitter) / (4 * PER_MILLE)
}

/// Whether a mail may be handed over now. `jitter` is any number of the message's own; it is taken per mille.
///
/// # Errors
/// [`Wait`].
pub fn may_go(rates: &Rates, traffic: &Traffic, jitter: u16, now: Timestamp) -> Result<(), Wait> {
    // A minute and some, so that several processes do not wake at once.
    let after = |(_, first): (u64, Option<Timestamp>), period: i64| {
        first.unwrap_or(now).plus_seconds(period + 1 + i64::from(jitter) * 60 / PER_MILLE)
    };
    if rates.per_day.is_some_and(|most| traffic.day.0 >= most) {
        return Err(Wait::Day(after(traffic.day, DAY)));
    }
    if traffic.hour.0 >= rates.per_hour {
        return Err(Wait::Hour(after(traffic.hour, HOUR)));
    }
    let Some((last, runs)) = traffic.domain else { return Ok(()) };
    if runs && last.plus_seconds(HANGS_AT_MOST) > now {
        return Err(Wait::Domain(now.plus_seconds(pause(rates, jitter).max(1 + i64::from(jitter % 3)))));
    }
    let free = last.plus_seconds(pause(rates, jitter));
    if free > now { Err(Wait::Domain(free)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
    const RATES: Rates = Rates { per_hour: 200, per_day: Some(1_000), between: 10 };

    #[test]
    fn one_mail_at_a_time_to_a_domain_and_a_pause_after_it() {
        let to = |seconds: i64, runs| Traffic { domain: Some((NOW.plus_seconds(-seconds), runs)), ..Traffic::default() };
        assert_eq!(may_go(&RATES, &Traffic::default(), 500, NOW), Ok(()));
        assert!(matches!(may_go(&RATES, &to(30, true), 500, NOW), Err(Wait::Domain(at)) if at > NOW), "one is under way");
        assert_eq!(may_go(&RATES, &to(3, false), 500, NOW), Err(Wait::Domain(NOW.plus_seconds(7))));
        assert_eq!(may_go(&RATES, &to(10, false), 500, NOW), Ok(()));
        // Whose sender died blocks the domain for some minutes and not for good.
        assert_eq!(may_go(&RATES, &to(HANGS_AT_MOST, true), 500, NOW), Ok(()));
    }

    #[test]
    fn the_pause_varies_by_a_quarter_either_way() {
        assert_eq!((pause(&RATES, 0), pause(&RATES, 500), pause(&RATES, 1_000)), (7, 10, 12));
        for jitter in [0, 17, 999, 1_000, u16::MAX] {
            assert!((7..=12).contains(&pause(&RATES, jitter)), "{jitter}");
        }
        assert_eq!(pause(&Rates { between: 0, ..RATES }, 700), 0);
    }

    #[test]
    fn at_a_limit_everything_waits_until_the_first_mail_of_the_period_is_old_enough() {
        let first = Some(NOW.plus_seconds(-3_000));
        let hour = Traffic { hour: (200, first), ..Traffic::default() };
        let Err(Wait::Hour(at)) = may_go(&RATES, &hour, 0, NOW) else { panic!("the hour is full") };
        assert_eq!(at, NOW.plus_seconds(601));
        assert_eq!(may_go(&RATES, &Traffic { hour: (199, first), ..Traffic::default() }, 0, NOW), Ok(()));
        let day = Traffic { day: (1_000, first), hour: (0, None), domain: None };
        assert!(matches!(may_go(&RATES, &day, 0, NOW), Err(Wait::Day(at)) if at > NOW.plus_seconds(82_000)));
        assert_eq!(may_go(&Rates { per_day: None, ..RATES }, &day, 0, NOW), Ok(()));
    }
}
