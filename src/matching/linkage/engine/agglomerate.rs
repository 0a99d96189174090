//! From pairs to people: clusters are joined, the likeliest first, by what all their rows show together.
//!
//! Two clusters are compared as one pair of rows would be, but every value of the one may have been copied from any row of the other: the
//! likelihood of what a field shows is the mean over the pairs of rows that tell it. A copy of a row therefore adds nothing, a row that
//! holds the slips of another counts against it no more than once, and no chain of weak links makes one person, since every field is
//! asked of all rows. What both clusters hold twice is no slip of the pen on either side: where it contradicts, one slip does not
//! explain it.

use super::cluster::Link;
use super::model::{Pair, Weights, against_all};

/// What it takes off, in bits, that two clusters contradict each other in a value of which each holds two copies: a second slip of the
/// same kind, one in some thirty values.
const SECOND_SLIP: f64 = 5.0;

/// What the pairs of rows between two clusters show in one field.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    /// Odds of one person, of one home and of one neighbourhood, summed over the pairs that tell.
    odds: [f32; 3],
    /// How many pairs tell.
    told: u32,
    /// Some pair agrees in full.
    same: bool,
    /// Some pair does not contradict.
    alike: bool,
}

impl Shown {
    fn of(weights: &Weights, pair: &Pair, field: usize) -> Self {
        let level = pair.level(field);
        if level == 0 {
            return Self::default();
        }
        #[expect(clippy::cast_possible_truncation, reason = "weights lie within a hundred bits, and seven digits are plenty")]
        let odds = weights.shown(pair, field).map(|bits| bits.exp2() as f32);
        Self { odds, told: 1, same: level == 1, alike: !weights.contradicts(pair, field) }
    }

    fn add(&mut self, other: &Self) {
        for (sum, odds) in self.odds.iter_mut().zip(other.odds) {
            *sum += odds;
        }
        self.told += other.told;
        self.same |= other.same;
        self.alike |= other.alike;
    }

    /// The mean odds, in bits.
    fn bits(&self) -> [f64; 3] {
        self.odds.map(|sum| (f64::from(sum) / f64::from(self.told)).log2())
    }
}

/// One group on its way to clusters. What is between two clusters stands at the place of their first rows, the smaller first.
struct Joining<'a> {
    weights: &'a Weights,
    clusters: Vec<Vec<usize>>,
    between: Vec<f64>,
    shown: Vec<Shown>,
    /// By cluster and field: two of its rows hold the same value.
    confirmed: Vec<bool>,
}

const fn place(i: usize, j: usize) -> usize {
    let (i, j) = if i < j { (i, j) } else { (j, i) };
    j * (j - 1) / 2 + i
}

impl<'a> Joining<'a> {
    fn new(group: &[u32], pair: impl Fn(u32, u32) -> Pair, weights: &'a Weights) -> Self {
        let (n, width) = (group.len(), weights.fields);
        let mut between = Vec::with_capacity(n * n / 2);
        let mut shown = Vec::with_capacity(n * n / 2 * width);
        for (j, b) in group.iter().enumerate() {
            for a in group.iter().take(j) {
                let pair = pair(*a, *b);
                between.push(weights.weight(&pair));
                shown.extend((0..width).map(|f| Shown::of(weights, &pair, f)));
            }
        }
        Self { weights, clusters: (0..n).map(|i| vec![i]).collect(), between, shown, confirmed: vec![false; n * width] }
    }

    /// The two clusters that are likeliest to be one person, at `cut` bits or more.
    fn likeliest(&self, cut: f64) -> Option<(f64, usize, usize)> {
        let left: Vec<usize> = (0..self.clusters.len()).filter(|i| !self.clusters[*i].is_empty()).collect();
        let mut best: Option<(f64, usize, usize)> = None;
        for (x, i) in left.iter().enumerate() {
            for j in left.iter().skip(x + 1) {
                let weight = self.between[place(*i, *j)];
                if weight >= cut && best.is_none_or(|(b, _, _)| weight > b) {
                    best = Some((weight, *i, *j));
                }
            }
        }
        best
    }

    /// Puts cluster `j` into cluster `i`.
    fn join(&mut self, i: usize, j: usize) {
        let width = self.weights.fields;
        for f in 0..width {
            self.confirmed[i * width + f] |= self.confirmed[j * width + f] || self.shown[place(i, j) * width + f].same;
        }
        let moved = std::mem::take(&mut self.clusters[j]);
        self.clusters[i].extend(moved);
        for k in (0..self.clusters.len()).filter(|k| *k != i) {
            if !self.clusters[k].is_empty() {
                for f in 0..width {
                    let more = self.shown[place(j, k) * width + f];
                    self.shown[place(i, k) * width + f].add(&more);
                }
                self.between[place(i, k)] = self.weigh(i, k);
            }
        }
    }

    fn weigh(&self, i: usize, k: usize) -> f64 {
        let width = self.weights.fields;
        let mut bits = self.weights.prior_odds();
        for f in 0..width {
            let shown = &self.shown[place(i, k) * width + f];
            if shown.told > 0 {
                for (sum, field) in bits.iter_mut().zip(shown.bits()) {
                    *sum += field;
                }
                if !shown.alike && self.confirmed[i * width + f] && self.confirmed[k * width + f] {
                    bits[0] -= SECOND_SLIP;
                }
            }
        }
        against_all(bits)
    }
}

