//! Weights: for every level, how often it is seen in two rows of one person (m) and of two persons (u).
//!
//! A level's weight is log2(m/u) in bits (Fellegi and Sunter 1969). The m are what repeated registrations of a branch show:
//! names re-typed or re-heard, phones changed every few years, addresses moved. The u follow from the population:
//! birth dates of four working decades, two sexes, a town in about twenty; names, phones and addresses use the counts
//! of the index itself, drawn towards the population's value while the index is small. What registrars decide moves the ratio m/u of a
//! level within bounds ([`Moved`], `learn`).
//!
//! Within the ordered levels of a comparison more agreement never weighs less, whatever was counted or learned: a level weighs at least as
//! much as every weaker one, agreement never less than nothing told, disagreement never more.

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

/// Levels of the comparison that has most.
pub(super) const LEVELS: usize = 9;
/// Comparisons that carry a weight.
pub(super) const COMPARISONS: usize = 7;

/// Bits added to each level of each comparison, in the order of [`slots`].
pub(super) type Moved = [[f64; LEVELS]; COMPARISONS];

/// Nothing moved.
pub(super) const UNMOVED: Moved = [[0.0; LEVELS]; COMPARISONS];

/// Which level of each comparison two rows reached; `None` where one of them tells nothing, which is no evidence.
pub(super) fn slots(l: &Levels) -> [Option<usize>; COMPARISONS] {
    [
        Some(l.name as usize),
        (l.birth != BirthLevel::Missing).then_some(l.birth as usize),
        (l.sex != SexLevel::Missing).then_some(l.sex as usize),
        (l.document != DocumentLevel::Missing).then_some(l.document as usize),
        (l.phone != PhoneLevel::Missing).then_some(l.phone as usize),
        (l.mail != MailLevel::Missing).then_some(l.mail as usize),
        (l.address != AddressLevel::Missing).then_some(l.address as usize),
    ]
}

/// The weight before any value is compared, in bits: the odds that a random pair is one person.
pub(super) fn prior(subjects: f64) -> f64 {
    (REPEATED / subjects.max(FEWEST)).log2()
}

/// Reads what was added to one level.
struct Of<'a>(&'a [f64; LEVELS]);

impl Of<'_> {
    fn bits(&self, level: usize, m: f64, u: f64) -> f64 {
        (m / u).log2() + self.0.get(level).copied().unwrap_or(0.0)
    }
}

/// Names.
pub(super) fn name(level: NameLevel, former: bool, shares: &Shares, moved: &Moved) -> f64 {
    name_level(level, shares, &Of(&moved[0])) - if former { 1.0 } else { 0.0 }
}

fn name_level(level: NameLevel, shares: &Shares, of: &Of<'_>) -> f64 {
    use NameLevel as N;
    let raw = |m, u| of.bits(level as usize, m, u);
    let weaker = |next| name_level(next, shares, of);
    match level {
        N::Exact => raw(0.80, shares.name).max(weaker(N::Reordered)).max(weaker(N::SameSound)).max(weaker(N::SameShape)),
        N::Reordered => raw(0.03, (0.3 * shares.name).max(2e-6)).max(weaker(N::Surname)),
        N::SameSound => raw(0.07, shares.sound).max(weaker(N::Surname)),
        N::SameShape => raw(0.03, 5e-5).max(weaker(N::SimilarSound)),
        N::SimilarSound => raw(0.02, 1e-4).max(weaker(N::OneMissing)),
        N::OneMissing => raw(0.015, 1e-4).max(weaker(N::OneDiffers)),
        N::OneDiffers => raw(0.02, 1e-3).max(weaker(N::Surname)),
        N::Surname => raw(0.005, 0.03).max(weaker(N::Different)),
        N::Different => raw(0.01, 0.965).min(0.0),
    }
}

/// Birth dates.
pub(super) fn birth(level: BirthLevel, moved: &Moved) -> f64 {
    use BirthLevel as B;
    let of = Of(&moved[1]);
    let raw = |level: B, m, u| of.bits(level as usize, m, u);
    // Of the ways in which two days of one person differ none is stronger than another: each lies between the same day and nothing told.
    let near = |level| match level {
        B::Swapped => raw(level, 0.01, 6e-5),
        B::OneDigit => raw(level, 0.025, 2e-3),
        B::YearOff => raw(level, 0.015, 3e-4),
        B::Lunar => raw(level, 0.01, 5e-3),
        _ => raw(level, 0.95, 0.025),
    };
    match level {
        B::Same => {
            let weaker = [B::Swapped, B::OneDigit, B::YearOff, B::Lunar, B::SameYear].map(near);
            weaker.into_iter().fold(raw(level, 0.92, 7e-5), f64::max).max(0.0)
        }
        B::Missing => 0.0,
        B::Different => raw(level, 0.01, 0.99).min(0.0),
        other => near(other).max(0.0),
    }
}

/// Sex.
pub(super) fn sex(level: SexLevel, moved: &Moved) -> f64 {
    let of = Of(&moved[2]);
    match level {
        SexLevel::Same => of.bits(level as usize, 0.99, 0.5).max(0.0),
        SexLevel::Missing => 0.0,
        SexLevel::Different => of.bits(level as usize, 0.01, 0.5).min(0.0),
    }
}

/// Identity documents: a number belongs to one person; that a valid number is given to another is an error in a thousand rows.
pub(super) fn document(level: DocumentLevel, moved: &Moved) -> f64 {
    let of = Of(&moved[3]);
    match level {
        DocumentLevel::Same => of.bits(level as usize, 0.97, 1e-9).max(document(DocumentLevel::Near, moved)),
        DocumentLevel::Near => of.bits(level as usize, 0.02, 1e-6).max(0.0),
        DocumentLevel::Missing => 0.0,
        DocumentLevel::Different => of.bits(level as usize, 0.002, 1.0).min(0.0),
    }
}

