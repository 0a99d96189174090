//! The pool and its flows, counted from the statistics facts.

use askama::Template;

use super::chart::{Stack, Svg, stacks};
use super::{Field, Shell};

/// A table of counts with a heading column and a sum row.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What the rows are.
    pub head: String,
    /// The columns' words.
    pub columns: Vec<String>,
    /// Word and counts; a suppressed or impossible cell is `None`.
    pub rows: Vec<(String, Vec<Option<i64>>)>,
    /// The sums.
    pub sum: Vec<Option<i64>>,
}

/// One line of the flows.
#[derive(Debug, Clone)]
pub struct FlowLine {
    /// `open`, `plus`, `minus`, `sum` or nothing.
    pub class: &'static str,
    /// Its word.
    pub label: String,
    /// Counts by registry, then all together.
    pub counts: Vec<Option<i64>>,
}

/// The four parts of the pool of one registry.
#[derive(Debug, Clone)]
pub struct PoolLine {
    /// The registry's word.
    pub label: String,
    /// Verified, not yet verified, known lost, not available now.
    pub parts: [u64; 4],
}

/// A definition printed under the report.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Text key of the term; the sentence has the key with `-what`.
    pub key: &'static str,
}

/// The report page.
#[derive(Debug, Template)]
#[template(path = "page/report.html")]
pub struct Report {
    /// The frame.
    pub s: Shell,
    /// Up to which day.
    pub as_of: String,
    /// From which day the flows are counted.
    pub from: String,
    /// The form for other days.
    pub days: [Field; 2],
    /// Persons, counted once.
    pub persons: u64,
    /// Enrolments in the pool.
    pub enrolments: u64,
    /// Came in since.
    pub came: u64,
    /// Went since.
    pub went: u64,
    /// The pool by registry.
    pub pool: Vec<PoolLine>,
    /// The flows, columns in the order of `registries`.
    pub flows: Vec<FlowLine>,
    /// Whether the flows add up.
    pub balanced: bool,
    /// The registries' short words.
    pub registries: Vec<String>,
    /// By town, sex, age band.
    pub tables: Vec<(String, Table)>,
    /// Where the files are.
    pub query: String,
    /// Charts drawn by the reports room, as safe SVG.
    pub charts: Vec<(String, Svg)>,
}

impl Report {
    fn bars(&self, wide: bool) -> Svg {
        let rows: Vec<Stack> = self.pool.iter().map(|line| Stack { label: line.label.clone(), parts: line.parts }).collect();
        stacks(wide, &rows, &self.s.t("pool-chart"))
    }

    fn total(&self, line: &PoolLine) -> u64 {
        line.parts.iter().sum()
    }

    fn column(&self, part: usize) -> u64 {
        self.pool.iter().filter_map(|line| line.parts.get(part)).sum()
    }

    fn all(&self) -> u64 {
        self.pool.iter().map(|line| self.total(line)).sum()
    }

    fn cell(&self, count: &Option<i64>) -> String {
        count.map_or_else(|| "—".to_owned(), |n| crate::web::i18n::group(&n.to_string()))
    }

    fn definitions(&self) -> Vec<(String, String)> {
        [
            "def-pool",
            "def-verified",
            "def-lost",
            "def-unavailable",
            "def-persons",
            "def-correction",
        ]
        .into_iter()
        .map(|key| (self.s.text().t(key), self.s.text().t(&format!("{key}-what"))))
        .collect()
    }
}
