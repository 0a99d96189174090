//! The follow-up policy: dated rules as data.
//!
//! A policy file is one edition with a `valid_from`; an occurrence is judged by the edition in force on its day.
//! The cadence and its sources: `rules/followup.toml`.

mod diff;
mod fields;
mod read;

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::error::FollowupError;
use super::kind::{Channel, Kind};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::urgent::Holiday;

pub use crate::domain::span::Span;
pub use diff::{Change, diff};

/// The stable id of a rule, e.g. `contact-check`. Part of the key (rule, person, occurrence) under which a contact exists once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// The longest id taken in, in characters.
    pub const MAX: usize = 60;

    /// Reads an id: lower-case letters, digits and dashes.
    pub fn parse(text: &str) -> Option<Self> {
        let fits =
            !text.is_empty() && text.len() <= Self::MAX && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(text.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// From which day of a registrant's history a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The day of registration as told, else the day it was recorded.
    Registered,
    /// 入库: the day the sample was accepted.
    Enrolled,
    /// The day the contact data were last verified, else as [`Anchor::Registered`].
    Verified,
    /// The date of birth.
    Born,
    /// The last blood donation.
    LastDonation,
    /// The first day on which blood may be given again: the interval after the last donation and every known deferral over.
    Eligible,
    /// The end of a deferral.
    DeferralEnd,
    /// The day a deferral was recorded.
    Deferred,
    /// The day stem cells were donated.
    Donated,
    /// The next drive in a shift of which the person has a place.
    Drive,
    /// In a match: the agreement, or the last check after it, until the work-up is ordered.
    MatchAgreed,
    /// In a match: the order of the work-up, or the last check after it, until the collection.
    WorkUp,
    /// Since when the registrant says that the family does not know.
    FamilyUnaware,
    /// A fixed day of every year, from the registration on.
    Yearly {
        /// Month, 1-12.
        month: u32,
        /// Day of the month.
        day: u32,
    },
}

/// For whom among the registrants of its registries and statuses a rule is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Only {
    /// Age in completed years on the occurrence, at least. Unknown ages do not meet it.
    pub age_from: Option<u32>,
    /// Age in completed years on the occurrence, below. Unknown ages meet it.
    pub age_below: Option<u32>,
    /// Registered here, not imported from a sheet.
    pub own: bool,
    /// Has a mail address that nobody has verified.
    pub unverified_mail: bool,
    /// Has given blood once at most.
    pub first_time: bool,
    /// Goes to school.
    pub student: bool,
    /// Has not said whether the family knows.
    pub family_unanswered: bool,
}

impl Anchor {
    /// Whether most people have no such day, so that its absence is no reason worth telling.
    pub const fn is_event(self) -> bool {
        matches!(self, Self::MatchAgreed | Self::WorkUp | Self::FamilyUnaware)
    }

    /// Whether the donor was asked and answered by staff: a first contact that somebody has yet to confirm holds nothing up.
    pub const fn in_a_match(self) -> bool {
        matches!(self, Self::MatchAgreed | Self::WorkUp)
    }
}

/// Days given to each rung but the mail before the next one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// After the last call that came to nothing.
    pub phone: u32,
    /// For a result of a message handed off, and after it for an answer.
    pub hand_off: u32,
    /// For an answer to a letter.
    pub letter: u32,
}

impl Default for Waits {
    /// A call that came to nothing gives way on the next day; a message has a week, a letter a month.
    fn default() -> Self {
        Self { phone: 1, hand_off: 7, letter: 30 }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// In which registries.
    pub registries: Vec<Registry>,
    /// In which statuses: those that may be contacted, and for stem cells `donated`.
    pub statuses: Vec<EnrolmentStatus>,
    /// Once a person over all its registries, instead of once in each.
    pub per_person: bool,
    /// Counted from.
    pub anchor: Anchor,
    /// The first occurrence lies this long after the anchor.
    pub offset: Span,
    /// Further occurrences follow at this distance.
    pub repeat: Option<Span>,
    /// No occurrence lies later than this after the anchor.
    pub until: Option<Span>,
    /// Further conditions.
    pub only: Only,
    /// Mails leave between these local times only, first included, second not; a mail that found none for two days leaves at any allowed
    /// hour, so that a branch that sends in the morning only loses none.
    pub window: Option<(NaiveTime, NaiveTime)>,
    /// Channels in the order in which they are tried.
    pub ladder: Vec<Channel>,
    /// Days without an answer after which the next channel is tried.
    pub escalate_after_days: Option<u32>,
    /// Days given to the other rungs.
    pub wait: Waits,
    /// What it is about.
    pub kind: Kind,
    /// A second copy would hurt: never retried by the program itself, sent to verified addresses only.
    pub sensitive: bool,
    /// Exempt from the spacing limit.
    pub urgent: bool,
    /// An occurrence missed by no more than this is still planned, due at once.
    pub catch_up: Span,
    /// No second contact of the same kind within this distance.
    pub spacing: Span,
}

/// What nobody may be contacted against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Local time from which nothing is sent.
    pub quiet_from: NaiveTime,
    /// Local time until which nothing is sent.
    pub quiet_until: NaiveTime,
    /// Days that lie between two contacts that are not urgent, over all registries.
    pub min_days_between: u32,
    /// Days on which nobody is contacted: those a policy names, e.g. 清明, and the days off of the holidays it names.
    pub closed_days: Vec<NaiveDate>,
    /// Those holidays.
    pub closed_holidays: Vec<Holiday>,
    /// Days given to each rung where a rule names none of its own.
    pub wait: Waits,
    /// Months between two donations of whole blood (GB 18467-2011: six calendar months).
    pub donation_interval: Span,
    /// So long after the last donation nobody is invited to give blood any more; none: invitations never end.
    pub inactive_after: Option<Span>,
}

