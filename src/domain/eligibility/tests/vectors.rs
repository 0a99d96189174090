//! Every vector of the facts on intervals, under each rule set.

use super::*;
use DonationKind::{Platelets, WholeBlood};

/// Donated; six months; three months; ninety days; fourteen days; twenty-eight days.
const VECTORS: [[&str; 6]; 5] = [
    ["2025-08-31", "2026-02-28", "2025-11-30", "2025-11-29", "2025-09-14", "2025-09-28"],
    ["2025-08-30", "2026-02-28", "2025-11-30", "2025-11-28", "2025-09-13", "2025-09-27"],
    ["2024-02-29", "2024-08-29", "2024-05-29", "2024-05-29", "2024-03-14", "2024-03-28"],
    ["2023-08-29", "2024-02-29", "2023-11-29", "2023-11-27", "2023-09-12", "2023-09-26"],
    ["2025-11-30", "2026-05-30", "2026-02-28", "2026-02-28", "2025-12-14", "2025-12-28"],
];

#[test]
fn the_standard_in_force_counts_calendar_months_and_clamps_them_at_month_ends() {
    let sets = RuleSets::shipped();
    for [given, six, three, _, fourteen, twenty_eight] in VECTORS {
        let (whole, platelets) = (history(&[gave(WholeBlood, given)]), history(&[gave(Platelets, given)]));
        assert_eq!(first(&sets, &whole, WholeBlood, given), When::From(day(six)), "whole blood after whole blood, {given}");
        assert_eq!(first(&sets, &whole, Platelets, given), When::From(day(three)), "platelets after whole blood, {given}");
        assert_eq!(first(&sets, &platelets, Platelets, given), When::From(day(fourteen)), "platelets after platelets, {given}");
        assert_eq!(first(&sets, &platelets, WholeBlood, given), When::From(day(twenty_eight)), "whole blood after platelets, {given}");
    }
}

#[test]
fn the_draft_law_counts_ninety_days_and_leaves_the_rest_as_the_standard_has_it() {
    let sets = only("blood-law-draft-2025");
    for [given, _, three, ninety, fourteen, twenty_eight] in VECTORS {
        let (whole, platelets) = (history(&[gave(WholeBlood, given)]), history(&[gave(Platelets, given)]));
        assert_eq!(first(&sets, &whole, WholeBlood, given), When::From(day(ninety)), "{given}");
        assert_eq!(first(&sets, &whole, Platelets, given), When::From(day(three)), "{given}");
        assert_eq!(first(&sets, &platelets, Platelets, given), When::From(day(fourteen)), "{given}");
        assert_eq!(first(&sets, &platelets, WholeBlood, given), When::From(day(twenty_eight)), "{given}");
    }
    // Who said what stays told: the interval is the draft's, that before platelets the standard's.
    let whole = history(&[gave(WholeBlood, "2025-08-31")]);
    let cites = |kind| next(&sets, donor(), &whole, kind, day("2025-09-01")).reasons[0].cite.clone().unwrap().set;
    assert_eq!((&*cites(WholeBlood), &*cites(Platelets)), ("blood-law-draft-2025", "gb-18467-2011"));
}

#[test]
fn the_british_set_counts_weeks_and_the_european_one_states_no_interval() {
    let uk = only("uk-jpac");
    for [given, .., fourteen, twenty_eight] in VECTORS {
        let (whole, platelets) = (history(&[gave(WholeBlood, given)]), history(&[gave(Platelets, given)]));
        assert_eq!(first(&uk, &whole, WholeBlood, given), When::From(day(given) + chrono::Days::new(84)), "{given}");
        assert_eq!(first(&uk, &whole, Platelets, given), When::From(day(twenty_eight)), "{given}");
        assert_eq!(first(&uk, &platelets, Platelets, given), When::From(day(fourteen)), "{given}");
    }
    let eu = only("eu-2004-33");
    let verdict = next(&eu, donor(), &history(&[gave(WholeBlood, "2025-08-31")]), WholeBlood, day("2025-09-01"));
    assert_eq!(verdict.when, When::From(day("2025-09-01")));
    assert_eq!(verdict.reasons.iter().map(|r| r.why).collect::<Vec<_>>(), [Why::NoInterval]);
}

