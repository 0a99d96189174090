//! The words of a mail, and its form on the wire.
//!
//! A text sees four variables: `salutation`, `link`, `branch`, `date` (the last day on which the link works). Subjects are fixed per kind and
//! language and carry nothing personal; neither does any header but `To:`. Plain text, one link, nothing attached, nothing tracked.
//! This is the one folder of the room that opens values in custody.

mod digest;
mod message;
mod notice;
mod paper;
mod subject;
mod texts;
mod verp;
mod wire;

use chrono::NaiveDate;

use super::error::FollowupError;
use super::kind::{Kind, Language};
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::domain::name::PersonName;

pub use digest::{DigestCounts, digest};
pub use message::message_id;
pub use notice::release_waits;
pub use paper::{Addressee, HandOff, addressee, hand_off_csv};
pub use subject::subject;
pub use texts::Texts;
pub use verp::{bounce_address, outbox_of};
pub use wire::WireMail;

/// Who sends: the office's own settings, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The branch's name in Chinese, e.g. 雁江区红十字会.
    pub branch: String,
    /// The branch's name in English.
    pub branch_en: String,
    /// `From:` address.
    pub from: MailAddress,
    /// A box that staff read.
    pub reply_to: MailAddress,
    /// The domain of return paths and message ids.
    pub domain: String,
}

impl Sender {
    /// Checks the settings. `domain` is the part after `@` of return paths (`b+…@domain`).
    ///
    /// # Errors
    /// [`FollowupError::Settings`] naming the setting.
    pub fn new(branch: &str, branch_en: &str, from: &str, reply_to: &str, domain: &str) -> Result<Self, FollowupError> {
        let name = |field, text: &str| {
            let text = text.trim();
            let fits = !text.is_empty() && text.chars().count() <= 60 && !text.chars().any(char::is_control);
            fits.then(|| text.to_owned()).ok_or_else(|| wrong(field, "a name of at most 60 characters in one line is wanted"))
        };
        let address = |field, text: &str| MailAddress::parse(text).map_err(|_| wrong(field, "one mail address is wanted"));
        // The parser of addresses knows what a domain is.
        MailAddress::parse(&format!("b@{domain}")).map_err(|_| wrong("bounce_domain", "a domain such as mail.example.org is wanted"))?;
        Ok(Self {
            branch: name("branch", branch)?,
            branch_en: name("branch_en", branch_en)?,
            from: address("from", from)?,
            reply_to: address("reply_to", reply_to)?,
            domain: domain.to_ascii_lowercase(),
        })
    }

    /// The branch's name in a language.
    pub fn branch_in(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.branch,
            Language::En => &self.branch_en,
        }
    }
}

fn wrong(field: &'static str, problem: &str) -> FollowupError {
    FollowupError::Settings { field, problem: problem.to_owned() }
}

/// One mail to be composed.
#[derive(Debug)]
pub struct Order {
    /// The outbox row: gives the stable Message-ID and the return path.
    pub outbox: OutboxId,
    /// About what.
    pub kind: Kind,
    /// In which language.
    pub language: Language,
    /// To whom. One recipient, never a list.
    pub to: Guarded<MailAddress>,
    /// The name to address them by, where known.
    pub salutation: Guarded<Option<PersonName>>,
    /// The link in the text: `https://…`, or `http://` on a loopback address (demo).
    pub link: Guarded<String>,
    /// The one-click link of RFC 8058; must be the office's own https address.
    pub unsubscribe: Guarded<String>,
    /// The last day on which `link` works.
    pub date: NaiveDate,
}

/// A composed mail, not yet on the wire. The body is kept as text, so that the same mail can be shown, printed or sent.
#[derive(Debug)]
pub struct ComposedMail {
    /// The outbox row.
    pub outbox: OutboxId,
    /// Language of subject and body; of both, the one that comes first.
    pub language: Language,
    /// Whether everything is said in both languages: in a mail to the office itself.
    pub both: bool,
    /// Subject: fixed words and the branch's name.
    pub subject: String,
    /// The recipient.
    pub to: Guarded<MailAddress>,
    /// The text.
    pub body: Guarded<String>,
    /// The one-click link of RFC 8058; empty in a mail to the office itself, which then carries no such header.
    pub unsubscribe: Guarded<String>,
}

/// The address and salutation of a contact's best mail, where it has one.
pub fn recipient(contact: &Guarded<Contact>) -> Option<(Guarded<MailAddress>, Guarded<Option<PersonName>>)> {
    let contact = contact.reveal();
    let to = contact.mails.first()?.clone();
    Some((Guarded::new(to), Guarded::new(contact.salutation.clone())))
}

/// Composes a mail.
///
/// # Errors
/// [`FollowupError::Message`] where a link is none, [`FollowupError::Template`] where an office's text cannot be rendered with these values.
pub fn compose(texts: &Texts, sender: &Sender, order: Order) -> Result<ComposedMail, FollowupError> {
    for link in [&order.link, &order.unsubscribe] {
        if !link_is_safe(link.reveal()) {
            return Err(FollowupError::Message {
                problem: "a link must begin with https://, or with http:// on a loopback address, and hold no spaces",
            });
        }
    }
    let name = order.salutation.reveal().as_ref().map_or("", PersonName::as_str);
    let body = texts.render(order.kind, order.language, name, order.link.reveal(), sender.branch_in(order.language), order.date)?;
    Ok(ComposedMail {
        outbox: order.outbox,
        language: order.language,
        both: false,
        subject: subject(order.kind, order.language, sender),
        to: order.to,
        body: Guarded::new(body),
        unsubscribe: order.unsubscribe,
    })
}

fn link_is_safe(link: &str) -> bool {
    let host_and_rest = link.strip_prefix("https://").or_else(|| {
        let rest = link.strip_prefix("http://")?;
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|h| rest.strip_prefix(h).is_some_and(|r| r.starts_with([':', '/']))).then_some(rest)
    });
    host_and_rest
        .is_some_and(|rest| rest.len() > 3 && link.len() <= 500 && link.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),".contains(&b)))
}

#[cfg(test)]
pub(in crate::followup) mod fixtures;
#[cfg(test)]
mod tests;
