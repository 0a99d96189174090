//! What came into the pool and what went out between two days, so that every cell reconciles:
//! closing = opening + corrections + new + recovered + resumed + moved in + duplicates − moved out − set aside − exits.
//!
//! `duplicates` and `corrections` are signed. A duplicate found lowers the count by one, an undone joining raises it again (DESIGN 2.3). `corrections`
//! (更正以往期间) is what facts recorded after the previous close change in the opening figures: the opening stays as it was reported.

mod ledger;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use ledger::Ledger;

use super::ReportError;
use super::axis::{Cell, Dimension};
use super::facts::FactBook;
use super::facts::grid::{Grid, Layout};
use super::facts::packed::registry_at;
use super::facts::standing::PERSONS;
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
