//! From which day each registration counts for whom registrars joined it to: no sheet turns them back, as none does at its import.

use chrono::NaiveDate;

use super::registry::EnrolmentStatus;

/// A registration in one registry, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// Its standing.
    pub status: EnrolmentStatus,
    /// Since when.
    pub since: NaiveDate,
    /// Where a sheet told the standing and nothing happened to it since: whether the sheet said no day.
    pub by_sheet: Option<bool>,
}

/// The day from which each of one person's registrations in one registry counts: its own, but for what a sheet told that is left
/// ([`EnrolmentStatus::is_left`]), which counts before what stands. A function of who is one person alone, so that joining and taking apart in
/// any order ends where it began.
pub fn counting_from(came: &[Came]) -> Vec<NaiveDate> {
    let mut days: Vec<(usize, Came, NaiveDate)> = came.iter().enumerate().map(|(at, came)| (at, *came, came.since)).collect();
    days.sort_by_key(|(_, came, _)| (came.since, came.status.rank()));
    let exit = |status| matches!(status, EnrolmentStatus::Exited(_));
    let mut stands: Option<Came> = None;
    for (_, came, day) in &mut days {
        let left = |on_file: &Came| came.by_sheet.is_some_and(|dayless| came.status.is_left(on_file.status, dayless));
        match stands {
            // Of two exits of one day nothing says which was first.
            Some(kept) if left(&kept) && exit(came.status) => *day = kept.since.pred_opt().unwrap_or(kept.since),
            Some(kept) if left(&kept) => *day = kept.since,
            Some(kept) if (kept.since, kept.status.rank()) == (came.since, came.status.rank()) => {}
            _ => stands = Some(*came),
        }
    }
    days.sort_by_key(|(at, ..)| *at);
    days.into_iter().map(|(.., day)| day).collect()
}

#[cfg(test)]
mod tests {
    use super::super::registry::ExitReason;
    use super::*;
    use EnrolmentStatus::{Enrolled, Exited, Interest, Registered, Undecided};

    const WITHDREW: EnrolmentStatus = Exited(ExitReason::Withdrew);
    const DIED: EnrolmentStatus = Exited(ExitReason::Died);

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn told(status: EnrolmentStatus, since: &str) -> Came {
        Came { status, since: day(since), by_sheet: None }
    }

    fn sheet(status: EnrolmentStatus, since: &str) -> Came {
        Came { by_sheet: Some(false), ..told(status, since) }
    }

    fn dayless(status: EnrolmentStatus, since: &str) -> Came {
        Came { by_sheet: Some(true), ..told(status, since) }
    }

    fn counts(came: &[Came], expected: &[&str]) {
        assert_eq!(counting_from(came), expected.iter().map(|text| day(text)).collect::<Vec<_>>(), "{came:?}");
        let back: Vec<Came> = came.iter().rev().copied().collect();
        let mut days = counting_from(&back);
        days.reverse();
        assert_eq!(days, counting_from(came), "in whatever order they were joined");
    }

    #[test]
    fn a_sheet_that_would_lower_a_stage_or_change_an_exit_counts_before_what_stands() {
        counts(&[told(Enrolled, "2024-05-01"), sheet(Registered, "2025-05-01")], &["2024-05-01", "2024-05-01"]);
        counts(&[sheet(Registered, "2024-05-01"), dayless(Interest, "2026-05-01")], &["2024-05-01", "2024-05-01"]);
        counts(&[sheet(Enrolled, "2024-05-01"), sheet(Undecided, "2025-05-01")], &["2024-05-01", "2024-05-01"]);
        counts(&[sheet(WITHDREW, "2024-05-01"), sheet(Exited(ExitReason::Lost), "2025-05-01")], &["2024-05-01", "2024-04-30"]);
    }

    #[test]
    fn nobody_comes_back_by_a_sheet_without_a_day_or_from_the_dead() {
        counts(&[told(WITHDREW, "2025-05-01"), dayless(Registered, "2026-05-01")], &["2025-05-01", "2025-05-01"]);
        counts(&[told(DIED, "2025-05-01"), sheet(Registered, "2026-05-01")], &["2025-05-01", "2025-05-01"]);
        counts(&[told(WITHDREW, "2025-05-01"), sheet(Registered, "2026-05-01")], &["2025-05-01", "2026-05-01"]);
    }

    #[test]
    fn what_staff_did_what_a_form_told_and_what_is_further_counts_from_its_day() {
        counts(&[sheet(Enrolled, "2024-05-01"), told(Undecided, "2025-05-01")], &["2024-05-01", "2025-05-01"]);
        counts(&[told(WITHDREW, "2024-05-01"), told(Registered, "2025-05-01")], &["2024-05-01", "2025-05-01"]);
        counts(&[sheet(Registered, "2024-05-01"), sheet(Enrolled, "2025-05-01")], &["2024-05-01", "2025-05-01"]);
        counts(&[sheet(Registered, "2024-05-01"), sheet(WITHDREW, "2025-05-01")], &["2024-05-01", "2025-05-01"]);
    }

    #[test]
    fn what_comes_after_is_held_against_what_stands_and_not_against_what_was_left() {
        let three = [told(Enrolled, "2024-05-01"), sheet(Registered, "2025-05-01"), sheet(Registered, "2026-05-01")];
        counts(&three, &["2024-05-01", "2024-05-01", "2024-05-01"]);
        let two = [told(Registered, "2024-05-01"), sheet(Registered, "2025-05-01")];
        counts(&two, &["2024-05-01", "2025-05-01"]);
    }
}
