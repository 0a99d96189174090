//! The Fellegi-Sunter model: four kinds of pairs, and what each shows in every field.
//!
//! - one person: m, estimated by EM within what registers of people show (Dirichlet priors by kind of field);
//! - two unrelated people: u, from random pairs;
//! - two people of one home: what homes share (surname, address, phone) is estimated, what tells people of a home apart
//!   (given name, birth date, numbers) is held to what unrelated people show. Without this kind a household is taken for one
//!   person; because it cannot take over given name and birth date, it cannot take true matches either;
//! - two people of one neighbourhood: where several fields tell the place, street, town and postcode agree together. Counted one by
//!   one, as u counts them, their agreement would outvote a name and a birth date that differ.

use super::atoms::float;
use super::compare::{DIFFERENT, GENERATION_APART, LEVELS, SWAPPED, Seen};
use super::fields::{FIELDS, Field, Kind};

/// A compared pair: the level of every field in four bits each, and how rare what agrees is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub a: u32,
    pub b: u32,
    pub levels: u64,
    /// By field, in eighths of a bit; 0 where it tells nothing.
    pub rare: [u8; FIELDS],
}

impl Pair {
    pub(super) fn new(a: u32, b: u32, seen: &[Seen; FIELDS]) -> Self {
        let mut pair = Self { a, b, levels: 0, rare: [0; FIELDS] };
        for (f, s) in seen.iter().enumerate() {
            pair.levels |= u64::from(s.level) << (4 * f);
            pair.rare[f] = s.rare;
        }
        pair
    }

    pub(super) fn level(&self, field: usize) -> usize {
        usize::try_from(self.levels >> (4 * field) & 15).unwrap_or(0)
    }
}

/// Rarity in the eighths of a bit in which it is kept; at least one, 0 being no rarity at all.
pub(super) fn eighths(bits: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte holds")]
    let n = (bits * 8.0).round().clamp(1.0, 255.0) as u8;
    n
}

/// One probability for every level of every field; level 0 unused.
pub(super) type Table = [[f64; LEVELS]; FIELDS];

/// What the engine believes.
#[derive(Clone)]
pub(super) struct Model {
    pub fields: usize,
    pub kinds: [Kind; FIELDS],
    /// Share of all pairs that are one person, one home, one neighbourhood.
    pub matches: f64,
    pub homes: f64,
    pub neighbours: f64,
    pub m: Table,
    pub u: Table,
    pub home: Table,
    pub near: Table,
    /// Mean rarity (log2 of 1/share) of the values seen at each level among random pairs; NaN where too few were seen.
    pub usual: Table,
}

/// What pairs of one person show in a field before any data: the shares of levels 1 to 6.
pub(super) const fn expected(kind: Kind) -> [f64; LEVELS] {
    match kind {
        Kind::Surname => [0.0, 0.86, 0.06, 0.03, 0.01, 0.04, 0.0],
        Kind::Given => [0.0, 0.82, 0.07, 0.05, 0.02, 0.03, 0.01],
        Kind::Birth => [0.0, 0.86, 0.07, 0.03, 0.01, 0.027, 0.003],
        Kind::Sex => [0.0, 0.97, 0.0, 0.0, 0.0, 0.03, 0.0],
        Kind::Number => [0.0, 0.88, 0.07, 0.0, 0.0, 0.05, 0.0],
        Kind::Phone => [0.0, 0.70, 0.07, 0.0, 0.0, 0.23, 0.0],
        Kind::Email => [0.0, 0.65, 0.10, 0.05, 0.0, 0.20, 0.0],
        Kind::Address => [0.0, 0.65, 0.10, 0.05, 0.03, 0.17, 0.0],
        Kind::StreetNumber => [0.0, 0.75, 0.07, 0.0, 0.0, 0.18, 0.0],
        Kind::Place => [0.0, 0.65, 0.12, 0.05, 0.05, 0.13, 0.0],
        Kind::Word => [0.0, 0.70, 0.07, 0.0, 0.0, 0.23, 0.0],
    }
}

/// Rarity beyond which a fuzzy agreement is not worth more, in bits from the usual.
const FUZZY: f64 = 5.0;

