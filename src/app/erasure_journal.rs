//! The list of erasures, kept outside the database: a restore replays it, so that whoever was erased since a backup does not come back with it.
//!
//! It stands beside the key file, not in the data folder, which may be what was lost. It holds random ids and moments, nothing of anybody, and
//! a tag under a key of the registry, so that nobody adds a line and lets a restore destroy what was never erased.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::domain::Keyed;
use crate::domain::id::{DeploymentId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::{ErasureRow, StoreError};
use crate::vault::Vault;

use super::account::hex;
use super::{App, AppError};

const TITLE: &str = "donor-registry erasures 1";
const LABEL: &str = "registry/erasures";
const FOREIGN: StoreError = StoreError::Backup("the list of erasures is of another registry, or was changed");

/// Where the list of a registry stands whose key file is `key_file`.
pub fn erasure_list(key_file: &Path) -> PathBuf {
    key_file.with_extension("erasures")
}

impl App {
    /// Writes every erasure so far into the list, beside those it holds already. What cannot be written is logged: the erasure itself stands,
    /// and the next one, or the next backup, writes the list whole.
    pub(super) async fn keep_erasures(&self) -> Result<(), AppError> {
        let rows = self.store.erasures().await?;
        if rows.is_empty() {
            return Ok(());
        }
        let path = erasure_list(&self.config.key_file);
        let deployment = self.store.deployment();
        // A list that does not fit is another registry's, or damaged: it is not added to, and this one is written anew.
        let mut all: BTreeSet<(Timestamp, SubjectId)> = match read(&path, &*self.vault, deployment) {
            Ok(Some(kept)) => kept.into_iter().collect(),
            Ok(None) => BTreeSet::new(),
            Err(error) => {
                tracing::warn!(%error, "the list of erasures could not be read; it is written anew");
                BTreeSet::new()
            }
        };
        let before = all.len();
        all.extend(rows.iter().map(|row| (row.at, row.subject_id)));
        if all.len() > before
            && let Err(error) = write(&path, &text(&all, &*self.vault, deployment))
        {
            tracing::warn!(%error, "the list of erasures could not be written; the erasure itself is done");
        }
        Ok(())
    }
}

/// The erasures of a list, for [`crate::store::restore`]; none where there is no file.
///
/// # Errors
/// [`StoreError::File`] where it cannot be read, [`StoreError::Backup`] where it is another registry's or was changed.
pub(super) fn listed(path: &Path, vault: &Vault, deployment: DeploymentId) -> Result<Option<Vec<ErasureRow>>, StoreError> {
    let row = |(at, subject_id)| ErasureRow { id: Uuid::now_v7(), subject_id, at };
    Ok(read(path, vault, deployment)?.map(|all| all.into_iter().map(row).collect()))
}

fn text(all: &BTreeSet<(Timestamp, SubjectId)>, keyed: &dyn Keyed, deployment: DeploymentId) -> String {
    let lines: String = all.iter().map(|(at, subject)| format!("{} {}\n", subject.0, at.0)).collect();
    let body = format!("{TITLE}\ndeployment {}\n{lines}", deployment.0);
    let tag = hex(&keyed.tag(LABEL, body.as_bytes()));
    format!("{body}tag {tag}\n")
}

fn read(path: &Path, keyed: &dyn Keyed, deployment: DeploymentId) -> Result<Option<Vec<(Timestamp, SubjectId)>>, StoreError> {
    let all = match std::fs::read_to_string(path) {
        Ok(all) => all,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::File { what: "the list of erasures", kind: error.kind() }),
    };
    let (body, tag) = all.trim_end().rsplit_once("\ntag ").ok_or(FOREIGN)?;
    let body = format!("{body}\n");
    if hex(&keyed.tag(LABEL, body.as_bytes())) != tag {
        return Err(FOREIGN);
    }
    let mut lines = body.lines();
    if lines.next() != Some(TITLE) || lines.next() != Some(format!("deployment {}", deployment.0).as_str()) {
        return Err(FOREIGN);
    }
    let entry = |line: &str| {
        let (subject, at) = line.split_once(' ')?;
        Some((Timestamp(at.parse().ok()?), SubjectId(Uuid::parse_str(subject).ok()?)))
    };
    lines.map(|line| entry(line).ok_or(FOREIGN)).collect::<Result<Vec<_>, _>>().map(Some)
}

/// Whole or not at all, durable before the answer.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Toy(u8);

    impl Keyed for Toy {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [self.0; 32];
            for (i, b) in label.bytes().chain(bytes.iter().copied()).enumerate() {
                out[i % 32] = out[i % 32].wrapping_mul(31).wrapping_add(b).rotate_left(3);
            }
            out
        }
    }

    #[test]
    fn a_list_is_read_back_and_one_that_was_changed_or_is_another_registrys_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.erasures");
        let deployment = DeploymentId(Uuid::now_v7());
        assert_eq!(read(&path, &Toy(1), deployment).unwrap(), None);
        let all: BTreeSet<_> = (1..4).map(|n| (Timestamp(n), SubjectId(Uuid::now_v7()))).collect();
        write(&path, &text(&all, &Toy(1), deployment)).unwrap();
        assert_eq!(read(&path, &Toy(1), deployment).unwrap().unwrap(), all.iter().copied().collect::<Vec<_>>());
        assert!(read(&path, &Toy(2), deployment).is_err(), "another key");
        assert!(read(&path, &Toy(1), DeploymentId(Uuid::now_v7())).is_err(), "another registry");
        let told = std::fs::read_to_string(&path).unwrap();
        let more = told.replace("\ntag ", &format!("\n{} 9\ntag ", Uuid::now_v7()));
        std::fs::write(&path, more).unwrap();
        assert!(read(&path, &Toy(1), deployment).is_err(), "a line was added");
        std::fs::write(&path, "nonsense").unwrap();
        assert!(read(&path, &Toy(1), deployment).is_err());
    }
}
