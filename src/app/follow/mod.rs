//! Follow-up: planning, sending through the outbox, returned mails, tasks, and the first contact of imported people.

mod address;
mod apart;
mod bounce;
mod calendar;
mod callable;
mod confirm;
mod experiment;
mod feed;
mod first_contact;
mod giving;
mod gone;
mod hand_off;
mod hand_one;
mod hand_over;
mod heard;
mod in_doubt;
mod language;
mod letters;
mod list;
mod lost;
mod number;
mod paced;
mod people;
mod plan;
mod queue;
mod reach;
mod readiness;
mod route;
mod say;
mod send;
mod shared;
mod task;
mod untrue;
mod watched;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::id::{LinkId, OutboxId, PersonId, PublicId, SubjectId, TaskId};
use crate::domain::person::Identity;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::compose::message_id;
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::store::{LinkRow, OutboxRow, OutboxState, TaskChannel, TaskRow, TaskState};

use super::{App, AppError};

pub use crate::followup::desk::CallOutcome as TaskOutcome;
pub use crate::followup::desk::ToldBy;
pub use bounce::Taken;
pub(super) use calendar::policies;
pub use calendar::{Calendar, CalendarLine, HoldLine, PolicyPreview};
pub(super) use experiment::{Declared, experiments};
pub use experiment::{Results, Trial, TrialState};
pub use hand_off::{HandsWaiting, ResultsRead};
pub use hand_one::HandOne;
pub use hand_over::HandOver;
pub use heard::Heard;
pub use in_doubt::{Doubt, DoubtVerdict};
pub use letters::LetterOut;
pub use list::TaskPlace;
pub use number::{CallNumbers, NumberCounts};
pub(super) use readiness::CallOrder;
pub(super) use readiness::editions as readiness_editions;
pub use readiness::{Calibration, ReadinessLine, ReadinessList};
pub use task::Called;

/// The rule and kind of the mail that asks to verify an address.
pub(super) const VERIFY_RULE: &str = "verify-mail";

/// What planning came to.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct PlanOutcome {
    /// Contacts that fall due in the period.
    pub planned: u64,
    /// Of these, new since the last planning.
    pub new: u64,
    /// Of these, held until the first contact is confirmed.
    pub held: u64,
    /// Open contacts that took another channel or day.
    pub moved: u64,
    /// Open contacts that are no longer due, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
    /// Calls that follow a mail without an answer.
    pub escalated: u64,
    /// By channel.
    pub by_channel: BTreeMap<&'static str, u64>,
    /// Different people, by channel.
    pub people_by_channel: BTreeMap<&'static str, u64>,
    /// Everybody who may be contacted.
    pub people: u64,
    /// Of these, whom each channel reaches, whether anything is due to them or not; `none`: nothing does.
    pub reachable: BTreeMap<&'static str, u64>,
    /// By month.
    pub by_month: BTreeMap<String, u64>,
    /// Registrations not planned, by reason.
    pub not_planned: BTreeMap<&'static str, u64>,
}

/// What sending came to.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct SendTally {
    /// Messages put into the outbox by this call.
    pub queued: u64,
    /// Taken by the mail server.
    pub sent: u64,
    /// To be tried again.
    pub deferred: u64,
    /// Given up.
    pub refused: u64,
    /// Nobody knows.
    pub uncertain: u64,
    /// Of sensitive kinds or tried twice, and nobody knows whether they arrived: they wait for a person and are never sent again by
    /// themselves.
    pub in_doubt: u64,
    /// Due, but not sent, by reason.
    pub not_sent: BTreeMap<String, u64>,
    /// What the mail server said last, for the operator.
    pub last_reply: Option<String>,
}

impl SendTally {
    fn skip(&mut self, reason: &str) {
        *self.not_sent.entry(reason.to_owned()).or_default() += 1;
    }
}

