//! What a refusal means: words first, codes second.
//!
//! Codes alone mislead: `550 5.7.1` is said of unknown users, `550 5.1.1` of full mailboxes. The lists hold phrases of mail servers and providers
//! in lower case; the first list with a phrase in the server's own words decides, then the words around them, then the status, then the reply.

use super::Class;
use super::phrases::hard::{UNKNOWN_HOST, UNKNOWN_USER};
use super::phrases::policy::{AUTHENTICATION, REFUSED, TOO_BIG, UNWANTED};
use super::phrases::soft::{FILTERED, FULL, NOT_NOW, PASSING, SUSPENDED};
use super::status::reply;
use crate::followup::mailer::Status;

/// What is known of one recipient.
pub(super) struct Clues<'a> {
    /// The refusing server's own words.
    pub(super) said: &'a str,
    /// The report's words around them.
    pub(super) around: &'a str,
    /// The enhanced status.
    pub(super) status: Option<Status>,
    /// The report says delivery is still being tried.
    pub(super) delayed: bool,
}

/// The class of a failure.
pub(super) fn class_of(clues: &Clues<'_>) -> Class {
    // A program on the reporting machine, not a mail server, refused: the machine's trouble (RFC 3464 section 2.1.2 on types of diagnostics).
    if clues.said.trim_start().to_ascii_lowercase().starts_with("x-unix") {
        return Class::Soft;
    }
    let zone = super::text::before_copy(clues.around);
    let said: Vec<String> = clues.said.lines().map(|l| squeeze(super::status::innermost(l))).collect();
    let around = squeeze(&without_boilerplate(&zone));
    if let Some(greeting) = said.iter().map(String::as_str).chain([around.as_str()]).find_map(greeting) {
        // Said before anybody was named: of us, or of how busy the other side is, and never of an address.
        let told = by_words(greeting, &STRONG).or_else(|| by_words(greeting, &WEAK)).unwrap_or(Class::Policy);
        return if told == Class::Hard { Class::Policy } else { told };
    }
    let step = refused_at(&format!("{} {around}", said.join(" ")));
    let strong = said.iter().find_map(|l| by_words(l, &STRONG));
    let told = strong
        .or_else(|| specific(clues.status))
        .or_else(|| said.iter().find_map(|l| by_words(l, &WEAK)))
        .or_else(|| by_words(&around, &STRONG));
    let told = told.or_else(|| general(clues.status)).or_else(|| by_words(&around, &WEAK));
    let class = told.or_else(|| said.iter().find_map(|l| by_reply(l))).or_else(|| by_reply(&around)).unwrap_or(Class::Soft);
    let passing = clues.delayed || clues.status.is_some_and(|s| s.class == 4);
    let filter_like = said.iter().any(|l| l.contains("user unknown") || l.contains("unknown user"));
    let about_address = clues.status.is_some_and(|s| s.subject == 1);
    let about_mailbox = clues.status.is_some_and(|s| matches!((s.subject, s.detail), (2, 0 | 1) | (3, 0)));
    let class = match (class, step) {
        // Said of the sender, before a recipient was named.
        (Class::Hard, Some(Step::Sender)) => Class::Policy,
        (Class::Soft, Some(Step::Sender)) if !passing && strong.is_none() && by_words(&around, &[(Class::Soft, NOT_NOW)]).is_none() => {
            Class::Policy
        }
        // The recipient had been accepted: a filter speaks, whatever it says (RFC 5321 section 3.3 wants unknown users refused at RCPT).
        (Class::Hard, Some(Step::Data)) if filter_like && !about_address => Class::Soft,
        // The status says mailbox or mail system, the words say nobody: undecided, unless the recipient itself was refused.
        (Class::Hard, step) if step != Some(Step::Recipient) && about_mailbox => Class::Soft,
        (class, _) => class,
    };
    // Whoever is still trying, or says "for the time being", has not found the address bad.
    if passing && class == Class::Hard { Class::Soft } else { class }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Sender,
    Recipient,
    Data,
}

/// What the other side said in the place of a greeting, where a report of Postfix tells (its smtp(8) writes "refused to talk to me").
fn greeting(text: &str) -> Option<&str> {
    text.split_once("refused to talk to me:").map(|(_, said)| said)
}

