//! What came into the pool and what went out between two days, so that every cell reconciles:
//! closing = opening + corrections + new + recovered + resumed + moved in + duplicates − moved out − set aside − exits.
//!
//! `duplicates` and `corrections` are signed. A duplicate found lowers the count by one, an undone joining raises it again (DESIGN 2.3). `corrections`
//! (更正以往期间) is what facts recorded after the previous close change in the opening figures: the opening stays as it was reported.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use super::ReportError;
use super::axis::{Cell, Dimension};
use super::facts::grid::{BREAKDOWNS, Grid, Layout};
use super::facts::packed::{Packed, day_number, exit_reason, registry_at};
use super::facts::standing::{BOOKS, FIRST_EXIT, PERSONS, Standing};
use super::facts::{Change, FactBook, Unions, limit};
use super::pool::{Counted, order};
use crate::domain::registry::{ExitReason, Registry};

/// A period and what was known when its opening and its closing were, or are, reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The opening (end of the day before `from`) shows what was recorded up to this day.
    pub opening_known: NaiveDate,
    /// Everything else shows what was recorded up to this day.
    pub closing_known: NaiveDate,
}

impl Period {
    /// A period whose opening was reported at its time, closed on its last day: the form in which successive reports chain, one's closing being the next one's opening.
    ///
    /// # Errors
    /// [`ReportError::PeriodReversed`].
    pub fn frozen(from: NaiveDate, to: NaiveDate) -> Result<Self, ReportError> {
        let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
        Self { from, to, opening_known: before, closing_known: to }.checked()
    }

    /// A period with everything known now, on its own day: nothing is late, `corrections` is nought.
    ///
    /// # Errors
    /// [`ReportError::PeriodReversed`].
    pub fn restated(from: NaiveDate, to: NaiveDate) -> Result<Self, ReportError> {
        Self { from, to, opening_known: NaiveDate::MAX, closing_known: NaiveDate::MAX }.checked()
    }

    /// What a report made now shows: all that is known, and as corrections what was recorded after the previous close - unless the book began later
    /// than that, so that nothing can have been reported then.
    ///
    /// # Errors
    /// [`ReportError::PeriodReversed`].
    pub fn current(facts: &FactBook, from: NaiveDate, to: NaiveDate) -> Result<Self, ReportError> {
        let mut period = Self::restated(from, to)?;
        let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
        if facts.first_recorded().is_some_and(|first| first <= before) {
            period.opening_known = before;
        }
        Ok(period)
    }

    fn checked(self) -> Result<Self, ReportError> {
        if self.from > self.to { Err(ReportError::PeriodReversed) } else { Ok(self) }
    }
}

/// The lines of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Lines {
    /// 期初
    pub opening: i64,
    /// 更正以往期间; signed.
    pub corrections: i64,
    /// 新登记或入库: never in this pool before.
    pub new: i64,
    /// 找回: had been lost.
    pub recovered: i64,
    /// 恢复: had left for another reason, or had been set aside.
    pub resumed: i64,
    /// 移入: from another cell of the breakdown (a move, a birthday, a stage).
    pub moved_in: i64,
    /// 合并重复登记, found (negative) and undone (positive); signed.
    pub duplicates: i64,
    /// 移出: to another cell.
    pub moved_out: i64,
    /// 转待确认: back to interest or undecided, without leaving.
    pub set_aside: i64,
    /// Left, by reason, in the order of [`ExitReason::ALL`]; leaving as a duplicate is in `duplicates`.
    pub exits: [i64; 9],
    /// 期末
    pub closing: i64,
}

impl Lines {
    /// All that left, by one reason each.
    pub fn out(&self) -> i64 {
        self.exits.iter().sum()
    }

    /// How many left for a reason.
    pub fn exit(&self, reason: ExitReason) -> i64 {
        ExitReason::ALL.iter().position(|r| *r == reason).and_then(|at| self.exits.get(at)).copied().unwrap_or(0)
    }

    /// Whether the closing is what the other lines make it.
    pub fn reconciles(&self) -> bool {
        self.closing
            == self.opening + self.corrections + self.new + self.recovered + self.resumed + self.moved_in + self.duplicates
                - self.moved_out
                - self.set_aside
                - self.out()
    }
}

