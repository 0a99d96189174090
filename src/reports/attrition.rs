//! Attrition (流失): losses in person-time, with what has to be read beside it.
//!
//! Losses are withdrawals, registrants found lost, and those who moved away (docs/domain.md 4.2). Who calls more finds more losses, so a rate never stands
//! without the share verified within 24 months, and losses are split into new ones and backlog found.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use super::axis::{Cell, Dimension};
use super::facts::grid::{Grid, Layout};
use super::facts::packed::{Packed, day_number, exit_reason, registry_at};
use super::facts::standing::{BOOKS, PERSONS, Standing};
use super::facts::{Change, FactBook, Unions, limit};
use super::flows::Period;
use super::intervals::{Proportion, Rate};
use super::pool::{Counted, order, verified_from};
use crate::domain::registry::{ExitReason, Registry};

/// Days of a year in person-time.
const YEAR: f64 = 365.25;

/// Losses and what stands beside them, of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Losses {
    /// 撤回
    pub withdrew: u64,
    /// 失联
    pub lost: u64,
    /// 迁出
    pub moved: u64,
    /// Of the losses: last good contact within the period (本期新失).
    pub new: u64,
    /// Of the losses: last good contact before it (历史积压清查发现).
    pub backlog: u64,
    /// 找回
    pub recovered: u64,
    /// No losses: died.
    pub died: u64,
    /// No losses: aged out.
    pub aged_out: u64,
    /// No losses: donated.
    pub donated: u64,
    /// No losses: permanently unsuitable.
    pub medical: u64,
    /// Erased at the person's request: shown beside.
    pub erased: u64,
    /// Days in the pool, of all together.
    pub person_days: u64,
    /// In the pool before the period's first day.
    pub opening: u64,
    /// In the pool at its end.
    pub closing: u64,
    /// Of these verified within the months of the rule set.
    pub verified: u64,
}

impl Losses {
    /// All losses.
    pub const fn losses(&self) -> u64 {
        self.withdrew + self.lost + self.moved
    }

    /// 流失率: losses a person-year, with Garwood's interval.
    pub fn rate(&self) -> Rate {
        Rate::new(self.losses(), self.person_days as f64 / YEAR)
    }

    /// 粗流失率: losses over the mean of opening and closing; none where nobody was there.
    pub fn crude(&self) -> Option<f64> {
        let both = self.opening + self.closing;
        (both > 0).then(|| 2.0 * self.losses() as f64 / both as f64)
    }

    /// 有效期内核实比例: of those in the pool at the end, verified within the months of the rule set.
    pub fn verified_share(&self) -> Proportion {
        Proportion::new(self.verified, self.closing)
    }

    /// Whether two periods' rates may be compared: their verified shares differ by 10 points at most, so that one did not merely look harder.
    pub fn comparable(&self, other: &Self) -> bool {
        match (self.verified_share().share, other.verified_share().share) {
            (Some(a), Some(b)) => (a - b).abs() <= 0.10,
            _ => false,
        }
    }
}

/// Attrition of a period.
#[derive(Debug, Clone, Serialize)]
pub struct Attrition {
    /// The period.
    pub period: Period,
    /// Each registry, all enrolments, persons.
    pub totals: Vec<(Counted, Losses)>,
    /// Every dimension for every registry, all enrolments and persons.
    pub breakdowns: Vec<(Counted, Dimension, Vec<(Cell, Losses)>)>,
}

impl Attrition {
    /// The losses of a total.
    pub fn total(&self, of: Counted) -> Losses {
        self.totals.iter().find(|(c, _)| *c == of).map_or_else(Losses::default, |(_, l)| *l)
    }

    /// The cells of a breakdown.
    pub fn by(&self, of: Counted, by: Dimension) -> &[(Cell, Losses)] {
        self.breakdowns.iter().find(|b| b.0 == of && b.1 == by).map_or(&[], |b| &b.2)
    }
}

const NEW: usize = 3;
const BACKLOG: usize = 4;
const RECOVERED: usize = 5;
const DAYS: usize = 11;
const OPENING: usize = 12;
const CLOSING: usize = 13;
const VERIFIED: usize = 14;
const MEASURES: usize = 15;

const fn measure(reason: ExitReason) -> Option<usize> {
    match reason {
        ExitReason::Withdrew => Some(0),
        ExitReason::Lost => Some(1),
        ExitReason::MovedOut => Some(2),
        ExitReason::Died => Some(6),
        ExitReason::AgedOut => Some(7),
        ExitReason::Donated => Some(8),
        ExitReason::Medical => Some(9),
        ExitReason::Erased => Some(10),
        ExitReason::Duplicate => None,
    }
}

