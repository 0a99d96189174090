//! Configuration: defaults, then `donor-registry.toml`, then `DONOR_REGISTRY_*`, then the command line; checked once.
//!
//! A leaf: imports no other room. Offers [`Config`], which is built by [`Config::load`] at start and handed on as an argument;
//! there is no global. Every error names the key and never quotes the value, since a value may hold a password.
//!
//! - `keys`: every key, its kind and its name in the environment.
//! - `raw`: the layers put together, values still as written.
//! - `net`, `mail`: addresses, the public URL, the mail server.
//! - `place`: where the data folder and the key file are.

mod error;
mod keys;
mod mail;
mod net;
mod place;
mod raw;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;

pub use error::ConfigError;
pub use mail::{Mail, MailRoute, MailServer, Pace, Security};
pub use net::{Cidr, PublicUrl};

/// What the program is about to do; the checks differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Web app and scheduler: the public URL must be known.
    Serve,
    /// A throw-away registry: the key file lies beside the data, mails go to a folder, links point to the loopback address.
    Demo,
    /// Any other subcommand.
    Command,
}

/// Where the layers come from. A plain value, so that tests set their own and nothing reads the process twice.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Environment variables by name; those of other programs are ignored.
    pub environment: BTreeMap<String, String>,
    /// The folder that relative paths and `donor-registry.toml` are looked up in.
    pub working_folder: PathBuf,
    /// Keys given on the command line, by their dotted name (`port`, `smtp.host`); they win.
    pub command_line: BTreeMap<&'static str, String>,
}

impl Sources {
    /// The process's own environment and working folder. Variables whose text is not UTF-8 are left out.
    ///
    /// # Errors
    /// [`ConfigError::WorkingFolder`] when the working folder is gone.
    pub fn of_process() -> Result<Self, ConfigError> {
        let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
        let working_folder = std::env::current_dir().map_err(|_| ConfigError::WorkingFolder)?;
        Ok(Self { environment, working_folder, command_line: BTreeMap::new() })
    }

    /// Sets a key from the command line, if it was given there.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.command_line.insert(key, value.to_string());
        }
        self
    }
}

/// What staff see as the name of the branch, and how letters say that it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchName {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The office's telephone, as letters print it.
    pub phone: Option<String>,
    /// The office's address, as letters print it.
    pub address: Option<String>,
    /// Whether mails to whoever chose no language are in English.
    pub english: bool,
}

/// The cost of one password hash (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Argon2Cost {
    /// The cost used when nothing is configured: OWASP ASVS 5.0 appendix C, 46 MiB, one pass.
    pub const DEFAULT: Self = Self { memory_kib: 47_104, passes: 1, lanes: 1 };

    /// Whether it reaches the floor of OWASP ASVS 5.0 appendix C.
    pub fn is_enough(&self) -> bool {
        let floor = match self.passes {
            0 => return false,
            1 => 47_104,
            2 => 19_456,
            _ => 12_288,
        };
        self.lanes >= 1 && self.memory_kib >= floor
    }
}

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that holds the SQLite database, mails caught in a folder and the lock file. Absolute.
    pub data: PathBuf,
    /// PostgreSQL instead of SQLite. Holds a password: never printed.
    pub database_url: Option<DatabaseUrl>,
    /// The root key file. Absolute; never inside `data` except in the demo.
    pub key_file: PathBuf,
    /// The address to listen on; not a loopback address only behind a proxy.
    pub address: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The address that registrants and staff type. `None` only where nothing is served.
    pub public_url: Option<PublicUrl>,
    /// The networks of the reverse proxy; empty = none, and then the peer's own address counts.
    pub behind_proxy: Vec<Cidr>,
    /// The branch's name.
    pub branch: BranchName,
    /// The zone that days and quiet hours are reckoned in.
    pub zone: Tz,
    /// Whether one person may hold several roles (小型单位). Never both sides of one approval (`domain::approval`), never administrator and auditor.
    pub small_branch: bool,
    /// How mail leaves.
    pub mail: Mail,
    /// Whether the server plans and sends by itself.
    pub schedule: bool,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// How many questions of the look-up one member of staff may ask within an hour; at least one.
    pub lookups_per_hour: u64,
    /// The cost of a password hash.
    pub argon2: Argon2Cost,
    /// A folder whose files replace the rules compiled in (towns, follow-up, eligibility).
    pub rules: Option<PathBuf>,
    /// A folder whose files replace the mail texts compiled in.
    pub mail_texts: Option<PathBuf>,
}

