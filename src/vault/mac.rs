//! MACs over the plaintext columns of a row: consent, status, dates and links that must not be changed past the program.

use uuid::Uuid;

use super::bytes::Canon;
use super::error::VaultError;
use super::keyring::Vault;
use super::primitive;
use super::purpose::KeyPurpose;
use super::seal::Sealed;

/// The canonical bytes of a row, the same on every database: table, row id, row version, then each column with its name, type and length.
/// NULL differs from empty; the order of the calls is the order of the columns and part of what is protected.
pub struct MacRow(Canon);

const NULL: u8 = 0;
const UUID: u8 = 1;
const INT: u8 = 2;
const TEXT: u8 = 3;
const BYTES: u8 = 4;
const FLAG: u8 = 5;
const SEALED: u8 = 6;

impl MacRow {
    /// Starts a row. `version` is the row's version number, so that an older state of the row does not pass for the present one.
    pub fn new(table: &str, row: Uuid, version: u64) -> Self {
        let mut canon = Canon::new("dv1/row");
        canon.lp(table.as_bytes()).lp(row.as_bytes()).u64(version);
        Self(canon)
    }

    /// An id.
    #[must_use]
    pub fn uuid(self, name: &str, value: Option<Uuid>) -> Self {
        self.column(name, UUID, value.as_ref().map(|v| v.as_bytes().as_slice()))
    }

    /// A number, an instant (µs) or an enum's code.
    #[must_use]
    pub fn int(self, name: &str, value: Option<i64>) -> Self {
        self.column(name, INT, value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
    }

    /// A text; also a civil date as `YYYY-MM-DD`.
    #[must_use]
    pub fn text(self, name: &str, value: Option<&str>) -> Self {
        self.column(name, TEXT, value.map(str::as_bytes))
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(self, name: &str, value: Option<&[u8]>) -> Self {
        self.column(name, BYTES, value)
    }

    /// A yes or no.
    #[must_use]
    pub fn flag(self, name: &str, value: Option<bool>) -> Self {
        self.column(name, FLAG, value.map(|v| [u8::from(v)]).as_ref().map(<[u8; 1]>::as_slice))
    }

    /// A sealed column, by the SHA-256 of its bytes: an older ciphertext put back is found.
    #[must_use]
    pub fn sealed(self, name: &str, value: Option<&Sealed>) -> Self {
        self.column(name, SEALED, value.map(|v| primitive::sha256(&[v.as_bytes()])).as_ref().map(<[u8; 32]>::as_slice))
    }

    fn column(mut self, name: &str, kind: u8, value: Option<&[u8]>) -> Self {
        self.0.lp(name.as_bytes()).u8(kind);
        match value {
            None => self.0.u8(NULL),
            Some(bytes) => self.0.u8(1).lp(bytes),
        };
        self
    }

    /// The canonical bytes, for pinning in tests of the rows' owners.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A row's MAC as stored: key number (u32, big-endian) and HMAC-SHA256, 36 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowMac([u8; RowMac::LEN]);

impl RowMac {
    /// Bytes of a stored MAC.
    pub const LEN: usize = 36;

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store, as a vector.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl Vault {
    /// The MAC of a row under the primary row key.
    pub fn mac(&self, row: &MacRow) -> Result<RowMac, VaultError> {
        let key = self.primary(KeyPurpose::RowMac)?;
        Ok(RowMac(self.tagged(key.id, &key.prf, row.as_bytes())))
    }

    /// Checks a stored MAC.
    ///
    /// # Errors
    /// [`VaultError::Mac`] where the row is not the one the MAC was made of, [`VaultError::KeyUnknown`] where its key was destroyed.
    pub fn check_mac(&self, row: &MacRow, stored: &[u8]) -> Result<(), VaultError> {
        let (id, _) = stored.split_first_chunk::<4>().ok_or(VaultError::Mac)?;
        let key = self.by_id(u32::from_be_bytes(*id), KeyPurpose::RowMac)?;
        if primitive::same(&self.tagged(key.id, &key.prf, row.as_bytes()), stored) { Ok(()) } else { Err(VaultError::Mac) }
    }

    pub(super) fn tagged(&self, id: u32, prf: &primitive::Prf, canonical: &[u8]) -> [u8; RowMac::LEN] {
        let mut out = [0; RowMac::LEN];
        let (head, tail) = out.split_at_mut(4);
        head.copy_from_slice(&id.to_be_bytes());
        tail.copy_from_slice(&prf.mac(&[&self.deployment.bytes(), canonical]));
        out
    }
}
