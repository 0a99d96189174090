//! What may be typed. Names are stable: other programs call them.

mod followup;
mod report;
mod upkeep;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::domain::registry::Registry;

pub use followup::{Bounces, Followup, FollowupPolicy, HandOff};
pub use report::{Format, Report, ReportKind, Survival};
pub use upkeep::{Account, Audit, Backup, Keys, Restore};

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
    /// The log of who saw and did what: verify it, print a checkpoint.
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
