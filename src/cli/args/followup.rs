//! What may be typed after `followup`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::registry;
use crate::domain::registry::Registry;

#[derive(Debug, Subcommand)]
pub enum Followup {
    /// Plan what falls due.
    Plan {
        /// The day to plan from.
        #[arg(long)]
        as_of: Option<NaiveDate>,
        /// How many months ahead.
        #[arg(long, default_value_t = 12)]
        months: u32,
        /// Show only; store nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// 超龄: let leave the stem-cell file who has reached its age (rules/age.toml), as the running server does once a day. Whoever has an open
    /// match request stays until it is over.
    AgeOut {
        /// Count only; change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Send what is due through the outbox.
    Send {
        /// The day to send for.
        #[arg(long)]
        as_of: Option<NaiveDate>,
        /// Show only; send nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Read returned mails: a folder or Maildir of messages, or one message on standard input (`-`), as a mail server's pipe gives it.
    Bounces(Bounces),
    /// The follow-up policy.
    #[command(subcommand)]
    Policy(FollowupPolicy),
    /// Every contact of a person, past and to come, with the limits applied; nothing is stored.
    Calendar {
        /// The person's public id.
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// Write the calls of a day that a short message may replace as a file for the office's platform, or read its results back.
    HandOff(HandOff),
    /// Confirm, after a restore, that messages may go out again.
    Resume,
    /// 发起首次联系: release imported people for contact. Needs a manager and the count typed back.
    FirstContact {
        /// Only people of this registry.
        #[arg(long, value_parser = registry)]
        registry: Option<Registry>,
        /// The manager who confirms, by log-in name.
        #[arg(long, value_name = "LOGIN")]
        manager: Option<String>,
        /// How many people, as the preview said. Without it only the preview is shown.
        #[arg(long, value_name = "N")]
        count: Option<u64>,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "The file holds `ref,number,text`: numbers of people. It is written for its owner alone (mode 0600), never over another file, and noted in the
log. Without a result within a week the call is due after all.

Examples:
  donor-registry followup hand-off --as-of 2026-11-27 --output messages.csv
  donor-registry followup hand-off --results results.csv      lines `ref,delivered` or `ref,failed`"
)]
pub struct HandOff {
    /// The day whose calls are handed off.
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
    /// Where the file is written.
    #[arg(long, value_name = "F", required_unless_present = "results")]
    pub output: Option<PathBuf>,
    /// What each message says, at most 300 characters: no name, nothing of the registration.
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// Read the platform's results back instead.
    #[arg(long, value_name = "F", conflicts_with_all = ["output", "text", "as_of"])]
    pub results: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum FollowupPolicy {
    /// What differs between two policy files: files alone, no registry is opened.
    Diff {
        /// The file in force, e.g. rules/followup.toml.
        #[arg(value_name = "OLD.toml")]
        old: PathBuf,
        /// The changed file.
        #[arg(value_name = "NEW.toml")]
        new: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  donor-registry followup bounces Maildir/
  donor-registry followup bounces mails/ --classify out.csv    files alone: no registry is opened, nothing is recorded
  in /etc/aliases:  bounces: \"|donor-registry followup bounces - --data /var/lib/donor-registry\"")]
pub struct Bounces {
    /// The folder, or `-` for one message on standard input.
    #[arg(value_name = "FOLDER|-")]
    pub from: PathBuf,
    /// Only say what each message reports, one line a recipient, and touch no registry; `-` writes to standard output.
    #[arg(long, value_name = "OUT.csv")]
    pub classify: Option<PathBuf>,
}
