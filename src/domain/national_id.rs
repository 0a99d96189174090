//! The resident identity number (GB 11643-1999).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::person::Sex;

/// A valid 18-character resident identity number: region (6), birth date (8), order (3), check character.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(transparent)]
pub struct NationalId(String);

/// Why a text is not a resident identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NationalIdFlaw {
    /// Nothing there.
    Missing,
    /// Neither 15 nor 18 characters.
    Length,
    /// A character that cannot stand at its place.
    Character,
    /// The birth part is no date.
    BirthDate,
    /// The check character does not fit.
    Check,
    /// A spreadsheet turned the number into a floating-point value and lost its last digits.
    FloatDamaged,
}

impl NationalId {
    /// Reads 18 characters, or 15 digits of the 1985 form, which become 18.
    pub fn parse(text: &str) -> Result<Self, NationalIdFlaw> {
        let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).map(|b| b.to_ascii_uppercase()).collect();
        let full: Vec<u8> = match compact.len() {
            0 => return Err(NationalIdFlaw::Missing),
            18 => compact,
            15 => {
                if !compact.iter().all(u8::is_ascii_digit) {
                    return Err(NationalIdFlaw::Character);
                }
                let mut long: Vec<u8> = Vec::with_capacity(18);
                long.extend(compact.iter().take(6));
                long.extend(b"19");
                long.extend(compact.iter().skip(6));
                let check = check_character(&long).ok_or(NationalIdFlaw::Character)?;
                long.push(check);
                long
            }
            _ => return Err(NationalIdFlaw::Length),
        };
        let expected = check_character(&full).ok_or(NationalIdFlaw::Character)?;
        let id = Self(String::from_utf8(full).map_err(|_| NationalIdFlaw::Character)?);
        if id.birth_date().is_none() {
            return Err(NationalIdFlaw::BirthDate);
        }
        if id.0.bytes().last() != Some(expected) {
            return Err(NationalIdFlaw::Check);
        }
        Ok(id)
    }

    /// The 18 characters, `X` in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region of first registration (GB/T 2260 at the time of issue).
    pub fn region(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }

    /// The date of birth the number carries.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.0.get(6..14)?, "%Y%m%d").ok()
    }

    /// The sex the number carries: an odd seventeenth digit is male.
    pub fn sex(&self) -> Option<Sex> {
        let digit = self.0.as_bytes().get(16)?;
        Some(if digit % 2 == 1 { Sex::Male } else { Sex::Female })
    }
}

/// The check character of the first 17 digits: ISO 7064 MOD 11-2 (GB 11643-1999, 6.2).
pub fn check_character(digits: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const MAP: &[u8; 11] = b"10X98765432";
    let mut sum = 0u32;
    for (i, weight) in WEIGHTS.iter().enumerate() {
        let digit = digits.get(i).filter(|d| d.is_ascii_digit())?;
        sum += weight * u32::from(digit - b'0');
    }
    MAP.get(usize::try_from(sum % 11).ok()?).copied()
}

opaque_debug!(NationalId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_example_is_valid() {
        let id = NationalId::parse("11010519491231002x").expect("the example of GB 11643");
        assert_eq!(id.as_str(), "11010519491231002X");
        assert_eq!(id.sex(), Some(Sex::Female));
        assert_eq!(check_character(b"51200219900101001"), Some(b'2'));
    }

    #[test]
    fn fifteen_digits_become_eighteen() {
        let short = NationalId::parse("110105491231002").expect("the 1985 form");
        assert_eq!(short.as_str(), "11010519491231002X");
    }

    #[test]
    fn a_wrong_check_character_is_named() {
        assert_eq!(NationalId::parse("110105194912310021"), Err(NationalIdFlaw::Check));
        assert_eq!(NationalId::parse("11010519491331002X"), Err(NationalIdFlaw::BirthDate));
        assert_eq!(NationalId::parse("1101051949123"), Err(NationalIdFlaw::Length));
    }
}
