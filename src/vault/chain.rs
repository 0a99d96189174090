//! Hashes of the audit log: a chain for cheap appending, each leaf hashed with the prefix of RFC 6962. No key is needed to verify: whoever
//! kept the number and hash of an earlier leaf elsewhere can hold the log against it.

use crate::domain::id::DeploymentId;

use super::bytes::Canon;
use super::primitive::sha256;

const LEAF: &[u8] = &[0x00];

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
