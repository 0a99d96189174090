//! Everybody, in pages: while one page is opened on all cores, the next ones are read.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rayon::prelude::*;
use sea_orm::{EntityTrait, PaginatorTrait};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::domain::contact::Contact;
use crate::domain::id::{EnrolmentId, PersonId, RecordId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{DekRow, Vault};

use super::connect::Store;
use super::entity::fact;
use super::entity::value::{Day, Opaque};
use super::error::StoreError;
use super::pages::{AHEAD, Line, Range, Told, of};
use super::person::open;
use super::prepare::record_slot;
use super::word::Origin;

mod days;

pub use days::DaysTold;

/// Subjects a page: a megabyte or two.
const PAGE: i64 = 2_048;

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
    /// Its standings, and since when.
    pub standings: Vec<(Registry, EnrolmentStatus, Day)>,
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
        PeopleStream { pages: Pages::of(self), vault: Arc::clone(vault), coming: VecDeque::with_capacity(AHEAD), ahead: AHEAD }
    }

    /// The entries of some subjects only: what the change feed names.
    pub async fn people_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<PersonEntry>, StoreError> {
        let mut out = Vec::with_capacity(subjects.len());
        for part in subjects.chunks(super::admit::IDS) {
            out.extend(Texts::read(self, &Range::Only(part)).await?.opened(vault)?);
        }
        Ok(out)
    }

    /// How many facts there are. None is ever taken away, so it tells whether some came since they were read.
    pub async fn count_facts(&self) -> Result<u64, StoreError> {
        Ok(fact::Entity::find().count(&self.reader).await?)
    }

    /// Every standing of every person, page by page to `each`.
    pub async fn standings(&self, mut each: impl FnMut(StandingEntry)) -> Result<(), StoreError> {
        let mut pages = Pages::of(self);
        while let Some(range) = pages.next().await? {
            let members = self.columns("membership", &MEMBER, "subject_id", &range, " AND until IS NULL").await?;
            let persons: HashMap<&[u8], Line<'_, 2>> = Line::all(&members, &MEMBER)?.into_iter().map(|m| (m.0[0], m)).collect();
            let standings = self.columns("enrolment", &STANDING, "subject_id", &range, "").await?;
            for line in Line::all(&standings, &STANDING)? {
                if let Some(person) = persons.get(line.0[0]) {
                    let (registry, status, since) = standing(&line)?;
                    each(StandingEntry {
                        id: EnrolmentId(line.id(1)?),
                        subject: SubjectId(line.id(0)?),
                        person: PersonId(person.id(1)?),
                        registry,
                        status,
                        since,
                    });
                }
            }
        }
        Ok(())
    }
}

/// Ranges of subjects, one after the other.
pub(super) struct Pages {
    store: Store,
    after: SubjectId,
    ended: bool,
}

impl Pages {
    pub(super) fn of(store: &Store) -> Self {
        Self { store: store.clone(), after: SubjectId(Uuid::nil()), ended: false }
    }

    /// The database they are of.
    pub(super) fn store(&self) -> Store {
        self.store.clone()
    }

    /// The next range; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Range<'static>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let end = self.store.page_end("subject", self.after.0, PAGE).await?.map(SubjectId);
        let range = Range::Behind(self.after, end);
        match end {
            Some(end) => self.after = end,
            None => self.ended = true,
        }
        Ok(Some(range))
    }
}

/// Pages of [`PersonEntry`]; [`PeopleStream::next`] until none is left.
pub struct PeopleStream {
    pages: Pages,
    vault: Arc<Vault>,
    coming: VecDeque<JoinHandle<Result<Vec<PersonEntry>, StoreError>>>,
    ahead: usize,
}

impl std::fmt::Debug for PeopleStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PeopleStream(..)")
    }
}

impl PeopleStream {
    /// Reads no page before it is asked for: whoever rests between two pages leaves the machine to others.
    #[must_use]
    pub fn page_by_page(self) -> Self {
        Self { ahead: 1, ..self }
    }

    /// The next page, never an empty one; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<PersonEntry>>, StoreError> {
        loop {
            while self.coming.len() < self.ahead {
                let Some(range) = self.pages.next().await? else { break };
                let (store, vault) = (self.pages.store(), Arc::clone(&self.vault));
                self.coming.push_back(tokio::spawn(async move {
                    let texts = Texts::read(&store, &range).await?;
                    on_all_cores(move || texts.opened(&vault)).await
                }));
            }
            let Some(page) = self.coming.pop_front() else { return Ok(None) };
            let page = page.await.map_err(|_| StoreError::Damaged("record"))??;
            if !page.is_empty() {
                return Ok(Some(page));
            }
        }
    }
}

/// Does some work on rayon's threads, while this one reads on.
pub(super) async fn on_all_cores<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (send, receive) = oneshot::channel();
    rayon::spawn(move || {
        // Whoever asked may have gone meanwhile.
        let _ = send.send(work());
    });
    receive.await.map_err(|_| StoreError::Damaged("record"))?
}

const SUBJECT: [Told; 3] = [Told::Id("id"), Told::Plain("origin"), Told::Plain("first_contact_at")];
pub(super) const MEMBER: [Told; 2] = [Told::Id("subject_id"), Told::Id("person_id")];
pub(super) const KEY: [Told; 5] =
    [Told::Id("subject_id"), Told::Plain("compartment"), Told::Plain("version"), Told::Plain("kek_id"), Told::Bytes("wrapped")];
