//! Data keys of subjects, wrapped under key-encryption keys.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Compartment;
use crate::domain::id::SubjectId;
use crate::store::entity::value::Opaque;

/// A row of `subject_key`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "subject_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: SubjectId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub compartment: Compartment,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub kek_id: i64,
    pub wrapped: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
