//! The sender and returned mails from outside: a registry of volunteers, a recording mail server, kill -9, two processes, bounces.
//!
//! More of it: `DONOR_REGISTRY_TEST_SENDER_KILLS=200 DONOR_REGISTRY_TEST_MAILS=20000 cargo test --test it followup_desk -- --include-ignored`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use chrono::{Timelike, Utc};
use donor_registry::app::{Actor, App};
use donor_registry::domain::time::Timestamp;

use crate::harness::dice::Dice;
use crate::harness::program::Registry;
use crate::harness::sink::{Sink, Stage, Taken};

pub fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// A zone in which it is about noon, so that quiet hours do not stop the test at night.
fn noon() -> String {
    let hour = i64::from(Utc::now().hour());
    match 12 - hour {
        0 => "Etc/UTC".to_owned(),
        // POSIX signs: Etc/GMT-8 lies east.
        east if east > 0 => format!("Etc/GMT-{east}"),
        west => format!("Etc/GMT+{}", -west),
    }
}

/// The shipped policy without its closed days: these tests run on whatever day it is.
fn on_any_day() -> String {
    let open = |line: &&str| !line.starts_with("closed_days") && !line.starts_with("closed_holidays");
    include_str!("../../rules/followup.toml").lines().filter(open).collect::<Vec<_>>().join("\n")
}

/// A registry of volunteers who joined more than a year ago, each with a mail address and a phone, released for contact and planned.
fn office(people: usize, sink: &Sink, database: Option<&str>) -> Registry {
    office_with(people, sink, database, None)
}

/// As [`office`], with a policy of the office's own in the place of the shipped one, else with that one's rules on any day.
pub fn office_with(people: usize, sink: &Sink, database: Option<&str>, rules: Option<&str>) -> Registry {
    let mut registry = Registry::new();
    let folder = registry.folder().join("rules");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("followup.toml"), rules.map_or_else(on_any_day, ToOwned::to_owned)).unwrap();
    registry.set("DONOR_REGISTRY_RULES", &folder.to_string_lossy());
    for (key, value) in [
        ("DONOR_REGISTRY_ZONE", noon().as_str()),
        ("DONOR_REGISTRY_SMTP_MODE", "smtp"),
        ("DONOR_REGISTRY_SMTP_HOST", "127.0.0.1"),
        ("DONOR_REGISTRY_SMTP_PORT", sink.port.to_string().as_str()),
        ("DONOR_REGISTRY_SMTP_SECURITY", "none"),
        ("DONOR_REGISTRY_SMTP_PER_HOUR", "0"),
        ("DONOR_REGISTRY_SMTP_FROM", "office@redcross.example"),
        ("DONOR_REGISTRY_SMTP_BOUNCE_DOMAIN", "bounce.redcross.example"),
        ("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000"),
    ] {
        registry.set(key, value);
    }
    if let Some(database) = database {
        registry.set("DONOR_REGISTRY_DATABASE_URL", database);
    }
    let joined = Utc::now().date_naive() - chrono::Days::new(500);
    let mut sheet = String::from("姓名,性别,手机,邮箱,加入日期\n");
    for n in 0..people {
        // Nobody's name comes twice: two of one name with numbers a digit apart would be taken for one person.
        let steps = if people > 8_000 { &[8_000, 400, 20, 1][..] } else { &[400, 20, 1][..] };
        let name: String = steps.iter().map(|by| "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗".chars().nth(n / by % 20).unwrap()).collect();
        sheet.push_str(&format!("{name},女,1640{n:07},p{n}@far.example,{joined}\n"));
    }
    std::fs::write(registry.folder().join("roster.csv"), sheet).unwrap();
    registry.done(&["import", "roster.csv", "--registry", "volunteer"]);
    registry.add_account("boss", "correct-horse-battery-9", "manager");
    let preview = registry.done(&["followup", "first-contact", "--json"]);
    let preview: serde_json::Value = serde_json::from_str(&preview).unwrap();
    let count = preview["people"].as_u64().unwrap();
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", &count.to_string()]);
    registry.done(&["followup", "plan", "--months", "1"]);
    registry
}

pub fn send(registry: &Registry) -> serde_json::Value {
    serde_json::from_str(&registry.done(&["followup", "send", "--json"])).unwrap()
}

