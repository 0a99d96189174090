//! A report as people and programs get it: sections with charts and tables for a page or a print, one long table for programs.

mod flows;
mod page;
mod pool;
mod survival;

use serde_json::{Value as Json, json};

use super::chart::Chart;
use super::definitions::Definition;
use super::export::{Table, workbook};
use super::{Lang, ReportError};

pub use flows::flows_report;
pub use pool::pool_report;
pub use survival::survival_report;

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

    /// The long table as JSON, with title, what stands below it, and the definitions.
    pub fn json(&self) -> Json {
        let about: serde_json::Map<String, Json> = self.about.iter().map(|(k, v)| (k.clone(), Json::from(v.as_str()))).collect();
        let rows = self.data.to_json().get_mut("rows").map_or(Json::Null, Json::take);
        let definitions: Vec<Json> = self
            .definitions
            .iter()
            .map(|d| json!({"key": d.key, "name": d.name(self.lang), "text": d.text(self.lang), "source": d.source}))
            .collect();
        json!({"title": self.title, "about": about, "rows": rows, "definitions": definitions})
    }
}

/// The definitions of keys; a key without one is a mistake of the program and simply not printed (a test looks for those).
fn defined(keys: &[&str]) -> Vec<&'static Definition> {
    keys.iter().filter_map(|key| super::definitions::by_key(key)).collect()
}
