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
use crate::followup::desk::{CALL_ON, Next, after_call, after_search, after_third_party, beyond, without_rest};
use crate::followup::link::LinkPurpose;
use crate::followup::{Channel, Kind};
use crate::store::{AuditEntry, PersonEntry, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::{Actor, App, AppError};
use super::heard::Heard;
use super::lost::LOST_KIND;
use super::number::CallNumbers;
use super::{TaskItem, TaskOutcome, ToldBy};

/// A call that was made.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    /// How it ended.
    pub outcome: TaskOutcome,
    /// The number dialled, by its token ([`Dial::token`]); none where there is only one.
    pub number: Option<&'a str>,
    /// What was said in it.
    pub heard: &'a Heard,
}

impl App {
    /// Follow-ups for staff that are due on a day, earliest first.
    pub async fn tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        self.items(self.store.tasks_due(TaskState::Planned, day, limit).await?).await
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
        let waits = self.store.held_of(&ids).await?;
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
                let held = kind != Some(Kind::MatchCheck) && waits.contains(person);
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

    /// How many of them wait for the first contact to be confirmed: the list leaves them out.
    pub async fn count_tasks_held(&self, actor: Actor, day: NaiveDate) -> Result<u64, AppError> {
        actor.needs(Right::FollowUp)?;
        Ok(self.store.count_staff_tasks_held(day).await?)
    }

    /// As [`App::finish_call`], of a person with one number.
    pub async fn finish_task(&self, actor: Actor, id: TaskId, version: i64, outcome: TaskOutcome, now: Timestamp) -> Result<(), AppError> {
        self.finish_call(actor, id, version, Called { outcome, number: None, heard: &Heard::default() }, now).await.map(|_| ())
    }

    /// Ends a follow-up made by staff, or puts it off, and does at once what the outcome asks for. Answers what it put on hold, where that may
    /// be lifted again ([`App::lift_hold`]).
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody ended it meanwhile, or the number may not be dialled any more; [`AppError::Input`] where the outcome
    /// concerns one of several numbers and none is named, or does not fit the follow-up; where what was said cannot be read or does not fit.
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
        call.heard.fits(Kind::from_word(&task.kind), outcome, third)?;
        let next = what_follows(&task, outcome, &numbers, third, today);
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let next = if third { next } else { self.next_rung(&task, person, next, now).await? };
        // Who left or died meanwhile is not called again.
        let next = if self.is_over(&task, person).await? { Next { again: None, lost: false, ..next } } else { next };
        // Of an address found there is nobody to call: its owner is asked whether it is theirs.
        let next = if outcome == TaskOutcome::Found && call.heard.phone.is_none() { Next { again: None, ..next } } else { next };
        let concerned = concerned(next.hold, dialled, &numbers)?;
        let spoken = matches!(
            outcome,
            TaskOutcome::Reached | TaskOutcome::Meant | TaskOutcome::NotMeant | TaskOutcome::Refused | TaskOutcome::CallOn(_)
        );
        let last = self.last_contact_of(person).await?;
        // What somebody else said foretells nothing of the registrant.
        let foretold = if third { None } else { self.foretold(person, outcome, now).await? };
        let asked = if next.died { self.asked_anywhere(person).await? } else { Vec::new() };
        let taken = self.take_heard(actor, &task, person, call.heard, now).await?;
        // Whether the telephone rang at the registrant's, and somebody spoke with them there.
        let rang = match outcome {
            TaskOutcome::Reached | TaskOutcome::Refused | TaskOutcome::CallOn(_) if !third => Some(true),
            TaskOutcome::NoAnswer if !third => Some(false),
            _ => None,
        };
        let others = match rang {
            Some(_) => self.near_calls(person, &dialled_numbers(dialled, &numbers), today).await?,
            None => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        match next.again {
            Some((day, channel)) => {
                let agreed = matches!(outcome, TaskOutcome::CallOn(_));
                let day = if agreed { day } else { self.apart((task.rule.as_str(), task.occurrence.0), channel, last, day) };
                let channel = super::plan::channel(channel);
                // A number that was found is called as a new one, from the first round on.
                let found = outcome == TaskOutcome::Found;
                let rounds = if found { 0 } else { task.rounds };
                let moved = TaskRow { due_on: day.into(), channel, reason: Some(outcome.word().to_owned()), rounds, ..task.clone() };
                tx.move_task(&moved, !found).await?;
            }
            None => tx.end_task(id, version, TaskState::Done, Some(outcome.word()), today).await?,
        }
        if spoken && !third {
            self.keep_apart(&mut tx, person, id, today).await?;
        }
        self.spare_number(&mut tx, others, rang == Some(true), today).await?;
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
        if taken.is_some() {
            entry = entry.with("told", call.heard.words());
        }
        tx.audit(&entry).await?;
        if let Some(foretold) = foretold {
            self.note_foretold(&mut tx, foretold, now).await?;
        }
        if next.lost {
            self.rest_searches(&mut tx, &task, person, now).await?;
        }
        if next.lost && numbers.may_be_lost {
            self.propose_lost(&mut tx, &task, person, now).await?;
        }
        if let Some(taken) = taken {
            self.store_heard(&mut tx, actor, call.heard, taken, now).await?;
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
        TaskOutcome::NotFound | TaskOutcome::Found if !numbers.searching => "only a search ends so",
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

/// The registrant's own numbers that rang: the one dialled, or any of them where nobody said which.
fn dialled_numbers<'a>(dialled: Option<&'a Dial>, numbers: &'a CallNumbers) -> Vec<&'a Dial> {
    dialled.map_or_else(|| numbers.own.iter().collect(), |dial| vec![dial])
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
