//! Whole tables in pages, each page one text: the database writes its rows into it, binary columns in hexadecimal. Handing over a row at a time,
//! each of its columns a value of its own, took longer than finding and opening them together.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::id::SubjectId;
use crate::vault::DekRow;

use super::connect::Store;
use super::error::StoreError;
use super::hex;

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

/// Which subjects a page is about.
pub(super) enum Range<'a> {
    /// Those behind the first up to the second, or to the last of all.
    Behind(SubjectId, Option<SubjectId>),
    /// These only.
    Only(&'a [SubjectId]),
}

impl Range<'_> {
    /// The condition on a column, and its parameters.
    fn on(&self, backend: DbBackend, column: &str) -> (String, Vec<Value>) {
        match self {
            Self::Behind(after, end) => {
                let [first, last] = parameters(backend);
                (format!("{column} > {first} AND {column} <= {last}"), vec![after.0.into(), end.map_or(Uuid::max(), |end| end.0).into()])
            }
            Self::Only(ids) => {
                let mark = if backend == DbBackend::Postgres { '$' } else { '?' };
                let places: Vec<String> = (1..=ids.len()).map(|n| format!("{mark}{n}")).collect();
                (format!("{column} IN ({})", places.join(", ")), ids.iter().map(|id| id.0.into()).collect())
            }
        }
    }

    /// The same as a condition of the mapper.
    pub(super) fn condition<C: sea_orm::ColumnTrait>(&self, column: C) -> sea_orm::Condition {
        let all = sea_orm::Condition::all();
        match self {
            Self::Behind(after, end) => all.add(column.gt(*after)).add(column.lte(end.unwrap_or(SubjectId(Uuid::max())))),
            Self::Only(ids) => all.add(column.is_in(ids.iter().copied())),
        }
    }
}

/// A column, by how it is written as text; nothing is an empty field. Words must hold neither comma nor semicolon.
#[derive(Clone, Copy)]
pub(super) enum Told {
    /// An id.
    Id(&'static str),
    /// Bytes.
    Bytes(&'static str),
    /// A whole number, or a word.
    Plain(&'static str),
}

impl Told {
    fn sql(self, backend: DbBackend) -> String {
        let sql = match self {
            Self::Id(column) => id_text(backend, column),
            Self::Bytes(column) => bytes_text(backend, column),
            Self::Plain(column) => format!("CAST({column} AS text)"),
        };
        format!("coalesce({sql}, '')")
    }
}

/// A row as text: `N` fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a, const N: usize>(pub(super) [&'a str; N]);

impl<'a, const N: usize> Line<'a, N> {
    /// One row: exactly so many fields with commas between them.
    pub(super) fn read(text: &'a str) -> Result<Self, StoreError> {
        let mut fields = [""; N];
        let mut told = text.split(',');
        for field in &mut fields {
            *field = told.next().ok_or(StoreError::Damaged("record"))?;
        }
        if told.next().is_some() { Err(StoreError::Damaged("record")) } else { Ok(Self(fields)) }
    }

    /// The rows of a page, by their first two fields: ids, whose digits are of one length and case. The database is not asked for the order.
    pub(super) fn all(text: &'a str) -> Result<Vec<Self>, StoreError> {
        let mut lines = text.split(';').filter(|line| !line.is_empty()).map(Self::read).collect::<Result<Vec<_>, _>>()?;
        lines.sort_unstable_by(|a, b| a.0.iter().take(2).cmp(b.0.iter().take(2)));
        Ok(lines)
    }

    /// Bytes; none where the field is empty.
    pub(super) fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let text = self.0[at];
        if text.is_empty() { Ok(None) } else { hex::decode(text).map(Some).ok_or(StoreError::Damaged("record")) }
    }

    /// An id; none where the field is empty.
    pub(super) fn id(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        let text = self.0[at];
        if text.is_empty() { Ok(None) } else { Uuid::try_parse(text).map(Some).map_err(|_| StoreError::Damaged("record")) }
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&self, at: usize) -> Result<T, StoreError> {
        self.0[at].parse().map_err(|_| StoreError::Damaged("record"))
    }

    /// A number, or nothing.
    pub(super) fn number_or_none<T: std::str::FromStr>(&self, at: usize) -> Result<Option<T>, StoreError> {
        if self.0[at].is_empty() { Ok(None) } else { self.number(at).map(Some) }
    }

    /// The data key whose version, compartment key and wrapped bytes begin at `at`; none where it has no bytes.
    pub(super) fn key(&self, at: usize, subject: SubjectId, compartment: Compartment) -> Result<Option<DekRow>, StoreError> {
        let Some(wrapped) = self.bytes(at + 2)? else { return Ok(None) };
        Ok(Some(DekRow { subject, compartment, version: self.number(at)?, kek_id: self.number(at + 1)?, wrapped }))
    }
}

/// Takes a subject's rows off rows sorted by subject.
pub(super) fn of<T, K: Ord>(rows: &mut std::iter::Peekable<std::vec::IntoIter<T>>, subject: K, key: impl Fn(&T) -> K) -> Vec<T> {
    while rows.next_if(|row| key(row) < subject).is_some() {}
    std::iter::from_fn(|| rows.next_if(|row| key(row) == subject)).collect()
}

impl Store {
    /// Some columns of the rows of a page's subjects, as one text for [`Line::all`]; `also` is a further condition, or nothing.
    pub(super) async fn columns(
        &self,
        table: &str,
        columns: &[Told],
        subject: &str,
        range: &Range<'_>,
        also: &str,
    ) -> Result<String, StoreError> {
        let fields: Vec<String> = columns.iter().map(|column| column.sql(self.backend)).collect();
        let (condition, values) = range.on(self.backend, subject);
        let sql = format!("SELECT string_agg(concat_ws(',', {}), ';') FROM {table} WHERE {condition}{also}", fields.join(", "));
        self.one_text(Statement::from_sql_and_values(self.backend, sql, values)).await
    }

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
        self.one_text(page).await
    }

    /// The one text a statement gives; empty where it gives nothing.
    pub(super) async fn one_text(&self, statement: Statement) -> Result<String, StoreError> {
        let row = self.reader.query_one_raw(statement).await?;
        let text: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_fields_too_many_or_too_few_is_damaged() {
        assert!(Line::<5>::read(",,,,").is_ok());
        for text in [",,,", ",,,,,"] {
            assert!(matches!(Line::<5>::read(text), Err(StoreError::Damaged(_))));
        }
        let line = Line::<5>::read("zz,,,,x").unwrap();
        assert!(line.bytes(0).is_err() && line.id(0).is_err() && line.number::<u32>(4).is_err());
        assert_eq!((line.bytes(1).unwrap(), line.number_or_none::<u32>(2).unwrap()), (None, None));
    }

    #[test]
    fn lines_come_by_their_first_two_fields() {
        let lines = Line::<3>::all("b,1,x;a,2,y;;a,1,z").unwrap();
        assert_eq!(lines.iter().map(|l| l.0[2]).collect::<String>(), "zyx");
    }
}
