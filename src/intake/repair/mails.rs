//! Mail cells.

use crate::domain::mail::{MailAddress, MailFlaw};

/// What a mail cell says.
pub(in crate::intake) enum MailRead {
    Blank,
    Mail(MailAddress),
    Invalid,
}

/// Reads a mail cell.
pub(in crate::intake) fn read(text: &str) -> MailRead {
    if super::says_nothing(text) {
        return MailRead::Blank;
    }
    match MailAddress::parse(text) {
        Ok(mail) => MailRead::Mail(mail),
        Err(MailFlaw::Missing) => MailRead::Blank,
        Err(MailFlaw::NotAnAddress) => MailRead::Invalid,
    }
}
