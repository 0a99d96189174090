//! Activities of publicity (宣传) and mobilisation (动员): what was done, when, where, and how many it reached.
//!
//! An organ and body file begins at its registration (登记); what comes before is counted here and tells of nobody. Every part is a number, a day or
//! a word of a closed list, so that there is no place to write a name into.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::outside::words;
use super::registry::Registry;
use super::town::TownCode;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityKind {
    /// 宣传: donation was made known, e.g. by a talk, a stall, leaflets.
    Publicity,
    /// 动员: people were asked whether they would take part.
    Mobilisation,
}

words!(ActivityKind: Publicity = "publicity", Mobilisation = "mobilisation");

/// Where it was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityPlace {
    /// A village or community centre.
    Community,
    /// A school or university.
    School,
    /// A hospital or clinic.
    Hospital,
    /// An enterprise, office or barracks.
    Workplace,
    /// A stall in the street.
    Street,
    /// Online.
    Online,
    /// Elsewhere.
    Other,
}

words!(ActivityPlace: Community = "community", School = "school", Hospital = "hospital", Workplace = "workplace", Street = "street", Online = "online", Other = "other");

/// The registries an activity can be for.
pub const CAUSES: [Registry; 3] = [Registry::OrganBody, Registry::Blood, Registry::StemCell];

/// The registry of a word, where an activity can be for it.
pub fn cause(word: &str) -> Option<Registry> {
    Registry::from_word(word).filter(|registry| CAUSES.contains(registry))
}

/// The day an activity was held on: one that has come, and none of before the first one that can be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldOn(NaiveDate);

impl HeldOn {
    /// The first day taken. An earlier one is a slip of the keyboard: it would be a year of its own in the totals.
    pub const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day of the calendar");

    /// The day of a date told today; none of one that is still to come, or lies before [`HeldOn::FIRST`].
    pub fn told(day: NaiveDate, today: NaiveDate) -> Option<Self> {
        (Self::FIRST..=today).contains(&day).then_some(Self(day))
    }

    /// The day of an activity that was recorded already.
    pub const fn recorded(day: NaiveDate) -> Self {
        Self(day)
    }

    /// The date.
    pub const fn day(self) -> NaiveDate {
        self.0
    }
}

/// A count from 0 to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpTo<const MOST: u32>(u32);

impl<const MOST: u32> UpTo<MOST> {
    /// The count of a number; none of one that is negative or too large.
    pub fn of(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|n| *n <= MOST).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How many people were reached, or leaflets handed out.
pub type Reach = UpTo<100_000>;
/// How many members of staff or volunteers took part.
pub type Crew = UpTo<1_000>;

/// An activity as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// What was done.
    pub kind: ActivityKind,
    /// For which registry, one of [`CAUSES`].
    pub registry: Registry,
    /// When.
    pub held_on: HeldOn,
    /// At what kind of place.
    pub place: ActivityPlace,
    /// In which town of the branch.
    pub town: Option<TownCode>,
    /// People reached; whoever is reached twice counts twice (人次).
    pub reached: Reach,
    /// Leaflets handed out.
    pub leaflets: Reach,
    /// Members of staff who took part.
    pub staff: Crew,
    /// Volunteers who took part.
    pub volunteers: Crew,
}

/// What activities come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// How many there were.
    pub activities: u64,
    /// People reached.
    pub reached: u64,
    /// Leaflets handed out.
    pub leaflets: u64,
    /// Members of staff who took part.
    pub staff: u64,
    /// Volunteers who took part.
    pub volunteers: u64,
}

/// Totals by year and kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals(BTreeMap<(i32, ActivityKind), Total>);

impl Totals {
    /// Adds an activity; one that was struck out is left out.
    pub fn add(&mut self, activity: &Activity, struck: bool) {
        if struck {
            return;
        }
        let total = self.0.entry((activity.held_on.day().year(), activity.kind)).or_default();
        total.activities += 1;
        total.reached += u64::from(activity.reached.get());
        total.leaflets += u64::from(activity.leaflets.get());
        total.staff += u64::from(activity.staff.get());
        total.volunteers += u64::from(activity.volunteers.get());
    }

