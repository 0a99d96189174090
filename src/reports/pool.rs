//! The pool at the end of a day: who counts, in which stage, in which of the four parts, in every breakdown.

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

use super::axis::{AsOf, Cell, Dimension};
use super::facts::grid::{Grid, Layout};
use super::facts::packed::{NEVER, day_number, registry_at};
use super::facts::standing::{BOOKS, ENROLLED, INTEREST, PERSONS, Standing, UNDECIDED};
use super::facts::{FactBook, Unions, limit};
use crate::domain::registry::Registry;

/// Counts of one cell. Of registries they are enrolments; of persons, people counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// 意向登记; not in the pool.
    pub interest: u64,
    /// Status blank or unreadable, a registrar decides; not in the pool.
    pub undecided: u64,
    /// Registered, and not enrolled.
    pub registered: u64,
    /// 入库
    pub enrolled: u64,
    /// The pool's four parts, which sum to it.
    pub parts: Parts,
}

impl Counts {
    /// 库容: registered and enrolled.
    pub const fn pool(&self) -> u64 {
        self.registered + self.enrolled
    }
}

/// The four parts of the pool; everyone counted in it is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Parts {
    /// 已核实可联系: verified within the months of the rule set (docs/domain.md 4.2, V).
    pub verified: u64,
    /// 尚未核实
    pub unverified: u64,
    /// 已知失联: every way of contact found dead since, still looked for.
    pub lost: u64,
    /// 暂不可用: deferred beyond the day.
    pub unavailable: u64,
}

/// The pool on a day.
#[derive(Debug, Clone, Serialize)]
pub struct Pool {
    /// Which day, known by when.
    pub as_of: AsOf,
    /// All registries together: enrolments.
    pub total: Counts,
    /// Distinct persons in the pool of one registry at least (`parts`, `enrolled` and the rest count persons too).
    pub persons: Counts,
    /// Each registry, in the order of [`Registry::ALL`].
    pub registries: Vec<(Registry, Counts)>,
    /// 未录入国家系统: of the organ and body pool, those for whom no number of the national registry was entered by the day.
    pub unentered: u64,
    /// Every dimension for every registry, for all registries together and for persons.
    pub breakdowns: Vec<Breakdown>,
}

/// Whom a breakdown counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// The enrolments of one registry.
    Registry(Registry),
    /// The enrolments of all registries.
    All,
    /// Distinct persons.
    Persons,
}

/// One dimension's cells, in the order of a report; those that count nobody are left out, so they sum to the total.
#[derive(Debug, Clone, Serialize)]
pub struct Breakdown {
    /// Whom it counts.
    pub of: Counted,
    /// By what.
    pub by: Dimension,
    /// The cells.
    pub cells: Vec<(Cell, Counts)>,
}

impl Pool {
    /// One breakdown.
    pub fn by(&self, of: Counted, by: Dimension) -> &[(Cell, Counts)] {
        self.breakdowns.iter().find(|b| b.of == of && b.by == by).map_or(&[], |b| &b.cells)
    }

    /// The counts of one registry.
    pub fn registry(&self, registry: Registry) -> Counts {
        self.registries.iter().find(|(r, _)| *r == registry).map_or_else(Counts::default, |(_, c)| *c)
    }
}

/// A two-way table of enrolments, with every cell of both dimensions, counted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cross {
    /// The rows' cells.
    pub rows: Vec<Cell>,
    /// The columns' cells; empty where the columns are the registries.
    pub columns: Vec<Cell>,
    /// The counts, row by row.
    pub counts: Vec<Vec<u64>>,
}

const M_INTEREST: usize = 0;
const M_UNDECIDED: usize = 1;
const M_REGISTERED: usize = 2;
const M_ENROLLED: usize = 3;
const M_PARTS: usize = 4;
const MEASURES: usize = 8;

impl FactBook {
    /// The pool at the end of a day.
    pub fn pool(&self, as_of: AsOf) -> Pool {
        let layout = Layout::of(self);
        let mut tally = Tally::new(as_of.day, &layout, self.rules(as_of.day).verified_within_months);
        self.each_standing(as_of, |standing| tally.count(&layout, standing));
        Pool { unentered: tally.unentered, ..self.read(as_of, &layout, &tally.grid) }
    }

