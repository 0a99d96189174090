//! Links handed to registrants, by the hash of their token.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{LinkId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    pub token_hash: Opaque,
    pub purpose: String,
    pub subject_id: SubjectId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub wrong: i64,
    pub closed_at: Option<Timestamp>,
    /// The keyed tag of the address it went to; none where it went to none, or by an older version.
    #[serde(default)]
    pub address_tag: Option<Opaque>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
