//! 录入有误: taking back an exit, a death or an enrolment, once the page has said what changes by it.

use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::people::public_id;
use super::{Answer, Reply, chosen, once};
use crate::app::AppError;
use crate::domain::id::PublicId;
use crate::domain::in_error::InErrorWhy;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanTakeBack, Notice};
use crate::web::view::Slips;
use crate::web::view::in_error::InError;

async fn page(staff: &CanTakeBack<'_>, id: &PublicId, entries: Option<&Entries>, slips: Slips) -> Result<InError, Fault> {
    let page = staff.app.in_error_page(staff.actor(), id, staff.now).await?;
    Ok(InError::of(staff.shell("/people").await?, &page, &|at| staff.printed(at), staff.text(), (entries, slips)))
}

#[get("/people/<id>/in-error")]
async fn show(staff: CanTakeBack<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, &public_id(id)?, None, Slips::default()).await?)
}

#[post("/people/<id>/in-error", data = "<form>")]
async fn take_back(staff: CanTakeBack<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let act = chosen(entries, "act", |text| Uuid::parse_str(text).ok(), &mut slips);
    let why = chosen(entries, "why", InErrorWhy::from_word, &mut slips);
    let sure = entries.chose("sure", "yes");
    if !sure {
        slips.add("sure", "in-error-read-first");
    }
    if let (Some(act), Some(why), true) = (act, why, sure) {
        match staff.app.take_back_standing(staff.actor(), &id, (act, why), &once, staff.now).await {
            Ok(lost) => {
                let saved = Notice::plain("in-error-saved");
                staff.tell(&if lost == 0 { saved } else { Notice::with("in-error-saved-places", lost) });
                return Ok(Reply::go(format!("/people/{id}")));
            }
            Err(AppError::NotNow(not)) => slips.add("act", not.key),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&page(&staff, &id, Some(entries), slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![show, take_back]
}
