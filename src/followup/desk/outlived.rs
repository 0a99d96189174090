//! Calls in hand whose day is past what a plan still catches up: [`reconcile`](super::reconcile()) lets them go on, since the plan is silent about
//! them; whether they still say something is asked here.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::id::{PersonId, TaskId};
use crate::followup::kind::Kind;
use crate::followup::plan::{Plan, PlanSubject, Planned, Reason, still_names};
use crate::followup::policy::{Policies, RuleId};

use super::reconcile::{Changes, OpenTask};

/// Drops of the calls in hand that a plan is silent about those that do not apply any more: the rule does not name the day any longer - the
/// donation was struck, the drive is over - or a later contact of the same kind was made, or falls due no later than a call whose day was not
/// `agreed` with the person.
pub fn outlived(
    policies: &Policies,
    subjects: &[PlanSubject],
    open: &[OpenTask],
    agreed: &HashSet<TaskId>,
    plan: &Plan,
    changes: &mut Changes,
) {
    let dropped: HashSet<_> = changes.drop.iter().map(|(id, _)| *id).collect();
    let silent = |task: &&OpenTask| task.in_hand && !dropped.contains(&task.id) && past(plan, task);
    let waiting: Vec<&OpenTask> = open.iter().filter(silent).collect();
    if waiting.is_empty() {
        return;
    }
    let whose: HashSet<PersonId> = waiting.iter().map(|task| task.person).collect();
    let mut members: HashMap<PersonId, Vec<&PlanSubject>> = HashMap::new();
    for subject in subjects.iter().filter(|s| whose.contains(&s.person)) {
        members.entry(subject.person).or_default().push(subject);
    }
    let mut coming: HashMap<PersonId, Vec<&Planned>> = HashMap::new();
    for planned in plan.planned.iter().filter(|p| whose.contains(&p.person)) {
        coming.entry(planned.person).or_default().push(planned);
    }
    for task in waiting {
        let (Some(members), Some(kind)) = (members.get(&task.person), kind_of(policies, &task.rule, task.occurrence)) else { continue };
        let coming = coming.get(&task.person).filter(|_| !agreed.contains(&task.id)).map(Vec::as_slice).unwrap_or_default();
        if !still_names(policies, members, &task.rule, task.occurrence) {
            changes.drop.push((task.id, "anchor-changed"));
        } else if overtaken(task, kind, members, coming) {
            changes.drop.push((task.id, Reason::Covered.word()));
        }
    }
}

/// Whether the day of a contact is one that a plan is silent about.
fn past(plan: &Plan, task: &OpenTask) -> bool {
    RuleId::parse(&task.rule).and_then(|rule| plan.looks_from.get(&rule)).is_some_and(|first| task.occurrence < *first)
}

fn kind_of(policies: &Policies, rule: &str, day: NaiveDate) -> Option<Kind> {
    let id = RuleId::parse(rule)?;
    Some(policies.on(day).ok()?.rule(&id)?.kind)
}

