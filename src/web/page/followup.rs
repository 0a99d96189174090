//! Follow-ups: today's tasks, their outcome, the plan, sending.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply};
use crate::app::{Opening, PersonPage, TaskItem, TaskOutcome, ToldBy};
use crate::domain::id::TaskId;
use crate::followup::Kind;
use crate::followup::desk::{Script, Tone, urgency};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanFollowUp, Notice};
use crate::web::i18n::Text;
use crate::web::view::followup::{Condolence, FollowUps, Plan, Task, TaskLine, masked_name, outcomes, phones, who, words};
use crate::web::view::{Field, Slips};

/// Tasks listed at a time.
const LISTED: u64 = 200;
/// Months the plan looks ahead.
const AHEAD: u32 = 12;

/// What a follow-up is about.
pub(super) fn why(kind: Option<Kind>, text: Text) -> String {
    kind.map_or_else(|| text.t("kind-other"), |kind| text.t(&format!("kind-{}", kind.word())))
}

/// The outcome chosen; `None` in the first place where none was, in the second where its day is missing.
fn outcome_of(form: &Entries) -> Option<Option<TaskOutcome>> {
    let chosen = form.read("outcome", ToOwned::to_owned)?;
    Some(match chosen.as_str() {
        "reached" => Some(TaskOutcome::Reached),
        "meant" => Some(TaskOutcome::Meant),
        "not-meant" => Some(TaskOutcome::NotMeant),
        "no-answer" => Some(TaskOutcome::NoAnswer),
        "not-in-service" => Some(TaskOutcome::NotInService),
        "not-them" => Some(TaskOutcome::NotThem),
        "refused-calls" => Some(TaskOutcome::Refused),
        "died-family" => Some(TaskOutcome::Died(ToldBy::Family)),
        "died-other" => Some(TaskOutcome::Died(ToldBy::Other)),
        "call-on" => form.read("call_on", |text| text.parse().ok()).flatten().map(TaskOutcome::CallOn),
        _ => return None,
    })
}

fn task_of(staff: &CanFollowUp<'_>, item: &TaskItem, opened: Option<&PersonPage>, script: &Script, slips: &Slips) -> Task {
    let text = staff.text();
    let (name, about) = who(item.identity.as_ref(), opened.is_some(), staff.today(), text);
    Task {
        href: format!("/follow-up/{}", item.id),
        open: format!("/follow-up/{}/open", item.id),
        person: format!("/people/{}", item.public_id),
        name,
        about,
        why: why(item.kind, text),
        phones: opened.map(phones).unwrap_or_default(),
        question: None,
        opened: opened.is_some(),
        tone: (script.tone == Tone::Motivating).then(|| text.t("script-tone-motivating")).unwrap_or_else(|| text.t("script-tone-neutral")),
        say: words(script, text),
        outcome: outcomes(item.kind, text).refill(text, None, slips),
        call_on: Field::new(text, "call_on", "task-call-on").optional(text).kind("date").class("input--short"),
        rounds: u64::try_from(item.rounds).unwrap_or(0),
        version: item.version,
        held: item.held,
    }
}

async fn page(staff: &CanFollowUp<'_>, wanted: Option<TaskId>, open: bool, slips: Slips) -> Result<FollowUps, Fault> {
    let text = staff.text();
    let today = staff.today();
    // Mails go out by themselves: the list holds what staff have to do.
    let mut tasks: Vec<TaskItem> = staff.app.staff_tasks(staff.actor(), today, LISTED).await?;
    let readiness = staff.app.readiness_of(staff.actor(), &tasks, staff.now).await?;
    // What was agreed comes first, then what cannot wait, then by readiness, then what waits longest.
    tasks.sort_by_key(|task| (!task.agreed, urgency(task.kind), staff.app.call_key(readiness.get(&task.id), today), task.due_on));
    let shown = match wanted {
        Some(id) => Some(tasks.iter().find(|task| task.id == id).ok_or(Fault(Status::NotFound))?),
        None => tasks.first(),
    };
    let opened = match shown {
        Some(item) if open && !item.held => Some(staff.app.disclose(staff.actor(), &item.public_id, Opening::Contact, staff.now).await?),
        _ => None,
    };
    let script = match shown {
        Some(item) => staff.app.call_script(staff.actor(), item).await?,
        None => crate::followup::desk::script(None, crate::followup::desk::CallStanding::default()),
    };
    let question = match shown.filter(|_| opened.is_some()) {
        Some(item) => staff.app.question(staff.actor(), item.id).await?,
        None => None,
    };
    let line = |task: &TaskItem| TaskLine {
        href: format!("/follow-up/{}#task", task.id),
        name: masked_name(task.identity.as_ref(), text),
        why: why(task.kind, text),
        rounds: u64::try_from(task.rounds).unwrap_or(0),
        readiness: readiness.get(&task.id).map(|found| text.x("readiness-tag", found.points)),
        overdue: u64::try_from((today - task.due_on).num_days()).unwrap_or(0),
        current: shown.is_some_and(|s| s.id == task.id),
    };
    let (agreed, open): (Vec<&TaskItem>, Vec<&TaskItem>) = tasks.iter().partition(|task| task.agreed);
    let (overdue, due): (Vec<TaskLine>, Vec<TaskLine>) = open.into_iter().map(line).partition(|line| line.overdue > 0);
    Ok(FollowUps {
        s: staff.shell("/follow-up").await?,
        due: tasks.len() as u64,
        agreed: agreed.into_iter().map(line).collect(),
        today: due,
        overdue,
        task: shown.map(|item| Task { question, ..task_of(staff, item, opened.as_ref(), &script, &slips) }),
        doubts: staff.app.count_doubts().await?,
        refused: staff.app.policy_alert(staff.now).await?,
        slips,
    })
}

