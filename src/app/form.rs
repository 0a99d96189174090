//! What offices fill in, and what comes of a form.

use crate::domain::role::Roles;
use crate::domain::town::TownCode;

pub use crate::domain::form::{CorrectForm, EnrolForm, Flaw, InterestForm, RelativeForm, Typed};

/// A new account.
pub struct AccountForm {
    /// Log-in name.
    pub login: String,
    /// The name colleagues see.
    pub name: String,
    /// Password.
    pub password: Typed,
    /// Roles.
    pub roles: Roles,
}

/// A new drive.
pub struct DriveForm {
    /// Name.
    pub name: String,
    /// Place.
    pub place: String,
    /// Town.
    pub town: Option<TownCode>,
    /// Day; today where empty.
    pub day: Option<chrono::NaiveDate>,
    /// How many registrations are hoped for.
    pub target: Option<u32>,
}

/// What came of a form.
#[derive(Debug)]
pub enum Saved {
    /// Saved under today's running number. The same for known and unknown people.
    As {
        /// The running number of the day.
        number: u32,
    },
    /// Not saved: the exact document number stands in this very registry already.
    AlreadyInThisRegistry,
    /// Not saved: what is wrong, in the order of the form.
    Flawed(Vec<Flaw>),
    /// The same form was sent before; this is its first outcome.
    Before {
        /// The running number given then.
        number: u32,
    },
}
