//! Keyed digests for rooms that must not see a key.

/// A keyed one-way function: the vault implements it, the pure rooms use it.
pub trait Keyed: Send + Sync {
    /// A 32-byte tag of `bytes` under a key that belongs to `label` alone. Equal inputs give equal tags.
    fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32];
}
