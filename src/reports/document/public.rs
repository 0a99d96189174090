//! 信息公开: figures that anyone may read.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Report, Section, defined};
use crate::domain::registry::Registry;
use crate::domain::town::TownCode;
use crate::reports::Lang;
use crate::reports::axis::{AgeBand, AsOf, Cell, Dimension, Names, registry_name};
use crate::reports::export::{Column, Table, Value};
use crate::reports::facts::FactBook;
use crate::reports::pool::Cross;
use crate::reports::suppress::{Counts, OTHER, Pattern, Rule, Safe, publish};

/// Figures of a day made safe for publication. Immutable once made; its pattern is handed to the next release.
///
/// It holds nothing that may not be published: the tables with their stars, and which rows were joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The day.
    pub as_of: NaiveDate,
    /// The rule set by which the small counts were found.
    pub rules: String,
    /// Counts below it are held back.
    pub threshold: u64,
    /// The tables that can be published.
    pub tables: Vec<Safe>,
    /// What was joined and starred so far.
    pub pattern: Pattern,
}

/// The rows and cells of a cross table as keys that stay the same from release to release.
fn keyed(key: &str, cross: &Cross, columns: Vec<String>) -> Counts {
    let row = |cell: &Cell| match cell {
        Cell::Town(Some(code)) => code.to_string(),
        _ => "unknown".to_owned(),
    };
    Counts { key: key.to_owned(), rows: cross.rows.iter().map(row).collect(), columns, counts: cross.counts.clone() }
}

fn column_key(cell: &Cell) -> String {
    match cell {
        Cell::Sex(Some(sex)) => ["", "male", "female"][usize::from(sex.code().min(2))].to_owned(),
        Cell::Age(Some(band)) => format!("age-{}", band.index()),
        _ => "unknown".to_owned(),
    }
}

impl FactBook {
    /// The release of a day: towns by registry, sex and age. Tables of one release share only their rows, so nothing but the shown town totals ties them.
    pub fn release(&self, as_of: AsOf, before: &Pattern) -> Release {
        let set = self.rules(as_of.day);
        let rule = Rule { threshold: set.publication_threshold };
        let by_registry = self.cross_registries(as_of, Dimension::Town);
        let mut tables = vec![keyed("town-registry", &by_registry, Registry::ALL.map(|r| r.word().to_owned()).to_vec())];
        for (key, by) in [("town-sex", Dimension::Sex), ("town-age", Dimension::Age)] {
            let cross = self.cross(as_of, Dimension::Town, by);
            tables.push(keyed(key, &cross, cross.columns.iter().map(column_key).collect()));
        }
        let (tables, pattern) = publish(&tables, rule, before);
        Release { as_of: as_of.day, rules: set.name.clone(), threshold: rule.threshold, tables, pattern }
    }
}

/// How far a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Shown to whoever decides; not stored.
    Preview,
    /// Stored under its number and not yet approved.
    Prepared(i64),
    /// Approved on the day: public, and never changed again.
    Approved(i64, NaiveDate),
}

impl Standing {
    fn print(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Preview, Lang::Zh) => "预览，未经批准，不得公布".to_owned(),
            (Self::Preview, Lang::En) => "preview, not approved, not for publication".to_owned(),
            (Self::Prepared(n), Lang::Zh) => format!("第 {n} 号，待负责人批准"),
            (Self::Prepared(n), Lang::En) => format!("No. {n}, waiting for the manager's approval"),
            (Self::Approved(n, day), Lang::Zh) => format!("第 {n} 号，{day} 批准公布，不再改动"),
            (Self::Approved(n, day), Lang::En) => format!("No. {n}, approved on {day}, never changed again"),
        }
    }
}

