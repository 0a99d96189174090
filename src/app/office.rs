//! Keys, the log, backup and restore.

use std::collections::HashMap;
use std::path::Path;

use uuid::Uuid;

use crate::config::Config;
use crate::domain::Compartment;
use crate::domain::id::StaffId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, AuditLeaf, BackupReport, Head, StoreError, StoreUrl, settings};
use crate::vault::{KeyRow, RecoverySheet, RootKey, Vault};

use super::erasure_journal::{erasure_list, listed};
use super::open::root_key;
use super::{Actor, App, AppError, Unlock};

/// The keyring as it stands.
#[derive(Debug)]
pub struct KeysStatus {
    /// Every key version.
    pub keys: Vec<KeyRow>,
    /// Compartments this process can open.
    pub open: Vec<Compartment>,
    /// Whether the recovery sheet was typed back once.
    pub sheet_confirmed: bool,
}

/// One entry of the log, as an auditor reads it. It holds ids, codes and counts, never a value of a registrant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The name of the member of staff; none for the program, the console and registrants.
    pub who: Option<String>,
    /// What was done, e.g. `person.open`.
    pub action: String,
    /// The id it was done to.
    pub object: Option<Uuid>,
    /// How many further ids the entry names.
    pub ids: usize,
    /// Codes and counts.
    pub detail: Vec<(String, String)>,
}

/// The part of an entry's hashed bytes that no column holds.
#[derive(Default, serde::Deserialize)]
struct Rest {
    ids: Vec<Uuid>,
    detail: Vec<(String, String)>,
}

impl LogEntry {
    fn of(leaf: AuditLeaf, names: &HashMap<StaffId, String>) -> Self {
        // Bytes that cannot be read are for the verification to report; the list shows what the columns say.
        let rest: Rest = serde_json::from_slice(&leaf.canonical.0).unwrap_or_default();
        Self {
            seq: leaf.seq,
            at: leaf.at,
            who: leaf.actor.and_then(|id| names.get(&id).cloned()),
            action: leaf.action,
            object: leaf.object_id,
            ids: rest.ids.len(),
            detail: rest.detail,
        }
    }
}

impl App {
    /// The keyring as it stands.
    pub async fn keys(&self, actor: Actor) -> Result<KeysStatus, AppError> {
        actor.needs(Right::Administer)?;
        Ok(KeysStatus {
            keys: self.store.keyring().await?,
            open: Compartment::ALL.into_iter().filter(|c| self.vault.opens(*c)).collect(),
            sheet_confirmed: self.sheet_confirmed().await?,
        })
    }

    /// Whether the recovery sheet was typed back once; until then every start and the first page remind of it.
    pub async fn sheet_confirmed(&self) -> Result<bool, AppError> {
        Ok(self.store.setting(settings::RECOVERY_CONFIRMED).await?.as_deref() == Some("true"))
    }

    /// The recovery sheet, from the root key file.
    pub fn recovery_sheet(&self, unlock: Unlock<'_>) -> Result<RecoverySheet, AppError> {
        Ok(root_key(&self.config, unlock)?.recovery_sheet(self.store.deployment()))
    }

    /// Compares a sheet typed back with the keys this process was opened with.
    ///
    /// # Errors
    /// [`AppError::Vault`] naming the lines that are missing or mistyped.
    pub async fn confirm_sheet(&self, actor: Actor, typed: &str, now: Timestamp) -> Result<bool, AppError> {
        actor.needs(Right::Administer)?;
        if !self.vault.is_of(&RootKey::from_recovery_sheet(typed)?) {
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        tx.put_setting(settings::RECOVERY_CONFIRMED, "true").await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "keys.sheet-confirmed", "deployment", None)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Writes a key file that opens some compartments and nothing else.
    pub async fn export_keys(&self, actor: Actor, compartments: &[Compartment], output: &Path, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Administer)?;
        let node = self.vault.export_node(compartments)?;
        let words: Vec<&str> = compartments.iter().map(|c| c.word()).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "keys.export", "deployment", None).with("compartments", words.join(","))).await?;
        tx.commit().await?;
        node.write(output)?;
        Ok(())
    }

    /// Walks the log from its first leaf to its last, and holds it against a checkpoint that was kept elsewhere.
    ///
    /// # Errors
    /// [`AppError::Store`] naming the first leaf that does not fit.
    pub async fn verify_log(&self, actor: Actor, checkpoint: Option<Head>) -> Result<Head, AppError> {
        actor.needs(Right::Audit)?;
        Ok(self.store.verify_audit(checkpoint).await?)
    }

    /// The latest entries before a number, newest first, with the names staff go by.
    pub async fn log_page(&self, actor: Actor, before: Option<i64>, limit: u64) -> Result<Vec<LogEntry>, AppError> {
        actor.needs(Right::Audit)?;
        let names: HashMap<StaffId, String> =
            self.store.all_staff(&self.vault).await?.into_iter().map(|row| (row.id, row.display_name)).collect();
        let leaves = self.store.audit_latest(before, limit).await?;
        Ok(leaves.into_iter().map(|leaf| LogEntry::of(leaf, &names)).collect())
    }

    /// Writes data and data keys as two files of one moment; never the root key.
    pub async fn back_up(&self, actor: Actor, folder: &Path, now: Timestamp) -> Result<BackupReport, AppError> {
        actor.needs(Right::Administer)?;
        let report = crate::store::backup(&self.store, folder, now).await?;
        self.keep_erasures().await?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "registry.backup", "deployment", Some(report.deployment.0))).await?;
        tx.commit().await?;
        Ok(report)
    }

    /// Confirms, after a restore, that messages may go out again.
    pub async fn resume_queues(&self, actor: Actor, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Administer)?;
        let mut tx = self.store.begin().await?;
        tx.put_setting(settings::QUEUES_PAUSED, "false").await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "queues.resume", "deployment", None)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Restores a backup into the empty registry of a configuration, and erases again whoever was erased since: by the list of erasures given,
/// or by the one beside the key file ([`erasure_list`]). Queues stay paused until somebody confirms. Answers how many entries the list
/// held; none where no list was found.
///
/// # Errors
/// [`AppError::Store`] where the place is not empty, the backup is not whole, a list given is missing, or a list is another registry's or
/// was changed; nothing is restored then.
pub async fn restore(
    config: &Config,
    folder: &Path,
    root: &RootKey,
    erasures: Option<&Path>,
) -> Result<(BackupReport, Option<usize>), AppError> {
    let url = match &config.database_url {
        Some(url) => StoreUrl::postgres(url.as_str())?,
        None => StoreUrl::folder(&config.data),
    };
    let usual = erasure_list(&config.key_file);
    let mut entries = None;
    let open = |deployment, rows: &[KeyRow]| {
        let vault = Vault::open(root, deployment, rows)?;
        let listed = listed(erasures.unwrap_or(&usual), &vault, deployment)?;
        if listed.is_none() && erasures.is_some() {
            return Err(StoreError::File { what: "the list of erasures", kind: std::io::ErrorKind::NotFound });
        }
        entries = listed.as_ref().map(Vec::len);
        Ok((vault, listed.unwrap_or_default()))
    };
    let (store, report) = crate::store::restore(&url, folder, open).await?;
    store.close().await?;
    Ok((report, entries))
}