pub fn in_an_hour() -> Timestamp {
    Timestamp::of(Utc::now()).plus_seconds(3_600)
}

/// Sends in this process as of an hour from now, when every lease of a killed sender has run out.
pub fn send_later(registry: &Registry) {
    registry.look(|app: std::sync::Arc<App>| async move {
        let now = in_an_hour();
        app.send(Actor::Console, app.today(now), false, now, &mut |_, _| {}).await.unwrap();
    });
}

fn by_message(taken: &[Taken]) -> BTreeMap<String, Vec<&Taken>> {
    let mut all: BTreeMap<String, Vec<&Taken>> = BTreeMap::new();
    for mail in taken {
        all.entry(mail.to.clone()).or_default().push(mail);
    }
    all
}

#[test]
fn after_kill_nine_of_the_sender_no_mail_is_lost_and_a_second_copy_carries_the_same_message_id() {
    let kills = number("DONOR_REGISTRY_TEST_SENDER_KILLS", 4);
    let people = kills * 12 + 10;
    let sink = Sink::start(Duration::from_millis(3));
    let registry = office(people, &sink, None);
    let mut dice = Dice::new(9);
    let mut stopped = 0;
    for kill in 0..kills {
        let begun = sink.taken().len();
        // One time in two at a step of the conversation, each in its turn; else at any moment between its start and some mails after the first.
        let step = (kill % 2 == 0).then(|| Stage::ALL[kill / 2 % Stage::ALL.len()]);
        if let Some(stage) = step {
            sink.silent_at(stage);
        }
        let mut child =
            registry.command(&["followup", "send"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary was built");
        let wanted = begun + usize::try_from(dice.below(9)).unwrap();
        let there = || if step.is_some() { sink.fell_silent() } else { sink.taken().len() >= wanted };
        let patience = std::time::Instant::now();
        while !there() && patience.elapsed() < Duration::from_secs(20) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        stopped += usize::from(step.is_some() && sink.fell_silent());
        if step.is_none() {
            std::thread::sleep(Duration::from_micros(dice.below(8_000)));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        sink.speak();
    }
    assert!(stopped > 0, "the sender was killed at steps of the conversation");
    send_later(&registry);
    send_later(&registry);
    let taken = sink.taken();
    let all = by_message(&taken);
    assert_eq!(all.len(), people, "every mail arrives");
    let mut twice = 0;
    for (to, copies) in &all {
        assert!(copies.len() <= 2, "{to} got {} copies", copies.len());
        let ids: Vec<_> = copies.iter().map(|c| c.header("Message-ID").unwrap()).collect();
        assert!(ids.windows(2).all(|w| w[0] == w[1]), "{to}: {ids:?}");
        if copies.len() == 2 {
            twice += 1;
            // Doubled only within DATA: the sender was killed before it could have gone on from the answer to the first copy.
            let first = copies[0];
            assert!(!first.went_on, "{to}: sent again although the sender went on from the first copy (answered: {})", first.answered);
        }
    }
    println!(
        "{kills} kills, {stopped} of them at a step of the conversation; {people} mails, {twice} of them twice with the same Message-ID"
    );
    assert!(twice <= kills, "a kill leaves one mail at most in doubt");
    // And again: nothing is sent a third time.
    send_later(&registry);
    assert_eq!(sink.taken().len(), taken.len());
}

#[test]
fn two_open_tasks_of_one_person_both_show_the_person() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(2, &sink, None);
    // The mails of one campaign bounce, and the contact check of the next year is due as well: two calls to one person.
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    let box_ = registry.folder().join("box");
    std::fs::create_dir_all(&box_).unwrap();
    std::fs::write(box_.join("1"), returned(&sink.taken()[0], "5.1.1", "550 5.1.1 user unknown")).unwrap();
    assert_eq!(bounces(&registry, "box")["applied"]["hard"].as_u64(), Some(1));
    registry.look(|app: std::sync::Arc<App>| async move {
        let now = in_an_hour();
        let next_year = app.today(now) + chrono::Days::new(366);
        app.plan(Actor::Console, app.today(now), 13, false, now).await.unwrap();
        let tasks = app.tasks(Actor::Console, next_year, 100).await.unwrap();
        let mut of_person: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        for task in &tasks {
            of_person.entry(task.public_id.to_string()).or_default().push(task.identity.is_some());
        }
        let several = of_person.values().filter(|shown| shown.len() > 1).count();
        assert!(several >= 1, "somebody has two open tasks: {tasks:?}");
        assert!(of_person.values().flatten().all(|shown| *shown), "every task shows whom it is about");
    });
}

#[test]
fn a_persons_calendar_and_a_changed_policy_are_told_before_anything_happens() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(1, &sink, None);
    let public = registry.look(|app: std::sync::Arc<App>| async move {
        let tomorrow = app.today(in_an_hour()) + chrono::Days::new(1);
        app.tasks(Actor::Console, tomorrow, 10).await.unwrap()[0].public_id.to_string()
    });
    let told = registry.done(&["followup", "calendar", &public, "--json"]);
    let lines: serde_json::Value = serde_json::from_str(&told).unwrap();
    let lines = lines.as_array().unwrap();
    let states = |wanted: &str| lines.iter().filter(|l| l["state"] == wanted).count();
    assert!(states("open") >= 1 && states("future") >= 1, "{told}");
    let days: Vec<&str> = lines.iter().map(|l| l["day"].as_str().unwrap()).collect();
    assert!(days.windows(2).all(|d| d[0] <= d[1]), "in the order of the days: {days:?}");
    let shipped = include_str!("../../rules/followup.toml");
    let folder = registry.folder();
    std::fs::write(folder.join("old.toml"), shipped).unwrap();
    std::fs::write(folder.join("new.toml"), shipped.replace("min_days_between = 14", "min_days_between = 21")).unwrap();
    assert!(registry.done(&["followup", "policy", "diff", "old.toml", "old.toml"]).contains("0 differences"));
    let found = registry.done(&["followup", "policy", "diff", "old.toml", "new.toml"]);
    assert!(found.contains("limit min_days_between: 14 -> 21"), "{found}");
    std::fs::write(folder.join("bad.toml"), shipped.replace("offset = \"90 days\"", "offset = \"soon\"")).unwrap();
    let refused = registry.run(&["followup", "policy", "diff", "old.toml", "bad.toml"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("family-told-late"));
}

#[test]
fn calls_become_lines_for_the_platform_and_its_results_are_read_back_once() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(3, &sink, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(3));
    registry.look(|app: std::sync::Arc<App>| async move {
        // Nobody answers: three weeks later each mail is followed by a call.
        let now = in_an_hour().plus_seconds(21 * 86_400);
        app.plan(Actor::Console, app.today(now), 1, false, now).await.unwrap();
        let waiting = app.hands_waiting(Actor::Console, now).await.unwrap();
        assert_eq!((waiting.letters, waiting.hand_offs), (0, 3));
        let (file, people) = app.hand_off(Actor::Console, "请回电", app.today(now), now).await.unwrap();
        assert_eq!(people, 3);
        let text = String::from_utf8(file.reveal().clone()).unwrap();
        assert!(text.starts_with("ref,number,text\r\n") && text.lines().count() == 4, "{text}");
        let refs: Vec<&str> = text.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
        assert_eq!(app.hands_waiting(Actor::Console, now).await.unwrap().hand_offs, 0, "given out once");
        let results = format!("ref,result\n{},delivered\n{},failed\nnobody,delivered\n", refs[0], refs[1]);
        let read = app.hand_off_results(Actor::Console, &results, now).await.unwrap();
        assert_eq!((read.done, read.call, read.unknown), (1, 1, 1));
        let again = app.hand_off_results(Actor::Console, &results, now).await.unwrap();
        assert_eq!((again.done, again.call, again.unknown), (0, 0, 3), "read once");
        let calls = app.tasks(Actor::Console, app.today(now), 10).await.unwrap();
        let calls = calls.iter().filter(|t| t.channel.word() == "phone").count();
        assert_eq!(calls, 1, "the failed one is called today, the one without a result once two weeks have passed");
    });
}

#[test]
fn a_mail_says_who_sends_it_how_to_stop_it_and_nothing_of_the_registration() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(3, &sink, None);
    let tally = send(&registry);
    assert_eq!((tally["queued"].as_u64(), tally["sent"].as_u64()), (Some(3), Some(3)), "{tally}");
    for mail in sink.taken() {
        assert!(mail.from.starts_with("b+") && mail.from.ends_with("@bounce.redcross.example"), "a return path of its own");
        assert!(!mail.from.contains(mail.to.split('@').next().unwrap()));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert_eq!(mail.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        assert!(mail.header("List-Unsubscribe").unwrap().starts_with("<http"));
    }
    let again = send(&registry);
    assert_eq!(again["sent"].as_u64(), Some(0), "once each: {again}");
}

/// A returned mail to the return path of a mail that was sent.
fn returned(to: &Taken, status: &str, words: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example\nTo: {}\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: text/plain\n\n<{}>: {words}\n\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; {}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n\n--B--\n",
        to.from, to.to, to.to
    )
}

