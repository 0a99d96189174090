//! Days that planning counts from and that no record of a registration tells: of a match request that goes on, and of what was said of a family.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::id::{SubjectId, TaskId};
use crate::domain::match_request::{Phase, Watch};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::Kind;
use crate::followup::desk::{DECIDED, base_rule};
use crate::followup::policy::{Anchor, RuleId};
use crate::store::{MatterKind, TaskRow, TaskState, Tx};

use super::super::{App, AppError};

/// The reason of a check that is no longer due: the request has come to another stage, or to its end.
const MOVED_ON: &str = "match-moved-on";

/// How closely a donor is watched, and since when.
pub(super) struct Watched {
    pub(super) watch: Watch,
    /// The step that began it, or the last check after it.
    checked: NaiveDate,
    /// The same, without what a person decided for somebody who wants no calls.
    spoken: NaiveDate,
}

impl Watched {
    /// The day the next check is counted from. What was decided for who wants no calls holds for the stage: it is not asked again every week.
    pub(super) const fn since(&self, no_calls: bool) -> NaiveDate {
        if no_calls { self.spoken } else { self.checked }
    }
}

/// What was said of a family: about which registrations it was asked, where that is known, whether they know, and since when.
pub(super) struct SaidOfFamily {
    pub(super) of: Vec<Registry>,
    pub(super) told: (FamilyTold, NaiveDate),
}

impl App {
    /// How closely each donor of an open match request is watched, and since when: the step that began it, or the last check after it.
    pub(super) async fn watched(&self) -> Result<HashMap<SubjectId, Watched>, AppError> {
        let acts = [Watch::Agreed, Watch::WorkUp].map(|watch| watch.begins().word());
        let mut out = HashMap::new();
        for (row, steps) in self.store.days_of_open(&self.vault, MatterKind::Match, &acts).await? {
            let (Some(subject), Some(watch)) = (row.subject_id, Phase::from_word(&row.phase).and_then(Watch::of)) else { continue };
            let Some(begun) = steps.iter().rev().find(|(act, _)| act == watch.begins().word()).map(|(_, day)| day.0) else { continue };
            let mut checks = self.checks_of(subject).await?;
            checks.retain(|task| task.state == TaskState::Done && Kind::from_word(&task.kind) == Some(Kind::MatchCheck));
            let last = |checks: &[TaskRow]| checks.iter().filter_map(|task| self.checked_on(task, watch)).fold(begun, NaiveDate::max);
            let checked = last(&checks);
            checks.retain(|task| task.reason.as_deref() != Some(DECIDED));
            out.insert(subject, Watched { watch, checked, spoken: last(&checks) });
        }
        Ok(out)
    }

    /// The day that the next check is counted from where this one was made. One made before its day stands for that day: its key exists once.
    fn checked_on(&self, task: &TaskRow, watch: Watch) -> Option<NaiveDate> {
        let counted = match watch {
            Watch::Agreed => Anchor::MatchAgreed,
            Watch::WorkUp => Anchor::WorkUp,
        };
        let done = task.done_on?.0;
        let rule = || self.policies.on(task.occurrence.0).ok()?.rule(&RuleId::parse(&task.rule)?).map(|rule| rule.anchor);
        Some(if rule() == Some(counted) { done.max(task.occurrence.0) } else { done })
    }

    /// The checks of a donor, those that were written among them.
    async fn checks_of(&self, subject: SubjectId) -> Result<Vec<TaskRow>, AppError> {
        let Some(person) = self.store.person_of(subject).await? else { return Ok(Vec::new()) };
        let mut tasks = self.store.tasks_of(&[person]).await?;
        tasks.retain(|task| self.is_check(task));
        Ok(tasks)
    }

    /// Whether a task is a check of a donor in a match, by whatever channel.
    pub(super) fn is_check(&self, task: &TaskRow) -> bool {
        let planned = || self.policies.on(task.occurrence.0).ok()?.rule(&RuleId::parse(base_rule(&task.rule))?).map(|rule| rule.kind);
        Kind::from_word(&task.kind) == Some(Kind::MatchCheck) || planned() == Some(Kind::MatchCheck)
    }

    /// Ends the open checks of a donor whose request comes to another stage or to its end, within the same transaction.
    pub(in crate::app) async fn drop_checks(&self, tx: &mut Tx, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let mut open = self.checks_of(subject).await?;
        open.retain(|task| matches!(task.state, TaskState::Planned | TaskState::Queued));
        if !open.is_empty() {
            let ids: Vec<TaskId> = open.iter().map(|task| task.id).collect();
            tx.drop_tasks(&ids, MOVED_ON, self.today(now)).await?;
        }
        Ok(())
    }

    /// What registrants said of their families; `of` whom, or of everybody.
    pub(super) async fn families(&self, of: Option<&[SubjectId]>) -> Result<HashMap<SubjectId, Vec<SaidOfFamily>>, AppError> {
        let subjects = match of {
            Some(subjects) => subjects.to_vec(),
            None => self.store.subjects_that_told().await?,
        };
        let mut out: HashMap<SubjectId, Vec<SaidOfFamily>> = HashMap::new();
        for view in self.store.told_of(&self.vault, &subjects).await? {
            if let Some(told) = ToldFact::family(&view.fact) {
                out.entry(view.subject).or_default().push(SaidOfFamily { of: ToldFact::family_of(&view.fact), told });
            }
        }
        Ok(out)
    }
}
