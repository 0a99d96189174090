//! Calendar distances: years, months and days, e.g. `12 months`, `6 months 14 days`, `-7 days`.

use chrono::{Days, Months, NaiveDate};

/// A distance between civil dates. Months are calendar months: a day that a month lacks becomes its last day (31 August and six months: 28 February).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Calendar months; a year is twelve.
    pub months: i32,
    /// Days, added after the months.
    pub days: i32,
}

impl Span {
    /// Nothing.
    pub const ZERO: Self = Self { months: 0, days: 0 };

    /// The longest distance taken in either way, in years.
    pub const MAX_YEARS: i32 = 150;

    /// A number of days.
    pub const fn days(days: i32) -> Self {
        Self { months: 0, days }
    }

    /// A number of months.
    pub const fn months(months: i32) -> Self {
        Self { months, days: 0 }
    }

    /// Reads pairs of a whole number and `day(s)`, `week(s)`, `month(s)` or `year(s)`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut span = Self::ZERO;
        let mut any = false;
        while let Some(number) = words.next() {
            let number: i32 = number.parse().ok()?;
            match words.next()? {
                "day" | "days" => span.days = span.days.checked_add(number)?,
                "week" | "weeks" => span.days = span.days.checked_add(number.checked_mul(7)?)?,
                "month" | "months" => span.months = span.months.checked_add(number)?,
                "year" | "years" => span.months = span.months.checked_add(number.checked_mul(12)?)?,
                _ => return None,
            }
            any = true;
        }
        let small = span.months.unsigned_abs() <= Self::MAX_YEARS.unsigned_abs() * 12
            && span.days.unsigned_abs() <= Self::MAX_YEARS.unsigned_abs() * 366;
        (any && small).then_some(span)
    }

    /// This distance and `times` times another, e.g. the occurrence of a repeated rule; counted from the anchor, so that month ends do not creep.
    pub fn plus(self, other: Self, times: i32) -> Self {
        Self {
            months: self.months.saturating_add(other.months.saturating_mul(times)),
            days: self.days.saturating_add(other.days.saturating_mul(times)),
        }
    }

    /// The day this far after another, where the calendar has it.
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = Months::new(self.months.unsigned_abs());
        let day = if self.months < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }?;
        let days = Days::new(u64::from(self.days.unsigned_abs()));
        if self.days < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
    }

    /// The day this far before another, where the calendar has it.
    pub fn before(self, day: NaiveDate) -> Option<NaiveDate> {
        Self { months: -self.months, days: -self.days }.after(day)
    }

    /// About how long it is, in millionths of a day; for finding the first repeat near a day, never for a due date.
    pub fn about_microdays(self) -> i64 {
        // 30.436875 days are the mean Gregorian month.
        i64::from(self.months) * 30_436_875 + i64::from(self.days) * 1_000_000
    }
}

impl std::fmt::Display for Span {
    /// As a policy file writes it, e.g. `6 months 14 days`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |n: i32, word: &str| format!("{n} {word}{}", if n.abs() == 1 { "" } else { "s" });
        match (self.months, self.days) {
            (0, days) => f.write_str(&part(days, "day")),
            (months, 0) => f.write_str(&part(months, "month")),
            (months, days) => write!(f, "{} {}", part(months, "month"), part(days, "day")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn month_ends_are_clamped_as_the_donation_interval_demands() {
        // GB 18467-2011: six calendar months between donations of whole blood, three before platelets; 90 days is another rule.
        for (given, six, three, ninety) in [
            ("2025-08-31", "2026-02-28", "2025-11-30", "2025-11-29"),
            ("2025-08-30", "2026-02-28", "2025-11-30", "2025-11-28"),
            ("2024-02-29", "2024-08-29", "2024-05-29", "2024-05-29"),
            ("2023-08-29", "2024-02-29", "2023-11-29", "2023-11-27"),
            ("2025-11-30", "2026-05-30", "2026-02-28", "2026-02-28"),
        ] {
            assert_eq!(Span::months(6).after(day(given)), Some(day(six)), "{given} and 6 months");
            assert_eq!(Span::months(3).after(day(given)), Some(day(three)), "{given} and 3 months");
            assert_eq!(Span::days(90).after(day(given)), Some(day(ninety)), "{given} and 90 days");
        }
    }

    #[test]
    fn repeats_from_a_month_end_do_not_creep() {
        let anchor = day("2024-01-31");
        let nth = |k| Span::ZERO.plus(Span::months(1), k).after(anchor).unwrap();
        assert_eq!(nth(1), day("2024-02-29"));
        assert_eq!(nth(2), day("2024-03-31"));
        assert_eq!(nth(3), day("2024-04-30"));
        assert_eq!(nth(13), day("2025-02-28"));
        assert_eq!(Span::months(12).after(day("2024-02-29")), Some(day("2025-02-28")));
        assert_eq!(Span::months(48).after(day("2024-02-29")), Some(day("2028-02-29")));
    }

    #[test]
    fn spans_are_read_in_words() {
        assert_eq!(Span::parse("6 months 14 days"), Some(Span { months: 6, days: 14 }));
        assert_eq!(Span::parse("-7 days"), Some(Span::days(-7)));
        assert_eq!(Span::parse("55 years"), Some(Span::months(660)));
        assert_eq!(Span::parse("2 weeks"), Some(Span::days(14)));
        for written in ["6 months 14 days", "-7 days", "1 month", "0 days", "660 months -1 day"] {
            assert_eq!(Span::parse(written).unwrap().to_string(), written);
        }
        for wrong in ["", "6", "months", "6 moons", "six months", "6months", "1.5 months", "99999999999 days", "2000 years"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn adding_months_never_leaves_the_month_aimed_at(offset in 0i64..80_000, months in 0i32..600) {
            use chrono::Datelike;
            let start = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Duration::days(offset);
            let end = Span::months(months).after(start).unwrap();
            let aimed = start.year() * 12 + start.month0() as i32 + months;
            prop_assert_eq!(end.year() * 12 + end.month0() as i32, aimed);
            prop_assert!(end.day() <= start.day());
            prop_assert!(end.day() == start.day() || end.succ_opt().unwrap().day() == 1);
        }

        #[test]
        fn a_later_day_is_never_due_earlier(a in 0i64..60_000, gap in 0i64..800, months in -24i32..240, days in -40i32..400) {
            let start = NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + chrono::Duration::days(a);
            let span = Span { months, days };
            prop_assert!(span.after(start).unwrap() <= span.after(start + chrono::Duration::days(gap)).unwrap());
        }
    }
}