/// A follow-up to be made by staff.
#[derive(Debug)]
pub struct TaskItem {
    /// Which.
    pub id: TaskId,
    /// From whose contact data.
    pub subject: SubjectId,
    /// The version to give back.
    pub version: i64,
    /// With whom.
    pub public_id: PublicId,
    /// Who, shown masked.
    pub identity: Option<Guarded<Identity>>,
    /// About what.
    pub kind: Option<Kind>,
    /// By which channel.
    pub channel: TaskChannel,
    /// Due.
    pub due_on: NaiveDate,
    /// How often somebody tried.
    pub rounds: i64,
    /// Held until the first contact is confirmed.
    pub held: bool,
    /// The day was agreed with the person.
    pub agreed: bool,
    /// A search ended without a way: a registrar is asked whether the person counts as lost.
    pub lost: bool,
}

/// The imported people who were never contacted, before somebody confirms the first contact.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct FirstContact {
    /// How many people.
    pub people: u64,
    /// With a mail address.
    pub by_mail: u64,
    /// With a phone and no mail address.
    pub by_phone: u64,
    /// With an address that a letter finds, and neither of them.
    pub by_letter: u64,
    /// With none of them.
    pub unreachable: u64,
    /// By registry.
    pub by_registry: BTreeMap<&'static str, u64>,
}

/// A message to be queued: what makes it once in the outbox, and what it is about.
pub(super) struct Letter<'a> {
    pub(super) person: PersonId,
    pub(super) subject: SubjectId,
    pub(super) rule: &'a str,
    pub(super) occurrence: NaiveDate,
    pub(super) kind: &'a str,
    pub(super) lang: &'a str,
    pub(super) task: Option<TaskId>,
    pub(super) sensitive: bool,
}

/// A follow-up to be stored: what makes it once, and what it is about.
pub(super) struct NewTask<'a> {
    pub(super) person: PersonId,
    pub(super) subject: SubjectId,
    pub(super) rule: String,
    pub(super) occurrence: NaiveDate,
    pub(super) kind: &'a str,
    pub(super) channel: TaskChannel,
    pub(super) due_on: NaiveDate,
}

impl App {
    /// A follow-up that nobody has touched yet.
    pub(super) fn new_task(&self, task: NewTask<'_>, now: Timestamp) -> TaskRow {
        TaskRow {
            id: TaskId::fresh(),
            subject_id: task.subject,
            person_id: task.person,
            rule: task.rule,
            occurrence: task.occurrence.into(),
            kind: task.kind.to_owned(),
            channel: task.channel,
            due_on: task.due_on.into(),
            zone: self.config.zone.name().to_owned(),
            state: TaskState::Planned,
            reason: None,
            created_at: now,
            row_version: 1,
            done_on: None,
            rounds: 0,
        }
    }

    pub(super) fn message(&self, letter: &Letter<'_>, now: Timestamp) -> OutboxRow {
        let id = OutboxId::fresh();
        let domain = self.config.mail.bounce_domain.clone().unwrap_or_else(|| route::domain_of(&self.config.mail.from));
        OutboxRow {
            id,
            task_id: letter.task,
            subject_id: letter.subject,
            person_id: letter.person,
            rule: letter.rule.to_owned(),
            occurrence: letter.occurrence.into(),
            kind: letter.kind.to_owned(),
            lang: letter.lang.to_owned(),
            sensitive: letter.sensitive,
            state: OutboxState::Due,
            due_at: now,
            lease_until: None,
            fence: 0,
            attempts: 0,
            message_id: message_id(id, &domain),
            reply: None,
            sent_at: None,
            created_at: now,
            address_tag: None,
        }
    }

    pub(super) fn link_token(&self) -> Result<LinkToken, AppError> {
        Ok(LinkToken::from_random(crate::vault::token::random_bytes()?))
    }

    pub(super) fn link_row(&self, token: &LinkToken, purpose: LinkPurpose, subject: SubjectId, now: Timestamp) -> LinkRow {
        LinkRow {
            id: LinkId::fresh(),
            token_hash: token.tag(&*self.vault).to_vec().into(),
            purpose: purpose.word().to_owned(),
            subject_id: subject,
            created_at: now,
            expires_at: now.plus_seconds(purpose.lifetime()),
            used_at: None,
            wrong: 0,
            closed_at: None,
            address_tag: None,
        }
    }
}
