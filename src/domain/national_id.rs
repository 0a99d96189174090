//! The resident identity number (GB 11643-1999).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::person::Sex;
use super::written::plain;

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
    /// Reads 18 characters, or 15 digits of the 1985 form, which become 18. Spaces, dashes, full-width digits and a lower-case `x` are repaired.
    ///
    /// The region is not checked: people keep the number of their first registration, and its region may have been dissolved since.
    ///
    /// # Errors
    /// [`NationalIdFlaw`], without the text. A number that a spreadsheet kept as floating-point value is told as such: with an exponent,
    /// or as 18 digits of which the last three are zeros (15 significant digits) and the check character does not fit.
    pub fn parse(text: &str) -> Result<Self, NationalIdFlaw> {
        let mut plain = plain(text);
        if let Some(short) = plain.get(..64) {
            // No number is that long; the rest need not be looked at.
            plain = zeroize::Zeroizing::new(short.to_owned());
        }
        let compact: Vec<u8> = plain
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | ',' | '\'' | '‘' | '’'))
            .map(|c| u8::try_from(if is_like_x(c) { 'X' } else { c }).unwrap_or(b'?').to_ascii_uppercase())
            .collect();
        if compact.is_empty() {
            return Err(NationalIdFlaw::Missing);
        }
        match of_exponent(&plain) {
            Exponent::None => {}
            Exponent::Whole(digits) => return Self::parse(&digits),
            Exponent::Damaged => return Err(NationalIdFlaw::FloatDamaged),
        }
        let full: Vec<u8> = match compact.len() {
            18 => compact,
            // 512002199001010012.0
            _ if plain.ends_with(".0") && compact.iter().all(u8::is_ascii_digit) && matches!(compact.len(), 16 | 19) => {
                return Self::parse(plain.trim_end_matches(".0"));
            }
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
        let last = full.last().copied();
        if !last.is_some_and(|c| c.is_ascii_digit() || c == b'X') {
            return Err(NationalIdFlaw::Character);
        }
        let id = Self(String::from_utf8(full).map_err(|_| NationalIdFlaw::Character)?);
        if last != Some(expected) && id.0.ends_with("000") {
            return Err(NationalIdFlaw::FloatDamaged);
        }
        if id.birth_date().is_none() {
            return Err(NationalIdFlaw::BirthDate);
        }
        if last != Some(expected) {
            return Err(NationalIdFlaw::Check);
        }
        Ok(id)
    }

    /// The 18 characters, `X` in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
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

/// Signs typed for the check character X: the multiplication sign, the Roman ten, Cyrillic and Greek letters.
fn is_like_x(c: char) -> bool {
    matches!(c, '×' | 'Ⅹ' | 'ⅹ' | 'Х' | 'х' | 'Χ' | 'χ' | '✕' | '✖')
}

/// A number in exponent form.
enum Exponent {
    /// It is none.
    None,
    /// 5.13901830420939E+14 still has all 15 digits.
    Whole(String),
    /// Digits are lost.
    Damaged,
}

fn of_exponent(plain: &str) -> Exponent {
    let upper = plain.to_ascii_uppercase();
    let Some((mantissa, exponent)) = upper.split_once('E') else { return Exponent::None };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let shape = mantissa.chars().all(|c| c.is_ascii_digit() || c == '.') && mantissa.starts_with(|c: char| c.is_ascii_digit());
    match exponent.trim_start_matches('+').parse::<usize>() {
        Ok(14) if shape && digits.len() == 15 && mantissa.get(1..2) == Some(".") => Exponent::Whole(digits),
        Ok(13..=18) if shape && !digits.is_empty() => Exponent::Damaged,
        _ => Exponent::None,
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
    fn what_hides_a_number_is_taken_off() {
        for text in [
            "'11010519491231002X",
            "110105 19491231 002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            "\u{200b}11010519491231002X\t",
            "110105-19491231-002X",
            "110105　19491231002×",
            "11010519491231002Ⅹ",
            "11010519491231002х",
        ] {
            assert_eq!(NationalId::parse(text).map(|id| id.as_str().to_owned()), Ok("11010519491231002X".to_owned()), "{text:?}");
        }
        assert_eq!(NationalId::parse("110105491231002.0").map(|id| id.as_str().to_owned()), Ok("11010519491231002X".to_owned()));
        assert_eq!(NationalId::parse("1.10105491231002E+14").map(|id| id.as_str().to_owned()), Ok("11010519491231002X".to_owned()));
    }

    #[test]
    fn a_number_that_was_a_floating_point_value_is_named() {
        for text in ["5.12002E+17", "5.12002199001010E+17", "512002199001010000", "5.10185E+14", "5.12002199107219e17"] {
            assert_eq!(NationalId::parse(text), Err(NationalIdFlaw::FloatDamaged), "{text}");
        }
        for text in ["1e400", "NaN", "-1", "NULL", "undefined"] {
            assert_eq!(NationalId::parse(text), Err(NationalIdFlaw::Length), "{text}");
        }
        assert_eq!(NationalId::parse("51200219890O010012"), Err(NationalIdFlaw::Character));
        assert_eq!(NationalId::parse(&"5".repeat(10_000)), Err(NationalIdFlaw::Length));
    }

    #[test]
    fn a_wrong_check_character_is_named() {
        assert_eq!(NationalId::parse("110105194912310021"), Err(NationalIdFlaw::Check));
        assert_eq!(NationalId::parse("11010519491331002X"), Err(NationalIdFlaw::BirthDate));
        assert_eq!(NationalId::parse("1101051949123"), Err(NationalIdFlaw::Length));
    }
}
