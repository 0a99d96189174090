//! 急报: from the call that somebody died or is dying to the donation or to why there was none.
//!
//! 《人体器官捐献和移植条例》 (2024): consent in writing, revocable; one relative who objects stops it. The Red Cross witnesses the donation (捐献见证),
//! which is another fact than who witnessed the form.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Guarded;
use super::guarded::opaque_debug;
use super::outside::{NotNow, words};

/// What the caller said. Sealed under the `documents` compartment of the registrant.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// The number to call back.
    pub call_back: Option<String>,
    /// Where it happened.
    pub place: Option<String>,
}

impl Zeroize for Report {
    fn zeroize(&mut self) {
        self.call_back.zeroize();
        self.place.zeroize();
    }
}

opaque_debug!(Report);

impl Report {
    /// Both in one custody.
    pub fn of(call_back: Option<&Guarded<String>>, place: Option<&Guarded<String>>) -> Guarded<Self> {
        let told = |value: Option<&Guarded<String>>| value.map(|v| v.reveal().trim().to_owned()).filter(|v| !v.is_empty());
        Guarded::new(Self { call_back: told(call_back), place: told(place) })
    }
}

/// Who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    /// 家属
    Family,
    /// 医院
    Hospital,
    /// 执行人
    Executor,
    /// Somebody else.
    Other,
}

words!(Caller: Family = "family", Hospital = "hospital", Executor = "executor", Other = "other");

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// 病危
    Dying,
    /// Died; the family has not decided.
    Reported,
    /// 家属确认 while still living.
    AgreedDying,
    /// 家属确认
    Agreed,
    /// 评估: suitable.
    Assessed,
    /// 见证: witnessed by the Red Cross.
    Witnessed,
    /// 实现捐献
    Realised,
    /// 未实现, with its reason.
    NotRealised,
    /// Got better.
    Recovered,
    /// Nobody of that name is registered here.
    NotRegistered,
}

words!(Phase: Dying = "dying", Reported = "reported", AgreedDying = "agreed-dying", Agreed = "agreed", Assessed = "assessed",
    Witnessed = "witnessed", Realised = "realised", NotRealised = "not-realised", Recovered = "recovered", NotRegistered = "not-registered");

/// What is noted of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Called somebody; the code says whom.
    Called,
    /// The dying registrant died.
    Died,
    /// The relatives agree.
    KinAgreed,
    /// A relative objects.
    KinObjected,
    /// Found suitable.
    Assessed,
    /// The Red Cross witnessed the donation.
    Witnessed,
    /// Received: the donation was made.
    Realised,
    /// There will be none; the code says why.
    NotRealised,
    /// Got better.
    Recovered,
}

words!(Act: Called = "called", Died = "died", KinAgreed = "kin-agreed", KinObjected = "kin-objected", Assessed = "assessed",
    Witnessed = "witnessed", Realised = "realised", NotRealised = "not-realised", Recovered = "recovered");

/// The code an act carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// 器官捐献协调员
    OrganCoordinator,
    /// 眼库
    EyeBank,
    /// 接收学校
    School,
    /// 执行人
    Executor,
    /// 家属
    Kin,
    /// 医院
    Hospital,
    /// 医学不宜
    Medical,
    /// 未及时通知
    Late,
    /// 地点不便
    Place,
    /// 已撤销
    Revoked,
    /// 家属不同意
    KinRefused,
}

words!(Code: OrganCoordinator = "organ-coordinator", EyeBank = "eye-bank", School = "school", Executor = "executor", Kin = "kin",
    Hospital = "hospital", Medical = "medical", Late = "late", Place = "place", Revoked = "revoked", KinRefused = "kin-refused");

impl Act {
    /// The codes it may carry; where there are any, one is needed.
    pub const fn codes(self) -> &'static [Code] {
        use Code as C;
        match self {
            Self::Called => &[C::OrganCoordinator, C::EyeBank, C::School, C::Executor, C::Kin, C::Hospital],
            Self::NotRealised => &[C::Medical, C::Late, C::Place, C::Revoked, C::KinRefused],
            _ => &[],
        }
    }
}

