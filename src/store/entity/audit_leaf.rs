//! The tamper-evident log.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::StaffId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `audit_leaf`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "audit_leaf")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub prev_hash: Opaque,
    pub hash: Opaque,
    pub at: Timestamp,
    pub actor: Option<StaffId>,
    pub action: String,
    pub object_type: String,
    pub object_id: Option<Uuid>,
    pub canonical: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
