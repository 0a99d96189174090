//! How many follow-ups wait for staff, by kind, channel and day, kept by the database itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261127_000044_tally"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, include_str!("tally.sql")).await?;
        let kept = match manager.get_database_backend() {
            DbBackend::Sqlite => include_str!("tally_sqlite.sql"),
            _ => include_str!("tally_postgres.sql"),
        };
        super::run(manager, kept).await
    }
}
