//! Reports: counting from statistics facts, drawing, and writing files.
//!
//! For: the pool on any day, flows that reconcile, survival, rates with intervals, publication tables, charts as SVG and tables as CSV, XLSX, JSON, HTML.
//! Pure: facts, days and words come in as arguments; nothing here reads a clock, a database or a file. Nothing but the `statistics` compartment is needed.
//! May import: `domain`. Values under [`crate::domain::Guarded`] are opened only in `export`, as a person's own hand-out is written.
//!
//! Offers: [`facts::FactBook`] (the facts in memory), [`pool`], [`flows`], [`attrition`], [`reneging`], [`openings`], [`targets`], [`units`], [`retention`], [`survival`], [`suppress`],
//! [`intervals`], [`ruleset`], [`chart`], [`export::Table`], [`document::Report`] (a report in every format), [`definitions`].

pub mod attrition;
pub mod axis;
pub mod chart;
pub mod definitions;
pub mod document;
pub mod export;
pub mod facts;
#[cfg(test)]
mod fixtures;
pub mod flows;
pub mod intervals;
pub mod notices;
pub mod openings;
pub mod pool;
pub mod reneging;
pub mod retention;
pub mod ruleset;
mod special;
pub mod suppress;
pub mod survival;
pub mod targets;
pub mod units;

use serde::{Deserialize, Serialize};

/// The language of words on a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// The one of two texts.
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// What went wrong while a report was made. No message quotes a value.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The period ends before it begins.
    #[error("the period ends before it begins; give a --from day on or before the --as-of day. Nothing was written.")]
    PeriodReversed,
    /// A file for the survival analysis cannot be read.
    #[error("the file cannot be used: {0}. Nothing was written.")]
    SurvivalFile(&'static str),
    /// A cell of a file for the survival analysis cannot be what its column is.
    #[error("row {row}, {field}: the cell {what}. Nothing was written.")]
    SurvivalCell {
        /// The record's number; the header is 1.
        row: u64,
        /// The option that names the column.
        field: &'static str,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// A file of follow-up figures cannot be read.
    #[error("row {row} {what}. Nothing was written.")]
    Figures {
        /// The record's number; the header is 1.
        row: u64,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// The workbook could not be made.
    #[error("the workbook could not be made: {0}. Nothing was written.")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The text of a table could not be made.
    #[error("the table could not be written as text: {0}. Nothing was written.")]
    Text(#[from] csv::Error),
}
