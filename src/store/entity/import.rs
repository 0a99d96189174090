//! Imports of files.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{DriveId, ImportId, StaffId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};
use crate::store::word::ImportState;

/// A row of `import`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    pub fingerprint: Opaque,
    pub registry: Registry,
    pub sealed_source: Option<Opaque>,
    pub profile: String,
    pub judged_on: Option<Day>,
    pub drive_id: Option<DriveId>,
    pub state: ImportState,
    pub created_at: Timestamp,
    pub created_by: Option<StaffId>,
    pub admitted_at: Option<Timestamp>,
    pub totals: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
