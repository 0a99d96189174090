//! Reports written as the standards say: RFC 3464 delivery status, RFC 5965 feedback.

use super::mime::{Mail, fields};
use super::reason::{Clues, class_of};
use super::section::Sections;
use super::status::{any_status, enhanced, prefer};
use super::text::{addresses, first_address};
use super::{Action, Class, RecipientReport};
use crate::domain::Guarded;
use crate::followup::mailer::Status;

/// The recipients of a message/delivery-status part, in its order. Groups without a recipient are no report.
pub(super) fn delivery_status(part: &str, mail: &Mail) -> Vec<RecipientReport> {
    let mut groups: Vec<Vec<(String, String)>> = Vec::new();
    for block in blocks(part) {
        for (name, value) in fields(&block) {
            // Some servers leave the blank line between recipients out: a repeated field begins the next one.
            let starts = groups.last().is_none_or(|g| name == "final-recipient" && g.iter().any(|(n, _)| *n == name));
            if starts {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.last_mut() {
                group.push((name, value));
            }
        }
        groups.push(Vec::new());
    }
    groups.retain(|g| field(g, "final-recipient").is_some() || field(g, "original-recipient").is_some() || field(g, "status").is_some());
    let sections = (groups.len() > 1).then(|| Sections::of(&mail.text, groups.len()));
    groups.iter().filter_map(|group| report(group, mail, sections.as_ref())).collect()
}

/// The groups of fields: a blank line, or one of white space only, stands between them.
fn blocks(part: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for line in part.lines() {
        match out.last_mut() {
            Some(block) if !line.trim().is_empty() => {
                block.push_str(line);
                block.push('\n');
            }
            _ => out.push(String::new()),
        }
    }
    out
}

fn field<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// The address of a group: the final recipient, the original one where the final is no mail address.
fn recipient(group: &[(String, String)]) -> Option<String> {
    let of = |name: &str| field(group, name).and_then(typed_address);
    of("final-recipient").or_else(|| of("original-recipient")).or_else(|| of("x-actual-recipient"))
}

/// `rfc822; kijitora@example.org`: what stands after the type, without brackets.
fn typed_address(value: &str) -> Option<String> {
    let (kind, bare) = value.split_once(';').map_or(("", value), |(kind, v)| (kind.trim(), v.trim()));
    let bare = bare.trim();
    // RFC 6533: an address with letters of any script, which plain words are not searched for.
    if kind.eq_ignore_ascii_case("utf-8") && is_any_address(bare) {
        return Some(bare.to_owned());
    }
    let inner = bare.trim_start_matches('<').trim_end_matches('>');
    let quoted = inner.starts_with('"') && inner.contains("\"@") && !inner.contains(char::is_whitespace);
    if quoted { Some(inner.to_owned()) } else { first_address(bare) }
}

/// local@domain without white space, brackets or control characters.
fn is_any_address(word: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"(),;".contains(c);
    word.len() <= 320 && word.chars().all(fits) && word.rsplit_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.'))
}

fn report(group: &[(String, String)], mail: &Mail, sections: Option<&Sections<'_>>) -> Option<RecipientReport> {
    // A file name or a bare user for an address: the words for the reader name the recipient, where there is only one.
    let address = recipient(group).or_else(|| sections.is_none().then(|| super::text::only_recipient(mail)).flatten())?;
    let action = field(group, "action").map(|a| a.to_ascii_lowercase());
    let action = match action.as_deref().map(|a| a.split_whitespace().next().unwrap_or_default()) {
        Some("delayed") => Some(Action::Delayed),
        Some(a) if a.starts_with("deliver") => Some(Action::Delivered),
        Some("relayed") => Some(Action::Relayed),
        Some("expanded") => Some(Action::Expanded),
        _ => Some(Action::Failed),
    };
    // PowerMTA names its own category beside the diagnostic.
    let category = field(group, "x-powermta-bouncecategory").unwrap_or_default();
    let diagnostic = format!("{}\n{category}", field(group, "diagnostic-code").unwrap_or_default());
    let diagnostic = diagnostic.trim_end();
    let reported = field(group, "status").and_then(any_status);
    let section = sections.map_or_else(|| mail.text.clone(), |s| s.of_recipient(&address));
    let said = enhanced(diagnostic);
    // Where report and diagnostic say nothing in particular, the words for the reader may hold the code.
    let vague = |s: Option<Status>| s.is_none_or(|s| matches!((s.subject, s.detail), (0, 0) | (4, 7)));
    let mut status = prefer(reported, said);
    if vague(status) {
        let words = super::text::smtp_words(&section);
        let cause = words.lines().filter_map(enhanced).find(|s| !vague(Some(*s)));
        status = prefer(status, cause);
    }
    let class = match action {
        Some(Action::Delivered | Action::Relayed | Action::Expanded) => Class::Delivered,
        _ => class_of(&Clues { said: diagnostic, around: &section, status, delayed: action == Some(Action::Delayed) }),
    };
    Some(RecipientReport { class, status, recipient: Some(Guarded::new(address)), action })
}

/// A feedback report (RFC 5965): who complained, as far as it is told.
pub(super) fn feedback(part: &str, mail: &Mail) -> Vec<RecipientReport> {
    let fields = fields(part);
    let action = match field(&fields, "feedback-type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "abuse" => Action::Abuse,
        "opt-out" | "opt-out-list" => Action::OptOut,
        "auth-failure" => Action::AuthFailure,
        _ => Action::OtherFeedback,
    };
    let of = |name: &str| fields.iter().filter(|(n, _)| n == name).filter_map(|(_, v)| typed_address(v)).collect::<Vec<_>>();
    let mut people = of("original-rcpt-to");
    if people.is_empty() {
        people = of("removal-recipient");
    }
    if people.is_empty() {
        people = mail.original_header("to").map(addresses).unwrap_or_default();
    }
    if people.is_empty() {
        return vec![RecipientReport { class: Class::Feedback, status: None, recipient: None, action: Some(action) }];
    }
    let report =
        |address| RecipientReport { class: Class::Feedback, status: None, recipient: Some(Guarded::new(address)), action: Some(action) };
    people.into_iter().map(report).collect()
}
