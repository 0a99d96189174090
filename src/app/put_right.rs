//! Putting the data of a person on file right at the office: a further record, beside the latest that was seen. What was told before stays as
//! history.

use std::cmp::Reverse;
use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::fact::Channel;
use crate::domain::form::{CorrectForm, Corrected, Flaw, Known};
use crate::domain::hold::{self, Tag};
use crate::domain::id::{CorrectionId, PersonId, PublicId, RecordId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::matching::linkage;
use crate::store::{AuditEntry, Begun, CorrectionState, HoldRow, Occasion, Origin, PersonView, RecordView, prepare_corrected};

use super::outside::subject_in;
use super::people::{Opening, standings};
use super::register::likenesses;
use super::urgent::Once;
use super::wish::details_of;
use super::{Actor, App, AppError};

/// The form of one registration of a person, with what is known.
#[derive(Debug)]
pub struct PutRight {
    /// Whose.
    pub public_id: PublicId,
    /// Which registration it is for.
    pub registry: Registry,
    /// Every registration there is, this one too.
    pub registries: Vec<Registry>,
    /// The latest record seen; given back with the form.
    pub version: RecordId,
    /// What is known.
    pub known: Known,
}

/// What a correction starts from.
struct Base {
    person: PersonId,
    subjects: Vec<SubjectId>,
    subject: SubjectId,
    registry: Registry,
    status: EnrolmentStatus,
    registries: Vec<Registry>,
    version: RecordId,
    known: Known,
}

/// What of a person the duplicate check goes by.
const LIKENESS: [&str; 5] = ["name", "document", "sex", "birth", "phone"];

impl App {
    /// The form, opened: a disclosure, logged before anything is shown. `registry` chooses among several registrations.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id, or where there is no such registration.
    pub async fn put_right_page(
        &self,
        actor: Actor,
        id: &PublicId,
        registry: Option<Registry>,
        now: Timestamp,
    ) -> Result<PutRight, AppError> {
        actor.needs(Right::Correct)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        self.needs_access(actor, person, now).await?;
        let mut tx = self.store.begin().await?;
        let why = Opening::Correct.word();
        tx.audit(&AuditEntry::on(now, actor.staff(), "person.open", "person", Some(person.0)).with("why", why)).await?;
        tx.commit().await?;
        let (view, base) = self.base(person, registry).await?;
        let Base { registry, registries, version, known, .. } = base;
        Ok(PutRight { public_id: view.row.public_id, registry, registries, version, known })
    }

    /// Stores what a form changes as a further record; answers the fields that changed, never a value. Where nothing differs nothing is stored.
    ///
    /// # Errors
    /// Inside: what is wrong, and nothing is changed. [`AppError::Stale`] where something was told of the person since the form was opened.
    pub async fn put_right(
        &self,
        actor: Actor,
        id: &PublicId,
        (form, version): (&CorrectForm, RecordId),
        once: &Once,
        now: Timestamp,
    ) -> Result<Result<Vec<&'static str>, Vec<Flaw>>, AppError> {
        actor.needs(Right::Correct)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        // What the form shows again where it is refused is what its page shows: who may not see the person saves nothing of them either.
        self.needs_access(actor, person, now).await?;
        let before = self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await?;
        if let Begun::Repeated { location, .. } = before {
            return Ok(Ok(told_before(location.as_deref())));
        }
        let (_, base) = self.base(person, Some(form.registry)).await?;
        if base.version != version {
            return Err(AppError::Stale);
        }
        let today = self.today(now);
        let corrected = match form.parse(&base.known, today) {
            Ok(corrected) => corrected,
            Err(flaws) => return Ok(Err(flaws)),
        };
        if corrected.changed.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        self.store_right(actor, base, corrected, once, now).await.map(Ok)
    }

    async fn store_right(
        &self,
        actor: Actor,
        base: Base,
        corrected: Corrected,
        once: &Once,
        now: Timestamp,
    ) -> Result<Vec<&'static str>, AppError> {
        // One save at a time, as at the table: two with one number see each other.
        let _turn = self.saving.lock().await;
        let (subject, changed, today) = (base.subject, corrected.changed.clone(), self.today(now));
        let features = linkage::features(&corrected.identity, Some(&corrected.contact));
        let draft = corrected.draft(base.registry, base.status, today);
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let stat_id = self.store.stat_id(&self.vault, subject).await?.ok_or(AppError::Missing("registration"))?;
        let occasion =
            Occasion { origin: Origin::Web, channel: Channel::Office, at: now, today, drive: None, import: None, verified: false };
        let prepared = prepare_corrected(&self.vault, &keys, &draft, occasion, stat_id, (&changed, actor.staff()))?;
        // A number that somebody else on file has is for the registrars' queue, as at the table.
        let alike = if changed.iter().any(|field| LIKENESS.contains(field)) {
            self.catch_up().await?;
            let matches = self.live().index.check(&features);
            likenesses(&matches, subject, base.person)
        } else {
            Vec::new()
        };
        let asked = self.asked_of(subject, &changed).await?;
        let held = self.held_elsewhere(&base, &draft.contact).await?;
        let asks = changed.contains(&"mail") && Contact::channels(&draft.contact).0;
        let entry = if asks { self.store.people_of(&self.vault, &[subject]).await?.pop() } else { None };
        let waits = asks && self.store.held_of(&[base.person]).await?.contains(&base.person);
        let reachable = entry.filter(|e| !waits && e.standings.iter().any(|(_, status, _)| status.may_contact()));
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(changed) };
        if tx.person_of(subject).await? != Some(base.person) || tx.last_record(&base.subjects).await? != Some(base.version) {
            tx.rollback().await?;
            return Err(AppError::Stale);
        }
        tx.add_records(vec![prepared], now).await?;
        tx.put_holds(held).await?;
        if let Some(entry) = &reachable {
            self.verify_changed(&mut tx, (base.person, subject), entry.records.len() + 1, "zh", now).await?;
        }
        if !alike.is_empty() {
            tx.put_pairs(&alike, now).await?;
        }
        for (line, row_version) in asked {
            tx.resolve_correction(line, row_version, CorrectionState::Corrected, actor.staff(), now).await?;
        }
        for known_as in &base.subjects {
            self.corrected_outside(&mut tx, actor, *known_as, now).await?;
        }
        let fields = changed.join(",");
        let entry = AuditEntry::on(now, actor.staff(), "person.correct", "person", Some(base.person.0))
            .with("registry", base.registry.word())
            .with("fields", &fields);
        tx.audit(&entry).await?;
        tx.finish_request(&once.key, actor.key_owner(), &once.fingerprint, 303, Some(&fields), now).await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(changed)
    }

    async fn base(&self, person: PersonId, registry: Option<Registry>) -> Result<(PersonView, Base), AppError> {
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let standings = standings(view.enrolments());
        let open = standings.iter().find(|(_, status, _)| !matches!(status, EnrolmentStatus::Exited(_)));
        let asked = match registry {
            Some(registry) => standings.iter().find(|(r, ..)| *r == registry),
            None => open.or(standings.first()),
        };
        let (registry, status, _) = *asked.ok_or(AppError::Missing("registration"))?;
        let subject = subject_in(&view, registry).ok_or(AppError::Missing("registration"))?;
        let mut records: Vec<&RecordView> = view.records().collect();
        records.sort_by_key(|r| Reverse((r.recorded_at, r.id)));
        let version = records.first().ok_or(AppError::Missing("registration"))?.id;
        let identities: Vec<_> = records.iter().filter_map(|r| r.identity.as_ref()).collect();
        let contacts: Vec<_> = records.iter().filter_map(|r| r.contact.as_ref()).collect();
        let own = records.iter().find(|r| r.subject == subject).and_then(|r| r.contact.as_ref());
        let known = Known::of(&identities, &contacts, own, &details_of(&view, registry)).ok_or(AppError::Sealed("identity"))?;
        let base = Base {
            person,
            subjects: view.subjects.iter().map(|s| s.row.id).collect(),
            subject,
            registry,
            status,
            registries: standings.iter().map(|(r, ..)| *r).collect(),
            version,
            known,
        };
        Ok((view, base))
    }

    /// What is on hold with another registration of the person and now stands in this one: it stays on hold.
    async fn held_elsewhere(&self, base: &Base, contact: &Guarded<Contact>) -> Result<Vec<HoldRow>, AppError> {
        let held: HashMap<Tag, HoldRow> = self
            .store
            .holds_of(&base.subjects)
            .await?
            .into_iter()
            .filter(|hold| hold.lifted_at.is_none())
            .filter_map(|hold| Some((Tag::try_from(hold.address_tag.0.clone()).ok()?, hold)))
            .collect();
        let mut out = Vec::new();
        for other in base.subjects.iter().filter(|other| **other != base.subject) {
            for tags in [hold::mail_tags, hold::phone_tags] {
                let own = tags(contact, base.subject, &*self.vault);
                for (theirs, own) in tags(contact, *other, &*self.vault).into_iter().zip(own) {
                    if let Some(hold) = held.get(&theirs) {
                        out.push(HoldRow {
                            id: Uuid::now_v7(),
                            subject_id: base.subject,
                            address_tag: own.to_vec().into(),
                            ..hold.clone()
                        });
                    }
                }
            }
        }
        Ok(out)
    }

    /// The open lines of the correction list that ask for a field which is put right now.
    async fn asked_of(&self, subject: SubjectId, changed: &[&'static str]) -> Result<Vec<(CorrectionId, i64)>, AppError> {
        let rows = self.store.corrections_of(subject).await?;
        let asks = |row: &crate::store::CorrectionRow| row.state == CorrectionState::Open && changed.contains(&row.field.as_str());
        Ok(rows.into_iter().filter(asks).map(|row| (row.id, row.row_version)).collect())
    }
}

/// The fields that the first outcome of a form named.
fn told_before(location: Option<&str>) -> Vec<&'static str> {
    let words = location.unwrap_or_default();
    CorrectForm::FIELDS.into_iter().filter(|field| words.split(',').any(|word| word == *field)).collect()
}
