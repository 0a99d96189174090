//! The days a rule names, within a period.

use chrono::{Datelike, NaiveDate};

use crate::followup::policy::{Anchor, Rule, Span};

/// The days a rule names in `from..=until` when counted from `anchor`; `registered` bounds the days of a yearly rule from below.
///
/// Every day is counted from the anchor itself: a chain of clamped month ends would creep.
pub(super) fn occurrences(rule: &Rule, anchor: NaiveDate, registered: NaiveDate, from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let (anchor, not_before) = match rule.anchor {
        Anchor::Yearly { month, day } => (yearly_anchor(registered, month, day), Some(registered)),
        _ => (anchor, None),
    };
    let last = rule.until.and_then(|u| u.after(anchor)).unwrap_or(NaiveDate::MAX).min(until);
    let Some(repeat) = rule.repeat else {
        return rule.offset.after(anchor).filter(|d| (from..=last).contains(d)).into_iter().collect();
    };
    let mut out = Vec::new();
    let mut k = first_repeat(rule.offset, repeat, anchor, from);
    while let Some(day) = rule.offset.plus(repeat, k).after(anchor) {
        if day > last {
            break;
        }
        if day >= from && not_before.is_none_or(|r| day >= r) {
            out.push(day);
        }
        k += 1;
    }
    out
}

/// A repeat that lies before `from` for certain, so that long histories are not walked day by day.
fn first_repeat(offset: Span, repeat: Span, anchor: NaiveDate, from: NaiveDate) -> i32 {
    // No calendar date lies further than this from where mean months put it: month lengths, the clamp, leap years of a century.
    const SLACK_DAYS: i64 = 8;
    let gap = ((from - anchor).num_days() - SLACK_DAYS) * 1_000_000 - offset.about_microdays();
    let guess = gap / repeat.about_microdays().max(1) - 1;
    i32::try_from(guess.max(0)).unwrap_or(0)
}

/// The fixed day in a leap year not after the registration, so that 29 February keeps its place.
fn yearly_anchor(registered: NaiveDate, month: u32, day: u32) -> NaiveDate {
    let leap = registered.year() - registered.year().rem_euclid(4);
    NaiveDate::from_ymd_opt(leap, month, day).or_else(|| NaiveDate::from_ymd_opt(leap, month, 28)).unwrap_or(registered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::policy::{Policies, RuleId};
    use proptest::prelude::*;

    fn rule(id: &str) -> Rule {
        let policies = Policies::shipped();
        policies.on("2026-11-23".parse().unwrap()).unwrap().rule(&RuleId::parse(id).unwrap()).unwrap().clone()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(rule: &Rule, anchor: &str, from: &str, until: &str) -> Vec<String> {
        occurrences(rule, day(anchor), day(anchor), day(from), day(until)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_yearly_check_comes_every_year_and_stays_at_the_months_end() {
        let check = rule("contact-check");
        assert_eq!(days(&check, "2024-02-29", "2024-02-29", "2028-12-31"), ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
    }

    #[test]
    fn the_check_between_the_yearly_questions_ends_after_two_years() {
        let early = rule("contact-check-stem-cell-early");
        assert_eq!(days(&early, "2025-08-31", "2025-01-01", "2030-01-01"), ["2026-02-28", "2027-02-28"]);
        let later = rule("availability");
        assert_eq!(days(&later, "2025-08-31", "2025-01-01", "2029-01-01"), ["2026-08-31", "2027-08-31", "2028-08-31"]);
    }

    #[test]
    fn a_fixed_day_comes_every_year_from_the_registration_on() {
        let thanks = rule("volunteer-614");
        assert_eq!(days(&thanks, "2025-06-08", "2020-01-01", "2027-12-31"), ["2026-06-07", "2027-06-07"]);
        assert_eq!(days(&thanks, "2025-06-07", "2020-01-01", "2026-01-01"), ["2025-06-07"]);
        let leap = Rule { anchor: Anchor::Yearly { month: 2, day: 29 }, ..thanks };
        assert_eq!(days(&leap, "2025-06-08", "2020-01-01", "2028-12-31"), ["2026-02-28", "2027-02-28", "2028-02-29"]);
    }

    #[test]
    fn a_monthly_repeat_over_decades_is_not_overshot() {
        let monthly = Rule { repeat: Some(Span::months(1)), offset: Span::days(9), until: None, ..rule("contact-check") };
        assert_eq!(days(&monthly, "1920-01-01", "1983-05-10", "1983-05-13"), ["1983-05-10"]);
    }

    proptest! {
        /// The quick start must find what walking from the anchor finds.
        #[test]
        fn no_occurrence_is_skipped(
            anchor in 0i64..50_000, from in 0i64..50_000, length in 0i64..1_500,
            months in 0i32..30, days in 0i32..60, offset_months in -3i32..700, offset_days in -40i32..40,
        ) {
            prop_assume!(months > 0 || days > 0);
            let start = day("1920-01-01");
            let (anchor, from) = (start + chrono::Duration::days(anchor), start + chrono::Duration::days(from));
            let until = from + chrono::Duration::days(length);
            let rule = Rule { repeat: Some(Span { months, days }), offset: Span { months: offset_months, days: offset_days }, until: None, ..rule("contact-check") };
            let mut walked = Vec::new();
            for k in 0.. {
                let day = rule.offset.plus(rule.repeat.unwrap(), k).after(anchor).unwrap();
                if day > until { break; }
                if day >= from { walked.push(day); }
            }
            prop_assert_eq!(occurrences(&rule, anchor, anchor, from, until), walked);
        }
    }
}
