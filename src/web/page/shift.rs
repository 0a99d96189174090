//! Drives as a whole: targets against what was reached, shifts, who came, the list to sign.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, once, slip_of, typed, typed_line};
use crate::app::{AppError, Targets};
use crate::domain::id::{DriveId, ShiftId, TurnId};
use crate::domain::role::Right;
use crate::domain::shift::{ShiftTime, TurnAct};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanPlanDrives, CanServe, Ctx, Notice};
use crate::web::view::Slips;
use crate::web::view::shift::{DriveOne, Drives, ShiftList, Typed};

fn id_of<T>(text: &str, of: impl Fn(Uuid) -> T) -> Result<T, Fault> {
    Uuid::parse_str(text).map(of).map_err(|_| Fault(Status::NotFound))
}

#[get("/drives")]
async fn drives(staff: CanPlanDrives<'_>) -> Answer {
    let all = staff.app.drives(staff.actor()).await?;
    Reply::page(&Drives::of(staff.shell("/drive").await?, &all))
}

/// The page of a drive, with the form that has slips as it was filled in.
async fn board(ctx: &Ctx<'_>, actor: crate::app::Actor, id: DriveId, typed: Typed<'_>, slips: Slips) -> Result<DriveOne, Fault> {
    let board = ctx.app.drive_board(actor, id).await?;
    let may_serve = actor.needs(Right::Service).is_ok();
    Ok(DriveOne::of(ctx.shell("/drive").await?, &board, may_serve, typed, slips))
}

#[get("/drives/<id>")]
async fn drive(staff: CanPlanDrives<'_>, id: &str) -> Answer {
    let id = id_of(id, DriveId)?;
    Reply::page(&board(&staff, staff.actor(), id, Typed::default(), Slips::default()).await?)
}

/// A number of a field; a slip where something else was typed.
fn number(entries: &Entries, name: &'static str, slips: &mut Slips) -> Option<u32> {
    let read = entries.number(name).and_then(|n| u32::try_from(n).ok());
    if entries.filled(name) && read.is_none() {
        slips.add(name, format!("slip-shift-{name}"));
    }
    read
}

#[post("/drives/<id>/targets", data = "<form>")]
async fn targets(staff: CanPlanDrives<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (id_of(id, DriveId)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let told = Targets {
        registrations: number(entries, "target", &mut slips),
        donors_target: number(entries, "donors-target", &mut slips),
        donors: number(entries, "donors", &mut slips),
    };
    if slips.is_empty() {
        match staff.app.set_targets(staff.actor(), id, told, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("targets-saved"));
                return Ok(Reply::go(format!("/drives/{id}")));
            }
            Err(error) => slip_of(error, "shift", &mut slips)?,
        }
    }
    Reply::again(&board(&staff, staff.actor(), id, Typed { targets: Some(entries), ..Typed::default() }, slips).await?)
}

#[post("/drives/<id>/shifts", data = "<form>")]
async fn add(staff: CanPlanDrives<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (id_of(id, DriveId)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let time = ShiftTime::parse(&typed_line(entries, "from"), &typed_line(entries, "to"));
    if time.is_none() {
        slips.add("from", "slip-shift-from");
    }
    let needed = number(entries, "needed", &mut slips);
    if let Some((time, needed)) = time.zip(needed.or(Some(0))).filter(|_| slips.is_empty()) {
        match staff.app.add_shift(staff.actor(), id, (time, needed), &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("shift-added"));
                return Ok(Reply::go(format!("/drives/{id}")));
            }
            Err(error) => slip_of(error, "shift", &mut slips)?,
        }
    }
    Reply::again(&board(&staff, staff.actor(), id, Typed { shift: Some(entries), ..Typed::default() }, slips).await?)
}

#[post("/shifts/<id>/drop", data = "<form>")]
async fn drop(staff: CanPlanDrives<'_>, id: &str, form: Posted) -> Answer {
    let once = once(&form.0, &staff.app)?;
    let drive = staff.app.drop_shift(staff.actor(), id_of(id, ShiftId)?, &once, staff.now).await?;
    staff.tell(&Notice::plain("shift-dropped"));
    Ok(Reply::go(format!("/drives/{drive}")))
}

#[post("/shifts/<id>/assign", data = "<form>")]
async fn assign(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (id_of(id, ShiftId)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    match staff.app.assign(staff.actor(), id, &typed(entries, "who"), &once, staff.now).await {
        Ok(drive) => {
            staff.tell(&Notice::plain("shift-assigned"));
            return Ok(Reply::go(format!("/drives/{drive}")));
        }
        Err(AppError::Input { field: "who-twice", .. }) => slips.add("who", "slip-shift-who-twice"),
        Err(error) => slip_of(error, "shift", &mut slips)?,
    }
    let drive = staff.app.drive_of(id).await?;
    let typed = Typed { who: Some((id, entries)), ..Typed::default() };
    Reply::again(&board(&staff, staff.actor(), drive, typed, slips).await?)
}

#[post("/turns/<id>", data = "<form>")]
async fn note(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let entries = &form.0;
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let act = entries.read("act", TurnAct::from_word).flatten().filter(|a| *a != TurnAct::Plan).ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let drive = staff.app.note_turn(staff.actor(), (id_of(id, TurnId)?, version), act, &once, staff.now).await?;
    staff.tell(&Notice::plain("shift-noted"));
    Ok(Reply::go(format!("/drives/{drive}")))
}

#[post("/drives/<id>/list", data = "<_form>")]
async fn list(staff: CanServe<'_>, id: &str, _form: Posted) -> Answer {
    let (drive, shifts) = staff.app.shift_list(staff.actor(), id_of(id, DriveId)?, staff.now).await?;
    Reply::page(&ShiftList::of(staff.shell("/drive").await?, &drive, &shifts))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![drives, drive, targets, add, drop, assign, note, list]
}