/// One edition of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The first day it holds.
    pub valid_from: NaiveDate,
    /// Limits over all rules.
    pub limits: Limits,
    /// The rules, in the order of the file: where two fall on one day, the earlier one comes first.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// Reads one edition. `file` names it in errors.
    ///
    /// # Errors
    /// [`FollowupError::PolicySyntax`], [`FollowupError::PolicyField`] or [`FollowupError::PolicyRule`], naming rule and field.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FollowupError> {
        read::policy(file, text)
    }

    /// The rule of an id.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == *id)
    }
}

/// All editions, earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies(Vec<Policy>);

impl Policies {
    /// Puts editions in order.
    ///
    /// # Errors
    /// [`FollowupError::PolicyField`] where two editions begin on the same day or there is none.
    pub fn of(mut editions: Vec<Policy>) -> Result<Self, FollowupError> {
        editions.sort_by_key(|p| p.valid_from);
        let twice = editions.windows(2).any(|pair| matches!(pair, [a, b] if a.valid_from == b.valid_from));
        if twice || editions.is_empty() {
            let problem = if twice { "two editions begin on the same day" } else { "there is no edition" };
            return Err(FollowupError::PolicyField {
                file: "follow-up policy".into(),
                field: "valid_from".into(),
                problem: problem.into(),
            });
        }
        Ok(Self(editions))
    }

    /// The policy shipped with the program.
    pub fn shipped() -> Self {
        let policy = Policy::from_toml("rules/followup.toml", include_str!("../../../rules/followup.toml"))
            .expect("the shipped policy is read by a test");
        Self(vec![policy])
    }

    /// These editions and an office's own; one that begins on the day of an earlier one takes its place.
    ///
    /// # Errors
    /// As [`Policies::of`].
    pub fn with(self, own: Vec<Policy>) -> Result<Self, FollowupError> {
        let kept = self.0.into_iter().filter(|p| own.iter().all(|o| o.valid_from != p.valid_from)).collect::<Vec<_>>();
        Self::of(kept.into_iter().chain(own).collect())
    }

    /// The edition that comes after the one of a day.
    pub fn after(&self, day: NaiveDate) -> Option<&Policy> {
        self.0.iter().find(|p| p.valid_from > day)
    }

    /// The editions that have begun by a day, as if none followed: what would be planned without the change to come.
    ///
    /// # Errors
    /// [`FollowupError::NoPolicy`] before the first edition.
    pub fn up_to(&self, day: NaiveDate) -> Result<Self, FollowupError> {
        let begun: Vec<Policy> = self.0.iter().filter(|p| p.valid_from <= day).cloned().collect();
        if begun.is_empty() { Err(FollowupError::NoPolicy { day }) } else { Ok(Self(begun)) }
    }

    /// The edition in force on a day.
    ///
    /// # Errors
    /// [`FollowupError::NoPolicy`] before the first edition.
    pub fn on(&self, day: NaiveDate) -> Result<&Policy, FollowupError> {
        self.0.iter().rev().find(|p| p.valid_from <= day).ok_or(FollowupError::NoPolicy { day })
    }

    /// Every edition with the last day it holds.
    pub fn editions(&self) -> impl Iterator<Item = (&Policy, NaiveDate)> {
        let ends = self.0.iter().skip(1).map(|p| p.valid_from.pred_opt().unwrap_or(NaiveDate::MIN)).chain(std::iter::once(NaiveDate::MAX));
        self.0.iter().zip(ends)
    }
}

#[cfg(test)]
mod tests;
