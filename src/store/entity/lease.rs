//! Who may run a periodic task.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// A row of `lease`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lease")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub fence: i64,
    pub holder: String,
    pub until: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
