//! Plans and figures entered for them: the shipped plan, the branch's own ones, and what was entered.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::reports::targets::{Count, Entry, Indicator, Plan, Plans};
use crate::store::{AuditEntry, StoreError};

use crate::app::{Actor, App, AppError};

/// The branch's own plans and entered figures, as one setting: nothing personal.
const SETTING: &str = "plans";
/// Most indicators of one plan.
const MOST: usize = 20;

/// A plan as it is typed.
pub struct PlanForm {
    /// Its name.
    pub name: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// A line an indicator: name, unit, target, how it is counted, with commas between.
    pub indicators: String,
}

/// A figure as it is typed.
pub struct EntryForm {
    /// Of which plan and indicator: `plan/indicator`.
    pub indicator: String,
    /// First day it is for.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// The figure.
    pub value: Option<u64>,
    /// Where it comes from.
    pub source: String,
    /// What proves it.
    pub evidence: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Own {
    #[serde(default)]
    plans: Vec<Plan>,
    #[serde(default)]
    entries: Vec<Entered>,
}

#[derive(Serialize, Deserialize)]
struct Entered {
    /// `plan/indicator`: the plan's first day and the indicator's key.
    indicator: String,
    entry: Entry,
}

fn place(plan: &Plan, indicator: &Indicator) -> String {
    format!("{}/{}", plan.from, indicator.key)
}

impl App {
    /// Every plan with what was entered for it.
    pub async fn plans(&self) -> Result<Plans, AppError> {
        let own = own(self.store.setting(SETTING).await?)?;
        let mut plans = Plans::shipped();
        plans.plans.extend(own.plans);
        for plan in &mut plans.plans {
            let from = plan.from;
            for indicator in &mut plan.indicators {
                let at = format!("{from}/{}", indicator.key);
                indicator.entries.extend(own.entries.iter().filter(|e| e.indicator == at).map(|e| e.entry.clone()));
            }
        }
        Ok(plans)
    }

    /// The indicators whose figures are entered: `plan/indicator` and the names of both.
    pub async fn entered_indicators(&self) -> Result<Vec<(String, String)>, AppError> {
        let plans = self.plans().await?;
        let all = plans.plans.iter().flat_map(|p| p.indicators.iter().filter(|i| i.count == Count::Entered).map(move |i| (p, i)));
        Ok(all.map(|(p, i)| (place(p, i), format!("{} · {}", i.name, p.to.format("%Y")))).collect())
    }

