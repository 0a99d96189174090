//! First-contact acts.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::id::{CampaignId, StaffId};
use crate::domain::time::Timestamp;
use crate::store::word::CampaignState;

/// A row of `campaign`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    pub kind: String,
    pub filter: String,
    pub count: i64,
    pub requested_by: StaffId,
    pub created_at: Timestamp,
    pub confirmed_by: Option<StaffId>,
    pub confirmed_at: Option<Timestamp>,
    pub state: CampaignState,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
