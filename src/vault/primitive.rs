//! The few cryptographic functions that DV1 is made of: SHA-256, HMAC-SHA256, HKDF-SHA256 (RFC 5869), AES-256-GCM (SP 800-38D).

use aes_gcm::aead::KeyInit as _;
use aes_gcm::{AeadInOut, Aes256Gcm, Nonce, Tag};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::bytes::Canon;
use super::entropy::Entropy;
use super::error::VaultError;

pub(super) const KEY: usize = 32;
pub(super) const NONCE: usize = 12;
pub(super) const TAG: usize = 16;

/// 32 secret bytes, zeroised on drop.
pub(super) type Key = Zeroizing<[u8; KEY]>;

/// A new random key.
pub(super) fn random_key(entropy: &Entropy) -> Result<Key, VaultError> {
    Ok(Zeroizing::new(entropy.draw()?))
}

/// SHA-256 over the parts in sequence.
pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Whether two byte strings are equal, in a time that tells only their lengths.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// HMAC-SHA256 with its key schedule computed once.
#[derive(Clone)]
pub(super) struct Prf(Hmac<Sha256>);

impl Prf {
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// The MAC of the parts in sequence.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// HKDF-Expand (RFC 5869) of one pseudorandom key, which stays inside.
#[derive(Clone)]
pub(super) struct Kdf(Hkdf<Sha256>);

impl Kdf {
    /// A key that is random already stands for the pseudorandom key.
    pub fn of_key(key: &[u8; KEY]) -> Self {
        Self(Hkdf::from_prk(key).expect("32 bytes are as long as the hash"))
    }

    /// HKDF-Extract.
    pub fn extract(salt: &[u8], secret: &[u8]) -> Self {
        Self(Hkdf::new(Some(salt), secret))
    }

    /// A key for `info`.
    pub fn expand(&self, info: &Canon) -> Key {
        let mut out = Zeroizing::new([0; KEY]);
        self.0.expand(info.as_bytes(), &mut *out).expect("32 bytes are one block");
        out
    }
}

/// AES-256-GCM with its key schedule computed once, zeroised on drop.
pub(super) struct Aead(Aes256Gcm);

impl Aead {
    pub fn new(key: &[u8; KEY]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// Encrypts in place and returns the tag.
    pub fn encrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG], VaultError> {
        let tag = self.0.encrypt_inout_detached(&Nonce::from(*nonce), aad, text.into()).map_err(|_| VaultError::Shape)?;
        Ok(tag.into())
    }

    /// Decrypts in place; on error the buffer still holds the ciphertext.
    pub fn decrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> Result<(), VaultError> {
        self.0.decrypt_inout_detached(&Nonce::from(*nonce), aad, text.into(), &Tag::from(*tag)).map_err(|_| VaultError::Refused)
    }
}

/// Bytes of a wrapped key: format, nonce, encrypted key, tag.
pub(super) const WRAPPED: usize = 1 + NONCE + KEY + TAG;
const WRAP_FORMAT: u8 = 1;

/// Wraps a key: `0x01 ‖ nonce ‖ ciphertext ‖ tag`. One wrapping key may wrap 2^32 keys (SP 800-38D, 8.3).
pub(super) fn wrap(under: &Aead, aad: &Canon, key: &Key, entropy: &Entropy) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE] = entropy.draw()?;
    let mut text = key.clone();
    let tag = under.encrypt(&nonce, aad.as_bytes(), &mut *text)?;
    let mut out = Vec::with_capacity(WRAPPED);
    out.push(WRAP_FORMAT);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&*text);
    out.extend_from_slice(&tag);
    Ok(out)
}

/// Opens a wrapped key; `None` where it was changed or wrapped under another key or AAD.
pub(super) fn unwrap(under: &Aead, aad: &Canon, wrapped: &[u8]) -> Option<Key> {
    let (format, rest) = wrapped.split_first()?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE>()?;
    let (text, rest) = rest.split_first_chunk::<KEY>()?;
    let tag = <&[u8; TAG]>::try_from(rest).ok()?;
    if *format != WRAP_FORMAT {
        return None;
    }
    let mut key = Zeroizing::new(*text);
    under.decrypt(nonce, aad.as_bytes(), &mut *key, tag).ok()?;
    Some(key)
}
