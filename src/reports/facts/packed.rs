//! A fact in 24 bytes.

use chrono::{Datelike, NaiveDate};

use crate::domain::fact::{Channel, Fact, FactEvent, MatchStage, Notice, StageOutcome};
use crate::domain::guided::Informed;
use crate::domain::person::Sex;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};

/// What is known of nothing: `Packed::birth_year` without a year.
pub(in crate::reports) const NO_YEAR: i16 = i16::MIN;
/// A day before every other.
pub(in crate::reports) const NEVER: i32 = i32::MIN;

/// Codes above every status code (`EnrolmentStatus::code`, at most 109).
pub(in crate::reports) const VERIFIED: u8 = 200;
pub(in crate::reports) const UNREACHABLE: u8 = 201;
pub(in crate::reports) const DEFERRED: u8 = 202;
pub(in crate::reports) const JOINED: u8 = 203;
pub(in crate::reports) const SPLIT: u8 = 204;
pub(in crate::reports) const INFORMED: u8 = 205;
pub(in crate::reports) const FAMILY_OPEN: u8 = 206;
pub(in crate::reports) const NOTICE: u8 = 207;
/// From here on: steps of a match request, eight codes a stage.
pub(in crate::reports) const MATCH: u8 = 208;
/// Above the 48 codes of a match request.
pub(in crate::reports) const NUMBERED: u8 = 255;

/// The code of what has no effect of its own; no standing and no other event has it.
const NOTHING: u8 = 199;

/// What [`Packed::arg`] says of a notice that is no number of minutes.
const RECEIVED: i32 = -1;
const TOO_LATE: i32 = -2;

/// Days are counted from 0001-01-01; indexes of 0 mean unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reports) struct Packed {
    pub day: i32,
    pub recorded: i32,
    /// Of a joining or splitting: the other registrant's index. Of a deferral: its last day. Of a notice: minutes, or less than nothing. Of a
    /// standing: the day on which it was taken back as entered in error, 0 where it was not. Else unused.
    pub arg: i32,
    /// Index of the drive, from 1.
    pub drive: u32,
    /// Index of the town, from 1.
    pub town: u16,
    pub birth_year: i16,
    /// A status code, or one of the constants above.
    pub event: u8,
    /// Bits 0-1 registry, 2-3 sex code, 4-5 channel, 6 whether nobody told a day.
    bits: u8,
    /// Of one day's facts, the later has the higher.
    turn: u16,
}

impl Packed {
    /// Takes back the standing that a further fact names, from the day it was recorded on.
    pub fn take_back(&mut self, named: &Self, status: EnrolmentStatus) {
        let same = i16::from(self.event) == status.code() && self.registry() == named.registry();
        if same && (self.day, self.turn) == (named.day, named.turn) {
            self.arg = named.recorded;
        }
    }

    pub fn of(fact: &Fact, town: u16, drive: u32, other: i32) -> Self {
        let event = match fact.event {
            FactEvent::Status(status) => u8::try_from(status.code()).expect("status codes are below 200"),
            FactEvent::Verified => VERIFIED,
            FactEvent::Unreachable => UNREACHABLE,
            FactEvent::Deferred(_) => DEFERRED,
            FactEvent::JoinedInto(_) => JOINED,
            FactEvent::SplitFrom(_) => SPLIT,
            FactEvent::Informed(Informed::Fully) => INFORMED,
            FactEvent::Informed(Informed::FamilyOpen) => FAMILY_OPEN,
            FactEvent::Notice(_) => NOTICE,
            // Kept beside the runs, as what it does to one of their facts.
            FactEvent::TakenBack(_) => NOTHING,
            FactEvent::Numbered => NUMBERED,
            FactEvent::Match(stage, outcome) => MATCH + 8 * place(&MatchStage::ALL, &stage) + place(&StageOutcome::ALL, &outcome),
        };
        let arg = match fact.event {
            FactEvent::Deferred(until) => day_number(until),
            FactEvent::JoinedInto(_) | FactEvent::SplitFrom(_) => other,
            FactEvent::Notice(Notice::Received) => RECEIVED,
            FactEvent::Notice(Notice::TooLate) => TOO_LATE,
            FactEvent::Notice(Notice::Arrived(minutes)) => i32::try_from(minutes).unwrap_or(i32::MAX),
            _ => 0,
        };
        let bits = registry_index(fact.registry) | fact.sex.map_or(0, Sex::code) << 2 | channel_index(fact.channel) << 4;
        let bits = bits | u8::from(fact.dayless) << 6;
        Self {
            day: day_number(fact.day),
            recorded: day_number(fact.recorded),
            arg,
            drive,
            town,
            birth_year: fact.birth_year.unwrap_or(NO_YEAR),
            event,
            bits,
            turn: fact.turn,
        }
    }

