//! Samples of stem-cell registrants: taken under a barcode, sent, accepted. An accepted sample makes a registration an enrolment (入库).

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::id::{MatterId, PublicId, RecordId, SubjectId};
use crate::domain::outside::{self, NotNow};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::sample::{Act, Phase, barcode_tag};
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, MatterDraft, MatterKind, MatterRow, StepDraft, StoreError, Tx};
use crate::vault::SubjectKeys;

use super::outside::subject_in;
use super::people::Dated;
use super::urgent::{Once, StepLine};
use super::{Actor, App, AppError};

/// A sample with what happened to it.
#[derive(Debug)]
pub struct SampleCase {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// The barcode on the tube.
    pub barcode: Option<Guarded<String>>,
    /// Whether the barcode is this person's, so that it could be released.
    pub held: bool,
    /// Where it stands.
    pub phase: Phase,
    /// What was noted, oldest first.
    pub steps: Vec<StepLine>,
}

/// The samples of a registrant.
#[derive(Debug)]
pub struct SamplePage {
    /// Whose.
    pub public_id: PublicId,
    /// How the stem-cell registration stands.
    pub status: EnrolmentStatus,
    /// The samples, the latest first.
    pub samples: Vec<SampleCase>,
    /// Barcodes of this person that records alone tell, each with one of them.
    pub told: Vec<(RecordId, Guarded<String>)>,
}

/// A sample that was taken, sealed for its registrant and ready to be stored.
#[derive(Debug, Clone)]
pub(super) struct TakenSample {
    subject: SubjectId,
    tag: [u8; 32],
    matter: MatterDraft,
    step: StepDraft,
}

pub(super) fn phase_of(row: &MatterRow) -> Result<Phase, AppError> {
    Phase::from_word(&row.phase).ok_or(AppError::Store(StoreError::Damaged("matter")))
}

