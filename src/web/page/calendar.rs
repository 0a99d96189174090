//! What a person will get, and what a coming policy changes.

use rocket::http::Status;
use rocket::{Route, get, routes};

use super::{Answer, Reply};
use crate::domain::id::PublicId;
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::guard::{CanFollowUp, CanSeePeople};
use crate::web::view::calendar::{CalendarPage, PolicyPage};

#[get("/people/<id>/calendar")]
async fn calendar(staff: CanSeePeople<'_>, id: &str) -> Answer {
    let id = PublicId::parse(id).ok_or(Fault(Status::NotFound))?;
    let found = staff.app.calendar(staff.actor(), &id, staff.now).await?;
    let readiness = staff.app.readiness(staff.actor(), &id, staff.now).await?;
    Reply::page(&CalendarPage::of(staff.shell("/people").await?, &found, readiness.as_ref(), staff.staff().roles.may(Right::FollowUp)))
}

#[get("/follow-up/policy")]
async fn policy(staff: CanFollowUp<'_>) -> Answer {
    let preview = staff.app.policy_preview(staff.actor(), staff.now).await?;
    Reply::page(&PolicyPage::of(staff.shell("/follow-up").await?, &preview))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![calendar, policy]
}