impl Model {
    /// The model before any match was seen, from the levels of random pairs. `same[f]` is the exact chance that two random
    /// rows agree fully in field f, where the values' counts tell it.
    pub(super) fn from_random(fields: &[Field], rows: usize, random: &[Pair], same: &[Option<f64>], total_pairs: f64) -> Self {
        let mut kinds = [Kind::Word; FIELDS];
        for (k, f) in kinds.iter_mut().zip(fields) {
            *k = f.kind;
        }
        let n = fields.len();
        let rows = float(rows);
        let (mut u, mut usual) = ([[0.0; LEVELS]; FIELDS], [[f64::NAN; LEVELS]; FIELDS]);
        for f in 0..n {
            let mut seen = [0.0f64; LEVELS];
            let mut rarity = [(0.0f64, 0.0f64); LEVELS];
            for pair in random {
                let level = pair.level(f);
                seen[level] += 1.0;
                if pair.rare[f] > 0 {
                    let (sum, times) = &mut rarity[level];
                    *sum += (f64::from(pair.rare[f]) / 8.0).exp2();
                    *times += 1.0;
                }
            }
            let told: f64 = seen.iter().skip(1).sum();
            let possible = expected(fields[f].kind);
            let given_exact = same[f].filter(|_| told > 0.0);
            for level in 1..LEVELS {
                // Half a pair where none was seen: rarer than one in the sample, not impossible.
                let floor = if possible[level] > 0.0 || seen[level] > 0.0 { 0.5 } else { 0.0 };
                u[f][level] = seen[level].max(floor) / told.max(1.0);
                let (sum, times) = rarity[level];
                if times >= 10.0 {
                    usual[f][level] = (sum / times).log2();
                }
            }
            if let Some(exact) = given_exact {
                u[f][1] = exact.max(1e-12);
                usual[f][1] = -exact.max(1e-12).log2();
            }
            let sum: f64 = u[f].iter().sum();
            u[f].iter_mut().for_each(|p| *p /= sum.max(1e-300));
        }
        let mut m = [[0.0; LEVELS]; FIELDS];
        let mut home = [[0.0; LEVELS]; FIELDS];
        for f in 0..n {
            m[f] = expected(fields[f].kind);
            home[f] = if kinds[f].of_the_family() { expected(fields[f].kind) } else { u[f] };
        }
        let mut near = u;
        for f in (0..n).filter(|f| kinds[*f].of_the_place()) {
            near[f] = expected(kinds[f]);
        }
        let share = 0.05 * rows / total_pairs;
        // One field alone cannot agree with itself more often than u says.
        let several = kinds.iter().take(n).filter(|k| k.of_the_place()).count() > 1;
        Self { fields: n, kinds, matches: share, homes: share, neighbours: if several { share } else { 0.0 }, m, u, home, near, usual }
    }

    /// How much rarer, in bits, the agreeing value of a field is than usual at its level.
    fn rarer(&self, field: usize, level: usize, rare: u8) -> f64 {
        let usual = self.usual[field][level];
        if rare == 0 || usual.is_nan() {
            return 0.0;
        }
        let bits = f64::from(rare) / 8.0 - usual;
        if level == 1 { bits } else { bits.clamp(-FUZZY, FUZZY) }
    }

    /// What rarity adds to the weight of a level, in bits: no more than leaves the order of the levels as it is.
    pub(super) fn rarity(&self, field: usize, seen: Seen) -> f64 {
        let weights = ordered(&self.m[field], &self.u[field]);
        let level = usize::from(seen.level);
        self.value(field, &weights, level, seen.rare) - weights[level]
    }

    /// The bits of a level and a rarity. For values of one rarity more agreement never counts for less.
    fn value(&self, field: usize, weights: &[f64; LEVELS], level: usize, rare: u8) -> f64 {
        let least = weights[usize::from(DIFFERENT)];
        match level {
            0 => 0.0,
            1..=4 => (1..=level).map(|l| (weights[l] + self.rarer(field, l, rare)).max(least)).fold(f64::INFINITY, f64::min),
            _ => weights[level] + self.rarer(field, level, rare),
        }
    }

