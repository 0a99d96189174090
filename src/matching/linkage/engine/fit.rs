//! Fitting the model to the pairs of a file.

use super::compare::{DIFFERENT, GENERATION_APART, LEVELS, SWAPPED};
use super::fields::Kind;
use super::homes::Homes;
use super::model::{Model, Pair, Table, Weights, expected};

/// Most of the pairs of one home that bear the same given name (a child named after its parent).
const NAMED_AFTER: f64 = 0.1;
/// Share of people of one home with the same birth date (twins) before any data, and the most it may be.
const TWINS: [f64; 2] = [0.02, 0.08];
/// Pairs the expectation counts for.
const EXPECTED_PAIRS: f64 = 15.0;
/// Rounds for which pairs of one person are held to the expectation.
const HELD: usize = 10;
/// Expectation-maximisation over the pairs worth keeping and those that share what homes share; all others are taken for unrelated people.
pub(super) fn fit(model: &mut Model, pairs: &[Pair], homes: &Homes, total_pairs: f64) {
    use rayon::prelude::*;
    let observed = model.u;
    for round in 0..100 {
        let weights = model.weights();
        // Fixed chunks and a fixed order of sums: the same result with any number of threads.
        let over = |pairs: &[Pair]| -> Vec<Sums> { pairs.par_chunks(16_384).map(|some| Sums::of(model, &weights, some)).collect() };
        let mut all = Sums::default();
        for s in &over(pairs) {
            all.add(s, model.fields, 1.0);
        }
        for s in &over(&homes.pairs) {
            all.add(s, model.fields, homes.each);
        }
        let before = model.matches;
        model.matches = (all.matches / total_pairs).clamp(1e-15, 0.5);
        model.homes = (all.homes / total_pairs).clamp(1e-15, 0.5);
        if model.neighbours > 0.0 {
            model.neighbours = (all.neighbours / total_pairs).clamp(1e-15, 0.3);
        }
        for f in 0..model.fields {
            let prior = expected(model.kinds[f]);
            // First homes find their share: a father and a son of one name would else teach that birth dates of one person differ.
            if round >= HELD {
                update(&mut model.m[f], &all.m[f], &prior, EXPECTED_PAIRS);
                if matches!(model.kinds[f], Kind::Given | Kind::Birth) {
                    hold_down(&mut model.m[f], model.kinds[f], &observed[f]);
                }
            }
            // Random pairs hold matches too: what they add is taken off.
            for level in 1..LEVELS {
                let clean = observed[f][level] - model.matches * model.m[f][level];
                model.u[f][level] = clean.max(observed[f][level] * CLEAN_FLOOR);
            }
            let sum: f64 = model.u[f].iter().skip(1).sum();
            model.u[f].iter_mut().skip(1).for_each(|p| *p /= sum.max(1e-300));
            if model.kinds[f].of_the_place() {
                update(&mut model.near[f], &all.near[f], &prior, EXPECTED_PAIRS);
            } else {
                model.near[f] = model.u[f];
            }
            if model.kinds[f].of_the_family() {
                update(&mut model.home[f], &all.home[f], &prior, EXPECTED_PAIRS);
            } else {
                model.home[f] = model.u[f];
                if model.kinds[f] == Kind::Birth {
                    let told: f64 = all.home[f].iter().skip(1).sum::<f64>() + EXPECTED_PAIRS;
                    let twins = ((all.home[f][1] + TWINS[0] * EXPECTED_PAIRS) / told).clamp(model.u[f][1], TWINS[1].max(model.u[f][1]));
                    model.home[f].iter_mut().for_each(|p| *p *= 1.0 - twins);
                    model.home[f][1] += twins;
                } else if model.kinds[f] == Kind::Given {
                    // Brothers and sisters often share a sign of the given name, parents and children at times the name itself.
                    siblings(&mut model.home[f], &all.home[f], &model.u[f]);
                }
            }
        }
        if (model.matches - before).abs() <= 1e-7 * before.max(1e-15) && round > HELD + 5 {
            break;
        }
    }
}

/// Least share of a chance agreement that is left when the matches' part is taken off.
const CLEAN_FLOOR: f64 = 0.02;

