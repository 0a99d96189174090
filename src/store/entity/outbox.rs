//! Messages to be sent.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{OutboxId, PersonId, SubjectId, TaskId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::{Day, Opaque};
use crate::store::word::OutboxState;

/// A row of `outbox`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    pub task_id: Option<TaskId>,
    pub subject_id: SubjectId,
    pub person_id: PersonId,
    pub rule: String,
    pub occurrence: Day,
    pub kind: String,
    pub lang: String,
    pub sensitive: bool,
    pub state: OutboxState,
    pub due_at: Timestamp,
    pub lease_until: Option<Timestamp>,
    pub fence: i64,
    pub attempts: i64,
    pub message_id: String,
    pub reply: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// The keyed tag of the address it was sent to.
    #[serde(default)]
    pub address_tag: Option<Opaque>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
