//! A list that is still being worked out: how far it is, and the page again by itself.

use askama::Template;

use super::Shell;
use crate::app::Progress;

/// The page comes again after so many seconds.
const SECONDS: u32 = 5;

/// The page in the place of a list that cannot be shown yet.
#[derive(Debug, Template)]
#[template(path = "page/underway.html")]
pub struct Underway {
    /// The frame.
    pub s: Shell,
    /// The title of the list.
    pub title: String,
    /// Where it will be.
    pub again: &'static str,
    /// Registrations looked through.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// After how many seconds the page comes again.
    pub seconds: u32,
}

impl Underway {
    /// The page in the place of the list at an address, by the key of its title.
    pub fn of(s: Shell, title: &str, again: &'static str, progress: Progress) -> Self {
        Self { title: s.text().t(title), again, done: progress.done, of: progress.of, seconds: SECONDS, s }
    }
}
