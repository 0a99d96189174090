//! Why pairs of records are taken for one person or not, as a report: for every pair a waterfall of weights and the table it is drawn from.

use super::{Report, Section};
use crate::domain::Guarded;
use crate::reports::Lang;
use crate::reports::chart::{Chart, Fall, Waterfall, Words, signed};
use crate::reports::export::{Column, Table, Value};

/// A pair and the steps that make up its weight.
#[derive(Debug)]
pub struct ExplainedPair {
    /// The ids of the two records.
    pub ids: (String, String),
    /// The probability that both are one person.
    pub probability: f64,
    /// The decision's stable word: `same`, `review`, `different`.
    pub decision: &'static str,
    /// The steps; their bits add up to the match weight.
    pub steps: Vec<ExplainedStep>,
}

/// A step.
#[derive(Debug)]
pub struct ExplainedStep {
    /// What it is about.
    pub about: About,
    /// The two values compared; empty where none are.
    pub values: (Guarded<String>, Guarded<String>),
    /// Its weight in bits.
    pub bits: f64,
}

/// What a step is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Two random records.
    Start,
    /// A comparison: its columns, and the stable key of the level of agreement.
    Comparison(String, &'static str),
    /// The other reading: two people of one home.
    Household,
}

impl About {
    fn label(&self, lang: Lang) -> String {
        match self {
            Self::Start => lang.pick("起点（任意两条记录）", "Start (two random records)").to_owned(),
            Self::Comparison(columns, level) => match lang {
                Lang::Zh => format!("{columns}：{}", level_word(level, lang)),
                Lang::En => format!("{columns}: {}", level_word(level, lang)),
            },
            Self::Household => lang.pick("也可能是同住的两人", "or two people of one home").to_owned(),
        }
    }
}

/// A level of agreement in words.
fn level_word<'a>(key: &'a str, lang: Lang) -> &'a str {
    match key {
        "missing" => lang.pick("一方未填", "one side only"),
        "exact" => lang.pick("相同", "the same"),
        "near" => lang.pick("一处笔误或同音", "a slip or the same sound"),
        "similar" => lang.pick("相似", "alike"),
        "remote" => lang.pick("略有相似", "somewhat alike"),
        "different" => lang.pick("不同", "different"),
        "exchanged" => lang.pick("姓与名互换", "surname and given name exchanged"),
        other => other,
    }
}

fn decision_word<'a>(word: &'a str, lang: Lang) -> &'a str {
    match word {
        "same" => lang.pick("同一人", "the same person"),
        "review" => lang.pick("待人工判断", "for a person to judge"),
        "different" => lang.pick("不是同一人", "not the same"),
        other => other,
    }
}

/// The report of some pairs. `cut` is the weight in bits from which a pair alone is called the same.
///
/// It holds the records' values, opened as it is written: writing it is a disclosure where the values are a registry's.
pub fn explanation_report(pairs: Vec<ExplainedPair>, cut: f64, lang: Lang) -> Report {
    let mut data = Table::new(
        lang.pick("数据", "Data"),
        vec![
            Column::text("left", lang.pick("左", "Left")),
            Column::text("right", lang.pick("右", "Right")),
            Column::text("step", lang.pick("项目", "Step")),
            Column::number("bits", lang.pick("权重（比特）", "Weight (bits)")),
        ],
    );
    for pair in &pairs {
        for step in &pair.steps {
            let step_of = Value::text(step.about.label(lang));
            data.rows.push(vec![Value::text(&pair.ids.0), Value::text(&pair.ids.1), step_of, Value::Decimal(step.bits, 4)]);
        }
    }
    let about = vec![(lang.pick("配对数", "Pairs").to_owned(), pairs.len().to_string())];
    let sections = pairs.into_iter().enumerate().map(|(n, pair)| section(n, pair, cut, lang)).collect();
    let title = lang.pick("为什么判为同一人，或不是", "Why pairs are one person, or not").to_owned();
    Report { title, about, sections, data, definitions: Vec::new(), lang }
}

