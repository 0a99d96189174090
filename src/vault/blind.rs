//! Blind indexes: exact look-up over sealed values.
//!
//! `K = HKDF-Expand(index key, "dv1/bidx" ‖ purpose)`; `index = first bits of HMAC-SHA256(K, u16 norm version ‖ u8 kind ‖ value)`, the value
//! in the normal form of [`NORM_VERSION`]. Document claims keep 128 bits, since a unique constraint lies on them and no number repeats;
//! look-ups of phones and mails keep 12 bits (2 < people / 2^bits < √people from 10,000 to 1,000,000 people), so that equal indexes do not
//! tell equal values: the caller opens the few candidates and compares.

use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::document::Document;
use crate::domain::mail::MailAddress;
use crate::domain::person::Identity;
use crate::domain::phone::Phone;

use super::bytes::Canon;
use super::error::VaultError;
use super::keyring::{Opened, Vault};
use super::primitive::Prf;
use super::purpose::KeyPurpose;

/// The version of the normal forms below; stored values of another version are found only after a rebuild.
pub const NORM_VERSION: u16 = 1;

const KIND_PHONE: u8 = 10;
const KIND_MAIL: u8 = 11;

/// What an index is for. Indexes of different purposes are unrelated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexPurpose {
    /// Claim that a document belongs to a subject: 128 bits, unique.
    DocumentClaim,
    /// Look-up by phone: 12 bits.
    PhoneLookup,
    /// Look-up by mail address: 12 bits.
    MailLookup,
    /// Claim that a sample barcode belongs to a subject: 128 bits, unique.
    BarcodeClaim,
}

impl IndexPurpose {
    const fn word(self) -> &'static str {
        match self {
            Self::DocumentClaim => "document-claim",
            Self::PhoneLookup => "phone-lookup",
            Self::MailLookup => "mail-lookup",
            Self::BarcodeClaim => "barcode-claim",
        }
    }

    const fn bits(self) -> usize {
        match self {
            Self::DocumentClaim | Self::BarcodeClaim => 128,
            Self::PhoneLookup | Self::MailLookup => 12,
        }
    }
}

/// A blind index as stored: 16 bytes for claims, 2 bytes (the last four bits zero) for look-ups, with the number of the key behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlindIndex {
    key_version: u32,
    bytes: [u8; 16],
    len: usize,
}

impl BlindIndex {
    /// The bytes to store and compare.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }

    /// The bytes to store and compare, as a vector.
    pub fn to_vec(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    /// The number of the key it was computed under, stored beside it.
    pub fn key_version(&self) -> u32 {
        self.key_version
    }
}

impl Vault {
    /// The number of the key that new indexes are computed under.
    pub fn index_version(&self) -> Result<u32, VaultError> {
        self.primary_id(KeyPurpose::BlindIndex)
    }

    /// The numbers of all keys that stored indexes may depend on, the primary first: a look-up asks for each of them.
    pub fn index_versions(&self) -> Vec<u32> {
        self.live(KeyPurpose::BlindIndex).iter().map(|k| k.id).collect()
    }

    /// The index of a value that is already in its normal form.
    pub fn blind(&self, purpose: IndexPurpose, norm_version: u16, kind: u8, value: &str) -> Result<BlindIndex, VaultError> {
        let key = self.primary(KeyPurpose::BlindIndex)?;
        Ok(index(&key, purpose, norm_version, kind, value))
    }

    /// The index under one of [`Vault::index_versions`].
    pub fn blind_at(
        &self,
        version: u32,
        purpose: IndexPurpose,
        norm_version: u16,
        kind: u8,
        value: &str,
    ) -> Result<BlindIndex, VaultError> {
        self.primary(KeyPurpose::BlindIndex)?;
        let key = self.by_id(version, KeyPurpose::BlindIndex)?;
        Ok(index(&key, purpose, norm_version, kind, value))
    }

    /// The claim of a document.
    pub fn blind_document(&self, document: &Document) -> Result<BlindIndex, VaultError> {
        self.blind(IndexPurpose::DocumentClaim, NORM_VERSION, document.kind_code(), &norm_code(document.number()))
    }

    /// The look-up index of a phone.
    pub fn blind_phone(&self, phone: &Phone) -> Result<BlindIndex, VaultError> {
        self.blind(IndexPurpose::PhoneLookup, NORM_VERSION, KIND_PHONE, &norm_phone(phone))
    }

