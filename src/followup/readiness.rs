//! Readiness of stem-cell donors: a published list of points (`rules/readiness.toml`) over what is known of reaching them. Pure.
//!
//! It orders calls and stands beside a name with its reasons. It never hides, refuses or removes anybody.

use chrono::NaiveDate;
use serde::Deserialize;

use super::error::FollowupError;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// Days since the contact data were last confirmed.
    Verified,
    /// Days since the yearly question was answered.
    Answered,
    /// Contacts since the last answer.
    Silent,
    /// People named to be asked.
    Relatives,
    /// A confirmed mail address.
    Mail,
    /// Gives blood with the branch as well.
    Blood,
    /// Days on file.
    Recent,
}

impl Factor {
    /// Every factor.
    pub const ALL: [Self; 7] = [Self::Verified, Self::Answered, Self::Silent, Self::Relatives, Self::Mail, Self::Blood, Self::Recent];

    /// The word in the rules and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Answered => "answered",
            Self::Silent => "silent",
            Self::Relatives => "relatives",
            Self::Mail => "mail",
            Self::Blood => "blood",
            Self::Recent => "recent",
        }
    }

    const fn counts_days(self) -> bool {
        matches!(self, Self::Verified | Self::Answered | Self::Recent)
    }

    const fn counts_things(self) -> bool {
        matches!(self, Self::Silent | Self::Relatives)
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What is counted.
    pub factor: Factor,
    /// So many days at most, for factors that count days.
    pub within_days: Option<u32>,
    /// So many at least, for factors that count things.
    pub at_least: Option<u32>,
    /// What it is worth.
    pub points: i32,
}

/// Which donors are called first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOrder {
    /// Those who may be lost first.
    LowestFirst,
    /// Those who will surely answer first.
    HighestFirst,
}

/// One edition of the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its name, shown beside every number.
    pub name: String,
    /// From which day it holds.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Which donors are called first.
    pub calls: CallOrder,
    /// Below it, a donor may be lost.
    pub low_below: i32,
    /// From it on, a donor will surely be reached.
    pub high_from: i32,
    /// Where it comes from.
    pub source: String,
    /// The lines.
    pub points: Vec<Line>,
}

/// What is known of a donor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// The contact data were last confirmed on this day.
    pub verified_on: Option<NaiveDate>,
    /// The yearly question was last answered on this day.
    pub answered_on: Option<NaiveDate>,
    /// Contacts since the last answer.
    pub silent: u32,
    /// People named to be asked.
    pub relatives: u32,
    /// The mail address is confirmed.
    pub mail_confirmed: bool,
    /// Gives blood with the branch as well.
    pub blood: bool,
    /// On file since this day.
    pub on_file_since: Option<NaiveDate>,
}

/// How ready a donor seems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// May be lost.
    Low,
    /// In between.
    Middle,
    /// Will surely be reached.
    High,
}

impl Band {
    /// Every band, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::High];

    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "middle",
            Self::High => "high",
        }
    }

    /// The band of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.word() == word)
    }
}

/// A donor's number, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The sum.
    pub points: i32,
    /// What it says.
    pub band: Band,
    /// The lines that applied, in the order of the list.
    pub reasons: Vec<Line>,
}

impl Edition {
    /// The number of a donor on a day.
    pub fn judge(&self, known: &Known, today: NaiveDate) -> Readiness {
        let within = |day: Option<NaiveDate>, line: &Line| {
            let age = day.map(|day| (today - day).num_days());
            age.is_some_and(|age| (0..=i64::from(line.within_days.unwrap_or(u32::MAX))).contains(&age))
        };
        let enough = |count: u32, line: &Line| line.at_least.is_some_and(|least| count >= least);
        let mut reasons: Vec<Line> = Vec::new();
        for line in &self.points {
            let applies = match line.factor {
                Factor::Verified => within(known.verified_on, line),
                Factor::Answered => within(known.answered_on, line),
                Factor::Recent => within(known.on_file_since, line),
                Factor::Silent => enough(known.silent, line),
                Factor::Relatives => enough(known.relatives, line),
                Factor::Mail => known.mail_confirmed,
                Factor::Blood => known.blood,
            };
            if applies && reasons.iter().all(|other| other.factor != line.factor) {
                reasons.push(line.clone());
            }
        }
        let points = reasons.iter().map(|line| line.points).sum();
        let band = match points {
            few if few < self.low_below => Band::Low,
            many if many >= self.high_from => Band::High,
            _ => Band::Middle,
        };
        Readiness { points, band, reasons }
    }

    /// The most anybody can have.
    pub fn most(&self) -> i32 {
        let best = |factor| self.points.iter().filter(|line| line.factor == factor).map(|line| line.points).max().unwrap_or(0).max(0);
        Factor::ALL.into_iter().map(best).sum()
    }

    /// What a donor is ordered by among calls of equal urgency: smaller is sooner.
    pub const fn call_key(&self, points: i32) -> i32 {
        match self.calls {
            CallOrder::LowestFirst => points,
            CallOrder::HighestFirst => -points,
        }
    }
}

