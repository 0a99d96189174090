//! The registrant's own page behind a link: a second fact first, then what is on file, masked, and what they answer.

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::Keyed;
use crate::domain::contact::Contact;
use crate::domain::id::PersonId;
use crate::domain::name::PersonName;
use crate::domain::outside::{OutsideState, OutsideSystem};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::second_fact;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::link::{LinkPurpose, LinkToken, WRONG_FACTS};
use crate::store::{AuditEntry, EntryRecord, LinkRow, PersonEntry, TaskChannel, TaskRow};

use super::follow::NewTask;
use super::people::standings;
use super::volunteer::Served;
use super::{App, AppError};

/// What is shown once the second fact was right. Masked by the page.
#[derive(Debug)]
pub struct OwnPage {
    /// Carried by the form instead of asking again.
    pub proof: String,
    /// The name to greet by.
    pub salutation: Guarded<Option<PersonName>>,
    /// How they are reached.
    pub contact: Guarded<Contact>,
    /// Where they are registered, over all registrations of the person, and since when.
    pub standings: Vec<(Registry, NaiveDate)>,
    /// How long they served, of a volunteer.
    pub served: Option<Served>,
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

/// Other systems in which something is still to be done for a registrant, and since when.
pub type Pending = Vec<(OutsideSystem, OutsideState, NaiveDate)>;

/// The rule of the call that follows a link closed by wrong facts.
pub(super) const LINK_CLOSED: &str = "link-closed";

impl App {
    /// Judges a second fact. The fifth wrong one closes the link and opens a call.
    pub async fn check_fact(&self, token: &str, typed: &Guarded<String>, now: Timestamp) -> Result<FactCheck, AppError> {
        let Some((hash, row, entry, last)) = self.behind(token, now).await? else { return Ok(FactCheck::Gone) };
        if !second_fact::fits(typed, last.identity.as_ref(), last.contact.as_ref()) {
            let mut tx = self.store.begin().await?;
            let closed = tx.wrong_link(row.id, i64::from(WRONG_FACTS), now).await?;
            let today = self.today(now);
            // Who has left is called for nothing.
            if closed && self.concerns(&tx, entry.subject, (LINK_CLOSED, today)).await? {
                tx.put_tasks(vec![self.own_task(&entry, LINK_CLOSED, today, Kind::ContactCheck, today, now)]).await?;
            }
            tx.audit(&AuditEntry::on(now, None, "link.wrong-fact", "subject", Some(row.subject_id.0))).await?;
            tx.commit().await?;
            return Ok(if closed { FactCheck::Gone } else { FactCheck::Wrong });
        }
        let Some(contact) = last.contact else { return Err(AppError::Sealed("contact")) };
        let standings = self.stands_in(entry.person).await?;
        let view = self.store.person(&self.vault, entry.person).await?.ok_or(AppError::Missing("registration"))?;
        let served = self.served(&view).await?;
        // The registrant's own data leave the process: one leaf before the first byte.
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, None, "link.open", "subject", Some(row.subject_id.0))).await?;
        tx.commit().await?;
        let salutation = contact.map(|c| c.salutation.clone());
        let pending = self.pending_outside(row.subject_id).await?;
        Ok(FactCheck::Right(Box::new(OwnPage { proof: self.proof(&hash, now), salutation, contact, standings, served, pending })))
    }

    /// The link, the registration behind it and what was told last, where the link works and asks for a second fact.
    pub(super) async fn behind(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], LinkRow, PersonEntry, EntryRecord)>, AppError> {
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
    pub(super) fn proof(&self, hash: &[u8; 32], at: Timestamp) -> String {
        let mut bytes = hash.to_vec();
        bytes.extend_from_slice(&(at.0 / (HOUR * 1_000_000)).to_be_bytes());
        self.vault.tag("followup/proof", &bytes).iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// The registries a person stands in, and since when: what can be left.
    pub(super) async fn stands_in(&self, person: PersonId) -> Result<Vec<(Registry, NaiveDate)>, AppError> {
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("registration"))?;
        let open = standings(view.enrolments()).into_iter().filter(|(_, status, _)| !matches!(status, EnrolmentStatus::Exited(_)));
        Ok(open.map(|(registry, _, since)| (registry, since)).collect())
    }

    pub(super) fn own_task(
        &self,
        entry: &PersonEntry,
        rule: &str,
        occurrence: NaiveDate,
        kind: Kind,
        due_on: NaiveDate,
        now: Timestamp,
    ) -> TaskRow {
        let (person, subject, rule) = (entry.person, entry.subject, rule.to_owned());
        self.new_task(NewTask { person, subject, rule, occurrence, kind: kind.word(), channel: TaskChannel::Phone, due_on }, now)
    }
}

/// How long a proof is good, in seconds, and once again as long.
pub(super) const HOUR: i64 = 3_600;
