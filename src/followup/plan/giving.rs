//! What depends on when blood may be given again: invitations wait for that day, and end where it does not come or nobody came for long.

use chrono::NaiveDate;

use super::occurrence::occurrences;
use super::{Anchors, FirstDay};
use crate::followup::kind::Kind;
use crate::followup::policy::{Anchor, Limits, Rule, Span};

impl Anchors {
    /// The first day on which blood may be given, as far as anything bars it; [`NaiveDate::MAX`]: not any more. `interval` counts where no dated
    /// rules judged.
    pub fn may_give_from(&self, interval: Span) -> Option<NaiveDate> {
        let by_rules = match self.eligible {
            FirstDay::Never => return Some(NaiveDate::MAX),
            FirstDay::On(day) => Some(day),
            FirstDay::ByInterval => self.last_donation.and_then(|given| interval.after(given)),
        };
        by_rules.max(self.deferred_until)
    }

    /// Whether a contact of a kind would invite somebody on a day to what they may not do yet, or any more.
    pub fn bars(&self, kind: Kind, day: NaiveDate, interval: Span) -> bool {
        self.may_give_from(interval)
            .is_some_and(|first| (kind.invites_to_give() && first > day) || (kind.looks_ahead_to_giving() && first == NaiveDate::MAX))
    }
}

/// The days a rule names in `from..=until`. What it names before the first day on which blood may be given is due on that day: the day is moved,
/// not the contact put off, so that nothing else waits behind it.
pub(super) fn days_of(
    rule: &Rule,
    anchor: NaiveDate,
    registered: NaiveDate,
    first_day: Option<NaiveDate>,
    (from, until): (NaiveDate, NaiveDate),
) -> Vec<NaiveDate> {
    let Some(first_day) = first_day.filter(|day| *day >= from) else {
        return occurrences(rule, anchor, registered, from, until);
    };
    let named = occurrences(rule, anchor, registered, NaiveDate::MIN, until);
    let mut days: Vec<NaiveDate> = named.into_iter().map(|day| day.max(first_day)).filter(|day| *day <= until).collect();
    days.dedup();
    days
}

/// Whether the end of a deferral is old news: blood was given after it.
pub(super) fn overtaken(rule: &Rule, anchors: &Anchors) -> bool {
    rule.anchor == Anchor::DeferralEnd
        && rule.kind.invites_to_give()
        && anchors.last_donation.zip(anchors.deferred_until).is_some_and(|(given, until)| given > until)
}

