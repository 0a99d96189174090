//! Why a whole file could not be read. A row's own troubles are [`Problem`](super::Problem)s.

use thiserror::Error;

/// A file that gave no sheet. Nothing was taken in; messages never quote the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IntakeError {
    /// More bytes than one sheet may have.
    #[error("the file is larger than {limit_mb} MB; nothing was read: split it, or save it without pictures")]
    FileTooLarge {
        /// The limit in MB.
        limit_mb: u64,
    },
    /// The workbook unpacks to more than a sheet may have (a zip bomb, or formatted to the last row).
    #[error("the workbook unpacks to more than {limit_mb} MB; nothing was read: copy the filled rows into a new workbook and save that")]
    UnpacksTooLarge {
        /// The limit in MB.
        limit_mb: u64,
    },
    /// More rows or columns than one sheet may have.
    #[error("the sheet has more than {rows} rows or {columns} columns; nothing was read: split it")]
    TooManyCells {
        /// Most rows.
        rows: u32,
        /// Most columns.
        columns: u32,
    },
    /// No bytes, or only blanks.
    #[error("the file is empty; nothing was read")]
    Empty,
    /// Locked with a password.
    #[error("the workbook is protected with a password; nothing was read: save a copy without the password")]
    PasswordProtected,
    /// Neither a workbook nor text.
    #[error("the file is neither an Excel workbook nor a CSV text; nothing was read: save it as .xlsx or .csv")]
    UnknownFormat,
    /// A workbook that cannot be opened.
    #[error("the workbook is damaged and cannot be opened; nothing was read: open it in the office program and save it again")]
    Damaged,
    /// No row looks like a header of this registry.
    #[error(
        "no row holds the column headings of this registry; nothing was read: check the registry chosen, or give a profile that names the headings"
    )]
    NoTable,
    /// A table without any column for names.
    #[error("the table has no column of names; nothing was read: head the column 姓名, or give a profile that names it")]
    NoNameColumn,
    /// No profile in force for the registry.
    #[error("no column profile of this registry is in force on the day judged; nothing was read")]
    NoProfile,
}
