//! The judgement against one written slowly: day by day, with a calendar of its own.

use chrono::{Datelike, Days};
use proptest::prelude::*;

use super::*;

/// The same day of a later month, or its last day where the month is shorter; counted by hand.
fn months_later(day: NaiveDate, months: i32) -> NaiveDate {
    let (mut year, mut month) = (day.year(), day.month());
    for _ in 0..months {
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (1..=day.day()).rev().find_map(|d| NaiveDate::from_ymd_opt(year, month, d)).unwrap()
}

/// Whether a donor may give on one day, by the set in force on it.
fn allowed(sets: &RuleSets, donor: Donor, history: &History, kind: DonationKind, on: NaiveDate) -> bool {
    let Some(set) = sets.in_force().filter(|(from, _)| *from <= on).max_by_key(|(from, _)| *from).map(|(_, set)| set) else { return false };
    if history.deferrals.iter().any(|d| d.until.is_none_or(|until| on <= until)) {
        return false;
    }
    for rule in set.intervals.iter().filter(|r| r.before == kind) {
        for given in history.donations.iter().filter(|d| d.kind == rule.after) {
            if on < months_later(given.day, rule.span.months) + Days::new(u64::try_from(rule.span.days).unwrap()) {
                return false;
            }
        }
    }
    for cap in set.caps.iter().filter(|c| c.kind == kind && (c.sex.is_none() || donor.sex.is_none() || c.sex == donor.sex)) {
        let within = |d: &&Donation| match cap.window {
            Window::Rolling => d.day <= on && (on - d.day).num_days() < 365,
            Window::CalendarYear => d.day.year() == on.year(),
        };
        let counted: Vec<&Donation> = history.donations.iter().filter(|d| d.kind == kind).filter(within).collect();
        let reached = match cap.limit {
            Limit::Donations(most) => counted.len() >= most as usize,
            Limit::Millilitres(most) => counted.iter().map(|d| d.millilitres.unwrap_or(0)).sum::<u32>() >= most,
        };
        if reached {
            return false;
        }
    }
    let of = if history.repeat() { Donors::Repeat } else { Donors::First };
    let Some(age) = set.ages.iter().find(|a| a.of == of) else { return true };
    let Some(BirthDate::Day(born)) = donor.birth else { return true };
    let years = (on.year() - born.year()) - i32::from((on.month(), on.day()) < (born.month(), born.day()));
    years >= age.min as i32 && age.max.is_none_or(|max| years <= max as i32)
}

/// Standard, draft from 2027, calendar years instead of rolling ones, tight caps: whatever an administrator may enter.
fn rules() -> impl Strategy<Value = RuleSets> {
    (any::<bool>(), any::<bool>(), 1u32..6, prop::sample::select(vec!["gb", "uk-jpac", "eu-2004-33"])).prop_map(
        |(draft, calendar, most, which)| {
            let edit = |text: &str| {
                let text = text.replace("most = 24", &format!("most = {most}")).replace("millilitres = 10000", "millilitres = 900");
                if calendar { text.replace("rolling-365-days", "calendar-year") } else { text }
            };
            let texts: Vec<String> = RuleSets::shipped_texts()
                .iter()
                .map(|text| {
                    let mut text = edit(text);
                    if text.contains("id = \"blood-law") && draft {
                        text = text.replacen("source = ", "valid_from = 2027-01-01\nsource = ", 1);
                    }
                    if which != "gb" && text.contains(&format!("id = \"{which}\"")) {
                        text = text.replacen("source = ", "valid_from = 2026-03-15\nsource = ", 1);
                    }
                    text
                })
                .collect();
            RuleSets::read(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
        },
    )
}

fn donation() -> impl Strategy<Value = Donation> {
    let kind = prop::sample::select(DonationKind::ALL.to_vec());
    (kind, 0u64..1_500, prop::option::of(200u32..600)).prop_map(|(kind, back, millilitres)| Donation {
        day: day("2026-11-27") - Days::new(back),
        millilitres,
        ..gave(kind, "2026-01-01")
    })
}

fn deferral() -> impl Strategy<Value = Deferral> {
    (0u64..900).prop_map(|n| Deferral { until: Some(day("2026-01-01") + Days::new(n)), source: SourceOf::Station, ended: None })
}

fn known() -> impl Strategy<Value = History> {
    (prop::collection::vec(donation(), 0..12), prop::collection::vec(deferral(), 0..3), any::<bool>())
        .prop_map(|(donations, deferrals, before)| History { deferrals, gave_before: before, ..history(&donations) })
}

fn anybody() -> impl Strategy<Value = Donor> {
    let sex = prop::sample::select(vec![None, Some(Sex::Male), Some(Sex::Female)]);
    (prop::option::of(0u64..20_000), sex)
        .prop_map(|(back, sex)| Donor { birth: back.map(|n| BirthDate::Day(day("2012-01-01") - Days::new(n))), sex })
}

fn kinds() -> impl Strategy<Value = DonationKind> {
    prop::sample::select(DonationKind::ALL.to_vec())
}

fn order(when: When) -> NaiveDate {
    match when {
        When::From(day) => day,
        When::Never | When::NoRules => NaiveDate::MAX,
    }
}

proptest! {
    #[test]
    fn the_first_day_is_the_one_found_by_looking_at_every_day(
        sets in rules(), donor in anybody(), known in known(), kind in kinds(), ahead in 0u64..400,
    ) {
        let asked = day("2026-11-27") + Days::new(ahead);
        let slow = asked.iter_days().take(3_000).find(|on| allowed(&sets, donor, &known, kind, *on));
        let verdict = next(&sets, donor, &known, kind, asked);
        match (verdict.when, slow) {
            (When::From(found), Some(slow)) => prop_assert_eq!(found, slow),
            // Who is a child today is found far ahead; who is found nowhere near is not found near by the slow way either.
            (When::From(found), None) => prop_assert!(found > asked + Days::new(2_999)),
            (When::Never, None) => {}
            (other, slow) => prop_assert!(false, "{other:?}, and day by day {slow:?}"),
        }
        if let When::From(found) = verdict.when {
            prop_assert_eq!(verdict.set.as_deref(), sets.on(found).map(|set| &*set.id), "the set of the day found is named");
            let last = verdict.reasons.iter().filter_map(|r| r.until).max();
            prop_assert_eq!(last.unwrap_or(asked).max(asked), found, "what decides is among the reasons");
        }
    }

    #[test]
    fn a_further_donation_or_deferral_never_makes_anyone_eligible_sooner(
        sets in rules(), donor in anybody(), known in known(), kind in kinds(), more in donation(), wait in deferral(), good in any::<bool>(),
    ) {
        let asked = day("2026-11-27");
        let when = |known: &History| order(next(&sets, donor, known, kind, asked).when);
        let before = when(&known);
        let mut deferred = known.clone();
        deferred.deferrals.push(Deferral { until: wait.until.filter(|_| !good), ..wait });
        prop_assert!(when(&deferred) >= before);
        // The one exception is the standard's own: who has given before may give until sixty, who has not until fifty-five.
        let mut given = known.clone();
        given.donations.push(more);
        given.donations.sort_by_key(|d| std::cmp::Reverse(d.day));
        let repeat = History { gave_before: true, ..known.clone() };
        prop_assert!(when(&given) >= when(&repeat));
        if known.repeat() {
            prop_assert!(when(&given) >= before);
        }
    }

    /// What follow-up counts from, and what the page shows.
    #[test]
    fn the_day_that_mails_go_by_is_that_of_the_page_and_no_deferral_brings_it_forward(
        sets in rules(), donor in anybody(), known in known(), kind in kinds(), wait in deferral(), good in any::<bool>(), ahead in 0u64..400,
    ) {
        let before = again(&sets, donor, &known, kind);
        let asked = day("2026-11-27") + Days::new(ahead);
        if let Some(When::From(found)) = before && found >= asked {
            prop_assert_eq!(next(&sets, donor, &known, kind, asked).when, When::From(found));
        }
        let mut deferred = known.clone();
        deferred.deferrals.push(Deferral { until: wait.until.filter(|_| !good), ..wait });
        prop_assert!(deferred.deferred() >= known.deferred());
        let after = again(&sets, donor, &deferred, kind);
        prop_assert!(after.is_some(), "a deferral is judged");
        prop_assert!(before.is_none_or(|before| order(after.unwrap()) >= order(before)));
    }

    #[test]
    fn asking_later_never_answers_an_earlier_day(sets in rules(), donor in anybody(), known in known(), kind in kinds(), gap in 0u64..500) {
        let asked = day("2026-11-27");
        let when = |on| order(next(&sets, donor, &known, kind, on).when);
        prop_assert!(when(asked + Days::new(gap)) >= when(asked));
    }
}

#[test]
fn the_first_donation_of_somebody_past_fifty_five_opens_the_years_until_sixty_and_nothing_else_does() {
    let sets = RuleSets::shipped();
    let donor = Donor { birth: Some(BirthDate::Day(day("1968-01-01"))), sex: None };
    let when = |known: &History| next(&sets, donor, known, DonationKind::WholeBlood, day("2026-11-27")).when;
    assert_eq!(when(&history(&[])), When::Never);
    assert_eq!(when(&history(&[gave(DonationKind::WholeBlood, "2020-01-01")])), When::From(day("2026-11-27")));
}
