//! Self-enrolment on the registrant's own phone, and the sheet that a drive hangs up for it.

use askama::Template;

use super::chart::Svg;
use super::{Choice, Field, Shell, Slips};

/// The registrant's form. Nothing of anybody stands on it but what they typed.
#[derive(Debug, Template)]
#[template(path = "page/self_enrol.html")]
pub struct SelfEnrol {
    /// The frame.
    pub s: Shell,
    /// The page's own path.
    pub path: String,
    /// The drive's name.
    pub drive: String,
    /// What is wrong.
    pub slips: Slips,
    /// Registries of interest.
    pub registries: Choice,
    /// Name, phone, mail.
    pub fields: [Field; 3],
    /// Consent to be contacted.
    pub consent: Choice,
    /// The text consented to.
    pub consent_text: String,
}

/// What the registrant sees afterwards, and where the address leads to no drive of today.
#[derive(Debug, Template)]
#[template(path = "page/self_done.html")]
pub struct SelfDone {
    /// The frame.
    pub s: Shell,
    /// Taken; else there is no such drive today.
    pub taken: bool,
}

/// The sheet to be printed or shown at the table.
#[derive(Debug, Template)]
#[template(path = "page/drive_code.html")]
pub struct DriveCode {
    /// The frame.
    pub s: Shell,
    /// The drive's name.
    pub drive: String,
    /// Where and when.
    pub about: String,
    /// The code; none where the address is too long for one.
    pub code: Option<Svg>,
    /// The address in words, for phones that read no code.
    pub address: String,
}
