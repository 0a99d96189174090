//! One person: all subjects and registries judged together.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::distance::free_day;
use super::event::event_day;
use super::giving::{days_of, inactive, overtaken};
use super::{Anchors, MailReach, NotPlanned, Origin, Plan, PlanSubject, Planned, Reach, Reason, ladder};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::person::BirthDate;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::completed_years;
use crate::domain::told::FamilyTold;
use crate::followup::kind::{Channel, Kind};
use crate::followup::policy::{Anchor, Limits, Policies, Policy, Rule, RuleId};

/// A person's standing in one registry, over all the person's subjects there.
#[derive(Clone)]
struct Standing {
    registry: Registry,
    statuses: Vec<EnrolmentStatus>,
    registered: NaiveDate,
    anchors: Anchors,
    own: bool,
    held: bool,
}

/// What holds for the person as a whole.
struct Whole {
    person: PersonId,
    mail_subject: SubjectId,
    phone_subject: SubjectId,
    mobile_subject: SubjectId,
    address_subject: SubjectId,
    reach: Reach,
}

struct Candidate<'a> {
    rule: &'a Rule,
    rank: usize,
    registry: Registry,
    occurrence: NaiveDate,
    held: bool,
}

pub(super) fn plan_person(policies: &Policies, members: &[&PlanSubject], from: NaiveDate, until: NaiveDate, plan: &mut Plan) {
    let Some((whole, standings, active)) = stand_of(members, plan) else { return };
    let mut candidates = Vec::new();
    for (edition, (policy, last_day)) in policies.editions().enumerate() {
        for (place, rule) in policy.rules.iter().enumerate() {
            let rank = edition * 10_000 + place;
            gather(policy, rule, rank, last_day, &standings, &whole, (from, until), &mut candidates, plan);
        }
    }
    candidates.sort_by_key(|c| (c.occurrence.max(from), c.rank, c.occurrence, c.registry));
    settle(policies, candidates, &whole, &active, from, plan);
}

/// Whether a rule names a day of a person, however long it is past; what was said or made since is not asked here.
pub(super) fn names(policies: &Policies, members: &[&PlanSubject], id: &str, day: NaiveDate) -> bool {
    let mut unheard = Plan::default();
    let Some((whole, standings, _)) = stand_of(members, &mut unheard) else { return false };
    let mut candidates = Vec::new();
    for (policy, last_day) in policies.editions() {
        for rule in policy.rules.iter().filter(|rule| rule.id.as_str() == id) {
            gather(policy, rule, 0, last_day, &standings, &whole, (day, day), &mut candidates, &mut unheard);
        }
    }
    candidates.iter().any(|candidate| candidate.occurrence == day)
}

/// Where a person stands, by whom they are reached, and the subjects that stay; none, with the reasons, where they stand nowhere.
fn stand_of<'a>(members: &[&'a PlanSubject], plan: &mut Plan) -> Option<(Whole, Vec<Standing>, Vec<&'a PlanSubject>)> {
    let first = members.first()?;
    let mut standings = Vec::new();
    let mut active = Vec::new();
    for of_registry in members.chunk_by(|a, b| a.registry == b.registry) {
        let Some(registry) = of_registry.first().map(|m| m.registry) else { continue };
        match person_wide_stop(members).map_or_else(|| stays(of_registry), Err) {
            Ok(staying) => {
                standings.push(standing(registry, &staying));
                active.extend(staying);
            }
            Err(reason) => plan.not_planned.push(NotPlanned { person: first.person, registry, rule: None, occurrence: None, reason }),
        }
    }
    let whole = whole(first.person, &active)?;
    share_person_wide(&mut standings);
    Some((whole, standings, active))
}

/// What stops every contact with a person, whatever the registry.
fn person_wide_stop(members: &[&PlanSubject]) -> Option<Reason> {
    let gone = members.iter().find_map(|m| match m.status {
        EnrolmentStatus::Exited(reason) if reason == ExitReason::Erased || m.status.tells_of_death(m.registry) => {
            Some(Reason::Exited(reason))
        }
        _ => None,
    });
    gone.or_else(|| members.iter().any(|m| m.suppressed).then_some(Reason::Suppressed))
}

