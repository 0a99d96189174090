//! The root key: 32 random bytes that never stand in the database.

use std::path::Path;

use zeroize::Zeroizing;

use crate::domain::id::DeploymentId;

use super::entropy::Entropy;
use super::error::VaultError;
use super::primitive::{Key, random_key, same, sha256};
use super::sheet::RecoverySheet;
use super::{files, text};

pub(super) const TITLE: &str = "donor-registry root key 1";

/// The root key. Zeroised on drop; `Debug` shows nothing of it.
pub struct RootKey(Box<Key>);

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey(..)")
    }
}

impl RootKey {
    /// A new random key, held in memory only.
    pub fn generate() -> Result<Self, VaultError> {
        random_key(&Entropy::System).map(Self::from_key)
    }

    /// A new random key, written to a new key file of mode 0600; folders above it are made.
    ///
    /// # Errors
    /// [`VaultError::FileExists`] where there is a file: a key file is never overwritten.
    pub fn create(path: &Path) -> Result<Self, VaultError> {
        let root = Self::generate()?;
        root.write(path)?;
        Ok(root)
    }

    /// Writes this key to a new key file of mode 0600 (after a recovery).
    pub fn write(&self, path: &Path) -> Result<(), VaultError> {
        let file = Zeroizing::new(format!("{TITLE}\nkey {}\ncheck {}\n", *text::hex(&**self.0), *text::hex(&check(&self.0))));
        files::write_private(path, &file)
    }

    /// Reads a key file.
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        Self::from_text(&files::read_private(path)?)
    }

    pub(super) fn from_text(file: &str) -> Result<Self, VaultError> {
        const FORM: VaultError = VaultError::FileForm("root key file");
        if file.lines().next().map(str::trim) != Some(TITLE) {
            return Err(FORM);
        }
        let key = files::field(file, "key").and_then(text::from_hex::<32>).ok_or(FORM)?;
        let stored = files::field(file, "check").and_then(text::from_hex::<4>).ok_or(FORM)?;
        if same(&check(&key), &*stored) { Ok(Self::from_key(key)) } else { Err(FORM) }
    }

    /// The sheet to print and keep in a safe.
    pub fn recovery_sheet(&self, deployment: DeploymentId) -> RecoverySheet {
        RecoverySheet::of(&self.0, deployment)
    }

    /// Reads a recovery sheet as typed back: the five key lines, with or without their numbers and the words around them; case, spaces
    /// and dashes do not matter, O is 0, I and L are 1.
    ///
    /// # Errors
    /// [`VaultError::Sheet`] with the numbers of the lines that are missing or mistyped.
    pub fn from_recovery_sheet(typed: &str) -> Result<Self, VaultError> {
        super::sheet::read(typed).map(Self::from_key)
    }

    /// Whether two root keys are the same, in constant time (a sheet typed back as proof).
    pub fn is_same(&self, other: &Self) -> bool {
        same(&**self.0, &**other.0)
    }

    pub(super) fn from_key(key: Key) -> Self {
        Self(Box::new(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Tells a damaged key file from a key of another registry.
fn check(key: &Key) -> [u8; 4] {
    let digest = sha256(&[b"dv1/root/file", &**key]);
    let mut out = [0; 4];
    out.copy_from_slice(digest.split_at(4).0);
    out
}
