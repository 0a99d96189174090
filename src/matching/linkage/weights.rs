//! Fixed weights: for every level, how often it is seen in two rows of one person (m) and of two persons (u).
//!
//! A level's weight is log2(m/u) in bits (Fellegi and Sunter 1969). The m are what repeated registrations of a branch show:
//! names re-typed or re-heard, phones changed every few years, addresses moved. The u follow from the population:
//! birth dates of four working decades, two sexes, a town in about twenty; names, phones and addresses use the counts
//! of the index itself, drawn towards the population's value while the index is small.

use super::levels::{AddressLevel, BirthLevel, DocumentLevel, Levels, MailLevel, PhoneLevel, SexLevel};
use super::name::NameLevel;

/// How often values occur in the index, as shares of its subjects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    /// Subjects in the index.
    pub subjects: f64,
    /// Share of subjects with this name, in any order of its characters.
    pub name: f64,
    /// Share of subjects whose name is spelled with the same letters.
    pub sound: f64,
    /// Share of subjects in this town.
    pub town: f64,
}

/// What the index knows of a name when it holds nobody yet: the chance that two people share their whole name
/// (the ten most frequent names of the country make up 0.2 % of it; sum of squares over all names about 1e-5).
pub(super) const NAME_SHARE: f64 = 1.5e-5;
/// The same for the toneless spelling.
pub(super) const SOUND_SHARE: f64 = 1e-4;
/// How many people the assumption counts for.
pub(super) const ASSUMED: f64 = 20_000.0;

/// Share of people who have another registration in an index of their district.
const REPEATED: f64 = 0.2;
/// The fewest people the prior assumes, so that a nearly empty registry joins nobody lightly.
const FEWEST: f64 = 2_000.0;

/// The weight before any value is compared, in bits: the odds that a random pair is one person.
pub(super) fn prior(subjects: f64) -> f64 {
    (REPEATED / subjects.max(FEWEST)).log2()
}

/// Names: (m, u) of each level.
pub(super) fn name(level: NameLevel, former: bool, shares: &Shares) -> f64 {
    let (m, u) = match level {
        NameLevel::Exact => (0.80, shares.name),
        NameLevel::Reordered => (0.03, (0.3 * shares.name).max(2e-6)),
        NameLevel::SameSound => (0.07, shares.sound),
        NameLevel::SameShape => (0.03, 5e-5),
        NameLevel::SimilarSound => (0.02, 1e-4),
        NameLevel::OneMissing => (0.015, 1e-4),
        NameLevel::OneDiffers => (0.02, 1e-3),
        NameLevel::Surname => (0.005, 0.03),
        NameLevel::Different => (0.01, 0.965),
    };
    bits(m, u) - if former { 1.0 } else { 0.0 }
}

/// Birth dates.
pub(super) fn birth(level: BirthLevel) -> f64 {
    match level {
        BirthLevel::Same => bits(0.92, 7e-5),
        BirthLevel::Swapped => bits(0.01, 6e-5),
        BirthLevel::OneDigit => bits(0.025, 2e-3),
        BirthLevel::YearOff => bits(0.015, 3e-4),
        BirthLevel::Lunar => bits(0.01, 5e-3),
        BirthLevel::SameYear => bits(0.95, 0.025),
        BirthLevel::Missing => 0.0,
        BirthLevel::Different => bits(0.01, 0.99),
    }
}

/// Sex.
pub(super) fn sex(level: SexLevel) -> f64 {
    match level {
        SexLevel::Same => bits(0.99, 0.5),
        SexLevel::Missing => 0.0,
        SexLevel::Different => bits(0.01, 0.5),
    }
}

/// Identity documents: a number belongs to one person; that a valid number is given to another is an error in a thousand rows.
pub(super) fn document(level: DocumentLevel) -> f64 {
    match level {
        DocumentLevel::Same => bits(0.97, 1e-9),
        DocumentLevel::Near => bits(0.02, 1e-6),
        DocumentLevel::Missing => 0.0,
        DocumentLevel::Different => bits(0.002, 1.0),
    }
}

