//! Kaplan-Meier (1958) with Greenwood's variance (1926) and the log-log interval (Kalbfleisch & Prentice).

use serde::Serialize;

use super::{Observation, moments};
use crate::reports::special::Z975;

/// A Kaplan-Meier curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Subjects.
    pub n: u64,
    /// Events of any cause.
    pub events: u64,
    /// The smallest time with S(t) ≤ 0.5.
    pub median: Option<f64>,
    /// One row for every distinct time at which an observation ends.
    pub rows: Vec<CurveRow>,
}

/// The curve from one time to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurveRow {
    /// The time.
    pub time: f64,
    /// Subjects with entry < time ≤ end.
    pub at_risk: u64,
    /// Events at the time.
    pub events: u64,
    /// Observations that end at the time without event.
    pub censored: u64,
    /// S(time).
    pub survival: f64,
    /// Greenwood's standard error; 0 at S = 1, none at S = 0.
    pub greenwood_se: Option<f64>,
    /// The log-log interval at 95 %; none at S = 0 and S = 1.
    pub ci_loglog: [Option<f64>; 2],
}

/// Rounding of a product of fractions never moves the median.
const ROUNDING: f64 = 1e-12;

/// The curve of a set of observations.
pub fn kaplan_meier(observations: &[Observation]) -> Curve {
    let (mut survival, mut greenwood) = (1.0f64, 0.0f64);
    let mut rows = Vec::new();
    let mut total = 0;
    let mut gone = false;
    moments(observations, |m| {
        let events = m.ending.iter().filter(|o| o.cause > 0).count() as u64;
        total += events;
        if events > 0 {
            let (d, n) = (events as f64, m.at_risk as f64);
            survival *= (n - d) / n;
            greenwood += d / (n * (n - d));
            gone |= events == m.at_risk;
        }
        let whole = greenwood == 0.0 && !gone;
        rows.push(CurveRow {
            time: m.time,
            at_risk: m.at_risk,
            events,
            censored: m.ending.len() as u64 - events,
            survival,
            greenwood_se: if gone { None } else { Some(survival * greenwood.sqrt()) },
            ci_loglog: if gone || whole { [None, None] } else { log_log(survival, greenwood) },
        });
    });
    let median = rows.iter().find(|r| r.survival <= 0.5 + ROUNDING).map(|r| r.time);
    Curve { n: observations.len() as u64, events: total, median, rows }
}

fn log_log(survival: f64, greenwood: f64) -> [Option<f64>; 2] {
    let width = (Z975 * greenwood.sqrt() / survival.ln().abs()).exp();
    [Some(survival.powf(width)), Some(survival.powf(1.0 / width))]
}

impl Curve {
    /// S at a time: 1 before the first row.
    pub fn at(&self, time: f64) -> f64 {
        let rows = self.rows.partition_point(|r| r.time <= time);
        rows.checked_sub(1).and_then(|at| self.rows.get(at)).map_or(1.0, |r| r.survival)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn seen(time: f64, cause: u32) -> Observation {
        Observation { entry: f64::NEG_INFINITY, time, cause, group: 0 }
    }

    /// Freireich 1963, 6-MP arm: weeks, negative where censored.
    pub const SIX_MP: [i32; 21] = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35];
    /// Freireich 1963, placebo arm.
    pub const PLACEBO: [i32; 21] = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

    pub fn arm(weeks: &[i32], group: usize) -> Vec<Observation> {
        weeks.iter().map(|w| Observation { group, ..seen(f64::from(w.abs()), u32::from(*w > 0)) }).collect()
    }

    #[test]
    fn the_six_mp_arm_of_freireich_is_as_published() {
        let curve = kaplan_meier(&arm(&SIX_MP, 0));
        let published = [
            (6.0, 21, 3, 0.857_143, 0.076_360),
            (7.0, 17, 1, 0.806_723, 0.086_935),
            (10.0, 15, 1, 0.752_941, 0.096_350),
            (13.0, 12, 1, 0.690_196, 0.106_815),
            (16.0, 11, 1, 0.627_451, 0.114_054),
            (22.0, 7, 1, 0.537_815, 0.128_234),
            (23.0, 6, 1, 0.448_179, 0.134_591),
        ];
        let rows: Vec<_> = curve.rows.iter().filter(|r| r.events > 0).collect();
        assert_eq!(rows.len(), published.len());
        for (row, (time, at_risk, events, survival, se)) in rows.into_iter().zip(published) {
            assert_eq!((row.time, row.at_risk, row.events), (time, at_risk, events));
            assert!((row.survival - survival).abs() < 5e-7, "S({time})");
            assert!((row.greenwood_se.unwrap() - se).abs() < 5e-7, "SE({time})");
        }
        assert_eq!(curve.median, Some(23.0));
    }

    #[test]
    fn the_placebo_arm_ends_at_nought_without_an_interval() {
        let curve = kaplan_meier(&arm(&PLACEBO, 0));
        assert_eq!(curve.median, Some(8.0));
        let last = curve.rows.last().unwrap();
        assert_eq!((last.survival, last.greenwood_se, last.ci_loglog), (0.0, None, [None, None]));
        let s: Vec<f64> = curve.rows.iter().map(|r| (r.survival * 21.0).round()).collect();
        assert_eq!(s, [19.0, 17.0, 16.0, 14.0, 12.0, 8.0, 6.0, 4.0, 3.0, 2.0, 1.0, 0.0]);
    }

    #[test]
    fn who_enters_late_is_at_risk_only_after_the_entry() {
        let late = |entry, time, cause| Observation { entry, time, cause, group: 0 };
        let curve = kaplan_meier(&[late(0.0, 2.0, 1), late(0.0, 4.0, 0), late(2.0, 5.0, 1), late(3.0, 6.0, 1)]);
        let at_risk: Vec<u64> = curve.rows.iter().map(|r| r.at_risk).collect();
        assert_eq!(at_risk, [2, 3, 2, 1]);
        assert_eq!(curve.rows[0].survival, 0.5);
    }

    #[test]
    fn before_the_first_event_the_error_is_nought_and_there_is_no_interval() {
        let curve = kaplan_meier(&[seen(1.0, 0), seen(2.0, 1), seen(3.0, 0)]);
        assert_eq!((curve.rows[0].greenwood_se, curve.rows[0].ci_loglog), (Some(0.0), [None, None]));
        assert_eq!(curve.at(0.5), 1.0);
        assert_eq!(curve.at(2.5), 0.5);
        assert_eq!(kaplan_meier(&[]).rows.len(), 0);
    }
}
