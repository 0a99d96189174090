//! What the `contact` compartment of a subject holds.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::mail::MailAddress;
use super::name::PersonName;
use super::phone::Phone;
use super::town::TownCode;

/// A postal address as written, with the town it was understood to lie in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The text as written, cleaned of stray spaces.
    pub text: String,
    /// Town or subdistrict (镇/街道) by administrative code.
    #[serde(default)]
    pub town: Option<TownCode>,
}

impl Zeroize for Address {
    fn zeroize(&mut self) {
        self.text.zeroize();
        self.town = None;
    }
}

/// What a named third person is to the registrant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelativeRole {
    /// A contact the stem-cell registrant named for being reached.
    Contact,
    /// An executor of an organ or body donation (执行人), in order.
    Executor,
    /// Named beside a phone number, e.g. 家属.
    Family,
    /// The guardian who agreed for a volunteer of 16 or 17 (监护人).
    Guardian,
}

/// A third person named by the registrant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relative {
    /// What for.
    pub role: RelativeRole,
    /// Name, where given.
    #[serde(default)]
    pub name: Option<PersonName>,
    /// The relation in words, as written.
    #[serde(default)]
    pub relation: Option<String>,
    /// Phones.
    #[serde(default)]
    pub phones: Vec<Phone>,
}

impl Zeroize for Relative {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.relation.zeroize();
        self.phones.zeroize();
    }
}

/// How a subject is reached: sealed as one value under the `contact` compartment.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The name to address the registrant by in mails and calls.
    #[serde(default)]
    pub salutation: Option<PersonName>,
    /// Own phones, best first.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// Mail addresses, best first.
    #[serde(default)]
    pub mails: Vec<MailAddress>,
    /// Address.
    #[serde(default)]
    pub address: Option<Address>,
    /// Relatives, contacts and executors.
    #[serde(default)]
    pub relatives: Vec<Relative>,
}

impl Zeroize for Contact {
    fn zeroize(&mut self) {
        self.salutation.zeroize();
        self.phones.zeroize();
        self.mails.zeroize();
        self.address.zeroize();
        self.relatives.zeroize();
    }
}

impl Contact {
    /// The town of the address, where known.
    pub fn town_of(contact: &super::Guarded<Self>) -> Option<super::town::TownCode> {
        contact.reveal().address.as_ref().and_then(|a| a.town)
    }

    /// Whether there is a mail address, and whether there is a phone.
    pub fn channels(contact: &super::Guarded<Self>) -> (bool, bool) {
        let contact = contact.reveal();
        (!contact.mails.is_empty(), !contact.phones.is_empty())
    }

    /// Whether a guardian is named.
    pub fn names_guardian(contact: &super::Guarded<Self>) -> bool {
        contact.reveal().relatives.iter().any(|relative| relative.role == RelativeRole::Guardian)
    }

    /// How many people with a phone were named to be asked where the registrant cannot be reached; executors and guardians are named for
    /// something else.
    pub fn people_to_ask(contact: &super::Guarded<Self>) -> u32 {
        let named = |role| matches!(role, RelativeRole::Contact | RelativeRole::Family);
        let asked = |relative: &&Relative| named(relative.role) && !relative.phones.is_empty();
        u32::try_from(contact.reveal().relatives.iter().filter(asked).count()).unwrap_or(u32::MAX)
    }
}

opaque_debug!(Address, Relative, Contact);
