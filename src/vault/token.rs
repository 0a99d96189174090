//! Tokens: links for registrants, sessions of staff, fingerprints of request bodies; and [`Keyed`].

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::Keyed;

use super::bytes::Canon;
use super::entropy::Entropy;
use super::error::VaultError;
use super::keyring::Vault;
use super::primitive::{Prf, sha256};
use super::purpose::KeyPurpose;
use super::text;

/// Random bytes for a bearer token of another room.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], VaultError> {
    Entropy::System.draw()
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident, $bytes:literal, $label:literal, $purpose:expr, $keyed:ident, $keyed_all:ident;)+) => {$(
        $(#[$doc])*
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// A new random token.
            pub fn generate() -> Result<Self, VaultError> {
                Self::generate_with(&Entropy::System)
            }

            pub(super) fn generate_with(entropy: &Entropy) -> Result<Self, VaultError> {
                Ok(Self(text::base64url(&entropy.draw::<$bytes>()?)))
            }

            /// Reads a token as it came in; `None` for what no such token looks like.
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = text::from_base64url(text)?;
                (bytes.len() == $bytes).then(|| Self(Zeroizing::new(text.to_owned())))
            }

            /// The token as handed out.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What is stored in its place: a hash that does not lead back.
            pub fn hash(&self) -> [u8; 32] {
                sha256(&[$label, self.0.as_bytes()])
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl Vault {
            /// The keyed hash to store: unlike a plain hash it cannot be planted by somebody who can write to the database.
            pub fn $keyed(&self, token: &$name) -> Result<[u8; 32], VaultError> {
                Ok(self.primary($purpose)?.prf.mac(&[&self.deployment.bytes(), &token.hash()]))
            }

            /// The keyed hashes to look for, under the primary key first and then under the older ones.
            pub fn $keyed_all(&self, token: &$name) -> Vec<[u8; 32]> {
                self.live($purpose).iter().map(|k| k.prf.mac(&[&self.deployment.bytes(), &token.hash()])).collect()
            }
        }
    )+};
}

tokens! {
    /// The token of a link handed to a registrant: 192 random bits, 32 URL-safe characters.
    LinkToken, 24, b"dv1/token/link", KeyPurpose::Mail, link_hash, link_hashes;
    /// The token of a staff session: 256 random bits, 43 URL-safe characters.
    SessionToken, 32, b"dv1/token/session", KeyPurpose::Session, session_hash, session_hashes;
}

impl Vault {
    /// The fingerprint of a request body under an idempotency key: tells whether a repeated request is the same, without keeping it.
    pub fn fingerprint(&self, actor: Uuid, body: &[u8]) -> Result<[u8; 32], VaultError> {
        let mut canon = Canon::new("dv1/idempotency");
        canon.lp(actor.as_bytes()).lp(body);
        Ok(self.primary(KeyPurpose::Idempotency)?.prf.mac(&[canon.as_bytes()]))
    }
}

impl Keyed for Vault {
    /// `HMAC-SHA256(HKDF-Expand(keyed key, label), bytes)`. On a node the key is the node's own (see [`super::NodeKeyFile`]).
    fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        let own = self.primary(KeyPurpose::Keyed).ok();
        let kdf = own.as_ref().map(|k| &k.kdf).or(self.node_tag.as_ref());
        let kdf = kdf.expect("a keyring is opened with the registry's keyed key or a node's own");
        let mut info = Canon::new("dv1/keyed");
        info.lp(label.as_bytes());
        Prf::new(&*kdf.expand(&info)).mac(&[bytes])
    }
}
