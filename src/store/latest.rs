//! The latest record of everybody, for filling the in-memory index at unlock: one row a record, joined by the database, in pages; while one
//! page is opened on all cores the next is read.
//!
//! One statement a page instead of one a table: what a row costs on its way from the database is paid once a subject, not seven times.
//! The order of a page's rows is not asked for, so that the database need not sort them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use rayon::prelude::*;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use uuid::Uuid;

use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, RecordId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::Registry;
use crate::domain::{Compartment, Guarded};
use crate::vault::{DekRow, Vault};

use super::connect::Store;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::person::open;
use super::prepare::record_slot;

/// Subjects a page: some megabytes of ciphertext.
const PAGE: i64 = 4_096;

/// What a subject last told, opened. Check values are verified where people are opened, not here.
#[derive(Debug)]
pub struct Latest {
    /// The subject.
    pub subject: SubjectId,
    /// The person it belongs to.
    pub person: PersonId,
    /// The registries it has a standing in.
    pub registries: Vec<Registry>,
    /// Who.
    pub identity: Guarded<Identity>,
    /// How to reach them, where this process may open it.
    pub contact: Option<Guarded<Contact>>,
}

/// Pages of what was made of each subject; [`LatestStream::next`] until none is left.
pub struct LatestStream<T> {
    store: Store,
    vault: Arc<Vault>,
    make: fn(Latest) -> T,
    after: SubjectId,
    ended: bool,
    pending: Option<Receiver<Result<Vec<T>, StoreError>>>,
}

impl<T> std::fmt::Debug for LatestStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LatestStream(..)")
    }
}

impl Store {
    /// What `make` makes of the latest record of every subject of every person. Erased subjects are left out, and so are those whose identity
    /// this process may not open.
    pub fn latest<T: Send + 'static>(&self, vault: &Arc<Vault>, make: fn(Latest) -> T) -> LatestStream<T> {
        LatestStream { store: self.clone(), vault: Arc::clone(vault), make, after: SubjectId(Uuid::nil()), ended: false, pending: None }
    }
}

impl<T: Send + 'static> LatestStream<T> {
    /// The next page; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        if self.pending.is_none() {
            self.pending = self.open_next().await?;
        }
        let Some(page) = self.pending.take() else { return Ok(None) };
        // Read the next page while this one is opened on rayon's threads; what is left of the opening is waited for below.
        self.pending = self.open_next().await?;
        page.recv().map_err(|_| StoreError::Damaged("record"))?.map(Some)
    }

    async fn open_next(&mut self) -> Result<Option<Receiver<Result<Vec<T>, StoreError>>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let backend = self.store.backend;
        let page = Statement::from_sql_and_values(backend, statement(backend), [self.after.into(), PAGE.into()]);
        let mut rows: Vec<Raw> = self.store.reader.query_all_raw(page).await?.iter().map(Raw::read).collect::<Result<_, _>>()?;
        rows.sort_unstable_by_key(|r| (r.subject, r.record));
        let Some(last) = rows.last().map(|r| r.subject) else {
            self.ended = true;
            return Ok(None);
        };
        self.after = last;
        let (send, receive) = channel();
        let (vault, make) = (Arc::clone(&self.vault), self.make);
        rayon::spawn(move || {
            let subjects: Vec<&[Raw]> = rows.chunk_by(|a, b| a.subject == b.subject).collect();
            let opened: Result<Vec<Option<T>>, StoreError> =
                subjects.into_par_iter().with_min_len(32).map(|rows| Ok(opened(&vault, rows)?.map(make))).collect();
            // The stream may have been dropped meanwhile.
            let _ = send.send(opened.map(|page| page.into_iter().flatten().collect()));
        });
        Ok(Some(receive))
    }
}

