//! A volunteer's place in a shift.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ShiftId, StaffId, SubjectId, TurnId};
use crate::domain::shift::TurnState;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `turn`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "turn")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TurnId,
    pub shift_id: ShiftId,
    pub subject_id: SubjectId,
    pub state: TurnState,
    pub at: Timestamp,
    pub by_staff: Option<StaffId>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
