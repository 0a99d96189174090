//! Drives with shifts, and the list to sign.

use askama::Template;

use super::shell;
use crate::app::{DriveBoard, DriveRow, ShiftCase, TurnCase};
use crate::domain::Guarded;
use crate::domain::id::{DriveId, PublicId, ShiftId, TurnId};
use crate::domain::name::PersonName;
use crate::domain::shift::{ShiftTime, TurnState};
use crate::domain::volunteer::Quarters;
use crate::web::i18n::Lang;
use crate::web::view::Slips;
use crate::web::view::shift::{DriveOne, Drives, ShiftList, Typed};

fn drive() -> DriveRow {
    DriveRow {
        id: DriveId(uuid::Uuid::from_u128(9)),
        number: 1,
        name: "秋季招募".into(),
        place: "东桥广场".into(),
        town: None,
        day: "2026-11-23".parse::<chrono::NaiveDate>().expect("a day").into(),
        target: Some(60),
        donors_target: Some(20),
        donors: Some(13),
    }
}

fn shift(n: u128, times: (&str, &str), needed: u32, states: &[TurnState]) -> ShiftCase {
    let turn = |(at, state): (usize, &TurnState)| TurnCase {
        id: TurnId(uuid::Uuid::from_u128(n * 100 + at as u128)),
        version: 1,
        person: PublicId::from_random(at as u64),
        name: PersonName::parse(["赵甲一", "钱乙二", "孙丙三"][at % 3]).ok().map(Guarded::new),
        state: *state,
    };
    ShiftCase {
        id: ShiftId(uuid::Uuid::from_u128(n)),
        time: ShiftTime::parse(times.0, times.1).expect("a time"),
        needed,
        turns: states.iter().enumerate().map(turn).collect(),
    }
}

fn board(shifts: Vec<ShiftCase>) -> DriveBoard {
    DriveBoard { drive: drive(), registrations: 37, served: Quarters(14), shifts }
}

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    use TurnState::{Absent, Came, Planned};
    let shifts = || {
        vec![
            shift(1, ("09:00", "12:30"), 2, &[Came, Absent, Planned]),
            shift(2, ("13:00", "17:00"), 4, &[Planned]),
            shift(3, ("18:00", "20:00"), 1, &[]),
        ]
    };
    let mut slips = Slips::default();
    slips.add("from", "slip-shift-from");
    let one = |shifts, may_serve, slips| DriveOne::of(shell(lang, "/drive"), &board(shifts), may_serve, Typed::default(), slips).render();
    let entries = Default::default();
    let typed = Typed { shift: Some(&entries), ..Typed::default() };
    let pages: [(&'static str, Result<String, askama::Error>); 7] = [
        ("drives", Drives::of(shell(lang, "/drive"), &[drive()]).render()),
        ("drives-none", Drives::of(shell(lang, "/drive"), &[]).render()),
        ("drive-one", one(shifts(), true, Slips::default())),
        ("drive-one-recruiter", one(shifts(), false, Slips::default())),
        ("drive-one-new", one(Vec::new(), true, Slips::default())),
        ("drive-one-slips", DriveOne::of(shell(lang, "/drive"), &board(shifts()), true, typed, slips).render()),
        ("shift-list", ShiftList::of(shell(lang, "/drive"), &drive(), &shifts()).render()),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}