    /// Enrolments of the pool by two dimensions.
    pub fn cross(&self, as_of: AsOf, rows: Dimension, columns: Dimension) -> Cross {
        let layout = Layout::of(self);
        let (down, across) = (layout.range(Some(rows)), layout.range(Some(columns)));
        let year = as_of.day.year();
        let place = |d: Dimension| Dimension::ALL.iter().position(|x| *x == d).map_or(0, |at| at + 1);
        let mut counts = vec![vec![0u64; across.len()]; down.len()];
        self.each_standing(as_of, |standing| {
            for book in (0..PERSONS).filter(|b| standing.counts(*b)) {
                let slots = layout.slots(standing, book, year);
                counts[slots[place(rows)] - down.start][slots[place(columns)] - across.start] += 1;
            }
        });
        let cells = |d: Dimension| layout.range(Some(d)).map(|at| layout.cell(self, Some(d), at)).collect();
        Cross { rows: cells(rows), columns: cells(columns), counts }
    }

    /// Enrolments of the pool by a dimension and, across, by registry in the order of [`Registry::ALL`].
    pub fn cross_registries(&self, as_of: AsOf, rows: Dimension) -> Cross {
        let layout = Layout::of(self);
        let down = layout.range(Some(rows));
        let at = Dimension::ALL.iter().position(|x| *x == rows).map_or(0, |at| at + 1);
        let mut counts = vec![vec![0u64; Registry::ALL.len()]; down.len()];
        self.each_standing(as_of, |standing| {
            for book in (0..PERSONS).filter(|b| standing.counts(*b)) {
                counts[layout.slots(standing, book, as_of.day.year())[at] - down.start][book] += 1;
            }
        });
        Cross { rows: down.map(|at| layout.cell(self, Some(rows), at)).collect(), columns: Vec::new(), counts }
    }

    /// Everybody's standing at the end of a day, joined registrants as one.
    fn each_standing(&self, as_of: AsOf, mut visit: impl FnMut(&Standing)) {
        let (day, known) = (limit(as_of.day), limit(as_of.known));
        for run in self.alone() {
            let mut standing = Standing::NEW;
            for fact in run.iter().take_while(|f| f.day <= day).filter(|f| f.known_at(known)) {
                standing.apply(fact);
            }
            visit(&standing);
        }
        for facts in self.tied() {
            let mut unions = Unions::default();
            for (who, fact) in facts.iter().take_while(|(_, f)| f.day <= day).filter(|(_, f)| f.known_at(known)) {
                unions.apply(*who, fact);
            }
            unions.standings().for_each(&mut visit);
        }
    }

    fn read(&self, as_of: AsOf, layout: &Layout, grid: &Grid<MEASURES>) -> Pool {
        let sum = |books: &[usize], cell: usize| {
            books.iter().map(|b| grid.at(*b, cell)).fold([0i64; MEASURES], |a, c| std::array::from_fn(|m| a[m] + c[m]))
        };
        let books = Registry::ALL.map(|r| (Counted::Registry(r), vec![registry_at(r)]));
        let groups = books.into_iter().chain([(Counted::All, vec![0, 1, 2, 3]), (Counted::Persons, vec![PERSONS])]);
        let mut breakdowns = Vec::new();
        for (of, books) in groups {
            for by in Dimension::ALL {
                let mut cells: Vec<(Cell, Counts)> = layout
                    .range(Some(by))
                    .map(|at| (self.cell_at(layout, by, at), counts(&sum(&books, at))))
                    .filter(|(_, c)| *c != Counts::default())
                    .collect();
                cells.sort_by_key(|(cell, _)| order(*cell));
                breakdowns.push(Breakdown { of, by, cells });
            }
        }
        Pool {
            as_of,
            total: counts(&sum(&[0, 1, 2, 3], 0)),
            persons: counts(grid.at(PERSONS, 0)),
            registries: Registry::ALL.map(|r| (r, counts(grid.at(registry_at(r), 0)))).to_vec(),
            unentered: 0,
            breakdowns,
        }
    }

    fn cell_at(&self, layout: &Layout, by: Dimension, at: usize) -> Cell {
        layout.cell(self, Some(by), at)
    }
}

/// Known cells in their own order, unknown last.
pub(super) fn order(cell: Cell) -> (bool, Cell) {
    let unknown = matches!(cell, Cell::Town(None) | Cell::Sex(None) | Cell::Age(None) | Cell::Drive(None));
    (unknown, cell)
}

struct Tally {
    grid: Grid<MEASURES>,
    unentered: u64,
    day: i32,
    year: i32,
    verified_from: i32,
}

