//! 救助 and 缅怀: aid cases and remembrance. A donor family's case is opened from a death notice whose family has decided, a recipient's from
//! nothing; each has keys of its own, and none names the other side.

mod case;
mod family;
mod remembrance;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::care::{AidAct, AidPhase, Beneficiary, CareKind, Cents, Fund};
use crate::domain::death_notice;
use crate::domain::id::MatterId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, CareRow, MatterKind, MatterRow, StepDraft, StoreError};

use super::urgent::{Once, StepLine};
use super::{Actor, App, AppError, NoticeHead};
use case::Opened;

pub use family::{FamilyForm, FamilyLine};
pub use remembrance::{RemembranceForm, RemembranceLine};

/// Cases listed at most, of those that are open and of those that are closed.
const LISTED: u64 = 100;

/// Aid asked for, as typed.
#[derive(Debug)]
pub struct AidForm {
    /// For whom.
    pub name: Guarded<String>,
    /// What they are to the donor, or the recipient themselves.
    pub relation: Guarded<String>,
    /// How they are reached.
    pub contact: Guarded<String>,
    /// On which day it was asked for.
    pub asked: NaiveDate,
}

/// A step of an aid case, as typed.
#[derive(Debug)]
pub struct AidStep {
    /// What happened.
    pub act: AidAct,
    /// On which day.
    pub day: NaiveDate,
    /// How much, where it is told.
    pub cents: Option<Cents>,
    /// From where, where it is told.
    pub fund: Option<Fund>,
}

/// An aid case.
#[derive(Debug)]
pub struct AidCase {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// For which side.
    pub kind: CareKind,
    /// The death notice of a donor family's case.
    pub notice: Option<MatterId>,
    /// Where it stands.
    pub phase: AidPhase,
    /// Whether the death after which it was opened does not stand any more, or the family's decision with it; such a case is shown once it is
    /// closed.
    pub mistaken: bool,
    /// When it was asked for.
    pub asked: Option<NaiveDate>,
    /// When it was granted or refused.
    pub decided: Option<NaiveDate>,
    /// How much.
    pub cents: Option<Cents>,
    /// From where.
    pub fund: Option<Fund>,
    /// For whom; masked by the page until it was opened. None where it was erased.
    pub beneficiary: Option<Guarded<Beneficiary>>,
    /// What was noted.
    pub steps: Vec<StepLine>,
}

fn phase_of(row: &MatterRow) -> Result<AidPhase, AppError> {
    AidPhase::from_word(&row.phase).ok_or(AppError::Store(StoreError::Damaged("matter")))
}

impl App {
    /// Whether the family of a death notice has decided: before that nothing of aid or remembrance is shown or taken down.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no such notice; [`AppError::NotNow`] where the family has not decided.
    pub(super) async fn family_decided(&self, notice: MatterId) -> Result<(), AppError> {
        let found = self.store.matter_row(&self.vault, notice).await?;
        let row = found.filter(|row| row.kind == MatterKind::Death).ok_or(AppError::Missing("death notice"))?;
        if self.decided_of(&row).await? { Ok(()) } else { Err(crate::domain::outside::NotNow { key: "care-family-first" }.into()) }
    }

    /// Whether the family of a death notice has decided, and the registrant has died: in the notice, or after it.
    pub(super) async fn decided_of(&self, row: &MatterRow) -> Result<bool, AppError> {
        let phase = death_notice::Phase::from_word(&row.phase).ok_or(AppError::Store(StoreError::Damaged("matter")))?;
        let died = match self.person_of_matter(row).await? {
            Some((person, _)) if row.happened_at.is_none() => match self.store.person(&self.vault, person).await? {
                Some(view) => self.is_dead(&view).await?,
                None => false,
            },
            _ => row.happened_at.is_some(),
        };
        Ok(phase.family_decided(died))
    }