/// Flows of a period.
#[derive(Debug, Clone, Serialize)]
pub struct Flows {
    /// The period.
    pub period: Period,
    /// Totals: each registry in the order of [`Registry::ALL`], all enrolments, persons.
    pub totals: Vec<(Counted, Lines)>,
    /// Every dimension for every registry, for all enrolments and for persons.
    pub breakdowns: Vec<FlowBreakdown>,
}

/// One dimension's cells; those without anybody or any movement are left out.
#[derive(Debug, Clone, Serialize)]
pub struct FlowBreakdown {
    /// Whom it counts.
    pub of: Counted,
    /// By what.
    pub by: Dimension,
    /// The cells.
    pub cells: Vec<(Cell, Lines)>,
}

impl Flows {
    /// The lines of a total.
    pub fn total(&self, of: Counted) -> Lines {
        self.totals.iter().find(|(c, _)| *c == of).map_or_else(Lines::default, |(_, l)| *l)
    }

    /// The cells of a breakdown.
    pub fn by(&self, of: Counted, by: Dimension) -> &[(Cell, Lines)] {
        self.breakdowns.iter().find(|b| b.of == of && b.by == by).map_or(&[], |b| &b.cells)
    }

    /// Whether every cell reconciles and every breakdown sums to its total, line by line; moves within a breakdown sum to zero.
    pub fn reconciles(&self) -> bool {
        let whole = |of: Counted| self.total(of);
        self.totals.iter().all(|(_, l)| l.reconciles())
            && self.breakdowns.iter().all(|b| {
                let mut sum = Lines::default();
                let each = b.cells.iter().all(|(_, l)| {
                    add(&mut sum, l);
                    l.reconciles()
                });
                let closed = sum.moved_in == sum.moved_out;
                (sum.moved_in, sum.moved_out) = (0, 0);
                each && closed && sum == whole(b.of)
            })
    }
}

fn add(sum: &mut Lines, l: &Lines) {
    *sum = from_array(&std::array::from_fn(|at| to_array(sum)[at] + to_array(l)[at]));
}

const OPENING: usize = 0;
const CORRECTIONS: usize = 1;
const NEW: usize = 2;
const RECOVERED: usize = 3;
const RESUMED: usize = 4;
const MOVED_IN: usize = 5;
const DUPLICATES: usize = 6;
const MOVED_OUT: usize = 7;
const SET_ASIDE: usize = 8;
const EXITS: usize = 9;
const CLOSING: usize = 18;
const LINES: usize = 19;

fn from_array(m: &[i64; LINES]) -> Lines {
    Lines {
        opening: m[OPENING],
        corrections: m[CORRECTIONS],
        new: m[NEW],
        recovered: m[RECOVERED],
        resumed: m[RESUMED],
        moved_in: m[MOVED_IN],
        duplicates: m[DUPLICATES],
        moved_out: m[MOVED_OUT],
        set_aside: m[SET_ASIDE],
        exits: std::array::from_fn(|at| m[EXITS + at]),
        closing: m[CLOSING],
    }
}

fn to_array(l: &Lines) -> [i64; LINES] {
    let mut m = [0; LINES];
    m[..EXITS].copy_from_slice(&[
        l.opening,
        l.corrections,
        l.new,
        l.recovered,
        l.resumed,
        l.moved_in,
        l.duplicates,
        l.moved_out,
        l.set_aside,
    ]);
    m[EXITS..CLOSING].copy_from_slice(&l.exits);
    m[CLOSING] = l.closing;
    m
}

impl FactBook {
    /// The flows of a period.
    pub fn flows(&self, period: Period) -> Flows {
        let layout = Layout::of(self);
        let mut ledger = Ledger::new(&layout, period);
        for run in self.alone() {
            ledger.one(run);
        }
        for facts in self.tied() {
            ledger.several(&facts);
        }
        self.read_flows(period, &layout, &ledger.grid)
    }

