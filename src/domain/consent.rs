//! Consent: purpose, text version and hash, how, when, witness. Rule: PIPL articles 14, 15, 29.

use serde::{Deserialize, Serialize};

use super::registry::Registry;

/// What a consent is given for. Each is asked and withdrawn on its own (PIPL 14, 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Being contacted about the registration.
    Contact,
    /// Being registered in a registry.
    Register(Registry),
    /// Processing of sensitive data for a registry: the separate consent of PIPL 29.
    Sensitive(Registry),
}

impl Purpose {
    /// The stable code stored in the database.
    pub const fn code(self) -> i16 {
        match self {
            Self::Contact => 1,
            Self::Register(registry) => 10 + registry.code(),
            Self::Sensitive(registry) => 20 + registry.code(),
        }
    }

    /// The purpose of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            1 => Some(Self::Contact),
            11..=19 => Registry::from_code(code - 10).map(Self::Register),
            21..=29 => Registry::from_code(code - 20).map(Self::Sensitive),
            _ => None,
        }
    }
}

/// How a consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentHow {
    /// Ticked on a screen in front of staff.
    OnScreen,
    /// Signed on paper that a sheet was typed from.
    OnPaper,
    /// Given by the registrant through their own link.
    SelfService,
}

impl ConsentHow {
    /// The stable code.
    pub const fn code(self) -> i16 {
        match self {
            Self::OnScreen => 1,
            Self::OnPaper => 2,
            Self::SelfService => 3,
        }
    }

    /// The manner of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::OnScreen, Self::OnPaper, Self::SelfService].into_iter().find(|h| h.code() == code)
    }
}

/// The version of a consent text and the SHA-256 of the very bytes shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// Version, e.g. `2026-03`.
    pub version: String,
    /// SHA-256 of the text shown, in the language it was shown in.
    pub sha256: [u8; 32],
}
