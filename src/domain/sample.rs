//! A stem-cell registrant's blood sample: taken, sent, accepted. Only who has an accepted sample is counted as 入库 (docs/domain 1b).

use super::outside::{NotNow, words};

/// The keyed digest a barcode is found by. A code that a sheet wrote in another way than it is typed is the same tube's.
pub fn barcode_tag(barcode: &super::Guarded<String>, keyed: &dyn super::Keyed) -> [u8; 32] {
    let typed = super::outside::number(barcode);
    keyed.tag("sample/barcode", typed.as_ref().unwrap_or(barcode).reveal().as_bytes())
}

/// Where a sample stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// 已采样
    Taken,
    /// 已送检
    Sent,
    /// 合格入库
    Accepted,
    /// 不合格: another one is needed.
    Rejected,
    /// The registration ended meanwhile: to be destroyed.
    Dropped,
    /// 条码已解除: the barcode was noted with the wrong person, and is free for the right one.
    Released,
}

words!(Phase: Taken = "taken", Sent = "sent", Accepted = "accepted", Rejected = "rejected", Dropped = "dropped", Released = "released");

/// What is noted of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Sent to the laboratory.
    Sent,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
    /// The registration ended.
    Dropped,
}

words!(Act: Sent = "sent", Accepted = "accepted", Rejected = "rejected", Dropped = "dropped");

/// The word of the step by which a judgement that was entered in error is taken back.
pub const IN_ERROR: &str = "in-error";

/// The word of the step by which a sample is under way again that was set aside by an exit entered in error.
pub const RESTORED: &str = "restored";

/// The word of the step by which a barcode is taken from whoever it was noted with in error.
pub const RELEASED: &str = "released";

/// How a barcode came to the wrong person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReleaseWhy {
    /// 原表写错: a sheet told it of somebody else.
    Sheet,
    /// 录入时打错
    Typed,
    /// 标签贴错: the labels of two tubes were mixed up.
    Swapped,
}

words!(ReleaseWhy: Sheet = "sheet", Typed = "typed", Swapped = "swapped");

/// What is known beside a barcode when it is to be released.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AroundRelease {
    /// It is not this person's, or not any more.
    pub not_theirs: bool,
    /// A sample under it was accepted, and the enrolment that followed stands and can be taken back by itself.
    pub enrolment_stands: bool,
    /// An enrolment rests on it that ends with it.
    pub ends_enrolment: bool,
    /// A match request for this donor is open.
    pub match_open: bool,
}

impl AroundRelease {
    /// Whether the barcode may be released.
    ///
    /// # Errors
    /// [`NotNow`] with the reason; nothing is to be changed.
    pub const fn allowed(self) -> Result<(), NotNow> {
        let key = match self {
            Self { not_theirs: true, .. } => "release-not-theirs",
            // Its consequences are weighed where enrolments are taken back.
            Self { enrolment_stands: true, .. } => "release-enrolled",
            // The patient's side waits for a donor whose typing is somebody else's.
            Self { ends_enrolment: true, match_open: true, .. } => "release-match-open",
            _ => return Ok(()),
        };
        Err(NotNow { key })
    }
}

/// The keys of every sentence that says why a barcode is not released.
pub const RELEASE_REFUSALS: [&str; 3] = ["release-not-theirs", "release-enrolled", "release-match-open"];

impl Phase {
    /// Where a sample stands once its acceptance was taken back: it waits for the laboratory again.
    pub const fn accepted_in_error(self) -> Option<Self> {
        match self {
            Self::Accepted => Some(Self::Sent),
            _ => None,
        }
    }

    /// Where a sample stands once the exit that set it aside was taken back: as before, by whether it had been sent.
    pub const fn dropped_in_error(self, sent: bool) -> Option<Self> {
        match (self, sent) {
            (Self::Dropped, true) => Some(Self::Sent),
            (Self::Dropped, false) => Some(Self::Taken),
            _ => None,
        }
    }

