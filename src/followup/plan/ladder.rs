//! Which channel a contact takes, and which one follows when it stays without an answer.

use chrono::{Days, NaiveDate};

use super::{MailReach, Reach};
use crate::followup::kind::Channel;
use crate::followup::policy::Rule;

/// Tried where no rung of a rule can be used. A letter or a message is sent only where the rule names it: what comes too late or says too much
/// helps nobody.
const OTHERS: [Channel; 2] = [Channel::Phone, Channel::Mail];

/// Whether a channel can be used under a rule. Sensitive contacts go to verified mail addresses only; a letter is neutral and names none of it; what is
/// only spoken of goes by phone alone, unless the person wants no calls: then they are asked in writing, in words that name none of it.
fn usable(rule: &Rule, reach: Reach, channel: Channel) -> bool {
    match channel {
        Channel::Mail | Channel::Letter if rule.kind.spoken_only() && !reach.no_calls => false,
        Channel::Mail => reach.mail == MailReach::Verified || (reach.mail == MailReach::Unverified && !rule.sensitive),
        Channel::Phone => reach.phone,
        Channel::HandOff if rule.kind.spoken_only() => false,
        Channel::HandOff => reach.mobile && rule.kind.fits_short_message(),
        Channel::Letter => reach.address,
        Channel::FindContact => true,
    }
}

/// Whether what is only spoken of goes to somebody who wants no calls.
const fn in_writing(rule: &Rule, reach: Reach) -> bool {
    rule.kind.spoken_only() && reach.no_calls
}

/// The rungs in the order in which they are tried.
fn order(rule: &Rule) -> impl Iterator<Item = Channel> {
    rule.ladder.iter().copied().chain(OTHERS.into_iter().filter(move |c| !rule.ladder.contains(c)))
}

/// The first channel of a contact: the rule's ladder, then any other channel, then the task to find one.
pub fn first(rule: &Rule, reach: Reach) -> Channel {
    next(rule, reach, &[])
}

/// The rung that follows once some were tried; the task to find a way where none is left - or, of who wants no calls, to decide.
pub fn next(rule: &Rule, reach: Reach, tried: &[Channel]) -> Channel {
    let in_writing = in_writing(rule, reach);
    // Somebody waits for it: one thing is written, and then a person decides.
    if in_writing && tried.iter().any(|c| matches!(c, Channel::Mail | Channel::Letter)) {
        return Channel::FindContact;
    }
    order(rule)
        .chain(in_writing.then_some(Channel::Letter))
        .find(|c| !tried.contains(c) && usable(rule, reach, *c))
        .unwrap_or(Channel::FindContact)
}

/// The rungs up to one, itself included: what counts as tried where a contact stands there.
pub fn up_to(rule: &Rule, channel: Channel) -> Vec<Channel> {
    if !order(rule).any(|c| c == channel) {
        return vec![channel];
    }
    let before = order(rule).take_while(|c| *c != channel);
    before.chain(std::iter::once(channel)).collect()
}

/// Days given to a rung before the next one follows; none where the rule does not escalate.
fn wait(rule: &Rule, channel: Channel) -> Option<u32> {
    let of_mail = rule.escalate_after_days?;
    Some(match channel {
        Channel::Phone => rule.wait.phone,
        Channel::HandOff => rule.wait.hand_off,
        Channel::Letter => rule.wait.letter,
        Channel::Mail | Channel::FindContact => of_mail,
    })
}