/// Whether somebody gave blood so long ago that invitations have ended. Nobody without a known donation is inactive, and nobody stays it who
/// gives again, comes or answers.
pub(super) fn inactive(rule: &Rule, limits: &Limits, anchors: &Anchors, day: NaiveDate) -> bool {
    let since = || limits.inactive_after?.after(anchors.last_donation?);
    // A deferral tells that they came.
    let heard_of = anchors.verified_on.max(anchors.deferred_on);
    rule.kind.invites_to_give() && since().is_some_and(|since| since <= day && heard_of.is_none_or(|last| last < since))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SubjectId;
    use crate::domain::registry::{EnrolmentStatus, Registry};
    use crate::followup::plan::tests::{day, lines, run, subject};
    use crate::followup::plan::{NotPlanned, Plan, Reason, plan};
    use crate::followup::policy::Policies;
    use proptest::prelude::*;
    use uuid::Uuid;

    /// The lines of a plan that invite to give blood.
    fn invitations(plan: &Plan) -> Vec<String> {
        let inviting = plan.planned.iter().filter(|p| p.kind.invites_to_give()).cloned().collect();
        lines(&Plan { planned: inviting, ..Plan::default() })
    }

    #[test]
    fn a_short_deferral_within_the_interval_invites_nobody_before_the_interval_is_over() {
        let mut donor = subject(1, Registry::Blood, "2026-04-20");
        donor.anchors.last_donation = Some(day("2026-05-01"));
        donor.anchors.deferred_until = Some(day("2026-05-20"));
        let plan = run(std::slice::from_ref(&donor), "2026-05-02", "2026-12-31");
        let again = "blood-eligible-again-first 2026-11-15 2026-11-15 mail";
        assert_eq!(invitations(&plan), ["blood-eligible 2026-11-01 2026-11-01 mail", again], "and one word of it, not two");
        let covered = |n: &NotPlanned| n.rule.as_ref().is_some_and(|r| r.as_str() == "deferral-end") && n.reason == Reason::Covered;
        assert!(plan.not_planned.iter().any(covered), "the reason is recorded");
        // Who has never given waits for nothing but the deferral.
        donor.anchors.last_donation = None;
        let never = run(std::slice::from_ref(&donor), "2026-05-02", "2026-12-31");
        assert_eq!(invitations(&never), ["deferral-end 2026-05-20 2026-05-20 mail"]);
        // Who gave after it has heard that it is over.
        donor.anchors.last_donation = Some(day("2026-05-25"));
        let after = run(&[donor], "2026-05-26", "2026-12-31");
        assert!(after.planned.iter().all(|p| p.kind != Kind::DeferralEnd), "{:?}", lines(&after));
    }

    #[test]
    fn a_running_deferral_puts_off_the_word_to_who_has_not_given_for_long() {
        let mut donor = subject(1, Registry::Blood, "2026-04-20");
        donor.anchors.last_donation = Some(day("2026-05-01"));
        donor.anchors.donations = Some(3);
        let from = "2027-04-25";
        donor.contacted = vec![(Kind::ContactCheck, day("2027-04-10"))];
        assert_eq!(invitations(&run(&[donor.clone()], from, "2027-08-31")), ["blood-lapsing-12 2027-05-01 2027-05-01 mail"]);
        donor.anchors.deferred_until = Some(day("2027-08-01"));
        assert_eq!(
            invitations(&run(&[donor], from, "2027-08-31")),
            ["blood-eligible 2027-08-01 2027-08-01 mail", "blood-eligible-again 2027-08-15 2027-08-15 mail"]
        );
    }

    #[test]
    fn who_may_not_give_any_more_is_not_asked_to_plan_it_and_the_reason_is_recorded() {
        let mut donor = subject(1, Registry::Blood, "2026-04-20");
        donor.anchors.last_donation = Some(day("2026-05-01"));
        donor.anchors.eligible = FirstDay::Never;
        let plan = run(&[donor], "2026-05-02", "2028-12-31");
        assert!(plan.planned.iter().all(|p| !p.kind.looks_ahead_to_giving()), "{:?}", lines(&plan));
        assert!(plan.not_planned.iter().any(|n| n.reason == Reason::NotEligible));
    }

    proptest! {
        /// Whatever was given and deferred, in whichever registry it is known.
        #[test]
        fn no_invitation_to_give_blood_is_due_before_the_eligible_day(
            given in prop::option::of(0i64..1_500), deferred in prop::option::of(0i64..3_000), told in 0i64..1_500, first_day in prop::option::of(0i64..3_000),
            elsewhere in prop::option::of(0i64..3_000), interest in any::<bool>(), start in 1_000i64..2_000,
        ) {
            let at = |days: i64| day("2022-01-01") + chrono::Duration::days(days);
            let mut donor = subject(1, Registry::Blood, "2022-01-01");
            donor.status = if interest { EnrolmentStatus::Interest } else { EnrolmentStatus::Registered };
            donor.anchors = Anchors {
                last_donation: given.map(at),
                deferred_until: deferred.map(at),
                deferred_on: deferred.map(|_| at(told)),
                eligible: given.and(first_day).map_or(FirstDay::ByInterval, |d| FirstDay::On(at(d))),
                ..Anchors::default()
            };
            let mut also = subject(1, Registry::Volunteer, "2022-01-01");
            also.subject = SubjectId(Uuid::from_u128(7));
            also.anchors.deferred_until = elsewhere.map(at);
            let from = at(start);
            let plan = plan(&Policies::shipped(), &[donor.clone(), also.clone()], from, from + chrono::Duration::days(900));
            let first = donor.anchors.with(also.anchors).may_give_from(Span::months(6));
            for p in plan.planned.iter().filter(|p| p.kind.invites_to_give()) {
                prop_assert!(first.is_none_or(|first| p.due_on >= first && p.occurrence >= first), "{:?} before {:?}", p, first);
            }
            let mut days: Vec<_> = plan.planned.iter().filter(|p| p.kind.invites_to_give()).map(|p| p.due_on).collect();
            days.sort();
            prop_assert!(days.windows(2).all(|w| (w[1] - w[0]).num_days() >= 14), "the same said twice: {:?}", days);
        }
    }
}
