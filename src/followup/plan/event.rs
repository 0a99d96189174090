//! Days that few people have: a match that goes on, a family that does not know.

use chrono::NaiveDate;

use super::Anchors;
use crate::domain::match_request::Watch;
use crate::followup::policy::Anchor;

/// The day of such an anchor; none where nothing of the kind goes on. Each check is counted from the last one, so that a single one is open at a
/// time: who does not answer is tried on, and not asked twice.
pub(super) fn event_day(anchor: Anchor, anchors: &Anchors) -> Option<NaiveDate> {
    let watched = |as_closely: Watch| anchors.watched.filter(|(watch, _)| *watch == as_closely).map(|(_, day)| day);
    match anchor {
        Anchor::MatchAgreed => watched(Watch::Agreed),
        Anchor::WorkUp => watched(Watch::WorkUp),
        Anchor::FamilyUnaware => anchors.family.filter(|(told, _)| told.unaware()).map(|(_, since)| since),
        _ => None,
    }
}

/// What two registrations of one person tell of a match: the later.
pub(super) fn later_watch(one: Option<(Watch, NaiveDate)>, other: Option<(Watch, NaiveDate)>) -> Option<(Watch, NaiveDate)> {
    one.into_iter().chain(other).max_by_key(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
    use crate::domain::told::FamilyTold;
    use crate::followup::kind::Kind;
    use crate::followup::plan::tests::{day, lines, run, subject};
    use crate::followup::plan::{MailReach, PlanSubject, Reach};

    fn watched(watch: Watch, since: &str) -> PlanSubject {
        let mut donor = subject(1, Registry::StemCell, "2026-01-10");
        donor.status = EnrolmentStatus::Enrolled;
        donor.anchors.watched = Some((watch, day(since)));
        donor
    }

    /// The checks of a plan.
    fn checks(donor: &PlanSubject, from: &str) -> Vec<String> {
        let mut plan = run(std::slice::from_ref(donor), from, "2026-12-31");
        plan.planned.retain(|p| p.kind == Kind::MatchCheck);
        assert!(plan.planned.iter().all(|p| p.urgent && p.sensitive));
        lines(&plan)
    }

    #[test]
    fn who_agreed_is_called_every_week_and_every_day_from_the_work_up_on_whatever_else_was_just_said() {
        let mut donor = watched(Watch::Agreed, "2026-11-20");
        donor.contacted = vec![(Kind::ContactCheck, day("2026-11-26"))];
        assert_eq!(checks(&donor, "2026-11-21"), ["match-check-week 2026-11-27 2026-11-27 phone"], "one at a time");
        assert_eq!(checks(&donor, "2026-12-03"), ["match-check-week 2026-11-27 2026-12-03 phone"], "not forgotten where nobody called");
        let daily = watched(Watch::WorkUp, "2026-11-20");
        assert_eq!(checks(&daily, "2026-11-20"), ["match-check-day 2026-11-21 2026-11-21 phone"]);
        // Yesterday's call keeps no distance.
        let mut called = watched(Watch::WorkUp, "2026-11-21");
        called.contacted = vec![(Kind::MatchCheck, day("2026-11-21"))];
        assert_eq!(checks(&called, "2026-11-22"), ["match-check-day 2026-11-22 2026-11-22 phone"]);
        // Asked for rest from reminders: a patient waits.
        called.anchors.paused_until = Some(day("2026-12-24"));
        assert_eq!(checks(&called, "2026-11-22").len(), 1);
    }

    #[test]
    fn nothing_of_a_match_is_written_and_nobody_is_checked_once_it_is_over() {
        let mut donor = watched(Watch::Agreed, "2026-11-20");
        donor.reach = Reach { mail: MailReach::Verified, ..Reach::default() };
        assert_eq!(checks(&donor, "2026-11-21"), ["match-check-week 2026-11-27 2026-11-27 find-contact"]);
        donor.anchors.watched = None;
        assert_eq!(checks(&donor, "2026-11-21"), [""; 0]);
        for reason in ExitReason::ALL {
            let mut left = watched(Watch::WorkUp, "2026-11-20");
            left.status = EnrolmentStatus::Exited(reason);
            assert_eq!(checks(&left, "2026-11-21"), [""; 0], "{reason:?}");
        }
    }

    #[test]
    fn a_donor_who_wants_no_calls_is_written_to_in_neutral_words_and_the_stage_asks_once() {
        let mut donor = watched(Watch::Agreed, "2026-11-20");
        donor.reach = Reach { mail: MailReach::Verified, no_calls: true, ..Reach::default() };
        let of_match = |donor: &PlanSubject, from: &str| {
            let mut plan = run(std::slice::from_ref(donor), from, "2026-12-31");
            plan.planned.retain(|p| p.rule.as_str().starts_with("match-check"));
            (lines(&plan), plan.planned.into_iter().map(|p| p.kind).collect::<Vec<_>>())
        };
        let mail = vec!["match-check-week 2026-11-27 2026-11-27 mail".to_owned()];
        assert_eq!(of_match(&donor, "2026-11-21"), (mail, vec![Kind::ContactCheck]), "nothing of the match is written");
        // Weeks later the same contact, under the same key: no second one follows it.
        assert_eq!(of_match(&donor, "2026-12-20").0, ["match-check-week 2026-11-27 2026-12-20 mail"]);
        donor.reach.mail = MailReach::None;
        let decision = vec!["match-check-week 2026-11-27 2026-11-27 find-contact".to_owned()];
        assert_eq!(of_match(&donor, "2026-11-21"), (decision, vec![Kind::MatchCheck]), "nothing is left: a person decides");
    }

    #[test]
    fn what_was_said_of_the_family_about_one_registration_does_not_answer_for_another() {
        let mut told = subject(1, Registry::StemCell, "2025-03-01");
        told.anchors.family = Some((FamilyTold::Yes, day("2025-03-05")));
        let organ = PlanSubject { person: told.person, ..subject(2, Registry::OrganBody, "2026-11-01") };
        let asked = |organ: &PlanSubject| {
            let mut plan = run(&[told.clone(), organ.clone()], "2026-11-05", "2027-12-31");
            plan.planned.retain(|p| p.kind == Kind::FamilyTold);
            lines(&plan).len()
        };
        assert_eq!(asked(&organ), 2, "of organs and body the family has not been told");
        let mut answered = organ;
        answered.anchors.family = Some((FamilyTold::Yes, day("2026-11-02")));
        assert_eq!(asked(&answered), 0);
    }

    #[test]
    fn an_imported_donor_who_agreed_waits_for_no_first_contact() {
        let mut donor = watched(Watch::WorkUp, "2026-11-20");
        donor.origin = crate::followup::plan::Origin::Import;
        let plan = run(&[donor], "2026-11-21", "2027-12-31");
        assert!(plan.planned.iter().all(|p| p.held != (p.kind == Kind::MatchCheck)), "{:?}", lines(&plan));
    }

    #[test]
    fn who_said_the_family_does_not_know_is_encouraged_once_and_who_told_them_is_not() {
        for registry in [Registry::OrganBody, Registry::StemCell] {
            let told = |answer: Option<FamilyTold>| {
                let mut one = subject(1, registry, "2026-11-01");
                one.anchors.family = answer.map(|told| (told, day("2026-11-05")));
                let mut plan = run(&[one], "2026-11-05", "2028-12-31");
                plan.planned.retain(|p| p.kind == Kind::FamilyTold);
                lines(&plan)
            };
            for unaware in [FamilyTold::NotYet, FamilyTold::WillTell] {
                assert_eq!(told(Some(unaware)), ["family-encouraged 2026-11-19 2026-11-19 phone"], "{registry:?} {unaware:?}");
            }
            for known in [FamilyTold::Yes, FamilyTold::Objects] {
                assert_eq!(told(Some(known)), [""; 0], "{registry:?} {known:?}");
            }
            let asked = told(None);
            assert_eq!(asked.len(), if registry == Registry::OrganBody { 2 } else { 0 }, "who has not said is asked as before: {asked:?}");
        }
    }

    #[test]
    fn the_later_of_two_watches_counts() {
        let (early, late) = ((Watch::Agreed, day("2026-11-01")), (Watch::WorkUp, day("2026-11-02")));
        assert_eq!(later_watch(Some(late), Some(early)), Some(late));
        assert_eq!(later_watch(None, Some(early)), Some(early));
    }
}
