//! What is compared: one field for every group of columns that tell the same thing.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use zeroize::Zeroize;

use super::EngineError;
use super::hash::Build;
use super::schema::Meaning;
use super::split::Surnames;
use super::table::{RawColumn, Table};
use super::values::{Builder, Dictionary, comparable};

/// Most fields a pair is compared on.
pub(super) const FIELDS: usize = 16;

/// What a field tells, and so how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Surname,
    Given,
    Birth,
    Sex,
    Number,
    Phone,
    Email,
    Address,
    StreetNumber,
    /// Locality, postcode and region: they depend on each other.
    Place,
    Word,
}

impl Kind {
    /// Whether neighbours share it.
    pub(super) const fn of_the_place(self) -> bool {
        matches!(self, Self::Address | Self::Place)
    }

    /// Whether people of one home share it. What they do not share tells them apart.
    pub(super) const fn of_the_family(self) -> bool {
        matches!(self, Self::Surname | Self::Phone | Self::Email | Self::Address | Self::StreetNumber | Self::Place)
    }
}

/// One column of a field.
pub(super) struct Part {
    /// Value number of every row, 0 missing.
    pub ids: Vec<u32>,
    pub dictionary: Arc<Dictionary>,
    /// How often each value occurs.
    pub counts: Vec<u32>,
    /// How rare each value is, in eighths of a bit.
    pub rare: Vec<u8>,
}

/// A field.
pub(super) struct Field {
    pub kind: Kind,
    /// The names of its columns.
    pub label: String,
    pub parts: Vec<Part>,
    /// For birth dates: year, month, day of every value; 0 unknown.
    pub dates: Vec<[u16; 3]>,
}

impl Part {
    pub(super) fn id(&self, row: usize) -> u32 {
        self.ids[row]
    }

    fn new(ids: Vec<u32>, dictionary: &Arc<Dictionary>, values: usize) -> Self {
        let mut counts = vec![0u32; values];
        for id in &ids {
            counts[index(*id)] += 1;
        }
        let rows = super::atoms::float(ids.len());
        let rare = counts.iter().map(|c| super::model::eighths((rows / super::model::share_rows(*c)).log2())).collect();
        Self { ids, dictionary: Arc::clone(dictionary), counts, rare }
    }

    /// How rare a value is, in eighths of a bit.
    pub(super) fn rarity(&self, id: u32) -> u8 {
        self.rare[index(id)]
    }
}

/// A number of a value or row as a place in a table.
pub(super) fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// The fields of one table or of two tables one under the other.
pub(super) fn build(tables: &[&Table]) -> Result<Vec<Field>, EngineError> {
    let first = tables.first().map(|t| t.columns.as_slice()).unwrap_or_default();
    let with = |m: Meaning| first.iter().filter(move |c| c.meaning == m).map(|c| c.name.as_str()).collect::<Vec<_>>();
    let mut plans: Vec<Plan> = Vec::new();
    let (surname, given, full) = (with(Meaning::Surname), with(Meaning::GivenName), with(Meaning::FullName));
    if !full.is_empty() && (surname.is_empty() || given.is_empty()) {
        plans.push(Plan::Names { surname: Vec::new(), given: Vec::new(), full });
    } else if !surname.is_empty() || !given.is_empty() {
        plans.push(Plan::Names { surname, given, full: Vec::new() });
    }
    let dates = with(Meaning::DateOfBirth);
    let parts = [Meaning::BirthYear, Meaning::BirthMonth, Meaning::BirthDay].map(&with);
    if !dates.is_empty() || parts.iter().any(|p| !p.is_empty()) {
        plans.push(Plan::Birth { dates, parts });
    }
    for (meanings, kind) in [
        (&[Meaning::Sex][..], Kind::Sex),
        (&[Meaning::NationalId], Kind::Number),
        (&[Meaning::Phone], Kind::Phone),
        (&[Meaning::Email], Kind::Email),
        (&[Meaning::Locality, Meaning::Postcode, Meaning::Region], Kind::Place),
    ] {
        let columns: Vec<&str> = meanings.iter().flat_map(|m| with(*m)).collect();
        if !columns.is_empty() {
            // A place keeps its parts apart; several columns of one other meaning hold values of one kind.
            plans.push(Plan::Values { columns, kind, together: kind != Kind::Place });
        }
    }
    for (meaning, kind) in [
        (Meaning::Identifier, Kind::Number),
        (Meaning::Address, Kind::Address),
        (Meaning::StreetNumber, Kind::StreetNumber),
        (Meaning::Occupation, Kind::Word),
        (Meaning::BirthPlace, Kind::Word),
        (Meaning::Other, Kind::Word),
    ] {
        plans.extend(with(meaning).into_iter().map(|c| Plan::Values { columns: vec![c], kind, together: true }));
    }
    let fields: Vec<Field> = plans.into_par_iter().flat_map_iter(|plan| plan.carry_out(tables)).collect();
    let fields: Vec<Field> = fields.into_iter().filter(|f| f.parts.iter().any(|p| p.counts.iter().skip(1).any(|c| *c > 0))).collect();
    match fields.len() {
        0 => Err(EngineError::NothingToCompare),
        n if n > FIELDS => Err(EngineError::TooManyColumns { most: FIELDS }),
        _ => Ok(fields),
    }
}

