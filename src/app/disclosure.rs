//! 查看身份: who works with pseudonyms sees an identity only after a manager, who is somebody else, agreed to it. Emergency openings of a match
//! request or a death notice do not wait for that; they are reviewed afterwards (`urgent::opening`).

use crate::domain::approval::Act;
use crate::domain::id::{DisclosureId, PersonId, PublicId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, DisclosureRow};

use super::people::Opening;
use super::{Actor, App, AppError};

/// For how long an identity may be opened again once somebody agreed: a working day with its evening.
const HOLDS_SECONDS: i64 = 24 * 3_600;

/// How somebody comes to see an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// By their own role, or because somebody agreed.
    Open,
    /// They have asked, and nobody has decided.
    Waits,
    /// Their last request was refused; they may ask anew.
    Refused(Refused),
    /// They have to ask.
    Ask,
}

/// A request that was refused, as whoever asked is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<String>,
    /// Why it had been asked for; none where this edition does not know the word.
    pub why: Option<Opening>,
}

/// A request that waits, without anything of the person.
#[derive(Debug, Clone)]
pub struct DisclosureLine {
    /// Which.
    pub id: DisclosureId,
    /// Whose identity; none where the person was erased since.
    pub public_id: Option<PublicId>,
    /// Who asked.
    pub by: String,
    /// Word of the reason.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Whether whoever reads asked: nobody decides their own.
    pub own: bool,
}

impl App {
    /// How an actor comes to see a person's identity.
    pub async fn access(&self, actor: Actor, of: PersonId, now: Timestamp) -> Result<Access, AppError> {
        if actor.needs(Right::Disclose).is_ok() {
            return Ok(Access::Open);
        }
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let asked = self.store.disclosures_by(&self.vault, by, of).await?;
        if asked.iter().any(|row| row.holds(now).is_some()) {
            return Ok(Access::Open);
        }
        if asked.iter().any(DisclosureRow::waits) {
            return Ok(Access::Waits);
        }
        // What was answered last counts: a refusal of before is over once somebody agreed.
        let last = asked.iter().max_by_key(|row| row.decided_at);
        let Some((row, at)) = last.and_then(|row| row.refused().map(|at| (row, at))) else { return Ok(Access::Ask) };
        let by = match row.decided_by {
            Some(by) => self.staff_names().await?.remove(&by),
            None => None,
        };
        Ok(Access::Refused(Refused { at, by, why: Opening::from_word(&row.reason) }))
    }

    /// How an actor comes to see the identity behind a public id.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn access_to(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Access, AppError> {
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        self.access(actor, person, now).await
    }

    /// Refuses whoever may not see a person's identity.
    pub(super) async fn needs_access(&self, actor: Actor, of: PersonId, now: Timestamp) -> Result<(), AppError> {
        if self.access(actor, of, now).await? == Access::Open { Ok(()) } else { Err(AppError::Forbidden) }
    }

    /// Asks to see a person's identity. Asking again while a request waits changes nothing.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id; [`AppError::Forbidden`] for anybody but a named member of staff who works with people.
    pub async fn ask_disclosure(&self, actor: Actor, id: &PublicId, why: Opening, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        let Some(made) = tx.put_disclosure(&self.vault, person, by, why.word(), now).await? else {
            tx.rollback().await?;
            return Ok(());
        };
        let entry = AuditEntry::on(now, Some(by), "disclosure.ask", "person", Some(person.0)).with("why", why.word());
        tx.audit(&entry.with("request", made)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The requests that wait for a manager, the oldest first.
    pub async fn disclosures(&self, actor: Actor) -> Result<Vec<DisclosureLine>, AppError> {
        actor.needs(Act::Disclosure.right())?;
        let rows = self.store.disclosures_waiting(&self.vault).await?;
        let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let public = self.store.public_ids_of(&persons).await?;
        let names = self.staff_names().await?;
        let line = |row: DisclosureRow| DisclosureLine {
            id: row.id,
            public_id: public.get(&row.person_id).cloned(),
            by: names.get(&row.asked_by).cloned().unwrap_or_default(),
            reason: row.reason,
            at: row.asked_at,
            own: actor.staff() == Some(row.asked_by),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Agrees to a request, or refuses it.
    ///
    /// # Errors
    /// [`AppError::Store`] with a missing request where none waits for this manager: decided already, or their own.
    pub async fn decide_disclosure(&self, actor: Actor, id: DisclosureId, agreed: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Act::Disclosure.right())?;
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let until = if agreed { now.plus_seconds(HOLDS_SECONDS) } else { now };
        let mut tx = self.store.begin().await?;
        let row = tx.decide_disclosure(&self.vault, id, by, until, now).await?;
        let entry = AuditEntry::on(now, Some(by), "disclosure.decide", "person", Some(row.person_id.0));
        tx.audit(&entry.with("request", id).with("agreed", agreed)).await?;
        tx.commit().await?;
        Ok(())
    }
}
