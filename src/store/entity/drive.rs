//! Recruitment drives.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::DriveId;
use crate::domain::town::TownCode;
use crate::store::entity::value::Day;

/// A row of `drive`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "drive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DriveId,
    pub number: i64,
    pub name: String,
    pub place: String,
    pub town: Option<TownCode>,
    pub day: Day,
    pub target: Option<i64>,
    pub donors_target: Option<i64>,
    pub donors: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
