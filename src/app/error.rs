//! What can go wrong in a use case, and how it is to be answered.

use crate::followup::FollowupError;
use crate::intake::IntakeError;
use crate::reports::ReportError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// An error of a use case. Every message says what happened, what is unchanged and what to do; none quotes what was typed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Wrong log-in name or password: one answer for both.
    #[error("the log-in name and the password do not fit together; nothing was changed; try again")]
    LogInRefused,
    /// Too many attempts from here or for this account.
    #[error("too many attempts; nothing was changed; wait a quarter of an hour")]
    TooMany,
    /// One's questions of this hour are used up.
    #[error("as many questions as one person may ask within an hour were asked; nothing was looked up; ask again later")]
    AskedTooOften {
        /// From when on one may ask again.
        again: crate::domain::time::Timestamp,
    },
    /// The actor's role does not allow it.
    #[error("your roles do not allow this; nothing was changed; ask the manager")]
    Forbidden,
    /// No such thing, or not for this actor.
    #[error("there is no such {0}; nothing was changed")]
    Missing(&'static str),
    /// The compartment is not open in this process.
    #[error("this process was started without the key of the compartment {0}; nothing was changed")]
    Sealed(&'static str),
    /// Somebody changed it in between.
    #[error("somebody else changed this in the meantime; nothing was changed; look at it again")]
    Stale,
    /// A step that is not possible from where things stand.
    #[error(transparent)]
    NotNow(#[from] crate::domain::outside::NotNow),
    /// The idempotency key was used with other content.
    #[error("this form was sent before with other content; nothing was changed; open the form again")]
    Conflict,
    /// An input that cannot be used, named by its field.
    #[error("{field} cannot be used: {hint}; nothing was changed")]
    Input {
        /// Which field.
        field: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// The count typed back is not the count shown.
    #[error("the number typed is not the number of people in the preview; nobody was released for contact; look at the preview again")]
    CountDiffers,
    /// Too many other writers.
    #[error("the registry is very busy; nothing was saved; send the form again")]
    Busy,
    /// The key file cannot be used.
    #[error("{0}")]
    Key(&'static str),
    /// A file.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// An office's own header words.
    #[error("the profile cannot be used: {0}; nothing was read")]
    Profile(crate::intake::ProfileFlaw),
    /// Follow-up.
    #[error(transparent)]
    Followup(#[from] FollowupError),
    /// Report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Store.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            StoreError::Conflict => Self::Conflict,
            StoreError::Missing(what) => Self::Missing(what),
            // The keys were rotated while this was under way: as with any other writer that came first, it is sent again.
            StoreError::KeyRetired => Self::Busy,
            other => Self::Store(other),
        }
    }
}
