//! Forms to print.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::people::public_id;
use super::{Answer, Reply};
use crate::app::Opening;
use crate::domain::registry::Registry;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanEnrol, CanSeePeople};
use crate::web::view::print::{Card, Confirmation, Filled, OrganForm, ServiceStatement, SignUpSheet};

#[get("/print/sheet/<registry>")]
async fn sheet(staff: CanEnrol<'_>, registry: &str) -> Answer {
    let registry = Registry::from_word(registry).ok_or(Fault(Status::NotFound))?;
    Reply::page(&SignUpSheet::of(staff.shell("/drive").await?, registry, &staff.app.texts))
}

#[get("/print/organ-body")]
async fn blank(staff: CanEnrol<'_>) -> Answer {
    Reply::page(&OrganForm::of(staff.shell("/drive").await?, Filled::blank(staff.text())))
}

#[post("/people/<id>/print", data = "<form>")]
async fn print(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let which = ["confirmation", "organ-body", "card", "service"].into_iter().find(|word| form.0.chose("form", word));
    let which = which.ok_or(Fault(Status::BadRequest))?;
    // The identity leaves the process on paper: opened, and logged, as on the screen.
    let page = staff.app.disclose(staff.actor(), &id, Opening::Request, staff.now).await?;
    let of = Filled::of(&page, staff.text());
    let s = staff.shell("/people").await?;
    match which {
        "confirmation" => Reply::page(&Confirmation { s, of }),
        "service" => Reply::page(&ServiceStatement::of(s, of, &page).ok_or(Fault(Status::NotFound))?),
        "organ-body" => Reply::page(&OrganForm::of(s, of)),
        _ => Reply::page(&Card { phone: staff.app.duty_phone().await?, s, of }),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![sheet, blank, print]
}
