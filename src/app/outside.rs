//! What other systems know of a registration: entering a number, and closing what leaving, death or a correction left to be done there.

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{OutsideId, PublicId, SubjectId};
use crate::domain::match_request::{self, Code};
use crate::domain::outside::{self, OutsideCause, OutsideState, OutsideSystem};
use crate::domain::place::{DayPlace, page_end};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::written;
use crate::store::{AuditEntry, OutsideView, PersonView, SealedEvidence, SealedNumber, Tx, prepare_fact};

use super::own_page::Pending;
use super::urgent::Once;
use super::{Actor, App, AppError};

/// Lines of the red list on one page.
const LISTED: u64 = 200;
/// Characters of evidence at most.
const EVIDENCE: usize = 500;

/// What one system knows of a registration.
#[derive(Debug)]
pub struct OutsideLine {
    /// Which row; none where nothing was ever noted.
    pub id: Option<OutsideId>,
    /// The version to give back.
    pub version: i64,
    /// Whose.
    pub public_id: PublicId,
    /// Where.
    pub system: OutsideSystem,
    /// How it stands there.
    pub state: OutsideState,
    /// Since when.
    pub since: Option<NaiveDate>,
    /// Why something is due there.
    pub cause: Option<OutsideCause>,
    /// The number there.
    pub number: Option<Guarded<String>>,
}

/// Something that happened there.
#[derive(Debug)]
pub struct OutsideStep {
    /// What.
    pub act: outside::OutsideAct,
    /// Why.
    pub cause: Option<OutsideCause>,
    /// The day it speaks of.
    pub day: NaiveDate,
    /// When it was noted.
    pub at: Timestamp,
    /// By whom; none for the program and the registrant.
    pub by: Option<String>,
    /// The evidence.
    pub evidence: Option<Guarded<String>>,
}

/// One line with what happened.
#[derive(Debug)]
pub struct OutsideItem {
    /// How it stands.
    pub line: OutsideLine,
    /// What happened, oldest first.
    pub steps: Vec<OutsideStep>,
}

impl App {
    /// The digest a number of another system is found by.
    pub(super) fn outside_tag(&self, system: OutsideSystem, number: &Guarded<String>) -> [u8; 32] {
        outside::number_tag(system, number, &*self.vault)
    }

