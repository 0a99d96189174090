//! Sections on what follows a registrant's death: donations, the notices of it, and the identities opened in a hurry.

use super::Section;
use super::rates::Requests;
use crate::domain::registry::ExitReason;
use crate::reports::Lang;
use crate::reports::export::{Column, Table, Value};
use crate::reports::intervals::Proportion;
use crate::reports::notices::Notices;
use crate::reports::openings::Openings;

/// Donations among the deaths known to us; whoever died unknown to us is in neither figure, so the unverified stand beside.
pub(super) fn organs(requests: &Requests, lang: Lang) -> Section {
    let whole = |reason| u64::try_from(requests.organs.exit(reason)).unwrap_or(0);
    let (donated, died) = (whole(ExitReason::Donated), whole(ExitReason::Died));
    let success = Proportion::new(donated, donated + died);
    let mut table = Table::new(
        lang.pick("遗体和人体器官捐献", "Organ and body donation"),
        vec![Column::text("item", lang.pick("项目", "Item")), Column::number("count", lang.pick("人数", "People"))],
    );
    let rows = [
        (lang.pick("已知去世", "Deaths known to us"), Value::count(donated + died)),
        (lang.pick("其中实现捐献", "of these donated"), Value::count(donated)),
        (lang.pick("捐献成功率", "Success"), Value::text(success.print(lang))),
        (lang.pick("在册而核实已过期", "On file, not verified in time"), Value::count(requests.organs_unverified)),
    ];
    table.rows.extend(rows.map(|(name, value)| vec![Value::text(name), value]));
    let mut section = Section::new(lang.pick("遗体和人体器官捐献的实现", "Organ and body donation"));
    section.lead = Some(
        lang.pick(
            "分母只含我们知道的去世者，不含在册登记者：绝大多数登记者健在。核实已过期的人里可能有我们不知道的去世者。",
            "The denominator holds deaths known to us, never the registrants: most of them are alive. Among the unverified there may be deaths unknown to us.",
        )
        .to_owned(),
    );
    section.table = Some(table);
    section
}

/// Minutes as hours and minutes.
fn duration(minutes: u32, lang: Lang) -> String {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match lang {
        Lang::Zh => format!("{hours} 小时 {minutes} 分"),
        Lang::En => format!("{hours} h {minutes} min"),
    }
}

/// Whether the news of a death came in time, and how long it took from the notice to the arrival.
pub(super) fn notices(notices: &Notices, lang: Lang) -> Section {
    let mut table = Table::new(
        lang.pick("急报", "Notices of death"),
        vec![Column::text("item", lang.pick("项目", "Item")), Column::number("value", lang.pick("数值", "Value"))],
    );
    let time = |minutes: Option<&u32>| minutes.map_or(Value::Empty, |m| Value::text(duration(*m, lang)));
    let rows = [
        (lang.pick("及时收到的急报", "Notices in time"), Value::count(notices.received)),
        (lang.pick("未及时通知", "Known too late"), Value::count(notices.too_late)),
        (lang.pick("通知及时率", "In time"), Value::text(notices.in_time().print(lang))),
        (lang.pick("已到场", "Arrived"), Value::count(notices.arrivals.len() as u64)),
        (lang.pick("从通知到到场：最短", "Notice to arrival: shortest"), time(notices.arrivals.first())),
        (lang.pick("中位", "Median"), time(notices.median().as_ref())),
        (lang.pick("最长", "Longest"), time(notices.arrivals.last())),
    ];
    table.rows.extend(rows.map(|(name, value)| vec![Value::text(name), value]));
    let mut section = Section::new(lang.pick("急报", "Notices of death"));
    section.table = Some(table);
    section
}

/// Identities opened in a hurry, and their reviews. Counts alone: there are a few a year.
pub(super) fn openings(openings: &Openings, lang: Lang) -> Section {
    let mut table = Table::new(
        lang.pick("应急开启", "Emergency openings"),
        vec![Column::text("item", lang.pick("项目", "Item")), Column::number("count", lang.pick("次数", "Openings"))],
    );
    let rows = [
        (lang.pick("应急开启", "Emergency openings"), openings.all()),
        (lang.pick("其中为初配通知", "of these for match requests"), openings.matches),
        (lang.pick("其中为急报", "of these for death notices"), openings.notices),
        (lang.pick("复核：需要", "Reviewed: needed"), openings.needed),
        (lang.pick("复核：有疑问", "Reviewed: questioned"), openings.questioned),
        (lang.pick("还没有复核", "Not reviewed yet"), openings.open),
        (lang.pick("超过两个工作日才复核或仍未复核", "Reviewed later than two working days, or overdue"), openings.late),
    ];
    table.rows.extend(rows.map(|(name, count)| vec![Value::text(name), Value::count(count)]));
    let mut section = Section::new(lang.pick("应急开启", "Emergency openings"));
    section.table = Some(table);
    section
}
