//! Telephone numbers.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;

/// A telephone number: national digits without separators, e.g. `13812345678` or `02826112233`.
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
    /// Reads one number; separators, `+86` and `0086` are taken off.
    pub fn parse(text: &str) -> Result<Self, PhoneFlaw> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|r| r.len() == 11)).unwrap_or(&digits);
        if national.is_empty() {
            return Err(PhoneFlaw::Missing);
        }
        let bytes = national.as_bytes();
        let mobile = bytes.len() == 11 && bytes.first() == Some(&b'1') && matches!(bytes.get(1), Some(b'3'..=b'9'));
        let landline = bytes.first() == Some(&b'0') && matches!(bytes.len(), 10..=12);
        if mobile || landline {
            Ok(Self { number: national.to_owned(), mobile })
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

opaque_debug!(Phone);