enum Plan<'a> {
    Names { surname: Vec<&'a str>, given: Vec<&'a str>, full: Vec<&'a str> },
    Birth { dates: Vec<&'a str>, parts: [Vec<&'a str>; 3] },
    Values { columns: Vec<&'a str>, kind: Kind, together: bool },
}

fn raw<'t>(tables: &[&'t Table], name: &str) -> Vec<&'t RawColumn> {
    tables.iter().filter_map(|t| t.columns.iter().find(|c| c.name == name)).collect()
}

/// The comparable value number of every row of a column, tables one under the other.
fn numbered(tables: &[&Table], name: &str, builder: &mut Builder) -> Vec<u32> {
    let mut out = Vec::with_capacity(tables.iter().map(|t| t.len()).sum());
    for column in raw(tables, name) {
        let mut map = vec![0u32];
        for some in parts_of(column) {
            let mut forms: Vec<String> =
                some.into_par_iter().map(|v| comparable(column.meaning, column.values.get(v).unwrap_or_default())).collect();
            map.extend(forms.iter().map(|f| builder.number(f)));
            forms.zeroize();
        }
        out.extend(column.cells.iter().map(|c| map[index(*c)]));
    }
    out
}

/// The comparable value numbers of a column whose cells may hold several phones or addresses of mail: one list for the first of
/// every row, one for the second, and so on.
fn listed(tables: &[&Table], name: &str, builder: &mut Builder) -> Vec<Vec<u32>> {
    let mut out: Vec<Vec<u32>> = vec![Vec::with_capacity(tables.iter().map(|t| t.len()).sum())];
    for column in raw(tables, name) {
        let mut map: Vec<[u32; SEVERAL]> = vec![[0; SEVERAL]];
        for some in parts_of(column) {
            let of = |v| several(column.values.get(v).unwrap_or_default()).map(|one| comparable(column.meaning, one));
            let mut forms: Vec<Vec<String>> = some.into_par_iter().map(|v| of(v).collect()).collect();
            map.extend(forms.iter().map(|forms| {
                let mut numbers = [0; SEVERAL];
                // All of them get a number, those beyond the last that is compared too.
                let told = forms.iter().map(|one| builder.number(one)).filter(|n| *n != 0).collect::<Vec<_>>();
                numbers.iter_mut().zip(told).for_each(|(to, n)| *to = n);
                numbers
            }));
            forms.iter_mut().for_each(Zeroize::zeroize);
        }
        let most = (1..SEVERAL).rev().find(|n| map.iter().any(|numbers| numbers[*n] != 0)).map_or(1, |n| n + 1);
        let before = out[0].len();
        while out.len() < most {
            out.push(vec![0; before]);
        }
        for (n, list) in out.iter_mut().enumerate() {
            list.extend(column.cells.iter().map(|c| map[index(*c)].get(n).copied().unwrap_or(0)));
        }
    }
    out
}

/// The values of a column part by part: their comparable forms need not all be in memory together.
fn parts_of(column: &RawColumn) -> impl Iterator<Item = std::ops::Range<usize>> {
    let all = column.values.len();
    (0..all).step_by(PART).map(move |from| from..all.min(from + PART))
}

/// Values of a part.
const PART: usize = 65_536;

/// Most phones or mail addresses of one cell that are compared.
const SEVERAL: usize = 3;

