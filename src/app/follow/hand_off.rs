//! Channels that leave the program by the office's own hands: the letters that are planned ([`super::letters`]), and lines for the office's SMS
//! platform - the messages that are planned, and calls whose place a message may take.
//!
//! Each is a disclosure: one leaf in the log, with how many people, committed before the first byte is given out.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::compose::{HandOff, hand_off_csv};
use crate::followup::window::earliest_send;
use crate::followup::{Channel, Kind};
use crate::store::{AuditEntry, Begun, LinkRow, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::urgent::Once;
use super::super::{Actor, App, AppError};
use super::people::Reachable;

/// Characters of a short message at most.
const TEXT: usize = 300;
/// Letters and messages given out at a time, and tasks read at a time.
pub(super) const AT_ONCE: usize = 500;
pub(super) const PAGE: u64 = 500;
/// Days given to the platform's result before a call whose place it took is due after all.
const RESULT_DAYS: u64 = 7;
/// The reason that stands beside a task meanwhile.
pub(super) const HANDED: &str = "handed-off";
/// The reason of what no message could say.
pub(super) const FAILED: &str = "hand-off-failed";

/// How much waits for hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandsWaiting {
    /// Letters that are planned and due.
    pub letters: u64,
    /// Messages that are planned and due, and calls that one may replace.
    pub hand_offs: u64,
    /// Of the same, how many people it is too late or too early for: quiet hours, or a closed day.
    pub resting: u64,
    /// Until when those rest.
    pub resting_until: Option<Timestamp>,
    /// After how many days without a result a call is due after all ([`App::result_days`]).
    pub result_days: u64,
}

/// A message with whom it goes to.
type Numbered = (TaskRow, Guarded<Contact>);

/// Messages that may be given out now.
pub(super) struct HandOffsDue {
    /// The first of them, one a person.
    pub(super) first: Vec<Numbered>,
    /// How many there are in all.
    pub(super) all: u64,
    /// How many people wait for the end of quiet hours or of a closed day.
    resting: u64,
    /// When that is.
    resting_until: Option<Timestamp>,
}

/// What reading results back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResultsRead {
    /// Delivered: the task is done.
    pub done: u64,
    /// Failed: the call is due today, or the rung after the message from tomorrow on.
    pub call: u64,
    /// Lines that name no open hand-off, or no result.
    pub unknown: u64,
}

impl App {
    /// What waits for a print run or a hand-off today. Shows nobody.
    pub async fn hands_waiting(&self, actor: Actor, now: Timestamp) -> Result<HandsWaiting, AppError> {
        actor.needs(Right::FollowUp)?;
        let (_, letters) = self.letters_due(0, now).await?;
        let today = self.today(now);
        let due = self.hand_offs_due(today, 0, now).await?;
        let result_days = self.result_days(today)?;
        Ok(HandsWaiting { letters, hand_offs: due.all, resting: due.resting, resting_until: due.resting_until, result_days })
    }

    /// After how many days a call is due after all whose place a message took on a day, where nobody told the result: the time that is given to
    /// the platform, and no less than the distance that the policy keeps between two contacts. What is urgent keeps none.
    ///
    /// # Errors
    /// As [`Policies::on`](crate::followup::policy::Policies::on).
    pub fn result_days(&self, day: NaiveDate) -> Result<u64, AppError> {
        Ok(RESULT_DAYS.max(u64::from(self.policies.on(day)?.limits.min_days_between)))
    }

    /// The messages of a day, and the calls one may replace, as CSV for the office's platform, and how many, five hundred at most; `text` is what
    /// each says. Nothing is given out in quiet hours or on a closed day. Unless a result is read back, a call is due again after
    /// [`App::result_days`], and a message gives way to the next rung after the days of the policy; both keep their distance from the message, which
    /// may have been read.
    ///
    /// # Errors
    /// [`AppError::Input`] where the text is empty, longer than 300 characters or more than one line.
    pub async fn hand_off(&self, actor: Actor, text: &str, day: NaiveDate, now: Timestamp) -> Result<(Guarded<Vec<u8>>, u64), AppError> {
        may_give_out(actor, text)?;
        let out = self.hand_off_now((actor, None), day, now).await?.unwrap_or_default();
        Ok(lines_of(&out, text))
    }

