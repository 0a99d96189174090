//! 简报: one page for the superior.

use super::pool::{PARTS, part_counts};
use super::rates::per_hundred;
use super::{Report, Section, defined};
use crate::reports::Lang;
use crate::reports::attrition::Attrition;
use crate::reports::axis::{Names, registry_name};
use crate::reports::chart::{Chart, Stack, Stacked, Words};
use crate::reports::export::{Column, Table, Value, thousands};
use crate::reports::flows::Flows;
use crate::reports::pool::{Counted, Pool};
use crate::reports::targets::{Plan, Progress};

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The branch's name.
    pub branch: String,
    /// The pool at the end.
    pub pool: Pool,
    /// The period's flows.
    pub flows: Flows,
    /// The period's attrition.
    pub attrition: Attrition,
    /// The plan.
    pub plan: Plan,
    /// Its progress, indicator by indicator.
    pub progress: Vec<Progress>,
}

/// The one page: the pool in four parts, the flows reconciled, attrition beside the share verified, the plan's targets.
pub fn brief_report(brief: &Brief, names: &Names<'_>) -> Report {
    let lang = names.lang;
    let table = registries(brief, lang);
    let data = {
        let mut data = Table::new(lang.pick("数据", "Data"), table.columns.clone());
        data.rows = registries(brief, lang).rows;
        data
    };
    let mut pool = Section::new(lang.pick("库容与进出", "Pool and flows"));
    pool.chart = Some(chart(&brief.pool, lang));
    pool.table = Some(table);
    pool.note = Some(reconciled(&brief.flows, lang));
    Report {
        title: format!("{} · {}", brief.branch, lang.pick("捐献登记简报", "Registry brief")),
        about: vec![
            (lang.pick("期间", "Period").to_owned(), format!("{} – {}", brief.flows.period.from, brief.flows.period.to)),
            (
                lang.pick("在册人数（去重）", "Distinct persons").to_owned(),
                thousands(i64::try_from(brief.pool.persons.pool()).unwrap_or(i64::MAX)),
            ),
        ],
        sections: vec![pool, targets(brief, lang)],
        data,
        definitions: defined(&["pool", "flows", "attrition", "verified-share"]),
        lang,
    }
}

fn chart(pool: &Pool, lang: Lang) -> Chart {
    let stacks: Vec<Stack> =
        pool.registries.iter().map(|(r, c)| Stack { label: registry_name(*r, lang).to_owned(), parts: part_counts(c).to_vec() }).collect();
    let words = Words {
        id: "brief-pool".to_owned(),
        title: lang.pick("库容的四个部分", "The pool's four parts").to_owned(),
        description: stacks
            .iter()
            .map(|s| format!("{} {}", s.label, s.parts.iter().map(u64::to_string).collect::<Vec<_>>().join(" + ")))
            .collect::<Vec<_>>()
            .join(lang.pick("，", ", ")),
        lang,
    };
    Chart::Stacked(Stacked { words, parts: PARTS.map(|(_, zh, en)| lang.pick(zh, en).to_owned()).to_vec(), stacks })
}

fn registries(brief: &Brief, lang: Lang) -> Table {
    let mut table = Table::new(
        lang.pick("各登记", "By registry"),
        vec![
            Column::text("registry", lang.pick("登记", "Registry")),
            Column::number("opening", lang.pick("期初", "Opening")),
            Column::number("in", lang.pick("进", "In")),
            Column::number("out", lang.pick("出", "Out")),
            Column::number("other", lang.pick("更正与合并", "Corrections, duplicates")),
            Column::number("closing", lang.pick("期末", "Closing")),
            Column::number("verified", lang.pick("有效期内核实", "Verified in time")),
            Column::number("losses", lang.pick("流失", "Losses")),
            Column::number("rate", lang.pick("每百人年流失（95% 区间）", "Losses per 100 person-years (95%)")),
        ],
    );
    for (of, lines) in &brief.flows.totals {
        let name = match of {
            Counted::Registry(r) => registry_name(*r, lang),
            Counted::All => lang.pick("登记合计", "All registrations"),
            Counted::Persons => lang.pick("人数（去重）", "Distinct persons"),
        };
        let losses = brief.attrition.total(*of);
        table.rows.push(vec![
            Value::text(name),
            Value::Whole(lines.opening),
            Value::Whole(lines.new + lines.recovered + lines.resumed),
            Value::Whole(lines.out() + lines.set_aside),
            Value::Whole(lines.corrections + lines.duplicates),
            Value::Whole(lines.closing),
            Value::text(losses.verified_share().print(lang)),
            Value::count(losses.losses()),
            Value::text(per_hundred(&losses.rate(), lang)),
        ]);
    }
    table
}

fn reconciled(flows: &Flows, lang: Lang) -> (bool, String) {
    let good = flows.reconciles();
    let text = match (good, lang) {
        (true, Lang::Zh) => "已对平：期初 ＋ 进 － 出 ＋ 更正与合并 ＝ 期末，各登记、各分组均成立。流失率须与核实比例同看。",
        (true, Lang::En) => {
            "Reconciled: opening + in − out + corrections and duplicates = closing, in every registry and cell. Read losses beside the share verified."
        }
        (false, Lang::Zh) => "未对平。请勿使用，并报告管理员。",
        (false, Lang::En) => "Not reconciled. Do not use these figures; tell the administrator.",
    };
    (good, text.to_owned())
}

fn targets(brief: &Brief, lang: Lang) -> Section {
    let mut table = Table::new(
        lang.pick("规划指标", "Plan targets"),
        vec![
            Column::text("indicator", lang.pick("指标", "Indicator")),
            Column::text("unit", lang.pick("单位", "Unit")),
            Column::number("target", lang.pick("目标", "Target")),
            Column::number("gross", lang.pick("新增", "New")),
            Column::number("withdrawn", lang.pick("其中已撤回", "Of these withdrawn")),
            Column::number("share", lang.pick("完成", "Done")),
            Column::number("pace", lang.pick("每月尚需", "Needed a month")),
        ],
    );
    for (indicator, p) in brief.plan.indicators.iter().zip(&brief.progress) {
        table.rows.push(vec![
            Value::text(lang.pick(&indicator.name, &indicator.name_en)),
            Value::text(super::targets::unit(indicator, lang)),
            Value::count(p.target),
            Value::count(p.gross),
            p.withdrawn.map_or(Value::Empty, Value::count),
            Value::Share(p.share(), 0),
            p.pace.map_or(Value::text("—"), |pace| Value::Decimal(pace, 1)),
        ]);
    }
    let mut section = Section::new(lang.pick(&brief.plan.name, &brief.plan.name_en));
    section.table = Some(table);
    section
}
