//! 基层组织: the branch's grass-roots units, and how many towns have one. The plan asks for one in every town (docs/domain.md, the plan's phrases).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::town::{TownCode, Towns};

/// A unit. Nothing of it is personal: whom to ask there is told by the post, not by a name or a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its number, given in the order of entry and never again.
    pub number: u32,
    /// Where.
    pub town: TownCode,
    /// Its name.
    pub name: String,
    /// The day of its founding.
    pub founded: NaiveDate,
    /// The last day it stood; none while it stands.
    #[serde(default)]
    pub closed: Option<NaiveDate>,
    /// The post to ask, e.g. 红十字专干.
    #[serde(default)]
    pub contact: String,
}

impl Unit {
    /// Whether it stands on a day, the first and the last included.
    pub fn stands(&self, day: NaiveDate) -> bool {
        self.founded <= day && self.closed.is_none_or(|last| day <= last)
    }
}

/// The units of each town of the branch on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Every town of the rules in their order, with the units that stand there, the oldest first.
    pub towns: Vec<(TownCode, Vec<Unit>)>,
}

impl Coverage {
    /// The coverage of a day. Units of towns that the rules no longer hold cover nothing.
    pub fn of(units: &[Unit], towns: &Towns, day: NaiveDate) -> Self {
        let standing = |town: TownCode| {
            let mut here: Vec<Unit> = units.iter().filter(|u| u.town == town && u.stands(day)).cloned().collect();
            here.sort_by_key(|u| (u.founded, u.number));
            here
        };
        Self { towns: towns.towns.iter().map(|t| (t.code, standing(t.code))).collect() }
    }

    /// How many towns have a unit.
    pub fn covered(&self) -> u64 {
        self.towns.iter().filter(|(_, units)| !units.is_empty()).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixtures::day;

    #[test]
    fn a_town_is_covered_while_one_of_its_units_stands() {
        let towns = Towns::shipped();
        let unit = |number, town, founded: &str, closed: Option<&str>| Unit {
            number,
            town: TownCode(town),
            name: "n".into(),
            founded: day(founded),
            closed: closed.map(day),
            contact: String::new(),
        };
        let units = [
            unit(1, 512_002_001, "2022-05-08", Some("2024-12-31")),
            unit(2, 512_002_001, "2021-03-01", None),
            unit(3, 512_002_100, "2023-01-01", Some("2024-06-30")),
            unit(4, 999_999_999, "2021-01-01", None),
        ];
        let covered = |on: &str| Coverage::of(&units, &towns, day(on)).covered();
        assert_eq!(["2021-02-28", "2021-03-01", "2023-06-01", "2024-06-30", "2024-07-01"].map(covered), [0, 1, 2, 2, 1]);
        let coverage = Coverage::of(&units, &towns, day("2023-06-01"));
        assert_eq!(coverage.towns.len(), towns.towns.len());
        let here = coverage.towns.iter().find(|(town, _)| town.0 == 512_002_001).unwrap();
        assert_eq!(here.1.iter().map(|u| u.number).collect::<Vec<_>>(), [2, 1], "the oldest first");
    }
}
