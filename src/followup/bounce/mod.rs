//! Bounces and other automatic answers: what a returned mail says of each recipient. Pure; reads one message, keeps nothing.
//!
//! Standards: RFC 3464 (delivery status), RFC 3463 (status codes), RFC 6522 (multipart/report), RFC 5965 (feedback reports),
//! RFC 3834 (automatic answers). Many servers write plain text instead; [`text`] reads the common shapes of it.
//!
//! May import: [`crate::domain`], the reply and status types of [`super::mailer`].

mod charset;
mod dsn;
mod mime;
mod phrases;
pub mod post;
mod reason;
mod said;
mod section;
mod sort;
mod status;
mod text;

use serde::{Deserialize, Serialize};

use crate::domain::Guarded;
use crate::followup::mailer::Status;
use mime::Mail;

pub use said::class_of_reply;

/// What a report means for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The address or its domain does not exist: suppress it, open a phone task.
    Hard,
    /// Full, suspended, unreachable for the time being: after three in thirty days.
    Soft,
    /// Refused for what we are or send: alert the operator, never suppress the person.
    Policy,
    /// An automatic answer of a person or their mailbox.
    Vacation,
    /// A complaint or an authentication report (RFC 5965).
    Feedback,
    /// Delivered after all.
    Delivered,
    /// Reports nobody.
    None,
}

impl Class {
    /// The word printed by `followup bounces --classify`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Policy => "policy",
            Self::Vacation => "vacation",
            Self::Feedback => "feedback",
            Self::Delivered => "delivered",
            Self::None => "none",
        }
    }
}

/// What was done with the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Given up.
    Failed,
    /// Still trying.
    Delayed,
    /// Delivered.
    Delivered,
    /// Handed to a system that does not report.
    Relayed,
    /// Delivered to a list, which sends it on.
    Expanded,
    /// Complaint: unwanted.
    Abuse,
    /// Complaint: wants off the list.
    OptOut,
    /// Authentication failed (RFC 6591).
    AuthFailure,
    /// Another feedback type.
    OtherFeedback,
}

impl Action {
    /// The word of the standards.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
            Self::Abuse => "abuse",
            Self::OptOut => "opt-out",
            Self::AuthFailure => "auth-failure",
            Self::OtherFeedback => "other",
        }
    }
}

/// What a message says of one recipient.
#[derive(Debug)]
pub struct RecipientReport {
    /// What it means.
    pub class: Class,
    /// The enhanced status, where one stands in the message.
    pub status: Option<Status>,
    /// The address reported; of a vacation answer the answering one. As written in the message.
    pub recipient: Option<Guarded<String>>,
    /// What was done.
    pub action: Option<Action>,
}

/// Reads a message, or several in an mbox: one report per recipient in order of appearance, none where it reports nobody.
/// Never panics, whatever the bytes.
pub fn classify(bytes: &[u8]) -> Vec<RecipientReport> {
    mime::messages(bytes).into_iter().flat_map(classify_one).collect()
}

fn classify_one(bytes: &[u8]) -> Vec<RecipientReport> {
    let mail = Mail::read(bytes);
    if let Some(feedback) = &mail.feedback {
        return dsn::feedback(feedback, &mail);
    }
    let told = mail.delivery_status.as_deref().map(|part| dsn::delivery_status(part, &mail)).unwrap_or_default();
    if !told.is_empty() {
        return told;
    }
    if mail.is_receipt() {
        return Vec::new();
    }
    if mail.is_bounce() {
        return text::reports(&mail);
    }
    mail.complaint().or_else(|| mail.opt_out()).or_else(|| mail.vacation()).into_iter().collect()
}

/// Addresses that the message itself came to: the return path of the mail it answers is among them (RFC 3464 section 2 wants reports sent
/// there; a local delivery notes it in `Delivered-To` or `X-Original-To`). Any of them may be forged: only a keyed one counts.
pub fn return_paths(bytes: &[u8]) -> Vec<String> {
    let mail = Mail::read(bytes);
    let own = ["x-original-to", "delivered-to", "envelope-to", "to"].into_iter().flat_map(|name| mail.headers_of(name));
    let of_copy = ["return-path", "errors-to"].into_iter().filter_map(|name| mail.original_header(name));
    own.chain(of_copy).flat_map(text::addresses).take(200).collect()
}

#[cfg(test)]
mod tests;
