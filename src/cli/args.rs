//! What may be typed. Names are stable: other programs call them.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::domain::registry::Registry;
use crate::domain::role::Role;

/// A registry of blood donors and volunteers, stem-cell donors and organ/body registrants, on encrypted data.
#[derive(Debug, Parser)]
#[command(name = "donor-registry", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "Examples:
  donor-registry demo                                     try it with synthetic people
  donor-registry serve                                    open the registry in ./data
  donor-registry import 登记表.xlsx --registry blood --dry-run
  donor-registry duplicates scan && donor-registry duplicates export --output pairs.csv
  donor-registry report pool --as-of 2026-11-23 --format xlsx --output pool.xlsx";

/// Options of every command that touches a registry.
#[derive(Debug, Clone, ClapArgs)]
pub struct Options {
    /// The data folder.
    #[arg(long, global = true, env = "DONOR_REGISTRY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The root key file; by default in your configuration folder, never in the data folder.
    #[arg(long, global = true, env = "DONOR_REGISTRY_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// A file whose first line is the passphrase of a protected root key file; without it you are asked at the terminal.
    #[arg(long, global = true, env = "DONOR_REGISTRY_PASSPHRASE_FILE", value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Answer in JSON where a program may read the answer.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the web app; the first start prints a one-time set-up link.
    Serve(Serve),
    /// Serve a throw-away registry of synthetic people.
    Demo(Demo),
    /// Import a sheet (XLSX, XLS or CSV). Nobody is contacted by it.
    Import(Import),
    /// Find people who are on file twice.
    #[command(subcommand)]
    Duplicates(Duplicates),
    /// Find the same people in CSV files, without a registry. Nothing is recorded.
    #[command(subcommand)]
    Link(super::link::Link),
    /// Plan and send follow-ups.
    #[command(subcommand)]
    Followup(Followup),
    /// Count.
    Report(Report),
    /// Survival curves of a CSV file, without a registry.
    Survival(Survival),
    /// Keys: status, recovery sheet, export for a node, rotation, passphrase.
    #[command(subcommand)]
    Keys(Keys),
    /// Verify who saw and did what.
    #[command(subcommand)]
    Audit(Audit),
    /// Write data and data keys as two files; never the root key.
    Backup(Backup),
    /// Restore a backup into a fresh folder.
    Restore(Restore),
    /// Staff accounts.
    #[command(subcommand)]
    Account(Account),
    /// Bring the database to this version's tables.
    Migrate,
}

#[derive(Debug, ClapArgs)]
pub struct Serve {
    /// The address to listen on; another than loopback needs --behind-proxy.
    #[arg(long)]
    pub address: Option<std::net::IpAddr>,
    /// The port.
    #[arg(long)]
    pub port: Option<u16>,
    /// The network of the reverse proxy in front, e.g. 10.0.0.0/8.
    #[arg(long, value_name = "CIDR")]
    pub behind_proxy: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// How many people to invent.
    #[arg(long, default_value_t = 3000)]
    pub people: usize,
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
}

fn registry(word: &str) -> Result<Registry, String> {
    Registry::from_word(word).ok_or_else(|| "one of blood, stem-cell, organ-body, volunteer".to_owned())
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "one of recruiter, registrar, caller, coordinator, manager, auditor, administrator".to_owned())
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  donor-registry import 献血.xlsx --registry blood --date 2025-06-14 --report out.csv
  donor-registry import roster.csv --registry volunteer --dry-run")]
