//! Attrition and reneging as reports.

use super::deaths::{notices, openings, organs};
use super::funnel::funnel_section;
use super::pool::counted_word;
use super::{Report, Section, defined};
use crate::domain::fact::MatchStage;
use crate::reports::Lang;
use crate::reports::attrition::{Attrition, Losses};
use crate::reports::axis::{Cell, Dimension, Names, registry_name};
use crate::reports::chart::{Bar, Bars, Chart, Words};
use crate::reports::export::{Column, Table, Value};
use crate::reports::flows::Lines;
use crate::reports::intervals::Rate;
use crate::reports::notices::Notices;
use crate::reports::openings::Openings;
use crate::reports::pool::Counted;
use crate::reports::reneging::{Funnel, Reneging};

/// The report of attrition.
///
/// `previous` is the period of the same length before: compared only where both looked equally hard.
pub fn attrition_report(attrition: &Attrition, previous: Option<&Attrition>, names: &Names<'_>) -> Report {
    let lang = names.lang;
    let mut first = registries(attrition, lang);
    first.note = previous.map(|p| comparison(p, attrition, lang));
    let mut sections = vec![first];
    for by in [Dimension::Town, Dimension::Age, Dimension::Channel, Dimension::Sex] {
        sections.push(cells(attrition, by, names));
    }
    Report {
        title: lang.pick("流失", "Attrition").to_owned(),
        about: vec![(lang.pick("期间", "Period").to_owned(), format!("{} – {}", attrition.period.from, attrition.period.to))],
        sections,
        data: data(attrition, names),
        definitions: defined(&["attrition", "attrition-crude", "verified-share", "losses-new", "recovered", "comparison", "small-numbers"]),
        lang,
    }
}

/// Losses per hundred person-years with the interval; few person-years leave the counts alone.
pub(super) fn per_hundred(rate: &Rate, lang: Lang) -> String {
    match (rate.rate, rate.interval) {
        (Some(r), Some(i)) if rate.person_years >= 20.0 => match lang {
            Lang::Zh => format!("{:.1}（{:.1}–{:.1}）", 100.0 * r, 100.0 * i.low, 100.0 * i.high),
            Lang::En => format!("{:.1} ({:.1}–{:.1})", 100.0 * r, 100.0 * i.low, 100.0 * i.high),
        },
        _ => match lang {
            Lang::Zh => format!("{:.0} 人年中 {} 例", rate.person_years, rate.events),
            Lang::En => format!("{} in {:.0} person-years", rate.events, rate.person_years),
        },
    }
}

/// The period before, and whether the two may be compared: not where the shares verified differ by more than 10 points.
fn comparison(previous: &Attrition, now: &Attrition, lang: Lang) -> (bool, String) {
    let (before, after) = (previous.total(Counted::All), now.total(Counted::All));
    let period = format!("{} – {}", previous.period.from, previous.period.to);
    let shares = (before.verified_share().print(lang), after.verified_share().print(lang));
    let (old, new) = (before.rate(), after.rate());
    let large = old.person_years >= 20.0 && new.person_years >= 20.0;
    match (old.rate, new.rate) {
        (Some(a), Some(b)) if large && before.comparable(&after) => {
            let arrow = if b > a {
                "↑"
            } else if b < a {
                "↓"
            } else {
                "→"
            };
            let rates = (per_hundred(&old, lang), per_hundred(&new, lang));
            let text = match lang {
                Lang::Zh => format!(
                    "上期（{period}）每百人年 {}，本期 {} {arrow}。两期核实比例 {} 与 {}，可以比较。",
                    rates.0, rates.1, shares.0, shares.1
                ),
                Lang::En => format!(
                    "Period before ({period}): {} per 100 person-years, now {} {arrow}. Shares verified {} and {}: comparable.",
                    rates.0, rates.1, shares.0, shares.1
                ),
            };
            (true, text)
        }
        _ => match lang {
            Lang::Zh => {
                (false, format!("与上期（{period}）不作比较：核实比例 {} 与 {}，相差超过 10 个百分点或人数太少。", shares.0, shares.1))
            }
            Lang::En => (
                false,
                format!(
                    "Not compared with the period before ({period}): shares verified {} and {}, more than 10 points apart or too few people.",
                    shares.0, shares.1
                ),
            ),
        },
    }
}

