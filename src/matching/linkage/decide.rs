//! The decision on a pair: weight, and what a weight alone must never do.

use super::levels::{AddressLevel, BirthLevel, Comparison, DocumentLevel, Levels, MailLevel, PhoneLevel, SexLevel};
use super::name::NameLevel;
use super::weights::{self, Moved, Shares};

/// What is to be done with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// One person: may be joined.
    Same,
    /// A registrar decides.
    Review,
    /// Two persons.
    Different,
}

impl Decision {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Review => "review",
            Self::Different => "different",
        }
    }
}

/// One bar of the explanation: the comparison, the level reached, and its weight in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// What was compared.
    pub comparison: Comparison,
    /// The stable key of the level.
    pub level: &'static str,
    /// Weight in bits; positive speaks for one person.
    pub bits: f64,
}

/// The judgement on a pair: the numbers that decided, and the decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Sum of the weights in bits.
    pub weight: f64,
    /// The probability the weight stands for.
    pub probability: f64,
    /// The decision.
    pub decision: Decision,
    /// The weights, in the order of the waterfall.
    pub evidence: [Evidence; 8],
}

/// Probability from which a pair with sufficient grounds is one person.
const SAME: f64 = 0.99;
/// Probability from which a registrar is asked.
const REVIEW: f64 = 0.05;

pub(super) fn judge(levels: &Levels, shares: &Shares, moved: &Moved) -> Judgement {
    let bits = weights::all(levels, shares, moved);
    let weight: f64 = bits.iter().sum();
    let probability = 1.0 / (1.0 + (-weight).exp2());
    let decision = if probability >= SAME && sufficient(levels) && !contradicted(levels) {
        Decision::Same
    } else if worth_asking(levels, probability) {
        Decision::Review
    } else {
        Decision::Different
    };
    let keys = [
        (Comparison::Prior, "prior"),
        (Comparison::Name, levels.name.key()),
        (Comparison::Birth, levels.birth.key()),
        (Comparison::Sex, levels.sex.key()),
        (Comparison::Document, levels.document.key()),
        (Comparison::Phone, levels.phone.key()),
        (Comparison::Mail, levels.mail.key()),
        (Comparison::Address, levels.address.key()),
    ];
    let mut evidence = keys.map(|(comparison, level)| Evidence { comparison, level, bits: 0.0 });
    for (e, b) in evidence.iter_mut().zip(bits) {
        e.bits = b;
    }
    Judgement { weight, probability, decision, evidence }
}

/// Two valid numbers, two sexes or two unlike birth dates: never joined without a registrar.
fn contradicted(l: &Levels) -> bool {
    l.document == DocumentLevel::Different || l.sex == SexLevel::Different || l.birth == BirthLevel::Different
}

/// Grounds without which no weight joins a pair.
///
/// - The same document number, and a name that is not another one (a relative's number may have been given).
/// - Else the same name - as written, reordered or as heard - and one of: birth date, own phone, mail; for a name as
///   written also the house, or a phone or mail one slip apart. Relatives share phones, homes and surnames, twins the birth date
///   too; what they do not share is the whole name. Name and town alone are never enough: common names.
fn sufficient(l: &Levels) -> bool {
    if l.document == DocumentLevel::Same {
        return l.name <= NameLevel::OneDiffers;
    }
    let reached = l.birth == BirthLevel::Same || l.phone == PhoneLevel::Same || l.mail == MailLevel::Same;
    let near = l.phone == PhoneLevel::Near || l.mail == MailLevel::Near || l.address == AddressLevel::SameHouse;
    match l.name {
        NameLevel::Exact | NameLevel::Reordered => reached || near,
        NameLevel::SameSound => reached,
        _ => false,
    }
}

