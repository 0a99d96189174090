//! `link`: the same people in CSV files. No registry, no key, nothing recorded.

mod args;
mod evaluate;
mod explained;
mod input;
mod output;
mod rows;
mod told;

use std::path::Path;
use std::sync::Mutex;

pub use args::Link;
use args::{Dedupe, Explain, Pair};
use output::{Output, Written};
use rows::{write_clusters, write_pairs};

use super::{CliError, Outcome, show};
use crate::matching::linkage::engine::{Inspection, Options, Outcome as Found, Table, inspect};
use crate::reports::Lang;

pub fn run(json: bool, link: &Link) -> Result<Outcome, CliError> {
    match link {
        Link::Dedupe(a) => dedupe(json, a),
        Link::Pair(a) => pair(json, a),
        Link::Evaluate(a) => evaluate::run(json, a),
    }
}

fn dedupe(json: bool, args: &Dedupe) -> Result<Outcome, CliError> {
    let taken = [args.file.as_path(), &args.common.schema];
    let pairs = Output::at(&args.pairs, &taken, &[])?;
    let clusters = args.clusters.as_ref().map(|p| Output::at(p, &taken, &[&pairs])).transpose()?;
    let others: Vec<&Output> = std::iter::once(&pairs).chain(&clusters).collect();
    let page = args.explain.explain_html.as_ref().map(|p| Output::at(p, &taken, &others)).transpose()?;
    let schema = input::schema(&args.common.schema)?;
    let table = input::table(&args.file, &input::bytes(&args.file)?, &schema)?;
    let options = Options { threshold: args.common.threshold, one_to_one: false };
    let run = linked(&args.file, &table, None, options)?;
    let mut files = vec![pairs.write(|w| write_pairs(w, &run.outcome.pairs, &table, &table))?];
    if let Some(clusters) = &clusters {
        files.push(clusters.write(|w| write_clusters(w, &run.outcome.clusters, &table))?);
    }
    answer(json, args.common.threshold, &args.explain, page.as_ref(), &run, (&table, None), files)
}

fn pair(json: bool, args: &Pair) -> Result<Outcome, CliError> {
    let taken = [args.left.as_path(), &args.right, &args.common.schema];
    let pairs = Output::at(&args.pairs, &taken, &[])?;
    let page = args.explain.explain_html.as_ref().map(|p| Output::at(p, &taken, &[&pairs])).transpose()?;
    let schema = input::schema(&args.common.schema)?;
    let left = input::table(&args.left, &input::bytes(&args.left)?, &schema)?;
    let right = input::table(&args.right, &input::bytes(&args.right)?, &schema)?;
    let options = Options { threshold: args.common.threshold, one_to_one: args.one_to_one };
    let run = linked(&args.left, &left, Some(&right), options)?;
    let files = vec![pairs.write(|w| write_pairs(w, &run.outcome.pairs, &left, &right))?];
    answer(json, args.common.threshold, &args.explain, page.as_ref(), &run, (&left, Some(&right)), files)
}

/// Runs the engine under a progress bar.
fn linked<'t>(path: &Path, left: &'t Table, right: Option<&'t Table>, options: Options) -> Result<Inspection<'t>, CliError> {
    let bar = Mutex::new(show::Progress::of("comparing"));
    let step = |_: &'static str, share: f64| {
        if let Ok(mut bar) = bar.lock() {
            bar.at_share(share);
        }
    };
    inspect(left, right, options, &step).map_err(|e| input::of(path, e))
}

/// Explains, puts the files in their places and tells what was found.
fn answer(
    json: bool,
    threshold: Option<f64>,
    explain: &Explain,
    page: Option<&Output>,
    run: &Inspection<'_>,
    tables: (&Table, Option<&Table>),
    files: Vec<Written>,
) -> Result<Outcome, CliError> {
    let mut files = files;
    let wanted = explain.explain.unwrap_or(if page.is_some() { 20 } else { 0 });
    let pairs = explained::hardest(run, tables, wanted);
    let mut pairs = pairs;
    if let Some(page) = page {
        let lang = if explain.english { Lang::En } else { Lang::Zh };
        let html = explained::page(std::mem::take(&mut pairs), run.outcome.cut, lang);
        files.push(page.write(|w| w.write_all(html.as_bytes()))?);
    }
    Written::put(files)?;
    let rows = tables.0.len() + tables.1.map_or(0, Table::len);
    if json {
        show::json(&told::Answer::of(rows, threshold, &run.outcome, &pairs));
    } else {
        told::lines(rows, threshold, &run.outcome);
        explained::lines(&pairs);
    }
    Ok(Outcome::Done)
}

/// How many pairs were called what.
fn counts(found: &Found) -> (usize, usize) {
    use crate::matching::linkage::Decision;
    let of = |d: Decision| found.pairs.iter().filter(|p| p.decision == d).count();
    (of(Decision::Same), of(Decision::Review))
}
