//! Consents given and withdrawn.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::consent::{ConsentHow, Purpose};
use crate::domain::id::{ConsentId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::store::entity::value::Opaque;

/// A row of `consent`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub subject_id: SubjectId,
    pub purpose: Purpose,
    pub text_version: String,
    pub text_sha256: Opaque,
    pub how: ConsentHow,
    pub given_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    pub staff_id: Option<StaffId>,
    pub sealed_witness: Option<Opaque>,
    pub row_version: i64,
    pub row_mac: Opaque,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
