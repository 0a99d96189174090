//! Backup and restore: one file of data, one of data keys, the same for both databases.
//!
//! Each file is text, a JSON value a line: a head, then rows as `{"t": table, "r": row}` in the order of foreign keys, then an end with the
//! number of rows a table and a digest chained over all lines before it. The data file alone opens nothing; the key file holds wrapped keys
//! and is to be kept apart and for 35 days at most, so that what was erased ends; the root key is in neither. Sessions, attempts and leases
//! are left out; drafts of imports are thrown away.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use sea_orm::{AccessMode, DbBackend, IsolationLevel, TransactionTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::id::{DeploymentId, ImportId};
use crate::domain::time::Timestamp;
use crate::vault::chain;

use super::audit::Head;
use super::connect::Store;
use super::error::StoreError;
use super::hex;

/// The data file's name in a backup folder.
pub const DATA_FILE: &str = "registry-data.jsonl";
/// The key file's name.
pub const KEYS_FILE: &str = "registry-keys.jsonl";

const FORMAT: u32 = 1;

/// What was written or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The data file.
    pub data: PathBuf,
    /// The key file.
    pub keys: PathBuf,
    /// Of which installation.
    pub deployment: DeploymentId,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Rows a table.
    pub rows: BTreeMap<String, u64>,
    /// The audit log's last leaf.
    pub head: Head,
}

/// The first line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Opening {
    donor_registry_backup: u32,
    part: String,
    /// The same in both files of a backup.
    backup: Uuid,
    pub deployment: DeploymentId,
    pub taken_at: Timestamp,
}

/// The last line of a file.
#[derive(Serialize, Deserialize)]
struct Closing {
    end: BTreeMap<String, u64>,
    digest: String,
}

/// Writes a backup of the registry as it stands at one instant into a folder, while others go on working.
///
/// # Errors
/// [`StoreError::File`] where the folder cannot be written or holds a backup already.
pub async fn backup(store: &Store, folder: &Path, at: Timestamp) -> Result<BackupReport, StoreError> {
    std::fs::create_dir_all(folder).map_err(|e| StoreError::File { what: "the backup folder", kind: e.kind() })?;
    let snapshot = match store.backend {
        DbBackend::Sqlite => store.reader.begin().await?,
        _ => store.reader.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?,
    };
    let opening = Opening {
        donor_registry_backup: FORMAT,
        part: String::new(),
        backup: Uuid::now_v7(),
        deployment: store.deployment(),
        taken_at: at,
    };
    let (data, keys) = (folder.join(DATA_FILE), folder.join(KEYS_FILE));
    let mut out = Writer::create(&data, Opening { part: "data".to_owned(), ..opening.clone() })?;
    super::dump::data(&snapshot, &mut out).await?;
    let mut rows = out.finish()?;
    let mut out = Writer::create(&keys, Opening { part: "keys".to_owned(), ..opening })?;
    super::dump::keys(&snapshot, &mut out).await?;
    rows.extend(out.finish()?);
    let head = super::audit::verify(&snapshot, store.deployment(), None).await?;
    snapshot.rollback().await?;
    Ok(BackupReport { data, keys, deployment: store.deployment(), taken_at: at, rows, head })
}

/// A file being written: under another name until it is whole and on the disk.
pub(super) struct Writer {
    path: PathBuf,
    partial: PathBuf,
    file: BufWriter<File>,
    digest: [u8; 32],
    rows: BTreeMap<String, u64>,
    /// Imports that are not in the registry yet.
    pub drafts: HashSet<ImportId>,
}

