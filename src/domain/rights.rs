//! What registrants and their relatives may ask for (个人信息保护法, articles 44 to 50), by when it is to be answered, and how it was.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::outside::words;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RightsKind {
    /// 查阅、复制 (article 45).
    Copy,
    /// 更正、补充 (article 46).
    Correct,
    /// 限制或拒绝处理 (article 44).
    Object,
    /// 删除 (article 47).
    Erase,
}

impl RightsKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Copy, Self::Correct, Self::Object, Self::Erase];

    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Correct => "correct",
            Self::Object => "object",
            Self::Erase => "erase",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Whose relative somebody is who asks: 近亲属 (民法典, article 1045).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// 配偶
    Spouse,
    /// 父母
    Parent,
    /// 子女
    Child,
    /// 兄弟姐妹
    Sibling,
    /// 祖父母、外祖父母
    Grandparent,
    /// 孙子女、外孙子女
    Grandchild,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requester {
    /// The registrant.
    Myself,
    /// A relative of a registrant who died (article 49).
    Relative(Relation),
    /// Whoever the registrant authorised, or a guardian.
    Agent,
}

/// What was seen that proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// 户口簿
    HouseholdRegister,
    /// 结婚证
    MarriageCertificate,
    /// 出生医学证明
    BirthCertificate,
    /// 亲属关系证明或公证
    KinshipCertificate,
    /// 授权委托书
    Authorisation,
    /// 公证的授权委托书
    NotarisedAuthorisation,
    /// 监护证明
    Guardianship,
}

words!(Proof: HouseholdRegister = "household-register", MarriageCertificate = "marriage-certificate",
    BirthCertificate = "birth-certificate", KinshipCertificate = "kinship-certificate", Authorisation = "authorisation",
    NotarisedAuthorisation = "notarised-authorisation", Guardianship = "guardianship");

impl Requester {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Myself,
        Self::Relative(Relation::Spouse),
        Self::Relative(Relation::Parent),
        Self::Relative(Relation::Child),
        Self::Relative(Relation::Sibling),
        Self::Relative(Relation::Grandparent),
        Self::Relative(Relation::Grandchild),
        Self::Agent,
    ];

    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Myself => "self",
            Self::Relative(Relation::Spouse) => "relative-spouse",
            Self::Relative(Relation::Parent) => "relative-parent",
            Self::Relative(Relation::Child) => "relative-child",
            Self::Relative(Relation::Sibling) => "relative-sibling",
            Self::Relative(Relation::Grandparent) => "relative-grandparent",
            Self::Relative(Relation::Grandchild) => "relative-grandchild",
            Self::Agent => "agent",
        }
    }

    /// The requester of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.word() == word)
    }

    /// What may prove it; the registrants themselves are identified, not proved.
    pub const fn proofs(self) -> &'static [Proof] {
        match self {
            Self::Myself => &[],
            Self::Relative(Relation::Spouse) => &[Proof::MarriageCertificate, Proof::HouseholdRegister, Proof::KinshipCertificate],
            Self::Relative(_) => &[Proof::HouseholdRegister, Proof::BirthCertificate, Proof::KinshipCertificate],
            Self::Agent => &[Proof::Authorisation, Proof::NotarisedAuthorisation, Proof::Guardianship],
        }
    }

    /// Whether a relative of somebody who died.
    pub const fn is_relative(self) -> bool {
        matches!(self, Self::Relative(_))
    }
}

/// Who asks, with what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    who: Requester,
    proof: Option<Proof>,
}

impl Asker {
    /// The registrants themselves.
    pub const MYSELF: Self = Self { who: Requester::Myself, proof: None };

    /// Somebody with their proof; none where the proof is missing or proves something else.
    pub fn of(who: Requester, proof: Option<Proof>) -> Option<Self> {
        let fits = match proof {
            Some(proof) => who.proofs().contains(&proof),
            None => who.proofs().is_empty(),
        };
        fits.then_some(Self { who, proof })
    }

    /// Who.
    pub const fn who(self) -> Requester {
        self.who
    }

    /// What was seen.
    pub const fn proof(self) -> Option<Proof> {
        self.proof
    }
}

/// Why a request is refused. The reason is told to whoever asked (article 50).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Identity, kinship or authorisation was not proved.
    NotProved,
    /// The time for which a law requires it to be kept is not over, or it cannot be erased: kept, and not processed otherwise (article 47).
    KeptByLaw,
    /// The record was looked at and is right as it stands (article 46).
    RightAsItStands,
    /// What is asked for is somebody else's.
    SomebodyElses,
    /// The one who died had decided otherwise (article 49).
    DecidedOtherwise,
    /// Not for a lawful and legitimate interest of the relative's own (article 49).
    NoOwnInterest,
    /// Nothing of it is held here.
    NothingHeld,
    /// Whoever asked took it back.
    TakenBack,
}

