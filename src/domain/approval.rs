//! What one person asks for and another agrees to. Nobody agrees to their own request, whichever roles they hold.

use super::id::StaffId;
use super::role::Right;

/// An act that two people have to stand behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// 查看身份: an identity is opened to somebody who works with pseudonyms; a manager agrees before it is.
    Disclosure,
    /// 应急开启: an identity was opened against the clock; somebody else looks at it afterwards.
    EmergencyOpening,
}

impl Act {
    /// Every act there is.
    pub const ALL: [Self; 2] = [Self::Disclosure, Self::EmergencyOpening];

    /// What whoever agrees needs.
    pub const fn right(self) -> Right {
        match self {
            Self::Disclosure => Right::ApproveDisclosure,
            Self::EmergencyOpening => Right::ReviewOpening,
        }
    }
}

/// Proof that whoever agrees is not whoever asked. Only [`Another::than`] makes one, and the store notes no agreement without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Another {
    by: StaffId,
}

impl Another {
    /// Whoever agrees, where they are another than whoever asked.
    pub fn than(asked: StaffId, by: StaffId) -> Option<Self> {
        (asked != by).then_some(Self { by })
    }

    /// Who agrees.
    pub const fn by(self) -> StaffId {
        self.by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::role::Roles;

    #[test]
    fn nobody_agrees_to_what_they_asked_for() {
        let (one, other) = (StaffId::fresh(), StaffId::fresh());
        assert_eq!(Another::than(one, one), None);
        assert_eq!(Another::than(one, other).map(Another::by), Some(other));
    }

    #[test]
    fn the_small_branch_preset_holds_the_right_to_agree_to_every_act_so_that_only_the_person_can_be_refused() {
        for act in Act::ALL {
            assert!(Roles::small_branch().may(act.right()), "{act:?}");
        }
    }
}
