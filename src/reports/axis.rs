//! What figures are broken down by, and the cells of each breakdown. Unknown is a cell, so every breakdown sums to its total.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Lang;
use crate::domain::fact::Channel;
use crate::domain::person::Sex;
use crate::domain::registry::Registry;
use crate::domain::town::{TownCode, Towns};

/// What a figure is broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Registered or on the stem-cell file.
    Stage,
    /// 镇街
    Town,
    /// 性别
    Sex,
    /// 年龄段
    Age,
    /// How the registrant came.
    Channel,
    /// The drive they came by.
    Drive,
}

impl Dimension {
    /// Every dimension, in the order of a report.
    pub const ALL: [Self; 6] = [Self::Stage, Self::Town, Self::Sex, Self::Age, Self::Channel, Self::Drive];

    /// The word of files and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Town => "town",
            Self::Sex => "sex",
            Self::Age => "age",
            Self::Channel => "channel",
            Self::Drive => "drive",
        }
    }

    /// The heading on a report.
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Stage => lang.pick("阶段", "Stage"),
            Self::Town => lang.pick("镇街", "Town"),
            Self::Sex => lang.pick("性别", "Sex"),
            Self::Age => lang.pick("年龄段", "Age"),
            Self::Channel => lang.pick("来源", "Channel"),
            Self::Drive => lang.pick("招募活动", "Drive"),
        }
    }
}

/// A band of ages in years, both ends included. The age is the one reached in the calendar year: facts hold the year of birth alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct AgeBand(u8);

/// Highest age of each band but the last. 45 ends the stem-cell entry age, 60 is near the donation ages of blood; WMDA reports those under 36.
const UPPER: [i32; 6] = [17, 25, 35, 45, 55, 65];

impl AgeBand {
    /// How many bands there are.
    pub const COUNT: usize = UPPER.len() + 1;

    /// The band of an age; none for an age that cannot be.
    pub fn of(age: i32) -> Option<Self> {
        if !(0..=130).contains(&age) {
            return None;
        }
        let at = UPPER.iter().position(|top| age <= *top).unwrap_or(UPPER.len());
        u8::try_from(at).ok().map(Self)
    }

    /// Its place among the bands, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn from_index(index: usize) -> Option<Self> {
        (index < Self::COUNT).then(|| u8::try_from(index).ok().map(Self)).flatten()
    }

    /// First and last age; the last band is open.
    pub fn ages(self) -> (i32, Option<i32>) {
        let low = if self.0 == 0 { 0 } else { UPPER.get(self.index() - 1).map_or(0, |top| top + 1) };
        (low, UPPER.get(self.index()).copied())
    }

    /// As printed: `18–25`, `65+`.
    pub fn label(self, lang: Lang) -> String {
        match (self.ages(), lang) {
            ((0, Some(high)), Lang::Zh) => format!("{high} 岁及以下"),
            ((0, Some(high)), Lang::En) => format!("up to {high}"),
            ((low, Some(high)), Lang::Zh) => format!("{low}–{high} 岁"),
            ((low, Some(high)), Lang::En) => format!("{low}–{high}"),
            ((low, None), Lang::Zh) => format!("{low} 岁及以上"),
            ((low, None), Lang::En) => format!("{low} and over"),
        }
    }
}

/// The stage within the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// In the pool, for stem cells awaiting the accepted sample.
    Registered,
    /// 入库
    Enrolled,
}

/// One cell of a breakdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Everybody.
    All,
    /// A stage of the pool.
    Stage(Stage),
    /// A town, or unknown.
    Town(Option<TownCode>),
    /// A sex, or unknown.
    Sex(Option<Sex>),
    /// An age band, or unknown.
    Age(Option<AgeBand>),
    /// A channel.
    Channel(Channel),
    /// A drive, or none.
    Drive(Option<u32>),
}

/// The names that cells are printed with: the branch's towns and a name for each drive.
pub struct Names<'a> {
    /// The branch's towns.
    pub towns: &'a Towns,
    /// The name of a drive by its running number; its number where this gives none.
    pub drive: &'a dyn Fn(u32) -> Option<String>,
    /// The language.
    pub lang: Lang,
}

impl Names<'_> {
    /// A cell as printed.
    pub fn cell(&self, cell: Cell) -> String {
        let lang = self.lang;
        let unknown = || lang.pick("未注明", "Not stated").to_owned();
        match cell {
            Cell::All => lang.pick("合计", "Total").to_owned(),
            Cell::Stage(Stage::Registered) => lang.pick("已登记", "Registered").to_owned(),
            Cell::Stage(Stage::Enrolled) => lang.pick("已入库", "Enrolled").to_owned(),
            Cell::Town(None) | Cell::Sex(None) | Cell::Age(None) => unknown(),
            Cell::Town(Some(code)) => {
                self.towns.by_code(code).map_or_else(|| code.to_string(), |t| lang.pick(&t.name, &t.name_en).to_owned())
            }
            Cell::Sex(Some(Sex::Male)) => lang.pick("男", "Male").to_owned(),
            Cell::Sex(Some(Sex::Female)) => lang.pick("女", "Female").to_owned(),
            Cell::Age(Some(band)) => band.label(lang),
            Cell::Channel(channel) => channel_name(channel, lang).to_owned(),
            Cell::Drive(None) => lang.pick("非活动", "No drive").to_owned(),
            Cell::Drive(Some(number)) => (self.drive)(number).unwrap_or_else(|| match lang {
                Lang::Zh => format!("活动 {number}"),
                Lang::En => format!("Drive {number}"),
            }),
        }
    }
}

/// A registry as printed.
pub const fn registry_name(registry: Registry, lang: Lang) -> &'static str {
    match registry {
        Registry::Blood => lang.pick("无偿献血", "Blood"),
        Registry::StemCell => lang.pick("造血干细胞", "Stem cells"),
        Registry::OrganBody => lang.pick("遗体和人体器官", "Organs and body"),
        Registry::Volunteer => lang.pick("献血志愿服务", "Volunteers"),
    }
}

/// A channel as printed.
pub const fn channel_name(channel: Channel, lang: Lang) -> &'static str {
    match channel {
        Channel::Import => lang.pick("表格导入", "Imported sheet"),
        Channel::Drive => lang.pick("招募活动", "Drive"),
        Channel::Office => lang.pick("办公室", "Office"),
        Channel::SelfService => lang.pick("本人自助", "Self-service"),
    }
}

/// A day, and what is known by when: facts recorded later than `known` are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// The day whose end is shown.
    pub day: NaiveDate,
    /// The last day whose recordings count.
    pub known: NaiveDate,
}

impl AsOf {
    /// The end of a day with all that is known now.
    pub const fn day(day: NaiveDate) -> Self {
        Self { day, known: NaiveDate::MAX }
    }

    /// The end of a day as it was known then: what a report frozen on that day shows for good.
    pub const fn frozen(day: NaiveDate) -> Self {
        Self { day, known: day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_falls_into_exactly_one_band() {
        for age in 0..=130 {
            let band = AgeBand::of(age).expect("a possible age");
            let (low, high) = band.ages();
            assert!(low <= age && high.is_none_or(|h| age <= h), "age {age}");
        }
        assert_eq!(AgeBand::of(-1), None);
        assert_eq!(AgeBand::of(131), None);
        assert_eq!(AgeBand::of(45).map(|b| b.label(Lang::Zh)), Some("36–45 岁".to_owned()));
    }
}
