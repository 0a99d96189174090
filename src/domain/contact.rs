//! What the `contact` compartment of a subject holds.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::language::Language;
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

/// What an address names below the township: a number, or a village, group, street or building.
const BELOW_TOWN: [&str; 14] = ["村", "组", "社区", "队", "路", "街", "巷", "弄", "栋", "幢", "号", "室", "楼", "小区"];

impl Address {
    /// Whether the postman can find it: it names a place below the township. `街道` is a township, not a street.
    pub fn is_complete(&self) -> bool {
        let named = |part: &str| part.chars().any(char::is_numeric) || BELOW_TOWN.iter().any(|word| part.contains(word));
        self.text.split("街道").any(named)
    }
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
    /// The language they chose to be written to in, where they chose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

impl Zeroize for Contact {
    fn zeroize(&mut self) {
        self.salutation.zeroize();
        self.phones.zeroize();
        self.mails.zeroize();
        self.address.zeroize();
        self.relatives.zeroize();
        self.language = None;
    }
}

impl Contact {
    /// The language they chose to be written to in.
    pub fn language_of(contact: &super::Guarded<Self>) -> Option<Language> {
        contact.reveal().language
    }

    /// Notes the language they chose.
    pub fn choose_language(contact: &mut super::Guarded<Self>, language: Language) {
        contact.reveal_mut().language = Some(language);
    }

    /// The town of the address, where known.
    pub fn town_of(contact: &super::Guarded<Self>) -> Option<super::town::TownCode> {
        contact.reveal().address.as_ref().and_then(|a| a.town)
    }

    /// Whether there is a mail address, and whether there is a phone.
    pub fn channels(contact: &super::Guarded<Self>) -> (bool, bool) {
        let contact = contact.reveal();
        (!contact.mails.is_empty(), !contact.phones.is_empty())
    }

    /// Whether there is a mobile number, and so a way to send a short message.
    pub fn has_mobile(contact: &super::Guarded<Self>) -> bool {
        contact.reveal().phones.iter().any(Phone::is_mobile)
    }

    /// The number a short message goes to: the first mobile one, else the first.
    pub fn message_number(&self) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.is_mobile()).or_else(|| self.phones.first())
    }

    /// Whether a letter finds them: a name, and an address that says more than a township.
    pub fn takes_letters(contact: &super::Guarded<Self>) -> bool {
        let contact = contact.reveal();
        contact.salutation.is_some() && contact.address.as_ref().is_some_and(Address::is_complete)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Guarded;

    #[test]
    fn a_letter_needs_a_name_and_more_than_the_name_of_a_township() {
        let of = |text: &str| Contact {
            salutation: PersonName::parse("赵甲一").ok(),
            address: Some(Address { text: text.into(), town: None }),
            ..Contact::default()
        };
        for (text, found) in [
            ("东桥街道新桥路9号", true),
            ("临江镇红星村三组", true),
            ("12 Bridge Street", true),
            ("东桥街道", false),
            ("临江镇", false),
            ("  ", false),
        ] {
            assert_eq!(Contact::takes_letters(&Guarded::new(of(text))), found, "{text}");
        }
        assert!(!Contact::takes_letters(&Guarded::new(Contact { salutation: None, ..of("东桥街道新桥路9号") })));
        assert!(!Contact::takes_letters(&Guarded::new(Contact::default())));
    }

    #[test]
    fn a_short_message_goes_to_the_mobile_number_whichever_stands_first() {
        let phones = ["028-68254105", "16400000001"].iter().map(|p| Phone::parse(p).unwrap()).collect();
        let contact = Contact { phones, ..Contact::default() };
        assert_eq!(contact.message_number().map(Phone::as_str), Some("16400000001"));
        assert!(Contact::has_mobile(&Guarded::new(contact)) && !Contact::has_mobile(&Guarded::new(Contact::default())));
    }
}