fn columns(first: Column, lang: Lang) -> Vec<Column> {
    let number = |key, zh, en| Column::number(key, lang.pick(zh, en));
    vec![
        first,
        number("losses", "流失", "Losses"),
        number("new", "本期新失", "New"),
        number("backlog", "历史积压清查", "Backlog found"),
        number("recovered", "找回", "Recovered"),
        number("person_years", "人年", "Person-years"),
        number("rate", "流失率（每百人年）", "Losses per 100 person-years"),
        number("crude", "粗率", "Crude"),
        number("verified", "24 个月内核实", "Verified within 24 months"),
        number("beside", "另：去世、超龄、捐献、不宜、删除", "Beside: died, aged out, donated, unsuitable, erased"),
    ]
}

fn row(name: String, l: &Losses, lang: Lang) -> Vec<Value> {
    let rate = l.rate();
    let crude = match l.crude() {
        Some(crude) if l.opening + l.closing >= 40 => Value::Share(crude, 1),
        _ => Value::text("—"),
    };
    vec![
        Value::text(name),
        Value::count(l.losses()),
        Value::count(l.new),
        Value::count(l.backlog),
        Value::count(l.recovered),
        Value::Decimal(rate.person_years, 1),
        Value::text(per_hundred(&rate, lang)),
        crude,
        Value::text(l.verified_share().print(lang)),
        Value::text([l.died, l.aged_out, l.donated, l.medical, l.erased].map(|n| n.to_string()).join(" / ")),
    ]
}

fn registries(attrition: &Attrition, lang: Lang) -> Section {
    let mut table = Table::new(lang.pick("流失", "Attrition"), columns(Column::text("registry", lang.pick("登记", "Registry")), lang));
    let mut bars = Vec::new();
    for (of, l) in &attrition.totals {
        let name = match of {
            Counted::Registry(r) => registry_name(*r, lang),
            Counted::All => lang.pick("登记合计", "All registrations"),
            Counted::Persons => lang.pick("人数（去重）", "Distinct persons"),
        };
        table.rows.push(row(name.to_owned(), l, lang));
        let rate = l.rate();
        if let (Counted::Registry(_), Some(value), Some(i)) = (of, rate.rate, rate.interval)
            && rate.person_years >= 20.0
        {
            bars.push(Bar {
                label: name.to_owned(),
                value: 100.0 * value,
                text: per_hundred(&rate, lang),
                interval: Some((100.0 * i.low, 100.0 * i.high)),
            });
        }
    }
    let mut section = Section::new(lang.pick("流失率", "Attrition rate"));
    section.lead = Some(
        lang.pick(
            "每百人年的流失数和 95% 区间。一定要与“24 个月内核实”同看：核实得越少，流失发现得越少。",
            "Losses per hundred person-years with the 95% interval. Read them beside the share verified: who verifies less finds fewer losses.",
        )
        .to_owned(),
    );
    if !bars.is_empty() {
        let words = Words {
            id: "attrition".to_owned(),
            title: lang.pick("各登记的流失率", "Attrition by registry").to_owned(),
            description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
            lang,
        };
        section.chart = Some(Chart::Bars(Bars { words, bars }));
    }
    section.table = Some(table);
    section
}

