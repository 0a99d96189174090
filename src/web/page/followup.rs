//! Follow-ups: today's tasks, their outcome, the plan, sending.

use chrono::{Days, NaiveDate};
use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, place};
use crate::app::{AppError, CallNumbers, Called, Heard, NumberCounts, Stays, TaskItem, TaskOutcome, TaskPlace, ToldBy};
use crate::domain::id::TaskId;
use crate::domain::role::Right;
use crate::domain::told::FamilyTold;
use crate::followup::Kind;
use crate::followup::desk::{CallStanding, Script, Tone, script, urgency};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanFollowUp, CanImport, Notice};
use crate::web::i18n::Text;
use crate::web::view::followup::{Condolence, FollowUps, Plan, Task, TaskLine, masked_name, outcomes, who, words};
use crate::web::view::said::Said;
use crate::web::view::{Field, Slips, dial};

/// Tasks listed at a time.
const LISTED: u64 = 200;
/// Months the plan looks ahead.
const AHEAD: u32 = 12;

/// What a follow-up is about.
pub(super) fn why(kind: Option<Kind>, text: Text) -> String {
    kind.map_or_else(|| text.t("kind-other"), |kind| text.t(&format!("kind-{}", kind.word())))
}

/// What a follow-up in a list is about.
pub(super) fn about(item: &TaskItem, text: Text) -> String {
    if item.lost { text.t("kind-lost_contact") } else { why(item.kind, text) }
}

/// What of the page was asked for.
#[derive(Default)]
struct Asked<'a> {
    task: Option<TaskId>,
    /// Name and numbers, which is a disclosure.
    open: bool,
    /// Where the page of the list begins; none: at its beginning.
    after: Option<TaskPlace>,
    entries: Option<&'a Entries>,
    slips: Slips,
}

impl Asked<'_> {
    /// What keeps the page of the list in an address.
    fn kept(&self) -> String {
        self.after.map(|after| format!("?after={after}")).unwrap_or_default()
    }
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
        "passed-on" => Some(TaskOutcome::PassedOn),
        "not-found" => Some(TaskOutcome::NotFound),
        "decided" => Some(TaskOutcome::Decided),
        "found" => Some(TaskOutcome::Found),
        "refused-calls" => Some(TaskOutcome::Refused),
        "died-family" => Some(TaskOutcome::Died(ToldBy::Family)),
        "died-other" => Some(TaskOutcome::Died(ToldBy::Other)),
        "call-on" => form.read("call_on", |text| text.parse().ok()).flatten().map(TaskOutcome::CallOn),
        _ => return None,
    })
}

/// Half a year, after which somebody is asked again who named no day, as on their own page.
const HALF_A_YEAR: Days = Days::new(182);

/// What was said in the call; the name of a field that cannot be read.
fn heard_of(form: &Entries, today: NaiveDate) -> Result<Heard, &'static str> {
    let later = form.chose("will", "later") || (form.filled("until") && !form.chose("will", "still"));
    let stays = if later {
        let day = form.read("until", |text| text.parse::<NaiveDate>().ok()).unwrap_or_else(|| today.checked_add_days(HALF_A_YEAR));
        Some(Stays::Later(day.ok_or("until")?))
    } else {
        form.chose("will", "still").then_some(Stays::Still)
    };
    Ok(Heard {
        stays,
        family: form.read("family", FamilyTold::from_word).flatten(),
        question: form.text("question"),
        phone: form.text("phone"),
        mail: form.text("mail"),
    })
}

/// Which field an error is about, and what is said of it; none where it is about the outcome as a whole.
fn slip_of_heard(field: &str) -> Option<(&'static str, &'static str)> {
    match field {
        "heard" => Some(("outcome", "slip-heard-unfit")),
        "found" => Some(("phone", "slip-found")),
        "phone" => Some(("phone", "flaw-phone-invalid")),
        "mail" => Some(("mail", "flaw-mail-invalid")),
        "question" => Some(("question", "flaw-question-long")),
        _ => None,
    }
}

fn task_of(
    staff: &CanFollowUp<'_>,
    item: &TaskItem,
    (opened, counts): (Option<&CallNumbers>, NumberCounts),
    script: &Script,
    asked: &Asked<'_>,
) -> Task {
    let text = staff.text();
    let (name, about_them) = who(item.identity.as_ref(), opened.is_some(), staff.today(), text);
    let (numbers, named) = opened.map(dial::lines).unwrap_or_default();
    Task {
        href: format!("/follow-up/{}", item.id),
        open: format!("/follow-up/{}/open{}", item.id, asked.kept()),
        person: format!("/people/{}", item.public_id),
        name,
        question: None,
        about: about_them,
        why: about(item, text),
        numbers,
        named,
        number: opened.and_then(|numbers| dial::choice(numbers, asked.entries, &asked.slips, text)),
        later: (item.due_on > staff.today()).then(|| item.due_on.to_string()),
        lost: item.lost.then(|| staff.staff().roles.may(Right::Import)),
        lost_href: format!("/follow-up/{}/lost", item.id),
        decides: counts.decides,
        opened: opened.is_some(),
        tone: (script.tone == Tone::Motivating).then(|| text.t("script-tone-motivating")).unwrap_or_else(|| text.t("script-tone-neutral")),
        say: words(script, text),
        outcome: outcomes(item.kind, counts, text).refill(text, asked.entries, &asked.slips),
        call_on: Field::new(text, "call_on", "task-call-on").optional(text).kind("date").class("input--short").refill(
            text,
            asked.entries,
            &asked.slips,
        ),
        said: Said::of(item.kind, asked.entries, &asked.slips, text),
        shared: Vec::new(),
        rounds: u64::try_from(item.rounds).unwrap_or(0),
        version: item.version,
        held: item.held,
    }
}

