//! Where a sheet's table begins and what its columns mean.

use std::collections::BTreeMap;

use super::field::{Field, Party};
use super::grid::{Cell, Grid};
use super::heading::{Reader, Reading, fold, split_remarks};
use super::merges::Merges;

/// Rows in which a header is looked for.
const HEADER_WITHIN: usize = 200;

/// A column of the table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) index: u32,
    pub(super) heading: String,
    pub(super) reading: Option<Reading>,
    /// The folded headings of each header row, to know a repeated header by.
    pub(super) labels: Vec<String>,
}

impl Column {
    /// Whether numbers without unit are 斤 (500 g).
    pub(super) fn in_jin(&self) -> bool {
        let folded = fold(&self.heading);
        folded.contains('斤') && !folded.contains("公斤")
    }
}

/// A header understood.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The first header row, from 0.
    pub(super) first: usize,
    /// The last header row.
    pub(super) last: usize,
    pub(super) columns: Vec<Column>,
}

impl Layout {
    /// The best header of a sheet: the earliest of those that understand nearly as many columns as the best one, or of a smaller table of
    /// people above it.
    pub(super) fn find(grid: &Grid, merges: &Merges, reader: Reader<'_>) -> Option<Self> {
        let mut found: Vec<Self> = Vec::new();
        for row in (0..grid.rows.len().min(HEADER_WITHIN)).filter(|row| holds_words(grid, *row)) {
            found.extend(Self::at(grid, merges, reader, row).filter(Self::is_header));
        }
        let best = found.iter().map(Self::score).max()?;
        let nearly = found.iter().find(|l| l.score() * 10 >= best * 7)?.first;
        found.into_iter().find(|l| l.first == nearly || (l.last < nearly && l.tells_people() && l.has_people(grid, nearly)))
    }

    /// Whether a header, however short, is one of people: names, something they are known by, and a third column, all in sure words.
    pub(super) fn tells_people(&self) -> bool {
        let sure = |c: &&Column| c.reading.is_some_and(|r| r.sureness.0 <= 4);
        let known = self.columns.iter().filter(sure).count();
        let by = self.columns.iter().filter(sure).any(|c| c.reading.is_some_and(|r| matches!(r.field, Field::Document | Field::Phone)));
        self.has(Field::Name) && by && known >= 3 && known * 2 >= self.columns.len()
    }

    /// Whether a row between this header and another one has a name and a number where they stand.
    fn has_people(&self, grid: &Grid, before: usize) -> bool {
        let long = |text: &str| text.chars().map(crate::domain::written::narrow).filter(char::is_ascii_digit).count() >= 7;
        (self.last + 1..before).any(|row| {
            self.column(Field::Name).is_some_and(|c| !grid.shown(row, c).trim().is_empty())
                && [Field::Document, Field::Phone].into_iter().filter_map(|f| self.column(f)).any(|c| long(&grid.shown(row, c)))
        })
    }

    /// Whether a row would be a header if it had a column of names.
    pub(super) fn lacks_only_names(grid: &Grid, merges: &Merges, reader: Reader<'_>) -> bool {
        (0..grid.rows.len().min(HEADER_WITHIN))
            .filter(|row| holds_words(grid, *row))
            .filter_map(|row| Self::at(grid, merges, reader, row))
            .any(|l| l.score() >= 6 && l.columns.iter().filter(|c| c.reading.is_some()).count() * 2 >= l.columns.len())
    }

    /// The header that begins in a row, of one row or two, whichever tells more.
    pub(super) fn at(grid: &Grid, merges: &Merges, reader: Reader<'_>, row: usize) -> Option<Self> {
        if grid.filled(row).count() == 0 {
            return None;
        }
        let one = Self::of_rows(grid, merges, reader, row, row);
        if row + 1 >= grid.rows.len() || !could_be_second(grid, merges, row) || !names_groups(grid, row) {
            return Some(one);
        }
        let two = Self::of_rows(grid, merges, reader, row, row + 1);
        // A title above a header adds nothing to it; a group's name above its parts does.
        let alone = one.score().max(Self::of_rows(grid, merges, reader, row + 1, row + 1).score());
        if two.score() > alone || (two.score() >= alone && merges.joins_rows(row)) { Some(two) } else { Some(one) }
    }

