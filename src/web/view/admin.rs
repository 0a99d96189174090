//! Administration: accounts, the recovery sheet, the keys' standing. No personal data of registrants.

use askama::Template;

use super::{Choice, Field, Shell, Slips};
use crate::domain::Guarded;

/// An account.
#[derive(Debug, Clone)]
pub struct AccountLine {
    /// Where changes are posted.
    pub href: String,
    /// The name shown.
    pub name: String,
    /// The user name.
    pub user: String,
    /// Roles, in words.
    pub roles: String,
    /// When it was made.
    pub since: String,
    /// Whether it may sign in.
    pub active: bool,
    /// Whether it is the reader's own.
    pub own: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/admin.html")]
pub struct Admin {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The accounts.
    pub accounts: Vec<AccountLine>,
    /// Name, user name, password.
    pub fields: [Field; 3],
    /// Roles.
    pub roles: Choice,
    /// Whether the recovery sheet was typed back.
    pub recovered: bool,
    /// Its code, typed back.
    pub recovery: Field,
    /// What there is to know of the installation: word and value.
    pub facts: Vec<(String, String)>,
}

/// A password made up for an account, shown this once.
#[derive(Debug, Template)]
#[template(path = "page/password_fresh.html")]
pub struct FreshPassword {
    /// The frame.
    pub s: Shell,
    /// The name shown.
    pub name: String,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Guarded<String>,
}

impl FreshPassword {
    fn shown(&self) -> &str {
        self.password.reveal()
    }
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, in words.
    pub what: String,
    /// The end of the id it was done to.
    pub object: Option<String>,
    /// Codes and counts.
    pub more: String,
}

/// What verifying the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// Every entry fits the one before it.
    Yes {
        /// How many there are.
        entries: i64,
        /// The beginning of the last hash.
        hash: String,
    },
    /// The first entry that does not fit.
    BrokenAt(i64),
}

/// The log.
#[derive(Debug, Template)]
#[template(path = "page/log.html")]
pub struct Log {
    /// The frame.
    pub s: Shell,
    /// The entries, the newest first.
    pub lines: Vec<LogLine>,
    /// Where older ones are; empty where there are none.
    pub next: String,
    /// What verifying found, where it was asked for.
    pub whole: Option<Whole>,
}
