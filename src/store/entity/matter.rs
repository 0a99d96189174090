//! Match notices and death notices.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{MatterId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;
use crate::store::word::MatterKind;

/// A row of `matter`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "matter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MatterId,
    pub kind: MatterKind,
    pub subject_id: Option<SubjectId>,
    pub phase: String,
    pub received_at: Timestamp,
    pub answer_by: Option<Timestamp>,
    pub happened_at: Option<Timestamp>,
    pub sealed: Option<Opaque>,
    pub opened_by: Option<StaffId>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
