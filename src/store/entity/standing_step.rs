//! How a registration came from one standing to another by hand.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{EnrolmentId, StaffId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};

/// A row of `standing_step`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "standing_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub act_id: Uuid,
    pub enrolment_id: EnrolmentId,
    pub subject_id: SubjectId,
    pub registry: Registry,
    pub status: EnrolmentStatus,
    pub before_status: EnrolmentStatus,
    pub before_since: Day,
    pub version: i64,
    pub death: bool,
    pub undoes: Option<Uuid>,
    pub why: Option<String>,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