impl FactBook {
    /// The attrition of a period, with all that is known by its `closing_known`.
    pub fn attrition(&self, period: Period) -> Attrition {
        let layout = Layout::of(self);
        let mut count = Count::new(&layout, period, self.rules(period.to).verified_within_months);
        for run in self.alone() {
            count.one(run);
        }
        for facts in self.tied() {
            count.several(&facts);
        }
        let grid = count.grid;
        let sum = |books: &[usize], cell: usize| losses(books.iter().map(|b| grid.at(*b, cell)));
        let books = Registry::ALL.map(|r| (Counted::Registry(r), vec![registry_at(r)]));
        let groups: Vec<_> = books.into_iter().chain([(Counted::All, vec![0, 1, 2, 3]), (Counted::Persons, vec![PERSONS])]).collect();
        let mut breakdowns = Vec::new();
        for (of, books) in &groups {
            for by in Dimension::ALL {
                let cells = layout.range(Some(by)).map(|at| (layout.cell(self, Some(by), at), sum(books, at)));
                let mut cells: Vec<_> = cells.filter(|(_, l)| *l != Losses::default()).collect();
                cells.sort_by_key(|(cell, _)| order(*cell));
                breakdowns.push((*of, by, cells));
            }
        }
        Attrition { period, totals: groups.iter().map(|(of, books)| (*of, sum(books, 0))).collect(), breakdowns }
    }
}

fn losses<'a>(cells: impl Iterator<Item = &'a [i64; MEASURES]>) -> Losses {
    let m = cells.fold([0i64; MEASURES], |a, c| std::array::from_fn(|at| a[at] + c[at]));
    let n = |at: usize| u64::try_from(m[at]).expect("every count is of additions alone");
    Losses {
        withdrew: n(0),
        lost: n(1),
        moved: n(2),
        new: n(NEW),
        backlog: n(BACKLOG),
        recovered: n(RECOVERED),
        died: n(6),
        aged_out: n(7),
        donated: n(8),
        medical: n(9),
        erased: n(10),
        person_days: n(DAYS),
        opening: n(OPENING),
        closing: n(CLOSING),
        verified: n(VERIFIED),
    }
}

struct Count<'a> {
    layout: &'a Layout,
    grid: Grid<MEASURES>,
    from: i32,
    to: i32,
    known: i32,
    verified_from: i32,
    opening_year: i32,
    /// First and last day of each calendar year of the period, and the year.
    years: Vec<(i32, i32, i32)>,
}

impl<'a> Count<'a> {
    fn new(layout: &'a Layout, period: Period, months: u32) -> Self {
        let years = (period.from.year()..=period.to.year()).filter_map(|y| {
            let (first, last) = (NaiveDate::from_ymd_opt(y, 1, 1)?, NaiveDate::from_ymd_opt(y, 12, 31)?);
            Some((day_number(first), day_number(last), y))
        });
        Self {
            layout,
            grid: Grid::new(layout),
            from: day_number(period.from),
            to: day_number(period.to),
            known: limit(period.closing_known),
            verified_from: verified_from(period.to, months),
            opening_year: period.from.checked_sub_days(Days::new(1)).unwrap_or(period.from).year(),
            years: years.collect(),
        }
    }

    fn one(&mut self, run: &[Packed]) {
        let (to, known) = (self.to, self.known);
        let mut standing = Standing::NEW;
        let mut since = self.from;
        let mut open = true;
        for fact in run.iter().take_while(|f| f.day <= to).filter(|f| f.known_at(known)) {
            if fact.day >= self.from {
                if open {
                    self.put(&standing, self.opening_year, OPENING, 1);
                    open = false;
                }
                self.stay(&standing, since, fact.day - 1);
                since = fact.day;
            }
            let before = standing;
            standing.apply(fact);
            if fact.day >= self.from {
                self.post(&before, &standing, fact);
            }
        }
        if open {
            self.put(&standing, self.opening_year, OPENING, 1);
        }
        self.stay(&standing, since, to);
        self.close(&standing);
    }

    fn several(&mut self, facts: &[(u32, Packed)]) {
        let (from, to, known) = (self.from, self.to, self.known);
        let mut unions = Unions::default();
        let past = facts.partition_point(|(_, f)| f.day < from);
        for (who, fact) in facts[..past].iter().filter(|(_, f)| f.known_at(known)) {
            unions.apply(*who, fact);
        }
        unions.standings().for_each(|s| self.put(s, self.opening_year, OPENING, 1));
        let mut since = from;
        for (who, fact) in facts[past..].iter().take_while(|(_, f)| f.day <= to).filter(|(_, f)| f.known_at(known)) {
            unions.standings().for_each(|s| self.stay(s, since, fact.day - 1));
            since = fact.day;
            if let Change::Of(pair) = unions.apply(*who, fact) {
                self.post(&pair.0, &pair.1, fact);
            }
        }
        for standing in unions.standings() {
            self.stay(standing, since, to);
            self.close(standing);
        }
    }

