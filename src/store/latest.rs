//! The latest record of everybody, for filling the in-memory index at unlock: each table read in pages; while one page is opened on all cores the
//! next ones are read.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use tokio::task::JoinHandle;

use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, RecordId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::Registry;
use crate::domain::{Compartment, Guarded};
use crate::vault::Vault;

use super::connect::Store;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::pages::{AHEAD, Line, Range, Told, of};
use super::person::open;
use super::prepare::record_slot;
use super::stream::{KEY, MEMBER, Pages, deks, keys, on_all_cores, registry};

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
    pages: Pages,
    vault: Arc<Vault>,
    make: fn(Latest) -> T,
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
        LatestStream { pages: Pages::of(self), vault: Arc::clone(vault), make, coming: VecDeque::with_capacity(AHEAD) }
    }
}

impl<T: Send + 'static> LatestStream<T> {
    /// The next page, empty where all of its subjects are erased; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        while self.coming.len() < AHEAD {
            let Some(range) = self.pages.next().await? else { break };
            self.coming.push_back(tokio::spawn(page(self.pages.store(), Arc::clone(&self.vault), self.make, range)));
        }
        let Some(page) = self.coming.pop_front() else { return Ok(None) };
        page.await.map_err(|_| StoreError::Damaged("record"))?.map(Some)
    }
}

const STANDING: [Told; 2] = [Told::Id("subject_id"), Told::Plain("registry")];
const RECORD: [Told; 4] = [Told::Id("subject_id"), Told::Id("id"), Told::Bytes("sealed_identity"), Told::Bytes("sealed_contact")];

/// Reads the subjects of a range, each table for itself, and opens them on rayon's threads.
async fn page<T: Send + 'static>(
    store: Store,
    vault: Arc<Vault>,
    make: fn(Latest) -> T,
    range: Range<'static>,
) -> Result<Vec<T>, StoreError> {
    let read = |table, columns, also| store.columns(table, columns, "subject_id", &range, also);
    let members = read("membership", &MEMBER, " AND until IS NULL").await?;
    let keys = keys(&store, &range, [Compartment::Identity, Compartment::Contact]).await?;
    let standings = read("enrolment", &STANDING, "").await?;
    let records = read("record", &RECORD, "").await?;
    on_all_cores(move || merged(&vault, [&members, &keys, &standings, &records], make)).await
}

/// Merges the tables, which are sorted by subject, and opens what this process may.
fn merged<T: Send>(vault: &Vault, [members, keys, standings, records]: [&[u8]; 4], make: fn(Latest) -> T) -> Result<Vec<T>, StoreError> {
    let mut keys = Line::all(keys, &KEY)?.into_iter().peekable();
    let mut standings = Line::all(standings, &STANDING)?.into_iter().peekable();
    let mut records = Line::all(records, &RECORD)?.into_iter().peekable();
    let mut sealed = Vec::new();
    for member in Line::all(members, &MEMBER)? {
        let subject = member.0[0];
        let (keys, standings) = (of(&mut keys, subject, |k| k.0[0]), of(&mut standings, subject, |s| s.0[0]));
        let last = of(&mut records, subject, |r| r.0[0]).pop();
        // One without keys was erased.
        if let Some(last) = last.filter(|_| !keys.is_empty()) {
            sealed.push((member, keys, standings, last));
        }
    }
    let opened = sealed.into_par_iter().with_min_len(64);
    opened
        .filter_map(|(member, keys, standings, last)| opened_one(vault, &member, &keys, &standings, &last).transpose())
        .map(|l| l.map(make))
        .collect()
}

/// What a subject last told; nothing where its identity stays closed.
fn opened_one(
    vault: &Vault,
    member: &Line<'_, 2>,
    keys: &[Line<'_, 5>],
    standings: &[Line<'_, 2>],
    last: &Line<'_, 4>,
) -> Result<Option<Latest>, StoreError> {
    let (subject, person, record) = (SubjectId(member.id(0)?), PersonId(member.id(1)?), RecordId(last.id(1)?));
    let keys = vault.subject_keys(subject, &deks(keys, subject)?)?;
    let slot = |compartment, column| record_slot(compartment, column, record, subject);
    let identity = open(vault, &keys, slot(Compartment::Identity, "sealed_identity"), last.bytes(2).map(Opaque))?;
    let Some(identity) = identity else { return Ok(None) };
    let contact = open(vault, &keys, slot(Compartment::Contact, "sealed_contact"), last.bytes(3).map(Opaque))?;
    let registries = standings.iter().map(|line| registry(line.number(1)?)).collect::<Result<_, _>>()?;
    Ok(Some(Latest { subject, person, registries, identity, contact }))
}
