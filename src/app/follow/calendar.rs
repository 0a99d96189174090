//! What a person will get, and what a coming edition of the policy changes, before anything of it happens.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use crate::domain::id::PublicId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::plan::{ASKED_LATER, PlanSubject, Reason, plan};
use crate::followup::policy::{Change, Policies, Policy, RuleId, diff};
use crate::followup::{FollowupError, Kind};
use crate::store::TaskState;

use super::super::{Actor, App, AppError};

/// How far a calendar looks ahead, in months.
const AHEAD: u32 = 24;

/// One contact of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CalendarLine {
    /// The first day on which it may be made, or the day it was made.
    pub day: NaiveDate,
    /// About what; none where the kind is of another edition of the program.
    pub kind: Option<Kind>,
    /// The rule's id.
    pub rule: String,
    /// The word of the channel: `mail`, `phone`, `find-contact`.
    pub channel: &'static str,
    /// `done`, `not-sent`, `open`, `queued`, `held` (waits for the first contact to be confirmed), `cancelled`, or `future`: planned when its
    /// time comes.
    pub state: &'static str,
    /// The word of the reason or outcome, where there is one.
    pub reason: Option<String>,
}

/// Every contact of a person, past and to come.
#[derive(Debug)]
pub struct Calendar {
    /// Whose.
    pub person: PublicId,
    /// By day.
    pub lines: Vec<CalendarLine>,
    /// What was planned and is so no more, by day, each with its reason. What is planned again stands among the lines as well.
    pub cancelled: Vec<CalendarLine>,
    /// Rules that plan nothing for this person: about what, and the word of the reason.
    pub not: Vec<(Option<Kind>, &'static str)>,
    /// Ways of contact that are or were on hold, latest first. The addresses themselves are not shown.
    pub holds: Vec<HoldLine>,
    /// Whether the family knows, as told last and as of when.
    pub family: Option<(FamilyTold, NaiveDate)>,
}

/// A way of contact on hold: staff see when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldLine {
    /// Which, where a caller may lift it.
    pub lift: Option<Uuid>,
    /// The word of the way: `mail`, `phone`; `any` where somebody asked to be left alone until a day.
    pub channel: &'static str,
    /// The word of the reason.
    pub reason: String,
    /// Since when.
    pub since: NaiveDate,
    /// Until when it was on hold; none: it still is.
    pub until: Option<NaiveDate>,
}

/// A coming edition beside the one in force.
#[derive(Debug)]
pub struct PolicyPreview {
    /// The first day of the edition in force.
    pub since: NaiveDate,
    /// The first day of the one to come; none where there is none.
    pub next: Option<NaiveDate>,
    /// What differs.
    pub changes: Vec<Change>,
    /// Contacts of the twelve months from its first day on, by kind: without it and with it. Kinds whose numbers stay are listed too.
    pub contacts: BTreeMap<&'static str, (u64, u64)>,
}

impl App {
    /// The calendar of a person: what was done, what is open, and what the rules will plan within two years, the limits applied. Nothing is
    /// stored. No data of the person are shown, only what the masked page shows too.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn calendar(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Calendar, AppError> {
        actor.needs(Right::FollowUp).or_else(|_| actor.needs(Right::People))?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let today = self.today(now);
        let found = self.reachable_one(person, now).await?;
        let held = found.as_ref().is_some_and(|p| p.held);
        let tasks = self.store.tasks_of(&[person]).await?;
        let mut known = HashSet::new();
        let (mut lines, mut cancelled) = (Vec::new(), Vec::new());
        for task in tasks {
            let state = match task.state {
                TaskState::Cancelled => "cancelled",
                TaskState::Done => "done",
                TaskState::NotSent => "not-sent",
                TaskState::Queued => "queued",
                TaskState::Planned if held => "held",
                TaskState::Planned => "open",
            };
            let gone = task.state == TaskState::Cancelled;
            // What was cancelled is planned again where its reason has gone: the plan below says whether.
            if !gone {
                known.insert((task.rule.clone(), task.occurrence.0));
            }
            let list = if gone { &mut cancelled } else { &mut lines };
            list.push(CalendarLine {
                // A message that waits for its result comes up on its due day again.
                day: task.done_on.filter(|_| task.state != TaskState::Planned).unwrap_or(task.due_on).0,
                kind: Kind::from_word(&task.kind),
                rule: task.rule,
                channel: super::plan::channel_word(task.channel),
                state,
                reason: task.reason,
            });
        }
        let subjects = found.as_ref().map(|p| p.subjects.clone()).unwrap_or_default();
        let hold = |hold: crate::store::HoldRow| HoldLine {
            lift: super::number::may_be_lifted(&hold).then_some(hold.id),
            channel: hold.channel.word(),
            reason: hold.reason,
            since: self.today(hold.since),
            until: hold.lifted_at.map(|at| self.today(at)),
        };
        let pause = |pause: crate::store::PauseRow| HoldLine {
            lift: None,
            channel: "any",
            reason: ASKED_LATER.to_owned(),
            since: self.today(pause.since),
            until: Some(pause.ended_at.map_or(pause.until_on.0, |at| self.today(at))),
        };
        let pauses = self.store.pauses_of(&subjects).await?.into_iter().map(pause);
        let holds = pauses.chain(self.store.holds_of(&subjects).await?.into_iter().map(hold)).collect();
        let told = self.store.told_of(&self.vault, &subjects).await?;
        let family = told.iter().filter_map(|view| Some((view.at, ToldFact::family(&view.fact)?))).max_by_key(|(at, _)| *at);
        let plans: Vec<PlanSubject> = found.map(|p| p.plans).unwrap_or_default();
        let until = today.checked_add_months(Months::new(AHEAD)).unwrap_or(NaiveDate::MAX);
        let coming = plan(&self.policies, &plans, today, until);
        for planned in coming.planned {
            if known.contains(&(planned.rule.to_string(), planned.occurrence)) {
                continue;
            }
            lines.push(CalendarLine {
                day: planned.due_on,
                kind: Some(planned.kind),
                rule: planned.rule.to_string(),
                channel: planned.channel.word(),
                state: if planned.held { "held" } else { "future" },
                reason: None,
            });
        }
        for list in [&mut lines, &mut cancelled] {
            list.sort_by(|a, b| (a.day, &a.rule).cmp(&(b.day, &b.rule)));
        }
        let kind_of = |rule: &Option<RuleId>| Some(self.policies.on(today).ok()?.rule(rule.as_ref()?)?.kind);
        let mut not: Vec<(Option<Kind>, &'static str)> = coming
            .not_planned
            .iter()
            .filter(|n| n.occurrence.is_none() || n.reason == Reason::AskedLater)
            .map(|n| (kind_of(&n.rule), n.reason.word()))
            .collect();
        not.sort_unstable();
        not.dedup();
        Ok(Calendar { person: id.clone(), lines, cancelled, not, holds, family: family.map(|(_, told)| told) })
    }

