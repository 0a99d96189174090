//! Persons as views over subjects: joining, taking out again, resolving public ids, opening.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::consent::Purpose;
use crate::domain::contact::Contact;
use crate::domain::id::{DriveId, ImportRowId, MembershipId, PersonId, PublicId, RecordId, StaffId, SubjectId};
use crate::domain::person::{Health, Identity};
use crate::domain::record::Details;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Sealed, SubjectKeys, Vault};

use super::admit::{draw, taken_public_ids};
use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{consent, enrolment, membership, person, record, subject, subject_key};
use super::error::StoreError;
use super::prepare::record_slot;
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::MembershipDecision;

pub use super::entity::consent::Model as ConsentRow;
pub use super::entity::enrolment::Model as EnrolmentRow;
pub use super::entity::membership::Model as MembershipRow;
pub use super::entity::person::Model as PersonRow;
pub use super::entity::subject::Model as SubjectRow;

/// A record, opened as far as this process may.
#[derive(Debug)]
pub struct RecordView {
    /// The record.
    pub id: RecordId,
    /// Whose.
    pub subject: SubjectId,
    /// For which registry.
    pub registry: Registry,
    /// From which imported row.
    pub import_row: Option<ImportRowId>,
    /// At which drive.
    pub drive: Option<DriveId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The day it speaks of.
    pub told_on: Option<Day>,
    /// Who; none where this process lacks the keys or the subject was erased. So the others.
    pub identity: Option<Guarded<Identity>>,
    /// How to reach them.
    pub contact: Option<Guarded<Contact>>,
    /// Blood group and deferrals.
    pub health: Option<Guarded<Health>>,
    /// The registry's own fields.
    pub details: Option<Guarded<Details>>,
}

/// A subject of a person.
#[derive(Debug)]
pub struct SubjectView {
    /// The subject.
    pub row: SubjectRow,
    /// Since when and why it belongs to the person.
    pub membership: MembershipRow,
    /// What it told, oldest first.
    pub records: Vec<RecordView>,
    /// Its standings.
    pub enrolments: Vec<EnrolmentRow>,
    /// Its consents, oldest first.
    pub consents: Vec<ConsentRow>,
}

/// A person with all that is known of it.
#[derive(Debug)]
pub struct PersonView {
    /// The person.
    pub row: PersonRow,
    /// Its subjects, in the order in which they came in.
    pub subjects: Vec<SubjectView>,
}

impl PersonView {
    /// Every record, oldest first within each subject.
    pub fn records(&self) -> impl Iterator<Item = &RecordView> {
        self.subjects.iter().flat_map(|s| &s.records)
    }

    /// Every standing.
    pub fn enrolments(&self) -> impl Iterator<Item = &EnrolmentRow> {
        self.subjects.iter().flat_map(|s| &s.enrolments)
    }

    /// Whether a consent to a purpose stands.
    pub fn consents_to(&self, purpose: Purpose) -> bool {
        self.subjects.iter().flat_map(|s| &s.consents).any(|c| c.purpose == purpose && c.withdrawn_at.is_none())
    }
}

impl Store {
    /// The person a public id stands for: the one that now holds the subject it was given to, so that a merged id stays valid.
    pub async fn resolve(&self, public_id: &PublicId) -> Result<Option<PersonId>, StoreError> {
        let Some(row) = person::Entity::find().filter(person::Column::PublicId.eq(public_id.clone())).one(&self.reader).await? else {
            return Ok(None);
        };
        Ok(open_membership(&self.reader, row.founding_subject).await?.map(|m| m.person_id))
    }

    /// The person a subject belongs to.
    pub async fn person_of(&self, subject: SubjectId) -> Result<Option<PersonId>, StoreError> {
        Ok(open_membership(&self.reader, subject).await?.map(|m| m.person_id))
    }

    /// The public ids of persons.
    pub async fn public_ids_of(&self, persons: &[PersonId]) -> Result<HashMap<PersonId, PublicId>, StoreError> {
        let mut out = HashMap::with_capacity(persons.len());
        for part in persons.chunks(super::admit::IDS) {
            let rows = person::Entity::find().filter(person::Column::Id.is_in(part.iter().copied())).all(&self.reader).await?;
            out.extend(rows.into_iter().map(|row| (row.id, row.public_id)));
        }
        Ok(out)
    }

    /// A person opened as far as this process may; every row's check value is verified.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] where a row was changed outside the program.
    pub async fn person(&self, vault: &Vault, id: PersonId) -> Result<Option<PersonView>, StoreError> {
        Ok(self.persons(vault, &[id]).await?.pop())
    }

