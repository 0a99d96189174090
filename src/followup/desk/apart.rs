//! One message in two weeks, whoever makes it: what staff do keeps its distance from every other contact, as mails do.

use chrono::NaiveDate;

use crate::followup::kind::Channel;
use crate::followup::plan::free_day;
use crate::followup::policy::{Policies, RuleId};

use super::unanswered::base_rule;

/// Something that waits for staff, as spacing sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// By which rule.
    pub rule: &'a str,
    /// The day the rule named.
    pub occurrence: NaiveDate,
    /// By which channel.
    pub channel: Channel,
    /// Due.
    pub due_on: NaiveDate,
    /// Its day was agreed with the person, or it has gone out and waits for its result.
    pub fixed: bool,
}

/// The first day on which something may be done after the last contact with the person; none where it may be done on its own day.
///
/// Exempt are rules that are urgent, days the person agreed to, and what no rule of the policy planned: it answers what somebody did or asked,
/// concerns a match, or takes the place of a mail that never arrived. A search disturbs nobody. Mails are judged again when they are sent.
pub fn put_off(policies: &Policies, waiting: &Waiting<'_>, last: NaiveDate) -> Option<NaiveDate> {
    if waiting.fixed
        || matches!(waiting.channel, Channel::Mail | Channel::FindContact)
        || !keeps_apart(policies, waiting.rule, waiting.occurrence)
    {
        return None;
    }
    Some(free_day(policies, Some(last), waiting.due_on)).filter(|free| *free > waiting.due_on)
}

/// Whether contacts of a rule keep their distance from others: those of the policy that are not urgent.
pub fn keeps_apart(policies: &Policies, rule: &str, occurrence: NaiveDate) -> bool {
    let of_policy = || policies.on(occurrence).ok()?.rule(&RuleId::parse(base_rule(rule))?).map(|r| !r.urgent);
    of_policy().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::policy::Policy;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const CALL: Waiting<'_> = Waiting {
        rule: "availability-then-phone",
        occurrence: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
        channel: Channel::Phone,
        due_on: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(),
        fixed: false,
    };

    #[test]
    fn a_call_a_letter_and_a_message_wait_two_weeks_after_any_other_contact() {
        let policies = Policies::shipped();
        for channel in [Channel::Phone, Channel::Letter, Channel::HandOff] {
            let waiting = Waiting { channel, ..CALL };
            assert_eq!(put_off(&policies, &waiting, day("2026-11-24")), Some(day("2026-12-08")), "{channel:?}");
            assert_eq!(put_off(&policies, &waiting, day("2026-11-11")), None, "{channel:?}: two weeks have passed");
        }
        assert_eq!(put_off(&policies, &CALL, day("2027-03-22")), Some(day("2027-04-06")), "not on a closed day");
    }

    #[test]
    fn what_was_agreed_is_urgent_answers_somebody_or_is_a_search_waits_for_nothing() {
        let policies = Policies::shipped();
        let last = day("2026-11-24");
        for exempt in [
            Waiting { fixed: true, ..CALL },
            Waiting { rule: "post-donation-week", ..CALL },
            Waiting { rule: "mail-returned", ..CALL },
            Waiting { rule: "question-1", ..CALL },
            Waiting { channel: Channel::FindContact, ..CALL },
        ] {
            assert_eq!(put_off(&policies, &exempt, last), None, "{exempt:?}");
        }
    }

    #[test]
    fn the_distance_is_that_of_the_edition_in_force_on_the_day_it_leads_to() {
        let text = include_str!("../../../rules/followup.toml");
        let later =
            text.replace("valid_from = 2021-01-01", "valid_from = 2026-12-01").replace("min_days_between = 14", "min_days_between = 21");
        let edition = |text: &str| Policy::from_toml("test", text).unwrap();
        let both = Policies::of(vec![edition(text), edition(&later)]).unwrap();
        assert_eq!(put_off(&both, &CALL, day("2026-11-20")), Some(day("2026-12-11")));
        assert_eq!(put_off(&both, &CALL, day("2026-11-16")), Some(day("2026-11-30")), "before the change the old one holds");
    }
}
