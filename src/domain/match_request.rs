//! A match request: from the province's notice of a preliminary match to the donation, each step dated.
//!
//! No HLA and nothing of the patient. Stages: docs/domain 1b; reason codes: WMDA/EMDIS dictionary (datadictionary.wmda.info/emdis, fields
//! 391, 417, 419), with Chinese sub-reasons. What the patient's side cancels is nobody's reneging.

mod watch;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Guarded;
use super::fact::{MatchStage, StageOutcome};
use super::guarded::opaque_debug;
use super::outside::{NotNow, words};

pub use watch::Watch;

/// What the notice says: two numbers of the CMDP, nothing of the patient. Sealed under the `documents` compartment.
#[derive(Clone, Serialize, Deserialize)]
pub struct Numbers {
    /// The donor's number.
    pub cmdp: String,
    /// The request's number.
    pub request: String,
}

impl Zeroize for Numbers {
    fn zeroize(&mut self) {
        self.cmdp.zeroize();
        self.request.zeroize();
    }
}

opaque_debug!(Numbers);

impl Numbers {
    /// Both in one custody.
    pub fn of(cmdp: &Guarded<String>, request: &Guarded<String>) -> Guarded<Self> {
        Guarded::new(Self { cmdp: cmdp.reveal().clone(), request: request.reveal().clone() })
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// 初配通知 came in; the donor was not reached yet.
    Notified,
    /// 再动员: reached, not answered yet.
    Contacted,
    /// Agreed; the province was or is to be told.
    Agreed,
    /// 高分辨采样.
    Typing,
    /// 高分辨相合.
    Confirmed,
    /// 体检.
    WorkUp,
    /// 体检合格.
    Fit,
    /// 确定采集: the day is set; the patient's conditioning has not begun.
    Scheduled,
    /// 预处理后: the patient's conditioning has begun.
    Conditioned,
    /// 采集完成.
    Donated,
    /// Refused by the donor.
    Refused,
    /// Refused by the donor after conditioning had begun: counted apart.
    RenegedAfterConditioning,
    /// The donor could not take part.
    Unavailable,
    /// Cancelled by the patient's side.
    PatientCancelled,
    /// The verification typing did not fit.
    NotMatched,
}

words!(Phase: Notified = "notified", Contacted = "contacted", Agreed = "agreed", Typing = "typing", Confirmed = "confirmed",
    WorkUp = "work-up", Fit = "fit", Scheduled = "scheduled", Conditioned = "conditioned", Donated = "donated", Refused = "refused",
    RenegedAfterConditioning = "reneged-after-conditioning", Unavailable = "unavailable", PatientCancelled = "patient-cancelled",
    NotMatched = "not-matched");

/// What is noted of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Tried to call, without reaching the donor.
    NoAnswer,
    /// Reached the donor.
    Contacted,
    /// The donor agrees.
    Agreed,
    /// The donor refuses.
    Refused,
    /// The donor cannot take part.
    Unavailable,
    /// Verification typing was ordered.
    Typing,
    /// It fits.
    Confirmed,
    /// It does not fit.
    NotMatched,
    /// The medical examination was ordered.
    WorkUp,
    /// Passed.
    Fit,
    /// The day of collection is set.
    Scheduled,
    /// 动员剂注射 began.
    Mobilised,
    /// The patient's conditioning has begun.
    Conditioned,
    /// Collected.
    Collected,
    /// The patient's side cancelled.
    PatientCancelled,
    /// What the CMDP itself says of the donor.
    CmdpStatus,
}

words!(Act: NoAnswer = "no-answer", Contacted = "contacted", Agreed = "agreed", Refused = "refused", Unavailable = "unavailable",
    Typing = "typing", Confirmed = "confirmed", NotMatched = "not-matched", WorkUp = "work-up", Fit = "fit", Scheduled = "scheduled",
    Mobilised = "mobilised", Conditioned = "conditioned", Collected = "collected", PatientCancelled = "patient-cancelled",
    CmdpStatus = "cmdp-status");

