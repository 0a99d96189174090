//! The numbers a caller may dial for a follow-up, and the one that an outcome puts on hold: one list for both.

use std::collections::HashSet;

use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::contact::{Contact, RelativeRole};
use crate::domain::dial::{self, Dial};
use crate::domain::hold::{HoldReason, Tag};
use crate::domain::id::{PersonId, PublicId, SubjectId, TaskId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::desk::{CallOutcome, named_for};
use crate::store::{AuditEntry, ContactKind, HoldRow, PersonEntry, TaskChannel, TaskRow, TaskState, Tx};

use super::super::people::standings;
use super::super::{Actor, App, AppError};
use super::TaskItem;

/// The reason beside a call that became possible again.
const LIFTED: &str = "hold-lifted";

/// The numbers of a follow-up.
#[derive(Debug, Default)]
pub struct CallNumbers {
    /// The registrant's own, best first.
    pub own: Vec<Dial>,
    /// Those of the people the registrant named for it.
    pub named: Vec<Dial>,
    /// Nobody has a way to the registrant: a search, which may end without one.
    pub searching: bool,
    /// Whether a search that ends without a way is for a registrar to judge ([`Registry::loses_whom_nobody_finds`]).
    pub may_be_lost: bool,
    /// Whether there is nobody to be called or looked for, because the registrant wants no calls: whoever has the task decides what becomes of it.
    pub decides: bool,
}

/// How many numbers a follow-up has, before anything is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberCounts {
    /// The registrant's own.
    pub own: usize,
    /// Those of the people named for it.
    pub named: usize,
    /// As [`CallNumbers::searching`].
    pub searching: bool,
    /// As [`CallNumbers::may_be_lost`].
    pub may_be_lost: bool,
    /// As [`CallNumbers::decides`].
    pub decides: bool,
}

impl CallNumbers {
    /// How many there are.
    pub fn counts(&self) -> NumberCounts {
        let Self { searching, may_be_lost, decides, .. } = *self;
        NumberCounts { own: self.own.len(), named: self.named.len(), searching, may_be_lost, decides }
    }

    /// The number dialled: the one a form names, or the only one there is.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the number named may not be dialled any more.
    pub(super) fn dialled(&self, token: Option<&str>) -> Result<Option<&Dial>, AppError> {
        let mut all = self.own.iter().chain(&self.named);
        match token {
            Some(token) => all.find(|dial| dial.token() == token).map(Some).ok_or(AppError::Stale),
            None if self.own.len() + self.named.len() == 1 => Ok(all.next()),
            None => Ok(None),
        }
    }
}

impl App {
    /// How many numbers a follow-up has. Shows none of them.
    pub async fn count_numbers(&self, actor: Actor, id: TaskId) -> Result<NumberCounts, AppError> {
        actor.needs(Right::FollowUp)?;
        let Some(task) = self.store.task(id).await? else { return Ok(NumberCounts::default()) };
        Ok(self.numbers_to_dial(&task).await?.counts())
    }

    /// The numbers of a follow-up, to be dialled: logged before anything is shown.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no such follow-up; [`AppError::Forbidden`] for whoever has to ask first; [`AppError::Stale`] where
    /// the person has left or died: the follow-up is taken off the list.
    pub async fn open_numbers(&self, actor: Actor, item: &TaskItem, now: Timestamp) -> Result<CallNumbers, AppError> {
        actor.needs(Right::FollowUp)?;
        let task = self.store.task(item.id).await?.ok_or(AppError::Missing("follow-up"))?;
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        if self.is_over(&task, person).await? {
            self.take_off(&task, self.today(now)).await?;
            return Err(AppError::Stale);
        }
        // A coordinator calls those whom a patient waits for; anybody else's identity waits for a manager.
        if !Kind::from_word(&task.kind).is_some_and(Kind::cannot_rest) {
            self.needs_access(actor, person, now).await?;
        }
        let numbers = self.numbers_to_dial(&task).await?;
        let mut tx = self.store.begin().await?;
        let entry = AuditEntry::on(now, actor.staff(), "person.open", "person", Some(person.0))
            .with("why", super::super::Opening::Contact.word())
            .with("named", numbers.named.len());
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(numbers)
    }

