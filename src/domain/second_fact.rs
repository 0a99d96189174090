//! The second fact asked behind a link before anything personal is shown: what the registrant knows and the link's finder does not.

use super::Guarded;
use super::contact::Contact;
use super::person::{BirthDate, Identity};

/// Whether what was typed is one of the registrant's second facts: the last four digits of an own phone, or the date of birth in eight
/// digits. Every fact on file is looked at, so that the time does not tell which there are.
pub fn fits(typed: &Guarded<String>, identity: Option<&Guarded<Identity>>, contact: Option<&Guarded<Contact>>) -> bool {
    let digits: String = typed.reveal().chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    let phones = contact.map(|c| c.reveal().phones.as_slice()).unwrap_or_default();
    let phone = phones.iter().fold(false, |any, phone| any | (digits.len() == 4 && phone.as_str().ends_with(&digits)));
    let birth = identity.and_then(|i| i.reveal().birth).and_then(BirthDate::day).map(|day| day.format("%Y%m%d").to_string());
    phone | (digits.len() == 8 && birth.is_some_and(|b| b == digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phone::Phone;

    #[test]
    fn the_last_four_digits_of_an_own_phone_fit_and_nothing_shorter_does() {
        let contact = Guarded::new(Contact { phones: vec![Phone::parse("13812345678").unwrap()], ..Contact::default() });
        let fits = |typed: &str| fits(&Guarded::new(typed.to_owned()), None, Some(&contact));
        assert!(fits("5678") && fits(" 56 78 "));
        for wrong in ["", "8", "678", "5679", "13812345678", "abcd"] {
            assert!(!fits(wrong), "{wrong}");
        }
    }
}
