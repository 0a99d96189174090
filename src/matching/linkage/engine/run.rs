//! The whole run: from a table to pairs, clusters and what the engine expects of them.

use rayon::prelude::*;

use super::EngineError;
use super::atoms::float;
use super::block::{Habit, Key, Plan};
use super::cluster::{Link, average_link, groups, one_to_one};
use super::compare::{DIFFERENT, LEVELS, SWAPPED, Seen, swapped};
use super::fields::{FIELDS, Field, Kind, build, index};
use super::hash::Sequence;
use super::model::{Model, Pair, Weights, fit, share_rows};
use super::table::Table;
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

/// Random pairs on which chance agreement is measured.
const RANDOM: usize = 200_000;
/// Weight in bits below which a pair is forgotten before fitting.
const FORGET: f64 = -10.0;
/// Weight in bits from which a pair may be one person.
const POSSIBLE: f64 = -3.0;

pub(super) struct Work {
    pub fields: Vec<Field>,
    rows: usize,
    /// Rows of the left file; all of them when there is one file.
    pub left: usize,
    pub two: bool,
    surname: Option<usize>,
    given: Option<usize>,
    /// Value numbers of the first part of every field, row after row: what a pair looks at first lies together.
    lines: Vec<u32>,
}

impl Work {
    fn new(tables: &[&Table]) -> Result<Self, EngineError> {
        let fields = build(tables)?;
        let rows = tables.iter().map(|t| t.len()).sum();
        let of = |kind| fields.iter().position(|f: &Field| f.kind == kind);
        let (surname, given) = (of(Kind::Surname), of(Kind::Given));
        let width = fields.len();
        let mut lines = vec![0u32; rows * width];
        lines.par_chunks_mut(width).enumerate().for_each(|(row, line)| {
            for (cell, field) in line.iter_mut().zip(&fields) {
                *cell = field.parts[0].id(row);
            }
        });
        Ok(Self { surname, given, rows, left: tables.first().map_or(0, |t| t.len()), two: tables.len() == 2, lines, fields })
    }

    fn total_pairs(&self) -> f64 {
        if self.two { float(self.left) * float(self.rows - self.left) } else { float(self.rows) * (float(self.rows) - 1.0) / 2.0 }
    }

    fn allowed(&self, a: u32, b: u32) -> bool {
        !self.two || (index(a) < self.left) != (index(b) < self.left)
    }

    /// Levels of a pair and the counts of what agrees.
    pub(super) fn seen(&self, a: usize, b: usize) -> [Seen; FIELDS] {
        let mut out = [Seen::default(); FIELDS];
        for (s, f) in out.iter_mut().zip(&self.fields) {
            *s = f.compare(a, b);
        }
        self.exchange(&mut out, a, b);
        out
    }

    /// Names that changed places are one finding, not two disagreements.
    fn exchange(&self, seen: &mut [Seen; FIELDS], a: usize, b: usize) {
        if let (Some(s), Some(g)) = (self.surname, self.given)
            && seen[s].level >= 4
            && seen[g].level >= 4
            && swapped(&self.fields[s], &self.fields[g], a, b)
        {
            seen[s] = Seen::default();
            seen[g] = Seen { level: SWAPPED, rare: 0.0 };
        }
    }

    pub(super) fn pair(&self, model: &Model, a: u32, b: u32) -> Pair {
        packed(model, self.fields.len(), a, b, &self.seen(index(a), index(b)))
    }

    fn random(&self) -> Vec<(u64, [f32; FIELDS])> {
        let total = self.total_pairs();
        let all: Vec<(u32, u32)> = if total <= float(RANDOM) {
            let n = u32::try_from(self.rows).unwrap_or(u32::MAX);
            (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).filter(|(a, b)| self.allowed(*a, *b)).collect()
        } else {
            let mut sequence = Sequence::new(7);
            let mut draw = |from: usize, to: usize| u32::try_from(from + sequence.below(to - from)).unwrap_or(0);
            (0..RANDOM)
                .map(|_| if self.two { (draw(0, self.left), draw(self.left, self.rows)) } else { (draw(0, self.rows), draw(0, self.rows)) })
                .filter(|(a, b)| a != b)
                .collect()
        };
        all.par_iter()
            .map(|(a, b)| {
                let seen = self.seen(index(*a), index(*b));
                let mut levels = 0;
                let mut rare = [0.0; FIELDS];
                for (f, s) in seen.iter().enumerate().take(self.fields.len()) {
                    levels |= u64::from(s.level) << (4 * f);
                    rare[f] = s.rare;
                }
                (levels, rare)
            })
            .collect()
    }

