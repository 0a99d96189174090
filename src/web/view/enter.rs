//! Signing in and the first set-up.

use askama::Template;

use super::{Field, Shell, Slips};

/// The sign-in page. The same page answers an unknown name, a wrong password and a locked account.
#[derive(Debug, Template)]
#[template(path = "page/sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub s: Shell,
    /// Whether the last attempt failed.
    pub failed: bool,
    /// Whether the session had ended.
    pub ended: bool,
    /// User name.
    pub user: Field,
    /// Password.
    pub password: Field,
    /// Where to go afterwards: a path of ours.
    pub next: String,
}

/// The first set-up, by the one-time link printed at the first start.
#[derive(Debug, Template)]
#[template(path = "page/set_up.html")]
pub struct SetUp {
    /// The frame.
    pub s: Shell,
    /// Where the form is posted.
    pub action: String,
    /// What is wrong.
    pub slips: Slips,
    /// Whether the working account holds every working role (小型单位), or the manager's alone.
    pub preset: bool,
    /// The working account: name, user name, password twice.
    pub work: [Field; 4],
    /// The administrator's account: name, user name, password twice.
    pub admin: [Field; 4],
}

/// The link was used or never was.
#[derive(Debug, Template)]
#[template(path = "page/set_up_gone.html")]
pub struct SetUpGone {
    /// The frame.
    pub s: Shell,
}

/// One's own account: who one is here, and another password.
#[derive(Debug, Template)]
#[template(path = "page/account.html")]
pub struct Account {
    /// The frame.
    pub s: Shell,
    /// The user name.
    pub user: String,
    /// What is wrong.
    pub slips: Slips,
    /// The password now, the new one twice.
    pub fields: [Field; 3],
}
