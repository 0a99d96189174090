//! The exact range of a starred cell in a table whose margins are all known.
//!
//! Raising a cell means lowering another of its column, raising one in that row, and so on until a cell of its own row is lowered: a walk through starred cells
//! in which lowering is limited by the cell's count and raising by nothing. How far it can go is a maximum flow; the true counts are the start.

use std::collections::VecDeque;

/// Lowest and highest value of starred cell (i, j) that agree with all margins and with no count below nought.
pub fn range(counts: &[Vec<u64>], stars: &[Vec<bool>], i: usize, j: usize) -> (u64, u64) {
    let value = counts[i][j];
    let rows = counts.len();
    let rise = max_flow(&network(counts, stars, i, j), rows + j, i, u64::MAX);
    let fall = max_flow(&network(counts, stars, i, j), i, rows + j, value);
    (value - fall, value.saturating_add(rise))
}

/// Capacities between rows (0 …) and columns (rows …): row to column raises a cell, column to row lowers it. The cell itself is left out.
fn network(counts: &[Vec<u64>], stars: &[Vec<bool>], i: usize, j: usize) -> Vec<Vec<u64>> {
    let rows = counts.len();
    let size = rows + counts.first().map_or(0, Vec::len);
    let mut capacity = vec![vec![0; size]; size];
    for (a, line) in stars.iter().enumerate() {
        for (b, _) in line.iter().enumerate().filter(|(b, star)| **star && (a, *b) != (i, j)) {
            capacity[a][rows + b] = u64::MAX / 4;
            capacity[rows + b][a] = counts[a][b];
        }
    }
    capacity
}

/// Edmonds and Karp, up to a limit.
fn max_flow(capacity: &[Vec<u64>], source: usize, sink: usize, limit: u64) -> u64 {
    let mut left = capacity.to_vec();
    let mut flow = 0u64;
    while flow < limit {
        let mut from = vec![usize::MAX; left.len()];
        let mut queue = VecDeque::from([source]);
        from[source] = source;
        while let Some(at) = queue.pop_front() {
            for next in 0..left.len() {
                if from[next] == usize::MAX && left[at][next] > 0 {
                    from[next] = at;
                    queue.push_back(next);
                }
            }
        }
        if from[sink] == usize::MAX {
            break;
        }
        let mut step = limit - flow;
        let mut at = sink;
        while at != source {
            step = step.min(left[from[at]][at]);
            at = from[at];
        }
        at = sink;
        while at != source {
            left[from[at]][at] -= step;
            left[at][from[at]] = left[at][from[at]].saturating_add(step);
            at = from[at];
        }
        flow += step;
    }
    flow
}