/// Most of the pairs of one person that may differ altogether in what tells people of a home apart: where more seem to, they are
/// relatives, not slips.
const DIFFERS: f64 = 0.12;

/// Most of them that are born a generation apart, however few pairs there are to learn it from.
const APART: f64 = 0.02;

/// Holds what one person seems to show to what slips can explain; `u` is what random pairs show.
///
/// A date that was replaced altogether is as good as random: for every one that falls near the true one without a likeness, as many
/// fall a generation away as among random pairs. More of those are parents and children of one name.
fn hold_down(m: &mut [f64; LEVELS], kind: Kind, u: &[f64; LEVELS]) {
    let (near, far) = (usize::from(DIFFERENT), usize::from(GENERATION_APART));
    let apart = if kind == Kind::Birth { (m[near] * u[far] / u[near].max(1e-12)).min(APART) } else { 1.0 };
    for (level, most) in [(DIFFERENT, DIFFERS), (GENERATION_APART, apart)] {
        let level = usize::from(level);
        let seen = m[level];
        if seen > most {
            let rest = (1.0 - most) / (1.0 - seen).max(1e-9);
            m.iter_mut().for_each(|p| *p *= rest);
            m[level] = most;
        }
    }
}

fn siblings(home: &mut [f64; LEVELS], seen: &[f64; LEVELS], u: &[f64; LEVELS]) {
    let told: f64 = seen.iter().skip(1).sum::<f64>() + EXPECTED_PAIRS;
    let named_after = ((seen[1] + u[1] * EXPECTED_PAIRS) / told).clamp(u[1], NAMED_AFTER.max(u[1]));
    let free: f64 = (3..=usize::from(DIFFERENT)).map(|l| seen[l] + u[l] * EXPECTED_PAIRS).sum();
    let fixed: f64 = named_after + u[2] + u[usize::from(SWAPPED)];
    for level in 1..LEVELS {
        home[level] = match level {
            1 => named_after,
            2 => u[level],
            l if l == usize::from(SWAPPED) => u[level],
            _ => (1.0 - fixed) * (seen[level] + u[level] * EXPECTED_PAIRS) / free.max(1e-300),
        };
    }
}

fn update(table: &mut [f64; LEVELS], seen: &[f64; LEVELS], prior: &[f64; LEVELS], weight: f64) {
    let told: f64 = seen.iter().skip(1).sum::<f64>() + weight;
    for level in 1..LEVELS {
        table[level] = (seen[level] + prior[level] * weight) / told;
    }
}

#[derive(Default)]
struct Sums {
    matches: f64,
    homes: f64,
    neighbours: f64,
    m: Table,
    home: Table,
    near: Table,
}

impl Sums {
    fn of(model: &Model, weights: &Weights, pairs: &[Pair]) -> Self {
        let mut s = Self::default();
        for pair in pairs {
            let [p, h, n] = weights.probabilities(pair);
            s.matches += p;
            s.homes += h;
            s.neighbours += n;
            for f in 0..model.fields {
                let level = pair.level(f);
                s.m[f][level] += p;
                s.home[f][level] += h;
                s.near[f][level] += n;
            }
        }
        s
    }

    /// Adds `times` another's.
    fn add(&mut self, other: &Self, fields: usize, times: f64) {
        self.matches += times * other.matches;
        self.homes += times * other.homes;
        self.neighbours += times * other.neighbours;
        for f in 0..fields {
            for level in 0..LEVELS {
                self.m[f][level] += times * other.m[f][level];
                self.home[f][level] += times * other.home[f][level];
                self.near[f][level] += times * other.near[f][level];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_a_generation_apart_are_no_more_than_replaced_dates_explain() {
        let u = [0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.6];
        let mut namesakes = [0.0, 0.9, 0.05, 0.02, 0.0, 0.002, 0.028];
        hold_down(&mut namesakes, Kind::Birth, &u);
        assert!((namesakes[6] - 0.003).abs() < 1e-9, "{namesakes:?}");
        assert!((namesakes.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let mut replaced = [0.0, 0.9, 0.05, 0.02, 0.0, 0.02, 0.01];
        hold_down(&mut replaced, Kind::Birth, &u);
        assert!((replaced[6] - 0.01).abs() < 1e-9, "{replaced:?}");
    }
}
