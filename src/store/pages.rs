//! Whole tables in pages, each page one value: the database writes the rows one behind the other, ids and sealed columns as they are. Handing over a
//! row at a time, each of its columns a value of its own, took longer than finding and opening them together; so did joining the tables in the
//! database, and hexadecimal digits.
//!
//! A row on a page is its columns in order: an id is sixteen bytes; bytes are their number in digits, a comma, and themselves; anything else is its
//! text and a comma.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::id::SubjectId;
use crate::vault::DekRow;

use super::connect::Store;
use super::error::StoreError;

/// Pages read or opened at the same time: so many that neither readers nor cores wait while the first of them is put where it belongs.
pub(super) const AHEAD: usize = 6;

/// The two parameters of a statement.
pub(super) fn parameters(backend: DbBackend) -> [&'static str; 2] {
    if backend == DbBackend::Postgres { ["$1", "$2"] } else { ["?1", "?2"] }
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

/// A column, by how it is written on a page.
#[derive(Clone, Copy)]
pub(super) enum Told {
    /// An id, of a column that is never empty.
    Id(&'static str),
    /// Bytes; nothing is written like none.
    Bytes(&'static str),
    /// A whole number, or a word without comma; nothing is written as an empty word.
    Plain(&'static str),
}

impl Told {
    fn sql(self, backend: DbBackend) -> String {
        if backend == DbBackend::Postgres {
            return match self {
                Self::Id(column) => format!("uuid_send({column})"),
                Self::Bytes(column) => format!("coalesce(convert_to(octet_length({column}) || ',', 'UTF8') || {column}, ','::bytea)"),
                Self::Plain(column) => format!("convert_to(coalesce(CAST({column} AS text), '') || ',', 'UTF8')"),
            };
        }
        // SQLite puts values one behind the other byte by byte, whatever they hold: they are made bytes again as a whole.
        match self {
            Self::Id(column) => column.to_owned(),
            Self::Bytes(column) => format!("coalesce(length({column}) || ',' || {column}, ',')"),
            Self::Plain(column) => format!("coalesce({column}, '') || ','"),
        }
    }

    /// What selects a page of such columns as one value.
    pub(super) fn page(columns: &[Self], backend: DbBackend) -> String {
        let row: Vec<String> = columns.iter().map(|column| column.sql(backend)).collect();
        let row = row.join(" || ");
        if backend == DbBackend::Postgres {
            format!("string_agg({row}, ''::bytea)")
        } else {
            format!("CAST(string_agg({row}, '') AS BLOB)")
        }
    }

    /// Takes a column off what is left of a page.
    fn read<'a>(self, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
        let length = match self {
            Self::Id(_) => ID,
            Self::Bytes(_) => match word(rest)? {
                [] => 0,
                digits => std::str::from_utf8(digits).ok()?.parse().ok()?,
            },
            Self::Plain(_) => return word(rest),
        };
        let (value, behind) = rest.split_at_checked(length)?;
        *rest = behind;
        Some(value)
    }
}

/// Bytes of an id.
const ID: usize = 16;

/// Takes what stands before the next comma, and the comma.
fn word<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b',')?;
    let (word, behind) = rest.split_at_checked(end)?;
    *rest = behind.get(1..)?;
    Some(word)
}

/// A row on a page: `N` columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a, const N: usize>(pub(super) [&'a [u8]; N]);

impl<'a, const N: usize> Line<'a, N> {
    fn read(rest: &mut &'a [u8], columns: &[Told; N]) -> Result<Self, StoreError> {
        let mut fields: [&[u8]; N] = [&[]; N];
        for (field, column) in fields.iter_mut().zip(columns) {
            *field = column.read(rest).ok_or(StoreError::Damaged("record"))?;
        }
        Ok(Self(fields))
    }

    /// The rows of a page, by their first two columns. The database is not asked for the order.
    pub(super) fn all(page: &'a [u8], columns: &[Told; N]) -> Result<Vec<Self>, StoreError> {
        let mut rest = page;
        let mut lines = Vec::new();
        while !rest.is_empty() {
            lines.push(Self::read(&mut rest, columns)?);
        }
        lines.sort_unstable_by(|a, b| a.0.iter().take(2).cmp(b.0.iter().take(2)));
        Ok(lines)
    }

    /// Bytes; none where there are none.
    pub(super) fn bytes(&self, at: usize) -> Option<Vec<u8>> {
        let bytes = self.0[at];
        (!bytes.is_empty()).then(|| bytes.to_vec())
    }

    /// An id.
    pub(super) fn id(&self, at: usize) -> Result<Uuid, StoreError> {
        Uuid::from_slice(self.0[at]).map_err(|_| StoreError::Damaged("record"))
    }

    /// A word.
    pub(super) fn text(&self, at: usize) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.0[at]).map_err(|_| StoreError::Damaged("record"))
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&self, at: usize) -> Result<T, StoreError> {
        self.text(at)?.parse().map_err(|_| StoreError::Damaged("record"))
    }

    /// A number, or nothing.
    pub(super) fn number_or_none<T: std::str::FromStr>(&self, at: usize) -> Result<Option<T>, StoreError> {
        if self.0[at].is_empty() { Ok(None) } else { self.number(at).map(Some) }
    }

    /// The data key whose version, compartment key and wrapped bytes begin at `at`; none where it has no bytes.
    pub(super) fn key(&self, at: usize, subject: SubjectId, compartment: Compartment) -> Result<Option<DekRow>, StoreError> {
        let Some(wrapped) = self.bytes(at + 2) else { return Ok(None) };
        Ok(Some(DekRow { subject, compartment, version: self.number(at)?, kek_id: self.number(at + 1)?, wrapped }))
    }
}

