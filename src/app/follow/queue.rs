//! Queueing: the mails that are due go into the outbox; who has no address any more is reached by the next rung instead.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::time::Timestamp;
use crate::followup::Language;
use crate::followup::desk::base_rule;
use crate::followup::plan::MailReach;
use crate::followup::policy::RuleId;
use crate::store::{OutboxRow, StoreError, TaskChannel, TaskState};

use super::super::{App, AppError};
use super::people::Reachable;
use super::{Letter, SendTally};

/// Mails queued in one transaction: few large transactions write each page once, many small ones write it again and again.
const BATCH: usize = 10_000;
/// A day, in seconds.
const DAY: i64 = 86_400;

impl App {
    /// Puts the mails that are due on a day into the outbox. Who has no address any more is reached by the next rung instead.
    pub(super) async fn queue_due(
        &self,
        day: NaiveDate,
        dry_run: bool,
        now: Timestamp,
        people: &HashMap<PersonId, Reachable>,
        tally: &mut SendTally,
    ) -> Result<(), AppError> {
        let tasks = self.store.tasks_due(TaskState::Planned, day, u64::from(u32::MAX)).await?;
        let mut rows = Vec::new();
        let mut elsewhere = Vec::new();
        let mut dropped: BTreeMap<&'static str, Vec<TaskId>> = BTreeMap::new();
        for task in tasks.into_iter().filter(|t| t.channel == TaskChannel::Mail) {
            match people.get(&task.person_id) {
                // Joined with another person, or erased: the next plan speaks of whoever it is now.
                None => dropped.entry("nobody-to-contact").or_default().push(task.id),
                Some(person) if person.held => tally.skip("first-contact-not-confirmed"),
                Some(person) if person.silent() => dropped.entry("may-not-be-contacted").or_default().push(task.id),
                Some(person) if person.reach().mail == MailReach::None => elsewhere.push(self.elsewhere(task, person, "no-address")),
                Some(_) => rows.push(task),
            }
        }
        for (reason, ids) in &dropped {
            *tally.not_sent.entry((*reason).to_owned()).or_default() += ids.len() as u64;
        }
        *tally.not_sent.entry("no-address".to_owned()).or_default() += elsewhere.len() as u64;
        tally.not_sent.retain(|_, n| *n > 0);
        tally.queued = rows.len() as u64;
        if dry_run {
            return Ok(());
        }
        // In the order of the outbox's keys, so that rows that are written together stand together in its indexes.
        rows.sort_by(|a, b| (a.person_id, &a.rule, a.occurrence.0).cmp(&(b.person_id, &b.rule, b.occurrence.0)));
        for (reason, ids) in dropped {
            let mut tx = self.store.begin().await?;
            tx.drop_tasks(&ids, reason, day).await?;
            tx.commit().await?;
        }
        for part in elsewhere.chunks(1_000) {
            let mut tx = self.store.begin().await?;
            for task in part {
                tx.move_task(task, false).await?;
            }
            tx.commit().await?;
        }
        // Who registered before a language was kept was written to in it then: the mail that verified the address.
        let other = Language::of_page(!self.config.branch.english);
        let written: HashSet<SubjectId> = self.store.subjects_written_to_in(other.word()).await?.into_iter().collect();
        let chosen = |person: PersonId| people.get(&person).and_then(|p| p.language);
        for batch in rows.chunks(BATCH) {
            let messages = batch.iter().map(|t| {
                let letter = Letter {
                    person: t.person_id,
                    subject: t.subject_id,
                    rule: &t.rule,
                    occurrence: t.occurrence.0,
                    kind: &t.kind,
                    lang: self.language(chosen(t.person_id), written.contains(&t.subject_id).then_some(other)).word(),
                    task: Some(t.id),
                    sensitive: self.is_sensitive(&t.rule, t.occurrence.0),
                };
                // Those who wait longest go first, whatever the order they are written in.
                let waited = (day - t.due_on.0).num_days().max(0);
                OutboxRow { due_at: now.plus_seconds(-waited * DAY), ..self.message(&letter, now) }
            });
            let mut tx = self.store.begin().await?;
            tx.put_messages(messages.collect()).await?;
            let ids: Vec<(TaskId, i64)> = batch.iter().map(|t| (t.id, t.row_version)).collect();
            match tx.queue_tasks(&ids).await {
                Ok(()) => tx.commit().await.map(|_| ())?,
                // Another process queues the same ones; what of them is left is queued by the next run.
                Err(StoreError::Stale) => {
                    tx.rollback().await?;
                    tally.queued = tally.queued.saturating_sub(batch.len() as u64);
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    /// Whether a second copy of a rule's mail would hurt; of a rule that is gone, yes.
    fn is_sensitive(&self, rule: &str, occurrence: NaiveDate) -> bool {
        let of_policy = || self.policies.on(occurrence).ok()?.rule(&RuleId::parse(base_rule(rule))?).map(|r| r.sensitive);
        of_policy().unwrap_or(true)
    }
}
