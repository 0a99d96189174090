//! Mails without an answer, and the next rung of the ladder.

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId};
use crate::followup::kind::Channel;
use crate::followup::plan::{Planned, Reach, escalate};
use crate::followup::policy::{Policies, RuleId};

/// A mail that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// By which rule.
    pub rule: String,
    /// To whom.
    pub person: PersonId,
    /// From whose contact data.
    pub subject: SubjectId,
    /// The day the rule named.
    pub occurrence: NaiveDate,
    /// The day it went out.
    pub sent_on: NaiveDate,
    /// The person's channels now.
    pub reach: Reach,
    /// The last answer to any link, or call in which the person was reached.
    pub answered_on: Option<NaiveDate>,
    /// It asked to come and give blood, which the person may not do for now: they came, or were deferred.
    pub not_yet_eligible: bool,
}

/// The rule id of a further rung: `contact-check` tried by phone after its mail is `contact-check-then-phone`, so that each rung exists once
/// under (rule, person, occurrence).
pub fn rule_of_rung(rule: &str, channel: Channel) -> String {
    format!("{rule}{THEN}{}", channel.word())
}

const THEN: &str = "-then-";

/// The rule behind a rung's id.
pub fn base_rule(id: &str) -> &str {
    id.split(THEN).next().unwrap_or(id)
}

/// The contacts that follow mails without an answer, due on or before `today`.
///
/// A mail whose rule has gone from the policy in force on its day, or does not escalate, is followed by nothing.
pub fn unanswered(policies: &Policies, mails: &[SentMail], today: NaiveDate) -> Vec<Planned> {
    let mut out = Vec::new();
    for mail in mails {
        if mail.not_yet_eligible || mail.answered_on.is_some_and(|day| day >= mail.sent_on) {
            continue;
        }
        let Some(id) = RuleId::parse(&mail.rule) else { continue };
        let Some(rule) = policies.on(mail.occurrence).ok().and_then(|p| p.rule(&id)) else { continue };
        let Some((channel, due_on)) = escalate(rule, mail.reach, &[Channel::Mail], mail.sent_on) else { continue };
        let Some(rung) = RuleId::parse(&rule_of_rung(&mail.rule, channel)) else { continue };
        if due_on <= today {
            out.push(Planned {
                rule: rung,
                person: mail.person,
                subject: mail.subject,
                registry: rule.registries.first().copied().unwrap_or(crate::domain::registry::Registry::Blood),
                occurrence: mail.occurrence,
                due_on,
                channel,
                kind: rule.kind,
                sensitive: rule.sensitive,
                urgent: false,
                held: false,
            });
        }
    }
    out
}