/// Phones: numbers are shared in a family, so the chance of meeting one by chance falls with the size of the index
/// only as far as a family's share of it.
pub(super) fn phone(level: PhoneLevel, shares: &Shares) -> f64 {
    match level {
        PhoneLevel::Same => bits(0.65, family(shares)),
        PhoneLevel::Near => bits(0.05, 2e-5),
        PhoneLevel::OfRelative => bits(0.05, 0.01),
        PhoneLevel::Missing => 0.0,
        PhoneLevel::Different => bits(0.25, 1.0),
    }
}

/// Mail addresses: shared more seldom, changed more often.
pub(super) fn mail(level: MailLevel, shares: &Shares) -> f64 {
    match level {
        MailLevel::Same => bits(0.6, family(shares)),
        MailLevel::Near => bits(0.05, 2e-5),
        MailLevel::Missing => 0.0,
        MailLevel::Different => bits(0.35, 1.0),
    }
}

/// Addresses.
pub(super) fn address(level: AddressLevel, shares: &Shares) -> f64 {
    match level {
        AddressLevel::SameHouse => bits(0.55, 3.0 * family(shares)),
        AddressLevel::SameStreet => bits(0.15, 2e-3),
        AddressLevel::SameTown => bits(0.75, shares.town),
        AddressLevel::Missing => 0.0,
        AddressLevel::Different => bits(0.12, 0.95),
    }
}

/// The chance that two random people of the index share a line or a home.
fn family(shares: &Shares) -> f64 {
    (0.1 / shares.subjects.max(FEWEST)).clamp(1e-6, 1e-3)
}

fn bits(m: f64, u: f64) -> f64 {
    (m / u).log2()
}

/// The weights of all comparisons, in the order in which they are shown.
pub(super) fn all(levels: &Levels, shares: &Shares) -> [f64; 8] {
    [
        prior(shares.subjects),
        name(levels.name, levels.former, shares),
        birth(levels.birth),
        sex(levels.sex),
        document(levels.document),
        phone(levels.phone, shares),
        mail(levels.mail, shares),
        address(levels.address, shares),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: Shares = Shares { subjects: 50_000.0, name: 2e-5, sound: 1e-4, town: 0.05 };

    #[test]
    fn more_agreement_never_weighs_less() {
        let falls = |w: &[f64]| w.windows(2).all(|p| p[0] >= p[1]);
        use NameLevel as N;
        let names = [N::Exact, N::SameShape, N::SimilarSound, N::OneMissing, N::OneDiffers, N::Surname, N::Different];
        assert!(falls(&names.map(|l| name(l, false, &SHARES))));
        assert!(falls(&[BirthLevel::Same, BirthLevel::YearOff, BirthLevel::Missing, BirthLevel::Different].map(birth)));
        assert!(falls(&[DocumentLevel::Same, DocumentLevel::Near, DocumentLevel::Missing, DocumentLevel::Different].map(document)));
        assert!(falls(
            &[PhoneLevel::Same, PhoneLevel::Near, PhoneLevel::OfRelative, PhoneLevel::Missing, PhoneLevel::Different]
                .map(|l| phone(l, &SHARES))
        ));
        assert!(falls(
            &[AddressLevel::SameHouse, AddressLevel::SameStreet, AddressLevel::SameTown, AddressLevel::Missing, AddressLevel::Different]
                .map(|l| address(l, &SHARES))
        ));
    }

    #[test]
    fn a_rare_name_weighs_more_than_a_common_one() {
        let common = Shares { name: 3e-4, ..SHARES };
        assert!(name(NameLevel::Exact, false, &SHARES) > name(NameLevel::Exact, false, &common) + 3.0);
    }
}
