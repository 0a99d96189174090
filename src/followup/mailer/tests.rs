//! Against a server that misbehaves on purpose; the well-behaved one is Postfix, in `tests/it/followup_smtp.rs`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;
use crate::followup::FollowupError;
use crate::followup::bounce::{Class, class_of_reply};
use crate::followup::compose::fixtures::wire;

/// What the server does at one step.
#[derive(Clone, Copy)]
enum Act {
    Say(&'static str),
    Close,
    Stall,
}
use Act::{Close, Say, Stall};

/// What the server does over one connection; after the mail the next one may follow on the same connection.
#[derive(Clone, Copy)]
struct Script {
    greeting: Act,
    mail: Act,
    rcpt: Act,
    data: Act,
    end: Act,
}

const GOOD: Script = Script {
    greeting: Say("220 test ESMTP"),
    mail: Say("250 2.1.0 Ok"),
    rcpt: Say("250 2.1.5 Ok"),
    data: Say("354 go on"),
    end: Say("250 2.0.0 Ok: queued as 1"),
};

/// Serves one connection per script and reports every mail it took, by its number of bytes.
fn server(scripts: Vec<Script>) -> (u16, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, mails) = channel();
    std::thread::spawn(move || {
        for script in scripts {
            let (stream, _) = listener.accept().unwrap();
            let taken = taken.clone();
            std::thread::spawn(move || serve(stream, script, &taken));
        }
    });
    (port, mails)
}

fn serve(mut stream: TcpStream, script: Script, taken: &std::sync::mpsc::Sender<usize>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut act = |act: Act| match act {
        Say(reply) => stream.write_all(format!("{reply}\r\n").as_bytes()).ok(),
        Close => None,
        Stall => {
            std::thread::sleep(Duration::from_secs(30));
            None
        }
    };
    act(script.greeting)?;
    while let Some(Ok(line)) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => act(Say("250-test\r\n250 8BITMIME"))?,
            "MAIL" => act(script.mail)?,
            "RCPT" => act(script.rcpt)?,
            "DATA" => {
                act(script.data)?;
                let size = lines.by_ref().map_while(Result::ok).take_while(|l| l != ".").map(|l| l.len()).sum();
                taken.send(size).ok();
                act(script.end)?;
            }
            _ => act(Say("221 bye"))?,
        }
    }
    Some(())
}

fn mailer(port: u16) -> SmtpMailer {
    let limits = TimeLimits { connect: Duration::from_millis(600), whole: Duration::from_millis(900), idle: Duration::from_secs(5) };
    SmtpMailer::new(SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::Loopback,
        login: None,
        authority: None,
        hello: "client.example".into(),
        limits,
    })
    .unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn send_once(script: Script) -> SendOutcome {
    let (port, _mails) = server(vec![script]);
    run(mailer(port).send(&wire()))
}

#[test]
fn a_mail_that_is_taken_is_sent_with_the_servers_words() {
    let SendOutcome::Sent { reply } = send_once(GOOD) else { panic!("not sent") };
    assert_eq!(
        (reply.code, reply.status.map(|s| s.to_string()), reply.text.as_str()),
        (Some(250), Some("2.0.0".into()), "2.0.0 Ok: queued as 1")
    );
}

#[test]
fn a_4xx_defers_and_a_5xx_refuses_at_every_step() {
    type Change = fn(&mut Script, Act);
    let steps: [(Stage, Change); 4] = [
        (Stage::Sender, |s, a| s.mail = a),
        (Stage::Recipient, |s, a| s.rcpt = a),
        (Stage::Data, |s, a| s.data = a),
        (Stage::Message, |s, a| s.end = a),
    ];
    for (stage, change) in steps {
        let mut script = GOOD;
        change(&mut script, Say("450 4.7.1 Greylisted"));
        let outcome = send_once(script);
        assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == stage && reply.code == Some(450)), "{outcome:?}");
        change(&mut script, Say("550 5.7.1 <zhang.san1990@mail.example> no"));
        let outcome = send_once(script);
        assert!(matches!(&outcome, SendOutcome::Refused { reply } if reply.stage == stage && reply.code == Some(550)), "{outcome:?}");
        assert_eq!(class_of_reply(&outcome), Class::Policy, "policy speaks of us, not of the address");
        assert_eq!(outcome.reply().text, "5.7.1 <…> no");
    }
}

