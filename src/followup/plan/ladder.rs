//! Which channel a contact takes, and which one follows when it stays without an answer.

use chrono::{Days, NaiveDate};

use super::{MailReach, Reach};
use crate::followup::kind::Channel;
use crate::followup::policy::Rule;

/// Whether a channel can be used under a rule. Sensitive contacts go to verified mail addresses only; what is only spoken of goes by no mail.
fn usable(rule: &Rule, reach: Reach, channel: Channel) -> bool {
    match channel {
        Channel::Mail if rule.kind.spoken_only() => false,
        Channel::Mail => reach.mail == MailReach::Verified || (reach.mail == MailReach::Unverified && !rule.sensitive),
        Channel::Phone => reach.phone,
        Channel::FindContact => true,
    }
}

/// The first channel of a contact: the rule's ladder, then any other channel, then the task to find one.
pub(super) fn first(rule: &Rule, reach: Reach) -> Channel {
    next(rule, reach, &[])
}

fn next(rule: &Rule, reach: Reach, tried: &[Channel]) -> Channel {
    let others = [Channel::Phone, Channel::Mail];
    let mut rungs = rule.ladder.iter().copied().chain(others);
    rungs.find(|c| !tried.contains(c) && usable(rule, reach, *c)).unwrap_or(Channel::FindContact)
}

/// The next rung for a contact that stayed without an answer: the channel and the first day for it. `None` where the rule does not escalate,
/// or every channel was tried.
pub fn escalate(rule: &Rule, reach: Reach, tried: &[Channel], last_on: NaiveDate) -> Option<(Channel, NaiveDate)> {
    let days = rule.escalate_after_days?;
    if tried.contains(&Channel::FindContact) {
        return None;
    }
    let day = last_on.checked_add_days(Days::new(u64::from(days)))?;
    Some((next(rule, reach, tried), day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::policy::{Policies, RuleId};

    fn rule(id: &str) -> Rule {
        let policies = Policies::shipped();
        policies.on("2026-11-23".parse().unwrap()).unwrap().rule(&RuleId::parse(id).unwrap()).unwrap().clone()
    }

    #[test]
    fn a_person_without_a_mail_address_is_called_and_one_without_anything_is_looked_for() {
        let check = rule("contact-check");
        assert_eq!(first(&check, Reach { mail: MailReach::Unverified, phone: true }), Channel::Mail);
        assert_eq!(first(&check, Reach { mail: MailReach::None, phone: true }), Channel::Phone);
        assert_eq!(first(&check, Reach::default()), Channel::FindContact);
    }

    #[test]
    fn a_sensitive_contact_never_goes_to_an_unverified_address() {
        let wish = rule("wish-check");
        assert_eq!(first(&wish, Reach { mail: MailReach::Unverified, phone: false }), Channel::FindContact);
        assert_eq!(first(&wish, Reach { mail: MailReach::Verified, phone: false }), Channel::Mail);
        assert_eq!(first(&wish, Reach { mail: MailReach::Verified, phone: true }), Channel::Phone);
    }

    #[test]
    fn an_unanswered_mail_is_followed_by_a_call_and_then_by_the_search_for_a_contact() {
        let check = rule("contact-check");
        let reach = Reach { mail: MailReach::Verified, phone: true };
        let sent = "2026-11-23".parse().unwrap();
        assert_eq!(escalate(&check, reach, &[Channel::Mail], sent), Some((Channel::Phone, "2026-12-07".parse().unwrap())));
        assert_eq!(escalate(&check, reach, &[Channel::Mail, Channel::Phone], sent).map(|e| e.0), Some(Channel::FindContact));
        assert_eq!(escalate(&check, reach, &[Channel::FindContact], sent), None);
        assert_eq!(escalate(&rule("age-thanks"), reach, &[Channel::Mail], sent), None);
    }
}
