//! Sending: what is due goes into the outbox; what lies there goes out, one message at a time, every condition judged again.

use std::collections::HashMap;
use std::time::Instant;

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::hold::{self, Tag};
use crate::domain::id::{PersonId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::compose::{Order, WireMail, compose, recipient};
use crate::followup::desk::{Facts, NO_TURN, NOT_YET_ELIGIBLE, NotNow, base_rule, recheck};
use crate::followup::experiment::Way;
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::followup::mailer::SendOutcome;
use crate::followup::pace::{Rates, may_go};
use crate::followup::plan::MailReach;
use crate::followup::policy::{Limits, RuleId};
use crate::followup::window::within;
use crate::followup::{Kind, Language};
use crate::store::{AuditEntry, LinkRow, OutboxRow, OutboxState, StoreError, TaskChannel, TaskRow, TaskState, Tx};

use super::super::{Actor, App, AppError};
use super::experiment::Running;
use super::paced::traffic;
use super::people::Reachable;
use super::route::Desk;
use super::{NewTask, SendTally};

/// Messages claimed at a time, and how long a claim holds: longer than one send's own time limit for each.
const CLAIM: u64 = 5;
const LEASE_SECONDS: i64 = 900;
const RETRY_SECONDS: i64 = 1_800;
const ATTEMPTS: i64 = 5;
const HOUR: i64 = 3_600;
/// How long a queued mail waits for the hours its rule names.
const WINDOW_PATIENCE_SECONDS: i64 = 48 * HOUR;

/// One run of the sender: the people as they were at its start, and a clock that goes on.
pub(super) struct Run {
    people: HashMap<PersonId, Reachable>,
    /// Persons whose mails would go to one address.
    households: HashMap<u64, Vec<PersonId>>,
    desk: Desk,
    begun: Instant,
    from: Timestamp,
    /// How fast mails may leave; none: as fast as they are taken.
    pub(super) rates: Option<Rates>,
    /// Until when this run waits for mails that its own pace put off.
    pub(super) patient_until: Timestamp,
    /// The experiments that are carried out.
    pub(super) running: Running,
    /// The last instant a mail to a domain was put off to: the next one waits behind it.
    pub(super) slots: HashMap<Tag, Timestamp>,
}

impl Run {
    /// Now: leases are judged by it, so it must not stand still while thousands of mails go out.
    pub(super) fn now(&self) -> Timestamp {
        let micros = i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(0);
        Timestamp(self.from.0.saturating_add(micros))
    }
}

/// How long a run by the program or at the console waits for its own pace, in seconds; at a page nobody waits.
const PATIENCE: i64 = 600;
/// What was read of a person longer ago is read again, in seconds.
const STALE_AFTER: u64 = 30;
/// The longest single wait, in seconds.
pub(super) const NAP: i64 = 30;

/// What became of one claimed message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
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
        if !dry_run {
            self.settle_interrupted(now).await?;
        }
        tally.in_doubt = self.store.count_messages(OutboxState::Uncertain).await?;
        if dry_run {
            return Ok(tally);
        }
        let total = self.store.count_messages(OutboxState::Due).await? + self.store.count_messages(OutboxState::Retry).await?;
        if total == 0 {
            return Ok(tally);
        }
        let mut households: HashMap<u64, Vec<PersonId>> = HashMap::new();
        for (key, person) in people.values().filter_map(|p| Some((p.shared?, p.person))) {
            households.entry(key).or_default().push(person);
        }
        let patience = if actor.staff().is_some() { 0 } else { PATIENCE };
        let running = self.running(&people).await?;
        let mut run = Run {
            running,
            people,
            households,
            desk: self.desk()?,
            begun: Instant::now(),
            from: now,
            rates: self.rates(),
            patient_until: now.plus_seconds(patience),
            slots: HashMap::new(),
        };
        let mut done = 0;
        'run: loop {
            let now = run.now();
            let mut tx = self.store.begin().await?;
            let claimed = tx.claim_messages(now, now.plus_seconds(LEASE_SECONDS), CLAIM).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                if self.nap(&run).await? {
                    continue;
                }
                break;
            }
            let mut waiting = claimed.into_iter();
            while let Some(message) = waiting.next() {
                if self.send_one(&mut run, &message.row, &mut tally).await? == Step::Stop {
                    // The others are free for whoever tries next.
                    for message in waiting {
                        self.give_back(&message.row).await?;
                    }
                    break 'run;
                }
                done += 1;
                progress(done, total.max(done));
            }
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

    /// Reads a person again who came in since the run began, or whom a run that waits for its pace read a while ago: what was put on hold
    /// or withdrawn meanwhile counts.
    async fn refresh(&self, run: &mut Run, owner: PersonId, now: Timestamp) -> Result<(), AppError> {
        let old = run.rates.is_some() && run.begun.elapsed().as_secs() > STALE_AFTER;
        if !old && run.people.contains_key(&owner) {
            return Ok(());
        }
        run.people.remove(&owner);
        if let Some(person) = self.reachable_one(owner, now).await? {
            if let Some(key) = person.shared {
                let household = run.households.entry(key).or_default();
                if !household.contains(&owner) {
                    household.push(owner);
                }
            }
            run.people.insert(owner, person);
        }
        Ok(())
    }

    /// What is known of a message's person now.
    fn facts(&self, run: &Run, row: &OutboxRow, owner: PersonId, kind: Option<Kind>, now: Timestamp) -> Result<Facts, AppError> {
        let Some(person) = run.people.get(&owner) else { return Ok(Facts::default()) };
        let reach = person.reach();
        let today = self.today(now);
        let interval = self.policies.on(today)?.limits.donation_interval;
        let untrue = kind.and_then(|kind| person.untrue(kind, today, interval));
        Ok(Facts {
            known: true,
            not_yet_eligible: untrue == Some(NOT_YET_ELIGIBLE),
            no_turn: untrue == Some(NO_TURN),
            held: person.held,
            silent: person.silent(),
            address: person.contact.as_ref().and_then(recipient).is_some() && reach.mail != MailReach::None,
            verified: reach.mail == MailReach::Verified,
            sensitive: row.sensitive,
            // A mail that asks to verify an address answers what somebody just did; it is not kept for the morning.
            urgent: kind == Some(Kind::VerifyMail),
            paused_until: person.paused_until().filter(|_| !self.cannot_wait(&row.rule, row.occurrence.0)),
            last_contact: person.plans.iter().flat_map(|p| &p.contacted).map(|(_, day)| *day).max(),
            last_at_address: None,
        })
    }

    /// The limits of the day for one message: a rule may name the hours its mails leave in, and an urgent one keeps no distance.
    fn limits_of(&self, run: &Run, owner: PersonId, row: &OutboxRow, now: Timestamp) -> Result<Limits, AppError> {
        let limits = &self.policies.on(self.today(now))?.limits;
        let rule = RuleId::parse(base_rule(&row.rule)).and_then(|id| self.policies.on(row.occurrence.0).ok()?.rule(&id));
        let Some(rule) = rule else { return Ok(limits.clone()) };
        let patient = now < row.created_at.plus_seconds(WINDOW_PATIENCE_SECONDS);
        let arm = self.arm(&run.running, &rule.id, row.occurrence.0, owner).map(|(_, arm)| &arm.way);
        let hours = if let Some(Way::Hours(from, until)) = arm { Some((*from, *until)) } else { rule.window };
        let mut limits = hours.filter(|_| patient).map_or_else(|| limits.clone(), |window| within(limits, window));
        if rule.urgent {
            limits.min_days_between = 0;
        }
        Ok(limits)
    }

    /// Sends one claimed message; every condition is checked again now.
    async fn send_one(&self, run: &mut Run, row: &OutboxRow, tally: &mut SendTally) -> Result<Step, AppError> {
        let now = run.now();
        let owner = self.store.person_of(row.subject_id).await?.unwrap_or(row.person_id);
        let kind = Kind::from_word(&row.kind);
        self.refresh(run, owner, now).await?;
        let limits = &self.limits_of(run, owner, row, now)?;
        let mut facts = self.facts(run, row, owner, kind, now)?;
        let mut verdict = recheck(&facts, limits, self.config.zone, now);
        let Some(kind) = kind else { return self.not_now(row, NotNow::Never("unknown-kind"), now, tally).await };
        let found = run.people.get(&owner).and_then(|p| Some((p, p.contact.as_ref()?, p.contact_of?)));
        let (Ok(()), Some((person, contact, contact_of))) = (verdict, found) else {
            return self.not_now(row, verdict.err().unwrap_or(NotNow::Never("nobody-to-contact")), now, tally).await;
        };
        // A changed address is asked about itself, even where another registration of the person has a better one.
        let asked = if kind == Kind::VerifyMail && contact_of != row.subject_id {
            match self.free_contact(row.subject_id).await? {
                Some(own) => Some(own),
                None => return self.not_now(row, NotNow::Never("no-address"), now, tally).await,
            }
        } else {
            None
        };
        let (contact, contact_of) = asked.as_ref().map_or((contact, contact_of), |own| (own, row.subject_id));
        let purpose = if kind == Kind::VerifyMail { LinkPurpose::VerifyMail } else { LinkPurpose::ContactCheck };
        let (token, stop) = (self.link_token()?, self.link_token()?);
        let Some(wire) = self.wire(run, row, kind, purpose, contact, (&token, &stop), owner, now)? else { return Ok(Step::GoOn) };
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
        let domain = hold::domain_tag(contact, &*self.vault).unwrap_or_default();
        let jitter = self.jitter(row);
        if let Some(rates) = run.rates
            && let Err(wait) = may_go(&rates, &traffic(&tx, &rates, &domain, now).await?, jitter, now)
        {
            tx.rollback().await?;
            return self.paced(run, row, (rates, wait, domain, jitter), tally).await;
        }
        match tx.mark_sending(row.id, row.fence, tag, now).await {
            Err(StoreError::LeaseLost) => return Ok(Step::GoOn),
            other => other?,
        }
        tx.begin_delivery(row.id, &domain, now).await?;
        for (token, purpose) in [(&token, purpose), (&stop, LinkPurpose::Unsubscribe)] {
            let link = self.link_row(token, purpose, row.subject_id, now);
            tx.put_link(LinkRow { address_tag: tag.map(|t| t.to_vec().into()), ..link }).await?;
        }
        tx.commit().await?;

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
        owner: PersonId,
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
        let arm = RuleId::parse(base_rule(&row.rule)).and_then(|rule| self.arm(&run.running, &rule, row.occurrence.0, owner));
        let texts = arm.and_then(|arm| run.running.words(arm)).unwrap_or(&run.desk.texts);
        let composed = compose(texts, &run.desk.sender, order)?;
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
        let became = match outcome {
            SendOutcome::Sent { .. } => "sent",
            SendOutcome::Deferred { .. } => "deferred",
            SendOutcome::Refused { .. } => "refused",
            SendOutcome::Uncertain { .. } => "uncertain",
        };
        let mut tx = self.store.begin().await?;
        tx.end_delivery(row.id, became, &words, now).await?;
        let settled = match outcome {
            SendOutcome::Sent { .. } => tx.mark_sent(row.id, row.fence, &words, now).await,
            SendOutcome::Deferred { .. } if row.attempts < ATTEMPTS => {
                tx.mark_retry(row.id, row.fence, now.plus_seconds(RETRY_SECONDS << row.attempts.clamp(0, 6))).await
            }
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => tx.mark_dead(row.id, row.fence).await,
            SendOutcome::Uncertain { .. } => tx.mark_uncertain(row.id, row.fence).await,
        };
        match settled {
            // It took longer than the lease: what the sweep decided holds. What the server said is kept for whoever settles it.
            Err(StoreError::LeaseLost) => {
                tx.commit().await?;
                return Ok(());
            }
            other => other?,
        }
        match outcome {
            SendOutcome::Sent { .. } => {
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::Done, None, now).await?;
                    self.keep_apart(&mut tx, row.person_id, task, self.today(now)).await?;
                }
                tally.sent += 1;
            }
            SendOutcome::Deferred { .. } if row.attempts < ATTEMPTS => tally.deferred += 1,
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => {
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::NotSent, Some("refused-by-mail-server"), now).await?;
                }
                // A reply of the server counts as a returned mail does.
                let on_hold = self.refused_at_once(&mut tx, row, outcome, now).await?;
                // Of an address on hold a call is opened already.
                if kind != Kind::VerifyMail && !on_hold {
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

    /// The call that takes the place of a mail; none with whoever left or died while it was on its way.
    pub(super) async fn call_instead(&self, tx: &mut Tx, row: &OutboxRow, now: Timestamp) -> Result<(), AppError> {
        if !self.concerns(tx, row.subject_id, (&row.rule, row.occurrence.0)).await? {
            return Ok(());
        }
        let today = self.today(now);
        let rule = crate::followup::desk::rule_of_rung(base_rule(&row.rule), crate::followup::Channel::Phone);
        tx.put_tasks(vec![self.desk_task(row, rule, row.occurrence.0, &row.kind, today, now)]).await?;
        Ok(())
    }

    /// A call in the place of a message, due on the day after `due_on`.
    pub(super) fn desk_task(
        &self,
        row: &OutboxRow,
        rule: String,
        occurrence: NaiveDate,
        kind: &str,
        due_on: NaiveDate,
        now: Timestamp,
    ) -> TaskRow {
        let due_on = due_on.checked_add_days(Days::new(1)).unwrap_or(due_on);
        let (person, subject) = (row.person_id, row.subject_id);
        self.new_task(NewTask { person, subject, rule, occurrence, kind, channel: TaskChannel::Phone, due_on }, now)
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
