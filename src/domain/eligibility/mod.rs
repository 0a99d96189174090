//! Who may give blood from which day on: rules as dated data, judged for one donor.
//!
//! Rule sets are files (`rules/eligibility/*.toml`, or an administrator's edition of one); [`RuleSets`] chooses the one in force on the day
//! being judged. [`next`] answers the first day on which a donor may give, the set that says so, and each reason with its clause. What a blood
//! station measures and decides on the day is not judged here: the registry tells when to come, the station whether.

mod history;
mod judge;
mod read;
mod sets;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::person::Sex;
use super::span::Span;

pub use history::{Deferral, Deferred, Donation, Group, HealthFact, History, SourceOf};
pub use judge::{Donor, Reason, Verdict, When, Why, again, next};
pub use read::RuleFlaw;
pub use sets::RuleSets;

/// What is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DonationKind {
    /// 全血
    WholeBlood,
    /// 单采血小板, with or without plasma
    Platelets,
}

impl DonationKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::WholeBlood, Self::Platelets];

    /// The word in rule files, forms and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::WholeBlood => "whole-blood",
            Self::Platelets => "platelets",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How surely a value is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Read in the source, or in one that quotes it.
    Stated,
    /// General knowledge with the source's number: to be checked by a person before it is shown as law.
    Known,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cite {
    /// The rule set that says it, which may be one that the set in force amends.
    pub set: Arc<str>,
    /// The clause.
    pub clause: String,
    /// How surely.
    pub basis: Basis,
}

/// Whom an age rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Donors {
    /// Who gives for the first time.
    First,
    /// Who has given before.
    Repeat,
}

/// From which age to which, in completed years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeRule {
    /// For whom.
    pub of: Donors,
    /// The youngest.
    pub min: u32,
    /// The oldest, that year of life included; none where there is no upper age.
    pub max: Option<u32>,
    /// Whether a physician may let somebody older give.
    pub by_physician: bool,
    /// Its clause.
    pub cite: Cite,
}

/// What has to pass between two donations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntervalRule {
    /// What was given.
    pub after: DonationKind,
    /// What is to be given.
    pub before: DonationKind,
    /// How long; months are calendar months.
    pub span: Span,
    /// The least that a physician may allow in a special case: shown, never counted with.
    pub by_physician: Option<Span>,
    /// Its clause.
    pub cite: Cite,
}

/// How much in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many donations.
    Donations(u32),
    /// So many millilitres: reached or passed, nothing more is taken.
    Millilitres(u32),
}

/// What a year is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Any 365 days.
    #[serde(rename = "rolling-365-days")]
    Rolling,
    /// From January to December.
    CalendarYear,
}

/// A yearly cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapRule {
    /// Of what.
    pub kind: DonationKind,
    /// For one sex only; where the donor's is not known, both caps count.
    pub sex: Option<Sex>,
    /// How much.
    pub limit: Limit,
    /// In what.
    pub window: Window,
    /// Its clause.
    pub cite: Cite,
}

/// What may be given at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeRule {
    /// Of what.
    pub kind: DonationKind,
    /// Millilitres to choose from.
    pub millilitres: Vec<u32>,
    /// Treatment units to choose from.
    pub units: Vec<u32>,
    /// Its clause.
    pub cite: Cite,
}

/// What the station measures: told, never judged or stored here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationRule {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Its clause.
    pub cite: Cite,
}

/// How long somebody waits after something: for working out the last day of a deferral, which is all that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeferralRule {
    /// After what, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How long from its end.
    pub span: Span,
    /// Its clause.
    pub cite: Cite,
}

/// A rule set: one edition of what a standard or law says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Its stable id, e.g. `gb-18467-2011`.
    pub id: Arc<str>,
    /// Its name in Chinese.
    pub title: String,
    /// In English.
    pub title_en: String,
    /// Where it was published.
    pub source: String,
    /// From which day it is in force; none for one that is not.
    pub valid_from: Option<NaiveDate>,
    /// The set whose values hold where this one says nothing.
    pub amends: Option<String>,
    /// Ages.
    pub ages: Vec<AgeRule>,
    /// Intervals.
    pub intervals: Vec<IntervalRule>,
    /// Caps.
    pub caps: Vec<CapRule>,
    /// Volumes.
    pub volumes: Vec<VolumeRule>,
    /// What the station measures.
    pub station: Vec<StationRule>,
    /// Temporary deferrals.
    pub deferrals: Vec<DeferralRule>,
}