#[test]
fn only_what_happens_after_the_mail_was_handed_over_is_uncertain() {
    for broken in [Close, Stall] {
        for script in [
            Script { mail: broken, ..GOOD },
            Script { rcpt: broken, ..GOOD },
            Script { data: broken, ..GOOD },
            Script { greeting: broken, ..GOOD },
        ] {
            let outcome = send_once(script);
            assert!(matches!(outcome, SendOutcome::Deferred { .. }), "{outcome:?}");
        }
        let outcome = send_once(Script { end: broken, ..GOOD });
        assert!(matches!(&outcome, SendOutcome::Uncertain { reply } if reply.stage == Stage::Message), "{outcome:?}");
    }
}

#[test]
fn a_stalling_server_costs_no_more_than_the_time_limits() {
    let start = std::time::Instant::now();
    send_once(Script { greeting: Stall, ..GOOD });
    send_once(Script { end: Stall, ..GOOD });
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[test]
fn a_server_that_is_not_there_defers() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = run(mailer(port).send(&wire()));
    assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Connect), "{outcome:?}");
    assert!(outcome.server_is_unusable());
}

#[test]
fn one_connection_serves_many_mails_and_a_fresh_one_follows_every_failure() {
    let (port, mails) = server(vec![GOOD, GOOD]);
    let mailer = mailer(port);
    run(async {
        for _ in 0..5 {
            assert!(matches!(mailer.send(&wire()).await, SendOutcome::Sent { .. }));
        }
    });
    assert_eq!(mails.try_iter().filter(|size| *size > 500).count(), 5);

    let (port, mails) = server(vec![Script { rcpt: Say("550 5.1.1 unknown"), ..GOOD }, GOOD]);
    let mailer = self::mailer(port);
    run(async {
        assert_eq!(class_of_reply(&mailer.send(&wire()).await), Class::Hard);
        assert!(matches!(mailer.send(&wire()).await, SendOutcome::Sent { .. }), "the second connection");
    });
    assert_eq!(mails.try_iter().count(), 1);
}

#[test]
fn a_kept_connection_that_the_server_closed_meanwhile_costs_no_mail() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, mails) = channel();
    std::thread::spawn(move || {
        for _ in 0..2 {
            let (stream, _) = listener.accept().unwrap();
            let (inner, taken) = (stream.try_clone().unwrap(), taken.clone());
            std::thread::spawn(move || serve(inner, GOOD, &taken));
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                stream.shutdown(std::net::Shutdown::Both).ok();
            });
        }
    });
    let mailer = mailer(port);
    run(async {
        assert!(matches!(mailer.send(&wire()).await, SendOutcome::Sent { .. }));
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(matches!(mailer.send(&wire()).await, SendOutcome::Sent { .. }));
    });
    assert_eq!(mails.try_iter().count(), 2);
}

#[test]
fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let (port, mails) = server(vec![GOOD]);
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::Starttls,
        login: Some(("sender".into(), Secret::new("hunter2".into()))),
        authority: None,
        hello: "client.example".into(),
        limits: TimeLimits::default(),
    };
    assert!(!format!("{settings:?}").contains("hunter2"));
    let outcome = run(SmtpMailer::new(settings).unwrap().send(&wire()));
    assert!(matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage == Stage::Tls), "{outcome:?}");
    assert!(outcome.server_is_unusable());
    assert_eq!(mails.try_iter().count(), 0);
}

#[test]
fn an_open_line_to_another_machine_is_refused() {
    for host in ["mail.example.org", "10.0.0.5", "localhost.example.org", "::2"] {
        let settings = SmtpSettings {
            host: host.into(),
            port: 25,
            security: Security::Loopback,
            login: None,
            authority: None,
            hello: "client.example".into(),
            limits: TimeLimits::default(),
        };
        assert!(matches!(SmtpMailer::new(settings), Err(FollowupError::Settings { field: "security", .. })), "{host}");
    }
}

#[test]
fn a_folder_gets_one_file_a_mail_that_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::Folder(FolderMailer::open(folder.path()).unwrap());
    let (one, two) = (wire(), wire());
    run(async {
        for mail in [&one, &two, &one] {
            assert!(matches!(mailer.send(mail).await, SendOutcome::Sent { .. }));
        }
    });
    let files: Vec<_> = std::fs::read_dir(folder.path().join("new")).unwrap().map(|f| f.unwrap()).collect();
    assert_eq!(files.len(), 2, "the same outbox row is the same file");
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("Auto-Submitted: auto-generated"));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o777, 0o600);
    }
    std::fs::remove_dir_all(folder.path().join("new")).unwrap();
    assert!(matches!(run(mailer.send(&one)), SendOutcome::Deferred { .. }), "a full or missing folder loses nothing");
}