    /// The look-up index of a mail address.
    pub fn blind_mail(&self, mail: &MailAddress) -> Result<BlindIndex, VaultError> {
        self.blind(IndexPurpose::MailLookup, NORM_VERSION, KIND_MAIL, &norm_mail(mail))
    }

    /// The claim of a sample barcode.
    pub fn blind_barcode(&self, barcode: &str) -> Result<BlindIndex, VaultError> {
        self.blind(IndexPurpose::BarcodeClaim, NORM_VERSION, 0, &norm_code(barcode))
    }

    /// The claims of all documents of an identity, with the documents' kinds, in their order.
    pub fn blind_identity(&self, identity: &Guarded<Identity>) -> Result<Vec<(u8, BlindIndex)>, VaultError> {
        identity.reveal().documents.iter().map(|d| Ok((d.kind_code(), self.blind_document(d)?))).collect()
    }

    /// The look-up indexes of all own phones and of all mails of a contact, in their order.
    pub fn blind_contact(&self, contact: &Guarded<Contact>) -> Result<(Vec<BlindIndex>, Vec<BlindIndex>), VaultError> {
        let contact = contact.reveal();
        let phones = contact.phones.iter().map(|p| self.blind_phone(p)).collect::<Result<_, _>>()?;
        let mails = contact.mails.iter().map(|m| self.blind_mail(m)).collect::<Result<_, _>>()?;
        Ok((phones, mails))
    }

    /// The index of a guarded document, phone or mail address under every live key version, primary first: for look-ups.
    pub fn find_by<T: Findable>(&self, value: &Guarded<T>) -> Result<Vec<BlindIndex>, VaultError> {
        self.primary(KeyPurpose::BlindIndex)?;
        let (purpose, kind, norm) = value.reveal().normal_form();
        Ok(self.live(KeyPurpose::BlindIndex).iter().map(|k| index(k, purpose, NORM_VERSION, kind, &norm)).collect())
    }
}

/// A value that can be looked up by its blind index.
pub trait Findable: Zeroize {
    /// Purpose, kind and normal form.
    fn normal_form(&self) -> (IndexPurpose, u8, Zeroizing<String>);
}

impl Findable for Document {
    fn normal_form(&self) -> (IndexPurpose, u8, Zeroizing<String>) {
        (IndexPurpose::DocumentClaim, self.kind_code(), norm_code(self.number()))
    }
}

impl Findable for Phone {
    fn normal_form(&self) -> (IndexPurpose, u8, Zeroizing<String>) {
        (IndexPurpose::PhoneLookup, KIND_PHONE, norm_phone(self))
    }
}

impl Findable for MailAddress {
    fn normal_form(&self) -> (IndexPurpose, u8, Zeroizing<String>) {
        (IndexPurpose::MailLookup, KIND_MAIL, norm_mail(self))
    }
}

fn index(key: &Opened, purpose: IndexPurpose, norm_version: u16, kind: u8, value: &str) -> BlindIndex {
    let mut info = Canon::new("dv1/bidx");
    info.lp(purpose.word().as_bytes());
    let sub_key = Prf::new(&*key.kdf.expand(&info));
    let mut input = Canon::new("dv1/bidx/value");
    input.u16(norm_version).u8(kind).lp(value.as_bytes());
    let tag = sub_key.mac(&[input.as_bytes()]);
    let len = purpose.bits().div_ceil(8);
    let mut bytes = [0; 16];
    for (i, (out, byte)) in bytes.iter_mut().zip(tag).take(len).enumerate() {
        let kept = (purpose.bits() - i * 8).min(8);
        *out = byte & (0xff_u8 << (8 - kept));
    }
    BlindIndex { key_version: key.id, bytes, len }
}

/// Codes and numbers, version 1: NFKC, letters and digits only, upper case.
fn norm_code(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    out.extend(text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase));
    out
}

/// Phones, version 1: E.164 of a Chinese number, `+86` and the national digits without the trunk 0.
fn norm_phone(phone: &Phone) -> Zeroizing<String> {
    let national = phone.as_str();
    Zeroizing::new(format!("+86{}", national.strip_prefix('0').unwrap_or(national)))
}

/// Mail addresses, version 1: NFKC, lower case in both parts. Hosts may tell case apart in the local part; a look-up compares afterwards.
fn norm_mail(mail: &MailAddress) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(mail.as_str().len() * 3));
    out.extend(mail.as_str().nfkc().flat_map(char::to_lowercase));
    out
}
