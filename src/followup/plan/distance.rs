//! The distance between two contacts.

use chrono::{Days, NaiveDate};

use crate::followup::policy::Policies;

/// The first day from `due` on that lies far enough after the last contact, by any channel, and is not closed: as the edition in force on that
/// very day has it.
pub fn free_day(policies: &Policies, last: Option<NaiveDate>, due: NaiveDate) -> NaiveDate {
    let mut day = due;
    // Every turn moves the day on, and no edition moves it further than its own distance and its list of closed days.
    while let Ok(policy) = policies.on(day) {
        let limits = &policy.limits;
        let spaced = last.and_then(|l| l.checked_add_days(Days::new(u64::from(limits.min_days_between)))).map_or(day, |s| s.max(day));
        let open = if limits.closed_days.contains(&spaced) { spaced.succ_opt().unwrap_or(spaced) } else { spaced };
        if open == day {
            break;
        }
        day = open;
    }
    day
}
