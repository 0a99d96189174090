//! First outcomes of requests.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `idempotency`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: Uuid,
    pub fingerprint: Opaque,
    pub status: i64,
    pub location: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
