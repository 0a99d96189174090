//! From a composed mail to the bytes of RFC 5322.

use chrono_tz::Tz;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};

use super::{ComposedMail, Sender, WireMail, bounce_address};
use crate::domain::Keyed;
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::domain::time::Timestamp;
use crate::followup::error::FollowupError;

/// The stable Message-ID of an outbox row: a second copy of a mail carries the same one, so that mail programs and people know it as one.
pub fn message_id(outbox: OutboxId, domain: &str) -> String {
    format!("<{}@{domain}>", outbox.0.simple())
}

impl ComposedMail {
    /// The mail ready for the wire. `at` and `zone` give the `Date:` header.
    ///
    /// Headers: `Auto-Submitted: auto-generated` (RFC 3834), `List-Unsubscribe` with `List-Unsubscribe-Post` (RFC 8058), a VERP return path.
    ///
    /// # Errors
    /// [`FollowupError::Message`] where an address is not one for the mail library.
    pub fn wire(&self, sender: &Sender, keyed: &dyn Keyed, at: Timestamp, zone: Tz) -> Result<WireMail, FollowupError> {
        let bounce = bounce_address(self.outbox, &sender.domain, keyed);
        let to = address(self.to.reveal().as_str(), "the recipient's address is not valid")?;
        let envelope = Envelope::new(Some(address(&bounce, "the bounce domain is not valid")?), vec![to.clone()])
            .map_err(|_| FollowupError::Message { problem: "there is no recipient" })?;
        let mut message = Message::builder()
            .envelope(envelope.clone())
            .from(mailbox(Some(sender.branch_in(self.language)), &sender.from)?)
            .reply_to(mailbox(None, &sender.reply_to)?)
            .to(Mailbox::new(None, to))
            .subject(&self.subject)
            .message_id(Some(message_id(self.outbox, &sender.domain)))
            .header(ContentType::TEXT_PLAIN)
            .body(self.body.reveal().clone())
            .map_err(|_| FollowupError::Message { problem: "the mail library refused the parts" })?;
        let headers = message.headers_mut();
        let date = at.utc().with_timezone(&zone).to_rfc2822();
        // RFC 3282: all languages that the text is in.
        let languages = if self.both { "zh, en" } else { self.language.word() };
        let unsubscribe = format!("<{}>", self.unsubscribe.reveal());
        for (name, value) in [
            (HeaderName::new_from_ascii_str("Date"), date),
            (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()),
            (HeaderName::new_from_ascii_str("Content-Language"), languages.into()),
        ] {
            headers.insert_raw(HeaderValue::new(name, value));
        }
        if !self.unsubscribe.reveal().is_empty() {
            for (name, value) in [
                (HeaderName::new_from_ascii_str("List-Unsubscribe"), unsubscribe),
                (HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click".into()),
            ] {
                headers.insert_raw(HeaderValue::new(name, value));
            }
        }
        Ok(WireMail::new(self.outbox, envelope, message.formatted()))
    }
}

fn address(text: &str, problem: &'static str) -> Result<Address, FollowupError> {
    text.parse().map_err(|_| FollowupError::Message { problem })
}

fn mailbox(name: Option<&str>, of: &MailAddress) -> Result<Mailbox, FollowupError> {
    Ok(Mailbox::new(name.map(ToOwned::to_owned), address(of.as_str(), "an address of the office is not valid")?))
}
