//! The latest record of everybody, for filling the in-memory index at unlock: joined by the database, in pages; while one page is opened on all
//! cores the next ones are read.
//!
//! The order of a page's rows is not asked for, so that the database need not sort them.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use sea_orm::DbBackend;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
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
use super::pages::{AHEAD, Line, bytes_text, id_text, parameters};
use super::person::open;
use super::prepare::record_slot;

/// Subjects a page: some megabytes of text.
const PAGE: i64 = 2_048;

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
    coming: VecDeque<JoinHandle<Result<Vec<T>, StoreError>>>,
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
        let (store, vault) = (self.clone(), Arc::clone(vault));
        LatestStream { store, vault, make, after: SubjectId(Uuid::nil()), ended: false, coming: VecDeque::with_capacity(AHEAD) }
    }
}

impl<T: Send + 'static> LatestStream<T> {
    /// The next page, empty where all of its subjects are erased; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        while !self.ended && self.coming.len() < AHEAD {
            let end = self.store.page_end("subject", self.after.0, PAGE).await?.map(SubjectId);
            self.coming.push_back(tokio::spawn(page(self.store.clone(), Arc::clone(&self.vault), self.make, self.after, end)));
            match end {
                Some(end) => self.after = end,
                None => self.ended = true,
            }
        }
        let Some(page) = self.coming.pop_front() else { return Ok(None) };
        page.await.map_err(|_| StoreError::Damaged("record"))?.map(Some)
    }
}

/// Reads the subjects behind `after` up to `end`, or all of them, and opens them on rayon's threads.
async fn page<T: Send + 'static>(
    store: Store,
    vault: Arc<Vault>,
    make: fn(Latest) -> T,
    after: SubjectId,
    end: Option<SubjectId>,
) -> Result<Vec<T>, StoreError> {
    let text = store.page_text(statement(store.backend), after.0, end.map(|end| end.0)).await?;
    let (send, receive) = oneshot::channel();
    rayon::spawn(move || {
        // The stream may have been dropped meanwhile.
        let _ = send.send(opened_page(&vault, &text, make));
    });
    receive.await.map_err(|_| StoreError::Damaged("record"))?
}

/// The statement of a page: parameters are the subject after which it begins and the last of its subjects. Gives one text: a record with one
/// version of each data key is [`FIELDS`] fields with commas between them, records have semicolons between them; nothing is an empty field.
fn statement(backend: DbBackend) -> String {
    let [after, until] = parameters(backend);
    let or_nothing = |sql: String| format!("coalesce({sql}, '')");
    let id = |column: &str| or_nothing(id_text(backend, column));
    let bytes = |column: &str| or_nothing(bytes_text(backend, column));
    let number = |column: &str| or_nothing(format!("CAST({column} AS text)"));
    let bits: String = Registry::ALL.iter().map(|r| format!(" WHEN {} THEN {}", r.code(), bit(*r))).collect();
    let standings = format!("(SELECT SUM(CASE e.registry{bits} ELSE 0 END) FROM enrolment e WHERE e.subject_id = s.id)");
    let fields: [String; FIELDS] = [
        id("s.id"),
        id("m.person_id"),
        id("r.id"),
        bytes("r.sealed_identity"),
        bytes("r.sealed_contact"),
        number("i.version"),
        number("i.kek_id"),
        bytes("i.wrapped"),
        number("c.version"),
        number("c.kek_id"),
        bytes("c.wrapped"),
        number(&standings),
    ];
    format!(
        "SELECT string_agg(concat_ws(',', {}), ';') FROM subject s \
         LEFT JOIN membership m ON m.subject_id = s.id AND m.until IS NULL \
         LEFT JOIN record r ON r.subject_id = s.id \
         LEFT JOIN subject_key i ON i.subject_id = s.id AND i.compartment = {} \
         LEFT JOIN subject_key c ON c.subject_id = s.id AND c.compartment = {} \
         WHERE s.id > {after} AND s.id <= {until} AND s.erased_at IS NULL",
        fields.join(", "),
        Compartment::Identity.code(),
        Compartment::Contact.code(),
    )
}

const FIELDS: usize = 12;

/// A subject has at most one standing a registry, so that their sum tells which.
fn bit(registry: Registry) -> i64 {
    1 << registry.code()
}

/// A record as read, still sealed and still text, with one version of each data key. Its first and third field are subject and record.
type Joined<'a> = Line<'a, FIELDS>;

fn opened_page<T: Send>(vault: &Vault, text: &str, make: fn(Latest) -> T) -> Result<Vec<T>, StoreError> {
    let mut lines = text.split(';').filter(|l| !l.is_empty()).map(Joined::read).collect::<Result<Vec<_>, _>>()?;
    lines.sort_unstable_by_key(|line| (line.0[0], line.0[2]));
    let subjects: Vec<&[Joined<'_>]> = lines.chunk_by(|a, b| a.0[0] == b.0[0]).collect();
    let opened = subjects.into_par_iter().with_min_len(64).map(|lines| Ok(opened(vault, lines)?.map(make)));
    opened.filter_map(Result::transpose).collect()
}

/// Opens the latest of a subject's records; nothing where it belongs to nobody or its identity stays closed.
fn opened(vault: &Vault, lines: &[Joined<'_>]) -> Result<Option<Latest>, StoreError> {
    let Some(last) = lines.last() else { return Ok(None) };
    let (Some(subject), Some(person), Some(record)) = (last.id(0)?, last.id(1)?, last.id(2)?) else { return Ok(None) };
    let (subject, person, record) = (SubjectId(subject), PersonId(person), RecordId(record));
    // Several versions of a data key, or several records, give each key several times.
    let mut wrapped: Vec<DekRow> = Vec::with_capacity(2);
    for line in lines {
        for (at, compartment) in [(5, Compartment::Identity), (8, Compartment::Contact)] {
            wrapped.extend(line.key(at, subject, compartment)?.filter(|key| !wrapped.contains(key)));
        }
    }
    let keys = vault.subject_keys(subject, &wrapped)?;
    let slot = |compartment, column| record_slot(compartment, column, record, subject);
    let sealed = |at| Ok::<_, StoreError>(last.bytes(at)?.map(Opaque));
    let Some(identity) = open(vault, &keys, slot(Compartment::Identity, "sealed_identity"), sealed(3)?)? else {
        return Ok(None);
    };
    let contact = open(vault, &keys, slot(Compartment::Contact, "sealed_contact"), sealed(4)?)?;
    let standings: i64 = if last.0[11].is_empty() { 0 } else { last.number(11)? };
    let registries = Registry::ALL.into_iter().filter(|r| standings & bit(*r) != 0).collect();
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
