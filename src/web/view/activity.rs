//! Publicity and mobilisation: the list with totals by year, the form of a further activity, and the list as a file.

use askama::Template;

use super::enrol::town_name;
use super::figures::{Way, ways};
use super::{Choice, Field, Select, Shell, Slips};
use crate::app::{ActivityLine, ActivityPage};
use crate::domain::activity::{Activity, ActivityKind, ActivityPlace, CAUSES};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::town::Towns;
use crate::reports::export::{Column, Table, Value};
use crate::web::form::Entries;
use crate::web::i18n::Text;

fn kind_word(kind: ActivityKind, text: Text) -> String {
    text.t(&format!("activity-kind-{}", kind.word()))
}

fn place_word(place: ActivityPlace, text: Text) -> String {
    text.t(&format!("activity-place-{}", place.word()))
}

fn registry_word(registry: Registry, text: Text) -> String {
    text.t(&format!("registry-{}", registry.word()))
}

/// The labels of the four counts, in the order of [`counts`].
const COUNTS: [&str; 4] = ["activity-reached", "activity-leaflets", "activity-staff", "activity-volunteers"];

fn counts(activity: &Activity) -> [u32; 4] {
    [activity.reached.get(), activity.leaflets.get(), activity.staff.get(), activity.volunteers.get()]
}

/// An activity in words.
#[derive(Debug)]
pub struct ActivityShown {
    /// Where it is struck out; empty where it was already, or whoever reads may not.
    pub strike: String,
    /// Its day.
    pub day: String,
    /// What was done.
    pub kind: String,
    /// For which registry.
    pub registry: String,
    /// Where, with the town.
    pub place: String,
    /// Label and number: reached, leaflets, staff, volunteers.
    pub counts: Vec<(String, u32)>,
    /// When it was recorded, and by whom.
    pub recorded: String,
    /// When it was struck out, and by whom; empty where it was not.
    pub struck: String,
}

/// Totals of a year and kind.
#[derive(Debug)]
pub struct TotalShown {
    /// The year.
    pub year: i32,
    /// What was done.
    pub kind: String,
    /// Label and number: activities, reached, leaflets, staff, volunteers.
    pub counts: Vec<(String, u64)>,
}

/// The form of a further activity.
#[derive(Debug)]
pub struct ActivityForm {
    /// What and for which registry.
    pub what: [Choice; 2],
    /// When.
    pub day: Field,
    /// Where: kind of place, town.
    pub place: [Select; 2],
    /// Reached, leaflets, staff, volunteers.
    pub counts: [Field; 4],
}

