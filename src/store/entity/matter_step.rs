//! The steps of a match request or death notice, each written once.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{MatterId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};

/// A row of `matter_step`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "matter_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub matter_id: MatterId,
    pub number: i64,
    pub act: String,
    pub code: Option<String>,
    pub day: Day,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub sealed_note: Option<Opaque>,
    pub happened_at: Option<Timestamp>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
