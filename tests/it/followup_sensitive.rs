//! The sender killed with SIGKILL while it sends mails of sensitive kinds: each arrives once at most, and one in doubt is not lost: it waits
//! for a person.
//!
//! `.ci/kill-sender 200` runs this and the reminders' counterpart with 200 kills each.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::{Actor, App, FactCheck, Told, Will};
use donor_registry::domain::Guarded;
use donor_registry::domain::time::Timestamp;

use crate::followup_desk::{body_of, in_an_hour, number, office_with, path_in, send, send_later};
use crate::harness::dice::Dice;
use crate::harness::policy::contact_check;
use crate::harness::sink::{Sink, Taken};

/// A policy under which volunteers are asked something sensitive once their address is verified, with no distance between two contacts.
pub const RULES: &str = contact_check!(
    r#"["mail", "phone"]"#,
    r#"
[[rule]]
id = "wish"
registries = ["volunteer"]
statuses = ["registered", "enrolled"]
anchor = "registered"
offset = "13 months"
ladder = ["mail", "phone"]
kind = "wish_check"
sensitive = true
catch_up = "12 months"
"#
);

/// Answers the link of a mail: the second fact, and that the contact data are right. That verifies the address.
pub async fn answers(app: &App, mail: &Taken, now: Timestamp) {
    tells(app, mail, &Told { same_contact: true, ..Told::of(Will::Still) }, now).await;
}

/// Tells something on the page behind the link of a mail, after the second fact.
pub async fn tells(app: &App, mail: &Taken, told: &Told, now: Timestamp) {
    let path = path_in(&body_of(mail));
    let token = path.trim_start_matches("/l/");
    let n: usize = mail.to.trim_start_matches('p').split('@').next().unwrap().parse().unwrap();
    let fact = Guarded::new(format!("{:04}", n % 10_000));
    let FactCheck::Right(page) = app.check_fact(token, &fact, now).await.unwrap() else {
        panic!("the last four digits are the second fact")
    };
    assert!(app.tell(token, &page.proof, told, now).await.unwrap().unwrap().is_some());
}

#[test]
fn a_sensitive_mail_never_arrives_twice_and_one_in_doubt_waits_for_a_person() {
    let kills = number("DONOR_REGISTRY_TEST_SENDER_KILLS", 3);
    let people = kills * 8 + 6;
    let sink = Sink::start(Duration::from_millis(3));
    let registry = office_with(people, &sink, None, Some(RULES));
    send(&registry);
    let first = sink.taken();
    assert_eq!(first.len(), people, "everybody is asked to check the contact data");
    registry.look(|app: Arc<App>| async move {
        let now = Timestamp::of(chrono::Utc::now());
        for mail in &first {
            answers(&app, mail, now).await;
        }
    });
    registry.done(&["followup", "plan", "--months", "1"]);
    let before = sink.taken().len();
    let mut dice = Dice::new(5);
    for _ in 0..kills {
        let mut child =
            registry.command(&["followup", "send"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary was built");
        let wanted = sink.taken().len() + usize::try_from(dice.below(6)).unwrap();
        let patience = std::time::Instant::now();
        while sink.taken().len() < wanted && patience.elapsed() < Duration::from_secs(20) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(dice.below(8_000)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    send_later(&registry);
    send_later(&registry);
    let taken = sink.taken().split_off(before);
    let arrived: BTreeSet<&str> = taken.iter().map(|m| m.to.as_str()).collect();
    assert_eq!(arrived.len(), taken.len(), "none twice");
    let doubtful = registry.look(|app: Arc<App>| async move {
        let tally = app.send(Actor::Console, app.today(in_an_hour()), true, in_an_hour(), &mut |_, _| {}).await.unwrap();
        tally.in_doubt
    });
    println!("{kills} kills, {people} sensitive mails: {} arrived once, {doubtful} in doubt", taken.len());
    let doubtful = usize::try_from(doubtful).unwrap();
    assert!(doubtful <= kills, "a kill leaves one mail at most in doubt");
    assert!(taken.len() <= people && taken.len() + doubtful >= people, "none is lost: {} arrived, {doubtful} in doubt", taken.len());
}
