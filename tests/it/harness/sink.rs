//! A mail server that records what it takes: for tests that kill the sender at any moment.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A mail that was handed over in full.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The envelope's sender: the return path.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// Header and body as received.
    pub text: String,
    /// Whether the sender was told that it was taken. If not, it may send it once more.
    pub answered: bool,
    /// Whether the sender went on to another command after it was told. What it records of a mail it records before it begins the next: from
    /// here on, as far as this end can tell, the sender knows.
    pub went_on: bool,
}

impl Taken {
    /// The value of a header field, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let wanted = format!("{}:", name.to_ascii_lowercase());
        let mut lines = self.text.lines().take_while(|l| !l.is_empty()).skip_while(|l| !l.to_ascii_lowercase().starts_with(&wanted));
        let first = lines.next()?.get(wanted.len()..)?.trim().to_owned();
        Some(lines.take_while(|l| l.starts_with([' ', '\t'])).fold(first, |all, line| all + " " + line.trim()).trim().to_owned())
    }
}

/// A step of the conversation at which the server may fall silent, before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Connected,
    Greeted,
    Sender,
    Recipient,
    Data,
    /// The mail was taken in full, and the sender is not told.
    Taken,
}

impl Stage {
    pub const ALL: [Self; 6] = [Self::Connected, Self::Greeted, Self::Sender, Self::Recipient, Self::Data, Self::Taken];
}

/// At which step the server falls silent next, and whether it has.
#[derive(Default)]
struct Silence {
    at: Mutex<Option<Stage>>,
    fallen: AtomicBool,
}

impl Silence {
    /// At the step that is waited for: says no more until the other end is gone. Answers whether that was so.
    fn falls(&self, stage: Stage, lines: &mut impl Iterator) -> bool {
        let mut at = self.at.lock().expect("no session panics while it holds the step");
        if *at != Some(stage) {
            return false;
        }
        *at = None;
        drop(at);
        self.fallen.store(true, Ordering::SeqCst);
        lines.next();
        true
    }
}

/// The server; it lives as long as the test.
pub struct Sink {
    pub port: u16,
    silence: Arc<Silence>,
    taken: Arc<Mutex<Vec<Taken>>>,
    greeted: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    /// Starts it on a free loopback port. `pause` is how long it thinks before it answers to a mail. Recipients with a meaning of their own:
    /// `unknown`, `overquota`, `filtered`, and `greylisted`, whom it takes a mail for only when it is asked a second time.
    pub fn start(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has free ports");
        let port = listener.local_addr().expect("it is bound").port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let greeted = Arc::new(Mutex::new(Vec::new()));
        let silence = Arc::new(Silence::default());
        let (all, grey, quiet) = (Arc::clone(&taken), Arc::clone(&greeted), Arc::clone(&silence));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, grey, quiet) = (Arc::clone(&all), Arc::clone(&grey), Arc::clone(&quiet));
                // A line that breaks is the test's purpose.
                thread::spawn(move || drop(talk(stream, &all, &grey, &quiet, pause)));
            }
        });
        Self { port, silence, taken, greeted }
    }

    /// Falls silent the next time a conversation comes to this step.
    pub fn silent_at(&self, stage: Stage) {
        self.silence.fallen.store(false, Ordering::SeqCst);
        *self.silence.at.lock().expect("no session panics while it holds the step") = Some(stage);
    }

    /// Whether it has fallen silent since it was last asked to; it is asked no more.
    pub fn fell_silent(&self) -> bool {
        self.silence.fallen.load(Ordering::SeqCst)
    }

    /// Answers at every step again.
    pub fn speak(&self) {
        *self.silence.at.lock().expect("no session panics while it holds the step") = None;
    }

    /// How often a mail to a recipient that is greylisted was tried.
    pub fn tried(&self, to: &str) -> usize {
        self.greeted.lock().expect("no session panics while it holds the list").iter().filter(|known| *known == to).count()
    }

    /// Every mail taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("no session panics while it holds the list").clone()
    }
}

fn talk(stream: TcpStream, all: &Mutex<Vec<Taken>>, grey: &Mutex<Vec<String>>, silence: &Silence, pause: Duration) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut out = stream;
    let (mut from, mut to) = (String::new(), String::new());
    let mut told: Option<usize> = None;
    if silence.falls(Stage::Connected, &mut lines) {
        return Ok(());
    }
    write!(out, "220 sink.example ESMTP\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        if let Some(at) = told.take() {
            all.lock().expect("no session panics while it holds the list")[at].went_on = true;
        }
        let upper = line.to_ascii_uppercase();
        if step_of(&upper).is_some_and(|stage| silence.falls(stage, &mut lines)) {
            return Ok(());
        }
        if upper.starts_with("EHLO") || upper.starts_with("HELO") {
            write!(out, "250-sink.example\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n")?;
        } else if upper.starts_with("MAIL FROM:") {
            from = address(&line);
            write!(out, "250 2.1.0 ok\r\n")?;
        } else if upper.starts_with("RCPT TO:") {
            to = address(&line);
            if to.starts_with("unknown") {
                write!(out, "550 5.1.1 <{to}>: user unknown\r\n")?;
            } else if to.starts_with("overquota") {
                write!(out, "552 5.2.2 <{to}>: mailbox full\r\n")?;
            } else if to.starts_with("filtered") {
                write!(out, "550 5.7.1 <{to}>: content rejected\r\n")?;
            } else if to.starts_with("greylisted") && greets(grey, &to) {
                write!(out, "451 4.7.1 <{to}>: greylisted, come again in a while\r\n")?;
            } else {
                write!(out, "250 2.1.5 ok\r\n")?;
            }
        } else if upper.starts_with("DATA") {
            write!(out, "354 go on\r\n")?;
            let mut text = String::new();
            loop {
                let Some(line) = lines.next().transpose()? else { return Ok(()) };
                if line == "." {
                    break;
                }
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            // Taken before it is answered: the moment in which a killed sender cannot know.
            let at = {
                let mut all = all.lock().expect("no session panics while it holds the list");
                all.push(Taken { from: from.clone(), to: to.clone(), text, answered: false, went_on: false });
                all.len() - 1
            };
            if silence.falls(Stage::Taken, &mut lines) {
                return Ok(());
            }
            thread::sleep(pause);
            write!(out, "250 2.0.0 taken\r\n")?;
            out.flush()?;
            all.lock().expect("no session panics while it holds the list")[at].answered = true;
            told = Some(at);
        } else if upper.starts_with("QUIT") {
            return write!(out, "221 2.0.0 bye\r\n");
        } else {
            write!(out, "250 2.0.0 ok\r\n")?;
        }
    }
    Ok(())
}

/// The step to which a command leads.
fn step_of(command: &str) -> Option<Stage> {
    let steps =
        [("EHLO", Stage::Greeted), ("HELO", Stage::Greeted), ("MAIL", Stage::Sender), ("RCPT", Stage::Recipient), ("DATA", Stage::Data)];
    steps.into_iter().find(|(word, _)| command.starts_with(word)).map(|(_, stage)| stage)
}

/// Notes that a recipient was named; answers whether it was for the first time.
fn greets(grey: &Mutex<Vec<String>>, to: &str) -> bool {
    let mut known = grey.lock().expect("no session panics while it holds the list");
    known.push(to.to_owned());
    known.iter().filter(|other| *other == to).count() == 1
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
