//! Which set is in force, and what files are refused.

use super::*;
use DonationKind::WholeBlood;

#[test]
fn only_the_standard_is_in_force_as_shipped_and_every_value_names_its_clause() {
    let sets = RuleSets::shipped();
    let in_force: Vec<(NaiveDate, &str)> = sets.in_force().map(|(from, set)| (from, &*set.id)).collect();
    assert_eq!(in_force, [(day("2012-07-01"), "gb-18467-2011")]);
    assert_eq!(sets.all().len(), 4);
    assert!(sets.on(day("2012-06-30")).is_none());
    assert_eq!(&*sets.on(day("2026-11-27")).unwrap().id, "gb-18467-2011");
    for set in sets.all() {
        let cites = set.ages.iter().map(|r| &r.cite).chain(set.intervals.iter().map(|r| &r.cite)).chain(set.caps.iter().map(|r| &r.cite));
        assert!(cites.clone().all(|c| !c.clause.is_empty()), "{}", set.id);
        assert!(!set.ages.is_empty(), "{}", set.id);
    }
    // 1 year, never the five years that pages copy from the text before 2012.
    let transfusion = sets.named("gb-18467-2011").unwrap().deferrals.iter().find(|d| d.en == "transfusion received").unwrap();
    assert_eq!(transfusion.span, Span::months(12));
}

/// The shipped sets with the draft in force from a day.
fn with_the_draft_from(from: &str) -> RuleSets {
    let dated = RuleSets::shipped_texts()[1].replacen("source = ", &format!("valid_from = {from}\nsource = "), 1);
    let mut texts = RuleSets::shipped_texts().to_vec();
    texts.push(&dated);
    RuleSets::read(&texts).unwrap()
}

#[test]
fn a_law_that_comes_into_force_opens_its_own_days_and_no_earlier_ones() {
    let sets = with_the_draft_from("2027-01-01");
    assert_eq!(&*sets.on(day("2026-12-31")).unwrap().id, "gb-18467-2011");
    assert_eq!(&*sets.on(day("2027-01-01")).unwrap().id, "blood-law-draft-2025");
    let when = |given: &str| first(&sets, &history(&[gave(WholeBlood, given)]), WholeBlood, "2026-11-27");
    assert_eq!(when("2026-06-01"), When::From(day("2026-12-01")), "six months are over before the change");
    assert_eq!(when("2026-08-01"), When::From(day("2027-01-01")), "ninety days are over, six months are not: the first day of the new law");
    assert_eq!(when("2026-11-01"), When::From(day("2027-01-30")), "ninety days under the new law");
    // Sixty-two: too old until the new law.
    let donor = Donor { birth: Some(BirthDate::Day(day("1964-01-01"))), sex: None };
    let verdict = next(&sets, donor, &history(&[]), WholeBlood, day("2026-11-27"));
    assert_eq!((verdict.when, verdict.set.as_deref()), (When::From(day("2027-01-01")), Some("blood-law-draft-2025")));
    assert_eq!(verdict.reasons.iter().map(|r| r.why).collect::<Vec<_>>(), [Why::RulesBegin]);
}

#[test]
fn a_file_that_cannot_be_is_refused_with_its_place() {
    let whole = RuleSets::shipped_texts()[0];
    let refused = |from: &str, to: &str| {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "the test changes something");
        RuleSet::from_toml(&text).unwrap_err().to_string()
    };
    assert!(refused("min = 18", "minimum = 18").contains("minimum"), "an unknown word");
    assert!(refused("min = 18", "min = 56").starts_with("[[age]]"));
    assert!(refused("clause = \"GB 18467-2011, 7.1\"", "clause = \" \"").contains("clause"));
    assert!(refused("span = \"6 months\"", "span = \"half a year\"").contains("6 months"), "says what to write");
    assert!(refused("span = \"6 months\"", "span = \"-6 months\"").contains("6 months"));
    assert!(refused("most = 24", "most = 24\nmillilitres = 1").starts_with("[[cap]]"));
    assert!(refused("7.1\"\nbasis = \"stated\"", "7.1\"\nbasis = \"sure\"").contains("sure"));
    assert!(refused("id = \"gb-18467-2011\"", "id = \"GB 18467\"").starts_with("id"));
    let uk = RuleSets::shipped_texts()[2];
    let lonely = uk.replacen("source = ", "amends = \"nothing\"\nsource = ", 1);
    assert_eq!(RuleSets::read(&[&lonely]), Err(RuleFlaw::Amends));
    let circle = uk.replacen("source = ", "amends = \"uk-jpac\"\nsource = ", 1);
    assert_eq!(RuleSets::read(&[&circle]), Err(RuleFlaw::Amends));
    let same = uk.replacen("source = ", "valid_from = 2012-07-01\nsource = ", 1);
    assert_eq!(RuleSets::read(&[whole, &same]), Err(RuleFlaw::SameDay));
}

#[test]
fn the_group_a_station_confirmed_is_not_replaced_by_one_that_was_told() {
    use crate::domain::Guarded;
    use crate::domain::person::{Abo, Health, Rh};
    use uuid::Uuid;
    let told =
        Guarded::new(Health { abo: Some(Abo::A), rh: Some(Rh::Positive), last_donation: Some(day("2026-01-01")), ..Health::default() });
    let group = |abo, source| Guarded::new(HealthFact::Group(Group { abo, rh: Rh::Negative, source }));
    let confirmed = (Uuid::from_u128(1), group(Abo::B, SourceOf::Station));
    let told_again = (Uuid::from_u128(2), group(Abo::O, SourceOf::SelfTold));
    let same_day = (Uuid::from_u128(3), Guarded::new(HealthFact::Donation(gave(WholeBlood, "2026-01-01"))));
    let mistake =
        (Uuid::from_u128(4), Guarded::new(HealthFact::Deferral(Deferral { until: None, source: SourceOf::Station, ended: None })));
    let undone = (Uuid::from_u128(5), Guarded::new(HealthFact::Undone(Uuid::from_u128(4))));
    let facts: Vec<(Uuid, &Guarded<HealthFact>)> =
        [&confirmed, &told_again, &same_day, &mistake, &undone].into_iter().map(|(id, fact)| (*id, fact)).collect();
    let known = History::of([&told], &facts);
    assert!(known.group.is_some_and(|g| g.abo == Abo::B && g.source == SourceOf::Station));
    assert!(known.deferrals.is_empty(), "what was undone does not count");
    assert_eq!(known.donations.len(), 1, "one donation told twice is one");
    assert_eq!(known.donations[0].source, SourceOf::Station);
}
