//! Where a list that is ordered by day goes on: the last line shown, by its day and id. It says nothing of anybody.

use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

/// A place in such a list: the next page begins behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPlace {
    /// The day by which the line stands there.
    pub day: NaiveDate,
    /// Which line.
    pub id: Uuid,
}

impl DayPlace {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('.')?;
        Some(Self { day: day.parse().ok()?, id: Uuid::parse_str(id).ok()? })
    }
}

impl fmt::Display for DayPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.day, self.id)
    }
}

/// Cuts rows, of which one more than a page was read, down to a page; answers where the next one begins, where there is more.
pub fn page_end<T, P>(rows: &mut Vec<T>, page: u64, place: impl Fn(&T) -> P) -> Option<P> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    rows.last().filter(|_| more).map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_full_and_the_last_has_no_next() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(page_end(&mut rows, 3, |n| *n), None);
        assert_eq!((page_end(&mut rows, 2, |n| *n), rows), (Some(2), vec![1, 2]));
        assert_eq!(page_end(&mut Vec::<u8>::new(), 2, |n| *n), None);
    }

    #[test]
    fn a_place_is_read_back_and_a_forged_one_is_not() {
        let place = DayPlace { day: NaiveDate::from_ymd_opt(2026, 2, 28).unwrap(), id: Uuid::now_v7() };
        assert_eq!(DayPlace::parse(&place.to_string()), Some(place));
        for forged in ["", "2026-02-30.x", "2026-02-28", "x.0190c7a5-0000-7000-8000-000000000000"] {
            assert_eq!(DayPlace::parse(forged), None, "{forged}");
        }
    }
}
