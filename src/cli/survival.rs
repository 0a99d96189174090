//! `survival`: curves of a file, without a registry. Nothing is recorded.

use crate::reports::Lang;
use crate::reports::document::survival_report;
use crate::reports::survival;

use super::args::{Format, Survival};
use super::error::unreadable;
use super::{CliError, Outcome, show};

pub fn run(args: &Survival) -> Result<Outcome, CliError> {
    let bytes = std::fs::read(&args.file).map_err(|e| unreadable(&args.file, &e))?;
    let sample = survival::from_csv(&bytes, &args.time, &args.event, args.entry.as_deref(), args.group.as_deref())?;
    let analysis = sample.analyse();
    match args.format {
        Format::Json => show::json(&analysis),
        Format::Svg | Format::Html => {
            let lang = if args.english { Lang::En } else { Lang::Zh };
            let cause = |number: u32| format!("{} {number}", lang.pick("原因", "cause"));
            let report = survival_report(&sample, &analysis, &args.time, &cause, lang);
            let page = if args.format == Format::Html { report.html() } else { report.svg().unwrap_or_default() };
            show::line(page);
        }
        Format::Csv | Format::Xlsx => return Err(CliError::Argument("survival writes json, svg or html")),
    }
    Ok(Outcome::Done)
}
