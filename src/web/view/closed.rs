//! Match requests and death notices in a list: what is closed, and what there is of one person.

use askama::Template;

use super::Shell;
use super::urgent::phase_word;
use crate::app::{MatterHead, MatterOf};
use crate::domain::time::Timestamp;
use crate::web::i18n::Text;

/// A match request or a death notice, open or closed, in a list.
#[derive(Debug, Clone)]
pub struct MatterLine {
    /// Its page.
    pub href: String,
    /// What it is.
    pub kind: String,
    /// Who, by pseudonym; empty where it is about nobody on file.
    pub who: String,
    /// Where it stands.
    pub phase: String,
    /// When it came in.
    pub received: String,
    /// When it was closed; empty for an open one.
    pub closed: String,
}

impl MatterLine {
    /// A line.
    pub fn of(head: &MatterHead, printed: &dyn Fn(Timestamp) -> String, text: Text) -> Self {
        let (path, phase) = match head.of {
            MatterOf::Match(phase) => ("match", phase_word(phase, text)),
            MatterOf::Death(phase) => ("notice", text.t(&format!("notice-phase-{}", phase.word()))),
        };
        Self {
            href: format!("/urgent/{path}/{}", head.id),
            kind: text.t(if path == "match" { "closed-match" } else { "closed-notice" }),
            who: head.public_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            phase,
            received: printed(head.received),
            closed: head.closed.map(printed).unwrap_or_default(),
        }
    }
}

/// What is closed.
#[derive(Debug, Template)]
#[template(path = "page/urgent_closed.html")]
pub struct Closed {
    /// The frame.
    pub s: Shell,
    /// The latest first.
    pub matters: Vec<MatterLine>,
    /// Where it goes on; none on the last page.
    pub next: Option<String>,
}
