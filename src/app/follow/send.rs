//! Sending: what is due goes into the outbox; what lies there goes out, one message at a time, every condition judged again.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::hold;
use crate::domain::id::{PersonId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::compose::{Order, WireMail, compose, recipient};
use crate::followup::desk::{Facts, NotNow, base_rule, recheck};
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::followup::mailer::SendOutcome;
use crate::followup::plan::MailReach;
use crate::followup::policy::RuleId;
use crate::followup::{Kind, Language};
use crate::store::{AuditEntry, OutboxRow, OutboxState, StoreError, TaskChannel, TaskRow, TaskState, Tx};

use super::super::{Actor, App, AppError};
use super::people::Reachable;
use super::route::Desk;
use super::{Letter, SendTally};

/// Messages claimed at a time, and how long a claim holds: longer than one send's own time limit for each.
const CLAIM: u64 = 5;
const LEASE_SECONDS: i64 = 900;
const RETRY_SECONDS: i64 = 1_800;
const ATTEMPTS: i64 = 5;
const HOUR: i64 = 3_600;

/// One run of the sender: the people as they were at its start, and a clock that goes on.
struct Run {
    people: HashMap<PersonId, Reachable>,
    /// Persons whose mails would go to one address.
    households: HashMap<u64, Vec<PersonId>>,
    desk: Desk,
    begun: Instant,
    from: Timestamp,
    /// Mails that may still go out in this hour.
    left: u64,
}

impl Run {
    /// Now: leases are judged by it, so it must not stand still while thousands of mails go out.
    fn now(&self) -> Timestamp {
        let micros = i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(0);
        Timestamp(self.from.0.saturating_add(micros))
    }
}

/// What became of one claimed message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    GoOn,
    /// The server takes nothing now: the others would meet the same.
    Stop,
}

impl App {
    /// Sends what is due by mail on a day. Imported people are left alone before their first contact was confirmed.
    pub async fn send(
        &self,
        actor: Actor,
        day: NaiveDate,
        dry_run: bool,
        now: Timestamp,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<SendTally, AppError> {
        actor.needs(Right::FollowUp)?;
        let mut tally = SendTally::default();
        if self.store.queues_paused().await? {
            tally.skip("queues-paused");
            return Ok(tally);
        }
        let people = self.reachable(now).await?;
        self.queue_due(day, dry_run, now, &people, &mut tally).await?;
        if dry_run {
            return Ok(tally);
        }
        self.settle_interrupted(now).await?;
        let total = self.store.count_messages(OutboxState::Due).await? + self.store.count_messages(OutboxState::Retry).await?;
        if total == 0 {
            return Ok(tally);
        }
        let mut households: HashMap<u64, Vec<PersonId>> = HashMap::new();
        for (key, person) in people.values().filter_map(|p| Some((p.shared?, p.person))) {
            households.entry(key).or_default().push(person);
        }
        let sent = self.store.count_sent_since(now.plus_seconds(-HOUR)).await?;
        let left = self.config.mail.per_hour.map_or(u64::MAX, |most| most.saturating_sub(sent));
        let mut run = Run { people, households, desk: self.desk()?, begun: Instant::now(), from: now, left };
        let mut done = 0;
        'run: while run.left > 0 {
            let now = run.now();
            let mut tx = self.store.begin().await?;
            let claimed = tx.claim_messages(now, now.plus_seconds(LEASE_SECONDS), CLAIM.min(run.left)).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
            for message in claimed {
                if self.send_one(&mut run, &message.row, &mut tally).await? == Step::Stop {
                    break 'run;
                }
                done += 1;
                progress(done, total.max(done));
            }
        }
        if run.left == 0 {
            tally.skip("hourly-limit");
        }
        let mut tx = self.store.begin().await?;
        let entry = AuditEntry::on(run.now(), actor.staff(), "followup.send", "registry", None).with("sent", tally.sent);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(tally)
    }

