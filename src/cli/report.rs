//! `report`: every report as a file.

use std::path::{Path, PathBuf};

use crate::app::{Actor, ReportKind as Kind, year_begins};
use crate::reports::Lang;
use crate::reports::document::{Report as Made, funnel_report};
use crate::reports::reneging::Funnel;

use super::args::{Format, Options, Report, ReportKind};
use super::error::{unreadable, unwritable};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Report) -> Result<Outcome, CliError> {
    let lang = if args.english { Lang::En } else { Lang::Zh };
    let kind = match args.kind {
        ReportKind::Funnel => {
            let file = args.figures.as_ref().ok_or(CliError::Argument("a funnel needs --figures, the file that holds them"))?;
            let bytes = std::fs::read(file).map_err(|e| unreadable(file, &e))?;
            return write(args, &funnel_report(&Funnel::from_csv(&bytes)?, lang));
        }
        ReportKind::Pool => Kind::Pool,
        ReportKind::Flows => Kind::Flows,
        ReportKind::Attrition => Kind::Attrition,
        ReportKind::Reneging => Kind::Reneging,
        ReportKind::Targets => Kind::Targets,
        ReportKind::Public => Kind::Public,
        ReportKind::Retention => Kind::Retention(args.registry),
        ReportKind::Brief => Kind::Brief,
    };
    open::with_app(options, |app| async move {
        // Of a registry that an earlier version left, or a backup of it, before anything is counted.
        app.tell_old_numbers(open::now()).await?;
        let report = if kind == Kind::Public {
            // What leaves the house is kept, so that no later release can be set against it.
            let release = app.prepare_release(Actor::Console, args.as_of, open::now()).await?;
            app.release_report(&release, lang)
        } else {
            app.report(kind, args.from.unwrap_or_else(|| year_begins(args.as_of)), args.as_of, lang).await?
        };
        write(args, &report)
    })
}

fn write(args: &Report, report: &Made) -> Result<Outcome, CliError> {
    let public = args.kind == ReportKind::Public;
    let mut files = vec![(args.output.clone(), bytes(args.format, report)?)];
    if public && args.format == Format::Csv {
        // A CSV file holds one table; the others lie beside it.
        files.extend(report.csv_of_sections()?.into_iter().enumerate().skip(1).map(|(at, table)| (beside(&args.output, at + 1), table)));
    }
    for (path, bytes) in files {
        std::fs::write(&path, bytes).map_err(|e| unwritable(&path, &e))?;
        show::line(format_args!("Written to {}.", path.display()));
    }
    Ok(Outcome::Done)
}

fn bytes(format: Format, report: &Made) -> Result<Vec<u8>, CliError> {
    Ok(match format {
        Format::Html => report.html().into_bytes(),
        Format::Svg => report.svg().ok_or(CliError::Argument("this report has no chart; take html or csv"))?.into_bytes(),
        Format::Csv => report.csv()?,
        Format::Xlsx => report.xlsx()?,
        Format::Json => report.json().to_string().into_bytes(),
    })
}

/// `public.csv` and 2 give `public.2.csv`.
fn beside(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(".{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_tables_lie_beside_the_first() {
        assert_eq!(beside(Path::new("/tmp/public.csv"), 2), Path::new("/tmp/public.2.csv"));
        assert_eq!(beside(Path::new("public"), 3), Path::new("public.3"));
    }
}
