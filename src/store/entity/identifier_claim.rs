//! Claims that a document number belongs to a subject.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ClaimId, SubjectId};
use crate::store::entity::value::Opaque;

/// A row of `identifier_claim`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "identifier_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimId,
    pub subject_id: SubjectId,
    pub kind: i64,
    pub index_value: Opaque,
    pub key_version: i64,
    pub verified: bool,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
