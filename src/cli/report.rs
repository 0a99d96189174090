//! `report`: pool and flows as files.

use crate::reports::Lang;

use super::args::{Format, Options, Report, ReportKind};
use super::error::unwritable;
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Report) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        let lang = if args.english { Lang::En } else { Lang::Zh };
        let report = match args.kind {
            ReportKind::Pool => app.pool_report(args.as_of, lang).await?,
            ReportKind::Flows => {
                let from = args.from.ok_or(CliError::Argument("flows need --from, the first day of the period"))?;
                app.flows_report(from, args.as_of, lang).await?
            }
        };
        let bytes = match args.format {
            Format::Html => report.html().into_bytes(),
            Format::Svg => report.svg().ok_or(CliError::Argument("this report has no chart"))?.into_bytes(),
            Format::Csv => report.csv()?,
            Format::Xlsx => report.xlsx()?,
            Format::Json => report.json().to_string().into_bytes(),
        };
        std::fs::write(&args.output, bytes).map_err(|e| unwritable(&args.output, &e))?;
        show::line(format_args!("Written to {}.", args.output.display()));
        Ok(Outcome::Done)
    })
}
