//! 急办: what runs against the clock. Match requests, death notices, emergency openings, who is on duty, the look-up.

mod closed;
mod duty;
mod look_up;
mod match_request;
mod notice;
mod opening;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{MatterId, PersonId, PublicId, StaffId, SubjectId};
use crate::domain::place::DayPlace;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{Begun, MatterKind, MatterRow, MatterStepRow, PreparedFact, Tx, prepare_fact};

use super::{Actor, App, AppError};

pub use closed::{MatterHead, MatterOf};
pub use duty::{DeskLine, Duty, DutyDay};
pub use look_up::{Found, LookUpWhy};
pub use match_request::{MatchCase, MatchForm};
pub use notice::{NoticeCase, NoticeForm, NoticeHead};
pub use opening::{OpenReason, OpeningLine};

/// Matters listed at a time.
const LISTED: u64 = 100;
/// Characters of a note at most.
const NOTE: usize = 500;

/// What makes a write happen once: the key its page was served with, and the digest of what was sent.
#[derive(Debug, Clone)]
pub struct Once {
    /// The form's idempotency key.
    pub key: String,
    /// The keyed digest of its body.
    pub fingerprint: [u8; 32],
}

/// A step as typed.
#[derive(Debug)]
pub struct StepForm {
    /// Word of the act.
    pub act: String,
    /// Word of the code.
    pub code: Option<String>,
    /// The day it happened.
    pub day: NaiveDate,
    /// When it happened, of a step of a death notice that was not noted at once: typed up from the paper sheet, most often.
    pub when: Option<Timestamp>,
    /// A note.
    pub note: Option<Guarded<String>>,
}

/// A step that was noted.
#[derive(Debug)]
pub struct StepLine {
    /// Word of the act; `opened` for the first.
    pub act: String,
    /// Word of the code.
    pub code: Option<String>,
    /// The day it happened.
    pub day: NaiveDate,
    /// The time of that day, where it was told.
    pub when: Option<Timestamp>,
    /// When it was noted.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<String>,
    /// The note.
    pub note: Option<Guarded<String>>,
}

/// How much runs against the clock now, for the first page and the navigation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UrgentNow {
    /// Match requests and death notices that are open.
    pub matters: u64,
    /// By when the next answer to the province is due.
    pub answer_by: Option<Timestamp>,
    /// Death notices that are open.
    pub notices: u64,
    /// What is due in other systems.
    pub outside: u64,
    /// Emergency openings that nobody has reviewed.
    pub openings: u64,
    /// Requests to see an identity that nobody has decided.
    pub disclosures: u64,
}

/// The page of the clocks.
#[derive(Debug)]
pub struct UrgentBoard {
    /// Open match requests, the next answer first.
    pub matches: Vec<MatchCase>,
    /// Open death notices, the latest first.
    pub notices: Vec<NoticeHead>,
    /// What is due in other systems, the first page of it.
    pub outside: Vec<super::OutsideLine>,
    /// Where the list of it goes on.
    pub outside_more: Option<DayPlace>,
    /// Registrations that were never entered in the national organ system.
    pub unentered: u64,
    /// Families that may be called today.
    pub families: u64,
    /// Who is on duty now, and the day whose duty it is: from eight in the morning to eight the next.
    pub duty: Option<(String, NaiveDate)>,
}

impl App {
    /// How much runs against the clock now.
    pub async fn urgent_now(&self, now: Timestamp) -> Result<UrgentNow, AppError> {
        let matches = self.store.open_matters(&self.vault, MatterKind::Match, LISTED).await?;
        let waiting = matches.iter().filter(|m| match_request::phase_of(m).is_ok_and(crate::domain::match_request::Phase::awaits_answer));
        let notices = self.store.count_open_matters(MatterKind::Death).await?;
        Ok(UrgentNow {
            matters: matches.len() as u64 + notices,
            answer_by: waiting.filter_map(|m| m.answer_by).min(),
            notices,
            outside: self.store.count_outside_due().await?,
            openings: self.store.count_openings(now).await?.0,
            disclosures: self.store.count_disclosures_waiting().await?,
        })
    }

