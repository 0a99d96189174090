//! What a person will get, and what a coming policy changes.

use askama::Template;

use super::Shell;
use crate::app::{Calendar, CalendarLine, HoldLine, PolicyPreview};
use crate::followup::Kind;
use crate::followup::policy::Change;
use crate::followup::readiness::{Edition, Readiness};
use crate::web::i18n::Text;

/// One contact.
#[derive(Debug, Clone)]
pub struct Line {
    /// The day.
    pub day: String,
    /// About what.
    pub kind: String,
    /// By which channel.
    pub channel: String,
    /// How it stands, in words.
    pub state: String,
    /// The class of the state's tag.
    pub class: &'static str,
    /// The rule's id, as in the policy file.
    pub rule: String,
}

/// Every contact of a person.
#[derive(Debug, Template)]
#[template(path = "page/calendar.html")]
pub struct CalendarPage {
    /// The frame.
    pub s: Shell,
    /// The public id.
    pub person: String,
    /// By day.
    pub lines: Vec<Line>,
    /// About what nothing is planned, and why.
    pub not: Vec<(String, String)>,
    /// Way of contact, why it is on hold, and since or until when.
    pub holds: Vec<(String, String, String)>,
    /// Whether the family knows, and as of when.
    pub family: Option<(String, String)>,
    /// Readiness, for people on the stem-cell file.
    pub readiness: Option<super::readiness::Own>,
}

impl CalendarPage {
    /// The page of a calendar.
    pub fn of(s: Shell, calendar: &Calendar, readiness: Option<&(Edition, Readiness)>) -> Self {
        let text = s.text();
        let lines = calendar.lines.iter().map(|line| Line {
            day: line.day.to_string(),
            kind: kind(line.kind, text),
            channel: text.t(&format!("channel-{}", line.channel)),
            state: state_words(line, text),
            class: match line.state {
                "done" => "ok",
                "not-sent" | "held" => "warn",
                _ => "",
            },
            rule: line.rule.clone(),
        });
        let why = |word: &str| {
            let key = format!("not-planned-{word}");
            if text.has(&key) { text.t(&key) } else { text.t("not-planned-other") }
        };
        Self {
            person: calendar.person.to_string(),
            holds: calendar.holds.iter().map(|hold| hold_words(hold, text)).collect(),
            readiness: readiness.map(|found| super::readiness::Own::of(found, text)),
            family: calendar.family.map(|(told, day)| (text.t(&format!("family-{}", told.word())), day.to_string())),
            lines: lines.collect(),
            not: calendar
                .not
                .iter()
                .map(|(k, word)| (k.map_or_else(|| text.t("calendar-everything"), |k| kind(Some(k), text)), why(word)))
                .collect(),
            s,
        }
    }
}

/// How a contact stands; where it was not made for a reason that staff know, with the reason.
fn state_words(line: &CalendarLine, text: Text) -> String {
    let state = text.t(&format!("calendar-{}", line.state));
    let why = line.reason.as_ref().filter(|_| line.state == "not-sent").map(|reason| format!("not-planned-{reason}"));
    match why.filter(|key| text.has(key)) {
        Some(key) => format!("{state}: {}", text.t(&key)),
        None => state,
    }
}

fn hold_words(hold: &HoldLine, text: Text) -> (String, String, String) {
    let when = match hold.until {
        None => text.x("hold-since", hold.since),
        Some(until) => text.xy("hold-until", hold.since, until),
    };
    (text.t(&format!("hold-by-{}", hold.channel)), text.t(&format!("hold-{}", hold.reason)), when)
}

fn kind(kind: Option<Kind>, text: Text) -> String {
    kind.map_or_else(|| text.t("kind-other"), |kind| text.t(&format!("kind-{}", kind.word())))
}

/// One difference between two editions.
#[derive(Debug, Clone)]
pub struct ChangeLine {
    /// The rule, or that it is a limit.
    pub what: String,
    /// The field, or that the rule comes or goes.
    pub field: String,
    /// As it is.
    pub old: String,
    /// As it will be.
    pub new: String,
}

/// The edition in force and the one to come.
#[derive(Debug, Template)]
#[template(path = "page/policy.html")]
pub struct PolicyPage {
    /// The frame.
    pub s: Shell,
    /// Since when the edition in force holds.
    pub since: String,
    /// From when the next one holds.
    pub next: Option<String>,
    /// What differs.
    pub changes: Vec<ChangeLine>,
    /// Kind, contacts in twelve months without and with the next edition.
    pub contacts: Vec<(String, u64, u64)>,
}

impl PolicyPage {
    /// The page of a preview.
    pub fn of(s: Shell, preview: &PolicyPreview) -> Self {
        let text = s.text();
        let changes = preview.changes.iter().map(|change| {
            let (what, field, old, new) = match change {
                Change::Limit { field, old, new } => (text.t("policy-limit"), (*field).to_owned(), old.clone(), new.clone()),
                Change::Field { rule, field, old, new } => (rule.clone(), (*field).to_owned(), old.clone(), new.clone()),
                Change::Added { rule } => (rule.clone(), text.t("policy-added"), String::new(), String::new()),
                Change::Removed { rule } => (rule.clone(), text.t("policy-removed"), String::new(), String::new()),
            };
            ChangeLine { what, field, old, new }
        });
        Self {
            since: preview.since.to_string(),
            next: preview.next.map(|day| day.to_string()),
            changes: changes.collect(),
            contacts: preview.contacts.iter().map(|(word, (old, new))| (kind(Kind::from_word(word), text), *old, *new)).collect(),
            s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hold::HoldReason;
    use crate::web::i18n::Lang;

    #[test]
    fn staff_read_when_and_why_a_way_of_contact_went_on_hold_in_both_languages() {
        for lang in Lang::ALL {
            let text = Text(lang);
            for reason in HoldReason::ALL {
                assert!(text.has(&format!("hold-{}", reason.word())), "{reason:?}");
            }
            let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
            let hold = HoldLine { channel: "mail", reason: "hard".into(), since: day, until: None };
            let (way, why, when) = hold_words(&hold, text);
            assert!(!way.is_empty() && !why.is_empty() && when.contains("2026-11-02"), "{way} {why} {when}");
            let refused = CalendarLine {
                day,
                kind: None,
                rule: "contact-check".into(),
                channel: "mail",
                state: "not-sent",
                reason: Some(crate::followup::plan::ASKED_LATER.to_owned()),
            };
            let told = state_words(&refused, text);
            assert!(told.contains(&text.t("not-planned-asked-later")) && !told.contains("asked-later"), "{told}");
            let lifted = hold_words(&HoldLine { until: day.succ_opt(), ..hold }, text).2;
            assert!(lifted.contains("2026-11-03"), "{lifted}");
        }
    }
}