    /// For every field the exact chance that two random rows with a value agree, and how rare what they agree on usually is.
    fn chances(&self) -> Vec<Option<(f64, f64)>> {
        self.fields
            .par_iter()
            .map(|field| {
                let [part] = field.parts.as_slice() else { return None };
                if field.kind == Kind::Place {
                    return None;
                }
                let complete = |id: usize| field.kind != Kind::Birth || field.dates[id].iter().all(|p| *p != 0);
                let mut left = vec![0u32; part.counts.len()];
                for id in part.ids.iter().take(self.left) {
                    left[index(*id)] += 1;
                }
                let told: f64 = part.counts.iter().skip(1).map(|c| f64::from(*c)).sum();
                let told_left: f64 = left.iter().skip(1).map(|c| f64::from(*c)).sum();
                let (mut pairs, mut rare) = (0.0, 0.0);
                for (id, count) in part.counts.iter().enumerate().skip(1).filter(|(id, c)| **c > 1 && complete(*id)) {
                    let c = f64::from(*count);
                    let l = f64::from(left[id]);
                    let w = if self.two { l * (c - l) } else { c * (c - 1.0) / 2.0 };
                    pairs += w;
                    rare += w * float(self.rows) / share_rows(*count);
                }
                let all = if self.two { told_left * (told - told_left) } else { told * (told - 1.0) / 2.0 };
                (all > 0.0).then(|| (pairs.max(0.05) / all, if pairs > 0.0 { (rare / pairs).log2() } else { float(self.rows).log2() }))
            })
            .collect()
    }

    fn habits(&self, model: &Model) -> Vec<Habit> {
        self.fields
            .iter()
            .enumerate()
            .map(|(f, field)| {
                let m = model.m[f];
                let told = (0..self.rows).filter(|r| field.parts.iter().any(|p| p.id(*r) != 0)).count();
                let share = float(told) / float(self.rows.max(1));
                Habit { missing: 1.0 - share * share, same: m[1], near: m[2] + m[3] }
            })
            .collect()
    }
}

fn packed(model: &Model, fields: usize, a: u32, b: u32, seen: &[Seen; FIELDS]) -> Pair {
    let (mut levels, mut rare, mut rare_home) = (0u64, 0.0, 0.0);
    for (f, s) in seen.iter().enumerate().take(fields) {
        levels |= u64::from(s.level) << (4 * f);
        let bits = model.rarity(f, *s);
        rare += bits;
        if model.kinds[f].of_the_family() {
            rare_home += bits;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "bits are small numbers; four bytes a pair are saved")]
    Pair { a, b, levels, rare: rare as f32, rare_home: rare_home as f32 }
}

/// Looks at a pair field by field and stops as soon as even full agreement of the rest could not make it worth keeping.
fn worth_keeping(work: &Work, model: &Model, weights: &Weights, best: &[f64; FIELDS], a: u32, b: u32) -> Option<Pair> {
    let (x, y) = (index(a), index(b));
    let n = work.fields.len();
    let mut seen = [Seen::default(); FIELDS];
    let mut open = [false; FIELDS];
    let mut bound = weights.prior;
    let (line_x, line_y) = (&work.lines[x * n..(x + 1) * n], &work.lines[y * n..(y + 1) * n]);
    for (f, field) in work.fields.iter().enumerate() {
        match field.at_once(line_x[f], line_y[f]) {
            Some(s) => {
                seen[f] = s;
                bound += weights.person[f][usize::from(s.level)] + model.rarity(f, s);
            }
            None => {
                open[f] = true;
                bound += best[f];
            }
        }
    }
    for f in 0..n {
        if bound < FORGET {
            return None;
        }
        if open[f] {
            let s = work.fields[f].compare_line(line_x[f], line_y[f]).unwrap_or_else(|| work.fields[f].compare(x, y));
            seen[f] = s;
            // Names may still turn out to have changed places.
            let name = Some(f) == work.surname || Some(f) == work.given;
            if !(name && s.level >= 4) {
                bound += weights.person[f][usize::from(s.level)] + model.rarity(f, s) - best[f];
            }
        }
    }
    work.exchange(&mut seen, x, y);
    let weight: f64 = weights.prior + (0..n).map(|f| weights.person[f][usize::from(seen[f].level)] + model.rarity(f, seen[f])).sum::<f64>();
    (weight >= FORGET).then(|| packed(model, n, a, b, &seen))
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
    let trace = std::env::var_os("LINKAGE_TRACE").is_some();
    let clock = std::time::Instant::now();
    let step = |what: &str| {
        if trace {
            let ticks: u64 = std::fs::read_to_string("/proc/self/stat")
                .ok()
                .map_or(0, |s| s.split(' ').skip(13).take(2).filter_map(|t| t.parse::<u64>().ok()).sum());
            eprintln!(
                "{:7.3} s wall {:7.2} s cpu  {what}",
                clock.elapsed().as_secs_f64(),
                f64::from(u32::try_from(ticks).unwrap_or(0)) / 100.0
            );
        }
    };
    let work = Work::new(tables)?;
    step("fields");
    let total = work.total_pairs();
    let random = work.random();
    step("random pairs");
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
    step("keys chosen");
    let weights = model.weights();
    let mut best = [0.0f64; FIELDS];
    for (f, b) in best.iter_mut().enumerate().take(work.fields.len()) {
        *b = (1..LEVELS).map(|l| weights.person[f][l] + if l == 1 { 12.0 } else { 5.0 }).fold(0.0, f64::max);
        let kind = work.fields[f].kind;
        if kind != Kind::Place && work.fields[f].parts.len() == 1 {
            // Full agreement would have been seen at once.
            *b = (2..LEVELS).map(|l| weights.person[f][l] + 5.0).fold(0.0, f64::max);
        }
    }
    let (mut pairs, keys) =
        plan.pairs(work.rows, |a, b| work.allowed(a, b), |a, b| worth_keeping(&work, &model, &weights, &best, a, b), &|share| {
            progress("compare", share)
        });
    pairs.par_sort_unstable_by_key(|p| (p.a, p.b));
    pairs.dedup_by_key(|p| (p.a, p.b));
    step(&format!("{} pairs compared, {} kept", keys.iter().map(|k| k.pairs).sum::<usize>(), pairs.len()));
    let fitted = fit(&mut model, &pairs, total);
    step(&format!("fitted in {} rounds", fitted.rounds));
    let weights = model.weights();
    if trace {
        show(&work, &model, total);
        for k in &keys {
            eprintln!("  key {:40} expected {:>12.0} pairs {:>10} refused {}", k.label, k.expected, k.pairs, k.refused);
        }
    }
    let unreached = plan.unreached(&work.habits(&model));
    let outcome = decide(&work, &model, &weights, &pairs, options, unreached, keys);
    step("decided");
    Ok((outcome, Inside { work, model, weights, plan, pairs }))
}

