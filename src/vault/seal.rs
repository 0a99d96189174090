//! Sealing values to their places ("DV1").
//!
//! ```text
//! off len
//! 0   1   format 0x01
//! 1   1   suite 0x01: HKDF-SHA256, AES-256-GCM, 32-byte key commitment
//! 2   2   padding bucket in bytes (big-endian): 32 or 256
//! 4   4   version of the data key (facts: number of the statistics key), big-endian
//! 8   16  salt, random
//! 24  12  nonce, random
//! 36  32  commitment
//! 68  n   encrypted: u32 length ‖ value ‖ zeros up to a multiple of the bucket
//! 68+n 16 tag
//! ```
//!
//! `PRK = HKDF-Extract(salt, data key)`; `K_enc = Expand(PRK, "dv1/enc" ‖ table ‖ column)`; `commitment = Expand(PRK, "dv1/commit" ‖ table ‖
//! column)`, compared in constant time before anything is decrypted, since GCM alone does not commit to a key. AAD: `"dv1/field" ‖
//! deployment ‖ compartment ‖ table ‖ column ‖ row ‖ subject ‖ u32 schema ‖ header[0..36]`, every part length-prefixed or of fixed width.
//! Facts and values of no subject are sealed under the compartment's own key: AAD `"dv1/fact" ‖ deployment ‖ fact` and `"dv1/own" ‖
//! deployment ‖ compartment ‖ table ‖ column ‖ row ‖ u32 schema`, each with the header behind it.
//! A key made of 128 random bits of salt is used once, so the number of writes under a data key has no practical limit.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::domain::id::{FactId, SubjectId};
use crate::domain::{Compartment, Guarded};

use super::bytes::{Canon, SecretWriter};
use super::error::VaultError;
use super::keyring::Vault;
use super::primitive::{self, Aead, KEY, Kdf, Key, NONCE, TAG};
use super::purpose::KeyPurpose;
use super::subject::SubjectKeys;

const FORMAT: u8 = 1;
const SUITE: u8 = 1;
const SALT: usize = 16;
const HEADER: usize = 36;
const BODY: usize = HEADER + 32;
/// Bytes a sealed value is longer than its padded plaintext.
const OVERHEAD: usize = BODY + TAG;
/// Values up to this length, with their length field, are padded to multiples of [`SMALL`], longer ones to multiples of [`LARGE`].
const SHORT: usize = 64;
const SMALL: usize = 32;
const LARGE: usize = 256;

/// The place a value is sealed to. It opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Under which compartment's data key.
    pub compartment: Compartment,
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Row id, made by the program before the row is written.
    pub row: Uuid,
    /// Whose value.
    pub subject: SubjectId,
    /// Version of the value's shape.
    pub schema: u32,
}

/// The place of a value that belongs to no subject: it is sealed directly under the compartment's key and outlives every erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnSlot {
    /// Under which compartment's key.
    pub compartment: Compartment,
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Row id, made by the program before the row is written.
    pub row: Uuid,
    /// Version of the value's shape.
    pub schema: u32,
}

/// A sealed value as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Bytes as stored; checked when opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(..)")
    }
}

impl Vault {
    /// Seals a value to its slot under the newest data key of the slot's subject and compartment.
    pub fn seal<T: Serialize + Zeroize>(&self, keys: &SubjectKeys, slot: &Slot, value: &Guarded<T>) -> Result<Sealed, VaultError> {
        self.seal_plain(keys, slot, json(value.reveal())?)
    }

    /// Opens the value of a slot.
    ///
    /// # Errors
    /// [`VaultError::NoDataKey`] where the subject's key is gone (erased), [`VaultError::Refused`] where the value is not the one sealed here.
    pub fn unseal<T: DeserializeOwned + Zeroize>(
        &self,
        keys: &SubjectKeys,
        slot: &Slot,
        sealed: &Sealed,
    ) -> Result<Guarded<T>, VaultError> {
        let plain = self.unseal_plain(keys, slot, sealed)?;
        parse(plain.value()).map(Guarded::new)
    }

    /// Seals bytes as they are (scans, signatures).
    pub fn seal_bytes(&self, keys: &SubjectKeys, slot: &Slot, value: &Guarded<Vec<u8>>) -> Result<Sealed, VaultError> {
        let value = value.reveal();
        let mut plain = Plain::with_capacity(value.len());
        plain.0.extend_from_slice(value);
        self.seal_plain(keys, slot, plain)
    }