/// The parts of a cell that lists several numbers.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', '/', '|', '；', '，', '、', '\n']).filter(|part| !part.trim().is_empty())
}

/// The values of several columns of one row joined to one: `Anna` and `Maria` to `annamaria`.
fn joined(tables: &[&Table], names: &[&str], builder: &mut Builder) -> Vec<u32> {
    if let [one] = names {
        return numbered(tables, one, builder);
    }
    let mut out = Vec::new();
    for table in tables {
        let columns: Vec<&RawColumn> = names.iter().filter_map(|n| table.columns.iter().find(|c| c.name == *n)).collect();
        let mut known: HashMap<Vec<u32>, u32, Build> = HashMap::default();
        for row in 0..table.len() {
            let key: Vec<u32> = columns.iter().map(|c| c.cells[row]).collect();
            let number = match known.get(&key) {
                Some(n) => *n,
                None => {
                    let text: String = columns
                        .iter()
                        .zip(&key)
                        .filter_map(|(c, n)| Some(comparable(c.meaning, c.values.get(index(*n).checked_sub(1)?)?)))
                        .collect();
                    let n = builder.number(&text);
                    known.insert(key, n);
                    n
                }
            };
            out.push(number);
        }
    }
    out
}

impl Plan<'_> {
    fn carry_out(self, tables: &[&Table]) -> Vec<Field> {
        match self {
            Self::Names { surname, given, full } => names(tables, &surname, &given, &full),
            Self::Birth { dates, parts } => vec![births(tables, &dates, &parts)],
            Self::Values { columns, kind, together } => {
                let label = columns.join("+");
                let mut parts = Vec::new();
                if together {
                    let mut builder = Builder::default();
                    let of = |c: &&str, builder: &mut Builder| match kind {
                        Kind::Phone | Kind::Email => listed(tables, c, builder),
                        _ => vec![numbered(tables, c, builder)],
                    };
                    let ids: Vec<Vec<u32>> = columns.iter().flat_map(|c| of(c, &mut builder)).collect();
                    let dictionary = Arc::new(builder.finish(false));
                    for ids in ids {
                        parts.push(Part::new(ids, &dictionary, dictionary.len()));
                    }
                } else {
                    for column in &columns {
                        let mut builder = Builder::default();
                        let ids = numbered(tables, column, &mut builder);
                        let dictionary = Arc::new(builder.finish(false));
                        parts.push(Part::new(ids, &dictionary, dictionary.len()));
                    }
                }
                vec![Field { kind, label, parts, dates: Vec::new() }]
            }
        }
    }
}