    /// Whether aid and remembrance may be taken down after a death notice, for the pages that ask.
    ///
    /// # Errors
    /// As [`App::ask_aid`].
    pub async fn care_may(&self, actor: Actor, notice: MatterId) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        self.family_decided(notice).await
    }

    /// Death notices whose family has decided, those that are open first: after which aid and remembrance may be taken down.
    pub async fn decided_notices(&self, actor: Actor) -> Result<Vec<NoticeHead>, AppError> {
        actor.needs(Right::Urgent)?;
        let mut rows = self.store.open_matters(&self.vault, MatterKind::Death, LISTED).await?;
        rows.extend(self.store.closed_matters(&self.vault, MatterKind::Death, LISTED).await?);
        let mut heads = Vec::new();
        for row in rows {
            if self.decided_of(&row).await? {
                heads.push(self.notice_head(&row).await?);
            }
        }
        Ok(heads)
    }

    /// Opens an aid case: of a donor's family with its death notice, of a recipient without one.
    ///
    /// # Errors
    /// [`AppError::NotNow`] before the family has decided; [`AppError::Input`] naming the field.
    pub async fn ask_aid(
        &self,
        actor: Actor,
        notice: Option<MatterId>,
        form: &AidForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        if let Some(notice) = notice {
            self.family_decided(notice).await?;
        }
        let kind = if notice.is_some() { CareKind::DonorFamily } else { CareKind::Recipient };
        let beneficiary = Beneficiary::of(&form.name, &form.relation, &form.contact)
            .map_err(|field| AppError::Input { field, hint: "1 to 120 characters" })?;
        let case = Opened {
            care: kind,
            notice,
            begins: (MatterKind::Aid, AidPhase::Asked.word()),
            told: None,
            day: form.asked,
            already: None,
            action: "aid.ask",
        };
        self.open_case(actor, case, &beneficiary, once, now).await
    }

    /// The aid cases, those that are open first. A donor family's stands there only where the family has decided, or once it is closed: what was
    /// granted and paid is for the accounts, whatever became of the death.
    pub async fn aid_cases(&self, actor: Actor) -> Result<Vec<AidCase>, AppError> {
        actor.needs(Right::Urgent)?;
        let mut rows = self.store.open_matters(&self.vault, MatterKind::Aid, LISTED).await?;
        rows.extend(self.store.closed_matters(&self.vault, MatterKind::Aid, LISTED).await?);
        let mut cases = Vec::with_capacity(rows.len());
        for row in rows {
            match self.aid_of(row.id).await {
                Ok(case) => cases.push(case),
                Err(AppError::NotNow(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(cases)
    }

    /// One aid case, masked.
    ///
    /// # Errors
    /// [`AppError::Missing`]; [`AppError::NotNow`] where the family has not decided.
    pub async fn aid_case(&self, actor: Actor, id: MatterId) -> Result<AidCase, AppError> {
        actor.needs(Right::Urgent)?;
        self.aid_of(id).await
    }

    /// One aid case, to be shown opened: logged before anything is.
    ///
    /// # Errors
    /// As [`App::aid_case`].
    pub async fn open_aid(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<AidCase, AppError> {
        let case = self.aid_case(actor, id).await?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "aid.open", "matter", Some(id.0))).await?;
        tx.commit().await?;
        Ok(case)
    }

    /// What a case has besides its matter, with its kind.
    async fn care_kept(&self, id: MatterId) -> Result<(CareRow, CareKind), AppError> {
        let care = self.store.care(&self.vault, id).await?.ok_or(AppError::Missing("case"))?;
        let kind = CareKind::from_word(&care.kind).ok_or(AppError::Store(StoreError::Damaged("care")))?;
        Ok((care, kind))
    }

    /// As [`App::care_kept`], only where the family has decided.
    async fn care_row(&self, id: MatterId) -> Result<(CareRow, CareKind), AppError> {
        let (care, kind) = self.care_kept(id).await?;
        if let Some(notice) = care.notice_id {
            self.family_decided(notice).await?;
        }
        Ok((care, kind))
    }

    /// Whether a case that was opened after a death notice is open: whoever of the family it is about waits for us.
    pub(super) async fn care_is_open(&self, notice: MatterId) -> Result<bool, AppError> {
        for care in self.store.care_of_notice(&self.vault, notice).await? {
            if self.store.matter_row(&self.vault, care.id).await?.is_some_and(|row| row.closed_at.is_none()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn aid_of(&self, id: MatterId) -> Result<AidCase, AppError> {
        let (care, kind) = self.care_kept(id).await?;
        if matches!(kind, CareKind::Remembrance | CareKind::FamilyContact) {
            return Err(AppError::Missing("case"));
        }
        let (row, beneficiary) = self.store.matter::<Beneficiary>(&self.vault, id).await?.ok_or(AppError::Missing("case"))?;
        let mistaken = match care.notice_id {
            Some(notice) => match self.family_decided(notice).await {
                Err(AppError::NotNow(_)) if row.closed_at.is_some() => true,
                decided => decided.map(|()| false)?,
            },
            None => false,
        };
        let steps = self.step_lines(&row).await?;
        let decided = |s: &&StepLine| matches!(AidAct::from_word(&s.act), Some(AidAct::Granted | AidAct::Refused));
        Ok(AidCase {
            id,
            version: row.row_version,
            kind,
            notice: care.notice_id,
            phase: phase_of(&row)?,
            mistaken,
            asked: steps.first().map(|s| s.day),
            decided: steps.iter().find(decided).map(|s| s.day),
            cents: care.cents.map(Cents),
            fund: care.fund.as_deref().and_then(Fund::from_word),
            beneficiary,
            steps,
        })
    }

    /// Notes what became of an aid case.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Input`] naming the field; [`AppError::Stale`].
    pub async fn note_aid(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        form: &AidStep,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let case = self.aid_case(actor, id).await?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        if form.day > self.today(now) || case.steps.last().is_some_and(|last| form.day < last.day) {
            return Err(AppError::Input { field: "day", hint: "between the step before and today" });
        }
        let next = case.phase.after(form.act)?;
        let step = StepDraft::of(&self.vault, id, (form.act.word(), None), form.day, (actor.staff(), now), None)?;
        tx.step_matter(&self.vault, (id, version), next.word(), (None, next.is_end()), step).await?;
        tx.set_care(&self.vault, id, form.cents, form.fund).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "aid.step", "matter", Some(id.0)).with("act", form.act.word())).await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }

    /// Destroys what is kept of a beneficiary once a case is over: kind, steps and amount stay for the accounts.
    ///
    /// # Errors
    /// [`AppError::NotNow`] while the case is open.
    pub async fn forget_aid(&self, actor: Actor, id: MatterId, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Erase)?;
        let found = self.store.matter_row(&self.vault, id).await?;
        let row = found.filter(|row| row.kind == MatterKind::Aid).ok_or(AppError::Missing("case"))?;
        if !phase_of(&row)?.is_end() {
            return Err(crate::domain::outside::NotNow { key: "aid-open-still" }.into());
        }
        let owner = row.subject_id.ok_or(AppError::Missing("case"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.erase(&self.vault, &[owner], now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "aid.forget", "matter", Some(id.0))).await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }
}