    fn put(&mut self, standing: &Standing, year: i32, measure: usize, by: i64) {
        for book in (0..BOOKS).filter(|b| standing.counts(*b)) {
            self.at(standing, book, year, measure, by);
        }
    }

    fn at(&mut self, standing: &Standing, book: usize, year: i32, measure: usize, by: i64) {
        for slot in self.layout.slots(standing, book, year) {
            self.grid.add(book, slot, measure, by);
        }
    }

    /// Person-time of a standing from one day to another, both included, in each calendar year's cell.
    fn stay(&mut self, standing: &Standing, from: i32, to: i32) {
        if from > to || !standing.counts(PERSONS) {
            return;
        }
        for at in 0..self.years.len() {
            let (first, last, year) = self.years[at];
            let days = to.min(last) - from.max(first) + 1;
            if days > 0 {
                self.put(standing, year, DAYS, i64::from(days));
            }
        }
    }

    fn post(&mut self, before: &Standing, after: &Standing, fact: &Packed) {
        let year = self.years.iter().find(|y| fact.day <= y.1).map_or(self.opening_year, |y| y.2);
        for book in 0..BOOKS {
            match (before.counts(book), after.counts(book)) {
                (true, false) => {
                    let code = after.stand.get(book).copied().unwrap_or(after.stand[fact.registry()]);
                    let Some(reason) = exit_reason(code) else { continue };
                    let Some(measure) = measure(reason) else { continue };
                    self.at(before, book, year, measure, 1);
                    if measure < NEW {
                        let found = if before.last_good(book) >= self.from { NEW } else { BACKLOG };
                        self.at(before, book, year, found, 1);
                    }
                }
                (false, true) if exit_reason(before.left_for(book)) == Some(ExitReason::Lost) => self.at(after, book, year, RECOVERED, 1),
                _ => {}
            }
        }
    }

    fn close(&mut self, standing: &Standing) {
        let year = self.years.last().map_or(self.opening_year, |y| y.2);
        self.put(standing, year, CLOSING, 1);
        if standing.verified >= self.verified_from {
            self.put(standing, year, VERIFIED, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, FactEvent};
    use crate::domain::registry::EnrolmentStatus::{Exited, Registered};
    use crate::reports::fixtures::{day, fact};

    fn year(facts: Vec<Fact>) -> Losses {
        let period = Period::restated(day("2025-01-01"), day("2025-12-31")).unwrap();
        FactBook::new(facts).attrition(period).total(Counted::Registry(Registry::StemCell))
    }

    #[test]
    fn person_time_runs_from_the_day_of_coming_to_the_day_before_leaving() {
        let l = year(vec![
            fact(1, "2020-01-01", FactEvent::Status(Registered)),
            fact(2, "2025-12-30", FactEvent::Status(Registered)),
            fact(3, "2024-05-01", FactEvent::Status(Registered)),
            fact(3, "2025-01-11", FactEvent::Status(Exited(ExitReason::Withdrew))),
        ]);
        assert_eq!(l.person_days, 365 + 2 + 10);
        assert_eq!((l.opening, l.closing, l.losses()), (2, 2, 1));
        assert_eq!(l.crude(), Some(0.5));
        assert!((l.rate().person_years - 377.0 / 365.25).abs() < 1e-12);
    }

    #[test]
    fn a_loss_is_new_if_there_was_good_contact_within_the_period() {
        let l = year(vec![
            fact(1, "2020-01-01", FactEvent::Status(Registered)),
            fact(1, "2025-02-01", FactEvent::Verified),
            fact(1, "2025-09-01", FactEvent::Status(Exited(ExitReason::Lost))),
            fact(2, "2020-01-01", FactEvent::Status(Registered)),
            fact(2, "2025-09-01", FactEvent::Status(Exited(ExitReason::Lost))),
            fact(2, "2025-10-01", FactEvent::Status(Registered)),
            fact(3, "2020-01-01", FactEvent::Status(Registered)),
            fact(3, "2025-09-01", FactEvent::Status(Exited(ExitReason::Died))),
        ]);
        assert_eq!((l.lost, l.new, l.backlog, l.recovered, l.died, l.losses()), (2, 1, 1, 1, 1, 2));
    }

    #[test]
    fn rates_are_not_compared_where_one_period_looked_much_harder() {
        let of = |verified| Losses { closing: 100, verified, ..Losses::default() };
        assert!(of(60).comparable(&of(69)));
        assert!(!of(60).comparable(&of(71)));
        assert!(!of(60).comparable(&Losses::default()));
    }
}