/// Phones: numbers are shared in a family, so the chance of meeting one by chance falls with the size of the index
/// only as far as a family's share of it.
pub(super) fn phone(level: PhoneLevel, shares: &Shares, moved: &Moved) -> f64 {
    let of = Of(&moved[4]);
    match level {
        PhoneLevel::Same => of.bits(level as usize, 0.65, family(shares)).max(phone(PhoneLevel::Near, shares, moved)),
        PhoneLevel::Near => of.bits(level as usize, 0.05, 2e-5).max(phone(PhoneLevel::OfRelative, shares, moved)),
        PhoneLevel::OfRelative => of.bits(level as usize, 0.05, 0.01).max(0.0),
        PhoneLevel::Missing => 0.0,
        PhoneLevel::Different => of.bits(level as usize, 0.25, 1.0).min(0.0),
    }
}

/// Mail addresses: shared more seldom, changed more often.
pub(super) fn mail(level: MailLevel, shares: &Shares, moved: &Moved) -> f64 {
    let of = Of(&moved[5]);
    match level {
        MailLevel::Same => of.bits(level as usize, 0.6, family(shares)).max(mail(MailLevel::Near, shares, moved)),
        MailLevel::Near => of.bits(level as usize, 0.05, 2e-5).max(0.0),
        MailLevel::Missing => 0.0,
        MailLevel::Different => of.bits(level as usize, 0.35, 1.0).min(0.0),
    }
}

/// Addresses.
pub(super) fn address(level: AddressLevel, shares: &Shares, moved: &Moved) -> f64 {
    let of = Of(&moved[6]);
    match level {
        AddressLevel::SameHouse => {
            of.bits(level as usize, 0.55, 3.0 * family(shares)).max(address(AddressLevel::SameStreet, shares, moved))
        }
        AddressLevel::SameStreet => of.bits(level as usize, 0.15, 2e-3).max(address(AddressLevel::SameTown, shares, moved)),
        AddressLevel::SameTown => of.bits(level as usize, 0.75, shares.town).max(0.0),
        AddressLevel::Missing => 0.0,
        AddressLevel::Different => of.bits(level as usize, 0.12, 0.95).min(0.0),
    }
}

/// The chance that two random people of the index share a line or a home.
fn family(shares: &Shares) -> f64 {
    (0.1 / shares.subjects.max(FEWEST)).clamp(1e-6, 1e-3)
}

/// The weights of all comparisons, in the order in which they are shown.
pub(super) fn all(levels: &Levels, shares: &Shares, moved: &Moved) -> [f64; 8] {
    [
        prior(shares.subjects),
        name(levels.name, levels.former, shares, moved),
        birth(levels.birth, moved),
        sex(levels.sex, moved),
        document(levels.document, moved),
        phone(levels.phone, shares, moved),
        mail(levels.mail, shares, moved),
        address(levels.address, shares, moved),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHARES: Shares = Shares { subjects: 50_000.0, name: 2e-5, sound: 1e-4, town: 0.05 };

    fn falls(weights: &[f64]) -> bool {
        weights.windows(2).all(|p| p[0] >= p[1])
    }

    proptest! {
        #[test]
        fn more_agreement_never_weighs_less_whatever_was_counted_or_learned(
            bits in proptest::collection::vec(-3.0..3.0f64, LEVELS * COMPARISONS),
            (subjects, name_share, sound, town) in (0.0..2e6f64, 1e-7..0.2f64, 1e-7..0.5f64, 0.005..1.0f64),
        ) {
            let mut moved = UNMOVED;
            for (to, from) in moved.iter_mut().flatten().zip(bits) {
                *to = from;
            }
            let shares = Shares { subjects, name: name_share, sound, town };
            use {AddressLevel as A, BirthLevel as B, DocumentLevel as D, MailLevel as M, NameLevel as N, PhoneLevel as P, SexLevel as S};
            for chain in [
                vec![N::Exact, N::SameShape, N::SimilarSound, N::OneMissing, N::OneDiffers, N::Surname, N::Different],
                vec![N::Exact, N::Reordered, N::Surname, N::Different],
                vec![N::Exact, N::SameSound, N::Surname, N::Different],
            ] {
                let weights: Vec<f64> = chain.into_iter().map(|l| name(l, false, &shares, &moved)).collect();
                prop_assert!(falls(&weights), "{weights:?}");
            }
            for near in [B::Swapped, B::OneDigit, B::YearOff, B::Lunar, B::SameYear] {
                prop_assert!(falls(&[B::Same, near, B::Missing, B::Different].map(|l| birth(l, &moved))));
            }
            prop_assert!(falls(&[S::Same, S::Missing, S::Different].map(|l| sex(l, &moved))));
            prop_assert!(falls(&[D::Same, D::Near, D::Missing, D::Different].map(|l| document(l, &moved))));
            prop_assert!(falls(&[P::Same, P::Near, P::OfRelative, P::Missing, P::Different].map(|l| phone(l, &shares, &moved))));
            prop_assert!(falls(&[M::Same, M::Near, M::Missing, M::Different].map(|l| mail(l, &shares, &moved))));
            prop_assert!(falls(&[A::SameHouse, A::SameStreet, A::SameTown, A::Missing, A::Different].map(|l| address(l, &shares, &moved))));
        }
    }

    #[test]
    fn a_rare_name_weighs_more_than_a_common_one() {
        let common = Shares { name: 3e-4, ..SHARES };
        let of = |shares| name(NameLevel::Exact, false, shares, &UNMOVED);
        assert!(of(&SHARES) > of(&common) + 3.0);
    }
}
