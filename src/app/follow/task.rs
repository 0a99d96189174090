//! Follow-ups made by staff: the list, and how one ended.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::death::{Death, DeathSource};
use crate::domain::dial::Dial;
use crate::domain::hold::HoldReason;
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::desk::{CALL_ON, Next, after_call, after_search, after_third_party, beyond, urgency, without_rest};
use crate::followup::link::LinkPurpose;
use crate::followup::{Channel, Kind};
use crate::store::{AuditEntry, Origin, PersonEntry, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::{Actor, App, AppError};
use super::lost::LOST_KIND;
use super::number::CallNumbers;
use super::{TaskItem, TaskOutcome, ToldBy};

/// The least urgent class of [`urgency`].
const LAST: u8 = 7;

/// A call that was made.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    /// How it ended.
    pub outcome: TaskOutcome,
    /// The number dialled, by its token ([`Dial::token`]); none where there is only one.
    pub number: Option<&'a str>,
}

impl App {
    /// Follow-ups for staff that are due on a day, earliest first.
    pub async fn tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        self.items(self.store.tasks_due(TaskState::Planned, day, limit).await?).await
    }

    /// The follow-ups due on a day that staff do themselves: those of [`App::tasks`] without the mails. What was agreed comes first, then what
    /// cannot wait, then what waits longest; so does what is left out by `limit`.
    pub async fn staff_tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        let mut rows = self.store.staff_tasks_agreed(day, limit).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut known: HashSet<TaskId> = rows.iter().map(|row| row.id).collect();
        let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        for class in 0..=LAST {
            if rows.len() >= wanted {
                break;
            }
            let mut of_class = Vec::new();
            for kind in Kind::ALL.iter().filter(|kind| urgency(Some(**kind)) == class) {
                of_class.extend(self.store.staff_tasks_of_kind(kind.word(), day, limit).await?);
            }
            // A kind of another edition of the program, and what is asked of a registrar.
            if urgency(None) == class {
                of_class.extend(self.store.staff_tasks_of_no_kind(&words, day, limit).await?);
            }
            of_class.sort_by_key(|row| (row.due_on, row.id));
            rows.extend(of_class.into_iter().filter(|row| known.insert(row.id)));
        }
        rows.truncate(wanted);
        self.items(rows).await
    }

    /// One follow-up that staff do themselves, whatever its day; none where it is done, a mail, or nobody's.
    pub async fn staff_task(&self, actor: Actor, id: TaskId) -> Result<Option<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        let row = self.store.task(id).await?.filter(|task| task.state == TaskState::Planned && task.channel != TaskChannel::Mail);
        Ok(self.items(row.into_iter().collect()).await?.pop())
    }

    pub(super) async fn items(&self, tasks: Vec<TaskRow>) -> Result<Vec<TaskItem>, AppError> {
        let subjects: Vec<SubjectId> = tasks.iter().map(|t| t.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let ids: Vec<PersonId> = persons.values().copied().collect::<HashSet<_>>().into_iter().collect();
        // Who has left or died since is on no list.
        let owned: Vec<(PersonId, &TaskRow)> = tasks.iter().filter_map(|t| Some((*persons.get(&t.subject_id)?, t))).collect();
        let shown = self.of_the_present(&owned).await?;
        let public = self.store.public_ids_of(&ids).await?;
        let people: HashMap<SubjectId, PersonEntry> =
            self.store.people_of(&self.vault, &subjects).await?.into_iter().map(|p| (p.subject, p)).collect();
        Ok(tasks
            .into_iter()
            .filter(|task| shown.contains(&task.id))
            .filter_map(|task| {
                let person = persons.get(&task.subject_id)?;
                let entry = people.get(&task.subject_id);
                let kind = Kind::from_word(&task.kind);
                // Who agreed in a match was asked and answered, whatever became of the first contact.
                let held =
                    kind != Some(Kind::MatchCheck) && entry.is_some_and(|e| e.origin == Origin::Import && e.first_contact_at.is_none());
                let identity = entry.and_then(|e| e.records.last()).and_then(|r| r.identity.as_ref());
                Some(TaskItem {
                    id: task.id,
                    subject: task.subject_id,
                    version: task.row_version,
                    agreed: task.reason.as_deref() == Some(CALL_ON),
                    lost: task.kind == LOST_KIND,
                    public_id: public.get(person)?.clone(),
                    identity: identity.map(crate::domain::Guarded::duplicate),
                    kind,
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

    /// As [`App::finish_call`], of a person with one number.
    pub async fn finish_task(&self, actor: Actor, id: TaskId, version: i64, outcome: TaskOutcome, now: Timestamp) -> Result<(), AppError> {
        self.finish_call(actor, id, version, Called { outcome, number: None }, now).await.map(|_| ())
    }

    /// Ends a follow-up made by staff, or puts it off, and does at once what the outcome asks for. Answers what it put on hold, where that may
    /// be lifted again ([`App::lift_hold`]).
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody ended it meanwhile, or the number may not be dialled any more; [`AppError::Input`] where the outcome
    /// concerns one of several numbers and none is named, or does not fit the follow-up.
    pub async fn finish_call(
        &self,
        actor: Actor,
        id: TaskId,
        version: i64,
        call: Called<'_>,
        now: Timestamp,
    ) -> Result<Option<Uuid>, AppError> {
        let outcome = call.outcome;
        // At the table the recruiter who sees the person confirms an interest; every other outcome is a caller's.
        let settles = matches!(outcome, TaskOutcome::Meant | TaskOutcome::NotMeant);
        actor.needs(Right::FollowUp).or_else(|refused| if settles { actor.needs(Right::Enrol) } else { Err(refused) })?;
        let task = self.store.task(id).await?.ok_or(AppError::Missing("follow-up"))?;
        if task.row_version != version || task.state != TaskState::Planned {
            return Err(StoreError::Stale.into());
        }
        let numbers = self.numbers_to_dial(&task).await?;
        fits(&task, outcome, &numbers)?;
        let today = self.today(now);
        let dialled = numbers.dialled(call.number)?;
        // Of several numbers, one of somebody they named, it has to be said who spoke.
        let spoke = outcome == TaskOutcome::Refused || (outcome == TaskOutcome::Reached && !numbers.own.is_empty());
        if spoke && dialled.is_none() && !numbers.named.is_empty() {
            return Err(AppError::Input { field: "number", hint: "say which of the numbers was dialled" });
        }
        let third = dialled.is_some_and(|dial| dial.named.is_some());
        let next = what_follows(&task, outcome, &numbers, third, today);
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let next = if third { next } else { self.next_rung(&task, person, next, now).await? };
        // Who left or died meanwhile is not called again.
        let next = if self.is_over(&task, person).await? { Next { again: None, lost: false, ..next } } else { next };
        let concerned = concerned(next.hold, dialled, &numbers)?;
        let spoken = matches!(
            outcome,
            TaskOutcome::Reached | TaskOutcome::Meant | TaskOutcome::NotMeant | TaskOutcome::Refused | TaskOutcome::CallOn(_)
        );
        let last = self.last_contact_of(person).await?;
        // What somebody else said foretells nothing of the registrant.
        let foretold = if third { None } else { self.foretold(person, outcome, now).await? };
        let asked = if next.died { self.asked_anywhere(person).await? } else { Vec::new() };
        let mut tx = self.store.begin().await?;
        match next.again {
            Some((day, channel)) => {
                let agreed = matches!(outcome, TaskOutcome::CallOn(_));
                let day = if agreed { day } else { self.apart((task.rule.as_str(), task.occurrence.0), channel, last, day) };
                let channel = super::plan::channel(channel);
                let moved = TaskRow { due_on: day.into(), channel, reason: Some(outcome.word().to_owned()), ..task.clone() };
                tx.move_task(&moved, true).await?;
            }
            None => tx.end_task(id, version, TaskState::Done, Some(outcome.word()), today).await?,
        }
        if spoken && !third {
            self.keep_apart(&mut tx, person, id, today).await?;
        }
        if let Some(reason) = next.hold {
            self.hold_numbers(&mut tx, &task, &concerned, reason, now).await?;
        }
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
        if next.lost {
            self.propose_lost(&mut tx, &task, person, now).await?;
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
        self.catch_up().await?;
        match next.hold.filter(|reason| reason.may_be_lifted()) {
            Some(reason) => self.held_just_now(&numbers, reason, now).await,
            None => Ok(None),
        }
    }
}

impl App {
    /// A call that came to nothing is followed by the next rung of its rule before anybody looks for a way.
    async fn next_rung(&self, task: &TaskRow, person: PersonId, next: Next, now: Timestamp) -> Result<Next, AppError> {
        let ended = matches!(next.again, Some((_, Channel::FindContact))) && task.channel != TaskChannel::Desk;
        let found = if ended { self.reachable_one(person, now).await? } else { None };
        let Some(found) = found else { return Ok(next) };
        Ok(beyond(&self.policies, (task.rule.as_str(), task.occurrence.0), next, found.reach(), self.today(now)))
    }
}

/// Refuses an outcome that does not fit the follow-up.
fn fits(task: &TaskRow, outcome: TaskOutcome, numbers: &CallNumbers) -> Result<(), AppError> {
    let hint = match outcome {
        _ if task.kind == LOST_KIND => "whether somebody counts as lost is a registrar's to say",
        TaskOutcome::Meant | TaskOutcome::NotMeant if Kind::from_word(&task.kind) != Some(Kind::ConfirmInterest) => {
            "only an interest from the registrant's own phone is confirmed or dropped"
        }
        TaskOutcome::PassedOn if numbers.named.is_empty() => "nobody was named who could pass it on",
        TaskOutcome::Decided if !numbers.decides => "only what is left of who wants no calls is decided so",
        TaskOutcome::NoAnswer
        | TaskOutcome::NotInService
        | TaskOutcome::NotThem
        | TaskOutcome::Refused
        | TaskOutcome::CallOn(_)
        | TaskOutcome::PassedOn
        | TaskOutcome::NotFound
            if numbers.decides =>
        {
            "the person wants no calls, and nobody is looked for: say that it was decided"
        }
        TaskOutcome::NotFound if !numbers.may_be_lost => "only a search for somebody on the stem-cell file ends so",
        _ => return Ok(()),
    };
    Err(AppError::Input { field: "outcome", hint })
}

fn what_follows(task: &TaskRow, outcome: TaskOutcome, numbers: &CallNumbers, third: bool, today: NaiveDate) -> Next {
    let searching = task.channel == TaskChannel::Desk;
    let next = if searching { after_search(outcome, today) } else { after_call(outcome, task.rounds, numbers.own.len() > 1, today) };
    let next = without_rest(Kind::from_word(&task.kind), outcome, next, today);
    if third {
        let channel = if searching { Channel::FindContact } else { Channel::Phone };
        return after_third_party(outcome, next, channel, today);
    }
    next
}

/// The numbers that go on hold.
fn concerned<'a>(reason: Option<HoldReason>, dialled: Option<&'a Dial>, numbers: &'a CallNumbers) -> Result<Vec<&'a Dial>, AppError> {
    match (reason, dialled) {
        (None, _) => Ok(Vec::new()),
        (Some(HoldReason::RefusedCalls), _) => Ok(numbers.own.iter().collect()),
        (Some(_), Some(dial)) => Ok(vec![dial]),
        (Some(_), None) if numbers.own.is_empty() && numbers.named.is_empty() => Ok(Vec::new()),
        (Some(_), None) => Err(AppError::Input { field: "number", hint: "say which of the numbers was dialled" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_is_less_urgent_than_the_last_class_looked_through() {
        assert!(Kind::ALL.iter().all(|kind| urgency(Some(*kind)) <= LAST) && urgency(None) <= LAST);
    }
}
