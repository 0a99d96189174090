//! Planning: what falls due, against what earlier plans left open.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, Months, NaiveDate};

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::desk::{CALL_ON, Changes, OpenTask, RETURNED, SentMail, base_rule, outlived, put_off, reconcile, restep, unanswered};
use crate::followup::plan::{MailReach, Plan, PlanSubject, Planned, Reason, plan};
use crate::followup::policy::RuleId;
use crate::followup::{Channel, Kind};
use crate::store::{AuditEntry, StoreError, TaskChannel, TaskRow, TaskState};

use super::super::answer::NOT_ME_RULE;
use super::super::own_later::waits_for_the_day;
use super::super::own_tell::ANSWERED;
use super::super::{Actor, App, AppError};
use super::apart::waiting;
use super::hand_off::{FAILED, HANDED};
use super::people::Reachable;
use super::{NewTask, PlanOutcome};

/// Mails older than this are not followed by a call any more, in days.
const ESCALATE_WITHIN: u64 = 120;
/// The reason of a contact that an experiment leaves out.
const HELD_OUT: &str = "held-out";
/// The reason of a rung whose channel is gone.
const GONE: &str = "channel-gone";
/// As what those count whom no channel reaches.
const NO_WAY: &str = "none";
/// Rows written in one transaction.
pub(super) const BATCH: usize = 5_000;

/// What a planning decided, and upon what: of what somebody changed since it was read nothing is written over.
pub(super) struct Decided {
    changes: Changes,
    further: Vec<Planned>,
    held_out: Vec<Planned>,
    /// The open follow-ups it read.
    rows: Vec<TaskRow>,
    /// The last change before it read the people.
    seq: i64,
    people: HashMap<PersonId, Reachable>,
}

impl App {
    /// Plans what falls due in the months from a day on. Planning contacts nobody.
    pub async fn plan(&self, actor: Actor, from: NaiveDate, months: u32, dry_run: bool, now: Timestamp) -> Result<PlanOutcome, AppError> {
        actor.needs(Right::FollowUp)?;
        let (decided, mut outcome) = self.decide_plan(from, months, dry_run, now).await?;
        if !dry_run {
            self.store_plan(&decided, from, now, &mut outcome).await?;
            self.take_off_silent(&decided.rows, &decided.people, from, now).await?;
            self.restep_open(&decided.rows, &decided.people, from).await?;
            self.store_held_out(&decided.held_out, now).await?;
            let mut tx = self.store.begin().await?;
            let entry = AuditEntry::on(now, actor.staff(), "followup.plan", "registry", None).with("planned", outcome.planned);
            tx.audit(&entry).await?;
            tx.commit().await?;
        }
        Ok(outcome)
    }

    pub(super) async fn decide_plan(
        &self,
        from: NaiveDate,
        months: u32,
        dry_run: bool,
        now: Timestamp,
    ) -> Result<(Decided, PlanOutcome), AppError> {
        let until = from.checked_add_months(Months::new(months.min(120))).unwrap_or(NaiveDate::MAX);
        let seq = self.store.last_change().await?;
        let people = self.reachable(now).await?;
        let subjects: Vec<PlanSubject> = people.values().flat_map(|p| p.plans.iter().cloned()).collect();
        let mut plan = plan(&self.policies, &subjects, from, until);
        if !dry_run {
            self.keep_experiments(&people, now).await?;
        }
        let running = self.running(&people).await?;
        let held_out = self.carry_out(&running, &mut plan, &people);
        let mut outcome = PlanOutcome { people: count(&people), reachable: reachable(&people), ..outline(&plan) };
        if !held_out.is_empty() {
            outcome.not_planned.insert(HELD_OUT, held_out.len() as u64);
        }
        let rows = self.store.open_tasks().await?;
        let open: Vec<OpenTask> = rows.iter().map(open_task).collect();
        let known =
            |rule: &str| RuleId::parse(rule).is_some_and(|id| self.policies.editions().any(|(edition, _)| edition.rule(&id).is_some()));
        let mut changes = reconcile(&open, &plan, known, until);
        let because = |reason: &str| -> HashSet<TaskId> {
            rows.iter().filter(|row| row.reason.as_deref() == Some(reason)).map(|row| row.id).collect()
        };
        outlived(&self.policies, &subjects, &open, &because(CALL_ON), &plan, &mut changes);
        // A message that was given out counts as made: it is not covered by itself, and what follows it waits for its result.
        let awaits = because(HANDED);
        changes.drop.retain(|(id, reason)| *reason != Reason::Covered.word() || !awaits.contains(id));
        // Rows get their ids in this order: person by person, rows that are read and changed together stand together in every index.
        changes.add.sort_by(|a, b| (a.person, &a.rule, a.occurrence).cmp(&(b.person, &b.rule, b.occurrence)));
        let further = self.further_rungs(&people, &open, from).await?;
        outcome.moved = changes.moved.len() as u64;
        for (_, reason) in &changes.drop {
            *outcome.dropped.entry(*reason).or_default() += 1;
        }
        Ok((Decided { changes, further, held_out, rows, seq, people }, outcome))
    }