fn bounces(registry: &Registry, folder: &str) -> serde_json::Value {
    serde_json::from_str(&registry.done(&["followup", "bounces", folder, "--json"])).unwrap()
}

#[test]
fn returned_mails_are_held_against_the_address_once_and_a_bad_one_stops_nothing() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(5, &sink, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(5));
    let mails = sink.taken();
    let box_ = registry.folder().join("box");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(box_.join(part)).unwrap();
    }
    let put = |name: &str, text: &str| std::fs::write(box_.join("new").join(name), text).unwrap();
    put("1", &returned(&mails[0], "5.1.1", "550 5.1.1 user unknown"));
    put("2", &returned(&mails[1], "5.2.2", "552 5.2.2 mailbox full"));
    put("3", &returned(&mails[2], "5.7.1", "554 5.7.1 rejected as spam"));
    put(
        "4",
        &format!("From: {}\nTo: {}\nSubject: Automatic reply: hello\nAuto-Submitted: auto-replied\n\naway\n", mails[3].to, mails[3].from),
    );
    // A forged return path: the tag does not fit.
    let forged = returned(&mails[4], "5.1.1", "550 5.1.1 user unknown")
        .replace(&mails[4].from, "b+0198f6f2c0de7a3b8c1d2e3f4a5b6c7d.0123456789abcdef@bounce.redcross.example");
    put("5", &forged);
    std::fs::write(box_.join("new").join("6"), [0xffu8, 0, 13, 10, 0xfe]).unwrap();
    let tally = bounces(&registry, "box");
    assert_eq!(tally["messages"].as_u64(), Some(6), "{tally}");
    for class in ["hard", "soft", "policy", "vacation"] {
        assert_eq!(tally["applied"][class].as_u64(), Some(1), "{class}: {tally}");
    }
    assert_eq!((tally["strangers"].as_u64(), tally["nobody"].as_u64()), (Some(1), Some(1)), "{tally}");
    assert!(std::fs::read_dir(box_.join("new")).unwrap().next().is_none(), "what was read lies in `cur`");
    // Read again, nothing happens twice.
    let again = bounces(&registry, "box");
    assert_eq!((again["known"].as_u64(), again["applied"].as_object().map(serde_json::Map::len)), (Some(4), Some(0)), "{again}");
    // On a pipe, as an MTA calls it.
    let mut child = registry.command(&["followup", "bounces", "-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(returned(&mails[4], "5.1.2", "550 5.1.2 host unknown").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let piped: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(piped["applied"]["hard"].as_u64(), Some(1), "{piped}");
    // The two dead addresses are called instead: two new calls, and the refusal is shown to the operator.
    registry.look(|app: std::sync::Arc<App>| async move {
        let now = in_an_hour();
        let tomorrow = app.today(now) + chrono::Days::new(1);
        let calls = app.tasks(Actor::Console, tomorrow, 100).await.unwrap();
        assert_eq!(calls.iter().filter(|t| t.channel.word() == "phone").count(), 2);
        assert_eq!(app.policy_alert(now).await.unwrap(), Some((1, "5.7.1".to_owned())));
        // And staff can see when and why an address went on hold (betterbounce's complaint).
        for call in calls.iter().filter(|t| t.channel.word() == "phone") {
            let calendar = app.calendar(Actor::Console, &call.public_id, now).await.unwrap();
            let held: Vec<_> = calendar.holds.iter().map(|hold| (hold.channel, hold.reason.as_str(), hold.until)).collect();
            assert_eq!(held, [("mail", "hard", None)]);
        }
    });
}

async fn comes_back(app: &App, mail: &str, now: Timestamp) {
    let taken = app.take_bounce(Actor::Console, mail.as_bytes(), None, now).await.unwrap();
    assert!(matches!(taken, donor_registry::app::Taken::Applied(_)), "{taken:?}");
}

async fn calls_until(app: &App, until: chrono::NaiveDate) -> Vec<donor_registry::domain::id::TaskId> {
    app.staff_tasks(Actor::Console, until, 100).await.unwrap().iter().map(|task| task.id).collect()
}

#[test]
fn a_mail_that_came_back_is_followed_by_one_call_whether_it_came_back_soon_or_late() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(2, &sink, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    let mails: Vec<String> = sink.taken().iter().map(|mail| returned(mail, "5.1.1", "550 5.1.1 user unknown")).collect();
    registry.look(|app: std::sync::Arc<App>| async move {
        comes_back(&app, &mails[0], in_an_hour()).await;
        // Three weeks without an answer: the call is there already, and the other mail is followed by one.
        let now = in_an_hour().plus_seconds(21 * 86_400);
        app.plan(Actor::Console, app.today(now), 1, false, now).await.unwrap();
        let until = app.today(now) + chrono::Days::new(25);
        let before = calls_until(&app, until).await;
        assert_eq!(before.len(), 2, "one each");
        comes_back(&app, &mails[1], now).await;
        app.plan(Actor::Console, app.today(now), 1, false, now).await.unwrap();
        assert_eq!(calls_until(&app, until).await, before);
    });
}

#[test]
#[ignore = "needs PostgreSQL: DONOR_REGISTRY_TEST_PG"]
fn two_processes_on_one_database_send_each_mail_once() {
    let people = number("DONOR_REGISTRY_TEST_MAILS", 300);
    let sink = Sink::start(Duration::ZERO);
    let database = crate::harness::postgres::fresh(&crate::harness::needed("DONOR_REGISTRY_TEST_PG"));
    let registry = office(people, &sink, Some(&database));
    let begun = std::time::Instant::now();
    let start = || registry.command(&["followup", "send", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [start(), start()];
    let sent: Vec<u64> = both
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["sent"].as_u64().unwrap()
        })
        .collect();
    println!("{people} mails by two processes in {:?}: {sent:?}", begun.elapsed());
    let taken = sink.taken();
    assert_eq!(sent.iter().sum::<u64>(), people as u64);
    assert_eq!(taken.len(), people);
    assert_eq!(by_message(&taken).len(), people, "each once");
}

/// The path of the first link of ours in a text.
pub fn path_in(text: &str) -> String {
    let at = text.find("/l/").expect("a link");
    text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect()
}

pub fn body_of(mail: &Taken) -> String {
    let bytes = mail.text.replace('\n', "\r\n");
    let parsed = mail_parser::MessageParser::default().parse(bytes.as_bytes()).expect("a mail of ours");
    parsed.body_text(0).expect("plain text").into_owned()
}

#[test]
fn one_click_unsubscribes_without_a_cookie_in_either_encoding_and_reading_changes_nothing() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(4, &sink, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(4));
    let stops: Vec<String> = sink.taken().iter().map(|m| path_in(&m.header("List-Unsubscribe").unwrap())).collect();
    let server = registry.serve();
    let url = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=B";
    let part = b"--B\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--B--\r\n";
    // Link scanners read: nothing happens.
    for path in &stops {
        assert_eq!(server.client().get(path).unwrap().status, 200);
    }
    for (path, kind, body) in [
        (&stops[0], url, b"List-Unsubscribe=One-Click".as_slice()),
        (&stops[1], multipart, part.as_slice()),
        (&stops[2], url, b"".as_slice()),
    ] {
        for again in 0..2 {
            let answer = server.client().send("POST", path, &[("Content-Type", kind)], body).unwrap();
            assert_eq!(answer.status, 200, "{kind}, time {again}: {}", answer.text());
            assert!(answer.header("Location").is_none());
        }
    }
    // The same answer for a link that never was.
    let unknown = server
        .client()
        .send("POST", "/l/0123456789abcdefghjkmnpqrstvwxyz", &[("Content-Type", url)], b"List-Unsubscribe=One-Click")
        .unwrap();
    assert_eq!(unknown.status, 200);
    server.stop();
    // Three get no more mails and are still on file; the fourth, whose link was only read, would.
    registry.look(|app: std::sync::Arc<App>| async move {
        let now = in_an_hour();
        let next_year = app.today(now) + chrono::Days::new(360);
        let plan = app.plan(Actor::Console, next_year, 6, true, now).await.unwrap();
        let by = |word: &str| plan.by_channel.get(word).copied().unwrap_or(0);
        assert!(by("phone") > by("mail"), "{plan:?}");
        assert!(plan.by_channel.contains_key("mail"), "{plan:?}");
    });
}

