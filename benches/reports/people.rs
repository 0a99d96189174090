//! Invented histories for the benchmarks: about five facts a registrant, drawn by a fixed generator.

use chrono::{Days, NaiveDate};
use donor_registry::domain::fact::{Channel, Fact, FactEvent};
use donor_registry::domain::id::StatId;
use donor_registry::domain::person::Sex;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::domain::town::TownCode;

/// SplitMix64: small, fast, the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// The facts of so many registrants from 2010 on, in the order of recording within each.
pub fn facts(people: u64, seed: u64) -> impl Iterator<Item = Fact> {
    let mut dice = Dice(seed);
    let start = NaiveDate::from_ymd_opt(2010, 1, 1).expect("a valid date");
    (0..people).flat_map(move |_| {
        let who = StatId(uuid::Uuid::from_u64_pair(dice.next(), dice.next()));
        let registry = Registry::ALL[[0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 3][dice.below(11) as usize]];
        let town = dice.below(50).checked_sub(1).map(|t| TownCode(512_002_100 + (t * t / 80) as u32));
        let sex = [None, Some(Sex::Male), Some(Sex::Female)][[1, 1, 2, 2, 2, 1, 1, 2, 2, 0][dice.below(10) as usize]];
        let birth_year = dice.below(40).checked_sub(1).map(|y| 1958 + y as i16 + dice.below(9) as i16);
        let channel = [Channel::Import, Channel::Drive, Channel::Office, Channel::SelfService][dice.below(4) as usize];
        let drive = (channel == Channel::Drive).then(|| dice.below(40) as u32);
        let mut at = dice.below(5000);
        let mut out = Vec::with_capacity(6);
        let mut push = |at: u64, late: u64, event| {
            let day = start + Days::new(at);
            out.push(Fact {
                stat_id: who,
                registry,
                day,
                recorded: day + Days::new(late),
                event,
                town,
                sex,
                birth_year,
                channel,
                drive,
                turn: 0,
                dayless: false,
            });
        };
        push(at, dice.below(20).saturating_sub(15) * 30, FactEvent::Status(EnrolmentStatus::Registered));
        for _ in 0..4 {
            at += 30 + dice.below(500);
            let event = match dice.below(12) {
                0 => FactEvent::Status(EnrolmentStatus::Exited(ExitReason::ALL[dice.below(8) as usize])),
                1 => FactEvent::Status(EnrolmentStatus::Registered),
                2 => FactEvent::Unreachable,
                3 => FactEvent::Deferred(start + Days::new(at + 90)),
                4 if registry == Registry::StemCell => FactEvent::Status(EnrolmentStatus::Enrolled),
                5 if dice.below(10) == 0 => FactEvent::JoinedInto(StatId(uuid::Uuid::from_u64_pair(dice.next(), dice.next()))),
                _ => FactEvent::Verified,
            };
            push(at, dice.below(40).saturating_sub(35) * 10, event);
        }
        out
    })
}
