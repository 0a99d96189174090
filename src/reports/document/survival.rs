//! A survival analysis as a report.

use super::{Report, Section, defined};
use crate::reports::Lang;
use crate::reports::chart::{Chart, Curves, Line, Words};
use crate::reports::export::{Column, Table, Value};
use crate::reports::survival::{Analysis, Curve, Incidence, Sample};

/// The report of an analysis. `unit` is the unit of time printed at the axis (empty where unknown); `cause` names a cause.
pub fn survival_report(sample: &Sample, analysis: &Analysis, unit: &str, cause: &dyn Fn(u32) -> String, lang: Lang) -> Report {
    let mut sections = vec![curves(sample, analysis, unit, lang, "curves")];
    if let Some(incidence) = &analysis.aalen_johansen {
        sections.push(causes(incidence, unit, cause, lang));
    }
    Report {
        title: lang.pick("保留分析", "Survival analysis").to_owned(),
        about: vec![(lang.pick("人数", "Subjects").to_owned(), sample.observations.len().to_string())],
        sections,
        data: data(analysis, lang),
        definitions: defined(&["survival", "incidence"]),
        lang,
    }
}

fn shown(analysis: &Analysis) -> &[(String, Curve)] {
    // With groups, the curve of all together is in the table of figures but would hide the others in the drawing.
    if analysis.kaplan_meier.len() > 2 { &analysis.kaplan_meier[1..] } else { &analysis.kaplan_meier[..analysis.kaplan_meier.len().min(1)] }
}

/// The curves as a section; `id` tells its drawing from others of the page.
pub(super) fn curves(sample: &Sample, analysis: &Analysis, unit: &str, lang: Lang, id: &str) -> Section {
    let grouped = analysis.kaplan_meier.len() > 2;
    let lines: Vec<Line> = shown(analysis)
        .iter()
        .enumerate()
        .map(|(at, (name, curve))| {
            let of: Vec<_> = sample.observations.iter().filter(|o| !grouped || o.group == at).copied().collect();
            let label = if grouped { name.as_str() } else { lang.pick("全部", "All") };
            Line::of(label, curve, &of)
        })
        .collect();
    let mut table = Table::new(
        lang.pick("保留比例", "Survival"),
        vec![
            Column::text("group", lang.pick("组", "Group")),
            Column::number("n", lang.pick("人数", "Subjects")),
            Column::number("events", lang.pick("事件数", "Events")),
            Column::number("median", lang.pick("中位时间", "Median")),
        ],
    );
    for (name, curve) in &analysis.kaplan_meier {
        let name = if name == "all" { lang.pick("全部", "All") } else { name };
        let median = curve.median.map_or(Value::Text("—".to_owned()), |m| Value::Decimal(m, 1));
        table.rows.push(vec![Value::text(name), Value::count(curve.n), Value::count(curve.events), median]);
    }
    let description = table
        .rows
        .iter()
        .zip(&analysis.kaplan_meier)
        .map(|(_, (name, c))| {
            let last = c.rows.last().map_or(1.0, |r| r.survival);
            match lang {
                Lang::Zh => {
                    format!("{}：{} 人，{} 个事件，最后为 {:.0}%。", if name == "all" { "全部" } else { name }, c.n, c.events, 100.0 * last)
                }
                Lang::En => format!("{name}: {} subjects, {} events, {:.0}% at the end. ", c.n, c.events, 100.0 * last),
            }
        })
        .collect();
    let words =
        Words {
            id: format!("survival-{id}"), title: lang.pick("卡普兰－迈耶曲线", "Kaplan-Meier curves").to_owned(), description, lang
        };
    let mut section = Section::new(lang.pick("保留比例", "Survival"));
    section.lead = Some(
        lang.pick("阴影是 95% 区间，短竖线是尚在观察中的人。", "Shaded: 95% interval. Short strokes: still under observation.").to_owned(),
    );
    section.chart = Some(Chart::Curves(Curves { words, lines, unit: unit.to_owned(), rising: false }));
    section.table = Some(table);
    section.note = analysis.logrank.map(|t| {
        let p = if t.p < 0.0001 { "< 0.0001".to_owned() } else { format!("= {:.4}", t.p) };
        let text = match lang {
            Lang::Zh => format!("各组差别：对数秩检验 χ² = {:.3}，自由度 {}，p {p}。这是观察，不能证明原因。", t.chi2, t.df),
            Lang::En => format!(
                "Difference of the groups: log-rank χ² = {:.3}, {} degrees of freedom, p {p}. Observation proves no cause.",
                t.chi2, t.df
            ),
        };
        (true, text)
    });
    section
}

