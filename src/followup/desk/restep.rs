//! A rung that cannot be made any more, or came to nothing, and the one that follows it.

use chrono::{Days, NaiveDate};

use super::call::Next;
use super::reconcile::OpenTask;
use super::unanswered::base_rule;
use crate::followup::kind::Channel;
use crate::followup::plan::{Reach, next, up_to};
use crate::followup::policy::{Policies, Rule, RuleId};

/// The rule of the call that takes the place of a mail that came back; no edition of the policy has it.
pub const RETURNED: &str = "mail-returned";

/// The rule behind a contact, where the policy in force on its day has it.
fn rule_of<'a>(policies: &'a Policies, rule: &str, occurrence: NaiveDate) -> Option<&'a Rule> {
    policies.on(occurrence).ok()?.rule(&RuleId::parse(base_rule(rule))?)
}

/// The rung after one that ended without success. Under a rung's own id the mail before it counts as tried. After a mail that
/// came back a letter is left; for what else no rule of the policy planned somebody looks for a way, since nobody said that anything may be sent.
pub fn step(policies: &Policies, (rule, occurrence): (&str, NaiveDate), reach: Reach, ended: Channel) -> Channel {
    let Some(of_policy) = rule_of(policies, rule, occurrence) else {
        return if rule == RETURNED && reach.address && ended != Channel::Letter { Channel::Letter } else { Channel::FindContact };
    };
    let mut tried = up_to(of_policy, ended);
    if base_rule(rule) != rule {
        tried.push(Channel::Mail);
    }
    next(of_policy, reach, &tried)
}

/// The first rung by which a person can be reached who has no mail address any more; a call or the search where no rule of the policy is meant.
pub fn without_mail(policies: &Policies, (rule, occurrence): (&str, NaiveDate), reach: Reach, called: bool) -> Channel {
    let tried: &[Channel] = if called { &[Channel::Mail, Channel::Phone] } else { &[Channel::Mail] };
    match rule_of(policies, rule, occurrence) {
        Some(of_policy) => next(of_policy, reach, tried),
        None if reach.phone && !called => Channel::Phone,
        None => Channel::FindContact,
    }
}

/// The day after which a rung that came to nothing gives way to the next one.
pub fn gives_way(policies: &Policies, (rule, occurrence): (&str, NaiveDate), ended: Channel, on: NaiveDate) -> NaiveDate {
    let wait = rule_of(policies, rule, occurrence).map(|r| r.wait).unwrap_or_default();
    let days = match ended {
        Channel::HandOff => wait.hand_off,
        Channel::Letter => wait.letter,
        Channel::Mail | Channel::Phone | Channel::FindContact => wait.phone,
    };
    on.checked_add_days(Days::new(u64::from(days))).unwrap_or(on)
}

/// What a call led to, with the next rung in the place of the search where there is one.
pub fn beyond(policies: &Policies, key: (&str, NaiveDate), call: Next, reach: Reach, today: NaiveDate) -> Next {
    let Some((_, Channel::FindContact)) = call.again else { return call };
    // The number that is on hold from now on was the last one.
    let reach = if call.hold.is_some() { Reach { phone: false, mobile: false, ..reach } } else { reach };
    match step(policies, key, reach, Channel::Phone) {
        Channel::FindContact => call,
        channel => Next { again: Some((gives_way(policies, key, Channel::Phone, today), channel)), ..call },
    }
}

