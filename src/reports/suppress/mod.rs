//! Publication tables from which nobody can work out a small count.
//!
//! A release is a family of two-way tables that share their rows (towns × sex, towns × age …). The steps:
//! 1. Rows and columns with a total under the threshold are joined into 其他, so that every margin can be shown. One that never counted anybody is
//!    not listed and joined with nothing: there is nobody in it of whom it could tell.
//! 2. Cells under the threshold (0 included: that nobody of a shown town is in a shown category is also a statement about somebody) are starred.
//! 3. Further cells are starred until each starred cell, given every margin, could be any number of a range at least as wide as the threshold.
//!    The range is exact: in a table with known margins it is a maximum flow ([`range`]).
//! 4. What was joined or starred in a published table stays so in later releases of the same series, so that releases cannot be set against each other.
//!
//! Tables that share only their rows are tied only by the row totals, which are all shown; so each can be judged alone. A table that cannot be made safe
//! is left out, and so is one whose rows or columns would all be joined.

mod flow;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use flow::range;

/// When a count is too small to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Counts below it are never shown, and no starred count can be worked out to a range narrower than it.
    pub threshold: u64,
}

impl Default for Rule {
    /// Five, as the branch's publication rule (docs/domain.md 4.3).
    fn default() -> Self {
        Self { threshold: 5 }
    }
}

/// Counts of one two-way table before publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// A name that stays the same from release to release, e.g. `town-sex`.
    pub key: String,
    /// Row keys, the same for every table of the family and from release to release.
    pub rows: Vec<String>,
    /// Column keys.
    pub columns: Vec<String>,
    /// The counts, row by row.
    pub counts: Vec<Vec<u64>>,
}

/// A table as it may be published: every row and column total is shown, starred cells are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safe {
    /// The table's key.
    pub key: String,
    /// Row keys; the last may be [`OTHER`].
    pub rows: Vec<String>,
    /// Column keys; the last may be [`OTHER`].
    pub columns: Vec<String>,
    /// The cells.
    pub cells: Vec<Vec<Option<u64>>>,
    /// Row totals.
    pub row_totals: Vec<u64>,
    /// Column totals.
    pub column_totals: Vec<u64>,
    /// The total of all.
    pub total: u64,
}

/// The key of what was joined.
pub const OTHER: &str = "other";

/// What was joined and starred so far in a series of releases; handed to the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Rows joined into other.
    pub rows: BTreeSet<String>,
    /// Columns joined into other, by table.
    pub columns: BTreeMap<String, BTreeSet<String>>,
    /// Starred cells (row, column), by table.
    pub starred: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Rows that once stood alone: that nobody of them is left is small news of those who were there.
    #[serde(default)]
    pub listed_rows: BTreeSet<String>,
    /// Columns that once stood alone, by table.
    #[serde(default)]
    pub listed_columns: BTreeMap<String, BTreeSet<String>>,
    /// Tables left out of this release. Nothing was told of them, so they may be in the next one.
    pub left_out: BTreeSet<String>,
}

/// Makes a family of tables safe. Gives the tables that can be published, in the order given, and the pattern for the next release.
///
/// What was not told binds nobody: a table that is left out leaves its columns free, a family of which nothing is published its rows too. Else the
/// first, nearly empty month of a registry would join every town for good.
pub fn publish(tables: &[Counts], rule: Rule, before: &Pattern) -> (Vec<Safe>, Pattern) {
    let mut pattern = Pattern { left_out: BTreeSet::new(), ..before.clone() };
    let Some(first) = tables.first() else { return (Vec::new(), pattern) };
    let totals = first.rows.iter().cloned().zip(first.counts.iter().map(|r| r.iter().sum()));
    let rows = joined(&totals.collect::<Vec<_>>(), rule, &before.rows, &before.listed_rows);
    let mut out = Vec::new();
    for table in tables {
        let totals = table.columns.iter().enumerate().map(|(at, c)| (c.clone(), table.counts.iter().filter_map(|r| r.get(at)).sum()));
        let known = |of: &BTreeMap<String, BTreeSet<String>>| of.get(&table.key).cloned().unwrap_or_default();
        let columns = joined(&totals.collect::<Vec<_>>(), rule, &known(&before.columns), &known(&before.listed_columns));
        let mut starred = before.starred.get(&table.key).cloned().unwrap_or_default();
        let grid = Grid::of(table, &rows, &columns);
        match grid.tells(rule).then(|| grid.protect(rule, &mut starred)).flatten() {
            Some(safe) => {
                let alone = |keys: &[String]| keys.iter().filter(|k| *k != OTHER).cloned().collect::<Vec<_>>();
                pattern.listed_rows.extend(alone(&safe.rows));
                pattern.listed_columns.entry(table.key.clone()).or_default().extend(alone(&safe.columns));
                out.push(safe);
                pattern.columns.insert(table.key.clone(), columns);
                pattern.starred.insert(table.key.clone(), starred);
            }
            None => {
                pattern.left_out.insert(table.key.clone());
            }
        }
    }
    if !out.is_empty() {
        pattern.rows = rows;
    }
    (out, pattern)
}

