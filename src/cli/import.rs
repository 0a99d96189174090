//! `import`: a sheet into the registry.

use crate::app::Actor;
use crate::app::import::{ImportOptions, ImportReport, ReportLine, Staged, Totals, report_csv};
use crate::domain::Guarded;
use crate::domain::source::ImportSource;
use crate::intake::{RowOutcome, Sheet};

use super::args::{Import, Options};
use super::error::{unreadable, unwritable};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Import) -> Result<Outcome, CliError> {
    let bytes = Guarded::new(std::fs::read(&args.file).map_err(|e| unreadable(&args.file, &e))?);
    let profile = match &args.profile {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))?),
        None => None,
    };
    let name = args.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    open::with_app(options, |app| async move {
        let now = open::now();
        let drive = match &args.drive {
            Some(drive) => Some(app.drive_named(drive).await?.ok_or(CliError::Argument("there is no drive of this name; begin it first"))?),
            None => None,
        };
        let how = ImportOptions { registry: Some(args.registry), judged_on: args.date, profile, drive: drive.as_ref().map(|d| d.id) };
        let mut progress = show::Progress::of("rows");
        let mut step = |done, total| progress.at(done, total);
        if args.dry_run {
            let sheet = app.read_sheet(bytes, &name, &how, drive.map(|d| d.day.0), now, &mut step)?;
            drop(progress);
            write_report(args, &dry_report(&name, &sheet))?;
            let counts = sheet.counts();
            show::line(format_args!(
                "{} rows read: {} accepted, {} to review, {} refused, {} skipped. Nothing was written.",
                counts.read, counts.accepted, counts.review, counts.refused, counts.skipped
            ));
            return Ok(if counts.refused > 0 { Outcome::SomeRefused } else { Outcome::Done });
        }
        let staged = app.stage(Actor::Console, bytes, &name, &how, now, &mut step).await?;
        drop(progress);
        let (id, totals, again) = match staged {
            Staged::Draft(id) => (id, app.admit(Actor::Console, id, now).await?, false),
            Staged::Before(id) => (id, app.preview(Actor::Console, id).await?.totals, true),
        };
        write_report(args, &app.import_report(Actor::Console, id, again).await?)?;
        if options.json {
            show::json(&totals);
        } else {
            tell(totals, again);
        }
        Ok(if totals.refused > 0 { Outcome::SomeRefused } else { Outcome::Done })
    })
}

fn tell(totals: Totals, again: bool) {
    let Totals { read, accepted, review, refused, skipped, new, known, to_compare } = totals;
    if again {
        show::line("This very file is in the registry already; nothing was changed.");
    }
    show::line(format_args!("{read} rows read: {accepted} accepted, {review} to review, {refused} refused, {skipped} skipped."));
    show::line(format_args!("{new} people are new, {known} rows are of people on file, {to_compare} are to be compared by a registrar."));
    show::line("Nobody was contacted. 导入不会联系任何人。");
}

fn write_report(args: &Import, report: &ImportReport) -> Result<(), CliError> {
    if let Some(path) = &args.report {
        std::fs::write(path, report_csv(report)?).map_err(|e| unwritable(path, &e))?;
    }
    Ok(())
}

fn dry_report(file: &str, sheet: &Sheet) -> ImportReport {
    let lines = sheet
        .rows
        .iter()
        .map(|row| {
            let mut codes: Vec<&str> = row.problems.iter().map(|p| p.code.code()).collect();
            codes.sort_unstable();
            codes.dedup();
            ReportLine {
                row: i64::from(row.number),
                outcome: row.outcome.word(),
                problems: codes.join(";"),
                person: String::new(),
                known: (row.outcome < RowOutcome::Refused).then_some(false),
            }
        })
        .collect();
    ImportReport { source: Guarded::new(ImportSource::of(file, &sheet.sheet_name)), lines }
}