/// Every edition, past, present and coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editions(Vec<Edition>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "edition")]
    editions: Vec<Edition>,
}

impl Editions {
    /// Reads editions.
    ///
    /// # Errors
    /// [`FollowupError::PolicySyntax`] and [`FollowupError::PolicyField`], with what is wrong and where.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FollowupError> {
        let read: Read = toml::from_str(text)
            .map_err(|error| FollowupError::PolicySyntax { file: file.into(), detail: error.to_string().trim_end().into() })?;
        let mut editions = read.editions;
        editions.sort_by_key(|edition| edition.valid_from);
        let wrong =
            |field: &str, problem: &str| FollowupError::PolicyField { file: file.into(), field: field.into(), problem: problem.into() };
        if editions.is_empty() {
            return Err(wrong("edition", "there has to be one at least"));
        }
        for line in editions.iter().flat_map(|edition| &edition.points) {
            if line.factor.counts_days() != line.within_days.is_some() {
                return Err(wrong("within_days", "`verified`, `answered` and `recent` need it, no other factor has it"));
            }
            if line.factor.counts_things() != line.at_least.is_some() {
                return Err(wrong("at_least", "`silent` and `relatives` need it, no other factor has it"));
            }
        }
        if editions.iter().any(|edition| edition.low_below > edition.high_from) {
            return Err(wrong("low_below", "it lies above high_from"));
        }
        Ok(Self(editions))
    }

    /// The list the program ships.
    pub fn shipped() -> Self {
        Self::from_toml("readiness.toml", include_str!("../../rules/readiness.toml")).expect("the shipped list is read by a test")
    }

    /// The edition in force on a day; before the first one, the first.
    pub fn on(&self, day: NaiveDate) -> &Edition {
        let at = self.0.partition_point(|edition| edition.valid_from <= day).saturating_sub(1);
        &self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shipped() -> Edition {
        Editions::shipped().on(day("2026-11-27")).clone()
    }

    #[test]
    fn a_number_is_the_sum_of_its_reasons_and_of_one_factor_the_first_line_counts() {
        let today = day("2026-11-27");
        let best = Known {
            verified_on: Some(day("2026-10-01")),
            answered_on: Some(day("2026-10-01")),
            silent: 0,
            relatives: 3,
            mail_confirmed: true,
            blood: true,
            on_file_since: Some(day("2024-01-01")),
        };
        let found = shipped().judge(&best, today);
        assert_eq!(found.points, found.reasons.iter().map(|line| line.points).sum::<i32>());
        assert_eq!((found.points, found.band), (shipped().most(), Band::High), "{found:?}");
        for factor in Factor::ALL {
            assert!(found.reasons.iter().filter(|line| line.factor == factor).count() <= 1, "{factor:?}");
        }
        let nobody = shipped().judge(&Known::default(), today);
        assert_eq!((nobody.points, nobody.band, nobody.reasons.len()), (0, Band::Low, 0));
    }

    #[test]
    fn an_older_confirmation_is_worth_less_and_a_coming_one_nothing() {
        let points = |on: &str| shipped().judge(&Known { verified_on: Some(day(on)), ..Known::default() }, day("2026-11-27")).points;
        assert_eq!([points("2026-11-27"), points("2026-03-01"), points("2025-06-01"), points("2020-01-01")], [4, 3, 1, 0]);
        assert_eq!(points("2026-11-28"), 0, "a day to come confirms nothing");
    }

    #[test]
    fn silence_lowers_the_number_and_an_answer_ends_it() {
        let points = |silent| shipped().judge(&Known { silent, ..Known::default() }, day("2026-11-27")).points;
        assert_eq!([points(0), points(1), points(2), points(3), points(9)], [0, -1, -1, -2, -2]);
    }

    #[test]
    fn the_edition_of_the_day_is_used_and_a_wrong_one_is_named() {
        let edition = |name: &str, from: &str, line: &str| {
            format!(
                "[[edition]]\nname = \"{name}\"\nvalid_from = {from}\ncalls = \"lowest-first\"\nlow_below = 1\nhigh_from = 2\nsource = \"x\"\n[[edition.points]]\n{line}\n"
            )
        };
        let text = edition("later", "2027-01-01", "factor = \"mail\"\npoints = 1")
            + &edition("first", "2021-01-01", "factor = \"blood\"\npoints = 1");
        let editions = Editions::from_toml("f", &text).unwrap();
        assert_eq!((editions.on(day("2026-12-31")).name.as_str(), editions.on(day("2027-01-01")).name.as_str()), ("first", "later"));
        for line in [
            "factor = \"verified\"\npoints = 1",
            "factor = \"silent\"\npoints = 1",
            "factor = \"mail\"\nwithin_days = 3\npoints = 1",
            "factor = \"sex\"\npoints = 1",
        ] {
            let refused = Editions::from_toml("own.toml", &edition("x", "2021-01-01", line)).unwrap_err().to_string();
            assert!(refused.starts_with("own.toml"), "{refused}");
        }
        assert!(Editions::from_toml("f", "edition = []").is_err());
    }
}
