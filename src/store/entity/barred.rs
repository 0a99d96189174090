//! Keyed digests of document numbers whose holders asked to be erased and not to be taken in again from a sheet.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `barred`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "barred")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: Opaque,
    pub at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
