//! How long the list pages take with everybody on file: the program itself over HTTP, one reader, the time of the last byte.
//!
//! ```text
//! cargo bench --bench lists                        # 200,000 registrants
//! LISTS_PEOPLE=20000 LISTS_ROUNDS=30 cargo bench --bench lists
//! ```
//!
//! Prints figures. It does not start where the table of routes (`tests/it/route_matrix.rs`) names a page of which is not said here whether it is a
//! list: none is forgotten. A registry of invented people is made in a temporary folder (`TMPDIR` decides which disk), follow-ups are
//! planned for all of them and duplicates looked for, so that every list has something to show.

#[path = "../registration/fill.rs"]
#[expect(dead_code, reason = "what another benchmark asks of it")]
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

use std::time::{Duration, Instant};

use donor_registry::domain::time::Timestamp;
use donor_registry::domain::town::Towns;

use harness::desk::Desk;
use harness::http::Answer;
use harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";

/// Lists that are read page by page from an address, and by whom: whoever has all working roles, the auditor, the administrator.
const LISTS: [(&str, &str); 37] = [
    ("/people", "lin"),
    ("/disclosures", "lin"),
    ("/duplicates", "lin"),
    ("/corrections", "lin"),
    ("/follow-up", "lin"),
    ("/follow-up/hand-over", "lin"),
    ("/follow-up/hands", "lin"),
    ("/follow-up/readiness", "lin"),
    ("/follow-up/doubt", "lin"),
    ("/follow-up/first-contact", "lin"),
    ("/follow-up/policy", "lin"),
    ("/follow-up/experiments", "lin"),
    ("/urgent", "lin"),
    ("/urgent/closed", "lin"),
    ("/urgent/duty", "lin"),
    ("/urgent/openings", "lin"),
    ("/outside", "lin"),
    ("/rights", "lin"),
    ("/recalls", "lin"),
    ("/import", "lin"),
    ("/drive", "lin"),
    ("/drive/self", "lin"),
    ("/drives", "lin"),
    ("/activities", "lin"),
    ("/volunteers", "lin"),
    ("/volunteers/certificates", "lin"),
    ("/callout", "lin"),
    ("/consents", "lin"),
    ("/care", "lin"),
    ("/rules", "lin"),
    ("/reports", "lin"),
    ("/reports/public", "lin"),
    ("/reports/plans", "lin"),
    ("/reports/units", "lin"),
    ("/public", "lin"),
    ("/log", "wen"),
    ("/admin", "gao"),
];

/// Addresses that lead to no list: forms, scripts, files, the frame, and previews that go through everybody because they are asked to.
const NO_LISTS: [&str; 23] = [
    "/",
    "/-/misdirected",
    "/favicon.ico",
    "/robots.txt",
    "/sign-in",
    "/nothing",
    "/account",
    "/drive/new",
    "/drive/code",
    "/activities.csv",
    "/enrol",
    "/print/organ-body",
    "/rules/proposed",
    "/follow-up/plan",
    "/follow-up/feed",
    "/follow-up/condolence",
    "/urgent/look-up",
    "/urgent/match/new",
    "/urgent/notice",
    "/urgent/notice/paper",
    "/care/aid/recipient",
    "/reports/pool.csv",
    "/reports/pool.xlsx",
];

/// Lists that are worked out in the background after a start: the page says so and comes again until they are there.
const WORKED_OUT: [&str; 2] = ["/volunteers/certificates", "/follow-up/readiness"];

/// The table of every route, which the tests hold against what is mounted.
const ROUTES: &str = include_str!("../../tests/it/route_matrix.rs");

/// Addresses of the table that take no parameter and stand in neither list here: somebody added a page and has to say which it is. And those that
/// stand here and are in the table no more.
fn unsorted() -> Vec<&'static str> {
    let told: Vec<&str> = LISTS.iter().map(|(path, _)| *path).chain(NO_LISTS).collect();
    let table = ROUTES.split("const TABLE: &str = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let mounted: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("GET ")?.split_whitespace().next()).filter(|path| !path.contains('<')).collect();
    let unknown = mounted.iter().filter(|path| !told.contains(path));
    unknown.chain(told.iter().filter(|path| !mounted.contains(path))).copied().collect()
}

/// One list is asked for no longer than this: it is told from fewer rounds then.
const LONGEST: Duration = Duration::from_secs(30);

/// Now.
pub fn now() -> Timestamp {
    Timestamp::of(std::time::SystemTime::now().into())
}

