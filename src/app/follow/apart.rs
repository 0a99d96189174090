//! From one rung to another, and the distance that what staff do keeps from every other contact.

use chrono::NaiveDate;

use crate::domain::id::{PersonId, TaskId};
use crate::followup::Channel;
use crate::followup::desk::{CALL_ON, Waiting, base_rule, gives_way, keeps_apart, put_off, step, without_mail};
use crate::followup::plan::free_day;
use crate::followup::policy::RuleId;
use crate::store::{StoreError, TaskRow, TaskState, Tx};

use super::super::{App, AppError};
use super::hand_off::HANDED;
use super::people::Reachable;
use super::plan::{channel, channel_of};

impl App {
    /// The first day, from one on, on which a contact may be made by a channel.
    pub(super) fn apart(
        &self,
        (rule, occurrence): (&str, NaiveDate),
        by: Channel,
        last_contact: Option<NaiveDate>,
        from: NaiveDate,
    ) -> NaiveDate {
        let far = by == Channel::FindContact || !keeps_apart(&self.policies, rule, occurrence);
        if far { from } else { free_day(&self.policies, last_contact, from) }
    }

    /// A follow-up on another rung, from a day on.
    pub(super) fn moved(&self, task: TaskRow, to: Channel, person: &Reachable, from: NaiveDate, reason: &str) -> TaskRow {
        self.moved_after(task, to, person, (person.last_contact(), from), reason)
    }

    /// As [`App::moved`], apart from a contact made on `last`.
    fn moved_after(
        &self,
        task: TaskRow,
        to: Channel,
        person: &Reachable,
        (last, from): (Option<NaiveDate>, NaiveDate),
        reason: &str,
    ) -> TaskRow {
        let due_on = self.apart((task.rule.as_str(), task.occurrence.0), to, last, from);
        let of_policy = || self.policies.on(task.occurrence.0).ok()?.rule(&RuleId::parse(base_rule(&task.rule))?).map(|rule| rule.kind);
        TaskRow {
            kind: of_policy().map_or_else(|| task.kind.clone(), |kind| kind.by(to).word().to_owned()),
            channel: channel(to),
            due_on: due_on.into(),
            subject_id: person.subject_for(to).unwrap_or(task.subject_id),
            reason: Some(reason.to_owned()),
            ..task
        }
    }

    /// A mail that cannot be sent any more, on the first rung that is left.
    pub(super) fn elsewhere(&self, task: TaskRow, person: &Reachable, reason: &str) -> TaskRow {
        let to = without_mail(&self.policies, (task.rule.as_str(), task.occurrence.0), person.reach(), task.rounds > 0);
        let from = task.due_on.0;
        self.moved(task, to, person, from, reason)
    }

    /// A message that could not be handed over, on the next rung: a call today, anything else from tomorrow on. Nobody was contacted by it.
    pub(super) async fn after_hand_off(
        &self,
        task: TaskRow,
        person: Option<&Reachable>,
        today: NaiveDate,
        reason: &str,
    ) -> Result<TaskRow, AppError> {
        let task = TaskRow { done_on: None, ..task };
        let Some(person) = person else { return Ok(TaskRow { due_on: today.into(), reason: Some(reason.to_owned()), ..task }) };
        let to = step(&self.policies, (task.rule.as_str(), task.occurrence.0), person.reach(), Channel::HandOff);
        let from = if to == Channel::Phone { today } else { today.succ_opt().unwrap_or(today) };
        let last = self.last_contact_but(person.person, Some(task.id)).await?;
        Ok(self.moved_after(task, to, person, (last, from), reason))
    }

    /// The day on which a message handed off counts as lost.
    pub(super) fn result_until(&self, task: &TaskRow, given_out: NaiveDate) -> NaiveDate {
        gives_way(&self.policies, (task.rule.as_str(), task.occurrence.0), Channel::HandOff, given_out)
    }

    /// The last contact that was made with a person; a message given out is one before its result is told.
    pub(super) async fn last_contact_of(&self, person: PersonId) -> Result<Option<NaiveDate>, AppError> {
        self.last_contact_but(person, None).await
    }

    /// The same, but for one task.
    async fn last_contact_but(&self, person: PersonId, but: Option<TaskId>) -> Result<Option<NaiveDate>, AppError> {
        let tasks = self.store.tasks_of(&[person]).await?;
        let made = |t: &&TaskRow| matches!(t.state, TaskState::Done | TaskState::Planned) && Some(t.id) != but;
        Ok(tasks.iter().filter(made).filter_map(|t| t.done_on).map(|day| day.0).max())
    }

    /// After a contact with a person: what else waits for staff keeps its distance from it, within the transaction that records the contact.
    pub(super) async fn keep_apart(&self, tx: &mut Tx, person: PersonId, made: TaskId, day: NaiveDate) -> Result<(), AppError> {
        for task in self.store.tasks_of(&[person]).await? {
            if task.id == made || task.state != TaskState::Planned {
                continue;
            }
            let Some(free) = put_off(&self.policies, &waiting(&task, task.due_on.0), day) else { continue };
            match tx.move_task(&TaskRow { due_on: free.into(), ..task }, false).await {
                // Somebody took it meanwhile.
                Ok(()) | Err(StoreError::Stale) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }
}

/// A task as spacing sees it, on the day it would be done.
pub(super) fn waiting(task: &TaskRow, due_on: NaiveDate) -> Waiting<'_> {
    Waiting {
        rule: &task.rule,
        occurrence: task.occurrence.0,
        channel: channel_of(task.channel),
        due_on,
        fixed: task.reason.as_deref().is_some_and(|reason| [CALL_ON, HANDED].contains(&reason)),
    }
}
