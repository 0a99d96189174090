//! What registrants asked for.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{PersonId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Day;

/// A row of `rights_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "rights_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub kind: String,
    pub received_on: Day,
    pub due_on: Day,
    pub recorded_at: Timestamp,
    pub recorded_by: Option<StaffId>,
    pub answered_at: Option<Timestamp>,
    pub answered_by: Option<StaffId>,
    pub granted: Option<bool>,
    pub row_version: i64,
    /// Rows of backups made before it was asked are of the registrants themselves.
    #[serde(default = "of_oneself")]
    pub asked_by: String,
    #[serde(default)]
    pub proof: Option<String>,
    #[serde(default)]
    pub refusal: Option<String>,
    #[serde(default)]
    pub done_how: Option<String>,
}

fn of_oneself() -> String {
    "self".to_owned()
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
