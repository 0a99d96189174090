//! 基层组织: the units of the branch, and the form for another.

use askama::Template;

use super::{Field, Select, Shell, Slips};
use crate::domain::town::Towns;
use crate::reports::units::Unit;

/// A unit in the list.
#[derive(Debug, Clone)]
pub struct UnitLine {
    /// Its number.
    pub number: u32,
    /// Its town's name.
    pub town: String,
    /// Its name.
    pub name: String,
    /// When it was founded.
    pub founded: String,
    /// The post to ask.
    pub contact: String,
    /// Its last day; empty while it stands.
    pub closed: String,
}

impl UnitLine {
    /// The line of a unit, with its town in the page's language.
    pub fn of(unit: &Unit, towns: &Towns, english: bool) -> Self {
        let named = |t: &crate::domain::town::Town| if english { t.name_en.clone() } else { t.name.clone() };
        Self {
            number: unit.number,
            town: towns.by_code(unit.town).map_or_else(|| unit.town.to_string(), named),
            name: unit.name.clone(),
            founded: unit.founded.to_string(),
            contact: unit.contact.clone(),
            closed: unit.closed.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

/// The units and the form for another.
#[derive(Debug, Template)]
#[template(path = "page/units.html")]
pub struct Units {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// How many towns have a unit today.
    pub covered: u64,
    /// How many towns there are.
    pub towns: u64,
    /// In which town.
    pub town: Select,
    /// Name, day of founding, post to ask.
    pub fields: [Field; 3],
    /// Every unit.
    pub lines: Vec<UnitLine>,
    /// Today, as a day is written.
    pub today: String,
}
