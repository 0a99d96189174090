//! Letters and hand-offs.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Download, Reply, once, typed};
use crate::app::AppError;
use crate::domain::id::TaskId;
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanFollowUp, Notice};
use crate::web::view::hands::{HandOnePage, Hands, Letters, bytes, results};
use crate::web::view::{Field, Slips};

async fn page(staff: &CanFollowUp<'_>, slips: Slips) -> Result<Hands, Fault> {
    let text = staff.text();
    let waiting = staff.app.hands_waiting(staff.actor(), staff.now).await?;
    Ok(Hands {
        s: staff.shell("/follow-up").await?,
        rests_until: waiting.resting_until.map(|at| staff.printed(at)),
        waiting,
        gives_out: staff.staff().roles.may(Right::Disclose),
        message: Field::new(text, "message", "hands-message")
            .hint(text, "hands-message-hint")
            .rows(3)
            .value(text.x("hands-message-text", staff.app.branch(staff.english())))
            .refill(text, None, &slips),
        results: Field::new(text, "results", "hands-results").hint(text, "hands-results-hint").rows(6).refill(text, None, &slips),
        slips,
    })
}

/// Refuses whoever sees no identity without being let.
fn may_give_out(staff: &CanFollowUp<'_>) -> Result<(), Fault> {
    if staff.staff().roles.may(Right::Disclose) { Ok(()) } else { Err(Fault(Status::Forbidden)) }
}

#[get("/follow-up/hands")]
async fn hands(staff: CanFollowUp<'_>) -> Answer {
    Reply::page(&page(&staff, Slips::default()).await?)
}

#[post("/follow-up/letters", data = "<form>")]
async fn letters(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    may_give_out(&staff)?;
    let letters = staff.app.print_letters(staff.actor(), &once(&form.0, &staff.app)?, staff.now).await?;
    let left = staff.app.hands_waiting(staff.actor(), staff.now).await?.letters;
    let office = (staff.app.config.branch.phone.clone(), staff.app.config.branch.address.clone());
    Reply::page(&Letters::of(staff.shell("/follow-up").await?, letters, left, office))
}

/// What a message says: one line of 1 to 300 characters.
fn message_of(form: &Posted) -> Option<String> {
    let message = form.0.read("message", |t| t.trim().to_owned()).unwrap_or_default();
    let length = message.chars().count();
    (length > 0 && length <= 300 && !message.chars().any(char::is_control)).then_some(message)
}

async fn unsaid(staff: &CanFollowUp<'_>) -> Answer {
    let mut slips = Slips::default();
    slips.add("message", "slip-hands-message");
    Reply::again(&page(staff, slips).await?)
}

/// One message after another: tells how the last one went and shows the next one.
#[post("/follow-up/hand-off/next", data = "<form>")]
async fn next(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    may_give_out(&staff)?;
    let sent = match () {
        () if form.0.chose("step", "sent") => Some(true),
        () if form.0.chose("step", "not-possible") => Some(false),
        () => None,
    };
    if let Some(sent) = sent {
        let id = form.0.read("id", |text| Uuid::parse_str(text).ok()).flatten().map(TaskId).ok_or(Fault(Status::NotFound))?;
        let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
        match staff.app.settle_hand_off(staff.actor(), id, version, sent, staff.now).await {
            // Told twice, or a colleague called meanwhile: that stands, and the next one is shown.
            Ok(()) | Err(AppError::Stale) => {}
            Err(other) => return Err(other.into()),
        }
    }
    // What was sent is noted before the text of the next one is judged.
    let Some(message) = message_of(&form) else { return unsaid(&staff).await };
    let Some(one) = staff.app.next_hand_off(staff.actor(), staff.now).await? else {
        let rests = staff.app.hands_waiting(staff.actor(), staff.now).await?.resting > 0;
        staff.tell(&Notice::plain(if rests { "hands-one-rests" } else { "hands-one-done" }));
        return Ok(Reply::go("/follow-up/hands"));
    };
    let field = Field::new(staff.text(), "message", "hands-message").hint(staff.text(), "hands-message-hint").rows(3).value(message);
    Reply::page(&HandOnePage::of(staff.shell("/follow-up").await?, &one, field))
}

#[post("/follow-up/hand-off", data = "<form>")]
async fn hand_off(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    may_give_out(&staff)?;
    let Some(message) = message_of(&form) else { return unsaid(&staff).await };
    let file = staff.app.hand_off_once(staff.actor(), &once(&form.0, &staff.app)?, &message, staff.now).await?;
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
    routes![hands, letters, hand_off, next, results_back]
}
