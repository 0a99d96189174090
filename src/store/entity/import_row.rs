//! Rows of imported files.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ImportId, ImportRowId, PublicId, SubjectId};
use crate::store::entity::value::Opaque;
use crate::store::word::RowOutcome;

/// A row of `import_row`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportRowId,
    pub import_id: ImportId,
    pub number: i64,
    pub outcome: RowOutcome,
    pub problems: String,
    pub subject_id: Option<SubjectId>,
    pub person_public_id: Option<PublicId>,
    pub known: Option<bool>,
    pub prepared: Option<Opaque>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