fn task_id(text: &str) -> Result<TaskId, Fault> {
    Uuid::parse_str(text).map(TaskId).map_err(|_| Fault(Status::NotFound))
}

#[get("/follow-up")]
async fn follow_up(staff: CanFollowUp<'_>) -> Answer {
    Reply::page(&page(&staff, None, false, Slips::default()).await?)
}

#[get("/follow-up/<id>")]
async fn one(staff: CanFollowUp<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, Some(task_id(id)?), false, Slips::default()).await?)
}

#[post("/follow-up/<id>/open", data = "<_form>")]
async fn open(staff: CanFollowUp<'_>, id: &str, _form: Posted) -> Answer {
    Reply::page(&page(&staff, Some(task_id(id)?), true, Slips::default()).await?)
}

#[post("/follow-up/<id>", data = "<form>")]
async fn finish(staff: CanFollowUp<'_>, id: &str, form: Posted) -> Answer {
    let id = task_id(id)?;
    let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let outcome = match outcome_of(&form.0) {
        Some(Some(outcome)) => outcome,
        missing => {
            let mut slips = Slips::default();
            let (field, key) = if missing.is_some() { ("call_on", "slip-call-on") } else { ("outcome", "slip-outcome") };
            slips.add(field, key);
            return Reply::again(&page(&staff, Some(id), false, slips).await?);
        }
    };
    staff.app.finish_task(staff.actor(), id, version, outcome, staff.now).await?;
    if matches!(outcome, TaskOutcome::Died(_)) {
        // Somebody may still be on the line: what to say now comes before the next call.
        return Ok(Reply::go("/follow-up/condolence"));
    }
    staff.tell(&Notice::plain("task-done"));
    Ok(Reply::go("/follow-up"))
}

#[get("/follow-up/condolence")]
async fn condolence(staff: CanFollowUp<'_>) -> Answer {
    Reply::page(&Condolence { s: staff.shell("/follow-up").await? })
}

#[get("/follow-up/plan")]
async fn plan(staff: CanFollowUp<'_>) -> Answer {
    let text = staff.text();
    let outcome = staff.app.plan(staff.actor(), staff.today(), AHEAD, true, staff.now).await?;
    let worded = |prefix: &str, word: &str| {
        let key = format!("{prefix}-{word}");
        if text.has(&key) { text.t(&key) } else { text.t("not-planned-other") }
    };
    Reply::page(&Plan {
        s: staff.shell("/follow-up").await?,
        planned: outcome.planned,
        held: outcome.held,
        months: outcome.by_month.into_iter().collect(),
        channels: outcome.by_channel.into_iter().map(|(word, n)| (worded("channel", word), n)).collect(),
        not_planned: outcome.not_planned.into_iter().map(|(word, n)| (worded("not-planned", word), n)).collect(),
    })
}

#[post("/follow-up/plan", data = "<_form>")]
async fn plan_do(staff: CanFollowUp<'_>, _form: Posted) -> Answer {
    let outcome = staff.app.plan(staff.actor(), staff.today(), AHEAD, false, staff.now).await?;
    staff.tell(&Notice::with("plan-done", outcome.new));
    Ok(Reply::go("/follow-up/plan"))
}

#[post("/follow-up/send", data = "<_form>")]
async fn send(staff: CanFollowUp<'_>, _form: Posted) -> Answer {
    let tally = staff.app.send(staff.actor(), staff.today(), false, staff.now, &mut |_, _| {}).await?;
    if tally.sent == 0 {
        staff.tell(&Notice::plain("mails-not-sent"));
    } else {
        staff.tell(&Notice::with("mails-sent-done", tally.sent));
    }
    Ok(Reply::go("/follow-up"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![follow_up, one, open, finish, condolence, plan, plan_do, send]
}