impl Phase {
    /// Whether nothing more can happen.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Realised | Self::NotRealised | Self::Recovered | Self::NotRegistered)
    }

    /// Whether the family has decided about somebody who has died: only then may 救助, 缅怀 and 纪念 be spoken of. A relative's objection ends the
    /// notice of somebody dying, too, who may live on: then `died` says whether they have died since.
    pub const fn family_decided(self, died: bool) -> bool {
        matches!(self, Self::Agreed | Self::Assessed | Self::Witnessed | Self::Realised) || (died && matches!(self, Self::NotRealised))
    }

    /// Whether the person has died.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Reported | Self::Agreed | Self::Assessed | Self::Witnessed | Self::Realised)
    }

    /// What may be noted now.
    pub fn acts(self) -> Vec<Act> {
        Act::ALL.iter().copied().filter(|act| self.after(*act).is_ok()).collect()
    }

    /// Where a notice stands after an act.
    ///
    /// # Errors
    /// [`NotNow`] with the reason.
    pub const fn after(self, act: Act) -> Result<Self, NotNow> {
        match (self, act) {
            (_, _) if self.is_end() => Err(NotNow { key: "notice-over" }),
            (_, Act::Called) => Ok(self),
            // Whoever of the family objects ends it, whatever was agreed before.
            (_, Act::KinObjected | Act::NotRealised) => Ok(Self::NotRealised),
            (Self::Dying, Act::Died) => Ok(Self::Reported),
            (Self::AgreedDying, Act::Died) => Ok(Self::Agreed),
            (Self::Dying | Self::AgreedDying, Act::Recovered) => Ok(Self::Recovered),
            (Self::Dying, Act::KinAgreed) => Ok(Self::AgreedDying),
            (Self::Reported, Act::KinAgreed) => Ok(Self::Agreed),
            (Self::Agreed, Act::Assessed) => Ok(Self::Assessed),
            (Self::Assessed, Act::Witnessed) => Ok(Self::Witnessed),
            (Self::Witnessed, Act::Realised) => Ok(Self::Realised),
            (_, Act::Died | Act::Recovered) => Err(NotNow { key: "notice-dead-already" }),
            (Self::Dying | Self::AgreedDying, _) => Err(NotNow { key: "notice-not-dead" }),
            (Self::Reported, _) => Err(NotNow { key: "notice-family-first" }),
            (Self::Assessed, Act::Realised) => Err(NotNow { key: "notice-witness-first" }),
            _ => Err(NotNow { key: "notice-not-in-order" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_objection_ends_it_from_everywhere() {
        for phase in Phase::ALL.iter().filter(|p| !p.is_end()) {
            assert_eq!(phase.after(Act::KinObjected), Ok(Phase::NotRealised), "{phase:?}");
        }
    }

    #[test]
    fn no_donation_without_the_family_an_assessment_and_a_witness() {
        let mut phase = Phase::Dying;
        assert_eq!(phase.after(Act::Realised), Err(NotNow { key: "notice-not-dead" }));
        for act in [Act::KinAgreed, Act::Died, Act::Assessed] {
            phase = phase.after(act).unwrap();
        }
        assert_eq!(phase.after(Act::Realised), Err(NotNow { key: "notice-witness-first" }));
        phase = phase.after(Act::Witnessed).unwrap();
        assert_eq!(phase.after(Act::Realised), Ok(Phase::Realised));
        assert_eq!(Phase::Reported.after(Act::Assessed), Err(NotNow { key: "notice-family-first" }));
        assert_eq!(Phase::Realised.after(Act::Called), Err(NotNow { key: "notice-over" }));
    }

    #[test]
    fn aid_and_remembrance_wait_for_the_family() {
        assert!(!Phase::Reported.family_decided(true) && !Phase::AgreedDying.family_decided(true));
        assert!(Phase::Agreed.family_decided(true));
    }

    #[test]
    fn aid_and_remembrance_are_offered_for_nobody_who_lives() {
        let ended = Phase::Dying.after(Act::KinObjected).unwrap();
        assert!(!ended.family_decided(false), "the registrant may recover");
        assert!(ended.family_decided(true));
        for phase in [Phase::Dying, Phase::AgreedDying, Phase::Recovered, Phase::NotRegistered] {
            assert!(!phase.family_decided(false), "{phase:?}");
        }
    }
}