    pub(super) async fn store_plan(
        &self,
        decided: &Decided,
        from: NaiveDate,
        now: Timestamp,
        outcome: &mut PlanOutcome,
    ) -> Result<(), AppError> {
        let Decided { changes, further, seq, .. } = decided;
        let read: HashMap<TaskId, &TaskRow> = decided.rows.iter().map(|row| (row.id, row)).collect();
        let mut dropped: BTreeMap<&str, Vec<(TaskId, i64)>> = BTreeMap::new();
        for (id, reason) in &changes.drop {
            let row = read.get(id).map(|row| (row.id, row.row_version));
            dropped.entry(reason).or_default().extend(row);
        }
        for (reason, rows) in dropped {
            for part in rows.chunks(BATCH) {
                let mut tx = self.store.begin().await?;
                tx.drop_read(part, reason, from).await?;
                tx.commit().await?;
            }
        }
        for part in changes.moved.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            for (id, planned) in part {
                let Some(row) = read.get(id) else { continue };
                let (channel, due_on, subject_id) = (channel(planned.channel), planned.due_on.into(), planned.subject);
                let kind = planned.kind.word().to_owned();
                // Somebody may have ended it since it was read, tried it, handed it off or agreed on a day: that stands.
                match tx.move_task(&TaskRow { channel, kind, due_on, subject_id, ..(*row).clone() }, false).await {
                    Ok(()) | Err(StoreError::Stale) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            tx.commit().await?;
        }
        for part in changes.add.chunks(BATCH) {
            outcome.new += self.put_planned(part, *seq, now).await?;
        }
        for part in further.chunks(BATCH) {
            outcome.escalated += self.put_planned(part, *seq, now).await?;
        }
        Ok(())
    }

    /// Stores planned contacts, but for those of people who left since they were read.
    async fn put_planned(&self, planned: &[Planned], seq: i64, now: Timestamp) -> Result<u64, AppError> {
        let mut tx = self.store.begin().await?;
        let here = self.still_here(&tx, planned, seq).await?;
        let new = tx.put_tasks(here.iter().map(|p| self.task_row(p, now)).collect()).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Rungs whose channel is gone, or whose result nobody told: the next one takes their place. What stays keeps its distance from the last contact,
    /// and what follows a message without a result from that message. Rows read before the plan was stored; what it changed is left to the next
    /// planning.
    async fn restep_open(&self, rows: &[TaskRow], people: &HashMap<PersonId, Reachable>, today: NaiveDate) -> Result<(), AppError> {
        let (mut moved, mut answered) = (Vec::new(), Vec::new());
        for row in rows.iter().filter(|row| row.state == TaskState::Planned) {
            let Some(person) = people.get(&row.person_id).filter(|p| !p.held && !p.silent()) else { continue };
            let awaits = row.reason.as_deref() == Some(HANDED);
            let task = open_task(row);
            let opened_on = self.today(row.created_at);
            // What was to follow a mail without an answer has its answer.
            let follows = base_rule(&task.rule) != task.rule && !waiting(row, task.due_on).fixed;
            if follows && person.answered_on.is_some_and(|day| day >= opened_on) {
                answered.push((row.id, row.row_version));
                continue;
            }
            // Asked to be left alone until a day after it was opened.
            if let Some(until) = person.paused_until().filter(|until| waits_for_the_day(row, *until)) {
                moved.push(TaskRow { due_on: until.into(), ..row.clone() });
                continue;
            }
            if let Some(to) = restep(&self.policies, &task, person.reach(), awaits, today) {
                let reason = if awaits { FAILED } else { GONE };
                moved.push(self.moved(row.clone(), to, person, task.due_on.max(today), reason));
            } else if let Some(last) = person.last_contact()
                && let Some(free) = put_off(&self.policies, &waiting(row, task.due_on.max(today)), last)
            {
                // A later edition keeps contacts further apart than the one by which its day was chosen.
                moved.push(TaskRow { due_on: free.into(), ..row.clone() });
            }
        }
        for part in answered.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            tx.drop_read(part, ANSWERED, today).await?;
            tx.commit().await?;
        }
        for part in moved.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            for row in part {
                match tx.move_task(row, false).await {
                    Ok(()) | Err(StoreError::Stale) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Keeps what an experiment leaves out, with its reason: the contact is not made, not even by another rung.
    async fn store_held_out(&self, held_out: &[Planned], now: Timestamp) -> Result<(), AppError> {
        let row = |planned: &Planned| TaskRow {
            state: TaskState::NotSent,
            reason: Some(HELD_OUT.to_owned()),
            done_on: Some(planned.due_on.into()),
            ..self.task_row(planned, now)
        };
        for part in held_out.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            tx.put_tasks(part.iter().map(row).collect()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    pub(super) fn task_row(&self, planned: &Planned, now: Timestamp) -> TaskRow {
        let task = NewTask {
            person: planned.person,
            subject: planned.subject,
            rule: planned.rule.as_str().to_owned(),
            occurrence: planned.occurrence,
            kind: planned.kind.word(),
            channel: channel(planned.channel),
            due_on: planned.due_on,
        };
        self.new_task(task, now)
    }

    /// Rungs that follow mails, messages and letters without an answer.
    async fn further_rungs(
        &self,
        people: &HashMap<PersonId, Reachable>,
        open: &[OpenTask],
        today: NaiveDate,
    ) -> Result<Vec<Planned>, AppError> {
        // Somebody else has the address, and the person is called about that already.
        let called: HashSet<PersonId> = open.iter().filter(|t| t.rule == NOT_ME_RULE).map(|t| t.person).collect();
        let since = today.checked_sub_days(Days::new(ESCALATE_WITHIN)).unwrap_or(NaiveDate::MIN);
        let owners: HashMap<SubjectId, PersonId> = people.values().flat_map(|p| p.subjects.iter().map(|s| (*s, p.person))).collect();
        let interval = self.policies.on(today)?.limits.donation_interval;
        // The call that takes the place of a mail that came back follows every mail of the days before: one chain, not two.
        let mut returned: HashMap<PersonId, NaiveDate> = HashMap::new();
        for row in self.store.tasks_by_rules(&[RETURNED], since, today).await? {
            if let Some(person) = owners.get(&row.subject_id) {
                let last = returned.entry(*person).or_insert(row.occurrence.0);
                *last = (*last).max(row.occurrence.0);
            }
        }
        let mut mails = Vec::new();
        for row in self.store.rungs_made(since, today).await? {
            let Some(person) = owners.get(&row.subject_id).and_then(|p| people.get(p)) else { continue };
            let sent_on = row.done_on.unwrap_or(row.due_on).0;
            let came_back = returned.get(&person.person).is_some_and(|day| sent_on <= *day);
            if row.channel == TaskChannel::Mail && came_back {
                continue;
            }
            // Nothing follows what was written in a match that is over.
            if self.is_check(&row) && person.plans.iter().all(|p| p.anchors.watched.is_none()) {
                continue;
            }
            if person.held || person.silent() || called.contains(&person.person) {
                continue;
            }
            if person.paused_until().is_some_and(|until| until > today) && !self.cannot_wait(&row.rule, row.occurrence.0) {
                continue;
            }
            let kind = Kind::from_word(&row.kind);
            mails.push(SentMail {
                not_yet_eligible: kind.is_some_and(|kind| person.untrue(kind, today, interval).is_some()),
                channel: channel_of(row.channel),
                called: row.rounds > 0,
                rule: row.rule,
                person: person.person,
                subject: row.subject_id,
                occurrence: row.occurrence.0,
                sent_on,
                reach: person.reach(),
                last_contact: person.last_contact(),
                answered_on: person.answered_on,
            });
        }
        let mut further = unanswered(&self.policies, &mails, open, today);
        for planned in &mut further {
            let of_channel = people.get(&planned.person).and_then(|p| p.subject_for(planned.channel));
            planned.subject = of_channel.unwrap_or(planned.subject);
        }
        Ok(further)
    }
}

pub(super) const fn channel(of: Channel) -> TaskChannel {
    match of {
        Channel::Mail => TaskChannel::Mail,
        Channel::Phone => TaskChannel::Phone,
        Channel::Letter => TaskChannel::Letter,
        Channel::HandOff => TaskChannel::HandOff,
        Channel::FindContact => TaskChannel::Desk,
    }
}

/// The word of a stored channel, as policies and locale keys have it.
pub(super) const fn channel_word(of: TaskChannel) -> &'static str {
    channel_of(of).word()
}

/// The channel a stored one stands for.
pub(super) const fn channel_of(of: TaskChannel) -> Channel {
    match of {
        TaskChannel::Mail => Channel::Mail,
        TaskChannel::Phone => Channel::Phone,
        TaskChannel::Letter => Channel::Letter,
        TaskChannel::HandOff => Channel::HandOff,
        TaskChannel::Desk => Channel::FindContact,
    }
}

fn open_task(row: &TaskRow) -> OpenTask {
    OpenTask {
        id: row.id,
        rule: row.rule.clone(),
        person: row.person_id,
        subject: row.subject_id,
        occurrence: row.occurrence.0,
        channel: channel_of(row.channel),
        due_on: row.due_on.0,
        queued: row.state == TaskState::Queued,
        in_hand: row.rounds > 0 || row.reason.is_some(),
    }
}

fn outline(plan: &Plan) -> PlanOutcome {
    let mut out = PlanOutcome { planned: plan.planned.len() as u64, ..PlanOutcome::default() };
    for planned in &plan.planned {
        out.held += u64::from(planned.held);
        *out.by_month.entry(planned.due_on.format("%Y-%m").to_string()).or_default() += 1;
    }
    for (channel, reach) in plan.reach() {
        out.by_channel.insert(channel.word(), reach.contacts as u64);
        out.people_by_channel.insert(channel.word(), reach.people as u64);
    }
    for not in &plan.not_planned {
        *out.not_planned.entry(not.reason.word()).or_default() += 1;
    }
    out
}

/// How many people may be contacted.
fn count(people: &HashMap<PersonId, Reachable>) -> u64 {
    people.values().filter(|person| !person.silent()).count() as u64
}

/// How many of who may be contacted each channel reaches, and how many none does. Somebody with mail and phone counts with both.
fn reachable(people: &HashMap<PersonId, Reachable>) -> BTreeMap<&'static str, u64> {
    let mut out: BTreeMap<&'static str, u64> = Channel::RUNGS.iter().map(|channel| (channel.word(), 0)).chain([(NO_WAY, 0)]).collect();
    for reach in people.values().filter(|person| !person.silent()).map(Reachable::reach) {
        let has = |channel: &Channel| match channel {
            Channel::Mail => reach.mail > MailReach::None,
            Channel::Phone => reach.phone,
            Channel::HandOff => reach.mobile,
            Channel::Letter => reach.address,
            Channel::FindContact => false,
        };
        let ways: Vec<&str> = Channel::RUNGS.iter().filter(|channel| has(channel)).map(|channel| channel.word()).collect();
        for way in if ways.is_empty() { vec![NO_WAY] } else { ways } {
            *out.entry(way).or_default() += 1;
        }
    }
    out
}
