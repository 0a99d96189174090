//! The whole run: from a table to pairs, clusters and what the engine expects of them.

use super::EngineError;
use super::atoms::float;
use super::block::{Key, Plan};
use super::bound::Bounds;
pub(super) use super::decide::decide;
use super::fit::fit;
use super::homes::Homes;
use super::model::{Model, Pair, Weights};
use super::table::Table;
use super::work::Work;
use crate::matching::linkage::decide::Decision;

/// What may be told to the engine besides the schema.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The probability from which a pair is called the same; the engine's own where not given.
    pub threshold: Option<f64>,
    /// Every row of either file has at most one partner in the other.
    pub one_to_one: bool,
}

/// A pair the engine has an opinion on. Rows count from 0; in `pair`, `left` is of the left file, `right` of the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// Row.
    pub left: usize,
    /// Row.
    pub right: usize,
    /// Probability of one person, by the values of the two rows alone.
    pub probability: f64,
    /// Its weight in bits.
    pub weight: f64,
    /// The decision, after clustering or one-to-one.
    pub decision: Decision,
}

/// What a run gives.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Pairs called same or review, by rows.
    pub pairs: Vec<ScoredPair>,
    /// For every row the number of its cluster (dedupe only); rows of their own have numbers of their own.
    pub clusters: Vec<u32>,
    /// Pairs of one person the engine believes there are, those no key reaches included.
    pub expected_matches: f64,
    /// The precision it expects of the pairs called same.
    pub expected_precision: f64,
    /// The recall it expects of them.
    pub expected_recall: f64,
    /// The share of pairs of one person it believes no key reaches.
    pub unreached: f64,
    /// The keys pairs were brought together by.
    pub keys: Vec<Key>,
    /// Pairs compared.
    pub compared: usize,
    /// The weight in bits from which a pair alone is called the same.
    pub cut: f64,
}

/// What a run leaves behind, for explanations and evaluation.
pub(super) struct Inside {
    pub work: Work,
    pub model: Model,
    pub weights: Weights,
    pub plan: Plan,
    /// The pairs worth keeping.
    pub pairs: Vec<Pair>,
}

/// Finds the pairs and clusters of one person in one file. `progress` is told the share done and the stage.
///
/// # Errors
/// Nothing to compare, or too many columns.
pub fn dedupe(table: &Table, options: Options, progress: &(dyn Fn(&'static str, f64) + Sync)) -> Result<Outcome, EngineError> {
    link(&[table], options, progress).map(|(outcome, _)| outcome)
}

/// Finds the pairs of one person between two files.
///
/// # Errors
/// Nothing to compare, or too many columns.
pub fn pair(left: &Table, right: &Table, options: Options, progress: &(dyn Fn(&'static str, f64) + Sync)) -> Result<Outcome, EngineError> {
    link(&[left, right], options, progress).map(|(outcome, _)| outcome)
}

pub(super) fn link(
    tables: &[&Table],
    options: Options,
    progress: &(dyn Fn(&'static str, f64) + Sync),
) -> Result<(Outcome, Inside), EngineError> {
    let work = Work::new(tables)?;
    let total = work.total_pairs();
    let random = work.random();
    let chances = work.chances();
    let same: Vec<Option<f64>> = chances.iter().map(|c| c.map(|(p, _)| p)).collect();
    let mut model = Model::from_random(&work.fields, work.rows, &random, &same, total);
    for (f, c) in chances.iter().enumerate() {
        if let Some((_, usual)) = c {
            model.usual[f][1] = *usual;
        }
    }
    let habits = work.habits(&model);
    let budget = (12.0 * float(work.rows)).max(3e6).min(total.max(1.0) * 2.0);
    let plan = Plan::choose(&work.fields, work.rows, total, &habits, budget);
    let weights = model.weights();
    let bounds = Bounds::new(&work, &weights);
    let (pairs, keys) = plan.pairs(&work, &bounds, &|share| progress("compare", share));
    let homes = Homes::new(&work, &pairs);
    fit(&mut model, &pairs, &homes, total);
    let weights = model.weights();
    let unreached = plan.unreached(&work.habits(&model));
    let outcome = decide(&work, &weights, &pairs, options, unreached, keys);
    Ok((outcome, Inside { work, model, weights, plan, pairs }))
}
