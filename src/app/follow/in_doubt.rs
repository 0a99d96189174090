//! Mails of which nobody knows whether they arrived: a person looks into the mail server's log or asks, and settles them.
//!
//! A mail of a sensitive kind is never sent a second time: it counts as sent, or a call takes its place.

use std::collections::HashMap;

use crate::domain::Guarded;
use crate::domain::id::{OutboxId, PersonId, PublicId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::store::{AuditEntry, OutboxState, TaskState};

use super::super::{Actor, App, AppError};

/// Listed at most.
const LISTED: u64 = 200;
/// Replies of the mail server shown at most.
const REPLIES: u64 = 30;

/// A mail in doubt.
#[derive(Debug)]
pub struct Doubt {
    /// Which.
    pub id: OutboxId,
    /// To whom.
    pub public_id: Option<PublicId>,
    /// Who, shown masked.
    pub identity: Option<Guarded<Identity>>,
    /// About what.
    pub kind: Option<Kind>,
    /// A second copy would hurt: it is not sent again.
    pub sensitive: bool,
    /// The attempts: when, and what the mail server said; nothing where the sender died over it.
    pub tries: Vec<(Timestamp, Option<String>)>,
    /// As the mail server's log has it.
    pub message_id: String,
}

/// What a person decides about a mail in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoubtVerdict {
    /// It arrived.
    Sent,
    /// It did not: send it again, under the same Message-ID.
    Again,
    /// Nobody can tell: call instead.
    Call,
}

impl DoubtVerdict {
    /// The verdict of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sent, Self::Again, Self::Call].into_iter().find(|v| v.word() == word)
    }

    /// The word in forms and the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Again => "again",
            Self::Call => "call",
        }
    }
}

impl App {
    /// How many mails wait for a person.
    pub async fn count_doubts(&self) -> Result<u64, AppError> {
        Ok(self.store.count_messages(OutboxState::Uncertain).await?)
    }

    /// The mails in doubt, oldest first. Shown masked.
    pub async fn doubts(&self, actor: Actor) -> Result<Vec<Doubt>, AppError> {
        actor.needs(Right::FollowUp)?;
        let rows = self.store.messages(OutboxState::Uncertain, LISTED).await?;
        let ids: Vec<OutboxId> = rows.iter().map(|row| row.id).collect();
        let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject_id).collect();
        let mut tries: HashMap<OutboxId, Vec<(Timestamp, Option<String>)>> = HashMap::new();
        for delivery in self.store.deliveries_of(&ids).await? {
            tries.entry(delivery.outbox_id).or_default().push((delivery.begun_at, delivery.reply));
        }
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let everybody: Vec<PersonId> = persons.values().copied().collect();
        let public = self.store.public_ids_of(&everybody).await?;
        let mut identities: HashMap<SubjectId, Guarded<Identity>> = HashMap::new();
        for mut entry in self.store.people_of(&self.vault, &subjects).await? {
            if let Some(identity) = entry.records.pop().and_then(|record| record.identity) {
                identities.insert(entry.subject, identity);
            }
        }
        let doubt = |row: crate::store::OutboxRow| Doubt {
            public_id: persons.get(&row.subject_id).and_then(|p| public.get(p)).cloned(),
            identity: identities.get(&row.subject_id).map(Guarded::duplicate),
            kind: Kind::from_word(&row.kind),
            sensitive: row.sensitive,
            tries: tries.remove(&row.id).unwrap_or_default(),
            message_id: row.message_id,
            id: row.id,
        };
        Ok(rows.into_iter().map(doubt).collect())
    }

    /// The attempts of the last seven days that the mail server did not take, latest first: when, how it ended, what the server said.
    pub async fn not_taken(&self, actor: Actor, now: Timestamp) -> Result<Vec<(Timestamp, String, String)>, AppError> {
        actor.needs(Right::FollowUp)?;
        let rows = self.store.deliveries_not_taken(now.plus_seconds(-7 * 86_400), REPLIES).await?;
        Ok(rows.into_iter().map(|row| (row.begun_at, row.outcome.unwrap_or_default(), row.reply.unwrap_or_default())).collect())
    }

    /// Settles a mail in doubt.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it is in doubt no more; [`AppError::Input`] where a sensitive one is to be sent again.
    pub async fn settle_doubt(&self, actor: Actor, id: OutboxId, verdict: DoubtVerdict, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::FollowUp)?;
        let row = self.store.message(id).await?.ok_or(AppError::Missing("mail"))?;
        if verdict == DoubtVerdict::Again && row.sensitive {
            return Err(AppError::Input { field: "verdict", hint: "a mail of this kind is never sent twice: count it as sent, or call" });
        }
        let mut tx = self.store.begin().await?;
        match verdict {
            DoubtVerdict::Sent => {
                tx.mark_sent_by_hand(id, now).await?;
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::Done, None, now).await?;
                }
            }
            DoubtVerdict::Again => tx.settle_uncertain(id, OutboxState::Retry, now).await?,
            DoubtVerdict::Call => {
                tx.settle_uncertain(id, OutboxState::Dead, now).await?;
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::NotSent, Some("in-doubt"), now).await?;
                }
                self.call_instead(&mut tx, &row, now).await?;
            }
        }
        let entry = AuditEntry::on(now, actor.staff(), "followup.doubt", "outbox", Some(id.0)).with("verdict", verdict.word());
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
