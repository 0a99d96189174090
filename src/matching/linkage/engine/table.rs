//! A CSV file in memory: the cells of the columns a schema names.

use rayon::prelude::*;
use zeroize::Zeroize;

use super::EngineError;
use super::schema::{Meaning, Schema};
use super::texts::{Numbers, Texts};

/// The rows of one file, cells by column. Zeroised on drop.
///
/// Where rows have ids they stand in the order of their ids (shorter ones first, then by their bytes), so that nothing depends on
/// the order in which the file holds them.
pub struct Table {
    pub(super) columns: Vec<RawColumn>,
    /// The unique ids, or nothing where the file has none: rows are then numbered from 1.
    ids: Option<Ids>,
    /// For every row its place in the file, counted from 0; nothing where that is the row's own number.
    places: Option<Vec<u32>>,
    rows: usize,
}

/// The unique ids of the rows.
struct Ids(Texts);

impl Ids {
    fn of(&self, row: usize) -> &str {
        self.0.get(row).unwrap_or_default()
    }

    /// The rows in the order of their ids; nothing where they stand in it.
    fn order(&self) -> Option<Vec<u32>> {
        let key = |row: u32| {
            let id = self.of(usize::try_from(row).unwrap_or(usize::MAX));
            (id.len(), id)
        };
        let mut order: Vec<u32> = (0..u32::try_from(self.0.len()).unwrap_or(u32::MAX)).collect();
        if order.is_sorted_by_key(|r| key(*r)) {
            return None;
        }
        order.par_sort_unstable_by(|a, b| key(*a).cmp(&key(*b)));
        Some(order)
    }

    fn reordered(&self, order: &[u32]) -> Self {
        let mut ids = Texts::default();
        for row in order {
            ids.push(self.of(usize::try_from(*row).unwrap_or(usize::MAX)));
        }
        Self(ids)
    }
}

/// One column: for every row the number of its distinct value, 0 for an empty cell.
pub(super) struct RawColumn {
    pub name: String,
    pub meaning: Meaning,
    pub cells: Vec<u32>,
    /// Distinct values in order of first appearance; number 1 is the first.
    pub values: Texts,
}

impl RawColumn {
    /// Puts the rows into another order; the values are numbered anew as they then come.
    fn reorder(&mut self, order: &[u32]) {
        let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let mut numbers = vec![0u32; self.values.len() + 1];
        let mut values = Texts::default();
        self.cells = order
            .iter()
            .map(|row| {
                let old = at(self.cells[at(*row)]);
                if old > 0 && numbers[old] == 0 {
                    values.push(self.values.get(old - 1).unwrap_or_default());
                    numbers[old] = u32::try_from(values.len()).unwrap_or(u32::MAX);
                }
                numbers[old]
            })
            .collect();
        self.values = values;
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({} rows)", self.rows)
    }
}

/// Longest cell that is read; what is beyond is cut.
const LONGEST_CELL: usize = 1_024;

