//! Until which day somebody asked to be left alone.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Day;

/// A row of `pause`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "pause")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: SubjectId,
    /// The first day on which they may be asked again.
    pub until_on: Day,
    pub since: Timestamp,
    /// When they took it back.
    pub ended_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