    /// Opens bytes sealed by [`Vault::seal_bytes`].
    pub fn unseal_bytes(&self, keys: &SubjectKeys, slot: &Slot, sealed: &Sealed) -> Result<Guarded<Vec<u8>>, VaultError> {
        Ok(Guarded::new(self.unseal_plain(keys, slot, sealed)?.value().to_vec()))
    }

    /// Seals a statistics fact directly under the statistics key: facts have no subject and outlive erasure.
    pub fn seal_fact<T: Serialize>(&self, fact: FactId, value: &T) -> Result<Sealed, VaultError> {
        let kek = self.primary(KeyPurpose::Kek(Compartment::Statistics))?;
        encrypt(&kek.key, kek.id, self.fact_place(fact), json(value)?, &self.entropy.draw()?)
    }

    /// Opens a statistics fact.
    pub fn unseal_fact<T: DeserializeOwned>(&self, fact: FactId, sealed: &Sealed) -> Result<T, VaultError> {
        parse(self.open_fact(fact, sealed)?.value())
    }

    /// Seals a value that belongs to no subject (what an office calls its files).
    pub fn seal_own<T: Serialize + Zeroize>(&self, slot: &OwnSlot, value: &Guarded<T>) -> Result<Sealed, VaultError> {
        let kek = self.primary(KeyPurpose::Kek(slot.compartment))?;
        encrypt(&kek.key, kek.id, self.own_place(slot), json(value.reveal())?, &self.entropy.draw()?)
    }

    /// Opens a value sealed by [`Vault::seal_own`].
    pub fn unseal_own<T: DeserializeOwned + Zeroize>(&self, slot: &OwnSlot, sealed: &Sealed) -> Result<Guarded<T>, VaultError> {
        parse(self.open_own(slot, sealed)?.value()).map(Guarded::new)
    }

    /// The same value under the compartment's primary key; `None` where it is sealed so already.
    pub fn reseal_own(&self, slot: &OwnSlot, sealed: &Sealed) -> Result<Option<Sealed>, VaultError> {
        let kek = self.primary(KeyPurpose::Kek(slot.compartment))?;
        if Header::read(sealed)?.version == kek.id {
            return Ok(None);
        }
        let plain = self.open_own(slot, sealed)?.again();
        encrypt(&kek.key, kek.id, self.own_place(slot), plain, &self.entropy.draw()?).map(Some)
    }

    fn open_own(&self, slot: &OwnSlot, sealed: &Sealed) -> Result<Opened, VaultError> {
        self.primary(KeyPurpose::Kek(slot.compartment))?;
        let kek = self.by_id(Header::read(sealed)?.version, KeyPurpose::Kek(slot.compartment))?;
        decrypt(&kek.key, self.own_place(slot), sealed)
    }

    /// The number of the key a fact or a value of no subject was sealed under.
    pub fn sealed_under(sealed: &Sealed) -> Result<u32, VaultError> {
        Ok(Header::read(sealed)?.version)
    }

    /// The same fact under the primary statistics key; `None` where it is sealed so already.
    pub fn reseal_fact(&self, fact: FactId, sealed: &Sealed) -> Result<Option<Sealed>, VaultError> {
        let kek = self.primary(KeyPurpose::Kek(Compartment::Statistics))?;
        if Header::read(sealed)?.version == kek.id {
            return Ok(None);
        }
        let plain = self.open_fact(fact, sealed)?.again();
        encrypt(&kek.key, kek.id, self.fact_place(fact), plain, &self.entropy.draw()?).map(Some)
    }

    fn open_fact(&self, fact: FactId, sealed: &Sealed) -> Result<Opened, VaultError> {
        self.primary(KeyPurpose::Kek(Compartment::Statistics))?;
        let kek = self.by_id(Header::read(sealed)?.version, KeyPurpose::Kek(Compartment::Statistics))?;
        decrypt(&kek.key, self.fact_place(fact), sealed)
    }

    fn seal_plain(&self, keys: &SubjectKeys, slot: &Slot, plain: Plain) -> Result<Sealed, VaultError> {
        self.check_owner(keys, slot)?;
        let (version, key) = keys.newest(slot.compartment)?;
        encrypt(key, version, self.place(slot), plain, &self.entropy.draw()?)
    }

