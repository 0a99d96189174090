//! A report as people and programs get it: sections with charts and tables for a page or a print, one long table for programs.

mod brief;
mod deaths;
mod explanation;
mod flows;
mod funnel;
mod page;
mod pool;
mod public;
mod rates;
mod retention;
mod survival;
mod targets;
mod units;

use serde_json::{Value as Json, json};

use super::chart::Chart;
use super::definitions::Definition;
use super::export::{Table, workbook};
use super::ruleset::RuleSet;
use super::{Lang, ReportError};

pub use brief::{Brief, brief_report};
pub use explanation::{About, ExplainedPair, ExplainedStep, explanation_report};
pub use flows::flows_report;
pub use funnel::{funnel_report, funnel_section};
pub use pool::{completeness, pool_report};
pub use public::{Release, Standing, public_report};
pub use rates::{Requests, attrition_report, reneging_report};
pub use retention::retention_report;
pub use survival::survival_report;
pub use targets::targets_report;

/// A finished report.
#[derive(Debug)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// What stands below the title: the day, the period, completeness; label and text.
    pub about: Vec<(String, String)>,
    /// Its parts in order.
    pub sections: Vec<Section>,
    /// All figures as one table with a row a figure's cell, for CSV and JSON.
    pub data: Table,
    /// What the figures mean.
    pub definitions: Vec<&'static Definition>,
    /// The language of its words.
    pub lang: Lang,
}

/// A part of a report.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// A sentence below the heading.
    pub lead: Option<String>,
    /// A chart.
    pub chart: Option<Chart>,
    /// The table beside it.
    pub table: Option<Table>,
    /// A remark below: whether it is good news, and the text.
    pub note: Option<(bool, String)>,
}

impl Section {
    fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), lead: None, chart: None, table: None, note: None }
    }
}

impl Report {
    /// Adds by which rule set it was counted and how complete the data behind it are.
    #[must_use]
    pub fn counted_by(mut self, rules: &RuleSet, complete: Option<String>) -> Self {
        self.about.push((self.lang.pick("规则集", "Rule set").to_owned(), rules.print(self.lang)));
        if let Some(complete) = complete {
            self.about.push((self.lang.pick("资料完整度", "Completeness").to_owned(), complete));
        }
        self
    }

    /// The sections as HTML for a page that has the product's stylesheet: no `<html>`, no title, no inline style.
    pub fn fragment(&self) -> String {
        page::fragment(self)
    }

    /// A page of its own, with its stylesheet, for the screen and A4.
    pub fn html(&self) -> String {
        page::page(self)
    }

    /// The first chart as a file; none where the report has no chart.
    pub fn svg(&self) -> Option<String> {
        self.sections.iter().find_map(|s| s.chart.as_ref()).map(Chart::file)
    }

    /// The tables of the sections as CSV files of their own, in the order of the report.
    ///
    /// # Errors
    /// [`ReportError::Text`].
    pub fn csv_of_sections(&self) -> Result<Vec<Vec<u8>>, ReportError> {
        self.sections.iter().filter_map(|s| s.table.as_ref()).map(Table::to_csv).collect()
    }

    /// The long table as CSV.
    ///
    /// # Errors
    /// [`ReportError::Text`].
    pub fn csv(&self) -> Result<Vec<u8>, ReportError> {
        self.data.to_csv()
    }

    /// A workbook: a sheet for each section's table, the long table, the definitions.
    ///
    /// # Errors
    /// [`ReportError::Workbook`].
    pub fn xlsx(&self) -> Result<Vec<u8>, ReportError> {
        let tables: Vec<&Table> = self.sections.iter().filter_map(|s| s.table.as_ref()).chain([&self.data]).collect();
        workbook(&tables, &self.definitions, self.lang)
    }

    /// The long table as `rows`, the sections' tables as `tables`, with title, what stands below it, and the definitions.
    pub fn json(&self) -> Json {
        let about: serde_json::Map<String, Json> = self.about.iter().map(|(k, v)| (k.clone(), Json::from(v.as_str()))).collect();
        let rows = self.data.to_json().get_mut("rows").map_or(Json::Null, Json::take);
        let definitions: Vec<Json> = self
            .definitions
            .iter()
            .map(|d| json!({"key": d.key, "name": d.name(self.lang), "text": d.text(self.lang), "source": d.source}))
            .collect();
        let tables: Vec<Json> = self.sections.iter().filter_map(|s| s.table.as_ref()).map(Table::to_json).collect();
        json!({"title": self.title, "about": about, "rows": rows, "tables": tables, "definitions": definitions})
    }
}

