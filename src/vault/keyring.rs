//! The keyring: versioned keys, wrapped under keys that derive from the root key, one for each purpose.
//!
//! The wrapping key of a purpose is `HKDF(root, "dv1/root" salt, info = purpose)`. A process that is given the wrapping keys of some
//! purposes ([`super::NodeKeyFile`]) therefore opens all present and future keys of those purposes and no others.

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::domain::Compartment;
use crate::domain::id::DeploymentId;
use crate::domain::time::Timestamp;

use super::bytes::Canon;
use super::entropy::Entropy;
use super::error::VaultError;
use super::primitive::{self, Aead, Kdf, Key, Prf};
use super::purpose::{KeyPurpose, KeyStatus};
use super::root::RootKey;

/// One key of the keyring as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Unique in the keyring, from 1; bound into the wrap.
    pub key_id: u32,
    /// What it is for; bound into the wrap.
    pub purpose: KeyPurpose,
    /// Where it is in its life; bound into the wrap.
    pub status: KeyStatus,
    /// The wrapped key: 61 bytes, or none when destroyed.
    pub wrapped: Vec<u8>,
    /// When it was made; bound into the wrap.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRow({}, {:?}, {:?})", self.key_id, self.purpose, self.status)
    }
}

impl KeyRow {
    pub(super) fn aad(&self, deployment: DeploymentId) -> Canon {
        let mut aad = Canon::new("dv1/wrap");
        aad.lp(&deployment.bytes());
        aad.u16(self.purpose.code().cast_unsigned()).u32(self.key_id).u16(self.status.code().cast_unsigned()).i64(self.created_at.0);
        aad
    }
}

/// The wrapping keys of some or all purposes.
pub(super) struct Wrapping(pub Vec<(KeyPurpose, Key)>);

impl Wrapping {
    pub fn of_root(root: &RootKey, deployment: DeploymentId) -> Self {
        let kdf = Kdf::extract(b"dv1/root", root.bytes());
        let derive = |purpose: KeyPurpose| {
            let mut info = Canon::new("dv1/root/wrap");
            info.lp(&deployment.bytes()).u16(purpose.code().cast_unsigned());
            (purpose, kdf.expand(&info))
        };
        Self(KeyPurpose::ALL.into_iter().map(derive).collect())
    }

    pub fn key(&self, purpose: KeyPurpose) -> Option<&Key> {
        self.0.iter().find(|(p, _)| *p == purpose).map(|(_, key)| key)
    }

    pub fn aead(&self, purpose: KeyPurpose) -> Option<Aead> {
        self.key(purpose).map(|key| Aead::new(key))
    }
}

/// An opened key.
pub(super) struct Opened {
    pub id: u32,
    pub purpose: KeyPurpose,
    pub status: KeyStatus,
    pub key: Box<Key>,
    /// The key as AES-256-GCM key (KEKs).
    pub aead: Aead,
    /// The key as HMAC key (all other purposes).
    pub prf: Prf,
    /// The key as source of further keys (blind indexes, tags).
    pub kdf: Kdf,
}

/// The opened keyring of a process: seals, opens, checks. After a rotation, by this or another process, [`Vault::refresh`] takes the keys as
/// they are stored now; what is under way goes on with those it has.
pub struct Vault {
    pub(super) deployment: DeploymentId,
    pub(super) wrapping: Wrapping,
    keys: RwLock<Vec<Arc<Opened>>>,
    /// A node's own key for [`crate::domain::Keyed`].
    pub(super) node_tag: Option<Kdf>,
    pub(super) entropy: Entropy,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(..)")
    }
}

impl Vault {
    /// Makes the keyring of a new registry: one primary key for each purpose. The caller stores the rows.
    pub fn create(root: &RootKey, deployment: DeploymentId, now: Timestamp) -> Result<(Self, Vec<KeyRow>), VaultError> {
        Self::create_with(root, deployment, now, Entropy::System)
    }

    pub(super) fn create_with(
        root: &RootKey,
        deployment: DeploymentId,
        now: Timestamp,
        entropy: Entropy,
    ) -> Result<(Self, Vec<KeyRow>), VaultError> {
        let wrapping = Wrapping::of_root(root, deployment);
        let mut rows = Vec::new();
        for (key_id, purpose) in (1..).zip(KeyPurpose::ALL) {
            rows.push(new_row(&wrapping, deployment, key_id, purpose, KeyStatus::Primary, now, &entropy)?);
        }
        let vault = Self::build(wrapping, deployment, &rows, entropy, None)?;
        Ok((vault, rows))
    }

    /// Opens the stored keyring.
    ///
    /// # Errors
    /// [`VaultError::WrongRoot`] where no key opens, [`VaultError::KeyDamaged`] where one does not, [`VaultError::Keyring`] where a
    /// purpose has no primary key or two.
    pub fn open(root: &RootKey, deployment: DeploymentId, rows: &[KeyRow]) -> Result<Self, VaultError> {
        Self::build(Wrapping::of_root(root, deployment), deployment, rows, Entropy::System, None)
    }

