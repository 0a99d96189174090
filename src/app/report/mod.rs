//! Reports, counted from the facts in memory. No compartment but `statistics` is opened.

mod monthly;
mod plan;
mod release;
mod unit;

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::Compartment;
use crate::domain::registry::Registry;
use crate::reports::Lang;
use crate::reports::axis::{AsOf, Names};
use crate::reports::document::{
    Brief, Report, Requests, Standing, attrition_report, brief_report, completeness, flows_report, pool_report, public_report,
    reneging_report, retention_report, targets_report,
};
use crate::reports::facts::FactBook;
use crate::reports::flows::{Flows, Period};
use crate::reports::openings::Openings;
use crate::reports::pool::{Counted, Pool};
use crate::reports::reneging::Funnel;
use crate::reports::units::Coverage;

use super::{App, AppError};

pub use plan::{EntryForm, PlanForm};
pub use release::{Published, StoredRelease};
pub use unit::UnitForm;

/// The facts, and the change they were read at.
#[derive(Default)]
pub struct Book {
    read_at: Option<(i64, u64)>,
    facts: FactBook,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// 库容
    Pool,
    /// 进出
    Flows,
    /// 流失
    Attrition,
    /// 反悔、回访、捐献的实现
    Reneging,
    /// 规划指标
    Targets,
    /// 保留
    Retention(Registry),
    /// 简报
    Brief,
    /// 信息公开, as it would be published.
    Public,
}

impl ReportKind {
    /// The kind of a word: of the command line and of addresses.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "pool" => Self::Pool,
            "flows" => Self::Flows,
            "attrition" => Self::Attrition,
            "reneging" => Self::Reneging,
            "targets" => Self::Targets,
            "brief" => Self::Brief,
            "public" => Self::Public,
            _ => Self::Retention(Registry::from_word(word.strip_prefix("retention-")?)?),
        })
    }

    /// Its word.
    pub fn word(self) -> String {
        match self {
            Self::Pool => "pool".to_owned(),
            Self::Flows => "flows".to_owned(),
            Self::Attrition => "attrition".to_owned(),
            Self::Reneging => "reneging".to_owned(),
            Self::Targets => "targets".to_owned(),
            Self::Brief => "brief".to_owned(),
            Self::Public => "public".to_owned(),
            Self::Retention(registry) => format!("retention-{}", registry.word()),
        }
    }
}

/// The first day of the year of a day: where periods begin that nobody named.
pub fn year_begins(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day)
}

impl App {
    /// The pool at the end of a day.
    ///
    /// # Errors
    /// [`AppError::Sealed`] in a process without the statistics key.
    pub async fn pool(&self, as_of: NaiveDate) -> Result<Pool, AppError> {
        Ok(self.book().await?.facts.pool(AsOf::day(as_of)))
    }

    /// Who came in and went out between two days, both included.
    ///
    /// # Errors
    /// As [`App::pool`]; [`AppError::Report`] for a period that ends before it begins.
    pub async fn flows(&self, from: NaiveDate, to: NaiveDate) -> Result<Flows, AppError> {
        let book = self.book().await?;
        let period = Period::current(&book.facts, from, to)?;
        Ok(book.facts.flows(period))
    }

    /// The names of drives by number, for the breakdown by drive.
    pub async fn drive_names(&self) -> Result<Vec<(u32, String)>, AppError> {
        let drives = self.store.drives().await?;
        Ok(drives.into_iter().filter_map(|d| Some((u32::try_from(d.number).ok()?, d.name))).collect())
    }

