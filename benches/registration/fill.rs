//! Invented people: those on file before the clients come, and those who come.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use donor_registry::app::demo::people::{Dice, invent};
use donor_registry::domain::fact::Channel;
use donor_registry::domain::id::PersonId;
use donor_registry::domain::record::RecordDraft;
use donor_registry::domain::registry::Registry as Kind;
use donor_registry::domain::town::Towns;
use donor_registry::store::{Occasion, Origin, Place, Store, StoreUrl, prepare};
use donor_registry::vault::{KeyFile, Vault};
use rayon::prelude::*;

use crate::harness::program::Registry;
use crate::now;

const BATCH: usize = 500;

/// Somebody at the table.
#[derive(Clone)]
pub struct Newcomer {
    pub name: String,
    pub phone: String,
    /// Some have none.
    pub mail: String,
    pub document: String,
}

/// People who are not on file yet; each is handed out once.
pub struct Newcomers {
    people: Vec<Newcomer>,
    next: AtomicUsize,
}

impl Newcomers {
    /// The next one, with a number that no other has.
    pub fn next(&self) -> (usize, Newcomer) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number, self.people.get(number % self.people.len()).expect("there are some").clone())
    }
}

fn somebody(dice: &mut Dice, towns: &Towns, kind: Kind) -> RecordDraft {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    loop {
        if let Some(draft) = invent(dice, towns, today).and_then(|p| p.draft(dice, towns, kind, today)) {
            return draft;
        }
    }
}

/// Puts `count` people on file, as the store takes them, and invents those who will come.
pub fn fill(registry: &Registry, count: usize) -> Newcomers {
    let KeyFile::Root(root) = KeyFile::read(&registry.folder().join("key/root.key")).expect("the key file was made with the first account")
    else {
        unreachable!("a new key file holds a root key")
    };
    let towns = Towns::shipped();
    let mut dice = Dice::new(20_261_123);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    runtime.block_on(async {
        let store = Store::open(&StoreUrl::folder(registry.data())).await.expect("the registry opens");
        let vault = Vault::open(&root, store.deployment(), &store.keyring().await.expect("it has keys")).expect("the keys open");
        let kinds = [Kind::Blood, Kind::StemCell, Kind::OrganBody, Kind::Volunteer];
        let mut left = count;
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            let drafts: Vec<RecordDraft> = (0..batch).map(|n| somebody(&mut dice, &towns, kinds[n % kinds.len()])).collect();
            let occasion = Occasion {
                origin: Origin::Web,
                channel: Channel::Office,
                at: now(),
                today: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date"),
                drive: None,
                import: None,
                // Invented numbers repeat now and then; a claim is exclusive.
                verified: false,
            };
            let ready =
                drafts.par_iter().map(|draft| (prepare(&vault, draft, occasion).expect("sealed"), Place::New(PersonId::fresh()))).collect();
            let mut tx = store.begin().await.expect("a transaction");
            tx.admit(&vault, ready, None, now()).await.expect("taken in");
            tx.commit().await.expect("durable");
        }
        store.close().await.expect("it closes in good order");
    });
    let mut fresh = Dice::new(7);
    let people = (0..100_000)
        .map(|_| {
            let draft = somebody(&mut fresh, &towns, Kind::StemCell);
            let (identity, contact) = (draft.identity.reveal(), draft.contact.reveal());
            Newcomer {
                name: identity.name.as_str().to_owned(),
                phone: contact.phones.first().map(|p| p.as_str().to_owned()).unwrap_or_default(),
                mail: contact.mails.first().map(|m| m.as_str().to_owned()).unwrap_or_default(),
                document: identity.documents.first().map(|d| d.number().to_owned()).unwrap_or_default(),
            }
        })
        .collect();
    Newcomers { people, next: AtomicUsize::new(0) }
}

/// A roster of people who are not on file, as a sheet.
pub fn sheet(registry: &Registry, people: &Newcomers, rows: usize) -> PathBuf {
    let mut text = String::from("姓名,身份证号码,联系电话,电子邮箱\n");
    for _ in 0..rows {
        let Newcomer { name, phone, mail, document } = people.next().1;
        text += &format!("{name},{document},{phone},{mail}\n");
    }
    let file = registry.folder().join("roster.csv");
    std::fs::write(&file, text).expect("the temporary folder is writable");
    file
}
