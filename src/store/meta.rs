//! What an installation remembers of itself: its id, its keyring, its settings.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::DeploymentId;
use crate::vault::{DekRow, KeyPurpose, KeyRow, KeyStatus};

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{keyring, setting, subject_key};
use super::error::StoreError;
use super::tx::Tx;

/// Keys of settings that the store itself knows. The application may use further ones.
pub mod settings {
    /// The deployment id.
    pub const DEPLOYMENT: &str = "deployment";
    /// `true` from a restore until somebody confirms that messages may go out again.
    pub const QUEUES_PAUSED: &str = "queues-paused";
    /// `true` once the recovery sheet was typed back.
    pub const RECOVERY_CONFIRMED: &str = "recovery-sheet-confirmed";
}

/// Reads the deployment id, or makes it in a new registry. Two processes that open one new database at once agree on one.
pub(super) async fn deployment(db: &impl ConnectionTrait) -> Result<DeploymentId, StoreError> {
    let fresh = setting::ActiveModel { key: Set(settings::DEPLOYMENT.to_owned()), value: Set(Uuid::new_v4().to_string()) };
    let keep = OnConflict::column(setting::Column::Key).do_nothing().to_owned();
    setting::Entity::insert(fresh).on_conflict(keep).exec_without_returning(db).await?;
    let stored = read(db, settings::DEPLOYMENT).await?.ok_or(StoreError::Damaged("setting"))?;
    Uuid::parse_str(&stored).map(DeploymentId).map_err(|_| StoreError::Damaged("setting"))
}

async fn read(db: &impl ConnectionTrait, key: &str) -> Result<Option<String>, StoreError> {
    Ok(setting::Entity::find_by_id(key.to_owned()).one(db).await?.map(|row| row.value))
}

pub(super) async fn keyring(db: &impl ConnectionTrait) -> Result<Vec<KeyRow>, StoreError> {
    let rows = keyring::Entity::find().order_by_asc(keyring::Column::KeyId).all(db).await?;
    rows.into_iter().map(key_row).collect()
}

impl Store {
    /// A setting.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        read(&self.reader, key).await
    }

    /// Whether nothing may be sent since a restore.
    pub async fn queues_paused(&self) -> Result<bool, StoreError> {
        Ok(self.setting(settings::QUEUES_PAUSED).await?.as_deref() == Some("true"))
    }

    /// The whole keyring in the order of key numbers; empty in a new registry.
    pub async fn keyring(&self) -> Result<Vec<KeyRow>, StoreError> {
        keyring(&self.reader).await
    }

    /// How many data keys are wrapped under a key-encryption key.
    pub async fn count_deks_under(&self, kek_id: u32) -> Result<u64, StoreError> {
        Ok(subject_key::Entity::find().filter(subject_key::Column::KekId.eq(i64::from(kek_id))).count(&self.reader).await?)
    }
}

impl Tx {
    /// The whole keyring as this transaction sees it: empty where this is the process that makes it.
    pub async fn keyring(&self) -> Result<Vec<KeyRow>, StoreError> {
        keyring(&self.db).await
    }

    /// Stores keyring rows: new ones, and known ones by their number.
    pub async fn put_keys(&mut self, rows: &[KeyRow]) -> Result<(), StoreError> {
        for row in rows {
            let model = keyring::ActiveModel {
                key_id: Set(row.key_id.into()),
                purpose: Set(row.purpose.code().into()),
                status: Set(row.status.code().into()),
                wrapped: Set(Opaque(row.wrapped.clone())),
                created_at: Set(row.created_at),
            };
            let replace =
                OnConflict::column(keyring::Column::KeyId).update_columns([keyring::Column::Status, keyring::Column::Wrapped]).to_owned();
            keyring::Entity::insert(model).on_conflict(replace).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// A setting as this transaction sees it.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        read(&self.db, key).await
    }

    /// Stores a setting.
    pub async fn put_setting(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        let model = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
        let replace = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
        setting::Entity::insert(model).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

fn key_row(row: keyring::Model) -> Result<KeyRow, StoreError> {
    let damaged = StoreError::Damaged("keyring");
    let purpose = i16::try_from(row.purpose).ok().and_then(KeyPurpose::from_code);
    let status = i16::try_from(row.status).ok().and_then(KeyStatus::from_code);
    let (Some(purpose), Some(status), Ok(key_id)) = (purpose, status, u32::try_from(row.key_id)) else { return Err(damaged) };
    Ok(KeyRow { key_id, purpose, status, wrapped: row.wrapped.0, created_at: row.created_at })
}

pub(super) fn dek_row(row: subject_key::Model) -> Result<DekRow, StoreError> {
    let (Ok(version), Ok(kek_id)) = (u32::try_from(row.version), u32::try_from(row.kek_id)) else {
        return Err(StoreError::Damaged("subject_key"));
    };
    Ok(DekRow { subject: row.subject_id, compartment: row.compartment, version, kek_id, wrapped: row.wrapped.0 })
}
