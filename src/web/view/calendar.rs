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
    /// Why so, or how it ended, in words; empty where there is nothing to say.
    pub reason: String,
    /// The rule's id, as in the policy file.
    pub rule: String,
}

/// A way of contact on hold.
#[derive(Debug, Clone)]
pub struct Hold {
    /// Which way.
    pub way: String,
    /// Why.
    pub why: String,
    /// Since or until when.
    pub when: String,
    /// Where it is lifted, where a caller may.
    pub lift: Option<String>,
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
    /// What is planned no more, by day.
    pub cancelled: Vec<Line>,
    /// About what nothing is planned, and why.
    pub not: Vec<(String, String)>,
    /// Whether the family knows, and as of when.
    pub family: Option<(String, String)>,
    /// Ways of contact on hold, latest first.
    pub holds: Vec<Hold>,
    /// Readiness, for people on the stem-cell file.
    pub readiness: Option<super::readiness::Own>,
}

impl CalendarPage {
    /// The page of a calendar; `may_lift`: whether whoever reads it calls people.
    pub fn of(s: Shell, calendar: &Calendar, readiness: Option<&(Edition, Readiness)>, may_lift: bool) -> Self {
        let text = s.text();
        let line = |line: &CalendarLine| Line {
            day: line.day.to_string(),
            kind: kind(line.kind, text),
            channel: text.t(&format!("channel-{}", line.channel)),
            state: text.t(&format!("calendar-{}", line.state)),
            class: match line.state {
                "done" => "ok",
                "not-sent" | "held" => "warn",
                _ => "",
            },
            reason: line.reason.as_deref().map(|word| reason(word, text)).unwrap_or_default(),
            rule: line.rule.clone(),
        };
        let why = |word: &str| {
            let key = format!("not-planned-{word}");
            if text.has(&key) { text.t(&key) } else { text.t("not-planned-other") }
        };
        Self {
            person: calendar.person.to_string(),
            holds: calendar.holds.iter().map(|hold| hold_words(hold, may_lift, text)).collect(),
            readiness: readiness.map(|found| super::readiness::Own::of(found, text)),
            family: calendar.family.map(|(told, day)| (text.t(&format!("family-{}", told.word())), day.to_string())),
            lines: calendar.lines.iter().map(line).collect(),
            cancelled: calendar.cancelled.iter().map(line).collect(),
            not: calendar
                .not
                .iter()
                .map(|(k, word)| (k.map_or_else(|| text.t("calendar-everything"), |k| kind(Some(k), text)), why(word)))
                .collect(),
            s,
        }
    }
}

fn hold_words(hold: &HoldLine, may_lift: bool, text: Text) -> Hold {
    let when = match hold.until {
        None => text.x("hold-since", hold.since),
        Some(until) => text.xy("hold-until", hold.since, until),
    };
    Hold {
        way: text.t(&format!("hold-by-{}", hold.channel)),
        why: text.t(&format!("hold-{}", hold.reason)),
        when,
        lift: hold.lift.filter(|_| may_lift).map(|id| format!("/follow-up/hold/{id}/lift")),
    }
}

/// The word beside a contact, as staff read it: an outcome of a call, or why it is not made, or what it waits for.
fn reason(word: &str, text: Text) -> String {
    let keys = ["reason", "outcome", "not-planned", "exit", "hold"].map(|prefix| format!("{prefix}-{word}"));
    keys.iter().find(|key| text.has(key)).map_or_else(|| text.t("not-planned-other"), |key| text.t(key))
}

fn kind(kind: Option<Kind>, text: Text) -> String {
    kind.map_or_else(|| text.t("kind-other"), |kind| text.t(&format!("kind-{}", kind.word())))
}

/// A value as staff read it: the rungs of a ladder by their names, everything else as the policy file writes it.
fn value(field: &str, written: &str, text: Text) -> String {
    if field != "ladder" {
        return written.to_owned();
    }
    written.split(", ").map(|rung| text.t(&format!("channel-{rung}"))).collect::<Vec<_>>().join(" → ")
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
                Change::Field { rule, field, old, new } => {
                    (rule.clone(), (*field).to_owned(), value(field, old, text), value(field, new, text))
                }
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
            let lift = Some(uuid::Uuid::nil());
            let hold = HoldLine { lift, channel: "mail", reason: "hard".into(), since: day, until: None };
            assert!(hold_words(&hold, false, text).lift.is_none(), "who does not call people lifts nothing");
            let Hold { way, why, when, lift } = hold_words(&hold, true, text);
            assert_eq!(lift.as_deref(), Some("/follow-up/hold/00000000-0000-0000-0000-000000000000/lift"));
            assert!(!way.is_empty() && !why.is_empty() && when.contains("2026-11-02"), "{way} {why} {when}");
            let told = reason(crate::followup::plan::ASKED_LATER, text);
            assert_eq!(told, text.t("not-planned-asked-later"));
            let lifted = hold_words(&HoldLine { until: day.succ_opt(), ..hold }, true, text).when;
            assert!(lifted.contains("2026-11-03"), "{lifted}");
        }
    }

    #[test]
    fn the_rungs_of_a_changed_ladder_are_read_by_their_names_in_both_languages() {
        assert_eq!(value("ladder", "mail, hand-off, letter", Text(Lang::English)), "Mail → Short message → Letter");
        for lang in Lang::ALL {
            let text = Text(lang);
            assert!(crate::followup::Channel::ALL.iter().all(|c| text.has(&format!("channel-{}", c.word()))), "{}", lang.tag());
            assert_eq!(value("wait_days", "phone = 1", text), "phone = 1");
        }
    }

    /// Every word that is put beside a task, wherever in the program: each is read by staff.
    #[test]
    fn every_reason_beside_a_contact_has_words_in_both_languages() {
        let mut words: Vec<&str> = vec![
            "address-not-verified",
            "anchor-changed",
            "channel-gone",
            "answered",
            "not-me",
            "unsubscribed",
            "asked-later",
            "not-yet-eligible",
            "no-turn",
            "died",
            "erased",
            "exited",
            "first-contact-not-confirmed",
            "hand-off-failed",
            "handed-off",
            "held-out",
            "hold-lifted",
            "in-doubt",
            "letter-printed",
            "lost",
            "may-not-be-contacted",
            "no-address",
            "nobody-to-contact",
            "objected",
            "quiet-hours",
            "refused-by-mail-server",
            "shared-address",
            "still-looked-for",
            "too-soon",
            "unknown-kind",
            "withdrew",
        ];
        words.extend(["reached", "no-answer", "not-in-service", "not-them", "refused-calls", "call-on", "meant", "not-meant"]);
        words.extend(["passed-on", "not-found", "found"]);
        words.extend(["undecided", "suppressed", "anchor-unknown", "condition-not-met", "covered", "no-channel"]);
        for lang in Lang::ALL {
            let text = Text(lang);
            for word in &words {
                assert_ne!(reason(word, text), text.t("not-planned-other"), "{word} in {}", lang.tag());
            }
            assert_eq!(reason("of-a-later-edition", text), text.t("not-planned-other"));
        }
    }
}
