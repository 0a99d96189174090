//! The index of one process follows what another commits: registrations, corrections of who is one person, decisions, and the database alone
//! tells it. Two registries opened on one database stand for two processes.

use std::collections::BTreeMap;
use std::sync::Arc;

use donor_registry::app::form::{AccountForm, InterestForm, Saved};
use donor_registry::app::{Actor, App, Circumstances, Unlock, Verdict};
use donor_registry::config::{Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::fact::Channel;
use donor_registry::domain::registry::Registry as Kind;
use donor_registry::domain::role::Roles;
use donor_registry::domain::time::Timestamp;

use crate::harness::people::Invented;
use crate::harness::program::Registry;
use crate::harness::{needed, postgres};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

async fn open(registry: &Registry) -> App {
    let sources =
        Sources { environment: registry.environment(), working_folder: registry.folder().to_owned(), command_line: BTreeMap::new() };
    let config = Config::load(&sources, Purpose::Command).unwrap();
    App::open(config, Unlock::default(), NOW).await.unwrap().app
}

fn secret(text: &str) -> Guarded<String> {
    Guarded::new(text.to_owned())
}

async fn registrar(app: &App) -> Actor {
    let form = AccountForm {
        login: "registrar".to_owned(),
        name: "登记员".to_owned(),
        password: secret("correct-horse-battery-9"),
        roles: Roles::small_branch(),
    };
    app.add_account(Actor::Console, form, NOW).await.unwrap();
    app.actor_named("registrar").await.unwrap()
}

async fn interest(app: &App, actor: Actor, key: u64, name: &str, phone: &str) {
    let form = InterestForm {
        name: secret(name),
        phone: secret(phone),
        mail: secret(""),
        registries: vec![Kind::Blood],
        consent: true,
        english: false,
    };
    let how = Circumstances {
        key: crate::harness::desk::key(key),
        fingerprint: [u8::try_from(key % 251).unwrap(); 32],
        drive: None,
        channel: Channel::Drive,
        now: NOW.plus_seconds(i64::try_from(key).unwrap()),
    };
    let saved = app.interest(actor, &form, how).await.unwrap();
    assert!(matches!(saved, Saved::As { .. }), "{saved:?}");
}

/// The public ids found by a phone.
async fn found(app: &App, phone: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        app.search(Actor::Console, &secret(phone)).await.unwrap().into_iter().map(|r| r.public_id.to_string()).collect();
    ids.sort();
    ids
}

fn two_processes_see_one_registry(registry: &Registry) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let (one, two) = (Arc::new(open(registry).await), Arc::new(open(registry).await));
        let actor = registrar(&one).await;
        let person = Invented::of(1);
        // Both indexes are filled while the registry is empty: whatever they know later came through the change feed.
        assert!(found(&one, &person.phone).await.is_empty() && found(&two, &person.phone).await.is_empty());

        interest(&one, actor, 1, &person.name, &person.phone).await;
        assert_eq!(found(&two, &person.phone).await.len(), 1);
        // The other process notices the likeness of what the first saved.
        interest(&two, actor, 2, &person.name, &person.phone).await;
        let queue = one.queue(actor).await.unwrap();
        assert_eq!(queue.len(), 1);
        assert_eq!(found(&one, &person.phone).await.len(), 2);

        let pair = one.open_pair(actor, queue[0].id, NOW).await.unwrap().pair;
        one.decide(actor, pair.id, pair.row_version, Verdict::Same, NOW.plus_seconds(10)).await.unwrap();
        assert_eq!(found(&two, &person.phone).await.len(), 1, "joined by one, known to the other");
        assert!(two.queue(actor).await.unwrap().is_empty());
        two.undo(actor, pair.id, NOW.plus_seconds(20)).await.unwrap();
        assert_eq!(found(&one, &person.phone).await.len(), 2, "taken apart by the other, known to the first");

        let pair = two.open_pair(actor, pair.id, NOW).await.unwrap().pair;
        two.decide(actor, pair.id, pair.row_version, Verdict::Different, NOW.plus_seconds(30)).await.unwrap();
        one.scan(actor, &|_, _| {}, NOW.plus_seconds(40)).await.unwrap();
        assert!(one.queue(actor).await.unwrap().is_empty(), "told apart by one, not asked again by the other");
        assert_eq!((one.known(), two.known()), (2, 2));
        one.shut().await.unwrap();
        two.shut().await.unwrap();
        assert_eq!((one.known(), two.known()), (0, 0), "a closed registry knows nobody");
    });
}

#[test]
fn the_index_follows_another_process_on_sqlite() {
    two_processes_see_one_registry(&Registry::new());
}

#[test]
#[ignore = "needs a PostgreSQL cluster"]
fn the_index_follows_another_process_on_postgresql() {
    let database = postgres::fresh(&needed("DONOR_REGISTRY_TEST_PG"));
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_DATABASE_URL", &database);
    two_processes_see_one_registry(&registry);
}
