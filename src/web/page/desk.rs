//! Around the call desk: the hand-over, interests from the registrants' own phones at the table, mails in doubt,
//! the readiness of stem-cell donors, experiments.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::followup::{about, why};
use super::{Answer, Reply};
use crate::app::{Doubt, DoubtVerdict, ListState, SlowList, TaskItem, TaskOutcome};
use crate::domain::id::{OutboxId, TaskId};
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanEnrol, CanFollowUp, Notice};
use crate::web::i18n::Text;
use crate::web::view::Slips;
use crate::web::view::desk::{DoubtLine, Doubts, HandOverPage, InHand, SelfWaiting, WaitingLine};
use crate::web::view::experiment::Experiments;
use crate::web::view::followup::masked_name;
use crate::web::view::readiness::ReadinessPage;
use crate::web::view::underway::Underway;

/// The id that a form carries of the row it settles.
fn posted_id(form: &Posted) -> Result<Uuid, Fault> {
    form.0.read("id", |text| Uuid::parse_str(text).ok()).flatten().ok_or(Fault(Status::NotFound))
}

fn in_hand(items: &[TaskItem], text: Text) -> Vec<InHand> {
    let line = |item: &TaskItem| InHand {
        href: format!("/follow-up/{}#task", item.id),
        day: item.due_on.to_string(),
        name: masked_name(item.identity.as_ref(), text),
        why: about(item, text),
        rounds: u64::try_from(item.rounds).unwrap_or(0),
    };
    items.iter().map(line).collect()
}

#[get("/follow-up/hand-over")]
async fn hand_over(staff: CanFollowUp<'_>) -> Answer {
    let text = staff.text();
    let found = staff.app.hand_over(staff.actor(), staff.now).await?;
    let outcome = |word: &str| {
        // Who told of a death is not told apart here.
        let keys =
            if word == "died" { ["exit-died".to_owned(), String::new()] } else { ["outcome", "reason"].map(|p| format!("{p}-{word}")) };
        keys.iter().find(|key| text.has(key)).map_or_else(|| text.t("kind-other"), |key| text.t(key))
    };
    Reply::page(&HandOverPage {
        s: staff.shell("/follow-up").await?,
        agreed: in_hand(&found.agreed, text),
        tried: in_hand(&found.tried, text),
        overdue: found.overdue.into_iter().map(|(kind, n, oldest)| (why(kind, text), n, oldest.to_string())).collect(),
        ended: found.ended.into_iter().map(|(word, n)| (outcome(&word), n)).collect(),
    })
}

#[get("/drive/self")]
async fn waiting(staff: CanEnrol<'_>) -> Answer {
    let text = staff.text();
    let items = staff.app.unconfirmed(staff.actor(), staff.today()).await?;
    let line =
        |item: &TaskItem| WaitingLine { id: item.id.to_string(), name: masked_name(item.identity.as_ref(), text), version: item.version };
    Reply::page(&SelfWaiting { s: staff.shell("/drive").await?, lines: items.iter().map(line).collect() })
}

#[post("/drive/self", data = "<form>")]
async fn settle(staff: CanEnrol<'_>, form: Posted) -> Answer {
    let id = posted_id(&form).map(TaskId)?;
    let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let (outcome, told) = match () {
        () if form.0.chose("step", "meant") => (TaskOutcome::Meant, "self-confirmed-done"),
        () if form.0.chose("step", "not-meant") => (TaskOutcome::NotMeant, "self-dropped-done"),
        () => return Err(Status::BadRequest.into()),
    };
    staff.app.finish_task(staff.actor(), id, version, outcome, staff.now).await?;
    staff.tell(&Notice::plain(told));
    Ok(Reply::go("/drive/self"))
}

async fn doubts_page(staff: &CanFollowUp<'_>, slips: Slips) -> Result<Doubts, Fault> {
    let text = staff.text();
    let line = |doubt: Doubt| DoubtLine {
        id: doubt.id.to_string(),
        person: doubt.public_id.map(|id| format!("/people/{id}")),
        name: masked_name(doubt.identity.as_ref(), text),
        why: why(doubt.kind, text),
        sensitive: doubt.sensitive,
        tries: doubt.tries.into_iter().map(|(at, reply)| (staff.printed(at), reply)).collect(),
        message_id: doubt.message_id,
    };
    let found = staff.app.doubts(staff.actor()).await?;
    let not_taken = staff.app.not_taken(staff.actor(), staff.now).await?;
    Ok(Doubts {
        s: staff.shell("/follow-up").await?,
        slips,
        lines: found.into_iter().map(line).collect(),
        not_taken: not_taken.into_iter().map(|(at, how, reply)| (staff.printed(at), text.t(&format!("delivery-{how}")), reply)).collect(),
    })
}

#[get("/follow-up/doubt")]
async fn doubts(staff: CanFollowUp<'_>) -> Answer {
    Reply::page(&doubts_page(&staff, Slips::default()).await?)
}

#[post("/follow-up/doubt", data = "<form>")]
async fn settle_doubt(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    let id = posted_id(&form).map(OutboxId)?;
    let Some(verdict) = form.0.read("verdict", DoubtVerdict::from_word).flatten() else {
        let mut slips = Slips::default();
        slips.add("verdict", "slip-outcome");
        return Reply::again(&doubts_page(&staff, slips).await?);
    };
    staff.app.settle_doubt(staff.actor(), id, verdict, staff.now).await?;
    staff.tell(&Notice::plain("task-done"));
    Ok(Reply::go("/follow-up/doubt"))
}

#[get("/follow-up/readiness")]
async fn readiness(staff: CanFollowUp<'_>) -> Answer {
    let state = staff.app.list_state(SlowList::CallOrder, staff.now).await?;
    if let ListState::Underway(progress) = state {
        return Reply::page(&Underway::of(staff.shell("/follow-up").await?, "readiness", "/follow-up/readiness", progress));
    }
    let list = staff.app.readiness_list(staff.actor(), staff.now).await?;
    let newer = matches!(state, ListState::Older(_));
    Reply::page(&ReadinessPage::of(staff.shell("/follow-up").await?, &list, staff.printed(list.as_of), newer))
}

#[get("/follow-up/experiments")]
async fn experiments(staff: CanFollowUp<'_>) -> Answer {
    let trials = staff.app.trials(staff.actor(), staff.now).await?;
    Reply::page(&Experiments::of(staff.shell("/follow-up").await?, &trials))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![hand_over, waiting, settle, doubts, settle_doubt, readiness, experiments]
}
