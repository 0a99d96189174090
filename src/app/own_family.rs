//! A registrant whose family objects: staff hear of it and ask the registrant what they wish now. Nobody is persuaded, and nothing of the
//! registration changes by it.

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;
use crate::domain::told::FamilyTold;
use crate::followup::Kind;
use crate::store::{TaskChannel, TaskRow, Tx};

use super::follow::NewTask;
use super::{App, AppError};

/// The rule of the task that follows the answer.
pub(super) const OBJECTS_RULE: &str = "family-objects";

impl App {
    /// Opens the task, unless one of the registrant's `open` follow-ups is it already. Who asked to be left alone until a day is called on that day.
    pub(super) async fn follow_objection(
        &self,
        tx: &mut Tx,
        (person, subject): (PersonId, SubjectId),
        told: Option<FamilyTold>,
        (channel, open): (Option<TaskChannel>, &[TaskRow]),
        not_before: Option<NaiveDate>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if told != Some(FamilyTold::Objects) || open.iter().any(|task| task.rule == OBJECTS_RULE) {
            return Ok(());
        }
        let (rule, kind, today) = (OBJECTS_RULE.to_owned(), Kind::FamilyObjects.word(), self.today(now));
        // Without a number somebody looks for a way: it is nothing to be written.
        let channel = channel.unwrap_or(TaskChannel::Desk);
        let task =
            NewTask { person, subject, rule, occurrence: today, kind, channel, due_on: not_before.map_or(today, |day| day.max(today)) };
        tx.put_tasks(vec![self.new_task(task, now)]).await?;
        Ok(())
    }
}
