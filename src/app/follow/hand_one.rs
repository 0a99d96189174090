//! One call replaced by one message that staff paste into WeChat, and how that went.

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::{PublicId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::{Actor, App, AppError};
use super::hand_off::{FAILED, HANDED};

/// Somebody whom a message may reach in the place of a call.
#[derive(Debug)]
pub struct HandOne {
    /// The task.
    pub task: TaskId,
    /// The version to give back.
    pub version: i64,
    /// Whom.
    pub person: PublicId,
    /// How they are addressed and reached; the first number counts.
    pub contact: Guarded<Contact>,
    /// How many wait, this one included.
    pub waiting: u64,
}

impl App {
    /// The next call of today that a message may replace, with name and number: logged before it is shown. Nothing about it changes until the
    /// result is told.
    pub async fn next_hand_off(&self, actor: Actor, now: Timestamp) -> Result<Option<HandOne>, AppError> {
        actor.needs(Right::FollowUp)?;
        actor.needs(Right::Disclose)?;
        let due = self.hand_offs_due(self.today(now), 1, now).await?;
        let waiting = due.all;
        let Some((task, contact)) = due.first.into_iter().next() else { return Ok(None) };
        let person = self.store.public_ids_of(&[task.person_id]).await?.remove(&task.person_id).ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        let mut entry = AuditEntry::on(now, actor.staff(), "followup.hand-off", "registry", None).with("people", 1);
        entry.ids = vec![task.person_id.0];
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(Some(HandOne { task: task.id, version: task.row_version, person, contact, waiting }))
    }

    /// Records how it went: sent, then the follow-up is done; not possible, then the call is due today, or the rung after the message.
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody called or told it meanwhile.
    pub async fn settle_hand_off(&self, actor: Actor, id: TaskId, version: i64, sent: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::FollowUp)?;
        let task = self.store.task(id).await?.ok_or(AppError::Missing("follow-up"))?;
        let waits = match task.channel {
            TaskChannel::Phone => task.reason.is_none(),
            TaskChannel::HandOff => task.reason.as_deref() != Some(HANDED),
            _ => false,
        };
        let open = task.state == TaskState::Planned && waits;
        if !open || task.row_version != version {
            return Err(StoreError::Stale.into());
        }
        let today = self.today(now);
        let person = self.store.person_of(task.subject_id).await?.unwrap_or(task.person_id);
        let failed = match task.channel {
            TaskChannel::HandOff => {
                self.after_hand_off(task.clone(), self.reachable_one(person, now).await?.as_ref(), today, FAILED).await?
            }
            _ => TaskRow { due_on: today.into(), reason: Some(FAILED.to_owned()), ..task.clone() },
        };
        let mut tx = self.store.begin().await?;
        if sent {
            tx.end_task(id, version, TaskState::Done, Some(HANDED), today).await?;
            self.keep_apart(&mut tx, person, id, today).await?;
        } else {
            tx.move_task(&failed, task.channel == TaskChannel::Phone).await?;
        }
        let result = if sent { "sent" } else { "not-possible" };
        tx.audit(&AuditEntry::on(now, actor.staff(), "followup.hand-off-result", "task", Some(id.0)).with("result", result)).await?;
        tx.commit().await?;
        Ok(())
    }
}
