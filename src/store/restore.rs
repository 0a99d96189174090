//! Restoring a backup into an empty database.

use std::path::Path;

use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder, QuerySelect};

use crate::domain::id::{DeploymentId, RecordId};
use crate::vault::{KeyRow, Vault};

use super::backup::{BackupReport, DATA_FILE, KEYS_FILE, Reader};
use super::connect::{Store, StoreUrl};
use super::entity::{audit_leaf, keyring, record, setting, staff, subject};
use super::error::StoreError;
use super::meta::settings;
use super::rowmac::Protected;
use super::standing::{ErasureRow, destroy};
use super::tx::Tx;

/// One record in this many is opened after a restore.
const SAMPLE: usize = 100;

/// Restores a backup into an empty place and verifies it: both files whole and of one backup, as many rows in every table as were written,
/// the audit log unbroken, the keyring opened by the root key, one record in a hundred readable. Erasures are replayed, those of the backup
/// and those kept since, and every queue is paused until somebody confirms.
///
/// `open` opens the restored keyring with the root key and gives the erasures kept since. All in one transaction: on any error nothing is restored.
///
/// # Errors
/// [`StoreError::NotEmpty`], [`StoreError::Backup`], [`StoreError::ChainBroken`], and what `open` answers.
pub async fn restore(
    url: &StoreUrl,
    folder: &Path,
    open: impl FnOnce(DeploymentId, &[KeyRow]) -> Result<(Vault, Vec<ErasureRow>), StoreError>,
) -> Result<(Store, BackupReport), StoreError> {
    let (data, keys) = (folder.join(DATA_FILE), folder.join(KEYS_FILE));
    let (mut data_in, mut keys_in) = (Reader::open(&data, "data")?, Reader::open(&keys, "keys")?);
    if !data_in.belongs_to(&keys_in) {
        return Err(StoreError::Backup("data and keys are of different backups"));
    }
    let store = Store::open(url).await?;
    let mut tx = store.begin().await?;
    if !empty(&tx).await? {
        return Err(StoreError::NotEmpty);
    }
    setting::Entity::delete_many().exec(&tx.db).await?;
    super::dump::restore_data(&tx.db, &mut data_in).await?;
    super::dump::restore_keys(&tx.db, &mut keys_in).await?;
    let deployment = data_in.opening.deployment;
    if tx.setting(settings::DEPLOYMENT).await? != Some(deployment.0.to_string()) {
        return Err(StoreError::Backup("it names another installation than its head"));
    }
    let head = super::audit::verify(&tx.db, deployment, None).await?;
    let rows = super::meta::keyring(&tx.db).await?;
    let (vault, erasures) = open(deployment, &rows)?;
    replay(&mut tx, &vault, &erasures).await?;
    sample(&tx, &vault).await?;
    tx.put_setting(settings::QUEUES_PAUSED, "true").await?;
    tx.commit().await?;
    store.close().await?;

    let mut counted = data_in.rows;
    counted.extend(keys_in.rows);
    let taken_at = data_in.opening.taken_at;
    let report = BackupReport { data, keys, deployment, taken_at, rows: counted, head };
    Ok((Store::open(url).await?, report))
}

async fn empty(tx: &Tx) -> Result<bool, StoreError> {
    let db = &tx.db;
    Ok(keyring::Entity::find().count(db).await? == 0
        && subject::Entity::find().count(db).await? == 0
        && staff::Entity::find().count(db).await? == 0
        && audit_leaf::Entity::find().count(db).await? == 0)
}

/// Erases again whoever was erased: keys that came back with an older key file are destroyed.
async fn replay(tx: &mut Tx, vault: &Vault, journal: &[ErasureRow]) -> Result<(), StoreError> {
    let stored = super::standing::erasures(&tx.db).await?;
    for entry in stored.iter().chain(journal) {
        let Some(row) = subject::Entity::find_by_id(entry.subject_id).one(&tx.db).await? else { continue };
        if row.erased_at.is_none() {
            tx.erase(vault, &[entry.subject_id], entry.at).await?;
        } else {
            destroy(&tx.db, entry.subject_id, entry.at).await?;
        }
    }
    Ok(())
}

async fn sample(tx: &Tx, vault: &Vault) -> Result<(), StoreError> {
    let ids: Vec<RecordId> =
        record::Entity::find().select_only().column(record::Column::Id).order_by_asc(record::Column::Id).into_tuple().all(&tx.db).await?;
    for id in ids.into_iter().step_by(SAMPLE) {
        let row = record::Entity::find_by_id(id).one(&tx.db).await?.ok_or(StoreError::Missing("record"))?;
        row.check(vault)?;
        let keys = super::person::subject_keys(&tx.db, vault, row.subject_id).await?;
        super::person::open_record(vault, &keys, row)?;
    }
    Ok(())
}
