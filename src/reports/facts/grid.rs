//! A grid of counters: book (registry or persons) × cell of every breakdown × measure.

use super::FactBook;
use super::packed::{CHANNELS, NO_YEAR};
use super::standing::{BOOKS, Standing};
use crate::domain::person::Sex;
use crate::reports::axis::{AgeBand, Cell, Dimension, Stage};

/// The total, then `Dimension::ALL`.
pub(in crate::reports) const BREAKDOWNS: usize = 7;

/// Where each breakdown's cells stand.
#[derive(Debug, Clone)]
pub(in crate::reports) struct Layout {
    starts: [usize; BREAKDOWNS + 1],
}

impl Layout {
    pub fn of(book: &FactBook) -> Self {
        let sizes = [1, 2, book.towns().len() + 1, 3, AgeBand::COUNT + 1, CHANNELS.len(), book.drives().len() + 1];
        let mut starts = [0; BREAKDOWNS + 1];
        for (at, size) in sizes.into_iter().enumerate() {
            starts[at + 1] = starts[at] + size;
        }
        Self { starts }
    }

    pub const fn cells(&self) -> usize {
        self.starts[BREAKDOWNS]
    }

    /// The cell of each breakdown in which a standing counts, in a calendar year.
    pub fn slots(&self, standing: &Standing, book: usize, year: i32) -> [usize; BREAKDOWNS] {
        let origin = standing.origin(book);
        let cells = [
            0,
            standing.stage(book),
            usize::from(standing.town),
            usize::from(standing.sex),
            age_slot(standing.birth_year, year),
            usize::from(origin.channel),
            origin.drive as usize,
        ];
        std::array::from_fn(|at| self.starts[at] + cells[at])
    }

    /// The cells of a breakdown with their places; none asks for the total.
    pub fn range(&self, dimension: Option<Dimension>) -> std::ops::Range<usize> {
        let at = dimension.map_or(0, |d| Dimension::ALL.iter().position(|x| *x == d).map_or(0, |p| p + 1));
        self.starts[at]..self.starts[at + 1]
    }

    /// What stands at a place of a breakdown.
    pub fn cell(&self, facts: &FactBook, dimension: Option<Dimension>, at: usize) -> Cell {
        let index = at - self.range(dimension).start;
        let from = index.checked_sub(1);
        match dimension {
            None => Cell::All,
            Some(Dimension::Stage) => Cell::Stage(if index == 0 { Stage::Registered } else { Stage::Enrolled }),
            Some(Dimension::Town) => Cell::Town(from.and_then(|i| facts.towns().get(i).copied())),
            Some(Dimension::Sex) => Cell::Sex(match index {
                1 => Some(Sex::Male),
                2 => Some(Sex::Female),
                _ => None,
            }),
            Some(Dimension::Age) => Cell::Age(from.and_then(AgeBand::from_index)),
            Some(Dimension::Channel) => Cell::Channel(CHANNELS[index.min(CHANNELS.len() - 1)]),
            Some(Dimension::Drive) => Cell::Drive(from.and_then(|i| facts.drives().get(i).copied())),
        }
    }
}

/// 0 unknown, else the band's place from 1.
pub(in crate::reports) fn age_slot(birth_year: i16, year: i32) -> usize {
    if birth_year == NO_YEAR {
        return 0;
    }
    AgeBand::of(year - i32::from(birth_year)).map_or(0, |band| band.index() + 1)
}

/// Signed counters, `M` measures a cell.
#[derive(Debug, Clone)]
pub(in crate::reports) struct Grid<const M: usize> {
    cells: usize,
    counts: Vec<[i64; M]>,
}

impl<const M: usize> Grid<M> {
    pub fn new(layout: &Layout) -> Self {
        Self { cells: layout.cells(), counts: vec![[0; M]; layout.cells() * BOOKS] }
    }

    pub fn at(&self, book: usize, cell: usize) -> &[i64; M] {
        &self.counts[book * self.cells + cell]
    }

    pub fn add(&mut self, book: usize, cell: usize, measure: usize, by: i64) {
        self.counts[book * self.cells + cell][measure] += by;
    }
}
