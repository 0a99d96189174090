//! Opening and closing a database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    Statement,
};
use sea_orm::{TransactionOptions, TransactionTrait};

use crate::domain::id::DeploymentId;

use super::error::StoreError;
use super::tx::Tx;

/// The file name of the SQLite database in a data folder.
pub const SQLITE_FILE: &str = "registry.db";

/// The first SQLite without the WAL-reset bug.
const SQLITE_LEAST: (u32, u32, u32) = (3, 51, 3);

/// Serialises write transactions on PostgreSQL. Any constant will do; it must never change.
const WRITE_LOCK: i64 = 0x646f_6e6f_7231;

/// How long a writer waits for its turn. SQLite grants the lock to whoever asks at the right moment, not in order: beside a process that
/// writes without pause on a slow disk, a few seconds are not always enough.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);

/// How much of the file readers map into memory, in bytes: as much as SQLite allows. All connections of a process share one lock for the pages
/// they read otherwise, and whole tables are read by several at once.
const MAPPED: &str = "2147418112";

/// Where a registry is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// `registry.db` in a data folder, which is made where it is missing.
    Folder(PathBuf),
    /// A `postgres://` URL. Not printed: it may hold a password.
    Postgres(PostgresUrl),
}

/// A `postgres://` URL; `Debug` prints no part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl std::fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("postgres://..")
    }
}

impl StoreUrl {
    /// The SQLite database of a data folder.
    pub fn folder(data: impl Into<PathBuf>) -> Self {
        Self::Folder(data.into())
    }

    /// A PostgreSQL database by URL.
    ///
    /// # Errors
    /// [`StoreError::Address`] where the URL does not begin with `postgres://` or `postgresql://`.
    pub fn postgres(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(PostgresUrl(url.to_owned())))
        } else {
            Err(StoreError::Address)
        }
    }
}

/// An open registry database: writers take turns, readers have connections of their own.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) backend: DbBackend,
    deployment: DeploymentId,
}

impl Store {
    /// Opens a registry, brings its schema up to date and gives a new one its deployment id.
    ///
    /// # Errors
    /// [`StoreError::File`], [`StoreError::Database`], [`StoreError::OldSqlite`].
    pub async fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        let (writer, reader) = match url {
            StoreUrl::Folder(folder) => sqlite(folder).await?,
            StoreUrl::Postgres(url) => postgres(url).await?,
        };
        let backend = writer.get_database_backend();
        // Under the write lock: two processes that open one new database at once make its tables and its id once.
        let db = begin(&writer, backend).await?;
        Migrator::up(&db, None).await?;
        let deployment = super::meta::deployment(&db).await?;
        db.commit().await?;
        Ok(Self { writer, reader, backend, deployment })
    }

    /// The installation this database belongs to; bound into every ciphertext.
    pub fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// Whether the database is PostgreSQL, which several processes may share.
    pub fn shared(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Begins a write transaction: one at a time over all processes, so that what is numbered in it is numbered in the order of commits.
    /// Dropping it rolls back. Bulk cryptography, network and Argon2 belong before it; never wrap it in a time limit or a `select!`.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let db = begin(&self.writer, self.backend).await?;
        Ok(Tx::new(db, self.deployment))
    }

    /// Moves the write-ahead log into the database file and empties it, as far as nobody reads from it just now: what was overwritten there
    /// (the data keys of somebody erased) stands in it no longer. Nothing on PostgreSQL, whose log is its operator's.
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        if self.backend == DbBackend::Sqlite {
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Closes the connections; on SQLite the write-ahead log is first moved into the database file.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close_by_ref().await?;
        self.empty_log().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// Begins a transaction under the write lock.
async fn begin(writer: &DatabaseConnection, backend: DbBackend) -> Result<DatabaseTransaction, StoreError> {
    let options = match backend {
        DbBackend::Sqlite => {
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() }
        }
        _ => TransactionOptions { access_mode: Some(AccessMode::ReadWrite), ..TransactionOptions::default() },
    };
    let db = writer.begin_with_options(options).await?;
    if backend == DbBackend::Postgres {
        // READ COMMITTED: every statement after this one sees all that was committed before the lock was had.
        db.execute_raw(Statement::from_sql_and_values(backend, "SELECT pg_advisory_xact_lock($1)", [WRITE_LOCK.into()])).await?;
    }
    Ok(db)
}

fn options(url: String, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(LOCK_PATIENCE)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

async fn sqlite(folder: &Path) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    std::fs::create_dir_all(folder).map_err(|e| StoreError::File { what: "the data folder", kind: e.kind() })?;
    let file = folder.join(SQLITE_FILE);
    let connect = |connections: u32, query_only: &'static str, mapped: &'static str| {
        let mut options = options("sqlite://registry.db?mode=rwc".to_owned(), connections);
        // The path is given apart from the URL, so that any character may stand in it.
        let file = file.clone();
        options.map_sqlx_sqlite_opts(move |o| {
            o.filename(&file)
                .create_if_missing(true)
                .busy_timeout(LOCK_PATIENCE)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("secure_delete", "ON")
                .pragma("temp_store", "MEMORY")
                .pragma("trusted_schema", "OFF")
                .pragma("cache_size", "-65536")
                .pragma("query_only", query_only)
                .pragma("mmap_size", mapped)
        });
        options
    };
    let writer = Database::connect(connect(1, "OFF", "0")).await?;
    let row = writer.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()")).await?;
    let version: String = row.ok_or(StoreError::Damaged("sqlite_version"))?.try_get_by_index(0)?;
    if !recent(&version) {
        return Err(StoreError::OldSqlite(version));
    }
    let reader = Database::connect(connect(4, "ON", MAPPED)).await?;
    Ok((writer, reader))
}

/// Two writers: one waits for the lock while the other commits. Readers have a pool of their own, so that waiting writers starve nobody.
async fn postgres(url: &PostgresUrl) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    let writer = Database::connect(options(url.0.clone(), 2)).await?;
    let reader = Database::connect(options(url.0.clone(), 4)).await?;
    Ok((writer, reader))
}

fn recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|p| p.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= SQLITE_LEAST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_with_the_wal_reset_bug_is_told_from_one_without() {
        assert!(!recent("3.51.2"));
        assert!(recent("3.51.3"));
        assert!(recent("3.52.0"));
        assert!(!recent("3.9.9"));
    }

    #[test]
    fn a_postgres_address_never_prints_its_password() {
        let url = StoreUrl::postgres("postgres://u:geheim@h/db").unwrap();
        assert!(!format!("{url:?}").contains("geheim"));
        assert!(StoreUrl::postgres("mysql://h/db").is_err());
    }
}
