//! Aalen-Johansen: the incidence of each cause where several compete.

use super::{Observation, moments};

/// Incidence by cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidence {
    /// The causes that occur, rising.
    pub causes: Vec<u32>,
    /// One row for every distinct time at which an observation ends.
    pub rows: Vec<IncidenceRow>,
}

/// The incidence from one time to the next; lists follow [`Incidence::causes`].
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceRow {
    /// The time.
    pub time: f64,
    /// Subjects with entry < time ≤ end.
    pub at_risk: u64,
    /// Events by cause.
    pub events: Vec<u64>,
    /// Free of any event.
    pub survival: f64,
    /// Cumulative incidence by cause; with `survival` they sum to 1.
    pub cif: Vec<f64>,
    /// Standard errors of `cif`.
    pub cif_se: Vec<f64>,
}

/// Variances of one cause while times pass: of its incidence, and its covariance with survival.
#[derive(Clone, Copy, Default)]
struct Spread {
    cif: f64,
    with_survival: f64,
}

/// The incidence of every cause.
///
/// The standard error is the delta method's with multinomial increments (Marubini & Valsecchi 1995, 10.2.2), carried forward as a recursion:
/// with increments q = d/n, F' = F + S·q_k and S' = S(1 − q), so no difference of large sums is ever taken.
pub fn aalen_johansen(observations: &[Observation]) -> Incidence {
    let mut causes: Vec<u32> = observations.iter().map(|o| o.cause).filter(|c| *c > 0).collect();
    causes.sort_unstable();
    causes.dedup();
    let mut survival = 1.0f64;
    let mut survival_var = 0.0f64;
    let mut cif = vec![0.0f64; causes.len()];
    let mut spread = vec![Spread::default(); causes.len()];
    let mut rows = Vec::new();
    moments(observations, |m| {
        let events: Vec<u64> = causes.iter().map(|c| m.ending.iter().filter(|o| o.cause == *c).count() as u64).collect();
        let total: u64 = events.iter().sum();
        if total > 0 {
            let n = m.at_risk as f64;
            let q = total as f64 / n;
            let s2 = survival * survival / n;
            for (at, d) in events.iter().enumerate() {
                let qk = *d as f64 / n;
                let Spread { cif: v, with_survival: c } = spread[at];
                spread[at] = Spread {
                    cif: v + 2.0 * qk * c + qk * qk * survival_var + s2 * qk * (1.0 - qk),
                    with_survival: (1.0 - q) * (c + qk * survival_var) - s2 * qk * (1.0 - q),
                };
                cif[at] += survival * qk;
            }
            survival_var = (1.0 - q) * (1.0 - q) * survival_var + s2 * q * (1.0 - q);
            survival *= (n - total as f64) / n;
        }
        rows.push(IncidenceRow {
            time: m.time,
            at_risk: m.at_risk,
            events,
            survival,
            cif: cif.clone(),
            cif_se: spread.iter().map(|s| s.cif.max(0.0).sqrt()).collect(),
        });
    });
    Incidence { causes, rows }
}

#[cfg(test)]
mod tests {
    use super::super::curve::kaplan_meier;
    use super::super::curve::tests::seen;
    use super::*;

    fn toy() -> Vec<Observation> {
        [(1, 1), (2, 2), (3, 0), (4, 1), (5, 2), (6, 1), (7, 0), (8, 2), (9, 1), (10, 0)].map(|(t, c)| seen(f64::from(t), c)).to_vec()
    }

    #[test]
    fn the_toy_with_two_causes_gives_the_fractions_worked_by_hand() {
        let rows = aalen_johansen(&toy()).rows;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        near(rows[3].cif[0], 3.0 / 14.0);
        near(rows[5].cif[0], 23.0 / 70.0);
        near(rows[4].cif[1], 3.0 / 14.0);
        near(rows[8].survival, 16.0 / 105.0);
        near(rows[8].cif[0], 101.0 / 210.0);
        near(rows[8].cif[1], 11.0 / 30.0);
        for row in &rows {
            near(row.survival + row.cif.iter().sum::<f64>(), 1.0);
        }
        near(rows[0].cif_se[0], (0.1f64 * 0.9 / 10.0).sqrt());
        assert!((rows[8].cif_se[0] - 0.178_001_054_3).abs() < 5e-11);
        assert!((rows[8].cif_se[1] - 0.172_139_179_7).abs() < 5e-11);
    }

    #[test]
    fn one_minus_kaplan_meier_of_a_cause_is_not_its_incidence() {
        let first: Vec<_> = toy().into_iter().map(|o| Observation { cause: u32::from(o.cause == 1), ..o }).collect();
        let naive = 1.0 - kaplan_meier(&first).at(10.0);
        assert!((naive - 121.0 / 175.0).abs() < 1e-12);
        assert!(naive > aalen_johansen(&toy()).rows[9].cif[0] + 0.2);
    }

    #[test]
    fn with_one_cause_the_incidence_is_what_kaplan_meier_leaves() {
        let all: Vec<_> = toy().into_iter().map(|o| Observation { cause: o.cause.min(1), ..o }).collect();
        let (incidence, curve) = (aalen_johansen(&all), kaplan_meier(&all));
        for (a, b) in incidence.rows.iter().zip(&curve.rows) {
            assert!((1.0 - a.cif[0] - b.survival).abs() < 1e-12);
            assert!((a.cif_se[0] - b.greenwood_se.unwrap_or(0.0)).abs() < 1e-12);
        }
    }
}
