//! What the tests of this room build their histories from.

use chrono::NaiveDate;

use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::StatId;
use crate::domain::registry::Registry;

/// A day from its text.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A registrant by number.
pub fn id(who: u128) -> StatId {
    StatId(uuid::Uuid::from_u128(who))
}

/// What happened to a stem-cell registrant born in 1990, told at the office on its day.
pub fn fact(who: u128, on: &str, event: FactEvent) -> Fact {
    Fact {
        stat_id: id(who),
        registry: Registry::StemCell,
        day: day(on),
        recorded: day(on),
        event,
        town: None,
        sex: None,
        birth_year: Some(1990),
        channel: Channel::Office,
        drive: None,
        turn: 0,
        dayless: false,
    }
}