/// What is to be joined: what was before, keys with totals under the threshold, and the smallest others with them until what is joined is large
/// enough itself. A key that never counted anybody asks for nothing and helps nobody to hide; one that was listed before does not simply vanish.
fn joined(totals: &[(String, u64)], rule: Rule, before: &BTreeSet<String>, listed: &BTreeSet<String>) -> BTreeSet<String> {
    let mut joined = before.clone();
    let small = |key: &String, total: u64| total < rule.threshold && (total > 0 || listed.contains(key));
    joined.extend(totals.iter().filter(|(key, total)| small(key, *total)).map(|(key, _)| key.clone()));
    loop {
        let sum: u64 = totals.iter().filter(|(k, _)| joined.contains(k)).map(|(_, t)| t).sum();
        if joined.is_empty() || sum >= rule.threshold {
            return joined;
        }
        let others = totals.iter().filter(|(k, total)| *total > 0 && !joined.contains(k));
        let Some((next, _)) = others.min_by_key(|(_, t)| *t) else { return joined };
        joined.insert(next.clone());
    }
}

/// A table after joining.
struct Grid {
    key: String,
    rows: Vec<String>,
    columns: Vec<String>,
    counts: Vec<Vec<u64>>,
}

impl Grid {
    /// Rows and columns that count nobody and were never joined are not listed.
    fn of(table: &Counts, rows: &BTreeSet<String>, columns: &BTreeSet<String>) -> Self {
        let shown = |all: &[String], joined: &BTreeSet<String>, total: &dyn Fn(usize) -> u64| {
            let alone = all.iter().enumerate().filter(|(at, key)| !joined.contains(*key) && total(*at) > 0);
            let mut shown: Vec<String> = alone.map(|(_, key)| key.clone()).collect();
            if all.iter().any(|k| joined.contains(k)) {
                shown.push(OTHER.to_owned());
            }
            shown
        };
        let row_keys = shown(&table.rows, rows, &|at| table.counts[at].iter().sum());
        let column_keys = shown(&table.columns, columns, &|at| table.counts.iter().map(|row| row[at]).sum());
        let place = |keys: &[String], key: &String| keys.iter().position(|k| k == key).or_else(|| keys.iter().position(|k| k == OTHER));
        let mut counts = vec![vec![0; column_keys.len()]; row_keys.len()];
        for (row, line) in table.rows.iter().zip(&table.counts) {
            for (column, count) in table.columns.iter().zip(line) {
                // What has no place counts nobody.
                if let (Some(i), Some(j)) = (place(&row_keys, row), place(&column_keys, column)) {
                    counts[i][j] += count;
                }
            }
        }
        Self { key: table.key.clone(), rows: row_keys, columns: column_keys, counts }
    }

    /// Whether there is anything to tell: enough people, and rows and columns that were not all joined into one.
    fn tells(&self, rule: Rule) -> bool {
        let apart = |keys: &[String]| keys.iter().any(|k| k != OTHER);
        self.total() >= rule.threshold && apart(&self.rows) && apart(&self.columns)
    }

    fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Stars what has to be starred; none where even a table of nothing but stars tells too much.
    fn protect(&self, rule: Rule, kept: &mut BTreeSet<(String, String)>) -> Option<Safe> {
        let mut stars: Vec<Vec<bool>> = self
            .counts
            .iter()
            .enumerate()
            .map(|(i, row)| {
                let kept = |j: usize| kept.contains(&(self.rows[i].clone(), self.columns[j].clone()));
                row.iter().enumerate().map(|(j, count)| *count < rule.threshold || kept(j)).collect()
            })
            .collect();
        // One row or one column: its cells are its totals, and all of those are large.
        if self.rows.len() < 2 || self.columns.len() < 2 {
            stars.iter_mut().flatten().for_each(|s| *s = false);
        }
        // A further star only widens what the others could be, so a cell found safe stays safe and is looked at once.
        let mut waiting: Vec<(usize, usize)> =
            (0..self.rows.len()).flat_map(|i| (0..self.columns.len()).map(move |j| (i, j))).filter(|(i, j)| stars[*i][*j]).collect();
        waiting.reverse();
        while let Some((i, j)) = waiting.pop() {
            while self.narrow(&stars, rule, i, j) {
                for (a, b) in self.cheapest_cycle(&stars, rule, i, j)? {
                    stars[a][b] = true;
                    waiting.push((a, b));
                }
            }
        }
        kept.clear();
        for (i, row) in stars.iter().enumerate() {
            kept.extend(row.iter().enumerate().filter(|(_, s)| **s).map(|(j, _)| (self.rows[i].clone(), self.columns[j].clone())));
        }
        let cells = self.counts.iter().zip(&stars).map(|(r, s)| r.iter().zip(s).map(|(n, star)| (!star).then_some(*n)).collect()).collect();
        Some(Safe {
            key: self.key.clone(),
            rows: self.rows.clone(),
            columns: self.columns.clone(),
            cells,
            row_totals: self.counts.iter().map(|r| r.iter().sum()).collect(),
            column_totals: (0..self.columns.len()).map(|j| self.counts.iter().map(|r| r[j]).sum()).collect(),
            total: self.total(),
        })
    }

    /// Whether a starred cell could be worked out to a range narrower than the threshold.
    fn narrow(&self, stars: &[Vec<bool>], rule: Rule, i: usize, j: usize) -> bool {
        let (low, high) = range(&self.counts, stars, i, j);
        high - low < rule.threshold
    }

    /// The rectangle through a cell whose other three corners cost least to star and give the cell the widest range: first those that are enough by themselves,
    /// then whatever adds a star. None where no cell is left to star.
    fn cheapest_cycle(&self, stars: &[Vec<bool>], rule: Rule, i: usize, j: usize) -> Option<Vec<(usize, usize)>> {
        let mut best: Option<((bool, u64), Vec<(usize, usize)>)> = None;
        for a in (0..self.rows.len()).filter(|a| *a != i) {
            for b in (0..self.columns.len()).filter(|b| *b != j) {
                let corners = [(i, b), (a, j), (a, b)];
                let fresh: Vec<_> = corners.into_iter().filter(|(r, c)| !stars[*r][*c]).collect();
                if fresh.is_empty() {
                    continue;
                }
                let rise = self.counts[i][b].min(self.counts[a][j]);
                let fall = self.counts[i][j].min(self.counts[a][b]);
                let cost: u64 = fresh.iter().map(|(r, c)| 1 + self.counts[*r][*c]).sum();
                let rank = (rise + fall < rule.threshold, cost);
                if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                    best = Some((rank, fresh));
                }
            }
        }
        best.map(|(_, fresh)| fresh)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(key: &str, counts: Vec<Vec<u64>>) -> Counts {
        let names = |prefix: &str, n: usize| (0..n).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
        Counts { key: key.into(), rows: names("r", counts.len()), columns: names("c", counts[0].len()), counts }
    }

