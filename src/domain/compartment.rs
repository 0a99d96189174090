//! The sealed compartments of a subject.

use serde::{Deserialize, Serialize};

/// Each compartment is sealed under a key-encryption key of its own; a process opens those whose keys it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compartment {
    /// Name, document numbers, birth date, sex, ethnic group, the link to statistics.
    Identity,
    /// Salutation, phones, mails, address, relatives, executors.
    Contact,
    /// Blood group, weight, deferral dates.
    Health,
    /// HLA typings with copies of what ranking needs.
    Genetic,
    /// Scans, signatures, witnesses.
    Documents,
    /// Facts under a random `stat_id`, without a subject.
    Statistics,
}

impl Compartment {
    /// Every compartment, in the order of their codes.
    pub const ALL: [Self; 6] = [Self::Identity, Self::Contact, Self::Health, Self::Genetic, Self::Documents, Self::Statistics];

    /// The stable code stored in the database and bound into every ciphertext.
    pub const fn code(self) -> u8 {
        match self {
            Self::Identity => 1,
            Self::Contact => 2,
            Self::Health => 3,
            Self::Genetic => 4,
            Self::Documents => 5,
            Self::Statistics => 6,
        }
    }

    /// The compartment of a stored code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// The word used on the command line and in key files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Health => "health",
            Self::Genetic => "genetic",
            Self::Documents => "documents",
            Self::Statistics => "statistics",
        }
    }

    /// The compartment a command-line word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}
