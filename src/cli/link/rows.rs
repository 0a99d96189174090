//! What was found as rows of CSV, written on all cores: the longest thing left to do after a million rows are linked.

use std::io::{Error, Write};

use rayon::prelude::*;

use crate::matching::linkage::engine::{ScoredPair, Table};

/// Rows written by one core at a time.
const PIECE: usize = 16_384;
/// Pieces held before they are written out.
const AHEAD: usize = 16;

type Csv = csv::Writer<Vec<u8>>;

/// The pairs called the same or to be looked at.
pub fn write_pairs(out: &mut dyn Write, pairs: &[ScoredPair], left: &Table, right: &Table) -> std::io::Result<()> {
    let header = ["unique_id_l", "unique_id_r", "match_probability", "match_weight", "decision"];
    write(out, &header, pairs, |csv, p, _| {
        let (probability, weight) = (format!("{:.6}", p.probability), format!("{:.4}", p.weight));
        csv.write_record([left.id(p.left).as_ref(), right.id(p.right).as_ref(), &probability, &weight, p.decision.word()])
    })
}

/// Which rows are one person. A cluster is named by the first of its rows.
pub fn write_clusters(out: &mut dyn Write, clusters: &[u32], table: &Table) -> std::io::Result<()> {
    let number = |cluster: u32| usize::try_from(cluster).expect("a row's number fits");
    let mut firsts = vec![usize::MAX; clusters.iter().max().map_or(0, |last| number(*last) + 1)];
    for (row, cluster) in clusters.iter().enumerate() {
        let first = &mut firsts[number(*cluster)];
        *first = row.min(*first);
    }
    write(out, &["unique_id", "cluster_id"], clusters, |csv, cluster, row| {
        csv.write_record([table.id(row).as_ref(), table.id(firsts[number(*cluster)]).as_ref()])
    })
}

/// Writes a header and a row for each of some items; `row` is told the item and its number.
fn write<T: Sync>(
    out: &mut dyn Write,
    header: &[&str],
    items: &[T],
    row: impl Fn(&mut Csv, &T, usize) -> csv::Result<()> + Sync,
) -> std::io::Result<()> {
    let mut first = Csv::from_writer(Vec::new());
    first.write_record(header)?;
    out.write_all(&finished(first)?)?;
    for (batch, items) in items.chunks(PIECE * AHEAD).enumerate() {
        let piece = |(piece, items): (usize, &[T])| {
            let begin = (batch * AHEAD + piece) * PIECE;
            let mut csv = Csv::from_writer(Vec::new());
            for (at, item) in items.iter().enumerate() {
                row(&mut csv, item, begin + at)?;
            }
            finished(csv)
        };
        let pieces: Vec<Vec<u8>> = items.par_chunks(PIECE).enumerate().map(piece).collect::<std::io::Result<_>>()?;
        for piece in pieces {
            out.write_all(&piece)?;
        }
    }
    out.flush()
}

fn finished(csv: Csv) -> std::io::Result<Vec<u8>> {
    csv.into_inner().map_err(|e| Error::other(e.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slow obvious way: one writer, one row after the other.
    fn one_by_one(items: &[String]) -> Vec<u8> {
        let mut csv = Csv::from_writer(Vec::new());
        csv.write_record(["item", "row"]).unwrap();
        for (row, item) in items.iter().enumerate() {
            csv.write_record([item.as_str(), &row.to_string()]).unwrap();
        }
        finished(csv).unwrap()
    }

    #[test]
    fn rows_written_on_all_cores_are_those_written_one_by_one() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE * AHEAD, PIECE * AHEAD + 1, PIECE * (AHEAD + 2) + 7] {
            // Quotes, commas and line ends within a cell, and empty cells.
            let item = |n: usize| ["a,b", "\"c\"", "d\ne", "", "王"][n % 5].repeat(n % 3);
            let items: Vec<String> = (0..length).map(item).collect();
            let mut out = Vec::new();
            write(&mut out, &["item", "row"], &items, |csv, item, row| csv.write_record([item.as_str(), &row.to_string()])).unwrap();
            assert!(out == one_by_one(&items), "{length} rows");
        }
    }
}
