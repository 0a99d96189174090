//! A registry's vault for tests, reproducible to the byte.

use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::id::{DeploymentId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::entropy::Entropy;
use crate::vault::{KeyRow, RootKey, Slot, Vault};

pub const DEPLOYMENT: DeploymentId = DeploymentId(Uuid::from_u128(0x0192_d000_0000_7000_8000_0000_0000_0001));
pub const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

pub fn root() -> RootKey {
    root_of(0x42)
}

pub fn root_of(byte: u8) -> RootKey {
    RootKey::from_key(zeroize::Zeroizing::new([byte; 32]))
}

/// A vault whose random bytes all come from a seeded stream.
pub fn vault() -> (Vault, Vec<KeyRow>) {
    Vault::create_with(&root(), DEPLOYMENT, NOW, Entropy::seeded("vault")).expect("a keyring is made")
}

pub fn subject(n: u128) -> SubjectId {
    SubjectId(Uuid::from_u128(0x0192_5000_0000_7000_8000_0000_0000_0000 | n))
}

pub fn slot(subject: SubjectId, compartment: Compartment) -> Slot {
    Slot { compartment, table: "record", column: "identity", row: Uuid::from_u128(0x7777), subject, schema: 1 }
}