/// Takes a subject's rows off rows sorted by subject.
pub(super) fn of<T, K: Ord>(rows: &mut std::iter::Peekable<std::vec::IntoIter<T>>, subject: K, key: impl Fn(&T) -> K) -> Vec<T> {
    while rows.next_if(|row| key(row) < subject).is_some() {}
    std::iter::from_fn(|| rows.next_if(|row| key(row) == subject)).collect()
}

impl Store {
    /// Some columns of the rows of a page's subjects, for [`Line::all`]; `also` is a further condition, or nothing.
    pub(super) async fn columns(
        &self,
        table: &str,
        columns: &[Told],
        subject: &str,
        range: &Range<'_>,
        also: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let (condition, values) = range.on(self.backend, subject);
        let sql = format!("SELECT {} FROM {table} WHERE {condition}{also}", Told::page(columns, self.backend));
        self.page(Statement::from_sql_and_values(self.backend, sql, values)).await
    }

    /// The id with which a page of a table ends that begins behind `after`; none where it is the last page.
    pub(super) async fn page_end(&self, table: &'static str, after: Uuid, rows: i64) -> Result<Option<Uuid>, StoreError> {
        let [first, second] = parameters(self.backend);
        let sql = format!("SELECT id FROM {table} WHERE id > {first} ORDER BY id LIMIT 1 OFFSET {second}");
        let end = Statement::from_sql_and_values(self.backend, sql, [after.into(), (rows - 1).into()]);
        self.reader.query_one_raw(end).await?.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
    }

    /// The page that a statement gives; empty where it gives nothing.
    pub(super) async fn page(&self, statement: Statement) -> Result<Vec<u8>, StoreError> {
        let row = self.reader.query_one_raw(statement).await?;
        let page: Option<Vec<u8>> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(page.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Told; 4] = [Told::Id("id"), Told::Plain("word"), Told::Bytes("sealed"), Told::Plain("number")];

    fn page(rows: &[(u8, &str, &[u8], &str)]) -> Vec<u8> {
        let row = |(id, word, sealed, number): &(u8, &str, &[u8], &str)| {
            let length = if sealed.is_empty() { String::new() } else { sealed.len().to_string() };
            [&[*id; 16], word.as_bytes(), b",", length.as_bytes(), b",", sealed, number.as_bytes(), b","].concat()
        };
        rows.iter().flat_map(row).collect()
    }

    #[test]
    fn rows_are_read_whatever_their_bytes_hold_and_come_by_their_first_two_columns() {
        // An id of commas, and sealed bytes that look like the next row's beginning.
        let page = page(&[(b',', "b", b"1,,\0\xff,", "7"), (b',', "a", b"", ""), (3, "c", b"x", "-1")]);
        let lines = Line::all(&page, &COLUMNS).unwrap();
        let words: Vec<&str> = lines.iter().map(|line| line.text(1).unwrap()).collect();
        assert_eq!(words, ["c", "a", "b"]);
        assert_eq!(lines[0].id(0).unwrap(), Uuid::from_bytes([3; 16]));
        assert_eq!((lines[0].number::<i8>(3).unwrap(), lines[1].number_or_none::<i8>(3).unwrap()), (-1, None));
        assert_eq!((lines[1].bytes(2), lines[2].bytes(2)), (None, Some(b"1,,\0\xff,".to_vec())));
        assert!(lines[1].number::<i8>(3).is_err() && lines[0].number::<u8>(1).is_err());
    }

    #[test]
    fn a_page_that_is_cut_anywhere_within_a_row_is_damaged() {
        let page = page(&[(1, "word", b"sealed", "12")]);
        for end in 1..page.len() {
            assert!(matches!(Line::all(&page[..end], &COLUMNS), Err(StoreError::Damaged(_))), "{end}");
        }
        assert!(Line::all(&[], &COLUMNS).unwrap().is_empty());
        let far = [&[1; 16], b"w,99999999999999999999,x" as &[u8]].concat();
        assert!(Line::all(&far, &COLUMNS).is_err(), "a length beyond the page");
    }
}