    /// A finished report of a period; reports of a day alone leave its beginning aside. Nothing is stored.
    ///
    /// # Errors
    /// As [`App::flows`].
    pub async fn report(&self, kind: ReportKind, from: NaiveDate, as_of: NaiveDate, lang: Lang) -> Result<Report, AppError> {
        let plans = self.plans().await?;
        let coverage = Coverage::of(&self.units().await?, &self.towns, as_of);
        let funnel = if kind == ReportKind::Reneging { Some(self.funnel(from, as_of).await?) } else { None };
        let openings = if kind == ReportKind::Reneging { self.openings_counted(from, as_of).await? } else { Openings::default() };
        let before = if kind == ReportKind::Public { Some(self.release_on(as_of).await?) } else { None };
        let drives: HashMap<u32, String> = self.drive_names().await?.into_iter().collect();
        let book = self.book().await?;
        let names = Names { towns: &self.towns, drive: &|n| drives.get(&n).cloned(), lang };
        let facts = &book.facts;
        let (at, rules) = (AsOf::day(as_of), facts.rules(as_of));
        if let Some(before) = before {
            return Ok(match before {
                Published::Is(stored) => public_report(&stored.release, stored.standing(self.config.zone), &names),
                Published::WouldBe(pattern) => public_report(&facts.release(at, &pattern), Standing::Preview, &names),
            });
        }
        let period = Period::current(facts, from, as_of)?;
        let pool = facts.pool(at);
        let report = match kind {
            ReportKind::Pool | ReportKind::Public => pool_report(&pool, &names),
            ReportKind::Flows => flows_report(&facts.flows(period), &names),
            ReportKind::Attrition => {
                let previous = before_period(from, as_of).map(|(a, b)| Period::restated(a, b)).transpose()?;
                attrition_report(&facts.attrition(period), previous.map(|p| facts.attrition(p)).as_ref(), &names)
            }
            ReportKind::Reneging => {
                let requests = Requests {
                    reneging: facts.reneging(from, as_of),
                    funnel,
                    organs: facts.flows(period).total(Counted::Registry(Registry::OrganBody)),
                    notices: facts.notices(from, as_of),
                    openings,
                    organs_unverified: pool.registry(Registry::OrganBody).parts.unverified,
                };
                reneging_report(&requests, lang)
            }
            ReportKind::Targets => {
                let plan = plans.on(as_of).ok_or(AppError::Missing("plan"))?;
                targets_report(plan, &facts.targets(plan, coverage.covered(), as_of), as_of, lang).with_units(&coverage, &names)
            }
            ReportKind::Retention(registry) => retention_report(&facts.retention(registry, at), lang),
            ReportKind::Brief => {
                let plan = plans.on(as_of).ok_or(AppError::Missing("plan"))?.clone();
                let brief = Brief {
                    branch: self.branch(lang == Lang::En).to_owned(),
                    flows: facts.flows(period),
                    attrition: facts.attrition(period),
                    progress: facts.targets(&plan, coverage.covered(), as_of),
                    plan,
                    pool: pool.clone(),
                };
                brief_report(&brief, &names)
            }
        };
        Ok(report.counted_by(rules, Some(completeness(&pool, lang))))
    }

    /// The follow-ups that fell due in a period, from due to outcome. Counted from states alone; no compartment is opened for it.
    async fn funnel(&self, from: NaiveDate, to: NaiveDate) -> Result<Funnel, AppError> {
        use crate::store::TaskState;
        let mut funnel = Funnel::default();
        for (state, reason, sent, count) in self.store.count_tasks_between(from, to).await? {
            funnel.due += count;
            let outcome = match (state, reason.as_deref()) {
                (TaskState::Done, Some(reason)) => Some(reason.to_owned()),
                _ => None,
            };
            if outcome.is_none() && !sent {
                continue;
            }
            funnel.tried += count;
            funnel.followed_up += count;
            let Some(outcome) = outcome else { continue };
            if matches!(outcome.as_str(), "reached" | "verified" | "not-me" | "withdrew") {
                funnel.reached += count;
            }
            match funnel.outcomes.iter_mut().find(|(key, _)| *key == outcome) {
                Some((_, n)) => *n += count,
                None => funnel.outcomes.push((outcome, count)),
            }
        }
        funnel.outcomes.sort();
        Ok(funnel)
    }

    async fn book(&self) -> Result<tokio::sync::RwLockReadGuard<'_, Book>, AppError> {
        if !self.vault.opens(Compartment::Statistics) {
            return Err(AppError::Sealed("statistics"));
        }
        // Some facts (a verification, a deferral) come without a change of the feed.
        let seq = (self.store.last_change().await?, self.store.count_facts().await?);
        {
            let book = self.facts.read().await;
            if book.read_at == Some(seq) {
                return Ok(book);
            }
        }
        let mut book = self.facts.write().await;
        if book.read_at != Some(seq) {
            let mut facts = Vec::new();
            self.store.facts(&self.vault, |fact| facts.push(fact)).await?;
            *book = Book { read_at: Some(seq), facts: FactBook::new(facts) };
        }
        Ok(book.downgrade())
    }
}

/// The period of the same length that ends on the eve of another.
fn before_period(from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let days = u64::try_from((to - from).num_days()).ok()?;
    let last = from.checked_sub_days(Days::new(1))?;
    Some((last.checked_sub_days(Days::new(days))?, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_word() {
        let kinds = [
            ReportKind::Pool,
            ReportKind::Flows,
            ReportKind::Attrition,
            ReportKind::Reneging,
            ReportKind::Targets,
            ReportKind::Brief,
            ReportKind::Public,
            ReportKind::Retention(Registry::StemCell),
        ];
        for kind in kinds {
            assert_eq!(ReportKind::from_word(&kind.word()), Some(kind));
        }
        assert_eq!(ReportKind::from_word("retention-nothing"), None);
    }

    #[test]
    fn the_period_before_is_as_long_and_touches() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(before_period(day("2025-01-01"), day("2025-12-31")), Some((day("2024-01-02"), day("2024-12-31"))));
    }
}
