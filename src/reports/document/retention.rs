//! Retention of a registry as a report: curves of the cohorts, and incidence by reason of leaving.

use super::survival::{causes, curves};
use super::{Report, Section, defined};
use crate::domain::registry::ExitReason;
use crate::reports::Lang;
use crate::reports::axis::registry_name;
use crate::reports::export::{Column, Table, Value};
use crate::reports::retention::{Cohort, Retention};

/// A reason of leaving by the number it has as a cause.
fn reason(cause: u32, lang: Lang) -> String {
    let of = i16::try_from(cause).ok().and_then(ExitReason::from_code);
    match of {
        Some(ExitReason::Withdrew) => lang.pick("改变捐献意愿", "Withdrew"),
        Some(ExitReason::Donated) => lang.pick("实现捐献", "Donated"),
        Some(ExitReason::Died) => lang.pick("去世", "Died"),
        Some(ExitReason::AgedOut) => lang.pick("超龄", "Aged out"),
        Some(ExitReason::Medical) => lang.pick("永久不宜", "Permanently deferred"),
        Some(ExitReason::MovedOut) => lang.pick("迁出", "Moved out"),
        Some(ExitReason::Lost) => lang.pick("失联", "Lost"),
        Some(ExitReason::Erased) => lang.pick("应本人要求删除", "Erased on request"),
        Some(ExitReason::Duplicate) | None => lang.pick("其他", "Other"),
    }
    .to_owned()
}

/// The report of a registry's retention.
pub fn retention_report(retention: &Retention, lang: Lang) -> Report {
    let unit = lang.pick("年", "years");
    let mut sections = Vec::new();
    let mut data = Table::new(
        lang.pick("数据", "Data"),
        vec![
            Column::text("by", lang.pick("分组方式", "By")),
            Column::text("group", lang.pick("组", "Group")),
            Column::number("n", lang.pick("人数", "Registrants")),
            Column::number("events", lang.pick("离开", "Left")),
            Column::number("median", lang.pick("中位时间（年）", "Median, years")),
        ]
        .into_iter()
        .chain([1, 2, 3, 5, 10].map(|y| Column::number(format!("retained_{y}"), retained(y, lang))))
        .collect(),
    );
    for by in std::iter::once(None).chain(Cohort::ALL.map(Some)) {
        let sample = retention.sample(by, lang);
        if by.is_some() && sample.groups.len() < 2 {
            continue;
        }
        let analysis = sample.analyse();
        let id = by.map_or("all", |c| match c {
            Cohort::Year => "year",
            Cohort::Channel => "channel",
            Cohort::Age => "age",
            Cohort::Informed => "informed",
        });
        let mut section = curves(&sample, &analysis, unit, lang, id);
        if let Some(by) = by {
            section.heading = match lang {
                Lang::Zh => format!("按{}", by.title(lang)),
                Lang::En => format!("By {}", by.title(lang).to_lowercase()),
            };
        }
        sections.push(section);
        if by.is_none() {
            sections.extend(analysis.aalen_johansen.as_ref().map(|i| causes(i, unit, &|c| reason(c, lang), lang)));
        }
        let skip = usize::from(by.is_some());
        for (name, curve) in analysis.kaplan_meier.iter().skip(skip) {
            let name = if name == "all" { lang.pick("全部", "All") } else { name };
            let mut row = vec![Value::text(id), Value::text(name), Value::count(curve.n), Value::count(curve.events)];
            row.push(curve.median.map_or(Value::Empty, |m| Value::Decimal(m, 2)));
            let last = curve.rows.last().map_or(0.0, |r| r.time);
            row.extend([1.0, 2.0, 3.0, 5.0, 10.0].map(|y| if y <= last { Value::Decimal(curve.at(y), 6) } else { Value::Empty }));
            data.rows.push(row);
        }
    }
    sections.push(unobserved(retention, lang));
    Report {
        title: format!("{} · {}", lang.pick("保留", "Retention"), registry_name(retention.registry, lang)),
        about: vec![(lang.pick("截至", "As of").to_owned(), retention.as_of.to_string())],
        sections,
        data,
        definitions: defined(&["survival", "cohort", "incidence"]),
        lang,
    }
}

fn retained(years: i32, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{years} 年后仍在"),
        Lang::En => format!("Retained at {years} years"),
    }
}

fn unobserved(retention: &Retention, lang: Lang) -> Section {
    let mut section = Section::new(lang.pick("未纳入的登记", "Left out"));
    let (out, all) = (retention.unobserved(), retention.stays.len());
    section.lead = Some(match lang {
        Lang::Zh => {
            format!("曾在库容的 {all} 项登记中，有 {out} 项从未处于观察之下（导入后未经核实，或在首次核实以前已离开），未纳入曲线。")
        }
        Lang::En => format!(
            "Of {all} registrations that ever were in the pool, {out} were never under observation (imported and never verified, or gone before the first verification) and are not in the curves."
        ),
    });
    section
}
