//! The layers put together, values still as written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::error::Kind as Trouble;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};
use serde::Deserialize;

use super::keys::{self, Kind};
use super::{ConfigError, Sources, default_file};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub data: PathBuf,
    pub database_url: Option<String>,
    pub key_file: Option<PathBuf>,
    pub address: String,
    pub port: u16,
    pub public_url: Option<String>,
    pub behind_proxy: Vec<String>,
    pub branch: RawBranch,
    pub zone: String,
    pub small_branch: bool,
    pub smtp: RawSmtp,
    pub schedule: bool,
    pub upload_limit_mib: u32,
    pub lookups_per_hour: u32,
    pub argon2: RawArgon2,
    pub rules: Option<PathBuf>,
    pub mail_texts: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBranch {
    pub zh: String,
    pub en: String,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub language: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSmtp {
    pub mode: String,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub security: String,
    pub user: Option<String>,
    pub password_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub from: String,
    pub reply_to: Option<String>,
    pub manager: Option<String>,
    pub digest: Option<String>,
    pub bounce_domain: Option<String>,
    pub folder: Option<PathBuf>,
    pub per_hour: u32,
    pub per_day: u32,
    pub seconds_between: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawArgon2 {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Raw {
    pub fn read(sources: &Sources) -> Result<Self, ConfigError> {
        let (file, named) = match sources.environment.get("DONOR_REGISTRY_CONFIG") {
            Some(named) => (super::place::absolute(&sources.working_folder, named.as_ref()), true),
            None => (default_file(&sources.working_folder), false),
        };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !named => String::new(),
            Err(e) => return Err(ConfigError::File { file, line: format!(" ({})", e.kind()) }),
        };
        if let Err(broken) = text.parse::<toml::Table>() {
            let line = broken.span().map(|at| format!(", line {}", 1 + text.bytes().take(at.start).filter(|b| *b == b'\n').count()));
            return Err(ConfigError::File { file, line: line.unwrap_or_default() });
        }
        Figment::from(Toml::string(keys::DEFAULTS))
            .merge(Toml::string(&text))
            .merge(Texts::of_environment(sources)?)
            .merge(Texts { place: "the command line", values: read_all(sources.command_line.iter().map(|(k, v)| (*k, v.as_str())))? })
            .extract()
            .map_err(|error| told(error, &file))
    }
}

/// A layer whose values arrive as text: the environment, the command line.
struct Texts {
    place: &'static str,
    values: BTreeMap<&'static str, Value>,
}

impl Texts {
    fn of_environment(sources: &Sources) -> Result<Self, ConfigError> {
        let by_variable: BTreeMap<String, &'static str> = keys::KEYS.iter().map(|(key, _)| (keys::variable(key), *key)).collect();
        let mut given: BTreeMap<&'static str, &str> = BTreeMap::new();
        // The name every hosting tool knows; our own name wins over it.
        if let Some(url) = sources.environment.get("DATABASE_URL") {
            given.insert("database_url", url);
        }
        for (variable, text) in &sources.environment {
            match by_variable.get(variable) {
                Some(key) => drop(given.insert(key, text)),
                None if variable.starts_with(keys::PREFIX) && !keys::is_not_a_setting(variable) => {
                    return Err(ConfigError::Unknown { key: variable.clone(), place: "in the environment".to_owned() });
                }
                None => {}
            }
        }
        Ok(Self { place: "the environment", values: read_all(given.into_iter())? })
    }
}

fn read_all<'a>(given: impl Iterator<Item = (&'static str, &'a str)>) -> Result<BTreeMap<&'static str, Value>, ConfigError> {
    // An empty text unsets: that is how a container's environment file leaves a key out.
    given.filter(|(_, text)| !text.trim().is_empty()).map(|(key, text)| Ok((key, read(key, text.trim())?))).collect()
}

fn read(key: &'static str, text: &str) -> Result<Value, ConfigError> {
    let kind = keys::kind(key).unwrap_or(Kind::Text);
    let wrong = || ConfigError::key(key, kind.expected());
    Ok(match kind {
        Kind::Text => Value::from(text),
        Kind::Number => Value::from(text.parse::<u32>().map_err(|_| wrong())?),
        Kind::YesNo => Value::from(text.to_ascii_lowercase().parse::<bool>().map_err(|_| wrong())?),
        Kind::List => Value::from(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(Value::from).collect::<Vec<_>>()),
    })
}

impl Provider for Texts {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.place)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut top = Dict::new();
        for (key, value) in &self.values {
            match key.split_once('.') {
                None => drop(top.insert((*key).to_owned(), value.clone())),
                Some((table, name)) => {
                    let table = top.entry(table.to_owned()).or_insert_with(|| Value::from(Dict::new()));
                    if let Value::Dict(_, inner) = table {
                        inner.insert(name.to_owned(), value.clone());
                    }
                }
            }
        }
        Ok(Map::from([(Profile::Default, top)]))
    }
}

/// Figment's errors quote the value; ours name the key and say what belongs there.
fn told(error: Error, file: &std::path::Path) -> ConfigError {
    let path = error.path.join(".");
    match error.kind {
        Trouble::UnknownField(ref name, _) => {
            let key = if path.is_empty() || path == *name || path.ends_with(&format!(".{name}")) {
                if path.is_empty() { name.clone() } else { path }
            } else {
                format!("{path}.{name}")
            };
            ConfigError::Unknown { key, place: file.display().to_string() }
        }
        Trouble::Message(_) if path.is_empty() => ConfigError::File { file: file.to_owned(), line: String::new() },
        _ if keys::kind(&path).is_some() => ConfigError::key(&path, keys::kind(&path).unwrap_or(Kind::Text).expected()),
        _ if path.is_empty() => ConfigError::File { file: file.to_owned(), line: String::new() },
        _ => {
            // An element of a list carries its index; the list's key is what the reader knows.
            let list = path.rsplit_once('.').map_or(path.as_str(), |(list, _)| list);
            let hint = keys::kind(list).map_or("must be a table of keys", Kind::expected);
            ConfigError::key(if keys::kind(list).is_some() { list } else { &path }, hint)
        }
    }
}
