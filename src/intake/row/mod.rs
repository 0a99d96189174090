//! One row of a person: cells to a draft, and what is wrong with them.

mod guardian;
mod reach;
mod record;
mod who;

use std::borrow::Cow;

use chrono::{Months, NaiveDate};

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::person::{BirthDate, Health, Identity};
use crate::domain::problem::ProblemCode;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::town::{TownCode, Towns};

use super::field::Field;
use super::grid::{Cell, Grid};
use super::layout::{Column, Layout};
use super::merges::Merges;
use super::problem_field::ProblemField;
use super::profile::Limits;
use super::repair::dates::{DateRead, Order};
use super::repair::{self, dates, free, says_nothing};
use super::sheet::Problem;

pub(super) use guardian::age_on;

/// Longest texts taken in, in characters.
const MAX_SHORT: usize = 200;
const MAX_ADDRESS: usize = 300;
const MAX_NOTE: usize = 2000;
/// Most characters of a value kept aside: enough to know it by.
const MAX_ASIDE: usize = 500;

/// How far ahead a day may lie that is to come, such as the end of a certificate.
const YEARS_AHEAD: Months = Months::new(12 * 20);

/// What every row of a sheet is read with.
pub(super) struct Context<'a> {
    pub(super) grid: &'a Grid,
    pub(super) merges: &'a Merges,
    pub(super) layout: &'a Layout,
    pub(super) towns: &'a Towns,
    pub(super) registry: Registry,
    pub(super) limits: Limits,
    /// No date of the row may lie after this day.
    pub(super) latest: NaiveDate,
    /// How a column writes days whose year stands last.
    pub(super) orders: &'a [(u32, Order)],
}

/// What carries over from row to row.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The town of the section, where the sheet has no column for it.
    pub(super) section_town: Option<TownCode>,
    /// The last filled cell of columns that 同上 may repeat, as (column, row).
    pub(super) above: Vec<(u32, usize)>,
}

/// A row read, before it is judged.
pub(super) struct RawRow {
    pub(super) problems: Vec<Problem>,
    pub(super) identity: Option<Identity>,
    pub(super) contact: Contact,
    pub(super) health: Health,
    pub(super) details: Details,
    pub(super) status: EnrolmentStatus,
    pub(super) date: Option<NaiveDate>,
    pub(super) birth: Option<BirthDate>,
    /// Age as told, where no birth date is.
    pub(super) age_told: Option<u32>,
    /// The town the address itself names, where the sheet's own column was left blank.
    pub(super) address_town: Option<TownCode>,
    /// Whether the sheet has a column for the guardian.
    pub(super) guardian_asked: bool,
}

impl<'a> Context<'a> {
    /// The cell that counts for a row and column: its own, or for columns that staff merge over several rows the merged one.
    fn cell(&self, row: usize, column: &Column) -> Option<&'a Cell> {
        let own = self.grid.cell(row, column.index).filter(|c| !c.is_blank());
        if own.is_some() {
            return own;
        }
        let field = column.reading?.field;
        if !fills_down(field) {
            return None;
        }
        let merge = self.merges.covering(row, column.index)?;
        self.grid.cell(merge.top as usize, merge.left).filter(|c| !c.is_blank())
    }

    fn first(&self, row: usize, field: Field) -> Option<&'a Cell> {
        self.layout.columns_of(field).find_map(|c| self.cell(row, c))
    }

    fn text(&self, row: usize, field: Field) -> Cow<'a, str> {
        self.first(row, field).map_or(Cow::Borrowed(""), Cell::shown)
    }

    fn order(&self, column: u32) -> Order {
        self.orders.iter().find(|(c, _)| *c == column).map_or(Order::Unknown, |(_, o)| *o)
    }

    /// Whether a row continues the one above: its name cell is part of a region that begins there.
    pub(super) fn continues(&self, row: usize) -> bool {
        let Some(column) = self.layout.column(Field::Name) else { return false };
        self.grid.cell(row, column).is_none_or(Cell::is_blank)
            && self.merges.covering(row, column).is_some_and(|m| (m.top as usize) < row && m.top as usize > self.layout.last)
    }

    /// Reads a row, and the rows that continue it.
    pub(super) fn read(&self, row: usize, more: &[usize], carried: &mut Carried) -> RawRow {
        let mut reading = Reading { context: self, row, more, out: RawRow::new() };
        reading.all(carried);
        reading.out
    }
}

/// Fields whose cells staff merge over the rows of several persons.
const fn fills_down(field: Field) -> bool {
    matches!(
        field,
        Field::Town
            | Field::Address
            | Field::Team
            | Field::Date
            | Field::DateYear
            | Field::DateMonth
            | Field::DateDay
            | Field::Employer
            | Field::Status
            | Field::Note
            | Field::Items
            | Field::Witness
            | Field::Ethnic
    )
}

