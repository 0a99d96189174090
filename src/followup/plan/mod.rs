//! The planner: people and rules in, due contacts and the reasons for every contact not planned out. Pure and deterministic.
//!
//! - An exited, undecided or suppressed registrant is planned nothing, and the reason is recorded.
//! - A contact exists once under (rule, person, occurrence); the occurrence is the day the rule names, the due day may be later (spacing, closed days).
//! - No address never means "not due": the next rung of the ladder, any other channel, or the task to find one.
//! - Who wants no calls is written to; what only a call would speak of becomes a neutral check of the contact, once, and then a person decides.
//! - Imported people are planned too, but `held` until their first contact was confirmed.
//! - A longer period only adds contacts: what a shorter one planned stays as it is.

mod distance;
mod event;
mod giving;
mod ladder;
mod occurrence;
mod person;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::kind::{Channel, Kind};
use super::policy::{Policies, RuleId};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::match_request::Watch;
use crate::domain::person::BirthDate;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::told::FamilyTold;

pub use crate::domain::fact::Channel as Origin;
pub use distance::free_day;
pub use ladder::{escalate, first, next, up_to};

/// Whether a mail can be sent to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum MailReach {
    /// No address, or every address is suppressed (bounced, unsubscribed, not theirs).
    #[default]
    None,
    /// An address that nobody verified.
    Unverified,
    /// An address the registrant confirmed.
    Verified,
}

/// By which channels somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// By mail.
    pub mail: MailReach,
    /// By a phone number that is not suppressed.
    pub phone: bool,
    /// By a mobile number that is not suppressed, and so by a short message.
    pub mobile: bool,
    /// By an address that a letter finds.
    pub address: bool,
    /// Wants no calls: nobody looks for another number, they are written to, and where nothing is left a person decides.
    pub no_calls: bool,
}

/// The first day on which a donor may give again, as the dated rules of eligibility say. In the order of what bars longer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum FirstDay {
    /// Nobody judged it: the policy's own interval after the last donation, and the deferral.
    #[default]
    ByInterval,
    /// This day.
    On(NaiveDate),
    /// Not any more: over the age, or deferred for good.
    Never,
}

/// Days of a registrant's history that rules count from. Opaque in `Debug`: some of them tell of birth and health.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Anchors {
    /// 入库.
    pub enrolled_on: Option<NaiveDate>,
    /// Contact data last verified by the registrant.
    pub verified_on: Option<NaiveDate>,
    /// Date or year of birth.
    pub birth: Option<BirthDate>,
    /// Last blood donation.
    pub last_donation: Option<NaiveDate>,
    /// Number of blood donations known.
    pub donations: Option<u32>,
    /// From when blood may be given again.
    pub eligible: FirstDay,
    /// Deferred until this day.
    pub deferred_until: Option<NaiveDate>,
    /// The day the deferral was recorded.
    pub deferred_on: Option<NaiveDate>,
    /// Stem cells were donated on this day.
    pub donated_on: Option<NaiveDate>,
    /// The next drive in a shift of which the person has a place, after today.
    pub next_drive: Option<NaiveDate>,
    /// In a match: how closely the donor is watched, and the day of its beginning or of the last check after it.
    pub watched: Option<(Watch, NaiveDate)>,
    /// Whether the family knows, as told last about the registry, and since when.
    pub family: Option<(FamilyTold, NaiveDate)>,
    /// Goes to school.
    pub student: bool,
    /// Asked not to be contacted before this day.
    pub paused_until: Option<NaiveDate>,
}

impl Anchors {
    /// What two registrations of one person tell together: the earliest enrolment, the latest of everything else, the most precise birth date.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let birth = match (self.birth, other.birth) {
            (Some(BirthDate::Year(_)) | None, Some(birth)) => Some(birth),
            (birth, _) => birth,
        };
        Self {
            enrolled_on: [self.enrolled_on, other.enrolled_on].into_iter().flatten().min(),
            verified_on: self.verified_on.max(other.verified_on),
            birth,
            last_donation: self.last_donation.max(other.last_donation),
            donations: self.donations.max(other.donations),
            eligible: self.eligible.max(other.eligible),
            deferred_until: self.deferred_until.max(other.deferred_until),
            deferred_on: self.deferred_on.max(other.deferred_on),
            donated_on: self.donated_on.max(other.donated_on),
            next_drive: [self.next_drive, other.next_drive].into_iter().flatten().min(),
            watched: event::later_watch(self.watched, other.watched),
            family: FamilyTold::later(self.family, other.family),
            student: self.student || other.student,
            paused_until: self.paused_until.max(other.paused_until),
        }
    }
}

impl std::fmt::Debug for Anchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Anchors(..)")
    }
}

/// One subject's standing in one registry, as the planner sees it. A person may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSubject {
    /// Whose.
    pub person: PersonId,
    /// The subject whose sealed contact data the channel comes from.
    pub subject: SubjectId,
    /// In which registry.
    pub registry: Registry,
    /// Standing.
    pub status: EnrolmentStatus,
    /// Since when it holds; unknown: since it was recorded.
    pub status_since: Option<NaiveDate>,
    /// The day of registration as told.
    pub registered_on: Option<NaiveDate>,
    /// The day it was recorded here.
    pub recorded_on: NaiveDate,
    /// How the registration came in.
    pub origin: Origin,
    /// Whether the first contact of this imported registration was confirmed (发起首次联系). Without meaning for others.
    pub first_contact_released: bool,
    /// Channels.
    pub reach: Reach,
    /// Days that rules count from.
    pub anchors: Anchors,
    /// The last contact of each kind, sent or made.
    pub contacted: Vec<(Kind, NaiveDate)>,
    /// Refused further contact, or said "this is not me": nothing is planned for the person.
    pub suppressed: bool,
}