/// Whether a later contact of the same kind takes the place of one in hand.
fn overtaken(task: &OpenTask, kind: Kind, members: &[&PlanSubject], coming: &[&Planned]) -> bool {
    // As the planner has it: invitations to give blood say the same in other words.
    let same = |other: Kind| other == kind || (other.invites_to_give() && kind.invites_to_give());
    let made = members.iter().flat_map(|m| &m.contacted).any(|(of, day)| same(*of) && *day >= task.occurrence);
    made || coming.iter().any(|p| same(p.kind) && p.occurrence > task.occurrence && p.due_on <= task.due_on)
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::SubjectId;
    use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
    use crate::followup::desk::reconcile;
    use crate::followup::plan::{Anchors, MailReach, Origin, Reach, plan};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn somebody(registry: Registry, status: EnrolmentStatus, anchors: Anchors) -> PlanSubject {
        PlanSubject {
            person: PersonId(Uuid::from_u128(1)),
            subject: SubjectId(Uuid::from_u128(2)),
            registry,
            status,
            status_since: Some(day("2024-01-10")),
            registered_on: Some(day("2024-01-10")),
            recorded_on: day("2024-01-10"),
            origin: Origin::Drive,
            first_contact_released: false,
            reach: Reach { mail: MailReach::None, phone: true, mobile: true, address: true, no_calls: false },
            anchors,
            contacted: Vec::new(),
            suppressed: false,
        }
    }

    /// The call that a rule plans, as it stands after nobody answered it: tried again two weeks later.
    fn in_hand(of: &PlanSubject, rule: &str, from: &str) -> OpenTask {
        let planned = plan(&Policies::shipped(), std::slice::from_ref(of), day(from), day(from) + Days::new(10));
        let call = planned.planned.into_iter().find(|p| p.rule.as_str() == rule).expect("it is planned");
        OpenTask {
            id: TaskId::fresh(),
            rule: rule.to_owned(),
            person: call.person,
            subject: call.subject,
            occurrence: call.occurrence,
            channel: call.channel,
            due_on: call.due_on + Days::new(14),
            queued: false,
            in_hand: true,
        }
    }

    /// Why a planning on a day drops the call; none where it goes on.
    fn dropped(task: &OpenTask, agreed: bool, of: &PlanSubject, on: &str) -> Option<&'static str> {
        let (policies, until) = (Policies::shipped(), day(on) + Days::new(45));
        let people = std::slice::from_ref(of);
        let plan = plan(&policies, people, day(on), until);
        assert!(past(&plan, task), "the plan is silent about it");
        let open = std::slice::from_ref(task);
        let mut changes = reconcile(open, &plan, |_| true, until);
        let agreed = agreed.then_some(task.id).into_iter().collect();
        outlived(&policies, people, open, &agreed, &plan, &mut changes);
        assert!(changes.drop.len() <= 1 && changes.drop.iter().all(|(id, _)| *id == task.id));
        changes.drop.first().map(|(_, why)| *why)
    }

    #[test]
    fn thanks_for_a_donation_go_on_after_their_catch_up_and_end_where_it_is_struck() {
        let donor = |given: Option<&str>| {
            let anchors = Anchors { last_donation: given.map(day), ..Anchors::default() };
            somebody(Registry::Blood, EnrolmentStatus::Registered, anchors)
        };
        let call = in_hand(&donor(Some("2026-11-01")), "blood-thanks", "2026-11-02");
        assert_eq!(dropped(&call, false, &donor(Some("2026-11-01")), "2026-11-10"), None);
        assert_eq!(dropped(&call, false, &donor(None), "2026-11-10"), Some("anchor-unknown"), "the plan says so itself");
        assert_eq!(
            dropped(&call, false, &donor(Some("2026-05-20")), "2026-11-10"),
            Some("anchor-changed"),
            "struck: there is an earlier one"
        );
    }

    #[test]
    fn a_reminder_of_a_drive_ends_with_the_drive_whatever_comes_next() {
        let helper = |drive: Option<&str>| {
            let anchors = Anchors { next_drive: drive.map(day), verified_on: Some(day("2026-10-01")), ..Anchors::default() };
            somebody(Registry::Volunteer, EnrolmentStatus::Registered, anchors)
        };
        let call = in_hand(&helper(Some("2026-11-20")), "volunteer-duty-eve", "2026-11-19");
        assert_eq!(dropped(&call, false, &helper(None), "2026-11-21"), Some("anchor-unknown"), "the plan says so itself");
        assert_eq!(dropped(&call, false, &helper(Some("2026-12-20")), "2026-11-21"), Some("anchor-changed"), "another shift");
    }

    #[test]
    fn the_call_of_a_later_day_takes_the_place_of_one_that_nobody_answered_but_not_of_an_agreed_one() {
        let donor = somebody(
            Registry::StemCell,
            EnrolmentStatus::Exited(ExitReason::Donated),
            Anchors { donated_on: Some(day("2026-11-01")), ..Anchors::default() },
        );
        let call = in_hand(&donor, "post-donation-day", "2026-11-02");
        assert_eq!(dropped(&call, false, &donor, "2026-11-06"), Some("covered"), "the week's call comes first");
        assert_eq!(dropped(&call, true, &donor, "2026-11-06"), None, "they asked to be called on that day");
        let soon = OpenTask { due_on: day("2026-11-07"), ..call.clone() };
        assert_eq!(dropped(&soon, false, &donor, "2026-11-06"), None, "before the week's call, which is of the eighth");
        let mut called = donor;
        called.contacted = vec![(Kind::PostDonation, day("2026-11-08"))];
        assert_eq!(dropped(&call, true, &called, "2026-11-10"), Some("covered"), "spoken with since");
    }
}