fn cells(attrition: &Attrition, by: Dimension, names: &Names<'_>) -> Section {
    let lang = names.lang;
    let mut table = Table::new(by.title(lang), columns(Column::text(by.word(), by.title(lang)), lang));
    for (cell, l) in attrition.by(Counted::All, by) {
        table.rows.push(row(names.cell(*cell), l, lang));
    }
    let mut section = Section::new(match lang {
        Lang::Zh => format!("按{}", by.title(lang)),
        Lang::En => format!("By {}", by.title(lang).to_lowercase()),
    });
    section.table = Some(table);
    section
}

fn data(attrition: &Attrition, names: &Names<'_>) -> Table {
    let lang = names.lang;
    let keys = [
        "withdrew",
        "lost",
        "moved",
        "losses",
        "new",
        "backlog",
        "recovered",
        "died",
        "aged_out",
        "donated",
        "medical",
        "erased",
        "opening",
        "closing",
        "verified",
    ];
    let mut columns = vec![Column::text("of", "of"), Column::text("by", "by"), Column::text("cell", "cell")];
    columns.extend(keys.map(|k| Column::number(k, k)));
    columns.extend(["person_years", "rate", "rate_low", "rate_high", "crude"].map(|k| Column::number(k, k)));
    let mut table = Table::new(lang.pick("数据", "Data"), columns);
    let mut push = |of: Counted, by: &str, cell: String, l: &Losses| {
        let mut row = vec![Value::text(counted_word(of)), Value::text(by), Value::text(cell)];
        let counts = [
            l.withdrew,
            l.lost,
            l.moved,
            l.losses(),
            l.new,
            l.backlog,
            l.recovered,
            l.died,
            l.aged_out,
            l.donated,
            l.medical,
            l.erased,
            l.opening,
            l.closing,
            l.verified,
        ];
        row.extend(counts.map(Value::count));
        let rate = l.rate();
        let decimal = |x: Option<f64>| x.map_or(Value::Empty, |x| Value::Decimal(x, 6));
        row.push(Value::Decimal(rate.person_years, 4));
        row.extend([rate.rate, rate.interval.map(|i| i.low), rate.interval.map(|i| i.high), l.crude()].map(decimal));
        table.rows.push(row);
    };
    for (of, l) in &attrition.totals {
        push(*of, "all", names.cell(Cell::All), l);
    }
    for (of, by, cells) in &attrition.breakdowns {
        for (cell, l) in cells {
            push(*of, by.word(), names.cell(*cell), l);
        }
    }
    table
}

/// What the report of reneging tells of: requests by stage, follow-ups, and donations after death.
#[derive(Debug, Clone, PartialEq)]
pub struct Requests {
    /// Requests by stage.
    pub reneging: Reneging,
    /// Follow-ups due in the period, where this process can count them.
    pub funnel: Option<Funnel>,
    /// The period's flows of organ and body registrants.
    pub organs: Lines,
    /// The period's notices of death.
    pub notices: Notices,
    /// The period's emergency openings.
    pub openings: Openings,
    /// Organ and body registrants whose state was not verified within the months of the rule set.
    pub organs_unverified: u64,
}

