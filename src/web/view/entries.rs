//! The fields of a posted form, as typed.
//!
//! Stands beside the views because the same values are shown again when a form has slips. Values are opened here for three ends only:
//! choices and other values that are ours, the domain's parsers, and the fields shown again.

use zeroize::Zeroize;

use crate::domain::{Guarded, Keyed};

/// Name and value of every field posted, in order. Values are personal data until proven otherwise.
#[derive(Debug, Default)]
pub struct Entries(Vec<(String, Guarded<String>)>);

impl Entries {
    /// More fields than any form here has: a body with more is refused.
    pub const MOST: usize = 400;

    /// Adds a field; false when there are too many.
    pub fn push(&mut self, name: String, value: Guarded<String>) -> bool {
        if self.0.len() >= Self::MOST {
            return false;
        }
        self.0.push((name, value));
        true
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&Guarded<String>> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// A copy of the first value of a field that is not blank.
    pub fn text(&self, name: &str) -> Option<Guarded<String>> {
        self.get(name).filter(|v| !v.reveal().trim().is_empty()).map(Guarded::duplicate)
    }

    /// Sets a field that is still blank.
    pub fn fill(&mut self, name: &'static str, value: Guarded<String>) {
        if !self.filled(name) {
            self.0.retain(|(n, _)| n != name);
            self.0.push((name.to_owned(), value));
        }
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Guarded<String>)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v))
    }

    /// Whether a field has a value other than white space.
    pub fn filled(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| !v.reveal().trim().is_empty())
    }

    /// Whether a field was sent with exactly this value: for options, whose values are ours.
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && v.reveal() == value)
    }

    /// What a parser makes of a field; `None` where the field is blank. For domain parsers and for values that are ours (ids, dates, counts).
    pub fn read<T>(&self, name: &str, parse: impl FnOnce(&str) -> T) -> Option<T> {
        self.get(name).map(Guarded::reveal).map(|text| text.trim()).filter(|text| !text.is_empty()).map(parse)
    }

    /// As [`Entries::read`], for every value of a field.
    pub fn read_all<T>(&self, name: &str, parse: impl Fn(&str) -> T) -> Vec<T> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| parse(v.reveal().trim())).collect()
    }

    /// Whether two fields hold the same text.
    pub fn same(&self, one: &str, other: &str) -> bool {
        match (self.get(one), self.get(other)) {
            (Some(a), Some(b)) => a.reveal() == b.reveal(),
            _ => false,
        }
    }

    /// A keyed digest of what was sent, for the idempotency key: all but the token of the session.
    pub fn fingerprint(&self, keyed: &dyn Keyed) -> [u8; 32] {
        let mut bytes = Vec::new();
        for (name, value) in self.0.iter().filter(|(name, _)| name != "csrf") {
            for part in [name.as_bytes(), value.reveal().as_bytes()] {
                bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
                bytes.extend_from_slice(part);
            }
        }
        let digest = keyed.tag("web form body v1", &bytes);
        bytes.zeroize();
        digest
    }

    /// The number typed into a field, digits of any width, thousands separators allowed.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.read(name, |text| {
            let mut digits: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
            let number = digits.parse().ok();
            digits.zeroize();
            number
        })
        .flatten()
    }
}
