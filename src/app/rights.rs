//! The rights of registrants and their relatives (个人信息保护法, 44-50): requests with a clock, objection, and the proof of what was consented
//! to. How a request is answered: `rights_answer`.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, Purpose};
use crate::domain::hold::{self, HoldReason};
use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::place::{DayPlace, page_end};
use crate::domain::rights::{AnswerRules, Asker, DoneHow, Proof, Refusal, Requester, RightsAnswer, RightsKind};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, ContactKind, HoldRow, PersonView, RightsRow, Tx};

use super::{Actor, App, AppError};

/// Requests on one page.
const LISTED: u64 = 200;

/// A request as it is listed.
#[derive(Debug, Clone)]
pub struct RightsItem {
    /// Which.
    pub id: Uuid,
    /// Whose; none where nobody has the id any more.
    pub person: Option<PublicId>,
    /// What is asked for.
    pub kind: RightsKind,
    /// When it was received.
    pub received: NaiveDate,
    /// By when it is to be answered.
    pub due: NaiveDate,
    /// Days left; below zero: overdue.
    pub days_left: i64,
    /// Who asks, with what proves it; none where this edition does not know the word.
    pub asker: Option<Asker>,
    /// Answered when, and how.
    pub answered: Option<(Timestamp, RightsAnswer)>,
}

/// A consent of the ledger.
#[derive(Debug)]
pub struct ConsentItem {
    /// What for.
    pub purpose: Purpose,
    /// Which version of the text.
    pub version: String,
    /// SHA-256 of the very text shown.
    pub sha256: Vec<u8>,
    /// How it was given.
    pub how: ConsentHow,
    /// When.
    pub given: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// The witness named.
    pub witness: Option<Guarded<PersonName>>,
    /// In front of whom, or recorded by whom.
    pub by: Option<String>,
}

impl App {
    fn rights_item(&self, row: &RightsRow, person: Option<PublicId>, now: Timestamp) -> Option<RightsItem> {
        let kind = RightsKind::from_word(&row.kind)?;
        let days_left = (row.due_on.0 - self.today(now)).num_days();
        let answered = row.answered_at.map(|at| (at, answer_of(row)));
        let asker = asker_of(row);
        Some(RightsItem { id: row.id, person, kind, received: row.received_on.0, due: row.due_on.0, days_left, asker, answered })
    }

    /// What a person asked for, the latest first.
    pub async fn rights(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Vec<RightsItem>, AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let rows = self.store.rights_of(person).await?;
        Ok(rows.iter().filter_map(|row| self.rights_item(row, Some(id.clone()), now)).collect())
    }

    /// What is not answered yet, those that are due first, a page behind a place; and where the next page begins, where there is more.
    pub async fn open_rights(
        &self,
        actor: Actor,
        after: Option<DayPlace>,
        now: Timestamp,
    ) -> Result<(Vec<RightsItem>, Option<DayPlace>), AppError> {
        actor.needs(Right::People)?;
        let mut rows = self.store.open_rights(after, LISTED + 1).await?;
        let next = page_end(&mut rows, LISTED, |row| DayPlace { day: row.due_on.0, id: row.id });
        let persons: Vec<_> = rows.iter().map(|row| row.person_id).collect();
        let public = self.store.public_ids_of(&persons).await?;
        Ok((rows.iter().filter_map(|row| self.rights_item(row, public.get(&row.person_id).cloned(), now)).collect(), next))
    }

