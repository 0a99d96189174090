//! 查看身份: asking for an identity, and the manager's answer.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::people::{again_masked, public_id};
use super::{Answer, Reply};
use crate::app::Opening;
use crate::domain::id::DisclosureId;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanApproveDisclosure, CanSeePeople, Notice};
use crate::web::view::Slips;
use crate::web::view::disclosure::{DisclosureShown, Disclosures};

#[post("/people/<id>/ask", data = "<form>")]
async fn ask(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let Some(why) = form.0.read("reason", Opening::from_word).flatten() else {
        let mut slips = Slips::default();
        slips.add("reason", "slip-reason");
        return again_masked(&staff, &id, slips).await;
    };
    staff.app.ask_disclosure(staff.actor(), &id, why, staff.now).await?;
    staff.tell(&Notice::plain("disclosure-asked"));
    Ok(Reply::go(format!("/people/{id}")))
}

#[get("/disclosures")]
async fn waiting(staff: CanApproveDisclosure<'_>) -> Answer {
    let text = staff.text();
    let lines = staff.app.disclosures(staff.actor()).await?;
    Reply::page(&Disclosures {
        s: staff.shell("/people").await?,
        lines: lines
            .into_iter()
            .map(|line| DisclosureShown {
                href: format!("/disclosures/{}", line.id),
                by: line.by,
                person: line.public_id.map(|id| id.to_string()).unwrap_or_default(),
                reason: text.t(&format!("reason-{}", line.reason)),
                at: staff.printed(line.at),
                own: line.own,
            })
            .collect(),
    })
}

#[post("/disclosures/<id>", data = "<form>")]
async fn decide(staff: CanApproveDisclosure<'_>, id: &str, form: Posted) -> Answer {
    let id = Uuid::parse_str(id).map(DisclosureId).map_err(|_| Fault(Status::NotFound))?;
    let agreed = match () {
        () if form.0.chose("step", "agree") => true,
        () if form.0.chose("step", "refuse") => false,
        () => return Err(Status::BadRequest.into()),
    };
    staff.app.decide_disclosure(staff.actor(), id, agreed, staff.now).await?;
    staff.tell(&Notice::plain("disclosure-decided"));
    Ok(Reply::go("/disclosures"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![ask, waiting, decide]
}
