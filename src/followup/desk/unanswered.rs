//! Mails, messages and letters without an answer, and the next rung of the ladder.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};

use crate::domain::id::{PersonId, SubjectId};
use crate::followup::kind::{Channel, Kind};
use crate::followup::plan::{Planned, Reach, escalate, free_day};
use crate::followup::policy::{Policies, RuleId};

use super::reconcile::OpenTask;
use super::restep::RETURNED;

/// A mail, message or letter that went out, or a call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// By which rule.
    pub rule: String,
    /// By which channel.
    pub channel: Channel,
    /// Whether calls were made under the same rule before it came to this channel.
    pub called: bool,
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
    /// The last contact with the person, about whatever.
    pub last_contact: Option<NaiveDate>,
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

/// Whether an open contact takes the place of a mail already, so that the mail opens nothing when it comes back: the next rung of its own chain, or
/// the call that an earlier one opened by coming back.
pub fn follows_mail(open: &str, occurrence: NaiveDate, (rule, of): (&str, NaiveDate)) -> bool {
    base_rule(open) == RETURNED || (base_rule(open) == base_rule(rule) && occurrence == of)
}

/// What one rule asked of one person for one day, over all its rungs.
type Chain<'a> = (PersonId, &'a str, NaiveDate);

/// The contacts that follow mails, messages and letters without an answer, due on or before `today`.
///
/// Only the last rung of a chain is followed, and none of it while another one is open or after a call that was brought to its end. What went out
/// under a rule that has gone from the policy in force on its day, or does not escalate, is followed by nothing. The next rung keeps its distance
/// from every other contact with the person.
pub fn unanswered(policies: &Policies, made: &[SentMail], open: &[OpenTask], today: NaiveDate) -> Vec<Planned> {
    let under_way: HashSet<Chain<'_>> = open.iter().map(|t| (t.person, base_rule(&t.rule), t.occurrence)).collect();
    let mut chains: HashMap<Chain<'_>, Vec<&SentMail>> = HashMap::new();
    for mail in made {
        let chain = (mail.person, base_rule(&mail.rule), mail.occurrence);
        if !under_way.contains(&chain) {
            chains.entry(chain).or_default().push(mail);
        }
    }
    let mut out: Vec<Planned> = chains.into_values().filter_map(|chain| follow(policies, chain, today)).collect();
    out.sort_by(|a, b| (a.due_on, a.person, &a.rule, a.occurrence).cmp(&(b.due_on, b.person, &b.rule, b.occurrence)));
    out
}

fn follow(policies: &Policies, mut chain: Vec<&SentMail>, today: NaiveDate) -> Option<Planned> {
    // Of one day the base rule comes before its rungs.
    chain.sort_by_key(|m| (m.sent_on, m.rule.len(), m.channel));
    let last = *chain.last()?;
    let answered = last.answered_on.is_some_and(|day| chain.iter().any(|m| day >= m.sent_on));
    if answered || last.not_yet_eligible || last.channel == Channel::Phone {
        return None;
    }
    if base_rule(&last.rule) == RETURNED {
        return searched(policies, last, today);
    }
    let id = RuleId::parse(base_rule(&last.rule))?;
    let rule = policies.on(last.occurrence).ok()?.rule(&id)?;
    let called = chain.iter().any(|m| m.called).then_some(Channel::Phone);
    // A rung of its own follows a mail, one that was refused as well.
    let mailed = chain.iter().any(|m| base_rule(&m.rule) != m.rule).then_some(Channel::Mail);
    let earlier = chain.iter().map(|m| m.channel).chain(called).chain(mailed).filter(|c| *c != last.channel);
    let tried: Vec<Channel> = earlier.chain(std::iter::once(last.channel)).collect();
    let (channel, due_on) = escalate(rule, last.reach, &tried, last.sent_on)?;
    if due_on > today {
        return None;
    }
    // It can be made today at the soonest: what keeps it apart is the edition in force then, not on the day it was due.
    let free = free_day(policies, last.last_contact, today);
    let due_on = if rule.urgent || channel == Channel::FindContact || free == today { due_on } else { free };
    Some(Planned {
        rule: RuleId::parse(&rule_of_rung(id.as_str(), channel))?,
        person: last.person,
        subject: last.subject,
        registry: rule.registries.first().copied().unwrap_or(crate::domain::registry::Registry::Blood),
        occurrence: last.occurrence,
        due_on,
        channel,
        kind: rule.kind.by(channel),
        sensitive: rule.sensitive,
        urgent: rule.urgent,
        held: false,
    })
}

/// A mail came back, nobody could be called, and the letter in its place stays without an answer: somebody looks for a way.
fn searched(policies: &Policies, letter: &SentMail, today: NaiveDate) -> Option<Planned> {
    if letter.channel != Channel::Letter {
        return None;
    }
    let days = policies.on(today).ok()?.limits.wait.letter;
    let due_on = letter.sent_on.checked_add_days(Days::new(u64::from(days))).filter(|day| *day <= today)?;
    Some(Planned {
        rule: RuleId::parse(&rule_of_rung(RETURNED, Channel::FindContact))?,
        person: letter.person,
        subject: letter.subject,
        registry: crate::domain::registry::Registry::Blood,
        occurrence: letter.occurrence,
        due_on,
        channel: Channel::FindContact,
        kind: Kind::ContactCheck,
        sensitive: false,
        urgent: false,
        held: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_in_the_place_of_a_mail_that_came_back_is_followed_by_a_search_after_a_month() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let policies = Policies::shipped();
        let letter = SentMail {
            rule: RETURNED.to_owned(),
            channel: Channel::Letter,
            called: false,
            person: PersonId::fresh(),
            subject: SubjectId::fresh(),
            occurrence: day("2026-11-01"),
            sent_on: day("2026-11-02"),
            reach: Reach { address: true, ..Reach::default() },
            answered_on: None,
            last_contact: Some(day("2026-11-02")),
            not_yet_eligible: false,
        };
        let after = |letter: &SentMail, today: &str| unanswered(&policies, std::slice::from_ref(letter), &[], day(today));
        assert!(after(&letter, "2026-12-01").is_empty());
        let search = after(&letter, "2026-12-02");
        assert_eq!(
            search.iter().map(|p| (p.rule.as_str(), p.channel)).collect::<Vec<_>>(),
            [("mail-returned-then-find-contact", Channel::FindContact)]
        );
        assert!(after(&SentMail { answered_on: Some(day("2026-11-20")), ..letter.clone() }, "2026-12-02").is_empty());
        assert!(after(&SentMail { channel: Channel::Phone, ..letter }, "2026-12-02").is_empty(), "a call ends by its outcome");
    }
}