impl Table {
    /// Reads UTF-8 CSV with a header. Header names and cells are trimmed; columns the schema does not name are ignored.
    ///
    /// # Errors
    /// A column the schema names is absent, nothing is left to compare, the CSV is broken, an id is empty or repeated.
    pub fn read(csv: &[u8], schema: &Schema) -> Result<Self, EngineError> {
        let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
        let header: Vec<String> = reader
            .byte_headers()
            .map_err(|_| EngineError::Csv { row: 1 })?
            .iter()
            .map(|h| String::from_utf8_lossy(h).trim().to_owned())
            .collect();
        let mut wanted: Vec<(usize, &str, Meaning)> = Vec::new();
        for (column, meaning) in &schema.columns {
            let Some(at) = header.iter().position(|h| h == column) else {
                return Err(EngineError::AbsentColumn { column: column.clone() });
            };
            wanted.push((at, column, *meaning));
        }
        // The file's own order, so that the order of lines in the schema does not matter.
        wanted.sort_unstable_by_key(|(at, _, _)| *at);
        if !wanted.iter().any(|(_, _, m)| *m != Meaning::UniqueId) {
            return Err(EngineError::NothingToCompare);
        }
        let columns: Vec<usize> = wanted.iter().map(|(at, _, _)| *at).collect();
        let start = usize::try_from(reader.position().byte()).unwrap_or(csv.len()).min(csv.len());
        let parts = pieces(csv.get(start..).unwrap_or_default(), rayon::current_num_threads());
        let parts: Vec<Cells> = parts.into_par_iter().map(|part| Cells::read(part, &columns)).collect();
        let mut rows = 0usize;
        for part in &parts {
            if part.broken {
                return Err(EngineError::Csv { row: rows + part.rows() + 2 });
            }
            rows += part.rows();
        }
        u32::try_from(rows).map_err(|_| EngineError::TooLarge)?;
        u32::try_from(parts.iter().map(|part| part.text.len()).sum::<usize>()).map_err(|_| EngineError::TooLarge)?;
        let cells = |column: usize| parts.iter().flat_map(move |part| part.column(column));
        let (ids, columns) = rayon::join(
            || match wanted.iter().position(|(_, _, m)| *m == Meaning::UniqueId) {
                Some(c) => unique(cells(c), rows).map(Some),
                None => Ok(None),
            },
            || {
                let of = wanted.par_iter().enumerate().filter(|(_, (_, _, m))| *m != Meaning::UniqueId);
                of.map(|(c, (_, name, meaning))| intern(cells(c), rows, name, *meaning)).collect::<Vec<RawColumn>>()
            },
        );
        drop(parts);
        let mut ids = ids?;
        let mut columns = columns;
        let places = ids.as_ref().and_then(Ids::order);
        if let Some(order) = &places {
            columns.par_iter_mut().for_each(|c| c.reorder(order));
            ids = ids.map(|ids| ids.reordered(order));
        }
        Ok(Self { columns, ids, places, rows })
    }

    /// The place of a row in the file, counted from 0 after the header.
    pub fn place(&self, row: usize) -> usize {
        self.places.as_ref().and_then(|p| p.get(row)).map_or(row, |p| usize::try_from(*p).unwrap_or(usize::MAX))
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The unique id of a row, or its number from 1.
    pub fn id(&self, row: usize) -> std::borrow::Cow<'_, str> {
        self.ids.as_ref().map_or_else(|| (row + 1).to_string().into(), |ids| ids.of(row).into())
    }

    /// The distinct values of a column in every row as numbers, for columns outside the comparison such as a known truth.
    pub fn group(&self, column: &str) -> Option<&[u32]> {
        self.columns.iter().find(|c| c.name == column).map(|c| c.cells.as_slice())
    }
}

/// Bytes below which a file is not read in pieces.
const PIECE: usize = 1 << 20;

/// A file's rows in so many pieces, cut between lines. One piece where a quoted cell may go over lines.
fn pieces(csv: &[u8], wanted: usize) -> Vec<&[u8]> {
    let wanted = wanted.min(csv.len() / PIECE);
    if wanted < 2 || csv.contains(&b'"') {
        return vec![csv];
    }
    let (mut out, mut rest) = (Vec::with_capacity(wanted), csv);
    for left in (2..=wanted).rev() {
        let about = rest.len() / left;
        let end = rest.iter().skip(about).position(|b| *b == b'\n').map_or(rest.len(), |n| about + n + 1);
        let (piece, after) = rest.split_at(end);
        out.push(piece);
        rest = after;
    }
    out.push(rest);
    out
}

/// The wanted cells of a piece of a file, row by row. Zeroised on drop.
struct Cells {
    text: Vec<u8>,
    ends: Vec<u32>,
    /// How many cells a row has.
    width: usize,
    /// Whether the row after the last cannot be read.
    broken: bool,
}

impl Drop for Cells {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl Cells {
    fn read(csv: &[u8], columns: &[usize]) -> Self {
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv);
        let mut out = Self { text: Vec::with_capacity(csv.len()), ends: Vec::new(), width: columns.len(), broken: false };
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return out,
                Err(_) => {
                    out.broken = true;
                    return out;
                }
            }
            for at in columns {
                let cell = record.get(*at).unwrap_or_default().trim_ascii();
                out.text.extend_from_slice(cell.get(..LONGEST_CELL).unwrap_or(cell));
                // Beyond four gigabytes the whole table is refused for its size.
                out.ends.push(u32::try_from(out.text.len()).unwrap_or(u32::MAX));
            }
        }
    }

    fn rows(&self) -> usize {
        self.ends.len() / self.width.max(1)
    }

    /// The cells of one of the wanted columns.
    fn column(&self, column: usize) -> impl Iterator<Item = &[u8]> {
        let at = |i: usize| self.ends.get(i).and_then(|e| usize::try_from(*e).ok()).unwrap_or(0);
        let first = move |i: usize| i.checked_sub(1).map_or(0, at);
        (column..self.ends.len()).step_by(self.width.max(1)).map(move |i| self.text.get(first(i)..at(i)).unwrap_or_default())
    }
}