pub(super) fn decide(
    work: &Work,
    model: &Model,
    weights: &Weights,
    pairs: &[Pair],
    options: Options,
    unreached: f64,
    keys: Vec<Key>,
) -> Outcome {
    let cut = options.threshold.map_or(0.0, |p| (p / (1.0 - p)).log2().clamp(-40.0, 40.0));
    let scored: Vec<(f64, f64)> = pairs.par_iter().map(|p| (weights.weight(p), weights.probabilities(p).0)).collect();
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
        let known: std::collections::HashMap<(u32, u32), f64, super::hash::Build> = links.iter().map(|l| ((l.a, l.b), l.weight)).collect();
        let found: Vec<(Vec<Vec<u32>>, Vec<Link>)> = groups(work.rows, &links, POSSIBLE)
            .par_iter()
            .map(|group| {
                let weight = |a: u32, b: u32| {
                    let (a, b) = (a.min(b), a.max(b));
                    known.get(&(a, b)).copied().unwrap_or_else(|| weights.weight(&work.pair(model, a, b)))
                };
                average_link(group, weight, cut)
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
    for l in &same {
        called.insert((l.a, l.b));
        let p = work.pair(model, l.a, l.b);
        let probability = weights.probabilities(&p).0;
        let joint = 1.0 / (1.0 + (-l.weight).exp2());
        right += joint.max(probability);
        n += 1.0;
        out.push(scored_pair(work, l.a, l.b, weights.weight(&p), probability, Decision::Same));
    }
    for (p, (w, q)) in pairs.iter().zip(&scored) {
        if called.contains(&(p.a, p.b)) {
            continue;
        }
        elsewhere += q;
        if *q >= 0.05 {
            out.push(scored_pair(work, p.a, p.b, *w, *q, Decision::Review));
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

fn scored_pair(work: &Work, a: u32, b: u32, weight: f64, probability: f64, decision: Decision) -> ScoredPair {
    let right = if work.two { index(b) - work.left } else { index(b) };
    ScoredPair { left: index(a), right, probability, weight, decision }
}

fn show(work: &Work, model: &Model, total: f64) {
    eprintln!("  matches {:.1} homes {:.1}", model.matches * total, model.homes * total);
    for (f, field) in work.fields.iter().enumerate() {
        let line = |t: &[f64; LEVELS]| t.iter().skip(1).map(|p| format!("{p:9.2e}")).collect::<Vec<_>>().join(" ");
        eprintln!(
            "  {:14} m {}\n                 u {}\n              home {}\n             usual {}",
            field.label,
            line(&model.m[f]),
            line(&model.u[f]),
            line(&model.home[f]),
            line(&model.usual[f])
        );
    }
    let _ = DIFFERENT;
}