    fn unseal_plain(&self, keys: &SubjectKeys, slot: &Slot, sealed: &Sealed) -> Result<Opened, VaultError> {
        self.check_owner(keys, slot)?;
        decrypt(keys.version(slot.compartment, Header::read(sealed)?.version)?, self.place(slot), sealed)
    }

    fn check_owner(&self, keys: &SubjectKeys, slot: &Slot) -> Result<(), VaultError> {
        if keys.subject() != slot.subject || slot.compartment == Compartment::Statistics {
            return Err(VaultError::WrongSubject);
        }
        if self.opens(slot.compartment) { Ok(()) } else { Err(VaultError::Closed(slot.compartment)) }
    }

    fn place(&self, slot: &Slot) -> Place {
        let mut aad = Canon::new("dv1/field");
        aad.lp(&self.deployment.bytes()).u8(slot.compartment.code());
        aad.lp(slot.table.as_bytes()).lp(slot.column.as_bytes()).lp(slot.row.as_bytes()).lp(&slot.subject.bytes()).u32(slot.schema);
        Place { table: slot.table, column: slot.column, aad }
    }

    fn own_place(&self, slot: &OwnSlot) -> Place {
        let mut aad = Canon::new("dv1/own");
        aad.lp(&self.deployment.bytes()).u8(slot.compartment.code());
        aad.lp(slot.table.as_bytes()).lp(slot.column.as_bytes()).lp(slot.row.as_bytes()).u32(slot.schema);
        Place { table: slot.table, column: slot.column, aad }
    }

    fn fact_place(&self, fact: FactId) -> Place {
        let mut aad = Canon::new("dv1/fact");
        aad.lp(&self.deployment.bytes()).lp(&fact.bytes());
        Place { table: "fact", column: "sealed", aad }
    }
}

/// What a ciphertext is bound to, but for its header.
struct Place {
    table: &'static str,
    column: &'static str,
    aad: Canon,
}

impl Place {
    fn info(&self, label: &'static str) -> Canon {
        let mut info = Canon::new(label);
        info.lp(self.table.as_bytes()).lp(self.column.as_bytes());
        info
    }

    /// Encryption key and commitment of one write.
    fn keys(&self, key: &[u8; KEY], salt: &[u8; SALT]) -> (Key, Key) {
        let kdf = Kdf::extract(salt, key);
        (kdf.expand(&self.info("dv1/enc")), kdf.expand(&self.info("dv1/commit")))
    }
}

/// Plaintext behind four bytes for its length, zeroised on drop.
struct Plain(Zeroizing<Vec<u8>>);

impl Plain {
    fn with_capacity(len: usize) -> Self {
        // Room for the padding too, so that the buffer never moves.
        let mut buffer = Zeroizing::new(Vec::with_capacity(4 + len + LARGE));
        buffer.extend_from_slice(&[0; 4]);
        Self(buffer)
    }

    /// Writes the length and pads; returns the bucket.
    fn finish(&mut self) -> Result<usize, VaultError> {
        let len = self.0.len();
        let value = u32::try_from(len - 4).map_err(|_| VaultError::Shape)?;
        if let Some(field) = self.0.first_chunk_mut::<4>() {
            *field = value.to_be_bytes();
        }
        let bucket = bucket_of(len);
        let padded = len.next_multiple_of(bucket);
        super::bytes::grow(&mut self.0, padded - len);
        self.0.resize(padded, 0);
        Ok(bucket)
    }
}

fn bucket_of(len: usize) -> usize {
    if len <= SHORT { SMALL } else { LARGE }
}

/// A decrypted padded buffer, zeroised on drop.
struct Opened {
    buffer: Zeroizing<Vec<u8>>,
    len: usize,
}

impl Opened {
    fn value(&self) -> &[u8] {
        self.buffer.get(4..4 + self.len).unwrap_or_default()
    }

    /// The same plaintext, ready to be sealed again.
    fn again(&self) -> Plain {
        let mut plain = Plain::with_capacity(self.len);
        plain.0.extend_from_slice(self.value());
        plain
    }
}

