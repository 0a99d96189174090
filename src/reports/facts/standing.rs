//! The standing of one registrant (or of several counted as one) while facts take effect one after another.

use super::packed::{DEFERRED, NEVER, NO_YEAR, NUMBERED, Packed, UNREACHABLE, VERIFIED};

/// Index of the pseudo-registry in which a person counts once, whatever the number of registries.
pub(in crate::reports) const PERSONS: usize = 4;
/// The four registries and the persons.
pub(in crate::reports) const BOOKS: usize = 5;

/// Status codes of [`crate::domain::registry::EnrolmentStatus`]; 0 stands for "never heard of".
pub(in crate::reports) const INTEREST: u8 = 1;
pub(in crate::reports) const REGISTERED: u8 = 2;
pub(in crate::reports) const ENROLLED: u8 = 3;
pub(in crate::reports) const UNDECIDED: u8 = 4;
pub(in crate::reports) const FIRST_EXIT: u8 = 100;

/// By which way the registrant came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::reports) struct Origin {
    pub channel: u8,
    pub drive: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reports) struct Standing {
    pub stand: [u8; 4],
    /// For what it left each pool (of the registries and of the persons) last; 0 where it never left.
    left_for: [u8; 5],
    pub origin: [Origin; 4],
    pub deferred_until: [i32; 4],
    pub town: u16,
    pub sex: u8,
    pub birth_year: i16,
    pub verified: i32,
    pub unreachable: i32,
    /// Whether the national organ registry has it under a number.
    pub numbered: bool,
    /// Since when it counts in each pool.
    since: [i32; 5],
    first: Origin,
    known: bool,
}

impl Standing {
    pub const NEW: Self = Self {
        stand: [0; 4],
        left_for: [0; 5],
        origin: [Origin { channel: 0, drive: 0 }; 4],
        deferred_until: [NEVER; 4],
        town: 0,
        sex: 0,
        birth_year: NO_YEAR,
        verified: NEVER,
        unreachable: NEVER,
        numbered: false,
        since: [NEVER; 5],
        first: Origin { channel: 0, drive: 0 },
        known: false,
    };

    pub fn apply(&mut self, fact: &Packed) {
        self.take_in(fact, false);
    }

    /// As [`Self::apply`], of registrants whom a registrar joined: what a sheet told of one of them lowers no stage that another one reached, and
    /// lets nobody back who left, as on the person's page.
    pub fn apply_joined(&mut self, fact: &Packed) {
        self.take_in(fact, true);
    }

    fn take_in(&mut self, fact: &Packed, joined: bool) {
        // That two are one person tells nothing of where, what sex or how old they are.
        if fact.is_link() {
            return;
        }
        if fact.town != 0 {
            self.town = fact.town;
        }
        if fact.sex() != 0 {
            self.sex = fact.sex();
        }
        if fact.birth_year != NO_YEAR {
            self.birth_year = fact.birth_year;
        }
        let at = fact.registry();
        match fact.event {
            VERIFIED => {
                self.verified = fact.day;
                self.unreachable = NEVER;
            }
            UNREACHABLE => self.unreachable = fact.day,
            DEFERRED => self.deferred_until[at] = fact.arg,
            NUMBERED => self.numbered = true,
            _ if joined && fact.is_left(self.stand[at]) => {}
            status if status < VERIFIED => self.stand_as(at, status, fact),
            _ => {}
        }
    }

    fn stand_as(&mut self, at: usize, status: u8, fact: &Packed) {
        let origin = Origin { channel: fact.channel(), drive: fact.drive };
        let before = self.stand[at];
        let comes = before == 0 || (before >= FIRST_EXIT && status < FIRST_EXIT);
        if comes {
            self.origin[at] = origin;
        }
        if !self.known {
            self.known = true;
            self.first = origin;
        }
        let counted = self.counts(PERSONS);
        self.stand[at] = status;
        if !counts(before) && counts(status) {
            self.since[at] = fact.day;
            if !counted {
                self.since[PERSONS] = fact.day;
            }
        }
        if counts(before) && !counts(status) {
            self.left_for[at] = status;
            if !self.counts(PERSONS) {
                self.left_for[PERSONS] = status;
            }
        }
    }

    /// Whether it counts in the pool of a registry, or of the persons.
    pub fn counts(&self, book: usize) -> bool {
        match self.stand.get(book) {
            Some(stand) => counts(*stand),
            None => self.stand.iter().any(|s| counts(*s)),
        }
    }

    pub fn origin(&self, book: usize) -> Origin {
        self.origin.get(book).copied().unwrap_or(self.first)
    }

    /// By which channel it came into a registry: the packed index.
    pub fn came_by(&self, book: usize) -> u8 {
        self.origin(book).channel
    }

    /// The status code for which it left a pool last; 0 where it never left.
    pub fn left_for(&self, book: usize) -> u8 {
        self.left_for.get(book).copied().unwrap_or(0)
    }

    /// The last day on which there was good contact while it counted: verified, or come.
    pub fn last_good(&self, book: usize) -> i32 {
        self.since.get(book).copied().unwrap_or(NEVER).max(self.verified)
    }

    /// 1 where enrolled (入库), else 0.
    pub fn stage(&self, book: usize) -> usize {
        match self.stand.get(book) {
            Some(stand) => usize::from(*stand == ENROLLED),
            None => usize::from(self.stand.contains(&ENROLLED)),
        }
    }
}

pub(in crate::reports) const fn counts(stand: u8) -> bool {
    matches!(stand, REGISTERED | ENROLLED)
}
