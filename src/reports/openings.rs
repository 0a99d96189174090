//! Emergency openings (应急开启): how many identities were opened in a hurry in a period, and what became of their reviews.

use chrono::NaiveDate;
use serde::Serialize;

/// For what an identity was opened in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenedFor {
    /// A match request.
    Match,
    /// A death notice.
    Notice,
}

/// What became of the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Nobody has looked at it.
    Open,
    /// It was needed; reviewed on the day.
    Needed(NaiveDate),
    /// It is questioned; reviewed on the day.
    Questioned(NaiveDate),
}

/// The openings of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Openings {
    /// For match requests.
    pub matches: u64,
    /// For death notices.
    pub notices: u64,
    /// Reviewed and found needed.
    pub needed: u64,
    /// Reviewed and questioned.
    pub questioned: u64,
    /// Not reviewed yet.
    pub open: u64,
    /// Reviewed after the two working days, or not at all and past them.
    pub late: u64,
}

impl Openings {
    /// All of them.
    pub const fn all(&self) -> u64 {
        self.matches + self.notices
    }

    /// Counts one that was due for review by a day, as it stands on `today`.
    pub fn count(&mut self, of: OpenedFor, review: Review, review_by: NaiveDate, today: NaiveDate) {
        match of {
            OpenedFor::Match => self.matches += 1,
            OpenedFor::Notice => self.notices += 1,
        }
        let looked_at = match review {
            Review::Open => {
                self.open += 1;
                today
            }
            Review::Needed(day) => {
                self.needed += 1;
                day
            }
            Review::Questioned(day) => {
                self.questioned += 1;
                day
            }
        };
        self.late += u64::from(looked_at > review_by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixtures::day;

    #[test]
    fn each_opening_is_counted_once_by_what_it_was_for_and_once_by_its_review() {
        let (by, today) = (day("2026-11-26"), day("2026-11-27"));
        let mut told = Openings::default();
        told.count(OpenedFor::Match, Review::Needed(by), by, today);
        told.count(OpenedFor::Notice, Review::Questioned(today), by, today);
        told.count(OpenedFor::Notice, Review::Open, by, today);
        told.count(OpenedFor::Notice, Review::Open, today, today);
        assert_eq!((told.all(), told.matches, told.notices), (4, 1, 3));
        assert_eq!((told.needed, told.questioned, told.open, told.late), (1, 1, 2, 2));
        assert_eq!(told.all(), told.needed + told.questioned + told.open);
    }
}
