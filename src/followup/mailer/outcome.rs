//! What became of a mail.

use serde::{Deserialize, Serialize};

/// An enhanced status code (RFC 3463), e.g. 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Status {
    /// 2 success, 4 for the time being, 5 for good.
    pub class: u8,
    /// 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// Within the subject.
    pub detail: u16,
}

impl Status {
    /// Reads a code such as `5.1.1`; each number has at most three digits (RFC 3463 section 2).
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut number = || {
            let part = parts.next()?;
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok())?
        };
        let (class, subject, detail) = (number()?, number()?, number()?);
        let class = u8::try_from(class).ok().filter(|c| matches!(c, 2 | 4 | 5))?;
        parts.next().is_none().then_some(Self { class, subject, detail })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// How far a mail got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Looking up the server, connecting, greeting.
    Connect,
    /// Encrypting the connection.
    Tls,
    /// Signing in.
    Auth,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, before the mail itself.
    Data,
    /// The mail itself was on its way or delivered.
    Message,
}

impl Stage {
    /// The word used in files and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Data => "data",
            Self::Message => "message",
        }
    }
}

/// A server's reply, or the program's own words where there was none. Free of addresses: it may be stored and shown to the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The three digits, where the server answered.
    pub code: Option<u16>,
    /// The enhanced status, where the reply carries one.
    pub status: Option<Status>,
    /// The text in one line.
    pub text: String,
    /// During which step.
    pub stage: Stage,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum SendOutcome {
    /// The server took responsibility for it.
    Sent {
        /// The server's words.
        reply: Reply,
    },
    /// Not taken, to be tried again later: a 4xx reply, or the server could not be used before the mail was handed over.
    Deferred {
        /// The reply, or what failed.
        reply: Reply,
    },
    /// Not taken, for good: a 5xx reply.
    Refused {
        /// The server's words.
        reply: Reply,
    },
    /// Handed over, but the answer did not come: it may or may not have been delivered.
    Uncertain {
        /// What failed.
        reply: Reply,
    },
}

impl SendOutcome {
    /// The reply.
    pub fn reply(&self) -> &Reply {
        match self {
            Self::Sent { reply } | Self::Deferred { reply } | Self::Refused { reply } | Self::Uncertain { reply } => reply,
        }
    }

    /// Whether the trouble lies with the server or the settings, so that further mails would meet it too: the run stops and alerts.
    pub fn server_is_unusable(&self) -> bool {
        !matches!(self, Self::Sent { .. }) && self.reply().stage <= Stage::Sender
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_three_numbers_of_at_most_three_digits() {
        assert_eq!(Status::parse("5.1.1"), Some(Status { class: 5, subject: 1, detail: 1 }));
        assert_eq!(Status::parse("4.4.316").map(|s| s.to_string()), Some("4.4.316".into()));
        for wrong in ["3.1.1", "5.1", "5.1.1.1", "5..1", "5.1.1000", "5.1.x", "", "55.1.1", "+5.1.1"] {
            assert_eq!(Status::parse(wrong), None, "{wrong}");
        }
    }
}
