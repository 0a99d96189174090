//! Administration: accounts, the recovery sheet, the keys' standing. No personal data of registrants.

use askama::Template;

use super::{Choice, Field, Shell, Slips};

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
