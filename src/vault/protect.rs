//! A root key behind a passphrase.
//!
//! `Argon2id(passphrase, salt)` gives 64 bytes: an AES-256-GCM key and a commitment that is compared first, so that no file can be made
//! that opens under two passphrases and a wrong passphrase is told from a damaged file only by whoever knows the right one.

use std::path::Path;

use zeroize::Zeroizing;

use crate::domain::Guarded;

use super::bytes::Canon;
use super::entropy::Entropy;
use super::error::VaultError;
use super::password::{self, Cost};
use super::primitive::{self, Aead, Key, WRAPPED, same};
use super::root::RootKey;
use super::{files, text};

pub(super) const TITLE: &str = "donor-registry protected root key 1";

/// A root key wrapped under a passphrase, with the Argon2id parameters it was made with; a text file.
pub struct ProtectedRoot {
    cost: Cost,
    salt: [u8; 16],
    commitment: [u8; 32],
    wrapped: [u8; WRAPPED],
}

impl std::fmt::Debug for ProtectedRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProtectedRoot(..)")
    }
}

impl RootKey {
    /// Wraps this key under a passphrase of 8 to 1,024 characters. Slow by design: `cost` decides.
    pub fn protect(&self, passphrase: &str, cost: Cost) -> Result<ProtectedRoot, VaultError> {
        self.protect_with(passphrase, cost, &Entropy::System)
    }

    pub(super) fn protect_with(&self, passphrase: &str, cost: Cost, entropy: &Entropy) -> Result<ProtectedRoot, VaultError> {
        password::acceptable(passphrase)?;
        let salt = entropy.draw()?;
        let (key, commitment) = derive(passphrase, &salt, cost)?;
        let root: Key = Zeroizing::new(*self.bytes());
        let wrapped = primitive::wrap(&Aead::new(&key), &aad(cost, &salt), &root, entropy)?;
        let wrapped = wrapped.try_into().map_err(|_| VaultError::Shape)?;
        Ok(ProtectedRoot { cost, salt, commitment: *commitment, wrapped })
    }

    /// [`RootKey::from_passphrase`] of a passphrase in custody.
    pub fn from_guarded(passphrase: &Guarded<String>, protected: &ProtectedRoot) -> Result<Self, VaultError> {
        Self::from_passphrase(passphrase.reveal(), protected)
    }

    /// Opens a protected root key.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::FileForm`] where the passphrase is right but the file was damaged.
    pub fn from_passphrase(passphrase: &str, protected: &ProtectedRoot) -> Result<Self, VaultError> {
        let (key, commitment) = derive(passphrase, &protected.salt, protected.cost)?;
        if !same(&*commitment, &protected.commitment) {
            return Err(VaultError::WrongPassphrase);
        }
        let root = primitive::unwrap(&Aead::new(&key), &aad(protected.cost, &protected.salt), &protected.wrapped);
        root.map(Self::from_key).ok_or(VaultError::FileForm("protected root key file"))
    }
}

impl RootKey {
    /// [`RootKey::protect`] with a passphrase in custody.
    pub fn protect_guarded(&self, passphrase: &Guarded<String>, cost: Cost) -> Result<ProtectedRoot, VaultError> {
        self.protect(passphrase.reveal(), cost)
    }
}

impl ProtectedRoot {
    /// The text form.
    pub fn to_text(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        format!(
            "{TITLE}\nargon2id {memory_kib} {passes} {lanes}\nsalt {}\ncommitment {}\nwrapped {}\n",
            *text::hex(&self.salt),
            *text::hex(&self.commitment),
            *text::hex(&self.wrapped)
        )
    }

    /// Reads the text form.
    pub fn from_text(file: &str) -> Result<Self, VaultError> {
        Self::parse(file).ok_or(VaultError::FileForm("protected root key file"))
    }

    /// Writes a new file of mode 0600.
    pub fn write(&self, path: &Path) -> Result<(), VaultError> {
        files::write_private(path, &self.to_text())
    }

    /// Takes the place of a key file at once: whoever reads the path finds the old file or the new one, whole. The old file's bytes are
    /// overwritten afterwards; a disk may keep copies of its own all the same.
    pub fn replace(&self, path: &Path) -> Result<(), VaultError> {
        files::replace_private(path, &self.to_text())
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        Self::from_text(&files::read_private(path)?)
    }

    fn parse(file: &str) -> Option<Self> {
        if file.lines().next()?.trim() != TITLE {
            return None;
        }
        let mut numbers = files::field(file, "argon2id")?.split(' ').map(|n| n.parse::<u32>().ok());
        let cost = Cost { memory_kib: numbers.next()??, passes: numbers.next()??, lanes: numbers.next()?? };
        // A file that was tampered with must not be able to ask for all memory or for hours.
        if numbers.next().is_some() || cost.memory_kib > 4 * 1024 * 1024 || cost.passes > 100 || cost.lanes > 64 {
            return None;
        }
        Some(Self {
            cost,
            salt: *text::from_hex(files::field(file, "salt")?)?,
            commitment: *text::from_hex(files::field(file, "commitment")?)?,
            wrapped: *text::from_hex(files::field(file, "wrapped")?)?,
        })
    }
}

fn derive(passphrase: &str, salt: &[u8; 16], cost: Cost) -> Result<(Key, Key), VaultError> {
    let mut out = Zeroizing::new([0; 64]);
    password::stretch(passphrase, salt, cost, &mut *out)?;
    let (mut key, mut commitment) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    let (first, second) = out.split_at(32);
    key.copy_from_slice(first);
    commitment.copy_from_slice(second);
    Ok((key, commitment))
}

fn aad(cost: Cost, salt: &[u8; 16]) -> Canon {
    let mut aad = Canon::new("dv1/passphrase");
    aad.u32(cost.memory_kib).u32(cost.passes).u32(cost.lanes).raw(salt);
    aad
}
