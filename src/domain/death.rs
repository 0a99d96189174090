//! That somebody has died: the day, and who told of it. One sealed fact of each of their registrations, never changed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::death_notice::Caller;
use super::guarded::{Guarded, opaque_debug};
use super::outside::words;
use super::person::BirthDate;

/// Who told of a death: a closed list, and nobody by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeathSource {
    /// 家属
    Family,
    /// 医院
    Hospital,
    /// 执行人
    Executor,
    /// 公安、民政、村（社区）
    Authority,
    /// Somebody else who knows.
    Other,
}

words!(DeathSource: Family = "family", Hospital = "hospital", Executor = "executor", Authority = "authority", Other = "other");

impl From<Caller> for DeathSource {
    fn from(caller: Caller) -> Self {
        match caller {
            Caller::Family => Self::Family,
            Caller::Hospital => Self::Hospital,
            Caller::Executor => Self::Executor,
            Caller::Other => Self::Other,
        }
    }
}

/// A death as it was told.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// The day of it.
    pub day: NaiveDate,
    /// Who told of it.
    pub told_by: DeathSource,
}

opaque_debug!(Death);

impl Death {
    /// Whether a death may have been on its day: not in the future, and not before the birth, as far as that is known.
    pub fn is_possible(self, birth: Option<BirthDate>, today: NaiveDate) -> bool {
        self.day <= today && birth.is_none_or(|born| born.is_by(self.day))
    }

    /// The day and the source, for a page.
    pub fn told(death: &Guarded<Self>) -> (NaiveDate, DeathSource) {
        let death = death.reveal();
        (death.day, death.told_by)
    }
}

impl Zeroize for Death {
    fn zeroize(&mut self) {
        *self = Self { day: NaiveDate::MIN, told_by: DeathSource::Other };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_died_tomorrow_or_before_they_were_born() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let died = |on: &str| Death { day: day(on), told_by: DeathSource::Family };
        let today = day("2026-11-27");
        assert!(died("2026-11-27").is_possible(None, today) && died("2026-11-01").is_possible(None, today));
        assert!(!died("2026-11-28").is_possible(None, today));
        let born = Some(BirthDate::Day(day("1949-12-31")));
        assert!(died("1949-12-31").is_possible(born, today) && !died("1949-12-30").is_possible(born, today));
        assert!(!died("1948-12-31").is_possible(Some(BirthDate::Year(1949)), today));
    }
}
