//! The caller's own files: the schema and the tables.

use std::path::Path;

use crate::cli::CliError;
use crate::cli::error::unreadable;
use crate::domain::Guarded;
use crate::intake::lend_text;
use crate::matching::linkage::engine::{EngineError, Schema, Table};

/// Reads the schema.
pub fn schema(path: &Path) -> Result<Schema, CliError> {
    let bytes = Guarded::new(std::fs::read(path).map_err(|e| unreadable(path, &e))?);
    let text = lend_text(&bytes, |b| String::from_utf8_lossy(b.strip_prefix(b"\xef\xbb\xbf").unwrap_or(b)).into_owned());
    let text = text.ok_or_else(|| CliError::NoText { path: path.to_owned() })?;
    Schema::from_toml(&text).map_err(|e| of(path, e))
}

/// The bytes of a file.
pub fn bytes(path: &Path) -> Result<Guarded<Vec<u8>>, CliError> {
    std::fs::read(path).map(Guarded::new).map_err(|e| unreadable(path, &e))
}

/// Reads a table, in whichever encoding an office saved it.
pub fn table(path: &Path, bytes: &Guarded<Vec<u8>>, schema: &Schema) -> Result<Table, CliError> {
    read(path, bytes, |csv| Table::read(csv, schema))
}

/// Lends a file's text to a reader.
pub fn read<T>(path: &Path, bytes: &Guarded<Vec<u8>>, reader: impl FnOnce(&[u8]) -> Result<T, EngineError>) -> Result<T, CliError> {
    lend_text(bytes, reader).ok_or_else(|| CliError::NoText { path: path.to_owned() })?.map_err(|e| of(path, e))
}

/// An error with the file it is of.
pub fn of(path: &Path, source: EngineError) -> CliError {
    CliError::Linkage { path: path.to_owned(), source }
}
