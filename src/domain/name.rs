//! A person's name as written.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;

/// A name as written, trimmed and cleaned of what is not writing; at most [`PersonName::MAX`] characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(transparent)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFlaw {
    /// Nothing is left after trimming.
    Missing,
    /// Longer than any name.
    TooLong,
    /// Control characters, emoji, mark-up or other signs that are not part of a name.
    NotAName,
    /// The replacement character U+FFFD: the file was read in the wrong encoding.
    ReplacementChar,
    /// A note stands beside the name, e.g. in brackets.
    HasNote,
}

impl PersonName {
    /// The longest name taken in, in characters.
    pub const MAX: usize = 60;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameFlaw> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameFlaw::Missing);
        }
        if name.chars().count() > Self::MAX {
            return Err(NameFlaw::TooLong);
        }
        if name.contains('\u{fffd}') {
            return Err(NameFlaw::ReplacementChar);
        }
        if name.chars().any(char::is_control) {
            return Err(NameFlaw::NotAName);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

opaque_debug!(PersonName);
