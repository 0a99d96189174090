//! What planning and queueing cost for people who are all due.
//!
//! ```text
//! cargo bench --bench follow                       100,000 people
//! FOLLOW_PEOPLE=5000 cargo bench --bench follow    a quick look
//! ```
//!
//! A registry of invented volunteers who joined thirteen months ago, each with a mail address, is made in a temporary folder (`TMPDIR`
//! decides which disk). Everybody's contact check is due: it is planned without storing, planned and stored, and put into the outbox. Nothing
//! is sent: the hourly limit is nought. Prints figures and fails only where somebody who is due is not planned or not queued.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use donor_registry::app::demo::people::{Dice, invent};
use donor_registry::app::{Actor, App, Unlock};
use donor_registry::config::{Config, MailRoute, Pace, Purpose, Sources};
use donor_registry::domain::fact::Channel;
use donor_registry::domain::id::PersonId;
use donor_registry::domain::record::RecordDraft;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::town::Towns;
use donor_registry::store::{Occasion, Origin, Place, Store, StoreUrl, prepare};
use donor_registry::vault::{KeyFile, Vault};
use rayon::prelude::*;

/// 2026-11-23T02:00:00Z: ten in the morning in the branch's zone.
const NOW: Timestamp = Timestamp(1_795_399_200_000_000);
const BATCH: usize = 5_000;

fn main() {
    let people = std::env::var("FOLLOW_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir().expect("the temporary folder is writable");
    let folder = temporary.path();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread can be started");
    runtime.block_on(async {
        let begun = Instant::now();
        fill(folder, people).await;
        println!("{people} people on file, written in {:.0} s", begun.elapsed().as_secs_f64());
        let app = App::open(config(folder), Unlock::default(), NOW).await.expect("the registry opens").app;
        let today = app.today(NOW);
        let timed = async |dry_run: bool| {
            let begun = Instant::now();
            let plan = app.plan(Actor::Console, today, 1, dry_run, NOW).await.expect("it is planned");
            assert!(plan.planned >= people as u64, "{} of {people} people who are due are planned", plan.planned);
            (plan.planned, begun.elapsed())
        };
        let (planned, looked) = timed(true).await;
        let (_, stored) = timed(false).await;
        let s = |took: Duration| format!("{:.1} s", took.as_secs_f64());
        println!("{planned} contacts planned in {} (everybody opened and judged), planned and stored in {}", s(looked), s(stored));
        let begun = Instant::now();
        let tally = app.send(Actor::Console, today + Days::new(31), false, NOW, &mut |_, _| {}).await.expect("it is queued");
        let queued = begun.elapsed();
        assert!(tally.sent == 0 && tally.queued >= people as u64, "{tally:?}");
        println!("{} mails queued in {} (everybody opened again, each contact judged, outbox written)", tally.queued, s(queued));
        app.close().await.expect("it closes in good order");
    });
}

fn config(folder: &Path) -> Config {
    let sources = Sources { working_folder: folder.to_owned(), ..Sources::default() }
        .with("data", Some(folder.join("data").display()))
        .with("key_file", Some(folder.join("root.key").display()))
        // Links in mails are made with it.
        .with("public_url", Some("https://registry.example"));
    let mut config = Config::load(&sources, Purpose::Command).expect("the settings are right");
    config.mail.route = MailRoute::Folder(folder.join("mails"));
    // Queued, and then no mail more: writing them is not what is measured.
    config.mail.pace = Some(Pace { per_hour: 0, per_day: None, seconds_between: 0 });
    config
}

fn volunteer(dice: &mut Dice, towns: &Towns, today: NaiveDate, joined: NaiveDate) -> RecordDraft {
    loop {
        let draft = invent(dice, towns, today).and_then(|p| p.draft(dice, towns, Registry::Volunteer, today));
        if let Some(mut draft) = draft.filter(|d| !d.contact.reveal().mails.is_empty()) {
            draft.date = Some(joined);
            return draft;
        }
    }
}

async fn fill(folder: &Path, people: usize) {
    App::open(config(folder), Unlock::default(), NOW).await.expect("a registry is made").app.close().await.expect("it closes");
    let store = Store::open(&StoreUrl::folder(folder.join("data"))).await.expect("the database opens");
    let KeyFile::Root(root) = KeyFile::read(&folder.join("root.key")).expect("the key file is there") else {
        panic!("a root key was made")
    };
    let vault = Vault::open(&root, store.deployment(), &store.keyring().await.expect("it has keys")).expect("the key fits");
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    let joined = today - Days::new(396);
    let (towns, mut dice) = (Towns::shipped(), Dice::new(20_261_123));
    let occasion = Occasion { origin: Origin::Web, channel: Channel::Office, at: NOW, today, drive: None, import: None, verified: false };
    let mut done = 0;
    while done < people {
        let drafts: Vec<RecordDraft> = (0..BATCH.min(people - done)).map(|_| volunteer(&mut dice, &towns, today, joined)).collect();
        done += drafts.len();
        let rows =
            drafts.par_iter().map(|d| (prepare(&vault, d, occasion).expect("it is sealed"), Place::New(PersonId::fresh()))).collect();
        let mut tx = store.begin().await.expect("the writer is free");
        tx.admit(&vault, rows, None, NOW).await.expect("they are taken in");
        tx.commit().await.expect("it is durable");
    }
    store.close().await.expect("it closes");
}