/// At which step of the conversation the refusal came, where the report tells.
fn refused_at(text: &str) -> Option<Step> {
    let steps: [(Step, &[&str]); 3] = [
        (
            Step::Recipient,
            &[
                "after rcpt to",
                "to rcpt to command",
                "in reply to rcpt",
                ">>> rcpt to",
                "did not like our rcpt",
                "does not like recipient",
                "bad-mailbox",
                // Sendmail pipelines: that a recipient was refused under DATA shows in what the other side says next.
                "need rcpt",
                "rcpt first",
                "no valid recipients",
            ],
        ),
        (
            Step::Sender,
            &[
                "after mail from",
                "to mail from command",
                "in reply to mail",
                "after ehlo",
                "after helo",
                "to ehlo command",
                "to helo command",
                "after initial connection",
                ">>> mail from",
                "does not like sender",
            ],
        ),
        (Step::Data, &["after end of data", "to end of data", "to data command", ">>> data", "did not like our data"]),
    ];
    // A transcript may show several steps: a refused recipient is followed by a DATA that cannot work, so the recipient counts first.
    let found = steps.iter().find(|(_, marks)| marks.iter().any(|m| text.contains(m))).map(|(step, _)| *step);
    // A transcript in which the other side refuses before a word was said to it.
    let unheard = text.contains("while talking to") && text.contains("<<<") && !text.contains(">>>");
    if found == Some(Step::Data) && text.contains(">>> data") && text.contains(">... user unknown") {
        // Sendmail's own summary, which it writes for refused recipients only.
        return Some(Step::Recipient);
    }
    found.or_else(|| unheard.then_some(Step::Sender))
}

/// The words around, without the sentences every report of a kind carries.
fn without_boilerplate(zone: &str) -> String {
    let stock = [
        "i'm not going to try again",
        "this is a permanent error",
        "please try again",
        "for further assistance",
        "if you do so, please",
        "no action is required",
        "try to fix",
        "send the message again",
        "you can try",
        "554 5.0.0 service unavailable",
    ];
    zone.lines().filter(|l| !stock.iter().any(|s| l.to_lowercase().contains(s))).collect::<Vec<_>>().join("\n")
}

/// Lower case, one space between words. An address in brackets within a phrase is left out: `User <li@far.example> unknown`.
fn squeeze(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out: Vec<&str> = Vec::new();
    for word in lower.split_whitespace() {
        let named = word.starts_with('<') && word.ends_with('>') && word.contains('@');
        if !(named && out.last().is_some_and(|noun| NAMED.contains(noun))) {
            out.push(word);
        }
    }
    out.join(" ")
}

/// What servers put an address behind, in the middle of a sentence about it.
const NAMED: [&str; 6] = ["user", "recipient", "mailbox", "address", "account", "alias"];

type Lists<const N: usize> = [(Class, &'static [&'static str]); N];

fn by_words<const N: usize>(text: &str, lists: &Lists<N>) -> Option<Class> {
    if text.is_empty() {
        return None;
    }
    let (class, _) = lists.iter().find(|(_, phrases)| phrases.iter().any(|p| text.contains(p)))?;
    Some(*class)
}

/// Statuses whose meaning is settled enough to go before the words around (RFC 3463 and the IANA registry).
fn specific(status: Option<Status>) -> Option<Class> {
    let status = status?;
    match (status.class, status.subject, status.detail) {
        (4, 1, 1..=3) | (4, 4, 1 | 2 | 7) | (_, 2, 2) | (_, 4, 1 | 3 | 6 | 7) => Some(Class::Soft),
        (_, 7, _) | (_, 6, _) | (_, 3, 4) | (_, 2, 3) => Some(Class::Policy),
        (5, 1, 0..=3 | 6 | 10) | (5, 4, 4) => Some(Class::Hard),
        _ => None,
    }
}

fn general(status: Option<Status>) -> Option<Class> {
    let status = status?;
    match (status.class, status.subject, status.detail) {
        (4, ..) | (_, 2..=5, _) => Some(Class::Soft),
        (_, 1, 7 | 8 | 9) => Some(Class::Policy),
        (5, 1, _) => Some(Class::Hard),
        _ => None,
    }
}

fn by_reply(text: &str) -> Option<Class> {
    match reply(text)? {
        400..=499 | 552 => Some(Class::Soft),
        551 | 553 => Some(Class::Hard),
        550 | 554 | 521 | 530 | 571 => Some(Class::Policy),
        _ => None,
    }
}

/// Phrases that settle the matter, in the order in which they decide.
const STRONG: Lists<9> = [
    (Class::Soft, FILTERED),
    (Class::Soft, FULL),
    (Class::Policy, AUTHENTICATION),
    (Class::Policy, TOO_BIG),
    (Class::Hard, UNKNOWN_USER),
    (Class::Policy, UNWANTED),
    (Class::Soft, PASSING),
    (Class::Hard, UNKNOWN_HOST),
    (Class::Soft, SUSPENDED),
];

/// Phrases that a status may overrule.
const WEAK: Lists<2> = [(Class::Soft, NOT_NOW), (Class::Policy, REFUSED)];
