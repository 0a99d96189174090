//! What another system knows of a registration.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{OutsideId, SubjectId};
use crate::domain::outside::{OutsideCause, OutsideState, OutsideSystem};
use crate::store::entity::value::{Day, Opaque};

/// A row of `outside`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "outside")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutsideId,
    pub subject_id: SubjectId,
    pub system: OutsideSystem,
    pub state: OutsideState,
    pub since: Day,
    pub cause: Option<OutsideCause>,
    pub sealed_number: Option<Opaque>,
    pub number_tag: Option<Opaque>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
