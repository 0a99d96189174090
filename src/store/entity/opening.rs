//! Emergency openings and their review.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{MatterId, OpeningId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};
use crate::store::word::Verdict;

/// A row of `opening`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "opening")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpeningId,
    pub matter_id: MatterId,
    pub staff_id: StaffId,
    pub reason: String,
    pub at: Timestamp,
    pub review_by: Day,
    pub reviewed_by: Option<StaffId>,
    pub reviewed_at: Option<Timestamp>,
    pub verdict: Option<Verdict>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
