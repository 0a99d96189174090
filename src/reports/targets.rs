//! Plan targets: plans, periods and indicators are data (TOML); counted indicators come from the facts, others are entered with source and evidence.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::facts::packed::{Packed, day_number, exit_reason, registry_at};
use super::facts::standing::{ENROLLED, Standing, counts};
use super::facts::{FactBook, Unions, limit};
use crate::domain::registry::{ExitReason, Registry};

/// The plans of a branch.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Plans {
    /// The plans, any number, past and coming.
    #[serde(rename = "plan", default)]
    pub plans: Vec<Plan>,
}

/// A plan with its period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Its name on English pages.
    pub name_en: String,
    /// First day.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub to: NaiveDate,
    /// What it counts.
    #[serde(rename = "indicator", default)]
    pub indicators: Vec<Indicator>,
}

/// One target of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// The name programs read.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its name on English pages.
    pub name_en: String,
    /// What is counted: 人, 人份, 人次, 个镇街.
    pub unit: String,
    /// The same on English pages, where it was told.
    #[serde(default)]
    pub unit_en: Option<String>,
    /// How many the plan asks for.
    pub target: u64,
    /// How it is counted.
    pub count: Count,
    /// Of which registries, where it is counted from the facts.
    #[serde(default)]
    pub registries: Vec<Registry>,
    /// What was entered, where it is not.
    #[serde(rename = "entry", default)]
    pub entries: Vec<Entry>,
}

/// How an indicator is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// Persons whose first accepted sample (入库) falls into the plan's period.
    FirstEnrolled,
    /// Persons newly in the pool of one of the registries, each once, whichever and however many they joined.
    FirstInPool,
    /// Towns in which a grass-roots unit stands at the end of the day.
    TownsWithUnit,
    /// Entered.
    Entered,
}

/// A figure entered for a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// First day it is for.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    pub to: NaiveDate,
    /// The figure.
    pub value: u64,
    /// Where it comes from.
    pub source: String,
    /// What proves it.
    #[serde(default)]
    pub evidence: String,
}

impl Plans {
    /// Reads plans.
    ///
    /// # Errors
    /// The TOML reader's message, which names line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The plan the program ships: the branch's of 2021 to 2025.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../rules/plan.toml")).expect("the shipped plan is read by a test")
    }

    /// The plan of a day, else the last that ended before it, else the first.
    pub fn on(&self, day: NaiveDate) -> Option<&Plan> {
        let of = self.plans.iter().find(|p| p.from <= day && day <= p.to);
        of.or_else(|| self.plans.iter().filter(|p| p.to < day).max_by_key(|p| p.to)).or_else(|| self.plans.first())
    }
}

/// How far an indicator is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// The indicator's key.
    pub key: String,
    /// How many are asked for.
    pub target: u64,
    /// New within the period up to the day, duplicates taken off: the figure the plan means.
    pub gross: u64,
    /// Of these withdrawn by the day; none where the figure is entered.
    pub withdrawn: Option<u64>,
    /// Months of the period after the day, parts of one counted as one.
    pub months_left: u32,
    /// How many a month are still needed; none when the period is over.
    pub pace: Option<f64>,
}

impl Progress {
    /// Gross over target.
    pub fn share(&self) -> f64 {
        if self.target == 0 { 1.0 } else { self.gross as f64 / self.target as f64 }
    }
}

impl FactBook {
    /// The progress of every indicator of a plan by the end of a day; `covered` is how many towns have a grass-roots unit then.
    pub fn targets(&self, plan: &Plan, covered: u64, day: NaiveDate) -> Vec<Progress> {
        let months_left = months_left(day, plan.to);
        let of = |i: &Indicator| {
            let (gross, withdrawn) = match i.count {
                Count::Entered => {
                    (i.entries.iter().filter(|e| e.to <= day && e.from >= plan.from && e.to <= plan.to).map(|e| e.value).sum(), None)
                }
                Count::TownsWithUnit => (covered, None),
                counted => {
                    let (gross, withdrawn) = self.newcomers(plan, day, counted, &i.registries);
                    (gross, Some(withdrawn))
                }
            };
            let pace = (months_left > 0).then(|| i.target.saturating_sub(gross) as f64 / f64::from(months_left));
            Progress { key: i.key.clone(), target: i.target, gross, withdrawn, months_left, pace }
        };
        plan.indicators.iter().map(of).collect()
    }

