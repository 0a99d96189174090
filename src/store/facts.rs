//! Every statistics fact, for filling the book of facts: read in pages, opened on all cores while the next pages are read.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::domain::fact::Fact;
use crate::domain::id::FactId;
use crate::vault::{Sealed, Vault};

use super::connect::Store;
use super::error::StoreError;
use super::pages::{AHEAD, Line, Told, parameters};

/// Facts a page: a megabyte or two.
const PAGE: i64 = 8_192;
const FACT: [Told; 2] = [Told::Id("id"), Told::Bytes("sealed")];

/// Where the facts of a page lie.
enum Part {
    /// Rows behind the first number up to the second, as SQLite numbers them: one beside the other in the file. By their random ids each row lies
    /// somewhere else, and nearly every one is a page of the file read for itself.
    Rows(i64, i64),
    /// Ids behind the first up to the second, or all of them.
    Ids(Uuid, Option<Uuid>),
}

/// The parts of the table, one after the other.
struct Parts<'a> {
    store: &'a Store,
    /// Up to where there are rows, where they are numbered.
    last: Option<i64>,
    row: i64,
    id: Uuid,
    ended: bool,
}

impl<'a> Parts<'a> {
    async fn of(store: &'a Store) -> Result<Self, StoreError> {
        let mut last = None;
        if store.backend == DbBackend::Sqlite {
            let all = Statement::from_string(store.backend, "SELECT max(rowid) FROM fact");
            let row = store.reader.query_one_raw(all).await?;
            last = Some(row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0));
        }
        Ok(Self { store, last, row: 0, id: Uuid::nil(), ended: false })
    }

    async fn next(&mut self) -> Result<Option<Part>, StoreError> {
        if let Some(last) = self.last {
            let after = self.row;
            self.row += PAGE;
            return Ok((after < last).then_some(Part::Rows(after, self.row)));
        }
        if self.ended {
            return Ok(None);
        }
        let (after, end) = (self.id, self.store.page_end("fact", self.id, PAGE).await?);
        match end {
            Some(end) => self.id = end,
            None => self.ended = true,
        }
        Ok(Some(Part::Ids(after, end)))
    }
}

impl Store {
    /// Every statistics fact, opened, in no order that tells anything, page by page to `each`.
    pub async fn facts(&self, vault: &Arc<Vault>, mut each: impl FnMut(Fact)) -> Result<(), StoreError> {
        let mut parts = Parts::of(self).await?;
        let mut coming = VecDeque::with_capacity(AHEAD);
        loop {
            while coming.len() < AHEAD {
                let Some(part) = parts.next().await? else { break };
                coming.push_back(tokio::spawn(page(self.clone(), Arc::clone(vault), part)));
            }
            let Some(page) = coming.pop_front() else { return Ok(()) };
            page.await.map_err(|_| StoreError::Damaged("fact"))??.into_iter().for_each(&mut each);
        }
    }
}

/// Reads the facts of a part and opens them on rayon's threads.
async fn page(store: Store, vault: Arc<Vault>, part: Part) -> Result<Vec<Fact>, StoreError> {
    let [first, last] = parameters(store.backend);
    let statement =
        |column: &str| format!("SELECT {} FROM fact WHERE {column} > {first} AND {column} <= {last}", Told::page(&FACT, store.backend));
    let rows = match part {
        Part::Rows(after, end) => Statement::from_sql_and_values(store.backend, statement("rowid"), [after.into(), end.into()]),
        Part::Ids(after, end) => {
            Statement::from_sql_and_values(store.backend, statement("id"), [after.into(), end.unwrap_or(Uuid::max()).into()])
        }
    };
    let facts = store.page(rows).await?;
    let (send, receive) = oneshot::channel();
    rayon::spawn(move || {
        // Whoever asked may have gone meanwhile.
        let _ = send.send(opened(&vault, &facts));
    });
    receive.await.map_err(|_| StoreError::Damaged("fact"))?
}

fn opened(vault: &Vault, page: &[u8]) -> Result<Vec<Fact>, StoreError> {
    // By their random ids, so that nobody learns from the order which were recorded together.
    let lines = Line::all(page, &FACT)?;
    let open = |line: &Line<'_, 2>| {
        let sealed = line.bytes(1).ok_or(StoreError::Damaged("fact"))?;
        Ok(vault.unseal_fact(FactId(line.id(0)?), &Sealed::from_bytes(sealed))?)
    };
    lines.par_iter().with_min_len(64).map(open).collect()
}
