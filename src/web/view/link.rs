//! Pages behind a link sent to a registrant. Nothing personal is shown, and reading changes nothing.

use askama::Template;

use super::Shell;

/// What the link is and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Valid: waits for the button.
    Ready,
    /// Valid: waits for "this is not me".
    NotMeAsked,
    /// Valid: waits for "no more mails".
    Unsubscribe,
    /// No more mails from now on.
    Unsubscribed,
    /// Verified just now.
    Verified,
    /// Reported as somebody else's just now.
    NotMe,
    /// Told us how things are, just now.
    Told,
    /// Withdrew just now.
    Withdrawn,
    /// Left some registrations just now; others stay.
    Left,
    /// Expired, used, or never was: one answer for all three.
    Gone,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/link.html")]
pub struct Link {
    /// The frame.
    pub s: Shell,
    /// The link's own path, where its buttons post to.
    pub path: String,
    /// Its state.
    pub state: LinkState,
    /// Other systems in which something is still to be done, in words, with the day since when.
    pub pending: Vec<(String, String)>,
    /// What else became of what was told.
    pub more: More,
}

/// What became of what was told beside the will.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct More {
    /// Registries that were left, in words.
    pub left: Vec<String>,
    /// Something typed could not be read and was not kept.
    pub unread: bool,
    /// Staff will answer a question.
    pub asked: bool,
    /// By when what was asked for by right is answered.
    pub answered_by: Option<String>,
}

impl Link {
    fn is(&self, word: &str) -> bool {
        let state = match self.state {
            LinkState::Ready => "ready",
            LinkState::NotMeAsked => "not-me-asked",
            LinkState::Unsubscribe => "unsubscribe",
            LinkState::Unsubscribed => "unsubscribed",
            LinkState::Verified => "verified",
            LinkState::NotMe => "not-me",
            LinkState::Told => "told",
            LinkState::Withdrawn => "withdrawn",
            LinkState::Left => "left",
            LinkState::Gone => "gone",
        };
        state == word
    }
}
