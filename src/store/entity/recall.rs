//! What blood stations asked for.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::StaffId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Day;

/// A row of `recall`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "recall")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub abo: Option<String>,
    pub rh: String,
    pub kind: String,
    /// Codes with commas between.
    pub towns: String,
    pub until: Day,
    pub recorded_at: Timestamp,
    pub recorded_by: Option<StaffId>,
    pub closed_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
