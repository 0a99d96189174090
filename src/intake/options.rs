//! What a reading is told besides the file.

use chrono::NaiveDate;

use crate::domain::registry::Registry;
use crate::domain::town::Towns;

use super::profile::Profile;

/// The arguments of a reading.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Which registry the sheet is for.
    pub registry: Registry,
    /// Header words: [`Profile::shipped`], and the office's own.
    pub profiles: &'a [Profile],
    /// The branch's towns.
    pub towns: &'a Towns,
    /// `--date`: the day on which every row's age is judged.
    pub judged_on: Option<NaiveDate>,
    /// The day of the drive the sheet belongs to: judges rows without a date of their own.
    pub drive_date: Option<NaiveDate>,
    /// Today: judges what is left, and no date may lie after it.
    pub today: NaiveDate,
}