/// The public report of a release. Its CSV is the first table: rows, stars and totals.
pub fn public_report(release: &Release, standing: Standing, names: &Names<'_>) -> Report {
    let lang = names.lang;
    let mut sections = Vec::new();
    for safe in &release.tables {
        let mut section = Section::new(heading(&safe.key, lang));
        section.table = Some(table(safe, &release.pattern, names));
        sections.push(section);
    }
    if sections.is_empty() {
        let mut section = Section::new(lang.pick("暂无可公布的数字", "No figures can be published"));
        section.lead = Some(
            lang.pick("登记人数太少，公布任何数字都可能泄露个人情况。", "So few are registered that any figure might tell of a person.")
                .to_owned(),
        );
        sections.push(section);
    }
    let data = release
        .tables
        .first()
        .map_or_else(|| Table::new(lang.pick("数据", "Data"), Vec::new()), |safe| table(safe, &release.pattern, names));
    Report {
        title: lang.pick("信息公开", "Published figures").to_owned(),
        about: vec![
            (lang.pick("截至", "As of").to_owned(), release.as_of.to_string()),
            (lang.pick("状态", "Standing").to_owned(), standing.print(lang)),
            (
                lang.pick("规则集", "Rule set").to_owned(),
                match lang {
                    Lang::Zh => format!("{}（小于 {} 的数字以 * 表示）", release.rules, release.threshold),
                    Lang::En => format!("{} (counts under {} are shown as *)", release.rules, release.threshold),
                },
            ),
        ],
        sections,
        data,
        definitions: defined(&["pool", "age", "unknown", "publication"]),
        lang,
    }
}

fn heading(key: &str, lang: Lang) -> String {
    match key {
        "town-sex" => lang.pick("各镇街登记项数，按性别", "Registrations by town and sex"),
        "town-age" => lang.pick("各镇街登记项数，按年龄段", "Registrations by town and age"),
        _ => lang.pick("各镇街登记项数，按登记种类", "Registrations by town and registry"),
    }
    .to_owned()
}

fn label(key: &str, names: &Names<'_>) -> String {
    let lang = names.lang;
    match key {
        OTHER => lang.pick("其他镇街", "Other towns").to_owned(),
        "unknown" => lang.pick("镇街未注明", "Town not stated").to_owned(),
        "male" => lang.pick("男", "Male").to_owned(),
        "female" => lang.pick("女", "Female").to_owned(),
        key => {
            let band = key.strip_prefix("age-").and_then(|n| n.parse().ok()).and_then(AgeBand::from_index);
            let town = key.parse().ok().map(|code| names.cell(Cell::Town(Some(TownCode(code)))));
            let registry = Registry::from_word(key).map(|r| registry_name(r, lang).to_owned());
            band.map(|b| b.label(lang)).or(registry).or(town).unwrap_or_else(|| key.to_owned())
        }
    }
}

/// A column's heading; of a few joined ones their own. Else it says of what it is the rest: tables read side by side never carry one heading for two
/// things.
fn column_label(table: &str, key: &str, joined: &BTreeSet<String>, names: &Names<'_>) -> String {
    let lang = names.lang;
    match (table, key) {
        ("town-sex", "unknown") => lang.pick("性别未注明", "Sex not stated").to_owned(),
        ("town-age", "unknown") => lang.pick("年龄未注明", "Age not stated").to_owned(),
        (_, OTHER) if (2..=3).contains(&joined.len()) => {
            let named: Vec<String> = joined.iter().map(|key| column_label(table, key, joined, names)).collect();
            named.join(lang.pick("、", "; "))
        }
        ("town-sex", OTHER) => lang.pick("其他性别栏", "Other, of sex").to_owned(),
        ("town-age", OTHER) => lang.pick("其他年龄段", "Other ages").to_owned(),
        (_, OTHER) => lang.pick("其他登记", "Other registries").to_owned(),
        (_, key) => label(key, names),
    }
}

fn table(safe: &Safe, pattern: &Pattern, names: &Names<'_>) -> Table {
    let none = BTreeSet::new();
    let joined = pattern.columns.get(&safe.key).unwrap_or(&none);
    let lang = names.lang;
    let total = names.cell(Cell::All);
    let mut columns = vec![Column::text("town", lang.pick("镇街", "Town"))];
    columns.extend(safe.columns.iter().map(|c| Column::number(c.as_str(), column_label(&safe.key, c, joined, names))));
    columns.push(Column::number("total", total.clone()));
    let mut table = Table::new(heading(&safe.key, lang), columns);
    for ((row, cells), sum) in safe.rows.iter().zip(&safe.cells).zip(&safe.row_totals) {
        let mut line = vec![Value::text(label(row, names))];
        line.extend(cells.iter().map(|c| c.map_or(Value::Suppressed, Value::count)));
        line.push(Value::count(*sum));
        table.rows.push(line);
    }
    let mut last = vec![Value::text(total)];
    last.extend(safe.column_totals.iter().map(|n| Value::count(*n)));
    last.push(Value::count(safe.total));
    table.rows.push(last);
    table
}
