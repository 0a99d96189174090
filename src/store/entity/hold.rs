//! Ways of contact on hold, by the keyed tag of subject and address.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;
use crate::store::word::ContactKind;

/// A row of `hold`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub subject_id: SubjectId,
    pub channel: ContactKind,
    pub address_tag: Opaque,
    pub reason: String,
    pub since: Timestamp,
    pub lifted_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
