//! Importing a sheet: read and sealed first, staged, previewed, and admitted by one short transaction. Nobody is contacted by it.

mod admit;
mod barcodes;
mod behind;
mod judge;
mod left;
mod report;
mod stage;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::id::{DriveId, ImportId};
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::registry::Registry;
use crate::domain::source::ImportSource;
use crate::store::ImportState;

pub use report::{ImportReport, ReportLine, report_csv};

/// How a sheet is to be read.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// For which registry; blood where not told.
    pub registry: Option<Registry>,
    /// `--date`.
    pub judged_on: Option<NaiveDate>,
    /// The office's own header words (TOML).
    pub profile: Option<String>,
    /// The drive the sheet is of.
    pub drive: Option<DriveId>,
}

/// What staging came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staged {
    /// A draft, to be admitted or discarded.
    Draft(ImportId),
    /// The same bytes are in this registry already.
    Before(ImportId),
}

/// How many rows came to what, and how many people they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Rows read.
    pub read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Taken in with something kept aside.
    pub review: u64,
    /// Refused.
    pub refused: u64,
    /// Blank, header, section, sub-total, footer.
    pub skipped: u64,
    /// Rows of people who are not on file yet.
    pub new: u64,
    /// Rows of people on file.
    pub known: u64,
    /// Rows that a registrar has to compare with somebody on file.
    pub to_compare: u64,
}

/// A problem and how many rows have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemCount {
    /// Which.
    pub code: ProblemCode,
    /// What it does to a row.
    pub severity: Severity,
    /// Rows.
    pub rows: u64,
}

/// A draft or an admitted import as its page shows it.
#[derive(Debug)]
pub struct Preview {
    /// Which.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// What the office calls file and worksheet.
    pub source: Guarded<ImportSource>,
    /// For which registry.
    pub registry: Registry,
    /// The day on which rows are judged, where it was told.
    pub judged_on: Option<NaiveDate>,
    /// Counts.
    pub totals: Totals,
    /// Problems, those of most rows first.
    pub problems: Vec<ProblemCount>,
    /// Rows with a problem, in the order of the sheet: row number, outcome and codes.
    pub rows: Vec<(u32, &'static str, Vec<ProblemCode>)>,
}
