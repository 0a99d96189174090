//! Merged regions, found quickly.

use std::collections::BTreeMap;

use super::grid::{Grid, MAX_MERGES, Merge};

/// The merged regions of a sheet by their first column and row.
#[derive(Debug, Default)]
pub(super) struct Merges {
    by_column: BTreeMap<u32, Vec<Merge>>,
    /// Those that begin in the first rows, where headers stand.
    top: Vec<Merge>,
}

impl Merges {
    pub(super) fn of(grid: &Grid) -> Self {
        let mut out = Self::default();
        for m in grid.merges.iter().take(MAX_MERGES) {
            out.by_column.entry(m.left).or_default().push(*m);
            if m.top < 300 && out.top.len() < 2000 {
                out.top.push(*m);
            }
        }
        for list in out.by_column.values_mut() {
            list.sort_by_key(|m| m.top);
        }
        out
    }

    /// The region whose first column this is and which covers the row.
    pub(super) fn covering(&self, row: usize, column: u32) -> Option<Merge> {
        let row = u32::try_from(row).ok()?;
        let list = self.by_column.get(&column)?;
        let at = list.partition_point(|m| m.top <= row);
        at.checked_sub(1).and_then(|i| list.get(i)).copied().filter(|m| m.bottom >= row)
    }

    /// The region that covers a place in the header's part of the sheet.
    pub(super) fn over(&self, row: usize, column: u32) -> Option<Merge> {
        let row = u32::try_from(row).ok()?;
        self.top.iter().copied().find(|m| (m.top..=m.bottom).contains(&row) && (m.left..=m.right).contains(&column))
    }

    /// Columns that merged regions of the header rows cover.
    pub(super) fn columns_of_header(&self, first: usize, last: usize) -> Vec<u32> {
        let (Ok(first), Ok(last)) = (u32::try_from(first), u32::try_from(last)) else { return Vec::new() };
        // A region as wide as the sheet is a title, not a heading.
        self.top.iter().filter(|m| m.top >= first && m.top <= last && m.right - m.left < 30).flat_map(|m| m.left..=m.right).collect()
    }

    /// Whether regions tie this row to the next or group columns above the next.
    pub(super) fn joins_rows(&self, row: usize) -> bool {
        let Ok(row) = u32::try_from(row) else { return false };
        self.top.iter().filter(|m| m.top == row && m.bottom <= row + 1).filter(|m| m.bottom == row + 1 || m.right > m.left).count() >= 2
    }
}