fn json<T: Serialize>(value: &T) -> Result<Plain, VaultError> {
    let mut plain = Plain::with_capacity(512);
    serde_json::to_writer(SecretWriter(&mut plain.0), value).map_err(|_| VaultError::Shape)?;
    Ok(plain)
}

fn parse<T: DeserializeOwned>(value: &[u8]) -> Result<T, VaultError> {
    // The parser's own error may quote the value: it is dropped.
    serde_json::from_slice(value).map_err(|_| VaultError::Shape)
}

struct Header<'a> {
    bucket: usize,
    version: u32,
    salt: &'a [u8; SALT],
    nonce: &'a [u8; NONCE],
}

impl<'a> Header<'a> {
    fn read(sealed: &'a Sealed) -> Result<Self, VaultError> {
        let bytes = sealed.0.as_slice();
        let (start, rest) = bytes.split_first_chunk::<8>().ok_or(VaultError::Form)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or(VaultError::Form)?;
        let nonce = rest.first_chunk::<NONCE>().ok_or(VaultError::Form)?;
        let [format, suite, b0, b1, v0, v1, v2, v3] = *start;
        if format != FORMAT {
            return Err(VaultError::Form);
        }
        if suite != SUITE {
            return Err(VaultError::Suite);
        }
        let bucket = usize::from(u16::from_be_bytes([b0, b1]));
        let text = bytes.len().checked_sub(OVERHEAD).ok_or(VaultError::Form)?;
        if !matches!(bucket, SMALL | LARGE) || text == 0 || !text.is_multiple_of(bucket) {
            return Err(VaultError::Form);
        }
        Ok(Self { bucket, version: u32::from_be_bytes([v0, v1, v2, v3]), salt, nonce })
    }
}

fn encrypt(key: &[u8; KEY], version: u32, mut place: Place, mut plain: Plain, fresh: &[u8; SALT + NONCE]) -> Result<Sealed, VaultError> {
    let bucket = u16::try_from(plain.finish()?).expect("a bucket is 32 or 256");
    let (salt, nonce) = fresh.split_first_chunk::<SALT>().ok_or(VaultError::Form)?;
    let nonce = nonce.first_chunk::<NONCE>().ok_or(VaultError::Form)?;
    let (enc, commit) = place.keys(key, salt);
    let mut out = Vec::with_capacity(OVERHEAD + plain.0.len());
    out.extend_from_slice(&[FORMAT, SUITE]);
    out.extend_from_slice(&bucket.to_be_bytes());
    out.extend_from_slice(&version.to_be_bytes());
    out.extend_from_slice(fresh);
    let tag = Aead::new(&enc).encrypt(nonce, place.aad.raw(&out).as_bytes(), &mut plain.0)?;
    out.extend_from_slice(&*commit);
    out.extend_from_slice(&plain.0);
    out.extend_from_slice(&tag);
    Ok(Sealed(out))
}

fn decrypt(key: &[u8; KEY], mut place: Place, sealed: &Sealed) -> Result<Opened, VaultError> {
    let header = Header::read(sealed)?;
    let (head, rest) = sealed.0.split_at_checked(HEADER).ok_or(VaultError::Form)?;
    let (commitment, rest) = rest.split_first_chunk::<32>().ok_or(VaultError::Form)?;
    let (text, tag) = rest.split_last_chunk::<TAG>().ok_or(VaultError::Form)?;
    let (enc, commit) = place.keys(key, header.salt);
    if !primitive::same(&*commit, commitment) {
        return Err(VaultError::Refused);
    }
    let mut buffer = Zeroizing::new(text.to_vec());
    Aead::new(&enc).decrypt(header.nonce, place.aad.raw(head).as_bytes(), &mut buffer, tag)?;
    let len = buffer.first_chunk::<4>().and_then(|l| usize::try_from(u32::from_be_bytes(*l)).ok()).ok_or(VaultError::Form)?;
    let end = len.checked_add(4).filter(|end| *end <= buffer.len()).ok_or(VaultError::Form)?;
    let canonical = bucket_of(end) == header.bucket && end.next_multiple_of(header.bucket) == buffer.len();
    if !canonical || buffer.iter().skip(end).any(|b| *b != 0) {
        return Err(VaultError::Form);
    }
    Ok(Opened { buffer, len })
}

#[cfg(test)]
mod commitment;
