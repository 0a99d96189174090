//! Activities that were struck out.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ActivityId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `activity_strike`: under the id of the activity, so that nothing is struck out twice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "activity_strike")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
