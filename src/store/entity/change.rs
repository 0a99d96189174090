//! What changed, in the order of commits.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::change::ChangeKind;

/// A row of `change`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub kind: ChangeKind,
    pub subject_id: Option<SubjectId>,
    pub person_id: Option<PersonId>,
    pub other_id: Option<Uuid>,
    pub at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
