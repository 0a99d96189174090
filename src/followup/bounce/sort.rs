//! What kind of message it is: written by a mail system, by a mailbox on its own, or by a person.

use mail_parser::MessageParser;

use super::mime::Mail;
use super::text::first_address;
use super::{Action, Class, RecipientReport};
use crate::domain::Guarded;

impl Mail {
    /// The subject, with encoded words decoded, in lower case.
    pub(super) fn subject(&self) -> String {
        let subject = self.header("subject").unwrap_or_default();
        let encoded = subject.contains("=?");
        let decoded = encoded
            .then(|| MessageParser::default().parse(format!("Subject: {subject}\n\n").as_bytes())?.subject().map(ToOwned::to_owned))
            .flatten();
        decoded.unwrap_or_else(|| subject.to_owned()).trim().to_lowercase()
    }

    /// Whether a mail system is the sender.
    fn from_system(&self) -> bool {
        let from = self.header("from").unwrap_or_default().to_ascii_lowercase();
        SYSTEMS.iter().any(|s| from.contains(s))
    }

    /// Whether a mail system wrote it because of a mail of ours.
    pub(super) fn is_bounce(&self) -> bool {
        if self.delivery_status.is_some() || self.header("x-failed-recipients").is_some() || self.from_system() {
            return true;
        }
        let subject = self.subject();
        if ANSWERS.iter().any(|a| subject.starts_with(a)) || begins_as_vacation(&subject) {
            return false;
        }
        BOUNCE_SUBJECTS.iter().any(|s| subject.contains(s))
    }

    /// A confirmation that a mail was displayed or deleted (RFC 8098): says nothing about delivery that we act on.
    pub(super) fn is_receipt(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        self.delivery_status.is_none() && kind.contains("disposition-notification")
    }

    /// A complaint in the form of Microsoft's junk mail reporting: the mail itself attached, its recipient in a field of its own.
    pub(super) fn complaint(&self) -> Option<RecipientReport> {
        if !self.subject().starts_with("complaint about message from") {
            return None;
        }
        let named = self.original_header("x-hmxmroriginalrecipient").or_else(|| self.original_header("to"));
        let recipient = named.and_then(first_address).map(Guarded::new);
        Some(RecipientReport { class: Class::Feedback, status: None, recipient, action: Some(Action::Abuse) })
    }

    /// A mail program that unsubscribes by mail on a person's behalf (RFC 2369 section 3.2): the address that wants off.
    pub(super) fn opt_out(&self) -> Option<RecipientReport> {
        if self.subject() != "unsubscribe" {
            return None;
        }
        let from = self.header("from").and_then(first_address)?;
        Some(RecipientReport { class: Class::Feedback, status: None, recipient: Some(Guarded::new(from)), action: Some(Action::OptOut) })
    }

    /// An automatic answer of a person's mailbox (RFC 3834 and what came before it): the answering address.
    pub(super) fn vacation(&self) -> Option<RecipientReport> {
        let lower = |name: &str| self.header(name).unwrap_or_default().to_ascii_lowercase();
        let marked = ["x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-auto-response-from", "x-mail-autoreply"];
        let answered = lower("auto-submitted").starts_with("auto-replied")
            || marked.iter().any(|h| self.header(h).is_some_and(|v| !v.eq_ignore_ascii_case("no")))
            || ["auto_reply", "auto-reply"].contains(&lower("precedence").trim())
            || lower("x-auto-response-suppress").contains("oof") && lower("auto-submitted").starts_with("auto-generated");
        let subject = self.subject();
        if !answered && !begins_as_vacation(&subject) && !VACATION_PHRASES.iter().any(|s| subject.contains(s)) {
            return None;
        }
        let from = self.header("from").and_then(first_address)?;
        Some(RecipientReport { class: Class::Vacation, status: None, recipient: Some(Guarded::new(from)), action: None })
    }
}

fn begins_as_vacation(subject: &str) -> bool {
    VACATION_SUBJECTS.iter().any(|s| subject.starts_with(s))
}

/// Names that mail systems write their reports under.
const SYSTEMS: [&str; 11] = [
    "mailer-daemon",
    "postmaster",
    "mail delivery s",
    "mail administrator",
    "mail router",
    "maildelivery",
    "mail-daemon",
    "mailerdaemon",
    "mail system",
    "mail-gateway",
    // Exchange and Microsoft 365: `MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@…`, in whatever language they write.
    "microsoftexchange329e71ec88ae",
];

/// How a person's answer begins. What is passed on (`Fwd:`) may well be a report.
const ANSWERS: [&str; 6] = ["re:", "aw:", "sv:", "回复:", "回复：", "答复:"];

const BOUNCE_SUBJECTS: [&str; 43] = [
    "undeliver",
    "returned mail",
    "returning message to sender",
    "returned to sender",
    "delivery status notification",
    "delivery notification",
    "mail delivery fail",
    "delivery failure",
    "delivery failed",
    "delivery problem",
    "delivery report",
    "delivery has failed",
    "failure notice",
    "mail system error",
    "mail could not be delivered",
    "message could not be delivered",
    "could not send message",
    "delivery incomplete",
    "delayed mail",
    "nondeliverable",
    "non-deliverable",
    "non delivery",
    "non-delivery",
    "non remis",
    "unzustellbar",
    "no entregado",
    "退信",
    "退件",
    "退回",
    "投递失败",
    "投递状态",
    "发送失败",
    "發送失敗",
    "无法投递",
    "無法傳遞",
    "无法传递",
    "邮件无法送达",
    "邮件未送达",
    "邮件未能送达",
    // With the colon: people write of certificates that were not delivered.
    "未送达:",
    "未传递:",
    "传递失败",
    "傳遞失敗",
];

const VACATION_SUBJECTS: [&str; 17] = [
    "auto:",
    "auto-reply",
    "autoreply",
    "auto reply",
    "auto response",
    "automatic reply",
    "automatic response",
    "out of office",
    "out of the office",
    "自动回复",
    "自动答复",
    "自動回覆",
    "自動回复",
    "自动应答",
    "不在办公室",
    "不在辦公室",
    "外出自动",
];

const VACATION_PHRASES: [&str; 11] = [
    "away from my mail",
    "out of office",
    "vacation reply",
    "automatic reply",
    "abwesenheitsnotiz",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "自动回复",
    "自动答复",
    "自動応答",
];