    /// 0 to 3, in the order of `Registry::ALL`.
    pub const fn registry(&self) -> usize {
        (self.bits & 3) as usize
    }

    /// 0 unknown, else the code of `Sex`.
    pub const fn sex(&self) -> u8 {
        (self.bits >> 2) & 3
    }

    /// 0 to 3, in the order of `CHANNELS`.
    pub const fn channel(&self) -> u8 {
        (self.bits >> 4) & 3
    }

    /// Whether a sheet told it.
    pub const fn is_imported(&self) -> bool {
        self.channel() == channel_index(Channel::Import)
    }

    /// Whether a sheet told a standing that leaves the one on file as it is, of registrants whom a registrar joined.
    pub fn is_left(&self, on_file: u8) -> bool {
        let status = |code: u8| EnrolmentStatus::from_code(i16::from(code));
        let told = status(self.event).filter(|_| self.is_imported());
        told.zip(status(on_file)).is_some_and(|(told, stands)| told.is_left(stands, self.bits & 1 << 6 != 0))
    }

    /// Whether it was known on a day: recorded by then, and not yet taken back.
    pub const fn known_at(&self, day: i32) -> bool {
        self.recorded <= day && (self.event >= VERIFIED || self.arg == 0 || self.arg > day)
    }

    pub const fn is_link(&self) -> bool {
        matches!(self.event, JOINED | SPLIT)
    }

    /// The stage and outcome of a step of a match request.
    pub fn step(&self) -> Option<(MatchStage, StageOutcome)> {
        let code = usize::from(self.event.checked_sub(MATCH)?);
        Some((*MatchStage::ALL.get(code / 8)?, *StageOutcome::ALL.get(code % 8)?))
    }

    /// What a fact tells of a notice of death.
    pub fn notice(&self) -> Option<Notice> {
        (self.event == NOTICE).then_some(match self.arg {
            RECEIVED => Notice::Received,
            TOO_LATE => Notice::TooLate,
            minutes => Notice::Arrived(minutes.cast_unsigned()),
        })
    }

    /// The order in which facts take effect. On one day joinings come first: a registration recognised on its day as a known person's never counts as a new one.
    /// Imported standings come next: a registration imported for the day of a withdrawal, or an earlier one, never re-opens it; of two the further
    /// one counts, whichever was imported first. What else is told of a day comes kind by kind, in the order of its turns: standings before what is
    /// said of who stands there. Steps of a match request come in the order of their stages, each reached before its outcome: a donor is often reached and
    /// asked on one day.
    pub fn order(&self) -> (i32, u8, i32, u8, u16, u8) {
        let (class, first) = match self.event {
            JOINED | SPLIT => (0, self.recorded),
            status if status < 100 && self.is_imported() => (1, i32::from(rank(status))),
            _ => (2, self.recorded),
        };
        let (kind, place) = match self.event {
            status if status < VERIFIED => (0, rank(status)),
            UNREACHABLE => (1, 0),
            VERIFIED => (2, 0),
            other => (3, other),
        };
        (self.day, class, first, kind, self.turn, place)
    }
}

/// The rank of a status code.
fn rank(status: u8) -> u8 {
    EnrolmentStatus::from_code(i16::from(status)).map_or(u8::MAX, EnrolmentStatus::rank)
}

