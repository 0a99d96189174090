//! Logs without personal data, and the panic hook. A leaf: imports no other room.
//!
//! Logs go to stderr as text. What may speak is an allow-list: our own crates, and the database driver from warnings on. Everything
//! else is silent, because libraries quote what they choke on: Rocket 0.5.2 prints query strings and failed form values even at its
//! highest level, spreadsheet readers print cells, mail clients print addresses.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the logs and the panic hook. `level` is the text of `DONOR_REGISTRY_LOG`: `off`, `error`, `warn`, `info` (default), `debug`, `trace`;
/// it moves our own lines only, never the cap on libraries. Text that is no level counts as `info`. A second call changes nothing.
pub fn start(level: Option<&str>) {
    let level = level.and_then(|l| l.trim().parse::<LevelFilter>().ok()).unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).with_target(false);
    // Also takes the place of the `log` crate's logger: without that Rocket would install one of its own that prints requests.
    let _already_started = tracing_subscriber::registry().with(allowed(level)).with(lines).try_init();
    std::panic::set_hook(Box::new(say_where));
}

/// Who may speak, and from which level on. Crates that are not named say nothing.
fn allowed(own: LevelFilter) -> Targets {
    Targets::new()
        .with_target("donor_registry", own)
        .with_target("migrations", own)
        .with_target("sea_orm", LevelFilter::WARN)
        .with_target("sea_orm_migration", LevelFilter::WARN)
        .with_target("sqlx", LevelFilter::WARN)
        // The text of a server's notice or of a slow statement may carry values.
        .with_target("sqlx::postgres::notice", LevelFilter::OFF)
        .with_target("sqlx::query", LevelFilter::OFF)
}

/// Prints where the program panicked and on which thread; never the payload, which may quote what a person wrote.
fn say_where(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("unnamed");
    match panic.location() {
        Some(place) => tracing::error!(
            "panic at {}:{}:{} on thread {name}; the message is withheld, since it may hold personal data",
            place.file(),
            place.line(),
            place.column()
        ),
        None => tracing::error!("panic at an unknown place on thread {name}; the message is withheld, since it may hold personal data"),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CANARY: &str = "张金丝雀13800138000";
    const ROLE: &str = "DONOR_REGISTRY_TEST_TELEMETRY_CHILD";

    /// Runs one test of this binary as a process of its own, since hooks and loggers are the whole process's.
    fn child(test: &str, role: &str) -> String {
        let exe = std::env::current_exe().unwrap();
        let out = Command::new(exe).args(["--exact", test, "--nocapture", "--test-threads=1"]).env(ROLE, role).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
    }

    fn is_child(role: &str) -> bool {
        std::env::var(ROLE).is_ok_and(|r| r == role)
    }

    #[test]
    fn a_panic_prints_its_place_and_never_its_message() {
        if is_child("panic") {
            start(None);
            let died = std::thread::Builder::new().name("worker-7".to_owned()).spawn(|| panic!("cannot read {CANARY}")).unwrap().join();
            assert!(died.is_err());
            let text: Result<u32, String> = Err(CANARY.to_owned());
            let died = std::panic::catch_unwind(|| text.expect("a number"));
            assert!(died.is_err());
            return;
        }
        let said = child("telemetry::tests::a_panic_prints_its_place_and_never_its_message", "panic");
        assert!(said.contains("panic at src/telemetry.rs:") && said.contains("worker-7"), "{said}");
        assert!(said.contains("test result: ok. 1 passed"), "{said}");
        assert!(!said.contains(CANARY) && !said.contains("13800138000"), "{said}");
    }

    #[test]
    fn libraries_that_quote_their_input_are_silent_and_our_own_lines_are_heard() {
        if is_child("levels") {
            start(Some("debug"));
            tracing::debug!("own line at debug");
            tracing::error!(target: "rocket::server", "No matching routes for GET /search?name={CANARY}");
            tracing::error!(target: "rocket::launch", "{CANARY}");
            tracing::warn!(target: "hyper::proto", "{CANARY}");
            tracing::error!(target: "calamine::xlsx", "{CANARY}");
            tracing::error!(target: "lettre", "{CANARY}");
            tracing::warn!(target: "sqlx::query", "{CANARY}");
            tracing::warn!(target: "sqlx::postgres::notice", "{CANARY}");
            tracing::warn!(target: "sea_orm", "database line at warn");
            tracing::info!(target: "sea_orm", "database line at info");
            return;
        }
        let said = child("telemetry::tests::libraries_that_quote_their_input_are_silent_and_our_own_lines_are_heard", "levels");
        assert!(said.contains("own line at debug") && said.contains("database line at warn"), "{said}");
        assert!(!said.contains("database line at info"), "{said}");
        assert!(!said.contains(CANARY), "{said}");
    }
}