    fn read_flows(&self, period: Period, layout: &Layout, grid: &Grid<LINES>) -> Flows {
        let sum = |books: &[usize], cell: usize| {
            let all = books.iter().map(|b| grid.at(*b, cell)).fold([0i64; LINES], |a, c| std::array::from_fn(|m| a[m] + c[m]));
            from_array(&all)
        };
        let books = Registry::ALL.map(|r| (Counted::Registry(r), vec![registry_at(r)]));
        let groups: Vec<_> = books.into_iter().chain([(Counted::All, vec![0, 1, 2, 3]), (Counted::Persons, vec![PERSONS])]).collect();
        let mut breakdowns = Vec::new();
        for (of, books) in &groups {
            for by in Dimension::ALL {
                let mut cells: Vec<(Cell, Lines)> = layout
                    .range(Some(by))
                    .map(|at| (layout.cell(self, Some(by), at), sum(books, at)))
                    .filter(|(_, l)| *l != Lines::default())
                    .collect();
                cells.sort_by_key(|(cell, _)| order(*cell));
                breakdowns.push(FlowBreakdown { of: *of, by, cells });
            }
        }
        Flows { period, totals: groups.iter().map(|(of, books)| (*of, sum(books, 0))).collect(), breakdowns }
    }
}

struct Ledger<'a> {
    layout: &'a Layout,
    grid: Grid<LINES>,
    from: i32,
    to: i32,
    opening_known: i32,
    closing_known: i32,
    opening_year: i32,
    /// First day of each year that begins within the period, and the year.
    new_years: Vec<(i32, i32)>,
}

impl<'a> Ledger<'a> {
    fn new(layout: &'a Layout, period: Period) -> Self {
        let opening_year = period.from.checked_sub_days(Days::new(1)).unwrap_or(period.from).year();
        let new_years = (opening_year + 1..=period.to.year())
            .filter_map(|year| NaiveDate::from_ymd_opt(year, 1, 1).map(|d| (day_number(d), year)))
            .collect();
        Self {
            layout,
            grid: Grid::new(layout),
            from: day_number(period.from),
            to: day_number(period.to),
            opening_known: limit(period.opening_known),
            closing_known: limit(period.closing_known),
            opening_year,
            new_years,
        }
    }

    fn one(&mut self, run: &[Packed]) {
        let past = run.partition_point(|f| f.day < self.from);
        let mut opening = Standing::NEW;
        let mut standing = Standing::NEW;
        let mut late = false;
        for fact in &run[..past] {
            if fact.recorded <= self.opening_known {
                opening.apply(fact);
            }
            if fact.recorded <= self.closing_known {
                standing.apply(fact);
            }
            late |= fact.recorded > self.opening_known || fact.recorded > self.closing_known;
        }
        self.put(&opening, self.opening_year, OPENING, 1);
        if late && opening != standing {
            self.put(&opening, self.opening_year, CORRECTIONS, -1);
            self.put(&standing, self.opening_year, CORRECTIONS, 1);
        }
        let mut year = self.opening_year;
        let (to, known) = (self.to, self.closing_known);
        for fact in run[past..].iter().take_while(|f| f.day <= to).filter(|f| f.recorded <= known) {
            self.grow_older(std::slice::from_ref(&standing), &mut year, fact.day);
            let before = standing;
            standing.apply(fact);
            self.post(&before, &standing, year, fact);
        }
        self.grow_older(std::slice::from_ref(&standing), &mut year, self.to);
        self.put(&standing, year, CLOSING, 1);
    }

    fn several(&mut self, facts: &[(u32, Packed)]) {
        let past = facts.partition_point(|(_, f)| f.day < self.from);
        let mut opening = Unions::default();
        let mut unions = Unions::default();
        for (who, fact) in &facts[..past] {
            if fact.recorded <= self.opening_known {
                opening.apply(*who, fact);
            }
            if fact.recorded <= self.closing_known {
                unions.apply(*who, fact);
            }
        }
        for standing in opening.standings() {
            self.put(standing, self.opening_year, OPENING, 1);
            self.put(standing, self.opening_year, CORRECTIONS, -1);
        }
        for standing in unions.standings() {
            self.put(standing, self.opening_year, CORRECTIONS, 1);
        }
        let mut year = self.opening_year;
        let (to, known) = (self.to, self.closing_known);
        for (who, fact) in facts[past..].iter().take_while(|(_, f)| f.day <= to).filter(|(_, f)| f.recorded <= known) {
            let all: Vec<Standing> = unions.standings().copied().collect();
            self.grow_older(&all, &mut year, fact.day);
            match unions.apply(*who, fact) {
                Change::Of(pair) => self.post(&pair.0, &pair.1, year, fact),
                Change::Tie(before, after) => self.tie(&before, &after, year),
            }
        }
        let all: Vec<Standing> = unions.standings().copied().collect();
        self.grow_older(&all, &mut year, self.to);
        for standing in &all {
            self.put(standing, year, CLOSING, 1);
        }
    }

