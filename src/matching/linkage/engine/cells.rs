//! What a pair looks at first: the cells of a row one after the other, each with what tells or bounds its comparison, so that
//! most pairs of unrelated people are dismissed without a look at their texts.

use rayon::prelude::*;

use super::compare::{DIFFERENT, dates};
use super::fields::{Field, Kind, index};
use super::names::han_names;

/// What the signature of a cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing.
    #[default]
    None,
    /// Up to four Chinese characters, sixteen bits each, the first lowest.
    Signs,
    /// How often signs of sixteen classes (their lowest four bits) occur, up to four times, in unary. An insertion or a deletion
    /// changes one bit, a substitution two, an exchange none.
    Counts,
    /// Year, month and day, all known, sixteen bits each, the day lowest.
    Date,
}

/// One field of one row, by its first part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub signature: u64,
    /// Value number, 0 missing.
    pub id: u32,
    /// How rare the value is, in eighths of a bit.
    pub rare: u8,
    pub form: Form,
    /// Signs of the text, up to 64.
    length: u8,
    /// Low byte of its first sign; of a mail address the signs of the whole.
    first: u8,
}

/// The cells of all rows, one row after the other.
pub(super) fn cells(fields: &[Field], rows: usize) -> Vec<Cell> {
    let mut cells = vec![Cell::default(); rows * fields.len()];
    cells.par_chunks_mut(fields.len().max(1)).enumerate().for_each(|(row, line)| {
        for (to, field) in line.iter_mut().zip(fields) {
            *to = cell(field, row);
        }
    });
    cells
}

fn cell(field: &Field, row: usize) -> Cell {
    let part = &field.parts[0];
    let id = part.id(row);
    let mut cell = Cell { id, rare: part.rarity(id), ..Cell::default() };
    if id == 0 || field.parts.len() > 1 {
        return cell;
    }
    if field.kind == Kind::Birth {
        let date = field.dates[index(id)];
        if !date.contains(&0) {
            cell.form = Form::Date;
            cell.signature = date.iter().fold(0, |s, p| s << 16 | u64::from(*p));
        }
        return cell;
    }
    let mut units = part.dictionary.units(id);
    match field.kind {
        Kind::Surname | Kind::Given if part.dictionary.is_han(id) => {
            if units.len() <= 4 {
                cell.form = Form::Signs;
                cell.signature = units.iter().rev().fold(0, |s, u| s << 16 | u64::from(*u));
            }
            cell.length = length(units);
            return cell;
        }
        Kind::Sex | Kind::Address => return cell,
        Kind::Email => {
            // What stands before the sign @ counts: with the sign in its place, slips of the whole are slips there or behind it.
            let mut halves = units.split(|u| *u == u16::from(b'@'));
            match (halves.next(), halves.next(), halves.next()) {
                (Some(name), Some(_), None) => units = name,
                _ => return cell,
            }
        }
        _ => {}
    }
    let (signature, whole) = counts(units);
    // Where a sign occurs more often than is counted, what two texts have in common is not known, but their slips are bounded.
    if whole || matches!(field.kind, Kind::Number | Kind::Phone | Kind::Email | Kind::StreetNumber) {
        cell.form = Form::Counts;
        cell.signature = signature;
    }
    cell.length = length(units);
    cell.first = match field.kind {
        Kind::Email => length(part.dictionary.units(id)),
        _ => units.first().map_or(0, |u| u.to_le_bytes()[0]),
    };
    cell
}

fn length(units: &[u16]) -> u8 {
    u8::try_from(units.len()).unwrap_or(u8::MAX)
}

/// The counts of signs by class, and whether all are counted.
fn counts(units: &[u16]) -> (u64, bool) {
    let (mut signature, mut whole) = (0u64, true);
    for unit in units {
        let at = 4 * (unit & 15);
        let filled = signature >> at & 15;
        whole &= filled != 15;
        signature |= (filled << 1 | 1) << at;
    }
    (signature, whole)
}

