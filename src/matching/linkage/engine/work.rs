//! The rows of one or two tables as the engine sees them, and what a pair of them shows.

use rayon::prelude::*;

use super::EngineError;
use super::atoms::float;
use super::block::Habit;
use super::cells::{Cell, cells};
use super::compare::{SWAPPED, Seen, swapped};
use super::fields::{FIELDS, Field, Kind, build, index};
use super::hash::Sequence;
use super::model::{Model, Pair, share_rows};
use super::table::Table;

/// Random pairs on which chance agreement is measured.
const RANDOM: usize = 200_000;

/// Fields and rows.
pub(super) struct Work {
    pub fields: Vec<Field>,
    pub rows: usize,
    /// Rows of the left file; all of them when there is one file.
    pub left: usize,
    pub two: bool,
    pub surname: Option<usize>,
    pub given: Option<usize>,
    /// The fields in the order in which a pair is looked at: short values of fixed form before names and addresses.
    pub cheapest_first: Vec<usize>,
    /// Row after row: what a pair looks at first lies together.
    cells: Vec<Cell>,
}

impl Work {
    pub(super) fn new(tables: &[&Table]) -> Result<Self, EngineError> {
        let fields = build(tables)?;
        let rows = tables.iter().map(|t| t.len()).sum();
        let of = |kind| fields.iter().position(|f: &Field| f.kind == kind);
        let (surname, given) = (of(Kind::Surname), of(Kind::Given));
        let width = fields.len();
        let mut cheapest_first: Vec<usize> = (0..width).collect();
        cheapest_first.sort_by_key(|f| match fields[*f].kind {
            Kind::Sex | Kind::Birth | Kind::StreetNumber => 0,
            Kind::Number | Kind::Phone => 1,
            Kind::Place | Kind::Word => 2,
            Kind::Given | Kind::Surname => 3,
            Kind::Email | Kind::Address => 4,
        });
        Ok(Self {
            cheapest_first,
            surname,
            given,
            rows,
            left: tables.first().map_or(0, |t| t.len()),
            two: tables.len() == 2,
            cells: cells(&fields, rows),
            fields,
        })
    }

    pub(super) fn total_pairs(&self) -> f64 {
        if self.two { float(self.left) * float(self.rows - self.left) } else { float(self.rows) * (float(self.rows) - 1.0) / 2.0 }
    }

    pub(super) fn allowed(&self, a: u32, b: u32) -> bool {
        !self.two || (index(a) < self.left) != (index(b) < self.left)
    }

    /// Levels of a pair and the counts of what agrees.
    pub(super) fn seen(&self, a: usize, b: usize) -> [Seen; FIELDS] {
        let mut out = [Seen::default(); FIELDS];
        for (((s, f), x), y) in out.iter_mut().zip(&self.fields).zip(self.line(a)).zip(self.line(b)) {
            *s = f.compare_cells(x, y, a, b);
        }
        self.exchange(&mut out, a, b);
        out
    }

    /// Names that changed places are one finding, not two disagreements.
    pub(super) fn exchange(&self, seen: &mut [Seen; FIELDS], a: usize, b: usize) {
        if let (Some(s), Some(g)) = (self.surname, self.given)
            && seen[s].level >= 4
            && seen[g].level >= 4
            && swapped(&self.fields[s], &self.fields[g], a, b)
        {
            seen[s] = Seen::default();
            seen[g] = Seen { level: SWAPPED, rare: 0 };
        }
    }

    /// The cells of a row.
    pub(super) fn line(&self, row: usize) -> &[Cell] {
        let n = self.fields.len();
        &self.cells[row * n..(row + 1) * n]
    }

    pub(super) fn pair(&self, a: u32, b: u32) -> Pair {
        Pair::new(a, b, &self.seen(index(a), index(b)))
    }

    pub(super) fn random(&self) -> Vec<Pair> {
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
        all.par_iter().map(|(a, b)| self.pair(*a, *b)).collect()
    }

    /// For every field the exact chance that two random rows with a value agree, and how rare what they agree on usually is.
    pub(super) fn chances(&self) -> Vec<Option<(f64, f64)>> {
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

    pub(super) fn habits(&self, model: &Model) -> Vec<Habit> {
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