    /// As [`App::hand_off`], of today, once however often it is asked for. Asked for the same again, it is the same file: whom it named, their result
    /// is not told, and a message may still reach; with a leaf of its own.
    ///
    /// # Errors
    /// As [`App::hand_off`]; [`AppError::Conflict`] where the key was used for something else.
    pub async fn hand_off_once(&self, actor: Actor, once: &Once, text: &str, now: Timestamp) -> Result<Guarded<Vec<u8>>, AppError> {
        may_give_out(actor, text)?;
        let given = match self.given_before(actor, once).await? {
            Some(run) => self.hand_off_again(actor, &run, now).await?,
            None => match self.hand_off_now((actor, Some(once)), self.today(now), now).await? {
                Some(out) => out,
                // Asked twice in one moment.
                None => {
                    let run = self.given_before(actor, once).await?.unwrap_or_default();
                    self.hand_off_again(actor, &run, now).await?
                }
            },
        };
        Ok(lines_of(&given, text).0)
    }

    /// Gives out what is due on a day; none where the same was asked before.
    async fn hand_off_now(
        &self,
        (actor, once): (Actor, Option<&Once>),
        day: NaiveDate,
        now: Timestamp,
    ) -> Result<Option<Vec<Numbered>>, AppError> {
        let due = self.hand_offs_due(day, AT_ONCE, now).await?.first;
        let (given_out, in_a_week) = (self.today(now), day.checked_add_days(Days::new(RESULT_DAYS)).unwrap_or(day));
        let again = |task: &TaskRow| match task.channel {
            TaskChannel::HandOff => Some(self.result_until(task, day)),
            _ => Some(self.apart((task.rule.as_str(), task.occurrence.0), Channel::Phone, Some(given_out), in_a_week)),
        };
        self.give_out((actor, once), due, HashMap::new(), ("followup.hand-off", HANDED), again, now).await
    }

