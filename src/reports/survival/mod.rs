//! Survival: Kaplan-Meier with delayed entry, the log-rank test, Aalen-Johansen incidence; and the file form of `donor-registry survival`.
//!
//! A subject is at risk at t while entry < t ≤ time. Kaplan-Meier and log-rank count an event of any cause.

mod cause;
mod curve;
mod logrank;
mod read;
mod write;

use serde::Serialize;

pub use cause::{Incidence, IncidenceRow, aalen_johansen};
pub use curve::{Curve, CurveRow, kaplan_meier};
pub use logrank::{LogRank, log_rank};
pub use read::from_csv;

/// One subject's observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// From when it was under observation; `f64::NEG_INFINITY` where it was from the start.
    pub entry: f64,
    /// Until when; always above `entry`.
    pub time: f64,
    /// What ended it: 0 censored, else the number of the cause.
    pub cause: u32,
    /// Its group, an index into [`Sample::groups`].
    pub group: usize,
}

/// Observations and the names of their groups.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sample {
    /// The observations.
    pub observations: Vec<Observation>,
    /// The groups' names in the order of a report; empty where there are none.
    pub groups: Vec<String>,
}

/// Everything `survival --format json` tells; serialises to the form of DESIGN 7.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// `all`, then every group.
    #[serde(serialize_with = "write::curves")]
    pub kaplan_meier: Vec<(String, Curve)>,
    /// The log-rank test where there are two groups at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logrank: Option<LogRank>,
    /// Incidence by cause where there are several.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write::incidence")]
    pub aalen_johansen: Option<Incidence>,
}

impl Sample {
    /// The whole analysis.
    pub fn analyse(&self) -> Analysis {
        let of = |group: usize| -> Vec<Observation> { self.observations.iter().filter(|o| o.group == group).copied().collect() };
        let mut curves = vec![("all".to_owned(), kaplan_meier(&self.observations))];
        for (at, name) in self.groups.iter().enumerate() {
            curves.push((name.clone(), kaplan_meier(&of(at))));
        }
        let mut causes: Vec<u32> = self.observations.iter().map(|o| o.cause).filter(|c| *c > 0).collect();
        causes.sort_unstable();
        causes.dedup();
        Analysis {
            kaplan_meier: curves,
            logrank: log_rank(&self.observations, self.groups.len()),
            aalen_johansen: (causes.len() > 1).then(|| aalen_johansen(&self.observations)),
        }
    }
}

/// What happens at one distinct time.
#[derive(Debug, Clone, Copy)]
struct Moment<'a> {
    time: f64,
    at_risk: u64,
    /// Those whose observation ends at this time.
    ending: &'a [Observation],
}

/// Walks over the distinct times in rising order.
fn moments(observations: &[Observation], mut visit: impl FnMut(Moment<'_>)) {
    let mut by_time = observations.to_vec();
    by_time.sort_unstable_by(|a, b| a.time.total_cmp(&b.time));
    let mut entries: Vec<f64> = observations.iter().map(|o| o.entry).collect();
    entries.sort_unstable_by(f64::total_cmp);
    let (mut entered, mut left) = (0, 0);
    while let Some(first) = by_time.get(left) {
        let time = first.time;
        entered += entries[entered..].partition_point(|e| *e < time);
        let ending = by_time[left..].partition_point(|o| o.time <= time);
        visit(Moment { time, at_risk: (entered - left) as u64, ending: &by_time[left..left + ending] });
        left += ending;
    }
}
