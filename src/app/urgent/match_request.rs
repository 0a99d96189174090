//! 初配通知: opened from the province's notice, answered against the clock, followed to the donation.

use crate::domain::Guarded;
use crate::domain::fact::{FactEvent, MatchStage, StageOutcome};
use crate::domain::id::{MatterId, PublicId, SubjectId};
use crate::domain::match_request::{Act, Code, Numbers, Phase, Watch};
use crate::domain::outside::{self, OutsideSystem};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::urgent::Rung;
use crate::domain::written::is_text;
use crate::store::{AuditEntry, MatterDraft, MatterKind, MatterRow, PreparedFact, StepDraft, StoreError, Tx};

use super::super::outside::subject_in;
use super::super::people::{Dated, standings};
use super::super::{Actor, App, AppError};
use super::{NOTE, Once, StepForm, StepLine};

/// How far back a notice may have come in, in seconds: thirty days.
const OLDEST: i64 = 30 * 86_400;

/// A notice as typed.
#[derive(Debug)]
pub struct MatchForm {
    /// The donor's CMDP number.
    pub cmdp: Guarded<String>,
    /// The number of the request.
    pub request: Guarded<String>,
    /// When it came in.
    pub received: Timestamp,
    /// By when the province wants an answer, where it says so.
    pub answer_by: Option<Timestamp>,
    /// The registrant, where the CMDP number is not on file yet.
    pub person: Option<PublicId>,
}

/// A match request as its page shows it.
#[derive(Debug)]
pub struct MatchCase {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// The donor's pseudonym, also the address of the person's page.
    pub public_id: Option<PublicId>,
    /// Of whom age and sex are shown before a disclosure.
    pub identity: Option<Guarded<Identity>>,
    /// The donor's CMDP number.
    pub cmdp: Option<Guarded<String>>,
    /// The number of the request.
    pub request: Option<Guarded<String>>,
    /// Where it stands.
    pub phase: Phase,
    /// When it came in.
    pub received: Timestamp,
    /// By when an answer is due.
    pub answer_by: Timestamp,
    /// What is to be done when.
    pub rungs: Vec<Rung>,
    /// What was noted, oldest first.
    pub steps: Vec<StepLine>,
    /// Whether it is over.
    pub closed: bool,
}

impl MatchCase {
    pub(super) fn row_answer_by(&self) -> Timestamp {
        self.answer_by
    }

    /// The answer the province is told: the act, its code and its day.
    pub fn answer(&self) -> Option<&StepLine> {
        let first = [Act::Agreed, Act::Refused, Act::Unavailable];
        self.steps.iter().find(|s| Act::from_word(&s.act).is_some_and(|act| first.contains(&act)))
    }

    /// What the CMDP itself said last: its status, its source as noted, and the day.
    pub fn cmdp_status(&self) -> Option<&StepLine> {
        self.steps.iter().rev().find(|s| s.act == Act::CmdpStatus.word())
    }
}

pub(super) fn phase_of(row: &MatterRow) -> Result<Phase, AppError> {
    Phase::from_word(&row.phase).ok_or(AppError::Store(StoreError::Damaged("matter")))
}

