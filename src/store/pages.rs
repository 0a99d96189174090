//! Whole tables in pages, each page one text: the database writes its rows into it, binary columns in hexadecimal. Handing over a row at a time,
//! each of its columns a value of its own, took longer than finding and opening them together.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::connect::Store;
use super::error::StoreError;

/// Pages read or opened at the same time: one in the hands of each of two readers, one on its way.
pub(super) const AHEAD: usize = 3;

/// The two parameters of a statement.
pub(super) fn parameters(backend: DbBackend) -> [&'static str; 2] {
    if backend == DbBackend::Postgres { ["$1", "$2"] } else { ["?1", "?2"] }
}

/// An id in hexadecimal.
pub(super) fn id_text(backend: DbBackend, column: &str) -> String {
    if backend == DbBackend::Postgres { format!("encode(uuid_send({column}), 'hex')") } else { format!("hex({column})") }
}

/// Bytes in hexadecimal.
pub(super) fn bytes_text(backend: DbBackend, column: &str) -> String {
    if backend == DbBackend::Postgres { format!("encode({column}, 'hex')") } else { format!("hex({column})") }
}

impl Store {
    /// The id with which a page of a table ends that begins behind `after`; none where it is the last page.
    pub(super) async fn page_end(&self, table: &'static str, after: Uuid, rows: i64) -> Result<Option<Uuid>, StoreError> {
        let [first, second] = parameters(self.backend);
        let sql = format!("SELECT id FROM {table} WHERE id > {first} ORDER BY id LIMIT 1 OFFSET {second}");
        let end = Statement::from_sql_and_values(self.backend, sql, [after.into(), (rows - 1).into()]);
        self.reader.query_one_raw(end).await?.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
    }

    /// The text of a page: what a statement gives for the rows behind `after` up to `end`, or all of them.
    pub(super) async fn page_text(&self, statement: String, after: Uuid, end: Option<Uuid>) -> Result<String, StoreError> {
        let page = Statement::from_sql_and_values(self.backend, statement, [after.into(), end.unwrap_or(Uuid::max()).into()]);
        let row = self.reader.query_one_raw(page).await?;
        let text: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(text.unwrap_or_default())
    }
}