    /// A sender that died while sending left messages of which nobody knows what became. Reminders are tried once more with the same
    /// Message-ID; sensitive kinds wait for a person.
    async fn settle_interrupted(&self, now: Timestamp) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        tx.sweep_sending(now).await?;
        tx.commit().await?;
        let uncertain = self.store.messages(OutboxState::Uncertain, u64::from(u32::MAX)).await?;
        for row in uncertain.iter().filter(|row| !row.sensitive && row.attempts <= 1) {
            let mut tx = self.store.begin().await?;
            match tx.settle_uncertain(row.id, OutboxState::Retry, now).await {
                Ok(()) => tx.commit().await.map(|_| ())?,
                // Another process settled it.
                Err(StoreError::Stale) => tx.rollback().await?,
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    /// Puts the mails that are due on a day into the outbox. Who has no address any more is called instead.
    async fn queue_due(
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
                Some(person) if person.reach().mail == MailReach::None => elsewhere.push((task, person.reach().phone)),
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
        for (reason, ids) in dropped {
            let mut tx = self.store.begin().await?;
            tx.drop_tasks(&ids, reason, day).await?;
            tx.commit().await?;
        }
        for part in elsewhere.chunks(1_000) {
            let mut tx = self.store.begin().await?;
            for (task, phone) in part {
                let channel = if *phone { TaskChannel::Phone } else { TaskChannel::Desk };
                tx.move_task(&TaskRow { channel, reason: Some("no-address".to_owned()), ..task.clone() }, false).await?;
            }
            tx.commit().await?;
        }
        for batch in rows.chunks(1_000) {
            let messages = batch.iter().map(|t| {
                let letter = Letter {
                    person: t.person_id,
                    subject: t.subject_id,
                    rule: &t.rule,
                    occurrence: t.occurrence.0,
                    kind: &t.kind,
                    lang: "zh",
                    task: Some(t.id),
                    sensitive: self.is_sensitive(&t.rule, t.occurrence.0),
                };
                self.message(&letter, now)
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

    /// What is known of a message's person now.
    fn facts(&self, run: &Run, row: &OutboxRow, owner: PersonId, kind: Option<Kind>) -> Facts {
        let Some(person) = run.people.get(&owner) else { return Facts::default() };
        let reach = person.reach();
        Facts {
            known: true,
            held: person.held,
            silent: person.silent(),
            address: person.contact.as_ref().and_then(recipient).is_some() && reach.mail != MailReach::None,
            verified: reach.mail == MailReach::Verified,
            sensitive: row.sensitive,
            // A mail that asks to verify an address answers what somebody just did; it is not kept for the morning.
            urgent: kind == Some(Kind::VerifyMail),
            last_contact: person.plans.iter().flat_map(|p| &p.contacted).map(|(_, day)| *day).max(),
            last_at_address: None,
        }
    }

    /// Sends one claimed message; every condition is checked again now.
    async fn send_one(&self, run: &mut Run, row: &OutboxRow, tally: &mut SendTally) -> Result<Step, AppError> {
        let now = run.now();
        let owner = self.store.person_of(row.subject_id).await?.unwrap_or(row.person_id);
        let kind = Kind::from_word(&row.kind);
        let limits = &self.policies.on(self.today(now))?.limits;
        let mut facts = self.facts(run, row, owner, kind);
        let mut verdict = recheck(&facts, limits, self.config.zone, now);
        let Some(kind) = kind else { return self.not_now(row, NotNow::Never("unknown-kind"), now, tally).await };
        let found = run.people.get(&owner).and_then(|p| Some((p, p.contact.as_ref()?, p.contact_of?)));
        let (Ok(()), Some((person, contact, contact_of))) = (verdict, found) else {
            return self.not_now(row, verdict.err().unwrap_or(NotNow::Never("nobody-to-contact")), now, tally).await;
        };
        let purpose = if kind == Kind::VerifyMail { LinkPurpose::VerifyMail } else { LinkPurpose::ContactCheck };
        let (token, stop) = (self.link_token()?, self.link_token()?);
        let Some(wire) = self.wire(run, row, kind, purpose, contact, (&token, &stop), now)? else { return Ok(Step::GoOn) };
        let mut tx = self.store.begin().await?;
        // Under the write lock: of two processes with mails to one address the second one waits its two weeks.
        let household = person.shared.and_then(|key| run.households.get(&key)).cloned().unwrap_or_else(|| vec![owner]);
        let since = now.plus_seconds(-i64::from(limits.min_days_between) * 24 * HOUR);
        facts.last_at_address = tx.last_mail_to(&household, row.id, since, now).await?.map(|at| self.today(at));
        verdict = recheck(&facts, limits, self.config.zone, now);
        if let Err(why) = verdict {
            tx.rollback().await?;
            return self.not_now(row, why, now, tally).await;
        }
        let tag = hold::mail_tags(contact, contact_of, &*self.vault).first().copied();
        match tx.mark_sending_to(row.id, row.fence, tag, now).await {
            Err(StoreError::LeaseLost) => return Ok(Step::GoOn),
            other => other?,
        }
        for (token, purpose) in [(&token, purpose), (&stop, LinkPurpose::Unsubscribe)] {
            tx.put_link(self.link_row(token, purpose, row.subject_id, now)).await?;
        }
        tx.commit().await?;
        run.left = run.left.saturating_sub(1);

        let outcome = run.desk.mailer.send(&wire).await;
        let row = &OutboxRow { attempts: row.attempts + 1, address_tag: tag.map(|t| t.to_vec().into()), ..row.clone() };
        self.settle_sent(row, kind, &outcome, run.now(), tally).await?;
        Ok(if outcome.server_is_unusable() { Step::Stop } else { Step::GoOn })
    }

    #[expect(clippy::too_many_arguments, reason = "a mail has these parts")]
    fn wire(
        &self,
        run: &Run,
        row: &OutboxRow,
        kind: Kind,
        purpose: LinkPurpose,
        contact: &Guarded<crate::domain::contact::Contact>,
        (token, stop): (&LinkToken, &LinkToken),
        now: Timestamp,
    ) -> Result<Option<WireMail>, AppError> {
        let Some((to, salutation)) = recipient(contact) else { return Ok(None) };
        let base = self
            .config
            .public_url
            .as_ref()
            .map(crate::config::PublicUrl::origin)
            .ok_or(AppError::Input { field: "public_url", hint: "set it: links in mails use it alone" })?;
        let order = Order {
            outbox: row.id,
            kind,
            language: if row.lang == "en" { Language::En } else { Language::Zh },
            to,
            salutation,
            link: Guarded::new(token.url(&base)),
            unsubscribe: Guarded::new(stop.url(&base)),
            date: now.plus_seconds(purpose.lifetime()).date_in(self.config.zone),
        };
        let composed = compose(&run.desk.texts, &run.desk.sender, order)?;
        Ok(Some(composed.wire(&run.desk.sender, &*self.vault, now, self.config.zone)?))
    }

    /// Records why a claimed message does not go out, and what happens instead.
    async fn not_now(&self, row: &OutboxRow, why: NotNow, now: Timestamp, tally: &mut SendTally) -> Result<Step, AppError> {
        tally.skip(why.word());
        let mut tx = self.store.begin().await?;
        match why {
            NotNow::Later(word, at) => {
                match tx.postpone(row.id, row.fence, at).await {
                    Err(StoreError::LeaseLost) => return Ok(Step::GoOn),
                    other => other?,
                }
                if let Some(task) = row.task_id {
                    tx.note_task(task, word).await?;
                }
            }
            NotNow::Never(word) | NotNow::OtherChannel(word) => {
                match tx.cancel_message(row.id).await {
                    // Cancelled in the same moment by what made it undue.
                    Err(StoreError::Stale) => return Ok(Step::GoOn),
                    other => other?,
                }
                if let Some(id) = row.task_id {
                    self.end_task(&mut tx, id, TaskState::NotSent, Some(word), now).await?;
                }
                if matches!(why, NotNow::OtherChannel(_)) {
                    self.call_instead(&mut tx, row, now).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(Step::GoOn)
    }

    /// Records what became of a message that was handed over.
    async fn settle_sent(
        &self,
        row: &OutboxRow,
        kind: Kind,
        outcome: &SendOutcome,
        now: Timestamp,
        tally: &mut SendTally,
    ) -> Result<(), AppError> {
        let words = outcome.reply().text.clone();
        let mut tx = self.store.begin().await?;
        let settled = match outcome {
            SendOutcome::Sent { .. } => tx.mark_sent(row.id, row.fence, &words, now).await,
            SendOutcome::Deferred { .. } if row.attempts < ATTEMPTS => {
                tx.mark_retry(row.id, row.fence, now.plus_seconds(RETRY_SECONDS << row.attempts.clamp(0, 6))).await
            }
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => tx.mark_dead(row.id, row.fence).await,
            SendOutcome::Uncertain { .. } => tx.mark_uncertain(row.id, row.fence).await,
        };
        match settled {
            // It took longer than the lease: what the sweep decided holds.
            Err(StoreError::LeaseLost) => return Ok(()),
            other => other?,
        }
        match outcome {
            SendOutcome::Sent { .. } => {
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::Done, None, now).await?;
                }
                tally.sent += 1;
            }
            SendOutcome::Deferred { .. } if row.attempts < ATTEMPTS => tally.deferred += 1,
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => {
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::NotSent, Some("refused-by-mail-server"), now).await?;
                }
                // A reply of the server counts as a returned mail does.
                let status = outcome.reply().status.map(|s| s.to_string());
                let bad = outcome.address_is_bad();
                self.refused_at_once(&mut tx, row, bad, status, now).await?;
                if kind != Kind::VerifyMail && !bad {
                    self.call_instead(&mut tx, row, now).await?;
                }
                tally.refused += 1;
            }
            SendOutcome::Uncertain { .. } => tally.uncertain += 1,
        }
        tx.commit().await?;
        tally.last_reply = Some(words);
        Ok(())
    }

    /// The call that takes the place of a mail.
    pub(super) async fn call_instead(&self, tx: &mut Tx, row: &OutboxRow, now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        let rule = crate::followup::desk::rule_of_rung(base_rule(&row.rule), crate::followup::Channel::Phone);
        tx.put_tasks(vec![self.desk_task(row, rule, row.occurrence.0, &row.kind, today, now)]).await?;
        Ok(())
    }

    pub(super) fn desk_task(
        &self,
        row: &OutboxRow,
        rule: String,
        occurrence: NaiveDate,
        kind: &str,
        due_on: NaiveDate,
        now: Timestamp,
    ) -> TaskRow {
        TaskRow {
            id: TaskId::fresh(),
            subject_id: row.subject_id,
            person_id: row.person_id,
            rule,
            occurrence: occurrence.into(),
            kind: kind.to_owned(),
            channel: TaskChannel::Phone,
            due_on: due_on.checked_add_days(Days::new(1)).unwrap_or(due_on).into(),
            zone: self.config.zone.name().to_owned(),
            state: TaskState::Planned,
            reason: None,
            created_at: now,
            row_version: 1,
            done_on: None,
            rounds: 0,
        }
    }

    pub(super) async fn end_task(
        &self,
        tx: &mut Tx,
        id: TaskId,
        state: TaskState,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let Some(task) = self.store.task(id).await? else { return Ok(()) };
        match tx.end_task(id, task.row_version, state, reason, self.today(now)).await {
            // Somebody ended it meanwhile, e.g. by a withdrawal: that stands. What became of the message is recorded all the same.
            Err(StoreError::Stale) => Ok(()),
            other => Ok(other?),
        }
    }
}
