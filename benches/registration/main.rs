//! The full path of a registration: check against everybody on file, seal, audit, outbox, durable commit. SQLite, `synchronous=FULL`.
//!
//! ```text
//! cargo bench --bench registration                                            a quick look (5,000 people on file)
//! cargo bench --bench registration -- --people 100000 --seconds 30 --import 10000
//! ```
//!
//! Prints figures and fails at nothing: a registry of invented people is made in a temporary folder (`TMPDIR` decides which disk), then
//! registrations go in as fast as the clients can send them, first by the use case alone, then over HTTP to the program itself, then over
//! HTTP while a sheet is being imported by another process.

mod fill;
#[path = "../../tests/it/harness/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "the tests' tools for the running program, under the tests' rules; not all of them are needed here"
)]
mod harness;
mod load;
mod options;

use std::sync::Arc;
use std::time::{Duration, Instant};

use donor_registry::app::{App, Unlock};
use donor_registry::config::{Config, Purpose, Sources};
use donor_registry::domain::time::Timestamp;

use harness::program::Registry;
use load::Series;
use options::Options;

const PASSWORD: &str = "correct-horse-battery-9";
/// Log-ins of the clients: one account may sign in ten times in a quarter of an hour.
const ACCOUNTS: usize = 4;

/// Now.
pub fn now() -> Timestamp {
    Timestamp::of(std::time::SystemTime::now().into())
}

fn main() {
    let Some(options) = Options::read() else { return };
    let registry = Registry::new();
    say(format_args!("disk: one write of 4 KiB made durable takes {:.2} ms (median of 200)", fsync(registry.folder()).as_secs_f64() * 1e3));
    for n in 0..ACCOUNTS {
        registry.add_account(&account(n), PASSWORD, "recruiter");
    }
    let begun = Instant::now();
    let people = fill::fill(&registry, options.people);
    say(format_args!("{} people on file, written in {:.1} s", options.people, begun.elapsed().as_secs_f64()));

    by_the_use_case(&registry, &options, &people);
    over_http(&registry, &options, &people);
}

/// A line of the answer.
pub fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    // A closed pipe ends the benchmark's use, not its run.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn account(n: usize) -> String {
    format!("recruiter{n}")
}

fn config(registry: &Registry) -> Config {
    let sources = Sources {
        environment: registry.environment(),
        working_folder: registry.folder().to_owned(),
        command_line: std::collections::BTreeMap::new(),
    };
    Config::load(&sources, Purpose::Command).expect("the settings of a benchmark are right")
}

fn by_the_use_case(registry: &Registry, options: &Options, people: &fill::Newcomers) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    runtime.block_on(async {
        let app = App::open(config(registry), Unlock::default(), now()).await.expect("the registry opens").app;
        let begun = Instant::now();
        app.catch_up().await.expect("the index is filled");
        say(format_args!("unlock: the index over everybody was filled in {:.2} s", begun.elapsed().as_secs_f64()));
        let app = Arc::new(app);
        for clients in [1, options.clients] {
            let series = load::by_the_use_case(&app, people, clients, Duration::from_secs(options.seconds)).await;
            series.tell(&format!("use case, {clients} clients"));
        }
        app.shut().await.expect("it closes in good order");
    });
}

fn over_http(registry: &Registry, options: &Options, people: &fill::Newcomers) {
    let server = registry.serve();
    say(format_args!("serve answers {:.1} s after its start", server.start_took.as_secs_f64()));
    let desks = load::desks(&server, options.clients, |n| account(n % ACCOUNTS), PASSWORD);
    let length = Duration::from_secs(options.seconds);
    let (desks, series) = load::over_http(desks, people, || load::after(length));
    series.tell(&format!("HTTP, {} clients", options.clients));
    if options.import > 0 {
        let file = fill::sheet(registry, people, options.import);
        let begun = Instant::now();
        let mut child = registry
            .command(&["import", &file.to_string_lossy(), "--registry", "volunteer"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("cargo built the program");
        let (_, series): (_, Series) = load::over_http(desks, people, || {
            let status = child.wait().expect("our own child can be waited for");
            say(format_args!("import of {} rows: {:.1} s, {status}", options.import, begun.elapsed().as_secs_f64()));
        });
        series.tell(&format!("HTTP, {} clients, while the rows were imported", options.clients));
    }
    server.stop();
}

/// What the disk takes for a durable write.
fn fsync(folder: &std::path::Path) -> Duration {
    use std::io::Write;
    let path = folder.join("fsync");
    let mut file = std::fs::File::create(&path).expect("the temporary folder is writable");
    let mut took: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("the disk takes writes");
            begun.elapsed()
        })
        .collect();
    std::fs::remove_file(&path).expect("our own file can be removed");
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default()
}