#[test]
fn the_registrants_page_shows_nothing_before_the_second_fact_and_five_wrong_ones_close_it() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office(3, &sink, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(3));
    let mails = sink.taken();
    let links: Vec<String> = mails.iter().map(|m| path_in(&body_of(m))).collect();
    let last_four = |mail: &Taken| {
        let n: usize = mail.to.trim_start_matches('p').split('@').next().unwrap().parse().unwrap();
        format!("{:04}", n % 10_000)
    };
    let server = registry.serve();
    for english in [false, true] {
        let mut client = server.client();
        let language: &[(&str, &str)] = if english { &[("Accept-Language", "en")] } else { &[] };
        let page = client.send("GET", &links[0], language, b"").unwrap();
        assert_eq!(page.status, 200);
        for hidden in ["1640", "far.example", "volunteer", "志愿"] {
            assert!(!page.text().contains(hidden), "{hidden} stands on the page before the second fact");
        }
    }
    // Right: masked data, then "not now", with a new number.
    let mut client = server.client();
    let own = client.post(&links[0], &[("step", "fact"), ("fact", &last_four(&mails[0]))]).unwrap();
    assert_eq!(own.status, 200, "{}", own.text());
    assert!(!own.text().contains(&format!("1640{:07}", 0)) && own.text().contains("****"), "masked");
    let proof = own.field("proof").unwrap();
    let forged = client.post(&links[0], &[("step", "tell"), ("proof", &"0".repeat(32)), ("will", "no-longer")]).unwrap();
    assert_eq!(forged.status, 410, "nothing is told without the proof");
    let flawed =
        client.post(&links[0], &[("step", "tell"), ("proof", &proof), ("will", "still"), ("contact", "changed"), ("phone", "12")]).unwrap();
    assert_eq!(flawed.status, 422);
    let told = client
        .post(
            &links[0],
            &[
                ("step", "tell"),
                ("proof", &proof),
                ("will", "later"),
                ("until", "2030-01-15"),
                ("contact", "changed"),
                ("phone", "16400099999"),
            ],
        )
        .unwrap();
    assert_eq!(told.status, 200, "{}", told.text());
    assert_eq!(client.get(&links[0]).unwrap().status, 410, "used once");
    // Wrong five times.
    for n in 1..=5 {
        let wrong = client.post(&links[1], &[("step", "fact"), ("fact", "9999")]).unwrap();
        assert_eq!(wrong.status, if n < 5 { 422 } else { 410 }, "{n}");
    }
    assert_eq!(
        client.post(&links[1], &[("step", "fact"), ("fact", &last_four(&mails[1]))]).unwrap().status,
        410,
        "closed for the right one too"
    );
    // 这不是我 needs no second fact; withdrawing does, and acts at once.
    let own = client.post(&links[2], &[("step", "fact"), ("fact", &last_four(&mails[2]))]).unwrap();
    let proof = own.field("proof").unwrap();
    let gone = client.post(&links[2], &[("step", "tell"), ("proof", &proof), ("will", "no-longer"), ("contact", "same")]).unwrap();
    assert_eq!(gone.status, 200);
    server.stop();
    registry.look(|app: std::sync::Arc<App>| async move {
        let now = in_an_hour();
        let calls = app.tasks(Actor::Console, app.today(now), 100).await.unwrap();
        assert_eq!(calls.len(), 1, "a call for the closed link");
        let later = app.tasks(Actor::Console, "2030-01-15".parse().unwrap(), 100).await.unwrap();
        assert!(later.iter().any(|t| t.due_on == "2030-01-15".parse().unwrap()), "asked again on the day agreed");
        let plan = app.plan(Actor::Console, app.today(now), 12, true, now).await.unwrap();
        assert_eq!(plan.not_planned.get("exited"), Some(&1), "{plan:?}");
    });
}
