//! What a changed policy changes: limits, rules that come or go, and every field of a rule that differs.

use serde::Serialize;

use super::{Anchor, Policy, Rule, Waits};
use crate::domain::urgent::Clocks;
use crate::followup::kind::Channel;

/// One difference between two editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// A limit over all rules.
    Limit {
        /// The field's name as in the file.
        field: &'static str,
        /// As it was; values as a policy file writes them.
        old: String,
        /// As it will be.
        new: String,
    },
    /// A rule that comes.
    Added {
        /// Its id.
        rule: String,
    },
    /// A rule that goes: what it planned and did not send is dropped at the next planning.
    Removed {
        /// Its id.
        rule: String,
    },
    /// A field of a rule that stays.
    Field {
        /// The rule's id.
        rule: String,
        /// The field's name as in the file.
        field: &'static str,
        /// As it was; empty where the file leaves it out.
        old: String,
        /// As it will be.
        new: String,
    },
}

impl Change {
    /// The rule it is about; none for a limit.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Limit { .. } => None,
            Self::Added { rule } | Self::Removed { rule } | Self::Field { rule, .. } => Some(rule),
        }
    }
}

/// The differences, limits first, then rules in the order of the new edition, then the rules that go.
///
/// The place of a rule in the file is not compared: it only decides which of two contacts on one day comes first.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let limits = limits(old).into_iter().zip(limits(new));
    let mut out: Vec<Change> =
        limits.filter(|((_, old), (_, new))| old != new).map(|((field, old), (_, new))| Change::Limit { field, old, new }).collect();
    for rule in &new.rules {
        let id = rule.id.to_string();
        let Some(before) = old.rule(&rule.id) else {
            out.push(Change::Added { rule: id });
            continue;
        };
        let fields = fields(before).into_iter().zip(fields(rule));
        out.extend(fields.filter(|((_, old), (_, new))| old != new).map(|((field, old), (_, new))| Change::Field {
            rule: id.clone(),
            field,
            old,
            new,
        }));
    }
    let gone = old.rules.iter().filter(|r| new.rule(&r.id).is_none());
    out.extend(gone.map(|r| Change::Removed { rule: r.id.to_string() }));
    out
}

fn limits(policy: &Policy) -> Vec<(&'static str, String)> {
    let limits = &policy.limits;
    let holidays = Clocks::shipped().calendar.days_of(&limits.closed_holidays);
    let named = limits.closed_days.iter().filter(|day| !holidays.contains(day));
    vec![
        ("quiet_from", limits.quiet_from.format("%H:%M").to_string()),
        ("quiet_until", limits.quiet_until.format("%H:%M").to_string()),
        ("min_days_between", limits.min_days_between.to_string()),
        ("closed_days", words(named.map(ToString::to_string))),
        ("closed_holidays", words(limits.closed_holidays.iter().map(|holiday| holiday.word().to_owned()))),
        ("wait_days", waits(limits.wait)),
        ("donation_interval", limits.donation_interval.to_string()),
        ("inactive_after", limits.inactive_after.map(|span| span.to_string()).unwrap_or_default()),
    ]
}

/// Every field of a rule as a policy file writes it.
pub(super) fn fields(rule: &Rule) -> Vec<(&'static str, String)> {
    let span = |span: &Option<super::Span>| span.as_ref().map(ToString::to_string).unwrap_or_default();
    let only = &rule.only;
    let conditions = [
        only.age_from.map(|n| format!("age_from = {n}")),
        only.age_below.map(|n| format!("age_below = {n}")),
        only.own.then(|| "own".to_owned()),
        only.unverified_mail.then(|| "unverified_mail".to_owned()),
        only.first_time.then(|| "first_time".to_owned()),
        only.student.then(|| "student".to_owned()),
        only.family_unanswered.then(|| "family_unanswered".to_owned()),
    ];
    vec![
        ("registries", words(rule.registries.iter().map(|r| r.word().to_owned()))),
        ("statuses", words(rule.statuses.iter().map(|s| s.word().to_owned()))),
        ("per_person", rule.per_person.to_string()),
        ("anchor", anchor(rule.anchor)),
        ("offset", rule.offset.to_string()),
        ("repeat", span(&rule.repeat)),
        ("until", span(&rule.until)),
        ("only", words(conditions.into_iter().flatten())),
        ("window", rule.window.map(|(a, b)| format!("{}-{}", a.format("%H:%M"), b.format("%H:%M"))).unwrap_or_default()),
        ("ladder", words(rule.ladder.iter().map(|c: &Channel| c.word().to_owned()))),
        ("escalate_after_days", rule.escalate_after_days.map(|n| n.to_string()).unwrap_or_default()),
        ("wait_days", waits(rule.wait)),
        ("kind", rule.kind.word().to_owned()),
        ("sensitive", rule.sensitive.to_string()),
        ("urgent", rule.urgent.to_string()),
        ("catch_up", rule.catch_up.to_string()),
        ("spacing", rule.spacing.to_string()),
    ]
}

fn waits(wait: Waits) -> String {
    format!("phone = {}, hand-off = {}, letter = {}", wait.phone, wait.hand_off, wait.letter)
}

fn anchor(anchor: Anchor) -> String {
    match anchor {
        Anchor::Registered => "registered".to_owned(),
        Anchor::Enrolled => "enrolled".to_owned(),
        Anchor::Verified => "verified".to_owned(),
        Anchor::Born => "born".to_owned(),
        Anchor::LastDonation => "last-donation".to_owned(),
        Anchor::Eligible => "eligible".to_owned(),
        Anchor::DeferralEnd => "deferral-end".to_owned(),
        Anchor::Deferred => "deferred".to_owned(),
        Anchor::Donated => "donated".to_owned(),
        Anchor::Drive => "drive".to_owned(),
        Anchor::MatchAgreed => "match-agreed".to_owned(),
        Anchor::WorkUp => "work-up".to_owned(),
        Anchor::FamilyUnaware => "family-unaware".to_owned(),
        Anchor::Yearly { month, day } => format!("yearly {month:02}-{day:02}"),
    }
}

fn words(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../rules/followup.toml");

    fn read(text: &str) -> Policy {
        Policy::from_toml("test.toml", text).unwrap()
    }

    #[test]
    fn an_edition_does_not_differ_from_itself() {
        assert_eq!(diff(&read(SHIPPED), &read(SHIPPED)), []);
    }

    #[test]
    fn every_change_is_named_with_both_values() {
        let old = read(SHIPPED);
        let text = SHIPPED
            .replace("min_days_between = 14", "min_days_between = 21")
            .replace("id = \"age-thanks\"", "id = \"age-farewell\"")
            .replace("offset = \"90 days\"", "offset = \"3 months\"");
        let found = diff(&old, &read(&text));
        let limit = Change::Limit { field: "min_days_between", old: "14".into(), new: "21".into() };
        let late = Change::Field { rule: "family-told-late".into(), field: "offset", old: "90 days".into(), new: "3 months".into() };
        assert!(found.contains(&limit) && found.contains(&late), "{found:?}");
        assert!(found.contains(&Change::Added { rule: "age-farewell".into() }));
        assert_eq!(found.last(), Some(&Change::Removed { rule: "age-thanks".into() }));
        assert!(!found.iter().any(|c| c.rule() == Some("wish-check")), "a rule that stays as it is is not named");
    }
}
