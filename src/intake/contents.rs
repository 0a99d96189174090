//! Columns whose heading nobody foresaw, told by what stands below it.

use super::field::{Field, Party};
use super::grid::{Cell, Grid};
use super::heading::Reading;
use super::layout::{Column, Layout};
use super::repair::mails::{self, MailRead};
use super::repair::{phones, says_nothing, status};
use crate::domain::document::Document;
use crate::domain::registry::{EnrolmentStatus, Registry};

/// Rows looked at.
const LOOKED_AT: usize = 400;
/// Filled cells below which a column tells nothing.
const LEAST: usize = 3;
/// Surer readings, those of headings, are at most 6.
const BY_CONTENT: u8 = 7;

/// Gives a column that no heading told the field its cells show, where the table has no column of that field: valid identity numbers, mobile
/// numbers, mail addresses, standings. Four of five filled cells must agree, so that a note column is none.
pub(super) fn tell(layout: &mut Layout, grid: &Grid, registry: Registry) {
    for field in [Field::Document, Field::Phone, Field::Mail, Field::Status] {
        if layout.has(field) {
            continue;
        }
        let (last, untold) = (layout.last, |c: &&mut Column| c.reading.is_none() && !c.heading.trim().is_empty());
        let found = layout.columns.iter_mut().filter(untold).find(|c| holds(field, c.index, grid, last, registry));
        if let Some(column) = found {
            column.reading = Some(Reading { field, party: Party::Own, sureness: (BY_CONTENT, 0) });
        }
    }
}

fn holds(field: Field, column: u32, grid: &Grid, last: usize, registry: Registry) -> bool {
    let rows = last + 1..grid.rows.len().min(last + 1 + LOOKED_AT);
    let people = rows.clone().filter(|row| grid.filled(*row).count() >= 3).count();
    let (mut filled, mut fits, mut stays, mut leaves) = (0usize, 0usize, 0usize, 0usize);
    for cell in rows.filter_map(|row| grid.cell(row, column)).filter(|cell| !says_nothing(&cell.shown())) {
        filled += 1;
        let standing = if field == Field::Status { standing(cell, registry) } else { None };
        let exited = matches!(standing, Some(EnrolmentStatus::Exited(_)));
        leaves += usize::from(exited);
        stays += usize::from(standing.is_some() && !exited);
        fits += usize::from(match field {
            Field::Document => matches!(Document::parse(&cell.shown(), ""), Ok(Document::National(_))),
            Field::Phone => phones::read(&cell.shown()).is_some_and(|r| !r.invalid && r.phones.iter().all(|(p, _)| is_mobile(p.as_str()))),
            Field::Mail => matches!(mails::read(&cell.shown()), MailRead::Mail(_)),
            Field::Status => standing.is_some(),
            _ => false,
        });
    }
    // Standings differ: a column of one word (正常) is about something else.
    let varied = field != Field::Status || (stays > 0 && leaves > 0 && filled * 2 >= people);
    filled >= LEAST && fits * 5 >= filled * 4 && varied
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1')
}

/// The standing of a short cell; a tick or 是 is no standing by itself.
fn standing(cell: &Cell, registry: Registry) -> Option<EnrolmentStatus> {
    let shown = cell.shown();
    let text = shown.trim();
    (2..=10).contains(&text.chars().count()).then(|| status::read(text, registry)).flatten()
}
