//! How often a donor who agreed hears from the branch, until the collection or until the request ends.

use super::{Act, Phase};

/// How closely somebody is asked how things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watch {
    /// From the agreement to the order of the work-up.
    Agreed,
    /// From the order of the work-up to the collection.
    WorkUp,
}

impl Watch {
    /// How closely, where a request stands so; none before the answer and after the end.
    pub const fn of(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Agreed | Phase::Typing | Phase::Confirmed => Some(Self::Agreed),
            Phase::WorkUp | Phase::Fit | Phase::Scheduled | Phase::Conditioned => Some(Self::WorkUp),
            _ => None,
        }
    }

    /// What it begins with.
    pub const fn begins(self) -> Act {
        match self {
            Self::Agreed => Act::Agreed,
            Self::WorkUp => Act::WorkUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_donor_is_watched_from_the_agreement_to_the_collection_and_never_after_the_end() {
        for phase in Phase::ALL.iter().copied() {
            assert_eq!(Watch::of(phase).is_some(), !phase.is_end() && !phase.awaits_answer(), "{phase:?}");
        }
        // Whatever leads into the closer watch is its beginning.
        for from in Phase::ALL.iter().copied().filter(|p| Watch::of(*p) == Some(Watch::Agreed)) {
            for act in from.acts() {
                let to = from.after(act).unwrap().phase;
                assert_eq!(Watch::of(to) == Some(Watch::WorkUp), act == Watch::WorkUp.begins(), "{from:?} {act:?}");
            }
        }
    }
}
