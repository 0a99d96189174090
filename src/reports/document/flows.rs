//! Flows as a report.

use super::pool::counted_word;
use super::{Report, Section, defined};
use crate::domain::registry::ExitReason;
use crate::reports::Lang;
use crate::reports::axis::{Cell, Dimension, Names, registry_name};
use crate::reports::chart::{Bar, Bars, Chart, Words};
use crate::reports::export::{Column, Table, Value, thousands};
use crate::reports::flows::{Flows, Lines};
use crate::reports::pool::Counted;

/// A line of the flows: its key, its sign in the sum (0 for the ends), its names, and how to read it.
struct Entry {
    key: &'static str,
    sign: i64,
    zh: &'static str,
    en: &'static str,
    read: fn(&Lines) -> i64,
}

const fn entry(key: &'static str, sign: i64, zh: &'static str, en: &'static str, read: fn(&Lines) -> i64) -> Entry {
    Entry { key, sign, zh, en, read }
}

/// Every line but the ends, in the order of the report. Leaving as a duplicate is in `duplicates`.
const ENTRIES: [Entry; 16] = [
    entry("new", 1, "新登记或入库", "New", |l| l.new),
    entry("moved_in", 1, "移入", "Moved in", |l| l.moved_in),
    entry("recovered", 1, "找回", "Recovered", |l| l.recovered),
    entry("resumed", 1, "恢复", "Resumed", |l| l.resumed),
    entry("corrections", 1, "更正以往期间", "Corrections of earlier periods", |l| l.corrections),
    entry("duplicates", 1, "合并重复登记", "Duplicates merged", |l| l.duplicates),
    entry("moved_out", -1, "移出", "Moved out", |l| l.moved_out),
    entry("set_aside", -1, "转待确认", "Set aside", |l| l.set_aside),
    entry("withdrew", -1, "撤回", "Withdrew", |l| l.exit(ExitReason::Withdrew)),
    entry("lost", -1, "失联", "Lost", |l| l.exit(ExitReason::Lost)),
    entry("left_area", -1, "迁出本区", "Left the area", |l| l.exit(ExitReason::MovedOut)),
    entry("aged_out", -1, "超龄", "Aged out", |l| l.exit(ExitReason::AgedOut)),
    entry("died", -1, "去世", "Died", |l| l.exit(ExitReason::Died)),
    entry("medical", -1, "永久不宜", "Permanently deferred", |l| l.exit(ExitReason::Medical)),
    entry("donated", -1, "实现捐献", "Donated", |l| l.exit(ExitReason::Donated)),
    entry("erased", -1, "应本人要求删除", "Erased on request", |l| l.exit(ExitReason::Erased)),
];

/// The report of flows.
pub fn flows_report(flows: &Flows, names: &Names<'_>) -> Report {
    let lang = names.lang;
    let mut sections = vec![totals(flows, lang)];
    for by in [Dimension::Town, Dimension::Age, Dimension::Sex, Dimension::Channel, Dimension::Drive, Dimension::Stage] {
        sections.push(breakdown(flows, by, names));
    }
    Report {
        title: lang.pick("进出", "Flows").to_owned(),
        about: vec![
            (lang.pick("期间", "Period").to_owned(), format!("{} – {}", flows.period.from, flows.period.to)),
            (
                lang.pick("对平", "Reconciled").to_owned(),
                lang.pick(["否", "是"][usize::from(flows.reconciles())], ["no", "yes"][usize::from(flows.reconciles())]).to_owned(),
            ),
        ],
        sections,
        data: data(flows, names),
        definitions: defined(&["flows", "corrections", "duplicates", "moved", "recovered", "resumed", "set-aside", "exits", "persons"]),
        lang,
    }
}

fn counted_name(of: Counted, lang: Lang) -> &'static str {
    match of {
        Counted::Registry(r) => registry_name(r, lang),
        Counted::All => lang.pick("登记合计", "All registrations"),
        Counted::Persons => lang.pick("人数（去重）", "Distinct persons"),
    }
}

/// How far in a sum the ends are: opening plus what came less what went.
fn sums(l: &Lines) -> (i64, i64) {
    ENTRIES.iter().map(|e| e.sign * (e.read)(l)).fold((0, 0), |(plus, minus), n| if n >= 0 { (plus + n, minus) } else { (plus, minus - n) })
}

fn totals(flows: &Flows, lang: Lang) -> Section {
    let mut columns = vec![Column::text("line", lang.pick("项目", "Line"))];
    columns.extend(flows.totals.iter().map(|(of, _)| Column::number(counted_word(*of), counted_name(*of, lang))));
    let mut table = Table::new(lang.pick("进出", "Flows"), columns);
    let mut push = |name: String, read: fn(&Lines) -> i64| {
        let mut row = vec![Value::text(name)];
        row.extend(flows.totals.iter().map(|(_, l)| Value::Whole(read(l))));
        table.rows.push(row);
    };
    push(format!("{} {}", lang.pick("期初", "Opening"), flows.period.from), |l| l.opening);
    for e in &ENTRIES {
        // Within a total nobody moves.
        if matches!(e.key, "moved_in" | "moved_out") {
            continue;
        }
        push(format!("{} {}", if e.sign > 0 { "＋" } else { "－" }, lang.pick(e.zh, e.en)), e.read);
    }
    push(format!("{} {}", lang.pick("期末", "Closing"), flows.period.to), |l| l.closing);
    let mut section = Section::new(lang.pick("进出，逐项对平", "What came in and went out"));
    section.lead = Some(
        lang.pick("期初加进减出等于期末。每一项登记只有一个离开原因。更正不改动已定稿的报表。", "Opening plus what came less what went is the closing. Every registration leaves for one reason. Corrections leave frozen reports as they are.")
            .to_owned(),
    );
    section.table = Some(table);
    let all = flows.total(Counted::All);
    section.chart = chart(&all, lang);
    let (plus, minus) = sums(&all);
    let good = flows.reconciles();
    let sum = format!("{} ＋ {} － {} ＝ {}", thousands(all.opening), thousands(plus), thousands(minus), thousands(all.closing));
    section.note = Some((
        good,
        match (good, lang) {
            (true, Lang::Zh) => format!("已对平：{sum}。"),
            (true, Lang::En) => format!("Reconciled: {sum}."),
            (false, Lang::Zh) => format!("未对平：{sum}。请勿使用，并报告管理员。"),
            (false, Lang::En) => format!("Not reconciled: {sum}. Do not use these figures; tell the administrator."),
        },
    ));
    section
}

