//! Links handed to registrants: single-purpose, expiring, stored as a keyed tag only.
//!
//! The token travels in the path (`/l/<token>`), so no query string can be logged; a GET changes nothing, a POST does.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::domain::Keyed;

/// What a link allows, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkPurpose {
    /// Confirm that the mail address is the registrant's.
    VerifyMail,
    /// 这不是我: the mail reached somebody else. Needs no second fact.
    NotMe,
    /// No more mails (RFC 8058). Needs no second fact and never withdraws the registration.
    Unsubscribe,
    /// Confirm or correct the contact data.
    ContactCheck,
}

/// Days in seconds.
const DAY: i64 = 86_400;

impl LinkPurpose {
    /// All purposes, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::VerifyMail, Self::NotMe, Self::Unsubscribe, Self::ContactCheck];

    /// The stable code stored in the database.
    pub const fn code(self) -> i16 {
        match self {
            Self::VerifyMail => 1,
            Self::NotMe => 2,
            Self::Unsubscribe => 3,
            Self::ContactCheck => 4,
        }
    }

    /// The purpose of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// The word stored in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VerifyMail => "verify-mail",
            Self::NotMe => "not-me",
            Self::Unsubscribe => "unsubscribe",
            Self::ContactCheck => "contact-check",
        }
    }

    /// The purpose of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }

    /// How long a link of this purpose works, in seconds. Unsubscribing works long after the mail (RFC 8058 sets no limit; mail clients offer it for years).
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::VerifyMail => 14 * DAY,
            Self::NotMe | Self::ContactCheck => 60 * DAY,
            Self::Unsubscribe => 3 * 365 * DAY,
        }
    }

    /// Whether anything personal stands behind the link, so that a second fact is asked first.
    pub const fn second_fact(self) -> bool {
        matches!(self, Self::ContactCheck)
    }
}

/// The number of wrong second facts that closes a link and opens a phone task.
pub const WRONG_FACTS: u8 = 5;

/// A bearer token: 160 random bits. Neither printed nor stored; the database holds [`LinkToken::tag`].
#[derive(Zeroize)]
#[zeroize(drop)]
pub struct LinkToken([u8; 20]);

/// Crockford's base 32 in lower case.
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl LinkToken {
    /// A token of 160 random bits.
    pub fn from_random(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Reads the token of a path, as printed or typed from paper: case does not matter, o is 0, i and l are 1.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 {
            return None;
        }
        let mut out = [0u8; 20];
        for (i, c) in text.bytes().enumerate() {
            let c = match c.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                other => other,
            };
            let value = u8::try_from(SYMBOLS.iter().position(|s| *s == c)?).ok()?;
            for bit in 0..5 {
                if value >> (4 - bit) & 1 == 1 {
                    let at = i * 5 + bit;
                    out[at / 8] |= 0x80 >> (at % 8);
                }
            }
        }
        Some(Self(out))
    }

    /// The token as 32 symbols.
    fn text(&self) -> String {
        (0..32)
            .map(|i| {
                let value = (0..5).fold(0usize, |value, bit| {
                    let at = i * 5 + bit;
                    value << 1 | usize::from(self.0[at / 8] >> (7 - at % 8) & 1)
                });
                char::from(SYMBOLS[value])
            })
            .collect()
    }

    /// The path of the link.
    pub fn path(&self) -> String {
        format!("/l/{}", self.text())
    }

    /// The whole link under the office's public address, e.g. `https://dj.example.org/l/…`.
    pub fn url(&self, public_url: &str) -> String {
        format!("{}{}", public_url.trim_end_matches('/'), self.path())
    }

    /// What the database stores instead of the token.
    pub fn tag(&self, keyed: &dyn Keyed) -> [u8; 32] {
        keyed.tag("followup/link", &self.0)
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn debug_never_prints_a_token() {
        assert_eq!(format!("{:?}", LinkToken::from_random([7; 20])), "LinkToken(..)");
    }

    proptest! {
        #[test]
        fn a_token_is_read_back_from_its_path(bytes in any::<[u8; 20]>()) {
            let token = LinkToken::from_random(bytes);
            let path = token.path();
            let text = path.strip_prefix("/l/").unwrap();
            prop_assert_eq!(text.len(), 32);
            prop_assert_eq!(LinkToken::parse(text).unwrap().0, bytes);
            prop_assert_eq!(LinkToken::parse(&text.to_uppercase().replace('0', "O")).unwrap().0, bytes);
        }

        #[test]
        fn no_text_makes_the_token_reader_fail_hard(text in ".{0,40}") {
            let _ = LinkToken::parse(&text);
        }
    }
}
