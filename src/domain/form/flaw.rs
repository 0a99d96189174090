//! What may be wrong with a field, and how the fields that many forms have are read.

use super::Typed;
use crate::domain::document::Document;
use crate::domain::mail::{MailAddress, MailFlaw};
use crate::domain::name::{NameFlaw, PersonName};
use crate::domain::national_id::{NationalId, NationalIdFlaw};
use crate::domain::phone::{Phone, PhoneFlaw};

/// One thing wrong with a form: the field and the locale key of the sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Field name, as the form names its input.
    pub field: &'static str,
    /// Locale key.
    pub key: String,
}

pub(super) const MAX_TEXT: usize = 200;

/// What was found wrong so far, in the order of the form.
pub(super) struct Flaws(pub(super) Vec<Flaw>);

impl Flaws {
    pub(super) fn add(&mut self, field: &'static str, key: &str) {
        self.0.push(Flaw { field, key: key.to_owned() });
    }

    pub(super) fn name(&mut self, field: &'static str, text: &str) -> Option<PersonName> {
        match PersonName::parse(text) {
            Ok(name) => Some(name),
            Err(flaw) => {
                self.add(
                    field,
                    match flaw {
                        NameFlaw::Missing => "flaw-name-missing",
                        NameFlaw::TooLong => "flaw-name-too-long",
                        NameFlaw::NotAName | NameFlaw::ReplacementChar => "flaw-name-invalid",
                        NameFlaw::HasNote => "flaw-name-note",
                    },
                );
                None
            }
        }
    }

    pub(super) fn phone(&mut self, field: &'static str, text: &str) -> Option<Phone> {
        match Phone::parse(text) {
            Ok(phone) => Some(phone),
            Err(flaw) => {
                self.add(field, if flaw == PhoneFlaw::Missing { "flaw-phone-missing" } else { "flaw-phone-invalid" });
                None
            }
        }
    }

    pub(super) fn mail(&mut self, field: &'static str, text: &str) -> Option<MailAddress> {
        match MailAddress::parse(text) {
            Ok(mail) => Some(mail),
            Err(MailFlaw::Missing) => None,
            Err(_) => {
                self.add(field, "flaw-mail-invalid");
                None
            }
        }
    }

    pub(super) fn short(&mut self, field: &'static str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
            self.add(field, "flaw-text-invalid");
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// As a sample is taken under it later: the tube has one code, however it is typed.
    pub(super) fn barcode(&mut self, typed: &Typed) -> Option<String> {
        if typed.reveal().trim().is_empty() {
            return None;
        }
        let number = crate::domain::outside::number(typed);
        if number.is_none() {
            self.add("barcode", "flaw-barcode-invalid");
        }
        number.map(|number| number.reveal().clone())
    }

    pub(super) fn document(&mut self, text: &str) -> Option<Document> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase();
        if compact.is_empty() {
            return None;
        }
        match NationalId::parse(&compact) {
            Ok(id) => return Some(Document::National(id)),
            Err(NationalIdFlaw::Check) => self.add("document", "flaw-document-check"),
            Err(NationalIdFlaw::BirthDate) => self.add("document", "flaw-document-birth"),
            Err(_) => {
                let plain = compact.bytes().all(|b| b.is_ascii_alphanumeric()) && (6..=20).contains(&compact.len());
                // All digits and near the length of an identity number: more likely a slip of the keys than another document.
                let slipped = compact.bytes().filter(u8::is_ascii_digit).count() >= 14;
                if plain && !slipped {
                    let letter_first = compact.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
                    return Some(if letter_first && compact.len() == 9 { Document::Passport(compact) } else { Document::Other(compact) });
                }
                self.add("document", "flaw-document-length");
            }
        }
        None
    }
}
