//! What keys are for and where they are in their lives.

use crate::domain::Compartment;

/// What a key of the keyring is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// Key-encryption key of a compartment: wraps data keys (`Statistics`: seals facts directly).
    Kek(Compartment),
    /// Blind indexes.
    BlindIndex,
    /// Row MACs.
    RowMac,
    /// Signed checkpoints of the audit log; nothing is made under it yet.
    Audit,
    /// Session tokens.
    Session,
    /// Tokens of links in mails.
    Mail,
    /// [`crate::domain::Keyed`].
    Keyed,
    /// Fingerprints of request bodies.
    Idempotency,
}

impl KeyPurpose {
    /// Every purpose, in the order of their codes.
    pub const ALL: [Self; 13] = [
        Self::Kek(Compartment::Identity),
        Self::Kek(Compartment::Contact),
        Self::Kek(Compartment::Health),
        Self::Kek(Compartment::Genetic),
        Self::Kek(Compartment::Documents),
        Self::Kek(Compartment::Statistics),
        Self::BlindIndex,
        Self::RowMac,
        Self::Audit,
        Self::Session,
        Self::Mail,
        Self::Keyed,
        Self::Idempotency,
    ];

    /// The stable code stored in the database and bound into every wrapped key.
    pub const fn code(self) -> i16 {
        match self {
            Self::Kek(compartment) => compartment.code() as i16,
            Self::BlindIndex => 20,
            Self::RowMac => 21,
            Self::Audit => 22,
            Self::Session => 23,
            Self::Mail => 24,
            Self::Keyed => 25,
            Self::Idempotency => 26,
        }
    }

    /// The purpose of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// The word shown by `keys status` and written into key files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kek(compartment) => compartment.word(),
            Self::BlindIndex => "blind-index",
            Self::RowMac => "row-mac",
            Self::Audit => "audit",
            Self::Session => "session",
            Self::Mail => "mail",
            Self::Keyed => "keyed",
            Self::Idempotency => "idempotency",
        }
    }

    /// The purpose a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
}

/// Where a key is in its life. Steps: pending, then primary, then decrypt-only, then destroyed; pending may be destroyed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyStatus {
    /// Known to all processes but not yet used for writing.
    Pending,
    /// Used for writing; exactly one a purpose.
    Primary,
    /// Used for reading what it wrote.
    DecryptOnly,
    /// Gone: the row stays, the key does not.
    Destroyed,
}

impl KeyStatus {
    /// The stable code stored in the database and bound into every wrapped key.
    pub const fn code(self) -> i16 {
        match self {
            Self::Pending => 1,
            Self::Primary => 2,
            Self::DecryptOnly => 3,
            Self::Destroyed => 4,
        }
    }

    /// The status of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::Pending, Self::Primary, Self::DecryptOnly, Self::Destroyed].into_iter().find(|s| s.code() == code)
    }
}
