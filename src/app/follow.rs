//! Follow-up: planning, sending through the outbox, tasks, and the first contact of imported people.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use chrono::{Months, NaiveDate};

use crate::config::{MailRoute, MailServer};
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::{CampaignId, LinkId, OutboxId, PersonId, PublicId, SubjectId, TaskId};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::compose::{Order, Sender, Texts, compose, message_id, recipient};
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::followup::mailer::{FolderMailer, Mailer, Secret, Security, SendOutcome, SmtpMailer, SmtpSettings, TimeLimits};
use crate::followup::plan::{Anchors, MailReach, Origin as Came, Plan, PlanSubject, Reach, plan};
use crate::followup::{Channel, Kind, Language, window};
use crate::store::{
    AuditEntry, CampaignRow, CampaignState, LinkRow, Origin, OutboxRow, OutboxState, PersonEntry, StoreError, TaskChannel, TaskRow,
    TaskState,
};

use super::{Actor, App, AppError};

/// The rule and kind of the mail that asks to verify an address.
pub(super) const VERIFY_RULE: &str = "verify-mail";
/// Messages claimed at a time, and how long a claim holds: longer than one send's own time limit for each.
const CLAIM: u64 = 5;
const LEASE_SECONDS: i64 = 900;
const RETRY_SECONDS: i64 = 1_800;
const ATTEMPTS: i64 = 5;

/// What planning came to.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct PlanOutcome {
    /// Contacts that fall due in the period.
    pub planned: u64,
    /// Of these, new since the last planning.
    pub new: u64,
    /// Of these, held until the first contact is confirmed.
    pub held: u64,
    /// By channel.
    pub by_channel: BTreeMap<&'static str, u64>,
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
    /// Held until the first contact is confirmed.
    pub held: bool,
}

/// How a follow-up made by staff ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskOutcome {
    /// Spoken with; the contact data are right.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// The number is not this person's.
    NotThem,
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
    /// With neither.
    pub unreachable: u64,
    /// By registry.
    pub by_registry: BTreeMap<&'static str, u64>,
}

/// A person as planning sees it.
struct Reachable {
    person: PersonId,
    subjects: Vec<SubjectId>,
    held: bool,
    contact: Option<Guarded<Contact>>,
    plans: Vec<PlanSubject>,
}

