//! Publicity and mobilisation, with and without activities.

use super::shell;
use crate::app::{ActivityLine, ActivityPage};
use crate::domain::activity::{Activity, ActivityKind, ActivityPlace, Crew, HeldOn, Reach, Totals};
use crate::domain::id::ActivityId;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::domain::town::{TownCode, Towns};
use crate::web::i18n::Lang;
use crate::web::view::Slips;
use crate::web::view::activity::Activities;
use askama::Template;

fn line(n: u128, on: &str, (kind, registry, place): (ActivityKind, Registry, ActivityPlace), reached: i64, struck: bool) -> ActivityLine {
    ActivityLine {
        id: ActivityId(uuid::Uuid::from_u128(n)),
        activity: Activity {
            kind,
            registry,
            held_on: HeldOn::recorded(on.parse().expect("a day")),
            place,
            town: (n != 3).then_some(TownCode(512_002_116)),
            reached: Reach::of(reached).expect("within bounds"),
            leaflets: Reach::of(reached * 2).expect("within bounds"),
            staff: Crew::of(2).expect("within bounds"),
            volunteers: Crew::of(6).expect("within bounds"),
        },
        at: Timestamp(0),
        by: (n != 3).then(|| "林样".to_owned()),
        struck: struck.then(|| (Timestamp(0), Some("林样".to_owned()))),
    }
}

fn page(lines: Vec<ActivityLine>) -> ActivityPage {
    let mut totals = Totals::default();
    for line in &lines {
        totals.add(&line.activity, line.struck.is_some());
    }
    let older = lines.last().map(|line| (line.activity.held_on.day(), line.id));
    ActivityPage { lines, totals, older }
}

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    use ActivityKind::{Mobilisation, Publicity};
    let lines = || {
        vec![
            line(1, "2026-11-20", (Publicity, Registry::OrganBody, ActivityPlace::Community), 180, false),
            line(2, "2026-11-08", (Publicity, Registry::StemCell, ActivityPlace::School), 1_250, true),
            line(3, "2026-03-05", (Mobilisation, Registry::OrganBody, ActivityPlace::Hospital), 14, false),
            line(4, "2025-12-02", (Publicity, Registry::Blood, ActivityPlace::Street), 300, false),
        ]
    };
    let towns = Towns::shipped();
    let mut wrong = Slips::default();
    wrong.add("day", "slip-activity-day");
    wrong.add("reached", "slip-activity-reached");
    let one = |current, lines, year, slips| {
        Activities::of(shell(lang, current), &page(lines), year, &towns, &|_| "2026-11-23 10:58".to_owned(), None, slips).render()
    };
    let pages: [(&'static str, Result<String, askama::Error>); 4] = [
        ("activities", one("/reports", lines(), None, Slips::default())),
        ("activities-of-a-year", one("/reports", lines(), Some(2026), Slips::default())),
        ("activities-none", one("/drive", Vec::new(), None, Slips::default())),
        ("activities-slips", one("/reports", lines(), None, wrong)),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}
