//! Drives as a whole: the list, one drive with targets, shifts and who came, and the list to sign on paper.

use askama::Template;

use super::chart::{Svg, ruler};
use super::drive::DriveLine;
use super::{Field, Shell, Slips, mask};
use crate::app::{DriveBoard, DriveRow, ShiftCase, TurnCase};
use crate::domain::Guarded;
use crate::domain::id::ShiftId;
use crate::domain::shift::{TurnAct, TurnState};
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// The drives.
#[derive(Debug, Template)]
#[template(path = "page/drives.html")]
pub struct Drives {
    /// The frame.
    pub s: Shell,
    /// Where each leads, and the drive: the latest first.
    pub lines: Vec<(String, DriveLine)>,
}

impl Drives {
    /// The page.
    pub fn of(s: Shell, drives: &[DriveRow]) -> Self {
        Self { lines: drives.iter().map(|d| (format!("/drives/{}", d.id), line(d))).collect(), s }
    }
}

fn line(drive: &DriveRow) -> DriveLine {
    DriveLine { name: drive.name.clone(), place: drive.place.clone(), day: drive.day.0.to_string() }
}

/// What was typed into a form of the page that has slips.
#[derive(Default)]
pub struct Typed<'a> {
    /// The targets.
    pub targets: Option<&'a Entries>,
    /// Another shift.
    pub shift: Option<&'a Entries>,
    /// Who is put on which shift.
    pub who: Option<(ShiftId, &'a Entries)>,
}

