//! Channels that leave the program by the office's own hands: letters printed for those whom no mail and no call reaches, and lines for the
//! office's SMS platform in the place of calls.
//!
//! Each is a disclosure: one leaf in the log, with how many people, committed before the first byte is given out.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::id::{PersonId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::compose::{Addressee, HandOff, addressee, hand_off_csv};
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, LinkRow, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::{Actor, App, AppError};
use super::lost::LOST_KIND;

/// Characters of a short message at most.
const TEXT: usize = 300;
/// Tasks taken at a time.
const AT_ONCE: u64 = 500;
/// Days given to a letter before the task comes up again.
const LETTER_DAYS: u64 = 30;
/// Days given to the platform's result before the call is due after all.
const RESULT_DAYS: u64 = 7;
/// The reasons that stand beside a task meanwhile.
const PRINTED: &str = "letter-printed";
pub(super) const HANDED: &str = "handed-off";
/// The reason of a call that no message could replace.
pub(super) const FAILED: &str = "hand-off-failed";

/// Kinds that may be said in a short message that anybody may read on a screen; nothing about organs, bodies, stem cells or a match.
const fn is_plain(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ContactCheck
            | Kind::BloodThanks
            | Kind::BloodPlanNext
            | Kind::BloodEligible
            | Kind::BloodLapsing
            | Kind::DeferralEnd
            | Kind::VolunteerThanks
            | Kind::VolunteerDuty
    )
}

/// A letter to be printed.
#[derive(Debug)]
pub struct LetterOut {
    /// The task it belongs to.
    pub task: TaskId,
    /// What stands in the window.
    pub to: Guarded<Addressee>,
    /// The registrant's own link, to be typed or read from its code; none where no public address is set.
    pub link: Option<Guarded<String>>,
}

/// How much waits for hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandsWaiting {
    /// People whom only a letter reaches.
    pub letters: u64,
    /// Calls that a short message may replace.
    pub hand_offs: u64,
}

/// What reading results back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResultsRead {
    /// Delivered: the task is done.
    pub done: u64,
    /// Failed: the call is due today.
    pub call: u64,
    /// Lines that name no open hand-off, or no result.
    pub unknown: u64,
}

impl App {
    /// What waits for a print run or a hand-off today. Shows nobody.
    pub async fn hands_waiting(&self, actor: Actor, now: Timestamp) -> Result<HandsWaiting, AppError> {
        actor.needs(Right::FollowUp)?;
        let letters = self.letters_due(now).await?.len() as u64;
        let hand_offs = self.hand_offs_due(self.today(now), now).await?.len() as u64;
        Ok(HandsWaiting { letters, hand_offs })
    }

    /// The letters of today's print run, at most five hundred, each with a link of its own. Each task comes up again after thirty days if
    /// nobody answers.
    pub async fn print_letters(&self, actor: Actor, now: Timestamp) -> Result<Vec<LetterOut>, AppError> {
        actor.needs(Right::FollowUp)?;
        let due = self.letters_due(now).await?;
        let again = self.today(now).checked_add_days(Days::new(LETTER_DAYS)).unwrap_or(self.today(now));
        let (mut links, mut rows) = (HashMap::new(), HashMap::new());
        if let Some(base) = self.config.public_url.as_ref().map(crate::config::PublicUrl::origin) {
            for (task, _) in &due {
                let token = self.link_token()?;
                rows.insert(task.id, self.link_row(&token, LinkPurpose::ContactCheck, task.subject_id, now));
                links.insert(task.id, Guarded::new(token.url(&base)));
            }
        }
        let out = self.give_out(actor, due, rows, ("followup.letters", PRINTED), again, now).await?;
        Ok(out.into_iter().map(|(task, to)| LetterOut { link: links.remove(&task.id), task: task.id, to }).collect())
    }

    /// The calls of a day that a short message may replace, as CSV for the office's platform, and how many; `text` is what each says. The
    /// call is due again after a week unless a result is read back.
    ///
    /// # Errors
    /// [`AppError::Input`] where the text is empty, longer than 300 characters or more than one line.
    pub async fn hand_off(&self, actor: Actor, text: &str, day: NaiveDate, now: Timestamp) -> Result<(Guarded<Vec<u8>>, u64), AppError> {
        actor.needs(Right::FollowUp)?;
        let length = text.chars().count();
        if text.trim().is_empty() || length > TEXT || text.chars().any(char::is_control) {
            return Err(AppError::Input { field: "text", hint: "one line of 1 to 300 characters is wanted" });
        }
        let due = self.hand_offs_due(day, now).await?;
        let again = day.checked_add_days(Days::new(RESULT_DAYS)).unwrap_or(day);
        let out = self.give_out(actor, due, HashMap::new(), ("followup.hand-off", HANDED), again, now).await?;
        let lines: Vec<HandOff<'_>> =
            out.iter().map(|(task, contact)| HandOff { reference: task.id.0.simple().to_string(), contact, text }).collect();
        Ok((hand_off_csv(&lines), out.len() as u64))
    }

