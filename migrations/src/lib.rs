//! The schema of the registry.
//!
//! Expand, then contract: a migration that is shipped never changes; what an older process still reads is dropped one release later.
//! The statements are plain SQL that both databases read, with the few type names that differ put in; `tests/it/store` runs them on both.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m20261123_000001_tables;
mod m20261126_000001_import_source;
mod m20261126_000003_followup;
mod m20261126_000010_release;
mod m20261127_000001_health;
mod m20261127_000002_rights;
mod m20261127_000003_recall;
mod m20261127_000010_urgent;
mod m20261127_000020_delivery;
mod m20261127_000021_readiness;
mod m20261127_000022_service;
mod m20261127_000023_shift;
mod m20261127_000024_look_up;
mod m20261127_000025_grid;
mod m20261127_000026_care;
mod m20261127_000030_lists;
mod m20261127_000031_waiting;
mod m20261127_000032_activity;
mod m20261127_000033_death;
mod m20261127_000035_answered;
mod m20261127_000036_answers;
mod m20261127_000037_desk;
mod m20261127_000040_standing_step;
mod m20261127_000042_disclosure;
mod m20261127_000044_tally;
mod m20261127_000046_leaving;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_tables::Migration),
            Box::new(m20261126_000001_import_source::Migration),
            Box::new(m20261126_000003_followup::Migration),
            Box::new(m20261126_000010_release::Migration),
            Box::new(m20261127_000001_health::Migration),
            Box::new(m20261127_000010_urgent::Migration),
            Box::new(m20261127_000020_delivery::Migration),
            Box::new(m20261127_000021_readiness::Migration),
            Box::new(m20261127_000002_rights::Migration),
            Box::new(m20261127_000003_recall::Migration),
            Box::new(m20261127_000030_lists::Migration),
            Box::new(m20261127_000022_service::Migration),
            Box::new(m20261127_000023_shift::Migration),
            Box::new(m20261127_000024_look_up::Migration),
            Box::new(m20261127_000025_grid::Migration),
            Box::new(m20261127_000026_care::Migration),
            Box::new(m20261127_000031_waiting::Migration),
            Box::new(m20261127_000032_activity::Migration),
            Box::new(m20261127_000033_death::Migration),
            Box::new(m20261127_000035_answered::Migration),
            Box::new(m20261127_000036_answers::Migration),
            Box::new(m20261127_000037_desk::Migration),
            Box::new(m20261127_000040_standing_step::Migration),
            Box::new(m20261127_000042_disclosure::Migration),
            Box::new(m20261127_000044_tally::Migration),
            Box::new(m20261127_000046_leaving::Migration),
        ]
    }
}

/// Fills in the type names of a backend and runs the statements of a schema file one by one.
async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let sqlite = backend == DbBackend::Sqlite;
    // Strict tables refuse a value of another type instead of storing it as it comes.
    let names: [(&str, &str, &str); 7] = [
        ("{id}", "BLOB", "uuid"),
        ("{bytes}", "BLOB", "bytea"),
        ("{int}", "INTEGER", "bigint"),
        ("{bool}", "INTEGER", "boolean"),
        ("{real}", "REAL", "double precision"),
        ("{table}", " STRICT", ""),
        ("{clustered}", " STRICT, WITHOUT ROWID", ""),
    ];
    let without_comments: String = text.lines().filter(|l| !l.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let filled = names
        .iter()
        .fold(without_comments, |sql, (token, on_sqlite, on_postgres)| sql.replace(token, if sqlite { on_sqlite } else { on_postgres }));
    for statement in filled.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
