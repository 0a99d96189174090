//! Mails over STARTTLS and AUTH to a real Postfix (`.ci/postfix.sh`), read back from its Maildir: by the mailer, and by the program as an office
//! runs it; and a server that greylists.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use donor_registry::app::{Actor, App};
use donor_registry::domain::id::OutboxId;
use donor_registry::domain::mail::MailAddress;
use donor_registry::domain::name::PersonName;
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::{Guarded, Keyed};
use donor_registry::followup::bounce::{Class, class_of_reply};
use donor_registry::followup::compose::{Order, Sender, Texts, WireMail, compose, message_id, outbox_of};
use donor_registry::followup::mailer::{Secret, Security, SendOutcome, SmtpMailer, SmtpSettings, Stage, TimeLimits};
use donor_registry::followup::{Kind, Language};

use crate::followup_desk::{in_an_hour, office_with, send, send_later};
use crate::harness::sink::Sink;

struct TestKey;

impl Keyed for TestKey {
    fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        std::array::from_fn(|i| label.bytes().chain(bytes.iter().copied()).fold(u8::try_from(i).unwrap_or(0), |a, b| a.rotate_left(3) ^ b))
    }
}

fn setting(name: &str) -> String {
    let name = format!("DONOR_REGISTRY_TEST_SMTP_{name}");
    std::env::var(&name).unwrap_or_else(|_| panic!("{name} is set by .ci/postfix.sh"))
}

fn settings() -> SmtpSettings {
    SmtpSettings {
        host: setting("HOST"),
        port: setting("PORT").parse().unwrap(),
        security: Security::Starttls,
        login: Some((setting("USER"), Secret::new(setting("PASSWORD")))),
        authority: Some(std::fs::read(setting("CA")).unwrap()),
        hello: "localhost".into(),
        limits: TimeLimits { whole: Duration::from_secs(20), ..TimeLimits::default() },
    }
}

fn sender() -> Sender {
    Sender::new("雁江区红十字会", "Yanjiang Red Cross", "noreply@redcross.example", "office@redcross.example", "bounce.redcross.example")
        .unwrap()
}

