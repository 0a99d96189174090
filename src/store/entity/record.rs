//! What one registration or sheet row told.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{DriveId, ImportRowId, RecordId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};

/// A row of `record`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecordId,
    pub subject_id: SubjectId,
    pub registry: Registry,
    pub import_row_id: Option<ImportRowId>,
    pub drive_id: Option<DriveId>,
    pub recorded_at: Timestamp,
    pub told_on: Option<Day>,
    pub sealed_identity: Opaque,
    pub sealed_contact: Opaque,
    pub sealed_health: Option<Opaque>,
    pub sealed_details: Option<Opaque>,
    pub schema: i64,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
