//! Members of staff.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::StaffId;
use crate::domain::role::Roles;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `staff`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffId,
    pub login: String,
    pub display_name: String,
    pub phc: String,
    pub roles: Roles,
    pub disabled: bool,
    pub lang: String,
    pub created_at: Timestamp,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
