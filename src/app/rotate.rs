//! New keys for the compartments, followed by every process; a passphrase for the root key.

use std::time::Duration;

use crate::config::Config;
use crate::domain::Compartment;
use crate::domain::Guarded;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, ChangeKind, Tx};
use crate::vault::{Cost, KeyFile, KeyPurpose, KeyRow, KeyStatus, ProtectedRoot, RootKey, VaultError};

use super::open::root_key;
use super::{Actor, App, AppError, Unlock};

/// How often a serving process looks whether the keys were changed.
pub const FOLLOW_KEYS: Duration = Duration::from_secs(2);
/// How long a new key is known to all before it is written with, and an old one kept after nothing is under it any more: twice
/// [`FOLLOW_KEYS`], and something for a slow machine.
const KNOWN_TO_ALL: Duration = Duration::from_secs(5);
/// Rows brought under new keys in one transaction.
const BATCH: u64 = 500;

/// What a rotation came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Compartments with a new key.
    pub compartments: usize,
    /// Whether it went on with one that was broken off.
    pub resumed: bool,
    /// Data keys wrapped anew.
    pub data_keys: u64,
    /// Statistics facts sealed anew.
    pub facts: u64,
    /// Names of imports sealed anew.
    pub sources: u64,
    /// Staged rows of imports done anew.
    pub staged: u64,
    /// Old keys destroyed.
    pub destroyed: usize,
}

impl App {
    /// Takes the keys as they are stored now, where another process changed them.
    pub async fn follow_keys(&self) -> Result<(), AppError> {
        let rows = self.store.keyring().await?;
        if !self.vault.is_current(&rows) {
            self.vault.refresh(&rows)?;
        }
        Ok(())
    }

