//! Around the call desk: the hand-over, interests from the registrants' own phones, mails in doubt.

use askama::Template;

use super::{Shell, Slips};

/// A follow-up that is half done.
#[derive(Debug, Clone)]
pub struct InHand {
    /// Its page.
    pub href: String,
    /// The day it comes up again.
    pub day: String,
    /// With whom, masked.
    pub name: String,
    /// About what.
    pub why: String,
    /// Calls made so far.
    pub rounds: u64,
}

/// What the next caller has to know.
#[derive(Debug, Template)]
#[template(path = "page/hand_over.html")]
pub struct HandOverPage {
    /// The frame.
    pub s: Shell,
    /// Agreed with the person.
    pub agreed: Vec<InHand>,
    /// Tried, without an end.
    pub tried: Vec<InHand>,
    /// Kind, how many, the oldest day.
    pub overdue: Vec<(String, u64, String)>,
    /// Outcome and how many in seven days.
    pub ended: Vec<(String, u64)>,
}

impl HandOverPage {
    /// The two lists under their titles.
    fn in_hand(&self) -> [(&'static str, &[InHand]); 2] {
        [("hand-over-agreed", &self.agreed), ("hand-over-tried", &self.tried)]
    }
}

/// An interest that waits to be confirmed.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// Which.
    pub id: String,
    /// Whose, masked.
    pub name: String,
    /// The row version the answer is saved on.
    pub version: i64,
}

/// Interests of the day from the registrants' own phones.
#[derive(Debug, Template)]
#[template(path = "page/self_waiting.html")]
pub struct SelfWaiting {
    /// The frame.
    pub s: Shell,
    /// Earliest first.
    pub lines: Vec<WaitingLine>,
}

/// A mail in doubt.
#[derive(Debug, Clone)]
pub struct DoubtLine {
    /// Which.
    pub id: String,
    /// The person's page.
    pub person: Option<String>,
    /// To whom, masked.
    pub name: String,
    /// About what.
    pub why: String,
    /// Not to be sent again.
    pub sensitive: bool,
    /// The attempts: when, and what the mail server said.
    pub tries: Vec<(String, Option<String>)>,
    /// As the mail server's log has it.
    pub message_id: String,
}

/// Mails of which nobody knows whether they arrived.
#[derive(Debug, Template)]
#[template(path = "page/doubts.html")]
pub struct Doubts {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Oldest first.
    pub lines: Vec<DoubtLine>,
    /// Attempts that the mail server did not take, latest first: when, how it ended, what it said.
    pub not_taken: Vec<(String, String, String)>,
}

/// The address of the asker's own calendar feed.
#[derive(Debug, Template)]
#[template(path = "page/feed.html")]
pub struct FeedPage {
    /// The frame.
    pub s: Shell,
    /// The address; none where there is none.
    pub address: Option<String>,
}
