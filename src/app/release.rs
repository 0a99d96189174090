//! 解除条码: a sample barcode that was noted with the wrong person is taken from them by a further fact, with reason and evidence, so that
//! it can be noted with the right one. What was told before stays told.

use std::collections::HashSet;

use crate::domain::Guarded;
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{MatterId, PublicId, RecordId, StatId, SubjectId};
use crate::domain::outside;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::sample::{AroundRelease, Phase, RELEASED, ReleaseWhy, barcode_tag};
use crate::domain::time::Timestamp;
use crate::domain::written;
use crate::store::{
    AuditEntry, BarcodeTag, Begun, EnrolmentRow, MatterDraft, MatterKind, MatterRow, PersonView, PreparedFact, StepDraft, prepare_fact,
};

use super::sample::{SampleCase, phase_of};
use super::urgent::Once;
use super::{Actor, App, AppError};

/// Characters of evidence at most.
const EVIDENCE: usize = 500;

/// Which barcode of a person, by what tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOf {
    /// A sample that was noted.
    Sample(MatterId),
    /// A record, of a sheet as a rule.
    Record(RecordId),
}

/// A barcode with everything of one person that tells it.
struct Told {
    code: Guarded<String>,
    tag: BarcodeTag,
    /// Samples under it.
    under: Vec<MatterRow>,
    /// Whether a sample under another one was accepted.
    other_accepted: bool,
    /// Registrations whose enrolment rests on it alone.
    rest: Vec<EnrolmentRow>,
}

/// The barcodes that stem-cell records tell.
fn recorded(view: &PersonView) -> impl Iterator<Item = (SubjectId, RecordId, Guarded<String>)> {
    let records = view.records().filter(|record| record.registry == Registry::StemCell);
    records.filter_map(|record| Some((record.subject, record.id, Details::barcode_of(record.details.as_ref()?)?)))
}

impl App {
    /// Marks the samples whose barcodes are the person's own, and answers the barcodes that only records tell.
    pub(super) async fn codes_held(
        &self,
        view: &PersonView,
        samples: &mut [SampleCase],
    ) -> Result<Vec<(RecordId, Guarded<String>)>, AppError> {
        let tag = |code: &Guarded<String>| barcode_tag(code, &*self.vault);
        let mut told: Vec<(RecordId, Guarded<String>)> = recorded(view).map(|(_, record, code)| (record, code)).collect();
        let all = samples.iter().filter_map(|sample| sample.barcode.as_ref()).chain(told.iter().map(|(_, code)| code));
        let tags: Vec<BarcodeTag> = all.map(tag).collect();
        let holders = self.store.barcode_holders(&self.vault, &tags).await?;
        let own = |tag: &BarcodeTag| holders.get(tag).is_some_and(|holder| view.subjects.iter().any(|s| s.row.id == *holder));
        let mut seen: HashSet<BarcodeTag> = HashSet::new();
        for sample in samples.iter_mut().filter(|sample| sample.phase != Phase::Released) {
            let Some(tag) = sample.barcode.as_ref().map(tag) else { continue };
            sample.held = own(&tag) && seen.insert(tag);
        }
        told.retain(|(_, code)| own(&tag(code)) && seen.insert(tag(code)));
        Ok(told)
    }

    /// Whose a barcode is now; none where it is nobody's, or cannot be one.
    pub async fn barcode_holder(&self, actor: Actor, typed: &Guarded<String>) -> Result<Option<PublicId>, AppError> {
        actor.needs(Right::Sample)?;
        let Some(code) = outside::number(typed) else { return Ok(None) };
        let tag = barcode_tag(&code, &*self.vault);
        let Some(subject) = self.store.barcode_holders(&self.vault, &[tag]).await?.remove(&tag) else { return Ok(None) };
        let Some(person) = self.store.person_of(subject).await? else { return Ok(None) };
        Ok(self.store.public_ids_of(&[person]).await?.remove(&person))
    }

