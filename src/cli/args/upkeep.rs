//! What may be typed to keep a registry: keys, log, backup, accounts.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::domain::role::Role;
use crate::store::Head;

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "one of recruiter, registrar, caller, coordinator, manager, auditor, administrator".to_owned())
}

fn checkpoint(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "NUMBER-HASH, as `audit checkpoint` printed it".to_owned())
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
    Verify {
        /// What `audit checkpoint` printed earlier and was kept elsewhere: finds a log that was cut off or written anew since.
        #[arg(long, value_name = "NUMBER-HASH", value_parser = checkpoint)]
        checkpoint: Option<Head>,
    },
    /// Walk the chain of the log and print its last entry's number and hash, to be kept outside the registry.
    Checkpoint,
}

#[derive(Debug, Args)]
pub struct Backup {
    /// A folder that does not exist yet.
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
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