    fn of_rows(grid: &Grid, merges: &Merges, reader: Reader<'_>, first: usize, last: usize) -> Self {
        let mut indices: Vec<u32> = (first..=last).flat_map(|r| grid.filled(r).map(|(c, _)| c)).collect();
        indices.extend(merges.columns_of_header(first, last));
        indices.sort_unstable();
        indices.dedup();
        indices.truncate(500);
        let mut columns = Vec::new();
        let mut group = String::new();
        for index in indices {
            let mut upper = header_text(grid, merges, first, index);
            let lower = if first == last { String::new() } else { header_text(grid, merges, last, index) };
            if first != last {
                if upper.trim().is_empty() && !lower.trim().is_empty() && merges.over(first, index).is_none() {
                    // A group's name stands over its first column only.
                    upper.clone_from(&group);
                } else {
                    group = if lower.trim().is_empty() || fold(&lower) == fold(&upper) { String::new() } else { upper.clone() };
                }
            }
            let reading = if first == last { reader.read("", &upper) } else { reader.read(&upper, &lower) };
            let same = fold(&upper) == fold(&lower);
            let heading = [upper.trim(), lower.trim()]
                .into_iter()
                .enumerate()
                .filter(|(i, t)| !t.is_empty() && (*i == 0 || !same))
                .map(|(_, t)| t)
                .collect::<Vec<_>>()
                .join("/");
            let labels = [&upper, &lower].into_iter().map(|t| fold(t)).filter(|t| !t.is_empty()).collect();
            let heading: String = heading.chars().filter(|c| !c.is_control()).take(60).collect();
            columns.push(Column { index, heading, reading, labels });
        }
        let mut layout = Self { first, last, columns };
        layout.settle();
        layout
    }

    /// Gives third persons their order, neighbours' relations and phones their persons, and every field that stands once its best column.
    fn settle(&mut self) {
        self.name_parties();
        self.give_phones();
        let mut best: BTreeMap<(Field, Party), (u8, usize, usize)> = BTreeMap::new();
        for (at, column) in self.columns.iter().enumerate() {
            if let Some(r) = column.reading.filter(|r| !r.field.repeats()) {
                let sureness = (r.sureness.0, r.sureness.1, at);
                let slot = best.entry((r.field, r.party)).or_insert(sureness);
                *slot = (*slot).min(sureness);
            }
        }
        for (at, column) in self.columns.iter_mut().enumerate() {
            if let Some(r) = column.reading.filter(|r| !r.field.repeats())
                && best.get(&(r.field, r.party)).is_some_and(|b| b.2 != at)
            {
                column.reading = None;
            }
        }
        self.keep_one_address();
        // A whole birth date makes columns of its parts superfluous, and so on.
        if self.has(Field::Name) {
            self.drop_fields(&[Field::Surname, Field::GivenName]);
        }
        if self.has(Field::Birth) {
            self.drop_fields(&[Field::BirthMonthOnly]);
        }
        if !self.has(Field::BirthYear) {
            self.drop_fields(&[Field::BirthMonth, Field::BirthDay]);
        }
        if self.has(Field::Sex) || !(self.has(Field::SexMale) && self.has(Field::SexFemale)) {
            self.drop_fields(&[Field::SexMale, Field::SexFemale]);
        }
    }

    /// Of several whole addresses the first that is not the household register's is the one people are reached at; parts are put together.
    fn keep_one_address(&mut self) {
        let whole = |c: &Column| {
            c.reading.is_some_and(|r| r.field == Field::Address)
                && ["址", "居住地", "户籍地", "户口所在地", "所在地", "address"].iter().any(|w| fold(&c.heading).contains(w))
        };
        let register = |c: &Column| c.heading.contains("户籍") || c.heading.contains("户口");
        let all: Vec<usize> = (0..self.columns.len()).filter(|i| self.columns.get(*i).is_some_and(whole)).collect();
        let kept = all.iter().copied().find(|i| self.columns.get(*i).is_some_and(|c| !register(c))).or(all.first().copied());
        for at in all.into_iter().filter(|at| Some(*at) != kept) {
            if let Some(reading) = self.columns.get_mut(at).and_then(|c| c.reading.as_mut()) {
                reading.field = Field::Ignored;
            }
        }
    }

