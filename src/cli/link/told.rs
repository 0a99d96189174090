//! What a run is told as: lines for people, JSON for programs.

use serde::Serialize;

use super::explained::Explained;
use super::{counts, show};
use crate::matching::linkage::engine::Outcome;
use crate::reports::export::thousands;

/// The answer for programs.
#[derive(Debug, Serialize)]
pub struct Answer {
    rows: usize,
    compared: usize,
    same: usize,
    review: usize,
    /// Of dedupe: how many people the rows are.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<usize>,
    cut: Cut,
    expected_matches: f64,
    expected_precision: f64,
    expected_recall: f64,
    unreached: f64,
    keys: Vec<KeyLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    explained: Vec<serde_json::Value>,
}

/// The weight and probability from which a pair alone is the same, and who chose it.
#[derive(Debug, Serialize)]
pub struct Cut {
    pub weight: f64,
    pub probability: f64,
    pub chosen_by: &'static str,
}

impl Cut {
    pub fn of(weight: f64, threshold: Option<f64>) -> Self {
        let probability = 1.0 / (1.0 + (-weight).exp2());
        Self { weight, probability, chosen_by: if threshold.is_some() { "threshold" } else { "engine" } }
    }
}

#[derive(Debug, Serialize)]
struct KeyLine {
    columns: String,
    expected_pairs: f64,
    pairs: usize,
    rows_in_blocks_too_large: usize,
}

impl Answer {
    pub fn of(rows: usize, threshold: Option<f64>, found: &Outcome, explained: &[Explained]) -> Self {
        let (same, review) = counts(found);
        let keys = found.keys.iter().map(|k| KeyLine {
            columns: k.label.clone(),
            expected_pairs: k.expected.round(),
            pairs: k.pairs,
            rows_in_blocks_too_large: k.refused,
        });
        Self {
            rows,
            compared: found.compared,
            same,
            review,
            people: people(found),
            cut: Cut::of(found.cut, threshold),
            expected_matches: found.expected_matches,
            expected_precision: found.expected_precision,
            expected_recall: found.expected_recall,
            unreached: found.unreached,
            keys: keys.collect(),
            explained: explained.iter().map(Explained::json).collect(),
        }
    }
}

/// How many clusters there are; nothing where there are none, between two files.
fn people(found: &Outcome) -> Option<usize> {
    let mut clusters = found.clusters.clone();
    clusters.sort_unstable();
    clusters.dedup();
    (!clusters.is_empty()).then_some(clusters.len())
}

/// The answer for people.
pub fn lines(rows: usize, threshold: Option<f64>, found: &Outcome) {
    let (same, review) = counts(found);
    let whole = |n: usize| thousands(i64::try_from(n).unwrap_or(i64::MAX));
    show::line(format_args!("{} rows, {} pairs compared by {} keys.", whole(rows), whole(found.compared), found.keys.len()));
    match people(found) {
        Some(people) => show::line(format_args!(
            "{} pairs are one person and {} are for a person to judge; the rows are {} people.",
            whole(same),
            whole(review),
            whole(people)
        )),
        None => show::line(format_args!("{} pairs are one person and {} are for a person to judge.", whole(same), whole(review))),
    }
    let cut = Cut::of(found.cut, threshold);
    show::line(format_args!(
        "Expected: {} matches in all; of the pairs called the same {:.2} % right; of all matches {:.2} % called the same.",
        whole(rounded(found.expected_matches)),
        100.0 * found.expected_precision,
        100.0 * found.expected_recall
    ));
    show::line(format_args!(
        "Cut at probability {:.4} ({}); {:.2} % of the matches are believed to be reached by no key.",
        cut.probability,
        if threshold.is_some() { "as told" } else { "the engine's own" },
        100.0 * found.unreached
    ));
    show::line("Keys (pairs expected, pairs found):");
    for key in &found.keys {
        let refused = if key.refused > 0 { format!(", {} rows in blocks too large to compare", whole(key.refused)) } else { String::new() };
        show::line(format_args!("  {:<48} {:>14} {:>14}{refused}", key.label, whole(rounded(key.expected)), whole(key.pairs)));
    }
}

/// A count the engine expects, as a whole number.
pub fn rounded(x: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "expected counts are far below 2^53 and not negative")]
    let whole = x.max(0.0).round() as usize;
    whole
}