    /// Persons whose first day falls into the plan's period, and how many of them stand as withdrawn in all those registries at the end of the day.
    fn newcomers(&self, plan: &Plan, day: NaiveDate, count: Count, registries: &[Registry]) -> (u64, u64) {
        let until = limit(day.min(plan.to));
        let (from, known_day) = (day_number(plan.from), limit(day));
        let books: Vec<usize> = registries.iter().map(|r| registry_at(*r)).collect();
        let (mut gross, mut withdrawn) = (0, 0);
        let mut person = |first: Option<i32>, now: &Standing| {
            if first.is_some_and(|first| from <= first && first <= until) {
                gross += 1;
                let left = |book: &usize| exit_reason(now.stand[*book]) == Some(ExitReason::Withdrew);
                let nowhere = books.iter().all(|b| !now.counts(*b));
                withdrawn += u64::from(nowhere && books.iter().any(left));
            }
        };
        let begins = |fact: &Packed| {
            let status = fact.event;
            books.contains(&fact.registry()) && if count == Count::FirstEnrolled { status == ENROLLED } else { counts(status) }
        };
        for run in self.alone() {
            let mut standing = Standing::NEW;
            let mut first = None;
            for fact in run.iter().take_while(|f| f.day <= known_day).filter(|f| f.known_at(i32::MAX)) {
                standing.apply(fact);
                first = first.or_else(|| begins(fact).then_some(fact.day));
            }
            person(first, &standing);
        }
        for facts in self.tied() {
            let mut unions = Unions::default();
            let past: Vec<_> = facts.iter().take_while(|(_, f)| f.day <= known_day).filter(|(_, f)| f.known_at(i32::MAX)).collect();
            for (who, fact) in &past {
                unions.apply(*who, fact);
            }
            for union in unions.each() {
                let first = past.iter().find(|(who, f)| union.holds(*who) && begins(f)).map(|(_, f)| f.day);
                person(first, &union.standing);
            }
        }
        (gross, withdrawn)
    }
}

fn months_left(day: NaiveDate, to: NaiveDate) -> u32 {
    if day >= to {
        return 0;
    }
    let months = (to.year() - day.year()) * 12 + to.month().cast_signed() - day.month().cast_signed();
    let part = i32::from(to.day() > day.day());
    u32::try_from(months + part).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, FactEvent};
    use crate::domain::registry::EnrolmentStatus::{Enrolled, Exited, Registered};
    use crate::domain::town::Towns;
    use crate::reports::fixtures::{self, day, id};

    fn fact(who: u128, on: &str, registry: Registry, event: FactEvent) -> Fact {
        Fact { registry, ..fixtures::fact(who, on, event) }
    }

    #[test]
    fn the_shipped_plan_is_read() {
        let plans = Plans::shipped();
        let plan = plans.on(day("2026-11-23")).unwrap();
        assert_eq!(plan.to, day("2025-12-31"), "the plan that ended last serves until the next is entered");
        assert_eq!(plan.indicators.iter().map(|i| i.target).collect::<Vec<_>>(), [200, 50, 4800, 29000, 22]);
        assert_eq!(Towns::shipped().towns.len(), 22, "the plan asks for a unit in every town");
    }

    #[test]
    fn a_person_is_new_once_however_often_registered_joined_or_withdrawn() {
        let organ = Registry::OrganBody;
        let book = FactBook::new(vec![
            fact(1, "2021-03-01", organ, FactEvent::Status(Registered)),
            fact(1, "2022-03-01", organ, FactEvent::Status(Exited(ExitReason::Withdrew))),
            fact(2, "2020-03-01", organ, FactEvent::Status(Registered)),
            fact(2, "2021-03-01", organ, FactEvent::Status(Exited(ExitReason::Withdrew))),
            fact(2, "2022-03-01", organ, FactEvent::Status(Registered)),
            fact(3, "2021-05-01", organ, FactEvent::Status(Registered)),
            fact(4, "2021-06-01", organ, FactEvent::Status(Registered)),
            fact(4, "2021-07-01", organ, FactEvent::JoinedInto(id(3))),
            fact(5, "2023-06-01", Registry::StemCell, FactEvent::Status(Registered)),
            fact(5, "2023-08-01", Registry::StemCell, FactEvent::Status(Enrolled)),
        ]);
        let plans = Plans::shipped();
        let progress = book.targets(&plans.plans[0], 7, day("2024-12-31"));
        assert_eq!((progress[4].gross, progress[4].withdrawn), (7, None));
        assert_eq!((progress[0].gross, progress[0].withdrawn), (1, Some(0)));
        assert_eq!(
            (progress[1].gross, progress[1].withdrawn),
            (2, Some(1)),
            "one withdrew; 3 and 4 are one person; 2 came before the plan"
        );
        assert_eq!((progress[1].months_left, progress[1].pace), (12, Some(4.0)));
        assert_eq!(book.targets(&plans.plans[0], 7, day("2026-01-31"))[0].pace, None);
    }
}
