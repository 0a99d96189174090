//! Whom else one may ask: the people a registrant named for it, and nobody for a blood donation or a volunteer's duty.

use crate::domain::contact::RelativeRole;
use crate::domain::registry::Registry;
use crate::followup::kind::Kind;

/// Which of the people that a registrant named may be called about a contact, and by the registration for which registry they were named;
/// none: nobody but the registrant. `searching`: no way to the registrant is left.
///
/// A search asks the contacts of a stem-cell donor and the executors of an organ and body registrant. Where the family objects nobody else is
/// asked: an executor is mostly one of them, and what the registrant wishes is theirs to say.
pub const fn named_for(kind: Option<Kind>, searching: bool) -> &'static [(RelativeRole, Registry)] {
    const CONTACTS: (RelativeRole, Registry) = (RelativeRole::Contact, Registry::StemCell);
    const EXECUTORS: (RelativeRole, Registry) = (RelativeRole::Executor, Registry::OrganBody);
    match kind {
        Some(Kind::ExecutorCheck) => &[EXECUTORS],
        Some(Kind::ContactCheck | Kind::FirstContact) if searching => &[CONTACTS, EXECUTORS],
        Some(Kind::Availability | Kind::PreSampling | Kind::PostDonation | Kind::MatchCheck) if searching => &[CONTACTS],
        Some(Kind::WishCheck | Kind::FamilyTold) if searching => &[EXECUTORS],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_is_asked_about_blood_a_duty_or_while_the_registrant_can_be_called() {
        for kind in [
            Kind::BloodThanks,
            Kind::BloodPlanNext,
            Kind::BloodEligible,
            Kind::BloodLapsing,
            Kind::DeferralEnd,
            Kind::DeferralExplained,
            Kind::VolunteerThanks,
            Kind::VolunteerDuty,
            Kind::FamilyObjects,
        ] {
            assert!(named_for(Some(kind), true).is_empty(), "{kind:?}");
        }
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::ExecutorCheck) {
            assert!(named_for(Some(*kind), false).is_empty(), "{kind:?}");
        }
        assert!(named_for(None, true).is_empty(), "a kind of another edition");
        assert_eq!(named_for(Some(Kind::Availability), true), [(RelativeRole::Contact, Registry::StemCell)]);
        assert_eq!(named_for(Some(Kind::ExecutorCheck), false), [(RelativeRole::Executor, Registry::OrganBody)]);
    }

    #[test]
    fn a_search_for_an_organ_and_body_registrant_asks_the_executors_and_no_contact_of_another_registration() {
        for kind in [Kind::WishCheck, Kind::FamilyTold] {
            assert_eq!(named_for(Some(kind), true), [(RelativeRole::Executor, Registry::OrganBody)], "{kind:?}");
        }
        for kind in [Kind::ContactCheck, Kind::FirstContact] {
            let both = [(RelativeRole::Contact, Registry::StemCell), (RelativeRole::Executor, Registry::OrganBody)];
            assert_eq!(named_for(Some(kind), true), both, "{kind:?}");
        }
    }
}
