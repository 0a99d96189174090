//! What every case of this room has in common: keys of its own from the first step on, and that a family's wish ends with them.

use chrono::NaiveDate;
use serde::Serialize;
use zeroize::Zeroize;

use crate::domain::Guarded;
use crate::domain::care::{CareKind, RememberPhase, Told};
use crate::domain::id::MatterId;
use crate::domain::outside::NotNow;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, CaseOwner, MatterDraft, MatterKind, MatterRow, StepDraft};

use super::super::urgent::Once;
use super::super::{Actor, App, AppError};

/// A case that is opened.
pub(super) struct Opened {
    /// Which kind.
    pub care: CareKind,
    /// The death notice of a donor's family.
    pub notice: Option<MatterId>,
    /// As which matter it is kept, and where it begins.
    pub begins: (MatterKind, &'static str),
    /// How a family told it.
    pub told: Option<Told>,
    /// On which day.
    pub day: NaiveDate,
    /// Why it is refused where one of its kind is open after the notice; none where there may be several.
    pub already: Option<&'static str>,
    /// The word in the log.
    pub action: &'static str,
}

impl App {
    /// Opens a case, with whom it is about sealed under keys of its own.
    ///
    /// # Errors
    /// [`AppError::Input`] for a day to come; [`AppError::NotNow`] where there is one already.
    pub(super) async fn open_case<T: Serialize + Zeroize>(
        &self,
        actor: Actor,
        case: Opened,
        about: &Guarded<T>,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if case.day > self.today(now) {
            return Err(AppError::Input { field: "day", hint: "today or earlier" });
        }
        let (owner, keys) = CaseOwner::fresh(&self.vault, now)?;
        let times = (self.at_noon(case.day, now), None, None);
        let draft = MatterDraft::of(&self.vault, Some((&keys, about)), case.begins, times, (actor.staff(), now))?;
        let id = draft.id();
        let first = StepDraft::of(&self.vault, id, ("opened", case.told.map(Told::word)), case.day, (actor.staff(), now), None)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        if let (Some(notice), Some(key)) = (case.notice, case.already) {
            // Within the lock of writers: two who record it at the same moment leave one entry.
            for known in self.store.care_of_notice(&self.vault, notice).await? {
                let open = self.store.matter_row(&self.vault, known.id).await?.is_some_and(|row| row.closed_at.is_none());
                if open && CareKind::from_word(&known.kind) == Some(case.care) {
                    return Err(NotNow { key }.into());
                }
            }
        }
        tx.put_case_owner(owner).await?;
        tx.put_matter(&self.vault, draft, vec![first]).await?;
        tx.put_care(&self.vault, id, case.care, case.notice).await?;
        let entry = AuditEntry::on(now, actor.staff(), case.action, "matter", Some(id.0)).with("kind", case.care.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }

    /// A family takes its wish back: the case ends, and what was kept of it is destroyed in the same transaction.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was taken back already, or somebody noted something meanwhile.
    pub(super) async fn end_case(
        &self,
        actor: Actor,
        (row, version): (&MatterRow, i64),
        action: &'static str,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let owner = row.subject_id.ok_or(AppError::Missing("case"))?;
        let words = (RememberPhase::Revoked.word(), None);
        let step = StepDraft::of(&self.vault, row.id, words, self.today(now), (actor.staff(), now), None)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        if row.closed_at.is_some() {
            return Err(AppError::Stale);
        }
        tx.step_matter(&self.vault, (row.id, version), RememberPhase::Revoked.word(), (None, true), step).await?;
        tx.erase(&self.vault, &[owner], now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), action, "matter", Some(row.id.0))).await?;
        self.commit_once(tx, actor, once, Some(row.id), now).await
    }
}
