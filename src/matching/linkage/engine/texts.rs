//! Texts one after the other, and the numbers of distinct ones. Zeroised on drop.

use std::borrow::Cow;
use std::hash::Hasher;

use rayon::prelude::*;
use zeroize::Zeroize;

use super::hash::Fast;

/// Texts in the order in which they came.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Drop for Texts {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl Texts {
    /// The text of a place, the first at 0.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = |i: usize| self.ends.get(i).and_then(|e| usize::try_from(*e).ok());
        self.text.get(at.checked_sub(1).map_or(Some(0), end)?..end(at)?)
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All of them in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.len()).map(|at| self.get(at).unwrap_or_default())
    }

    /// All of them in order, for several threads.
    pub(super) fn par_iter(&self) -> impl IndexedParallelIterator<Item = &str> {
        (0..self.len()).into_par_iter().map(|at| self.get(at).unwrap_or_default())
    }

    /// How many bytes all of them have.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a text. Grown by hand, so that no copy of what was written before is left behind in memory.
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len() + text.len() > self.text.capacity() {
            let mut larger = String::with_capacity((self.text.capacity() * 2).max(self.text.len() + text.len()).max(1_024));
            larger.push_str(&self.text);
            self.text.zeroize();
            self.text = larger;
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }
}

/// Texts whose places are looked up at once.
const AT_ONCE: usize = 16;

/// Numbers distinct texts as they come, from 1.
#[derive(Default)]
pub(super) struct Numbers {
    pub texts: Texts,
    /// Half of a text's hash above its number; 0 is free, and a taken place leads to the next.
    slots: Vec<u64>,
}

impl Numbers {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if (self.texts.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        self.find_or_add(text, hash(text), 0)
    }

    /// The numbers of about `expected` texts in their order, 0 for an empty one. Places are looked up several at a time, so that waits for memory overlap.
    pub(super) fn all<'t>(&mut self, mut texts: impl Iterator<Item = &'t [u8]>, expected: usize) -> Vec<u32> {
        let mut out = Vec::with_capacity(expected);
        loop {
            let batch: [Option<Cow<'t, str>>; AT_ONCE] = std::array::from_fn(|_| texts.next().map(String::from_utf8_lossy));
            while (self.texts.len() + AT_ONCE) * 2 > self.slots.len() {
                self.grow();
            }
            let hashes = batch.each_ref().map(|text| hash(text.as_deref().unwrap_or_default()));
            let first = hashes.map(|hash| self.slots[place(hash, self.slots.len())]);
            for ((text, hash), first) in batch.iter().zip(hashes).zip(first) {
                let Some(text) = text else { return out };
                out.push(if text.is_empty() { 0 } else { self.find_or_add(text, hash, first) });
            }
        }
    }

    /// The number of a text whose hash is known, and what stood in the hash's place when there was last a look.
    fn find_or_add(&mut self, text: &str, hash: u64, mut slot: u64) -> u32 {
        let mut at = place(hash, self.slots.len());
        if slot == 0 {
            slot = self.slots[at];
        }
        loop {
            let known = u32::try_from(slot & 0xffff_ffff).unwrap_or(0);
            if known == 0 {
                break;
            }
            if slot >> 32 == hash >> 32 && self.text(known) == text {
                return known;
            }
            at = (at + 1) & (self.slots.len() - 1);
            slot = self.slots[at];
        }
        self.texts.push(text);
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.slots[at] = hash >> 32 << 32 | u64::from(number);
        number
    }

    fn text(&self, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|n| self.texts.get(n.checked_sub(1)?)).unwrap_or_default()
    }

    fn grow(&mut self) {
        let larger = vec![0; (self.slots.len() * 4).max(1_024)];
        let mask = larger.len() - 1;
        for slot in std::mem::replace(&mut self.slots, larger).into_iter().filter(|s| *s != 0) {
            let mut at = place(slot, self.slots.len());
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = Fast::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Where a hash belongs among so many places, by its upper half.
fn place(hash: u64, places: usize) -> usize {
    // Both below 2^32: the product's upper half is below `places`.
    usize::try_from((hash >> 32).wrapping_mul(u64::try_from(places).unwrap_or(0)) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_a_number_one_text() {
        let mut numbers = Numbers::default();
        for round in 0..2 {
            for n in 0..20_000u32 {
                assert_eq!(numbers.number(&n.to_string()), n + 1, "round {round}");
            }
        }
        assert_eq!((numbers.texts.len(), numbers.texts.get(19_999), numbers.texts.get(20_000)), (20_000, Some("19999"), None));
        assert!(numbers.texts.iter().enumerate().all(|(i, t)| t == i.to_string()));
    }

    #[test]
    fn texts_numbered_together_have_the_numbers_of_texts_numbered_one_by_one() {
        let told: Vec<String> = (0..20_000u64).map(|n| if n % 7 == 3 { String::new() } else { (n * n % 6_007).to_string() }).collect();
        let (mut one, mut all) = (Numbers::default(), Numbers::default());
        let singly: Vec<u32> = told.iter().map(|t| if t.is_empty() { 0 } else { one.number(t) }).collect();
        assert_eq!(all.all(told.iter().map(String::as_bytes), told.len()), singly);
        assert!(all.texts.iter().eq(one.texts.iter()));
    }
}
