//! Filling the index at unlock: the work of each subject is done apart, on any core; the postings are sorted once, at the end.

use super::features::Features;
use super::index::{Index, bit};
use super::keys::keys;
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::Registry;

/// A subject with everything the index keeps of it.
pub struct Linked {
    pub(super) subject: SubjectId,
    pub(super) person: PersonId,
    pub(super) registries: u8,
    pub(super) features: Features,
    pub(super) keys: Vec<u32>,
}

impl std::fmt::Debug for Linked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Linked(..)")
    }
}

impl Linked {
    /// Computes the keys under which a subject is found.
    pub fn new(subject: SubjectId, person: PersonId, registries: &[Registry], features: Features) -> Self {
        let keys = keys(&features);
        Self { subject, person, registries: registries.iter().fold(0, |bits, r| bits | bit(*r)), features, keys }
    }
}

/// An index that is being filled.
#[derive(Default)]
pub struct Filling {
    index: Index,
    carried: Vec<u64>,
}

impl std::fmt::Debug for Filling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filling({} subjects)", self.index.len())
    }
}

impl Filling {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a page of subjects.
    pub fn extend(&mut self, people: Vec<Linked>) {
        self.index.take_linked(people, &mut self.carried);
    }

    /// The index, ready to be asked.
    pub fn done(mut self) -> Index {
        self.index.settle(std::mem::take(&mut self.carried));
        self.index
    }
}
