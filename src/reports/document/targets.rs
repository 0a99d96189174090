//! Plan targets as a report.

use chrono::NaiveDate;

use super::{Report, Section, defined};
use crate::reports::Lang;
use crate::reports::chart::{Bar, Bars, Chart, Words};
use crate::reports::export::{Column, Table, Value, thousands};
use crate::reports::targets::{Indicator, Plan, Progress};

/// The report of a plan's progress.
pub fn targets_report(plan: &Plan, progress: &[Progress], day: NaiveDate, lang: Lang) -> Report {
    let mut table = Table::new(
        lang.pick("规划指标", "Plan targets"),
        vec![
            Column::text("key", lang.pick("代码", "Key")),
            Column::text("indicator", lang.pick("指标", "Indicator")),
            Column::text("unit", lang.pick("单位", "Unit")),
            Column::number("target", lang.pick("目标", "Target")),
            Column::number("gross", lang.pick("新增（去重）", "New (gross)")),
            Column::number("withdrawn", lang.pick("其中已撤回", "Of these withdrawn")),
            Column::number("share", lang.pick("完成", "Done")),
            Column::number("months_left", lang.pick("剩余月数", "Months left")),
            Column::number("pace", lang.pick("每月尚需", "Needed a month")),
        ],
    );
    let mut bars = Vec::new();
    for (indicator, p) in plan.indicators.iter().zip(progress) {
        let name = lang.pick(&indicator.name, &indicator.name_en);
        table.rows.push(vec![
            Value::text(p.key.as_str()),
            Value::text(name),
            Value::text(unit(indicator, lang)),
            Value::count(p.target),
            Value::count(p.gross),
            p.withdrawn.map_or(Value::Empty, Value::count),
            Value::Share(p.share(), 0),
            Value::Whole(i64::from(p.months_left)),
            p.pace.map_or(Value::text("—"), |pace| Value::Decimal(pace, 1)),
        ]);
        let whole = |n: u64| thousands(i64::try_from(n).unwrap_or(i64::MAX));
        bars.push(Bar {
            label: name.to_owned(),
            value: p.share(),
            text: format!("{} / {}", whole(p.gross), whole(p.target)),
            interval: None,
        });
    }
    let mut section = Section::new(lang.pick(&plan.name, &plan.name_en));
    section.lead = Some(match lang {
        Lang::Zh => format!("{} 至 {}。新增按人去重，撤回另列，不从新增中扣除。", plan.from, plan.to),
        Lang::En => format!("{} to {}. New persons are counted once; withdrawals stand beside and are not taken off.", plan.from, plan.to),
    });
    if !bars.is_empty() {
        let words = Words {
            id: "targets".to_owned(),
            title: lang.pick("规划指标完成情况", "Progress towards the plan's targets").to_owned(),
            description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
            lang,
        };
        section.chart = Some(Chart::Bars(Bars { words, bars }));
    }
    let mut data = Table::new(lang.pick("数据", "Data"), table.columns.clone());
    data.rows = progress
        .iter()
        .zip(&plan.indicators)
        .map(|(p, i)| {
            vec![
                Value::text(p.key.as_str()),
                Value::text(lang.pick(i.name.as_str(), i.name_en.as_str())),
                Value::text(unit(i, lang)),
                Value::count(p.target),
                Value::count(p.gross),
                p.withdrawn.map_or(Value::Empty, Value::count),
                Value::Decimal(p.share(), 4),
                Value::Whole(i64::from(p.months_left)),
                p.pace.map_or(Value::Empty, |pace| Value::Decimal(pace, 2)),
            ]
        })
        .collect();
    section.table = Some(table);
    Report {
        title: lang.pick("规划指标", "Plan targets").to_owned(),
        about: vec![(lang.pick("截至", "As of").to_owned(), day.to_string())],
        sections: vec![section],
        data,
        definitions: defined(&["targets"]),
        lang,
    }
}

/// What an indicator counts, as the reader calls it; the plan's own word where it has no other.
pub(super) fn unit(indicator: &Indicator, lang: Lang) -> &str {
    lang.pick(indicator.unit.as_str(), indicator.unit_en.as_deref().unwrap_or(&indicator.unit))
}