    /// The page of the clocks.
    pub async fn urgent_board(&self, actor: Actor, now: Timestamp) -> Result<UrgentBoard, AppError> {
        actor.needs(Right::Urgent)?;
        let mut matches = Vec::new();
        for row in self.store.open_matters(&self.vault, MatterKind::Match, LISTED).await? {
            matches.push(self.match_of(row.id, now).await?);
        }
        matches.sort_by_key(|m| (!m.phase.awaits_answer(), m.row_answer_by()));
        let mut notices = Vec::new();
        for row in self.store.open_matters(&self.vault, MatterKind::Death, LISTED).await?.into_iter().rev() {
            notices.push(self.notice_head(&row).await?);
        }
        let (outside, outside_more) = self.red_list(actor, None).await?;
        Ok(UrgentBoard {
            matches,
            notices,
            outside,
            outside_more,
            unentered: self.unentered(crate::domain::outside::OutsideSystem::NationalOrgan).await?,
            families: self.family_calls(actor, now).await?.iter().filter(|line| line.due).count() as u64,
            duty: self.duty_now(now).await?,
        })
    }

    /// Begins the transaction of a write that happens once; none where it happened before with the same body.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the key was used with another body.
    pub(in crate::app) async fn begin_once(&self, actor: Actor, once: &Once) -> Result<Option<Tx>, AppError> {
        let mut tx = self.store.begin().await?;
        match tx.begin_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            Begun::Fresh => Ok(Some(tx)),
            Begun::Repeated { .. } => {
                tx.rollback().await?;
                Ok(None)
            }
        }
    }

    /// Ends it: the outcome is kept, and all of it is durable when this returns.
    pub(in crate::app) async fn commit_once(
        &self,
        mut tx: Tx,
        actor: Actor,
        once: &Once,
        location: Option<MatterId>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let location = location.map(|id| id.to_string());
        tx.finish_request(&once.key, actor.key_owner(), &once.fingerprint, 303, location.as_deref(), now).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Where the first outcome of a write was.
    async fn first_outcome(&self, actor: Actor, once: &Once) -> Result<Option<MatterId>, AppError> {
        Ok(match self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            Begun::Repeated { location, .. } => location.and_then(|l| l.parse().ok()).map(MatterId),
            Begun::Fresh => None,
        })
    }

    pub(in crate::app) async fn staff_names(&self) -> Result<HashMap<StaffId, String>, AppError> {
        Ok(self.store.all_staff(&self.vault).await?.into_iter().map(|s| (s.id, s.display_name)).collect())
    }

    /// The person a matter is about.
    pub(in crate::app) async fn person_of_matter(&self, row: &MatterRow) -> Result<Option<(PersonId, PublicId)>, AppError> {
        let Some(subject) = row.subject_id else { return Ok(None) };
        let Some(person) = self.store.person_of(subject).await? else { return Ok(None) };
        Ok(self.store.public_ids_of(&[person]).await?.remove(&person).map(|public| (person, public)))
    }

    pub(in crate::app) async fn step_lines(&self, row: &MatterRow) -> Result<Vec<StepLine>, AppError> {
        let names = self.staff_names().await?;
        let steps = self.store.matter_steps(&self.vault, row).await?;
        let line = |(step, note): (MatterStepRow, Option<Guarded<String>>)| StepLine {
            act: step.act,
            code: step.code,
            day: step.day.0,
            when: step.happened_at,
            at: step.at,
            by: step.by_staff.and_then(|id| names.get(&id).cloned()),
            note,
        };
        Ok(steps.into_iter().map(line).collect())
    }

    /// A fact of a day that is told today.
    fn dated_fact(
        &self,
        (stat_id, registry): (crate::domain::id::StatId, Registry),
        event: FactEvent,
        day: NaiveDate,
        now: Timestamp,
    ) -> Result<PreparedFact, AppError> {
        let fact = Fact { day, ..self.told(stat_id, registry, event, now) };
        Ok(prepare_fact(&self.vault, &fact)?)
    }

    /// A note that may be stored.
    fn checked_note(note: Option<&Guarded<String>>) -> Result<(), AppError> {
        match note {
            Some(note) if !crate::domain::written::is_text(note, NOTE) => {
                Err(AppError::Input { field: "note", hint: "500 characters at most" })
            }
            _ => Ok(()),
        }
    }

    /// The subject a matter is about.
    ///
    /// # Errors
    /// [`AppError::Missing`] where it is about nobody on file.
    fn subject_of(row: &MatterRow) -> Result<SubjectId, AppError> {
        row.subject_id.ok_or(AppError::Missing("registration"))
    }
}