/// The report of reneging.
pub fn reneging_report(requests: &Requests, lang: Lang) -> Report {
    let reneging = &requests.reneging;
    let mut table = Table::new(
        lang.pick("反悔", "Reneging"),
        vec![
            Column::text("stage", lang.pick("阶段", "Stage")),
            Column::number("reached", lang.pick("到达", "Reached")),
            Column::number("cancelled", lang.pick("患者一方取消", "Cancelled by the patient's side")),
            Column::number("refused", lang.pick("本人改变意愿", "Refused")),
            Column::number("unavailable", lang.pick("不能参加", "Could not take part")),
            Column::number("available", lang.pick("同意", "Agreed")),
            Column::number("open", lang.pick("进行中", "Open")),
            Column::number("reneging", lang.pick("反悔率", "Reneging rate")),
            Column::number("availability", lang.pick("可及率", "Availability")),
        ],
    );
    let mut raw = Table::new(lang.pick("数据", "Data"), Vec::new());
    raw.columns = ["stage", "reached", "cancelled", "refused", "unavailable", "available", "open", "reneging", "low", "high"]
        .map(|k| if k == "stage" { Column::text(k, k) } else { Column::number(k, k) })
        .to_vec();
    for s in &reneging.stages {
        let counts = [s.reached, s.cancelled, s.refused, s.unavailable, s.available, s.open()];
        let mut row = vec![Value::text(stage_name(s.stage, lang))];
        row.extend(counts.map(Value::count));
        row.extend([s.reneging(), s.availability()].map(|p| Value::text(p.print(lang))));
        table.rows.push(row);
        let p = s.reneging();
        let mut row = vec![Value::text(stage_name(s.stage, Lang::En))];
        row.extend(counts.map(Value::count));
        let figures = [p.share, p.interval.map(|i| i.low), p.interval.map(|i| i.high)];
        row.extend(figures.map(|x| x.map_or(Value::Empty, |x| Value::Decimal(x, 6))));
        raw.rows.push(row);
    }
    let mut section = Section::new(lang.pick("各阶段的反悔率", "Reneging by stage"));
    section.lead = Some(
        lang.pick("患者一方取消的不计入分母。预处理后反悔危及患者生命，单独列出，不计入累计。", "Requests cancelled by the patient's side are not in the denominator. Refusing after conditioning endangers a life: it stands alone and outside the cumulative rate.")
            .to_owned(),
    );
    section.table = Some(table);
    let small = reneging.stages.iter().filter(|s| s.stage != MatchStage::Conditioned).any(|s| s.reneging().small());
    section.note = reneging.cumulative().filter(|_| !small).map(|c| {
        (
            true,
            match lang {
                Lang::Zh => format!("从初配到采集的累计反悔率 {:.1}%。", 100.0 * c),
                Lang::En => format!("Cumulative reneging up to collection: {:.1}%.", 100.0 * c),
            },
        )
    });
    let p = |of: fn(&crate::reports::reneging::StageCounts) -> crate::reports::intervals::Proportion| -> Vec<Bar> {
        reneging
            .stages
            .iter()
            .filter(|s| !of(s).small())
            .map(|s| {
                let p = of(s);
                Bar {
                    label: stage_name(s.stage, lang).to_owned(),
                    value: p.share.unwrap_or(0.0),
                    text: p.print(lang),
                    interval: p.interval.map(|i| (i.low, i.high)),
                }
            })
            .collect()
    };
    let bars = p(crate::reports::reneging::StageCounts::reneging);
    if !bars.is_empty() {
        let words = Words {
            id: "reneging".to_owned(),
            title: lang.pick("各阶段的反悔率", "Reneging by stage").to_owned(),
            description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
            lang,
        };
        section.chart = Some(Chart::Bars(Bars { words, bars }));
    }
    Report {
        title: lang.pick("反悔", "Reneging").to_owned(),
        about: vec![(lang.pick("期间", "Period").to_owned(), format!("{} – {}", reneging.from, reneging.to))],
        sections: std::iter::once(section)
            .chain(requests.funnel.as_ref().map(|f| funnel_section(f, lang)))
            .chain([organs(requests, lang), notices(&requests.notices, lang), openings(&requests.openings, lang)])
            .collect(),
        data: raw,
        definitions: defined(&["reneging", "availability", "funnel", "success", "notices", "openings", "small-numbers"]),
        lang,
    }
}

const fn stage_name(stage: MatchStage, lang: Lang) -> &'static str {
    match stage {
        MatchStage::Preliminary => lang.pick("初配", "Preliminary match"),
        MatchStage::Availability => lang.pick("再动员", "Availability check"),
        MatchStage::Verification => lang.pick("高分辨确认", "Verification typing"),
        MatchStage::Medical => lang.pick("体检", "Work-up medical"),
        MatchStage::Collection => lang.pick("采集", "Collection"),
        MatchStage::Conditioned => lang.pick("预处理后", "After conditioning"),
    }
}
