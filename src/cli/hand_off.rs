//! `followup hand-off`: lines for the office's SMS platform, and its results read back.

use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::app::Actor;

use super::args::{HandOff, Options};
use super::error::{unreadable, unwritable};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &HandOff) -> Result<Outcome, CliError> {
    match (&args.results, &args.output) {
        (Some(results), _) => read_back(options, results),
        (None, Some(output)) => write_out(options, args, output),
        (None, None) => Err(CliError::Argument("--output names the file to write, or --results the one to read back")),
    }
}

/// The file is made before anything is given out: a place that cannot be written to leaves every call as it was.
fn write_out(options: &Options, args: &HandOff, output: &Path) -> Result<Outcome, CliError> {
    let mut file = owners_alone(output).map_err(|e| unwritable(output, &e))?;
    let done = open::with_app(options, |app| async move {
        let now = open::now();
        let day = args.as_of.unwrap_or_else(|| app.today(now));
        let text =
            args.text.clone().unwrap_or_else(|| format!("{}：请您方便时回电，以便核对您的联系方式是否仍然有效。", app.branch(false)));
        let (lines, people) = app.hand_off(Actor::Console, &text, day, now).await?;
        show::into_file(&mut file, &lines).map_err(|e| unwritable(output, &e))?;
        if options.json {
            show::json(&serde_json::json!({ "people": people }));
        } else if let Some(until) = app.hands_waiting(Actor::Console, now).await?.resting_until.filter(|_| people == 0) {
            let until = until.utc().with_timezone(&app.config.zone).format("%Y-%m-%d %H:%M");
            show::line(format_args!("Nobody: it is quiet hours or a closed day. Messages can be handed off from {until} on."));
        } else {
            let days = app.result_days(day)?;
            show::line(format_args!(
                "{people} messages handed off. Without a result a call is due after all after {days} days, and a message gives way to the next step."
            ));
        }
        Ok(Outcome::Done)
    });
    if done.is_err() {
        // Nothing was given out, or not all of it: half a file of numbers helps nobody.
        drop(std::fs::remove_file(output));
    }
    done
}

fn read_back(options: &Options, results: &Path) -> Result<Outcome, CliError> {
    let text = std::fs::read_to_string(results).map_err(|e| unreadable(results, &e))?;
    open::with_app(options, |app| async move {
        let read = app.hand_off_results(Actor::Console, &text, open::now()).await?;
        if options.json {
            show::json(&serde_json::json!({ "delivered": read.done, "failed": read.call, "unknown": read.unknown }));
        } else {
            show::line(format_args!(
                "{} delivered, {} failed and are called today, {} lines name no open hand-off or no result.",
                read.done, read.call, read.unknown
            ));
        }
        Ok(if read.unknown > 0 { Outcome::SomeRefused } else { Outcome::Done })
    })
}

/// A new file that its owner alone may read; one that is there already is left as it is.
fn owners_alone(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
