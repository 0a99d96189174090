//! `followup bounces`: returned mails from a folder, a Maildir or a mail server's pipe.

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::app::{Actor, Taken};
use crate::followup::bounce::{RecipientReport, classify, post};

use super::args::{Bounces, Options};
use super::error::{unreadable, unwritable};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Bounces) -> Result<Outcome, CliError> {
    match &args.classify {
        Some(output) => describe(&args.from, output),
        None => apply(options, &args.from),
    }
}

/// What reading returned mails came to.
#[derive(Debug, Default, serde::Serialize)]
struct Tally {
    /// Messages read.
    messages: u64,
    /// Applied, by class.
    applied: BTreeMap<&'static str, u64>,
    /// Read before.
    known: u64,
    /// Not about a mail of ours, or with a forged return path.
    strangers: u64,
    /// Reporting nobody.
    nobody: u64,
    /// Set aside: they cannot be read or taken apart.
    quarantined: u64,
}

/// Holds returned mails against the addresses they were sent to. One bad message is set aside and never stops the others.
fn apply(options: &Options, from: &Path) -> Result<Outcome, CliError> {
    let piped = from == Path::new("-");
    let letters = if piped { Vec::new() } else { post::letters(from).map_err(|e| unreadable(from, &e))? };
    // Sendmail, Postfix and Exim tell the envelope's recipient to a pipe in one of these.
    let sent_to = ["ORIGINAL_RECIPIENT", "RECIPIENT", "LOCAL_PART"].iter().find_map(|name| std::env::var(name).ok()).filter(|_| piped);
    let tally = open::with_app(options, |app| async move {
        let mut tally = Tally::default();
        if piped {
            let bytes = post::read(std::io::stdin()).map_err(|e| unreadable(Path::new("-"), &e))?;
            tally.count(app.take_bounce(Actor::Console, &bytes, sent_to.as_deref(), open::now()).await?);
        }
        for letter in &letters {
            let Ok(bytes) = post::read_file(&letter.path) else {
                set_aside(from, letter, "it cannot be read");
                tally.count(Taken::Broken);
                continue;
            };
            let taken = app.take_bounce(Actor::Console, &bytes, None, open::now()).await?;
            if taken == Taken::Broken {
                set_aside(from, letter, "the message cannot be taken apart");
            } else if post::mark_read(&letter.path).is_err() {
                show::note(format_args!("{}: read, but it cannot be moved to `cur`; reading it again changes nothing", letter.name));
            }
            tally.count(taken);
        }
        Ok(tally)
    })?;
    if options.json {
        show::json(&tally);
        return Ok(Outcome::Done);
    }
    show::line(format_args!(
        "{} messages: {} read before, {} not about a mail of ours, {} report nobody, {} set aside in a quarantine folder beside this one.",
        tally.messages, tally.known, tally.strangers, tally.nobody, tally.quarantined
    ));
    for (class, count) in &tally.applied {
        show::line(format_args!("  {class}: {count}"));
    }
    Ok(Outcome::Done)
}

/// Moves a message that cannot be read out of the way of the next run, and says where it lies.
fn set_aside(folder: &Path, letter: &post::Letter, why: &str) {
    match post::set_aside(folder, &letter.path) {
        Ok(beside) => show::note(format_args!("{}: {why}; it was moved to {}, look at it there", letter.name, beside.display())),
        Err(error) => show::note(format_args!(
            "{}: {why}, and it cannot be moved beside the folder ({}); it stays and is met again by the next run",
            letter.name,
            error.kind()
        )),
    }
}

impl Tally {
    fn count(&mut self, taken: Taken) {
        self.messages += 1;
        match taken {
            Taken::Applied(class) => *self.applied.entry(class.word()).or_default() += 1,
            Taken::Known => self.known += 1,
            Taken::Stranger => self.strangers += 1,
            Taken::Nobody => self.nobody += 1,
            Taken::Broken => self.quarantined += 1,
        }
    }
}

/// One line a recipient, from files alone. A message that cannot be read gets no line and is named; it never stops the others.
fn describe(from: &Path, output: &Path) -> Result<Outcome, CliError> {
    let piped = from == Path::new("-");
    let letters = if piped { Vec::new() } else { post::letters(from).map_err(|e| unreadable(from, &e))? };
    let file: Box<dyn std::io::Write> = if output == Path::new("-") {
        Box::new(std::io::stdout())
    } else {
        Box::new(File::create(output).map_err(|e| unwritable(output, &e))?)
    };
    let own = output.canonicalize().ok();
    let mut table = csv::Writer::from_writer(std::io::BufWriter::new(file));
    let mut write = |cells: &[String]| table.write_record(cells).map_err(|e| unwritable(output, &csv_cause(&e)));
    write(&["file", "recipient_no", "class", "status", "recipient", "action"].map(str::to_owned))?;
    let mut unread = 0;
    if piped {
        let bytes = post::read(std::io::stdin()).map_err(|e| unreadable(from, &e))?;
        for line in lines("-", &bytes) {
            write(&line)?;
        }
    }
    for letter in letters.iter().filter(|l| own.is_none() || l.path.canonicalize().ok() != own) {
        match post::read_file(&letter.path) {
            Ok(bytes) => {
                for line in lines(&letter.name, &bytes) {
                    write(&line)?;
                }
            }
            Err(error) => {
                unread += 1;
                show::note(unreadable(&letter.path, &error));
            }
        }
    }
    table.flush().map_err(|e| unwritable(output, &e))?;
    Ok(if unread == 0 { Outcome::Done } else { Outcome::SomeRefused })
}

/// The lines of one message; one that breaks the reader reports nobody.
fn lines(name: &str, bytes: &[u8]) -> Vec<Vec<String>> {
    // The reader is meant to survive any bytes; should it not, this message is set aside and the others go on.
    let reports: Vec<RecipientReport> = catch_unwind(AssertUnwindSafe(|| classify(bytes))).unwrap_or_else(|_| {
        show::note(format_args!("{name}: set aside, the message cannot be taken apart"));
        Vec::new()
    });
    if reports.is_empty() {
        return vec![
            ["", "0", "none", "", "", ""].iter().enumerate().map(|(i, c)| if i == 0 { name.to_owned() } else { (*c).to_owned() }).collect(),
        ];
    }
    let numbered = reports.iter().zip(1..);
    numbered.map(|(report, number): (_, usize)| show::report(name, number, report)).collect()
}

fn csv_cause(error: &csv::Error) -> std::io::Error {
    match error.kind() {
        csv::ErrorKind::Io(io) => io.kind().into(),
        _ => std::io::ErrorKind::Other.into(),
    }
}
