//! What was typed into the search box, taken apart; one of the places that may open a value in custody.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

use super::name::canonical;
use crate::domain::Guarded;
use crate::domain::document::Document;
use crate::domain::mail::MailAddress;
use crate::domain::national_id::NationalId;
use crate::domain::phone::Phone;

/// A question to the people search: everything in it is personal data, so nothing of it is printed; zeroised on drop.
#[derive(Default)]
pub struct FindQuery {
    /// Names in canonical form, each to be found.
    pub(super) names: Vec<String>,
    /// Phones in national digits.
    pub(super) phones: Vec<String>,
    /// Mail addresses in lower case.
    pub(super) mails: Vec<String>,
    /// Documents as packed: kind code and number.
    pub(super) documents: Vec<Vec<u8>>,
    /// Four digits or more that may end a phone or a document number.
    pub(super) endings: Vec<String>,
}

impl std::fmt::Debug for FindQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FindQuery(..)")
    }
}

impl Drop for FindQuery {
    fn drop(&mut self) {
        self.names.zeroize();
        self.phones.zeroize();
        self.mails.zeroize();
        self.documents.zeroize();
        self.endings.zeroize();
    }
}

impl FindQuery {
    /// Reads free text: an identity number, a phone, a mail address, digits that end one, else a name.
    pub fn parse(text: &Guarded<String>) -> Self {
        let mut out = Self::default();
        let mut clean: String = text.reveal().nfkc().take(200).collect();
        let squeezed: String = clean.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let mut named: Vec<&str> = Vec::new();
        if let Ok(id) = NationalId::parse(&squeezed) {
            out.add_document(&Document::National(id));
        } else if let Ok(phone) = Phone::parse(&squeezed).map_err(|_| ()).and_then(|p| all_digits(&squeezed).then_some(p).ok_or(())) {
            out.phones.push(phone.as_str().to_owned());
        } else {
            for word in clean.split([' ', '\t', '\n', ',', '，', '、', ';', '；']).filter(|w| !w.is_empty()) {
                if let Ok(id) = NationalId::parse(word) {
                    out.add_document(&Document::National(id));
                } else if let Ok(mail) = MailAddress::parse(word) {
                    out.mails.push(mail.as_str().to_lowercase());
                } else if all_digits(word) && word.len() >= 4 {
                    match Phone::parse(word) {
                        Ok(phone) => out.phones.push(phone.as_str().to_owned()),
                        Err(_) => out.endings.push(word.to_ascii_uppercase()),
                    }
                } else if let Some(number) = passport(word) {
                    for kind in [Document::Passport(number.clone()), Document::Other(number)] {
                        out.add_document(&kind);
                    }
                } else {
                    named.push(word);
                }
            }
        }
        if !named.is_empty() {
            out.add_name(&named.join(" "));
        }
        clean.zeroize();
        out
    }

    /// Adds a name to be found.
    pub fn name(mut self, name: &Guarded<String>) -> Self {
        self.add_name(name.reveal());
        self
    }

    /// Adds a phone to be found.
    pub fn phone(mut self, phone: &Guarded<Phone>) -> Self {
        self.phones.push(phone.reveal().as_str().to_owned());
        self
    }

    /// Adds a mail address to be found.
    pub fn mail(mut self, mail: &Guarded<MailAddress>) -> Self {
        self.mails.push(mail.reveal().as_str().to_lowercase());
        self
    }

    /// Adds a document to be found.
    pub fn document(mut self, document: &Guarded<Document>) -> Self {
        self.add_document(document.reveal());
        self
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.phones.is_empty() && self.mails.is_empty() && self.documents.is_empty() && self.endings.is_empty()
    }

    fn add_name(&mut self, name: &str) {
        let name: String = canonical(name).chars().take(60).collect();
        if !name.is_empty() {
            self.names.push(name);
        }
    }

    fn add_document(&mut self, document: &Document) {
        let mut packed = vec![document.kind_code()];
        packed.extend_from_slice(document.number().as_bytes());
        self.documents.push(packed);
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'+')
}

/// Letters and at least five digits, as passports and permits are numbered.
fn passport(word: &str) -> Option<String> {
    let fits = (6..=20).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_alphanumeric())
        && word.bytes().filter(u8::is_ascii_digit).count() >= 5;
    fits.then(|| word.to_ascii_uppercase())
}
