//! From weighed pairs to decisions: clusters or partners, and what the engine expects of them.

use rayon::prelude::*;

use super::agglomerate::agglomerate;
use super::block::Key;
use super::cluster::{Link, groups, one_to_one};
use super::fields::index;
use super::model::{Pair, Weights};
use super::run::{Options, Outcome, ScoredPair};
use super::work::Work;
use crate::matching::linkage::decide::Decision;

/// Weight in bits from which a pair may be one person.
const POSSIBLE: f64 = -3.0;

pub(super) fn decide(work: &Work, weights: &Weights, pairs: &[Pair], options: Options, unreached: f64, keys: Vec<Key>) -> Outcome {
    let cut = options.threshold.map_or(0.0, |p| (p / (1.0 - p)).log2().clamp(-40.0, 40.0));
    let scored: Vec<(f64, f64)> = pairs.par_iter().map(|p| (weights.weight(p), weights.probabilities(p)[0])).collect();
    let links: Vec<Link> =
        pairs.iter().zip(&scored).filter(|(_, (w, _))| *w >= POSSIBLE).map(|(p, (w, _))| Link { a: p.a, b: p.b, weight: *w }).collect();
    let mut same: Vec<Link> = Vec::new();
    let mut clusters: Vec<u32> = Vec::new();
    if work.two {
        same = links.iter().copied().filter(|l| l.weight >= cut).collect();
        if options.one_to_one {
            one_to_one(&mut same, work.rows);
        }
    } else {
        let known: std::collections::HashMap<(u32, u32), &Pair, super::hash::Build> =
            pairs.iter().zip(&scored).filter(|(_, (w, _))| *w >= POSSIBLE).map(|(p, _)| ((p.a, p.b), p)).collect();
        let found: Vec<(Vec<Vec<u32>>, Vec<Link>)> = groups(work.rows, &links, POSSIBLE)
            .par_iter()
            .map(|group| {
                let pair = |a: u32, b: u32| {
                    let (a, b) = (a.min(b), a.max(b));
                    known.get(&(a, b)).map_or_else(|| work.pair(a, b), |p| **p)
                };
                agglomerate(group, pair, weights, cut)
            })
            .collect();
        clusters = (0..u32::try_from(work.rows).unwrap_or(u32::MAX)).collect();
        for (some, joined) in found {
            for cluster in some {
                for row in &cluster {
                    clusters[index(*row)] = cluster[0];
                }
            }
            same.extend(joined);
        }
    }
    same.sort_unstable_by_key(|l| (l.a, l.b));
    let mut out: Vec<ScoredPair> = Vec::with_capacity(same.len());
    let mut called = std::collections::HashSet::<(u32, u32), super::hash::Build>::default();
    let (mut right, mut n, mut elsewhere) = (0.0, 0.0, 0.0);
    called.extend(same.iter().map(|l| (l.a, l.b)));
    let judged: Vec<(f64, ScoredPair)> = same.par_iter().map(|l| judged(work, weights, l)).collect();
    // Sums are made one after the other: in another order they would end in other digits.
    for (expected, pair) in judged {
        right += expected;
        n += 1.0;
        out.push(pair);
    }
    let others: Vec<(&Pair, f64, f64)> =
        pairs.par_iter().zip(&scored).filter(|(p, _)| !called.contains(&(p.a, p.b))).map(|(p, (w, q))| (p, *w, *q)).collect();
    for (p, w, q) in others {
        elsewhere += q;
        if q >= 0.05 {
            out.push(scored_pair(work, p.a, p.b, w, q, Decision::Review));
        }
    }
    out.par_sort_unstable_by_key(|p| (p.left, p.right));
    let expected_matches = (right + elsewhere) / (1.0 - unreached).max(0.1);
    let compared = keys.iter().map(|k| k.pairs).sum();
    Outcome {
        pairs: out,
        clusters,
        expected_matches,
        expected_precision: if n > 0.0 { right / n } else { 1.0 },
        expected_recall: if expected_matches > 0.0 { (right / expected_matches).min(1.0) } else { 1.0 },
        unreached,
        keys,
        compared,
        cut,
    }
}

/// A pair called the same, and what is expected of it: the share of such pairs that are one person.
fn judged(work: &Work, weights: &Weights, link: &Link) -> (f64, ScoredPair) {
    let pair = work.pair(link.a, link.b);
    let probability = weights.probabilities(&pair)[0];
    let joint = 1.0 / (1.0 + (-link.weight).exp2());
    (joint.max(probability), scored_pair(work, link.a, link.b, weights.weight(&pair), probability, Decision::Same))
}

fn scored_pair(work: &Work, a: u32, b: u32, weight: f64, probability: f64, decision: Decision) -> ScoredPair {
    let right = if work.two { index(b) - work.left } else { index(b) };
    ScoredPair { left: index(a), right, probability, weight, decision }
}
