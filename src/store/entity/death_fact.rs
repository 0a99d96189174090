//! That somebody has died, and who told of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{DeathId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `death_fact`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "death_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeathId,
    pub subject_id: SubjectId,
    pub recorded_at: Timestamp,
    pub staff_id: Option<StaffId>,
    pub sealed: Opaque,
    pub schema: i64,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