fn names(tables: &[&Table], surname: &[&str], given: &[&str], full: &[&str]) -> Vec<Field> {
    let mut builder = Builder::default();
    let (mut s, mut g): (Vec<Vec<u32>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
    if full.is_empty() {
        if !surname.is_empty() {
            s.push(joined(tables, surname, &mut builder));
        }
        if !given.is_empty() {
            g.push(joined(tables, given, &mut builder));
        }
    }
    let columns: Vec<&RawColumn> = full.iter().flat_map(|name| raw(tables, name)).collect();
    let sounds = Surnames::of(columns.iter().flat_map(|column| column.values.iter()));
    // Of several whole names, such as a former one, every one may be the one that agrees.
    for name in full {
        let (mut surnames, mut givens) = (Vec::new(), Vec::new());
        for column in raw(tables, name) {
            let forms: Vec<(String, String)> = column.values.par_iter().map(|v| sounds.split(v)).collect();
            let mut map = vec![(0u32, 0u32)];
            map.extend(forms.iter().map(|(a, b)| (builder.number(a), builder.number(b))));
            surnames.extend(column.cells.iter().map(|c| map[index(*c)].0));
            givens.extend(column.cells.iter().map(|c| map[index(*c)].1));
        }
        s.push(surnames);
        g.push(givens);
    }
    let dictionary = Arc::new(builder.finish(true));
    let label = |own: &[&str]| if full.is_empty() { own.join("+") } else { full.join("+") };
    [(Kind::Surname, s, label(surname)), (Kind::Given, g, label(given))]
        .into_iter()
        .filter(|(_, lists, _)| !lists.is_empty())
        .map(|(kind, lists, label)| {
            let parts = lists.into_iter().map(|ids| Part::new(ids, &dictionary, dictionary.len())).collect();
            Field { kind, label, parts, dates: Vec::new() }
        })
        .collect()
}

/// Year, month and day from the digits of a date, in the order that fits the whole column.
fn births(tables: &[&Table], dates: &[&str], parts: &[Vec<&str>; 3]) -> Field {
    let mut numbers: HashMap<[u16; 3], u32, Build> = HashMap::default();
    let mut known: Vec<[u16; 3]> = vec![[0; 3]];
    let mut number = |date: [u16; 3]| {
        if date == [0; 3] {
            return 0;
        }
        *numbers.entry(date).or_insert_with(|| {
            known.push(date);
            u32::try_from(known.len() - 1).unwrap_or(u32::MAX)
        })
    };
    let mut ids: Vec<u32> = Vec::new();
    if let Some(name) = dates.first() {
        let columns = raw(tables, name);
        let order = date_order(columns.iter().flat_map(|c| c.values.iter()));
        for column in columns {
            let mut map = vec![0u32];
            map.extend(column.values.iter().map(|v| number(date(v, order))));
            ids.extend(column.cells.iter().map(|c| map[index(*c)]));
        }
    } else {
        for table in tables {
            let columns = parts.each_ref().map(|names| names.first().and_then(|n| table.columns.iter().find(|c| c.name == *n)));
            for row in 0..table.len() {
                let part = columns.map(|c| {
                    let value = c.and_then(|c| c.values.get(index(c.cells[row]).checked_sub(1)?));
                    value.and_then(|v| v.split('.').next()?.trim().parse::<u16>().ok()).unwrap_or(0)
                });
                ids.push(number(part));
            }
        }
    }
    let label = if dates.is_empty() { parts.concat().join("+") } else { dates.join("+") };
    let dictionary = Arc::new(Builder::default().finish(false));
    let parts = vec![Part::new(ids, &dictionary, known.len())];
    Field { kind: Kind::Birth, label, parts, dates: known }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    DayFirst,
    MonthFirst,
}

fn groups(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).take(3).collect()
}

/// Whether dates written year last have the day first, as more of the values say.
fn date_order<'a>(values: impl Iterator<Item = &'a str>) -> Order {
    let (mut day_first, mut month_first) = (0usize, 0usize);
    for value in values.take(20_000) {
        if let [a, b, c] = groups(value)[..]
            && c.len() == 4
            && a.len() <= 2
        {
            let over = |s: &str| s.parse::<u16>().is_ok_and(|n| n > 12);
            day_first += usize::from(over(a));
            month_first += usize::from(over(b));
        }
    }
    if month_first > day_first { Order::MonthFirst } else { Order::DayFirst }
}

fn date(text: &str, order: Order) -> [u16; 3] {
    let n = |s: &str| s.parse::<u16>().unwrap_or(0);
    match groups(text)[..] {
        [y, m, d] if y.len() == 4 => [n(y), n(m), n(d)],
        [a, b, y] if y.len() == 4 => match order {
            Order::DayFirst => [n(y), n(b), n(a)],
            Order::MonthFirst => [n(y), n(a), n(b)],
        },
        [y, m] if y.len() == 4 => [n(y), n(m), 0],
        [one] if one.len() == 8 => {
            let at = |r: std::ops::Range<usize>| one.get(r).map_or(0, n);
            [at(0..4), at(4..6), at(6..8)]
        }
        [y] if y.len() == 4 => [n(y), 0, 0],
        _ => [0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_order_of_their_column() {
        assert_eq!(date("1990-03-08", Order::DayFirst), [1990, 3, 8]);
        assert_eq!(date("19900308", Order::DayFirst), [1990, 3, 8]);
        assert_eq!(date("1990年3月8日", Order::DayFirst), [1990, 3, 8]);
        assert_eq!(date("08/03/1990", Order::DayFirst), [1990, 3, 8]);
        assert_eq!(date("08/03/1990", Order::MonthFirst), [1990, 8, 3]);
        assert_eq!(date("1990", Order::DayFirst), [1990, 0, 0]);
        assert_eq!(date("soon", Order::DayFirst), [0; 3]);
        assert_eq!(date_order(["3/25/1990", "1/2/1980"].into_iter()), Order::MonthFirst);
        assert_eq!(date_order(["25/3/1990", "1/2/1980"].into_iter()), Order::DayFirst);
    }
}