    /// Adds a plan.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn add_plan(&self, actor: Actor, form: &PlanForm, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Publish)?;
        let input = |field, hint| AppError::Input { field, hint };
        let name = form.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(input("name", "give a name of at most 100 characters"));
        }
        let from = form.from.ok_or(input("from", "give the first day"))?;
        let to = form.to.filter(|to| *to >= from).ok_or(input("to", "give the last day, not before the first"))?;
        let lines = form.indicators.lines().map(str::trim).filter(|l| !l.is_empty());
        let indicators: Option<Vec<Indicator>> = lines.enumerate().map(|(at, line)| indicator(at, line)).collect();
        let indicators = indicators
            .filter(|all| (1..=MOST).contains(&all.len()))
            .ok_or(input("indicators", "write a line an indicator: name, unit, target, and how it is counted"))?;
        let plan = Plan { name: name.to_owned(), name_en: name.to_owned(), from, to, indicators };
        if self.plans().await?.plans.iter().any(|p| p.from == from) {
            return Err(input("from", "there is a plan that begins on this day"));
        }
        let entry = AuditEntry::on(now, actor.staff(), "plan.add", "plan", None).with("from", from).with("to", to);
        self.change_own(entry, |own| own.plans.push(plan)).await
    }

    /// Enters a figure for a period.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn enter_figure(&self, actor: Actor, form: &EntryForm, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Publish)?;
        let input = |field, hint| AppError::Input { field, hint };
        let plans = self.plans().await?;
        let plan = plans.plans.iter().find(|p| p.indicators.iter().any(|i| i.count == Count::Entered && place(p, i) == form.indicator));
        let plan = plan.ok_or(input("indicator", "choose an indicator"))?;
        let from = form.from.filter(|d| *d >= plan.from).ok_or(input("from", "give the first day, within the plan's period"))?;
        let to = form.to.filter(|d| *d >= from && *d <= plan.to).ok_or(input("to", "give the last day, within the plan's period"))?;
        let value = form.value.filter(|v| *v <= 1_000_000_000).ok_or(input("value", "give a whole number"))?;
        let text = |text: &str| text.trim().chars().take(200).collect::<String>();
        let (source, evidence) = (text(&form.source), text(&form.evidence));
        if source.is_empty() {
            return Err(input("source", "say where the figure comes from"));
        }
        let entry = AuditEntry::on(now, actor.staff(), "plan.enter", "plan", None).with("indicator", &form.indicator).with("value", value);
        let entered = Entered { indicator: form.indicator.clone(), entry: Entry { from, to, value, source, evidence } };
        self.change_own(entry, |own| own.entries.push(entered)).await
    }

    async fn change_own(&self, entry: AuditEntry, change: impl FnOnce(&mut Own)) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        let mut stored = own(tx.setting(SETTING).await?)?;
        change(&mut stored);
        let text = serde_json::to_string(&stored).map_err(|_| StoreError::Damaged("setting"))?;
        tx.put_setting(SETTING, &text).await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn own(setting: Option<String>) -> Result<Own, StoreError> {
    setting.map_or(Ok(Own::default()), |text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting")))
}

/// An indicator from its line: name, unit, target, how it is counted.
fn indicator(at: usize, line: &str) -> Option<Indicator> {
    let parts: Vec<&str> = line.split([',', '，', '\t']).map(str::trim).collect();
    let [name, unit, target, how] = parts.as_slice() else { return None };
    let target = target.parse().ok()?;
    let (count, registries) = match *how {
        "录入" | "entered" => (Count::Entered, Vec::new()),
        "入库" | "enrolled" => (Count::FirstEnrolled, vec![Registry::StemCell]),
        "献血" | "blood" => (Count::FirstInPool, vec![Registry::Blood]),
        "造血干细胞" | "stem-cell" => (Count::FirstInPool, vec![Registry::StemCell]),
        "遗体器官" | "organ-body" => (Count::FirstInPool, vec![Registry::OrganBody]),
        "基层组织" | "unit" => (Count::TownsWithUnit, Vec::new()),
        "志愿者" | "volunteer" => (Count::FirstInPool, vec![Registry::Volunteer]),
        _ => return None,
    };
    let filled = |text: &&str| !text.is_empty() && text.chars().count() <= 60;
    let (name, unit) = Some((*name, *unit)).filter(|(n, u)| filled(n) && filled(u))?;
    Some(Indicator {
        key: format!("own-{}", at + 1),
        name: name.to_owned(),
        name_en: name.to_owned(),
        unit: unit.to_owned(),
        unit_en: None,
        target,
        count,
        registries,
        entries: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indicator_is_read_from_its_line_or_refused() {
        let read = indicator(0, "造血干细胞采样入库，人份, 260，入库").unwrap();
        assert_eq!((read.target, read.count, read.registries.as_slice()), (260, Count::FirstEnrolled, &[Registry::StemCell][..]));
        assert_eq!(indicator(1, "Attendances,人次,30000,entered").unwrap().key, "own-2");
        for bad in ["", "a,b,c,entered", "a,b,3", "a,b,3,guess", ",b,3,entered"] {
            assert!(indicator(0, bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn own_plans_are_read_back_as_they_were_stored() {
        let plan = Plan {
            name: "p".into(),
            name_en: "p".into(),
            from: "2026-01-01".parse().unwrap(),
            to: "2030-12-31".parse().unwrap(),
            indicators: vec![indicator(0, "a,b,3,entered").unwrap()],
        };
        let text = serde_json::to_string(&Own { plans: vec![plan.clone()], entries: Vec::new() }).unwrap();
        assert_eq!(own(Some(text)).unwrap().plans, [plan]);
    }
}
