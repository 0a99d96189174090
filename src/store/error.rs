//! What can go wrong in the store.

use sea_orm::DbErr;
use uuid::Uuid;

use crate::domain::id::SubjectId;
use crate::vault::VaultError;

/// An error of the store. A transaction in which one occurred is rolled back when its [`super::Tx`] is dropped: nothing is changed.
/// No message carries a stored value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database did not carry out a statement; nothing was changed; see the log for its message and try again")]
    Database(#[from] DbErr),
    /// The address of the database is none that this program understands.
    #[error("the database address is neither a data folder nor a postgres:// URL; nothing was opened; correct it")]
    Address,
    /// A folder or file could not be made, read or written.
    #[error("{what} could not be written or read ({kind}); check the path, its permissions and the free space")]
    File {
        /// What.
        what: &'static str,
        /// The operating system's reason.
        kind: std::io::ErrorKind,
    },
    /// The SQLite compiled in is one that can lose commits when the write-ahead log is reset.
    #[error("the SQLite compiled in is {0}; 3.51.3 or newer is needed; nothing was opened; build with a newer libsqlite3-sys")]
    OldSqlite(String),
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A row was changed by someone else since it was read.
    #[error("somebody else changed this in the meantime; nothing was changed; look at it again and repeat what is still needed")]
    Stale,
    /// A verified document number belongs to another subject already.
    #[error("this document number is claimed already; nothing was changed; check whether it is the same person")]
    ClaimTaken {
        /// Who claims it.
        subject: SubjectId,
    },
    /// A value was sealed under a key that a rotation has replaced since.
    #[error("the keys were rotated in the meantime; nothing was changed; try again")]
    KeyRetired,
    /// An idempotency key was used with another body before.
    #[error("this form was sent before with other content; nothing was changed; open the form again")]
    Conflict,
    /// The same bytes were admitted for the same registry before.
    #[error("this file is in the registry already; nothing was changed")]
    AlreadyAdmitted,
    /// A login or number is taken.
    #[error("{0} is taken; nothing was changed; choose another")]
    Taken(&'static str),
    /// A lease ran out and somebody else took over, or the row is not in the state this step starts from.
    #[error("this message or task is in other hands now; nothing was changed")]
    LeaseLost,
    /// No such row.
    #[error("there is no such {0}; nothing was changed")]
    Missing(&'static str),
    /// A row's check value does not fit its content.
    #[error("row {row} of {table} was changed outside this program; it was not used; compare with a backup and the audit log")]
    Tampered {
        /// Which table.
        table: &'static str,
        /// Which row.
        row: Uuid,
    },
    /// A row holds what no version of this program writes.
    #[error("a row of {0} holds what this program does not write; it was not used; compare with a backup")]
    Damaged(&'static str),
    /// The audit log is not the one that was written.
    #[error("the audit log is broken at entry {seq}: an entry was changed, removed or put in")]
    ChainBroken {
        /// The first entry that does not fit.
        seq: i64,
    },
    /// A backup is not whole, or not of this program.
    #[error("the backup is not whole ({0}); nothing was restored; use another copy")]
    Backup(&'static str),
    /// A restore would overwrite a registry.
    #[error("the database to restore into is not empty; nothing was restored; choose a new folder or an empty database")]
    NotEmpty,
}