    /// The narrowest range of any star, found from the published table alone by trying every number.
    fn narrowest(safe: &Safe) -> Option<u64> {
        let stars: Vec<(usize, usize)> = (0..safe.rows.len())
            .flat_map(|i| (0..safe.columns.len()).map(move |j| (i, j)))
            .filter(|(i, j)| safe.cells[*i][*j].is_none())
            .collect();
        let row: Vec<u64> = (0..safe.rows.len()).map(|i| safe.row_totals[i] - safe.cells[i].iter().flatten().sum::<u64>()).collect();
        let column: Vec<u64> =
            (0..safe.columns.len()).map(|j| safe.column_totals[j] - safe.cells.iter().filter_map(|r| r[j]).sum::<u64>()).collect();
        let mut seen = vec![(u64::MAX, 0); stars.len()];
        let mut now = vec![0; stars.len()];
        all(&stars, 0, &mut row.clone(), &mut column.clone(), &mut now, &mut seen);
        seen.into_iter().map(|(low, high)| high - low).min()
    }

    fn all(stars: &[(usize, usize)], at: usize, row: &mut [u64], column: &mut [u64], now: &mut [u64], seen: &mut [(u64, u64)]) {
        let Some((i, j)) = stars.get(at).copied() else {
            if row.iter().chain(column.iter()).all(|left| *left == 0) {
                for (range, x) in seen.iter_mut().zip(now.iter()) {
                    *range = (range.0.min(*x), range.1.max(*x));
                }
            }
            return;
        };
        // The last star of a row or column takes what is left of it.
        let last = |of: &dyn Fn(&(usize, usize)) -> bool| !stars.iter().skip(at + 1).any(of);
        let least = if last(&|s| s.0 == i) { row[i] } else { 0 }.max(if last(&|s| s.1 == j) { column[j] } else { 0 });
        for x in least..=row[i].min(column[j]) {
            (row[i], column[j], now[at]) = (row[i] - x, column[j] - x, x);
            all(stars, at + 1, row, column, now, seen);
            (row[i], column[j]) = (row[i] + x, column[j] + x);
        }
    }

    #[test]
    fn a_lone_small_cell_gets_companions_that_hide_it() {
        let (tables, _) = publish(&[table("t", vec![vec![20, 3], vec![8, 16], vec![30, 40]])], Rule::default(), &Pattern::default());
        let safe = &tables[0];
        assert_eq!(safe.cells[0][1], None);
        assert!(safe.cells.iter().flatten().filter(|c| c.is_none()).count() >= 4);
        assert!(narrowest(safe).unwrap() >= 5);
        assert_eq!((safe.total, safe.row_totals[0]), (117, 23));
    }

    #[test]
    fn towns_with_hardly_anybody_are_joined_so_that_every_margin_is_shown() {
        let counts = vec![vec![1, 1], vec![50, 60], vec![2, 0], vec![9, 8]];
        let (tables, pattern) = publish(&[table("t", counts)], Rule::default(), &Pattern::default());
        assert_eq!(pattern.rows.len(), 3, "the two small ones come to four, so a third is needed to hide them");
        assert_eq!(
            (tables[0].rows.as_slice(), tables[0].row_totals.as_slice()),
            (&["r1".to_owned(), OTHER.to_owned()][..], &[110, 21][..])
        );
    }

    #[test]
    fn what_counts_nobody_is_joined_with_nothing() {
        let counts = vec![vec![30, 0, 20], vec![0, 0, 0], vec![12, 0, 17]];
        let (tables, pattern) = publish(&[table("t", counts)], Rule::default(), &Pattern::default());
        assert_eq!(
            (tables[0].rows.clone(), tables[0].columns.clone()),
            (vec!["r0".to_owned(), "r2".into()], vec!["c0".to_owned(), "c2".into()])
        );
        assert!(pattern.rows.is_empty() && pattern.columns["t"].is_empty());
        let (tables, gone) = publish(&[table("t", vec![vec![30, 0, 20], vec![0, 0, 9], vec![0, 0, 0]])], Rule::default(), &pattern);
        assert_eq!(tables[0].rows, ["r0", OTHER], "that everybody of a listed town left is not told");
        assert_eq!(gone.rows.iter().collect::<Vec<_>>(), ["r1", "r2"]);
        let counts = vec![vec![30, 2, 20], vec![0, 0, 3], vec![12, 0, 17]];
        let (tables, _) = publish(&[table("t", counts)], Rule::default(), &pattern);
        assert_eq!(tables[0].columns, ["c0", OTHER], "two people hide among the next larger category");
        assert_eq!((tables[0].rows.clone(), tables[0].row_totals.clone()), (vec!["r0".to_owned(), OTHER.into()], vec![52, 32]));
    }

