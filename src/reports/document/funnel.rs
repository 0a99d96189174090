//! The funnel of follow-ups as a report.

use super::{Report, Section, defined};
use crate::reports::Lang;
use crate::reports::chart::{Bar, Bars, Chart, Words};
use crate::reports::export::{Column, Table, Value, thousands};
use crate::reports::reneging::Funnel;

fn outcome_name(key: &str, lang: Lang) -> &str {
    match key {
        "reached" => lang.pick("联系上，资料无误", "Reached, data right"),
        "verified" => lang.pick("本人经链接核实", "Verified through the link"),
        "no-answer" => lang.pick("无人接听", "No answer"),
        "not-them" => lang.pick("号码不是本人的", "Number not theirs"),
        "not-me" => lang.pick("本人称不是我", "“This is not me”"),
        "unsubscribed" => lang.pick("不再收邮件", "No more mails"),
        "withdrew" => lang.pick("改变捐献意愿", "Withdrew"),
        own => own,
    }
}

/// The report of a funnel alone: for figures that were published or come from another source.
pub fn funnel_report(funnel: &Funnel, lang: Lang) -> Report {
    let section = funnel_section(funnel, lang);
    let mut data = Table::new(lang.pick("数据", "Data"), vec![Column::text("item", "item"), Column::number("count", "count")]);
    let steps = [("due", funnel.due), ("tried", funnel.tried), ("reached", funnel.reached), ("followed_up", funnel.followed_up)];
    data.rows.extend(steps.map(|(key, n)| vec![Value::text(key), Value::count(n)]));
    data.rows.extend(funnel.outcomes.iter().map(|(key, n)| vec![Value::text(format!("outcome: {key}")), Value::count(*n)]));
    data.rows.push(vec![Value::text("without_outcome"), Value::Whole(funnel.missing())]);
    Report {
        title: lang.pick("回访漏斗", "Follow-up funnel").to_owned(),
        about: vec![(lang.pick("回访", "Followed up").to_owned(), funnel.followed_up.to_string())],
        sections: vec![section],
        data,
        definitions: defined(&["funnel", "small-numbers"]),
        lang,
    }
}

/// The funnel as a section.
pub fn funnel_section(funnel: &Funnel, lang: Lang) -> Section {
    let mut table = Table::new(
        lang.pick("回访漏斗", "Follow-up funnel"),
        vec![
            Column::text("item", lang.pick("项目", "Item")),
            Column::number("count", lang.pick("人次", "Count")),
            Column::number("share", lang.pick("比例", "Share")),
        ],
    );
    let told: u64 = funnel.outcomes.iter().map(|(_, n)| n).sum();
    let steps = [
        (lang.pick("到期", "Due"), funnel.due, None),
        (lang.pick("已联系", "Tried"), funnel.tried, None),
        (lang.pick("联系上", "Reached"), funnel.reached, Some(funnel.contact())),
        (lang.pick("有结果", "With an outcome"), told, Some(funnel.completion())),
    ];
    for (name, n, share) in &steps {
        table.rows.push(vec![Value::text(*name), Value::count(*n), share.map_or(Value::Empty, |p| Value::text(p.print(lang)))]);
    }
    for (key, n) in &funnel.outcomes {
        let name = format!("{}{}", lang.pick("结果：", "Outcome: "), outcome_name(key, lang));
        table.rows.push(vec![Value::text(name), Value::count(*n), Value::Empty]);
    }
    let missing = funnel.missing();
    table.rows.push(vec![Value::text(lang.pick("没有结果", "Without an outcome")), Value::Whole(missing), Value::Empty]);
    let whole = |n: u64| thousands(i64::try_from(n).unwrap_or(i64::MAX));
    let mut section = Section::new(lang.pick("回访漏斗", "Follow-ups from due to outcome"));
    section.lead = Some(lang.pick("每一个被联系的人必须恰好有一个结果。", "Everyone followed up has exactly one outcome.").to_owned());
    section.note = Some(match (missing, lang) {
        (0, Lang::Zh) => (true, format!("回访 {}，结果合计 {}，逐人对平。", whole(funnel.followed_up), whole(told))),
        (0, Lang::En) => (true, format!("Followed up {}, outcomes {}: they agree.", whole(funnel.followed_up), whole(told))),
        (1.., Lang::Zh) => (
            false,
            format!("回访 {} 人，结果合计 {}：有 {missing} 人没有结果。请补齐以后再使用这些数字。", whole(funnel.followed_up), whole(told)),
        ),
        (1.., Lang::En) => (
            false,
            format!(
                "Followed up {}, outcomes {}: {missing} people have no outcome. Complete them before using these figures.",
                whole(funnel.followed_up),
                whole(told)
            ),
        ),
        (_, Lang::Zh) => (
            false,
            format!("回访 {} 人，结果合计 {}：有 {} 个结果重复计算。", whole(funnel.followed_up), whole(told), missing.unsigned_abs()),
        ),
        (_, Lang::En) => (
            false,
            format!(
                "Followed up {}, outcomes {}: {} outcomes are told twice.",
                whole(funnel.followed_up),
                whole(told),
                missing.unsigned_abs()
            ),
        ),
    });
    if funnel.due + funnel.tried > 0 {
        let bars: Vec<Bar> =
            steps.iter().map(|(name, n, _)| Bar { label: (*name).to_owned(), value: *n as f64, text: whole(*n), interval: None }).collect();
        let words = Words {
            id: "funnel".to_owned(),
            title: lang.pick("回访漏斗", "Follow-up funnel").to_owned(),
            description: bars.iter().map(|b| format!("{} {}", b.label, b.text)).collect::<Vec<_>>().join(lang.pick("，", ", ")),
            lang,
        };
        section.chart = Some(Chart::Bars(Bars { words, bars }));
    }
    section.table = Some(table);
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_people_without_an_outcome_are_flagged_in_both_languages() {
        // 乌审旗红十字会, 2024-07-16: 146 followed up, outcomes told of 106.
        let file = "item,count\nfollowed_up,146\n愿意捐献,77\n超龄,2\n家属反对,11\n身体原因,11\n绝症,2\n拒绝,3\n";
        let funnel = Funnel::from_csv(file.as_bytes()).unwrap();
        assert_eq!(funnel.missing(), 40);
        for (lang, told) in [(Lang::Zh, "有 40 人没有结果"), (Lang::En, "40 people have no outcome")] {
            let report = funnel_report(&funnel, lang);
            let (good, text) = report.sections[0].note.clone().unwrap();
            assert!(!good && text.contains(told), "{text}");
            assert!(report.html().contains(told));
        }
        assert!(String::from_utf8(funnel_report(&funnel, Lang::En).csv().unwrap()).unwrap().contains("without_outcome,40"));
        let whole = Funnel::from_csv(b"item,count\nfollowed_up,3\nagreed,2\nrefused,1\n").unwrap();
        assert!(funnel_report(&whole, Lang::En).sections[0].note.as_ref().is_some_and(|n| n.0));
    }
}
