//! A subject's standing in a registry.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{EnrolmentId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::store::entity::value::{Day, Opaque};

/// A row of `enrolment`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "enrolment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnrolmentId,
    pub subject_id: SubjectId,
    pub registry: Registry,
    pub status: EnrolmentStatus,
    pub since: Day,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
