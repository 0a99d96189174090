//! Whether two kinds of request can be told apart by time.

use std::time::Duration;

use super::dice::Dice;

/// What two series of measurements say.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// Welch's t over the cropped series: beyond ±4.5 a difference is taken as shown (dudect, Reparaz et al. 2017).
    pub t: f64,
    /// Seconds.
    pub median_left: f64,
    /// Seconds.
    pub median_right: f64,
    /// Measurements of each kind that were kept.
    pub kept: (usize, usize),
}

impl Comparison {
    /// The medians' distance as a share of the smaller one.
    pub fn median_gap(&self) -> f64 {
        (self.median_left - self.median_right).abs() / self.median_left.min(self.median_right)
    }
}

/// Measures two kinds of request `rounds` times each, in random order, after a tenth of that as warm-up.
///
/// Random order keeps a drift of the machine from landing on one kind. `measure(kind)` is called with `false` for left, `true` for right.
pub fn interleave(rounds: usize, seed: u64, mut measure: impl FnMut(bool) -> Duration) -> Comparison {
    let mut dice = Dice::new(seed);
    let mut series = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds / 10 {
        measure(false);
        measure(true);
    }
    while series.0.len() < rounds || series.1.len() < rounds {
        let right = match (series.0.len() < rounds, series.1.len() < rounds) {
            (true, true) => dice.below(2) == 1,
            (left_open, _) => !left_open,
        };
        let took = measure(right).as_secs_f64();
        if right { series.1.push(took) } else { series.0.push(took) }
    }
    compare(&series.0, &series.1)
}

/// Compares two series of seconds. Values beyond the common 90th percentile are left out: they measure the machine's other work.
pub fn compare(left: &[f64], right: &[f64]) -> Comparison {
    let mut all: Vec<f64> = left.iter().chain(right).copied().collect();
    all.sort_by(f64::total_cmp);
    let limit = all[all.len() * 9 / 10];
    let crop = |series: &[f64]| series.iter().copied().filter(|s| *s <= limit).collect::<Vec<_>>();
    let (kept_left, kept_right) = (crop(left), crop(right));
    Comparison {
        t: welch(&kept_left, &kept_right),
        median_left: median(left),
        median_right: median(right),
        kept: (kept_left.len(), kept_right.len()),
    }
}

/// Welch's t statistic (Welch 1947): the difference of the means over its standard error, variances not assumed equal.
#[allow(clippy::cast_precision_loss, reason = "series are short")]
pub fn welch(left: &[f64], right: &[f64]) -> f64 {
    let mean = |s: &[f64]| s.iter().sum::<f64>() / s.len() as f64;
    let square_error = |s: &[f64], m: f64| s.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (s.len() - 1) as f64 / s.len() as f64;
    let (l, r) = (mean(left), mean(right));
    let error = (square_error(left, l) + square_error(right, r)).sqrt();
    if error == 0.0 { if l == r { 0.0 } else { f64::INFINITY.copysign(l - r) } } else { (l - r) / error }
}

fn median(series: &[f64]) -> f64 {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

#[test]
fn welch_gives_the_value_computed_elsewhere() {
    // Two series whose statistic was computed apart, from the definition, in another language.
    let a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    let b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0, 23.9];
    assert!((welch(&a, &b) - -2.835_264).abs() < 1e-5, "{}", welch(&a, &b));
}

#[test]
fn equal_work_is_not_told_apart_and_two_percent_more_is() {
    // The same noise for both: uniform over 10 % of the whole, and an outlier now and then.
    let series = |extra: f64| {
        let mut dice = Dice::new(3);
        interleave(4000, 11, |right| {
            let noise = dice.unit() * 100e-6 + if dice.below(50) == 0 { 5e-3 } else { 0.0 };
            Duration::from_secs_f64(1e-3 + noise + if right { extra } else { 0.0 })
        })
    };
    let same = series(0.0);
    assert!(same.t.abs() < 3.0 && same.median_gap() < 0.01, "{same:?}");
    let slower = series(20e-6);
    assert!(slower.t < -4.5, "{slower:?}");
}
