//! Attempts to hand a mail over.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::OutboxId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `delivery`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub outbox_id: OutboxId,
    /// The keyed tag of the recipient's domain.
    pub domain_tag: Opaque,
    pub begun_at: Timestamp,
    /// None while it runs, and where the sender died.
    pub ended_at: Option<Timestamp>,
    /// `sent`, `deferred`, `refused`, `uncertain`; none while it runs.
    pub outcome: Option<String>,
    /// What the mail server said, without addresses.
    pub reply: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