/// The definitions of keys; a key without one is a mistake of the program and simply not printed (a test looks for those).
fn defined(keys: &[&str]) -> Vec<&'static Definition> {
    keys.iter().filter_map(|key| super::definitions::by_key(key)).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::domain::registry::Registry;
    use crate::domain::town::Towns;
    use crate::reports::axis::{AsOf, Names};
    use crate::reports::facts::FactBook;
    use crate::reports::flows::Period;
    use crate::reports::openings::Openings;
    use crate::reports::pool::Counted;
    use crate::reports::reneging::Funnel;
    use crate::reports::suppress::Pattern;
    use crate::reports::targets::Plans;
    use crate::reports::units::Coverage;

    fn requests(book: &FactBook, from: NaiveDate, to: NaiveDate) -> Requests {
        let period = Period::restated(from, to).unwrap();
        let organs = Counted::Registry(Registry::OrganBody);
        Requests {
            reneging: book.reneging(from, to),
            funnel: Some(Funnel::default()),
            organs: book.flows(period).total(organs),
            notices: book.notices(from, to),
            openings: Openings::default(),
            organs_unverified: book.pool(AsOf::day(to)).registry(Registry::OrganBody).parts.unverified,
        }
    }

    fn brief(book: &FactBook, period: Period, as_of: AsOf) -> Brief {
        let plan = Plans::shipped().plans.remove(0);
        Brief {
            branch: "雁江区红十字会".to_owned(),
            pool: book.pool(as_of),
            flows: book.flows(period),
            attrition: book.attrition(period),
            progress: book.targets(&plan, 3, as_of.day),
            plan,
        }
    }

    fn every(book: &FactBook, lang: Lang) -> Vec<Report> {
        let day = |y| NaiveDate::from_ymd_opt(y, 6, 1).unwrap();
        let towns = Towns::shipped();
        let names = Names { towns: &towns, drive: &|_| None, lang };
        let period = Period::restated(day(2024), day(2025)).unwrap();
        let (plans, as_of) = (Plans::shipped(), AsOf::day(day(2025)));
        let plan = plans.on(day(2025)).unwrap();
        vec![
            pool_report(&book.pool(as_of), &names),
            flows_report(&book.flows(period), &names),
            attrition_report(&book.attrition(period), Some(&book.attrition(period)), &names),
            reneging_report(&requests(book, day(2024), day(2025)), lang),
            targets_report(plan, &book.targets(plan, 3, day(2025)), day(2025), lang)
                .with_units(&Coverage::of(&[], &towns, day(2025)), &names),
            retention_report(&book.retention(Registry::StemCell, as_of), lang),
            brief_report(&brief(book, period, as_of), &names),
            funnel_report(&Funnel::default(), lang),
            public_report(&book.release(as_of, &Pattern::default()), Standing::Preview, &names),
        ]
    }

    #[test]
    fn every_report_of_an_empty_registry_is_written_in_every_format_and_language() {
        for lang in [Lang::Zh, Lang::En] {
            for report in every(&FactBook::default(), lang) {
                assert!(!report.fragment().contains("style="), "{}", report.title);
                assert!(report.html().starts_with("<!doctype html>"));
                assert!(report.csv().unwrap().starts_with(b"\xef\xbb\xbf"));
                assert!(report.xlsx().unwrap().starts_with(b"PK"));
                assert!(report.json()["title"].is_string());
                assert!(!report.definitions.is_empty());
            }
        }
    }

    #[test]
    fn english_reports_hold_no_chinese_but_names() {
        for report in every(&FactBook::default(), Lang::En) {
            let chinese: String = report.fragment().chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).collect();
            // Units of a plan's indicators are the plan's own words.
            let chinese = chinese.replace("人份", "").replace("人次", "").replace("个镇街", "").replace('人', "");
            assert!(chinese.is_empty(), "{}: {chinese}", report.title);
        }
    }
}
