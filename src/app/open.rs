//! Opening a registry: made at first use, unlocked with the root key file.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use crate::config::Config;
use crate::domain::Guarded;
use crate::domain::time::Timestamp;
use crate::domain::town::Towns;
use crate::store::{AuditEntry, Store, StoreUrl};
use crate::vault::{Cost, KeyFile, RootKey, Vault};

use super::{App, AppError};

/// How the root key is had where the key file does not open by itself.
#[derive(Clone, Copy, Default)]
pub struct Unlock<'a> {
    /// Asks for the passphrase of a protected key file.
    pub passphrase: Option<&'a dyn Fn() -> Result<Guarded<String>, AppError>>,
}

/// A registry opened.
pub struct Opened {
    /// It.
    pub app: App,
    /// The key file made just now, in a new registry.
    pub new_key_file: Option<PathBuf>,
    /// Whether the database was made just now.
    pub new_registry: bool,
}

impl App {
    /// Opens the registry of a configuration; in an empty folder, key file and database are made first.
    ///
    /// # Errors
    /// [`AppError::Key`] and [`AppError::Vault`] where the key file is missing or of another registry; [`AppError::Store`].
    pub async fn open(config: Config, unlock: Unlock<'_>, now: Timestamp) -> Result<Opened, AppError> {
        let url = match &config.database_url {
            Some(url) => StoreUrl::postgres(url.as_str())?,
            None => StoreUrl::folder(&config.data),
        };
        let policies = super::follow::policies(config.rules.as_deref())?;
        let readiness = super::follow::readiness_editions(config.rules.as_deref())?;
        let experiments = super::follow::experiments(config.rules.as_deref(), &policies)?;
        let texts = super::consent::texts(config.rules.as_deref())?;
        let store = Store::open(&url).await?;
        let rows = store.keyring().await?;
        let (vault, new_key_file, new_registry) = if rows.is_empty() {
            let (root, new_key_file) = if config.key_file.exists() {
                (root_key(&config, unlock)?, None)
            } else {
                (RootKey::create(&config.key_file)?, Some(config.key_file.clone()))
            };
            let (vault, rows) = Vault::create(&root, store.deployment(), now)?;
            let mut tx = store.begin().await?;
            // Of two processes that open one new database at once, the first makes the keyring.
            let made = tx.keyring().await?;
            if made.is_empty() {
                tx.put_keys(&rows).await?;
                tx.audit(&AuditEntry::on(now, None, "registry.make", "deployment", Some(store.deployment().0))).await?;
                tx.commit().await?;
                (vault, new_key_file, true)
            } else {
                tx.rollback().await?;
                (Vault::open(&root, store.deployment(), &made)?, new_key_file, false)
            }
        } else {
            if !config.key_file.exists() {
                return Err(AppError::Key(
                    "the root key file is missing; nothing was opened. Name it with --key-file, or make it again from the recovery sheet with `keys recover`",
                ));
            }
            let vault = match KeyFile::read(&config.key_file)? {
                KeyFile::Node(node) => Vault::open_node(&node, &rows)?,
                other => Vault::open(&root_of(other, unlock)?, store.deployment(), &rows)?,
            };
            (vault, None, false)
        };
        let cost = Cost { memory_kib: config.argon2.memory_kib, passes: config.argon2.passes, lanes: config.argon2.lanes };
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let app = Self {
            towns: Towns::shipped(),
            texts,
            clocks: crate::domain::urgent::Clocks::shipped(),
            ages: crate::domain::age::AgeLimits::shipped(),
            policies,
            rules: super::donor::Cached::default(),
            readiness,
            call_order: super::kept::Kept::default(),
            volunteers: super::kept::Kept::default(),
            grouped: super::kept::Kept::default(),
            experiments,
            store,
            vault: Arc::new(vault),
            cost,
            live: RwLock::default(),
            facts: tokio::sync::RwLock::default(),
            waiting: std::sync::Mutex::default(),
            following: tokio::sync::Mutex::default(),
            saving: tokio::sync::Mutex::default(),
            hashing: Arc::new(tokio::sync::Semaphore::new(cores)),
            config,
        };
        Ok(Opened { app, new_key_file, new_registry })
    }

    /// Closes the database in good order; what was in memory of people is zeroised.
    pub async fn close(self) -> Result<(), AppError> {
        self.forget();
        Ok(self.store.close().await?)
    }

    /// Closes the database in good order, and zeroises what was in memory of people, where the registry is shared within the process.
    pub async fn shut(&self) -> Result<(), AppError> {
        self.forget();
        Ok(self.store.clone().close().await?)
    }
}

/// The root key of a configuration's key file, opened with the passphrase where it is protected.
pub fn root_key(config: &Config, unlock: Unlock<'_>) -> Result<RootKey, AppError> {
    root_of(KeyFile::read(&config.key_file)?, unlock)
}

fn root_of(file: KeyFile, unlock: Unlock<'_>) -> Result<RootKey, AppError> {
    match file {
        KeyFile::Root(root) => Ok(root),
        KeyFile::Protected(protected) => {
            let ask = unlock.passphrase.ok_or(AppError::Key(
                "the root key file is protected by a passphrase; nothing was opened. Type it at a terminal, or name a file that holds it with --passphrase-file",
            ))?;
            Ok(RootKey::from_guarded(&ask()?, &protected)?)
        }
        KeyFile::Node(_) => Err(AppError::Key(
            "this key file opens some compartments of an existing registry only; nothing was changed. Use the root key file here",
        )),
    }
}