/// Whether a registrar should see the pair.
fn worth_asking(l: &Levels, probability: f64) -> bool {
    if l.document == DocumentLevel::Same {
        return true;
    }
    let contact = l.phone == PhoneLevel::Same || l.mail == MailLevel::Same || l.address == AddressLevel::SameHouse;
    if l.document == DocumentLevel::Different {
        // A re-issued number or a number typed from another's card: only where everything else says one person.
        return l.name <= NameLevel::SameSound && (contact || l.birth == BirthLevel::Same) && l.sex != SexLevel::Different;
    }
    if l.birth == BirthLevel::Different && l.name > NameLevel::SameShape {
        return false;
    }
    probability >= REVIEW && l.name < NameLevel::Surname
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: Shares = Shares { subjects: 5_000.0, name: 5e-5, sound: 2e-4, town: 0.05 };

    /// Same name and town, nothing else known.
    const NAME_AND_TOWN: Levels = Levels {
        name: NameLevel::Exact,
        former: false,
        birth: BirthLevel::Missing,
        sex: SexLevel::Missing,
        document: DocumentLevel::Missing,
        phone: PhoneLevel::Missing,
        mail: MailLevel::Missing,
        address: AddressLevel::SameTown,
    };

    fn judge(levels: &Levels, shares: &Shares) -> Judgement {
        super::judge(levels, shares, &super::weights::UNMOVED)
    }

    fn decide(levels: Levels) -> Decision {
        judge(&levels, &SHARES).decision
    }

    #[test]
    fn name_and_town_alone_go_to_a_registrar_whatever_the_weight() {
        assert_eq!(decide(NAME_AND_TOWN), Decision::Review);
        let rarest = Shares { name: 1e-9, ..SHARES };
        let judged = judge(&NAME_AND_TOWN, &rarest);
        assert!(judged.probability > SAME);
        assert_eq!(judged.decision, Decision::Review);
    }

    #[test]
    fn the_same_number_joins_a_name_as_heard_but_not_another_name() {
        let same_number = Levels { document: DocumentLevel::Same, phone: PhoneLevel::Different, ..NAME_AND_TOWN };
        assert_eq!(decide(Levels { name: NameLevel::SameSound, ..same_number }), Decision::Same);
        assert_eq!(decide(Levels { name: NameLevel::Different, ..same_number }), Decision::Review);
        assert_eq!(decide(Levels { sex: SexLevel::Different, ..same_number }), Decision::Review);
    }

    #[test]
    fn twins_are_not_joined_by_what_twins_share() {
        let shared = Levels {
            name: NameLevel::OneDiffers,
            birth: BirthLevel::Same,
            sex: SexLevel::Same,
            phone: PhoneLevel::Same,
            mail: MailLevel::Same,
            address: AddressLevel::SameHouse,
            ..NAME_AND_TOWN
        };
        assert_eq!(decide(shared), Decision::Review, "one of them gave no number");
        assert_eq!(decide(Levels { document: DocumentLevel::Different, ..shared }), Decision::Different);
    }

    #[test]
    fn father_and_son_are_not_joined_by_phone_and_house() {
        let family = Levels { name: NameLevel::OneMissing, phone: PhoneLevel::Same, address: AddressLevel::SameHouse, ..NAME_AND_TOWN };
        assert_ne!(decide(family), Decision::Same);
        assert_eq!(decide(Levels { birth: BirthLevel::Different, ..family }), Decision::Different);
    }

    #[test]
    fn a_couple_with_one_phone_and_one_mail_are_two() {
        let couple = Levels {
            name: NameLevel::Different,
            phone: PhoneLevel::Same,
            mail: MailLevel::Same,
            address: AddressLevel::SameHouse,
            ..NAME_AND_TOWN
        };
        assert_eq!(decide(couple), Decision::Different);
    }

    #[test]
    fn two_numbers_of_one_name_are_two_persons() {
        let common =
            Levels { document: DocumentLevel::Different, phone: PhoneLevel::Different, birth: BirthLevel::Different, ..NAME_AND_TOWN };
        assert_eq!(decide(common), Decision::Different);
    }

    #[test]
    fn a_name_with_its_phone_or_birth_date_is_joined() {
        assert_eq!(decide(Levels { phone: PhoneLevel::Same, ..NAME_AND_TOWN }), Decision::Same);
        assert_eq!(decide(Levels { birth: BirthLevel::Same, ..NAME_AND_TOWN }), Decision::Same);
        assert_eq!(decide(Levels { address: AddressLevel::SameHouse, phone: PhoneLevel::Different, ..NAME_AND_TOWN }), Decision::Same);
    }

    #[test]
    fn a_common_name_with_the_same_birth_date_is_asked_about_in_a_large_registry() {
        let large = Shares { subjects: 1e6, name: 2.5e-4, sound: 1e-3, town: 0.05 };
        let levels = Levels { birth: BirthLevel::Same, address: AddressLevel::Missing, ..NAME_AND_TOWN };
        assert_eq!(judge(&levels, &large).decision, Decision::Review);
    }

    #[test]
    fn the_waterfall_sums_to_the_weight() {
        let judged = judge(&NAME_AND_TOWN, &SHARES);
        let sum: f64 = judged.evidence.iter().map(|e| e.bits).sum();
        assert!((sum - judged.weight).abs() < 1e-9);
    }
}