pub(super) fn causes(incidence: &Incidence, unit: &str, cause: &dyn Fn(u32) -> String, lang: Lang) -> Section {
    let until = incidence.rows.last().map_or(0.0, |r| r.time);
    let lines = incidence.causes.iter().enumerate().map(|(at, number)| Line {
        label: cause(*number),
        steps: incidence.rows.iter().filter(|r| r.events.get(at).is_some_and(|d| *d > 0)).map(|r| (r.time, r.cif[at])).collect(),
        band: Vec::new(),
        censored: Vec::new(),
        until,
        observed: Vec::new(),
    });
    let mut table = Table::new(
        lang.pick("累积发生率", "Cumulative incidence"),
        vec![
            Column::text("cause", lang.pick("原因", "Cause")),
            Column::number("events", lang.pick("事件数", "Events")),
            Column::number("cif", lang.pick("最后的累积发生率", "Incidence at the end")),
            Column::number("se", lang.pick("标准误", "Standard error")),
        ],
    );
    for (at, number) in incidence.causes.iter().enumerate() {
        let events: u64 = incidence.rows.iter().filter_map(|r| r.events.get(at)).sum();
        let end = |pick: fn(&crate::reports::survival::IncidenceRow) -> &Vec<f64>| {
            incidence.rows.last().and_then(|r| pick(r).get(at)).map_or(Value::Empty, |x| Value::Share(*x, 1))
        };
        table.rows.push(vec![Value::text(cause(*number)), Value::count(events), end(|r| &r.cif), end(|r| &r.cif_se)]);
    }
    let description = incidence
        .causes
        .iter()
        .enumerate()
        .map(|(at, number)| format!("{} {:.0}%", cause(*number), 100.0 * incidence.rows.last().map_or(0.0, |r| r.cif[at])))
        .collect::<Vec<_>>()
        .join(lang.pick("，", ", "));
    let words = Words {
        id: "incidence".to_owned(),
        title: lang.pick("各原因的累积发生率", "Cumulative incidence by cause").to_owned(),
        description,
        lang,
    };
    let mut section = Section::new(lang.pick("累积发生率", "Cumulative incidence"));
    section.lead = Some(lang.pick("各原因之和加保留比例恒等于 1。", "The causes and the retained share sum to 1 at all times.").to_owned());
    section.chart = Some(Chart::Curves(Curves { words, lines: lines.collect(), unit: unit.to_owned(), rising: true }));
    section.table = Some(table);
    section
}

fn data(analysis: &Analysis, lang: Lang) -> Table {
    let mut table = Table::new(
        lang.pick("数据", "Data"),
        vec![
            Column::text("group", lang.pick("组", "Group")),
            Column::number("time", lang.pick("时间", "Time")),
            Column::number("at_risk", lang.pick("在险人数", "At risk")),
            Column::number("events", lang.pick("事件数", "Events")),
            Column::number("censored", lang.pick("删失数", "Censored")),
            Column::number("survival", lang.pick("保留比例", "Survival")),
            Column::number("greenwood_se", lang.pick("标准误", "Standard error")),
            Column::number("ci_low", lang.pick("区间下限", "Interval, low")),
            Column::number("ci_high", lang.pick("区间上限", "Interval, high")),
        ],
    );
    let decimal = |x: Option<f64>| x.map_or(Value::Empty, |x| Value::Decimal(x, 6));
    for (name, curve) in &analysis.kaplan_meier {
        for r in &curve.rows {
            table.rows.push(vec![
                Value::text(name.as_str()),
                Value::Decimal(r.time, 3),
                Value::count(r.at_risk),
                Value::count(r.events),
                Value::count(r.censored),
                Value::Decimal(r.survival, 6),
                decimal(r.greenwood_se),
                decimal(r.ci_loglog[0]),
                decimal(r.ci_loglog[1]),
            ]);
        }
    }
    table
}
