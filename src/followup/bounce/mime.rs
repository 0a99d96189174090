//! The parts of a message that matter for a report.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::charset::{lenient, unix, without_tags};

/// The most of a message's words that is looked at, in bytes: reports say it at the beginning, a mail in one piece may follow.
const WORDS: usize = 512 << 10;

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
    // The blank line is asked for first: it is rare, and looking at the next line costs as much as that line is long.
    cuts.extend((1..bytes.len()).filter(|at| {
        bytes.get(*at) == Some(&b'F')
            && blank_before(*at)
            && bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"From ") && starts_header(rest))
    }));
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
        let unix = unix(bytes);
        let mut mail = Self::default();
        let head_end = unix.windows(2).position(|w| w == b"\n\n").unwrap_or(unix.len());
        mail.headers = fields(&lenient(unix.get(..head_end).unwrap_or_default()));
        match MessageParser::default().parse(&unix) {
            Some(message) => mail.take_parts(&message),
            None => mail.text = lenient(unix.get(head_end..).unwrap_or_default()),
        }
        cut(&mut mail.text);
        if mail.delivery_status.is_none() {
            mail.delivery_status = stray_status(&mail.text);
        }
        mail
    }

    fn take_parts(&mut self, message: &Message<'_>) {
        let mut html = String::new();
        let mut nested = false;
        for part in &message.parts {
            let kind = part
                .content_type()
                .map(|c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or_default()).to_ascii_lowercase())
                .unwrap_or_default();
            let raw = || lenient(part.contents()).replace("\r\n", "\n");
            match (kind.as_str(), &part.body) {
                ("message/delivery-status" | "message/global-delivery-status", _) => {
                    append(self.delivery_status.get_or_insert_default(), &raw());
                }
                ("message/feedback-report", _) => append(self.feedback.get_or_insert_default(), &raw()),
                ("text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers", _) => self.returned(&raw()),
                (_, PartType::Message(inner)) => {
                    nested = true;
                    self.returned(&lenient(inner.raw_message()));
                }
                (_, PartType::Text(text)) if !nested || self.text.is_empty() => append(&mut self.text, &said(message, part, text)),
                (_, PartType::Html(text)) if html.len() < WORDS => append(&mut html, &without_tags(&said(message, part, text))),
                _ => {}
            }
        }
        if self.text.trim().is_empty() {
            self.text = html;
        }
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
}

/// The text of a part. Where the declared charset does not hold, or none is declared, the bytes are looked at again.
fn said(message: &Message<'_>, part: &MessagePart<'_>, text: &str) -> String {
    let declared = part.content_type().and_then(|c| c.attribute("charset")).map(str::to_ascii_lowercase);
    let plain = declared.as_deref().is_none_or(|c| ["us-ascii", "ascii", "utf-8", "unknown", "8bit"].contains(&c));
    if plain && !text.is_ascii() {
        let body = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
        let decoded = match part.encoding {
            Encoding::None => Some(body.to_vec()),
            Encoding::Base64 => base64_decode(body),
            Encoding::QuotedPrintable => quoted_printable_decode(body),
        };
        if let Some(decoded) = decoded.filter(|d| std::str::from_utf8(d).is_err()) {
            return lenient(&decoded).replace("\r\n", "\n");
        }
    }
    text.replace("\r\n", "\n")
}

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
        } else if let Some((name, value)) = line.split_once(':') {
            // A space before the colon was allowed once (RFC 822).
            let name = name.trim_end();
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) {
                out.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }
    out
}

fn append(to: &mut String, text: &str) {
    if to.len() >= WORDS {
        return;
    }
    if !to.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(text);
}

/// Keeps the beginning, up to a whole character.
fn cut(text: &mut String) {
    let mut end = WORDS.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}
