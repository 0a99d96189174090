//! The store, on both databases: every test below runs once on SQLite in a temporary folder and once on a PostgreSQL database of its own
//! (`DONOR_REGISTRY_TEST_PG` names a superuser's URL; the databases are dropped afterwards).

mod activities;
mod backups;
mod clocks;
mod deaths;
mod desk;
mod health;
mod imports;
mod leavings;
mod merging;
mod office;
mod order;
mod people;
mod queues;
mod service;
mod shifts;
mod speed;
mod standing_steps;
mod tallies;

use std::sync::Arc;

use chrono::NaiveDate;
use donor_registry::domain::Guarded;
use donor_registry::domain::contact::{Address, Contact};
use donor_registry::domain::document::Document;
use donor_registry::domain::fact::Channel;
use donor_registry::domain::id::PersonId;
use donor_registry::domain::name::PersonName;
use donor_registry::domain::national_id::{NationalId, check_character};
use donor_registry::domain::person::{BirthDate, Health, Identity, Sex};
use donor_registry::domain::phone::Phone;
use donor_registry::domain::record::{Details, RecordDraft};
use donor_registry::domain::registry::{EnrolmentStatus, Registry};
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::town::TownCode;
use donor_registry::store::{Admitted, Occasion, Origin, Place, PreparedRecord, Store, StoreError, StoreUrl, prepare};
use donor_registry::vault::{RootKey, Vault};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// A registry of its own with an opened vault.
pub struct Bench {
    pub store: Store,
    pub vault: Arc<Vault>,
    pub root: RootKey,
    pub url: StoreUrl,
    place: Site,
}

enum Site {
    Folder(tempfile::TempDir),
    Database(String),
}

/// Defines a test that runs on both databases.
macro_rules! on_both {
    ($(async fn $name:ident($bench:ident: &Bench) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($bench: &Bench) $body

            #[rocket::async_test]
            async fn on_sqlite() {
                let bench = Bench::sqlite().await;
                check(&bench).await;
                bench.end().await;
            }

            #[rocket::async_test]
            #[ignore = "needs PostgreSQL"]
            async fn on_postgresql() {
                let bench = Bench::postgres().await;
                check(&bench).await;
                bench.end().await;
            }
        }
    )+};
}
pub(crate) use on_both;

fn cluster() -> String {
    std::env::var("DONOR_REGISTRY_TEST_PG").expect("DONOR_REGISTRY_TEST_PG names a PostgreSQL superuser's URL")
}

/// The URL of another database of the same cluster.
fn of_database(name: &str) -> String {
    let cluster = cluster();
    let (server, options) = cluster.split_once('?').map_or((cluster.as_str(), None), |(s, o)| (s, Some(o)));
    let after_scheme = server.find("://").expect("a URL") + 3;
    let end = server[after_scheme..].find('/').map_or(server.len(), |i| after_scheme + i);
    let options = options.map(|o| format!("?{o}")).unwrap_or_default();
    format!("{}/{name}{options}", &server[..end])
}

impl Bench {
    pub async fn sqlite() -> Self {
        Self::at(fresh_folder()).await
    }

    pub async fn postgres() -> Self {
        Self::at(fresh_database().await).await
    }

    /// An empty place beside this one, on the same kind of database.
    pub async fn fresh_place(&self) -> Fresh {
        match self.place {
            Site::Folder(_) => fresh_folder(),
            Site::Database(_) => fresh_database().await,
        }
    }

    async fn at(Fresh { url, place }: Fresh) -> Self {
        let store = Store::open(&url).await.unwrap();
        let root = RootKey::generate().unwrap();
        let (vault, rows) = Vault::create(&root, store.deployment(), NOW).unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.put_keys(&rows).await.unwrap();
        tx.commit().await.unwrap();
        Self { store, vault: Arc::new(vault), root, url, place }
    }

