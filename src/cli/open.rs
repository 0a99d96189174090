//! Opening the registry a command is about.

use std::future::Future;
use std::time::SystemTime;

use crate::app::{App, AppError, Unlock};
use crate::config::{Config, Purpose, Sources};
use crate::domain::time::Timestamp;

use super::args::Options;
use super::{CliError, passphrase, show};

/// Now. The one place of the command line that reads the clock.
pub fn now() -> Timestamp {
    Timestamp::of(SystemTime::now().into())
}

/// The settings of a command.
pub fn config(options: &Options, purpose: Purpose) -> Result<Config, CliError> {
    Ok(Config::load(&sources(options)?, purpose)?)
}

/// Where the settings of a command come from.
pub fn sources(options: &Options) -> Result<Sources, CliError> {
    let path = |p: &Option<std::path::PathBuf>| p.as_ref().map(|p| p.display().to_string());
    Ok(Sources::of_process()?.with("data", path(&options.data)).with("key_file", path(&options.key_file)))
}

/// Runs a command on its registry: opens it, and closes it in good order whatever comes of the command.
pub fn with_app<T, F>(options: &Options, work: impl FnOnce(std::sync::Arc<App>) -> F) -> Result<T, CliError>
where
    F: Future<Output = Result<T, CliError>>,
{
    let config = config(options, Purpose::Command)?;
    runtime()?.block_on(async {
        let app = std::sync::Arc::new(open(options, config).await?);
        let outcome = work(std::sync::Arc::clone(&app)).await;
        app.shut().await?;
        outcome
    })
}

/// The threads of a command.
pub fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|_| CliError::Runtime)
}

/// Opens a registry and says what was made for it.
pub async fn open(options: &Options, config: Config) -> Result<App, AppError> {
    let opened = App::open(config, Unlock { passphrase: Some(&|| passphrase::present(options)) }, now()).await?;
    if let Some(file) = &opened.new_key_file {
        show::note(format_args!(
            "A new root key was written to {}. Print the recovery sheet now (`keys sheet`) and keep a copy of the key file away from the data.",
            file.display()
        ));
    }
    if opened.new_registry {
        show::note(format_args!("A new registry was made in {}.", opened.app.config.data.display()));
    }
    Ok(opened.app)
}
