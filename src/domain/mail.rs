//! Mail addresses.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;

/// A mail address in the form local@domain (RFC 5321 without quoting), domain in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(transparent)]
pub struct MailAddress(String);

/// Why a text is not a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFlaw {
    /// Nothing there.
    Missing,
    /// Not one address.
    NotAnAddress,
}

impl MailAddress {
    /// Reads one address.
    pub fn parse(text: &str) -> Result<Self, MailFlaw> {
        let text = text.trim();
        if text.is_empty() {
            return Err(MailFlaw::Missing);
        }
        let (local, domain) = text.split_once('@').ok_or(MailFlaw::NotAnAddress)?;
        let local_ok = !local.is_empty() && local.len() <= 64 && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b));
        let domain_ok = domain.len() <= 255
            && domain.contains('.')
            && domain.split('.').all(|l| !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !l.starts_with('-') && !l.ends_with('-'));
        if !local_ok || !domain_ok || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(MailFlaw::NotAnAddress);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

opaque_debug!(MailAddress);