/// The next rung for a contact that stayed without an answer: the channel and the first day for it. `None` where the rule does not escalate,
/// or every channel was tried. The last of `tried` is the one that was made on `last_on`.
pub fn escalate(rule: &Rule, reach: Reach, tried: &[Channel], last_on: NaiveDate) -> Option<(Channel, NaiveDate)> {
    // What is only spoken of does not escalate; written to who wants no calls, it has the days of a message.
    let days = if in_writing(rule, reach) { rule.wait.hand_off } else { wait(rule, *tried.last()?)? };
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
        assert_eq!(first(&check, Reach { mail: MailReach::Unverified, phone: true, ..Reach::default() }), Channel::Mail);
        assert_eq!(first(&check, Reach { mail: MailReach::None, phone: true, ..Reach::default() }), Channel::Phone);
        assert_eq!(first(&check, Reach::default()), Channel::FindContact);
    }

    #[test]
    fn a_sensitive_contact_never_goes_to_an_unverified_address() {
        let wish = rule("wish-check");
        assert_eq!(first(&wish, Reach { mail: MailReach::Unverified, phone: false, ..Reach::default() }), Channel::FindContact);
        assert_eq!(first(&wish, Reach { mail: MailReach::Verified, phone: false, ..Reach::default() }), Channel::Mail);
        assert_eq!(first(&wish, Reach { mail: MailReach::Verified, phone: true, ..Reach::default() }), Channel::Phone);
    }

    #[test]
    fn an_unanswered_mail_is_followed_by_a_call_and_then_by_the_search_for_a_contact() {
        let check = rule("contact-check");
        let reach = Reach { mail: MailReach::Verified, phone: true, ..Reach::default() };
        let sent = "2026-11-23".parse().unwrap();
        assert_eq!(escalate(&check, reach, &[Channel::Mail], sent), Some((Channel::Phone, "2026-12-07".parse().unwrap())));
        assert_eq!(escalate(&check, reach, &[Channel::Mail, Channel::Phone], sent).map(|e| e.0), Some(Channel::FindContact));
        assert_eq!(escalate(&check, reach, &[Channel::FindContact], sent), None);
        assert_eq!(escalate(&rule("age-thanks"), reach, &[Channel::Mail], sent), None);
    }

    #[test]
    fn who_has_only_an_address_gets_a_letter_and_who_does_not_answer_the_telephone_a_message_first() {
        let check = rule("contact-check");
        let letter = Reach { address: true, ..Reach::default() };
        assert_eq!(first(&check, letter), Channel::Letter);
        let all = Reach { mail: MailReach::Verified, phone: true, mobile: true, address: true, no_calls: false };
        let mut tried = Vec::new();
        while tried.last() != Some(&Channel::FindContact) {
            tried.push(next(&check, all, &tried));
        }
        assert_eq!(tried, [Channel::Mail, Channel::Phone, Channel::HandOff, Channel::Letter, Channel::FindContact]);
        let landline = Reach { mobile: false, ..all };
        assert_eq!(next(&check, landline, &[Channel::Mail, Channel::Phone]), Channel::Letter);
        assert_eq!(up_to(&check, Channel::HandOff), [Channel::Mail, Channel::Phone, Channel::HandOff]);
        assert_eq!(up_to(&check, Channel::FindContact), [Channel::FindContact]);
    }

    #[test]
    fn organs_and_bodies_are_never_spoken_of_in_a_short_message_even_where_a_rule_is_made_to() {
        let mut wish = rule("wish-check");
        let all = Reach { mail: MailReach::None, phone: true, mobile: true, address: true, no_calls: false };
        assert_eq!(first(&wish, all), Channel::Phone);
        wish.ladder = vec![Channel::HandOff, Channel::Letter];
        assert_eq!(first(&wish, all), Channel::Letter);
    }

    #[test]
    fn who_wants_no_calls_in_a_match_is_written_to_once_and_then_a_person_decides() {
        let check = rule("match-check-week");
        let mail = Reach { mail: MailReach::Verified, address: true, no_calls: true, ..Reach::default() };
        assert_eq!(first(&check, Reach { no_calls: false, ..mail }), Channel::FindContact, "a dead number: somebody looks for another");
        assert_eq!(first(&check, mail), Channel::Mail);
        assert_eq!(first(&check, Reach { mail: MailReach::Unverified, ..mail }), Channel::Letter, "sensitive: confirmed addresses only");
        assert_eq!(first(&check, Reach { mail: MailReach::None, address: false, ..mail }), Channel::FindContact);
        let sent = "2026-11-23".parse().unwrap();
        assert_eq!(escalate(&check, mail, &[Channel::Mail], sent), Some((Channel::FindContact, "2026-11-30".parse().unwrap())));
        assert_eq!(escalate(&check, mail, &[Channel::Mail, Channel::FindContact], sent), None, "and that is all");
        // Other rules go on by what they name.
        assert_eq!(next(&rule("availability"), mail, &[Channel::Mail]), Channel::Letter);
    }

    #[test]
    fn a_reminder_of_a_duty_is_not_put_into_a_letter() {
        assert_eq!(first(&rule("volunteer-duty-eve"), Reach { address: true, ..Reach::default() }), Channel::FindContact);
    }

    #[test]
    fn every_rung_has_the_days_the_policy_gives_it() {
        let mut check = rule("contact-check");
        let reach = Reach { address: true, mobile: true, phone: true, mail: MailReach::None, no_calls: false };
        let sent = "2026-11-23".parse().unwrap();
        let after = |check: &Rule, tried: &[Channel]| escalate(check, reach, tried, sent).map(|(channel, day)| (channel, day.to_string()));
        assert_eq!(after(&check, &[Channel::Mail, Channel::Phone, Channel::HandOff]), Some((Channel::Letter, "2026-11-30".into())));
        assert_eq!(after(&check, &[Channel::Phone, Channel::HandOff, Channel::Letter]), Some((Channel::FindContact, "2026-12-23".into())));
        check.wait.letter = 45;
        assert_eq!(after(&check, &[Channel::Phone, Channel::HandOff, Channel::Letter]), Some((Channel::FindContact, "2027-01-07".into())));
    }
}
