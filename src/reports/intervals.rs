//! Confidence intervals at 95 %: Wilson for proportions, Garwood's exact one for Poisson counts; and the rule of small numbers.

use serde::Serialize;

use super::Lang;
use super::special::{Z975, gamma_pq};

/// Both ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Below this denominator counts are printed, not percentages (issue 6, small-number rule).
pub const SMALL_DENOMINATOR: u64 = 20;

/// Wilson's score interval for `hits` of `of` (Wilson 1927). None of nobody.
pub fn wilson(hits: u64, of: u64) -> Option<Interval> {
    if of == 0 || hits > of {
        return None;
    }
    let (n, p, z2) = (of as f64, hits as f64 / of as f64, Z975 * Z975);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z975 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if hits == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if hits == of { 1.0 } else { (centre + half).min(1.0) };
    Some(Interval { low, high })
}

/// The difference of two shares with Newcombe's interval (Newcombe 1998, method 10: Wilson's of each put together). None where either is of
/// nobody.
pub fn newcombe(one: (u64, u64), other: (u64, u64)) -> Option<(f64, Interval)> {
    let (a, b) = (wilson(one.0, one.1)?, wilson(other.0, other.1)?);
    let (p, q) = (one.0 as f64 / one.1 as f64, other.0 as f64 / other.1 as f64);
    let apart = p - q;
    let low = apart - ((p - a.low).powi(2) + (b.high - q).powi(2)).sqrt();
    let high = apart + ((a.high - p).powi(2) + (q - b.low).powi(2)).sqrt();
    Some((apart, Interval { low, high }))
}

/// Garwood's exact interval for the mean of a Poisson count (Garwood 1936), each tail at most 2.5 %.
pub fn garwood(count: u64) -> Interval {
    let x = count as f64;
    // P(N ≥ x | mean) = P(x, mean); P(N ≤ x | mean) = Q(x + 1, mean).
    let low = if count == 0 { 0.0 } else { solve(x, |mean| gamma_pq(x, mean).0 - 0.025) };
    Interval { low, high: solve(x + 1.0, |mean| 0.025 - gamma_pq(x + 1.0, mean).1) }
}

/// The root of an increasing function of the mean, by bisection to the last bits.
fn solve(near: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, near + 10.0 * near.sqrt() + 20.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// A proportion with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// How many.
    pub hits: u64,
    /// Of how many.
    pub of: u64,
    /// `hits / of`; none of nobody.
    pub share: Option<f64>,
    /// Wilson's interval.
    pub interval: Option<Interval>,
}

impl Proportion {
    /// So many of so many; more than all counts as all.
    pub fn new(hits: u64, of: u64) -> Self {
        let hits = hits.min(of);
        Self { hits, of, share: (of > 0).then(|| hits as f64 / of as f64), interval: wilson(hits, of) }
    }

    /// Whether the small-number rule forbids a percentage and a place in a ranking.
    pub const fn small(&self) -> bool {
        self.of < SMALL_DENOMINATOR
    }

    /// As printed: `69%（62–75）`, or `3 人中 1 人` where the denominator is small.
    pub fn print(&self, lang: Lang) -> String {
        match (self.share, self.interval) {
            (Some(share), Some(i)) if !self.small() => {
                let (low, high) = (100.0 * i.low, 100.0 * i.high);
                match lang {
                    Lang::Zh => format!("{:.0}%（{low:.0}–{high:.0}）", 100.0 * share),
                    Lang::En => format!("{:.0}% ({low:.0}–{high:.0})", 100.0 * share),
                }
            }
            _ => match lang {
                Lang::Zh => format!("{} 人中 {} 人", self.of, self.hits),
                Lang::En => format!("{} of {}", self.hits, self.of),
            },
        }
    }
}

/// A rate of events in person-time with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// How many events.
    pub events: u64,
    /// Person-years.
    pub person_years: f64,
    /// Events a person-year; none without person-time.
    pub rate: Option<f64>,
    /// Garwood's interval of the rate.
    pub interval: Option<Interval>,
}

impl Rate {
    /// So many events in so many person-years.
    pub fn new(events: u64, person_years: f64) -> Self {
        let some = person_years > 0.0;
        let i = garwood(events);
        Self {
            events,
            person_years,
            rate: some.then(|| events as f64 / person_years),
            interval: some.then(|| Interval { low: i.low / person_years, high: i.high / person_years }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombe_meets_the_published_figures() {
        // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
        for (one, other, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let (apart, i) = newcombe(one, other).unwrap();
            assert!((i.low - low).abs() < 5e-5 && (i.high - high).abs() < 5e-5, "{one:?} {other:?}: {i:?}");
            assert!(i.low <= apart && apart <= i.high);
        }
        assert_eq!(newcombe((0, 0), (1, 2)), None);
    }

    #[test]
    fn wilson_meets_the_published_figures() {
        // docs/domain.md 4.4
        for (hits, of, low, high) in
            [(1894, 3529, 0.5202, 0.5531), (604, 889, 0.6480, 0.7093), (77, 146, 0.4468, 0.6066), (2, 12, 0.0470, 0.4480)]
        {
            let i = wilson(hits, of).unwrap();
            assert!((i.low - low).abs() < 5e-5 && (i.high - high).abs() < 5e-5, "{hits}/{of}: {i:?}");
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(0, 9).map(|i| i.low), Some(0.0));
        assert_eq!(wilson(9, 9).map(|i| i.high), Some(1.0));
    }

    #[test]
    fn garwood_meets_the_tables_of_the_exact_poisson_interval() {
        // Chi-squared quantiles: chi2(0.025, 2x)/2 and chi2(0.975, 2x + 2)/2.
        for (count, low, high) in [
            (0, 0.0, 3.688_879_454),
            (1, 0.025_317_808, 5.571_643_391),
            (10, 4.795_388_697, 18.390_356_04),
            (100, 81.363_991_251, 121.626_793_792),
        ] {
            let i = garwood(count);
            assert!((i.low - low).abs() < 1e-6 && (i.high - high).abs() < 1e-6, "{count}: {i:?}");
        }
    }

    #[test]
    fn a_small_denominator_prints_counts_and_no_percentage() {
        assert_eq!(Proportion::new(1, 3).print(Lang::Zh), "3 人中 1 人");
        assert_eq!(Proportion::new(148, 215).print(Lang::Zh), "69%（62–75）");
        assert_eq!(Proportion::new(0, 0).print(Lang::En), "0 of 0");
    }
}
