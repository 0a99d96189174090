//! The report of an import: one line for every row of the sheet from the header down.

use crate::domain::Guarded;
use crate::domain::id::ImportId;
use crate::domain::role::Right;
use crate::domain::source::ImportSource;
use crate::store::StagedRow;

use super::super::{Actor, App, AppError};

/// The report of an import.
#[derive(Debug)]
pub struct ImportReport {
    /// What the office calls file and worksheet.
    pub source: Guarded<ImportSource>,
    /// One line for every row of the sheet from the header down.
    pub lines: Vec<ReportLine>,
}

/// A line of `import --report`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// Row number.
    pub row: i64,
    /// `accepted`, `review`, `refused` or `skipped`.
    pub outcome: &'static str,
    /// Problem codes joined by `;`.
    pub problems: String,
    /// The person's public id; empty for rows not taken in.
    pub person: String,
    /// Whether the row joined a person on file; none for rows not taken in.
    pub known: Option<bool>,
}

impl App {
    /// The lines of an import. `again` says that the same bytes were in the registry before this call: every row is of a known person then.
    pub async fn import_report(&self, actor: Actor, id: ImportId, again: bool) -> Result<ImportReport, AppError> {
        actor.needs(Right::Import)?;
        let import = self.store.import(id).await?.ok_or(AppError::Missing("import"))?;
        let rows = self.all_rows(id).await?;
        let source = import.source(&self.vault)?.unwrap_or_else(|| Guarded::new(ImportSource::default()));
        Ok(ImportReport { source, lines: rows.into_iter().map(|row| line(row, again)).collect() })
    }
}

fn line(row: StagedRow, again: bool) -> ReportLine {
    ReportLine {
        row: row.number,
        outcome: row.outcome.word(),
        problems: row.problems,
        person: row.admitted.as_ref().map(|a| a.public_id.as_str().to_owned()).unwrap_or_default(),
        known: row.admitted.as_ref().map(|a| a.known || again),
    }
}

/// The lines as UTF-8 CSV: `file,sheet,row,outcome,problems,person,known_person`.
///
/// # Errors
/// [`AppError::Busy`] where memory runs out.
pub fn report_csv(report: &ImportReport) -> Result<Vec<u8>, AppError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let wrong = |_| AppError::Busy;
    out.write_record(["file", "sheet", "row", "outcome", "problems", "person", "known_person"]).map_err(wrong)?;
    let ImportSource { file, sheet } = report.source.reveal();
    for line in &report.lines {
        let known = if line.known == Some(true) { "yes" } else { "no" };
        out.write_record([file, sheet, &line.row.to_string(), line.outcome, &line.problems, &line.person, known]).map_err(wrong)?;
    }
    out.into_inner().map_err(|_| AppError::Busy)
}
