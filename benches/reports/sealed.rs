//! Loading the facts from a sealed database.

use std::time::Instant;

use donor_registry::domain::fact::Fact;
use donor_registry::domain::time::Timestamp;
use donor_registry::reports::facts::FactBook;
use donor_registry::store::{Store, StoreUrl, prepare_fact};
use donor_registry::vault::{RootKey, Vault};
use rayon::prelude::*;

/// Facts a transaction.
const BATCH: usize = 50_000;

/// Writes the facts sealed, then measures how long it takes until they can be counted: read, opened, indexed.
pub fn measure(facts: &[Fact]) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    runtime.block_on(async {
        let store = Store::open(&StoreUrl::folder(folder.path())).await.expect("a new database");
        let root = RootKey::create(&folder.path().join("root.key")).expect("a new key file");
        let (vault, rows) = Vault::create(&root, store.deployment(), Timestamp(0)).expect("a new keyring");
        let mut tx = store.begin().await.expect("nobody else writes");
        tx.put_keys(&rows).await.expect("the table is there");
        tx.commit().await.expect("the disk has room");
        let begin = Instant::now();
        for batch in facts.chunks(BATCH) {
            let sealed: Vec<_> = batch.par_iter().map(|f| prepare_fact(&vault, f).expect("the key is there")).collect();
            let mut tx = store.begin().await.expect("nobody else writes");
            tx.put_facts(sealed).await.expect("the table is there");
            tx.commit().await.expect("the disk has room");
        }
        eprintln!("{} facts sealed and written in {:.1} s", facts.len(), begin.elapsed().as_secs_f64());
        let vault = std::sync::Arc::new(vault);
        let begin = Instant::now();
        let mut read = Vec::new();
        store.facts(&vault, |fact| read.push(fact)).await.expect("the facts are there");
        let opened = begin.elapsed();
        let book = FactBook::new(read);
        let all = begin.elapsed().as_secs_f64();
        eprintln!("{book:?} loaded from the sealed database in {all:.2} s ({:.2} s of it reading and opening)", opened.as_secs_f64());
        let begin = Instant::now();
        store.count_facts().await.expect("the facts are there");
        eprintln!("looking whether facts came since: {:.3} s", begin.elapsed().as_secs_f64());
        store.close().await.expect("it closes in good order");
    });
}