/// A database address. Its `Debug` shows the scheme only, since it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address, for the database driver and nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl(postgres://..)")
    }
}

impl Config {
    /// Reads all layers and checks them for a purpose.
    ///
    /// # Errors
    /// The first key that cannot be used, named, with what to write instead. Nothing was opened or created.
    pub fn load(sources: &Sources, purpose: Purpose) -> Result<Self, ConfigError> {
        let raw = raw::Raw::read(sources)?;
        let data = place::absolute(&sources.working_folder, &raw.data);
        let address = net::listen_address(&raw.address)?;
        let behind_proxy = raw.behind_proxy.iter().map(|c| Cidr::parse(c)).collect::<Result<Vec<_>, _>>()?;
        if !address.is_loopback() && behind_proxy.is_empty() {
            return Err(ConfigError::key(
                "address",
                "any address but loopback needs `behind_proxy`: the networks of the reverse proxy that ends TLS, such as \"10.0.0.5/32\"",
            ));
        }
        let public_url = match (&raw.public_url, purpose) {
            (_, Purpose::Demo) => Some(PublicUrl::of_loopback(address, raw.port)),
            (Some(text), _) => Some(PublicUrl::parse(text)?),
            (None, Purpose::Command) => None,
            (None, Purpose::Serve) => {
                return Err(ConfigError::key(
                    "public_url",
                    "is missing: write the address that people type, such as \"https://registry.example.org\"; links in mails use it alone",
                ));
            }
        };
        let argon2 = Argon2Cost { memory_kib: raw.argon2.memory_kib, passes: raw.argon2.passes, lanes: raw.argon2.lanes };
        if purpose == Purpose::Serve && !argon2.is_enough() {
            return Err(ConfigError::key(
                "argon2",
                "is too cheap to serve with: at least 47104 KiB with 1 pass, 19456 with 2 or 12288 with 3 (OWASP ASVS 5.0)",
            ));
        }
        Ok(Self {
            key_file: place::key_file(sources, raw.key_file.as_deref(), &data, purpose)?,
            database_url: database_url(&raw, purpose)?,
            mail: mail::check(&raw, sources, &data, purpose)?,
            branch: BranchName {
                zh: raw.branch.zh.clone(),
                en: raw.branch.en.clone(),
                phone: raw.branch.phone.clone(),
                address: raw.branch.address.clone(),
                english: match raw.branch.language.as_str() {
                    "zh" => false,
                    "en" => true,
                    _ => return Err(ConfigError::key("branch.language", "is neither \"zh\" nor \"en\"")),
                },
            },
            zone: raw
                .zone
                .parse()
                .map_err(|_| ConfigError::key("zone", "is not a zone of the IANA database, such as \"Asia/Shanghai\""))?,
            small_branch: raw.small_branch,
            schedule: raw.schedule,
            upload_limit: upload_limit(raw.upload_limit_mib)?,
            lookups_per_hour: match raw.lookups_per_hour {
                0 => return Err(ConfigError::key("lookups_per_hour", "must be at least 1: a coordinator has to be able to ask")),
                some => u64::from(some),
            },
            rules: raw.rules.as_ref().map(|p| place::absolute(&sources.working_folder, p)),
            mail_texts: raw.mail_texts.as_ref().map(|p| place::absolute(&sources.working_folder, p)),
            port: raw.port,
            data,
            address,
            public_url,
            behind_proxy,
            argon2,
        })
    }
}

fn database_url(raw: &raw::Raw, purpose: Purpose) -> Result<Option<DatabaseUrl>, ConfigError> {
    match &raw.database_url {
        // A demo never touches a database that somebody set up for real work.
        _ if purpose == Purpose::Demo => Ok(None),
        None => Ok(None),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(Some(DatabaseUrl(url.clone()))),
        Some(_) => Err(ConfigError::key("database_url", "must start with postgres://; leave it out to use SQLite in the data folder")),
    }
}

fn upload_limit(mib: u32) -> Result<u64, ConfigError> {
    match mib {
        1..=256 => Ok(u64::from(mib) << 20),
        _ => Err(ConfigError::key("upload_limit_mib", "must be between 1 and 256: uploads are held in memory")),
    }
}

/// The file that is looked for in the working folder when `DONOR_REGISTRY_CONFIG` names no other.
fn default_file(working_folder: &Path) -> PathBuf {
    working_folder.join("donor-registry.toml")
}