async fn page(staff: &CanFollowUp<'_>, asked: Asked<'_>) -> Result<FollowUps, Fault> {
    let text = staff.text();
    let today = staff.today();
    // Mails go out by themselves: the list holds what staff have to do.
    let (mut tasks, next) = staff.app.staff_tasks_page(staff.actor(), today, asked.after, LISTED).await?;
    let readiness = staff.app.readiness_of(staff.actor(), &tasks, staff.now).await?;
    // What was agreed comes first, then what cannot wait, then by readiness, then what waits longest.
    tasks.sort_by_key(|task| (!task.agreed, urgency(task.kind), staff.app.call_key(readiness.get(&task.id), today), task.due_on));
    // A task of another day, or one that the list has no room for, is shown all the same.
    let elsewhere = match asked.task {
        Some(id) if tasks.iter().all(|task| task.id != id) => {
            Some(staff.app.staff_task(staff.actor(), id).await?.ok_or(Fault(Status::NotFound))?)
        }
        _ => None,
    };
    let shown = match asked.task {
        Some(id) => elsewhere.as_ref().or_else(|| tasks.iter().find(|task| task.id == id)),
        None => tasks.first(),
    };
    let opened = match shown {
        Some(item) if asked.open && !item.held => Some(staff.app.open_numbers(staff.actor(), item, staff.now).await?),
        _ => None,
    };
    let counts = match (&opened, shown) {
        (Some(numbers), _) => numbers.counts(),
        (None, Some(item)) => staff.app.count_numbers(staff.actor(), item.id).await?,
        (None, None) => NumberCounts::default(),
    };
    let words = match shown {
        Some(item) => staff.app.call_script(staff.actor(), item).await?,
        None => script(None, CallStanding::default()),
    };
    let question = match shown.filter(|_| opened.is_some()) {
        Some(item) => staff.app.question(staff.actor(), item.id).await?,
        None => None,
    };
    let others = match (&opened, shown) {
        (Some(numbers), Some(item)) => staff.app.calls_on_same_number(staff.actor(), item, numbers, today).await?,
        _ => Vec::new(),
    };
    let kept = asked.kept();
    let line = |task: &TaskItem| TaskLine {
        href: format!("/follow-up/{}{kept}#task", task.id),
        name: masked_name(task.identity.as_ref(), text),
        why: about(task, text),
        rounds: u64::try_from(task.rounds).unwrap_or(0),
        readiness: readiness.get(&task.id).map(|found| text.x("readiness-tag", found.points)),
        overdue: u64::try_from((today - task.due_on).num_days()).unwrap_or(0),
        current: shown.is_some_and(|s| s.id == task.id),
    };
    let shared: Vec<TaskLine> = others.iter().map(line).collect();
    let (agreed, open): (Vec<&TaskItem>, Vec<&TaskItem>) = tasks.iter().partition(|task| task.agreed);
    let (overdue, on_day): (Vec<TaskLine>, Vec<TaskLine>) = open.into_iter().map(line).partition(|line| line.overdue > 0);
    let held = staff.app.count_tasks_held(staff.actor(), today).await?;
    let listed = tasks.len() as u64;
    // Where all of it is on one page, it is what is on the page.
    let whole = asked.after.is_none() && next.is_none();
    let due = if whole { listed } else { staff.app.count_tasks(today).await?.saturating_sub(held) };
    Ok(FollowUps {
        s: staff.shell("/follow-up").await?,
        due,
        held,
        first: (listed < due && asked.after.is_none()).then_some(listed),
        next: next.map(|next| format!("/follow-up?after={next}")),
        agreed: agreed.into_iter().map(line).collect(),
        today: on_day,
        overdue,
        task: shown.map(|item| Task { question, shared, ..task_of(staff, item, (opened.as_ref(), counts), &words, &asked) }),
        doubts: staff.app.count_doubts().await?,
        refused: staff.app.policy_alert(staff.now).await?,
        slips: asked.slips,
    })
}

fn task_id(text: &str) -> Result<TaskId, Fault> {
    Uuid::parse_str(text).map(TaskId).map_err(|_| Fault(Status::NotFound))
}

#[get("/follow-up?<after>")]
async fn follow_up(staff: CanFollowUp<'_>, after: Option<&str>) -> Answer {
    Reply::page(&page(&staff, Asked { after: place(after, TaskPlace::parse)?, ..Asked::default() }).await?)
}

