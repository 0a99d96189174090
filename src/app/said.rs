//! What a registrant says of themselves, on their own page or in a call: one place stores it, whoever took it down.

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::id::{PersonId, StaffId, SubjectId, TaskId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::Kind;
use crate::followup::plan::ASKED_LATER;
use crate::store::{PauseRow, TaskChannel, TaskRow, Tx, prepare_told};
use crate::vault::SubjectKeys;

use super::follow::NewTask;
use super::own_tell::ANSWERED;
use super::{App, AppError};

/// The rule of the task that carries a question is this with the fact's id: each question is one task.
pub(super) const QUESTION: &str = "question-";

/// The day until which somebody is left alone who names one: tomorrow at the soonest.
pub(super) fn not_before(named: NaiveDate, today: NaiveDate) -> NaiveDate {
    named.max(today + Days::new(1))
}

/// How somebody who stays feels about being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// Still willing.
    Still,
    /// Not now; ask again on a day.
    Later(NaiveDate),
}

impl Stays {
    /// The word in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Still => "still",
            Self::Later(_) => "later",
        }
    }
}

/// Whose word it is.
pub(super) struct Speaker<'a> {
    pub(super) person: PersonId,
    /// By which registration they speak.
    pub(super) subject: SubjectId,
    /// Every registration of theirs.
    pub(super) subjects: &'a [SubjectId],
    /// The registries they stand in.
    pub(super) stands_in: &'a [Registry],
    /// What of theirs is planned or queued.
    pub(super) open: &'a [TaskRow],
    /// Who took it down; none where they wrote it themselves.
    pub(super) by: Option<StaffId>,
}

impl App {
    /// When they may be asked again, within the transaction that records it. The latest word counts: an earlier day is agreed no more.
    pub(super) async fn note_stays(&self, tx: &mut Tx, who: &Speaker<'_>, stays: Stays, now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        let agreed: Vec<TaskId> = who.open.iter().filter(|task| task.rule == ASKED_LATER).map(|task| task.id).collect();
        tx.end_pauses(who.subjects, now).await?;
        tx.drop_tasks(&agreed, ANSWERED, today).await?;
        let Stays::Later(day) = stays else { return Ok(()) };
        let day = not_before(day, today);
        let waits = |task: &&TaskRow| task.due_on.0 < day && self.may_wait(&task.rule, task.occurrence.0);
        let put_off: Vec<TaskId> = who.open.iter().filter(waits).map(|task| task.id).collect();
        tx.put_pause(PauseRow { subject_id: who.subject, until_on: day.into(), since: now, ended_at: None }).await?;
        tx.drop_tasks(&put_off, ASKED_LATER, today).await?;
        self.put_off_until(tx, who.open, day).await?;
        let kind = if who.stands_in.contains(&Registry::StemCell) { Kind::Availability } else { Kind::ContactCheck };
        let (person, subject, rule) = (who.person, who.subject, ASKED_LATER.to_owned());
        let task = NewTask { person, subject, rule, occurrence: day, kind: kind.word(), channel: TaskChannel::Phone, due_on: day };
        tx.put_tasks(vec![self.new_task(task, now)]).await?;
        Ok(())
    }

    /// Whether the family knows, within the transaction that records it.
    pub(super) async fn note_family(
        &self,
        tx: &mut Tx,
        keys: &SubjectKeys,
        who: &Speaker<'_>,
        told: FamilyTold,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let of = who.stands_in.iter().copied().filter(|registry| FamilyTold::asked_of(*registry)).collect();
        let fact = Guarded::new(ToldFact::Family { told, day: self.today(now), of });
        tx.put_told(vec![prepare_told(&self.vault, keys, &fact, who.by, now)?]).await?;
        Ok(())
    }

    /// A question to staff, within the transaction that records it: it is a task, by the channel given.
    pub(super) async fn note_question(
        &self,
        tx: &mut Tx,
        keys: &SubjectKeys,
        who: &Speaker<'_>,
        (question, channel): (&Guarded<ToldFact>, TaskChannel),
        now: Timestamp,
    ) -> Result<(), AppError> {
        let today = self.today(now);
        let fact = prepare_told(&self.vault, keys, question, who.by, now)?;
        let (person, subject, rule) = (who.person, who.subject, format!("{QUESTION}{}", fact.id()));
        let task = NewTask { person, subject, rule, occurrence: today, kind: Kind::Question.word(), channel, due_on: today };
        tx.put_told(vec![fact]).await?;
        tx.put_tasks(vec![self.new_task(task, now)]).await?;
        Ok(())
    }
}
