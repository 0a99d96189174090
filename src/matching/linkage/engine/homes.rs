//! Pairs that share what homes share, whatever else they show.
//!
//! The pairs worth keeping are those that may be one person. Of the people of one home that are twins and namesakes: where few columns
//! tell more, brothers and sisters weigh too little to be kept. Seen through them alone a home would be where birth dates and given names
//! agree. A sample of the rows of one surname and one place shows homes as they are.

use rayon::prelude::*;

use super::atoms::float;
use super::fields::{Kind, index};
use super::hash::{Sequence, spread};
use super::model::Pair;
use super::work::Work;

/// Pairs looked at.
const SAMPLE: usize = 100_000;

/// Pairs of one surname and one place that were not worth keeping, and for how many each of them stands.
#[derive(Default)]
pub(super) struct Homes {
    pub pairs: Vec<Pair>,
    pub each: f64,
}

impl Homes {
    /// `kept` in the order of its rows.
    pub(super) fn new(work: &Work, kept: &[Pair]) -> Self {
        let shared: Vec<_> = work.fields.iter().filter(|f| f.kind == Kind::Surname || f.kind.of_the_place()).collect();
        if work.surname.is_none() || shared.len() < 2 {
            return Self::default();
        }
        // The rows by what they share; those that do not tell it left out.
        let mut rows: Vec<(u64, u32)> = (0..work.rows)
            .filter_map(|row| {
                let mut code = 0;
                for part in shared.iter().flat_map(|f| &f.parts) {
                    match part.id(row) {
                        0 => return None,
                        id => code = spread(code ^ u64::from(id)).wrapping_add(1),
                    }
                }
                Some((code, u32::try_from(row).ok()?))
            })
            .collect();
        rows.par_sort_unstable();
        let groups: Vec<&[(u64, u32)]> = rows.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1).collect();
        let left = |group: &[(u64, u32)]| group.partition_point(|(_, row)| index(*row) < work.left);
        let mut ends = Vec::with_capacity(groups.len());
        let mut all = 0usize;
        for group in &groups {
            let n = group.len();
            let l = left(group);
            all += if work.two { l * (n - l) } else { n * (n - 1) / 2 };
            ends.push(all);
        }
        let pick = |n: usize| {
            let at = ends.partition_point(|end| *end <= n);
            let group = groups[at];
            let n = n - if at == 0 { 0 } else { ends[at - 1] };
            let (a, b) = if work.two {
                let right = group.len() - left(group);
                (n / right, left(group) + n % right)
            } else {
                of_triangle(n)
            };
            (group[a].1, group[b].1)
        };
        let (places, each): (Vec<usize>, f64) = if all <= SAMPLE {
            ((0..all).collect(), 1.0)
        } else {
            let mut sequence = Sequence::new(11);
            ((0..SAMPLE).map(|_| sequence.below(all)).collect(), float(all) / float(SAMPLE))
        };
        let pairs = places
            .into_par_iter()
            .map(pick)
            .filter(|pair| kept.binary_search_by_key(pair, |p| (p.a, p.b)).is_err())
            .map(|(a, b)| work.pair(a, b))
            .collect();
        Self { pairs, each }
    }
}

/// The n-th pair (i, j) with i < j, ordered by j.
fn of_triangle(n: usize) -> (usize, usize) {
    let mut j = (2 * n).isqrt();
    while j * (j + 1) / 2 > n {
        j -= 1;
    }
    while (j + 1) * (j + 2) / 2 <= n {
        j += 1;
    }
    (n - j * (j + 1) / 2, j + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_a_group_has_its_number() {
        let expected: Vec<(usize, usize)> = (1..40).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
        assert_eq!((0..expected.len()).map(of_triangle).collect::<Vec<_>>(), expected);
    }
}
