//! 家属回访: calls to a donor's family after a realised donation, only while the family agrees to them, and of it only to whom it named. What is
//! kept stands under keys of its own, names neither the registrant nor a recipient, and is destroyed when the family wishes no more calls.

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::care::{Beneficiary, CareKind, RememberPhase, Told};
use crate::domain::death_notice;
use crate::domain::family_contact::{FamilyCalls, Heard, Made, NextCall, Occasion};
use crate::domain::id::MatterId;
use crate::domain::outside::NotNow;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, MatterKind, MatterRow, StepDraft};

use super::super::urgent::{Once, StepLine};
use super::super::{Actor, App, AppError};
use super::case::Opened;

/// Families at most: all there are, since one that is not listed is not called.
const MOST: u64 = 100_000;
/// The rules are part of the program, read once.
static CALLS: LazyLock<FamilyCalls> = LazyLock::new(FamilyCalls::shipped);

/// Who of a family agreed to be called, as typed.
#[derive(Debug)]
pub struct FamilyForm {
    /// Who.
    pub name: Guarded<String>,
    /// What they are to the donor.
    pub relation: Guarded<String>,
    /// Their number.
    pub contact: Guarded<String>,
    /// How they said so.
    pub told: Told,
    /// On which day.
    pub day: NaiveDate,
}

/// A family that agreed to be called.
#[derive(Debug)]
pub struct FamilyLine {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// Who is called; masked by the page until it was opened.
    pub family: Option<Guarded<Beneficiary>>,
    /// Since when they agree.
    pub since: NaiveDate,
    /// How they said so.
    pub told: Option<Told>,
    /// Who recorded it.
    pub by: Option<String>,
    /// Calls made.
    pub made: Vec<Made>,
    /// The next one; none before the donation is realised, and where none is to come.
    pub next: Option<NextCall>,
    /// Whether it may be made today.
    pub due: bool,
}

/// The calls among the steps of a case.
fn made_of(steps: &[StepLine]) -> Vec<Made> {
    let call = |step: &StepLine| {
        let (heard, occasion) = Heard::from_word(&step.act).zip(step.code.as_deref().and_then(Occasion::from_code))?;
        Some(Made { occasion, day: step.day, heard })
    };
    steps.iter().filter_map(call).collect()
}

impl App {
    /// Records that a family agrees to be called, and who of it.
    ///
    /// # Errors
    /// [`AppError::NotNow`] before the family has decided about the donation, or where it agreed already; [`AppError::Input`].
    pub async fn agree_to_calls(
        &self,
        actor: Actor,
        notice: MatterId,
        form: &FamilyForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        self.family_decided(notice).await?;
        let family = Beneficiary::of(&form.name, &form.relation, &form.contact)
            .map_err(|field| AppError::Input { field, hint: "1 to 120 characters" })?;
        let case = Opened {
            care: CareKind::FamilyContact,
            notice: Some(notice),
            begins: (MatterKind::FamilyContact, RememberPhase::Wished.word()),
            told: Some(form.told),
            day: form.day,
            // Nobody is called twice.
            already: Some("family-calls-already"),
            action: "family.agree",
        };
        self.open_case(actor, case, &family, once, now).await
    }

    /// The families that agreed, those that are due first, then by the day of the next call; masked. A family stays listed until its case is
    /// ended, and is called after a realised donation alone.
    pub async fn family_calls(&self, actor: Actor, now: Timestamp) -> Result<Vec<FamilyLine>, AppError> {
        actor.needs(Right::Urgent)?;
        let mut lines = Vec::new();
        for open in self.store.open_matters(&self.vault, MatterKind::FamilyContact, MOST).await? {
            lines.push(self.family_line(open.id, now).await?);
        }
        lines.sort_by_key(|line| (line.next.is_none(), line.next.map(|next| next.from)));
        Ok(lines)
    }

    /// One family, masked.
    ///
    /// # Errors
    /// [`AppError::Missing`], also once it wishes no more calls.
    pub async fn family_call(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<FamilyLine, AppError> {
        actor.needs(Right::Urgent)?;
        self.family_line(id, now).await
    }

    /// One family, to be called: logged before anything is shown.
    ///
    /// # Errors
    /// As [`App::family_call`]; [`AppError::NotNow`] where the notice does not say any more that the registrant has died.
    pub async fn open_family_call(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<FamilyLine, AppError> {
        let line = self.family_call(actor, id, now).await?;
        self.care_row(id).await?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "family.open", "matter", Some(id.0))).await?;
        tx.commit().await?;
        Ok(line)
    }

    /// Notes how a call that is due ended.
    ///
    /// # Errors
    /// [`AppError::NotNow`] where no call is due; [`AppError::Stale`].
    pub async fn note_family_call(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        heard: Heard,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let line = self.family_line(id, now).await?;
        let next = line.next.filter(|_| line.due).ok_or(NotNow { key: "family-call-not-due" })?;
        let code = next.occasion.code();
        let step = StepDraft::of(&self.vault, id, (heard.word(), Some(code.as_str())), self.today(now), (actor.staff(), now), None)?;
        tx.step_matter(&self.vault, (id, version), RememberPhase::Wished.word(), (None, false), step).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "family.call", "matter", Some(id.0)).with("outcome", heard.word())).await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }

    /// The family wishes no more calls: none is due any more, and name and number are destroyed in the same transaction.
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody noted something meanwhile.
    pub async fn end_family_calls(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        let (row, _, _) = self.family_row(id).await?;
        self.end_case(actor, (&row, version), "family.end", once, now).await
    }

    /// A family's case, whatever the notice says by now: what is kept of it can be ended and destroyed in any case.
    async fn family_row(&self, id: MatterId) -> Result<(MatterRow, MatterId, Option<Guarded<Beneficiary>>), AppError> {
        let missing = || AppError::Missing("case");
        let (care, kind) = self.care_kept(id).await?;
        let notice = care.notice_id.filter(|_| kind == CareKind::FamilyContact).ok_or_else(missing)?;
        let (row, family) = self.store.matter::<Beneficiary>(&self.vault, id).await?.ok_or_else(missing)?;
        Ok((row, notice, family))
    }

    async fn family_line(&self, id: MatterId, now: Timestamp) -> Result<FamilyLine, AppError> {
        let (row, notice, family) = self.family_row(id).await?;
        let steps = self.step_lines(&row).await?;
        let (Some(first), None) = (steps.first(), row.closed_at) else { return Err(AppError::Missing("case")) };
        let (made, today, since) = (made_of(&steps), self.today(now), first.day);
        let next = match (self.realised_on(notice).await?, CALLS.on(today)) {
            (Some(donated), Some(rules)) => rules.next(donated, since, &made, today),
            _ => None,
        };
        Ok(FamilyLine {
            id,
            version: row.row_version,
            family,
            since,
            told: first.code.as_deref().and_then(Told::from_word),
            by: first.by.clone(),
            due: next.is_some_and(|next| next.from <= today),
            made,
            next,
        })
    }

    /// The day on which the donation of a death notice was realised.
    async fn realised_on(&self, notice: MatterId) -> Result<Option<NaiveDate>, AppError> {
        let Some(row) = self.store.matter_row(&self.vault, notice).await? else { return Ok(None) };
        if death_notice::Phase::from_word(&row.phase) != Some(death_notice::Phase::Realised) {
            return Ok(None);
        }
        let steps = self.step_lines(&row).await?;
        Ok(steps.iter().rev().find(|step| step.act == death_notice::Act::Realised.word()).map(|step| step.day))
    }
}
