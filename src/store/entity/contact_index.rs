//! Blind indexes of phones and mail addresses.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{RecordId, SubjectId};
use crate::store::entity::value::Opaque;
use crate::store::word::ContactKind;

/// A row of `contact_index`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "contact_index")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub subject_id: SubjectId,
    pub record_id: RecordId,
    pub kind: ContactKind,
    pub index_value: Opaque,
    pub key_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
