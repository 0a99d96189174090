//! Returned mails that were read, by the keyed fingerprint of the message.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{OutboxId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `bounce`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "bounce")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub fingerprint: Opaque,
    pub outbox_id: Option<OutboxId>,
    pub subject_id: Option<SubjectId>,
    pub address_tag: Option<Opaque>,
    pub class: String,
    pub status: Option<String>,
    pub at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
