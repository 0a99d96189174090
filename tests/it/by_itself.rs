//! What the running server does without being told: plan and send.

use std::time::{Duration, Instant};

use crate::harness::desk::{self, Desk};
use crate::harness::people::Invented;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";

/// The mails in a Maildir to which one was addressed, read until there are `wanted` or time is up.
fn mails_to(folder: &std::path::Path, address: &str, wanted: usize) -> usize {
    let begun = Instant::now();
    loop {
        let found = std::fs::read_dir(folder.join("new"))
            .into_iter()
            .flatten()
            .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok())
            .filter(|text| text.contains(address))
            .count();
        if found >= wanted || begun.elapsed() > Duration::from_secs(60) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn who_registers_with_a_mail_address_is_written_to_without_anybody_s_doing_and_once() {
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_SCHEDULE", "true");
    registry.set("DONOR_REGISTRY_SMTP_FOLDER", "mails");
    registry.add_account("lin", PASSWORD, "small-branch");
    // Two servers on one data folder: one of them sends.
    let (one, two) = (registry.serve(), registry.serve());
    let mut desk = Desk::sign_in(&one, "lin", PASSWORD).unwrap();
    let person = Invented::of(1);
    let fields =
        [("name", person.name.as_str()), ("phone", &person.phone), ("mail", &person.mail), ("registries", "stem-cell"), ("consent", "yes")];
    assert_eq!(desk.post("/drive", &desk::key(1), &fields).unwrap().status, 303);
    let folder = registry.folder().join("mails");
    assert_eq!(mails_to(&folder, &person.mail, 1), 1);
    one.stop();
    two.stop();
    // Nothing is left for a command to send.
    registry.done(&["followup", "send"]);
    assert_eq!(mails_to(&folder, &person.mail, 1), 1);
}
