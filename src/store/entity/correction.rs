//! Kept-aside values that staff work through.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{CorrectionId, ImportId, ImportRowId, RecordId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;
use crate::store::word::CorrectionState;

/// A row of `correction`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "correction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CorrectionId,
    pub import_id: Option<ImportId>,
    pub import_row_id: Option<ImportRowId>,
    pub subject_id: SubjectId,
    pub record_id: RecordId,
    pub field: String,
    pub problem: String,
    pub sealed_value: Option<Opaque>,
    pub state: CorrectionState,
    pub resolved_by: Option<StaffId>,
    pub resolved_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub row_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