const STANDING: [Told; 5] = [Told::Id("subject_id"), Told::Id("id"), Told::Plain("registry"), Told::Plain("status"), Told::Plain("since")];
const RECORD: [Told; 6] = [
    Told::Id("subject_id"),
    Told::Id("id"),
    Told::Plain("registry"),
    Told::Plain("recorded_at"),
    Told::Bytes("sealed_identity"),
    Told::Bytes("sealed_contact"),
];

/// What a page's subjects are read from, each table once: cheaper than joining them in the database.
struct Texts {
    subjects: Vec<u8>,
    members: Vec<u8>,
    keys: Vec<u8>,
    standings: Vec<u8>,
    records: Vec<u8>,
}

impl Texts {
    async fn read(store: &Store, range: &Range<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            subjects: store.columns("subject", &SUBJECT, "id", range, " AND erased_at IS NULL").await?,
            members: store.columns("membership", &MEMBER, "subject_id", range, " AND until IS NULL").await?,
            keys: keys(store, range, [Compartment::Identity, Compartment::Contact]).await?,
            standings: store.columns("enrolment", &STANDING, "subject_id", range, "").await?,
            records: store.columns("record", &RECORD, "subject_id", range, "").await?,
        })
    }

    /// Merges the tables, which are sorted by subject, and opens what this process may.
    fn opened(&self, vault: &Vault) -> Result<Vec<PersonEntry>, StoreError> {
        let mut members = Line::all(&self.members, &MEMBER)?.into_iter().peekable();
        let mut keys = Line::all(&self.keys, &KEY)?.into_iter().peekable();
        let mut standings = Line::all(&self.standings, &STANDING)?.into_iter().peekable();
        let mut records = Line::all(&self.records, &RECORD)?.into_iter().peekable();
        let mut sealed = Vec::new();
        for line in Line::all(&self.subjects, &SUBJECT)? {
            let subject = line.0[0];
            let person = of(&mut members, subject, |m| m.0[0]).into_iter().next();
            let keys = of(&mut keys, subject, |k| k.0[0]);
            let standings = of(&mut standings, subject, |s| s.0[0]);
            let records = of(&mut records, subject, |r| r.0[0]);
            // Subjects of nobody are rows that no membership admits; one without keys was erased between the reading of two tables.
            let Some(person) = person.filter(|_| !keys.is_empty()) else { continue };
            sealed.push(Sealed { line, person, keys, standings, records });
        }
        sealed.into_par_iter().with_min_len(64).map(|s| s.opened(vault)).collect()
    }
}

/// The data keys of some compartments.
pub(super) async fn keys<const N: usize>(store: &Store, range: &Range<'_>, compartments: [Compartment; N]) -> Result<Vec<u8>, StoreError> {
    let codes = compartments.map(|c| c.code().to_string()).join(", ");
    store.columns("subject_key", &KEY, "subject_id", range, &format!(" AND compartment IN ({codes})")).await
}

/// A subject as read, still sealed.
struct Sealed<'a> {
    line: Line<'a, 3>,
    person: Line<'a, 2>,
    keys: Vec<Line<'a, 5>>,
    standings: Vec<Line<'a, 5>>,
    records: Vec<Line<'a, 6>>,
}

impl Sealed<'_> {
    fn opened(&self, vault: &Vault) -> Result<PersonEntry, StoreError> {
        let damaged = StoreError::Damaged;
        let subject = SubjectId(self.line.id(0)?);
        let keys = vault.subject_keys(subject, &deks(&self.keys, subject)?)?;
        let mut records = Vec::with_capacity(self.records.len());
        for line in &self.records {
            let id = RecordId(line.id(1)?);
            let slot = |compartment, column| record_slot(compartment, column, id, subject);
            records.push(EntryRecord {
                id,
                registry: registry(line.number(2)?)?,
                recorded_at: Timestamp(line.number(3)?),
                identity: open(vault, &keys, slot(Compartment::Identity, "sealed_identity"), line.bytes(4).map(Opaque))?,
                contact: open(vault, &keys, slot(Compartment::Contact, "sealed_contact"), line.bytes(5).map(Opaque))?,
            });
        }
        Ok(PersonEntry {
            subject,
            person: PersonId(self.person.id(1)?),
            origin: Origin::from_word(self.line.text(1)?).ok_or(damaged("subject"))?,
            first_contact_at: self.line.number_or_none(2)?.map(Timestamp),
            standings: self.standings.iter().map(standing).collect::<Result<_, _>>()?,
            records,
        })
    }
}

/// The data keys of lines of [`KEY`].
pub(super) fn deks(lines: &[Line<'_, 5>], subject: SubjectId) -> Result<Vec<DekRow>, StoreError> {
    let key = |line: &Line<'_, 5>| {
        let compartment = Compartment::from_code(line.number(1)?).ok_or(StoreError::Damaged("subject_key"))?;
        line.key(2, subject, compartment)
    };
    lines.iter().filter_map(|line| key(line).transpose()).collect()
}

pub(super) fn registry(code: i16) -> Result<Registry, StoreError> {
    Registry::from_code(code).ok_or(StoreError::Damaged("registry"))
}

/// The standing that a line of [`STANDING`] tells.
fn standing(line: &Line<'_, 5>) -> Result<(Registry, EnrolmentStatus, Day), StoreError> {
    let status = EnrolmentStatus::from_code(line.number(3)?).ok_or(StoreError::Damaged("enrolment"))?;
    let since = line.text(4)?.parse().map_err(|_| StoreError::Damaged("enrolment"))?;
    Ok((registry(line.number(2)?)?, status, Day(since)))
}
