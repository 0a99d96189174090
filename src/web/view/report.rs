//! The pool and its flows, counted from the statistics facts.

use askama::Template;
use chrono::NaiveDate;

use super::chart::{Stack, Svg, stacks};
use super::{Field, Shell};
use crate::domain::registry::{ExitReason, Registry};
use crate::domain::town::Towns;
use crate::reports::Lang;
use crate::reports::axis::{Cell, Dimension, Names};
use crate::reports::definitions::by_key;
use crate::reports::export::{self, Column, Value};
use crate::reports::flows::{Flows, Lines};
use crate::reports::pool::{Counted, Counts, Pool};
use crate::web::i18n::Text;

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
    /// The day of the opening and the closing; empty elsewhere.
    pub day: String,
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
    pub came: i64,
    /// Went since.
    pub went: i64,
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
    /// The other reports.
    pub ways: Vec<super::figures::Way>,
    /// Where the files are.
    pub query: String,
    /// Term and sentence of every figure shown.
    pub definitions: Vec<(&'static str, &'static str)>,
    /// Registered interest and undecided standings, which are not in the pool.
    pub beside: (u64, u64),
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
}

/// The definitions printed under the report.
const DEFINITIONS: [&str; 8] = ["pool", "persons", "parts", "flows", "corrections", "recovered", "duplicates", "unknown"];

/// What a report is counted for.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// Up to which day.
    pub as_of: NaiveDate,
    /// From which day the flows are counted.
    pub from: NaiveDate,
}

/// The words of the reports room in the page's language.
pub const fn lang_of(text: Text) -> Lang {
    match text.0 {
        crate::web::i18n::Lang::Chinese => Lang::Zh,
        crate::web::i18n::Lang::English => Lang::En,
    }
}

impl Report {
    /// The page of a pool and its flows.
    pub fn new(s: Shell, days: Days, pool: &Pool, flows: &Flows, towns: &Towns) -> Self {
        let text = s.text();
        let registry_word = |r: Registry| text.t(&format!("registry-{}", r.word()));
        let all = flows.total(Counted::All);
        let names = Names { towns, drive: &|_| None, lang: lang_of(text) };
        Self {
            as_of: days.as_of.to_string(),
            from: days.from.to_string(),
            days: [
                Field::new(text, "from", "report-from").class("input--short").live(text, "date").value(days.from.to_string()),
                Field::new(text, "as-of", "report-as-of").class("input--short").live(text, "date").value(days.as_of.to_string()),
            ],
            persons: pool.persons.pool(),
            enrolments: pool.total.pool(),
            came: all.new + all.recovered + all.resumed,
            went: all.out() + all.set_aside,
            pool: pool
                .registries
                .iter()
                .map(|(registry, counts)| {
                    let p = counts.parts;
                    PoolLine { label: registry_word(*registry), parts: [p.verified, p.unverified, p.lost, p.unavailable] }
                })
                .collect(),
            flows: lines(flows, days, text),
            balanced: flows.reconciles(),
            registries: Registry::ALL.iter().map(|r| text.t(&format!("registry-short-{}", r.word()))).collect(),
            tables: [(Dimension::Town, "report-by-town"), (Dimension::Sex, "report-by-sex"), (Dimension::Age, "report-by-age")]
                .into_iter()
                .map(|(by, title)| (text.t(title), table(pool, flows, by, &names, text)))
                .collect(),
            ways: super::figures::ways(&s, "/reports", &format!("from={}&as-of={}", days.from, days.as_of)),
            query: format!("from={}&as-of={}", days.from, days.as_of),
            definitions: DEFINITIONS.iter().filter_map(|key| by_key(key)).map(|d| (d.name(lang_of(text)), d.text(lang_of(text)))).collect(),
            beside: (pool.total.interest, pool.total.undecided),
            s,
        }
    }