/// The code an act carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// PR: 家属反对.
    Family,
    /// PR: 本人不愿.
    OwnWill,
    /// PR: 怀孕备孕.
    Pregnancy,
    /// PR: 工作时间.
    Work,
    /// PR: 恐惧.
    Fear,
    /// MR, 暂时: never with the diagnosis.
    MedicalForNow,
    /// MR, 长期: never with the diagnosis.
    MedicalForGood,
    /// UC.
    NoContact,
    /// MO.
    Moved,
    /// DO.
    TooOld,
    /// DD.
    Died,
    /// TQ.
    TypingInDoubt,
    /// OT.
    Other,
    /// UK.
    Unknown,
    /// Patient's side: better donor or cord chosen.
    Bcc,
    /// Patient's side: donor found elsewhere.
    Fnd,
    /// Patient's side: laboratory.
    Lab,
    /// Patient's side: no suitable product.
    Nsp,
    /// Patient's side: request too old.
    Old,
    /// Patient's side: the patient died or declined.
    Pdc,
    /// Patient's side: search stopped.
    Stp,
    /// Patient's side: treated otherwise.
    Trx,
    /// Patient's side: other.
    Oth,
    /// CMDP status: available.
    Av,
    /// CMDP status: temporarily unavailable.
    Tu,
    /// CMDP status: reserved for another patient.
    Op,
    /// CMDP status: reserved for this patient.
    Rs,
    /// CMDP status: deleted.
    De,
}

words!(Code: Family = "family", OwnWill = "own-will", Pregnancy = "pregnancy", Work = "work", Fear = "fear",
    MedicalForNow = "medical-for-now", MedicalForGood = "medical-for-good", NoContact = "no-contact", Moved = "moved", TooOld = "too-old",
    Died = "died", TypingInDoubt = "typing", Other = "other", Unknown = "unknown", Bcc = "bcc", Fnd = "fnd", Lab = "lab", Nsp = "nsp",
    Old = "old", Pdc = "pdc", Stp = "stp", Trx = "trx", Oth = "oth", Av = "av", Tu = "tu", Op = "op", Rs = "rs", De = "de");

impl Code {
    /// The EMDIS code.
    pub const fn emdis(self) -> &'static str {
        match self {
            Self::Family | Self::OwnWill | Self::Pregnancy | Self::Work | Self::Fear => "PR",
            Self::MedicalForNow | Self::MedicalForGood => "MR",
            Self::NoContact => "UC",
            Self::Moved => "MO",
            Self::TooOld => "DO",
            Self::Died => "DD",
            Self::TypingInDoubt => "TQ",
            Self::Other => "OT",
            Self::Unknown => "UK",
            Self::Bcc => "BCC",
            Self::Fnd => "FND",
            Self::Lab => "LAB",
            Self::Nsp => "NSP",
            Self::Old => "OLD",
            Self::Pdc => "PDC",
            Self::Stp => "STP",
            Self::Trx => "TRX",
            Self::Oth => "OTH",
            Self::Av => "AV",
            Self::Tu => "TU",
            Self::Op => "OP",
            Self::Rs => "RS",
            Self::De => "DE",
        }
    }
}

impl Act {
    /// The codes it may carry; where there are any, one is needed.
    pub const fn codes(self) -> &'static [Code] {
        use Code as C;
        match self {
            Self::Refused => &[C::OwnWill, C::Family, C::Pregnancy, C::Work, C::Fear],
            Self::Unavailable => {
                &[C::NoContact, C::MedicalForNow, C::MedicalForGood, C::Moved, C::TooOld, C::Died, C::TypingInDoubt, C::Other, C::Unknown]
            }
            Self::PatientCancelled => &[C::Bcc, C::Fnd, C::Lab, C::Nsp, C::Old, C::Pdc, C::Stp, C::Trx, C::Oth],
            Self::CmdpStatus => &[C::Av, C::Tu, C::Op, C::Rs, C::De],
            _ => &[],
        }
    }
}

/// What an act leads to: where the request stands, and what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where it stands now.
    pub phase: Phase,
    /// What the statistics are told, in this order.
    pub facts: Vec<(MatchStage, StageOutcome)>,
}

impl Phase {
    /// Whether nothing more can happen.
    pub const fn is_end(self) -> bool {
        self.stage().is_none()
    }

    /// Whether the province is still waiting for the first answer.
    pub const fn awaits_answer(self) -> bool {
        matches!(self, Self::Notified | Self::Contacted)
    }

