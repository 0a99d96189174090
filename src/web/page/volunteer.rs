//! What is recorded of a volunteer on their page: teams, hours, certificates, skills.

use rocket::http::Status;
use rocket::{Route, post, routes};
use uuid::Uuid;

use super::people::{public_id, show_again};
use super::{Answer, Reply, chosen, day_told, once, typed_line};
use crate::app::AppError;
use crate::domain::Guarded;
use crate::domain::id::{PublicId, ServiceId};
use crate::domain::town::TownCode;
use crate::domain::volunteer::{Quarters, ServiceFact, Skill};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanServe, Notice};
use crate::web::view::Slips;

/// Saves a fact, or shows the page again with what has to be corrected. `fields` tells by which field of the form a field of the fact is asked.
async fn save(
    staff: &CanServe<'_>,
    id: &PublicId,
    entries: &Entries,
    fact: Option<ServiceFact>,
    mut slips: Slips,
    fields: &[(&'static str, &'static str)],
) -> Answer {
    if let Some(fact) = fact.filter(|_| slips.is_empty()) {
        let once = once(entries, &staff.app)?;
        match staff.app.record_service(staff.actor(), id, Guarded::new(fact), &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("service-recorded"));
                return Ok(Reply::go(format!("/people/{id}")));
            }
            Err(AppError::Input { field, .. }) => {
                let (_, name) = fields.iter().find(|(of, _)| *of == field).copied().ok_or(Fault(Status::BadRequest))?;
                slips.add(name, format!("slip-{name}"));
            }
            Err(other) => return Err(other.into()),
        }
    }
    show_again(staff, staff.staff(), id, entries, slips).await
}

#[post("/people/<id>/service/team", data = "<form>")]
async fn team(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let how = chosen(entries, "team-how", |word| ["join", "leave"].into_iter().find(|w| *w == word), &mut slips);
    let team = chosen(entries, "team-which", |number| number.parse::<u32>().ok(), &mut slips);
    let on = day_told(entries, "team-day", &mut slips);
    let fact = match (how, team, on) {
        (Some(how), Some(team), Some(day)) => Some(ServiceFact::Team { team, day, joined: how == "join" }),
        _ => None,
    };
    save(&staff, &id, entries, fact, slips, &[("team", "team-which"), ("team-day", "team-day")]).await
}

#[post("/people/<id>/service/hours", data = "<form>")]
async fn hours(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let on = day_told(entries, "served-day", &mut slips);
    let quarters = entries.read("served-hours", Quarters::parse).flatten();
    if quarters.is_none() {
        slips.add("served-hours", "slip-served-hours");
    }
    let drive = entries.read("served-drive", |text| Uuid::parse_str(text).ok()).flatten();
    let what = typed_line(entries, "served-what");
    let fact = match (on, quarters) {
        (Some(day), Some(quarters)) => Some(ServiceFact::Hours { day, quarters, what, drive, turn: None }),
        _ => None,
    };
    let fields = [("day", "served-day"), ("hours", "served-hours"), ("what", "served-what"), ("drive", "served-drive")];
    save(&staff, &id, entries, fact, slips, &fields).await
}

#[post("/people/<id>/service/certificate", data = "<form>")]
async fn certificate(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let issued = day_told(entries, "cert-issued", &mut slips);
    let expires = day_told(entries, "cert-expires", &mut slips);
    let number = typed_line(entries, "cert-number");
    let fact = issued.zip(expires).map(|(issued, expires)| ServiceFact::Certificate { number, issued, expires });
    let fields = [("number", "cert-number"), ("issued", "cert-issued"), ("expires", "cert-expires")];
    save(&staff, &id, entries, fact, slips, &fields).await
}

#[post("/people/<id>/service/skills", data = "<form>")]
async fn skills(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, slips) = (public_id(id)?, &form.0, Slips::default());
    let skills = Skill::ALL.iter().copied().filter(|skill| entries.chose("skill-which", skill.word())).collect();
    let town = entries.read("skill-town", |code| code.parse().ok().map(TownCode)).flatten();
    let town = town.filter(|town| staff.app.towns.by_code(*town).is_some());
    save(&staff, &id, entries, Some(ServiceFact::Skills { skills, town }), slips, &[]).await
}

#[post("/people/<id>/service/undo", data = "<form>")]
async fn undo(staff: CanServe<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let fact = form.0.read("fact", |text| Uuid::parse_str(text).ok()).flatten().ok_or(Status::BadRequest)?;
    let once = once(&form.0, &staff.app)?;
    staff.app.undo_service(staff.actor(), &id, ServiceId(fact), &once, staff.now).await?;
    staff.tell(&Notice::plain("service-undone"));
    Ok(Reply::go(format!("/people/{id}")))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![team, hours, certificate, skills, undo]
}
