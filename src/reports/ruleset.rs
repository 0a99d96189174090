//! Rule sets of the statistics: dated data (`rules/statistics.toml`), chosen by the day a report speaks of.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Lang;

/// One rule set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RuleSet {
    /// Its name, printed on every report.
    pub name: String,
    /// From which day it is in force.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Months for which a verification of the contact data counts.
    pub verified_within_months: u32,
    /// Counts below it are not published.
    pub publication_threshold: u64,
    /// Where it comes from.
    pub source: String,
}

impl RuleSet {
    /// As printed on a report.
    pub fn print(&self, lang: Lang) -> String {
        let (name, months, least) = (&self.name, self.verified_within_months, self.publication_threshold);
        let small = super::intervals::SMALL_DENOMINATOR;
        match lang {
            Lang::Zh => format!("{name}（核实有效期 {months} 个月；分母不足 {small} 只列人数；公开的最小数 {least}）"),
            Lang::En => format!("{name} (verified within {months} months; under {small} counts only; published from {least})"),
        }
    }
}

/// Every rule set, past, present and coming.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Read")]
pub struct RuleSets {
    /// In the order of their days; never empty.
    sets: Vec<RuleSet>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "set")]
    sets: Vec<RuleSet>,
}

impl TryFrom<Read> for RuleSets {
    type Error = &'static str;

    fn try_from(read: Read) -> Result<Self, Self::Error> {
        let mut sets = read.sets;
        sets.sort_by_key(|s| s.valid_from);
        if sets.is_empty() { Err("there has to be one rule set at least") } else { Ok(Self { sets }) }
    }
}

impl RuleSets {
    /// Reads rule sets.
    ///
    /// # Errors
    /// The TOML reader's message, which names line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The ones the program ships.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../rules/statistics.toml")).expect("the shipped rule sets are read by a test")
    }

    /// The set in force on a day; before the first one, the first.
    pub fn on(&self, day: NaiveDate) -> &RuleSet {
        let at = self.sets.partition_point(|s| s.valid_from <= day).saturating_sub(1);
        &self.sets[at]
    }
}

impl Default for RuleSets {
    fn default() -> Self {
        Self::shipped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_in_force_on_the_day_is_used() {
        let text = "
            [[set]]\nname = \"later\"\nvalid_from = 2026-01-01\nverified_within_months = 12\npublication_threshold = 10\nsource = \"x\"
            [[set]]\nname = \"first\"\nvalid_from = 2021-01-01\nverified_within_months = 24\npublication_threshold = 5\nsource = \"x\"";
        let sets = RuleSets::from_toml(text).unwrap();
        for (day, name) in [("2019-01-01", "first"), ("2025-12-31", "first"), ("2026-01-01", "later"), ("2030-01-01", "later")] {
            assert_eq!(sets.on(day.parse().unwrap()).name, name, "{day}");
        }
        assert!(RuleSets::from_toml("set = []").is_err());
        assert_eq!(RuleSets::shipped().on("2026-11-23".parse().unwrap()).verified_within_months, 24);
    }
}