    /// Several persons, in the order given; those that are not there are left out, and so are persons whose subjects all moved away.
    pub async fn persons(&self, vault: &Vault, ids: &[PersonId]) -> Result<Vec<PersonView>, StoreError> {
        let mut out = Vec::with_capacity(ids.len());
        for part in ids.chunks(super::admit::IDS) {
            out.extend(load(&self.reader, vault, part).await?);
        }
        Ok(out)
    }

    /// Persons by key, for paging: at most `limit` ids after `after`. Persons without subjects are left out.
    pub async fn person_page(&self, after: Option<PersonId>, limit: u64) -> Result<Vec<PersonId>, StoreError> {
        let mut query = membership::Entity::find().select_only().column(membership::Column::PersonId).distinct();
        query = query.filter(membership::Column::Until.is_null());
        if let Some(after) = after {
            query = query.filter(membership::Column::PersonId.gt(after));
        }
        Ok(query.order_by_asc(membership::Column::PersonId).limit(limit).into_tuple().all(&self.reader).await?)
    }

    /// The opened data keys of a subject; without keys where it was erased.
    pub async fn subject_keys(&self, vault: &Vault, subject: SubjectId) -> Result<SubjectKeys, StoreError> {
        subject_keys(&self.reader, vault, subject).await
    }
}

impl Tx {
    /// Moves a subject to another person. The membership it had is closed, nothing else is touched, so that it can be undone exactly.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the subject is no longer in `from`; [`StoreError::Missing`] where `into` is not there.
    pub async fn join(
        &mut self,
        vault: &Vault,
        subject: SubjectId,
        from: PersonId,
        into: PersonId,
        decision: MembershipDecision,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if person::Entity::find_by_id(into).one(&self.db).await?.is_none() {
            return Err(StoreError::Missing("person"));
        }
        self.move_subject(vault, subject, from, into, decision, by, at).await?;
        self.note(ChangeKind::Joined, Some(subject), Some(into), Some(from.0), at);
        self.settle_open(vault, &[into, from]).await
    }

