//! What registrars' decisions teach: they move the ratio m/u of the levels they were taken on, within bounds.
//!
//! The pairs a registrar sees are no sample of all pairs: they are those the program could not decide, so that counting their levels would
//! give the m and u of hard pairs, not of pairs. But which pairs are shown depends on their levels alone, and given the levels a decision
//! tells the odds of one person without bias. So the ratios are fitted to P(same | levels), the one thing the shown pairs do tell:
//! a logistic likelihood in the levels reached, with the estimates of `weights` as the starting point and a penalty on leaving it
//! (a normal prior of half a bit on each move: one surprising decision moves a level by less than a fifth of a bit, twenty by some two bits).
//!
//! Fixed sweeps over the levels in a fixed order: the same decisions give the same weights on every machine. No level moves by more than
//! [`MOST`] bits, values that are missing stay no evidence, and what a weight alone must never do (`decide`) stays as it is.

use super::levels::Levels;
use super::weights::{COMPARISONS, LEVELS, Moved, Shares, UNMOVED, all, slots};

/// The most a level moves, in bits.
pub(super) const MOST: f64 = 3.0;
/// The standard deviation of the prior on a move, in bits.
const SPREAD: f64 = 0.5;
/// Newton steps over all levels; the likelihood is concave, and far fewer are needed.
const SWEEPS: usize = 40;
/// Decisions that are looked at, the latest first.
pub(super) const DECISIONS: usize = 5_000;

/// A pair that was decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub levels: Levels,
    pub shares: Shares,
    pub same: bool,
}

struct Case {
    /// Bits before anything was learned.
    start: f64,
    slots: [Option<usize>; COMPARISONS],
    same: f64,
}

impl Case {
    fn probability(&self, moved: &Moved) -> f64 {
        let added: f64 = moved.iter().zip(&self.slots).filter_map(|(bits, slot)| bits.get((*slot)?)).sum();
        1.0 / (1.0 + (-(self.start + added)).exp2())
    }
}

