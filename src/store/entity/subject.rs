//! The owners of data keys.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;
use crate::store::word::Origin;

/// A row of `subject`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "subject")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubjectId,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub first_contact_at: Option<Timestamp>,
    pub erased_at: Option<Timestamp>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