#[get("/follow-up/<id>?<after>")]
async fn one(staff: CanFollowUp<'_>, id: &str, after: Option<&str>) -> Answer {
    let (task, after) = (Some(task_id(id)?), place(after, TaskPlace::parse)?);
    Reply::page(&page(&staff, Asked { task, after, ..Asked::default() }).await?)
}

#[post("/follow-up/<id>/open?<after>", data = "<_form>")]
async fn open(staff: CanFollowUp<'_>, id: &str, after: Option<&str>, _form: Posted) -> Answer {
    let (task, after) = (Some(task_id(id)?), place(after, TaskPlace::parse)?);
    Reply::page(&page(&staff, Asked { task, after, open: true, ..Asked::default() }).await?)
}

#[post("/follow-up/<id>", data = "<form>")]
async fn finish(staff: CanFollowUp<'_>, id: &str, form: Posted) -> Answer {
    let id = task_id(id)?;
    let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    // What was open stays open beside what has to be put right; that is a disclosure again, and logged as one.
    let again = |field, key: &str| {
        let mut slips = Slips::default();
        slips.add(field, key);
        Asked { task: Some(id), open: form.0.chose("opened", "yes"), after: None, entries: Some(&form.0), slips }
    };
    let outcome = match outcome_of(&form.0) {
        Some(Some(outcome)) => outcome,
        Some(None) => return Reply::again(&page(&staff, again("call_on", "slip-call-on")).await?),
        None => return Reply::again(&page(&staff, again("outcome", "slip-outcome")).await?),
    };
    let number = form.0.read("number", ToOwned::to_owned);
    let heard = match heard_of(&form.0, staff.today()) {
        Ok(heard) => heard,
        Err(field) => return Reply::again(&page(&staff, again(field, "flaw-until")).await?),
    };
    let call = Called { outcome, number: number.as_deref(), heard: &heard };
    let held = match staff.app.finish_call(staff.actor(), id, version, call, staff.now).await {
        Ok(held) => held,
        Err(AppError::Input { field: "number", .. }) => {
            let field = if form.0.chose("opened", "yes") { "number" } else { "outcome" };
            return Reply::again(&page(&staff, again(field, "slip-number")).await?);
        }
        Err(AppError::Input { field, .. }) if slip_of_heard(field).is_some() => {
            let (field, key) = slip_of_heard(field).unwrap_or(("outcome", "slip-outcome-unfit"));
            return Reply::again(&page(&staff, again(field, key)).await?);
        }
        Err(AppError::Input { .. }) => return Reply::again(&page(&staff, again("outcome", "slip-outcome-unfit")).await?),
        Err(other) => return Err(other.into()),
    };
    if matches!(outcome, TaskOutcome::Died(_)) {
        // Somebody may still be on the line: what to say now comes before the next call.
        return Ok(Reply::go("/follow-up/condolence"));
    }
    match held {
        Some(hold) => staff.tell(&Notice::plain("task-done-held").undo(hold)),
        None => staff.tell(&Notice::plain("task-done")),
    }
    Ok(Reply::go("/follow-up"))
}

#[post("/follow-up/<id>/lost", data = "<form>")]
async fn lost(registrar: CanImport<'_>, id: &str, form: Posted) -> Answer {
    let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let (lost, told) = match () {
        () if form.0.chose("step", "lost") => (true, "lost-recorded"),
        () if form.0.chose("step", "still") => (false, "lost-not"),
        () => return Err(Status::BadRequest.into()),
    };
    registrar.app.settle_lost(registrar.actor(), task_id(id)?, version, lost, registrar.now).await?;
    registrar.tell(&Notice::plain(told));
    Ok(Reply::go("/follow-up"))
}

#[post("/follow-up/hold/<id>/lift", data = "<_form>")]
async fn lift(staff: CanFollowUp<'_>, id: &str, _form: Posted) -> Answer {
    let hold = Uuid::parse_str(id).map_err(|_| Fault(Status::NotFound))?;
    let person = staff.app.lift_hold(staff.actor(), hold, staff.now).await?;
    staff.tell(&Notice::plain("hold-lifted"));
    Ok(Reply::go(format!("/people/{person}/calendar#holds")))
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
    let people = outcome.people_by_channel;
    let ways = outcome.reachable;
    Reply::page(&Plan {
        s: staff.shell("/follow-up").await?,
        planned: outcome.planned,
        held: outcome.held,
        months: outcome.by_month.into_iter().collect(),
        channels: outcome
            .by_channel
            .into_iter()
            .map(|(word, n)| (worded("channel", word), n, people.get(word).copied().unwrap_or_default()))
            .collect(),
        people: outcome.people,
        reachable: ["mail", "phone", "hand-off", "letter", "none"]
            .map(|word| (worded("channel", word), ways.get(word).copied().unwrap_or_default()))
            .into(),
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
    routes![follow_up, one, open, finish, lost, lift, condolence, plan, plan_do, send]
}