    async fn told_of(&self, view: &PersonView, of: CodeOf) -> Result<Told, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut samples = Vec::new();
        for row in self.store.matters_of(&self.vault, &subjects).await?.into_iter().filter(|row| row.kind == MatterKind::Sample) {
            let Some((row, Some(code))) = self.store.matter::<String>(&self.vault, row.id).await? else { continue };
            samples.push((row, code));
        }
        let code = match of {
            CodeOf::Sample(id) => samples.iter().find(|(row, _)| row.id == id).map(|(_, code)| code.duplicate()),
            CodeOf::Record(id) => recorded(view).find(|(_, record, _)| *record == id).map(|(_, _, code)| code),
        };
        let code = code.ok_or(AppError::Missing("barcode"))?;
        let tag = barcode_tag(&code, &*self.vault);
        let (mut under, mut other_accepted) = (Vec::new(), false);
        for (row, other) in samples {
            let same = barcode_tag(&other, &*self.vault) == tag;
            match phase_of(&row)? {
                Phase::Released => {}
                _ if same => under.push(row),
                Phase::Accepted => other_accepted = true,
                Phase::Taken | Phase::Sent | Phase::Rejected | Phase::Dropped => {}
            }
        }
        let mut rest: Vec<EnrolmentRow> = Vec::new();
        let enrolled = view.enrolments().filter(|row| row.registry == Registry::StemCell && row.status == EnrolmentStatus::Enrolled);
        for row in enrolled.filter(|_| !other_accepted) {
            let accepted = under.iter().any(|sample| sample.phase == Phase::Accepted.word());
            let mut sheets = view.records().filter(|r| r.subject == row.subject_id && r.registry == Registry::StemCell);
            let tells = |record: RecordId| recorded(view).any(|(_, id, code)| id == record && barcode_tag(&code, &*self.vault) == tag);
            let told = recorded(view).any(|(of, _, code)| of == row.subject_id && barcode_tag(&code, &*self.vault) == tag);
            // Another sheet may have told the enrolment too, and then it stands.
            if accepted || told && sheets.all(|record| record.import_row.is_none() || tells(record.id)) {
                rest.push(row.clone());
            }
        }
        Ok(Told { code, tag, under, other_accepted, rest })
    }

    /// Takes a barcode from a person it was noted with in error: nobody has it until it is noted with the right one. An enrolment that rests
    /// on it alone becomes a registration again.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::NotNow`] with the reason; [`AppError::Missing`] where nothing of the person tells
    /// it.
    pub async fn release_barcode(
        &self,
        actor: Actor,
        id: &PublicId,
        of: CodeOf,
        (why, evidence): (ReleaseWhy, &Guarded<String>),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Correct)?;
        if !written::is_text(evidence, EVIDENCE) {
            return Err(AppError::Input { field: "evidence", hint: "1 to 500 characters that say what shows it" });
        }
        if let Begun::Repeated { .. } = self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            return Ok(());
        }
        let (person, view) = self.whole(id).await?;
        let told = self.told_of(&view, of).await?;
        // The facts are opened before the transaction: they are many, and none of them ever changes.
        let facts = self.unenrolling(&told.rest, now).await?;
        let under: Vec<&MatterRow> = told.under.iter().collect();
        let enrolment_stands = !told.other_accepted && self.enrolled_by(&view, &under).await?;
        let (steps, fresh) = self.release_steps(&view, &told, (why, evidence), actor, now).await?;

        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let own: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        AroundRelease {
            not_theirs: !tx.barcode_holder(&self.vault, told.tag).await?.is_some_and(|holder| own.contains(&holder)),
            enrolment_stands,
            ends_enrolment: !told.rest.is_empty(),
            match_open: !tx.open_matters_of(&self.vault, MatterKind::Match, &own).await?.is_empty(),
        }
        .allowed()?;
        tx.free_barcode(told.tag).await?;
        let noted = told.under.first().map(|row| row.id).or(fresh.as_ref().map(|(matter, _)| matter.id()));
        for (row, step) in told.under.iter().zip(steps) {
            tx.step_matter(&self.vault, (row.id, row.row_version), Phase::Released.word(), (None, true), step).await?;
        }
        if let Some((matter, step)) = fresh {
            tx.put_matter(&self.vault, matter, vec![step]).await?;
        }
        for row in &told.rest {
            // A standing that was changed meanwhile is refused by its version.
            tx.set_standing(&self.vault, row.id, row.row_version, EnrolmentStatus::Registered, row.since.0, now).await?;
        }
        tx.put_facts(facts).await?;
        let entry = AuditEntry::on(now, actor.staff(), "sample.release", "matter", noted.map(|id| id.0)).with("why", why.word());
        tx.audit(&entry.with("unenrolled", told.rest.len())).await?;
        self.commit_once(tx, actor, once, noted, now).await
    }

    /// The step of each sample under a barcode; of a barcode that only records tell, a closed matter of its own that holds it.
    async fn release_steps(
        &self,
        view: &PersonView,
        told: &Told,
        (why, evidence): (ReleaseWhy, &Guarded<String>),
        actor: Actor,
        now: Timestamp,
    ) -> Result<(Vec<StepDraft>, Option<(MatterDraft, StepDraft)>), AppError> {
        let words = (RELEASED, Some(why.word()));
        let (today, by) = (self.today(now), (actor.staff(), now));
        let mut steps = Vec::with_capacity(told.under.len());
        for row in &told.under {
            let subject = row.subject_id.ok_or(AppError::Missing("registration"))?;
            let keys = self.store.subject_keys(&self.vault, subject).await?;
            steps.push(StepDraft::of(&self.vault, row.id, words, today, by, Some((&keys, evidence)))?);
        }
        if !steps.is_empty() {
            return Ok((steps, None));
        }
        let tells = recorded(view).find(|(_, _, code)| barcode_tag(code, &*self.vault) == told.tag);
        let (subject, ..) = tells.ok_or(AppError::Missing("barcode"))?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let phase = (MatterKind::Sample, Phase::Released.word());
        let matter = MatterDraft::of(&self.vault, Some((&keys, &told.code)), phase, (now, None, None), by)?.closed();
        let step = StepDraft::of(&self.vault, matter.id(), words, today, by, Some((&keys, evidence)))?;
        Ok((steps, Some((matter, step))))
    }

    /// The facts by which enrolments that rested on the barcode never happened: who was enrolled at once was registered that day.
    async fn unenrolling(&self, rest: &[EnrolmentRow], now: Timestamp) -> Result<Vec<PreparedFact>, AppError> {
        let mut of: HashSet<StatId> = HashSet::new();
        for row in rest {
            of.extend(self.store.stat_id(&self.vault, row.subject_id).await?);
        }
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let (mut stood, mut gone): (Vec<Fact>, Vec<Fact>) = (Vec::new(), Vec::new());
        self.store
            .facts(&self.vault, |fact| match fact.event {
                _ if fact.registry != Registry::StemCell || !of.contains(&fact.stat_id) => {}
                FactEvent::Status(_) => stood.push(fact),
                FactEvent::TakenBack(_) => gone.push(fact),
                _ => {}
            })
            .await?;
        let named = |fact: &Fact| (fact.stat_id, fact.day, fact.turn);
        let taken = |of, fact: &Fact| gone.iter().any(|g| named(g) == named(fact) && g.event == FactEvent::TakenBack(of));
        stood.retain(|fact| !matches!(fact.event, FactEvent::Status(of) if taken(of, fact)));
        let registered = FactEvent::Status(EnrolmentStatus::Registered);
        let mut facts = Vec::new();
        for wrong in stood.iter().filter(|fact| fact.event == FactEvent::Status(EnrolmentStatus::Enrolled)) {
            facts.push(prepare_fact(&self.vault, &self.taking_back(wrong, now))?);
            let before = |fact: &Fact| fact.stat_id == wrong.stat_id && (fact.day, fact.turn) <= (wrong.day, wrong.turn);
            if !stood.iter().any(|fact| fact.event == registered && before(fact)) {
                facts.push(prepare_fact(&self.vault, &Fact { event: registered, recorded: self.today(now), ..wrong.clone() })?);
            }
        }
        Ok(facts)
    }
}
