//! The pool as a report.

use super::{Report, Section, defined};
use crate::domain::registry::Registry;
use crate::reports::Lang;
use crate::reports::axis::{Cell, Dimension, Names, registry_name};
use crate::reports::chart::{Bar, Bars, Chart, Stack, Stacked, Words};
use crate::reports::export::{Column, Table, Value};
use crate::reports::intervals::Proportion;
use crate::reports::pool::{Counted, Counts, Pool};

/// The four parts, as printed.
pub(super) const PARTS: [(&str, &str, &str); 4] = [
    ("verified", "已核实可联系", "Verified, reachable"),
    ("unverified", "尚未核实", "Not verified"),
    ("lost", "已知失联", "Known lost"),
    ("unavailable", "暂不可用", "Not available now"),
];

/// The report of a pool.
pub fn pool_report(pool: &Pool, names: &Names<'_>) -> Report {
    let lang = names.lang;
    let mut sections = vec![parts(pool, lang), national(pool, lang)];
    for by in [Dimension::Town, Dimension::Age, Dimension::Sex, Dimension::Channel, Dimension::Drive] {
        sections.push(breakdown(pool, by, names));
    }
    Report {
        title: lang.pick("库容", "The pool").to_owned(),
        about: vec![
            (lang.pick("截至", "As of").to_owned(), pool.as_of.day.to_string()),
            (lang.pick("在册人数（去重）", "Distinct persons").to_owned(), pool.persons.pool().to_string()),
        ],
        sections,
        data: data(pool, names),
        definitions: defined(&["pool", "persons", "parts", "unentered", "age", "unknown"]),
        lang,
    }
}

pub(super) fn part_counts(c: &Counts) -> [u64; 4] {
    [c.parts.verified, c.parts.unverified, c.parts.lost, c.parts.unavailable]
}

fn parts(pool: &Pool, lang: Lang) -> Section {
    let words = Words {
        id: "pool-parts".to_owned(),
        title: lang.pick("各登记库容的四个部分", "The four parts of each registry's pool").to_owned(),
        description: pool
            .registries
            .iter()
            .map(|(r, c)| {
                let verified = Proportion::new(c.parts.verified, c.pool());
                match lang {
                    Lang::Zh => format!("{}共 {} 项，已核实可联系 {}。", registry_name(*r, lang), c.pool(), verified.print(lang)),
                    Lang::En => format!("{}: {}, verified {}. ", registry_name(*r, lang), c.pool(), verified.print(lang)),
                }
            })
            .collect(),
        lang,
    };
    let stacks = pool.registries.iter().map(|(r, c)| Stack { label: registry_name(*r, lang).to_owned(), parts: part_counts(c).to_vec() });
    let chart = Stacked { words, parts: PARTS.map(|(_, zh, en)| lang.pick(zh, en).to_owned()).to_vec(), stacks: stacks.collect() };

    let mut columns = vec![Column::text("registry", lang.pick("登记", "Registry"))];
    columns.extend(PARTS.map(|(key, zh, en)| Column::number(key, lang.pick(zh, en))));
    columns.push(Column::number("pool", lang.pick("库容", "Pool")));
    columns.push(Column::number("enrolled", lang.pick("其中已入库", "of these enrolled")));
    columns.push(Column::number("interest", lang.pick("意向（不计入）", "Interest (not counted)")));
    columns.push(Column::number("undecided", lang.pick("待确认（不计入）", "Undecided (not counted)")));
    let mut table = Table::new(lang.pick("库容四部分", "Pool"), columns);
    let named = pool.registries.iter().map(|(r, c)| (registry_name(*r, lang), *c));
    let last = [(lang.pick("登记合计", "All registrations"), pool.total), (lang.pick("人数（去重）", "Distinct persons"), pool.persons)];
    for (name, c) in named.chain(last) {
        let mut row = vec![Value::text(name)];
        row.extend(part_counts(&c).map(Value::count));
        row.extend([c.pool(), c.enrolled, c.interest, c.undecided].map(Value::count));
        table.rows.push(row);
    }
    let mut section = Section::new(lang.pick("库容，四个部分", "The pool in four parts"));
    section.lead = Some(
        lang.pick("每一项登记只属于一个部分，四部分相加等于库容。", "Every registration is in one part; the four sum to the pool.")
            .to_owned(),
    );
    section.chart = Some(Chart::Stacked(chart));
    section.table = Some(table);
    section
}

