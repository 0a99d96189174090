//! Histories made at random, and a slow count of them from first principles, which the reports are held against.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use donor_registry::domain::fact::{Channel, Fact, FactEvent};
use donor_registry::domain::id::StatId;
use donor_registry::domain::person::Sex;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::domain::town::TownCode;
use donor_registry::reports::axis::{AgeBand, Cell, Dimension, Stage};
use proptest::prelude::*;

pub const START: NaiveDate = NaiveDate::from_ymd_opt(2022, 1, 1).expect("a valid date");

pub fn day(offset: u64) -> NaiveDate {
    START + Days::new(offset)
}

fn event() -> impl Strategy<Value = Option<FactEvent>> {
    use EnrolmentStatus::{Enrolled, Exited, Interest, Registered, Undecided};
    prop_oneof![
        6 => Just(Some(FactEvent::Status(Registered))),
        2 => Just(Some(FactEvent::Status(Enrolled))),
        1 => Just(Some(FactEvent::Status(Interest))),
        1 => Just(Some(FactEvent::Status(Undecided))),
        4 => prop::sample::select(&ExitReason::ALL[..]).prop_map(|r| Some(FactEvent::Status(Exited(r)))),
        1 => Just(Some(FactEvent::Verified)),
        1 => Just(Some(FactEvent::Unreachable)),
        1 => (0u64..1200).prop_map(|d| Some(FactEvent::Deferred(day(d)))),
        // Joined with, or split from, another registrant.
        4 => Just(None),
    ]
}

/// Facts of up to eight registrants over three years, recorded up to 200 days late.
pub fn history() -> impl Strategy<Value = Vec<Fact>> {
    let fact = (
        (0u128..8, 0u128..8, any::<bool>(), event()),
        (prop::sample::select(&Registry::ALL[..2]), 0u64..1000, prop_oneof![3 => Just(0u64), 1 => 0u64..200]),
        (prop::option::of(0u32..3), prop::option::of(any::<bool>()), prop::option::of(1955i16..2010)),
        (0usize..4, prop::option::of(0u32..3), 0u16..4, any::<bool>()),
    );
    prop::collection::vec(fact, 0..40).prop_map(|facts| {
        let mut facts: Vec<Fact> = facts
            .into_iter()
            .map(|((who, other, join, event), (registry, at, late), (town, male, birth_year), (channel, drive, turn, dayless))| Fact {
                stat_id: stat(who),
                registry,
                day: day(at),
                recorded: day(at + late),
                event: event.unwrap_or(if join { FactEvent::JoinedInto(stat(other)) } else { FactEvent::SplitFrom(stat(other)) }),
                town: town.map(TownCode),
                sex: male.map(|m| if m { Sex::Male } else { Sex::Female }),
                birth_year,
                channel: [Channel::Import, Channel::Drive, Channel::Office, Channel::SelfService][channel],
                drive,
                turn,
                dayless,
            })
            .collect();
        facts.sort_by_key(|f| f.recorded);
        facts
    })
}

pub fn stat(number: u128) -> StatId {
    StatId(uuid::Uuid::from_u128(number))
}

/// One or several registrants counted as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    pub members: Vec<StatId>,
    pub standing: BTreeMap<Registry, EnrolmentStatus>,
    origin: BTreeMap<Registry, (Channel, Option<u32>)>,
    first: Option<(Channel, Option<u32>)>,
    town: Option<TownCode>,
    sex: Option<Sex>,
    birth_year: Option<i16>,
}

impl Seen {
    pub fn counts(&self, registry: Option<Registry>) -> bool {
        match registry {
            Some(r) => self.standing.get(&r).is_some_and(|s| s.in_pool()),
            None => Registry::ALL.iter().any(|r| self.counts(Some(*r))),
        }
    }

    pub fn cell(&self, registry: Option<Registry>, by: Dimension, year: i32) -> Cell {
        let origin = match registry {
            Some(r) => self.origin.get(&r).copied(),
            None => self.first,
        };
        let (channel, drive) = origin.expect("asked only of those who came");
        match by {
            Dimension::Stage => {
                let enrolled = |r: &Registry| self.standing.get(r) == Some(&EnrolmentStatus::Enrolled);
                let is = registry.map_or_else(|| Registry::ALL.iter().any(enrolled), |r| enrolled(&r));
                Cell::Stage(if is { Stage::Enrolled } else { Stage::Registered })
            }
            Dimension::Town => Cell::Town(self.town),
            Dimension::Sex => Cell::Sex(self.sex),
            Dimension::Age => Cell::Age(self.birth_year.and_then(|born| AgeBand::of(year - i32::from(born)))),
            Dimension::Channel => Cell::Channel(channel),
            Dimension::Drive => Cell::Drive(drive),
        }
    }
}