fn intern<'t>(cells: impl Iterator<Item = &'t [u8]>, rows: usize, name: &str, meaning: Meaning) -> RawColumn {
    let mut numbers = Numbers::default();
    let cells = numbers.all(cells, rows);
    RawColumn { name: name.to_owned(), meaning, cells, values: numbers.texts }
}

fn unique<'t>(cells: impl Iterator<Item = &'t [u8]>, rows: usize) -> Result<Ids, EngineError> {
    let mut ids = Numbers::default();
    for (i, number) in ids.all(cells, rows).into_iter().enumerate() {
        let row = i + 2;
        if number == 0 {
            return Err(EngineError::EmptyId { row });
        }
        if usize::try_from(number) != Ok(i + 1) {
            return Err(EngineError::RepeatedId { row });
        }
    }
    Ok(Ids(ids.texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        Schema::from_toml(text).expect("a schema")
    }

    #[test]
    fn cells_are_trimmed_and_rows_named_by_their_id() {
        let t = Table::read("\u{feff}id , name\n a , x \nb,\n".as_bytes(), &schema("[columns]\nid=\"unique_id\"\nname=\"surname\""))
            .expect("a table");
        assert_eq!((t.len(), t.id(1).as_ref(), t.group("name")), (2, "b", Some([1, 0].as_slice())));
    }

    #[test]
    fn the_order_of_rows_in_the_file_changes_nothing() {
        let s = schema("[columns]\nid=\"unique_id\"\nname=\"surname\"");
        let one = Table::read(b"id,name\n10,x\n9,y\n11,\n2,x\n", &s).expect("a table");
        let other = Table::read(b"id,name\n2,x\n11,\n9,y\n10,x\n", &s).expect("a table");
        for t in [&one, &other] {
            assert_eq!((0..4).map(|r| t.id(r).into_owned()).collect::<Vec<_>>(), ["2", "9", "10", "11"]);
            assert_eq!(t.group("name"), Some([1, 2, 1, 0].as_slice()));
        }
        assert_eq!((0..4).map(|r| one.place(r)).collect::<Vec<_>>(), [3, 1, 0, 2]);
    }

    #[test]
    fn a_large_file_read_in_pieces_is_the_file() {
        let row = |n: usize| format!("{n},{}\r\n", n % 1_000);
        let csv: String = std::iter::once("id,name\r\n".to_owned()).chain((0..400_000).map(row)).collect();
        assert!(pieces(csv.as_bytes(), 3).len() == 3 && pieces(csv.as_bytes(), 3).concat() == csv.as_bytes());
        let quoted = csv.replacen("7,7\r\n", "7,\"7\"\r\n", 1);
        assert_eq!(pieces(quoted.as_bytes(), 3).len(), 1);
        let s = schema("[columns]\nid=\"unique_id\"\nname=\"surname\"");
        let (one, other) = (Table::read(csv.as_bytes(), &s).expect("a table"), Table::read(quoted.as_bytes(), &s).expect("a table"));
        assert_eq!((one.len(), one.id(399_999)), (400_000, other.id(399_999)));
        assert_eq!(one.group("name"), other.group("name"));
    }

    #[test]
    fn what_cannot_be_linked_is_refused_with_its_row() {
        let s = schema("[columns]\nid=\"unique_id\"\nname=\"surname\"");
        assert!(matches!(Table::read(b"id,name\na,x\na,y\n", &s), Err(EngineError::RepeatedId { row: 3 })));
        assert!(matches!(Table::read(b"id,name\n,x\n", &s), Err(EngineError::EmptyId { row: 2 })));
        assert!(matches!(Table::read(b"id,nom\na,x\n", &s), Err(EngineError::AbsentColumn { column }) if column == "name"));
        assert!(matches!(Table::read(b"id\na\n", &schema("[columns]\nid=\"unique_id\"")), Err(EngineError::NothingToCompare)));
    }
}
