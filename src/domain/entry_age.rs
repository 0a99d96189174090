//! At which age a registry may be entered, as dated data (`rules/enrolment.toml`).

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::registry::Registry;

/// The ages of one registry from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EntryAge {
    /// Which registry.
    pub registry: Registry,
    /// From which day on.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// The rules they are from, as a page names them.
    pub name: String,
    /// The same on English pages.
    pub name_en: String,
    /// The least age in completed years.
    pub from: u32,
    /// The greatest; none where nobody is too old.
    #[serde(default)]
    pub to: Option<u32>,
    /// Below which age a guardian has to agree.
    #[serde(default)]
    pub guardian_below: Option<u32>,
    /// Where that is said.
    pub clause: String,
}

impl EntryAge {
    /// Whether somebody of an age may be entered.
    pub fn allows(&self, age: u32) -> bool {
        self.from <= age && self.to.is_none_or(|to| age <= to)
    }

    /// Whether a guardian has to agree at an age.
    pub fn needs_guardian(&self, age: u32) -> bool {
        self.guardian_below.is_some_and(|below| age < below)
    }
}

/// The ages of every registry and period.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryAges {
    #[serde(rename = "rule")]
    rules: Vec<EntryAge>,
}

static SHIPPED: LazyLock<EntryAges> =
    LazyLock::new(|| toml::from_str(include_str!("../../rules/enrolment.toml")).expect("the shipped rules are read by a test"));

impl EntryAges {
    /// The rules shipped with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The rule of a registry on a day; none before its first one.
    pub fn of(&self, registry: Registry, day: NaiveDate) -> Option<&EntryAge> {
        self.rules.iter().filter(|r| r.registry == registry && r.valid_from <= day).max_by_key(|r| r.valid_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_registry_has_a_rule_today_and_every_rule_says_where_it_is_from() {
        let ages = EntryAges::shipped();
        for registry in Registry::ALL {
            assert!(ages.of(registry, day("2026-11-27")).is_some(), "{registry:?}");
        }
        for rule in &ages.rules {
            assert!(rule.to.is_none_or(|to| rule.from <= to) && rule.guardian_below.is_none_or(|below| rule.from < below));
            assert!(!rule.name.is_empty() && !rule.name_en.is_empty() && !rule.clause.is_empty(), "{rule:?}");
        }
    }

    #[test]
    fn both_limits_are_included() {
        let of = |registry| EntryAges::shipped().of(registry, day("2026-11-27")).unwrap();
        let allowed = |registry, ages: [u32; 4]| ages.map(|age| of(registry).allows(age));
        assert_eq!(allowed(Registry::Blood, [17, 18, 60, 61]), [false, true, true, false]);
        assert_eq!(allowed(Registry::StemCell, [17, 18, 45, 46]), [false, true, true, false]);
        assert_eq!(allowed(Registry::OrganBody, [17, 18, 90, 110]), [false, true, true, true]);
        assert_eq!(allowed(Registry::Volunteer, [15, 16, 60, 90]), [false, true, true, true]);
        assert_eq!([15, 16, 17, 18].map(|age| of(Registry::Volunteer).needs_guardian(age)), [true, true, true, false]);
        assert!(!of(Registry::Blood).needs_guardian(17), "nobody agrees in a donor's place");
    }

    #[test]
    fn the_day_of_enrolment_chooses_the_rule() {
        let ages: EntryAges = toml::from_str(
            r#"
            [[rule]]
            registry = "blood"
            valid_from = 2012-07-01
            name = "old"
            name_en = "old"
            from = 18
            to = 60
            clause = "1"
            [[rule]]
            registry = "blood"
            valid_from = 2027-01-01
            name = "new"
            name_en = "new"
            from = 18
            to = 65
            clause = "2"
            "#,
        )
        .unwrap();
        let name = |on: &str| ages.of(Registry::Blood, day(on)).map(|r| r.name.as_str());
        assert_eq!([name("2012-06-30"), name("2026-12-31"), name("2027-01-01")], [None, Some("old"), Some("new")]);
        let organ = |on: &str| EntryAges::shipped().of(Registry::OrganBody, day(on)).unwrap().name.clone();
        assert_ne!(organ("2024-04-30"), organ("2024-05-01"));
    }
}