/// The subjects by which a person stands in a registry and may be contacted, or why not.
///
/// An exit ends every registration dated on or before it; an undecided row stops the registry until a registrar decides.
fn stays<'a>(members: &[&'a PlanSubject]) -> Result<Vec<&'a PlanSubject>, Reason> {
    if members.iter().any(|m| m.status == EnrolmentStatus::Undecided) {
        return Err(Reason::Undecided);
    }
    let left = members
        .iter()
        .filter_map(|m| match m.status {
            EnrolmentStatus::Exited(ExitReason::Duplicate) => None,
            _ if m.status.may_follow_up(m.registry) => None,
            EnrolmentStatus::Exited(reason) => Some((m.status_since.unwrap_or(m.recorded_on), reason)),
            _ => None,
        })
        .max();
    let staying: Vec<&PlanSubject> =
        members.iter().copied().filter(|m| m.status.may_follow_up(m.registry) && left.is_none_or(|(day, _)| registered(m) > day)).collect();
    if staying.is_empty() { Err(Reason::Exited(left.map_or(ExitReason::Duplicate, |(_, reason)| reason))) } else { Ok(staying) }
}

fn registered(member: &PlanSubject) -> NaiveDate {
    member.registered_on.unwrap_or(member.recorded_on)
}

fn standing(registry: Registry, members: &[&PlanSubject]) -> Standing {
    let told = members.iter().filter_map(|m| m.registered_on).min();
    let recorded = members.iter().map(|m| m.recorded_on).min().unwrap_or(NaiveDate::MAX);
    Standing {
        registry,
        statuses: members.iter().map(|m| m.status).collect(),
        registered: told.unwrap_or(recorded),
        anchors: members.iter().fold(Anchors::default(), |all, m| all.with(m.anchors)),
        own: members.iter().any(|m| m.origin != Origin::Import),
        held: members.iter().all(|m| m.origin == Origin::Import && !m.first_contact_released),
    }
}

/// Contact data, birth and donations belong to the person: what one registry knows holds in all. 入库, a donation of stem cells and what the family
/// was told belong to their registry.
fn share_person_wide(standings: &mut [Standing]) {
    let all = standings.iter().fold(Anchors::default(), |all, s| all.with(s.anchors));
    for standing in standings {
        let Anchors { enrolled_on, donated_on, family, .. } = standing.anchors;
        standing.anchors = Anchors { enrolled_on, donated_on, family, ..all };
    }
}

/// The person's channels over all staying subjects; the subject with the best channel, the latest registration among equals.
fn whole(person: PersonId, active: &[&PlanSubject]) -> Option<Whole> {
    let by_mail = active.iter().max_by_key(|m| (m.reach.mail, registered(m), m.subject))?;
    let by_phone = active.iter().max_by_key(|m| (m.reach.phone, registered(m), m.subject))?;
    let by_mobile = active.iter().max_by_key(|m| (m.reach.mobile, registered(m), m.subject))?;
    let by_letter = active.iter().max_by_key(|m| (m.reach.address, registered(m), m.subject))?;
    let reach = Reach {
        mail: by_mail.reach.mail,
        phone: by_phone.reach.phone,
        mobile: by_mobile.reach.mobile,
        address: by_letter.reach.address,
        no_calls: !by_phone.reach.phone && active.iter().any(|m| m.reach.no_calls),
    };
    let (mail_subject, phone_subject) = (by_mail.subject, by_phone.subject);
    Some(Whole { person, mail_subject, phone_subject, mobile_subject: by_mobile.subject, address_subject: by_letter.subject, reach })
}