/// What came and what went, of all registrations, as bars.
fn chart(all: &Lines, lang: Lang) -> Option<Chart> {
    let signed = ENTRIES.iter().map(|e| (lang.pick(e.zh, e.en), e.sign * (e.read)(all))).filter(|(_, n)| *n != 0);
    let bars: Vec<Bar> = signed
        .map(|(name, n)| Bar {
            label: format!("{} {name}", if n > 0 { "＋" } else { "－" }),
            value: n.unsigned_abs() as f64,
            text: thousands(n.abs()),
            interval: None,
        })
        .collect();
    let words = Words {
        id: "flows".to_owned(),
        title: lang.pick("本期进出", "What came in and went out").to_owned(),
        description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
        lang,
    };
    (!bars.is_empty()).then_some(Chart::Bars(Bars { words, bars }))
}

fn breakdown(flows: &Flows, by: Dimension, names: &Names<'_>) -> Section {
    let lang = names.lang;
    let columns = vec![
        Column::text(by.word(), by.title(lang)),
        Column::number("opening", lang.pick("期初", "Opening")),
        Column::number("in", lang.pick("进", "In")),
        Column::number("moved_in", lang.pick("移入", "Moved in")),
        Column::number("corrections", lang.pick("更正以往", "Corrections")),
        Column::number("duplicates", lang.pick("合并重复", "Duplicates")),
        Column::number("moved_out", lang.pick("移出", "Moved out")),
        Column::number("out", lang.pick("出", "Out")),
        Column::number("closing", lang.pick("期末", "Closing")),
    ];
    let mut table = Table::new(by.title(lang), columns);
    let mut push = |name: String, l: &Lines| {
        let figures = [
            l.opening,
            l.new + l.recovered + l.resumed,
            l.moved_in,
            l.corrections,
            l.duplicates,
            l.moved_out,
            l.out() + l.set_aside,
            l.closing,
        ];
        let mut row = vec![Value::text(name)];
        row.extend(figures.map(Value::Whole));
        table.rows.push(row);
    };
    let cells = flows.by(Counted::All, by);
    let mut total = flows.total(Counted::All);
    for (cell, l) in cells {
        push(names.cell(*cell), l);
        total.moved_in += l.moved_in;
        total.moved_out += l.moved_out;
    }
    push(names.cell(Cell::All), &total);
    let mut section = Section::new(match lang {
        Lang::Zh => format!("按{}", by.title(lang)),
        Lang::En => format!("By {}", by.title(lang).to_lowercase()),
    });
    section.table = Some(table);
    section
}

fn data(flows: &Flows, names: &Names<'_>) -> Table {
    let lang = names.lang;
    let mut columns = vec![
        Column::text("of", lang.pick("统计对象", "Of")),
        Column::text("by", lang.pick("分组", "By")),
        Column::text("cell", lang.pick("项", "Cell")),
        Column::number("opening", lang.pick("期初", "Opening")),
    ];
    columns.extend(ENTRIES.iter().map(|e| Column::number(e.key, lang.pick(e.zh, e.en))));
    columns.push(Column::number("closing", lang.pick("期末", "Closing")));
    let mut table = Table::new(lang.pick("数据", "Data"), columns);
    let mut push = |of: Counted, by: &str, cell: String, l: &Lines| {
        let mut row = vec![Value::text(counted_word(of)), Value::text(by), Value::text(cell), Value::Whole(l.opening)];
        row.extend(ENTRIES.iter().map(|e| Value::Whole((e.read)(l))));
        row.push(Value::Whole(l.closing));
        table.rows.push(row);
    };
    for (of, l) in &flows.totals {
        push(*of, "all", names.cell(Cell::All), l);
    }
    for b in &flows.breakdowns {
        for (cell, l) in &b.cells {
            push(b.of, b.by.word(), names.cell(*cell), l);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_lines_hold_everything_that_moves_a_closing() {
        let mut l = Lines {
            opening: 100,
            corrections: -3,
            new: 7,
            recovered: 2,
            resumed: 1,
            moved_in: 4,
            duplicates: -5,
            moved_out: 6,
            set_aside: 8,
            ..Lines::default()
        };
        l.exits = [1, 2, 3, 4, 5, 6, 7, 8, 0];
        l.closing = l.opening + ENTRIES.iter().map(|e| e.sign * (e.read)(&l)).sum::<i64>();
        assert!(l.reconciles(), "{l:?}");
        let (plus, minus) = sums(&l);
        assert_eq!(l.opening + plus - minus, l.closing);
    }
}
