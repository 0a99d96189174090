//! `keys rotate` and `keys protect` by the command line, as an administrator uses them.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;
use donor_registry::domain::time::Timestamp;

use crate::harness::desk::{self, Desk};
use crate::harness::people::Invented;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
const SENTENCE: &str = "四月的雨落在江边的石阶上";

/// Who of people 1 to `count` is found by phone, each with the number of persons found.
fn found(registry: &Registry, count: u64) -> Vec<usize> {
    registry.look(|app| async move {
        let mut found = Vec::new();
        for number in 1..=count {
            found.push(app.search(Actor::Console, &Guarded::new(Invented::of(number).phone)).await.expect("the registry answers").len());
        }
        found
    })
}

fn sheet(people: impl Iterator<Item = u64>) -> String {
    let rows = people.map(Invented::of).map(|p| format!("{},{},{}\n", p.name, p.document, p.phone));
    format!("姓名,身份证号码,联系电话\n{}", rows.collect::<String>())
}

#[test]
fn keys_are_rotated_while_the_server_registers_and_everything_opens_afterwards() {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "small-branch");
    let file = registry.folder().join("roster.csv");
    std::fs::write(&file, sheet(1..=30)).unwrap();
    registry.done(&["import", &file.to_string_lossy(), "--registry", "volunteer"]);
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    // A draft that is staged before the rotation and admitted after it.
    let csrf = desk.client.get("/import").unwrap().field("csrf").unwrap();
    let bytes = sheet(901..=905);
    let upload = crate::harness::http::Upload { field: "file", file_name: "draft.csv", content_type: "text/csv", bytes: bytes.as_bytes() };
    let draft = desk.client.upload("/import", &[("csrf", &csrf), ("key", &desk::key(1)), ("registry", "blood")], &upload).unwrap();
    let draft = draft.header("location").expect("a draft").to_owned();

    let over = AtomicBool::new(false);
    let said = std::thread::scope(|scope| {
        let registered = scope.spawn(|| {
            let (mut number, mut meanwhile) = (100, 0);
            // On a slow disk few fit into a rotation; the rest are registered after it, under the new keys.
            while !over.load(Ordering::Relaxed) || number < 110 {
                number += 1;
                let answer = desk.interest(&desk::key(number), &Invented::of(number), "stem-cell").unwrap();
                assert_eq!(answer.status, 303, "person {number}: {}", answer.text());
                meanwhile += u32::from(!over.load(Ordering::Relaxed));
            }
            meanwhile
        });
        let said = registry.done(&["keys", "rotate"]);
        over.store(true, Ordering::Relaxed);
        let meanwhile = registered.join().unwrap();
        assert!(meanwhile > 0, "nobody was registered meanwhile, which proves nothing");
        said
    });
    assert!(said.contains("6 compartments have new keys") && said.contains("6 old keys were destroyed"), "{said}");
    let status = registry.done(&["keys", "status"]);
    assert_eq!(status.matches("destroyed").count(), 6, "{status}");
    // The running server opens what was sealed before and writes under the new keys.
    let page = desk.post("/people", &desk::key(2), &[("query", &Invented::of(5).phone)]).unwrap();
    assert!(page.text().contains("/people/"), "{}", page.text());
    assert_eq!(desk.interest(&desk::key(3), &Invented::of(100), "blood").unwrap().status, 303);
    let answer = desk.post(&draft, &desk::key(4), &[("step", "write")]).unwrap();
    assert!(answer.status < 400, "{}", answer.text());
    server.stop();

    assert_eq!(found(&registry, 30), vec![1; 30]);
    registry.look(|app| async move {
        for number in (100..=110).chain(901..=905) {
            let rows = app.search(Actor::Console, &Guarded::new(Invented::of(number).phone)).await.expect("the registry answers");
            assert_eq!(rows.len(), 1, "person {number}");
        }
    });
    registry.done(&["audit", "verify"]);
    let report = registry.folder().join("pool.csv");
    registry.done(&["report", "pool", "--as-of", "2030-01-01", "--output", &report.to_string_lossy()]);
    // Again, on top of the first.
    assert!(registry.done(&["keys", "rotate"]).contains("6 old keys were destroyed"));
    assert_eq!(found(&registry, 30), vec![1; 30]);
    // A file imported before the rotation is known by its name still.
    let again = registry.folder().join("again.csv");
    registry.done(&["import", &file.to_string_lossy(), "--registry", "volunteer", "--report", &again.to_string_lossy()]);
    assert!(std::fs::read_to_string(&again).unwrap().contains("roster.csv,"), "the name of the file was lost");
}