    #[test]
    fn a_release_that_told_nothing_binds_no_later_one() {
        let few = table("t", vec![vec![2, 1], vec![1, 1], vec![1, 0]]);
        let (tables, pattern) = publish(&[few], Rule::default(), &Pattern::default());
        assert!(tables.is_empty() && pattern.rows.is_empty() && pattern.columns.is_empty());
        let (tables, pattern) = publish(&[table("t", vec![vec![40, 6], vec![30, 2], vec![20, 9]])], Rule::default(), &pattern);
        assert_eq!((tables[0].rows.len(), tables[0].columns.len()), (3, 2));
        let (tables, after) = publish(&[table("t", vec![vec![40, 3], vec![30, 1], vec![20, 0]])], Rule::default(), &pattern);
        assert!(tables.is_empty() && after.starred == pattern.starred, "one column alone tells nothing");
    }

    #[test]
    fn what_was_starred_once_stays_starred() {
        let (_, pattern) = publish(&[table("t", vec![vec![20, 3], vec![18, 16]])], Rule::default(), &Pattern::default());
        let (later, after) = publish(&[table("t", vec![vec![20, 30], vec![18, 16]])], Rule::default(), &pattern);
        assert_eq!(later[0].cells[0][1], None);
        assert_eq!(after.starred, pattern.starred);
    }

    #[test]
    fn a_table_too_small_to_be_made_safe_is_left_out() {
        let (tables, pattern) = publish(&[table("t", vec![vec![1, 1], vec![1, 1]])], Rule::default(), &Pattern::default());
        assert!(tables.is_empty() && pattern.left_out.contains("t"));
    }

    fn small_table() -> impl Strategy<Value = Vec<Vec<u64>>> {
        (2usize..4, 2usize..4).prop_flat_map(|(r, c)| prop::collection::vec(prop::collection::vec(prop_oneof![0u64..4, 0u64..12], c), r))
    }

    proptest! {
        #[test]
        fn no_star_of_any_release_can_be_narrowed_below_the_threshold(first in small_table(), changes in prop::collection::vec((0usize..3, 0usize..3, -3i64..4), 0..8)) {
            let (tables, pattern) = publish(&[table("t", first.clone())], Rule::default(), &Pattern::default());
            prop_assert!(tables.iter().all(|t| narrowest(t).is_none_or(|w| w >= 5)), "{tables:?}");
            let mut second = first;
            for (i, j, by) in changes {
                if let Some(cell) = second.get_mut(i).and_then(|r| r.get_mut(j)) {
                    *cell = cell.saturating_add_signed(by);
                }
            }
            let (later, after) = publish(&[table("t", second)], Rule::default(), &pattern);
            prop_assert!(later.iter().all(|t| narrowest(t).is_none_or(|w| w >= 5)), "{later:?}");
            prop_assert!(pattern.rows.is_subset(&after.rows));
        }

        #[test]
        fn the_range_by_flows_is_the_range_by_trying(counts in small_table(), bits in 0u32..512) {
            let columns = counts[0].len();
            let stars: Vec<Vec<bool>> =
                (0..counts.len()).map(|i| (0..columns).map(|j| bits >> (i * columns + j) & 1 == 1).collect()).collect();
            let cells: Vec<Vec<Option<u64>>> =
                counts.iter().zip(&stars).map(|(r, s)| r.iter().zip(s).map(|(n, star)| (!star).then_some(*n)).collect()).collect();
            let t = table("t", counts.clone());
            let safe = Safe {
                key: t.key, rows: t.rows, columns: t.columns, cells,
                row_totals: counts.iter().map(|r| r.iter().sum()).collect(),
                column_totals: (0..columns).map(|j| counts.iter().map(|r| r[j]).sum()).collect(),
                total: counts.iter().flatten().sum(),
            };
            let by_flow = (0..counts.len()).flat_map(|i| (0..columns).map(move |j| (i, j))).filter(|(i, j)| stars[*i][*j])
                .map(|(i, j)| range(&counts, &stars, i, j)).map(|(low, high)| high - low).min();
            prop_assert_eq!(by_flow, narrowest(&safe));
        }
    }
}