impl App {
    /// Opens a match request.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; nothing is saved.
    pub async fn open_match(&self, actor: Actor, form: &MatchForm, once: &Once, now: Timestamp) -> Result<MatterId, AppError> {
        actor.needs(Right::Urgent)?;
        if let Some(id) = self.first_outcome(actor, once).await? {
            return Ok(id);
        }
        let flaw = |field, hint| AppError::Input { field, hint };
        let cmdp = outside::number(&form.cmdp).ok_or(flaw("cmdp", "4 to 40 letters, digits and dashes"))?;
        let request = outside::number(&form.request).ok_or(flaw("request", "4 to 40 letters, digits and dashes"))?;
        if form.received > now.plus_seconds(60) || form.received < now.plus_seconds(-OLDEST) {
            return Err(flaw("received", "not in the future and within the last 30 days"));
        }
        let rules = self.clocks.on(form.received.date_in(self.config.zone)).ok_or(AppError::Missing("rule"))?;
        let answer_by = form.answer_by.unwrap_or_else(|| rules.answer_by(form.received));
        if answer_by <= form.received {
            return Err(flaw("answer_by", "after the notice came in"));
        }
        let (subject, own) = self.donor_of(&cmdp, form.person.as_ref(), now).await?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let numbers = Numbers::of(&cmdp, &request);
        let times = (form.received, Some(answer_by), None);
        let kind = (MatterKind::Match, Phase::Notified.word());
        let draft = MatterDraft::of(&self.vault, Some((&keys, &numbers)), kind, times, (actor.staff(), now))?;
        let id = draft.id();
        let received_on = form.received.date_in(self.config.zone);
        let first = StepDraft::of(&self.vault, id, ("opened", None), received_on, (actor.staff(), now), None)?;
        let number = self.sealed_number(subject, OutsideSystem::Cmdp, &cmdp).await?;
        let facts = self.match_facts(subject, &[(MatchStage::Preliminary, StageOutcome::Reached)], received_on, now).await?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Err(AppError::Busy) };
        if !tx.open_matters_of(&self.vault, MatterKind::Match, &own).await?.is_empty() {
            return Err(flaw("person", "a request for this donor is open already; close it first"));
        }
        // The CMDP knows the donor under this number: that is noted where it was not yet.
        tx.outside_enter(&self.vault, number, received_on, actor.staff(), now).await??;
        tx.put_matter(&self.vault, draft, vec![first]).await?;
        tx.put_facts(facts).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "match.open", "matter", Some(id.0))).await?;
        self.commit_once(tx, actor, once, Some(id), now).await?;
        Ok(id)
    }

    /// The registration a notice is about, and every registration of its person: by the CMDP number where it is on file, else the person named.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::NotNow`] where the donor is past the age up to which the file keeps anybody.
    async fn donor_of(
        &self,
        cmdp: &Guarded<String>,
        person: Option<&PublicId>,
        now: Timestamp,
    ) -> Result<(SubjectId, Vec<SubjectId>), AppError> {
        let known = self.store.by_outside_number(&self.vault, OutsideSystem::Cmdp, self.outside_tag(OutsideSystem::Cmdp, cmdp)).await?;
        let flaw = |field, hint| AppError::Input { field, hint };
        let person = match (known, person) {
            (Some(subject), named) => {
                let of = self.store.person_of(subject).await?.ok_or(AppError::Missing("registration"))?;
                if let Some(named) = named
                    && self.store.resolve(named).await? != Some(of)
                {
                    return Err(flaw("person", "the CMDP number is noted with another person; compare the two"));
                }
                of
            }
            (None, Some(named)) => self.store.resolve(named).await?.ok_or(flaw("person", "no such number here; look it up in the list"))?,
            (None, None) => return Err(flaw("person", "the CMDP number is not on file; say which registrant it is")),
        };
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("registration"))?;
        if self.is_past_age(&view, now) {
            return Err(outside::NotNow { key: "match-too-old" }.into());
        }
        // An older sheet that came after somebody left brings no donor back: the standing over all registrations counts.
        let pool = standings(view.enrolments()).iter().any(|(registry, status, _)| *registry == Registry::StemCell && status.in_pool());
        match subject_in(&view, Registry::StemCell) {
            Some(subject) if pool => Ok((subject, view.subjects.iter().map(|s| s.row.id).collect())),
            _ => Err(flaw("person", "not registered for stem cells now; tell the province")),
        }
    }

    /// A match request.
    ///
    /// # Errors
    /// [`AppError::Missing`].
    pub async fn match_case(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<MatchCase, AppError> {
        actor.needs(Right::Urgent)?;
        self.match_of(id, now).await
    }

    pub(super) async fn match_of(&self, id: MatterId, now: Timestamp) -> Result<MatchCase, AppError> {
        let (row, numbers) = self.match_row(id).await?;
        let rules = self.clocks.on(row.received_at.date_in(self.config.zone)).ok_or(AppError::Missing("rule"))?;
        let answer_by = row.answer_by.unwrap_or_else(|| rules.answer_by(row.received_at));
        let identity = match row.subject_id {
            Some(subject) => self.store.people_of(&self.vault, &[subject]).await?.pop().and_then(|mut e| e.records.pop()?.identity),
            None => None,
        };
        Ok(MatchCase {
            id,
            version: row.row_version,
            public_id: self.person_of_matter(&row).await?.map(|(_, public)| public),
            identity,
            cmdp: numbers.as_ref().map(|n| n.map(|n| n.cmdp.clone())),
            request: numbers.as_ref().map(|n| n.map(|n| n.request.clone())),
            phase: phase_of(&row)?,
            received: row.received_at,
            answer_by,
            rungs: rules.rungs(row.received_at, answer_by, now),
            steps: self.step_lines(&row).await?,
            closed: row.closed_at.is_some(),
        })
    }

    async fn match_row(&self, id: MatterId) -> Result<(MatterRow, Option<Guarded<Numbers>>), AppError> {
        let found = self.store.matter::<Numbers>(&self.vault, id).await?;
        found.filter(|(row, _)| row.kind == MatterKind::Match).ok_or(AppError::Missing("match request"))
    }

    /// Notes a step of a match request.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Input`] naming the field, `source` for a CMDP status without one;
    /// [`AppError::Stale`].
    pub async fn note_match(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        form: &StepForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        if self.first_outcome(actor, once).await?.is_some() {
            return Ok(());
        }
        let flaw = |field, hint| AppError::Input { field, hint };
        let (row, _) = self.match_row(id).await?;
        let act = Act::from_word(&form.act).ok_or(flaw("act", "choose what happened"))?;
        let code = form.code.as_deref().and_then(Code::from_word).filter(|c| act.codes().contains(c));
        if code.is_none() && !act.codes().is_empty() {
            return Err(flaw("code", "choose the reason"));
        }
        let sourced = form.note.as_ref().is_some_and(|note| is_text(note, NOTE));
        if act == Act::CmdpStatus && !sourced {
            // What another system says is worth as much as where it was read.
            return Err(flaw("source", "where the status was read, 500 characters at most"));
        }
        Self::checked_note(form.note.as_ref())?;
        let last = self.store.matter_steps(&self.vault, &row).await?.last().map(|(s, _)| s.day.0);
        if form.day > self.today(now) || last.is_some_and(|last| form.day < last) {
            return Err(flaw("day", "between the step before and today"));
        }
        let subject = Self::subject_of(&row)?;
        let phase = phase_of(&row)?;
        let next = phase.after(act)?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let note = form.note.as_ref().map(|n| (&keys, n));
        let words = (act.word(), code.map(Code::word));
        let step = StepDraft::of(&self.vault, id, words, form.day, (actor.staff(), now), note)?;
        let facts = self.match_facts(subject, &next.facts, form.day, now).await?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.step_matter(&self.vault, (id, version), next.phase.word(), (None, next.phase.is_end()), step).await?;
        tx.put_facts(facts).await?;
        if Watch::of(phase) != Watch::of(next.phase) {
            self.drop_checks(&mut tx, subject, now).await?;
        }
        // What the CMDP says of a donor afterwards leaves the request where it is.
        if next.phase == Phase::Donated
            && phase != Phase::Donated
            && let Some((person, _)) = self.person_of_matter(&row).await?
        {
            // Care after the donation counts from the collection, not from the day it is typed up.
            let donated = (Registry::StemCell, EnrolmentStatus::Exited(ExitReason::Donated));
            self.settle_on(&mut tx, actor, person, donated, Dated::From(form.day), now).await?;
        }
        let entry = AuditEntry::on(now, actor.staff(), "match.step", "matter", Some(id.0)).with("act", act.word());
        tx.audit(&match code {
            Some(code) => entry.with("code", code.emdis()),
            None => entry,
        })
        .await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }

    /// The answer for the province, as it is printed: logged before a byte of it is sent.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no answer yet.
    pub async fn print_answer(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<MatchCase, AppError> {
        let case = self.match_case(actor, id, now).await?;
        if case.answer().is_none() {
            return Err(AppError::Missing("answer"));
        }
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "match.print", "matter", Some(id.0))).await?;
        tx.commit().await?;
        Ok(case)
    }

    /// Ends the open match requests of registrations that end, within the same transaction.
    pub(in crate::app) async fn end_matches(
        &self,
        tx: &mut Tx,
        actor: Actor,
        subjects: &[SubjectId],
        (act, code): (Act, Code),
        now: Timestamp,
    ) -> Result<(), AppError> {
        let today = self.today(now);
        for row in tx.open_matters_of(&self.vault, MatterKind::Match, subjects).await? {
            let next = phase_of(&row)?.after(act)?;
            let step = StepDraft::of(&self.vault, row.id, (act.word(), Some(code.word())), today, (actor.staff(), now), None)?;
            let subject = Self::subject_of(&row)?;
            let facts = self.match_facts(subject, &next.facts, today, now).await?;
            tx.step_matter(&self.vault, (row.id, row.row_version), next.phase.word(), (None, next.phase.is_end()), step).await?;
            tx.put_facts(facts).await?;
            self.drop_checks(tx, subject, now).await?;
            let entry = AuditEntry::on(now, actor.staff(), "match.step", "matter", Some(row.id.0)).with("act", act.word());
            tx.audit(&entry.with("code", code.emdis())).await?;
        }
        Ok(())
    }

    async fn match_facts(
        &self,
        subject: SubjectId,
        facts: &[(MatchStage, StageOutcome)],
        day: chrono::NaiveDate,
        now: Timestamp,
    ) -> Result<Vec<PreparedFact>, AppError> {
        let Some(stat_id) = self.store.stat_id(&self.vault, subject).await? else { return Ok(Vec::new()) };
        let told = |(stage, outcome): &(MatchStage, StageOutcome)| {
            self.dated_fact((stat_id, Registry::StemCell), FactEvent::Match(*stage, *outcome), day, now)
        };
        facts.iter().map(told).collect()
    }
}
