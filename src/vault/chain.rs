//! Hashes of the audit log: a chain for cheap appending, in the leaf and node form of RFC 6962 so that a Merkle tree may stand on the same
//! leaves. No key is needed to verify; [`Vault::checkpoint`] ties a state of the log to the registry's audit key.

use crate::domain::id::DeploymentId;

use super::bytes::Canon;
use super::error::VaultError;
use super::keyring::Vault;
use super::mac::RowMac;
use super::primitive::{same, sha256};
use super::purpose::KeyPurpose;

const LEAF: &[u8] = &[0x00];
const NODE: &[u8] = &[0x01];

/// SHA-256 of the very bytes of a text, stored beside what was agreed to.
pub fn digest(text: &[u8]) -> [u8; 32] {
    sha256(&[text])
}

/// What the first leaf of a deployment's log points back to.
pub fn genesis(deployment: DeploymentId) -> [u8; 32] {
    let mut canon = Canon::new("dv1/audit");
    canon.lp(&deployment.bytes());
    sha256(&[canon.as_bytes()])
}

/// The hash of a leaf: `SHA-256(0x00 ‖ prev ‖ canonical)`, `prev` being the hash of the leaf before (RFC 6962, 2.1: leaf prefix 0x00).
pub fn leaf_hash(prev: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
    sha256(&[LEAF, prev, canonical])
}

/// The hash of an inner node of the tree over leaf hashes: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, 2.1).
pub fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    sha256(&[NODE, left, right])
}

/// The root of the tree over leaf hashes (RFC 6962, 2.1: split at the largest power of two below the number of leaves).
pub fn tree_root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&tree_root(left), &tree_root(right))
        }
    }
}

impl Vault {
    /// A MAC over the log's state: `size` leaves, the last of which has the hash `head`. 36 bytes, to be kept outside the database.
    pub fn checkpoint(&self, size: u64, head: &[u8; 32]) -> Result<[u8; RowMac::LEN], VaultError> {
        let key = self.primary(KeyPurpose::Audit)?;
        Ok(self.tagged(key.id, &key.prf, state(size, head).as_bytes()))
    }

    /// Checks a checkpoint.
    pub fn check_checkpoint(&self, size: u64, head: &[u8; 32], stored: &[u8]) -> Result<(), VaultError> {
        let (id, _) = stored.split_first_chunk::<4>().ok_or(VaultError::Mac)?;
        let key = self.by_id(u32::from_be_bytes(*id), KeyPurpose::Audit)?;
        if same(&self.tagged(key.id, &key.prf, state(size, head).as_bytes()), stored) { Ok(()) } else { Err(VaultError::Mac) }
    }
}

fn state(size: u64, head: &[u8; 32]) -> Canon {
    let mut canon = Canon::new("dv1/checkpoint");
    canon.u64(size).raw(head);
    canon
}
