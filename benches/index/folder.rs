//! A data folder of so many people, and how long it takes to open it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::NaiveDate;
use donor_registry::app::{App, Unlock};
use donor_registry::config::{Config, Purpose, Sources};
use donor_registry::domain::fact::Channel;
use donor_registry::domain::id::PersonId;
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{Occasion, Origin, Place, Store, StoreUrl, prepare};
use donor_registry::vault::{KeyFile, Vault};

use crate::people::{Crowd, in_parallel};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

/// Makes the folder where it is not there yet, and opens it.
pub fn unlock(people: usize) {
    let temporary = tempfile::tempdir().expect("the temporary folder is writable");
    let folder = std::env::var_os("INDEX_FOLDER").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a thread can be started");
    runtime.block_on(async {
        let key = folder.join("root.key");
        if !key.exists() {
            fill(&folder, &key, people).await;
        }
        let begun = Instant::now();
        let app = App::open(config(&folder, &key), Unlock::default(), NOW).await.expect("the registry opens").app;
        let opened = begun.elapsed();
        app.catch_up().await.expect("the index is filled");
        println!(
            "unlock of {} people from SQLite: {:.2} s (of these {:.2} s to open the database); most memory held {}",
            app.known(),
            begun.elapsed().as_secs_f64(),
            opened.as_secs_f64(),
            peak()
        );
        app.close().await.expect("it closes in good order");
    });
}

fn config(folder: &Path, key: &Path) -> Config {
    let sources = Sources { environment: BTreeMap::new(), working_folder: folder.to_owned(), command_line: BTreeMap::new() };
    let sources = sources.with("data", Some(folder.join("data").display())).with("key_file", Some(key.display()));
    Config::load(&sources, Purpose::Command).expect("the settings are right")
}

async fn fill(folder: &Path, key: &Path, people: usize) {
    let begun = Instant::now();
    App::open(config(folder, key), Unlock::default(), NOW).await.expect("a registry is made").app.close().await.expect("it closes");
    let store = Store::open(&StoreUrl::folder(folder.join("data"))).await.expect("the database opens");
    let KeyFile::Root(root) = KeyFile::read(key).expect("the key file is there") else { panic!("a root key was made") };
    let rows = store.keyring().await.expect("the keyring is there");
    let vault = Vault::open(&root, store.deployment(), &rows).expect("the key fits");
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    let occasion =
        Occasion { origin: Origin::Import, channel: Channel::Import, at: NOW, today, drive: None, import: None, verified: false };
    let mut crowd = Crowd::new(7);
    let mut done = 0;
    while done < people {
        let (drafts, _) = crowd.drafts((people - done).min(5_000));
        done += drafts.len();
        let prepared = in_parallel(&drafts, |draft| prepare(&vault, draft, occasion).expect("it is sealed"));
        let rows = prepared.into_iter().map(|p| (p, Place::New(PersonId::fresh()))).collect();
        let mut tx = store.begin().await.expect("the writer is free");
        tx.admit(&vault, rows, None, NOW).await.expect("they are taken in");
        tx.commit().await.expect("it is durable");
    }
    store.close().await.expect("it closes");
    println!("data folder of {people} people made in {:.0} s", begun.elapsed().as_secs_f64());
}

/// The most memory this process has held, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).map_or_else(|| "unknown".to_owned(), |l| l.trim().to_owned())
}