impl App {
    /// Plans what falls due in the months from a day on. Planning contacts nobody.
    pub async fn plan(&self, actor: Actor, from: NaiveDate, months: u32, dry_run: bool, now: Timestamp) -> Result<PlanOutcome, AppError> {
        actor.needs(Right::FollowUp)?;
        let until = from.checked_add_months(Months::new(months.min(120))).unwrap_or(NaiveDate::MAX);
        let people = self.reachable().await?;
        let subjects: Vec<PlanSubject> = people.values().flat_map(|p| p.plans.iter().cloned()).collect();
        let plan = plan(&self.policies, &subjects, from, until);
        let mut outcome = outline(&plan);
        if !dry_run {
            let zone = self.config.zone.name().to_owned();
            let rows: Vec<TaskRow> = plan
                .planned
                .iter()
                .map(|p| TaskRow {
                    id: TaskId::fresh(),
                    subject_id: p.subject,
                    person_id: p.person,
                    rule: p.rule.as_str().to_owned(),
                    occurrence: p.occurrence.into(),
                    kind: p.kind.word().to_owned(),
                    channel: match p.channel {
                        Channel::Mail => TaskChannel::Mail,
                        Channel::Phone => TaskChannel::Phone,
                        Channel::FindContact => TaskChannel::Desk,
                    },
                    due_on: p.due_on.into(),
                    zone: zone.clone(),
                    state: TaskState::Planned,
                    reason: None,
                    created_at: now,
                    row_version: 1,
                })
                .collect();
            for batch in rows.chunks(5_000) {
                let mut tx = self.store.begin().await?;
                outcome.new += tx.put_tasks(batch.to_vec()).await?;
                tx.commit().await?;
            }
            let mut tx = self.store.begin().await?;
            let entry = AuditEntry::on(now, actor.staff(), "followup.plan", "registry", None).with("planned", outcome.planned);
            tx.audit(&entry).await?;
            tx.commit().await?;
        }
        Ok(outcome)
    }

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
        let people = self.reachable().await?;
        self.queue_due(day, dry_run, now, &people, &mut tally).await?;
        if dry_run {
            return Ok(tally);
        }
        let mut tx = self.store.begin().await?;
        tx.sweep_sending(now).await?;
        tx.commit().await?;
        let total = self.store.count_messages(OutboxState::Due).await? + self.store.count_messages(OutboxState::Retry).await?;
        if total == 0 {
            return Ok(tally);
        }
        let desk = Desk { sender: self.sender()?, texts: self.mail_texts()?, mailer: self.mailer()? };
        let mut done = 0;
        loop {
            let mut tx = self.store.begin().await?;
            let claimed = tx.claim_messages(now, now.plus_seconds(LEASE_SECONDS), CLAIM).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
            for message in claimed {
                self.send_one(&desk, &message.row, &people, now, &mut tally).await?;
                done += 1;
                progress(done, total.max(done));
            }
        }
        let mut tx = self.store.begin().await?;
        let entry = AuditEntry::on(now, actor.staff(), "followup.send", "registry", None).with("sent", tally.sent);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(tally)
    }

    /// Puts the mails that are due on a day into the outbox.
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
        for task in tasks.into_iter().filter(|t| t.channel == TaskChannel::Mail) {
            match people.get(&task.person_id) {
                None => tally.skip("nobody-to-contact"),
                Some(person) if person.held => tally.skip("first-contact-not-confirmed"),
                Some(person) if person.plans.iter().all(|p| p.suppressed || !p.status.may_contact()) => tally.skip("may-not-be-contacted"),
                Some(_) => rows.push(task),
            }
        }
        tally.queued = rows.len() as u64;
        if dry_run {
            return Ok(());
        }
        for batch in rows.chunks(1_000) {
            let messages =
                batch.iter().map(|t| self.message(t.person_id, t.subject_id, &t.rule, t.occurrence.0, &t.kind, "zh", Some(t.id), now));
            let mut tx = self.store.begin().await?;
            tx.put_messages(messages.collect()).await?;
            for task in batch {
                tx.set_task(task.id, task.row_version, TaskState::Queued, None).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a message has these columns")]
    pub(super) fn message(
        &self,
        person: PersonId,
        subject: SubjectId,
        rule: &str,
        occurrence: NaiveDate,
        kind: &str,
        lang: &str,
        task: Option<TaskId>,
        now: Timestamp,
    ) -> OutboxRow {
        let id = OutboxId::fresh();
        let domain = self.config.mail.bounce_domain.clone().unwrap_or_else(|| domain_of(&self.config.mail.from));
        OutboxRow {
            id,
            task_id: task,
            subject_id: subject,
            person_id: person,
            rule: rule.to_owned(),
            occurrence: occurrence.into(),
            kind: kind.to_owned(),
            lang: lang.to_owned(),
            sensitive: false,
            state: OutboxState::Due,
            due_at: now,
            lease_until: None,
            fence: 0,
            attempts: 0,
            message_id: message_id(id, &domain),
            reply: None,
            sent_at: None,
            created_at: now,
        }
    }

    /// Sends one claimed message; every condition is checked again now.
    async fn send_one(
        &self,
        desk: &Desk,
        row: &OutboxRow,
        people: &HashMap<PersonId, Reachable>,
        now: Timestamp,
        tally: &mut SendTally,
    ) -> Result<(), AppError> {
        let day = self.today(now);
        let owner = self.store.person_of(row.subject_id).await?.unwrap_or(row.person_id);
        let reason = match people.get(&owner) {
            None => Some("nobody-to-contact"),
            Some(p) if p.held => Some("first-contact-not-confirmed"),
            Some(p) if p.plans.iter().all(|s| s.suppressed || !s.status.may_contact()) => Some("may-not-be-contacted"),
            Some(p) if p.contact.as_ref().and_then(recipient).is_none() => Some("no-address"),
            Some(_) => None,
        };
        let kind = Kind::from_word(&row.kind);
        let (None, Some(kind)) = (reason, kind) else {
            tally.skip(reason.unwrap_or("unknown-kind"));
            let mut tx = self.store.begin().await?;
            tx.cancel_message(row.id).await?;
            if let Some(task) = row.task_id {
                self.end_task(&mut tx, task, TaskState::NotSent, reason).await?;
            }
            tx.commit().await?;
            return Ok(());
        };
        // A mail that asks to verify an address answers what somebody just did; it is not kept for the morning.
        let urgent = kind == Kind::VerifyMail;
        if !urgent && !window::may_send(&self.policies.on(day)?.limits, self.config.zone, day, now, false) {
            let at = window::earliest_send(&self.policies.on(day)?.limits, self.config.zone, day, now, false);
            let mut tx = self.store.begin().await?;
            tx.postpone(row.id, row.fence, at).await?;
            tx.commit().await?;
            tally.skip("quiet-hours");
            return Ok(());
        }
        let Some((to, salutation)) = people.get(&owner).and_then(|p| p.contact.as_ref()).and_then(recipient) else { return Ok(()) };
        let purpose = if kind == Kind::VerifyMail { LinkPurpose::VerifyMail } else { LinkPurpose::ContactCheck };
        let language = if row.lang == "en" { Language::En } else { Language::Zh };
        let (token, stop) = (self.link_token()?, self.link_token()?);
        let base = self
            .config
            .public_url
            .as_ref()
            .map(crate::config::PublicUrl::origin)
            .ok_or(AppError::Input { field: "public_url", hint: "set it: links in mails use it alone" })?;
        let order = Order {
            outbox: row.id,
            kind,
            language,
            to,
            salutation,
            link: Guarded::new(token.url(&base)),
            unsubscribe: Guarded::new(stop.url(&base)),
            date: now.plus_seconds(purpose.lifetime()).date_in(self.config.zone),
        };
        let wire = compose(&desk.texts, &desk.sender, order)?.wire(&desk.sender, &*self.vault, now, self.config.zone)?;
        let mut tx = self.store.begin().await?;
        match tx.mark_sending(row.id, row.fence, now).await {
            Err(StoreError::LeaseLost) => return Ok(()),
            other => other?,
        }
        for (token, purpose) in [(&token, purpose), (&stop, LinkPurpose::Unsubscribe)] {
            tx.put_link(self.link_row(token, purpose, row.subject_id, now)).await?;
        }
        tx.commit().await?;

        let outcome = desk.mailer.send(&wire).await;
        let words = outcome.reply().text.clone();
        let mut tx = self.store.begin().await?;
        match &outcome {
            SendOutcome::Sent { .. } => {
                tx.mark_sent(row.id, row.fence, &words, now).await?;
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::Done, None).await?;
                }
                tally.sent += 1;
            }
            SendOutcome::Deferred { .. } if row.attempts + 1 < ATTEMPTS => {
                tx.mark_retry(row.id, row.fence, now.plus_seconds(RETRY_SECONDS << row.attempts.clamp(0, 6))).await?;
                tally.deferred += 1;
            }
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => {
                tx.mark_dead(row.id, row.fence).await?;
                if let Some(task) = row.task_id {
                    self.end_task(&mut tx, task, TaskState::NotSent, Some("refused-by-mail-server")).await?;
                }
                tally.refused += 1;
            }
            SendOutcome::Uncertain { .. } => {
                tx.mark_uncertain(row.id, row.fence).await?;
                tally.uncertain += 1;
            }
        }
        tx.commit().await?;
        tally.last_reply = Some(words);
        Ok(())
    }

    async fn end_task(&self, tx: &mut crate::store::Tx, id: TaskId, state: TaskState, reason: Option<&str>) -> Result<(), AppError> {
        if let Some(task) = self.store.task(id).await? {
            tx.set_task(id, task.row_version, state, reason).await?;
        }
        Ok(())
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
        }
    }

    /// Follow-ups for staff that are due on a day, earliest first.
    pub async fn tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::FollowUp)?;
        let tasks = self.store.tasks_due(TaskState::Planned, day, limit).await?;
        let subjects: Vec<SubjectId> = tasks.iter().map(|t| t.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let ids: Vec<PersonId> = persons.values().copied().collect::<HashSet<_>>().into_iter().collect();
        let public = self.store.public_ids_of(&ids).await?;
        let mut people: HashMap<SubjectId, PersonEntry> =
            self.store.people_of(&self.vault, &subjects).await?.into_iter().map(|p| (p.subject, p)).collect();
        Ok(tasks
            .into_iter()
            .filter_map(|task| {
                let person = persons.get(&task.subject_id)?;
                let entry = people.remove(&task.subject_id);
                let held = entry.as_ref().is_some_and(|e| e.origin == Origin::Import && e.first_contact_at.is_none());
                Some(TaskItem {
                    id: task.id,
                    version: task.row_version,
                    public_id: public.get(person)?.clone(),
                    identity: entry.and_then(|e| e.records.into_iter().next_back()).and_then(|r| r.identity),
                    kind: Kind::from_word(&task.kind),
                    channel: task.channel,
                    due_on: task.due_on.0,
                    held,
                })
            })
            .collect())
    }

    /// How many follow-ups are due on a day.
    pub async fn count_tasks(&self, day: NaiveDate) -> Result<u64, AppError> {
        Ok(self.store.count_tasks_due(TaskState::Planned, day).await?)
    }

    /// Ends a follow-up made by staff.
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody ended it meanwhile.
    pub async fn finish_task(&self, actor: Actor, id: TaskId, version: i64, outcome: TaskOutcome, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::FollowUp)?;
        let task = self.store.task(id).await?.ok_or(AppError::Missing("follow-up"))?;
        let (state, reason) = match outcome {
            TaskOutcome::Reached => (TaskState::Done, "reached"),
            TaskOutcome::NoAnswer => (TaskState::Done, "no-answer"),
            TaskOutcome::NotThem => (TaskState::Done, "not-them"),
        };
        let mut tx = self.store.begin().await?;
        tx.set_task(id, version, state, Some(reason)).await?;
        if outcome == TaskOutcome::Reached {
            self.note_verified(&mut tx, task.subject_id, now).await?;
        }
        let entry = AuditEntry::on(now, actor.staff(), "followup.finish", "task", Some(id.0)).with("outcome", reason);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whom a first contact would reach.
    pub async fn first_contact_preview(&self, actor: Actor, registry: Option<Registry>) -> Result<FirstContact, AppError> {
        actor.needs(Right::FollowUp).or_else(|_| actor.needs(Right::ConfirmFirstContact))?;
        let people = self.reachable().await?;
        let mut out = FirstContact::default();
        for person in people.values().filter(|p| p.held && of_registry(p, registry)) {
            out.people += 1;
            let reach = person.plans.first().map(|p| p.reach).unwrap_or_default();
            match reach {
                Reach { mail: MailReach::None, phone: true } => out.by_phone += 1,
                Reach { mail: MailReach::None, phone: false } => out.unreachable += 1,
                _ => out.by_mail += 1,
            }
            for registry in person.plans.iter().map(|p| p.registry.word()).collect::<HashSet<_>>() {
                *out.by_registry.entry(registry).or_default() += 1;
            }
        }
        Ok(out)
    }

    /// 发起首次联系: releases imported people for contact. The count typed back must be the one of the preview.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but a manager; [`AppError::CountDiffers`]; an empty selection releases nobody.
    pub async fn first_contact(&self, actor: Actor, registry: Option<Registry>, count: u64, now: Timestamp) -> Result<u64, AppError> {
        let Actor::Staff { id: by, .. } = actor else { return Err(AppError::Forbidden) };
        actor.needs(Right::ConfirmFirstContact)?;
        let people = self.reachable().await?;
        let chosen: Vec<&Reachable> = people.values().filter(|p| p.held && of_registry(p, registry)).collect();
        if chosen.is_empty() || chosen.len() as u64 != count {
            return Err(AppError::CountDiffers);
        }
        let subjects: Vec<SubjectId> = chosen.iter().flat_map(|p| p.subjects.iter().copied()).collect();
        let id = CampaignId::fresh();
        let mut tx = self.store.begin().await?;
        tx.put_campaign(CampaignRow {
            id,
            kind: "first-contact".to_owned(),
            filter: registry.map_or("all", Registry::word).to_owned(),
            count: i64::try_from(count).unwrap_or(i64::MAX),
            requested_by: by,
            created_at: now,
            confirmed_by: None,
            confirmed_at: None,
            state: CampaignState::Requested,
        })
        .await?;
        tx.decide_campaign(id, CampaignState::Confirmed, by, now).await?;
        tx.mark_first_contact(&self.vault, &subjects, now).await?;
        let entry = AuditEntry::on(now, Some(by), "followup.first-contact", "campaign", Some(id.0)).with("people", count);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Everybody as planning sees them.
    async fn reachable(&self) -> Result<HashMap<PersonId, Reachable>, AppError> {
        let verified: HashSet<SubjectId> = self.store.subjects_with_used_link(LinkPurpose::VerifyMail.word()).await?.into_iter().collect();
        let mut silent: HashSet<SubjectId> = self.store.subjects_with_used_link(LinkPurpose::NotMe.word()).await?.into_iter().collect();
        silent.extend(self.store.subjects_with_used_link(LinkPurpose::Unsubscribe.word()).await?);
        let mut since: HashMap<SubjectId, NaiveDate> = HashMap::new();
        self.store
            .standings(|s| {
                since.insert(s.subject, s.since.0);
            })
            .await?;
        let mut out: HashMap<PersonId, Reachable> = HashMap::new();
        let mut stream = self.store.people(&self.vault);
        while let Some(page) = stream.next().await? {
            for mut entry in page {
                let held = entry.origin == Origin::Import && entry.first_contact_at.is_none();
                let Some(last) = entry.records.pop() else { continue };
                let reach = reach_of(last.contact.as_ref(), verified.contains(&entry.subject), silent.contains(&entry.subject));
                let recorded_on = last.recorded_at.date_in(self.config.zone);
                let person = out.entry(entry.person).or_insert_with(|| Reachable {
                    person: entry.person,
                    subjects: Vec::new(),
                    held: false,
                    contact: None,
                    plans: Vec::new(),
                });
                person.subjects.push(entry.subject);
                // One registration that may be contacted releases the person: they were in touch with the branch of their own accord.
                person.held = if person.plans.is_empty() { held } else { person.held && held };
                let better = person.contact.is_none() || reach.mail != MailReach::None;
                if better && last.contact.is_some() {
                    person.contact = last.contact;
                }
                for (registry, status) in entry.standings {
                    let day = since.get(&entry.subject).copied();
                    person.plans.push(PlanSubject {
                        person: person.person,
                        subject: entry.subject,
                        registry,
                        status,
                        status_since: day,
                        registered_on: day,
                        recorded_on,
                        origin: if entry.origin == Origin::Import { Came::Import } else { Came::Office },
                        first_contact_released: entry.first_contact_at.is_some(),
                        reach,
                        anchors: Anchors {
                            enrolled_on: day.filter(|_| status == EnrolmentStatus::Enrolled),
                            birth: last.identity.as_ref().and_then(birth_of),
                            ..Anchors::default()
                        },
                        contacted: Vec::new(),
                        suppressed: silent.contains(&entry.subject),
                    });
                }
            }
        }
        for person in out.values_mut() {
            one_standing_a_registry(&mut person.plans);
        }
        Ok(out)
    }

    fn sender(&self) -> Result<Sender, AppError> {
        let mail = &self.config.mail;
        let reply_to = mail.reply_to.as_deref().unwrap_or(&mail.from);
        let domain = mail.bounce_domain.clone().unwrap_or_else(|| domain_of(&mail.from));
        Ok(Sender::new(&self.config.branch.zh, &self.config.branch.en, &mail.from, reply_to, &domain)?)
    }

    fn mail_texts(&self) -> Result<Texts, AppError> {
        Ok(match &self.config.mail_texts {
            Some(folder) => Texts::with_overrides(folder)?,
            None => Texts::shipped(),
        })
    }

    fn mailer(&self) -> Result<Mailer, AppError> {
        Ok(match &self.config.mail.route {
            MailRoute::Folder(folder) => Mailer::Folder(FolderMailer::open(folder)?),
            MailRoute::Server(server) => Mailer::Smtp(SmtpMailer::new(smtp_settings(server, &domain_of(&self.config.mail.from))?)?),
        })
    }
}

