//! `link evaluate`: what the engine decides against a column that knows.

use std::path::Path;

use serde::Serialize;

use super::args::Evaluate;
use super::{input, linked, show, told};
use crate::cli::{CliError, Outcome};
use crate::domain::Guarded;
use crate::matching::linkage::engine::{Options, Schema, Table};
use crate::matching::linkage::evaluate::{AtCut, Evaluation, Supervised, Truth, TruthReader, evaluate, supervised};
use crate::reports::export::thousands;

pub fn run(json: bool, args: &Evaluate) -> Result<Outcome, CliError> {
    let schema = input::schema(&args.common.schema)?;
    let mut truth = TruthReader::default();
    let (left, of_left) = read(&args.file, &schema, &args.truth, &mut truth)?;
    let right = args.right.as_ref().map(|path| read(path, &schema, &args.truth, &mut truth)).transpose()?;
    let options = Options { threshold: args.common.threshold, one_to_one: args.one_to_one };
    let (right, of_right) = right.map_or((None, None), |(table, truth)| (Some(table), Some(truth)));
    let run = linked(&args.file, &left, right.as_ref(), options)?;
    let truth = Truth::new(of_left, of_right);
    let evaluation = evaluate(&run, &truth);
    let cut = told::Cut::of(run.outcome.cut, args.common.threshold);
    let bound = args.bound.then(|| supervised(run, &truth));
    if json {
        #[derive(Serialize)]
        struct Answer<'a> {
            cut: told::Cut,
            #[serde(flatten)]
            evaluation: &'a Evaluation,
            #[serde(skip_serializing_if = "Option::is_none")]
            supervised: Option<Supervised>,
        }
        show::json(&Answer { cut, evaluation: &evaluation, supervised: bound });
    } else {
        lines(&evaluation, bound.as_ref(), right.is_some(), args.common.threshold.is_some());
    }
    Ok(Outcome::Done)
}

/// A table, and the truth of its rows in the table's order.
fn read(path: &Path, schema: &Schema, column: &str, truth: &mut TruthReader) -> Result<(Table, Vec<u32>), CliError> {
    let bytes: Guarded<Vec<u8>> = input::bytes(path)?;
    let table = input::table(path, &bytes, schema)?;
    let of_file = input::read(path, &bytes, |csv| truth.read(csv, column))?;
    let truth = (0..table.len()).map(|row| of_file.get(table.place(row)).copied().unwrap_or(0)).collect();
    Ok((table, truth))
}

fn lines(e: &Evaluation, bound: Option<&Supervised>, two: bool, told: bool) {
    let whole = |n: u64| thousands(i64::try_from(n).unwrap_or(i64::MAX));
    show::line(format_args!(
        "{} rows, {} pairs are one person; the engine expects {:.0} ({:+.1} %).",
        whole(e.rows as u64),
        whole(e.true_matches),
        e.expected_matches,
        if e.true_matches > 0 { 100.0 * (e.expected_matches / e.true_matches as f64 - 1.0) } else { 0.0 }
    ));
    show::line(format_args!("{:<34} {:>9} {:>9} {:>9} {:>10} {:>8}", "", "precision", "recall", "F1", "called", "cut"));
    let score = |what: &str, at: &AtCut| {
        show::line(format_args!(
            "{what:<34} {:>9.5} {:>9.5} {:>9.5} {:>10} {:>8.5}",
            at.score.precision,
            at.score.recall,
            at.score.f1,
            whole(at.score.called),
            at.probability
        ));
    };
    let decided = if two { "decided" } else { "after clustering" };
    let whose = if told { "the cut as told" } else { "the engine's cut" };
    score(&format!("pairs, {whose}"), &e.pairs);
    score(&format!("{decided}, {whose}"), &e.decided);
    score("pairs, best cut (needs the truth)", &e.best_pairs);
    score(&format!("{decided}, best cut"), &e.best_decided);
    if let Some(bound) = bound {
        score("pairs, weights from the truth", &bound.pairs);
        score(&format!("{decided}, from the truth"), &bound.decided);
    }
    show::line(format_args!(
        "Expected of the decisions: precision {:.5} (is {:.5}), recall {:.5} (is {:.5}).",
        e.expected_precision, e.decided.score.precision, e.expected_recall, e.decided.score.recall
    ));
    show::line(format_args!("For a person to judge: {} pairs, {} of them one person.", whole(e.review.0), whole(e.review.1)));
    show::line(format_args!(
        "True pairs no key reaches: {:.3} % (expected {:.3} %); reached and given up: {:.3} %.",
        100.0 * e.unreached,
        100.0 * e.expected_unreached,
        100.0 * e.given_up
    ));
    show::line(format_args!("{:<18} {:>12} {:>14} {:>12} {:>10}", "probability", "pairs", "expected", "one person", "share"));
    for bin in e.calibration.iter().filter(|b| b.pairs > 0) {
        show::line(format_args!(
            "{:<18} {:>12} {:>14.1} {:>12} {:>10.4}",
            format!("{} to {}", bin.from, bin.to),
            whole(bin.pairs),
            bin.expected,
            whole(bin.observed),
            bin.observed as f64 / bin.pairs as f64
        ));
    }
}
