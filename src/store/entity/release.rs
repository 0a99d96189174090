//! Releases for the public: safe tables alone, nothing that may not be read by anybody.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::StaffId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Day;

/// A row of `publication`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "publication")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub as_of: Day,
    pub body: String,
    pub prepared_at: Timestamp,
    pub approved_by: Option<StaffId>,
    pub approved_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