impl Writer {
    fn create(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        if path.exists() {
            return Err(StoreError::File { what: "the backup, since one is there already,", kind: std::io::ErrorKind::AlreadyExists });
        }
        let partial = path.with_extension("partial");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&partial).map_err(unwritten)?;
        let mut out = Self {
            path: path.to_owned(),
            partial,
            file: BufWriter::with_capacity(1 << 20, file),
            digest: [0; 32],
            rows: BTreeMap::new(),
            drafts: HashSet::new(),
        };
        out.line(&json(&opening)?)?;
        Ok(out)
    }

    fn line(&mut self, line: &str) -> Result<(), StoreError> {
        self.digest = chain::leaf_hash(&self.digest, line.as_bytes());
        writeln!(self.file, "{line}").map_err(unwritten)
    }

    pub fn row(&mut self, table: &str, row: &impl Serialize) -> Result<(), StoreError> {
        self.line(&format!("{}{table}{}{}}}", LINE.0, LINE.1, json(row)?))?;
        *self.rows.entry(table.to_owned()).or_default() += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        let closing = Closing { end: self.rows.clone(), digest: hex::encode(&self.digest) };
        self.line(&json(&closing)?)?;
        let file = self.file.into_inner().map_err(|e| unwritten(e.into_error()))?;
        file.sync_all().map_err(unwritten)?;
        std::fs::rename(&self.partial, &self.path).map_err(unwritten)?;
        Ok(self.rows)
    }
}

/// What stands before and after a table's name in a row's line.
const LINE: (&str, &str) = (r#"{"t":""#, r#"","r":"#);

/// The table and the row of a line.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix(LINE.0)?.strip_suffix('}')?.split_once(LINE.1)
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Backup("a row that cannot be written"))
}

fn unwritten(error: std::io::Error) -> StoreError {
    StoreError::File { what: "the backup", kind: error.kind() }
}

/// A file being read; every line is digested before it is used, and nothing is kept before the end was compared.
pub(super) struct Reader {
    lines: std::io::Lines<BufReader<File>>,
    digest: [u8; 32],
    pub opening: Opening,
    pub rows: BTreeMap<String, u64>,
    ended: bool,
}

impl Reader {
    pub fn open(path: &Path, part: &str) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|e| StoreError::File { what: "the backup", kind: e.kind() })?;
        let mut lines = BufReader::with_capacity(1 << 20, file).lines();
        let first = lines.next().ok_or(StoreError::Backup("an empty file"))?.map_err(unwritten)?;
        let opening: Opening = serde_json::from_str(&first).map_err(|_| StoreError::Backup("not a backup of this program"))?;
        if opening.donor_registry_backup != FORMAT {
            return Err(StoreError::Backup("written by a newer program"));
        }
        if opening.part != part {
            return Err(StoreError::Backup("data and keys are exchanged"));
        }
        Ok(Self { lines, digest: chain::leaf_hash(&[0; 32], first.as_bytes()), opening, rows: BTreeMap::new(), ended: false })
    }

    /// Whether both files are of one backup.
    pub fn belongs_to(&self, other: &Self) -> bool {
        self.opening.backup == other.opening.backup && self.opening.deployment == other.opening.deployment
    }

    /// The next row's line; none after an end that fits.
    pub fn next(&mut self) -> Result<Option<String>, StoreError> {
        let line = self.lines.next().ok_or(StoreError::Backup("the end is missing"))?;
        let line = line.map_err(|_| StoreError::Backup("a line that cannot be read"))?;
        if line.starts_with(r#"{"end":"#) {
            let closing: Closing = serde_json::from_str(&line).map_err(|_| StoreError::Backup("the end cannot be read"))?;
            if closing.digest != hex::encode(&self.digest) {
                return Err(StoreError::Backup("it was changed or damaged"));
            }
            if closing.end != self.rows {
                return Err(StoreError::Backup("rows are missing"));
            }
            self.ended = true;
            return Ok(None);
        }
        self.digest = chain::leaf_hash(&self.digest, line.as_bytes());
        Ok(Some(line))
    }

    pub fn count(&mut self, table: &str) {
        *self.rows.entry(table.to_owned()).or_default() += 1;
    }
}
