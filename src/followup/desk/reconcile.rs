//! A new plan against what an earlier one left open.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::followup::kind::Channel;
use crate::followup::plan::{NotPlanned, Plan, Planned, Reason};

/// A contact that an earlier plan left, not yet made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// Which.
    pub id: TaskId,
    /// By which rule.
    pub rule: String,
    /// With whom.
    pub person: PersonId,
    /// From whose contact data.
    pub subject: SubjectId,
    /// The day the rule named.
    pub occurrence: NaiveDate,
    /// By which channel.
    pub channel: Channel,
    /// Due.
    pub due_on: NaiveDate,
    /// Whether the message lies in the outbox already: it is dropped or left, not moved.
    pub queued: bool,
    /// Whether somebody already tried, or set the day by hand: the plan does not move it.
    pub in_hand: bool,
}

/// What a new plan changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Contacts to be added. Their key (rule, person, occurrence) may be stored already: then they stay as they are.
    pub add: Vec<Planned>,
    /// Contacts that take another channel, day or subject.
    pub moved: Vec<(TaskId, Planned)>,
    /// Contacts that are no longer due, each with the reason.
    pub drop: Vec<(TaskId, &'static str)>,
}

/// Compares a plan for occurrences up to `until` with the open tasks of earlier ones.
///
/// What is open and not in the plan is dropped with the plan's own reason; where it gives none, the day it was counted from has changed.
/// Tasks of rules outside `rules` (escalations, bounces) and occurrences after `until` are left alone.
pub fn reconcile(open: &[OpenTask], plan: &Plan, known_rule: impl Fn(&str) -> bool, until: NaiveDate) -> Changes {
    let mut of_plan: HashMap<(PersonId, &str, NaiveDate), &Planned> =
        plan.planned.iter().map(|p| ((p.person, p.rule.as_str(), p.occurrence), p)).collect();
    let mut why: HashMap<PersonId, Vec<&NotPlanned>> = HashMap::new();
    for not in &plan.not_planned {
        why.entry(not.person).or_default().push(not);
    }
    let mut changes = Changes::default();
    for task in open {
        if let Some(planned) = of_plan.remove(&(task.person, task.rule.as_str(), task.occurrence)) {
            let same = planned.channel == task.channel && planned.subject == task.subject && planned.due_on == task.due_on;
            if !same && !task.queued && !task.in_hand {
                changes.moved.push((task.id, planned.clone()));
            }
        } else if task.occurrence <= until && known_rule(&task.rule) {
            let reason = reason(task, why.get(&task.person).map(Vec::as_slice).unwrap_or_default());
            // What staff are at goes on when its day is past what a plan still catches up, as long as nothing speaks against it; whether it
            // still applies is asked by `outlived`.
            let past = || plan.looks_from.iter().any(|(rule, first)| rule.as_str() == task.rule && task.occurrence < *first);
            if !(task.in_hand && reason.is_none() && past()) {
                changes.drop.push((task.id, reason.unwrap_or("anchor-changed")));
            }
        }
    }
    changes.add = plan.planned.iter().filter(|p| of_plan.contains_key(&(p.person, p.rule.as_str(), p.occurrence))).cloned().collect();
    changes
}

fn reason(task: &OpenTask, why: &[&NotPlanned]) -> Option<&'static str> {
    let of_rule = |n: &&&NotPlanned| n.rule.as_ref().is_some_and(|r| r.as_str() == task.rule);
    let exact = why.iter().find(|n| of_rule(n) && n.occurrence == Some(task.occurrence));
    let general = || why.iter().find(|n| of_rule(n) && n.occurrence.is_none());
    let whole = || why.iter().find(|n| n.rule.is_none() && matches!(n.reason, Reason::Exited(_) | Reason::Undecided | Reason::Suppressed));
    exact.or_else(general).or_else(whole).map(|n| n.reason.word())
}
