//! The report of an import: one line for every row of the sheet from the header down.

use crate::domain::id::ImportId;
use crate::domain::role::Right;
use crate::reports::export::guard_formula;
use crate::store::StagedRow;

use super::super::{Actor, App, AppError};

/// A line of `import --report`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// The file's base name.
    pub file: String,
    /// The worksheet.
    pub sheet: String,
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
    pub async fn report_lines(&self, actor: Actor, id: ImportId, again: bool) -> Result<Vec<ReportLine>, AppError> {
        actor.needs(Right::Import)?;
        let import = self.store.import(id).await?.ok_or(AppError::Missing("import"))?;
        let rows = self.all_rows(id).await?;
        Ok(rows.into_iter().map(|row| line(&import.file_name, row, again)).collect())
    }
}

fn line(file: &str, row: StagedRow, again: bool) -> ReportLine {
    ReportLine {
        file: file.to_owned(),
        sheet: row.sheet,
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
pub fn report_csv(lines: &[ReportLine]) -> Result<Vec<u8>, AppError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let wrong = |_| AppError::Busy;
    out.write_record(["file", "sheet", "row", "outcome", "problems", "person", "known_person"]).map_err(wrong)?;
    for line in lines {
        let known = if line.known == Some(true) { "yes" } else { "no" };
        // Names of files and sheets are the sender's: a spreadsheet must not run them.
        let (file, sheet) = (guard_formula(&line.file), guard_formula(&line.sheet));
        out.write_record([&*file, &*sheet, &line.row.to_string(), line.outcome, &line.problems, &line.person, known]).map_err(wrong)?;
    }
    out.into_inner().map_err(|_| AppError::Busy)
}