/// The facts known by a day, in the order in which they take effect, numbered by registrant.
pub fn in_effect(facts: &[Fact], until: NaiveDate, known: NaiveDate) -> Vec<Fact> {
    let mut order: Vec<StatId> = Vec::new();
    for fact in facts {
        let other = match fact.event {
            FactEvent::JoinedInto(o) | FactEvent::SplitFrom(o) => Some(o),
            _ => None,
        };
        for id in std::iter::once(fact.stat_id).chain(other) {
            if !order.contains(&id) {
                order.push(id);
            }
        }
    }
    let mut known: Vec<Fact> = facts.iter().filter(|f| f.day <= until && f.recorded <= known).cloned().collect();
    known.sort_by_key(|f| {
        let imported = f.channel == Channel::Import && matches!(f.event, FactEvent::Status(s) if !matches!(s, EnrolmentStatus::Exited(_)));
        let tie = matches!(f.event, FactEvent::JoinedInto(_) | FactEvent::SplitFrom(_));
        let further = match f.event {
            FactEvent::Status(status) => further(status),
            FactEvent::SplitFrom(_) => 1,
            _ => 0,
        };
        let recorded = (!imported).then_some(f.recorded);
        let kind = match f.event {
            FactEvent::Status(_) => 0,
            FactEvent::Unreachable => 1,
            FactEvent::Verified => 2,
            _ => 3,
        };
        let whom = order.iter().position(|id| *id == f.stat_id);
        (f.day, !tie, !tie && !imported, imported.then_some(further), recorded, kind, f.turn, further, whom)
    });
    known
}

/// Which of two standings of one day counts, with nothing to say which came later.
fn further(status: EnrolmentStatus) -> u8 {
    match status {
        EnrolmentStatus::Interest => 0,
        EnrolmentStatus::Undecided => 1,
        EnrolmentStatus::Registered => 2,
        EnrolmentStatus::Enrolled => 3,
        EnrolmentStatus::Exited(_) => 4,
    }
}

/// Everybody, counted from facts in the order of effect.
pub fn seen(effective: &[Fact]) -> Vec<Seen> {
    // Who is tied to whom, and whether by a registrar.
    let mut tied: Vec<((StatId, StatId), bool)> = Vec::new();
    let mut groups: Vec<Vec<StatId>> = Vec::new();
    for fact in effective {
        let key = |a: StatId, b: StatId| (a.min(b), a.max(b));
        match fact.event {
            FactEvent::JoinedInto(o) | FactEvent::SplitFrom(o) => tied.retain(|(t, _)| *t != key(fact.stat_id, o)),
            _ => {}
        }
        if let FactEvent::JoinedInto(o) = fact.event
            && o != fact.stat_id
        {
            tied.push((key(fact.stat_id, o), fact.channel != Channel::Import));
        }
        // Two registrants may be tied through a third of whom nothing else is known yet.
        let other = if let FactEvent::JoinedInto(o) = fact.event { Some(o) } else { None };
        for id in std::iter::once(fact.stat_id).chain(other) {
            if !groups.iter().any(|g| g.contains(&id)) {
                groups.push(vec![id]);
            }
        }
    }
    for ((a, b), _) in &tied {
        let (mut one, rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|g| g.contains(a) || g.contains(b));
        groups = rest;
        groups.push(one.drain(..).flatten().collect());
    }
    let by_hand = |members: &[StatId]| tied.iter().any(|((a, _), by_hand)| *by_hand && members.contains(a));
    groups.into_iter().map(|members| (by_hand(&members), members)).map(|(by_hand, members)| fold(effective, members, by_hand)).collect()
}

/// Whether a sheet's standing leaves the one that stands as it is, of those whom a registrar joined.
fn is_left(told: EnrolmentStatus, stands: EnrolmentStatus, dayless: bool) -> bool {
    use EnrolmentStatus::{Enrolled, Exited, Undecided};
    match (told, stands) {
        (Exited(told), Exited(stands)) => told != stands,
        (Exited(_), _) | (_, Undecided) | (Undecided, Exited(_)) => false,
        (_, Exited(why)) => dayless || matches!(why, ExitReason::Died | ExitReason::Donated),
        (Undecided, stage) => stage == Enrolled,
        (told, stage) => further(told) < further(stage),
    }
}

fn fold(effective: &[Fact], members: Vec<StatId>, by_hand: bool) -> Seen {
    let mut seen = Seen { members, ..Seen::default() };
    for fact in effective.iter().filter(|f| seen.members.contains(&f.stat_id)).cloned().collect::<Vec<_>>() {
        if matches!(fact.event, FactEvent::JoinedInto(_) | FactEvent::SplitFrom(_)) {
            continue;
        }
        seen.town = fact.town.or(seen.town);
        seen.sex = fact.sex.or(seen.sex);
        seen.birth_year = fact.birth_year.or(seen.birth_year);
        let FactEvent::Status(status) = fact.event else { continue };
        let stands = seen.standing.get(&fact.registry);
        if by_hand && fact.channel == Channel::Import && stands.is_some_and(|stands| is_left(status, *stands, fact.dayless)) {
            continue;
        }
        let origin = (fact.channel, fact.drive);
        let before = seen.standing.insert(fact.registry, status);
        let gone = |s: EnrolmentStatus| matches!(s, EnrolmentStatus::Exited(_));
        if before.is_none_or(|b| gone(b) && !gone(status)) {
            seen.origin.insert(fact.registry, origin);
        }
        seen.first = seen.first.or(Some(origin));
    }
    seen
}

/// How many count in each cell at the end of a day.
pub fn tally(facts: &[Fact], registry: Option<Registry>, by: Dimension, at: NaiveDate, known: NaiveDate) -> BTreeMap<Cell, i64> {
    let mut cells = BTreeMap::new();
    for one in seen(&in_effect(facts, at, known)).iter().filter(|s| s.counts(registry)) {
        *cells.entry(one.cell(registry, by, at.year())).or_insert(0) += 1;
    }
    cells
}
