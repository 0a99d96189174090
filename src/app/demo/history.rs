//! What happened to an invented registration after it was made, as statistics facts: contact verified, lost, deferred, left.

use chrono::{Days, NaiveDate};

use super::people::Dice;
use crate::domain::fact::FactEvent;
use crate::domain::guided::Informed;
use crate::domain::record::RecordDraft;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};

/// The facts beside the one of the draft's own standing. A draft that left says so on the day of leaving, and registered on `day`.
pub fn of(dice: &mut Dice, draft: &mut RecordDraft, day: NaiveDate, today: NaiveDate) -> Vec<(NaiveDate, FactEvent)> {
    let span = usize::try_from((today - day).num_days()).unwrap_or(0);
    let mut told = match (draft.registry, dice.below(10)) {
        (Registry::Volunteer, _) | (_, 8 | 9) => Vec::new(),
        (Registry::Blood, _) | (_, 0..=5) => vec![(day, FactEvent::Informed(Informed::Fully))],
        _ => vec![(day, FactEvent::Informed(Informed::FamilyOpen))],
    };
    let later = |dice: &mut Dice| day.checked_add_days(Days::new(dice.below(span + 1) as u64)).unwrap_or(day);
    match draft.status {
        EnrolmentStatus::Exited(_) => {
            draft.date = Some(later(dice));
            told.push((day, FactEvent::Status(EnrolmentStatus::Registered)));
            return told;
        }
        EnrolmentStatus::Interest | EnrolmentStatus::Undecided => return Vec::new(),
        EnrolmentStatus::Registered | EnrolmentStatus::Enrolled => {}
    }
    match dice.below(100) {
        0..=57 => told.push((later(dice), FactEvent::Verified)),
        58..=63 => told.push((later(dice), FactEvent::Unreachable)),
        64..=67 => {
            let until = today.checked_add_days(Days::new(dice.below(300) as u64 + 10)).unwrap_or(today);
            told.push((today.min(later(dice)), FactEvent::Deferred(until)));
        }
        _ => {}
    }
    told
}

/// Why somebody left, in the proportions an office sees.
pub const LEFT: [ExitReason; 10] = [
    ExitReason::Withdrew,
    ExitReason::Withdrew,
    ExitReason::Withdrew,
    ExitReason::MovedOut,
    ExitReason::MovedOut,
    ExitReason::Lost,
    ExitReason::Lost,
    ExitReason::AgedOut,
    ExitReason::Medical,
    ExitReason::Donated,
];
