//! Which subjects carry a key: a sorted table, and what changed since it was sorted.

use std::collections::HashMap;

use rayon::prelude::*;
use zeroize::Zeroize;

use super::rows::grow;

/// Changes kept aside before they are sorted in, at least.
const ASIDE: usize = 65_536;

/// Key to slots. Eight bytes a posting.
#[derive(Default)]
pub(super) struct Postings {
    /// key << 32 | slot, sorted.
    sorted: Vec<u64>,
    /// For every top twelve bits of a key, where its run begins.
    starts: Vec<usize>,
    aside: HashMap<u32, Vec<u32>>,
    aside_len: usize,
}

const DIRECTORY_BITS: u32 = 12;

fn top(key: u32) -> usize {
    usize::try_from(key >> (32 - DIRECTORY_BITS)).unwrap_or_default()
}

fn split(posting: u64) -> (u32, u32) {
    (u32::try_from(posting >> 32).unwrap_or_default(), u32::try_from(posting & 0xffff_ffff).unwrap_or_default())
}

/// Two sorted tables as one, each posting once, in a table of just that size.
fn merged(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => {
                let least = *x.min(y);
                a.next_if_eq(&least);
                b.next_if_eq(&least);
                least
            }
            (Some(_), None) | (None, Some(_)) => a.next().or_else(|| b.next()).unwrap_or_default(),
            (None, None) => return out,
        };
        out.push(next);
    }
}

impl Postings {
    /// Adds one posting; returns whether the changes kept aside should be sorted in.
    pub(super) fn add(&mut self, key: u32, slot: u32) -> bool {
        self.aside.entry(key).or_default().push(slot);
        self.aside_len += 1;
        self.aside_len > ASIDE.max(self.sorted.len() / 16)
    }

    /// Takes in many postings at once and sorts; `keep` tells which slots are still in use.
    pub(super) fn settle(&mut self, mut more: Vec<u64>, keep: impl Fn(u32) -> bool + Sync) {
        grow(&mut more, self.aside_len);
        more.extend(self.aside.iter().flat_map(|(k, slots)| slots.iter().map(|s| (u64::from(*k) << 32) | u64::from(*s))));
        self.aside.clear();
        self.aside_len = 0;
        more.par_sort_unstable();
        more.dedup();
        self.sorted.retain(|p| keep(split(*p).1));
        if self.sorted.is_empty() {
            self.sorted = more;
        } else {
            let mut both = merged(&self.sorted, &more);
            std::mem::swap(&mut self.sorted, &mut both);
            both.zeroize();
            more.zeroize();
        }
        self.starts = Vec::with_capacity((1 << DIRECTORY_BITS) + 1);
        let mut at = 0;
        for bucket in 0..=(1usize << DIRECTORY_BITS) {
            while self.sorted.get(at).is_some_and(|p| top(split(*p).0) < bucket) {
                at += 1;
            }
            self.starts.push(at);
        }
    }

    fn run(&self, key: u32) -> &[u64] {
        let (from, to) = match (self.starts.get(top(key)), self.starts.get(top(key) + 1)) {
            (Some(f), Some(t)) => (*f, *t),
            _ => return &[],
        };
        let bucket = self.sorted.get(from..to).unwrap_or_default();
        let begin = bucket.partition_point(|p| split(*p).0 < key);
        let tail = bucket.get(begin..).unwrap_or_default();
        let length = tail.partition_point(|p| split(*p).0 == key);
        tail.get(..length).unwrap_or_default()
    }

    /// The slots under a key; those of removed subjects may be among them.
    pub(super) fn slots(&self, key: u32) -> impl Iterator<Item = u32> {
        let aside = self.aside.get(&key).map(Vec::as_slice).unwrap_or_default();
        self.run(key).iter().map(|p| split(*p).1).chain(aside.iter().copied())
    }

    /// How many slots lie under a key.
    pub(super) fn count(&self, key: u32) -> usize {
        self.run(key).len() + self.aside.get(&key).map_or(0, Vec::len)
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.sorted.capacity() * 8 + self.starts.capacity() * 8 + self.aside.capacity() * 40 + self.aside_len * 8
    }
}

impl Drop for Postings {
    fn drop(&mut self) {
        self.sorted.zeroize();
        for (_, mut slots) in self.aside.drain() {
            slots.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_its_slots_before_and_after_sorting() {
        let mut p = Postings::default();
        for (key, slot) in [(7, 1), (7, 2), (u32::MAX, 3), (0, 4)] {
            p.add(key, slot);
        }
        let all = |p: &Postings, k| {
            let mut v: Vec<u32> = p.slots(k).collect();
            v.sort_unstable();
            v
        };
        assert_eq!(all(&p, 7), [1, 2]);
        p.settle(vec![(7 << 32) | 9], |_| true);
        assert_eq!((all(&p, 7), all(&p, u32::MAX), all(&p, 0), all(&p, 8)), (vec![1, 2, 9], vec![3], vec![4], vec![]));
        p.settle(Vec::new(), |slot| slot != 2);
        assert_eq!(all(&p, 7), [1, 9]);
        assert_eq!(p.count(7), 2);
    }
}
