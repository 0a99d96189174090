//! Where the index keeps its subjects: segments that never move, so that no copy of a value is left behind when the index grows.

use rayon::prelude::*;
use zeroize::Zeroize;

use super::features::Features;
use crate::domain::id::{PersonId, SubjectId};

/// Subjects a segment.
const SEGMENT: usize = 4_096;

/// A subject on file.
pub(super) struct Row {
    pub subject: SubjectId,
    pub person: PersonId,
    /// One bit a registry code.
    pub registries: u8,
    pub features: Features,
}

/// Subjects by slot.
#[derive(Default)]
pub(super) struct Rows {
    segments: Vec<Vec<Option<Row>>>,
}

impl Rows {
    /// How many slots there are, empty ones too.
    pub(super) fn len(&self) -> usize {
        self.segments.last().map_or(0, |last| (self.segments.len() - 1) * SEGMENT + last.len())
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Row> {
        let at = usize::try_from(slot).ok()?;
        self.segments.get(at / SEGMENT)?.get(at % SEGMENT)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Row> {
        self.slot_mut(slot)?.as_mut()
    }

    pub(super) fn slot_mut(&mut self, slot: u32) -> Option<&mut Option<Row>> {
        let at = usize::try_from(slot).ok()?;
        self.segments.get_mut(at / SEGMENT)?.get_mut(at % SEGMENT)
    }

    /// Puts a subject into a new slot.
    pub(super) fn push(&mut self, row: Row) -> u32 {
        let slot = u32::try_from(self.len()).expect("an index of 2^32 subjects does not fit the memory");
        match self.segments.last_mut().filter(|s| s.len() < SEGMENT) {
            Some(last) => last.push(Some(row)),
            None => {
                let mut fresh = Vec::with_capacity(SEGMENT);
                fresh.push(Some(row));
                self.segments.push(fresh);
            }
        }
        slot
    }

    /// Every slot with its subject, on all cores, in order.
    pub(super) fn par_iter(&self) -> impl ParallelIterator<Item = (u32, &Row)> {
        self.segments.par_iter().enumerate().flat_map_iter(|(s, segment)| {
            segment.iter().enumerate().filter_map(move |(i, row)| Some((u32::try_from(s * SEGMENT + i).ok()?, row.as_ref()?)))
        })
    }

    /// Bytes held, the allocator's own overhead aside.
    pub(super) fn bytes(&self) -> usize {
        let heap: usize = self.segments.iter().flatten().flatten().map(|r| r.features.heap()).sum();
        self.segments.len() * SEGMENT * size_of::<Option<Row>>() + heap
    }
}

/// Makes room without leaving a copy of the old bytes in memory that is given back.
pub(super) fn grow<T: Copy + Zeroize>(values: &mut Vec<T>, more: usize) {
    if values.capacity() - values.len() < more {
        let mut larger = Vec::with_capacity((values.len() + more).max(values.len() * 2));
        larger.extend_from_slice(values);
        values.zeroize();
        *values = larger;
    }
}