    /// The numbers of a task that are not on hold.
    pub(super) async fn numbers_to_dial(&self, task: &TaskRow) -> Result<CallNumbers, AppError> {
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let Some(view) = self.store.person(&self.vault, person).await? else { return Ok(CallNumbers::default()) };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let holds: Vec<HoldRow> = self.store.holds_of(&subjects).await?.into_iter().filter(|h| h.lifted_at.is_none()).collect();
        let held: HashSet<Tag> = holds.iter().filter_map(|h| Tag::try_from(h.address_tag.0.clone()).ok()).collect();
        // Who wants no calls is not called by a number that came in later either.
        let no_calls = |subject: SubjectId| holds.iter().any(|h| h.subject_id == subject && h.reason == HoldReason::RefusedCalls.word());
        let mut entries = self.store.people_of(&self.vault, &subjects).await?;
        entries.sort_by_key(|e| e.subject != task.subject_id);
        let called: Vec<_> = entries.iter().filter_map(contact_of).collect();
        let mut own = dial::own(&called, &*self.vault, &held);
        own.retain(|dial| !dial.tags.iter().any(|(subject, _)| no_calls(*subject)));
        let standing = standings(view.enrolments());
        let follows = |registry: Registry| standing.iter().any(|(r, status, _)| *r == registry && status.may_follow_up(registry));
        let refused = own.is_empty() && subjects.iter().any(|subject| no_calls(*subject));
        let searching = task.channel == TaskChannel::Desk;
        let mut named: Vec<Dial> = Vec::new();
        for (role, registry) in named_for(Kind::from_word(&task.kind), searching).iter().filter(|(_, registry)| follows(*registry)) {
            // Whoever wants no calls is not asked after at other people's either.
            if refused && *role == RelativeRole::Contact {
                continue;
            }
            let of_registry = |e: &&PersonEntry| e.standings.iter().any(|(r, status, _)| r == registry && status.may_follow_up(*registry));
            let told: Vec<_> = entries.iter().filter(of_registry).filter_map(contact_of).collect();
            dial::join(&mut named, dial::named(&told, *role, &*self.vault, &held));
        }
        let decides = searching && refused && named.is_empty();
        let loses = standing.iter().any(|(r, status, _)| r.loses_whom_nobody_finds() && status.may_contact());
        let may_be_lost = searching && !refused && loses;
        Ok(CallNumbers { own, named, searching, may_be_lost, decides })
    }