/// Of the organ and body pool: how many the national registry has, and how many not. Summing to it: key, names, count.
fn entered(pool: &Pool) -> [(&'static str, &'static str, &'static str, u64); 2] {
    let all = pool.registry(Registry::OrganBody).pool();
    [
        ("entered", "已录入国家系统", "Entered in the national registry", all - pool.unentered.min(all)),
        ("unentered", "未录入国家系统", "Not entered in the national registry", pool.unentered),
    ]
}

fn national(pool: &Pool, lang: Lang) -> Section {
    let all = pool.registry(Registry::OrganBody).pool();
    let columns = vec![
        Column::text("state", lang.pick("国家人体器官捐献志愿登记系统", "National registry of organ donation")),
        Column::number("pool", lang.pick("登记项数", "Registrations")),
    ];
    let mut table = Table::new(lang.pick("国家系统录入情况", "National registry"), columns);
    table.rows.extend(entered(pool).map(|(_, zh, en, n)| vec![Value::text(lang.pick(zh, en)), Value::count(n)]));
    table.rows.push(vec![Value::text(lang.pick("遗体和器官库容合计", "Organ and body pool")), Value::count(all)]);
    let mut section = Section::new(lang.pick("遗体和器官：国家系统录入情况", "Organ and body: entered in the national registry"));
    section.lead = Some(
        lang.pick(
            "没有国家系统编号的登记单独列出；两项相加等于遗体和器官库容。",
            "Registrations without a number there stand apart; the two sum to the organ and body pool.",
        )
        .to_owned(),
    );
    section.table = Some(table);
    section
}

fn breakdown(pool: &Pool, by: Dimension, names: &Names<'_>) -> Section {
    let lang = names.lang;
    let cells = pool.by(Counted::All, by);
    let mut columns = vec![Column::text(by.word(), by.title(lang))];
    columns.extend(pool.registries.iter().map(|(r, _)| Column::number(r.word(), registry_name(*r, lang))));
    columns.push(Column::number("all", lang.pick("登记合计", "All registrations")));
    columns.push(Column::number("persons", lang.pick("人数（去重）", "Distinct persons")));
    let mut table = Table::new(by.title(lang), columns);
    let of = |of: Counted, cell: Cell| pool.by(of, by).iter().find(|(c, _)| *c == cell).map_or(0, |(_, c)| c.pool());
    let persons_only = pool.by(Counted::Persons, by).iter().filter(|(c, _)| cells.iter().all(|(other, _)| other != c));
    for (cell, counts) in cells.iter().chain(persons_only) {
        let mut row = vec![Value::text(names.cell(*cell))];
        row.extend(pool.registries.iter().map(|(r, _)| Value::count(of(Counted::Registry(*r), *cell))));
        row.push(Value::count(if cells.contains(&(*cell, *counts)) { counts.pool() } else { 0 }));
        row.push(Value::count(of(Counted::Persons, *cell)));
        table.rows.push(row);
    }
    let mut total = vec![Value::text(names.cell(Cell::All))];
    total.extend(pool.registries.iter().map(|(_, c)| Value::count(c.pool())));
    total.extend([pool.total.pool(), pool.persons.pool()].map(Value::count));
    table.rows.push(total);

    let mut section = Section::new(match lang {
        Lang::Zh => format!("按{}", by.title(lang)),
        Lang::En => format!("By {}", by.title(lang).to_lowercase()),
    });
    let bars: Vec<Bar> = cells
        .iter()
        .filter(|(_, c)| c.pool() > 0)
        .map(|(cell, c)| Bar {
            label: names.cell(*cell),
            value: c.pool() as f64,
            text: crate::reports::export::thousands(i64::try_from(c.pool()).unwrap_or(i64::MAX)),
            interval: None,
        })
        .collect();
    if !bars.is_empty() {
        let words = Words {
            id: format!("pool-{}", by.word()),
            title: format!("{} · {}", lang.pick("库容", "The pool"), by.title(lang)),
            description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
            lang,
        };
        section.chart = Some(Chart::Bars(Bars { words, bars }));
    }
    section.table = Some(table);
    section
}

/// Which share of the registrations tells town, sex and birth year.
pub fn completeness(pool: &Pool, lang: Lang) -> String {
    let told = |by: Dimension, none: Cell| {
        let unknown = pool.by(Counted::All, by).iter().find(|(c, _)| *c == none).map_or(0, |(_, c)| c.pool());
        let all = pool.total.pool();
        if all == 0 { "—".to_owned() } else { format!("{:.1}%", 100.0 * (all - unknown) as f64 / all as f64) }
    };
    let (town, sex, age) =
        (told(Dimension::Town, Cell::Town(None)), told(Dimension::Sex, Cell::Sex(None)), told(Dimension::Age, Cell::Age(None)));
    match lang {
        Lang::Zh => format!("镇街 {town}，性别 {sex}，出生年份 {age}"),
        Lang::En => format!("town {town}, sex {sex}, birth year {age}"),
    }
}

fn data(pool: &Pool, names: &Names<'_>) -> Table {
    let lang = names.lang;
    let mut columns = vec![
        Column::text("of", lang.pick("统计对象", "Of")),
        Column::text("by", lang.pick("分组", "By")),
        Column::text("cell", lang.pick("项", "Cell")),
        Column::number("pool", lang.pick("库容", "Pool")),
        Column::number("registered", lang.pick("已登记", "Registered")),
        Column::number("enrolled", lang.pick("已入库", "Enrolled")),
    ];
    columns.extend(PARTS.map(|(key, zh, en)| Column::number(key, lang.pick(zh, en))));
    columns.push(Column::number("interest", lang.pick("意向", "Interest")));
    columns.push(Column::number("undecided", lang.pick("待确认", "Undecided")));
    let mut table = Table::new(lang.pick("数据", "Data"), columns);
    let mut push = |of: Counted, by: &str, cell: String, c: &Counts| {
        let mut row = vec![Value::text(counted_word(of)), Value::text(by), Value::text(cell)];
        row.extend([c.pool(), c.registered, c.enrolled].map(Value::count));
        row.extend(part_counts(c).map(Value::count));
        row.extend([c.interest, c.undecided].map(Value::count));
        table.rows.push(row);
    };
    for (r, c) in &pool.registries {
        push(Counted::Registry(*r), "all", names.cell(Cell::All), c);
    }
    push(Counted::All, "all", names.cell(Cell::All), &pool.total);
    push(Counted::Persons, "all", names.cell(Cell::All), &pool.persons);
    for b in &pool.breakdowns {
        for (cell, c) in &b.cells {
            push(b.of, b.by.word(), names.cell(*cell), c);
        }
    }
    // How many, and nothing else of them.
    for (key, _, _, n) in entered(pool) {
        let mut row = vec![Value::text(Registry::OrganBody.word()), Value::text("national-system"), Value::text(key), Value::count(n)];
        while row.len() < table.columns.len() {
            row.push(Value::Empty);
        }
        table.rows.push(row);
    }
    table
}

/// The word programs read for whom a row counts.
pub(super) const fn counted_word(of: Counted) -> &'static str {
    match of {
        Counted::Registry(r) => r.word(),
        Counted::All => "all",
        Counted::Persons => "persons",
    }
}
