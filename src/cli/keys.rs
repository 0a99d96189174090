//! `keys`: status, recovery sheet, node key files, recovery, rotation, passphrase.

use std::io::Read;
use std::path::Path;

use crate::app::{self, Actor, App, Unlock};
use crate::config::Purpose;
use crate::domain::Compartment;
use crate::domain::time::Timestamp;
use crate::vault::{KeyStatus, RootKey};

use super::args::{Keys, Options};
use super::{CliError, Outcome, open, passphrase, show};

pub fn run(options: &Options, args: &Keys) -> Result<Outcome, CliError> {
    match args {
        Keys::Recover => return recover(options),
        Keys::Protect { new_passphrase_file } => return protect(options, new_passphrase_file.as_deref()),
        _ => {}
    }
    open::with_app(options, |app| async move {
        let now = open::now();
        match args {
            Keys::Status => {
                let status = app.keys(Actor::Console).await?;
                for key in &status.keys {
                    show::line(format_args!("{:>4}  {:<24}  {}", key.key_id, key.purpose.word(), state(key.status)));
                }
                let open: Vec<&str> = status.open.iter().map(|c| c.word()).collect();
                show::line(format_args!("open in this process: {}", open.join(", ")));
                show::line(if status.sheet_confirmed {
                    "recovery sheet: confirmed"
                } else {
                    "recovery sheet: NOT CONFIRMED. Print it (`keys sheet`) and type it back once (`keys confirm`)."
                });
            }
            Keys::Sheet => show::line(app.recovery_sheet(Unlock { passphrase: Some(&|| passphrase::present(options)) })?.text()),
            Keys::Confirm => {
                let right = app.confirm_sheet(Actor::Console, &typed()?, now).await?;
                if !right {
                    return Err(CliError::Argument("this is the recovery sheet of another registry"));
                }
                show::line("The recovery sheet is right; you will not be reminded any more.");
            }
            Keys::Export { compartments, output } => {
                let chosen: Option<Vec<Compartment>> = compartments.iter().map(|w| Compartment::from_word(w.trim())).collect();
                let chosen = chosen
                    .ok_or(CliError::Argument("a compartment is one of identity, contact, health, genetic, documents, statistics"))?;
                app.export_keys(Actor::Console, &chosen, output, now).await?;
                show::line(format_args!("Written to {}; it opens these compartments and nothing else.", output.display()));
            }
            Keys::Rotate => rotate(&app, now).await?,
            Keys::Recover | Keys::Protect { .. } => {}
        }
        Ok(Outcome::Done)
    })
}

async fn rotate(app: &App, now: Timestamp) -> Result<(), CliError> {
    let mut last = "";
    let done = app
        .rotate_keys(Actor::Console, now, &mut |what, _| {
            if what != last {
                last = what;
                show::note(format_args!("{what} ..."));
            }
        })
        .await?;
    if done.resumed {
        show::line("A rotation that was broken off was finished.");
    }
    show::line(format_args!(
        "{} compartments have new keys: {} data keys, {} facts, {} names of imports and {} staged rows were brought under them.",
        done.compartments, done.data_keys, done.facts, done.sources, done.staged
    ));
    show::line(format_args!(
        "{} old keys were destroyed. Make a backup now; earlier ones need no old key file, the root key is the same.",
        done.destroyed
    ));
    Ok(())
}

fn protect(options: &Options, new: Option<&Path>) -> Result<Outcome, CliError> {
    let config = open::config(options, Purpose::Command)?;
    let chosen = passphrase::chosen(new)?;
    app::protect_root(&config, Unlock { passphrase: Some(&|| passphrase::present(options)) }, &chosen)?;
    show::line(format_args!("The root key in {} is protected by the passphrase from now on.", config.key_file.display()));
    show::line("Copies of the key file that were made before are not: destroy them, or protect them too.");
    Ok(Outcome::Done)
}

fn recover(options: &Options) -> Result<Outcome, CliError> {
    let config = open::config(options, Purpose::Command)?;
    let root = RootKey::from_recovery_sheet(&typed()?).map_err(crate::app::AppError::from)?;
    root.write(&config.key_file).map_err(crate::app::AppError::from)?;
    show::line(format_args!("The root key file was written to {}.", config.key_file.display()));
    Ok(Outcome::Done)
}

fn typed() -> Result<zeroize::Zeroizing<String>, CliError> {
    let mut text = zeroize::Zeroizing::new(String::new());
    std::io::stdin().lock().read_to_string(&mut text).map_err(|_| CliError::Argument("no sheet could be read from standard input"))?;
    Ok(text)
}

const fn state(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Pending => "pending",
        KeyStatus::Primary => "primary",
        KeyStatus::DecryptOnly => "decrypt only",
        KeyStatus::Destroyed => "destroyed",
    }
}
