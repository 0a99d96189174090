//! 家属回访: a family's agreement to be called, the calls, and their end.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::care::{Wish, about, how_told, taken_in, version_of};
use super::match_request::matter_id;
use super::{Answer, Reply, once};
use crate::app::FamilyForm;
use crate::domain::family_contact::Heard;
use crate::domain::id::MatterId;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanWorkUrgent, Notice};
use crate::web::view::Slips;
use crate::web::view::care::CareNew;
use crate::web::view::family::{FamilyCallPage, FamilyShown};

async fn agree_form(staff: &CanWorkUrgent<'_>, id: MatterId, entries: Option<&Entries>, slips: Slips) -> Result<CareNew, Fault> {
    let text = staff.text();
    Ok(CareNew {
        s: staff.shell("/urgent").await?,
        path: format!("/care/family/{id}/contact"),
        title: text.t("family-calls-new"),
        lead: text.t("family-calls-new-lead"),
        fields: about(staff, entries, &slips, "care-relation-family"),
        told: Some(how_told(staff, entries, &slips)),
        slips,
    })
}

#[get("/care/family/<id>/contact")]
async fn new(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    let id = matter_id(id)?;
    staff.app.care_may(staff.actor(), id).await?;
    Reply::page(&agree_form(&staff, id, None, Slips::default()).await?)
}

#[post("/care/family/<id>/contact", data = "<form>")]
async fn agree(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (matter_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    staff.app.care_may(staff.actor(), id).await?;
    if let Some(Wish { name, relation, contact, told, day }) = Wish::read(entries, &mut slips) {
        let form = FamilyForm { name, relation, contact, told, day };
        let done = staff.app.agree_to_calls(staff.actor(), id, &form, &once, staff.now).await;
        if let Some(list) = taken_in(&staff, done, "family-calls-saved", &mut slips)? {
            return Ok(list);
        }
    }
    Reply::again(&agree_form(&staff, id, Some(entries), slips).await?)
}

#[get("/care/contact/<id>")]
async fn call(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    let line = staff.app.family_call(staff.actor(), matter_id(id)?, staff.now).await?;
    Reply::page(&FamilyCallPage { s: staff.shell("/urgent").await?, line: FamilyShown::of(&line, false, staff.text()), opened: false })
}

#[post("/care/contact/<id>/open", data = "<_form>")]
async fn open(staff: CanWorkUrgent<'_>, id: &str, _form: Posted) -> Answer {
    let line = staff.app.open_family_call(staff.actor(), matter_id(id)?, staff.now).await?;
    Reply::page(&FamilyCallPage { s: staff.shell("/urgent").await?, line: FamilyShown::of(&line, true, staff.text()), opened: true })
}

#[post("/care/contact/<id>/step", data = "<form>")]
async fn step(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = version_of(entries)?;
    let heard = entries.read("what", Heard::from_word).flatten().ok_or(Status::BadRequest)?;
    staff.app.note_family_call(staff.actor(), (id, version), heard, &once(entries, &staff.app)?, staff.now).await?;
    staff.tell(&Notice::plain("family-noted"));
    Ok(Reply::go(format!("/care/contact/{id}")))
}

#[post("/care/contact/<id>/end", data = "<form>")]
async fn end(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = version_of(entries)?;
    staff.app.end_family_calls(staff.actor(), (id, version), &once(entries, &staff.app)?, staff.now).await?;
    staff.tell(&Notice::plain("family-ended"));
    Ok(Reply::go("/care"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![new, agree, call, open, step, end]
}