fn mail_to(to: &str) -> WireMail {
    let order = Order {
        outbox: OutboxId::fresh(),
        kind: Kind::ContactCheck,
        language: Language::Zh,
        to: Guarded::new(MailAddress::parse(to).unwrap()),
        salutation: Guarded::new(Some(PersonName::parse("欧阳测试").unwrap())),
        link: Guarded::new("https://dj.example.org/l/0123456789abcdefghjkmnpqrstvwxyz".into()),
        unsubscribe: Guarded::new("https://dj.example.org/l/zyxwvtsrqpnmkjhgfedcba9876543210".into()),
        date: "2026-12-07".parse().unwrap(),
    };
    let mail = compose(&Texts::shipped(), &sender(), order).unwrap();
    mail.wire(&sender(), &TestKey, Timestamp(1_790_000_000_000_000), chrono_tz::Asia::Shanghai).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The delivered mails that carry a Message-ID, waiting up to ten seconds for the first.
fn delivered(outbox: OutboxId) -> Vec<String> {
    let new = PathBuf::from(setting("MAILDIR")).join("new");
    let wanted = message_id(outbox, "bounce.redcross.example");
    let start = Instant::now();
    loop {
        let found: Vec<String> = std::fs::read_dir(&new)
            .into_iter()
            .flatten()
            .filter_map(|f| std::fs::read_to_string(f.ok()?.path()).ok())
            .filter(|text| text.contains(&wanted))
            .collect();
        if !found.is_empty() || start.elapsed() > Duration::from_secs(10) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
#[ignore = "needs an SMTP server"]
fn mails_reach_the_maildir_once_each_with_the_return_path_that_tells_their_row() {
    let mailer = SmtpMailer::new(settings()).unwrap();
    let mails: Vec<WireMail> = (0..20).map(|n| mail_to(&format!("reader{n}@far.example"))).collect();
    run(async {
        for mail in &mails {
            let outcome = mailer.send(mail).await;
            assert!(matches!(&outcome, SendOutcome::Sent { reply } if reply.code == Some(250)), "{outcome:?}");
        }
    });
    for mail in &mails {
        let found = delivered(mail.outbox());
        let [text] = found.as_slice() else { panic!("delivered {} times", found.len()) };
        let return_path = text.lines().find_map(|l| l.strip_prefix("Return-Path: ")).expect("Postfix writes the envelope's sender");
        assert_eq!(outbox_of(return_path, &TestKey), Some(mail.outbox()));
        assert!(text.contains("ESMTPSA"), "encrypted and signed in");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    }
}

#[test]
#[ignore = "needs an SMTP server"]
fn what_the_server_says_of_a_recipient_becomes_the_outcome() {
    let mailer = SmtpMailer::new(settings()).unwrap();
    let send = |to: &str| run(mailer.send(&mail_to(to)));
    for to in ["greylisted@far.example", "full@far.example"] {
        let outcome = send(to);
        assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Recipient), "{outcome:?}");
        assert!(!outcome.reply().text.contains("far.example"), "{outcome:?}");
    }
    let unknown = send("unknown@far.example");
    assert!(matches!(unknown, SendOutcome::Refused { .. }) && class_of_reply(&unknown) == Class::Hard, "{unknown:?}");
    assert_eq!(unknown.reply().status.map(|s| s.to_string()), Some("5.1.1".into()));
    let policy = send("policy@far.example");
    assert!(matches!(policy, SendOutcome::Refused { .. }) && class_of_reply(&policy) == Class::Policy, "{policy:?}");
}

#[test]
#[ignore = "needs an SMTP server"]
fn a_server_that_stalls_at_the_recipient_defers_within_the_limit_and_delivers_nothing() {
    let mut settings = settings();
    settings.limits.whole = Duration::from_secs(2);
    let mailer = SmtpMailer::new(settings).unwrap();
    let start = Instant::now();
    let outcome = run(mailer.send(&mail_to("stall@far.example")));
    assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Recipient), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
#[ignore = "needs an SMTP server"]
fn a_certificate_nobody_vouches_for_a_wrong_password_and_an_open_line_are_refused_before_any_mail() {
    let unknown_authority = SmtpSettings { authority: None, ..settings() };
    let outcome = run(SmtpMailer::new(unknown_authority).unwrap().send(&mail_to("reader@far.example")));
    assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Tls), "{outcome:?}");

    let wrong_password = SmtpSettings { login: Some((setting("USER"), Secret::new("wrong".into()))), ..settings() };
    let outcome = run(SmtpMailer::new(wrong_password).unwrap().send(&mail_to("reader@far.example")));
    assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Auth && reply.code == Some(535)), "{outcome:?}");
    assert!(outcome.server_is_unusable());

    let open_line = SmtpSettings { security: Security::Loopback, login: None, ..settings() };
    let outcome = run(SmtpMailer::new(open_line).unwrap().send(&mail_to("reader@far.example")));
    assert!(matches!(&outcome, SendOutcome::Refused { reply } if reply.stage == Stage::Sender && reply.code == Some(530)), "{outcome:?}");
    assert!(outcome.server_is_unusable() && class_of_reply(&outcome) == Class::Policy);
}

/// The files in the Maildir.
fn in_maildir() -> BTreeSet<PathBuf> {
    let new = PathBuf::from(setting("MAILDIR")).join("new");
    std::fs::read_dir(&new).into_iter().flatten().filter_map(|file| Some(file.ok()?.path())).collect()
}

