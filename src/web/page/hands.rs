//! Letters and hand-offs.

use rocket::{Route, get, post, routes};

use super::{Answer, Download, Reply, typed};
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanFollowUp, Notice};
use crate::web::view::hands::{Hands, Letters, bytes, results};
use crate::web::view::{Field, Slips};

async fn page(staff: &CanFollowUp<'_>, slips: Slips) -> Result<Hands, Fault> {
    let text = staff.text();
    Ok(Hands {
        s: staff.shell("/follow-up").await?,
        waiting: staff.app.hands_waiting(staff.actor(), staff.now).await?,
        message: Field::new(text, "message", "hands-message")
            .hint(text, "hands-message-hint")
            .rows(3)
            .value(text.x("hands-message-text", staff.app.branch(staff.english())))
            .refill(text, None, &slips),
        results: Field::new(text, "results", "hands-results").hint(text, "hands-results-hint").rows(6).refill(text, None, &slips),
        slips,
    })
}

#[get("/follow-up/hands")]
async fn hands(staff: CanFollowUp<'_>) -> Answer {
    Reply::page(&page(&staff, Slips::default()).await?)
}

#[post("/follow-up/letters", data = "<_form>")]
async fn letters(staff: CanFollowUp<'_>, _form: Posted) -> Answer {
    let letters = staff.app.print_letters(staff.actor(), staff.now).await?;
    Reply::page(&Letters::of(staff.shell("/follow-up").await?, letters))
}

#[post("/follow-up/hand-off", data = "<form>")]
async fn hand_off(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    let message = form.0.read("message", |t| t.trim().to_owned()).unwrap_or_default();
    let length = message.chars().count();
    if length == 0 || length > 300 || message.chars().any(char::is_control) {
        let mut slips = Slips::default();
        slips.add("message", "slip-hands-message");
        return Reply::again(&page(&staff, slips).await?);
    }
    let (file, _) = staff.app.hand_off(staff.actor(), &message, staff.today(), staff.now).await?;
    Ok(Reply::File(Download::csv(format!("hand-off-{}.csv", staff.today()), bytes(&file))))
}

#[post("/follow-up/hand-off/results", data = "<form>")]
async fn results_back(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    let read = staff.app.hand_off_results(staff.actor(), results(&typed(&form.0, "results")), staff.now).await?;
    if read.done + read.call == 0 {
        let mut slips = Slips::default();
        slips.add("results", "slip-hands-results");
        return Reply::again(&page(&staff, slips).await?);
    }
    staff.tell(&Notice::with_two("hands-read", read.done, read.call));
    Ok(Reply::go("/follow-up/hands"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![hands, letters, hand_off, results_back]
}