impl RawRow {
    fn new() -> Self {
        Self {
            problems: Vec::new(),
            identity: None,
            contact: Contact::default(),
            health: Health::default(),
            details: Details::default(),
            status: EnrolmentStatus::Registered,
            date: None,
            birth: None,
            age_told: None,
            address_town: None,
            guardian_asked: false,
        }
    }
}

struct Reading<'c, 'a> {
    context: &'c Context<'a>,
    row: usize,
    more: &'c [usize],
    out: RawRow,
}

impl<'a> Reading<'_, 'a> {
    fn flag(&mut self, code: ProblemCode, field: ProblemField, kept: Option<&str>) {
        if self.out.problems.iter().any(|p| p.code == code && p.field == field) {
            return;
        }
        let kept_aside = kept.map(|text| Guarded::new(text.trim().chars().take(MAX_ASIDE).collect::<String>()));
        self.out.problems.push(Problem { code, field, severity: code.severity(self.context.registry), kept_aside, hint: code.hint() });
    }

    fn columns(&self, field: Field) -> Vec<&'a Column> {
        self.context.layout.columns_of(field).collect()
    }

    fn text(&self, field: Field) -> Cow<'a, str> {
        self.context.text(self.row, field)
    }

    /// A short text of a field, cut where it is too long.
    fn short(&mut self, field: Field) -> Option<String> {
        let shown = self.text(field);
        if says_nothing(&shown) {
            return None;
        }
        Some(self.cut(free(&shown), MAX_SHORT, &shown))
    }

    fn cut(&mut self, text: String, most: usize, kept: &str) -> String {
        if text.chars().count() <= most {
            return text;
        }
        self.flag(ProblemCode::TextTooLong, ProblemField::Text, Some(kept));
        text.chars().take(most).collect()
    }

    fn all(&mut self, carried: &mut Carried) {
        let empty = !self.context.layout.columns.iter().any(|c| {
            c.reading.is_some_and(|r| r.field.shows_a_person())
                && self.context.grid.cell(self.row, c.index).is_some_and(|cell| !says_nothing(&cell.shown()))
        });
        let name = self.name();
        if empty {
            self.flag(ProblemCode::MissingName, ProblemField::Name, None);
            self.flag(ProblemCode::EmptyRecord, ProblemField::Row, None);
            return;
        }
        let document = self.document();
        self.sex_and_birth(name, document);
        self.phones();
        self.mails();
        self.address(carried);
        self.dates(carried);
        self.parties();
        self.health();
        self.details();
        self.status();
    }

    fn of_parts(&self, year: Field, month: Field, day: Field) -> (DateRead, String) {
        let part = |field| {
            let shown = self.text(field);
            repair::plain(&shown).trim_end_matches(['年', '月', '日', '份']).trim().to_owned()
        };
        let (y, m, d) = (part(year), part(month), part(day));
        if y.is_empty() {
            return (DateRead::Blank, String::new());
        }
        // 1985.03 in the column of years holds the month too.
        let written = [y.as_str(), m.as_str(), d.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-");
        (dates::text(&written, Order::Unknown, self.context.latest), written)
    }

    /// A day of a field; what is none, or after the latest day allowed, is kept aside.
    fn day(&mut self, read: DateRead, kept: &str, may_come: bool) -> Option<NaiveDate> {
        match read {
            DateRead::Blank => None,
            DateRead::Day(day) if !may_come && day > self.context.latest => {
                self.flag(ProblemCode::DateInFuture, ProblemField::Date, Some(kept));
                None
            }
            // Nothing a branch keeps is older than sixty years.
            DateRead::Day(day) if self.context.latest.years_since(day).is_some_and(|years| years > 60) => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Date, Some(kept));
                None
            }
            DateRead::Day(day) => Some(day),
            DateRead::Month(..) | DateRead::Year(_) | DateRead::Unreadable => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Date, Some(kept));
                None
            }
        }
    }

    fn day_of(&mut self, field: Field, may_come: bool, carried: &mut Carried) -> Option<NaiveDate> {
        for column in self.columns(field) {
            if let Some(cell) = self.meant(column, carried).or_else(|| self.context.cell(self.row, column)) {
                // 27.4.8 as the end of a certificate lies ahead: two-digit years of such columns reach so far.
                let ahead = if may_come { YEARS_AHEAD } else { Months::new(0) };
                let latest = self.context.latest.checked_add_months(ahead).unwrap_or(self.context.latest);
                let read = dates::read(cell, self.context.order(column.index), latest);
                return self.day(read, &cell.shown(), may_come);
            }
        }
        None
    }

    fn dates(&mut self, carried: &mut Carried) {
        self.out.date = self.day_of(Field::Date, false, carried);
        if self.out.date.is_none() && !self.context.layout.has(Field::Date) {
            let (read, kept) = self.of_parts(Field::DateYear, Field::DateMonth, Field::DateDay);
            self.out.date = self.day(read, &kept, false);
        }
        self.out.health.last_donation = self.day_of(Field::LastDonation, false, carried);
        self.out.details.certificate_until = self.day_of(Field::CertificateUntil, true, carried);
    }
}