/// A line of the answer.
pub fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    // A closed pipe ends the benchmark's use, not its run.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        return;
    }
    let unsorted = unsorted();
    assert!(unsorted.is_empty(), "lists or not? say so in benches/lists/main.rs: {unsorted:?}");
    let (count, rounds) = (number("LISTS_PEOPLE", 200_000), number("LISTS_ROUNDS", 200));
    let registry = Registry::new();
    registry.add_account("lin", PASSWORD, "small-branch");
    registry.add_account("wen", PASSWORD, "auditor");
    registry.add_account("gao", PASSWORD, "administrator");
    let begun = Instant::now();
    let people = fill::fill(&registry, count);
    say(format_args!("{count} registrants on file, written in {:.0} s", begun.elapsed().as_secs_f64()));
    for command in [&["duplicates", "scan"][..], &["followup", "plan"]] {
        let begun = Instant::now();
        let output = registry.run(command);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        say(format_args!("{}: {:.0} s; {}", command.join(" "), begun.elapsed().as_secs_f64(), told.lines().last().unwrap_or_default()));
    }
    let begun = Instant::now();
    let server = registry.serve();
    say(format_args!("serve answers {:.1} s after its start", server.start_took.as_secs_f64()));

    let mut desk = Desk::sign_in(&server, "lin", PASSWORD).expect("the line holds");
    let mut auditor = Desk::sign_in(&server, "wen", PASSWORD).expect("the line holds");
    let mut administrator = Desk::sign_in(&server, "gao", PASSWORD).expect("the line holds");
    time("the first look at lists that are being worked out", 2, |round| {
        desk.client.get(WORKED_OUT.get(round).copied().unwrap_or_default()).expect("the line holds")
    });
    for list in WORKED_OUT {
        while desk.client.get(list).expect("the line holds").text().contains("http-equiv=\"refresh\"") {
            std::thread::sleep(Duration::from_millis(200));
        }
        say(format_args!("{list} is there {:.1} s after the start", begun.elapsed().as_secs_f64()));
    }
    for (list, who) in LISTS {
        let reader = match who {
            "wen" => &mut auditor,
            "gao" => &mut administrator,
            _ => &mut desk,
        };
        time(list, rounds, |_| reader.client.get(list).expect("the line holds"));
    }
    // Every further page begins where the one before it ended.
    for registry in ["", "blood", "stem-cell", "organ-body", "volunteer"] {
        let mut after = String::new();
        time(&format!("/people, page after page, {}", if registry.is_empty() { "all" } else { registry }), rounds, |_| {
            let page = desk.post("/people", "", &[("query", ""), ("registry", registry), ("after", &after)]).expect("the line holds");
            after = page.field("after").unwrap_or_default();
            page
        });
    }
    time("/people, by name and by the end of a number", rounds, |_| {
        let one = people.next().1;
        let tail: String = one.phone.chars().skip(one.phone.chars().count().saturating_sub(4)).collect();
        desk.post("/people", "", &[("query", &format!("{} {tail}", one.name))]).expect("the line holds")
    });
    time("/people, by a surname alone", rounds, |_| {
        let surname: String = people.next().1.name.chars().take(1).collect();
        desk.post("/people", "", &[("query", &surname)]).expect("the line holds")
    });
    // With numbers: one line in the log each.
    for skill in ["first-aid", "medical"] {
        time(&format!("/callout, the list by the skill {skill}"), rounds.min(20), |_| {
            desk.post("/callout", "", &[("purpose", "汛期转移"), ("skills", skill)]).expect("the line holds")
        });
    }
    // Names and numbers of whom a station asks for, anywhere: a rare group, the rarer ones together, and one of every eighth donor.
    let (towns, until) = (Towns::shipped(), (chrono::Utc::now() + chrono::Days::new(30)).date_naive().to_string());
    let towns: Vec<String> = towns.towns.iter().map(|town| town.code.0.to_string()).collect();
    for (n, (abo, rh)) in (9_000..).zip([("AB", "negative"), ("any", "negative"), ("O", "positive")]) {
        let number = format!("XZ-{n}");
        let mut wanted = vec![("number", number.as_str()), ("abo", abo), ("rh", rh), ("kind", "whole-blood"), ("until", until.as_str())];
        wanted.extend(towns.iter().map(|town| ("towns", town.as_str())));
        let opened = desk.post("/recalls", &harness::desk::key(n), &wanted).expect("the line holds");
        let list = format!("{}/list", opened.header("location").expect("the request is recorded"));
        let mut called = 0;
        time(&format!("/recalls, whom a request for {abo} {rh} calls"), rounds, |_| {
            let page = desk.post(&list, "", &[]).expect("the line holds");
            called = page.text().matches("/said\"").count();
            page
        });
        say(format_args!("{called} people are on that list"));
    }
    server.stop();
}

/// Prints how long a page takes, and how often it was no page.
fn time(what: &str, rounds: usize, mut page: impl FnMut(usize) -> Answer) {
    let (mut took, mut failed, mut bytes) = (Vec::with_capacity(rounds), 0, 0);
    let whole = Instant::now();
    for round in 0..rounds {
        if whole.elapsed() > LONGEST {
            break;
        }
        let begun = Instant::now();
        let answer = page(round);
        took.push(begun.elapsed());
        failed += usize::from(answer.status != 200);
        bytes = bytes.max(answer.body.len());
    }
    took.sort_unstable();
    let at = |share: usize| took.get((took.len() * share / 100).min(took.len().saturating_sub(1))).copied().unwrap_or_default();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    say(format_args!(
        "{what}: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms, {} KiB; {failed} of {} not shown",
        ms(at(50)),
        ms(at(99)),
        ms(at(100)),
        bytes / 1024,
        took.len()
    ));
}