    /// Reads the platform's results back: one `ref,result` a line, where the result is `delivered` or `failed`. A header and empty lines are
    /// passed over.
    pub async fn hand_off_results(&self, actor: Actor, text: &str, now: Timestamp) -> Result<ResultsRead, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let mut read = ResultsRead::default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("ref,"));
        let mut tx = self.store.begin().await?;
        for line in lines {
            let named = line.split_once(',').and_then(|(id, word)| Some((TaskId(Uuid::parse_str(id.trim()).ok()?), word.trim())));
            let task = match named {
                Some((id, _)) => self.store.task(id).await?,
                None => None,
            };
            let open = task.filter(|t| t.state == TaskState::Planned && t.reason.as_deref() == Some(HANDED));
            let (count, done) = match (open, named.map(|(_, word)| word)) {
                (Some(task), Some("delivered")) => {
                    (&mut read.done, tx.end_task(task.id, task.row_version, TaskState::Done, Some(HANDED), today).await)
                }
                (Some(task), Some("failed")) => {
                    let call = TaskRow { due_on: today.into(), reason: Some(FAILED.to_owned()), ..task };
                    (&mut read.call, tx.move_task(&call, true).await)
                }
                _ => {
                    read.unknown += 1;
                    continue;
                }
            };
            match done {
                Ok(()) => *count += 1,
                // The same line twice, or somebody called meanwhile: that stands.
                Err(StoreError::Stale) => read.unknown += 1,
                Err(other) => return Err(other.into()),
            }
        }
        let entry = AuditEntry::on(now, actor.staff(), "followup.hand-off-results", "registry", None)
            .with("done", read.done)
            .with("call", read.call);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(read)
    }

    /// Tasks of people whom no mail and no call reaches and who have a name and an address.
    async fn letters_due(&self, now: Timestamp) -> Result<Vec<(TaskRow, Guarded<Addressee>)>, AppError> {
        let tasks = self.due_by(TaskChannel::Desk, self.today(now)).await?;
        let people = self.reachable_of(&persons_of(&tasks), now).await?;
        let fits = |task: TaskRow| {
            // What is asked of a registrar is no letter to anybody.
            if task.kind == LOST_KIND {
                return None;
            }
            let person = people.get(&task.person_id).filter(|p| !p.held && !p.silent())?;
            Some((task, addressee(person.contact.as_ref()?)?))
        };
        Ok(tasks.into_iter().filter_map(fits).collect())
    }

    /// Calls of plain kinds to people with a number, not tried yet.
    pub(super) async fn hand_offs_due(
        &self,
        day: NaiveDate,
        now: Timestamp,
    ) -> Result<Vec<(TaskRow, Guarded<crate::domain::contact::Contact>)>, AppError> {
        let tasks = self.due_by(TaskChannel::Phone, day).await?;
        let mut people = self.reachable_of(&persons_of(&tasks), now).await?;
        let mut seen: HashMap<PersonId, ()> = HashMap::new();
        let mut out = Vec::new();
        for task in tasks {
            let plain = task.rounds == 0 && task.reason.is_none() && Kind::from_word(&task.kind).is_some_and(is_plain);
            let Some(person) = people.get_mut(&task.person_id).filter(|p| {
                plain
                    && !p.held
                    && !p.silent()
                    && p.reach().phone
                    && p.contact.as_ref().is_some_and(|c| crate::domain::contact::Contact::channels(c).1)
            }) else {
                continue;
            };
            // One message a person, whatever is due.
            if seen.insert(task.person_id, ()).is_none()
                && let Some(contact) = person.contact.take()
            {
                out.push((task, contact));
            }
        }
        Ok(out)
    }

    async fn due_by(&self, channel: TaskChannel, day: NaiveDate) -> Result<Vec<TaskRow>, AppError> {
        Ok(self.store.channel_tasks_due(channel, day, AT_ONCE).await?)
    }

    /// Writes the leaf and the links and moves the tasks, in one transaction; what somebody else took meanwhile is not given out.
    async fn give_out<T>(
        &self,
        actor: Actor,
        due: Vec<(TaskRow, T)>,
        mut links: HashMap<TaskId, LinkRow>,
        (action, reason): (&'static str, &str),
        again: NaiveDate,
        now: Timestamp,
    ) -> Result<Vec<(TaskRow, T)>, AppError> {
        let mut tx = self.store.begin().await?;
        let mut out = Vec::with_capacity(due.len());
        for (task, what) in due {
            let moved = TaskRow { due_on: again.into(), reason: Some(reason.to_owned()), ..task.clone() };
            match tx.move_task(&moved, true).await {
                Ok(()) => {
                    if let Some(link) = links.remove(&task.id) {
                        tx.put_link(link).await?;
                    }
                    out.push((task, what));
                }
                Err(StoreError::Stale) => {}
                Err(other) => return Err(other.into()),
            }
        }
        // One leaf with whom it concerned.
        let mut entry = AuditEntry::on(now, actor.staff(), action, "registry", None).with("people", out.len());
        entry.ids = out.iter().map(|(task, _)| task.person_id.0).collect();
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(out)
    }
}

/// Whom the tasks are about, each once.
fn persons_of(tasks: &[TaskRow]) -> Vec<PersonId> {
    let mut persons: Vec<PersonId> = tasks.iter().map(|task| task.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}