    fn drop_fields(&mut self, fields: &[Field]) {
        for column in &mut self.columns {
            if column.reading.is_some_and(|r| fields.contains(&r.field)) {
                column.reading = None;
            }
        }
    }

    fn name_parties(&mut self) {
        let (mut contacts, mut executors) = (0u8, 0u8);
        let mut current: Option<Party> = None;
        for column in &mut self.columns {
            let Some(reading) = &mut column.reading else { continue };
            match (reading.field, reading.party) {
                (Field::PartyName, Party::Contact(n)) => {
                    contacts = if n == 0 { contacts.saturating_add(1) } else { n };
                    reading.party = Party::Contact(contacts);
                    current = Some(reading.party);
                }
                (Field::PartyName, Party::Executor(n)) => {
                    executors = if n == 0 { executors.saturating_add(1) } else { n };
                    reading.party = Party::Executor(executors);
                    current = Some(reading.party);
                }
                (Field::PartyName, Party::Guardian) => current = Some(Party::Guardian),
                // 与本人关系 without a role belongs to the person named before it.
                (Field::PartyRelation, Party::Contact(0)) if reading.sureness.0 == 6 => {
                    reading.party = current.unwrap_or(Party::Contact(1))
                }
                (Field::PartyRelation | Field::PartyPhone, Party::Contact(0)) => {
                    reading.party = current.filter(|p| matches!(p, Party::Contact(_))).unwrap_or(Party::Contact(1));
                }
                (Field::PartyRelation | Field::PartyPhone, Party::Executor(0)) => {
                    reading.party = current.filter(|p| matches!(p, Party::Executor(_))).unwrap_or(Party::Executor(1));
                }
                _ => {}
            }
        }
    }

    /// 联系电话 right behind 执行人 and 关系 is the executor's, where the registrant has a phone column too.
    fn give_phones(&mut self) {
        let phones: Vec<usize> =
            self.columns.iter().enumerate().filter(|(_, c)| c.reading.is_some_and(|r| r.field == Field::Phone)).map(|(i, _)| i).collect();
        if phones.len() < 2 {
            return;
        }
        let has_phone: Vec<Party> =
            self.columns.iter().filter_map(|c| c.reading).filter(|r| r.field == Field::PartyPhone).map(|r| r.party).collect();
        let mut given = 0;
        for at in phones.iter().copied() {
            let before = at.checked_sub(1).and_then(|i| self.columns.get(i)).and_then(|c| c.reading);
            let party = before.filter(|r| matches!(r.field, Field::PartyName | Field::PartyRelation)).map(|r| r.party);
            if let Some(party) =
                party.filter(|p| !has_phone.contains(p) && matches!(p, Party::Contact(_) | Party::Executor(_) | Party::Guardian))
                && given + 1 < phones.len()
                && let Some(column) = self.columns.get_mut(at)
                && let Some(reading) = &mut column.reading
            {
                reading.field = Field::PartyPhone;
                reading.party = party;
                given += 1;
            }
        }
    }

    /// How many columns are understood; what is known but not taken in counts too, though it cannot make a header.
    pub(super) fn score(&self) -> usize {
        let mut known: Vec<(Field, Party)> = self.columns.iter().filter_map(|c| c.reading).map(|r| (r.field, r.party)).collect();
        known.sort_unstable();
        known.dedup();
        known.iter().filter(|(f, _)| *f != Field::Ignored).count() * 2 + usize::from(known.iter().any(|(f, _)| *f == Field::Ignored))
    }

