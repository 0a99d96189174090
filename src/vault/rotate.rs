//! Rotation of keys. Every step returns the rows to store; all processes [`Vault::refresh`] before the next step is taken.
//!
//! A KEK: [`Vault::add_key`] → all processes see it → [`Vault::promote`] → [`Vault::rewrap_dek`] for every row that names the old key,
//! in batches with a cursor ([`Vault::rewrap_dek`] answers `None` for rows already done, so a killed run starts again anywhere) → none is
//! left → [`Vault::destroy_key`]. From then on whatever was erased under the old key is unreadable in every backup.
//! Statistics: the same with [`Vault::reseal_fact`]; values of no subject: [`Vault::reseal_own`]. Blind indexes: write under [`Vault::primary_id`], search under every live version.

use crate::domain::id::DeploymentId;
use crate::domain::time::Timestamp;

use super::entropy::Entropy;
use super::error::VaultError;
use super::keyring::{KeyRow, Vault, Wrapping, new_row};
use super::primitive;
use super::purpose::{KeyPurpose, KeyStatus};
use super::root::RootKey;
use super::subject::DekRow;

impl Vault {
    /// A new pending key for a purpose, numbered after all `rows`, which must be the whole stored keyring.
    pub fn add_key(&self, rows: &[KeyRow], purpose: KeyPurpose, now: Timestamp) -> Result<KeyRow, VaultError> {
        let next = rows.iter().map(|r| r.key_id).max().unwrap_or(0).checked_add(1).ok_or(VaultError::Keyring("no key number left"))?;
        new_row(&self.wrapping, self.deployment, next, purpose, KeyStatus::Pending, now, &self.entropy)
    }

    /// Makes a pending key the primary one and the primary one decrypt-only. Returns the two changed rows.
    pub fn promote(&self, rows: &[KeyRow], key_id: u32) -> Result<Vec<KeyRow>, VaultError> {
        let row = find(rows, key_id, &[KeyStatus::Pending])?;
        let old = rows.iter().find(|r| r.purpose == row.purpose && r.status == KeyStatus::Primary).ok_or(VaultError::Rotation(key_id))?;
        Ok(vec![self.with_status(old, KeyStatus::DecryptOnly)?, self.with_status(row, KeyStatus::Primary)?])
    }

    /// Destroys a key that is not primary: its row loses the wrapped key. The caller has made sure that nothing still needs it.
    pub fn destroy_key(&self, rows: &[KeyRow], key_id: u32) -> Result<KeyRow, VaultError> {
        let row = find(rows, key_id, &[KeyStatus::Pending, KeyStatus::DecryptOnly])?;
        Ok(KeyRow { status: KeyStatus::Destroyed, wrapped: Vec::new(), ..row.clone() })
    }

    /// The same data key under the primary KEK of its compartment; `None` where it is wrapped so already.
    pub fn rewrap_dek(&self, row: &DekRow) -> Result<Option<DekRow>, VaultError> {
        let purpose = KeyPurpose::Kek(row.compartment);
        let primary = self.primary(purpose)?;
        if row.kek_id == primary.id {
            return Ok(None);
        }
        let old = self.by_id(row.kek_id, purpose)?;
        let key =
            primitive::unwrap(&old.aead, &row.aad(self.deployment), &row.wrapped).ok_or(VaultError::DataKeyRefused(row.compartment))?;
        let mut new = DekRow { kek_id: primary.id, wrapped: Vec::new(), ..row.clone() };
        new.wrapped = primitive::wrap(&primary.aead, &new.aad(self.deployment), &key, &self.entropy)?;
        Ok(Some(new))
    }

    fn with_status(&self, row: &KeyRow, status: KeyStatus) -> Result<KeyRow, VaultError> {
        let aead = self.wrapping.aead(row.purpose).ok_or(VaultError::NoKey(row.purpose))?;
        let key = primitive::unwrap(&aead, &row.aad(self.deployment), &row.wrapped).ok_or(VaultError::KeyDamaged(row.key_id))?;
        let mut new = KeyRow { status, wrapped: Vec::new(), ..row.clone() };
        new.wrapped = primitive::wrap(&aead, &new.aad(self.deployment), &key, &self.entropy)?;
        Ok(new)
    }
}

/// Wraps the whole keyring anew under another root key: all rows, to be stored in one transaction. Node key files of the old root end.
pub fn rewrap_root(old: &RootKey, new: &RootKey, deployment: DeploymentId, rows: &[KeyRow]) -> Result<Vec<KeyRow>, VaultError> {
    let (from, to) = (Wrapping::of_root(old, deployment), Wrapping::of_root(new, deployment));
    // Opening the keyring first tells a wrong root key from a damaged row.
    Vault::build(Wrapping::of_root(old, deployment), deployment, rows, Entropy::System, None)?;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut row = row.clone();
        if row.status != KeyStatus::Destroyed {
            let (Some(from), Some(to)) = (from.aead(row.purpose), to.aead(row.purpose)) else { return Err(VaultError::NoKey(row.purpose)) };
            let aad = row.aad(deployment);
            let key = primitive::unwrap(&from, &aad, &row.wrapped).ok_or(VaultError::KeyDamaged(row.key_id))?;
            row.wrapped = primitive::wrap(&to, &aad, &key, &Entropy::System)?;
        }
        out.push(row);
    }
    Ok(out)
}

fn find<'a>(rows: &'a [KeyRow], key_id: u32, allowed: &[KeyStatus]) -> Result<&'a KeyRow, VaultError> {
    let row = rows.iter().find(|r| r.key_id == key_id).ok_or(VaultError::KeyUnknown(key_id))?;
    if allowed.contains(&row.status) { Ok(row) } else { Err(VaultError::Rotation(key_id)) }
}