words!(Refusal: NotProved = "not-proved", KeptByLaw = "kept-by-law", RightAsItStands = "right-as-it-stands",
    SomebodyElses = "somebody-elses", DecidedOtherwise = "decided-otherwise", NoOwnInterest = "no-own-interest",
    NothingHeld = "nothing-held", TakenBack = "taken-back");

impl Refusal {
    /// Whether it can be the reason why such a request of such a requester is refused.
    pub const fn fits(self, kind: RightsKind, who: Requester) -> bool {
        match self {
            Self::KeptByLaw => matches!(kind, RightsKind::Erase),
            Self::RightAsItStands => matches!(kind, RightsKind::Correct),
            Self::DecidedOtherwise | Self::NoOwnInterest => who.is_relative(),
            Self::NotProved | Self::SomebodyElses | Self::NothingHeld | Self::TakenBack => true,
        }
    }
}

/// How a request was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DoneHow {
    /// In this system, which shows it.
    Here,
    /// On paper: handed over, or put right in the file.
    OnPaper,
    /// Read in the office, in front of staff.
    Shown,
}

words!(DoneHow: Here = "here", OnPaper = "on-paper", Shown = "shown");

impl DoneHow {
    /// How such a request may be carried out. What is sealed here is erased here, and contact is stopped here, or not at all.
    pub const fn of(kind: RightsKind) -> &'static [Self] {
        match kind {
            RightsKind::Copy => &[Self::Here, Self::OnPaper, Self::Shown],
            RightsKind::Correct => &[Self::Here, Self::OnPaper],
            RightsKind::Object | RightsKind::Erase => &[Self::Here],
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsAnswer {
    /// Carried out.
    Done(DoneHow),
    /// Refused, and why; none for answers of before reasons were kept.
    Refused(Option<Refusal>),
}

/// How long an answer may take, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// From when it holds.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Days.
    pub days: u32,
    /// Its clause.
    pub clause: String,
}

/// Every rule, dated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AnswerRules {
    #[serde(rename = "rule")]
    rules: Vec<AnswerRule>,
}

impl AnswerRules {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/rights.toml")).expect("the shipped rules are read by a test")
    }

    /// The rule in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<&AnswerRule> {
        self.rules.iter().filter(|rule| rule.valid_from <= day).max_by_key(|rule| rule.valid_from)
    }

    /// By when a request received on a day is to be answered; the day itself where no rule is known.
    pub fn due(&self, received: NaiveDate) -> NaiveDate {
        let days = self.on(received).map_or(0, |rule| rule.days);
        received.checked_add_days(Days::new(days.into())).unwrap_or(received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_due_thirty_days_after_it_was_received() {
        let rules = AnswerRules::shipped();
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        assert_eq!(rules.due(day("2026-11-27")), day("2026-12-27"));
        assert_eq!(rules.due(day("2028-01-31")), day("2028-03-01"));
        assert!(rules.on(day("2020-09-30")).is_none());
        for kind in RightsKind::ALL {
            assert_eq!(RightsKind::from_word(kind.word()), Some(kind));
        }
    }

    #[test]
    fn a_relative_and_an_agent_prove_it_and_the_registrant_needs_no_proof() {
        for who in Requester::ALL {
            assert_eq!(Requester::from_word(who.word()), Some(who));
            assert_eq!(Asker::of(who, None).is_some(), who == Requester::Myself, "{who:?}");
            for proof in Proof::ALL {
                assert_eq!(Asker::of(who, Some(*proof)).is_some(), who.proofs().contains(proof), "{who:?} {proof:?}");
            }
        }
        let child = Requester::Relative(Relation::Child);
        assert!(Asker::of(child, Some(Proof::MarriageCertificate)).is_none(), "a marriage proves no child");
        assert!(Asker::of(Requester::Agent, Some(Proof::HouseholdRegister)).is_none(), "kinship is no authorisation");
    }

    #[test]
    fn every_request_can_be_refused_with_a_reason_that_fits_and_an_erasure_is_done_here_alone() {
        for kind in RightsKind::ALL {
            for who in Requester::ALL {
                assert!(Refusal::ALL.iter().any(|why| why.fits(kind, who)));
                assert_eq!(Refusal::KeptByLaw.fits(kind, who), kind == RightsKind::Erase);
                assert_eq!(Refusal::NoOwnInterest.fits(kind, who), who.is_relative());
            }
        }
        assert_eq!(DoneHow::of(RightsKind::Erase), [DoneHow::Here]);
        assert!(DoneHow::of(RightsKind::Copy).contains(&DoneHow::OnPaper));
    }
}
