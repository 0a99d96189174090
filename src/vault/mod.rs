//! Keys, sealing, blind indexes, MACs, tokens, passwords. The only room that names the crypto crates.
//!
//! For: whatever is written to a database, a file or a wire about a person. May import: `domain`. Pure but for entropy (the operating
//! system's) and the key files of [`RootKey`], [`KeyFile`] and [`NodeKeyFile`].
//!
//! Offers, from the root down (construction "DV1"; every byte string below is pinned by `tests/vectors/*.json`):
//!
//! - [`RootKey`]: 32 bytes outside the database, as key file, behind a passphrase ([`ProtectedRoot`]) or on paper ([`RecoverySheet`]).
//! - [`Vault`]: the opened keyring ([`KeyRow`]s): one versioned key-encryption key a compartment and one versioned key a [`KeyPurpose`].
//! - [`NodeKeyFile`]: what a process needs that may open some compartments only.
//! - [`SubjectKeys`] and [`DekRow`]: one data key a subject and compartment; erasure deletes the rows.
//! - [`Slot`] and [`Sealed`]: a value sealed to its place; [`Vault::seal`], [`Vault::unseal`], [`Vault::seal_fact`].
//! - [`MacRow`] and [`RowMac`]: plaintext columns protected against change.
//! - [`BlindIndex`]: exact look-up without decryption.
//! - [`token`], [`password`], [`chain`]: links and sessions, log-ins, audit leaves.
//!
//! All key material is zeroised on drop; nothing here implements `Serialize`, `Clone` or a telling `Debug` for a key.

mod blind;
mod bytes;
mod entropy;
mod error;
mod files;
mod keyring;
mod mac;
mod node;
mod primitive;
mod protect;
mod purpose;
mod root;
mod rotate;
mod seal;
mod sheet;
mod subject;
mod text;

pub mod chain;
pub mod password;
pub mod token;

pub use blind::{BlindIndex, Findable, IndexPurpose, NORM_VERSION};
pub use error::VaultError;
pub use files::KeyFile;
pub use keyring::{KeyRow, Vault};
pub use mac::{MacRow, RowMac};
pub use node::NodeKeyFile;
pub use password::Cost;
pub use protect::ProtectedRoot;
pub use purpose::{KeyPurpose, KeyStatus};
pub use root::RootKey;
pub use rotate::rewrap_root;
pub use seal::{OwnSlot, Sealed, Slot};
pub use sheet::RecoverySheet;
pub use subject::{DekRow, SubjectKeys};

#[cfg(test)]
mod tests;