    /// The edition in force, the one to come, and what the change comes to. Plans for everybody twice and stores nothing.
    pub async fn policy_preview(&self, actor: Actor, now: Timestamp) -> Result<PolicyPreview, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let current = self.policies.on(today)?;
        let Some(next) = self.policies.after(today) else {
            return Ok(PolicyPreview { since: current.valid_from, next: None, changes: Vec::new(), contacts: BTreeMap::new() });
        };
        let people = self.reachable(now).await?;
        let subjects: Vec<PlanSubject> = people.values().flat_map(|p| p.plans.iter().cloned()).collect();
        let from = next.valid_from;
        let until = from.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
        let mut contacts: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
        for planned in plan(&self.policies.up_to(today)?, &subjects, from, until).planned {
            contacts.entry(planned.kind.word()).or_default().0 += 1;
        }
        for planned in plan(&self.policies, &subjects, from, until).planned {
            contacts.entry(planned.kind.word()).or_default().1 += 1;
        }
        Ok(PolicyPreview { since: current.valid_from, next: Some(from), changes: diff(current, next), contacts })
    }
}

/// The shipped policy with the office's own editions: every `followup*.toml` of the folder of rules. No folder, no edition of its own.
///
/// # Errors
/// [`AppError::Input`] where the folder or a file cannot be read, else what is wrong in a file, by rule and field.
pub(in crate::app) fn policies(folder: Option<&Path>) -> Result<Policies, AppError> {
    let Some(folder) = folder else { return Ok(Policies::shipped()) };
    let unreadable = || AppError::Input { field: "rules", hint: "the folder or a followup*.toml in it cannot be read; check the path" };
    let mut own = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|_| unreadable())? {
        let path = entry.map_err(|_| unreadable())?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("followup") && name.ends_with(".toml") {
            own.push(read_policy(&path, &name)?);
        }
    }
    Ok(Policies::shipped().with(own)?)
}

fn read_policy(path: &Path, name: &str) -> Result<Policy, AppError> {
    let text = std::fs::read_to_string(path).map_err(|_| AppError::Input { field: "rules", hint: "a policy file is not UTF-8 text" })?;
    Policy::from_toml(name, &text).map_err(|e: FollowupError| e.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offices_own_editions_are_read_from_the_folder_of_rules_and_a_wrong_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let shipped = include_str!("../../../rules/followup.toml");
        let coming =
            shipped.replace("valid_from = 2021-01-01", "valid_from = 2030-01-01").replace("min_days_between = 14", "min_days_between = 30");
        std::fs::write(folder.path().join("followup-2030.toml"), &coming).unwrap();
        std::fs::write(folder.path().join("towns.toml"), "not = 'a policy'").unwrap();
        let read = policies(Some(folder.path())).unwrap();
        assert_eq!(read.on("2030-01-01".parse().unwrap()).unwrap().limits.min_days_between, 30);
        assert_eq!(read.on("2029-12-31".parse().unwrap()).unwrap().limits.min_days_between, 14);
        std::fs::write(folder.path().join("followup-2031.toml"), coming.replace("offset = \"90 days\"", "offset = \"soon\"")).unwrap();
        let error = policies(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("followup-2031.toml") && error.contains("family-told-late") && error.contains("offset"), "{error}");
        assert!(policies(Some(&folder.path().join("nowhere"))).is_err());
    }
}
