//! Data keys: one a subject and compartment, wrapped under the compartment's KEK. Deleting the rows erases the subject.

use zeroize::Zeroizing;

use crate::domain::Compartment;
use crate::domain::id::{DeploymentId, SubjectId};

use super::bytes::Canon;
use super::error::VaultError;
use super::keyring::Vault;
use super::primitive::{self, Key};
use super::purpose::KeyPurpose;

/// A wrapped data key as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct DekRow {
    /// Whose.
    pub subject: SubjectId,
    /// For which compartment.
    pub compartment: Compartment,
    /// From 1; the highest is written with.
    pub version: u32,
    /// The KEK it is wrapped under.
    pub kek_id: u32,
    /// 61 bytes.
    pub wrapped: Vec<u8>,
}

impl std::fmt::Debug for DekRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DekRow({:?}, version {}, kek {})", self.compartment, self.version, self.kek_id)
    }
}

impl DekRow {
    pub(super) fn aad(&self, deployment: DeploymentId) -> Canon {
        let mut aad = Canon::new("dv1/dek");
        aad.lp(&deployment.bytes()).lp(&self.subject.bytes());
        aad.u8(self.compartment.code()).u32(self.version).u32(self.kek_id);
        aad
    }
}

/// The opened data keys of one subject, of the compartments this process may open. Zeroised on drop.
pub struct SubjectKeys {
    subject: SubjectId,
    keys: Vec<(Compartment, u32, Key)>,
}

impl std::fmt::Debug for SubjectKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKeys(..)")
    }
}

impl SubjectKeys {
    /// Whose keys they are.
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Whether a data key for a compartment is there.
    pub fn opens(&self, compartment: Compartment) -> bool {
        self.keys.iter().any(|(c, ..)| *c == compartment)
    }

    pub(super) fn newest(&self, compartment: Compartment) -> Result<(u32, &Key), VaultError> {
        let newest = self.keys.iter().filter(|(c, ..)| *c == compartment).max_by_key(|(_, version, _)| *version);
        newest.map(|(_, version, key)| (*version, key)).ok_or(VaultError::NoDataKey(compartment))
    }

    pub(super) fn version(&self, compartment: Compartment, version: u32) -> Result<&Key, VaultError> {
        let found = self.keys.iter().find(|(c, v, _)| *c == compartment && *v == version);
        found.map(|(.., key)| key).ok_or(VaultError::NoDataKey(compartment))
    }

    /// The key of one compartment presented as that of another subject or compartment.
    #[cfg(test)]
    pub(super) fn forged(&self, subject: SubjectId, from: Compartment, to: Compartment) -> Self {
        let keys = self.keys.iter().filter(|(c, ..)| *c == from).map(|(_, version, key)| (to, *version, key.clone())).collect();
        Self { subject, keys }
    }
}

impl Vault {
    /// New data keys for a new subject, for every compartment this process may open (but statistics, which has no subject), and the rows to
    /// store. The caller counts the wraps made under each KEK (`select count`): warn at 2^31, rotate before 2^32 (SP 800-38D, 8.3).
    pub fn new_subject(&self, subject: SubjectId) -> Result<(SubjectKeys, Vec<DekRow>), VaultError> {
        let mut keys = SubjectKeys { subject, keys: Vec::with_capacity(5) };
        let mut rows = Vec::with_capacity(5);
        for compartment in Compartment::ALL {
            if compartment != Compartment::Statistics && self.opens(compartment) {
                let (row, key) = self.new_dek(subject, compartment, 1)?;
                keys.keys.push((compartment, 1, key));
                rows.push(row);
            }
        }
        Ok((keys, rows))
    }

    /// A further version of one data key, on suspicion against the present one: the caller stores it and re-seals the subject's values.
    pub fn renew_dek(&self, keys: &mut SubjectKeys, compartment: Compartment) -> Result<DekRow, VaultError> {
        let version = keys.newest(compartment)?.0.checked_add(1).ok_or(VaultError::Keyring("no version left"))?;
        let (row, key) = self.new_dek(keys.subject, compartment, version)?;
        keys.keys.push((compartment, version, key));
        Ok(row)
    }

    fn new_dek(&self, subject: SubjectId, compartment: Compartment, version: u32) -> Result<(DekRow, Key), VaultError> {
        let kek = self.primary(KeyPurpose::Kek(compartment))?;
        let key: Key = Zeroizing::new(self.entropy.draw()?);
        let mut row = DekRow { subject, compartment, version, kek_id: kek.id, wrapped: Vec::new() };
        row.wrapped = primitive::wrap(&kek.aead, &row.aad(self.deployment), &key, &self.entropy)?;
        Ok((row, key))
    }

    /// Opens a subject's data keys; rows of compartments this process may not open are passed over.
    ///
    /// # Errors
    /// [`VaultError::WrongSubject`] where a row is another subject's, [`VaultError::DataKeyRefused`] where one does not open,
    /// [`VaultError::KeyUnknown`] where its KEK is gone.
    pub fn subject_keys(&self, subject: SubjectId, rows: &[DekRow]) -> Result<SubjectKeys, VaultError> {
        let mut keys = SubjectKeys { subject, keys: Vec::with_capacity(rows.len()) };
        for row in rows {
            if row.subject != subject || row.compartment == Compartment::Statistics {
                return Err(VaultError::WrongSubject);
            }
            if self.opens(row.compartment) {
                let kek = self.by_id(row.kek_id, KeyPurpose::Kek(row.compartment))?;
                let key = primitive::unwrap(&kek.aead, &row.aad(self.deployment), &row.wrapped)
                    .ok_or(VaultError::DataKeyRefused(row.compartment))?;
                keys.keys.push((row.compartment, row.version, key));
            }
        }
        Ok(keys)
    }
}
