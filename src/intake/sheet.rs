//! What a reading gives: rows with outcomes, problems and drafts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::Guarded;
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::record::RecordDraft;
use crate::domain::town::TownCode;

use super::problem_field::ProblemField;

/// A worksheet or CSV text, read.
#[derive(Debug)]
pub struct Sheet {
    /// The worksheet's name; empty for CSV.
    pub sheet_name: String,
    /// The number of the header's first row.
    pub header_row: u32,
    /// How the columns were understood, for the preview.
    pub columns: Vec<ColumnRead>,
    /// Names of the worksheets that were not read.
    pub ignored_sheets: Vec<String>,
    /// Those of them that hold a table of persons too: staff should be told that it was not read.
    pub other_tables: Vec<String>,
    /// Every row from the header down to the last that holds anything, in order.
    pub rows: Vec<Row>,
}

/// How one column was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRead {
    /// Column index in the sheet, from 0 (= A).
    pub index: u32,
    /// The heading as written, groups joined by `/`.
    pub heading: String,
    /// The profile's field word, where one matched.
    pub field: Option<&'static str>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// The worksheet's row number counted from the sheet's first row; for CSV the record's number from 1, header and empty lines counted,
    /// a quoted line break not.
    pub number: u32,
    /// What the row is.
    pub kind: RowKind,
    /// What becomes of it: the worst of its problems.
    pub outcome: RowOutcome,
    /// Problems in the order of their codes.
    pub problems: Vec<Problem>,
    /// What is taken in: present for accepted and review rows.
    pub draft: Option<RecordDraft>,
    /// The day on which the row was judged, and why that day.
    pub judged: Option<(NaiveDate, Judged)>,
    /// The town the address names, where the sheet has a column for the town and this row leaves it blank. Not part of the draft.
    pub address_town: Option<TownCode>,
}

impl Row {
    /// The codes of the row's problems, each once, in alphabetical order.
    pub fn codes(&self) -> Vec<ProblemCode> {
        let mut codes: Vec<ProblemCode> = self.problems.iter().map(|p| p.code).collect();
        codes.sort_by_key(|c| c.code());
        codes.dedup();
        codes
    }
}

/// Where the day of judgement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// `--date`.
    Told,
    /// The row's own date.
    Row,
    /// The drive's date, given or told by the sheet itself (its title, or the date that most of its rows bear).
    Drive,
    /// Today.
    Today,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A person.
    Data,
    /// Nothing but blanks.
    Blank,
    /// A heading, the first or a repeated one.
    Header,
    /// A line that heads a part of the sheet.
    Section,
    /// 小计, 合计 and the like.
    SubTotal,
    /// A note between or below the rows.
    Note,
    /// Who made, checked or signed the sheet.
    Footer,
    /// Further lines of the person above: name cells merged over several rows.
    Continuation,
    /// A sample row that shows how to fill the sheet in (示例).
    Example,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowOutcome {
    /// Taken in.
    Accepted,
    /// Taken in; fields that cannot be right are kept aside.
    Review,
    /// Nothing is taken in.
    Refused,
    /// Not a person's row.
    Skipped,
}

impl RowOutcome {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Review => "review",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// One problem of a row.
#[derive(Debug)]
pub struct Problem {
    /// Which.
    pub code: ProblemCode,
    /// In which field.
    pub field: ProblemField,
    /// What it does to the row.
    pub severity: Severity,
    /// The value that is not used, for the correction list.
    pub kept_aside: Option<Guarded<String>>,
    /// Locale key of the sentence that tells staff what to do: `problem-<code>`.
    pub hint: &'static str,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SheetCounts {
    /// Rows read.
    pub read: usize,
    /// Accepted.
    pub accepted: usize,
    /// Taken in with something kept aside.
    pub review: usize,
    /// Refused.
    pub refused: usize,
    /// Skipped.
    pub skipped: usize,
}

impl Row {
    /// Refuses a row for what was found after the reading: nothing of it is taken in.
    pub fn refuse(&mut self, code: ProblemCode, field: ProblemField) {
        self.problems.push(Problem { code, field, severity: Severity::Refused, kept_aside: None, hint: code.hint() });
        self.problems.sort_by_key(|p| p.code);
        self.outcome = RowOutcome::Refused;
        self.draft = None;
    }

    /// Adds a problem whose value is not used, found after the reading: the row needs a registrar now.
    pub fn keep_aside(&mut self, code: ProblemCode, field: ProblemField, value: Guarded<String>, hint: &'static str) {
        self.problems.push(Problem { code, field, severity: Severity::Review, kept_aside: Some(value), hint });
        self.problems.sort_by_key(|p| p.code);
        self.outcome = self.outcome.max(RowOutcome::Review);
    }
}

/// A digest of a file's bytes, made by `tag` without the caller seeing them: the same bytes imported again are known by it.
pub fn fingerprint(bytes: &Guarded<Vec<u8>>, tag: impl FnOnce(&[u8]) -> [u8; 32]) -> [u8; 32] {
    tag(bytes.reveal())
}

impl Sheet {
    /// Rows read = accepted + review + refused + skipped.
    pub fn counts(&self) -> SheetCounts {
        let mut counts = SheetCounts { read: self.rows.len(), ..SheetCounts::default() };
        for row in &self.rows {
            match row.outcome {
                RowOutcome::Accepted => counts.accepted += 1,
                RowOutcome::Review => counts.review += 1,
                RowOutcome::Refused => counts.refused += 1,
                RowOutcome::Skipped => counts.skipped += 1,
            }
        }
        counts
    }
}