/// How far the decisions move each level.
pub(super) fn learned(labels: &[Label]) -> Moved {
    let cases: Vec<Case> = labels
        .iter()
        .map(|l| Case {
            start: all(&l.levels, &l.shares, &UNMOVED).iter().sum(),
            slots: slots(&l.levels),
            same: if l.same { 1.0 } else { 0.0 },
        })
        .collect();
    let mut moved = UNMOVED;
    for _ in 0..SWEEPS {
        for comparison in 0..COMPARISONS {
            for level in 0..LEVELS {
                let carriers = || cases.iter().filter(|c| c.slots.get(comparison) == Some(&Some(level)));
                let (mut slope, mut bend, mut any) = (0.0, 0.0, false);
                for case in carriers() {
                    let p = case.probability(&moved);
                    slope += std::f64::consts::LN_2 * (case.same - p);
                    bend += std::f64::consts::LN_2 * std::f64::consts::LN_2 * p * (1.0 - p);
                    any = true;
                }
                let Some(bits) = moved.get_mut(comparison).and_then(|c| c.get_mut(level)).filter(|_| any) else { continue };
                slope -= *bits / (SPREAD * SPREAD);
                bend += 1.0 / (SPREAD * SPREAD);
                *bits = (*bits + (slope / bend).clamp(-0.5, 0.5)).clamp(-MOST, MOST);
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::super::decide::{Decision, judge};
    use super::super::levels::{AddressLevel, BirthLevel, DocumentLevel, MailLevel, PhoneLevel, SexLevel};
    use super::super::name::NameLevel;
    use super::*;

    const SHARES: Shares = Shares { subjects: 20_000.0, name: 3e-5, sound: 1.5e-4, town: 0.05 };

    /// SplitMix64.
    struct Dice(u64);

    impl Dice {
        fn share(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            f64::from(u32::try_from((z ^ (z >> 31)) >> 32).expect("32 bits")) / f64::from(u32::MAX)
        }

        fn of<T: Copy>(&mut self, from: &[(f64, T)]) -> T {
            let mut left = self.share() * from.iter().map(|(w, _)| w).sum::<f64>();
            for (weight, value) in from {
                left -= weight;
                if left <= 0.0 {
                    return *value;
                }
            }
            from[from.len() - 1].1
        }
    }

    /// Pairs as a registrar of one branch gets them: names alike, no document, whole villages with one mail box at the village's office,
    /// so that a mail address in common says next to nothing there.
    fn pairs(dice: &mut Dice, count: usize) -> Vec<Label> {
        let mut out = Vec::new();
        while out.len() < count {
            let same = dice.share() < 0.4;
            let birth = if same {
                dice.of(&[(0.6, BirthLevel::Missing), (0.3, BirthLevel::SameYear), (0.1, BirthLevel::OneDigit)])
            } else {
                dice.of(&[
                    (0.6, BirthLevel::Missing),
                    (0.1, BirthLevel::SameYear),
                    (0.1, BirthLevel::OneDigit),
                    (0.2, BirthLevel::Different),
                ])
            };
            let phone = if same {
                dice.of(&[(0.4, PhoneLevel::Missing), (0.3, PhoneLevel::Same), (0.3, PhoneLevel::Different)])
            } else {
                dice.of(&[(0.4, PhoneLevel::Missing), (0.02, PhoneLevel::Same), (0.58, PhoneLevel::Different)])
            };
            let levels = Levels {
                name: dice.of(&[(0.5, NameLevel::OneDiffers), (0.3, NameLevel::OneMissing), (0.2, NameLevel::SimilarSound)]),
                former: false,
                birth,
                sex: SexLevel::Same,
                document: DocumentLevel::Missing,
                phone,
                mail: dice.of(&[(0.5, MailLevel::Same), (0.5, MailLevel::Missing)]),
                address: dice.of(&[(0.7, AddressLevel::SameTown), (0.3, AddressLevel::Missing)]),
            };
            if judge(&levels, &SHARES, &UNMOVED).decision == Decision::Review {
                out.push(Label { levels, shares: SHARES, same });
            }
        }
        out
    }

    fn right(labels: &[Label], moved: &Moved) -> f64 {
        let right = labels.iter().filter(|l| (judge(&l.levels, &l.shares, moved).probability > 0.5) == l.same).count();
        f64::from(u32::try_from(right).expect("small")) / f64::from(u32::try_from(labels.len()).expect("small"))
    }

    #[test]
    fn decisions_move_a_wrong_weight_and_better_the_judgement_of_pairs_never_seen() {
        let mut dice = Dice(3);
        let (seen, held_out) = (pairs(&mut dice, 300), pairs(&mut dice, 2_000));
        let moved = learned(&seen);
        let (before, after) = (right(&held_out, &UNMOVED), right(&held_out, &moved));
        println!("held-out pairs judged right: {before:.3} before, {after:.3} after 300 decisions");
        assert!(moved[5][MailLevel::Same as usize] < -1.0, "the village's mail box weighs less: {:?}", moved[5]);
        assert!(after > before + 0.05, "{before} {after}");
    }

    #[test]
    fn learning_is_repeatable_bounded_and_leaves_what_was_not_seen() {
        let labels = pairs(&mut Dice(5), 500);
        let moved = learned(&labels);
        assert_eq!(moved, learned(&labels));
        let backwards: Vec<Label> = labels.iter().rev().copied().collect();
        for (a, b) in moved.iter().flatten().zip(learned(&backwards).iter().flatten()) {
            assert!((a - b).abs() < 1e-9, "the order of decisions does not matter");
        }
        assert!(moved.iter().flatten().all(|bits| bits.abs() <= MOST));
        assert_eq!(moved[3], [0.0; LEVELS], "no document was compared");
        assert_eq!(learned(&[]), UNMOVED);
    }

    #[test]
    fn one_surprising_decision_hardly_moves_anything() {
        let levels = Levels {
            name: NameLevel::Exact,
            former: false,
            birth: BirthLevel::Missing,
            sex: SexLevel::Missing,
            document: DocumentLevel::Missing,
            phone: PhoneLevel::Same,
            mail: MailLevel::Missing,
            address: AddressLevel::SameTown,
        };
        let moved = learned(&[Label { levels, shares: SHARES, same: false }]);
        assert!(moved.iter().flatten().all(|bits| bits.abs() < 0.2), "{moved:?}");
    }

    #[test]
    fn no_number_of_decisions_joins_what_a_weight_alone_must_not() {
        let twins = Levels {
            name: NameLevel::OneDiffers,
            former: false,
            birth: BirthLevel::Same,
            sex: SexLevel::Same,
            document: DocumentLevel::Missing,
            phone: PhoneLevel::Same,
            mail: MailLevel::Same,
            address: AddressLevel::SameHouse,
        };
        let moved = learned(&vec![Label { levels: twins, shares: SHARES, same: true }; 1_000]);
        assert_eq!(judge(&twins, &SHARES, &moved).decision, Decision::Review);
    }
}
