//! Publicity and mobilisation (宣传, 动员): what was done, totals by year, and the form of a further activity.

use chrono::NaiveDate;
use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Download, Reply, chosen, day_told, once, slip_of};
use crate::app::{Actor, AppError, Behind};
use crate::domain::activity::{Activity, ActivityKind, ActivityPlace, HeldOn, UpTo, cause};
use crate::domain::id::ActivityId;
use crate::domain::role::Right;
use crate::domain::town::TownCode;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanRecordActivities, CanSeeActivities, CanStrikeActivities, Ctx, Notice};
use crate::web::view::Slips;
use crate::web::view::activity::{Activities, table};

/// Activities shown at a time.
const LINES: u64 = 100;

/// A place in the list as the page's own links write it: `2026-11-20.UUID`.
fn behind(text: &str) -> Option<Behind> {
    let (day, id) = text.split_once('.')?;
    Some((day.parse().ok()?, ActivityId(Uuid::parse_str(id).ok()?)))
}

/// The page, with the form as it was filled in where it has slips.
async fn page(
    ctx: &Ctx<'_>,
    actor: Actor,
    (year, behind): (Option<i32>, Option<Behind>),
    typed: Option<&Entries>,
    slips: Slips,
) -> Result<Activities, Fault> {
    let found = ctx.app.activities(actor, year, behind, LINES).await?;
    let reports = actor.needs(Right::Report).is_ok();
    let s = ctx.shell(if reports { "/reports" } else { "/drive" }).await?;
    Ok(Activities::of(s, &found, year, &ctx.app.towns, &|at| ctx.printed(at), typed, slips))
}

#[get("/activities?<year>&<before>")]
async fn list(staff: CanSeeActivities<'_>, year: Option<i32>, before: Option<&str>) -> Answer {
    Reply::page(&page(&staff, staff.actor(), (year, before.and_then(behind)), None, Slips::default()).await?)
}

#[get("/activities.csv?<year>")]
async fn file(staff: CanSeeActivities<'_>, year: Option<i32>) -> Answer {
    let lines = staff.app.all_activities(staff.actor(), year).await?;
    let bytes = table(&lines, &staff.app.towns, staff.text()).to_csv().map_err(AppError::Report)?;
    let name = year.map_or_else(|| staff.today().to_string(), |year| year.to_string());
    Ok(Reply::File(Download::csv(format!("activities-{name}.csv"), bytes)))
}

/// A count of a field; a slip where something else was typed, or nothing.
fn count<const MOST: u32>(entries: &Entries, name: &'static str, slips: &mut Slips) -> Option<UpTo<MOST>> {
    let read = entries.number(name).and_then(|n| i64::try_from(n).ok()).and_then(UpTo::of);
    if read.is_none() {
        slips.add(name, format!("slip-activity-{name}"));
    }
    read
}

/// The day of an activity; a slip where it is no date, still to come, or too long ago.
fn held_on(entries: &Entries, today: NaiveDate, slips: &mut Slips) -> Option<HeldOn> {
    let held = HeldOn::told(day_told(entries, "day", slips)?, today);
    if held.is_none() {
        slips.add("day", "slip-activity-day");
    }
    held
}

/// The activity that a form tells of; every slip is gathered.
fn activity(entries: &Entries, today: NaiveDate, slips: &mut Slips) -> Option<Activity> {
    let kind = chosen(entries, "kind", ActivityKind::from_word, slips);
    let registry = chosen(entries, "registry", cause, slips);
    let held_on = held_on(entries, today, slips);
    let place = chosen(entries, "place", ActivityPlace::from_word, slips);
    let town = entries.read("town", |code| code.parse().ok().map(TownCode));
    if town == Some(None) {
        slips.add("town", "slip-activity-town");
    }
    let (reached, leaflets) = (count(entries, "reached", slips), count(entries, "leaflets", slips));
    let (staff, volunteers) = (count(entries, "staff", slips), count(entries, "volunteers", slips));
    Some(Activity {
        kind: kind?,
        registry: registry?,
        held_on: held_on?,
        place: place?,
        town: town.flatten(),
        reached: reached?,
        leaflets: leaflets?,
        staff: staff?,
        volunteers: volunteers?,
    })
}

#[post("/activities", data = "<form>")]
async fn record(staff: CanRecordActivities<'_>, form: Posted) -> Answer {
    let (entries, mut slips) = (&form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let told = activity(entries, staff.today(), &mut slips);
    if let Some(told) = told.filter(|_| slips.is_empty()) {
        match staff.app.record_activity(staff.actor(), told, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("activity-recorded"));
                return Ok(Reply::go("/activities"));
            }
            Err(error) => slip_of(error, "activity", &mut slips)?,
        }
    }
    Reply::again(&page(&staff, staff.actor(), (None, None), Some(entries), slips).await?)
}

#[post("/activities/<id>/strike", data = "<form>")]
async fn strike(staff: CanStrikeActivities<'_>, id: &str, form: Posted) -> Answer {
    let id = Uuid::parse_str(id).map(ActivityId).map_err(|_| Fault(Status::NotFound))?;
    staff.app.strike_activity(staff.actor(), id, &once(&form.0, &staff.app)?, staff.now).await?;
    staff.tell(&Notice::plain("activity-struck"));
    Ok(Reply::go("/activities"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, file, record, strike]
}