/// The statement of a page: parameters are the subject after which it begins and the number of subjects.
fn statement(backend: DbBackend) -> String {
    let (after, limit) = if backend == DbBackend::Postgres { ("$1", "$2") } else { ("?1", "?2") };
    let bits: String = Registry::ALL.iter().map(|r| format!(" WHEN {} THEN {}", r.code(), bit(*r))).collect();
    format!(
        "SELECT s.id, m.person_id, r.id, r.sealed_identity, r.sealed_contact, i.version, i.kek_id, i.wrapped, c.version, c.kek_id, c.wrapped, \
           CAST((SELECT SUM(CASE e.registry{bits} ELSE 0 END) FROM enrolment e WHERE e.subject_id = s.id) AS bigint) \
         FROM (SELECT id FROM subject WHERE id > {after} AND erased_at IS NULL ORDER BY id LIMIT {limit}) s \
         LEFT JOIN membership m ON m.subject_id = s.id AND m.until IS NULL \
         LEFT JOIN record r ON r.subject_id = s.id \
         LEFT JOIN subject_key i ON i.subject_id = s.id AND i.compartment = {} \
         LEFT JOIN subject_key c ON c.subject_id = s.id AND c.compartment = {}",
        Compartment::Identity.code(),
        Compartment::Contact.code(),
    )
}

/// A subject has at most one standing a registry, so that their sum tells which.
fn bit(registry: Registry) -> i64 {
    1 << registry.code()
}

/// A row as read, still sealed: a record of a subject with one version of each data key.
struct Raw {
    subject: SubjectId,
    person: Option<PersonId>,
    record: Option<RecordId>,
    identity: Option<Opaque>,
    contact: Option<Opaque>,
    keys: [Option<DekRow>; 2],
    registries: i64,
}

impl Raw {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let subject: SubjectId = row.try_get_by_index(0)?;
        let key = |at: usize, compartment| -> Result<Option<DekRow>, StoreError> {
            let Some(wrapped) = row.try_get_by_index::<Option<Opaque>>(at + 2)? else { return Ok(None) };
            let (version, kek_id): (i64, i64) = (row.try_get_by_index(at)?, row.try_get_by_index(at + 1)?);
            let (Ok(version), Ok(kek_id)) = (u32::try_from(version), u32::try_from(kek_id)) else {
                return Err(StoreError::Damaged("subject_key"));
            };
            Ok(Some(DekRow { subject, compartment, version, kek_id, wrapped: wrapped.0 }))
        };
        Ok(Self {
            subject,
            person: row.try_get_by_index(1)?,
            record: row.try_get_by_index(2)?,
            identity: row.try_get_by_index(3)?,
            contact: row.try_get_by_index(4)?,
            keys: [key(5, Compartment::Identity)?, key(8, Compartment::Contact)?],
            registries: row.try_get_by_index::<Option<i64>>(11)?.unwrap_or_default(),
        })
    }
}

/// Opens the latest of a subject's records; nothing where it belongs to nobody or its identity stays closed.
fn opened(vault: &Vault, rows: &[Raw]) -> Result<Option<Latest>, StoreError> {
    let Some(last) = rows.last() else { return Ok(None) };
    let (subject, Some(person), Some(record)) = (last.subject, last.person, last.record) else { return Ok(None) };
    // Several versions of a data key, or several records, give each key several times.
    let mut wrapped: Vec<DekRow> = Vec::with_capacity(2);
    for key in rows.iter().flat_map(|r| r.keys.iter().flatten()) {
        if !wrapped.contains(key) {
            wrapped.push(key.clone());
        }
    }
    let keys = vault.subject_keys(subject, &wrapped)?;
    let slot = |compartment, column| record_slot(compartment, column, record, subject);
    let Some(identity) = open(vault, &keys, slot(Compartment::Identity, "sealed_identity"), last.identity.clone())? else {
        return Ok(None);
    };
    let contact = open(vault, &keys, slot(Compartment::Contact, "sealed_contact"), last.contact.clone())?;
    let registries = Registry::ALL.into_iter().filter(|r| last.registries & bit(*r) != 0).collect();
    Ok(Some(Latest { subject, person, registries, identity, contact }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registry_has_a_bit_of_its_own() {
        let all: i64 = Registry::ALL.iter().map(|r| bit(*r)).sum();
        assert_eq!(u32::try_from(Registry::ALL.len()).unwrap(), all.count_ones());
    }
}
