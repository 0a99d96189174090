//! A mail to the office itself: something waits for a person there. It carries a link and no figure.
//!
//! Such a mail goes to an address, not to an account: nobody knows who reads it, and in which language. It says everything in both.

use super::{ComposedMail, Sender, link_is_safe};
use crate::domain::Guarded;
use crate::domain::id::OutboxId;
use crate::domain::mail::MailAddress;
use crate::followup::error::FollowupError;
use crate::followup::kind::Language;

/// What a mail to the office says in one language: its text, with `{{ branch }}` and `{{ link }}`, and its subject after the branch's name.
pub(super) struct Words {
    pub(super) text: String,
    pub(super) subject: &'static str,
}

/// A mail to the office in both languages, the branch's own first; the link stands in it once.
pub(super) fn to_office(
    sender: &Sender,
    outbox: OutboxId,
    to: MailAddress,
    link: &str,
    first: Language,
    words: impl Fn(Language) -> Words,
) -> Result<ComposedMail, FollowupError> {
    if !link_is_safe(link) {
        return Err(FollowupError::Message { problem: "the address of the office's own pages is not one for a mail" });
    }
    let second = if first == Language::Zh { Language::En } else { Language::Zh };
    let (said, again) = (words(first), words(second));
    let subject = |language: Language, words: &Words| {
        let colon = if language == Language::Zh { "：" } else { ": " };
        format!("{}{colon}{}", sender.branch_in(language), words.subject)
    };
    let above = said.text.replace("{{ branch }}", sender.branch_in(first)).replace("{{ link }}", link);
    let below = again.text.replace("{{ branch }}", sender.branch_in(second)).replace("{{ link }}\n\n", "");
    Ok(ComposedMail {
        outbox,
        language: first,
        both: true,
        subject: format!("{} / {}", subject(first, &said), subject(second, &again)),
        to: Guarded::new(to),
        body: Guarded::new(format!("{above}\n----\n\n{below}")),
        unsubscribe: Guarded::new(String::new()),
    })
}

/// The mail that a release waits for the manager's approval. It has no one-click link of RFC 8058: the office writes to itself.
///
/// # Errors
/// [`FollowupError::Message`] where the link is none.
pub fn release_waits(
    sender: &Sender,
    outbox: OutboxId,
    to: MailAddress,
    link: &str,
    first: Language,
) -> Result<ComposedMail, FollowupError> {
    to_office(sender, outbox, to, link, first, |language| match language {
        Language::Zh => {
            Words { text: include_str!("../../../templates/mail/release_waiting/zh.txt").into(), subject: "信息公开稿待批准" }
        }
        Language::En => {
            Words { text: include_str!("../../../templates/mail/release_waiting/en.txt").into(), subject: "a release waits for approval" }
        }
    })
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
            assert!(!body.contains("{{"), "{body}");
            assert_eq!(body.matches("\nhttps://b.example/reports/public/3\n").count(), 1, "one link: {body}");
            assert!(body.contains(&sender.branch) && body.contains(&sender.branch_en), "in both languages: {body}");
            assert!(mail.subject.starts_with(sender.branch_in(language)));
        }
        assert!(release_waits(&sender, OutboxId::fresh(), to(), "/reports/public/3", Language::Zh).is_err());
    }
}
