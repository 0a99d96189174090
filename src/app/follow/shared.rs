//! One number, several people: relatives who share a telephone are shown together, and after a call to it the others' calls keep their
//! distance, as mails to one address do.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};

use crate::domain::dial::{self, Dial};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::role::Right;
use crate::followup::desk::put_off;
use crate::store::{StoreError, TaskChannel, TaskRow, TaskState, Tx};

use super::super::{Actor, App, AppError};
use super::TaskItem;
use super::apart::waiting;
use super::number::{CallNumbers, contact_of};

/// Calls of others shown beside one.
const SHOWN: usize = 10;
/// Days ahead in which a call may have to keep its distance: more than the policy's own.
const NEAR: u64 = 62;

impl App {
    /// The calls to other people by the registrant's own numbers that are due as well: one call may do for all. For whoever opened the numbers.
    pub async fn calls_on_same_number(
        &self,
        actor: Actor,
        item: &TaskItem,
        numbers: &CallNumbers,
        day: NaiveDate,
    ) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        let Some(person) = self.store.person_of(item.subject).await? else { return Ok(Vec::new()) };
        let mut due = self.others_called(person, &numbers.own.iter().collect::<Vec<_>>(), day).await?;
        due.truncate(SHOWN);
        self.items(due).await
    }

    /// The calls to other people who have one of these numbers for their own, planned until a day, those that are due first.
    async fn others_called(&self, person: PersonId, numbers: &[&Dial], until: NaiveDate) -> Result<Vec<TaskRow>, AppError> {
        let mut subjects: Vec<SubjectId> = Vec::new();
        for dial in numbers {
            subjects.extend(self.store.by_phone(&self.vault, &dial.number).await?);
        }
        subjects.sort_unstable();
        subjects.dedup();
        let rings = |theirs: &[Dial]| theirs.iter().any(|dial| numbers.iter().any(|rang| rang.same_number(dial)));
        // The index names candidates: who has the number is seen in their data.
        let mut persons: Vec<PersonId> = Vec::new();
        for entry in self.store.people_of(&self.vault, &subjects).await?.iter().filter(|entry| entry.person != person) {
            let called: Vec<_> = contact_of(entry).into_iter().collect();
            persons.extend(rings(&dial::own(&called, &*self.vault, &HashSet::new())).then_some(entry.person));
        }
        persons.sort_unstable();
        persons.dedup();
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        let mut calls = self.store.tasks_of(&persons).await?;
        calls.retain(|task| task.state == TaskState::Planned && task.channel == TaskChannel::Phone && task.due_on.0 <= until);
        let mut out = Vec::new();
        for task in calls {
            // Not where it is on hold.
            if rings(&self.numbers_to_dial(&task).await?.own) {
                out.push(task);
            }
        }
        out.sort_by_key(|task| (task.due_on, task.id));
        Ok(out)
    }

    /// The calls to others that a call made on a day by these numbers may move.
    pub(super) async fn near_calls(&self, person: PersonId, numbers: &[&Dial], day: NaiveDate) -> Result<Vec<TaskRow>, AppError> {
        self.others_called(person, numbers, day.checked_add_days(Days::new(NEAR)).unwrap_or(day)).await
    }

    /// After a call to a number, within the transaction that records it: what was to be said to the others by the same number keeps its
    /// distance where somebody was spoken with; where nobody answered it does not ring again on the same day.
    pub(super) async fn spare_number(&self, tx: &mut Tx, others: Vec<TaskRow>, spoken: bool, day: NaiveDate) -> Result<(), AppError> {
        for task in others {
            let due_on = task.due_on.0;
            let Some(free) = put_off(&self.policies, &waiting(&task, due_on.max(day)), day) else { continue };
            let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
            let free = if spoken { free } else { next };
            if free <= due_on {
                continue;
            }
            match tx.move_task(&TaskRow { due_on: free.into(), ..task }, false).await {
                // Somebody took it meanwhile.
                Ok(()) | Err(StoreError::Stale) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }
}
