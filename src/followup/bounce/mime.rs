//! The parts of a message that matter for a report.

use mail_parser::{MessageParser, MimeHeaders, PartType};

use super::{Class, RecipientReport};
use crate::domain::Guarded;

/// The messages of a file: one, or those of an mbox, where a line `From …` followed by a header field begins each.
pub(super) fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes];
    }
    let starts_header = |rest: &[u8]| {
        let line = rest.split(|b| *b == b'\n').nth(1).unwrap_or_default();
        line.iter().position(|b| *b == b':').is_some_and(|at| at > 0 && line.iter().take(at).all(u8::is_ascii_graphic))
    };
    let mut cuts: Vec<usize> = vec![0];
    let blank_before = |at: usize| bytes.get(..at).is_some_and(|before| before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n"));
    cuts.extend(
        (1..bytes.len())
            .filter(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"From ") && starts_header(rest)) && blank_before(*at)),
    );
    cuts.iter().enumerate().filter_map(|(i, from)| bytes.get(*from..cuts.get(i + 1).copied().unwrap_or(bytes.len()))).collect()
}

/// A message taken apart. Texts have LF line ends whatever the file had.
#[derive(Default)]
pub(super) struct Mail {
    /// Unfolded header fields of the message itself, names in lower case.
    headers: Vec<(String, String)>,
    /// What a person is told: text parts, or HTML without its tags.
    pub(super) text: String,
    /// The message/delivery-status part (RFC 3464).
    pub(super) delivery_status: Option<String>,
    /// The message/feedback-report part (RFC 5965).
    pub(super) feedback: Option<String>,
    /// Header fields of the mail that came back.
    original: Vec<(String, String)>,
}

impl Mail {
    /// Takes a message apart. Any bytes are a message; broken ones have few parts.
    pub(super) fn read(bytes: &[u8]) -> Self {
        // An mbox line before the header is no header field.
        let bytes = if bytes.starts_with(b"From ") {
            bytes.iter().position(|b| *b == b'\n').and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes)
        } else {
            bytes
        };
        let unix: Vec<u8> =
            bytes.iter().copied().enumerate().filter(|(i, b)| !(*b == b'\r' && bytes.get(i + 1) == Some(&b'\n'))).map(|(_, b)| b).collect();
        let mut mail = Self::default();
        let head_end = unix.windows(2).position(|w| w == b"\n\n").unwrap_or(unix.len());
        mail.headers = fields(&String::from_utf8_lossy(unix.get(..head_end).unwrap_or_default()));
        let Some(message) = MessageParser::default().parse(&unix) else {
            mail.text = String::from_utf8_lossy(unix.get(head_end..).unwrap_or_default()).into_owned();
            return mail;
        };
        let mut html = String::new();
        let mut nested = false;
        for part in &message.parts {
            let kind = part
                .content_type()
                .map(|c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or_default()).to_ascii_lowercase())
                .unwrap_or_default();
            let raw = || String::from_utf8_lossy(part.contents()).replace("\r\n", "\n");
            match (kind.as_str(), &part.body) {
                ("message/delivery-status" | "message/global-delivery-status", _) => {
                    append(mail.delivery_status.get_or_insert_default(), &raw())
                }
                ("message/feedback-report", _) => append(mail.feedback.get_or_insert_default(), &raw()),
                ("text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers", _) => mail.returned(&raw()),
                (_, PartType::Message(inner)) => {
                    nested = true;
                    mail.returned(&String::from_utf8_lossy(inner.raw_message()));
                }
                (_, PartType::Text(text)) if !nested || mail.text.is_empty() => append(&mut mail.text, &text.replace("\r\n", "\n")),
                (_, PartType::Html(text)) => append(&mut html, &without_tags(text)),
                _ => {}
            }
        }
        if mail.text.trim().is_empty() {
            mail.text = html;
        }
        if mail.delivery_status.is_none() {
            mail.delivery_status = stray_status(&mail.text);
        }
        mail
    }

    fn returned(&mut self, text: &str) {
        if self.original.is_empty() {
            let head = text.replace("\r\n", "\n");
            self.original = fields(head.split("\n\n").next().unwrap_or_default());
        }
    }

    /// The first header field of a name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every header field of a name.
    pub(super) fn headers_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first header field of the mail that came back.
    pub(super) fn original_header(&self, name: &str) -> Option<&str> {
        self.original.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The subject, with encoded words decoded, in lower case.
    fn subject(&self) -> String {
        let subject = self.header("subject").unwrap_or_default();
        let decoded =
            MessageParser::default().parse(format!("Subject: {subject}\n\n").as_bytes()).and_then(|m| m.subject().map(ToOwned::to_owned));
        decoded.unwrap_or_else(|| subject.to_owned()).to_lowercase()
    }

    /// Whether a mail system wrote it because of a mail of ours.
    pub(super) fn is_bounce(&self) -> bool {
        if self.delivery_status.is_some() || self.header("x-failed-recipients").is_some() {
            return true;
        }
        let from = self.header("from").unwrap_or_default().to_ascii_lowercase();
        let system = [
            "mailer-daemon",
            "postmaster",
            "mail delivery s",
            "mail administrator",
            "mail router",
            "maildelivery",
            "mail-daemon",
            "mailerdaemon",
        ];
        let subject = self.subject();
        system.iter().any(|s| from.contains(s)) || BOUNCE_SUBJECTS.iter().any(|s| subject.contains(s))
    }

    /// A complaint in the form of Microsoft's junk mail reporting: the mail itself attached, its recipient in a field of its own.
    pub(super) fn complaint(&self) -> Option<RecipientReport> {
        if !self.subject().starts_with("complaint about message from") {
            return None;
        }
        let named = self.original_header("x-hmxmroriginalrecipient").or_else(|| self.original_header("to"));
        let recipient = named.and_then(super::text::first_address).map(Guarded::new);
        Some(RecipientReport { class: Class::Feedback, status: None, recipient, action: Some(super::Action::Abuse) })
    }

    /// A mail program that unsubscribes by mail on a person's behalf (RFC 2369 section 3.2): the address that wants off.
    pub(super) fn opt_out(&self) -> Option<RecipientReport> {
        if self.subject().trim() != "unsubscribe" {
            return None;
        }
        let from = self.header("from").and_then(super::text::first_address)?;
        Some(RecipientReport {
            class: Class::Feedback,
            status: None,
            recipient: Some(Guarded::new(from)),
            action: Some(super::Action::OptOut),
        })
    }

    /// An automatic answer of a person's mailbox (RFC 3834 and what came before it): the answering address.
    pub(super) fn vacation(&self) -> Option<RecipientReport> {
        let lower = |name: &str| self.header(name).unwrap_or_default().to_ascii_lowercase();
        let answered = lower("auto-submitted").starts_with("auto-replied")
            || ["x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-response-from", "x-mail-autoreply"]
                .iter()
                .any(|h| self.header(h).is_some_and(|v| !v.eq_ignore_ascii_case("no")))
            || ["auto_reply", "auto-reply"].contains(&lower("precedence").trim())
            || lower("x-auto-response-suppress").contains("oof") && lower("auto-submitted").starts_with("auto-generated");
        let subject = self.subject();
        let words =
            VACATION_SUBJECTS.iter().any(|s| subject.trim_start().starts_with(s)) || VACATION_PHRASES.iter().any(|s| subject.contains(s));
        if !answered && !words {
            return None;
        }
        let from = self.header("from").and_then(super::text::first_address)?;
        Some(RecipientReport { class: Class::Vacation, status: None, recipient: Some(Guarded::new(from)), action: None })
    }
}

