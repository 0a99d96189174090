//! Requests to see an identity, and what was decided.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{DisclosureId, PersonId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `disclosure`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "disclosure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisclosureId,
    pub person_id: PersonId,
    pub asked_by: StaffId,
    pub reason: String,
    pub asked_at: Timestamp,
    pub decided_by: Option<StaffId>,
    pub decided_at: Option<Timestamp>,
    /// Until when the identity may be opened; the instant of the decision where it was refused.
    pub until: Option<Timestamp>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
