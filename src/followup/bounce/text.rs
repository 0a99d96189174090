//! Reports in plain words: qmail, Exim, older Sendmail and Exchange, Notes, OpenSMTPD, DragonFly, webmail providers …
//!
//! No format is known by name. What they share: the report stands before a copy of the mail, each recipient's address begins a paragraph or
//! follows `RCPT TO`, and what is said of it stands below, up to the next one.

use std::collections::HashSet;

use super::charset::is_chinese;
use super::mime::Mail;
use super::reason::{Clues, class_of};
use super::section::Sections;
use super::status::{enhanced, reply};
use super::{Action, RecipientReport};
use crate::domain::Guarded;

/// Lines that begin the copy of the mail; compared in lower case, without dashes and spaces around.
const COPY_BEGINS: [&str; 21] = [
    "this is a copy of",
    "below this line is a copy",
    "below is a copy of the original",
    "enclosed is a copy of",
    "a copy of the original message",
    "original message",
    "original mail",
    "message header follow",
    "message headers follow",
    "message text follow",
    "message follows",
    "unsent message",
    "returned message",
    "undelivered message",
    "failed message",
    "the header of the original",
    "headers of the original",
    "message contents",
    "start of returned message",
    "rejected message",
    "the body of the original",
];

/// The part of a text before the copy of the mail.
pub(super) fn before_copy(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let bare =
            line.trim_matches(|c: char| c == '-' || c == '=' || c == '*' || c == '#' || c == '>' || c.is_whitespace()).to_lowercase();
        let dashed = line.trim_start().starts_with("--") || line.trim_start().starts_with("==");
        let announces = COPY_BEGINS.iter().any(|m| bare.starts_with(m) || (dashed && bare.contains(m)));
        let header = ["return-path:", "received:", "dkim-signature:", "x-received:"].iter().any(|h| line.to_lowercase().starts_with(h));
        if (announces && bare.len() <= 80) || header {
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The one recipient a report speaks of, where it speaks of one only.
pub(super) fn only_recipient(mail: &Mail) -> Option<String> {
    match recipients(&before_copy(&mail.text), mail).as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The reports of a mail without a usable delivery-status part.
pub(super) fn reports(mail: &Mail) -> Vec<RecipientReport> {
    let zone = before_copy(&mail.text);
    let mut found = recipients(&zone, mail);
    let named = found.iter().any(|a| zone.to_ascii_lowercase().contains(&a.to_ascii_lowercase()));
    let zone = if named { zone } else { mail.text.clone() };
    if found.is_empty() {
        found = recipients(&zone, mail);
    }
    if found.is_empty() {
        // Nobody is named: the mail that came back had one recipient.
        found = copied_recipient(mail).into_iter().collect();
    }
    let sections = (found.len() > 1).then(|| Sections::of(&zone, found.len()));
    let delayed = still_trying(&zone, mail);
    let mut out = Vec::new();
    for address in found {
        let section = sections.as_ref().map_or_else(|| zone.clone(), |s| s.of_recipient(&address));
        let said = smtp_words(&section);
        let told = if said.is_empty() { &section } else { &said };
        let status = enhanced(told).or_else(|| enhanced(&section));
        let class = class_of(&Clues { said: &said, around: &section, status, delayed });
        let action = if delayed { Action::Delayed } else { Action::Failed };
        out.push(RecipientReport { class, status, recipient: Some(Guarded::new(address)), action: Some(action) });
    }
    out
}

fn still_trying(zone: &str, mail: &Mail) -> bool {
    let lower = zone.to_lowercase();
    let subject = mail.header("subject").unwrap_or_default().to_lowercase();
    let trying = [
        "delivery attempts will continue",
        "no action is required on your part",
        "will keep trying",
        "will be retried",
        "message still undelivered",
        "does not need to be resent",
    ];
    subject.contains("delay") || subject.contains("warning:") || trying.iter().any(|t| lower.contains(t))
}

/// Addresses the report speaks of, in order: named in the header, else those that begin a line, else after `RCPT TO`, else any other.
fn recipients(zone: &str, mail: &Mail) -> Vec<String> {
    let mut failed: Vec<String> = mail.headers_of("x-failed-recipients").flat_map(addresses).collect();
    if failed.is_empty() {
        failed = zone.lines().filter_map(leading_address).collect();
    }
    if failed.is_empty() {
        failed = zone.lines().filter_map(after_rcpt).collect();
    }
    if failed.is_empty() {
        // Some preface the whole report with words of their own: an entry in brackets below is meant.
        failed = mail.text.lines().filter(|l| l.starts_with('<') && l.contains(">:")).filter_map(leading_address).collect();
    }
    if failed.is_empty() {
        failed = zone.lines().filter(|l| !talks_of_sender(l)).flat_map(addresses).collect();
    }
    let ours: Vec<String> = ["to", "delivered-to"].iter().flat_map(|h| mail.headers_of(h)).flat_map(addresses).collect();
    let of_copy: Vec<String> =
        ["from", "return-path", "sender"].iter().filter_map(|h| mail.original_header(h)).flat_map(addresses).collect();
    let mut all: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for address in failed {
        let local = address.split('@').next().unwrap_or_default().to_ascii_lowercase();
        let system = ["mailer-daemon", "postmaster", "mailerdaemon"].contains(&local.as_str());
        if !system && seen.insert(address.to_ascii_lowercase()) {
            all.push(address);
        }
    }
    // The sender of the mail is no recipient, unless nobody else is named: people write to themselves.
    let sender = |a: &&String| ours.iter().chain(&of_copy).any(|o| o.eq_ignore_ascii_case(a));
    let others: Vec<String> = all.iter().filter(|a| !sender(a)).cloned().collect();
    if others.is_empty() { all } else { others }
}

fn talks_of_sender(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["message-id", "from:", "mail from", "return-path", "mailto:", "http", "contact", "sender:", "please "]
        .iter()
        .any(|w| lower.contains(w))
}

/// The recipient of the copy in the text, where nothing else names one.
fn copied_recipient(mail: &Mail) -> Option<String> {
    let in_text = || {
        let zone = before_copy(&mail.text);
        let copy = mail.text.get(zone.len()..)?;
        copy.lines().find_map(|l| l.strip_prefix("To:")).and_then(first_address)
    };
    mail.original_header("to").and_then(first_address).or_else(in_text)
}

/// An address that begins a line, alone or before a colon, a space or an opening bracket; a transcript's greeting is none.
pub(super) fn leading_address(line: &str) -> Option<String> {
    let bare = line.trim().trim_start_matches(['*', '-', '>', '\u{2022}', '·']).trim_start();
    let first = bare.split(|c: char| c.is_whitespace() || c == '(' || c == '[').next()?;
    let (first, after) = match first.split_once("<mailto:") {
        Some((name, _)) if name.contains('@') => (name, ""),
        Some((_, target)) => (target, ""),
        None => (first, bare.get(first.len()..).unwrap_or_default().trim()),
    };
    let word = first.trim_end_matches([':', ',', ';', '.']).trim_end_matches("...");
    let stated = word.starts_with('<') && word.ends_with('>');
    let word = word.trim_start_matches('<').trim_end_matches(['>', ':']);
    // A sentence may begin with an address; a list entry stands alone, in brackets or before a colon or a code.
    let listed = stated
        || after.is_empty()
        || first.ends_with(':')
        || first.ends_with("...")
        || reply(after).is_some()
        || after.starts_with("on ")
        || after.starts_with('(');
    (is_address(word) && (listed || after.len() < 120)).then(|| word.to_owned())
}

fn after_rcpt(line: &str) -> Option<String> {
    let at = line.to_ascii_lowercase().find("rcpt to:")?;
    first_address(line.get(at + 8..)?)
}

/// The lines in which a server speaks: they begin with a reply code, `<<<`, "said:", or follow "returned was".
pub(super) fn smtp_words(text: &str) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let bare = line.trim();
        let lower = bare.to_lowercase();
        let marker = [
            "<<<",
            "said:",
            "responded:",
            "returned was:",
            "server returned",
            "returned '",
            "response was:",
            "reason:",
            "error was:",
            "smtp error from",
            "out:",
            "diagnostic",
            "error_code",
            "did not like",
        ]
        .iter()
        .find_map(|m| lower.find(m).map(|at| at + m.len()));
        // `address: 550 …` is a server's line too.
        let entry = leading_address(bare).and_then(|_| bare.split_once(char::is_whitespace)).map_or(bare, |(_, after)| after.trim());
        let starts_with_code = reply(entry.split_whitespace().next().unwrap_or_default()).is_some();
        if marker.is_none() && !starts_with_code {
            continue;
        }
        let words = if starts_with_code { entry } else { bare.get(marker.unwrap_or(0)..).unwrap_or(bare) };
        out.push_str(words.trim());
        // Servers' sentences are wrapped: an indented or short continuation belongs to them.
        for next in lines.iter().skip(i + 1).take(6) {
            let next = next.trim();
            if next.is_empty()
                || next.starts_with(">>>")
                || next.starts_with("<<<")
                || closing(next)
                || reply(next.split_whitespace().next().unwrap_or_default()).is_some()
                || leading_address(next).is_some()
            {
                break;
            }
            out.push(' ');
            out.push_str(next);
        }
        out.push('\n');
    }
    out
}

/// Sentences of the reporting server's own that follow the refusing one's.
fn closing(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["i'm not going to try again", "giving up on", "i've given up", "reporting-mta", "if you "].iter().any(|c| lower.starts_with(c))
}

/// The first address in a text.
pub(super) fn first_address(text: &str) -> Option<String> {
    addresses(text).into_iter().next()
}

/// The addresses in a text, in order.
pub(super) fn addresses(text: &str) -> Vec<String> {
    // Chinese is written without spaces: `收件人li@far.example不存在`.
    let split = |c: char| c.is_whitespace() || is_chinese(c) || "<>(),;\"[]{}|".contains(c);
    text.split(split)
        .map(|w| w.trim_start_matches("mailto:").trim_start_matches("rfc822:").trim_start_matches("RFC822:"))
        .map(|w| w.trim_matches(|c: char| ":.!?'`*".contains(c)))
        .filter(|w| is_address(w))
        .map(ToOwned::to_owned)
        .collect()
}

/// local@domain with no character that only stands around addresses. Old local parts with `%` or `!` are allowed, domains without a dot not.
fn is_address(word: &str) -> bool {
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    let local_ok = !local.is_empty()
        && local.len() <= 128
        && !local.contains("//")
        && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[]:;,\"：（）《》“”，。、；".contains(c));
    let domain_ok = domain.contains('.')
        && domain.len() <= 255
        && domain.split('.').all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    local_ok && domain_ok
}