impl Whole {
    /// From whose contact data a contact by a channel is made.
    const fn subject(&self, channel: Channel) -> SubjectId {
        match channel {
            Channel::Mail => self.mail_subject,
            Channel::Phone | Channel::FindContact => self.phone_subject,
            Channel::HandOff => self.mobile_subject,
            Channel::Letter => self.address_subject,
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one rule met with one person: every argument is a different thing")]
fn gather<'a>(
    policy: &'a Policy,
    rule: &'a Rule,
    rank: usize,
    last_day: NaiveDate,
    standings: &[Standing],
    whole: &Whole,
    (from, until): (NaiveDate, NaiveDate),
    candidates: &mut Vec<Candidate<'a>>,
    plan: &mut Plan,
) {
    let earliest = rule.catch_up.before(from).unwrap_or(from).max(policy.valid_from);
    if policy.valid_from > until || last_day < earliest {
        return;
    }
    let matching =
        standings.iter().filter(|s| rule.registries.contains(&s.registry) && s.statuses.iter().any(|t| rule.statuses.contains(t)));
    let targets: Vec<Standing> = if rule.per_person { one_of(matching).into_iter().collect() } else { matching.cloned().collect() };
    for target in targets {
        let mut refuse = |reason| {
            plan.not_planned.push(NotPlanned {
                person: whole.person,
                registry: target.registry,
                rule: Some(rule.id.clone()),
                occurrence: None,
                reason,
            });
        };
        let only = &rule.only;
        let first_time = target.anchors.donations.is_none_or(|n| n <= 1);
        if (only.own && !target.own)
            || (only.unverified_mail && whole.reach.mail != MailReach::Unverified)
            || (only.first_time && !first_time)
            || (only.student && !target.anchors.student)
            || (only.family_unanswered && target.anchors.family.is_some())
        {
            refuse(Reason::ConditionNotMet);
            continue;
        }
        let interval = policy.limits.donation_interval;
        if rule.kind.looks_ahead_to_giving() && target.anchors.may_give_from(interval) == Some(NaiveDate::MAX) {
            refuse(Reason::NotEligible);
            continue;
        }
        if overtaken(rule, &target.anchors) {
            refuse(Reason::ConditionNotMet);
            continue;
        }
        let Some(anchor) = anchor_day(rule, &policy.limits, &target) else {
            if rule.anchor.is_event() {
                continue;
            }
            refuse(Reason::AnchorUnknown);
            continue;
        };
        let first_day = target.anchors.may_give_from(interval).filter(|_| rule.kind.invites_to_give());
        let mut days = days_of(rule, anchor, target.registered, first_day, (earliest, until.min(last_day)));
        let named = days.len();
        days.retain(|day| !inactive(rule, &policy.limits, &target.anchors, *day));
        if days.is_empty() && named > 0 {
            refuse(Reason::Inactive);
        }
        // Of what was missed, only the latest is caught up: nobody gets the reminders of a year at once.
        let missed = days.iter().filter(|d| **d < from).count();
        let days: Vec<NaiveDate> = days.into_iter().skip(missed.saturating_sub(1)).collect();
        let fitting: Vec<NaiveDate> = days.iter().copied().filter(|d| age_fits(rule, target.anchors.birth, *d)).collect();
        if fitting.is_empty() && !days.is_empty() {
            refuse(Reason::ConditionNotMet);
        }
        let (registry, held) = (target.registry, target.held && !rule.anchor.in_a_match());
        candidates.extend(fitting.into_iter().map(|occurrence| Candidate { rule, rank, registry, occurrence, held }));
    }
}

/// One standing for a rule that counts once a person: the earliest registration; held only where every registry is.
fn one_of<'a>(matching: impl Iterator<Item = &'a Standing>) -> Option<Standing> {
    matching.cloned().reduce(|mut a, b| {
        if b.registered < a.registered {
            (a.registered, a.registry) = (b.registered, b.registry);
        }
        a.anchors.family = FamilyTold::later(a.anchors.family, b.anchors.family);
        a.own |= b.own;
        a.held &= b.held;
        a
    })
}

fn anchor_day(rule: &Rule, limits: &Limits, standing: &Standing) -> Option<NaiveDate> {
    let anchors = &standing.anchors;
    match rule.anchor {
        Anchor::Registered | Anchor::Yearly { .. } => Some(standing.registered),
        Anchor::Verified => Some(anchors.verified_on.map_or(standing.registered, |v| v.max(standing.registered))),
        Anchor::Enrolled => anchors.enrolled_on,
        Anchor::Born => anchors.birth.and_then(BirthDate::day),
        Anchor::LastDonation => anchors.last_donation,
        // Who has never given is asked to by other rules than that of the interval.
        Anchor::Eligible => anchors.last_donation.and_then(|_| anchors.may_give_from(limits.donation_interval)),
        Anchor::DeferralEnd => anchors.deferred_until,
        Anchor::Deferred => anchors.deferred_on,
        Anchor::Donated => anchors.donated_on,
        Anchor::Drive => anchors.next_drive,
        Anchor::MatchAgreed | Anchor::WorkUp | Anchor::FamilyUnaware => event_day(rule.anchor, anchors),
    }
}

fn age_fits(rule: &Rule, birth: Option<BirthDate>, day: NaiveDate) -> bool {
    let born = birth.and_then(|b| match b {
        BirthDate::Day(day) => Some(day),
        // Of a known year the middle stands for the day.
        BirthDate::Year(year) => NaiveDate::from_ymd_opt(year, 7, 1),
    });
    let age = born.and_then(|b| completed_years(b, day));
    rule.only.age_from.is_none_or(|least| age.is_some_and(|a| a >= least))
        && rule.only.age_below.is_none_or(|most| age.is_none_or(|a| a < most))
}

/// Puts the candidates of a person in time, against the limits.
fn settle(policies: &Policies, candidates: Vec<Candidate<'_>>, whole: &Whole, active: &[&PlanSubject], from: NaiveDate, plan: &mut Plan) {
    let mut last_of_kind: BTreeMap<Kind, NaiveDate> = BTreeMap::new();
    for (kind, day) in active.iter().flat_map(|m| &m.contacted) {
        let last = last_of_kind.entry(*kind).or_insert(*day);
        *last = (*last).max(*day);
    }
    let mut last = last_of_kind.values().copied().max();
    let mut keys: HashSet<(&RuleId, NaiveDate)> = HashSet::new();
    let mut searching = false;
    for candidate in candidates {
        let Candidate { rule, registry, occurrence, held, .. } = candidate;
        let due = occurrence.max(from);
        let too_near = |last: NaiveDate| last >= occurrence || rule.spacing.after(last).is_some_and(|free| free > due);
        // Invitations to give blood say the same in other words: the first of them serves all.
        let same = |kind: Kind| kind == rule.kind || (kind.invites_to_give() && rule.kind.invites_to_give());
        let near = last_of_kind.iter().any(|(kind, last)| same(*kind) && too_near(*last));
        let channel = ladder::first(rule, whole.reach);
        let refusal = if near || !keys.insert((&rule.id, occurrence)) {
            Some(Reason::Covered)
        } else if channel == Channel::FindContact && searching && !rule.kind.cannot_rest() {
            Some(Reason::NoChannel)
        } else {
            None
        };
        if let Some(reason) = refusal {
            let rule = Some(rule.id.clone());
            plan.not_planned.push(NotPlanned { person: whole.person, registry, rule, occurrence: Some(occurrence), reason });
            continue;
        }
        let due_on = if rule.urgent { due } else { free_day(policies, last, due) };
        // "Not now, ask again on a day": care after a donation and what else cannot wait goes on.
        let paused = active.iter().filter_map(|m| m.anchors.paused_until).max();
        if !rule.urgent && paused.is_some_and(|until| due_on < until) {
            let rule = Some(rule.id.clone());
            plan.not_planned.push(NotPlanned {
                person: whole.person,
                registry,
                rule,
                occurrence: Some(occurrence),
                reason: Reason::AskedLater,
            });
            continue;
        }
        // A reminder of a drive is of no use once the drive has begun.
        let drive = active.iter().filter_map(|m| m.anchors.next_drive).min();
        if rule.anchor == Anchor::Drive && drive.is_none_or(|drive| due_on > drive) {
            let rule = Some(rule.id.clone());
            plan.not_planned.push(NotPlanned {
                person: whole.person,
                registry,
                rule,
                occurrence: Some(occurrence),
                reason: Reason::Covered,
            });
            continue;
        }
        last_of_kind.insert(rule.kind, due_on);
        if channel == Channel::FindContact {
            searching = true;
        } else {
            last = last.max(Some(due_on));
        }
        plan.planned.push(Planned {
            rule: rule.id.clone(),
            person: whole.person,
            subject: whole.subject(channel),
            registry,
            occurrence,
            due_on,
            channel,
            kind: rule.kind.by(channel),
            sensitive: rule.sensitive,
            urgent: rule.urgent,
            held,
        });
    }
}
