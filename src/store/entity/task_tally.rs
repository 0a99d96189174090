//! How many planned tasks wait for staff, by kind, channel and day. Kept by the database's own triggers on `task`: nothing here ever writes it.

use sea_orm::entity::prelude::*;

use crate::store::entity::value::Day;
use crate::store::word::TaskChannel;

/// A row of `task_tally`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_tally")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: TaskChannel,
    #[sea_orm(primary_key, auto_increment = false)]
    pub due_on: Day,
    pub n: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
