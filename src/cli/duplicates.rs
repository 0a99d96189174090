//! `duplicates`: scan, list, export.

use crate::app::Actor;

use super::args::{Duplicates, Options};
use super::error::unwritable;
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Duplicates) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        match args {
            Duplicates::Scan => {
                let progress = std::sync::Mutex::new(show::Progress::of("people"));
                let step = |done, total| {
                    if let Ok(mut bar) = progress.lock() {
                        bar.at(done, total);
                    }
                };
                let tally = app.scan(Actor::Console, &step, open::now()).await?;
                drop(progress);
                if options.json {
                    show::json(&tally);
                } else {
                    show::line(format_args!(
                        "{} pairs are surely one person, {} wait for a registrar. Nobody was merged.",
                        tally.same, tally.review
                    ));
                }
            }
            Duplicates::List => {
                for item in app.queue(Actor::Console).await? {
                    show::line(format_args!("{}  {}  {:.4}  {}", item.left, item.right, item.probability, item.decision.word()));
                }
            }
            Duplicates::Export { output } => {
                let csv = app.export_pairs(Actor::Console).await?;
                match output {
                    Some(path) => std::fs::write(path, csv).map_err(|e| unwritable(path, &e))?,
                    None => show::line(String::from_utf8_lossy(&csv).trim_end()),
                }
            }
        }
        Ok(Outcome::Done)
    })
}