/// The level of two different values, neither missing, as far as their cells alone tell it.
pub(super) fn level(kind: Kind, x: &Cell, y: &Cell) -> Option<u8> {
    if x.form != y.form {
        return None;
    }
    let different = match (kind, x.form) {
        (Kind::Sex, _) => true,
        (_, Form::None) => false,
        (_, Form::Date) => return Some(dates(date(x), date(y))),
        (_, Form::Signs) => {
            let signs = |c: &Cell| [0, 16, 32, 48].map(|at| u16::try_from(c.signature >> at & 0xffff).unwrap_or(0));
            let (a, b) = (signs(x), signs(y));
            let of = |c: &Cell| ..usize::from(c.length);
            return Some(han_names(a.get(of(x)).unwrap_or_default(), b.get(of(y)).unwrap_or_default()));
        }
        (Kind::Number | Kind::Phone | Kind::StreetNumber, Form::Counts) => apart(x, y) > 2,
        // Two slips can move the sign @ to any place: the one was read as a letter and a letter as it.
        (Kind::Email, Form::Counts) if x.length.abs_diff(y.length) > 2 => x.first.abs_diff(y.first) > 2,
        (Kind::Email, Form::Counts) => apart(x, y) > 4,
        (Kind::Place, Form::Counts) => apart(x, y) > 2 && !may_be_alike(x, y, 0.9),
        (Kind::Word, Form::Counts) => apart(x, y) > 2 && !may_be_alike(x, y, 0.92),
        (Kind::Surname | Kind::Given, Form::Counts) => {
            apart(x, y) > 4 && common(x, y) < u32::from(x.length.min(y.length)) && !may_be_alike(x, y, 0.78)
        }
        (Kind::Birth | Kind::Address, Form::Counts) => false,
    };
    different.then_some(DIFFERENT)
}

fn date(cell: &Cell) -> [u16; 3] {
    [32, 16, 0].map(|at| u16::try_from(cell.signature >> at & 0xffff).unwrap_or(0))
}

/// At most twice the slips between two texts.
fn apart(x: &Cell, y: &Cell) -> u32 {
    (x.signature ^ y.signature).count_ones()
}

/// At least the signs two texts have in common.
fn common(x: &Cell, y: &Cell) -> u32 {
    (x.signature & y.signature).count_ones()
}

/// Whether the Jaro-Winkler similarity can be as high as this: Jaro's with all common signs in place, and the longest prefix
/// where the first sign is the same.
fn may_be_alike(x: &Cell, y: &Cell, least: f32) -> bool {
    let common = f32::from(u8::try_from(common(x, y)).unwrap_or(u8::MAX));
    let share = |c: &Cell| (common / f32::from(c.length.max(1))).min(1.0);
    let jaro = (share(x) + share(y) + 1.0) / 3.0;
    let most = if x.first == y.first { jaro + 0.4 * (1.0 - jaro) } else { jaro };
    common > 0.0 && most >= least - 1e-4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fields::build;
    use super::super::{Schema, Table};
    use super::*;

    const SCHEMA: &str = "[columns]\ns=\"surname\"\ng=\"given_name\"\nb=\"date_of_birth\"\np=\"phone\"\nm=\"email\"\nt=\"locality\"\nj=\"occupation\"\nx=\"sex\"\nh=\"street_number\"\n";

    proptest! {
        /// The slow way, by the texts of the two rows, is the oracle.
        #[test]
        fn cells_tell_what_the_texts_tell(
            rows in proptest::collection::vec(
                ("[a-e]{0,9}", "([伟芳娜秀英敏]{1,3})|([a-c]{1,7})", "19[67][0-9]-0[1-9]-[12][0-9]|1990", "1[0-3]{7,10}", "[a-c]{1,6}@[a-c]{1,6}", "[a-d]{0,8}", "[a-d]{2,9}", "[mf]", "[0-9]{1,3}"),
                2..12,
            )
        ) {
            let mut csv = "s,g,b,p,m,t,j,x,h\n".to_owned();
            for (s, g, b, p, m, t, j, x, h) in &rows {
                csv += &[s, g, b, p, m, t, j, x, h].map(String::as_str).join(",");
                csv.push('\n');
            }
            let table = Table::read(csv.as_bytes(), &Schema::from_toml(SCHEMA).expect("a schema")).expect("a table");
            let fields = build(&[&table]).expect("fields");
            let cells = cells(&fields, rows.len());
            let n = fields.len();
            for a in 0..rows.len() {
                for b in 0..rows.len() {
                    for (f, field) in fields.iter().enumerate() {
                        let fast = field.compare_cells(&cells[a * n + f], &cells[b * n + f], a, b);
                        prop_assert_eq!(fast, field.compare(a, b), "{} {} {}", field.label, a, b);
                    }
                }
            }
        }
    }
}
