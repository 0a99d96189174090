//! Mail addresses.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::written::plain;

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
    /// Reads one address. Full-width letters, spaces around `@` and dots, `mailto:` and a label in front are repaired; an address typed in
    /// capitals throughout becomes lower case, a mixed one keeps the case of its local part.
    ///
    /// # Errors
    /// [`MailFlaw`], without the text. Several addresses, a line break within and addresses beyond ASCII are not one address.
    pub fn parse(text: &str) -> Result<Self, MailFlaw> {
        let plain = plain(text);
        if plain.is_empty() {
            return Err(MailFlaw::Missing);
        }
        // RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain.
        if plain.len() > 400 || plain.contains(['\n', '\r', '\t']) {
            return Err(MailFlaw::NotAnAddress);
        }
        // mailto:..., 邮箱：..., Email: ...
        let written = plain.rsplit_once(':').filter(|(label, _)| !label.contains('@')).map_or(plain.as_str(), |(_, address)| address);
        let compact: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(written.chars().filter(|c| *c != ' ').collect());
        let text = compact.as_str();
        if text.is_empty() {
            return Err(MailFlaw::NotAnAddress);
        }
        let (local, domain) = text.split_once('@').ok_or(MailFlaw::NotAnAddress)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b));
        let domain_ok = domain.len() <= 255
            && domain.contains('.')
            && domain.split('.').all(|l| {
                !l.is_empty()
                    && l.len() <= 63
                    && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !l.starts_with('-')
                    && !l.ends_with('-')
            });
        if !local_ok || !domain_ok || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(MailFlaw::NotAnAddress);
        }
        let shouted = !local.bytes().any(|b| b.is_ascii_lowercase());
        let local = if shouted { local.to_ascii_lowercase() } else { local.to_owned() };
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

opaque_debug!(MailAddress);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_every_dress() {
        for (text, expected) in [
            ("1257151342＠qq.example", "1257151342@qq.example"),
            ("mailto:rain9236@139.example", "rain9236@139.example"),
            ("panda.1387@126.example ", "panda.1387@126.example"),
            ("WUYAN1984@QQ.EXAMPLE", "wuyan1984@qq.example"),
            ("Wu.Yan@QQ.example", "Wu.Yan@qq.example"),
            ("abc @ qq.example", "abc@qq.example"),
            ("ａｂｃ@ｑｑ．example", "abc@qq.example"),
            ("邮箱：abc@qq.example", "abc@qq.example"),
        ] {
            assert_eq!(MailAddress::parse(text).map(|m| m.as_str().to_owned()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_address_is_refused() {
        for text in [
            "3358205999@",
            "zhaoxuanxiao91139.example",
            "664048375@@qq.example",
            "1524490542@qq。example",
            "a@b@c.example",
            "<x@y.example>",
            "x@y.example\r\nBcc: z@y.example",
            "x@y.example, z@y.example",
            "x@y.example z@y.example",
            "\"a b\"@y.example",
            "用户@例子.example",
            "x@y",
        ] {
            assert_eq!(MailAddress::parse(text), Err(MailFlaw::NotAnAddress), "{text}");
        }
    }
}
