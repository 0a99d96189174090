//! The sealed tie from a subject to its statistics.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::SubjectId;
use crate::store::entity::value::Opaque;

/// A row of `stat_link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stat_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: SubjectId,
    pub sealed: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
