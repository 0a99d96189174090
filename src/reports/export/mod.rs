//! Tables as files: CSV, XLSX, JSON, and HTML for a page. Any room's table can be written with it.
//!
//! What a cell holds is never taken for a formula: text is written as text, and in CSV a leading `= + - @`, tab or return gets an apostrophe before it
//! (OWASP, CSV injection). Personal data come in as [`Value::Personal`] and are opened here, as the file is written; writing one is a disclosure that the
//! caller has to have logged.

mod html;
mod json;
mod text;
mod workbook;

use chrono::NaiveDate;

use super::Lang;
use super::definitions::Definition;
use crate::domain::Guarded;

pub(crate) use html::escape;
pub use text::guard_formula;
pub(crate) use text::thousands;

/// A table to be written.
#[derive(Debug)]
pub struct Table {
    /// Its title: the worksheet's name, the caption of HTML.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a value for every column; missing ones are empty.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name programs read: the key of JSON.
    pub key: String,
    /// The heading people read.
    pub heading: String,
    /// Whether it holds figures, which are aligned right.
    pub numeric: bool,
}

impl Column {
    /// A column of text.
    pub fn text(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self { key: key.into(), heading: heading.into(), numeric: false }
    }

    /// A column of figures.
    pub fn number(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self { key: key.into(), heading: heading.into(), numeric: true }
    }
}

/// What a cell holds.
#[derive(Debug)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text without personal data.
    Text(String),
    /// Personal data, opened as the file is written.
    Personal(Guarded<String>),
    /// A whole number.
    Whole(i64),
    /// A number printed with so many decimals.
    Decimal(f64, u8),
    /// A proportion, 0 to 1, printed as percent with so many decimals.
    Share(f64, u8),
    /// A day, printed as 2026-11-23.
    Day(NaiveDate),
    /// A figure held back because it is small: `*`.
    Suppressed,
}

impl Value {
    /// A count.
    pub fn count(count: u64) -> Self {
        Self::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Text without personal data.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { title: title.into(), columns, rows: Vec::new() }
    }

    /// As CSV: UTF-8 with a byte-order mark, lines end in CR LF, headings in the first line.
    ///
    /// # Errors
    /// [`super::ReportError::Text`].
    pub fn to_csv(&self) -> Result<Vec<u8>, super::ReportError> {
        text::csv(self)
    }

    /// As JSON: `{"title": …, "rows": [{key: value, …}, …]}`; empty is null, a figure held back is `"*"`, a share a number from 0 to 1.
    pub fn to_json(&self) -> serde_json::Value {
        json::json(self)
    }

    /// As an HTML `<table class="tbl cards">` with a caption, everything escaped, without inline styles.
    pub fn to_html(&self) -> String {
        html::html(self)
    }
}

/// A workbook with a sheet for each table and, where there are definitions, a last sheet that holds them.
///
/// # Errors
/// [`super::ReportError::Workbook`].
pub fn workbook(tables: &[&Table], definitions: &[&Definition], lang: Lang) -> Result<Vec<u8>, super::ReportError> {
    workbook::workbook(tables, definitions, lang)
}