impl App {
    /// The samples of a registrant.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no registration for stem cells.
    pub async fn samples(&self, actor: Actor, person: &PublicId) -> Result<SamplePage, AppError> {
        actor.needs(Right::Sample)?;
        let id = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, id).await?.ok_or(AppError::Missing("person"))?;
        let standings = super::people::standings(view.enrolments());
        let stands = standings.into_iter().find(|(r, ..)| *r == Registry::StemCell);
        let Some((_, status, _)) = stands else { return Err(AppError::Missing("registration")) };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut samples = Vec::new();
        for row in self.store.matters_of(&self.vault, &subjects).await?.into_iter().filter(|r| r.kind == MatterKind::Sample) {
            let barcode = self.store.matter::<String>(&self.vault, row.id).await?.and_then(|(_, b)| b);
            samples.push(SampleCase {
                id: row.id,
                version: row.row_version,
                held: false,
                barcode,
                phase: phase_of(&row)?,
                steps: self.step_lines(&row).await?,
            });
        }
        let told = self.codes_held(&view, &mut samples).await?;
        Ok(SamplePage { public_id: view.row.public_id, status, samples, told })
    }

    /// Notes that a sample was taken.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn take_sample(
        &self,
        actor: Actor,
        person: &PublicId,
        (barcode, day): (&Guarded<String>, NaiveDate),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let page = self.samples(actor, person).await?;
        let flaw = |field, hint| AppError::Input { field, hint };
        let barcode = outside::number(barcode).ok_or(flaw("barcode", "4 to 40 letters, digits and dashes"))?;
        if day > self.today(now) {
            return Err(flaw("day", "today or earlier"));
        }
        if !page.status.in_pool() {
            return Err(flaw("barcode", "not registered in full; enrol first"));
        }
        let owner = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, owner).await?.ok_or(AppError::Missing("person"))?;
        let subject = subject_in(&view, Registry::StemCell).ok_or(AppError::Missing("registration"))?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let sample = self.sample_of(&keys, &barcode, day, actor, now)?;
        let id = sample.matter.id();
        let own: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        // Again within the transaction: whoever left a moment ago leaves no sample open.
        let view = tx.person(&self.vault, owner).await?.ok_or(AppError::Missing("person"))?;
        let stands = super::people::standings(view.enrolments());
        if !stands.iter().any(|(registry, status, _)| *registry == Registry::StemCell && status.in_pool()) {
            return Err(flaw("barcode", "not registered in full; enrol first"));
        }
        if !tx.open_matters_of(&self.vault, MatterKind::Sample, &own).await?.is_empty() {
            return Err(flaw("barcode", "a sample is under way already; note what became of it first"));
        }
        if !self.put_sample(&mut tx, &sample, &own, actor, now).await? {
            return Err(NotNow { key: "sample-barcode-taken" }.into());
        }
        self.commit_once(tx, actor, once, Some(id), now).await
    }

    /// A sample under the barcode that was typed.
    pub(super) fn sample_of(
        &self,
        keys: &SubjectKeys,
        barcode: &Guarded<String>,
        day: NaiveDate,
        actor: Actor,
        now: Timestamp,
    ) -> Result<TakenSample, StoreError> {
        let words = (MatterKind::Sample, Phase::Taken.word());
        let matter = MatterDraft::of(&self.vault, Some((keys, barcode)), words, (now, None, None), (actor.staff(), now))?;
        let step = StepDraft::of(&self.vault, matter.id(), ("taken", None), day, (actor.staff(), now), None)?;
        Ok(TakenSample { subject: keys.subject(), tag: barcode_tag(barcode, &*self.vault), matter, step })
    }

    /// Stores a sample that was taken, unless its barcode is used by somebody other than `own`: then `false`, and nothing was stored.
    pub(super) async fn put_sample(
        &self,
        tx: &mut Tx,
        sample: &TakenSample,
        own: &[SubjectId],
        actor: Actor,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        match tx.barcode_holder(&self.vault, sample.tag).await? {
            Some(holder) if !own.contains(&holder) => return Ok(false),
            Some(_) => {}
            None => tx.put_barcode(&self.vault, sample.tag, sample.subject, now).await?,
        }
        tx.put_matter(&self.vault, sample.matter.clone(), vec![sample.step.clone()]).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "sample.taken", "matter", Some(sample.matter.id().0))).await?;
        Ok(true)
    }

    /// Notes what became of a sample. An accepted one makes a registration an enrolment. Answers whose it is.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Input`] naming the field; [`AppError::Stale`].
    pub async fn note_sample(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        (act, day): (Act, NaiveDate),
        once: &Once,
        now: Timestamp,
    ) -> Result<PublicId, AppError> {
        actor.needs(Right::Sample)?;
        let found = self.store.matter::<String>(&self.vault, id).await?.filter(|(row, _)| row.kind == MatterKind::Sample);
        let (row, _) = found.ok_or(AppError::Missing("sample"))?;
        let (person, public) = self.person_of_matter(&row).await?.ok_or(AppError::Missing("registration"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(public) };
        let last = self.store.matter_steps(&self.vault, &row).await?.last().map(|(s, _)| s.day.0);
        if day > self.today(now) || last.is_some_and(|last| day < last) {
            return Err(AppError::Input { field: "day", hint: "between the step before and today" });
        }
        let next = phase_of(&row)?.after(act)?;
        let step = StepDraft::of(&self.vault, id, (act.word(), None), day, (actor.staff(), now), None)?;
        tx.step_matter(&self.vault, (id, version), next.word(), (None, next.is_end()), step).await?;
        if next == Phase::Accepted {
            let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
            let stands = super::people::standings(view.enrolments()).into_iter().find(|(r, ..)| *r == Registry::StemCell);
            if stands.is_some_and(|(_, status, _)| status == EnrolmentStatus::Registered) {
                // 入库 is counted in the year of the acceptance, whenever it is typed up.
                let enrolled = (Registry::StemCell, EnrolmentStatus::Enrolled);
                let was = self.settle_on(&mut tx, actor, person, enrolled, Dated::From(day), now).await?;
                self.keep_act(&mut tx, actor, was, EnrolmentStatus::Enrolled, now).await?;
            }
        }
        let entry = AuditEntry::on(now, actor.staff(), "sample.step", "matter", Some(id.0)).with("act", act.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, Some(id), now).await?;
        Ok(public)
    }

    /// Sets aside the samples of registrations that end, within the same transaction.
    pub(super) async fn drop_samples(&self, tx: &mut Tx, actor: Actor, subjects: &[SubjectId], now: Timestamp) -> Result<(), AppError> {
        for row in tx.open_matters_of(&self.vault, MatterKind::Sample, subjects).await? {
            let next = phase_of(&row)?.after(Act::Dropped)?;
            let words = (Act::Dropped.word(), None);
            let step = StepDraft::of(&self.vault, row.id, words, self.today(now), (actor.staff(), now), None)?;
            tx.step_matter(&self.vault, (row.id, row.row_version), next.word(), (None, true), step).await?;
        }
        Ok(())
    }
}
