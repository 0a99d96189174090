//! Reports written as the standards say: RFC 3464 delivery status, RFC 5965 feedback.

use super::mime::{Mail, fields};
use super::reason::{Clues, class_of};
use super::status::{any_status, enhanced, prefer};
use super::text::{addresses, first_address, section_of};
use super::{Action, Class, RecipientReport};
use crate::domain::Guarded;
use crate::followup::mailer::Status;

/// The recipients of a message/delivery-status part, in its order. Groups without a recipient are no report.
pub(super) fn delivery_status(part: &str, mail: &Mail) -> Vec<RecipientReport> {
    let mut groups: Vec<Vec<(String, String)>> = Vec::new();
    for block in part.split("\n\n") {
        for (name, value) in fields(block) {
            // Some servers leave the blank line between recipients out: a repeated field begins the next one.
            let starts = groups.last().is_none_or(|g| g.iter().any(|(n, _)| *n == name) && name == "final-recipient");
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
    let several = groups.len() > 1;
    groups.iter().filter_map(|group| report(group, mail, several)).collect()
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
    let bare = value.split_once(';').map_or(value, |(_, v)| v).trim();
    let inner = bare.trim_start_matches('<').trim_end_matches('>');
    let quoted = inner.starts_with('"') && inner.contains("\"@") && !inner.contains(char::is_whitespace);
    if quoted { Some(inner.to_owned()) } else { first_address(bare) }
}

fn report(group: &[(String, String)], mail: &Mail, several: bool) -> Option<RecipientReport> {
    // A file name or a bare user for an address: the words for the reader name the recipient, where there is only one.
    let address = recipient(group).or_else(|| (!several).then(|| super::text::only_recipient(mail)).flatten())?;
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
    let section = if several { section_of(&mail.text, &address) } else { mail.text.clone() };
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
