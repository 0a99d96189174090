//! Why pairs weigh what they do: as lines, as JSON, as a page with charts.

use serde_json::{Value, json};

use super::show;
use crate::matching::linkage::Decision;
use crate::matching::linkage::engine::{Explanation, Inspection, Level, Step, Subject, Table};
use crate::reports::Lang;
use crate::reports::document::{About, ExplainedPair, ExplainedStep, explanation_report};

/// A pair with its explanation.
#[derive(Debug)]
pub struct Explained {
    left: String,
    right: String,
    decision: Decision,
    explanation: Explanation,
}

/// The pairs that were hardest to decide, those nearest the cut first. `n` at most.
pub fn hardest(run: &Inspection<'_>, tables: (&Table, Option<&Table>), n: usize) -> Vec<Explained> {
    let cut = run.outcome.cut;
    let mut pairs: Vec<_> = run.outcome.pairs.iter().collect();
    pairs.sort_by(|x, y| (x.weight - cut).abs().total_cmp(&(y.weight - cut).abs()).then((x.left, x.right).cmp(&(y.left, y.right))));
    let right = tables.1.unwrap_or(tables.0);
    pairs
        .into_iter()
        .take(n)
        .map(|p| Explained {
            left: tables.0.id(p.left).into_owned(),
            right: right.id(p.right).into_owned(),
            decision: p.decision,
            explanation: run.explain(p.left, p.right),
        })
        .collect()
}

impl Explained {
    /// For programs: the weights, without the values.
    pub fn json(&self) -> Value {
        let steps: Vec<Value> = self
            .explanation
            .steps
            .iter()
            .map(|s| {
                let (what, columns) = match &s.subject {
                    Subject::Start => ("start", None),
                    Subject::Columns(columns) => ("comparison", Some(columns)),
                    Subject::Household => ("household", None),
                };
                json!({"step": what, "columns": columns, "level": s.level.map(Level::key), "bits": s.bits})
            })
            .collect();
        json!({
            "unique_id_l": self.left,
            "unique_id_r": self.right,
            "match_probability": self.explanation.probability,
            "match_weight": self.explanation.weight,
            "decision": self.decision.word(),
            "steps": steps,
        })
    }

    fn of_report(self) -> ExplainedPair {
        let step = |s: Step| ExplainedStep {
            about: match s.subject {
                Subject::Start => About::Start,
                Subject::Columns(columns) => About::Comparison(columns, s.level.map_or("", Level::key)),
                Subject::Household => About::Household,
            },
            values: s.values,
            bits: s.bits,
        };
        ExplainedPair {
            ids: (self.left, self.right),
            probability: self.explanation.probability,
            decision: self.decision.word(),
            steps: self.explanation.steps.into_iter().map(step).collect(),
        }
    }
}

/// The explanations as a page of its own.
pub fn page(pairs: Vec<Explained>, cut: f64, lang: Lang) -> String {
    explanation_report(pairs.into_iter().map(Explained::of_report).collect(), cut, lang).html()
}

/// The explanations as lines.
pub fn lines(pairs: &[Explained]) {
    for pair in pairs {
        let Explanation { steps, weight, probability } = &pair.explanation;
        show::line("");
        show::line(format_args!(
            "{} - {}: {}, probability {probability:.4}, weight {weight:+.2} bits",
            pair.left,
            pair.right,
            pair.decision.word()
        ));
        let mut sum = 0.0;
        for step in steps {
            sum += step.bits;
            let what = match &step.subject {
                Subject::Start => "start: two random records".to_owned(),
                Subject::Columns(columns) => format!("{columns}: {}", step.level.map_or("", Level::key)),
                Subject::Household => "or two people of one home".to_owned(),
            };
            show::explained(&what, &step.values, step.bits, sum);
        }
    }
}
