//! Invented people, with names as unevenly frequent as real ones.

use chrono::NaiveDate;
use donor_registry::app::demo::people::{Dice, Invented, invent};
use donor_registry::domain::record::RecordDraft;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::town::Towns;

/// People from one seed.
pub struct Crowd {
    dice: Dice,
    towns: Towns,
    today: NaiveDate,
}

impl Crowd {
    pub fn new(seed: u64) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        Self { dice: Dice::uneven(seed), towns: Towns::shipped(), today }
    }

    fn draft(&mut self, person: &Invented) -> Option<RecordDraft> {
        let registry = [Registry::Blood, Registry::OrganBody][self.dice.below(2)];
        person.draft(&mut self.dice, &self.towns, registry, self.today)
    }

    /// So many drafts, and whose they are.
    pub fn drafts(&mut self, count: usize) -> (Vec<RecordDraft>, Vec<Invented>) {
        let (mut drafts, mut whose) = (Vec::with_capacity(count), Vec::with_capacity(count));
        while drafts.len() < count {
            let person = invent(&mut self.dice, &self.towns, self.today).expect("dates far from the calendar's ends");
            if let Some(draft) = self.draft(&person) {
                drafts.push(draft);
                whose.push(person);
            }
        }
        (drafts, whose)
    }

    /// Half of them people on file, seen again; the other half new.
    pub fn asked(&mut self, known: &[Invented], count: usize) -> Vec<RecordDraft> {
        let mut out = Vec::with_capacity(count);
        while out.len() < count {
            let draft = if out.len() % 2 == 0 {
                let again = known[self.dice.below(known.len())].seen_again(&mut self.dice);
                self.draft(&again)
            } else {
                self.drafts(1).0.pop()
            };
            out.extend(draft);
        }
        out
    }
}

/// Applies `f` on all cores.
pub fn in_parallel<T: Sync, U: Send>(from: &[T], f: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    use rayon::prelude::*;
    from.par_iter().with_min_len(256).map(f).collect()
}
