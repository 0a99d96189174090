//! Birth dates told by the lunar calendar: older people in China often give that one where the register has the solar one.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

/// First and last year of birth for which new moons are known.
const YEARS: std::ops::RangeInclusive<u16> = 1880..=2060;

/// Month and day on which the sun enters the sign of each lunar month (雨水 for the first), right within a day.
const SIGNS: [[u16; 2]; 12] =
    [[2, 19], [3, 21], [4, 20], [5, 21], [6, 21], [7, 23], [8, 23], [9, 23], [10, 23], [11, 22], [12, 22], [1, 20]];

/// Days (counted from year 1) on which a lunar month begins, in order.
static NEW_MOONS: LazyLock<Vec<i32>> = LazyLock::new(|| (-1_496..=760).map(new_moon).collect());

/// The day, in China's time, of the new moon number `k` after that of 6 January 2000 (Meeus, Astronomical Algorithms,
/// chapter 49, its seven largest terms: right within a quarter of an hour).
fn new_moon(k: i32) -> i32 {
    let k = f64::from(k);
    let t = k / 1_236.85;
    let e = 1.0 - 0.002_516 * t;
    let sun = (2.5534 + 29.105_356_70 * k).to_radians();
    let moon = (201.5643 + 385.816_935_28 * k).to_radians();
    let node = (160.7108 + 390.670_502_84 * k).to_radians();
    let julian = 2_451_550.097_66 + 29.530_588_861 * k + 0.000_154_37 * t * t - 0.407_20 * moon.sin()
        + 0.172_41 * e * sun.sin()
        + 0.016_08 * (2.0 * moon).sin()
        + 0.010_39 * (2.0 * node).sin()
        + 0.007_39 * e * (moon - sun).sin()
        - 0.005_14 * e * (moon + sun).sin()
        + 0.002_08 * e * e * (2.0 * sun).sin();
    #[expect(clippy::cast_possible_truncation, reason = "a day number of this millennium")]
    let day = (julian + 8.0 / 24.0 - 1_721_424.5).floor() as i32;
    day
}

fn day(date: [u16; 3]) -> Option<i32> {
    let [y, m, d] = date;
    NaiveDate::from_ymd_opt(i32::from(y), u32::from(m), u32::from(d)).map(|d| d.num_days_from_ce())
}

/// Whether one of two dates is the other in the lunar calendar (leap months aside).
pub(super) fn shifted(a: [u16; 3], b: [u16; 3]) -> bool {
    is_lunar_of(a, b) || is_lunar_of(b, a)
}

fn is_lunar_of(lunar: [u16; 3], solar: [u16; 3]) -> bool {
    let [year, month, of_month] = lunar;
    let near = solar[0] == year || solar[0] == year.saturating_add(1);
    if !near || !YEARS.contains(&year) || !(1..=12).contains(&month) || !(1..=30).contains(&of_month) {
        return false;
    }
    let Some(solar) = day(solar) else { return false };
    let start = solar - i32::from(of_month - 1);
    // A month holds the day on which the sun enters its sign.
    let [sign_month, sign_day] = SIGNS[usize::from(month - 1)];
    let Some(entry) = day([year + u16::from(month == 12), sign_month, sign_day]) else { return false };
    (entry - 30..=entry + 1).contains(&start) && NEW_MOONS.binary_search(&start).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts_fall_on_their_days() {
        for (lunar, solar) in [
            ([1990, 1, 1], [1990, 1, 27]),
            ([1985, 1, 1], [1985, 2, 20]),
            ([2000, 1, 1], [2000, 2, 5]),
            ([1990, 8, 15], [1990, 10, 3]),
            ([2000, 8, 15], [2000, 9, 12]),
            ([2010, 5, 5], [2010, 6, 16]),
            ([1953, 12, 29], [1954, 2, 2]),
        ] {
            assert!(shifted(lunar, solar) && shifted(solar, lunar), "{lunar:?} {solar:?}");
        }
    }

    #[test]
    fn other_days_do_not() {
        for (lunar, solar) in
            [([1990, 8, 15], [1990, 10, 4]), ([1990, 8, 15], [1990, 9, 3]), ([1990, 8, 15], [1991, 10, 3]), ([0, 0, 0], [1990, 1, 1])]
        {
            assert!(!shifted(lunar, solar), "{lunar:?} {solar:?}");
        }
        assert!(!shifted([1990, 2, 31], [1990, 13, 40]));
    }
}
