//! What the `identity` compartment of a subject holds.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::document::Document;
use super::guarded::opaque_debug;
use super::name::PersonName;

/// Sex as recorded on the identity document (GB/T 2261.1: 1 male, 2 female).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The code stored in facts and indexes.
    pub const fn code(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
        }
    }
}

/// A date of birth, of which only the year may be known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BirthDate {
    /// The full date.
    Day(NaiveDate),
    /// Only the year.
    Year(i32),
}

impl BirthDate {
    /// The year of birth.
    pub fn year(self) -> i32 {
        match self {
            Self::Day(day) => chrono::Datelike::year(&day),
            Self::Year(year) => year,
        }
    }

    /// The full date where it is known.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(day),
            Self::Year(_) => None,
        }
    }

    /// Whether who was born then was born by a day, as far as that is known.
    pub fn is_by(self, day: NaiveDate) -> bool {
        match self {
            Self::Day(born) => born <= day,
            Self::Year(year) => year <= chrono::Datelike::year(&day),
        }
    }
}

/// One of the 56 recognised ethnic groups (GB/T 3304) by its Chinese name without 族, or another as written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(transparent)]
pub struct EthnicGroup(pub String);

/// Who a subject is: sealed as one value under the `identity` compartment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The name in use.
    pub name: PersonName,
    /// Earlier names, nicknames and other spellings.
    #[serde(default)]
    pub former_names: Vec<PersonName>,
    /// Sex, where told.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// Date of birth, where told or read off a valid identity number.
    #[serde(default)]
    pub birth: Option<BirthDate>,
    /// Ethnic group, where told.
    #[serde(default)]
    pub ethnic: Option<EthnicGroup>,
    /// Identity documents, all valid in form.
    #[serde(default)]
    pub documents: Vec<Document>,
}

impl Identity {
    /// Keyed digests of the document numbers, under a key that nothing else uses: who asked not to be taken in again is known by them.
    pub fn return_digests(identity: &super::Guarded<Self>, keyed: &dyn super::Keyed) -> Vec<[u8; 32]> {
        let digest = |document: &Document| {
            let mut bytes = vec![document.kind_code()];
            bytes.extend_from_slice(document.number().as_bytes());
            let digest = keyed.tag("erasure/return", &bytes);
            bytes.zeroize();
            digest
        };
        identity.reveal().documents.iter().map(digest).collect()
    }

    /// The sex, for rules that differ by it.
    pub fn sex_of(identity: &super::Guarded<Self>) -> Option<Sex> {
        identity.reveal().sex
    }

    /// The birth date, for rules that count from it; opaque in `Debug`.
    pub fn birth_of(identity: &super::Guarded<Self>) -> Option<BirthDate> {
        identity.reveal().birth
    }
}

impl Zeroize for Identity {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.former_names.zeroize();
        self.sex = None;
        self.birth = None;
        self.ethnic.zeroize();
        self.documents.zeroize();
    }
}

/// What the `health` compartment of a subject holds. Never a diagnosis.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// ABO group.
    #[serde(default)]
    pub abo: Option<Abo>,
    /// RhD.
    #[serde(default)]
    pub rh: Option<Rh>,
    /// Whether a blood station confirmed the group (血站确认) or the registrant told it (自报).
    #[serde(default)]
    pub group_confirmed: bool,
    /// Body weight in kilograms at registration.
    #[serde(default)]
    pub weight_kg: Option<f64>,
    /// Donations made before registration, as told.
    #[serde(default)]
    pub prior_donations: Option<u32>,
    /// The last donation known.
    #[serde(default)]
    pub last_donation: Option<NaiveDate>,
    /// Deferred until this day.
    #[serde(default)]
    pub deferred_until: Option<NaiveDate>,
}

impl Health {
    /// How many donations it tells of; the last one counts where nobody told how many came before.
    pub fn donations_told(health: &super::Guarded<Self>) -> Option<u32> {
        let health = health.reveal();
        health.prior_donations.or(health.last_donation.map(|_| 1))
    }
}

impl Zeroize for Health {
    fn zeroize(&mut self) {
        *self = Self::default();
    }
}

/// ABO blood group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Abo {
    A,
    B,
    AB,
    O,
}

/// RhD.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Rh {
    Positive,
    Negative,
}

opaque_debug!(BirthDate, EthnicGroup, Identity, Health, Abo, Rh);
