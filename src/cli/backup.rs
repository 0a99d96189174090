//! `backup` and `restore`.

use crate::app::{self, Actor, Unlock};
use crate::config::Purpose;
use crate::vault::RootKey;

use super::args::{Backup, Options, Restore};
use super::error::unreadable;
use super::{CliError, Outcome, open, passphrase, show};

pub fn back_up(options: &Options, args: &Backup) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        let report = app.back_up(Actor::Console, &args.output, open::now()).await?;
        let rows: u64 = report.rows.values().sum();
        show::line(format_args!("{rows} rows were written to {} (data) and {} (data keys).", report.data.display(), report.keys.display()));
        show::line("Keep the two files apart. The root key is in neither: without its key file or the recovery sheet nothing can be read.");
        Ok(Outcome::Done)
    })
}

pub fn restore(options: &Options, args: &Restore) -> Result<Outcome, CliError> {
    let config = open::config(options, Purpose::Command)?;
    let root = match &args.recovery_sheet {
        Some(path) => {
            let sheet = zeroize::Zeroizing::new(std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))?);
            let root = RootKey::from_recovery_sheet(&sheet).map_err(app::AppError::from)?;
            if !config.key_file.exists() {
                root.write(&config.key_file).map_err(app::AppError::from)?;
                show::note(format_args!("The root key file was written to {}.", config.key_file.display()));
            }
            root
        }
        None => app::root_key(&config, Unlock { passphrase: Some(&|| passphrase::present(options)) })?,
    };
    let (report, erasures) = open::runtime()?.block_on(app::restore(&config, &args.from, &root, args.erasures.as_deref()))?;
    for (table, rows) in &report.rows {
        show::line(format_args!("{table}: {rows}"));
    }
    match erasures {
        Some(entries) => show::line(format_args!("The list of erasures was gone through: {entries} entries.")),
        None => show::note(format_args!(
            "There is no list of erasures at {}: whoever was erased after the backup was made can be read again in what was restored. Where \
             the list was kept elsewhere, restore once more into an empty folder with --erasures FILE.",
            app::erasure_list(&config.key_file).display()
        )),
    }
    show::line("Restored and verified. Nothing is sent before somebody confirms it (`followup resume`).");
    Ok(Outcome::Done)
}
