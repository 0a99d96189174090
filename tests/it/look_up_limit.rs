//! The limit of the look-up: counted from the log, so that two processes of one registry share it.

use std::sync::Arc;

use donor_registry::app::{Actor, App, AppError, Found, LookUpWhy, Unlock};
use donor_registry::config::{Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::time::Timestamp;

use crate::harness::needed;
use crate::harness::postgres;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const HOUR: i64 = 3_600;

async fn open(registry: &Registry) -> Arc<App> {
    let sources = Sources { environment: registry.environment(), working_folder: registry.folder().to_owned(), ..Sources::default() };
    let config = Config::load(&sources, Purpose::Command).unwrap();
    Arc::new(App::open(config, Unlock::default(), NOW).await.unwrap().app)
}

async fn ask(app: &App, actor: Actor, seconds: i64) -> Result<Found, AppError> {
    let document = Guarded::new("11010519491231002X".to_owned());
    app.look_up(actor, &document, LookUpWhy::Donation, "A-1", NOW.plus_seconds(seconds)).await
}

fn again(asked: Result<Found, AppError>) -> i64 {
    match asked {
        Err(AppError::AskedTooOften { again }) => (again.0 - NOW.0) / 1_000_000,
        other => panic!("{other:?}"),
    }
}

fn the_limit_is_shared(registry: &mut Registry) {
    registry.set("DONOR_REGISTRY_LOOKUPS_PER_HOUR", "3");
    registry.add_account("he", PASSWORD, "coordinator");
    registry.add_account("wang", PASSWORD, "coordinator");
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let (one, two) = (open(registry).await, open(registry).await);
        let (he, wang) = (one.actor_named("he").await.unwrap(), one.actor_named("wang").await.unwrap());
        for (app, at) in [(&one, 0), (&two, 60), (&one, 120)] {
            assert!(matches!(ask(app, he, at).await, Ok(Found::No)));
        }
        assert_eq!(again(ask(&two, he, 180).await), HOUR, "the first question is an hour old then");
        assert_eq!(again(ask(&one, he, HOUR - 1).await), HOUR, "a refusal uses nothing up");
        assert!(ask(&two, wang, 180).await.is_ok(), "everybody has questions of their own");
        assert!(ask(&two, he, HOUR).await.is_ok());
        assert_eq!(again(ask(&one, he, HOUR + 30).await), HOUR + 60, "the window moves");
        let short = one.look_up(he, &Guarded::new("1101".to_owned()), LookUpWhy::Donation, "A-1", NOW.plus_seconds(HOUR + 40)).await;
        assert!(matches!(short, Err(AppError::Input { field: "document", .. })), "what cannot be a number is no question");

        // Many at once from both processes: no more get through than the limit.
        let mut asked = Vec::new();
        for n in 0..8 {
            let app = Arc::clone(if n % 2 == 0 { &one } else { &two });
            asked.push(tokio::spawn(async move { ask(&app, he, 5 * HOUR).await.is_ok() }));
        }
        let mut answered = 0;
        for asked in asked {
            answered += u32::from(asked.await.unwrap());
        }
        assert_eq!(answered, 3);
        let log = one.log_page(Actor::Console, None, 100).await.unwrap();
        let count = |action: &str| log.iter().filter(|e| e.action == action).count();
        assert_eq!((count("lookup.ask"), count("lookup.refused")), (8, 8), "every question and every refusal is in the log");
        one.shut().await.unwrap();
        two.shut().await.unwrap();
    });
}

#[test]
fn one_limit_holds_over_two_processes_on_sqlite() {
    the_limit_is_shared(&mut Registry::new());
}

#[test]
#[ignore = "needs a PostgreSQL cluster"]
fn one_limit_holds_over_two_processes_on_postgresql() {
    let database = postgres::fresh(&needed("DONOR_REGISTRY_TEST_PG"));
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_DATABASE_URL", &database);
    the_limit_is_shared(&mut registry);
}
