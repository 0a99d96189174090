//! Header words of one registry, as dated data.

use chrono::NaiveDate;
use thiserror::Error;

use crate::domain::registry::Registry;

/// The header words of one registry, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// For which registry.
    pub registry: Registry,
    /// First day these words hold.
    pub valid_from: NaiveDate,
}

/// Why a profile file was refused. Nothing was read; the profile names no personal data, so its words may be quoted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileFlaw {
    /// Not TOML, or a key is missing.
    #[error("the column profile cannot be read: {0}")]
    Toml(String),
    /// A field no sheet can carry.
    #[error("the column profile names the field `{0}`, which does not exist; nothing was read")]
    UnknownField(String),
    /// A registry that does not exist.
    #[error("the column profile is for the registry `{0}`, which does not exist; nothing was read")]
    UnknownRegistry(String),
}

impl Profile {
    /// The profiles shipped with the program.
    pub fn shipped() -> Vec<Self> {
        Vec::new()
    }

    /// An office's own profile (`--profile F.toml`): its words are added to the shipped ones and win over them.
    ///
    /// # Errors
    /// The text is no profile.
    pub fn from_toml(_text: &str) -> Result<Self, ProfileFlaw> {
        Err(ProfileFlaw::Toml(String::new()))
    }
}