struct Desk {
    sender: Sender,
    texts: Texts,
    mailer: Mailer,
}

fn smtp_settings(server: &MailServer, hello: &str) -> Result<SmtpSettings, AppError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|_| AppError::Input { field: "smtp", hint: "a file it names (password or certificate) cannot be read" })
    };
    let login = match &server.account {
        Some((user, file)) => {
            let text = String::from_utf8(read(file)?)
                .map_err(|_| AppError::Input { field: "smtp.password_file", hint: "one line of text is wanted" })?;
            Some((user.clone(), Secret::new(text.lines().next().unwrap_or_default().to_owned())))
        }
        None => None,
    };
    Ok(SmtpSettings {
        host: server.host.clone(),
        port: server.port,
        security: match server.security {
            crate::config::Security::StartTls => Security::Starttls,
            crate::config::Security::Tls => Security::Tls,
            crate::config::Security::None => Security::Loopback,
        },
        login,
        authority: server.ca_file.as_deref().map(read).transpose()?,
        hello: hello.to_owned(),
        limits: TimeLimits::default(),
    })
}

fn domain_of(address: &str) -> String {
    address.rsplit('@').next().unwrap_or("localhost").to_owned()
}

fn of_registry(person: &Reachable, registry: Option<Registry>) -> bool {
    person.plans.iter().any(|p| p.status.may_contact() && !p.suppressed && registry.is_none_or(|r| r == p.registry))
}