/// What lies in the Maildir beyond what lay there before, of those to a recipient of `office_with`: waits up to ten seconds for so many.
fn come_since(before: &BTreeSet<PathBuf>, wanted: usize) -> Vec<String> {
    let start = Instant::now();
    loop {
        let fresh = in_maildir();
        let texts = fresh.difference(before).filter_map(|path| std::fs::read_to_string(path).ok());
        let ours: Vec<String> = texts.filter(|text| (0..wanted).any(|n| text.contains(&format!("p{n}@far.example")))).collect();
        if ours.len() >= wanted || start.elapsed() > Duration::from_secs(10) {
            return ours;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
#[ignore = "needs an SMTP server"]
fn the_programs_own_run_signs_in_over_starttls_and_every_mail_lies_once_in_the_maildir() {
    // Nothing goes to this one: the office is set up with it, and then given the real server.
    let unused = Sink::start(Duration::ZERO);
    let mut registry = office_with(3, &unused, None, None);
    let password = registry.folder().join("smtp-password");
    std::fs::write(&password, format!("{}\n", setting("PASSWORD"))).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for (key, value) in [
        ("HOST", setting("HOST")),
        ("PORT", setting("PORT")),
        ("SECURITY", "starttls".to_owned()),
        ("USER", setting("USER")),
        ("PASSWORD_FILE", password.to_string_lossy().into_owned()),
        ("CA_FILE", setting("CA")),
    ] {
        registry.set(&format!("DONOR_REGISTRY_SMTP_{key}"), &value);
    }
    let before = in_maildir();
    let tally = send(&registry);
    assert_eq!((tally["queued"].as_u64(), tally["sent"].as_u64()), (Some(3), Some(3)), "{tally}");
    let mails = come_since(&before, 3);
    assert_eq!(mails.len(), 3, "one each");
    for n in 0..3 {
        assert_eq!(mails.iter().filter(|text| text.contains(&format!("\nTo: p{n}@far.example"))).count(), 1, "{n}");
    }
    let ids: BTreeSet<&str> = mails.iter().filter_map(|text| text.lines().find(|line| line.starts_with("Message-ID: "))).collect();
    assert_eq!(ids.len(), 3, "each under an id of its own");
    for text in &mails {
        assert!(text.contains("ESMTPSA"), "encrypted and signed in: {text}");
        assert!(text.contains("Return-Path: <b+") && text.contains("\nAuto-Submitted: auto-generated"), "{text}");
    }
    assert!(unused.taken().is_empty());
    assert_eq!(send(&registry)["sent"].as_u64(), Some(0), "a second run sends nothing again");
    assert_eq!(come_since(&before, 3).len(), 3);
}

/// A server that greylists (451 at first, taken when asked again): the outbox keeps the mail and hands it over later, once.
#[test]
fn a_mail_that_is_greylisted_is_tried_again_later_and_arrives_once() {
    let grey = "greylisted@far.example";
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, None);
    let joined = chrono::Utc::now().date_naive() - chrono::Days::new(500);
    std::fs::write(registry.folder().join("more.csv"), format!("姓名,性别,手机,邮箱,加入日期\n谭秋霜,女,16409999991,{grey},{joined}\n"))
        .unwrap();
    registry.done(&["import", "more.csv", "--registry", "volunteer"]);
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", "1"]);
    registry.done(&["followup", "plan", "--months", "1"]);
    let tally = send(&registry);
    assert_eq!(
        (tally["sent"].as_u64(), tally["deferred"].as_u64()),
        (Some(1), Some(1)),
        "one is put off, the other is not held up: {tally}"
    );
    let at_once = send(&registry);
    assert_eq!((at_once["sent"].as_u64(), sink.tried(grey)), (Some(0), 1), "not tried again at once: {at_once}");
    let arrived = || sink.taken().into_iter().filter(|mail| mail.to == grey).count();
    assert_eq!(arrived(), 0);
    registry.look(|app: Arc<App>| async move {
        let later = in_an_hour().plus_seconds(3_600);
        let tally = app.send(Actor::Console, app.today(later), false, later, &mut |_, _| {}).await.unwrap();
        assert_eq!((tally.sent, tally.deferred), (1, 0), "{tally:?}");
        let calls = app.staff_tasks(Actor::Console, app.today(later), 100).await.unwrap();
        assert!(calls.is_empty(), "nobody is called instead: {calls:?}");
    });
    assert_eq!((arrived(), sink.tried(grey)), (1, 2));
    send_later(&registry);
    assert_eq!(arrived(), 1, "and never again");
}
