//! 缅怀: only with the family's wish on record, who said so, when and how; taken back at once, and then nothing of them is kept.

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::care::{Beneficiary, CareKind, RememberPhase, Remembered, Told};
use crate::domain::id::MatterId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, MatterKind, MatterRow};

use super::super::urgent::Once;
use super::super::{Actor, App, AppError};
use super::LISTED;
use super::case::Opened;

/// A family's wish, as typed.
#[derive(Debug)]
pub struct RemembranceForm {
    /// The name as they wish it; none: without a name.
    pub shown: Option<Guarded<String>>,
    /// Who of the family said so.
    pub name: Guarded<String>,
    /// What they are to the donor.
    pub relation: Guarded<String>,
    /// Where they are invited.
    pub contact: Guarded<String>,
    /// How they said so.
    pub told: Told,
    /// On which day.
    pub day: NaiveDate,
}

/// A donor who is remembered.
#[derive(Debug)]
pub struct RemembranceLine {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// Name and family; masked by the page until the list is printed.
    pub remembered: Option<Guarded<Remembered>>,
    /// Since when the family wishes it.
    pub since: NaiveDate,
    /// How they said so.
    pub told: Option<Told>,
    /// Who recorded it.
    pub by: Option<String>,
}

impl App {
    /// Records that a family wishes remembrance.
    ///
    /// # Errors
    /// [`AppError::NotNow`] before the family has decided about the donation, or where the wish is on record already; [`AppError::Input`].
    pub async fn remember(
        &self,
        actor: Actor,
        notice: MatterId,
        form: &RemembranceForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        self.family_decided(notice).await?;
        let flaw = |field| AppError::Input { field, hint: "1 to 120 characters" };
        let family = Beneficiary::of(&form.name, &form.relation, &form.contact).map_err(flaw)?;
        let remembered = Remembered::of(form.shown.as_ref(), &family).map_err(flaw)?;
        let case = Opened {
            care: CareKind::Remembrance,
            notice: Some(notice),
            begins: (MatterKind::Remembrance, RememberPhase::Wished.word()),
            told: Some(form.told),
            day: form.day,
            already: Some("remember-already"),
            action: "remembrance.wish",
        };
        self.open_case(actor, case, &remembered, once, now).await
    }

    /// A family's wish, whatever the notice says by now: it can be taken back in any case.
    async fn remembrance_row(&self, id: MatterId) -> Result<(MatterRow, Option<Guarded<Remembered>>), AppError> {
        let missing = || AppError::Missing("remembrance");
        let (_, kind) = self.care_kept(id).await?;
        if kind != CareKind::Remembrance {
            return Err(missing());
        }
        self.store.matter::<Remembered>(&self.vault, id).await?.ok_or_else(missing)
    }

    /// Who is remembered, the oldest wish first; masked.
    pub async fn remembrances(&self, actor: Actor) -> Result<Vec<RemembranceLine>, AppError> {
        actor.needs(Right::Urgent)?;
        let mut lines = Vec::new();
        for open in self.store.open_matters(&self.vault, MatterKind::Remembrance, LISTED).await? {
            let (row, remembered) = self.remembrance_row(open.id).await?;
            let steps = self.step_lines(&row).await?;
            let Some(first) = steps.into_iter().next() else { continue };
            lines.push(RemembranceLine {
                id: row.id,
                version: row.row_version,
                remembered,
                since: first.day,
                told: first.code.as_deref().and_then(Told::from_word),
                by: first.by,
            });
        }
        Ok(lines)
    }

    /// The same, to be printed with names and contacts for the invitations of Qingming: one leaf with every id, before anything is shown. Nobody
    /// is invited to remember somebody of whom the notice does not say any more that they have died.
    pub async fn open_remembrances(&self, actor: Actor, now: Timestamp) -> Result<Vec<RemembranceLine>, AppError> {
        let mut lines = Vec::new();
        for line in self.remembrances(actor).await? {
            match self.care_row(line.id).await {
                Ok(_) => lines.push(line),
                Err(AppError::NotNow(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let mut entry = AuditEntry::on(now, actor.staff(), "remembrance.print", "matter", None).with("count", lines.len());
        entry.ids = lines.iter().map(|l| l.id.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(lines)
    }

    /// The family takes its wish back: the entry leaves the list, and names and contacts are destroyed in the same transaction.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was taken back already.
    pub async fn forget_remembrance(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        let (row, _) = self.remembrance_row(id).await?;
        self.end_case(actor, (&row, version), "remembrance.revoke", once, now).await
    }
}
