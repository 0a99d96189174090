//! Planned follow-ups.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Day;
use crate::store::word::{TaskChannel, TaskState};

/// A row of `task`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskId,
    pub subject_id: SubjectId,
    pub person_id: PersonId,
    pub rule: String,
    pub occurrence: Day,
    pub kind: String,
    pub channel: TaskChannel,
    pub due_on: Day,
    pub zone: String,
    pub state: TaskState,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub row_version: i64,
    /// The day the contact was made or given up.
    #[serde(default)]
    pub done_on: Option<Day>,
    /// How often somebody tried.
    #[serde(default)]
    pub rounds: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