    /// What other systems know of a person: a line for every system that may know a registration, entered or not.
    pub(super) async fn outside_of(
        &self,
        view: &PersonView,
        standings: &[(Registry, EnrolmentStatus, NaiveDate)],
    ) -> Result<Vec<OutsideLine>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let known = self.store.outside_of(&self.vault, &subjects).await?;
        let mut lines: Vec<OutsideLine> = known.into_iter().map(|v| line(v, &view.row.public_id)).collect();
        for (registry, status, _) in standings {
            for system in OutsideSystem::of(*registry) {
                // Who left without ever having been entered there has nothing to do with it.
                if status.in_pool() && !lines.iter().any(|l| l.system == system) {
                    lines.push(OutsideLine {
                        id: None,
                        version: 0,
                        public_id: view.row.public_id.clone(),
                        system,
                        state: OutsideState::NotEntered,
                        since: None,
                        cause: None,
                        number: None,
                    });
                }
            }
        }
        lines.sort_by_key(|l| l.system);
        Ok(lines)
    }

    /// 外部系统未撤销: what is due in other systems, the oldest first, a page behind a place; and where the next page begins, where there is more.
    pub async fn red_list(&self, actor: Actor, after: Option<DayPlace>) -> Result<(Vec<OutsideLine>, Option<DayPlace>), AppError> {
        if actor.needs(Right::Outside).is_err() {
            actor.needs(Right::Urgent)?;
        }
        let mut rows = self.store.outside_due(&self.vault, after, LISTED + 1).await?;
        let next = page_end(&mut rows, LISTED, |row| DayPlace { day: row.since.0, id: row.id.0 });
        let subjects: Vec<SubjectId> = rows.iter().map(|r| r.subject_id).collect();
        let persons = self.store.persons_of(&subjects).await?;
        let ids: Vec<_> = persons.iter().map(|(_, p)| *p).collect();
        let public = self.store.public_ids_of(&ids).await?;
        let lines = rows
            .into_iter()
            .filter_map(|row| {
                let person = persons.iter().find(|(s, _)| *s == row.subject_id)?.1;
                Some(line(OutsideView { row, number: None }, public.get(&person)?))
            })
            .collect();
        Ok((lines, next))
    }

    /// How many registrations in the pool no number was entered for: 未录入国家系统.
    pub async fn unentered(&self, system: OutsideSystem) -> Result<u64, AppError> {
        Ok(self.store.count_unentered(system).await?)
    }

    /// One line with what happened. The number there is what has to be typed into the other system: it is a disclosure, logged before it is
    /// shown.
    ///
    /// # Errors
    /// [`AppError::Missing`].
    pub async fn outside_item(&self, actor: Actor, id: OutsideId, now: Timestamp) -> Result<OutsideItem, AppError> {
        actor.needs(Right::Outside)?;
        let missing = || AppError::Missing("registration elsewhere");
        let view = self.store.outside(&self.vault, id).await?.ok_or_else(missing)?;
        let person = self.store.person_of(view.row.subject_id).await?.ok_or_else(missing)?;
        let public = self.store.public_ids_of(&[person]).await?.remove(&person).ok_or_else(missing)?;
        if view.number.is_some() {
            let mut tx = self.store.begin().await?;
            tx.audit(&AuditEntry::on(now, actor.staff(), "outside.open", "outside", Some(id.0))).await?;
            tx.commit().await?;
        }
        let names = self.staff_names().await?;
        let steps = self.store.outside_steps(&self.vault, &[id]).await?;
        let steps = steps.into_iter().map(|(row, evidence)| OutsideStep {
            act: row.act,
            cause: row.cause,
            day: row.day.0,
            at: row.at,
            by: row.by_staff.and_then(|id| names.get(&id).cloned()),
            evidence,
        });
        Ok(OutsideItem { steps: steps.collect(), line: line(view, &public) })
    }

    /// Notes that a registration is entered in another system under a number.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::NotNow`] where a withdrawal there has to be seen to first.
    pub async fn enter_outside(
        &self,
        actor: Actor,
        person: &PublicId,
        system: OutsideSystem,
        (number, day): (&Guarded<String>, NaiveDate),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Outside)?;
        let number = outside::number(number).ok_or(AppError::Input { field: "number", hint: "4 to 40 letters, digits and dashes" })?;
        if day > self.today(now) {
            return Err(AppError::Input { field: "day", hint: "today or earlier" });
        }
        let person = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subject = subject_in(&view, system.registry()).ok_or(AppError::Missing("registration"))?;
        let sealed = self.sealed_number(subject, system, &number).await?;
        if let Some(other) = self.store.by_outside_number(&self.vault, system, self.outside_tag(system, &number)).await?
            && !view.subjects.iter().any(|s| s.row.id == other)
        {
            return Err(AppError::Input { field: "number", hint: "it is noted with another person; compare the two" });
        }
        let fact = match (system, self.store.stat_id(&self.vault, subject).await?) {
            (OutsideSystem::NationalOrgan, Some(stat_id)) => {
                let told = self.told(stat_id, system.registry(), FactEvent::Numbered, now);
                Some(prepare_fact(&self.vault, &Fact { day, ..told })?)
            }
            _ => None,
        };
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let id = tx.outside_enter(&self.vault, sealed, day, actor.staff(), now).await??;
        tx.put_facts(fact.into_iter().collect()).await?;
        let entry = AuditEntry::on(now, actor.staff(), "outside.enter", "outside", Some(id.0)).with("system", system.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// A number sealed for a subject.
    pub(super) async fn sealed_number(
        &self,
        subject: SubjectId,
        system: OutsideSystem,
        number: &Guarded<String>,
    ) -> Result<SealedNumber, AppError> {
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        Ok(SealedNumber::of(&self.vault, &keys, system, number, self.outside_tag(system, number))?)
    }

    /// Closes what was due in another system, with the day and the evidence.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::Stale`]; [`AppError::NotNow`] where nothing is due there.
    pub async fn finish_outside(
        &self,
        actor: Actor,
        (id, version): (OutsideId, i64),
        day: NaiveDate,
        evidence: &Guarded<String>,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Outside)?;
        if !written::is_text(evidence, EVIDENCE) {
            return Err(AppError::Input { field: "evidence", hint: "1 to 500 characters that say what shows it" });
        }
        let view = self.store.outside(&self.vault, id).await?.ok_or(AppError::Missing("registration elsewhere"))?;
        if day > self.today(now) || day < view.row.since.0 {
            return Err(AppError::Input { field: "day", hint: "between the day it fell due and today" });
        }
        let keys = self.store.subject_keys(&self.vault, view.row.subject_id).await?;
        // Of somebody who was erased nothing more is kept than that it was done.
        let evidence = SealedEvidence::of(&self.vault, &keys, evidence)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.outside_done(&self.vault, (id, version), evidence, (day, actor.staff(), now)).await??;
        let entry = AuditEntry::on(now, actor.staff(), "outside.done", "outside", Some(id.0)).with("system", view.row.system.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// What is still to be done in other systems for whom a subject belongs to.
    pub(super) async fn pending_outside(&self, subject: SubjectId) -> Result<Pending, AppError> {
        let rows = self.store.outside_of(&self.vault, &[subject]).await?;
        Ok(rows.into_iter().filter(|v| v.row.state.is_due()).map(|v| (v.row.system, v.row.state, v.row.since.0)).collect())
    }

    /// Opens what a correction leaves to be done in other systems.
    pub(super) async fn corrected_outside(&self, tx: &mut Tx, actor: Actor, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let told = (self.today(now), actor.staff(), now);
        tx.outside_follow(&self.vault, &[subject], &OutsideSystem::ALL, OutsideCause::Corrected, told).await?;
        Ok(())
    }

    /// What follows at once when registrations of one registry end: match requests end with it, and other systems are to be told.
    pub(super) async fn after_exit(
        &self,
        tx: &mut Tx,
        actor: Actor,
        subjects: &[SubjectId],
        registry: Registry,
        reason: ExitReason,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let cause = match reason {
            ExitReason::Withdrew => Some(OutsideCause::Withdrew),
            ExitReason::Died => Some(OutsideCause::Died),
            ExitReason::Erased => Some(OutsideCause::Erased),
            // Who moved, aged out or donated stays known there, and two registrations of one person are one there too.
            _ => None,
        };
        if let Some(cause) = cause {
            let systems: Vec<OutsideSystem> = OutsideSystem::of(registry).collect();
            let told = (self.today(now), actor.staff(), now);
            tx.outside_follow(&self.vault, subjects, &systems, cause, told).await?;
        }
        if registry == Registry::Volunteer {
            self.drop_turns(tx, actor, subjects, now).await?;
        }
        if registry == Registry::StemCell {
            self.drop_samples(tx, actor, subjects, now).await?;
            if let Some(end) = match_end(reason) {
                self.end_matches(tx, actor, subjects, end, now).await?;
            }
        }
        Ok(())
    }
}

/// How the open match requests of a donor end who leaves; none where the request ends by a step of its own, as one that led to a donation.
pub(super) const fn match_end(reason: ExitReason) -> Option<(match_request::Act, Code)> {
    Some(match reason {
        ExitReason::Withdrew | ExitReason::Erased => (match_request::Act::Refused, Code::OwnWill),
        ExitReason::Died => (match_request::Act::Unavailable, Code::Died),
        ExitReason::Medical => (match_request::Act::Unavailable, Code::MedicalForGood),
        ExitReason::AgedOut => (match_request::Act::Unavailable, Code::TooOld),
        ExitReason::MovedOut => (match_request::Act::Unavailable, Code::Moved),
        ExitReason::Lost => (match_request::Act::Unavailable, Code::NoContact),
        ExitReason::Donated | ExitReason::Duplicate => return None,
    })
}

fn line(view: OutsideView, public_id: &PublicId) -> OutsideLine {
    let OutsideView { row, number } = view;
    OutsideLine {
        id: Some(row.id),
        version: row.row_version,
        public_id: public_id.clone(),
        system: row.system,
        state: row.state,
        since: Some(row.since.0),
        cause: row.cause,
        number,
    }
}

/// The registration of a person in a registry: of several the one in the pool, else the latest.
pub(super) fn subject_in(view: &PersonView, registry: Registry) -> Option<SubjectId> {
    let rows = view.enrolments().filter(|e| e.registry == registry);
    rows.max_by_key(|e| (e.status.in_pool(), e.since, e.id)).map(|e| e.subject_id)
}