/// A place in a shift, masked.
#[derive(Debug, Clone)]
pub struct TurnShown {
    /// Where it is noted.
    pub href: String,
    /// The version to give back.
    pub version: i64,
    /// Whose, also the address.
    pub person: String,
    /// Masked name.
    pub name: String,
    /// Where it stands.
    pub state: String,
    /// `ok`, `stop` or nothing.
    pub class: &'static str,
    /// What can be noted: word and text.
    pub acts: Vec<(&'static str, String)>,
}

impl TurnShown {
    fn of(turn: &TurnCase, text: Text) -> Self {
        let acts = [TurnAct::Came, TurnAct::Absent, TurnAct::Off].into_iter().filter(|act| turn.state.after(*act).is_ok());
        Self {
            href: format!("/turns/{}", turn.id),
            version: turn.version,
            person: turn.person.to_string(),
            name: turn.name.as_ref().map_or_else(|| text.t("empty-value"), |n| mask::name(n.reveal())),
            state: text.t(&format!("turn-{}", turn.state.word())),
            class: match turn.state {
                TurnState::Came => "ok",
                TurnState::Absent => "stop",
                TurnState::Planned | TurnState::Off => "",
            },
            acts: acts.map(|act| (act.word(), text.t(&format!("turn-act-{}", act.word())))).collect(),
        }
    }
}

/// A shift.
#[derive(Debug)]
pub struct ShiftShown {
    /// Its id, part of the address of what is posted.
    pub id: String,
    /// From when to when.
    pub time: String,
    /// How many are expected or came, of how many that are needed.
    pub filled: String,
    /// `ok` where there are enough, else `warn`.
    pub class: &'static str,
    /// Who came, in words; empty before anybody was noted.
    pub came: String,
    /// The places.
    pub turns: Vec<TurnShown>,
    /// Whether it may be dropped: nobody has a place.
    pub empty: bool,
    /// Whether the form of this shift has slips.
    pub wrong: bool,
    /// What was typed into its form, where that has slips.
    typed: Guarded<String>,
}

impl ShiftShown {
    fn typed(&self) -> &str {
        self.typed.reveal()
    }
}

/// One drive.
#[derive(Debug, Template)]
#[template(path = "page/drive_one.html")]
pub struct DriveOne {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Its address.
    pub href: String,
    /// Name, place, day.
    pub drive: DriveLine,
    /// What was reached of what was hoped for: label, figure, target in words, ruler where there is a target.
    pub reached: Vec<(String, u64, String, Option<Svg>)>,
    /// Hours served.
    pub served: String,
    /// Registrations and donors hoped for, donors counted.
    pub targets: [Field; 3],
    /// Which form has slips: `targets`, `shift`, `who` or nothing.
    pub wrong: &'static str,
    /// The shifts.
    pub shifts: Vec<ShiftShown>,
    /// From, to, needed.
    pub fresh: [Field; 3],
    /// Whether names are shown and who came may be noted.
    pub may_serve: bool,
}

impl DriveOne {
    /// The page.
    pub fn of(s: Shell, board: &DriveBoard, may_serve: bool, typed: Typed<'_>, slips: Slips) -> Self {
        let text = s.text();
        let drive = &board.drive;
        let positive = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
        let reached = |key: &str, count: u64, target: Option<u64>| {
            let words = target.map_or_else(|| text.t("shift-no-target"), |t| text.n("shift-of-target", t));
            let label = |t: u64| format!("{} {}", text.t(key), text.nm("shift-ruler", count, t));
            (text.t(key), count, words, target.map(|t| ruler(250, count, t, &label(t), &text.t("drive-target"))))
        };
        let number = |name, label| Field::new(text, name, label).optional(text).class("input--short").with(r#"inputmode="numeric""#);
        let filled = |field: Field, value: Option<i64>| match value {
            Some(value) => field.value(value.to_string()),
            None => field,
        };
        let wrong = match (typed.targets, typed.shift, typed.who) {
            (Some(_), ..) => "targets",
            (_, Some(_), _) => "shift",
            (.., Some(_)) => "who",
            _ => "",
        };
        let time = |name, label| {
            Field::new(text, name, label).class("input--short").kind("time").with(r#"step="900""#).refill(text, typed.shift, &slips)
        };
        Self {
            href: format!("/drives/{}", drive.id),
            drive: line(drive),
            reached: vec![
                reached("shift-registrations", board.registrations, positive(drive.target)),
                reached("shift-donors", positive(drive.donors).unwrap_or(0), positive(drive.donors_target)),
            ],
            served: board.served.to_string(),
            targets: [
                filled(number("target", "field-drive-target"), drive.target).refill(text, typed.targets, &slips),
                filled(number("donors-target", "shift-donors-target"), drive.donors_target).refill(text, typed.targets, &slips),
                filled(number("donors", "shift-donors-counted"), drive.donors).refill(text, typed.targets, &slips),
            ],
            wrong,
            shifts: board.shifts.iter().map(|shift| shown(shift, &typed, text)).collect(),
            fresh: [
                time("from", "shift-from"),
                time("to", "shift-to"),
                Field::new(text, "needed", "shift-needed").class("input--short").with(r#"inputmode="numeric""#).refill(
                    text,
                    typed.shift,
                    &slips,
                ),
            ],
            may_serve,
            slips,
            s,
        }
    }
}

fn shown(shift: &ShiftCase, typed: &Typed<'_>, text: Text) -> ShiftShown {
    let there = shift.count(&[TurnState::Planned, TurnState::Came]);
    let noted = shift.count(&[TurnState::Came, TurnState::Absent]);
    let sent = typed.who.filter(|(id, _)| *id == shift.id).map(|(_, entries)| entries);
    let typed = sent.and_then(|entries| entries.text("who"));
    ShiftShown {
        id: shift.id.to_string(),
        time: shift.time.to_string(),
        filled: text.nm("shift-filled", there as u64, shift.needed),
        class: if there as u64 >= u64::from(shift.needed) { "ok" } else { "warn" },
        came: if noted == 0 { String::new() } else { text.nm("shift-came", shift.count(&[TurnState::Came]) as u64, noted as u64) },
        turns: shift.turns.iter().map(|turn| TurnShown::of(turn, text)).collect(),
        empty: shift.turns.is_empty(),
        wrong: sent.is_some(),
        typed: typed.unwrap_or_else(|| Guarded::new(String::new())),
    }
}

/// A shift on paper: its time, and the names with room to sign.
#[derive(Debug)]
pub struct ShiftPaper {
    /// From when to when.
    pub time: String,
    names: Vec<Guarded<String>>,
    /// Empty lines for who comes without having been expected.
    pub room: usize,
}

impl ShiftPaper {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.reveal().as_str())
    }
}

/// The list to sign: names, never a number of anybody.
#[derive(Debug, Template)]
#[template(path = "print/shifts.html")]
pub struct ShiftList {
    /// The frame.
    pub s: Shell,
    /// Where it leads back to.
    pub href: String,
    /// Name, place, day.
    pub drive: DriveLine,
    /// The shifts.
    pub shifts: Vec<ShiftPaper>,
}

/// Empty lines on a shift's list at least.
const ROOM: usize = 2;

impl ShiftList {
    /// The page.
    pub fn of(s: Shell, drive: &DriveRow, shifts: &[ShiftCase]) -> Self {
        let paper = |shift: &ShiftCase| ShiftPaper {
            time: shift.time.to_string(),
            names: shift
                .turns
                .iter()
                .map(|t| Guarded::new(t.name.as_ref().map(|n| n.reveal().as_str().to_owned()).unwrap_or_default()))
                .collect(),
            room: (shift.needed as usize).saturating_sub(shift.turns.len()).max(ROOM),
        };
        Self { href: format!("/drives/{}", drive.id), drive: line(drive), shifts: shifts.iter().map(paper).collect(), s }
    }
}