fn written(registry: &Registry, name: &str, text: &str) -> String {
    let path = registry.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn key_file(registry: &Registry) -> String {
    std::fs::read_to_string(registry.folder().join("key/root.key")).unwrap()
}

/// Runs a command that must end with status 2; gives what it said on stderr.
#[track_caller]
fn refused(registry: &Registry, arguments: &[&str]) -> String {
    let output = registry.run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_protected_root_key_opens_with_its_passphrase_and_with_nothing_else() {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "small-branch");
    let sheet = registry.done(&["keys", "sheet"]);
    let secret = key_file(&registry).lines().find_map(|l| l.strip_prefix("key ").map(str::to_owned)).expect("a plain key file");
    let (right, other) = (written(&registry, "right.txt", &format!("{SENTENCE}\n")), written(&registry, "other.txt", "another sentence\n"));
    let short = written(&registry, "short.txt", "1234567\n");

    assert!(refused(&registry, &["keys", "protect", "--new-passphrase-file", &short]).contains("8 characters"));
    assert!(key_file(&registry).contains(&secret), "a refused passphrase changes nothing");
    registry.done(&["keys", "protect", "--new-passphrase-file", &right]);
    assert!(!key_file(&registry).contains(&secret));
    assert!(!registry.folder().join("key/root.key.new").exists());

    assert!(refused(&registry, &["keys", "status"]).contains("--passphrase-file"), "no terminal, no file: it says what to do");
    let wrong = refused(&registry, &["keys", "status", "--passphrase-file", &other]);
    assert!(wrong.contains("passphrase does not open") && !wrong.contains("another sentence"), "{wrong}");
    assert!(registry.done(&["keys", "status", "--passphrase-file", &right]).contains("open in this process: identity"));
    assert_eq!(registry.done(&["keys", "sheet", "--passphrase-file", &right]), sheet, "the recovery sheet stays what it is");

    // The server starts without a terminal, restarts, and the keys can be rotated.
    let mut unlocked = registry;
    unlocked.set("DONOR_REGISTRY_PASSPHRASE_FILE", &right);
    let server = unlocked.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    assert_eq!(desk.interest(&desk::key(1), &Invented::of(1), "blood").unwrap().status, 303);
    server.stop();
    unlocked.done(&["keys", "rotate"]);
    let server = unlocked.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let page = desk.post("/people", &desk::key(2), &[("query", &Invented::of(1).phone)]).unwrap();
    assert!(page.text().contains("/people/"), "{}", page.text());
    server.stop();

    // Another passphrase: only who knows the present one may choose it.
    refused(&unlocked, &["keys", "protect", "--passphrase-file", &other, "--new-passphrase-file", &other]);
    unlocked.done(&["keys", "protect", "--passphrase-file", &right, "--new-passphrase-file", &other]);
    refused(&unlocked, &["keys", "status", "--passphrase-file", &right]);
    unlocked.done(&["keys", "status", "--passphrase-file", &other]);

    // Forgotten: the recovery sheet makes a plain key file again.
    std::fs::rename(unlocked.folder().join("key/root.key"), unlocked.folder().join("key/locked")).unwrap();
    recover(&unlocked, &sheet);
    assert!(key_file(&unlocked).contains(&secret));
    assert!(unlocked.done(&["keys", "status"]).contains("open in this process: identity"));
}

fn recover(registry: &Registry, sheet: &str) {
    use std::io::Write;
    let mut child = registry.command(&["keys", "recover"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(sheet.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// As somebody new to it would do it, with nothing but the commands' own help.
#[test]
fn a_backup_restores_into_a_fresh_folder_with_the_recovery_sheet_alone() {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "small-branch");
    let file = written(&registry, "roster.csv", &sheet(1..=400));
    registry.done(&["import", &file, "--registry", "volunteer"]);
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    for number in 501..=520 {
        assert_eq!(desk.enrol(&desk::key(number), &Invented::of(number), "stem-cell").unwrap().status, 303);
    }
    server.stop();
    let paper = written(&registry, "sheet.txt", &registry.done(&["keys", "sheet"]));
    let backup = registry.folder().join("backup").to_string_lossy().into_owned();
    let said = registry.done(&["backup", "--output", &backup]);
    assert!(said.contains("rows were written"), "{said}");

    let fresh = Registry::new();
    let nothing = refused(&fresh, &["restore", "--from", &backup]);
    assert!(nothing.contains("nothing was"), "{nothing}");
    let counts = fresh.done(&["restore", "--from", &backup, "--recovery-sheet", &paper]);
    assert!(counts.contains("record: 420") && counts.contains("Restored and verified"), "{counts}");
    let rows: u64 = counts.lines().filter_map(|l| l.rsplit_once(": ")?.1.parse::<u64>().ok()).sum();
    assert!(said.starts_with(&rows.to_string()), "{said}\n{counts}");
    assert!(refused(&fresh, &["restore", "--from", &backup]).contains("not empty"));

    // A sample of people, as the person's page shows them, on both sides.
    let sample: Vec<u64> = (1..=400).step_by(7).chain(501..=520).collect();
    assert_eq!(told(&registry, &sample), told(&fresh, &sample));
    fresh.done(&["audit", "verify"]);
    assert!(!Path::new(&backup).join("root.key").exists());
    let before = registry.folder().join("before.csv");
    let after = fresh.folder().join("after.csv");
    for (side, output) in [(&registry, &before), (&fresh, &after)] {
        side.done(&["report", "pool", "--as-of", "2030-01-01", "--output", &output.to_string_lossy()]);
    }
    assert_eq!(std::fs::read_to_string(before).unwrap(), std::fs::read_to_string(after).unwrap());
}

/// What is told of people found by phone: public id, name and documents.
fn told(registry: &Registry, people: &[u64]) -> Vec<String> {
    let people = people.to_vec();
    registry.look(|app| async move {
        let mut told = Vec::new();
        for number in people {
            let rows = app.search(Actor::Console, &Guarded::new(Invented::of(number).phone)).await.expect("the registry answers");
            assert_eq!(rows.len(), 1, "person {number}");
            let page = app.person(Actor::Console, &rows[0].public_id, Timestamp(1_790_000_000_000_000)).await.expect("the person is there");
            let records: Vec<String> = page
                .view
                .records()
                .map(|r| {
                    let identity = r.identity.as_ref().expect("it opens").reveal();
                    let contact = r.contact.as_ref().expect("it opens").reveal();
                    let documents: Vec<&str> = identity.documents.iter().map(|d| d.number()).collect();
                    let phones: Vec<&str> = contact.phones.iter().map(|p| p.as_str()).collect();
                    format!("{} {documents:?} {phones:?} {}", identity.name.as_str(), contact.relatives.len())
                })
                .collect();
            told.push(format!("{} {records:?}", rows[0].public_id));
        }
        told
    })
}

#[test]
fn a_log_that_was_cut_off_or_written_anew_is_found_by_a_checkpoint_kept_elsewhere() {
    let registry = Registry::new();
    registry.add_account("he", "correct-horse-battery-9", "auditor");
    let kept = registry.done(&["audit", "checkpoint"]);
    let (number, hash) = kept.trim().split_once('-').expect("a number and a hash");
    registry.add_account("ying", "correct-horse-battery-9", "caller");
    registry.done(&["audit", "verify", "--checkpoint", kept.trim()]);
    let cut_off = format!("{}-{hash}", number.parse::<u64>().unwrap() + 1_000);
    let written_anew = format!("{number}-{}", hash.chars().map(|c| if c == '0' { '1' } else { '0' }).collect::<String>());
    for other in [cut_off.as_str(), written_anew.as_str(), "1", "x-y"] {
        let told = registry.run(&["audit", "verify", "--checkpoint", other]);
        assert_eq!(told.status.code(), Some(2), "{other}: {}", String::from_utf8_lossy(&told.stdout));
    }
}