/// A contact to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// By which rule.
    pub rule: RuleId,
    /// With whom.
    pub person: PersonId,
    /// From whose sealed contact data.
    pub subject: SubjectId,
    /// About which registry.
    pub registry: Registry,
    /// The day the rule names; part of the unique key.
    pub occurrence: NaiveDate,
    /// The first day on which it may be made.
    pub due_on: NaiveDate,
    /// By which channel.
    pub channel: Channel,
    /// About what.
    pub kind: Kind,
    /// Never to be made twice, not even when in doubt.
    pub sensitive: bool,
    /// Exempt from the spacing limit.
    pub urgent: bool,
    /// Not to be made before the first contact is confirmed.
    pub held: bool,
}

/// Why a contact is not planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Left the registry.
    Exited(ExitReason),
    /// The sheet's status was blank or unreadable; a registrar decides first.
    Undecided,
    /// Refused further contact.
    Suppressed,
    /// The rule counts from a day that is not known of this person.
    AnchorUnknown,
    /// A condition of the rule is not met.
    ConditionNotMet,
    /// A contact of the same kind lies too near.
    Covered,
    /// It speaks of giving blood, and the person may not give any more.
    NotEligible,
    /// It invites to give blood, and the last donation lies too long ago.
    Inactive,
    /// No channel: the task to find one is planned already.
    NoChannel,
    /// Asked not to be contacted before a later day.
    AskedLater,
}

impl Reason {
    /// The word used in files and locale keys; the reason of an exit is told beside it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Exited(_) => "exited",
            Self::Undecided => "undecided",
            Self::Suppressed => "suppressed",
            Self::AnchorUnknown => "anchor-unknown",
            Self::ConditionNotMet => "condition-not-met",
            Self::Covered => "covered",
            Self::NotEligible => "not-eligible",
            Self::Inactive => "inactive",
            Self::NoChannel => "no-channel",
            Self::AskedLater => ASKED_LATER,
        }
    }
}

/// The word of what is not done because somebody asked to be contacted later.
pub const ASKED_LATER: &str = "asked-later";

/// A contact that is not planned, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPlanned {
    /// With whom.
    pub person: PersonId,
    /// About which registry.
    pub registry: Registry,
    /// By which rule; none: by any.
    pub rule: Option<RuleId>,
    /// On which day; none: on any.
    pub occurrence: Option<NaiveDate>,
    /// Why.
    pub reason: Reason,
}

/// What was planned and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Contacts, ordered by due day, person and rule.
    pub planned: Vec<Planned>,
    /// Contacts that are not planned, ordered by person.
    pub not_planned: Vec<NotPlanned>,
    /// The first day of which it plans what was missed, by rule: an earlier occurrence is neither planned nor spoken against.
    pub looks_from: BTreeMap<RuleId, NaiveDate>,
}

impl Plan {
    /// How many contacts go by each channel, and how many people that reaches.
    pub fn reach(&self) -> BTreeMap<Channel, ChannelReach> {
        let mut people: BTreeMap<Channel, BTreeSet<PersonId>> = BTreeMap::new();
        let mut reach: BTreeMap<Channel, ChannelReach> = BTreeMap::new();
        for planned in &self.planned {
            let of_channel = reach.entry(planned.channel).or_default();
            of_channel.contacts += 1;
            of_channel.held += usize::from(planned.held);
            of_channel.people += usize::from(people.entry(planned.channel).or_default().insert(planned.person));
        }
        reach
    }
}

/// The reach of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelReach {
    /// Contacts planned.
    pub contacts: usize,
    /// Of these, held until the first contact is confirmed.
    pub held: usize,
    /// Different people.
    pub people: usize,
}

/// Plans every contact whose occurrence lies in `from..=until`, and those missed before `from` that their rule still catches up.
///
/// The due day of a contact may lie after `until`. Subjects of one person are judged together, in any order.
pub fn plan(policies: &Policies, subjects: &[PlanSubject], from: NaiveDate, until: NaiveDate) -> Plan {
    let mut order: Vec<&PlanSubject> = subjects.iter().collect();
    order.sort_by_key(|s| (s.person, s.registry, s.subject));
    let mut plan = Plan::default();
    for rule in policies.editions().flat_map(|(edition, _)| &edition.rules) {
        let first = rule.catch_up.before(from).unwrap_or(from);
        let looks_from = plan.looks_from.entry(rule.id.clone()).or_insert(first);
        *looks_from = first.min(*looks_from);
    }
    for members in order.chunk_by(|a, b| a.person == b.person) {
        person::plan_person(policies, members, from, until, &mut plan);
    }
    plan.planned.sort_by(|a, b| (a.due_on, a.person, &a.rule, a.occurrence).cmp(&(b.due_on, b.person, &b.rule, b.occurrence)));
    plan
}

/// Whether a rule still names a day of a person whose subjects are given, however long ago it was and whatever was missed.
pub fn still_names(policies: &Policies, subjects: &[&PlanSubject], rule: &str, day: NaiveDate) -> bool {
    let mut order = subjects.to_vec();
    order.sort_by_key(|s| (s.registry, s.subject));
    person::names(policies, &order, rule, day)
}

#[cfg(test)]
mod tests;
