//! Pairs that hang together, and partners one to one.

use std::collections::HashMap;

use super::hash::Build;

/// Largest group that is looked at as a whole; a larger one is first cut at its weaker links.
const GROUP: usize = 400;

/// A pair of rows and its weight in bits (0 is even odds).
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub a: u32,
    pub b: u32,
    pub weight: f64,
}

struct Sets(Vec<u32>);

impl Sets {
    fn new(n: usize) -> Self {
        Self((0..u32::try_from(n).unwrap_or(u32::MAX)).collect())
    }

    fn root(&mut self, mut x: u32) -> u32 {
        loop {
            let parent = self.0[at(x)];
            if parent == x {
                return x;
            }
            let grand = self.0[at(parent)];
            self.0[at(x)] = grand;
            x = grand;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller number is the root: the result does not depend on the order of joins.
        self.0[at(a.max(b))] = a.min(b);
    }
}

fn at(x: u32) -> usize {
    usize::try_from(x).unwrap_or(usize::MAX)
}

/// The groups of rows that links of at least `floor` bits connect, each sorted, two rows or more.
pub(super) fn groups(rows: usize, links: &[Link], floor: f64) -> Vec<Vec<u32>> {
    let mut pending: Vec<(Vec<Link>, f64)> = vec![(links.iter().copied().filter(|l| l.weight >= floor).collect(), floor)];
    let mut out = Vec::new();
    let mut sets = Sets::new(rows);
    while let Some((links, floor)) = pending.pop() {
        for l in &links {
            sets.join(l.a, l.b);
        }
        let mut members: HashMap<u32, Vec<u32>, Build> = HashMap::default();
        let mut inside: HashMap<u32, Vec<Link>, Build> = HashMap::default();
        for l in &links {
            inside.entry(sets.root(l.a)).or_default().push(*l);
        }
        for (root, some) in &inside {
            let mut rows: Vec<u32> = some.iter().flat_map(|l| [l.a, l.b]).collect();
            rows.sort_unstable();
            rows.dedup();
            members.insert(*root, rows);
        }
        // Reset what was touched, for the next pass.
        for l in &links {
            sets.0[at(l.a)] = l.a;
            sets.0[at(l.b)] = l.b;
        }
        let mut roots: Vec<u32> = members.keys().copied().collect();
        roots.sort_unstable();
        for root in roots {
            let rows = members.remove(&root).unwrap_or_default();
            let some = inside.remove(&root).unwrap_or_default();
            if rows.len() <= GROUP || floor > 40.0 {
                out.push(rows);
            } else {
                let higher = floor + 2.0;
                pending.push((some.into_iter().filter(|l| l.weight >= higher).collect(), higher));
            }
        }
    }
    out.sort_unstable();
    out
}

/// One-to-one assignment, the best pairs first (a pair is taken when neither side is).
pub(super) fn one_to_one(links: &mut Vec<Link>, rows: usize) {
    links.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    let mut taken = vec![false; rows];
    links.retain(|l| {
        let free = !taken[at(l.a)] && !taken[at(l.b)];
        if free {
            taken[at(l.a)] = true;
            taken[at(l.b)] = true;
        }
        free
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(a: u32, b: u32, weight: f64) -> Link {
        Link { a, b, weight }
    }

    #[test]
    fn groups_are_connected_rows_and_a_huge_one_is_cut_at_weak_links() {
        assert_eq!(groups(6, &[link(4, 5, 3.0), link(0, 2, 1.0), link(2, 1, 1.0)], 0.0), [vec![0, 1, 2], vec![4, 5]]);
        let mut chain: Vec<Link> = (0..999).map(|i| link(i, i + 1, 10.0)).collect();
        chain[300].weight = 1.0;
        chain[600].weight = 1.0;
        let cut = groups(1_000, &chain, 0.0);
        assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>(), [301, 300, 399]);
    }

    #[test]
    fn one_to_one_takes_the_best_pair_first() {
        let mut links = vec![link(0, 10, 2.0), link(0, 11, 5.0), link(1, 11, 4.0), link(1, 10, 1.0)];
        one_to_one(&mut links, 12);
        assert_eq!(links.iter().map(|l| (l.a, l.b)).collect::<Vec<_>>(), [(0, 11), (1, 10)]);
    }
}
