//! Who asks.

use uuid::Uuid;

use crate::domain::id::StaffId;
use crate::domain::role::{Right, Roles};

use super::AppError;

/// Who asks for a use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff in a session.
    Staff {
        /// Which.
        id: StaffId,
        /// With which roles, as of this request.
        roles: Roles,
    },
    /// Somebody with the key file at the command line.
    Console,
    /// A registrant through a link of their own.
    Registrant,
    /// The program itself.
    Program,
}

impl Actor {
    /// The member of staff written into the log, where it is one.
    pub const fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff { id, .. } => Some(id),
            Self::Console | Self::Registrant | Self::Program => None,
        }
    }

    /// Whom an idempotency key belongs to.
    pub fn key_owner(self) -> Uuid {
        self.staff().map_or(Uuid::nil(), |id| id.0)
    }

    /// Refuses who does not have a right. The console has the key file and with it every right; so has the program, which acts on no outsider's word.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn needs(self, right: Right) -> Result<(), AppError> {
        match self {
            Self::Console | Self::Program => Ok(()),
            Self::Staff { roles, .. } if roles.may(right) => Ok(()),
            _ => Err(AppError::Forbidden),
        }
    }
}
