//! Quiet hours: a due day becomes an instant only when it is due, in the branch's IANA zone.

use chrono::{Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::policy::Limits;
use crate::domain::time::Timestamp;

/// The first instant, not before `now`, at which something due on `due_on` may be sent: outside quiet hours and closed days, local time.
///
/// Closed days are skipped only where `urgent` is false; quiet hours hold for everything.
pub fn earliest_send(limits: &Limits, zone: Tz, due_on: NaiveDate, now: Timestamp, urgent: bool) -> Timestamp {
    let now_local = now.utc().with_timezone(&zone).naive_local();
    let mut at = now_local.max(due_on.and_time(NaiveTime::MIN));
    // Every turn leaves a quiet stretch or a closed day behind; more closed days than the list holds cannot follow one another.
    for _ in 0..limits.closed_days.len() + 2 {
        if !urgent && limits.closed_days.contains(&at.date()) {
            at = next_day(at.date()).and_time(NaiveTime::MIN);
        }
        at = leave_quiet(limits, at);
        if urgent || !limits.closed_days.contains(&at.date()) {
            break;
        }
    }
    if at == now_local { now } else { instant(zone, at) }
}

/// Whether something due on `due_on` may be sent now.
pub fn may_send(limits: &Limits, zone: Tz, due_on: NaiveDate, now: Timestamp, urgent: bool) -> bool {
    earliest_send(limits, zone, due_on, now, urgent) <= now
}

/// The limits with mails confined to a stretch of the day, as far as the quiet hours leave any of it; where they leave nothing, the limits
/// as they are.
pub fn within(limits: &Limits, (from, until): (NaiveTime, NaiveTime)) -> Limits {
    let over_midnight = limits.quiet_from > limits.quiet_until;
    let (from, until) = if over_midnight { (from.max(limits.quiet_until), until.min(limits.quiet_from)) } else { (from, until) };
    if from >= until {
        return limits.clone();
    }
    Limits { quiet_from: until, quiet_until: from, ..limits.clone() }
}

/// The end of the quiet stretch a local time lies in, or the time itself.
fn leave_quiet(limits: &Limits, at: NaiveDateTime) -> NaiveDateTime {
    let (from, until, time) = (limits.quiet_from, limits.quiet_until, at.time());
    let over_midnight = from > until;
    let quiet = if over_midnight { time >= from || time < until } else { time >= from && time < until };
    if !quiet {
        return at;
    }
    let day = if over_midnight && time >= from { next_day(at.date()) } else { at.date() };
    day.and_time(until)
}

fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The instant of a local time: the first of two where the clock is set back; the first after the gap where it is set forward.
fn instant(zone: Tz, local: NaiveDateTime) -> Timestamp {
    let mut at = local;
    // No zone has ever skipped more than a day (Samoa, 2011).
    for _ in 0..=96 {
        match zone.from_local_datetime(&at) {
            LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => return Timestamp::of(found.to_utc()),
            LocalResult::None => at += TimeDelta::minutes(15),
        }
    }
    Timestamp::of(local.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::policy::Policies;
    use chrono::Timelike;
    use proptest::prelude::*;

    fn limits() -> Limits {
        Policies::shipped().on("2026-11-23".parse().unwrap()).unwrap().limits.clone()
    }

    fn local(zone: Tz, text: &str) -> Timestamp {
        let at: NaiveDateTime = text.parse().unwrap();
        Timestamp::of(zone.from_local_datetime(&at).unwrap().to_utc())
    }

    #[test]
    fn a_mail_due_today_waits_for_the_morning_and_stops_at_night() {
        let zone = chrono_tz::Asia::Shanghai;
        let due: NaiveDate = "2026-11-23".parse().unwrap();
        let at = |now: &str| earliest_send(&limits(), zone, due, local(zone, now), false);
        assert_eq!(at("2026-11-23T08:59:59"), local(zone, "2026-11-23T09:00:00"));
        assert_eq!(at("2026-11-23T09:00:00"), local(zone, "2026-11-23T09:00:00"));
        assert_eq!(at("2026-11-23T20:59:59"), local(zone, "2026-11-23T20:59:59"));
        assert_eq!(at("2026-11-23T21:00:00"), local(zone, "2026-11-24T09:00:00"));
        assert_eq!(at("2026-11-20T12:00:00"), local(zone, "2026-11-23T09:00:00"));
    }

    #[test]
    fn nothing_but_the_urgent_goes_out_on_tomb_sweeping_day() {
        let zone = chrono_tz::Asia::Shanghai;
        let due: NaiveDate = "2027-04-05".parse().unwrap();
        let now = local(zone, "2027-04-05T10:00:00");
        assert_eq!(earliest_send(&limits(), zone, due, now, false), local(zone, "2027-04-06T09:00:00"));
        assert!(may_send(&limits(), zone, due, now, true));
    }

    #[test]
    fn a_mail_for_the_evening_waits_for_it_and_for_the_next_one_when_it_is_late() {
        let zone = chrono_tz::Asia::Shanghai;
        let due: NaiveDate = "2026-11-23".parse().unwrap();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        let evening = within(&limits(), (time("18:00"), time("20:00")));
        let at = |now: &str| earliest_send(&evening, zone, due, local(zone, now), false);
        assert_eq!(at("2026-11-23T08:00:00"), local(zone, "2026-11-23T18:00:00"));
        assert_eq!(at("2026-11-23T19:59:59"), local(zone, "2026-11-23T19:59:59"));
        assert_eq!(at("2026-11-23T20:00:00"), local(zone, "2026-11-24T18:00:00"));
        let narrow = within(&limits(), (time("20:00"), time("23:00")));
        assert_eq!((narrow.quiet_until, narrow.quiet_from), (time("20:00"), time("21:00")), "quiet hours stay quiet");
        assert_eq!(within(&limits(), (time("22:00"), time("23:00"))), limits(), "nothing is left of the window");
    }

    #[test]
    fn a_morning_that_the_clock_skips_begins_after_the_gap() {
        let zone = chrono_tz::America::New_York;
        let mut limits = limits();
        limits.quiet_until = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        // 2027-03-14 02:00-03:00 does not exist in New York.
        let at = earliest_send(&limits, zone, "2027-03-14".parse().unwrap(), local(zone, "2027-03-13T23:00:00"), false);
        assert_eq!(at, local(zone, "2027-03-14T03:00:00"));
    }

    proptest! {
        #[test]
        fn nothing_leaves_in_quiet_hours_in_any_zone(
            minute in 0i64..2_000_000,
            days in -20i64..40,
            zone in prop::sample::select(vec![chrono_tz::Asia::Shanghai, chrono_tz::America::New_York, chrono_tz::Europe::Berlin, chrono_tz::Australia::Lord_Howe, chrono_tz::Pacific::Apia, chrono_tz::Asia::Kathmandu]),
        ) {
            let limits = limits();
            let now = Timestamp(1_767_225_600_000_000 + minute * 60_000_000);
            let due = now.date_in(zone) + TimeDelta::days(days);
            let at = earliest_send(&limits, zone, due, now, false);
            let then = at.utc().with_timezone(&zone);
            prop_assert!(at >= now);
            prop_assert!((9..21).contains(&then.hour()), "{}", then);
            prop_assert!(then.date_naive() >= due);
            prop_assert!(!limits.closed_days.contains(&then.date_naive()));
            prop_assert!(may_send(&limits, zone, due, at, false));
        }
    }
}
