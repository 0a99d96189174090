//! What a command may end in.

use std::path::PathBuf;

use crate::app::AppError;
use crate::config::ConfigError;
use crate::matching::linkage::engine::EngineError;
use crate::reports::ReportError;

/// An error that ends a command with status 2: not done, and nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A use case.
    #[error(transparent)]
    App(#[from] AppError),
    /// A report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Files that could not be linked.
    #[error("{path}: {source}", path = path.display())]
    Linkage {
        /// Which.
        path: PathBuf,
        /// Why.
        source: EngineError,
    },
    /// A file that is no text.
    #[error("{path} is no text file; nothing was changed; save it as CSV", path = path.display())]
    NoText {
        /// Which.
        path: PathBuf,
    },
    /// A place where no file can be written, with what to do.
    #[error("{path} {what}; nothing was changed", path = path.display())]
    Output {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file of the caller's.
    #[error("{path} could not be {what} ({kind}); nothing was changed; check the path and its permissions", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `read` or `written`.
        what: &'static str,
        /// The operating system's reason.
        kind: std::io::ErrorKind,
    },
    /// The program's own runtime.
    #[error("the program could not start its threads; nothing was changed; see the limits of this account")]
    Runtime,
    /// An argument that does not fit the others.
    #[error("{0}; nothing was changed")]
    Argument(&'static str),
    /// The server.
    #[error("{0}")]
    Server(String),
}

/// The error of a file that could not be read.
pub fn unreadable(path: &std::path::Path, error: &std::io::Error) -> CliError {
    CliError::File { path: path.to_owned(), what: "read", kind: error.kind() }
}

/// The error of a file that could not be written.
pub fn unwritable(path: &std::path::Path, error: &std::io::Error) -> CliError {
    CliError::File { path: path.to_owned(), what: "written", kind: error.kind() }
}