impl ActivityForm {
    fn of(s: &Shell, towns: &Towns, typed: Option<&Entries>, slips: &Slips) -> Self {
        let text = s.text();
        let kind = ActivityKind::ALL
            .iter()
            .fold(Choice::one(text, "kind", "activity-kind").columns(2), |c, kind| c.option(kind.word(), kind_word(*kind, text)));
        let registry = CAUSES
            .into_iter()
            .fold(Choice::one(text, "registry", "registry"), |c, registry| c.option(registry.word(), registry_word(registry, text)));
        let place = Select::new(text, "place", "activity-place").option("", text.t("choose"));
        let place = ActivityPlace::ALL.iter().fold(place, |s, place| s.option(place.word(), place_word(*place, text)));
        let town = Select::new(text, "town", "field-town").optional(text).option("", text.t("activity-no-town"));
        let town = towns.towns.iter().fold(town, |s, town| s.option(town.code.to_string(), town_name(Some(town.code), towns, text)));
        let number = |name, label: &str| Field::new(text, name, label).class("input--short").with(r#"inputmode="numeric""#);
        Self {
            what: [kind.refill(text, typed, slips), registry.chosen(Registry::OrganBody.word()).refill(text, typed, slips)],
            day: Field::new(text, "day", "activity-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(s.today.to_string())
                .refill(text, typed, slips),
            place: [place.refill(text, typed, slips), town.refill(text, typed, slips)],
            counts: [
                number("reached", "activity-reached").hint(text, "activity-reached-hint").refill(text, typed, slips),
                number("leaflets", "activity-leaflets").value("0").refill(text, typed, slips),
                number("staff", "activity-staff").value("0").refill(text, typed, slips),
                number("volunteers", "activity-volunteers").value("0").refill(text, typed, slips),
            ],
        }
    }
}

/// What was done, with totals.
#[derive(Debug, Template)]
#[template(path = "page/activities.html")]
pub struct Activities {
    /// The frame.
    pub s: Shell,
    /// The ways to the reports; none for who reads none.
    pub ways: Vec<Way>,
    /// The year shown; empty for all.
    pub year: String,
    /// The labels of an activity's counts.
    pub heads: Vec<String>,
    /// The activities.
    pub lines: Vec<ActivityShown>,
    /// The labels of a total's counts.
    pub total_heads: Vec<String>,
    /// Totals by year and kind.
    pub totals: Vec<TotalShown>,
    /// Where the same stand as a file.
    pub csv: String,
    /// Where the list goes on; empty where it ends.
    pub next: String,
    /// The form, for who may record.
    pub form: Option<ActivityForm>,
    /// Whether the form stands open: it has slips, or there is nothing else yet.
    pub open: bool,
    /// What is wrong with the form.
    pub slips: Slips,
}

impl Activities {
    /// The page.
    pub fn of(
        s: Shell,
        page: &ActivityPage,
        year: Option<i32>,
        towns: &Towns,
        printed: &dyn Fn(Timestamp) -> String,
        typed: Option<&Entries>,
        slips: Slips,
    ) -> Self {
        let text = s.text();
        let may_strike = s.may(Right::StrikeActivity);
        let query = year.map(|year| format!("year={year}"));
        let next = page.older.map(|(day, id)| match &query {
            Some(query) => format!("/activities?{query}&before={day}.{id}"),
            None => format!("/activities?before={day}.{id}"),
        });
        let heads: Vec<String> = COUNTS.iter().map(|key| text.t(key)).collect();
        let total_heads: Vec<String> = std::iter::once(text.t("activity-number")).chain(heads.iter().cloned()).collect();
        let totals = page.totals.lines().into_iter().map(|(year, kind, total)| {
            let numbers = [total.activities, total.reached, total.leaflets, total.staff, total.volunteers];
            TotalShown { year, kind: kind_word(kind, text), counts: total_heads.iter().cloned().zip(numbers).collect() }
        });
        let totals: Vec<TotalShown> = totals.collect();
        let lines: Vec<ActivityShown> = page.lines.iter().map(|line| shown(line, towns, printed, may_strike, text)).collect();
        Self {
            ways: if s.may(Right::Report) { ways(&s, "/activities", "") } else { Vec::new() },
            open: !slips.is_empty() || lines.is_empty() && year.is_none(),
            heads,
            lines,
            total_heads,
            totals,
            csv: query.map_or_else(|| "/activities.csv".to_owned(), |query| format!("/activities.csv?{query}")),
            year: year.map(|year| year.to_string()).unwrap_or_default(),
            next: next.unwrap_or_default(),
            form: s.may(Right::Activities).then(|| ActivityForm::of(&s, towns, typed, &slips)),
            slips,
            s,
        }
    }
}

fn shown(line: &ActivityLine, towns: &Towns, printed: &dyn Fn(Timestamp) -> String, may_strike: bool, text: Text) -> ActivityShown {
    let activity = &line.activity;
    let at_by = |at: Timestamp, by: &Option<String>| match by {
        Some(name) => format!("{} {name}", printed(at)),
        None => printed(at),
    };
    let town = town_name(activity.town, towns, text);
    let place = place_word(activity.place, text);
    ActivityShown {
        strike: if may_strike && line.struck.is_none() { format!("/activities/{}/strike", line.id) } else { String::new() },
        day: activity.held_on.day().to_string(),
        kind: kind_word(activity.kind, text),
        registry: registry_word(activity.registry, text),
        place: if town.is_empty() { place } else { format!("{place} · {town}") },
        counts: COUNTS.iter().map(|key| text.t(key)).zip(counts(activity)).collect(),
        recorded: at_by(line.at, &line.by),
        struck: line.struck.as_ref().map(|(at, by)| at_by(*at, by)).unwrap_or_default(),
    }
}

/// The activities as a table for a file. Whoever recorded them stands in the list and not in the file.
pub fn table(lines: &[ActivityLine], towns: &Towns, text: Text) -> Table {
    let keys = [
        ("day", "activity-day"),
        ("kind", "activity-kind"),
        ("registry", "registry"),
        ("place", "activity-place"),
        ("town", "field-town"),
        ("struck", "activity-struck-out"),
    ];
    let mut columns: Vec<Column> = keys.into_iter().map(|(key, label)| Column::text(key, text.t(label))).collect();
    let numbers = ["reached", "leaflets", "staff", "volunteers"];
    columns.extend(numbers.into_iter().zip(COUNTS).map(|(key, label)| Column::number(key, text.t(label))));
    let mut table = Table::new(text.t("activities"), columns);
    for line in lines {
        let activity = &line.activity;
        let mut row = vec![
            Value::Day(activity.held_on.day()),
            Value::text(kind_word(activity.kind, text)),
            Value::text(registry_word(activity.registry, text)),
            Value::text(place_word(activity.place, text)),
            Value::text(town_name(activity.town, towns, text)),
            Value::text(if line.struck.is_some() { text.t("activity-struck-out") } else { String::new() }),
        ];
        row.extend(counts(activity).into_iter().map(|n| Value::count(n.into())));
        table.rows.push(row);
    }
    table
}