    /// The tables of the page as tables of a file.
    pub fn files(&self) -> Vec<export::Table> {
        let t = |key: &str| self.s.text().t(key);
        let whole = |n: u64| Value::count(n);
        let parts = ["part-verified", "part-unverified", "part-lost", "part-unavailable"];
        let mut columns = vec![Column::text("registry", t("registry"))];
        columns.extend(parts.iter().map(|key| Column::number(*key, t(key))));
        columns.push(Column::number("total", t("sum")));
        let mut pool = export::Table::new(t("pool"), columns);
        for line in &self.pool {
            let mut row = vec![Value::text(line.label.clone())];
            row.extend(line.parts.iter().map(|n| whole(*n)));
            row.push(whole(self.total(line)));
            pool.rows.push(row);
        }
        let mut columns = vec![Column::text("item", t("flows-item"))];
        columns.extend(Registry::ALL.iter().map(|r| Column::number(r.word(), t(&format!("registry-{}", r.word())))));
        columns.push(Column::number("total", t("sum")));
        let mut flows = export::Table::new(t("flows"), columns);
        for line in &self.flows {
            let mut row = vec![Value::text(if line.day.is_empty() { line.label.clone() } else { format!("{} {}", line.label, line.day) })];
            row.extend(line.counts.iter().map(|n| n.map_or(Value::Empty, Value::Whole)));
            flows.rows.push(row);
        }
        let mut out = vec![pool, flows];
        for (title, table) in &self.tables {
            let mut columns = vec![Column::text("cell", table.head.clone())];
            columns.extend(table.columns.iter().enumerate().map(|(i, word)| Column::number(format!("column-{}", i + 1), word.clone())));
            let mut file = export::Table::new(title.clone(), columns);
            for (label, counts) in &table.rows {
                let mut row = vec![Value::text(label.clone())];
                row.extend(counts.iter().map(|n| n.map_or(Value::Empty, Value::Whole)));
                file.rows.push(row);
            }
            out.push(file);
        }
        out
    }
}

/// The flows line by line, a column a registry and one for all.
fn lines(flows: &Flows, days: Days, text: Text) -> Vec<FlowLine> {
    let columns: Vec<Lines> =
        Registry::ALL.into_iter().map(|r| flows.total(Counted::Registry(r))).chain([flows.total(Counted::All)]).collect();
    let line = |class: &'static str, label: String, of: &dyn Fn(&Lines) -> i64| FlowLine {
        class,
        label,
        day: String::new(),
        counts: columns.iter().map(|l| Some(of(l))).collect(),
    };
    let mut out = vec![FlowLine { day: days.from.to_string(), ..line("open", text.t("flow-opening"), &|l| l.opening) }];
    let optional = [
        line("plus", text.t("flow-correction"), &|l| l.corrections),
        line("plus", text.t("flow-in"), &|l| l.new),
        line("plus", text.t("flow-recovered"), &|l| l.recovered),
        line("plus", text.t("flow-resumed"), &|l| l.resumed),
        line("plus", text.t("flow-moved-in"), &|l| l.moved_in),
        line("plus", text.t("flow-duplicates"), &|l| l.duplicates),
        line("minus", text.t("flow-moved-out"), &|l| l.moved_out),
        line("minus", text.t("flow-set-aside"), &|l| l.set_aside),
    ];
    let always = |label: &str| label == text.t("flow-in");
    out.extend(optional.into_iter().filter(|l| always(&l.label) || l.counts.iter().any(|n| n.is_some_and(|n| n != 0))));
    for reason in ExitReason::ALL.into_iter().filter(|r| *r != ExitReason::Duplicate) {
        let exits = line("minus", text.t(&format!("exit-{}", reason.word())), &|l| l.exit(reason));
        if exits.counts.iter().any(|n| n.is_some_and(|n| n != 0)) {
            out.push(exits);
        }
    }
    out.push(FlowLine { day: days.as_of.to_string(), ..line("sum", text.t("flow-closing"), &|l| l.closing) });
    out
}

/// Who is on file by a dimension, persons and enrolments, and who came and went.
fn table(pool: &Pool, flows: &Flows, by: Dimension, names: &Names<'_>, text: Text) -> Table {
    let persons = pool.by(Counted::Persons, by);
    let enrolments = pool.by(Counted::All, by);
    let moves = flows.by(Counted::All, by);
    let mut cells: Vec<Cell> = Vec::new();
    for cell in persons.iter().map(|(c, _)| *c).chain(enrolments.iter().map(|(c, _)| *c)).chain(moves.iter().map(|(c, _)| *c)) {
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    cells.sort_unstable();
    let whole = |n: u64| Some(i64::try_from(n).unwrap_or(i64::MAX));
    let rows: Vec<(String, Vec<Option<i64>>)> = cells
        .into_iter()
        .map(|cell| {
            let counted = |of: &[(Cell, Counts)]| of.iter().find(|(c, _)| *c == cell).map_or(0, |(_, n)| n.pool());
            let moved = moves.iter().find(|(c, _)| *c == cell).map_or_else(Lines::default, |(_, l)| *l);
            let counts = vec![
                whole(counted(persons)),
                whole(counted(enrolments)),
                Some(moved.new + moved.recovered + moved.resumed),
                Some(moved.out() + moved.set_aside),
            ];
            (names.cell(cell), counts)
        })
        .collect();
    let sum = (0..4).map(|i| Some(rows.iter().filter_map(|(_, counts)| counts.get(i).copied().flatten()).sum())).collect();
    Table {
        head: by.title(names.lang).to_owned(),
        columns: ["report-column-persons", "report-column-enrolments", "report-came", "report-went"]
            .iter()
            .map(|key| text.t(key))
            .collect(),
        rows,
        sum,
    }
}
