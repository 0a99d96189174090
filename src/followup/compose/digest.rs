//! The daily mail to the office: how much waits at the call desk. Counts and a link; nobody's data.

use super::{ComposedMail, Sender, link_is_safe};
use crate::domain::Guarded;
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

/// The mail of a day.
///
/// # Errors
/// [`FollowupError::Message`] where the link is none.
pub fn digest(
    sender: &Sender,
    outbox: OutboxId,
    to: MailAddress,
    link: &str,
    counts: &DigestCounts,
    language: Language,
) -> Result<ComposedMail, FollowupError> {
    if !link_is_safe(link) {
        return Err(FollowupError::Message { problem: "the address of the office's own pages is not one for a mail" });
    }
    let (text, subject) = match language {
        Language::Zh => (include_str!("../../../templates/mail/digest/zh.txt"), format!("{}：今天的回访", sender.branch)),
        Language::En => (include_str!("../../../templates/mail/digest/en.txt"), format!("{}: today's follow-ups", sender.branch_en)),
    };
    let mut body = text.replace("{{ branch }}", sender.branch_in(language)).replace("{{ link }}", link);
    for (name, count) in [("due", counts.due), ("agreed", counts.agreed), ("overdue", counts.overdue), ("in_doubt", counts.in_doubt)] {
        body = body.replace(&format!("{{{{ {name} }}}}"), &count.to_string());
    }
    Ok(ComposedMail { outbox, language, subject, to: Guarded::new(to), body: Guarded::new(body), unsubscribe: Guarded::new(String::new()) })
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
            assert!(!body.contains("{{") && body.contains("\nhttps://b.example/follow-up\n"), "{body}");
            for count in ["1201", "1202", "1203", "1204"] {
                assert_eq!(body.matches(count).count(), 1, "{count}: {body}");
            }
        }
        let to = MailAddress::parse("desk@b.example").unwrap();
        assert!(digest(&sender, OutboxId::fresh(), to, "/follow-up", &counts, Language::Zh).is_err());
    }
}
