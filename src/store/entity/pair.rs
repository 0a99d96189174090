//! Pairs that were compared and decided.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{PairId, PersonId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::word::{PairBasis, PairDecision};

/// A row of `pair`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "pair")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairId,
    pub subject_l: SubjectId,
    pub subject_r: SubjectId,
    pub person_l: PersonId,
    pub person_r: PersonId,
    pub weight: f64,
    pub probability: f64,
    pub decision: PairDecision,
    pub basis: PairBasis,
    pub decided_by: Option<StaffId>,
    pub decided_at: Timestamp,
    pub row_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
