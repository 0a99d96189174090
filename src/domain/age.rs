//! Up to which age a registration stays on file, as dated data (`rules/age.toml`).

use chrono::NaiveDate;
use serde::Deserialize;

use super::person::BirthDate;
use super::registry::Registry;

/// Up to which age one registry keeps somebody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AgeLimit {
    /// Which registry.
    pub registry: Registry,
    /// With so many completed years the registration ends.
    pub years: u32,
    /// Where that is said.
    pub clause: String,
}

impl AgeLimit {
    /// Whether somebody has reached the age on a day. Of whom only the year of birth is known, the last day of it is taken: nobody leaves
    /// before they must.
    pub fn reached(&self, birth: BirthDate, day: NaiveDate) -> bool {
        let completed = match birth {
            BirthDate::Day(born) => super::time::completed_years(born, day),
            BirthDate::Year(year) => NaiveDate::from_ymd_opt(year, 12, 31).and_then(|born| super::time::completed_years(born, day)),
        };
        completed.is_some_and(|years| years >= self.years)
    }
}

/// The limits of one period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AgeRules {
    /// Their name.
    pub name: String,
    /// From which day on.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Where they come from.
    pub source: String,
    limit: Vec<AgeLimit>,
}

/// The limits of every period.
#[derive(Debug, Clone, Deserialize)]
pub struct AgeLimits {
    #[serde(rename = "set")]
    sets: Vec<AgeRules>,
}

impl AgeLimits {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/age.toml")).expect("the shipped rules are read by a test")
    }

    /// The limit of a registry on a day; none where it has none.
    pub fn of(&self, registry: Registry, day: NaiveDate) -> Option<&AgeLimit> {
        let rules = self.sets.iter().filter(|s| s.valid_from <= day).max_by_key(|s| s.valid_from)?;
        rules.limit.iter().find(|l| l.registry == registry)
    }

    /// Whether somebody has reached the age at which a registry lets them go.
    pub fn reached(&self, registry: Registry, birth: BirthDate, day: NaiveDate) -> bool {
        self.of(registry, day).is_some_and(|limit| limit.reached(birth, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_stem_cell_file_is_left_on_the_55th_birthday_and_not_a_day_before() {
        let limits = AgeLimits::shipped();
        let born = BirthDate::Day(day("1971-11-27"));
        let reached = |registry, on: &str| limits.reached(registry, born, day(on));
        assert!(!reached(Registry::StemCell, "2026-11-26"));
        assert!(reached(Registry::StemCell, "2026-11-27"));
        for registry in [Registry::Blood, Registry::OrganBody, Registry::Volunteer] {
            assert!(!reached(registry, "2060-01-01"), "{registry:?}: no age ends it");
        }
        let leap = BirthDate::Day(day("1972-02-29"));
        assert!(!limits.reached(Registry::StemCell, leap, day("2027-02-28")));
        assert!(limits.reached(Registry::StemCell, leap, day("2027-03-01")));
    }

    #[test]
    fn of_whom_only_the_year_is_known_leaves_when_they_must_have_reached_the_age() {
        let limits = AgeLimits::shipped();
        let born = BirthDate::Year(1971);
        assert!(!limits.reached(Registry::StemCell, born, day("2026-12-30")));
        assert!(limits.reached(Registry::StemCell, born, day("2026-12-31")));
    }

    #[test]
    fn every_limit_says_where_it_is_from() {
        for set in &AgeLimits::shipped().sets {
            assert!(!set.name.is_empty() && !set.source.is_empty());
            assert!(set.limit.iter().all(|l| l.years > 0 && !l.clause.is_empty()), "{}", set.name);
        }
    }
}