    /// Adds to one line wherever a standing counts.
    fn put(&mut self, standing: &Standing, year: i32, line: usize, by: i64) {
        for book in (0..BOOKS).filter(|b| standing.counts(*b)) {
            for slot in self.layout.slots(standing, book, year) {
                self.grid.add(book, slot, line, by);
            }
        }
    }

    /// Crosses every new year up to a day: ages rise, and with them cells change.
    fn grow_older(&mut self, standings: &[Standing], year: &mut i32, day: i32) {
        while let Some((_, next)) = self.new_years.iter().copied().find(|(first, next)| *next > *year && *first <= day) {
            for standing in standings {
                for book in (0..BOOKS).filter(|b| standing.counts(*b)) {
                    self.shift(standing, standing, book, *year, next);
                }
            }
            *year = next;
        }
    }

    fn post(&mut self, before: &Standing, after: &Standing, year: i32, fact: &Packed) {
        for book in 0..BOOKS {
            match (before.counts(book), after.counts(book)) {
                (false, false) => {}
                (true, true) => self.shift(before, after, book, year, year),
                (false, true) => {
                    self.all(after, book, year, way_in(before, book), 1);
                }
                (true, false) => {
                    let (line, by) = way_out(after, book, fact);
                    self.all(before, book, year, line, by);
                }
            }
        }
    }

    fn all(&mut self, standing: &Standing, book: usize, year: i32, line: usize, by: i64) {
        for slot in self.layout.slots(standing, book, year) {
            self.grid.add(book, slot, line, by);
        }
    }

    /// Stays in the pool, possibly in another cell of some breakdowns.
    fn shift(&mut self, before: &Standing, after: &Standing, book: usize, year: i32, next_year: i32) {
        let (old, new) = (self.layout.slots(before, book, year), self.layout.slots(after, book, next_year));
        for at in (0..BREAKDOWNS).filter(|at| old[*at] != new[*at]) {
            self.grid.add(book, old[at], MOVED_OUT, 1);
            self.grid.add(book, new[at], MOVED_IN, 1);
        }
    }

    /// A joining or its undoing. One standing that counts on each side carries on (and moves, where its cell differs); the others are duplicates found or restored.
    fn tie(&mut self, before: &[Standing], after: &[Standing], year: i32) {
        for book in 0..BOOKS {
            let counted = |all: &[Standing]| -> Vec<[usize; BREAKDOWNS]> {
                all.iter().filter(|s| s.counts(book)).map(|s| self.layout.slots(s, book, year)).collect()
            };
            let (old, new) = (counted(before), counted(after));
            for at in 0..BREAKDOWNS {
                let mut gone: Vec<usize> = old.iter().map(|s| s[at]).collect();
                let mut come: Vec<usize> = new.iter().map(|s| s[at]).collect();
                gone.retain(|slot| match come.iter().position(|c| c == slot) {
                    Some(same) => {
                        come.swap_remove(same);
                        false
                    }
                    None => true,
                });
                let moved = gone.len().min(come.len());
                for (from, to) in gone.drain(..moved).zip(come.drain(..moved)) {
                    self.grid.add(book, from, MOVED_OUT, 1);
                    self.grid.add(book, to, MOVED_IN, 1);
                }
                gone.iter().for_each(|slot| self.grid.add(book, *slot, DUPLICATES, -1));
                come.iter().for_each(|slot| self.grid.add(book, *slot, DUPLICATES, 1));
            }
        }
    }
}

fn way_in(before: &Standing, book: usize) -> usize {
    match before.left_for(book) {
        0 => NEW,
        code if exit_reason(code) == Some(ExitReason::Lost) => RECOVERED,
        _ => RESUMED,
    }
}

/// The line of a leaving, and its sign.
fn way_out(after: &Standing, book: usize, fact: &Packed) -> (usize, i64) {
    let code = after.stand.get(book).copied().unwrap_or(after.stand[fact.registry()]);
    if code < FIRST_EXIT {
        return (SET_ASIDE, 1);
    }
    match exit_reason(code).and_then(|reason| ExitReason::ALL.iter().position(|r| *r == reason)) {
        Some(at) if ExitReason::ALL[at] != ExitReason::Duplicate => (EXITS + at, 1),
        _ => (DUPLICATES, -1),
    }
}
