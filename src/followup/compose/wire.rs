//! A mail ready for the wire: the last form before it leaves the process.

use lettre::address::Envelope;
use zeroize::Zeroize;

use crate::domain::id::OutboxId;

/// Envelope and bytes of one mail to one recipient. Opaque in `Debug`; the bytes are zeroised on drop.
pub struct WireMail {
    outbox: OutboxId,
    envelope: Envelope,
    bytes: Vec<u8>,
}

impl WireMail {
    pub(super) fn new(outbox: OutboxId, envelope: Envelope, bytes: Vec<u8>) -> Self {
        Self { outbox, envelope, bytes }
    }

    /// The outbox row.
    pub fn outbox(&self) -> OutboxId {
        self.outbox
    }

    /// Whether some bytes stand in the mail, headers and encoded body; for tests that look for what must not stand there.
    pub fn holds(&self, needle: &[u8]) -> bool {
        !needle.is_empty() && self.bytes.windows(needle.len()).any(|w| w == needle)
    }

    /// For the mailer alone: what is handed to the server.
    pub(in crate::followup) fn open(&self) -> (&Envelope, &[u8]) {
        (&self.envelope, &self.bytes)
    }

    /// A server's reply in a form that may be stored and shown: one line, no address and no local part of the recipient, at most 300 characters.
    ///
    /// Servers quote what they refuse (`550 5.1.1 <zhang.san@example.org>: user unknown`).
    pub(in crate::followup) fn clean_reply(&self, text: &str) -> String {
        let recipient = self.envelope.to().first();
        let local = recipient.map_or(String::new(), |a| a.user().to_ascii_lowercase());
        let mut line = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let mut masked = String::new();
        for word in line.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
            let quotes = word.contains('@')
                || (!local.is_empty() && (bare == local || (local.len() >= 4 && word.to_ascii_lowercase().contains(&local))));
            if !masked.is_empty() {
                masked.push(' ');
            }
            masked.push_str(if quotes { "<…>" } else { word });
        }
        line.zeroize();
        masked.chars().take(300).collect()
    }
}

impl Drop for WireMail {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl std::fmt::Debug for WireMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WireMail({})", self.outbox)
    }
}
