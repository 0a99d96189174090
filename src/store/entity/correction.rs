//! Kept-aside values that staff work through.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{CorrectionId, ImportId, ImportRowId, RecordId, StaffId, SubjectId};
use crate::domain::problem::ProblemCode;
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

impl Model {
    /// An open line that asks about a field of a record: of no sheet, and without a value kept aside.
    pub fn asks(of: (SubjectId, RecordId), field: &str, problem: ProblemCode, at: Timestamp) -> Self {
        Self::line(of, field, problem.code(), at)
    }

    /// As [`Self::asks`], with a word that is no problem of a sheet.
    pub fn line((subject_id, record_id): (SubjectId, RecordId), field: &str, problem: &str, at: Timestamp) -> Self {
        Self {
            id: CorrectionId::fresh(),
            import_id: None,
            import_row_id: None,
            subject_id,
            record_id,
            field: field.to_owned(),
            problem: problem.to_owned(),
            sealed_value: None,
            state: CorrectionState::Open,
            resolved_by: None,
            resolved_at: None,
            created_at: at,
            row_version: 1,
        }
    }
}
