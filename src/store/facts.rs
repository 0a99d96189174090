//! Every statistics fact, for filling the book of facts: read in pages, opened on all cores while the next pages are read.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::domain::fact::Fact;
use crate::domain::id::FactId;
use crate::vault::{Sealed, Vault};

use super::connect::Store;
use super::error::StoreError;
use super::hex;
use super::pages::{AHEAD, bytes_text, id_text, parameters};

/// Facts a page: some megabytes of text.
const PAGE: i64 = 8_192;
/// Digits of an id.
const ID: usize = 32;

impl Store {
    /// Every statistics fact, opened, in the order of their random ids, page by page to `each`.
    pub async fn facts(&self, vault: &Arc<Vault>, mut each: impl FnMut(Fact)) -> Result<(), StoreError> {
        let (mut after, mut ended) = (Uuid::nil(), false);
        let mut coming = VecDeque::with_capacity(AHEAD);
        loop {
            while !ended && coming.len() < AHEAD {
                let end = self.page_end("fact", after, PAGE).await?;
                coming.push_back(tokio::spawn(page(self.clone(), Arc::clone(vault), after, end)));
                match end {
                    Some(end) => after = end,
                    None => ended = true,
                }
            }
            let Some(page) = coming.pop_front() else { return Ok(()) };
            page.await.map_err(|_| StoreError::Damaged("fact"))??.into_iter().for_each(&mut each);
        }
    }
}

/// Reads the facts behind `after` up to `end`, or all of them, and opens them on rayon's threads.
async fn page(store: Store, vault: Arc<Vault>, after: Uuid, end: Option<Uuid>) -> Result<Vec<Fact>, StoreError> {
    let [first, last] = parameters(store.backend);
    let (id, sealed) = (id_text(store.backend, "id"), bytes_text(store.backend, "sealed"));
    let statement = format!("SELECT string_agg({id} || {sealed}, ';') FROM fact WHERE id > {first} AND id <= {last}");
    let text = store.page_text(statement, after, end).await?;
    let (send, receive) = oneshot::channel();
    rayon::spawn(move || {
        // Whoever asked may have gone meanwhile.
        let _ = send.send(opened(&vault, &text));
    });
    receive.await.map_err(|_| StoreError::Damaged("fact"))?
}

fn opened(vault: &Vault, text: &str) -> Result<Vec<Fact>, StoreError> {
    // The order of a page's rows is not asked of the database, which would sort them a second time.
    let mut lines: Vec<&str> = text.split(';').filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    let open = |line: &&str| {
        let (id, sealed) = line.split_at_checked(ID).ok_or(StoreError::Damaged("fact"))?;
        let id = Uuid::try_parse(id).map_err(|_| StoreError::Damaged("fact"))?;
        let sealed = hex::decode(sealed).ok_or(StoreError::Damaged("fact"))?;
        Ok(vault.unseal_fact(FactId(id), &Sealed::from_bytes(sealed))?)
    };
    lines.par_iter().with_min_len(64).map(open).collect()
}