pub struct Import {
    /// The sheet.
    pub file: PathBuf,
    /// Which registry its rows are for.
    #[arg(long, value_parser = registry)]
    pub registry: Registry,
    /// The day on which ages and deferrals are judged (default: the row's own date, else the drive's, else today).
    #[arg(long)]
    pub date: Option<NaiveDate>,
    /// Header words of your office's sheets.
    #[arg(long, value_name = "F.toml")]
    pub profile: Option<PathBuf>,
    /// The drive the sheet is of, by its name.
    #[arg(long, value_name = "NAME")]
    pub drive: Option<String>,
    /// Read and judge only; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write one line for every row.
    #[arg(long, value_name = "OUT.csv")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Duplicates {
    /// Compare everybody with everybody; decides, never merges.
    Scan,
    /// The pairs waiting for a registrar.
    List,
    /// Every pair ever decided same or review, as CSV.
    Export {
        /// The file; standard output without.
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

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

#[derive(Debug, ClapArgs)]
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

#[derive(Debug, ClapArgs)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Who is on file.
    Pool,
    /// Who came in and went out.
    Flows,
    /// Losses in person-time, beside the share verified.
    Attrition,
    /// Match requests by stage, follow-ups, donations among deaths.
    Reneging,
    /// How far the plan is.
    Targets,
    /// What may be published: small counts held back. Prepares a release that stays as it is.
    Public,
    /// Curves of staying, by cohort (--registry).
    Retention,
    /// One page for the superior.
    Brief,
    /// Follow-up figures of another source (--figures), checked for people without an outcome.
    Funnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Format {
    Html,
    Svg,
    Csv,
    Xlsx,
    Json,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "A period begins with --from, else with the year of --as-of. Reports open nothing but the statistics key.

Examples:
  donor-registry report pool --as-of 2026-11-23 --format xlsx --output pool.xlsx
  donor-registry report attrition --from 2026-01-01 --as-of 2026-06-30 --format html --output attrition.html
  donor-registry report public --as-of 2026-10-31 --format csv --output public.csv     (further tables: public.2.csv, public.3.csv)
  donor-registry report retention --registry stem-cell --as-of 2026-11-23 --format svg --output retention.svg
  donor-registry report funnel --figures figures.csv --as-of 2024-07-16 --format html --output funnel.html")]
pub struct Report {
    /// Which report.
    #[arg(value_enum)]
    pub kind: ReportKind,
    /// The day it speaks of.
    #[arg(long)]
    pub as_of: NaiveDate,
    /// The first day of the period; the first of January where it is left out.
    #[arg(long)]
    pub from: Option<NaiveDate>,
    /// Whose retention.
    #[arg(long, value_parser = registry, default_value = "stem-cell")]
    pub registry: Registry,
    /// A CSV file with an item and a count a row: due, tried, reached, followed_up, and the outcomes.
    #[arg(long, value_name = "F.csv")]
    pub figures: Option<PathBuf>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// In English instead of Chinese.
    #[arg(long)]
    pub english: bool,
    /// The file.
    #[arg(long, value_name = "F")]
    pub output: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Kaplan-Meier with log-log intervals; with --group the log-rank test; with several causes Aalen-Johansen incidence.
At risk at t is who has entry < t <= time. Empty lines are passed over; a cell that cannot be ends the command with its row number.

Examples:
  donor-registry survival trial.csv --time weeks --event relapse --group arm
  donor-registry survival donors.csv --time years --event reason --entry verified --format html > retention.html
  donor-registry survival donors.csv --time years --event reason --format svg --english > retention.svg")]
pub struct Survival {
    /// The file (UTF-8 CSV with a header).
    pub file: PathBuf,
    /// The column of times.
    #[arg(long)]
    pub time: String,
    /// The column of events: 0 censored, 1, 2 ... causes.
    #[arg(long)]
    pub event: String,
    /// The column of entry times (delayed entry).
    #[arg(long)]
    pub entry: Option<String>,
    /// The column of groups.
    #[arg(long)]
    pub group: Option<String>,
    /// The form of the answer: json, svg or html.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Words of the drawing and the page in English instead of Chinese.
    #[arg(long)]
    pub english: bool,
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Versions and states of the keys.
    Status,
    /// Print the recovery sheet.
    Sheet,
    /// Confirm the recovery sheet by typing it back on standard input.
    Confirm,
    /// Write a key file that opens some compartments and nothing else.
    Export {
        /// E.g. statistics or genetic; several by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        compartments: Vec<String>,
        /// The file; must not exist.
        #[arg(long, value_name = "F")]
        output: PathBuf,
    },
    /// Make a new root key file from a recovery sheet read on standard input.
    Recover,
    /// Give every compartment a new key, bring all data under it and destroy the old keys. The registry stays in use meanwhile; a run that
    /// was broken off goes on where it was. What was erased before is unreadable in every earlier copy of the database from then on.
    #[command(after_help = "Once a month:
  donor-registry keys rotate
  donor-registry keys status")]
    Rotate,
    /// Put the root key file behind a passphrase, or behind another one. From then on every start asks for it.
    #[command(after_help = "Examples:
  donor-registry keys protect                                          asks for the passphrase twice
  donor-registry keys protect --new-passphrase-file new.txt            reads it from the first line of a file
  donor-registry serve --passphrase-file /run/credentials/passphrase   starts without a terminal
Print the recovery sheet first (`keys sheet`): it opens the registry when the passphrase is forgotten.")]
    Protect {
        /// A file whose first line is the new passphrase; without it you are asked twice at the terminal.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk the chain of the log.
    Verify,
}

#[derive(Debug, ClapArgs)]
pub struct Backup {
    /// A folder that does not exist yet.
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub struct Restore {
    /// The folder `backup` wrote.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// A text file with the recovery sheet, where the root key file is lost.
    #[arg(long, value_name = "FILE")]
    pub recovery_sheet: Option<PathBuf>,
    /// The list of erasures, where it is not beside the key file: whoever was erased since the backup is erased again.
    #[arg(long, value_name = "FILE")]
    pub erasures: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Add an account; the password is read from standard input or made up and printed once.
    Add {
        /// Log-in name.
        login: String,
        /// The name colleagues see.
        #[arg(long)]
        name: Option<String>,
        /// Roles, by commas.
        #[arg(long, value_delimiter = ',', value_parser = role)]
        roles: Vec<Role>,
        /// All working roles in one hand (小型单位).
        #[arg(long)]
        small_branch: bool,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// The accounts.
    List,
    /// Close an account and its sessions.
    Disable {
        /// Log-in name.
        login: String,
    },
}