    /// Opens the keyring as it is stored now, after a rotation by this or another process. Needs no root key.
    ///
    /// # Errors
    /// As [`Vault::open`]; the keys stay as they were.
    pub fn refresh(&self, rows: &[KeyRow]) -> Result<(), VaultError> {
        let fresh = open_keys(&self.wrapping, self.deployment, rows)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Whether the opened keys are those of the stored keyring.
    pub fn is_current(&self, rows: &[KeyRow]) -> bool {
        let stored = rows.iter().filter(|r| r.status != KeyStatus::Destroyed && self.holds(r.purpose));
        let mut stored: Vec<(u32, KeyStatus)> = stored.map(|r| (r.key_id, r.status)).collect();
        let mut opened: Vec<(u32, KeyStatus)> = self.opened().iter().map(|k| (k.id, k.status)).collect();
        stored.sort_unstable();
        opened.sort_unstable();
        stored == opened
    }

    /// Whether this keyring was opened with a root key, in constant time (a sheet typed back as proof). False on a node.
    pub fn is_of(&self, root: &RootKey) -> bool {
        let theirs = Wrapping::of_root(root, self.deployment);
        let mine = |purpose| self.wrapping.key(purpose);
        theirs.0.iter().fold(true, |all, (purpose, key)| all & mine(*purpose).is_some_and(|own| primitive::same(&**own, &**key)))
    }

    pub(super) fn build(
        wrapping: Wrapping,
        deployment: DeploymentId,
        rows: &[KeyRow],
        entropy: Entropy,
        node_tag: Option<Kdf>,
    ) -> Result<Self, VaultError> {
        let keys = RwLock::new(open_keys(&wrapping, deployment, rows)?);
        Ok(Self { deployment, wrapping, keys, node_tag, entropy })
    }

    /// The installation this keyring belongs to.
    pub fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// Whether this process may open a compartment.
    pub fn opens(&self, compartment: Compartment) -> bool {
        self.holds(KeyPurpose::Kek(compartment))
    }

    /// Whether this process holds the keys of a purpose.
    pub fn holds(&self, purpose: KeyPurpose) -> bool {
        self.wrapping.key(purpose).is_some()
    }

    /// The number of the key that is written with; stored beside what depends on the key's version.
    pub fn primary_id(&self, purpose: KeyPurpose) -> Result<u32, VaultError> {
        self.primary(purpose).map(|k| k.id)
    }

    pub(super) fn primary(&self, purpose: KeyPurpose) -> Result<Arc<Opened>, VaultError> {
        self.find(|k| k.purpose == purpose && k.status == KeyStatus::Primary).ok_or(match purpose {
            KeyPurpose::Kek(compartment) => VaultError::Closed(compartment),
            other => VaultError::NoKey(other),
        })
    }

    pub(super) fn by_id(&self, id: u32, purpose: KeyPurpose) -> Result<Arc<Opened>, VaultError> {
        self.find(|k| k.id == id && k.purpose == purpose).ok_or(VaultError::KeyUnknown(id))
    }

    fn find(&self, fits: impl Fn(&Opened) -> bool) -> Option<Arc<Opened>> {
        self.opened().iter().find(|k| fits(k)).cloned()
    }

    /// Every key as opened at this moment.
    pub(super) fn opened(&self) -> std::sync::RwLockReadGuard<'_, Vec<Arc<Opened>>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The primary key first, then the others that can still read.
    pub(super) fn live(&self, purpose: KeyPurpose) -> Vec<Arc<Opened>> {
        let mut keys: Vec<Arc<Opened>> = self.opened().iter().filter(|k| k.purpose == purpose).cloned().collect();
        keys.sort_by_key(|k| (k.status != KeyStatus::Primary, std::cmp::Reverse(k.id)));
        keys
    }
}

/// Opens what of the stored keyring the wrapping keys open.
fn open_keys(wrapping: &Wrapping, deployment: DeploymentId, rows: &[KeyRow]) -> Result<Vec<Arc<Opened>>, VaultError> {
    let mut keys: Vec<Arc<Opened>> = Vec::new();
    let mut damaged = None;
    let mut ids: Vec<u32> = rows.iter().map(|r| r.key_id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|w| w.first() == w.last()) {
        return Err(VaultError::Keyring("a key number twice"));
    }
    for row in rows.iter().filter(|r| r.status != KeyStatus::Destroyed) {
        let Some(aead) = wrapping.aead(row.purpose) else { continue };
        match primitive::unwrap(&aead, &row.aad(deployment), &row.wrapped) {
            Some(key) => keys.push(Arc::new(Opened {
                id: row.key_id,
                purpose: row.purpose,
                status: row.status,
                aead: Aead::new(&key),
                prf: Prf::new(&*key),
                kdf: Kdf::of_key(&key),
                key: Box::new(key),
            })),
            None => damaged = damaged.or(Some(row.key_id)),
        }
    }
    match damaged {
        Some(_) if keys.is_empty() => return Err(VaultError::WrongRoot),
        Some(id) => return Err(VaultError::KeyDamaged(id)),
        None => {}
    }
    for (purpose, _) in &wrapping.0 {
        match keys.iter().filter(|k| k.purpose == *purpose && k.status == KeyStatus::Primary).count() {
            0 => return Err(VaultError::Keyring("a purpose without a primary key")),
            1 => {}
            _ => return Err(VaultError::Keyring("two primary keys for one purpose")),
        }
    }
    Ok(keys)
}

/// A new random key, wrapped.
pub(super) fn new_row(
    wrapping: &Wrapping,
    deployment: DeploymentId,
    key_id: u32,
    purpose: KeyPurpose,
    status: KeyStatus,
    created_at: Timestamp,
    entropy: &Entropy,
) -> Result<KeyRow, VaultError> {
    let aead = wrapping.aead(purpose).ok_or(VaultError::NoKey(purpose))?;
    let mut row = KeyRow { key_id, purpose, status, wrapped: Vec::new(), created_at };
    let key: Key = Zeroizing::new(entropy.draw()?);
    row.wrapped = primitive::wrap(&aead, &row.aad(deployment), &key, entropy)?;
    Ok(row)
}
