//! The log-rank test of any number of groups (Mantel 1966, Peto & Peto 1972), with delayed entry.

use serde::Serialize;

use super::Observation;
use crate::reports::special::chi2_tail;

/// The test's result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LogRank {
    /// The statistic.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: u64,
    /// The upper tail of the chi-squared distribution.
    pub p: f64,
}

/// Compares groups numbered from 0; none with fewer than two groups, or where no two groups are ever at risk together.
pub fn log_rank(observations: &[Observation], groups: usize) -> Option<LogRank> {
    if groups < 2 {
        return None;
    }
    let mut by_time = observations.to_vec();
    by_time.sort_unstable_by(|a, b| a.time.total_cmp(&b.time));
    let mut by_entry: Vec<(f64, usize)> = observations.iter().map(|o| (o.entry, o.group)).collect();
    by_entry.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut at_risk = vec![0.0f64; groups];
    let mut excess = vec![0.0f64; groups];
    let mut cov = vec![vec![0.0f64; groups]; groups];
    let (mut entered, mut left) = (0, 0);
    while let Some(first) = by_time.get(left) {
        let time = first.time;
        while let Some((_, group)) = by_entry.get(entered).filter(|(entry, _)| *entry < time) {
            at_risk[*group] += 1.0;
            entered += 1;
        }
        let ending = by_time[left..].partition_point(|o| o.time <= time);
        let ends = &by_time[left..left + ending];
        let n: f64 = at_risk.iter().sum();
        let d = ends.iter().filter(|o| o.cause > 0).count() as f64;
        if d > 0.0 {
            ends.iter().filter(|o| o.cause > 0).for_each(|o| excess[o.group] += 1.0);
            // Hypergeometric variance; nought where only one is at risk.
            let scale = if n > 1.0 { d * (n - d) / (n * n * (n - 1.0)) } else { 0.0 };
            for i in (0..groups).filter(|i| at_risk[*i] > 0.0) {
                excess[i] -= d * at_risk[i] / n;
                cov[i][i] += scale * at_risk[i] * n;
                for j in 0..groups {
                    cov[i][j] -= scale * at_risk[i] * at_risk[j];
                }
            }
        }
        for o in ends {
            at_risk[o.group] -= 1.0;
        }
        left += ending;
    }
    let (chi2, df) = quadratic(cov, excess);
    (df > 0).then(|| LogRank { chi2, df, p: chi2_tail(chi2, df as f64) })
}

/// `x' A⁻ x` with a generalised inverse of the covariance, and its rank: elimination on the diagonal, the largest pivot first.
fn quadratic(mut a: Vec<Vec<f64>>, mut x: Vec<f64>) -> (f64, u64) {
    let size = x.len();
    let scale = (0..size).map(|i| a[i][i]).fold(0.0f64, f64::max);
    let mut free: Vec<usize> = (0..size).collect();
    let (mut sum, mut rank) = (0.0, 0);
    while let Some(pivot) = free.iter().copied().max_by(|i, j| a[*i][*i].total_cmp(&a[*j][*j])) {
        if a[pivot][pivot] <= scale * 1e-10 {
            break;
        }
        free.retain(|i| *i != pivot);
        sum += x[pivot] * x[pivot] / a[pivot][pivot];
        rank += 1;
        for i in free.iter().copied() {
            let factor = a[i][pivot] / a[pivot][pivot];
            x[i] -= factor * x[pivot];
            for j in free.iter().copied() {
                a[i][j] -= factor * a[pivot][j];
            }
        }
    }
    (sum, rank)
}

#[cfg(test)]
mod tests {
    use super::super::curve::tests::{PLACEBO, SIX_MP, arm};
    use super::*;

    #[test]
    fn freireich_is_as_published() {
        let mut both = arm(&SIX_MP, 0);
        both.extend(arm(&PLACEBO, 1));
        let test = log_rank(&both, 2).unwrap();
        assert!((test.chi2 - 16.792_941).abs() < 5e-7);
        assert!((test.p - 4.168_809e-5).abs() < 5e-12);
        assert_eq!(test.df, 1);
    }

    #[test]
    fn a_group_without_anybody_does_not_add_a_degree_of_freedom() {
        let mut both = arm(&SIX_MP, 0);
        both.extend(arm(&PLACEBO, 2));
        let three = log_rank(&both, 3).unwrap();
        assert_eq!(three.df, 1);
        assert!((three.chi2 - 16.792_941).abs() < 5e-7);
    }

    #[test]
    fn three_equal_groups_do_not_differ() {
        let all: Vec<_> = (0..3).flat_map(|g| arm(&SIX_MP, g)).collect();
        let test = log_rank(&all, 3).unwrap();
        assert!(test.chi2 < 1e-20 && test.df == 2 && test.p > 0.999_999);
        assert_eq!(log_rank(&all, 1), None);
    }
}