fn section(number: usize, pair: ExplainedPair, cut: f64, lang: Lang) -> Section {
    let total: f64 = pair.steps.iter().map(|s| s.bits).sum();
    let (left, right) = &pair.ids;
    let mut section = Section::new(format!("{left} — {right}"));
    let percent = format!("{:.2}%", 100.0 * pair.probability);
    let decision = decision_word(pair.decision, lang);
    section.lead = Some(match lang {
        Lang::Zh => format!("{decision}；概率 {percent}。各项把权重推向右（像同一人）或向左（不像）；多一比特，可能性加倍。"),
        Lang::En => format!(
            "{decision}; probability {percent}. Each item pushes the weight right (for one person) or left (against); one bit doubles the odds."
        ),
    });
    let words = Words {
        id: format!("pair-{number}"),
        title: match lang {
            Lang::Zh => format!("权重相加：{left} 与 {right}"),
            Lang::En => format!("Weights added up: {left} and {right}"),
        },
        description: pair
            .steps
            .iter()
            .map(|s| format!("{} {}", s.about.label(lang), signed(s.bits)))
            .chain([format!("{} {}", lang.pick("合计", "Total"), signed(total))])
            .collect::<Vec<_>>()
            .join(lang.pick("，", ", ")),
        lang,
    };
    section.chart = Some(Chart::Waterfall(Waterfall {
        words,
        falls: pair.steps.iter().map(|s| Fall { label: s.about.label(lang), size: s.bits }).collect(),
        sum: lang.pick("合计", "Total").to_owned(),
        limit: (cut, lang.pick("界限", "cut").to_owned()),
    }));
    let mut table = Table::new(
        lang.pick("各项权重", "Weights"),
        vec![
            Column::text("step", lang.pick("项目", "Step")),
            Column::text("left", left),
            Column::text("right", right),
            Column::number("bits", lang.pick("权重（比特）", "Weight (bits)")),
        ],
    );
    for step in pair.steps {
        let (l, r) = step.values;
        table.rows.push(vec![
            Value::text(step.about.label(lang)),
            Value::Personal(l),
            Value::Personal(r),
            Value::Text(signed_exact(step.bits)),
        ]);
    }
    table.rows.push(vec![Value::text(lang.pick("合计", "Total")), Value::Empty, Value::Empty, Value::Text(signed_exact(total))]);
    section.table = Some(table);
    section
}

/// Two decimals with a sign: `+12.44`.
fn signed_exact(x: f64) -> String {
    let text = format!("{:.2}", x.abs());
    match () {
        () if text == "0.00" => text,
        () if x < 0.0 => format!("−{text}"),
        () => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> ExplainedPair {
        let step = |about, left: &str, right: &str, bits| ExplainedStep {
            about,
            values: (Guarded::new(left.to_owned()), Guarded::new(right.to_owned())),
            bits,
        };
        ExplainedPair {
            ids: ("7".into(), "<9>".into()),
            probability: 0.875,
            decision: "review",
            steps: vec![
                step(About::Start, "", "", -14.25),
                step(About::Comparison("surname".into(), "exact"), "wei", "<wei>", 9.5),
                step(About::Household, "", "", -0.75),
            ],
        }
    }

    #[test]
    fn chart_and_table_tell_the_same_numbers_in_both_languages() {
        for (lang, same, total) in [(Lang::Zh, "surname：相同", "合计"), (Lang::En, "surname: the same", "Total")] {
            let html = explanation_report(vec![pair()], 0.0, lang).html();
            assert!(html.matches(same).count() >= 4, "in a drawing, the descriptions of both and the table: {html}");
            for text in ["−14.25", "+9.50", "−0.75", "−5.50", "−5.5<", total, "&lt;wei&gt;", "&lt;9&gt;"] {
                assert!(html.contains(text), "{text}");
            }
            assert!(!html.contains("<wei>") && !html.contains("<9>") && html.contains("87.50%"));
        }
    }

    #[test]
    fn an_english_explanation_holds_no_chinese() {
        let html = explanation_report(vec![pair()], 0.0, Lang::En).fragment();
        assert!(!html.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{html}");
    }
}
