//! 查看身份: the requests that wait for a manager.

use askama::Template;

use super::Shell;

/// A request that waits.
#[derive(Debug)]
pub struct DisclosureShown {
    /// Where it is decided.
    pub href: String,
    /// Who asked.
    pub by: String,
    /// The registrant's number; empty where there is nobody any more.
    pub person: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Whether the reader asked.
    pub own: bool,
}

/// The requests.
#[derive(Debug, Template)]
#[template(path = "page/disclosures.html")]
pub struct Disclosures {
    /// The frame.
    pub s: Shell,
    /// Those that wait.
    pub lines: Vec<DisclosureShown>,
}
