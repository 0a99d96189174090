//! What other systems know of registrations: entering a number, the red list, closing what is due.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, day, once, slip_of, typed};
use crate::domain::id::{OutsideId, PublicId};
use crate::domain::outside::OutsideSystem;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanSeeOutside, Notice};
use crate::web::view::outside::{Happened, OutsidePage, RedList};
use crate::web::view::urgent::{RedLine, number};
use crate::web::view::{Field, Slips};

#[get("/outside")]
async fn list(staff: CanSeeOutside<'_>) -> Answer {
    let text = staff.text();
    let red = staff.app.red_list(staff.actor()).await?;
    Reply::page(&RedList {
        s: staff.shell("/urgent").await?,
        red: red.iter().map(|l| RedLine::of(l, true, text)).collect(),
        unentered: staff.app.unentered(OutsideSystem::NationalOrgan).await?,
    })
}

fn outside_id(text: &str) -> Result<OutsideId, Fault> {
    Uuid::parse_str(text).map(OutsideId).map_err(|_| Fault(Status::NotFound))
}

async fn page(staff: &CanSeeOutside<'_>, id: OutsideId, entries: Option<&Entries>, slips: Slips) -> Result<OutsidePage, Fault> {
    let text = staff.text();
    let item = staff.app.outside_item(staff.actor(), id, staff.now).await?;
    Ok(OutsidePage {
        s: staff.shell("/urgent").await?,
        path: format!("/outside/{id}"),
        person: item.line.public_id.to_string(),
        what: RedLine::of(&item.line, true, text).what,
        number: number(item.line.number.as_ref()),
        due: item.line.state.is_due(),
        fields: [
            Field::new(text, "day", "outside-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(staff.today().to_string())
                .refill(text, entries, &slips),
            Field::new(text, "evidence", "outside-evidence").hint(text, "outside-evidence-hint").rows(3).refill(text, entries, &slips),
        ],
        steps: item.steps.iter().map(|s| Happened::of(s, &staff.printed(s.at), text)).collect(),
        version: item.line.version,
        slips,
    })
}

#[get("/outside/<id>")]
async fn one(staff: CanSeeOutside<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, outside_id(id)?, None, Slips::default()).await?)
}

#[post("/outside/<id>", data = "<form>")]
async fn close(staff: CanSeeOutside<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (outside_id(id)?, &form.0);
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    let on = day(entries, "day", &mut slips);
    if on.is_none() && slips.is_empty() {
        slips.add("day", "slip-date-bad");
    }
    if let Some(on) = on {
        match staff.app.finish_outside(staff.actor(), (id, version), on, &typed(entries, "evidence"), &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("outside-closed"));
                return Ok(Reply::go("/outside"));
            }
            Err(error) => slip_of(error, "outside", &mut slips)?,
        }
    }
    Reply::again(&page(&staff, id, Some(entries), slips).await?)
}

#[post("/people/<id>/outside", data = "<form>")]
async fn enter(staff: CanSeeOutside<'_>, id: &str, form: Posted) -> Answer {
    let public = PublicId::parse(id).ok_or(Fault(Status::NotFound))?;
    let entries = &form.0;
    let system = entries.read("system", OutsideSystem::from_word).flatten().ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let told = (&typed(entries, "number"), staff.today());
    match staff.app.enter_outside(staff.actor(), &public, system, told, &once, staff.now).await {
        Ok(()) => {
            staff.tell(&Notice::plain("outside-entered"));
            Ok(Reply::go(format!("/people/{public}")))
        }
        Err(error) => {
            let mut slips = Slips::default();
            slip_of(error, "outside", &mut slips)?;
            for slip in &mut slips.0 {
                slip.field = "outside";
            }
            super::people::again(&staff, &public, slips).await
        }
    }
}

#[post("/people/<id>/grid", data = "<form>")]
async fn grid(staff: CanSeeOutside<'_>, id: &str, form: Posted) -> Answer {
    let public = PublicId::parse(id).ok_or(Fault(Status::NotFound))?;
    let once = once(&form.0, &staff.app)?;
    let mut slips = Slips::default();
    match staff.app.enter_grid(staff.actor(), &public, &typed(&form.0, "grid"), &once, staff.now).await {
        Ok(Ok(())) => {
            staff.tell(&Notice::plain("grid-entered"));
            return Ok(Reply::go(format!("/people/{public}")));
        }
        Ok(Err(flaw)) => slips.add("grid", flaw.key()),
        Err(error) => slip_of(error, "outside", &mut slips)?,
    }
    super::people::again(&staff, &public, slips).await
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, one, close, enter, grid]
}