    /// Joins a whole person into another: every subject moves, and of two follow-ups for one occasion one is set aside. Answers the subjects
    /// moved, for [`Tx::split`].
    pub async fn merge(
        &mut self,
        vault: &Vault,
        from: PersonId,
        into: PersonId,
        decision: MembershipDecision,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<Vec<SubjectId>, StoreError> {
        let members = membership::Entity::find()
            .filter(membership::Column::PersonId.eq(from))
            .filter(membership::Column::Until.is_null())
            .order_by_asc(membership::Column::SubjectId)
            .all(&self.db)
            .await?;
        if members.is_empty() {
            return Err(StoreError::Stale);
        }
        if person::Entity::find_by_id(into).one(&self.db).await?.is_none() {
            return Err(StoreError::Missing("person"));
        }
        let subjects: Vec<SubjectId> = members.into_iter().map(|m| m.subject_id).collect();
        for subject in &subjects {
            self.move_subject(vault, *subject, from, into, decision, by, at).await?;
            self.note(ChangeKind::Joined, Some(*subject), Some(into), Some(from.0), at);
        }
        self.settle_open(vault, &[into, from]).await?;
        Ok(subjects)
    }

    /// Takes subjects out of a person again. Each goes back to the person it was in before; one that has none to go back to becomes a person
    /// of its own, shared by all such of this call. Their follow-ups go with them, and those that were set aside when the two became one come
    /// back. Answers where each went.
    pub async fn split(
        &mut self,
        vault: &Vault,
        from: PersonId,
        subjects: &[SubjectId],
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<Vec<(SubjectId, PersonId)>, StoreError> {
        let mut fresh = None;
        let mut out = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let before = membership::Entity::find()
                .filter(membership::Column::SubjectId.eq(*subject))
                .filter(membership::Column::Until.is_not_null())
                .order_by_desc(membership::Column::Until)
                .order_by_desc(membership::Column::Id)
                .all(&self.db)
                .await?;
            // The latest person whose founder comes along: those who were merged together stay together, a single one is itself again. Else the
            // latest that still stands; one that was itself merged away is none to go back to.
            let (mut back, mut standing) = (None, None);
            for person in before.into_iter().map(|m| m.person_id).filter(|p| *p != from) {
                let founder = person::Entity::find_by_id(person).one(&self.db).await?.map(|p| p.founding_subject);
                let Some(founder) = founder else { continue };
                if subjects.contains(&founder) {
                    back = Some(person);
                    break;
                }
                if standing.is_none() && open_membership(&self.db, founder).await?.is_some_and(|m| m.person_id == person) {
                    standing = Some(person);
                }
            }
            let back = back.or(standing);
            let into = match (back, fresh) {
                (Some(person), _) | (None, Some(person)) => person,
                (None, None) => *fresh.insert(self.found(*subject, at).await?),
            };
            self.move_subject(vault, *subject, from, into, MembershipDecision::Split, by, at).await?;
            self.note(ChangeKind::Split, Some(*subject), Some(into), Some(from.0), at);
            out.push((*subject, into));
        }
        let mut persons: Vec<PersonId> = out.iter().map(|(_, person)| *person).chain([from]).collect();
        persons.sort_unstable();
        persons.dedup();
        self.settle_open(vault, &persons).await?;
        Ok(out)
    }

    /// Which of some subjects a registrar's merge at a moment moved, wherever they were moved since.
    pub async fn merged_at(&self, subjects: &[SubjectId], at: Timestamp) -> Result<Vec<SubjectId>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = membership::Entity::find()
                .filter(membership::Column::SubjectId.is_in(part.iter().copied()))
                .filter(membership::Column::Since.eq(at))
                .filter(membership::Column::Decision.eq(MembershipDecision::Merged));
            out.extend(rows.all(&self.db).await?.into_iter().map(|m| m.subject_id));
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    /// The person a subject belongs to, as this transaction sees it.
    pub async fn person_of(&self, subject: SubjectId) -> Result<Option<PersonId>, StoreError> {
        Ok(open_membership(&self.db, subject).await?.map(|m| m.person_id))
    }

    /// A person as this transaction sees it.
    pub async fn person(&self, vault: &Vault, id: PersonId) -> Result<Option<PersonView>, StoreError> {
        Ok(load(&self.db, vault, &[id]).await?.pop())
    }

    async fn found(&mut self, founding_subject: SubjectId, at: Timestamp) -> Result<PersonId, StoreError> {
        let id = PersonId::fresh();
        let mut public_id = draw();
        while !taken_public_ids(&self.db, vec![public_id.clone()]).await?.is_empty() {
            public_id = draw();
        }
        let row = PersonRow { id, public_id, founding_subject, created_at: at };
        super::bulk::insert::<person::Entity, _>(&self.db, [row]).await?;
        Ok(id)
    }

    #[expect(clippy::too_many_arguments, reason = "a membership has these columns")]
    async fn move_subject(
        &mut self,
        vault: &Vault,
        subject: SubjectId,
        from: PersonId,
        into: PersonId,
        decision: MembershipDecision,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut open = open_membership(&self.db, subject).await?.ok_or(StoreError::Missing("membership"))?;
        open.check(vault)?;
        if open.person_id != from || from == into {
            return Err(StoreError::Stale);
        }
        open.until = Some(at);
        open.row_version += 1;
        open.protect(vault)?;
        membership::Entity::update(open.into_active_model().reset_all()).exec(&self.db).await?;
        let mut row = MembershipRow {
            id: MembershipId::fresh(),
            subject_id: subject,
            person_id: into,
            since: at,
            until: None,
            decision,
            decided_by: by,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        super::bulk::insert::<membership::Entity, _>(&self.db, [row]).await
    }
}

pub(super) async fn subject_keys(db: &impl ConnectionTrait, vault: &Vault, subject: SubjectId) -> Result<SubjectKeys, StoreError> {
    let rows = subject_key::Entity::find().filter(subject_key::Column::SubjectId.eq(subject)).all(db).await?;
    let rows = rows.into_iter().map(super::meta::dek_row).collect::<Result<Vec<_>, _>>()?;
    Ok(vault.subject_keys(subject, &rows)?)
}

pub(super) async fn open_membership(db: &impl ConnectionTrait, subject: SubjectId) -> Result<Option<MembershipRow>, StoreError> {
    let query = membership::Entity::find().filter(membership::Column::SubjectId.eq(subject)).filter(membership::Column::Until.is_null());
    Ok(query.one(db).await?)
}

async fn load(db: &impl ConnectionTrait, vault: &Vault, ids: &[PersonId]) -> Result<Vec<PersonView>, StoreError> {
    let persons = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut persons: HashMap<PersonId, PersonRow> = persons.into_iter().map(|p| (p.id, p)).collect();
    let members = membership::Entity::find()
        .filter(membership::Column::PersonId.is_in(ids.iter().copied()))
        .filter(membership::Column::Until.is_null())
        .order_by_asc(membership::Column::SubjectId)
        .all(db)
        .await?;
    let subjects: Vec<SubjectId> = members.iter().map(|m| m.subject_id).collect();
    let mut parts = Parts::load(db, vault, &subjects).await?;
    let mut views: HashMap<PersonId, Vec<SubjectView>> = HashMap::new();
    for member in members {
        member.check(vault)?;
        let person = member.person_id;
        views.entry(person).or_default().extend(parts.take(member));
    }
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        if let (Some(row), Some(subjects)) = (persons.remove(id), views.remove(id)) {
            out.push(PersonView { row, subjects });
        }
    }
    Ok(out)
}

/// All that belongs to some subjects, by subject.
struct Parts {
    rows: HashMap<SubjectId, SubjectRow>,
    records: HashMap<SubjectId, Vec<RecordView>>,
    enrolments: HashMap<SubjectId, Vec<EnrolmentRow>>,
    consents: HashMap<SubjectId, Vec<ConsentRow>>,
}

impl Parts {
    async fn load(db: &impl ConnectionTrait, vault: &Vault, subjects: &[SubjectId]) -> Result<Self, StoreError> {
        let mut out = Self { rows: HashMap::new(), records: HashMap::new(), enrolments: HashMap::new(), consents: HashMap::new() };
        for part in subjects.chunks(super::admit::IDS) {
            let ids = || part.iter().copied();
            for row in subject::Entity::find().filter(subject::Column::Id.is_in(ids())).all(db).await? {
                row.check(vault)?;
                out.rows.insert(row.id, row);
            }
            let mut deks: HashMap<SubjectId, Vec<_>> = HashMap::new();
            for row in subject_key::Entity::find().filter(subject_key::Column::SubjectId.is_in(ids())).all(db).await? {
                deks.entry(row.subject_id).or_default().push(super::meta::dek_row(row)?);
            }
            let records = record::Entity::find().filter(record::Column::SubjectId.is_in(ids())).order_by_asc(record::Column::Id);
            for row in records.all(db).await? {
                row.check(vault)?;
                let keys = vault.subject_keys(row.subject_id, deks.get(&row.subject_id).map_or(&[], Vec::as_slice))?;
                out.records.entry(row.subject_id).or_default().push(open_record(vault, &keys, row)?);
            }
            for row in enrolment::Entity::find().filter(enrolment::Column::SubjectId.is_in(ids())).all(db).await? {
                row.check(vault)?;
                out.enrolments.entry(row.subject_id).or_default().push(row);
            }
            let consents = consent::Entity::find().filter(consent::Column::SubjectId.is_in(ids())).order_by_asc(consent::Column::Id);
            for row in consents.all(db).await? {
                row.check(vault)?;
                out.consents.entry(row.subject_id).or_default().push(row);
            }
        }
        Ok(out)
    }