    /// What was given out before, once more: a disclosure of its own. Nothing about the messages changes.
    async fn hand_off_again(&self, actor: Actor, run: &[TaskId], now: Timestamp) -> Result<Vec<Numbered>, AppError> {
        let today = self.today(now);
        let mut tasks = Vec::with_capacity(run.len());
        for id in run {
            let open = |task: &TaskRow| task.state == TaskState::Planned && task.reason.as_deref() == Some(HANDED);
            tasks.extend(self.store.task(*id).await?.filter(open));
        }
        let (messages, calls): (Vec<TaskRow>, Vec<TaskRow>) = tasks.into_iter().partition(|task| task.channel == TaskChannel::HandOff);
        let opens = self.messages_open(today, now)?;
        let mut out = Vec::with_capacity(run.len());
        for (tasks, by) in [(messages, Channel::HandOff), (calls, Channel::Phone)] {
            let numbered = self.with_numbers(tasks, by, today, now).await?;
            out.extend(numbered.into_iter().filter(|(task, _)| self.opens(task, opens) <= now));
        }
        let mut entry = AuditEntry::on(now, actor.staff(), "followup.hand-off-again", "registry", None).with("people", out.len());
        entry.ids = out.iter().map(|(task, _)| task.person_id.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(out)
    }

    /// Reads the platform's results back: one `ref,result` a line, where the result is `delivered` or `failed`. A header and empty lines are
    /// passed over.
    pub async fn hand_off_results(&self, actor: Actor, text: &str, now: Timestamp) -> Result<ResultsRead, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let mut read = ResultsRead::default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("ref,"));
        let mut told = Vec::new();
        for line in lines {
            let named = line.split_once(',').and_then(|(id, word)| Some((TaskId(Uuid::parse_str(id.trim()).ok()?), word.trim())));
            let task = match named {
                Some((id, _)) => self.store.task(id).await?,
                None => None,
            };
            let open = task.filter(|t| t.state == TaskState::Planned && t.reason.as_deref() == Some(HANDED));
            match (open, named.map(|(_, word)| word)) {
                (Some(task), Some("delivered")) => told.push((task, true)),
                (Some(task), Some("failed")) => told.push((task, false)),
                _ => read.unknown += 1,
            }
        }
        let failed: Vec<TaskRow> = told.iter().filter(|(_, delivered)| !delivered).map(|(task, _)| task.clone()).collect();
        let people = self.reachable_of(&persons_of(&failed), now).await?;
        let mut tx = self.store.begin().await?;
        for (task, delivered) in told {
            let done = if delivered {
                tx.end_task(task.id, task.row_version, TaskState::Done, Some(HANDED), today).await
            } else if task.channel == TaskChannel::HandOff {
                let person = people.get(&task.person_id);
                tx.move_task(&self.after_hand_off(task, person, today, FAILED).await?, false).await
            } else {
                // It never arrived: nobody was contacted.
                tx.move_task(&TaskRow { due_on: today.into(), reason: Some(FAILED.to_owned()), done_on: None, ..task }, true).await
            };
            match done {
                Ok(()) if delivered => read.done += 1,
                Ok(()) => read.call += 1,
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

    /// Messages that are planned and not given out yet, and calls of plain kinds that nobody tried, to people with a number: one a person, the
    /// first `wanted` of them, and how many there are in all. A message is read as it comes in, whoever chose it over a call: none is due at night
    /// or on a closed day, as no mail is.
    pub(super) async fn hand_offs_due(&self, day: NaiveDate, wanted: usize, now: Timestamp) -> Result<HandOffsDue, AppError> {
        let opens_of = self.messages_open(day, now)?;
        let mut due = HandOffsDue { first: Vec::new(), all: 0, resting: 0, resting_until: None };
        let (mut once, mut resting) = (HashSet::new(), HashSet::new());
        for (channel, by) in [(TaskChannel::HandOff, Channel::HandOff), (TaskChannel::Phone, Channel::Phone)] {
            let mut after = None;
            loop {
                let mut tasks = self.store.channel_tasks_due(channel, day, after, PAGE).await?;
                let Some(last) = tasks.last().map(|task| (task.due_on.0, task.id)) else { break };
                after = Some(last);
                tasks.retain(|task| waits(task) && Kind::from_word(&task.kind).is_some_and(Kind::fits_short_message));
                for (task, contact) in self.with_numbers(tasks, by, day, now).await? {
                    let opens = self.opens(&task, opens_of);
                    if opens > now {
                        resting.insert(task.person_id);
                        due.resting_until = Some(due.resting_until.map_or(opens, |until| until.min(opens)));
                    } else if once.insert(task.person_id) {
                        // One message a person, whatever is due.
                        due.all += 1;
                        if due.first.len() < wanted {
                            due.first.push((task, contact));
                        }
                    }
                }
            }
        }
        due.resting = resting.difference(&once).count() as u64;
        due.resting_until = due.resting_until.filter(|_| due.resting > 0);
        Ok(due)
    }

    /// From when on messages of a day may be given out, quiet hours and closed days over: what can wait, and what cannot.
    fn messages_open(&self, day: NaiveDate, now: Timestamp) -> Result<[Timestamp; 2], AppError> {
        let (limits, on) = (&self.policies.on(day)?.limits, day.min(self.today(now)));
        Ok([false, true].map(|urgent| earliest_send(limits, self.config.zone, on, now, urgent)))
    }

    /// Which of the two a message waits for.
    fn opens(&self, task: &TaskRow, [plain, urgent]: [Timestamp; 2]) -> Timestamp {
        if self.cannot_wait(&task.rule, task.occurrence.0) { urgent } else { plain }
    }

    /// Of tasks those to people whom a message may reach on a day, from the registration that has the number, with whom they go to.
    async fn with_numbers(&self, tasks: Vec<TaskRow>, by: Channel, day: NaiveDate, now: Timestamp) -> Result<Vec<Numbered>, AppError> {
        let people = self.reachable_of(&persons_of(&tasks), now).await?;
        let mut of_person = Vec::new();
        for task in tasks {
            let Some(person) = people.get(&task.person_id).filter(|p| self.may_be_reached(p, &task, day)) else { continue };
            let reach = person.reach();
            let reached = if by == Channel::HandOff { reach.mobile } else { reach.phone };
            if let Some(subject_id) = person.subject_for(by).filter(|_| reached) {
                of_person.push(TaskRow { subject_id, ..task });
            }
        }
        let contacts = self.free_contacts(&subjects_of(&of_person)).await?;
        let numbered = |task: TaskRow| {
            let contact = contacts.get(&task.subject_id).filter(|contact| Contact::channels(contact).1)?.duplicate();
            Some((task, contact))
        };
        Ok(of_person.into_iter().filter_map(numbered).collect())
    }

    /// Whether somebody may be reached by hand about something on a day: every condition again, as when a mail is sent.
    pub(super) fn may_be_reached(&self, person: &Reachable, task: &TaskRow, day: NaiveDate) -> bool {
        let interval = self.policies.on(day).map(|p| p.limits.donation_interval);
        let untrue =
            Kind::from_word(&task.kind).zip(interval.ok()).is_some_and(|(kind, interval)| person.untrue(kind, day, interval).is_some());
        let waits = person.paused_until().is_some_and(|until| until > day) && !self.cannot_wait(&task.rule, task.occurrence.0);
        !person.held && !person.silent() && !untrue && !waits
    }

    /// Writes the leaf and the links and moves the tasks, or ends those that do not come up again, in one transaction; what somebody else took
    /// meanwhile is not given out. Other contacts with the same people keep their distance from this one, from today on and whatever its result:
    /// the day it left stands beside a task that waits for its result. None where the same was asked before: its first outcome names the tasks.
    pub(super) async fn give_out<T>(
        &self,
        (actor, once): (Actor, Option<&Once>),
        due: Vec<(TaskRow, T)>,
        mut links: HashMap<TaskId, LinkRow>,
        (action, reason): (&'static str, &str),
        again: impl Fn(&TaskRow) -> Option<NaiveDate>,
        now: Timestamp,
    ) -> Result<Option<Vec<(TaskRow, T)>>, AppError> {
        let today = self.today(now);
        let begun = match once {
            Some(once) => self.begin_once(actor, once).await?,
            None => Some(self.store.begin().await?),
        };
        let Some(mut tx) = begun else { return Ok(None) };
        let mut out = Vec::with_capacity(due.len());
        for (task, what) in due {
            let given = match again(&task) {
                Some(day) => {
                    let moved =
                        TaskRow { due_on: day.into(), reason: Some(reason.to_owned()), done_on: Some(today.into()), ..task.clone() };
                    // Of calls the rounds are counted.
                    tx.move_task(&moved, task.channel == TaskChannel::Phone).await
                }
                None => tx.end_task(task.id, task.row_version, TaskState::Done, Some(reason), today).await,
            };
            match given {
                Ok(()) => {
                    self.keep_apart(&mut tx, task.person_id, task.id, today).await?;
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
        if let Some(once) = once {
            let given: Vec<String> = out.iter().map(|(task, _)| task.id.0.simple().to_string()).collect();
            tx.finish_request(&once.key, actor.key_owner(), &once.fingerprint, 200, Some(&given.join(" ")), now).await?;
        }
        tx.commit().await?;
        Ok(Some(out))
    }

    /// What [`App::give_out`] gave out where the same was asked for before; none where it was not.
    pub(super) async fn given_before(&self, actor: Actor, once: &Once) -> Result<Option<Vec<TaskId>>, AppError> {
        Ok(match self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            Begun::Fresh => None,
            Begun::Repeated { location, .. } => {
                let ids = location.unwrap_or_default();
                Some(ids.split(' ').filter_map(|id| Uuid::parse_str(id).ok()).map(TaskId).collect())
            }
        })
    }
}

/// Refuses whoever may give no number out, and what no message can say.
fn may_give_out(actor: Actor, text: &str) -> Result<(), AppError> {
    actor.needs(Right::FollowUp)?;
    actor.needs(Right::Disclose)?;
    let length = text.chars().count();
    if text.trim().is_empty() || length > TEXT || text.chars().any(char::is_control) {
        return Err(AppError::Input { field: "text", hint: "one line of 1 to 300 characters is wanted" });
    }
    Ok(())
}

/// The file of the messages, and how many they are.
fn lines_of(out: &[Numbered], text: &str) -> (Guarded<Vec<u8>>, u64) {
    let lines: Vec<HandOff<'_>> =
        out.iter().map(|(task, contact)| HandOff { reference: task.id.0.simple().to_string(), contact, text }).collect();
    (hand_off_csv(&lines), out.len() as u64)
}

/// Whether a message was not given out yet, and a call not tried.
fn waits(task: &TaskRow) -> bool {
    match task.channel {
        TaskChannel::Phone => task.rounds == 0 && task.reason.is_none(),
        _ => task.reason.as_deref() != Some(HANDED),
    }
}

/// Whom the tasks are about, each once.
pub(super) fn persons_of(tasks: &[TaskRow]) -> Vec<PersonId> {
    let mut persons: Vec<PersonId> = tasks.iter().map(|task| task.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}

/// From whose contact data the tasks are made.
pub(super) fn subjects_of(tasks: &[TaskRow]) -> Vec<SubjectId> {
    tasks.iter().map(|task| task.subject_id).collect()
}