    /// The weights by field, level and rarity, for one person and for one home.
    pub(super) fn weights(&self) -> Weights {
        let mut w = Weights {
            person: [[0.0; LEVELS]; FIELDS],
            told: vec![[0.0; 3]; self.fields * LEVELS * RARITIES],
            prior: 0.0,
            prior_home: 0.0,
            prior_near: f64::NEG_INFINITY,
            contradicting: self.kinds.map(contradicting),
            fields: self.fields,
        };
        for f in 0..self.fields {
            let (person, home) = (ordered(&self.m[f], &self.u[f]), ordered(&self.home[f], &self.u[f]));
            let near = self.kinds[f].of_the_place().then(|| ordered(&self.near[f], &self.u[f]));
            w.person[f] = person;
            for level in 1..LEVELS {
                for rare in 0..=u8::MAX {
                    let bits = self.value(f, &person, level, rare);
                    let of_home = match self.kinds[f] {
                        k if k.of_the_family() => self.value(f, &home, level, rare),
                        // Named after each other, or twins: whatever the name or the day, so it tells as much as for one person.
                        Kind::Given | Kind::Birth if level == 1 => {
                            let shared = (self.home[f][1] / self.u[f][1].max(1e-12) - 1.0).max(0.0);
                            (shared * self.rarer(f, 1, rare).exp2() + 1.0).log2()
                        }
                        _ => home[level],
                    };
                    let of_near = near.map_or(0.0, |near| self.value(f, &near, level, rare));
                    w.told[place(f, level, rare)] = [bits, of_home, of_near];
                }
            }
        }
        let rest = (1.0 - self.matches - self.homes - self.neighbours).max(1e-9);
        w.prior = (self.matches.max(1e-300) / rest).log2();
        w.prior_home = (self.homes.max(1e-300) / rest).log2();
        if self.neighbours > 0.0 {
            w.prior_near = (self.neighbours / rest).log2();
        }
        w
    }
}

const RARITIES: usize = 256;

fn place(field: usize, level: usize, rare: u8) -> usize {
    (field * LEVELS + level) * RARITIES + usize::from(rare)
}

/// The weights of the levels, in bits. Levels out of order are taken together: what is estimated from few pairs must not make
/// less agreement count for more (pooling of adjacent violators).
fn ordered(m: &[f64; LEVELS], u: &[f64; LEVELS]) -> [f64; LEVELS] {
    let weight = |m: f64, u: f64| (m.max(1e-6) / u.max(1e-12)).log2();
    let mut out = [0.0; LEVELS];
    // Each pool: its levels' first and last, its sums.
    let mut pools: Vec<(usize, usize, f64, f64)> = Vec::with_capacity(LEVELS);
    for level in (1..=usize::from(DIFFERENT)).filter(|l| m[*l] > 0.0 || u[*l] > 0.0) {
        pools.push((level, level, m[level], u[level]));
        while let [.., x, y] = pools[..]
            && weight(x.2, x.3) < weight(y.2, y.3)
        {
            pools.truncate(pools.len() - 2);
            pools.push((x.0, y.1, x.2 + y.2, x.3 + y.3));
        }
    }
    let mut next = 1;
    for (_, last, m, u) in pools {
        // A level that never occurs counts like the next that does.
        while next <= last {
            out[next] = weight(m, u);
            next += 1;
        }
    }
    out[usize::from(SWAPPED)] = weight(m[usize::from(SWAPPED)], u[usize::from(SWAPPED)]);
    out
}

/// A value's share counts it once less than it is seen: of two rows that agree one may be there because of the other.
pub(super) fn share_rows(count: u32) -> f64 {
    f64::from(count.max(2) - 1)
}

/// Weights in bits, ready for scoring.
pub(super) struct Weights {
    /// By field and level, rarity aside.
    pub person: Table,
    /// By field, level and rarity: for one person, one home, one neighbourhood.
    told: Vec<[f64; 3]>,
    pub prior: f64,
    pub prior_home: f64,
    prior_near: f64,
    /// By field, a bit for every level that speaks against one person.
    contradicting: [u8; FIELDS],
    pub fields: usize,
}

