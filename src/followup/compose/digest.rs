//! The daily mail to the office: how much waits at the call desk. Counts and a link; nobody's data.

use super::notice::{Words, to_office};
use super::{ComposedMail, Sender};
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::followup::error::FollowupError;
use crate::followup::kind::Language;

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DigestCounts {
    /// Follow-ups due today or before.
    pub due: u64,
    /// Of these, agreed with the person.
    pub agreed: u64,
    /// Of these, overdue.
    pub overdue: u64,
    /// Mails of which nobody knows whether they arrived.
    pub in_doubt: u64,
}

/// The mail of a day, in both languages.
///
/// # Errors
/// [`FollowupError::Message`] where the link is none.
pub fn digest(
    sender: &Sender,
    outbox: OutboxId,
    to: MailAddress,
    link: &str,
    counts: &DigestCounts,
    first: Language,
) -> Result<ComposedMail, FollowupError> {
    to_office(sender, outbox, to, link, first, |language| {
        let (text, subject) = match language {
            Language::Zh => (include_str!("../../../templates/mail/digest/zh.txt"), "今天的回访"),
            Language::En => (include_str!("../../../templates/mail/digest/en.txt"), "today's follow-ups"),
        };
        let counted = [("due", counts.due), ("agreed", counts.agreed), ("overdue", counts.overdue), ("in_doubt", counts.in_doubt)];
        let text =
            counted.iter().fold(text.to_owned(), |text, (name, count)| text.replace(&format!("{{{{ {name} }}}}"), &count.to_string()));
        Words { text, subject }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_holds_counts_and_a_link_and_nothing_else_that_varies() {
        let sender = Sender::new("示例区红十字会", "Sample Red Cross", "a@b.example", "a@b.example", "b.example").unwrap();
        let counts = DigestCounts { due: 1201, agreed: 1202, overdue: 1203, in_doubt: 1204 };
        for language in [Language::Zh, Language::En] {
            let to = MailAddress::parse("desk@b.example").unwrap();
            let mail = digest(&sender, OutboxId::fresh(), to, "https://b.example/follow-up", &counts, language).unwrap();
            let body = mail.body.reveal();
            assert!(!body.contains("{{"), "{body}");
            assert_eq!(body.matches("\nhttps://b.example/follow-up\n").count(), 1, "one link: {body}");
            let (zh, en) = (body.find("今天的回访").unwrap(), body.find("Today's follow-ups").unwrap());
            assert_eq!(language == Language::Zh, zh < en, "the branch's language first: {body}");
            assert!(mail.subject.contains("：今天的回访") && mail.subject.contains(": today's follow-ups"), "{}", mail.subject);
            for count in ["1201", "1202", "1203", "1204"] {
                assert_eq!(body.matches(count).count(), 2, "once in each language, {count}: {body}");
            }
        }
        let to = MailAddress::parse("desk@b.example").unwrap();
        assert!(digest(&sender, OutboxId::fresh(), to, "/follow-up", &counts, Language::Zh).is_err());
    }
}
