//! The registrant's own page behind a link: a second fact first, then what is on file, masked, and what they answer.

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::Keyed;
use crate::domain::contact::Contact;
use crate::domain::correction;
use crate::domain::fact::Channel;
use crate::domain::form::Flaw;
use crate::domain::id::SubjectId;
use crate::domain::name::PersonName;
use crate::domain::outside::{OutsideState, OutsideSystem};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::second_fact;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::link::{LinkPurpose, LinkToken, WRONG_FACTS};
use crate::store::{AuditEntry, EntryRecord, LinkRow, LinkUse, Occasion, Origin, PersonEntry, TaskChannel, TaskRow, Tx, prepare_further};

use super::follow::NewTask;
use super::people::standings;
use super::{Actor, App, AppError};

/// What is shown once the second fact was right. Masked by the page.
#[derive(Debug)]
pub struct OwnPage {
    /// Carried by the form instead of asking again.
    pub proof: String,
    /// The name to greet by.
    pub salutation: Guarded<Option<PersonName>>,
    /// How they are reached.
    pub contact: Guarded<Contact>,
    /// Where they are registered, and since when.
    pub standings: Vec<(Registry, NaiveDate)>,
    /// Other systems in which something is still to be done, and since when.
    pub pending: Pending,
}

/// What became of a second fact.
#[derive(Debug)]
pub enum FactCheck {
    /// Right.
    Right(Box<OwnPage>),
    /// Wrong; another try is allowed.
    Wrong,
    /// The link does not work, or was closed just now.
    Gone,
}

/// How the registrant feels about the registration now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Will {
    /// Still willing.
    Still,
    /// Not now; ask again on a day.
    Later(NaiveDate),
    /// No longer: leaves the registries, at once and without a reason.
    NoLonger,
}

/// What a registrant tells.
#[derive(Debug)]
pub struct Told {
    /// How they feel about it.
    pub will: Will,
    /// Another phone.
    pub phone: Option<Guarded<String>>,
    /// Another mail address.
    pub mail: Option<Guarded<String>>,
    /// Whether the contact data on file are right.
    pub same_contact: bool,
}

/// Other systems in which something is still to be done for a registrant, and since when.
pub type Pending = Vec<(OutsideSystem, OutsideState, NaiveDate)>;

/// The rules of what follows an answer.
const ASKED_LATER: &str = "asked-later";
const LINK_CLOSED: &str = "link-closed";

