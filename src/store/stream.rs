//! Whole columns at unlock, in pages: while one page is opened on all cores, the next is read.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use rayon::prelude::*;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::contact::Contact;
use crate::domain::id::{EnrolmentId, PersonId, RecordId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{DekRow, Vault};

use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{enrolment, fact, membership, record, subject, subject_key};
use super::error::StoreError;
use super::person::open;
use super::prepare::record_slot;
use super::word::Origin;

mod days;

pub use days::DaysTold;

/// Subjects a page: some megabytes of ciphertext.
const PAGE: u64 = 4_096;

/// A subject as the in-memory indexes need it. Check values are verified where people are opened, not here.
#[derive(Debug)]
pub struct PersonEntry {
    /// The subject.
    pub subject: SubjectId,
    /// The person it belongs to.
    pub person: PersonId,
    /// How it came in.
    pub origin: Origin,
    /// When its import was followed by a first contact.
    pub first_contact_at: Option<Timestamp>,
    /// Its standings.
    pub standings: Vec<(Registry, EnrolmentStatus)>,
    /// What it told, oldest first.
    pub records: Vec<EntryRecord>,
}

/// A record of a [`PersonEntry`], opened as far as this process may.
#[derive(Debug)]
pub struct EntryRecord {
    /// The record.
    pub id: RecordId,
    /// For which registry.
    pub registry: Registry,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who.
    pub identity: Option<Guarded<Identity>>,
    /// How to reach them.
    pub contact: Option<Guarded<Contact>>,
}

/// A standing with the person it counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingEntry {
    /// The row.
    pub id: EnrolmentId,
    /// The subject.
    pub subject: SubjectId,
    /// The person.
    pub person: PersonId,
    /// The registry.
    pub registry: Registry,
    /// The standing.
    pub status: EnrolmentStatus,
    /// Since when.
    pub since: Day,
}

impl Store {
    /// Every subject of every person, opened, in the order of subjects. Erased subjects are left out.
    pub fn people(&self, vault: &Arc<Vault>) -> PeopleStream {
        PeopleStream { store: self.clone(), vault: Arc::clone(vault), after: None, ended: false, pending: None }
    }

    /// The entries of some subjects only: what the change feed names.
    pub async fn people_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<PersonEntry>, StoreError> {
        let mut out = Vec::with_capacity(subjects.len());
        for part in subjects.chunks(super::admit::IDS) {
            let page = read(self, &Range::Only(part)).await?;
            for raw in page {
                out.extend(opened(vault, raw)?);
            }
        }
        Ok(out)
    }

    /// How many facts there are. None is ever taken away, so it tells whether some came since they were read.
    pub async fn count_facts(&self) -> Result<u64, StoreError> {
        Ok(fact::Entity::find().count(&self.reader).await?)
    }

    /// Every standing of every person, page by page to `each`.
    pub async fn standings(&self, mut each: impl FnMut(StandingEntry)) -> Result<(), StoreError> {
        let mut after = None;
        while let Some((range, last)) = next_range(self, after).await? {
            after = Some(last);
            let range = Range::Between(range.0, range.1);
            let persons: HashMap<SubjectId, PersonId> = memberships(self, &range).await?.into_iter().collect();
            let rows = enrolment::Entity::find().filter(range.on(enrolment::Column::SubjectId)).all(&self.reader).await?;
            for row in rows {
                if let Some(person) = persons.get(&row.subject_id) {
                    let enrolment::Model { id, subject_id: subject, registry, status, since, .. } = row;
                    each(StandingEntry { id, subject, person: *person, registry, status, since });
                }
            }
        }
        Ok(())
    }
}

/// Pages of [`PersonEntry`]; [`PeopleStream::next`] until none is left.
pub struct PeopleStream {
    store: Store,
    vault: Arc<Vault>,
    after: Option<SubjectId>,
    ended: bool,
    pending: Option<Receiver<Result<Vec<PersonEntry>, StoreError>>>,
}

impl std::fmt::Debug for PeopleStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PeopleStream(..)")
    }
}

