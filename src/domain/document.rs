//! Identity documents.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::national_id::NationalId;

/// An identity document, valid in form.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
pub enum Document {
    /// Resident identity card or residence permit with an 18-character number (GB 11643).
    National(NationalId),
    /// Passport: letters and digits, upper case.
    Passport(String),
    /// Any other (officer's card, permanent residence card of a foreigner ...): letters and digits, upper case.
    Other(String),
}

impl Document {
    /// The stable code of the kind, part of what a blind index covers.
    pub const fn kind_code(&self) -> u8 {
        match self {
            Self::National(_) => 1,
            Self::Passport(_) => 2,
            Self::Other(_) => 3,
        }
    }

    /// The number.
    pub fn number(&self) -> &str {
        match self {
            Self::National(id) => id.as_str(),
            Self::Passport(n) | Self::Other(n) => n,
        }
    }
}

opaque_debug!(Document);