impl Tally {
    fn new(day: NaiveDate, layout: &Layout, months: u32) -> Self {
        Self { grid: Grid::new(layout), unentered: 0, day: day_number(day), year: day.year(), verified_from: verified_from(day, months) }
    }

    fn count(&mut self, layout: &Layout, standing: &Standing) {
        self.unentered += u64::from(standing.counts(registry_at(Registry::OrganBody)) && !standing.numbered);
        for book in 0..BOOKS {
            let measure = match standing.stand.get(book).copied() {
                Some(0) => continue,
                Some(INTEREST) => M_INTEREST,
                Some(UNDECIDED) => M_UNDECIDED,
                Some(ENROLLED) => M_ENROLLED,
                Some(_) if standing.counts(book) => M_REGISTERED,
                Some(_) => continue,
                None if standing.counts(book) => M_REGISTERED + standing.stage(book),
                None if standing.stand.contains(&INTEREST) => M_INTEREST,
                None if standing.stand.contains(&UNDECIDED) => M_UNDECIDED,
                None => continue,
            };
            let part = standing.counts(book).then(|| self.part(standing, book));
            for slot in layout.slots(standing, book, self.year) {
                self.grid.add(book, slot, measure, 1);
                if let Some(part) = part {
                    self.grid.add(book, slot, M_PARTS + part, 1);
                }
            }
        }
    }

    /// 0 verified, 1 unverified, 2 lost, 3 unavailable.
    fn part(&self, standing: &Standing, book: usize) -> usize {
        part(standing, book, self.day, self.verified_from)
    }
}

/// The first day on which a verification still counts for so many months, as a day number.
pub(super) fn verified_from(day: NaiveDate, months: u32) -> i32 {
    day.checked_sub_months(Months::new(months)).map_or(NEVER, |d| day_number(d) + 1)
}

fn part(standing: &Standing, book: usize, day: i32, verified_from: i32) -> usize {
    let deferred = |at: usize| standing.deferred_until[at] >= day;
    let unavailable = if book == PERSONS { (0..4).filter(|at| standing.counts(*at)).all(deferred) } else { deferred(book) };
    if unavailable {
        3
    } else if standing.unreachable != NEVER {
        2
    } else if standing.verified >= verified_from && standing.verified != NEVER {
        0
    } else {
        1
    }
}

fn counts(m: &[i64; MEASURES]) -> Counts {
    let n = |at: usize| u64::try_from(m[at]).expect("every count is of additions alone");
    Counts {
        interest: n(M_INTEREST),
        undecided: n(M_UNDECIDED),
        registered: n(M_REGISTERED),
        enrolled: n(M_ENROLLED),
        parts: Parts { verified: n(M_PARTS), unverified: n(M_PARTS + 1), lost: n(M_PARTS + 2), unavailable: n(M_PARTS + 3) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, FactEvent};
    use crate::domain::registry::EnrolmentStatus::{Exited, Registered};
    use crate::domain::registry::ExitReason;
    use crate::reports::fixtures::{self, day, id};

    #[test]
    fn whoever_has_no_number_of_the_national_registry_is_counted_apart_and_both_sum_to_the_pool() {
        let organ = |who, on, event| Fact { registry: Registry::OrganBody, ..fixtures::fact(who, on, event) };
        let blood = |who, on, event| Fact { registry: Registry::Blood, ..fixtures::fact(who, on, event) };
        let came = FactEvent::Status(Registered);
        let book = FactBook::new(vec![
            organ(1, "2024-01-10", came),
            organ(1, "2024-03-01", FactEvent::Numbered),
            organ(2, "2024-01-10", came),
            // One person under two registrations: the number of one is the number of both.
            organ(3, "2024-01-10", came),
            organ(4, "2024-02-10", came),
            organ(4, "2024-02-10", FactEvent::JoinedInto(id(3))),
            organ(3, "2024-04-01", FactEvent::Numbered),
            // Who left is in neither.
            organ(5, "2024-01-10", came),
            organ(5, "2024-05-01", FactEvent::Status(Exited(ExitReason::Withdrew))),
            blood(6, "2024-01-10", came),
        ]);
        let at = |on: &str| {
            let pool = book.pool(AsOf::day(day(on)));
            (pool.registry(Registry::OrganBody).pool(), pool.unentered)
        };
        assert_eq!([at("2024-02-28"), at("2024-03-01"), at("2024-04-30"), at("2024-05-01")], [(4, 4), (4, 3), (4, 2), (3, 1)]);
    }
}
