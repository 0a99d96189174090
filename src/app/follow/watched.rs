//! Days that planning counts from and that no record of a registration tells: of a match request that goes on, and of what was said of a family.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::id::{SubjectId, TaskId};
use crate::domain::match_request::{Phase, Watch};
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::Kind;
use crate::followup::policy::{Anchor, RuleId};
use crate::store::{MatterKind, TaskRow, TaskState, Tx};

use super::super::{App, AppError};

/// The reason of a check that is no longer due: the request has come to another stage, or to its end.
const MOVED_ON: &str = "match-moved-on";

impl App {
    /// How closely each donor of an open match request is watched, and since when: the step that began it, or the last check after it.
    pub(super) async fn watched(&self) -> Result<HashMap<SubjectId, (Watch, NaiveDate)>, AppError> {
        let acts = [Watch::Agreed, Watch::WorkUp].map(|watch| watch.begins().word());
        let mut out = HashMap::new();
        for (row, steps) in self.store.days_of_open(&self.vault, MatterKind::Match, &acts).await? {
            let (Some(subject), Some(watch)) = (row.subject_id, Phase::from_word(&row.phase).and_then(Watch::of)) else { continue };
            let Some(begun) = steps.iter().rev().find(|(act, _)| act == watch.begins().word()).map(|(_, day)| day.0) else { continue };
            let checks = self.checks_of(subject, TaskState::Done).await?;
            let since = checks.iter().filter_map(|task| self.checked_on(task, watch)).fold(begun, NaiveDate::max);
            out.insert(subject, (watch, since));
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

    /// The checks of a donor in a state.
    async fn checks_of(&self, subject: SubjectId, state: TaskState) -> Result<Vec<TaskRow>, AppError> {
        let Some(person) = self.store.person_of(subject).await? else { return Ok(Vec::new()) };
        let mut tasks = self.store.tasks_of(&[person]).await?;
        tasks.retain(|task| task.state == state && Kind::from_word(&task.kind) == Some(Kind::MatchCheck));
        Ok(tasks)
    }

    /// Ends the open checks of a donor whose request comes to another stage or to its end, within the same transaction.
    pub(in crate::app) async fn drop_checks(&self, tx: &mut Tx, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let open: Vec<TaskId> = self.checks_of(subject, TaskState::Planned).await?.iter().map(|task| task.id).collect();
        if !open.is_empty() {
            tx.drop_tasks(&open, MOVED_ON, self.today(now)).await?;
        }
        Ok(())
    }

    /// Whether the family of each registrant knows, as told last, and since when; `of` whom, or of everybody.
    pub(super) async fn families(&self, of: Option<&[SubjectId]>) -> Result<HashMap<SubjectId, (FamilyTold, NaiveDate)>, AppError> {
        let subjects = match of {
            Some(subjects) => subjects.to_vec(),
            None => self.store.subjects_that_told().await?,
        };
        let mut out = HashMap::new();
        for view in self.store.told_of(&self.vault, &subjects).await? {
            let told = FamilyTold::later(out.get(&view.subject).copied(), ToldFact::family(&view.fact));
            out.extend(told.map(|told| (view.subject, told)));
        }
        Ok(out)
    }
}
