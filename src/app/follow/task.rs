//! Follow-ups made by staff: the list, and how one ended.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::death::{Death, DeathSource};
use crate::domain::hold::{self, HoldReason, Tag};
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::desk::{CALL_ON, Next, after_call};
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, ContactKind, HoldRow, Origin, PersonEntry, StoreError, TaskRow, TaskState, Tx};

use super::super::{Actor, App, AppError};
use super::{TaskItem, TaskOutcome, ToldBy};

impl App {
    /// Follow-ups for staff that are due on a day, earliest first.
    pub async fn tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        self.items(self.store.tasks_due(TaskState::Planned, day, limit).await?).await
    }

    /// The follow-ups due on a day that staff do themselves: those of [`App::tasks`] without the mails.
    pub async fn staff_tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        self.items(self.store.staff_tasks_due(day, limit).await?).await
    }

    pub(super) async fn items(&self, tasks: Vec<TaskRow>) -> Result<Vec<TaskItem>, AppError> {
        let subjects: Vec<SubjectId> = tasks.iter().map(|t| t.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let ids: Vec<PersonId> = persons.values().copied().collect::<HashSet<_>>().into_iter().collect();
        let public = self.store.public_ids_of(&ids).await?;
        let people: HashMap<SubjectId, PersonEntry> =
            self.store.people_of(&self.vault, &subjects).await?.into_iter().map(|p| (p.subject, p)).collect();
        Ok(tasks
            .into_iter()
            .filter_map(|task| {
                let person = persons.get(&task.subject_id)?;
                let entry = people.get(&task.subject_id);
                let held = entry.is_some_and(|e| e.origin == Origin::Import && e.first_contact_at.is_none());
                let identity = entry.and_then(|e| e.records.last()).and_then(|r| r.identity.as_ref());
                Some(TaskItem {
                    id: task.id,
                    subject: task.subject_id,
                    version: task.row_version,
                    agreed: task.reason.as_deref() == Some(CALL_ON),
                    public_id: public.get(person)?.clone(),
                    identity: identity.map(crate::domain::Guarded::duplicate),
                    kind: Kind::from_word(&task.kind),
                    channel: task.channel,
                    due_on: task.due_on.0,
                    rounds: task.rounds,
                    held,
                })
            })
            .collect())
    }

    /// How many follow-ups that staff do themselves are due on a day.
    pub async fn count_tasks(&self, day: NaiveDate) -> Result<u64, AppError> {
        Ok(self.store.count_staff_tasks_due(day).await?)
    }

    /// Ends a follow-up made by staff, or puts it off, and does at once what the outcome asks for.
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody ended it meanwhile.
    pub async fn finish_task(&self, actor: Actor, id: TaskId, version: i64, outcome: TaskOutcome, now: Timestamp) -> Result<(), AppError> {
        // At the table the recruiter who sees the person confirms an interest; every other outcome is a caller's.
        let settles = matches!(outcome, TaskOutcome::Meant | TaskOutcome::NotMeant);
        actor.needs(Right::FollowUp).or_else(|refused| if settles { actor.needs(Right::Enrol) } else { Err(refused) })?;
        let task = self.store.task(id).await?.ok_or(AppError::Missing("follow-up"))?;
        if task.row_version != version || task.state != TaskState::Planned {
            return Err(StoreError::Stale.into());
        }
        if settles && Kind::from_word(&task.kind) != Some(Kind::ConfirmInterest) {
            return Err(AppError::Input {
                field: "outcome",
                hint: "only an interest from the registrant's own phone is confirmed or dropped",
            });
        }
        let today = self.today(now);
        let numbers = self.free_numbers(&task).await?;
        let next = after_call(outcome, task.rounds, numbers.len() > 1, today);
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let foretold = self.foretold(person, outcome, now).await?;
        let asked = if next.died { self.asked_anywhere(person).await? } else { Vec::new() };
        let mut tx = self.store.begin().await?;
        match next.again {
            Some((day, channel)) => {
                let channel = super::plan::channel(channel);
                let moved = TaskRow { due_on: day.into(), channel, reason: Some(outcome.word().to_owned()), ..task.clone() };
                tx.move_task(&moved, true).await?;
            }
            None => tx.end_task(id, version, TaskState::Done, Some(outcome.word()), today).await?,
        }
        self.hold_numbers(&mut tx, &task, &numbers, &next, now).await?;
        if next.verified {
            self.note_verified(&mut tx, task.subject_id, now).await?;
            // Spoken with: planning counts from this day, as from an answer to a link.
            self.note_use(&mut tx, LinkPurpose::ContactCheck, task.subject_id, now).await?;
        }
        let mut entry = AuditEntry::on(now, actor.staff(), "followup.finish", "task", Some(id.0)).with("outcome", outcome.word());
        if let TaskOutcome::Died(by) = outcome {
            entry = entry.with("told-by", by.word());
        }
        tx.audit(&entry).await?;
        if let Some(foretold) = foretold {
            self.note_foretold(&mut tx, foretold, now).await?;
        }
        // In the same transaction: a death or a dropped registration stops everything, or nothing happened.
        if let TaskOutcome::Died(by) = outcome {
            let told_by = match by {
                ToldBy::Family => DeathSource::Family,
                ToldBy::Other => DeathSource::Other,
            };
            // Whoever is told on the telephone learns that somebody has died, and does not ask for the day.
            self.stop_everything(&mut tx, actor, (person, Death { day: today, told_by }), asked, now).await?;
        }
        if next.dropped {
            self.drop_interest(&mut tx, &task, now).await?;
        }
        tx.commit().await?;
        self.catch_up().await
    }

    /// The person's numbers that are not on hold, best first, with the subject whose they are: the first one is the one that is called.
    async fn free_numbers(&self, task: &TaskRow) -> Result<Vec<(SubjectId, Tag)>, AppError> {
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let Some(view) = self.store.person(&self.vault, person).await? else { return Ok(Vec::new()) };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let held: HashSet<Vec<u8>> =
            self.store.holds_of(&subjects).await?.into_iter().filter(|h| h.lifted_at.is_none()).map(|h| h.address_tag.0).collect();
        let mut entries = self.store.people_of(&self.vault, &subjects).await?;
        entries.sort_by_key(|e| e.subject != task.subject_id);
        let tags = entries.iter().flat_map(|entry| {
            let contact = entry.records.last().and_then(|r| r.contact.as_ref());
            let tags = contact.map(|c| hold::phone_tags(c, entry.subject, &*self.vault)).unwrap_or_default();
            tags.into_iter().map(|tag| (entry.subject, tag)).collect::<Vec<_>>()
        });
        Ok(tags.filter(|(_, tag)| !held.contains(tag.as_slice())).collect())
    }

    /// Puts the number called on hold; who wants no calls, with every number.
    async fn hold_numbers(
        &self,
        tx: &mut Tx,
        task: &TaskRow,
        numbers: &[(SubjectId, Tag)],
        next: &Next,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let Some(reason) = next.hold else { return Ok(()) };
        let concerned = if reason == HoldReason::RefusedCalls { numbers } else { numbers.get(..1).unwrap_or_default() };
        let rows = concerned.iter().map(|(subject, tag)| HoldRow {
            id: Uuid::now_v7(),
            subject_id: *subject,
            channel: ContactKind::Phone,
            address_tag: tag.to_vec().into(),
            reason: reason.word().to_owned(),
            since: now,
            lifted_at: None,
        });
        tx.put_holds(rows.collect()).await?;
        if reason == HoldReason::RefusedCalls {
            tx.cancel_calls(task.person_id, reason.word()).await?;
        }
        Ok(())
    }
}