fn birth_of(identity: &Guarded<Identity>) -> Option<crate::domain::person::BirthDate> {
    Identity::birth_of(identity)
}

fn reach_of(contact: Option<&Guarded<Contact>>, verified: bool, silent: bool) -> Reach {
    let (mail, phone) = contact.map_or((false, false), Contact::channels);
    let mail = match (mail && !silent, verified) {
        (false, _) => MailReach::None,
        (true, false) => MailReach::Unverified,
        (true, true) => MailReach::Verified,
    };
    Reach { mail, phone }
}

/// Of several registrations of one person in one registry only the standing that counts is planned for.
fn one_standing_a_registry(plans: &mut Vec<PlanSubject>) {
    let key = |p: &PlanSubject| (p.status_since, matches!(p.status, EnrolmentStatus::Exited(_)), p.reach.mail, p.subject);
    plans.sort_by(|a, b| (a.registry, key(b)).cmp(&(b.registry, key(a))));
    plans.dedup_by_key(|p| p.registry);
}

fn outline(plan: &Plan) -> PlanOutcome {
    let mut out = PlanOutcome { planned: plan.planned.len() as u64, ..PlanOutcome::default() };
    for planned in &plan.planned {
        out.held += u64::from(planned.held);
        *out.by_channel.entry(planned.channel.word()).or_default() += 1;
        *out.by_month.entry(planned.due_on.format("%Y-%m").to_string()).or_default() += 1;
    }
    for not in &plan.not_planned {
        *out.not_planned.entry(not.reason.word()).or_default() += 1;
    }
    out
}
