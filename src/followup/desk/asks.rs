//! What a call asks the registrant beside whether their contact data are right: only that stands in the form of its outcome.

use crate::followup::kind::Kind;

/// The questions of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asks {
    /// Still willing?
    pub still: bool,
    /// Not now, but when?
    pub later: bool,
    /// Does the family know?
    pub family: bool,
    /// What else may come up: a new number or address, a question to staff.
    pub more: bool,
}

/// What a call of a kind asks.
///
/// Whether they are still willing where a rule exists to ask it; the day from which they may be asked again also where they are invited; the
/// family before stem cells are sampled, and of organs and bodies. In a match the coordinator asks, step by step.
pub const fn asks(kind: Option<Kind>) -> Asks {
    let still = matches!(
        kind,
        Some(Kind::ContactCheck | Kind::FirstContact | Kind::Availability | Kind::PreSampling | Kind::WishCheck | Kind::FamilyObjects)
    );
    let invites =
        matches!(kind, Some(Kind::BloodPlanNext | Kind::BloodEligible | Kind::BloodLapsing | Kind::DeferralEnd | Kind::FamilyTold));
    let family = matches!(kind, Some(Kind::PreSampling | Kind::FamilyTold | Kind::WishCheck | Kind::FamilyObjects));
    Asks { still, later: still || invites, family, more: !matches!(kind, Some(Kind::ConfirmInterest)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_is_asked_about_where_it_decides_and_nobody_is_asked_twice_in_a_match() {
        let family: Vec<_> = Kind::ALL.iter().filter(|kind| asks(Some(**kind)).family).collect();
        assert_eq!(family, [&Kind::FamilyTold, &Kind::WishCheck, &Kind::PreSampling, &Kind::FamilyObjects]);
        for kind in [Kind::MatchCheck, Kind::PostDonation, Kind::VolunteerDuty, Kind::BloodThanks, Kind::Question] {
            assert_eq!(asks(Some(kind)), Asks { more: true, ..Asks::default() }, "{kind:?}");
        }
        assert_eq!(asks(Some(Kind::ConfirmInterest)), Asks::default(), "an interest nobody has confirmed is asked nothing else");
        assert_eq!(asks(None), Asks { more: true, ..Asks::default() }, "a kind of another edition");
        assert!(Kind::ALL.iter().all(|kind| asks(Some(*kind)).later || !asks(Some(*kind)).still));
    }
}
