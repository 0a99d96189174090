//! Which subject belongs to which person, and when.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{MembershipId, PersonId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;
use crate::store::word::MembershipDecision;

/// A row of `membership`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub subject_id: SubjectId,
    pub person_id: PersonId,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    pub decision: MembershipDecision,
    pub decided_by: Option<StaffId>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
