//! Why the program did not start.

use std::path::PathBuf;

/// A setting that cannot be used. Names the key, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A key whose value cannot be used, and what to write instead.
    #[error("configuration: `{key}` {hint}. Nothing was started.")]
    Key {
        /// The dotted key.
        key: String,
        /// What is wrong and what to do.
        hint: String,
    },
    /// A key that does not exist.
    #[error("configuration: there is no key `{key}` ({place}); see docs/DEPLOYMENT.md for the list. Nothing was started.")]
    Unknown {
        /// The key as written.
        key: String,
        /// The file or the environment.
        place: String,
    },
    /// The configuration file cannot be read.
    #[error("configuration: {file} cannot be read as TOML{line}. Nothing was started.")]
    File {
        /// The file.
        file: PathBuf,
        /// Where or why, as far as it is known.
        line: String,
    },
    /// The working folder is gone.
    #[error("configuration: the working folder cannot be read. Nothing was started.")]
    WorkingFolder,
    /// No place is known where the user's configuration lies.
    #[error(
        "configuration: no folder for the key file is known (neither XDG_CONFIG_HOME nor HOME is set): name one with `key_file`. Nothing was started."
    )]
    NoUserFolder,
}

impl ConfigError {
    /// A key with a hint.
    pub(super) fn key(key: &str, hint: &str) -> Self {
        Self::Key { key: key.to_owned(), hint: hint.to_owned() }
    }
}