    /// A connection past the program, as an intruder with the database's password has one.
    pub async fn intruder(&self) -> DatabaseConnection {
        let url = match &self.place {
            Site::Folder(folder) => format!("sqlite://{}/registry.db", folder.path().display()),
            Site::Database(name) => of_database(name),
        };
        Database::connect(url).await.unwrap()
    }

    pub async fn run_past_the_program(&self, sql: &str) {
        let db = self.intruder().await;
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    /// Registers somebody as a person of their own.
    pub async fn register(&self, draft: &RecordDraft) -> Result<Admitted, StoreError> {
        let prepared = self.prepared(draft, true);
        self.admit(prepared, Place::New(PersonId::fresh())).await
    }

    pub fn prepared(&self, draft: &RecordDraft, verified: bool) -> PreparedRecord {
        prepare(&self.vault, draft, occasion(verified)).unwrap()
    }

    pub async fn admit(&self, prepared: PreparedRecord, place: Place) -> Result<Admitted, StoreError> {
        let mut tx = self.store.begin().await?;
        let admitted = tx.admit(&self.vault, vec![(prepared, place)], None, NOW).await?.remove(0);
        tx.commit().await?;
        Ok(admitted)
    }

    pub async fn end(self) {
        self.store.close().await.unwrap();
        Fresh { url: self.url, place: self.place }.end().await;
    }
}

/// A place nothing was opened in yet.
pub struct Fresh {
    pub url: StoreUrl,
    place: Site,
}

impl Fresh {
    pub async fn end(self) {
        if let Site::Database(name) = self.place {
            let server = Database::connect(cluster()).await.unwrap();
            server.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            server.close().await.unwrap();
        }
    }
}

fn fresh_folder() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    Fresh { url: StoreUrl::folder(folder.path()), place: Site::Folder(folder) }
}

async fn fresh_database() -> Fresh {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let server = Database::connect(cluster()).await.unwrap();
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    server.close().await.unwrap();
    Fresh { url: StoreUrl::postgres(&of_database(&name)).unwrap(), place: Site::Database(name) }
}

/// 2026-11-23T08:00:00Z.
pub const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

pub fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

pub fn occasion(verified: bool) -> Occasion {
    Occasion { origin: Origin::Web, channel: Channel::Office, at: NOW, today: day(2026, 11, 23), drive: None, import: None, verified }
}

/// A name that tells the number in Chinese figures.
pub fn name_of(number: u32) -> String {
    let figures =
        number.to_string().bytes().map(|d| "零一二三四五六七八九".chars().nth(usize::from(d - b'0')).unwrap()).collect::<String>();
    format!("张{figures}")
}

/// Somebody of whom everything follows from a number.
pub fn somebody(number: u32) -> RecordDraft {
    let mut digits = format!("512002{}{:03}", 19_800_101 + (number / 1000) % 28, number % 1000).into_bytes();
    digits.push(check_character(&digits).unwrap());
    let id = NationalId::parse(std::str::from_utf8(&digits).unwrap()).unwrap();
    let identity = Identity {
        name: PersonName::parse(&name_of(number)).unwrap(),
        former_names: Vec::new(),
        sex: Some(Sex::Female),
        birth: id.birth_date().map(BirthDate::Day),
        ethnic: None,
        documents: vec![Document::National(id)],
    };
    let contact = Contact {
        salutation: None,
        phones: vec![Phone::parse(&format!("138{number:08}")).unwrap()],
        mails: Vec::new(),
        address: Some(Address { text: format!("莲花街道{number}号"), town: Some(TownCode(512_002_001)) }),
        relatives: Vec::new(),
        language: None,
    };
    RecordDraft {
        registry: Registry::Blood,
        date: Some(day(2026, 11, 1)),
        status: EnrolmentStatus::Registered,
        identity: Guarded::new(identity),
        contact: Guarded::new(contact),
        health: Guarded::new(Health::default()),
        details: Guarded::new(Details::default()),
    }
}
