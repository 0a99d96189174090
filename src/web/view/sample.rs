//! Samples of stem-cell registrants.

use askama::Template;

use super::urgent::StepShown;
use super::{Field, Shell, Slips};
use crate::domain::Guarded;

/// A sample.
#[derive(Debug)]
pub struct SampleShown {
    /// Where its next step is posted.
    pub href: String,
    /// The barcode.
    pub barcode: Guarded<String>,
    /// Where it stands.
    pub phase: String,
    /// `ok`, `warn`, `stop` or nothing.
    pub class: &'static str,
    /// The acts that may be noted now: word and label.
    pub acts: Vec<(&'static str, String)>,
    /// What happened.
    pub steps: Vec<StepShown>,
    /// The version to give back.
    pub version: i64,
}

/// The samples of a registrant.
#[derive(Debug, Template)]
#[template(path = "page/sample.html")]
pub struct Samples {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The registrant's number.
    pub person: String,
    /// How the registration stands.
    pub status: String,
    /// The samples, the latest first.
    pub samples: Vec<SampleShown>,
    /// Barcode and day of another one; none while one is under way or the registration does not stand.
    pub fields: Option<[Field; 2]>,
    /// The day of the next step.
    pub day: String,
}

impl Samples {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}
