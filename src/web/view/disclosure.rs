//! 查看身份: the requests that wait for a manager, and the refusal as whoever asked reads it.

use askama::Template;

use super::Shell;
use crate::app::Refused;
use crate::domain::time::Timestamp;
use crate::web::i18n::Text;

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

/// A refused request to see the identity.
#[derive(Debug, Clone)]
pub struct RefusedShown {
    /// When, and by whom.
    pub when: String,
    /// Why it had been asked for; empty where that is unknown.
    pub why: String,
}

impl RefusedShown {
    /// A refusal in words.
    pub fn of(refused: &Refused, printed: &dyn Fn(Timestamp) -> String, text: Text) -> Self {
        let at = printed(refused.at);
        Self {
            when: match &refused.by {
                Some(by) => text.xy("disclosure-refused-by", at, by),
                None => text.x("disclosure-refused", at),
            },
            why: refused.why.map(|why| text.x("disclosure-refused-why", text.t(&format!("reason-{}", why.word())))).unwrap_or_default(),
        }
    }
}
