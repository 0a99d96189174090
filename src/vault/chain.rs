//! Hashes of the audit log: a chain for cheap appending, in the leaf and node form of RFC 6962 so that a Merkle tree may stand on the same
//! leaves. No key is needed to verify: whoever kept the number and hash of an earlier leaf elsewhere can hold the log against it.

use crate::domain::id::DeploymentId;

use super::bytes::Canon;
use super::primitive::sha256;

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
