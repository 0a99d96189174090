//! A worksheet or a text's records as a sparse grid of guarded cells.

use std::borrow::Cow;

use crate::domain::Guarded;

/// Most rows of one sheet.
pub(super) const MAX_ROWS: u32 = 200_000;
/// Most columns of one sheet.
pub(super) const MAX_COLUMNS: u32 = 2_000;
/// Most merged regions of one sheet; one with more was merged by a program.
pub(super) const MAX_MERGES: usize = 50_000;
/// Most bytes of text in one sheet.
pub(super) const MAX_TEXT: usize = 256 << 20;

/// A cell that holds something.
#[derive(Debug)]
pub(super) enum Cell {
    /// Text as stored.
    Text(Guarded<String>),
    /// A number; dates that were typed into unformatted cells are such too.
    Number(Guarded<f64>),
    /// A date or time: days since 1899-12-30.
    Serial(Guarded<f64>),
    /// A time span in days.
    Span(Guarded<f64>),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Guarded::new(text.into()))
    }

    pub(super) fn number(number: f64) -> Self {
        Self::Number(Guarded::new(number))
    }

    /// The value as text: numbers without exponent or trailing `.0`, dates as `2025-04-12`.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.reveal()),
            Self::Number(n) => Cow::Owned(plain(*n.reveal())),
            Self::Serial(days) => {
                Cow::Owned(super::repair::dates::of_serial(*days.reveal()).map_or_else(|| plain(*days.reveal()), |d| d.to_string()))
            }
            Self::Span(days) => Cow::Owned(plain(*days.reveal() * 24.0)),
        }
    }

    /// The number of a numeric cell.
    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n.reveal()),
            _ => None,
        }
    }

    /// The days of a date cell.
    pub(super) fn as_serial(&self) -> Option<f64> {
        match self {
            Self::Serial(days) => Some(*days.reveal()),
            _ => None,
        }
    }

    /// The days of a time-span cell.
    pub(super) fn as_span(&self) -> Option<f64> {
        match self {
            Self::Span(days) => Some(*days.reveal()),
            _ => None,
        }
    }

    /// Whether only blanks and marks that nobody sees stand here.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.reveal().chars().all(super::repair::is_blank_char),
            _ => false,
        }
    }
}

/// A number as staff would type it.
fn plain(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        format!("{n:.0}")
    } else if n.fract() == 0.0 && n.abs() < 1e21 {
        // Beyond 15 digits a spreadsheet no longer knows the last ones.
        format!("{n:e}").to_uppercase()
    } else {
        format!("{n}")
    }
}

/// A merged region; ends included, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) top: u32,
    pub(super) left: u32,
    pub(super) bottom: u32,
    pub(super) right: u32,
}

/// One row: its filled cells, by column.
pub(super) type Cells = Vec<(u32, Cell)>;

/// A sheet's cells.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) name: String,
    /// Every row from the sheet's first.
    pub(super) rows: Vec<Cells>,
    pub(super) merges: Vec<Merge>,
    /// Whether the sheet is hidden.
    pub(super) hidden: bool,
}

impl Grid {
    /// The cell at a place of its own.
    pub(super) fn cell(&self, row: usize, column: u32) -> Option<&Cell> {
        let cells = self.rows.get(row)?;
        let at = cells.binary_search_by_key(&column, |(c, _)| *c).ok()?;
        cells.get(at).map(|(_, cell)| cell)
    }

    /// The cell's text, empty where there is none.
    pub(super) fn shown(&self, row: usize, column: u32) -> Cow<'_, str> {
        self.cell(row, column).map_or(Cow::Borrowed(""), Cell::shown)
    }

    /// The filled columns of a row.
    pub(super) fn filled(&self, row: usize) -> impl Iterator<Item = (u32, &Cell)> {
        self.rows.get(row).into_iter().flatten().filter(|(_, cell)| !cell.is_blank()).map(|(c, cell)| (*c, cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_typed() {
        assert_eq!(Cell::number(13_812_345_678.0).shown(), "13812345678");
        assert_eq!(Cell::number(62.5).shown(), "62.5");
        assert_eq!(Cell::number(5.120_021_991_072_19e17).shown(), "5.12002199107219E17");
        assert_eq!(Cell::Serial(Guarded::new(45_759.0)).shown(), "2025-04-12");
    }
}
