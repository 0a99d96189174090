//! From the facts of a period to the lines of the flow table.

use chrono::{Datelike, Days, NaiveDate};

use super::{CLOSING, CORRECTIONS, DUPLICATES, EXITS, LINES, MOVED_IN, MOVED_OUT, NEW, OPENING, Period, RECOVERED, RESUMED, SET_ASIDE};
use crate::domain::registry::ExitReason;
use crate::reports::facts::grid::{BREAKDOWNS, Grid, Layout};
use crate::reports::facts::packed::{Packed, day_number, exit_reason};
use crate::reports::facts::standing::{BOOKS, FIRST_EXIT, Standing};
use crate::reports::facts::{Change, Unions, limit};

/// Books what each fact of a period changes, cell by cell.
pub(super) struct Ledger<'a> {
    layout: &'a Layout,
    /// The lines of every cell.
    pub(super) grid: Grid<LINES>,
    from: i32,
    to: i32,
    opening_known: i32,
    closing_known: i32,
    opening_year: i32,
    /// First day of each year that begins within the period, and the year.
    new_years: Vec<(i32, i32)>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(layout: &'a Layout, period: Period) -> Self {
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

    pub(super) fn one(&mut self, run: &[Packed]) {
        let past = run.partition_point(|f| f.day < self.from);
        let mut opening = Standing::NEW;
        let mut standing = Standing::NEW;
        let mut late = false;
        for fact in &run[..past] {
            if fact.known_at(self.opening_known) {
                opening.apply(fact);
            }
            if fact.known_at(self.closing_known) {
                standing.apply(fact);
            }
            late |= !fact.known_at(self.opening_known) || !fact.known_at(self.closing_known);
        }
        self.put(&opening, self.opening_year, OPENING, 1);
        if late && opening != standing {
            self.put(&opening, self.opening_year, CORRECTIONS, -1);
            self.put(&standing, self.opening_year, CORRECTIONS, 1);
        }
        let mut year = self.opening_year;
        let (to, known) = (self.to, self.closing_known);
        for fact in run[past..].iter().take_while(|f| f.day <= to).filter(|f| f.known_at(known)) {
            self.grow_older(std::slice::from_ref(&standing), &mut year, fact.day);
            let before = standing;
            standing.apply(fact);
            self.post(&before, &standing, year, fact);
        }
        self.grow_older(std::slice::from_ref(&standing), &mut year, self.to);
        self.put(&standing, year, CLOSING, 1);
    }

    pub(super) fn several(&mut self, facts: &[(u32, Packed)]) {
        let past = facts.partition_point(|(_, f)| f.day < self.from);
        let mut opening = Unions::default();
        let mut unions = Unions::default();
        for (who, fact) in &facts[..past] {
            if fact.known_at(self.opening_known) {
                opening.apply(*who, fact);
            }
            if fact.known_at(self.closing_known) {
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
        for (who, fact) in facts[past..].iter().take_while(|(_, f)| f.day <= to).filter(|(_, f)| f.known_at(known)) {
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
