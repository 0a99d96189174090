//! Today's drive: the count against the target, the registration of interest, what was saved last.

use askama::Template;

use super::chart::Svg;
use super::{Choice, Field, Shell, Slips};

/// A drive in one line.
#[derive(Debug, Clone)]
pub struct DriveLine {
    /// Its name.
    pub name: String,
    /// Where.
    pub place: String,
    /// Its day.
    pub day: String,
}

/// What was saved: only the running number, never a name or a number of the registrant.
#[derive(Debug, Clone)]
pub struct SavedLine {
    /// Running number of the drive, three digits.
    pub number: String,
    /// The time of day.
    pub time: String,
}

/// Today's drive with the form for an interest.
#[derive(Debug, Template)]
#[template(path = "page/drive.html")]
pub struct Drive {
    /// The frame.
    pub s: Shell,
    /// The drive registered at; none registers at the office.
    pub drive: Option<DriveLine>,
    /// Where its shifts and targets stand; empty where there is no drive.
    pub board: String,
    /// Saved today.
    pub count: u64,
    /// The target.
    pub target: Option<u64>,
    /// The ruler for a desk and for a phone.
    pub rulers: (Svg, Svg),
    /// What was saved last on this device.
    pub saved: Vec<SavedLine>,
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

/// Opening a drive.
#[derive(Debug, Template)]
#[template(path = "page/drive_new.html")]
pub struct DriveNew {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Name, place, day, target.
    pub fields: [Field; 4],
}