/// The channels in the order of their packed index.
pub(in crate::reports) const CHANNELS: [Channel; 4] = [Channel::Import, Channel::Drive, Channel::Office, Channel::SelfService];

const fn channel_index(channel: Channel) -> u8 {
    match channel {
        Channel::Import => 0,
        Channel::Drive => 1,
        Channel::Office => 2,
        Channel::SelfService => 3,
    }
}

const fn registry_index(registry: Registry) -> u8 {
    match registry {
        Registry::Blood => 0,
        Registry::StemCell => 1,
        Registry::OrganBody => 2,
        Registry::Volunteer => 3,
    }
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|x| x == one).and_then(|at| u8::try_from(at).ok()).expect("ALL holds every variant, few of them")
}

/// The place of a registry in `Registry::ALL`.
pub(in crate::reports) const fn registry_at(registry: Registry) -> usize {
    registry_index(registry) as usize
}

/// Days since 0001-01-01.
pub(in crate::reports) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

/// The reason of an exit's status code.
pub(in crate::reports) fn exit_reason(code: u8) -> Option<ExitReason> {
    match EnrolmentStatus::from_code(i16::from(code)) {
        Some(EnrolmentStatus::Exited(reason)) => Some(reason),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_fact_takes_24_bytes() {
        assert_eq!(size_of::<Packed>(), 24);
    }

    #[test]
    fn every_step_of_a_match_request_is_read_back() {
        for stage in MatchStage::ALL {
            for outcome in StageOutcome::ALL {
                let fact = Fact {
                    stat_id: crate::domain::id::StatId(uuid::Uuid::nil()),
                    registry: Registry::StemCell,
                    day: NaiveDate::MIN,
                    recorded: NaiveDate::MIN,
                    event: FactEvent::Match(stage, outcome),
                    town: None,
                    sex: None,
                    birth_year: None,
                    channel: Channel::Office,
                    drive: None,
                    turn: 0,
                    dayless: false,
                };
                assert_eq!(Packed::of(&fact, 0, 0, 0).step(), Some((stage, outcome)));
            }
        }
    }

    #[test]
    fn every_word_of_a_notice_is_read_back() {
        for notice in [Notice::Received, Notice::TooLate, Notice::Arrived(0), Notice::Arrived(2880)] {
            let fact = crate::reports::fixtures::fact(1, "2025-01-01", FactEvent::Notice(notice));
            assert_eq!(Packed::of(&fact, 0, 0, 0).notice(), Some(notice));
        }
        let numbered = crate::reports::fixtures::fact(1, "2025-01-01", FactEvent::Numbered);
        assert_eq!(Packed::of(&numbered, 0, 0, 0).step(), None, "no step of a match request");
        let other = crate::reports::fixtures::fact(1, "2025-01-01", FactEvent::Verified);
        assert_eq!(Packed::of(&other, 0, 0, 0).notice(), None);
    }

    #[test]
    fn of_one_day_the_later_turn_takes_effect_later() {
        let told = |status, turn| Fact { turn, ..crate::reports::fixtures::fact(1, "2025-01-01", FactEvent::Status(status)) };
        let packed = |fact: &Fact| Packed::of(fact, 0, 0, 0).order();
        let (left, back) = (told(EnrolmentStatus::Exited(ExitReason::Medical), 2), told(EnrolmentStatus::Registered, 3));
        assert!(packed(&left) < packed(&back));
        let (came, left) = (told(EnrolmentStatus::Registered, 0), told(EnrolmentStatus::Exited(ExitReason::Withdrew), 2));
        assert!(packed(&came) < packed(&left));
    }

    #[test]
    fn indexes_follow_the_order_of_the_registries_and_channels() {
        for (at, registry) in Registry::ALL.into_iter().enumerate() {
            assert_eq!(registry_at(registry), at);
        }
        for (at, channel) in CHANNELS.into_iter().enumerate() {
            assert_eq!(usize::from(channel_index(channel)), at);
        }
    }
}
