//! The pace of sending over several processes, the hand-off on the command line, and mails in doubt.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use donor_registry::app::{Actor, App, DoubtVerdict};
use donor_registry::domain::time::Timestamp;

use crate::followup_desk::{in_an_hour, office_with, send};
use crate::followup_sensitive::{RULES, answers};
use crate::harness::desk::{Desk, key};
use crate::harness::policy::contact_check;
use crate::harness::program::Registry;
use crate::harness::sink::Sink;

fn paced(people: usize, sink: &Sink, per_hour: u64, between: u64) -> Registry {
    let mut registry = office_with(people, sink, None, None);
    registry.set("DONOR_REGISTRY_SMTP_PER_HOUR", &per_hour.to_string());
    registry.set("DONOR_REGISTRY_SMTP_SECONDS_BETWEEN", &between.to_string());
    registry
}

#[test]
fn two_processes_together_keep_the_hourly_limit_and_the_rest_goes_out_later() {
    let sink = Sink::start(Duration::from_millis(2));
    let registry = paced(11, &sink, 6, 0);
    let start = || registry.command(&["followup", "send", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [start(), start()];
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(sink.taken().len(), 6, "six an hour, whoever sends");
    registry.look(|app: Arc<App>| async move {
        let early = in_an_hour().plus_seconds(-600);
        let tally = app.send(Actor::Console, app.today(early), false, early, &mut |_, _| {}).await.unwrap();
        assert_eq!(tally.sent, 0, "the hour is not over: {tally:?}");
        let later = in_an_hour().plus_seconds(300);
        let tally = app.send(Actor::Console, app.today(later), false, later, &mut |_, _| {}).await.unwrap();
        assert_eq!(tally.sent, 5, "{tally:?}");
    });
    assert_eq!(sink.taken().len(), 11);
}

#[test]
fn mails_to_one_domain_keep_a_pause_and_a_run_waits_for_it() {
    let sink = Sink::start(Duration::ZERO);
    let registry = paced(4, &sink, 1_000, 2);
    let begun = Instant::now();
    assert_eq!(send(&registry)["sent"].as_u64(), Some(4), "the run stays until its own pace let all go");
    // Three pauses of one and a half to two and a half seconds, told in whole seconds.
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
}

/// Sends in this process until the mail server took one more mail, and stops there, as if the power had failed.
async fn broken_off(app: &Arc<App>, sink: &Sink, now: Timestamp) {
    let wanted = sink.taken().len() + 1;
    let sender = Arc::clone(app);
    let task = rocket::tokio::spawn(async move { sender.send(Actor::Console, sender.today(now), false, now, &mut |_, _| {}).await });
    let begun = Instant::now();
    while sink.taken().len() < wanted {
        assert!(begun.elapsed() < Duration::from_secs(60), "a mail is due");
        rocket::tokio::time::sleep(Duration::from_millis(2)).await;
    }
    task.abort();
    assert!(task.await.is_err(), "broken off before the server answered");
}

#[test]
fn a_mail_in_doubt_is_settled_by_a_person_and_a_sensitive_one_is_never_sent_again() {
    let sink = Sink::start(Duration::from_millis(700));
    let registry = office_with(1, &sink, None, Some(RULES));
    send(&registry);
    let first = sink.taken();
    registry.look(|app: Arc<App>| async move { answers(&app, &first[0], Timestamp::of(chrono::Utc::now())).await });
    registry.done(&["followup", "plan", "--months", "1"]);
    let sink = Arc::new(sink);
    let watched = Arc::clone(&sink);
    registry.look(move |app: Arc<App>| async move {
        let now = Timestamp::of(chrono::Utc::now());
        broken_off(&app, &watched, now).await;
        let later = now.plus_seconds(7_200);
        app.send(Actor::Console, app.today(later), false, later, &mut |_, _| {}).await.unwrap();
        let doubts = app.doubts(Actor::Console).await.unwrap();
        assert_eq!(doubts.len(), 1, "{doubts:?}");
        let doubt = &doubts[0];
        assert!(doubt.sensitive && doubt.identity.is_some());
        assert_eq!(doubt.tries.iter().map(|(_, reply)| reply.is_some()).collect::<Vec<_>>(), [false], "one attempt without a reply");
        assert!(app.settle_doubt(Actor::Console, doubt.id, DoubtVerdict::Again, later).await.is_err(), "not a second time");
        app.settle_doubt(Actor::Console, doubt.id, DoubtVerdict::Call, later).await.unwrap();
        assert!(app.settle_doubt(Actor::Console, doubt.id, DoubtVerdict::Sent, later).await.is_err(), "settled once");
        let tomorrow = app.today(later) + chrono::Days::new(1);
        let calls = app.staff_tasks(Actor::Console, tomorrow, 10).await.unwrap();
        assert_eq!(calls.iter().filter(|t| t.kind.is_some_and(|k| k.word() == "wish_check")).count(), 1, "a call takes its place");
    });
    assert_eq!(sink.taken().len(), 2, "and no second copy went out");
}

#[test]
fn a_reminder_in_doubt_after_its_second_attempt_is_sent_again_on_a_persons_word() {
    let sink = Arc::new(Sink::start(Duration::from_millis(700)));
    let registry = office_with(1, &sink, None, None);
    let watched = Arc::clone(&sink);
    registry.look(move |app: Arc<App>| async move {
        let now = Timestamp::of(chrono::Utc::now());
        broken_off(&app, &watched, now).await;
        // The second attempt comes by itself, and breaks off as well.
        broken_off(&app, &watched, now.plus_seconds(3_600)).await;
        let later = now.plus_seconds(7_200);
        app.send(Actor::Console, app.today(later), false, later, &mut |_, _| {}).await.unwrap();
        let doubts = app.doubts(Actor::Console).await.unwrap();
        assert_eq!((doubts.len(), doubts[0].tries.len(), doubts[0].sensitive), (1, 2, false));
        app.settle_doubt(Actor::Console, doubts[0].id, DoubtVerdict::Again, later).await.unwrap();
        let tally = app.send(Actor::Console, app.today(later), false, later, &mut |_, _| {}).await.unwrap();
        assert_eq!(tally.sent, 1, "{tally:?}");
        assert!(app.doubts(Actor::Console).await.unwrap().is_empty());
    });
    let ids: Vec<_> = sink.taken().iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
    assert!(ids.len() == 3 && ids.windows(2).all(|two| two[0] == two[1]), "always the same Message-ID: {ids:?}");
}

#[test]
fn a_hand_off_on_the_command_line_is_written_for_its_owner_alone_and_read_back() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(3, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(3));
    let day = (chrono::Utc::now().date_naive() + chrono::Days::new(22)).to_string();
    registry.done(&["followup", "plan", "--as-of", &day, "--months", "1"]);
    let told = registry.done(&["followup", "hand-off", "--as-of", &day, "--output", "out.csv", "--text", "请回电", "--json"]);
    assert!(told.contains('3'), "{told}");
    let path = registry.folder().join("out.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    let over = registry.run(&["followup", "hand-off", "--as-of", &day, "--output", "out.csv"]);
    assert_eq!(over.status.code(), Some(2), "never over another file");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let refused = registry.run(&["followup", "hand-off", "--output", "new.csv", "--text", ""]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!registry.folder().join("new.csv").exists(), "nothing is left of what was not done");
    let refs: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    std::fs::write(registry.folder().join("results.csv"), format!("ref,result\n{},delivered\n{},failed\n", refs[0], refs[1])).unwrap();
    let read: serde_json::Value =
        serde_json::from_str(&registry.done(&["followup", "hand-off", "--results", "results.csv", "--json"])).unwrap();
    assert_eq!((read["delivered"].as_u64(), read["failed"].as_u64(), read["unknown"].as_u64()), (Some(1), Some(1), Some(0)), "{read}");
}

#[test]
fn the_office_is_told_once_a_day_in_counts_how_much_waits_and_never_of_whom() {
    let sink = Sink::start(Duration::ZERO);
    let mut registry = office_with(2, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    registry.set("DONOR_REGISTRY_SMTP_DIGEST", "desk@redcross.example");
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        assert!(!app.send_digest(now).await.unwrap(), "nothing waits, nothing is sent");
        let later = now.plus_seconds(21 * 86_400);
        app.plan(Actor::Console, app.today(later), 1, false, later).await.unwrap();
        assert!(app.send_digest(later).await.unwrap());
        assert!(!app.send_digest(later.plus_seconds(600)).await.unwrap(), "once a day");
        assert!(app.send_digest(later.plus_seconds(86_400)).await.unwrap(), "and again on the next");
    });
    let told: Vec<_> = sink.taken().into_iter().filter(|mail| mail.to == "desk@redcross.example").collect();
    assert_eq!(told.len(), 2);
    let body = crate::followup_desk::body_of(&told[0]);
    assert!(body.contains('2') && body.contains("/follow-up"), "{body}");
    assert!(body.contains("今天的回访") && body.contains("Today's follow-ups"), "an address has no language of its own: {body}");
    for hidden in ["1640", "far.example", "王"] {
        assert!(!told[0].text.contains(hidden) && !body.contains(hidden), "{hidden}");
    }
}

#[test]
fn a_hand_off_asked_for_twice_is_one_and_the_pages_tell_the_days_of_the_policy() {
    let sink = Sink::start(Duration::ZERO);
    let rules = contact_check!(r#"["phone"]"#).replace("min_days_between = 0", "min_days_between = 21");
    let registry = office_with(3, &sink, None, Some(&rules));
    registry.add_account("branch", "correct-horse-battery-7", "small-branch");
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "branch", "correct-horse-battery-7").unwrap();
    let page = desk.client.get("/follow-up/hands").unwrap().text();
    assert!(page.contains("21 天内没有结果的") && !page.contains("一周"), "{page}");
    let english = desk.client.get("/follow-up/hands?lang=en").unwrap().text();
    assert!(english.contains("due again after 21 days"), "{english}");
    let badge = desk.client.get("/follow-up").unwrap().text();
    assert!(badge.contains("3 are due"), "{badge}");

    let refused = desk.client.get("/follow-up/hands").unwrap().field("csrf").unwrap();
    let refused = desk.client.post("/follow-up/hand-off", &[("csrf", &refused), ("message", "请回电")]).unwrap();
    assert_eq!(refused.status, 400, "without a key nothing is given out");
    let first = desk.post("/follow-up/hand-off", &key(1), &[("message", "请回电")]).unwrap();
    assert!(first.status == 200 && first.text().lines().count() == 4, "{}", first.text());
    let again = desk.post("/follow-up/hand-off", &key(1), &[("message", "请回电")]).unwrap();
    let sorted = |text: String| text.lines().map(ToOwned::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!((again.status, sorted(again.text())), (200, sorted(first.text())), "the same file");
    let other = desk.post("/follow-up/hand-off", &key(1), &[("message", "请来电")]).unwrap();
    assert_eq!(other.status, 409, "not under another text");
    let next = desk.post("/follow-up/hand-off", &key(2), &[("message", "请回电")]).unwrap();
    assert_eq!(next.text().lines().count(), 1, "nobody is left: {}", next.text());

    // Whose result is told is given out no more.
    let text = first.text();
    let reference = text.lines().nth(1).and_then(|line| line.split(',').next()).unwrap();
    let results = desk.post("/follow-up/hand-off/results", &key(3), &[("results", &format!("{reference},delivered"))]).unwrap();
    assert_eq!(results.status, 303);
    let rest = desk.post("/follow-up/hand-off", &key(1), &[("message", "请回电")]).unwrap().text();
    assert!(rest.lines().count() == 3 && !rest.contains(reference), "{rest}");
    server.stop();
    let told = registry.done(&["followup", "hand-off", "--output", "out.csv", "--text", "请回电"]);
    assert!(told.contains("a call is due after all after 21 days"), "{told}");
}