    /// Gives every compartment a new key, brings everything under it and destroys the old one. Nothing is decrypted on the way but keys and
    /// facts; the registry stays in use. Broken off at any point, the next call goes on where it was. `progress` is told how many rows are
    /// done.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Key`] in a process that holds the keys of some compartments only.
    pub async fn rotate_keys(
        &self,
        actor: Actor,
        now: Timestamp,
        progress: &mut (dyn FnMut(&'static str, u64) + Send),
    ) -> Result<Rotated, AppError> {
        actor.needs(Right::Administer)?;
        if !Compartment::ALL.into_iter().all(|c| self.vault.opens(c)) {
            return Err(AppError::Key("keys are rotated by a process that holds all of them; nothing was changed; use the root key file"));
        }
        let mut done = self.begin_rotation(actor, now).await?;
        if self.store.keyring().await?.iter().any(|k| is_kek(k) && k.status == KeyStatus::Pending) {
            progress("waiting for other processes", 0);
            tokio::time::sleep(KNOWN_TO_ALL).await;
            self.promote(actor, now).await?;
        }
        self.renew_all(&mut done, progress).await?;
        // Whoever read something while it was under an old key has opened it by then.
        progress("waiting for other processes", 0);
        tokio::time::sleep(KNOWN_TO_ALL).await;
        done.destroyed = self.destroy_old(actor, now).await?;
        Ok(done)
    }

    /// Makes the new keys, unless a rotation was broken off.
    async fn begin_rotation(&self, actor: Actor, now: Timestamp) -> Result<Rotated, AppError> {
        let tx = self.store.begin().await?;
        let mut rows = tx.keyring().await?;
        let unfinished = rows.iter().filter(|k| is_kek(k) && matches!(k.status, KeyStatus::Pending | KeyStatus::DecryptOnly)).count();
        if unfinished > 0 {
            tx.rollback().await?;
            self.follow_keys().await?;
            return Ok(Rotated { compartments: unfinished, resumed: true, ..Rotated::default() });
        }
        let mut fresh = Vec::new();
        for compartment in Compartment::ALL {
            let key = self.vault.add_key(&rows, KeyPurpose::Kek(compartment), now)?;
            rows.push(key.clone());
            fresh.push(key);
        }
        self.put_keys(tx, &fresh, AuditEntry::on(now, actor.staff(), "keys.add", "deployment", None), now).await?;
        Ok(Rotated { compartments: fresh.len(), ..Rotated::default() })
    }

    /// From here on everything new is written under the new keys, by every process.
    async fn promote(&self, actor: Actor, now: Timestamp) -> Result<(), AppError> {
        let tx = self.store.begin().await?;
        let rows = tx.keyring().await?;
        let mut changed = Vec::new();
        for key in rows.iter().filter(|k| is_kek(k) && k.status == KeyStatus::Pending) {
            changed.extend(self.vault.promote(&rows, key.key_id)?);
        }
        self.put_keys(tx, &changed, AuditEntry::on(now, actor.staff(), "keys.promote", "deployment", None), now).await
    }

    async fn renew_all(&self, done: &mut Rotated, progress: &mut (dyn FnMut(&'static str, u64) + Send)) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let page = self.store.renewed_deks(&self.vault, after, BATCH).await?;
            if !page.rows.is_empty() {
                done.data_keys += page.rows.len() as u64;
                let mut tx = self.store.begin().await?;
                tx.rewrap_deks(&page.rows).await?;
                tx.commit().await?;
                progress("data keys", done.data_keys);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let page = self.store.renewed_facts(&self.vault, after, BATCH).await?;
            if !page.rows.is_empty() {
                done.facts += page.rows.len() as u64;
                let mut tx = self.store.begin().await?;
                tx.reseal_facts(page.rows).await?;
                tx.commit().await?;
                progress("facts", done.facts);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let sources = self.store.renewed_sources(&self.vault).await?;
        done.sources = sources.len() as u64;
        let mut tx = self.store.begin().await?;
        tx.reseal_sources(sources).await?;
        tx.commit().await?;
        let mut after = None;
        loop {
            let page = self.store.renewed_drafts(&self.vault, after, BATCH).await?;
            if !page.rows.is_empty() {
                done.staged += page.rows.len() as u64;
                let mut tx = self.store.begin().await?;
                tx.restage(page.rows).await?;
                tx.commit().await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Destroys the old keys. Since [`App::promote`] nothing can have been written under them, so that what was renewed was all there is;
    /// the data keys are counted once more all the same.
    async fn destroy_old(&self, actor: Actor, now: Timestamp) -> Result<usize, AppError> {
        let tx = self.store.begin().await?;
        let rows = tx.keyring().await?;
        let mut gone = Vec::new();
        for key in rows.iter().filter(|k| is_kek(k) && k.status == KeyStatus::DecryptOnly) {
            if self.store.count_deks_under(key.key_id).await? > 0 {
                tx.rollback().await?;
                return Err(AppError::Busy);
            }
            gone.push(self.vault.destroy_key(&rows, key.key_id)?);
        }
        let entry = AuditEntry::on(now, actor.staff(), "keys.destroy", "deployment", None).with("keys", gone.len());
        self.put_keys(tx, &gone, entry, now).await?;
        Ok(gone.len())
    }

    async fn put_keys(&self, mut tx: Tx, rows: &[KeyRow], entry: AuditEntry, now: Timestamp) -> Result<(), AppError> {
        tx.put_keys(rows).await?;
        tx.note(ChangeKind::Office, None, None, None, now);
        tx.audit(&entry).await?;
        tx.commit().await?;
        self.follow_keys().await
    }
}

fn is_kek(key: &KeyRow) -> bool {
    matches!(key.purpose, KeyPurpose::Kek(_))
}

/// Puts the root key of a configuration behind a passphrase, or behind another one. The file is replaced only after the new form was opened
/// again with the passphrase; the recovery sheet stays what it is.
///
/// # Errors
/// [`AppError::Key`] for a key file without a root key, [`AppError::Vault`] for a wrong or unacceptable passphrase: the file stays as it was.
pub fn protect_root(config: &Config, unlock: Unlock<'_>, passphrase: &Guarded<String>) -> Result<(), AppError> {
    let root = root_key(config, unlock)?;
    let protected = root.protect_guarded(passphrase, Cost::ROOT)?;
    let again = RootKey::from_guarded(passphrase, &ProtectedRoot::from_text(&protected.to_text())?)?;
    if !again.is_same(&root) {
        return Err(VaultError::FileForm("protected root key").into());
    }
    protected.replace(&config.key_file)?;
    match KeyFile::read(&config.key_file)? {
        KeyFile::Protected(_) => Ok(()),
        _ => Err(VaultError::FileForm("protected root key").into()),
    }
}