#[test]
fn ages_are_judged_on_the_day_and_repeat_donors_may_give_until_sixty() {
    let sets = RuleSets::shipped();
    let born = |text: &str| Donor { birth: Some(BirthDate::Day(day(text))), sex: None };
    let when = |donor, known: &History, asked: &str| next(&sets, donor, known, WholeBlood, day(asked)).when;
    let (none, once) = (history(&[]), history(&[gave(WholeBlood, "2020-01-01")]));
    assert_eq!(when(born("2008-03-01"), &none, "2026-02-28"), When::From(day("2026-03-01")), "eighteen on the birthday");
    assert_eq!(when(born("1970-06-15"), &none, "2026-06-14"), When::From(day("2026-06-14")), "fifty-five until the day before");
    assert_eq!(when(born("1970-06-15"), &none, "2026-06-15"), When::Never);
    assert_eq!(when(born("1970-06-15"), &once, "2026-06-15"), When::From(day("2026-06-15")));
    assert_eq!(when(born("1965-06-15"), &once, "2026-06-14"), When::From(day("2026-06-14")), "sixty until the day before");
    assert_eq!(when(born("1965-06-15"), &once, "2026-06-15"), When::Never);
    assert_eq!(when(born("2008-02-29"), &none, "2026-02-01"), When::From(day("2026-03-01")), "a leap day completes on 1 March");
    // Of a year alone the stricter day counts: born at the end of 2008 for the youngest age, at the start of 1970 for the oldest.
    let year = |y| Donor { birth: Some(BirthDate::Year(y)), sex: None };
    assert_eq!(when(year(2008), &none, "2026-02-01"), When::From(day("2026-12-31")));
    assert_eq!(when(year(1970), &none, "2026-01-01"), When::Never);
    let unknown = next(&sets, Donor::default(), &none, WholeBlood, day("2026-01-01"));
    assert_eq!((unknown.when, unknown.reasons[0].why), (When::From(day("2026-01-01")), Why::AgeUnknown));
}

#[test]
fn an_interval_that_ends_after_the_last_birthday_ends_in_never_and_says_by_which_clause() {
    let sets = RuleSets::shipped();
    let donor = Donor { birth: Some(BirthDate::Day(day("1965-06-15"))), sex: None };
    let verdict = next(&sets, donor, &history(&[gave(WholeBlood, "2026-03-01")]), WholeBlood, day("2026-03-02"));
    assert_eq!(verdict.when, When::Never);
    assert_eq!((verdict.set.as_deref(), verdict.reasons[0].why), (Some("gb-18467-2011"), Why::TooOld(60)));
    assert_eq!(verdict.reasons[0].cite.as_ref().unwrap().clause, "GB 18467-2011, 7.1");
}

#[test]
fn the_cap_of_twenty_four_counts_any_365_days_as_shipped_and_a_calendar_year_where_so_chosen() {
    // Twenty-four donations from March on, two weeks apart: the last is given on 2026-01-18.
    let donations: Vec<Donation> =
        (0..24u64).map(|n| Donation { day: day("2025-03-02") + chrono::Days::new(14 * n), ..gave(Platelets, "2025-03-02") }).collect();
    assert_eq!(donations[23].day, day("2026-01-18"));
    let known = history(&donations);
    let rolling = next(&RuleSets::shipped(), donor(), &known, Platelets, day("2026-01-19"));
    assert_eq!(rolling.when, When::From(day("2026-03-02")), "365 days after the first of the twenty-four");
    assert_eq!(rolling.reasons[0].why, Why::Cap(Limit::Donations(24), Window::Rolling));
    let calendar: Vec<String> =
        RuleSets::shipped_texts().iter().map(|t| t.replace("window = \"rolling-365-days\"", "window = \"calendar-year\"")).collect();
    let calendar = RuleSets::read(&calendar.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    assert_eq!(first(&calendar, &known, Platelets, "2026-01-19"), When::From(day("2026-02-01")), "two of 2026, then the interval alone");
    // Twenty-four within one calendar year: the next is in January.
    let early: Vec<Donation> = donations.iter().map(|d| Donation { day: d.day - chrono::Days::new(45), ..d.clone() }).collect();
    assert_eq!(early[23].day, day("2025-12-04"));
    assert_eq!(first(&calendar, &history(&early), Platelets, "2025-12-20"), When::From(day("2026-01-01")));
    // Ten litres of platelets and plasma fill the year as well.
    let litres: Vec<Donation> = donations.iter().take(20).map(|d| Donation { millilitres: Some(500), ..d.clone() }).collect();
    assert_eq!(first(&RuleSets::shipped(), &history(&litres), Platelets, "2025-12-20"), When::From(day("2026-03-02")));
}

#[test]
fn a_deferral_ends_with_its_last_day_and_one_for_good_never() {
    let sets = RuleSets::shipped();
    let deferral = |until: Option<&str>| Deferral { until: until.map(day), source: SourceOf::Station, ended: None };
    let mut known = history(&[gave(WholeBlood, "2026-01-10")]);
    known.deferrals = vec![deferral(Some("2026-03-01")), deferral(Some("2026-09-30"))];
    let verdict = next(&sets, donor(), &known, WholeBlood, day("2026-02-01"));
    assert_eq!(verdict.when, When::From(day("2026-10-01")));
    assert_eq!(verdict.reasons[0].why, Why::Deferred);
    assert_eq!(verdict.reasons[1].why, Why::Interval { after: WholeBlood, on: day("2026-01-10"), span: Span::months(6) });
    known.deferrals.push(deferral(None));
    assert_eq!(next(&sets, donor(), &known, Platelets, day("2026-02-01")).when, When::Never);
}
