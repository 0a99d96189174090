//! Notices of death (急报): whether they came in time, and how long it took from the notice to the arrival.

use chrono::NaiveDate;
use serde::Serialize;

use super::facts::FactBook;
use super::facts::packed::day_number;
use super::intervals::Proportion;
use crate::domain::fact::Notice;

/// The notices of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notices {
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Notices that came in time.
    pub received: u64,
    /// Deaths that became known too late for a donation (未及时通知).
    pub too_late: u64,
    /// Minutes from the notice to the arrival, ascending; one for each notice that was followed by an arrival.
    pub arrivals: Vec<u32>,
}

impl Notices {
    /// 通知及时率: notices in time among all deaths that became known by a notice or too late.
    pub fn in_time(&self) -> Proportion {
        Proportion::new(self.received, self.received + self.too_late)
    }

    /// The middle arrival in minutes: of an even number the mean of the two, rounded down.
    pub fn median(&self) -> Option<u32> {
        let upper = self.arrivals.get(self.arrivals.len() / 2)?;
        let lower = self.arrivals.get(self.arrivals.len().saturating_sub(1) / 2)?;
        Some(lower.midpoint(*upper))
    }
}

impl FactBook {
    /// What is known of the notices of a period, both days included.
    pub fn notices(&self, from: NaiveDate, to: NaiveDate) -> Notices {
        let (first, last) = (day_number(from), day_number(to));
        let mut told = Notices { from, to, received: 0, too_late: 0, arrivals: Vec::new() };
        for fact in self.runs().flatten().filter(|f| (first..=last).contains(&f.day)) {
            match fact.notice() {
                Some(Notice::Received) => told.received += 1,
                Some(Notice::TooLate) => told.too_late += 1,
                Some(Notice::Arrived(minutes)) => told.arrivals.push(minutes),
                None => {}
            }
        }
        told.arrivals.sort_unstable();
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::FactEvent;
    use crate::reports::fixtures::{day, fact};

    #[test]
    fn notices_of_the_period_alone_are_counted() {
        let told = |who, on, notice| fact(who, on, FactEvent::Notice(notice));
        let facts = vec![
            told(1, "2024-12-31", Notice::Received),
            told(2, "2025-01-01", Notice::Received),
            told(2, "2025-01-01", Notice::Arrived(50)),
            told(3, "2025-06-01", Notice::Received),
            told(3, "2025-06-02", Notice::Arrived(181)),
            told(4, "2025-12-31", Notice::TooLate),
            told(5, "2026-01-01", Notice::TooLate),
        ];
        let notices = FactBook::new(facts).notices(day("2025-01-01"), day("2025-12-31"));
        assert_eq!((notices.received, notices.too_late, notices.arrivals.as_slice()), (2, 1, &[50, 181][..]));
        assert_eq!((notices.in_time().hits, notices.in_time().of), (2, 3));
        assert_eq!(notices.median(), Some(115));
        assert_eq!(FactBook::default().notices(day("2025-01-01"), day("2025-12-31")).median(), None);
    }
}