    /// Year, kind and total: the latest year first.
    pub fn lines(&self) -> Vec<(i32, ActivityKind, Total)> {
        let mut lines: Vec<_> = self.0.iter().map(|((year, kind), total)| (*year, *kind, *total)).collect();
        lines.sort_by_key(|(year, kind, _)| (std::cmp::Reverse(*year), *kind));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn activity(kind: ActivityKind, on: &str, reached: i64) -> Activity {
        Activity {
            kind,
            registry: Registry::OrganBody,
            held_on: HeldOn::recorded(day(on)),
            place: ActivityPlace::School,
            town: None,
            reached: Reach::of(reached).unwrap(),
            leaflets: Reach::of(2 * reached).unwrap(),
            staff: Crew::of(1).unwrap(),
            volunteers: Crew::of(0).unwrap(),
        }
    }

    #[test]
    fn an_activity_is_told_of_a_day_that_has_come() {
        let today = day("2026-11-27");
        assert_eq!(HeldOn::told(today, today).map(HeldOn::day), Some(today));
        assert!(HeldOn::told(day("2026-11-28"), today).is_none(), "tomorrow");
        assert!(HeldOn::told(day("2000-01-01"), today).is_some());
        assert!(HeldOn::told(day("1999-12-31"), today).is_none() && HeldOn::told(day("0206-11-20"), today).is_none());
    }

    #[test]
    fn a_count_has_its_bounds() {
        assert_eq!(Reach::of(0).map(Reach::get), Some(0));
        assert_eq!(Reach::of(100_000).map(Reach::get), Some(100_000));
        assert!(Reach::of(100_001).is_none() && Reach::of(-1).is_none() && Reach::of(i64::MAX).is_none());
        assert!(Crew::of(1_000).is_some() && Crew::of(1_001).is_none());
    }

    #[test]
    fn every_word_names_what_it_is_the_word_of() {
        for kind in ActivityKind::ALL {
            assert_eq!(ActivityKind::from_word(kind.word()), Some(*kind));
        }
        for place in ActivityPlace::ALL {
            assert_eq!(ActivityPlace::from_word(place.word()), Some(*place));
        }
        assert_eq!(ActivityPlace::from_word("王样家里"), None);
        assert_eq!(cause("organ-body"), Some(Registry::OrganBody));
        assert_eq!(cause("volunteer"), None);
    }

    #[test]
    fn totals_go_by_year_and_kind_without_what_was_struck_out() {
        use ActivityKind::{Mobilisation, Publicity};
        let mut totals = Totals::default();
        for (kind, on, reached, struck) in [
            (Publicity, "2026-01-01", 30, false),
            (Publicity, "2026-12-31", 12, false),
            (Publicity, "2026-06-01", 999, true),
            (Mobilisation, "2026-06-01", 5, false),
            (Publicity, "2025-12-31", 7, false),
        ] {
            totals.add(&activity(kind, on, reached), struck);
        }
        let lines = totals.lines();
        let told: Vec<_> = lines.iter().map(|(year, kind, total)| (*year, *kind, total.activities, total.reached)).collect();
        assert_eq!(told, [(2026, Publicity, 2, 42), (2026, Mobilisation, 1, 5), (2025, Publicity, 1, 7)]);
        assert_eq!(lines[0].2, Total { activities: 2, reached: 42, leaflets: 84, staff: 2, volunteers: 0 });
    }

    proptest! {
        #[test]
        fn the_order_of_activities_does_not_matter(reached in prop::collection::vec((0i64..=50_000, any::<bool>(), any::<bool>()), 0..40)) {
            let told = |(n, mobilised, struck): &(i64, bool, bool)| {
                let kind = if *mobilised { ActivityKind::Mobilisation } else { ActivityKind::Publicity };
                (activity(kind, if n % 2 == 0 { "2025-05-05" } else { "2026-05-05" }, *n), *struck)
            };
            let (mut forth, mut back) = (Totals::default(), Totals::default());
            reached.iter().map(told).for_each(|(a, struck)| forth.add(&a, struck));
            reached.iter().rev().map(told).for_each(|(a, struck)| back.add(&a, struck));
            let sum: u64 = forth.lines().iter().map(|(_, _, total)| total.reached).sum();
            let kept: i64 = reached.iter().filter(|(_, _, struck)| !struck).map(|(n, _, _)| n).sum();
            prop_assert_eq!(i64::try_from(sum).unwrap(), kept);
            prop_assert_eq!(forth, back);
        }
    }
}
