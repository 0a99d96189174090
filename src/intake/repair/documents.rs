//! Identity document cells.

use crate::domain::document::Document;
use crate::domain::national_id::NationalIdFlaw;
use crate::domain::problem::ProblemCode;
use crate::intake::grid::Cell;

/// What a document cell says.
pub(in crate::intake) enum DocumentRead {
    Blank,
    Document(Document),
    Flawed(ProblemCode),
}

/// Above this a spreadsheet's number no longer holds every digit (15 significant ones).
const EXACT: f64 = 1e15;

/// Reads a document cell; `kind` is the kind of document the row names.
pub(in crate::intake) fn read(cell: &Cell, kind: &str) -> DocumentRead {
    if cell.as_number().is_some_and(|n| n >= EXACT) {
        return DocumentRead::Flawed(ProblemCode::FloatDamagedId);
    }
    let shown = cell.shown();
    if super::says_nothing(&shown) {
        return DocumentRead::Blank;
    }
    match Document::parse(&shown, kind) {
        Ok(document) => DocumentRead::Document(document),
        Err(NationalIdFlaw::Missing) => DocumentRead::Blank,
        Err(NationalIdFlaw::Length | NationalIdFlaw::Character) => DocumentRead::Flawed(ProblemCode::IdLength),
        // A wrong digit in the birth part breaks the check character too.
        Err(NationalIdFlaw::BirthDate | NationalIdFlaw::Check) => DocumentRead::Flawed(ProblemCode::IdChecksum),
        Err(NationalIdFlaw::FloatDamaged) => DocumentRead::Flawed(ProblemCode::FloatDamagedId),
    }
}
