//! Telephone numbers.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::written::plain;

/// A telephone number: national digits without separators, e.g. `13812345678`, `02826112233`, `26112233` (local); `+852...` elsewhere.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Zeroize)]
pub struct Phone {
    number: String,
    mobile: bool,
}

/// Why a text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneFlaw {
    /// Nothing there.
    Missing,
    /// No mobile number (`1[3-9]` and nine digits) and no landline with or without area code.
    NotANumber,
}

impl Phone {
    /// Reads one number; separators, `+86`, `0086` and an extension (转801, ext. 801) are taken off. A number of another country keeps its `+`.
    ///
    /// # Errors
    /// [`PhoneFlaw`], without the text.
    pub fn parse(text: &str) -> Result<Self, PhoneFlaw> {
        let plain = plain(text);
        if plain.is_empty() {
            return Err(PhoneFlaw::Missing);
        }
        if plain.len() > 60 {
            return Err(PhoneFlaw::NotANumber);
        }
        let written = without_extension(&plain);
        // 13812345678.0 is a number that went through a spreadsheet.
        let written = written.strip_suffix(".0").unwrap_or(written);
        if !written.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | '-' | '(' | ')' | '.' | '·' | '_')) {
            return Err(PhoneFlaw::NotANumber);
        }
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let foreign =
            written.matches('+').count() == 1 && written.trim_start_matches(['(', ' ']).starts_with('+') && !digits.starts_with("86");
        if foreign {
            // E.164: at most 15 digits with the country code.
            let fits = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
            return if fits { Ok(Self { number: format!("+{digits}"), mobile: false }) } else { Err(PhoneFlaw::NotANumber) };
        }
        if written.contains('+') && (written.matches('+').count() > 1 || !written.trim_start_matches(['(', ' ']).starts_with('+')) {
            return Err(PhoneFlaw::NotANumber);
        }
        let national = digits
            .strip_prefix("0086")
            .or_else(|| digits.strip_prefix("086").filter(|r| is_mobile(r)))
            .or_else(|| digits.strip_prefix("86").filter(|r| r.len() >= 10))
            .unwrap_or(&digits);
        // 0 before a mobile number was dialled for long distance.
        let national = national.strip_prefix('0').filter(|r| is_mobile(r)).unwrap_or(national);
        if is_mobile(national) {
            Ok(Self { number: national.to_owned(), mobile: true })
        } else if is_landline(national) || (digits.len() != national.len() && is_landline(&format!("0{national}"))) {
            let number = if is_landline(national) { national.to_owned() } else { format!("0{national}") };
            Ok(Self { number, mobile: false })
        } else {
            Err(PhoneFlaw::NotANumber)
        }
    }

    /// The national digits.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// Whether it is a mobile number.
    pub fn is_mobile(&self) -> bool {
        self.mobile
    }
}

/// `1[3-9]` and nine digits: the blocks in use change, so no block is refused.
fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes.first() == Some(&b'1') && matches!(bytes.get(1), Some(b'3'..=b'9'))
}

/// Area code (010, 02x, or four digits) and 7 or 8 digits; 7 or 8 digits alone; 400 and 800 numbers.
fn is_landline(digits: &str) -> bool {
    let local = |number: &str| matches!(number.len(), 7 | 8) && number.starts_with(|c: char| ('2'..='9').contains(&c));
    let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
    if digits.starts_with('0') && !digits.starts_with("00") {
        return digits.get(area..).is_some_and(local);
    }
    local(digits) || (digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800")))
}

/// The number without 转801, 分机 801, ext. 801, x801, #801, and -801 after a whole landline number.
fn without_extension(plain: &str) -> &str {
    let lower = plain.to_ascii_lowercase();
    for mark in ["转", "轉", "分机", "ext", "extension", "x", "#"] {
        if let Some((front, back)) = lower.split_once(mark) {
            let extension: String = back.chars().filter(|c| !matches!(c, '.' | ':' | ' ' | ')' | '-' | '号')).collect();
            if (1..=6).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_digit())
                && front.bytes().filter(u8::is_ascii_digit).count() >= 7
            {
                return plain.get(..front.len()).unwrap_or(plain).trim_end_matches(['(', ' ', '-']);
            }
        }
    }
    if let Some((front, back)) = plain.rsplit_once('-')
        && (2..=5).contains(&back.len())
        && back.bytes().all(|b| b.is_ascii_digit())
    {
        let digits: String = front.chars().filter(char::is_ascii_digit).collect();
        if front.contains('-') && digits.starts_with('0') && is_landline(&digits) {
            return front;
        }
    }
    plain
}

opaque_debug!(Phone);

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(text: &str) -> Result<String, PhoneFlaw> {
        Phone::parse(text).map(|p| p.as_str().to_owned())
    }

    #[test]
    fn one_number_is_read_in_every_dress() {
        for (text, expected) in [
            ("161-1804-7670", "16118047670"),
            ("163 1578 3347", "16315783347"),
            ("+8615442678702", "15442678702"),
            ("+86 16353435751", "16353435751"),
            ("(+86)16144715464", "16144715464"),
            ("（+86）16144715464", "16144715464"),
            ("86-15447362378", "15447362378"),
            ("008616117867305", "16117867305"),
            ("１６３５５７６１６１１", "16355761611"),
            ("'16118047670", "16118047670"),
            ("16118047670.0", "16118047670"),
            ("016118047670", "16118047670"),
            ("028-68254105", "02868254105"),
            ("(028)64977105", "02864977105"),
            ("0832-6980873", "08326980873"),
            ("+86 28 68254105", "02868254105"),
            ("028-67916876转801", "02867916876"),
            ("028-67916876-801", "02867916876"),
            ("0832-6980873 ext. 12", "08326980873"),
            ("26112233", "26112233"),
            ("400-123-4567", "4001234567"),
            ("+852 9123 4567", "+85291234567"),
        ] {
            assert_eq!(phone(text).as_deref(), Ok(expected), "{text}");
        }
        assert!(Phone::parse("16118047670").is_ok_and(|p| p.is_mobile()));
        assert!(Phone::parse("028-68254105").is_ok_and(|p| !p.is_mobile()));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "无",
            "同上",
            "169742336813",
            "1549783298",
            "15480l62835",
            "068562901",
            "一三八零零一三八零零零",
            "12345678901",
            "+86+86+8613812345678",
            "1.38123E+10",
            "13812345678 13912345678",
        ] {
            assert_eq!(phone(text), Err(PhoneFlaw::NotANumber), "{text}");
        }
        assert_eq!(phone(&"1".repeat(5000)), Err(PhoneFlaw::NotANumber));
        assert_eq!(phone(" \u{3000}"), Err(PhoneFlaw::Missing));
    }
}
