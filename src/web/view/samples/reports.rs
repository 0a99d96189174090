//! Reports beside the pool: targets with the grass-roots units, what is to be published, and the forms of both.

use askama::Template;
use chrono::NaiveDate;

use super::shell;
use crate::app::ReportKind;
use crate::domain::town::Towns;
use crate::reports::axis::Names;
use crate::reports::document::targets_report;
use crate::reports::facts::FactBook;
use crate::reports::targets::Plans;
use crate::reports::units::{Coverage, Unit};
use crate::web::i18n::{Lang, Text};
use crate::web::view::figures::{self, Body, ReleaseLine, ways};
use crate::web::view::report::lang_of;
use crate::web::view::units::{UnitLine, Units};
use crate::web::view::{Field, Select, Slips};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn invented_units(towns: &Towns) -> Vec<Unit> {
    let named = ["示例街道红十字会", "样本镇红十字会工作站", "示例镇红十字会"];
    let founded = ["2021-05-08", "2022-09-10", "2023-05-08"].map(day);
    let towns = towns.towns.iter().step_by(3);
    let made = towns.zip(named).zip(founded).enumerate().map(|(at, ((town, name), founded))| Unit {
        number: u32::try_from(at).unwrap() + 1,
        town: town.code,
        name: name.into(),
        founded,
        closed: (at == 1).then(|| day("2024-12-31")),
        contact: "红十字专干".into(),
    });
    made.collect()
}

/// The pages, with their names.
pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let towns = Towns::shipped();
    let units = invented_units(&towns);
    let today = day("2026-11-23");
    let coverage = Coverage::of(&units, &towns, today);
    let date = |name, label| Field::new(text, name, label).hint(text, "hint-date").class("input--short");
    let s = || shell(lang, "/reports");

    let town = |t: &crate::domain::town::Town| if lang == Lang::English { t.name_en.clone() } else { t.name.clone() };
    let units_page = Units {
        s: s(),
        slips: Slips::default(),
        covered: coverage.covered(),
        towns: coverage.towns.len() as u64,
        town: towns.towns.iter().fold(Select::new(text, "town", "unit-town"), |select, t| select.option(t.code.to_string(), town(t))),
        fields: [
            Field::new(text, "name", "unit-name"),
            date("founded", "unit-founded"),
            Field::new(text, "contact", "unit-contact").hint(text, "unit-contact-hint"),
        ],
        lines: units.iter().map(|unit| UnitLine::of(unit, &towns, lang == Lang::English)).collect(),
        today: today.to_string(),
    };
    let plans = figures::Plans {
        s: s(),
        slips: Slips::default(),
        indicator: Select::new(text, "indicator", "plan-indicator").option("a", "应急救护普及培训 · 2025"),
        figure: [
            date("figure-from", "plan-from"),
            date("figure-to", "plan-to"),
            Field::new(text, "value", "plan-value").class("input--short"),
            Field::new(text, "source", "plan-source"),
            Field::new(text, "evidence", "plan-evidence").optional(text),
        ],
        plan: [
            Field::new(text, "name", "plan-name"),
            date("from", "plan-from"),
            date("to", "plan-to"),
            Field::new(text, "indicators", "plan-indicators").hint(text, "plan-indicators-hint").rows(5),
        ],
    };
    let waiting = |number: i64, approved: &str| ReleaseLine {
        number,
        as_of: "2026-10-31".into(),
        prepared: "2026-11-01 09:00".into(),
        approved: approved.into(),
    };
    let publication = figures::Publication {
        ways: ways(&s(), "/reports/public", ""),
        releases: vec![waiting(2, ""), waiting(1, "2026-10-03 10:12")],
        day: date("day", "public-day"),
        slips: Slips::default(),
        s: s(),
    };
    let all = Plans::shipped();
    let plan = all.on(today).unwrap();
    let names = Names { towns: &towns, drive: &|_| None, lang: lang_of(text) };
    let progress = FactBook::default().targets(plan, coverage.covered(), today);
    let report = targets_report(plan, &progress, today, names.lang).with_units(&coverage, &names);
    let targets = figures::Kind {
        ways: ways(&s(), "/reports/targets", ""),
        choices: figures::retentions(&s(), ReportKind::Targets, ""),
        days: [
            Field::new(text, "from", "report-from").class("input--short"),
            Field::new(text, "as-of", "report-as-of").class("input--short"),
        ],
        title: report.title.clone(),
        about: report.about.clone(),
        drawn: report.svg().is_some(),
        body: Body::of(&report),
        path: "/reports/targets".into(),
        query: String::new(),
        s: s(),
    };
    [("units", units_page.render()), ("plans", plans.render()), ("publication", publication.render()), ("report-targets", targets.render())]
        .map(|(name, page)| (name, page.unwrap()))
        .to_vec()
}
