//! What readiness foretold and what came of the call. Tied to nobody.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::store::entity::value::Day;

/// A row of `readiness_seen`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "readiness_seen")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition: String,
    pub band: String,
    pub points: i64,
    pub reached: bool,
    pub day: Day,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