/// The levels at which what tells people of a home apart is not alike, a bit for each; none of what a home shares, which also changes
/// for everybody.
const fn contradicting(kind: Kind) -> u8 {
    match kind {
        Kind::Birth => 1 << DIFFERENT | 1 << GENERATION_APART,
        k if k.of_the_family() => 0,
        _ => 1 << DIFFERENT,
    }
}

impl Weights {
    /// Weights that are told by field, level and rarity, and know of no homes and neighbourhoods.
    pub(super) fn linear(prior: f64, kinds: &[Kind], bits: impl Fn(usize, usize, u8) -> f64) -> Self {
        let fields = kinds.len();
        let mut w = Self {
            person: [[0.0; LEVELS]; FIELDS],
            told: vec![[0.0; 3]; fields * LEVELS * RARITIES],
            prior,
            prior_home: f64::NEG_INFINITY,
            prior_near: f64::NEG_INFINITY,
            contradicting: [0; FIELDS],
            fields,
        };
        for (c, kind) in w.contradicting.iter_mut().zip(kinds) {
            *c = contradicting(*kind);
        }
        for f in 0..fields {
            for level in 1..LEVELS {
                w.person[f][level] = bits(f, level, 0);
                for rare in 0..=u8::MAX {
                    w.told[place(f, level, rare)][0] = bits(f, level, rare);
                }
            }
        }
        w
    }

    /// What was seen in a field, in bits for one person.
    pub(super) fn of(&self, field: usize, seen: Seen) -> f64 {
        self.told[place(field, usize::from(seen.level), seen.rare)][0]
    }

    /// The most a field can add from some level on.
    pub(super) fn most(&self, field: usize, from: usize) -> f64 {
        let all = self.told.get(place(field, from, 0)..place(field + 1, 0, 0)).unwrap_or_default();
        all.iter().map(|w| w[0]).fold(0.0, f64::max)
    }

    /// What a field of a pair shows, in bits: for one person, one home, one neighbourhood.
    pub(super) fn shown(&self, pair: &Pair, field: usize) -> [f64; 3] {
        self.told[place(field, pair.level(field), pair.rare[field])]
    }

    /// Whether a pair differs in a field in a way that speaks for two people.
    pub(super) fn contradicts(&self, pair: &Pair, field: usize) -> bool {
        self.contradicting[field] >> pair.level(field) & 1 == 1
    }

    /// Odds in bits of one person, of one home and of one neighbourhood against two unrelated people, before anything was seen.
    pub(super) const fn prior_odds(&self) -> [f64; 3] {
        [self.prior, self.prior_home, self.prior_near]
    }

    /// Odds in bits of one person, of one home and of one neighbourhood against two unrelated people.
    pub(super) fn bits(&self, pair: &Pair) -> [f64; 3] {
        let mut bits = self.prior_odds();
        for f in 0..self.fields {
            for (sum, told) in bits.iter_mut().zip(self.shown(pair, f)) {
                *sum += told;
            }
        }
        bits
    }

    /// The probabilities of one person, of one home and of one neighbourhood.
    pub(super) fn probabilities(&self, pair: &Pair) -> [f64; 3] {
        let bits = self.bits(pair);
        let top = bits.iter().copied().fold(0.0, f64::max);
        let odds = bits.map(|b| (b - top).exp2());
        let all: f64 = odds.iter().sum::<f64>() + (-top).exp2();
        odds.map(|o| o / all)
    }

    /// The weight of a pair: log2 of its odds for one person against everything else.
    pub(super) fn weight(&self, pair: &Pair) -> f64 {
        against_all(self.bits(pair))
    }
}

/// The odds of one person against everything else from those against unrelated people: of one person, one home, one neighbourhood. All
/// in bits.
pub(super) fn against_all([person, home, near]: [f64; 3]) -> f64 {
    let top = home.max(near).max(0.0);
    person - (top + ((home - top).exp2() + (near - top).exp2() + (-top).exp2()).log2())
}