/// What becomes of an open rung: another channel, where its own is gone or its time is over. Contacts of a base rule that nobody has touched are
/// the planner's, which moves them itself.
///
/// `awaits`: it was handed off and its result is not told.
pub fn restep(policies: &Policies, task: &OpenTask, reach: Reach, awaits: bool, today: NaiveDate) -> Option<Channel> {
    let key = (task.rule.as_str(), task.occurrence);
    let planned = rule_of(policies, &task.rule, task.occurrence).is_some();
    let gone = match task.channel {
        // A call that took the place of a mail is meant for a number of the person's own.
        Channel::Phone => {
            !reach.phone && (if planned { task.in_hand || base_rule(&task.rule) != task.rule } else { task.rule == RETURNED })
        }
        Channel::HandOff => !reach.mobile || (awaits && task.due_on <= today),
        Channel::Letter => !reach.address,
        Channel::Mail | Channel::FindContact => false,
    };
    gone.then(|| step(policies, key, reach, task.channel)).filter(|channel| *channel != task.channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{PersonId, SubjectId, TaskId};
    use crate::followup::plan::MailReach;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const ALL: Reach = Reach { mail: MailReach::Verified, phone: true, mobile: true, address: true, no_calls: false };

    fn open(rule: &str, channel: Channel) -> OpenTask {
        OpenTask {
            id: TaskId::fresh(),
            rule: rule.into(),
            person: PersonId::fresh(),
            subject: SubjectId::fresh(),
            occurrence: day("2026-11-01"),
            channel,
            due_on: day("2026-11-20"),
            queued: false,
            in_hand: true,
        }
    }

    #[test]
    fn a_call_that_came_to_nothing_is_followed_by_what_is_left() {
        let policies = Policies::shipped();
        let after = |rule: &str, reach: Reach| step(&policies, (rule, day("2026-11-01")), reach, Channel::Phone);
        assert_eq!(after("contact-check-then-phone", ALL), Channel::HandOff, "nobody answered: the number is good");
        let dead = Reach { phone: false, mobile: false, ..ALL };
        assert_eq!(after("contact-check-then-phone", dead), Channel::Letter, "not in service, and the mail was not answered");
        assert_eq!(after("contact-check-then-phone", Reach { address: false, ..dead }), Channel::FindContact);
        assert_eq!(after("wish-check", ALL), Channel::Mail, "organ and body: phone first, mail second");
        assert_eq!(after("wish-check", Reach { mail: MailReach::Unverified, ..ALL }), Channel::Letter, "and no message");
        assert_eq!(after("mail-returned", dead), Channel::Letter, "a mail came back, and there is no number");
        assert_eq!(after("volunteer-duty-eve", Reach { mail: MailReach::None, ..dead }), Channel::FindContact);
    }

    #[test]
    fn what_came_back_without_a_number_becomes_a_letter_and_what_the_planner_holds_is_left_to_it() {
        let policies = Policies::shipped();
        let dead = Reach { phone: false, mobile: false, mail: MailReach::None, address: true, no_calls: false };
        let of = |task: &OpenTask, reach, awaits| restep(&policies, task, reach, awaits, day("2026-11-25"));
        assert_eq!(of(&open("mail-returned", Channel::Phone), dead, false), Some(Channel::Letter));
        assert_eq!(of(&open("mail-returned", Channel::Phone), ALL, false), None);
        assert_eq!(of(&open("contact-check-then-phone", Channel::Phone), dead, false), Some(Channel::Letter));
        let untouched = OpenTask { in_hand: false, ..open("contact-check", Channel::Phone) };
        assert_eq!(of(&untouched, dead, false), None);
        assert_eq!(of(&open("contact-check", Channel::Phone), dead, false), Some(Channel::Letter));
        let handed = open("contact-check", Channel::HandOff);
        assert_eq!(of(&handed, ALL, false), None, "not given out yet");
        assert_eq!(of(&handed, ALL, true), Some(Channel::Letter), "no result within the days of the policy");
        assert_eq!(of(&OpenTask { due_on: day("2026-11-26"), ..handed }, ALL, true), None);
        assert_eq!(of(&open("contact-check", Channel::Letter), Reach { address: false, ..ALL }, false), Some(Channel::FindContact));
        let question = open("question-1", Channel::Phone);
        assert_eq!(of(&question, dead, false), None, "staff answer it as they can");
        assert_eq!(step(&policies, ("question-1", day("2026-11-01")), ALL, Channel::Phone), Channel::FindContact);
    }

    #[test]
    fn three_rounds_end_in_a_message_and_a_dead_number_in_a_letter() {
        use crate::followup::desk::{CallOutcome, ROUNDS, after_call};
        let policies = Policies::shipped();
        let today = day("2026-11-25");
        let key = ("contact-check-then-phone", day("2026-11-01"));
        let after = |outcome, rounds| beyond(&policies, key, after_call(outcome, rounds, false, today), ALL, today).again;
        assert_eq!(after(CallOutcome::NoAnswer, ROUNDS - 1), Some((day("2026-11-26"), Channel::HandOff)));
        assert_eq!(after(CallOutcome::NoAnswer, 0).map(|a| a.1), Some(Channel::Phone), "not before the rounds are over");
        assert_eq!(after(CallOutcome::NotInService, 0), Some((day("2026-11-26"), Channel::Letter)));
        assert_eq!(after(CallOutcome::Reached, 0), None);
        let other = after_call(CallOutcome::NotInService, 0, true, today);
        assert_eq!(beyond(&policies, key, other, ALL, today).again.map(|a| a.1), Some(Channel::Phone), "another number first");
    }

    #[test]
    fn each_rung_gives_way_after_the_days_of_the_policy() {
        let policies = Policies::shipped();
        let on = |channel| gives_way(&policies, ("contact-check-then-phone", day("2026-11-01")), channel, day("2026-11-20")).to_string();
        assert_eq!(
            (on(Channel::Phone), on(Channel::HandOff), on(Channel::Letter)),
            ("2026-11-21".into(), "2026-11-27".into(), "2026-12-20".into())
        );
    }

    #[test]
    fn who_lost_the_address_starts_at_the_first_rung_that_is_left() {
        let policies = Policies::shipped();
        let at = |rule: &str, reach, called| without_mail(&policies, (rule, day("2026-11-01")), reach, called);
        let nothing = Reach { mail: MailReach::None, ..Reach::default() };
        assert_eq!(at("contact-check", ALL, false), Channel::Phone);
        assert_eq!(at("contact-check", Reach { address: true, ..nothing }, false), Channel::Letter);
        assert_eq!(at("contact-check", nothing, false), Channel::FindContact);
        assert_eq!(at("wish-check", ALL, true), Channel::Letter, "called before the mail");
        assert_eq!(at("verify-mail-2-0", ALL, false), Channel::Phone);
    }
}
