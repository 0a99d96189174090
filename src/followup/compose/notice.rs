//! A mail to the office itself: something waits for a person there. It carries a link and no figure.

use super::{ComposedMail, Sender, link_is_safe};
use crate::domain::Guarded;
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::followup::error::FollowupError;
use crate::followup::kind::Language;

/// The mail that a release waits for the manager's approval. It has no one-click link of RFC 8058: the office writes to itself.
///
/// # Errors
/// [`FollowupError::Message`] where the link is none.
pub fn release_waits(
    sender: &Sender,
    outbox: OutboxId,
    to: MailAddress,
    link: &str,
    language: Language,
) -> Result<ComposedMail, FollowupError> {
    if !link_is_safe(link) {
        return Err(FollowupError::Message { problem: "the address of the office's own pages is not one for a mail" });
    }
    let (text, subject) = match language {
        Language::Zh => (include_str!("../../../templates/mail/release_waiting/zh.txt"), format!("{}：信息公开稿待批准", sender.branch)),
        Language::En => {
            (include_str!("../../../templates/mail/release_waiting/en.txt"), format!("{}: a release waits for approval", sender.branch_en))
        }
    };
    let body = text.replace("{{ branch }}", sender.branch_in(language)).replace("{{ link }}", link);
    Ok(ComposedMail { outbox, language, subject, to: Guarded::new(to), body: Guarded::new(body), unsubscribe: Guarded::new(String::new()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_holds_a_link_and_refuses_what_is_none() {
        let sender = Sender::new("示例区红十字会", "Sample Red Cross", "a@b.example", "a@b.example", "b.example").unwrap();
        let to = || MailAddress::parse("manager@b.example").unwrap();
        for language in [Language::Zh, Language::En] {
            let mail = release_waits(&sender, OutboxId::fresh(), to(), "https://b.example/reports/public/3", language).unwrap();
            let body = mail.body.reveal();
            assert!(body.contains("\nhttps://b.example/reports/public/3\n") && !body.contains("{{"), "{body}");
            assert!(body.contains(sender.branch_in(language)) && mail.subject.starts_with(sender.branch_in(language)));
        }
        assert!(release_waits(&sender, OutboxId::fresh(), to(), "/reports/public/3", Language::Zh).is_err());
    }
}