    fn take(&mut self, membership: MembershipRow) -> Option<SubjectView> {
        let id = membership.subject_id;
        Some(SubjectView {
            row: self.rows.remove(&id)?,
            membership,
            records: self.records.remove(&id).unwrap_or_default(),
            enrolments: self.enrolments.remove(&id).unwrap_or_default(),
            consents: self.consents.remove(&id).unwrap_or_default(),
        })
    }
}

/// Opens what the keys open; what they do not stays closed without an error.
pub(super) fn open_record(vault: &Vault, keys: &SubjectKeys, row: record::Model) -> Result<RecordView, StoreError> {
    let record::Model { id, subject_id: subject, registry, import_row_id, drive_id, recorded_at, told_on, .. } = row;
    let slot = |compartment, column| record_slot(compartment, column, id, subject);
    let (identity, contact) = (Compartment::Identity, Compartment::Contact);
    let (health, details) = (Compartment::Health, Compartment::Documents);
    Ok(RecordView {
        id,
        subject,
        registry,
        import_row: import_row_id,
        drive: drive_id,
        recorded_at,
        told_on,
        identity: open(vault, keys, slot(identity, "sealed_identity"), Some(row.sealed_identity))?,
        contact: open(vault, keys, slot(contact, "sealed_contact"), Some(row.sealed_contact))?,
        health: open(vault, keys, slot(health, "sealed_health"), row.sealed_health)?,
        details: open(vault, keys, slot(details, "sealed_details"), row.sealed_details)?,
    })
}

pub(super) fn open<T: serde::de::DeserializeOwned + zeroize::Zeroize>(
    vault: &Vault,
    keys: &SubjectKeys,
    slot: crate::vault::Slot,
    sealed: Option<Opaque>,
) -> Result<Option<Guarded<T>>, StoreError> {
    match sealed {
        Some(sealed) if keys.opens(slot.compartment) => Ok(Some(vault.unseal(keys, &slot, &Sealed::from_bytes(sealed.0))?)),
        _ => Ok(None),
    }
}