    /// Whether this is a header: a column of names (or of their parts) and one more, and more understood than not.
    pub(super) fn is_header(&self) -> bool {
        let named = self.has(Field::Name) || (self.has(Field::Surname) && self.has(Field::GivenName));
        let known = self.columns.iter().filter(|c| c.reading.is_some()).count();
        let data = self.columns.iter().filter(|c| c.labels.iter().any(|l| looks_like_data(l))).count();
        named && self.score() >= 4 && known * 3 >= self.columns.len() && data * 4 <= self.columns.len()
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|c| c.reading.is_some_and(|r| r.field == field))
    }

    pub(super) fn has_party(&self, wanted: impl Fn(Party) -> bool) -> bool {
        self.columns.iter().filter_map(|c| c.reading).any(|r| matches!(r.field, Field::PartyName | Field::PartyPhone) && wanted(r.party))
    }

    /// The columns of a field, from left to right.
    pub(super) fn columns_of(&self, field: Field) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |c| c.reading.is_some_and(|r| r.field == field))
    }

    /// The first column of a field.
    pub(super) fn column(&self, field: Field) -> Option<u32> {
        self.columns_of(field).next().map(|c| c.index)
    }

    /// Whether a row repeats this header's words.
    pub(super) fn is_repeated(&self, grid: &Grid, row: usize) -> bool {
        let (mut filled, mut same) = (0usize, 0usize);
        for (index, cell) in grid.filled(row) {
            filled += 1;
            let folded = fold(&cell.shown());
            same += usize::from(
                self.columns
                    .iter()
                    .any(|c| c.index == index && c.labels.iter().any(|l| *l == folded || split_remarks(l).0 == split_remarks(&folded).0)),
            );
        }
        same >= 2 && same * 10 >= filled * 6
    }
}

/// Whether most of a row's cells are words, as headings are.
fn holds_words(grid: &Grid, row: usize) -> bool {
    let (mut all, mut data) = (0usize, 0usize);
    for (_, cell) in grid.filled(row) {
        all += 1;
        data += usize::from(!matches!(cell, Cell::Text(_)) || looks_like_data(&cell.shown()));
    }
    all > 0 && data * 4 <= all
}

/// The text of a header cell; a merged region's text stands in each of its cells.
fn header_text(grid: &Grid, merges: &Merges, row: usize, column: u32) -> String {
    let own = grid.shown(row, column);
    if !own.trim().is_empty() {
        return own.chars().take(200).collect();
    }
    match merges.over(row, column) {
        Some(m) => grid.shown(m.top as usize, m.left).chars().take(200).collect(),
        None => String::new(),
    }
}

/// Whether the row below can be the second row of a header: it holds words, not data, and the rows belong together.
fn could_be_second(grid: &Grid, merges: &Merges, row: usize) -> bool {
    let below: Vec<(u32, &Cell)> = grid.filled(row + 1).collect();
    if below.is_empty() || below.iter().any(|(_, cell)| !matches!(cell, Cell::Text(_)) || looks_like_data(&fold(&cell.shown()))) {
        return false;
    }
    // Under a heading of its own a second row holds nothing, unless the heading is a group's.
    let fills_gaps = below.iter().filter(|(c, _)| grid.cell(row, *c).is_none_or(Cell::is_blank)).count();
    fills_gaps > 0 || merges.joins_rows(row)
}

/// Whether a row can name groups of the headings below it. 填报单位：雁江区红十字会 above a table names none, and neither does a single
/// text over the first column, which is a title.
fn names_groups(grid: &Grid, row: usize) -> bool {
    let told = |cell: &Cell| cell.shown().trim().split_once([':', '：']).is_some_and(|(_, after)| !after.trim().is_empty());
    let groups: Vec<u32> = grid.filled(row).filter(|(_, cell)| !told(cell)).map(|(column, _)| column).collect();
    let first_below = grid.filled(row + 1).next().map_or(0, |(column, _)| column);
    match groups.as_slice() {
        [] => false,
        [only] => *only > first_below || grid.filled(row).count() > 1,
        _ => true,
    }
}

/// Long digit runs, addresses of mails and dates are no headings.
pub(super) fn looks_like_data(folded: &str) -> bool {
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    digits >= 6 || folded.contains('@') || folded.chars().count() > 60
}