impl App {
    /// Judges a second fact. The fifth wrong one closes the link and opens a call.
    pub async fn check_fact(&self, token: &str, typed: &Guarded<String>, now: Timestamp) -> Result<FactCheck, AppError> {
        let Some((hash, row, entry, last)) = self.behind(token, now).await? else { return Ok(FactCheck::Gone) };
        if !second_fact::fits(typed, last.identity.as_ref(), last.contact.as_ref()) {
            let mut tx = self.store.begin().await?;
            let closed = tx.wrong_link(row.id, i64::from(WRONG_FACTS), now).await?;
            if closed {
                let today = self.today(now);
                tx.put_tasks(vec![self.own_task(&entry, LINK_CLOSED, today, Kind::ContactCheck, today, now)]).await?;
            }
            tx.audit(&AuditEntry::on(now, None, "link.wrong-fact", "subject", Some(row.subject_id.0))).await?;
            tx.commit().await?;
            return Ok(if closed { FactCheck::Gone } else { FactCheck::Wrong });
        }
        let Some(contact) = last.contact else { return Err(AppError::Sealed("contact")) };
        let since = self.since(row.subject_id).await?;
        let standings = entry.standings.iter().filter(|(_, s, _)| s.may_contact()).map(|(r, ..)| (*r, since)).collect();
        // The registrant's own data leave the process: one leaf before the first byte.
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, None, "link.open", "subject", Some(row.subject_id.0))).await?;
        tx.commit().await?;
        let salutation = contact.map(|c| c.salutation.clone());
        let pending = self.pending_outside(row.subject_id).await?;
        Ok(FactCheck::Right(Box::new(OwnPage { proof: self.proof(&hash, now), salutation, contact, standings, pending })))
    }

    /// Carries out what a registrant tells after the second fact, and answers what is still to be done in other systems; none where the link
    /// does not work. Flaws of typed values come back, and nothing is changed.
    pub async fn tell(
        &self,
        token: &str,
        proof: &str,
        told: &Told,
        now: Timestamp,
    ) -> Result<Result<Option<Pending>, Vec<Flaw>>, AppError> {
        let Some((hash, _, entry, last)) = self.behind(token, now).await? else { return Ok(Ok(None)) };
        let fresh = [now, now.plus_seconds(-HOUR)].iter().any(|at| self.proof(&hash, *at) == proof);
        if !fresh {
            return Ok(Ok(None));
        }
        let changes = match self.changes(told, &last, now) {
            Ok(changes) => changes,
            Err(flaws) => return Ok(Err(flaws)),
        };
        let subject = entry.subject;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let stat_id = self.store.stat_id(&self.vault, subject).await?;
        let today = self.today(now);
        let mut records = Vec::new();
        if let (Some(draft), Some(stat_id)) = (changes, stat_id) {
            let occasion =
                Occasion { origin: Origin::Web, channel: Channel::SelfService, at: now, today, drive: None, import: None, verified: false };
            records.push(prepare_further(&self.vault, &keys, &draft, occasion, stat_id)?);
        }
        let changed = !records.is_empty();
        let mut tx = self.store.begin().await?;
        let LinkUse::Used(_) = tx.use_link(&hash, now).await? else { return Ok(Ok(None)) };
        if changed {
            tx.add_records(records, now).await?;
            self.corrected_outside(&mut tx, Actor::Registrant, subject, now).await?;
        }
        self.note_verified(&mut tx, subject, now).await?;
        if !changed && told.same_contact {
            self.note_use(&mut tx, LinkPurpose::VerifyMail, subject, now).await?;
        }
        match told.will {
            Will::Still => {}
            Will::Later(day) => {
                let day = day.max(today + Days::new(1));
                tx.put_tasks(vec![self.own_task(&entry, ASKED_LATER, day, Kind::Availability, day, now)]).await?;
            }
            Will::NoLonger => self.withdraw_all(&mut tx, subject, now).await?,
        }
        tx.audit(&AuditEntry::on(now, None, "link.told", "subject", Some(subject.0)).with("will", told.will.word())).await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(Ok(Some(self.pending_outside(subject).await?)))
    }

    /// The link, the registration behind it and what was told last, where the link works and asks for a second fact.
    async fn behind(&self, token: &str, now: Timestamp) -> Result<Option<([u8; 32], LinkRow, PersonEntry, EntryRecord)>, AppError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(None) };
        let hash = token.tag(&*self.vault);
        let Some(row) = self.store.link(&hash, now).await? else { return Ok(None) };
        if !LinkPurpose::from_word(&row.purpose).is_some_and(LinkPurpose::second_fact) {
            return Ok(None);
        }
        let Some(mut entry) = self.store.people_of(&self.vault, &[row.subject_id]).await?.pop() else { return Ok(None) };
        let Some(last) = entry.records.pop() else { return Ok(None) };
        Ok(Some((hash, row, entry, last)))
    }

    /// What stands in the form after a right second fact: good for the hour and the next, for this link alone.
    fn proof(&self, hash: &[u8; 32], at: Timestamp) -> String {
        let mut bytes = hash.to_vec();
        bytes.extend_from_slice(&(at.0 / (HOUR * 1_000_000)).to_be_bytes());
        self.vault.tag("followup/proof", &bytes).iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// The record that changed contact data make; none where nothing changed.
    fn changes(&self, told: &Told, last: &EntryRecord, now: Timestamp) -> Result<Option<crate::domain::record::RecordDraft>, Vec<Flaw>> {
        let (Some(identity), Some(contact)) = (&last.identity, &last.contact) else { return Ok(None) };
        let mut contact = contact.duplicate();
        let mut draft = None;
        let mut flaws = Vec::new();
        for (field, value) in [("phone", &told.phone), ("mail", &told.mail)] {
            let Some(value) = value else { continue };
            match correction::apply(field, value, last.registry, identity.duplicate(), contact.duplicate(), &self.towns, self.today(now)) {
                Ok(made) => {
                    if let Some(made) = &made {
                        contact = made.contact.duplicate();
                    }
                    draft = made.or(draft);
                }
                Err(flaw) => flaws.push(Flaw { field, ..flaw }),
            }
        }
        if flaws.is_empty() { Ok(draft) } else { Err(flaws) }
    }

    /// Leaves every registry, with every registration of the person, at once: what is queued is cancelled in the same transaction.
    async fn withdraw_all(&self, tx: &mut Tx, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let person = self.store.person_of(subject).await?.ok_or(AppError::Missing("registration"))?;
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("registration"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        tx.cancel_open(&subjects, "withdrew").await?;
        for (registry, status, _) in standings(view.enrolments()) {
            if !matches!(status, EnrolmentStatus::Exited(_)) {
                let left = EnrolmentStatus::Exited(ExitReason::Withdrew);
                self.settle_in(tx, Actor::Registrant, person, registry, left, now).await?;
            }
        }
        Ok(())
    }

    async fn since(&self, subject: SubjectId) -> Result<NaiveDate, AppError> {
        let owner = self.store.person_of(subject).await?.ok_or(AppError::Missing("registration"))?;
        let view = self.store.person(&self.vault, owner).await?.ok_or(AppError::Missing("registration"))?;
        let days = view.subjects.iter().filter(|s| s.row.id == subject).flat_map(|s| &s.enrolments).map(|e| e.since.0);
        days.min().ok_or(AppError::Missing("registration"))
    }

    fn own_task(&self, entry: &PersonEntry, rule: &str, occurrence: NaiveDate, kind: Kind, due_on: NaiveDate, now: Timestamp) -> TaskRow {
        let (person, subject, rule) = (entry.person, entry.subject, rule.to_owned());
        self.new_task(NewTask { person, subject, rule, occurrence, kind: kind.word(), channel: TaskChannel::Phone, due_on }, now)
    }
}

const HOUR: i64 = 3_600;

impl Will {
    /// The word in the log.
    const fn word(self) -> &'static str {
        match self {
            Self::Still => "still",
            Self::Later(_) => "later",
            Self::NoLonger => "no-longer",
        }
    }
}