    /// The stage the request is in or comes to next, and whether that stage was reached.
    const fn stage(self) -> Option<(MatchStage, bool)> {
        Some(match self {
            Self::Notified => (MatchStage::Preliminary, true),
            Self::Contacted => (MatchStage::Availability, true),
            Self::Agreed => (MatchStage::Verification, false),
            Self::Typing => (MatchStage::Verification, true),
            Self::Confirmed => (MatchStage::Medical, false),
            Self::WorkUp => (MatchStage::Medical, true),
            Self::Fit => (MatchStage::Collection, false),
            Self::Scheduled => (MatchStage::Collection, true),
            Self::Conditioned => (MatchStage::Conditioned, true),
            _ => return None,
        })
    }

    /// What may be noted now, in the order in which a page offers it.
    pub fn acts(self) -> Vec<Act> {
        Act::ALL.iter().copied().filter(|act| self.after(*act).is_ok()).collect()
    }

    /// What an act leads to from here.
    ///
    /// # Errors
    /// [`NotNow`] with the reason: over, not asked yet, or not in this order.
    pub fn after(self, act: Act) -> Result<Move, NotNow> {
        use MatchStage as S;
        use StageOutcome::{Available, CancelledByPatient, Reached, Refused, Unavailable};
        let to = |phase, facts: &[(MatchStage, StageOutcome)]| Ok(Move { phase, facts: facts.to_vec() });
        // What the CMDP says of a donor may come at any time, after the end too.
        if act == Act::CmdpStatus {
            return to(self, &[]);
        }
        let Some((stage, reached)) = self.stage() else { return Err(NotNow { key: "match-over" }) };
        let asked = [(S::Preliminary, Available), (S::Availability, Reached)];
        // Who answers at the first call was reached by it.
        let first = if self == Self::Notified { &asked[..] } else { &[] };
        let ends = |phase, outcome| {
            let mut facts = first.to_vec();
            let stage = if self == Self::Notified { S::Availability } else { stage };
            if !reached {
                facts.push((stage, Reached));
            }
            facts.push((stage, outcome));
            Ok(Move { phase, facts })
        };
        match (self, act) {
            (_, Act::NoAnswer) => to(self, &[]),
            (Self::Notified, Act::Contacted) => to(Self::Contacted, &asked),
            (Self::Notified | Self::Contacted, Act::Agreed) => {
                let mut facts = first.to_vec();
                facts.push((S::Availability, Available));
                to(Self::Agreed, &facts)
            }
            (Self::Conditioned, Act::Refused) => ends(Self::RenegedAfterConditioning, Refused),
            (_, Act::Refused) => ends(Self::Refused, Refused),
            // Not found, or known without asking: that is an outcome of the preliminary match.
            (Self::Notified, Act::Unavailable) => to(Self::Unavailable, &[(S::Preliminary, Unavailable)]),
            (_, Act::Unavailable) => ends(Self::Unavailable, Unavailable),
            (_, Act::PatientCancelled) if !reached => to(Self::PatientCancelled, &[]),
            (_, Act::PatientCancelled) => to(Self::PatientCancelled, &[(stage, CancelledByPatient)]),
            (Self::Agreed, Act::Typing) => to(Self::Typing, &[(S::Verification, Reached)]),
            (Self::Typing, Act::Confirmed) => to(Self::Confirmed, &[(S::Verification, Available)]),
            // Nobody's refusal: left out of the donor's side as a cancellation is.
            (Self::Typing, Act::NotMatched) => to(Self::NotMatched, &[(S::Verification, CancelledByPatient)]),
            (Self::Confirmed, Act::WorkUp) => to(Self::WorkUp, &[(S::Medical, Reached)]),
            (Self::WorkUp, Act::Fit) => to(Self::Fit, &[(S::Medical, Available)]),
            (Self::Fit, Act::Scheduled) => to(Self::Scheduled, &[(S::Collection, Reached)]),
            (Self::Scheduled | Self::Conditioned, Act::Mobilised) => to(self, &[]),
            (Self::Scheduled, Act::Conditioned) => to(Self::Conditioned, &[(S::Collection, Available), (S::Conditioned, Reached)]),
            // A province does not always tell when conditioning began.
            (Self::Scheduled, Act::Collected) => to(Self::Donated, &[(S::Collection, Available)]),
            (Self::Conditioned, Act::Collected) => to(Self::Donated, &[(S::Conditioned, Available)]),
            (Self::Notified | Self::Contacted, _) => Err(NotNow { key: "match-answer-first" }),
            _ => Err(NotNow { key: "match-not-in-order" }),
        }
    }
}

#[cfg(test)]
mod tests;
