//! Identity documents.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::national_id::{NationalId, NationalIdFlaw};
use super::written::plain;

/// An identity document, valid in form.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
pub enum Document {
    /// Resident identity card or residence permit with an 18-character number (GB 11643).
    National(NationalId),
    /// Passport: letters and digits, upper case.
    Passport(String),
    /// Any other (officer's card, permanent residence card of a foreigner ...): letters and digits, upper case.
    Other(String),
}

impl Document {
    /// Reads a document number typed into a search field; none where it cannot be one.
    pub fn of_typed(typed: &super::Guarded<String>) -> Option<super::Guarded<Self>> {
        Self::parse(typed.reveal(), "").ok().map(super::Guarded::new)
    }

    /// Reads a document number: a resident identity number (GB 11643), or a passport or permit where the text has the form of one. `kind` is
    /// the kind the form names (护照, 港澳居民来往内地通行证, 军官证 ...), empty where it names none.
    ///
    /// # Errors
    /// The flaw as an identity number, when it is no other document either.
    pub fn parse(text: &str, kind: &str) -> Result<Self, NationalIdFlaw> {
        let plain = plain(text);
        // 护照E12345678, 身份证：5120...
        let written = plain.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() || matches!(c, ':' | '#')).trim();
        let label = plain.get(..plain.len() - written.len()).unwrap_or_default();
        let flaw = match NationalId::parse(written) {
            Ok(id) => return Ok(Self::National(id)),
            Err(flaw) => flaw,
        };
        let number: String = written
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '/'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = number.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
        let whole = letters + digits == number.len();
        let told = |words: &[&str]| words.iter().any(|w| kind.contains(w) || label.contains(w));
        let alphanumeric =
            (5..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && digits > 0;
        if told(&["护照", "護照", "assport"]) && alphanumeric && number.len() <= 12 {
            return Ok(Self::Passport(number));
        }
        if told(&[
            "通行证",
            "回乡证",
            "台胞",
            "港澳",
            "台湾",
            "军官",
            "士兵",
            "警官",
            "军人",
            "文职",
            "永久居留",
            "居留证",
            "户口",
            "其他",
            "居住证",
        ]) && alphanumeric
            && number.len() != 18
        {
            return Ok(Self::Other(number));
        }
        // Permits of Hong Kong and Macau residents: H or M with 8 or 10 digits; the permanent residence card of 2004: three letters, 12 digits.
        let permit = whole && letters == 1 && (number.starts_with('H') || number.starts_with('M')) && matches!(digits, 8 | 10);
        if permit || (whole && letters == 3 && digits == 12) {
            return Ok(Self::Other(number));
        }
        // Passports of China and most neighbours: one or two letters and 7 or 8 digits (ICAO Doc 9303: at most nine characters).
        if whole && matches!(letters, 1 | 2) && matches!(letters + digits, 8 | 9) {
            return Ok(Self::Passport(number));
        }
        Err(flaw)
    }

    /// The stable code of the kind, part of what a blind index covers.
    pub const fn kind_code(&self) -> u8 {
        match self {
            Self::National(_) => 1,
            Self::Passport(_) => 2,
            Self::Other(_) => 3,
        }
    }

    /// The number.
    pub fn number(&self) -> &str {
        match self {
            Self::National(id) => id.as_str(),
            Self::Passport(n) | Self::Other(n) => n,
        }
    }
}

opaque_debug!(Document);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_apart_by_form_and_by_the_kind_named() {
        let kind = |text: &str, kind: &str| Document::parse(text, kind).map(|d| (d.kind_code(), d.number().to_owned()));
        assert_eq!(kind("身份证：11010519491231002x", ""), Ok((1, "11010519491231002X".to_owned())));
        assert_eq!(kind("E12345678", ""), Ok((2, "E12345678".to_owned())));
        assert_eq!(kind("ea1234567", "护照"), Ok((2, "EA1234567".to_owned())));
        assert_eq!(kind("H12345678", ""), Ok((3, "H12345678".to_owned())));
        assert_eq!(kind("USA110074080610", ""), Ok((3, "USA110074080610".to_owned())));
        assert_eq!(kind("12345678", "台湾居民来往大陆通行证"), Ok((3, "12345678".to_owned())));
        assert_eq!(kind("12345678", ""), Err(NationalIdFlaw::Length));
        assert_eq!(kind("110105194912310021", "护照"), Err(NationalIdFlaw::Check));
        assert_eq!(kind("NULL", ""), Err(NationalIdFlaw::Length));
    }
}