    /// Whether nothing more can happen.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected | Self::Dropped | Self::Released)
    }

    /// Where a sample stands after an act.
    ///
    /// # Errors
    /// [`NotNow`] with the reason.
    pub const fn after(self, act: Act) -> Result<Self, NotNow> {
        match (self, act) {
            (Self::Accepted | Self::Rejected | Self::Dropped | Self::Released, _) => Err(NotNow { key: "sample-over" }),
            (Self::Taken, Act::Sent) => Ok(Self::Sent),
            (Self::Sent, Act::Sent) => Err(NotNow { key: "sample-sent-already" }),
            (Self::Taken, Act::Accepted | Act::Rejected) => Err(NotNow { key: "sample-send-first" }),
            (Self::Sent, Act::Accepted) => Ok(Self::Accepted),
            (Self::Sent, Act::Rejected) => Ok(Self::Rejected),
            (Self::Taken | Self::Sent, Act::Dropped) => Ok(Self::Dropped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Guarded, Keyed};

    struct Plain;

    impl Keyed for Plain {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [0u8; 32];
            for (i, b) in label.bytes().chain(bytes.iter().copied()).enumerate() {
                out[i % 32] = out[i % 32].wrapping_mul(31).wrapping_add(b);
            }
            out
        }
    }

    #[test]
    fn only_what_was_set_aside_is_under_way_again_as_far_as_it_had_come() {
        for phase in Phase::ALL {
            let sets = *phase == Phase::Dropped;
            assert_eq!(phase.dropped_in_error(false), sets.then_some(Phase::Taken), "{phase:?}");
            assert_eq!(phase.dropped_in_error(true), sets.then_some(Phase::Sent), "{phase:?}");
        }
    }

    #[test]
    fn a_tube_has_one_digest_however_its_code_is_written() {
        let tag = |code: &str| barcode_tag(&Guarded::new(code.to_owned()), &Plain);
        assert_eq!(tag("c000 １23-7"), tag("C000123-7"));
        assert_ne!(tag("C000123-7"), tag("C000123-8"));
        // What cannot be typed at the desk may stand in an old sheet all the same.
        assert_ne!(tag("管7"), tag("管8"));
    }

    #[test]
    fn a_sample_is_sent_before_it_is_judged_and_judged_once() {
        assert_eq!(Phase::Taken.after(Act::Accepted), Err(NotNow { key: "sample-send-first" }));
        let sent = Phase::Taken.after(Act::Sent).unwrap();
        assert_eq!(sent.after(Act::Sent), Err(NotNow { key: "sample-sent-already" }));
        assert_eq!(sent.after(Act::Accepted), Ok(Phase::Accepted));
        for act in Act::ALL {
            assert!(Phase::Accepted.after(*act).is_err() && Phase::Rejected.after(*act).is_err());
        }
    }

    #[test]
    fn only_an_acceptance_is_taken_back_and_the_sample_is_judged_anew() {
        let again = Phase::Accepted.accepted_in_error().unwrap();
        assert_eq!(again.after(Act::Rejected), Ok(Phase::Rejected));
        for phase in [Phase::Taken, Phase::Sent, Phase::Rejected, Phase::Dropped, Phase::Released] {
            assert_eq!(phase.accepted_in_error(), None, "{phase:?}");
        }
    }

    #[test]
    fn a_barcode_is_released_unless_something_that_rests_on_it_has_to_be_seen_to_first() {
        let free = AroundRelease::default();
        assert_eq!(free.allowed(), Ok(()));
        assert_eq!(AroundRelease { ends_enrolment: true, ..free }.allowed(), Ok(()));
        assert_eq!(AroundRelease { match_open: true, ..free }.allowed(), Ok(()), "nothing of the match rests on this tube");
        let refused = [
            AroundRelease { not_theirs: true, ..free },
            AroundRelease { enrolment_stands: true, ..free },
            AroundRelease { ends_enrolment: true, match_open: true, ..free },
        ];
        assert_eq!(refused.map(|around| around.allowed().expect_err("refused").key), RELEASE_REFUSALS);
        for act in Act::ALL {
            assert_eq!(Phase::Released.after(*act), Err(NotNow { key: "sample-over" }));
        }
        assert!(Phase::Released.is_end());
    }
}
