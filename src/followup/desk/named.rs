//! Whom else one may ask: the people a registrant named for it, and nobody for a blood donation or a volunteer's duty.

use crate::domain::contact::RelativeRole;
use crate::domain::registry::Registry;
use crate::followup::kind::Kind;

/// Which of the people that a registrant named may be called about a contact, and by the registration for which registry they were named;
/// none: nobody but the registrant. `searching`: no way to the registrant is left.
pub const fn named_for(kind: Option<Kind>, searching: bool) -> Option<(RelativeRole, Registry)> {
    match kind {
        Some(Kind::ExecutorCheck) => Some((RelativeRole::Executor, Registry::OrganBody)),
        Some(Kind::ContactCheck | Kind::FirstContact | Kind::Availability | Kind::PreSampling | Kind::PostDonation | Kind::MatchCheck)
            if searching =>
        {
            Some((RelativeRole::Contact, Registry::StemCell))
        }
        _ => None,
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
            Kind::FamilyTold,
            Kind::FamilyObjects,
            Kind::WishCheck,
        ] {
            assert_eq!(named_for(Some(kind), true), None, "{kind:?}");
        }
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::ExecutorCheck) {
            assert_eq!(named_for(Some(*kind), false), None, "{kind:?}");
        }
        assert_eq!(named_for(None, true), None, "a kind of another edition");
        assert_eq!(named_for(Some(Kind::Availability), true), Some((RelativeRole::Contact, Registry::StemCell)));
        assert_eq!(named_for(Some(Kind::ExecutorCheck), false), Some((RelativeRole::Executor, Registry::OrganBody)));
    }
}
