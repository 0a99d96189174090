//! Taking a registration back at the table: by whom it was saved, within minutes, as if it had never been.

use uuid::Uuid;

use crate::domain::id::SubjectId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::AuditEntry;

use super::{Actor, App, AppError};

/// How long a registration may be taken back.
pub const UNDO_SECONDS: i64 = 300;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBack {
    /// Gone, now or before; its running number.
    Done(u32),
    /// Too late, joined to somebody meanwhile, or not this person's to take back: nothing was changed.
    TooLate,
}

impl App {
    /// Takes back what the same member of staff saved under an idempotency key in the last [`UNDO_SECONDS`]: data keys destroyed, likenesses
    /// and statistics facts deleted, mails cancelled, the day's count one less. The running number is not given again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Stale`] where a colleague judged the same registration at the same moment.
    pub async fn take_back(&self, actor: Actor, key: &str, now: Timestamp) -> Result<TakenBack, AppError> {
        actor.needs(Right::Enrol)?;
        let Some((number, Some(location), saved)) = self.store.outcome(key, actor.key_owner()).await? else {
            return Ok(TakenBack::TooLate);
        };
        let Ok(subject) = Uuid::parse_str(&location).map(SubjectId) else { return Ok(TakenBack::TooLate) };
        let number = u32::try_from(number).unwrap_or_default();
        let Some(person) = self.store.person_of(subject).await? else { return Ok(TakenBack::Done(number)) };
        if saved.plus_seconds(UNDO_SECONDS) < now {
            return Ok(TakenBack::TooLate);
        }
        // The facts are looked for before the transaction, which holds up every other writer.
        let facts = match self.store.stat_id(&self.vault, subject).await? {
            Some(stat_id) => self.store.facts_of(&self.vault, stat_id).await?,
            None => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        let alone = tx.person(&self.vault, person).await?.is_some_and(|view| view.subjects.iter().all(|s| s.row.id == subject));
        if !alone {
            tx.rollback().await?;
            return Ok(TakenBack::TooLate);
        }
        tx.take_back(&self.vault, subject, &facts, now).await?;
        super::drive::count_back(&mut tx, saved.date_in(self.config.zone)).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "person.take-back", "subject", Some(subject.0))).await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(TakenBack::Done(number))
    }
}