    /// Records a request; its clock runs from the day it was received.
    ///
    /// # Errors
    /// [`AppError::Input`] for a day after today or more than a year ago, a proof that proves something else, and a relative of somebody who
    /// is not known to have died.
    pub async fn request_right(
        &self,
        actor: Actor,
        id: &PublicId,
        (kind, received): (RightsKind, NaiveDate),
        (who, proof): (Requester, Option<Proof>),
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let today = self.today(now);
        if received > today || (today - received).num_days() > 366 {
            return Err(AppError::Input { field: "received", hint: "give the day on which it was received, not after today" });
        }
        let asker = Asker::of(who, proof);
        let asker = asker.ok_or(AppError::Input { field: "proof", hint: "say which paper was seen; it has to prove who asks" })?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        if who.is_relative() {
            let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
            if !self.is_dead(&view).await? {
                let hint = "relatives ask for somebody who died: note the death first, or record whom the registrant authorised";
                return Err(AppError::Input { field: "who", hint });
            }
        }
        let mut tx = self.store.begin().await?;
        self.note_request(&mut tx, actor, person, (kind, received), asker, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records a request in the transaction of what brought it, and answers by when it is due.
    pub(super) async fn note_request(
        &self,
        tx: &mut Tx,
        by: Actor,
        person: PersonId,
        (kind, received): (RightsKind, NaiveDate),
        asker: Asker,
        now: Timestamp,
    ) -> Result<NaiveDate, AppError> {
        let due = AnswerRules::shipped().due(received);
        let row = RightsRow {
            id: Uuid::now_v7(),
            person_id: person,
            kind: kind.word().to_owned(),
            received_on: received.into(),
            due_on: due.into(),
            recorded_at: now,
            recorded_by: by.staff(),
            answered_at: None,
            answered_by: None,
            granted: None,
            row_version: 1,
            asked_by: asker.who().word().to_owned(),
            proof: asker.proof().map(|proof| proof.word().to_owned()),
            refusal: None,
            done_how: None,
        };
        let entry = AuditEntry::on(now, by.staff(), "rights.request", "person", Some(person.0)).with("kind", kind.word());
        tx.audit(&entry.with("by", asker.who().word())).await?;
        tx.put_rights(row).await?;
        Ok(due)
    }

    /// An objection: nothing is sent to the person and nobody calls them any more; the registrations stay. What is queued is cancelled in the
    /// same transaction, and the consent to being contacted is withdrawn.
    pub async fn object(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
        tx.cancel_open(&subjects, "objected").await?;
        for subject in &subjects {
            tx.withdraw_consent(&self.vault, *subject, Purpose::Contact, now).await?;
            self.note_use(&mut tx, LinkPurpose::Unsubscribe, *subject, now).await?;
        }
        self.refuse_calls(&mut tx, &view, now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "rights.object", "person", Some(person.0))).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Puts every number of a person on hold: nobody calls them any more.
    pub(super) async fn refuse_calls(&self, tx: &mut Tx, view: &PersonView, now: Timestamp) -> Result<(), AppError> {
        let mut rows = Vec::new();
        for subject in view.subjects.iter().filter(|s| s.row.erased_at.is_none()) {
            let contacts = subject.records.iter().filter_map(|r| r.contact.as_ref());
            let mut tags: Vec<_> = contacts.flat_map(|c| hold::phone_tags(c, subject.row.id, &*self.vault)).collect();
            tags.sort_unstable();
            tags.dedup();
            rows.extend(tags.into_iter().map(|tag| HoldRow {
                id: Uuid::now_v7(),
                subject_id: subject.row.id,
                channel: ContactKind::Phone,
                address_tag: tag.to_vec().into(),
                reason: HoldReason::RefusedCalls.word().to_owned(),
                since: now,
                lifted_at: None,
            }));
        }
        Ok(tx.put_holds(rows).await?)
    }

    /// The digest of a text as consents keep it.
    pub fn text_digest(&self, shown: &str) -> Vec<u8> {
        crate::vault::chain::digest(shown.as_bytes()).to_vec()
    }

    /// What a person consented to, with the texts' versions and hashes, for the printed proof. Logged before anything is shown.
    pub async fn consent_proof(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Vec<ConsentItem>, AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "consent.proof", "person", Some(person.0))).await?;
        tx.commit().await?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let mut rows: Vec<_> = view.subjects.into_iter().flat_map(|s| s.consents).collect();
        rows.sort_by_key(|row| (row.given_at, row.id));
        let names = self.staff_names().await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(ConsentItem {
                witness: self.store.consent_witness(&self.vault, &row).await?,
                by: row.staff_id.and_then(|id| names.get(&id).cloned()),
                purpose: row.purpose,
                version: row.text_version,
                sha256: row.text_sha256.0,
                how: row.how,
                given: row.given_at,
                withdrawn: row.withdrawn_at,
            });
        }
        Ok(items)
    }
}

/// Who asked, as a row has it.
pub(super) fn asker_of(row: &RightsRow) -> Option<Asker> {
    let proof = match &row.proof {
        Some(word) => Some(Proof::from_word(word)?),
        None => None,
    };
    Asker::of(Requester::from_word(&row.asked_by)?, proof)
}

/// How a row was answered.
pub(super) fn answer_of(row: &RightsRow) -> RightsAnswer {
    if row.granted == Some(true) {
        return RightsAnswer::Done(row.done_how.as_deref().and_then(DoneHow::from_word).unwrap_or(DoneHow::Here));
    }
    RightsAnswer::Refused(row.refusal.as_deref().and_then(Refusal::from_word))
}
