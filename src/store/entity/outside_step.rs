//! What happened to it, once each.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{OutsideId, StaffId, SubjectId};
use crate::domain::outside::{OutsideAct, OutsideCause};
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};

/// A row of `outside_step`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "outside_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub outside_id: OutsideId,
    pub subject_id: SubjectId,
    pub act: OutsideAct,
    pub cause: Option<OutsideCause>,
    pub day: Day,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub sealed_evidence: Option<Opaque>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