/// The clusters of one group of rows, each sorted, and for every pair of rows in one of them the weight of the join that brought them
/// together, `cut` bits at least.
pub(super) fn agglomerate(group: &[u32], pair: impl Fn(u32, u32) -> Pair, weights: &Weights, cut: f64) -> (Vec<Vec<u32>>, Vec<Link>) {
    let mut all = Joining::new(group, pair, weights);
    let mut joined = Vec::new();
    while let Some((weight, i, j)) = all.likeliest(cut) {
        for x in &all.clusters[i] {
            for y in &all.clusters[j] {
                joined.push(Link { a: group[*x].min(group[*y]), b: group[*x].max(group[*y]), weight });
            }
        }
        all.join(i, j);
    }
    let clusters = all.clusters.into_iter().filter(|c| !c.is_empty()).map(|c| {
        let mut rows: Vec<u32> = c.into_iter().map(|i| group[i]).collect();
        rows.sort_unstable();
        rows
    });
    (clusters.collect(), joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::linkage::engine::compare::{DIFFERENT, Seen};
    use crate::matching::linkage::engine::fields::{FIELDS, Kind};

    const KINDS: [Kind; 3] = [Kind::Surname, Kind::Given, Kind::Birth];

    /// Even odds take one full agreement and a half; a difference takes one back.
    fn weights() -> Weights {
        Weights::linear(-9.0, &KINDS, |_, level, _| match level {
            1 => 6.0,
            5 => -6.0,
            _ => 1.0,
        })
    }

    /// Values by row and field: the same number is the same value, 0 is none.
    fn pair_of(rows: &[[u8; 3]]) -> impl Fn(u32, u32) -> Pair {
        move |a, b| {
            let mut seen = [Seen::default(); FIELDS];
            for (s, (x, y)) in seen.iter_mut().zip(rows[a as usize].iter().zip(rows[b as usize])) {
                let told = *x != 0 && y != 0;
                s.level = if !told {
                    0
                } else if *x == y {
                    1
                } else {
                    DIFFERENT
                };
            }
            Pair::new(a, b, &seen)
        }
    }

    fn clusters(rows: &[[u8; 3]]) -> Vec<Vec<u32>> {
        let group: Vec<u32> = (0..u32::try_from(rows.len()).unwrap()).collect();
        agglomerate(&group, pair_of(rows), &weights(), 0.0).0
    }

    #[test]
    fn a_chain_of_links_with_contradicting_ends_is_not_one_person() {
        // Each row shares two values with the next, the ends share none.
        let chain = [[1, 1, 1], [1, 1, 0], [1, 2, 2], [0, 2, 2]];
        assert_eq!(clusters(&chain), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_pair_that_shows_too_little_is_won_back_by_what_others_show() {
        // Rows 0 and 2 share one value only and tell no other together; row 1 has all.
        let rows = [[1, 1, 0], [1, 1, 1], [1, 0, 1]];
        assert!(weights().weight(&pair_of(&rows)(0, 2)) < 0.0);
        let (found, joined) = agglomerate(&[0, 1, 2], pair_of(&rows), &weights(), 0.0);
        assert_eq!((found, joined.len()), (vec![vec![0, 1, 2]], 3));
        assert!(joined.iter().all(|l| l.weight >= 3.0 - 1e-6), "{joined:?}");
    }

    #[test]
    fn copies_of_a_row_weigh_no_more_than_the_row() {
        let alone = weights().weight(&pair_of(&[[1, 1, 1], [1, 1, 2]])(0, 1));
        let rows = [[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 2]];
        let kept = weights();
        let mut all = Joining::new(&[0, 1, 2, 3], pair_of(&rows), &kept);
        all.join(0, 1);
        all.join(0, 2);
        assert!((all.weigh(0, 3) - alone).abs() < 1e-5, "{} {alone}", all.weigh(0, 3));
    }

    #[test]
    fn what_both_hold_twice_and_differently_is_no_slip() {
        // A father and a son of one name, each written twice.
        let rows = [[1, 1, 1], [1, 1, 1], [1, 1, 2], [1, 1, 2]];
        let kept = weights();
        let mut all = Joining::new(&[0, 1, 2, 3], pair_of(&rows), &kept);
        all.join(0, 1);
        let one_side = all.weigh(0, 2);
        all.join(2, 3);
        assert!((one_side - SECOND_SLIP - all.weigh(0, 2)).abs() < 1e-5);
        // A surname may be held twice on either side: people marry.
        let married = [[1, 1, 1], [1, 1, 1], [2, 1, 1], [2, 1, 1]];
        let mut all = Joining::new(&[0, 1, 2, 3], pair_of(&married), &kept);
        all.join(0, 1);
        let one_side = all.weigh(0, 2);
        all.join(2, 3);
        assert!((one_side - all.weigh(0, 2)).abs() < 1e-5);
    }
}
