//! Passphrases of the root key file: from a file's first line, or typed at the terminal without showing it.

use std::io::IsTerminal;
use std::path::Path;

use zeroize::Zeroizing;

use crate::app::AppError;
use crate::domain::Guarded;

use super::CliError;
use super::args::Options;
use super::error::unreadable;

const NO_TERMINAL: &str = "the root key file is protected by a passphrase and there is no terminal to type it at; nothing was opened. Name a file that holds it with --passphrase-file";

/// The passphrase of the key file as it is.
pub fn present(options: &Options) -> Result<Guarded<String>, AppError> {
    match &options.passphrase_file {
        Some(path) => first_line(path).map_err(|_| AppError::Key("the passphrase file could not be read; nothing was opened")),
        None => ask("Passphrase of the root key: ").map_err(|_| AppError::Key(NO_TERMINAL)),
    }
}

/// A new passphrase.
pub fn chosen(file: Option<&Path>) -> Result<Guarded<String>, CliError> {
    if let Some(path) = file {
        return first_line(path).map_err(|e| unreadable(path, &e));
    }
    let terminal = |_| CliError::Argument("there is no terminal to type the passphrase at; name a file with --new-passphrase-file");
    let first = ask("New passphrase, best a sentence of 15 characters or more: ").map_err(terminal)?;
    let second = ask("The same again: ").map_err(terminal)?;
    if super::show::same(&first, &second) { Ok(first) } else { Err(CliError::Argument("the two passphrases differ")) }
}

/// The line's end does not belong to it; spaces do.
fn first_line(path: &Path) -> Result<Guarded<String>, std::io::Error> {
    let text = Zeroizing::new(std::fs::read_to_string(path)?);
    Ok(Guarded::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn ask(prompt: &str) -> Result<Guarded<String>, std::io::Error> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(std::io::ErrorKind::NotConnected.into());
    }
    let terminal = console::Term::stderr();
    terminal.write_str(prompt)?;
    terminal.read_secure_line().map(Guarded::new)
}