const BOUNCE_SUBJECTS: [&str; 26] = [
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
    "退信",
    "投递失败",
    "无法投递",
];

const VACATION_SUBJECTS: [&str; 11] = [
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
    "自動回覆",
];

const VACATION_PHRASES: [&str; 9] = [
    "away from my mail",
    "out of office",
    "vacation reply",
    "automatic reply",
    "abwesenheitsnotiz",
    "réponse automatique",
    "respuesta automática",
    "自动回复",
    "自動応答",
];

/// Delivery-status fields that stand in a text because the message does not say where its parts begin.
fn stray_status(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| l.to_ascii_lowercase().starts_with("final-recipient:"))?;
    let field = |l: &&str| {
        l.is_empty()
            || l.starts_with([' ', '\t'])
            || l.split_once(':').is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    };
    let before = lines.iter().take(at).rev().take_while(|l| !l.is_empty() && field(l)).count();
    let mail_header =
        |l: &&str| ["received:", "return-path:", "from:", "content-type:"].iter().any(|h| l.to_ascii_lowercase().starts_with(h));
    Some(lines.iter().skip(at - before).take_while(|l| field(l) && !mail_header(l)).copied().collect::<Vec<_>>().join("\n"))
}

/// Unfolded fields of a header block, names in lower case.
pub(super) fn fields(block: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = out.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':').filter(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_graphic())) {
            out.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    out
}

fn append(to: &mut String, text: &str) {
    if !to.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(text);
}

/// HTML as lines of text: tags are dropped, block tags end a line, the five entities of XML are read.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, next) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if ["br", "p", "div", "tr", "td", "li", "h1", "h2", "h3", "pre", "table"].contains(&name.as_str()) {
            out.push('\n');
        }
        rest = next;
        if !tag.starts_with('/') && (name == "style" || name == "script") {
            let end = format!("</{name}");
            rest = rest.to_ascii_lowercase().find(&end).and_then(|at| rest.get(at..)).unwrap_or("");
        }
    }
    out.push_str(rest);
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&#64;", "@"), ("&amp;", "&")] {
        out = out.replace(entity, c);
    }
    out
}