impl PeopleStream {
    /// The next page; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<PersonEntry>>, StoreError> {
        if self.pending.is_none() {
            self.pending = self.open_next().await?;
        }
        let Some(page) = self.pending.take() else { return Ok(None) };
        // Read the next page while this one is opened on rayon's threads; what is left of the opening is waited for below.
        self.pending = self.open_next().await?;
        page.recv().map_err(|_| StoreError::Damaged("record"))?.map(Some)
    }

    async fn open_next(&mut self) -> Result<Option<Receiver<Result<Vec<PersonEntry>, StoreError>>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let Some((range, last)) = next_range(&self.store, self.after).await? else {
            self.ended = true;
            return Ok(None);
        };
        self.after = Some(last);
        let raw = read(&self.store, &Range::Between(range.0, range.1)).await?;
        let (send, receive) = channel();
        let vault = Arc::clone(&self.vault);
        rayon::spawn(move || {
            let page: Result<Vec<Option<PersonEntry>>, StoreError> =
                raw.into_par_iter().with_min_len(64).map(|r| opened(&vault, r)).collect();
            // The stream may have been dropped meanwhile.
            let _ = send.send(page.map(|p| p.into_iter().flatten().collect()));
        });
        Ok(Some(receive))
    }
}

/// Which subjects a page is about.
enum Range<'a> {
    Between(SubjectId, SubjectId),
    Only(&'a [SubjectId]),
}

impl Range<'_> {
    fn on<C: ColumnTrait>(&self, column: C) -> sea_orm::Condition {
        match self {
            Self::Between(first, last) => sea_orm::Condition::all().add(column.gte(*first)).add(column.lte(*last)),
            Self::Only(ids) => sea_orm::Condition::all().add(column.is_in(ids.iter().copied())),
        }
    }
}

/// The first and last subject of the next page.
async fn next_range(store: &Store, after: Option<SubjectId>) -> Result<Option<((SubjectId, SubjectId), SubjectId)>, StoreError> {
    let mut query = subject::Entity::find().select_only().column(subject::Column::Id).order_by_asc(subject::Column::Id).limit(PAGE);
    if let Some(after) = after {
        query = query.filter(subject::Column::Id.gt(after));
    }
    let ids: Vec<SubjectId> = query.into_tuple().all(&store.reader).await?;
    Ok(ids.first().zip(ids.last()).map(|(first, last)| ((*first, *last), *last)))
}

async fn memberships(store: &Store, range: &Range<'_>) -> Result<Vec<(SubjectId, PersonId)>, StoreError> {
    Ok(membership::Entity::find()
        .select_only()
        .columns([membership::Column::SubjectId, membership::Column::PersonId])
        .filter(range.on(membership::Column::SubjectId))
        .filter(membership::Column::Until.is_null())
        .order_by_asc(membership::Column::SubjectId)
        .into_tuple()
        .all(&store.reader)
        .await?)
}

/// A subject as read, still sealed.
struct Raw {
    subject: SubjectId,
    origin: Origin,
    first_contact_at: Option<Timestamp>,
    person: PersonId,
    keys: Vec<DekRow>,
    standings: Vec<(Registry, EnrolmentStatus)>,
    records: Vec<RawRecord>,
}

type RawRecord = (SubjectId, RecordId, Registry, Timestamp, Opaque, Opaque);
type RawKey = (SubjectId, Compartment, i64, i64, Opaque);