    /// Puts the number dialled on hold; who wants no calls, with every number of theirs.
    pub(super) async fn hold_numbers(
        &self,
        tx: &mut Tx,
        task: &TaskRow,
        concerned: &[&Dial],
        reason: HoldReason,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let rows = concerned.iter().flat_map(|dial| &dial.tags).map(|(subject, tag)| HoldRow {
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
            // Every number they have, those on hold for another reason too: nobody frees one of them by mistake.
            let person = tx.person_of(task.subject_id).await?.unwrap_or(task.person_id);
            if let Some(view) = tx.person(&self.vault, person).await? {
                self.refuse_calls(tx, &view, now).await?;
            }
            tx.cancel_calls(task.person_id, reason.word()).await?;
        }
        Ok(())
    }

    /// What an outcome put on hold just now and may be lifted again; none where it put nothing on hold.
    pub(super) async fn held_just_now(&self, numbers: &CallNumbers, reason: HoldReason, now: Timestamp) -> Result<Option<Uuid>, AppError> {
        let mut subjects: Vec<SubjectId> = numbers.own.iter().chain(&numbers.named).flat_map(|d| &d.tags).map(|(s, _)| *s).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let held = self.store.holds_of(&subjects).await?;
        Ok(held.into_iter().find(|h| h.since == now && h.lifted_at.is_none() && h.reason == reason.word()).map(|h| h.id))
    }

    /// Takes a hold off a number that a caller put on it by the wrong outcome; where it is the registrant's own, a search that began for it
    /// becomes a call of today. What somebody asked for themselves is not lifted here. Answers whose it is.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was lifted before, or may not be lifted.
    pub async fn lift_hold(&self, actor: Actor, id: Uuid, now: Timestamp) -> Result<PublicId, AppError> {
        actor.needs(Right::FollowUp)?;
        let hold = self.store.hold(id).await?.ok_or(AppError::Missing("hold"))?;
        if !may_be_lifted(&hold) {
            return Err(AppError::Stale);
        }
        let person = self.store.person_of(hold.subject_id).await?.ok_or(AppError::Missing("person"))?;
        let public = self.store.public_ids_of(&[person]).await?.remove(&person).ok_or(AppError::Missing("person"))?;
        let subjects = self.store.subjects_of(&[person]).await?;
        // One number of several registrations went on hold at one moment, and comes off it so.
        let together = |h: &HoldRow| may_be_lifted(h) && h.since == hold.since && h.reason == hold.reason;
        let tags: Vec<Tag> = self
            .store
            .holds_of(&subjects)
            .await?
            .into_iter()
            .filter(together)
            .filter_map(|h| Tag::try_from(h.address_tag.0).ok())
            .collect();
        let calls = if self.is_own(&subjects, &tags).await? { self.searches_of(person).await? } else { Vec::new() };
        let today = self.today(now);
        let mut tx = self.store.begin().await?;
        if tx.lift_holds(&tags, now).await? == 0 {
            return Err(AppError::Stale);
        }
        for task in calls {
            let call = TaskRow { channel: TaskChannel::Phone, due_on: today.into(), reason: Some(LIFTED.to_owned()), ..task };
            tx.move_task(&call, false).await?;
        }
        tx.audit(&AuditEntry::on(now, actor.staff(), "followup.lift-hold", "person", Some(person.0)).with("reason", hold.reason.as_str()))
            .await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(public)
    }

    /// Whether one of the tags is that of a number of a person's own.
    async fn is_own(&self, subjects: &[SubjectId], tags: &[Tag]) -> Result<bool, AppError> {
        let entries = self.store.people_of(&self.vault, subjects).await?;
        let contacts: Vec<_> = entries.iter().filter_map(contact_of).collect();
        let own = dial::own(&contacts, &*self.vault, &HashSet::new());
        Ok(own.iter().flat_map(|dial| &dial.tags).any(|(_, tag)| tags.contains(tag)))
    }

    /// What took the place of a person's calls because a number was no good: a search, a message, a letter.
    async fn searches_of(&self, person: PersonId) -> Result<Vec<TaskRow>, AppError> {
        let began = [CallOutcome::NotThem.word(), CallOutcome::NotInService.word()];
        let here = |task: &TaskRow| {
            task.state == TaskState::Planned
                && task.channel != TaskChannel::Phone
                && task.reason.as_deref().is_some_and(|reason| began.contains(&reason))
        };
        Ok(self.store.tasks_of(&[person]).await?.into_iter().filter(here).collect())
    }
}

/// Whether a caller may take a hold off again.
pub(super) fn may_be_lifted(hold: &HoldRow) -> bool {
    let found = HoldReason::from_word(&hold.reason).is_some_and(HoldReason::may_be_lifted);
    hold.channel == ContactKind::Phone && hold.lifted_at.is_none() && found
}

pub(super) fn contact_of(entry: &PersonEntry) -> Option<(SubjectId, &Guarded<Contact>)> {
    Some((entry.subject, entry.records.last()?.contact.as_ref()?))
}
