//! Activities of publicity and mobilisation.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::activity::{ActivityKind, ActivityPlace};
use crate::domain::id::{ActivityId, StaffId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::store::entity::value::{Day, Opaque};

/// A row of `activity`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    pub kind: ActivityKind,
    pub registry: Registry,
    pub held_on: Day,
    pub place: ActivityPlace,
    pub town: Option<TownCode>,
    pub reached: i64,
    pub leaflets: i64,
    pub staff_there: i64,
    pub volunteers_there: i64,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