/// Reads each table once, by the order of subjects, and merges them: cheaper than joining them in the database.
async fn read(store: &Store, range: &Range<'_>) -> Result<Vec<Raw>, StoreError> {
    let db = &store.reader;
    let subjects: Vec<(SubjectId, Origin, Option<Timestamp>)> = subject::Entity::find()
        .select_only()
        .columns([subject::Column::Id, subject::Column::Origin, subject::Column::FirstContactAt])
        .filter(range.on(subject::Column::Id))
        .filter(subject::Column::ErasedAt.is_null())
        .order_by_asc(subject::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let members = memberships(store, range).await?;
    let keys: Vec<RawKey> = subject_key::Entity::find()
        .select_only()
        .columns([
            subject_key::Column::SubjectId,
            subject_key::Column::Compartment,
            subject_key::Column::Version,
            subject_key::Column::KekId,
            subject_key::Column::Wrapped,
        ])
        .filter(range.on(subject_key::Column::SubjectId))
        .filter(subject_key::Column::Compartment.is_in([Compartment::Identity, Compartment::Contact]))
        .order_by_asc(subject_key::Column::SubjectId)
        .into_tuple()
        .all(db)
        .await?;
    let standings: Vec<(SubjectId, Registry, EnrolmentStatus)> = enrolment::Entity::find()
        .select_only()
        .columns([enrolment::Column::SubjectId, enrolment::Column::Registry, enrolment::Column::Status])
        .filter(range.on(enrolment::Column::SubjectId))
        .order_by_asc(enrolment::Column::SubjectId)
        .into_tuple()
        .all(db)
        .await?;
    let records: Vec<RawRecord> = record::Entity::find()
        .select_only()
        .columns([
            record::Column::SubjectId,
            record::Column::Id,
            record::Column::Registry,
            record::Column::RecordedAt,
            record::Column::SealedIdentity,
            record::Column::SealedContact,
        ])
        .filter(range.on(record::Column::SubjectId))
        .order_by_asc(record::Column::SubjectId)
        .order_by_asc(record::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut members = members.into_iter().peekable();
    let mut keys = keys.into_iter().peekable();
    let mut standings = standings.into_iter().peekable();
    let mut records = records.into_iter().peekable();
    let mut out = Vec::with_capacity(subjects.len());
    for (subject, origin, first_contact_at) in subjects {
        let person = of(&mut members, subject, |m| m.0).into_iter().map(|m| m.1).next();
        let keys = of(&mut keys, subject, |k| k.0);
        let standings = of(&mut standings, subject, |s| s.0).into_iter().map(|(_, registry, status)| (registry, status)).collect();
        let records = of(&mut records, subject, |r| r.0);
        // Subjects of nobody are rows that no membership admits.
        let Some(person) = person else { continue };
        let keys = keys.into_iter().map(dek).collect::<Result<_, _>>()?;
        out.push(Raw { subject, origin, first_contact_at, person, keys, standings, records });
    }
    Ok(out)
}

/// Takes a subject's rows off rows sorted by subject.
fn of<T>(rows: &mut std::iter::Peekable<std::vec::IntoIter<T>>, subject: SubjectId, key: impl Fn(&T) -> SubjectId) -> Vec<T> {
    while rows.next_if(|row| key(row) < subject).is_some() {}
    std::iter::from_fn(|| rows.next_if(|row| key(row) == subject)).collect()
}

fn dek((subject, compartment, version, kek_id, wrapped): RawKey) -> Result<DekRow, StoreError> {
    let (Ok(version), Ok(kek_id)) = (u32::try_from(version), u32::try_from(kek_id)) else { return Err(StoreError::Damaged("subject_key")) };
    Ok(DekRow { subject, compartment, version, kek_id, wrapped: wrapped.0 })
}

fn opened(vault: &Vault, raw: Raw) -> Result<Option<PersonEntry>, StoreError> {
    let Raw { subject, origin, first_contact_at, person, keys, standings, records } = raw;
    if keys.is_empty() {
        // Erased between the reading of two tables.
        return Ok(None);
    }
    let keys = vault.subject_keys(subject, &keys)?;
    let mut out = Vec::with_capacity(records.len());
    for (_, id, registry, recorded_at, identity, contact) in records {
        let slot = |compartment, column| record_slot(compartment, column, id, subject);
        out.push(EntryRecord {
            id,
            registry,
            recorded_at,
            identity: open(vault, &keys, slot(Compartment::Identity, "sealed_identity"), Some(identity))?,
            contact: open(vault, &keys, slot(Compartment::Contact, "sealed_contact"), Some(contact))?,
        });
    }
    Ok(Some(PersonEntry { subject, person, origin, first_contact_at, standings, records: out }))
}
