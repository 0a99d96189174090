//! 初配通知: opening a request, noting its steps, the donor's identity, the answer for the province.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, day, once, slip_of, typed};
use crate::app::{AppError, MatchCase, MatchForm, OpenReason, PersonPage, StepForm, StepLine};
use crate::domain::Guarded;
use crate::domain::id::{MatterId, PublicId};
use crate::domain::match_request::Code;
use crate::domain::urgent::left;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanWorkUrgent, Ctx, Notice};
use crate::web::i18n::Text;
use crate::web::view::people::{Shown, about_of, shown};
use crate::web::view::urgent::{ClockRuler, MatchAnswer, MatchNew, MatchPage, StepFields, StepShown, ahead, masked, number, phase_word};
use crate::web::view::{Choice, Field, Select, Slips};

/// The pseudonym with age and sex.
pub(super) fn who(ctx: &Ctx<'_>, case: &MatchCase) -> String {
    let text = ctx.text();
    let public = case.public_id.as_ref().map(ToString::to_string).unwrap_or_default();
    text.xy("match-who", public, about_of(case.identity.as_ref(), ctx.today(), text)).trim().to_owned()
}

pub(super) fn matter_id(text: &str) -> Result<MatterId, Fault> {
    Uuid::parse_str(text).map(MatterId).map_err(|_| Fault(Status::NotFound))
}

async fn new_page(staff: &CanWorkUrgent<'_>, entries: Option<&Entries>, slips: Slips) -> Result<MatchNew, Fault> {
    let text = staff.text();
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    Ok(MatchNew {
        s: staff.shell("/urgent").await?,
        fields: [
            field("cmdp", "match-cmdp").hint(text, "match-cmdp-hint").refill(text, entries, &slips),
            field("request", "match-request").refill(text, entries, &slips),
            field("received", "match-received").kind("datetime-local").value(staff.civil(staff.now)).refill(text, entries, &slips),
            field("answer_by", "match-answer-by")
                .hint(text, "match-answer-by-hint")
                .optional(text)
                .kind("datetime-local")
                .refill(text, entries, &slips),
            field("person", "match-person").hint(text, "match-person-hint").optional(text).refill(text, entries, &slips),
        ],
        slips,
    })
}

#[get("/urgent/match/new")]
async fn new(staff: CanWorkUrgent<'_>) -> Answer {
    Reply::page(&new_page(&staff, None, Slips::default()).await?)
}

#[post("/urgent/match/new", data = "<form>")]
async fn make(staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    let mut instant = |name: &'static str, needed: bool| {
        let read = entries.read(name, |t| staff.instant(t));
        if read == Some(None) || needed && read.is_none() {
            slips.add(name, "slip-match-time");
        }
        read.flatten()
    };
    let (received, answer_by) = (instant("received", true), instant("answer_by", false));
    let person = match entries.read("person", PublicId::parse) {
        Some(None) => {
            slips.add("person", "slip-match-person");
            None
        }
        other => other.flatten(),
    };
    if let Some(received) = received.filter(|_| slips.is_empty()) {
        let asked = MatchForm { cmdp: typed(entries, "cmdp"), request: typed(entries, "request"), received, answer_by, person };
        match staff.app.open_match(staff.actor(), &asked, &once, staff.now).await {
            Ok(id) => {
                staff.tell(&Notice::plain("match-opened"));
                return Ok(Reply::go(format!("/urgent/match/{id}")));
            }
            Err(error) => slip_of(error, "match", &mut slips)?,
        }
    }
    Reply::again(&new_page(&staff, Some(entries), slips).await?)
}

fn act_words(act: &str, code: Option<&str>, prefix: &str, text: Text) -> String {
    let what = text.t(&format!("{prefix}-act-{act}"));
    match code {
        Some(code) => text.xy("urgent-act-code", what, text.t(&format!("{prefix}-code-{code}"))),
        None => what,
    }
}

/// A step in words; `prefix` is `match` or `notice`.
pub(super) fn step_shown(ctx: &Ctx<'_>, step: &StepLine, prefix: &str) -> StepShown {
    let text = ctx.text();
    let day = step.when.map_or_else(|| step.day.to_string(), |at| ctx.printed(at));
    let when = format!("{day} {}", text.x("urgent-noted-at", ctx.printed(step.at)));
    StepShown {
        what: act_words(&step.act, step.code.as_deref(), prefix, text),
        when: step.by.as_ref().map_or_else(|| when.clone(), |by| text.xy("source-by", &when, by)),
        note: number(step.note.as_ref()),
        done: true,
    }
}

/// The acts that need no reason, for a group of options, and those that do, for a list.
pub(super) fn offered(acts: Vec<(&'static str, Vec<&'static str>)>, prefix: &str, text: Text) -> (Choice, Option<Select>) {
    let mut plain = Choice::one(text, "what", "urgent-what");
    let mut ends = Select::new(text, "end", "urgent-end").optional(text).option("", text.t("choose"));
    let mut any = false;
    for (act, codes) in acts {
        if codes.is_empty() {
            plain = plain.option(act, text.t(&format!("{prefix}-act-{act}")));
        }
        for code in codes {
            any = true;
            ends = ends.option(format!("{act}:{code}"), act_words(act, Some(code), prefix, text));
        }
    }
    (plain, any.then_some(ends))
}

/// What was chosen of them: exactly one.
pub(super) fn chosen(entries: &Entries, slips: &mut Slips) -> Option<(String, Option<String>)> {
    let plain = entries.read("what", str::to_owned);
    let end = entries.read("end", str::to_owned);
    match (plain, end) {
        (Some(act), None) => Some((act, None)),
        (None, Some(end)) => match end.split_once(':') {
            Some((act, code)) => Some((act.to_owned(), Some(code.to_owned()))),
            None => Some((end, None)),
        },
        (None, None) => {
            slips.add("what", "slip-urgent-what");
            None
        }
        (Some(_), Some(_)) => {
            slips.add("what", "slip-urgent-one");
            None
        }
    }
}

async fn page(
    staff: &CanWorkUrgent<'_>,
    id: MatterId,
    opened: Option<&PersonPage>,
    entries: Option<&Entries>,
    slips: Slips,
) -> Result<MatchPage, Fault> {
    let text = staff.text();
    let case = staff.app.match_case(staff.actor(), id, staff.now).await?;
    let mut steps: Vec<StepShown> = case.steps.iter().map(|s| step_shown(staff, s, "match")).collect();
    if case.phase.awaits_answer() {
        for rung in case.rungs.iter().filter(|r| ahead(r.reached)) {
            steps.push(StepShown {
                what: text.nx("ladder", rung.hours, text.t(&format!("ladder-{}", rung.act))),
                when: staff.printed(rung.at),
                note: Guarded::new(String::new()),
                done: false,
            });
        }
    }
    let acts = case.phase.acts().into_iter().map(|act| (act.word(), act.codes().iter().map(|c| c.word()).collect()));
    let (what, end) = offered(acts.collect(), "match", text);
    let fields = match opened {
        Some(page) => {
            let (name, fields) = shown(page, staff.today(), &staff.app.towns, text, &|_| String::new());
            std::iter::once(name).chain(fields).collect()
        }
        None => Vec::<Shown>::new(),
    };
    Ok(MatchPage {
        s: staff.shell("/urgent").await?,
        path: format!("/urgent/match/{id}"),
        left: case.phase.awaits_answer().then(|| match left(case.answer_by, staff.now) {
            Ok(time) => (time, false),
            Err(time) => (time, true),
        }),
        until: staff.printed(case.answer_by),
        rulers: (ClockRuler::of(&case, 326, staff.now, text), ClockRuler::of(&case, 520, staff.now, text)),
        numbers: (number(case.request.as_ref()), masked(case.cmdp.as_ref(), opened.is_some())),
        received: staff.printed(case.received),
        who: who(staff, &case),
        person: case.public_id.as_ref().map(|p| format!("/people/{p}")).unwrap_or_default(),
        phase: phase_word(case.phase, text),
        cmdp: case.cmdp_status().map(|s| {
            let status = s.code.as_deref().and_then(Code::from_word).map_or("", Code::emdis);
            (text.xy("match-cmdp-status", status, s.day), number(s.note.as_ref()))
        }),
        opened: fields,
        reason: [OpenReason::CallDonor, OpenReason::Compare]
            .into_iter()
            .fold(Select::new(text, "reason", "open-why"), |s, r| s.option(r.word(), text.t(&format!("open-{}", r.word())))),
        steps,
        form: StepFields {
            action: format!("/urgent/match/{id}/step"),
            what: what.refill(text, entries, &slips),
            end: end.map(|e| e.refill(text, entries, &slips)),
            day: Some(
                Field::new(text, "day", "urgent-day")
                    .hint(text, "hint-date")
                    .class("input--short")
                    .live(text, "date")
                    .value(staff.today().to_string())
                    .refill(text, entries, &slips),
            ),
            note: Field::new(text, "note", "urgent-note")
                .hint(text, "match-note-hint")
                .optional(text)
                .rows(2)
                .refill(text, entries, &slips),
            version: case.version,
        },
        answered: case.answer().is_some(),
        slips,
    })
}

#[get("/urgent/match/<id>")]
async fn one(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, matter_id(id)?, None, None, Slips::default()).await?)
}

#[post("/urgent/match/<id>/step", data = "<form>")]
async fn step(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    let what = chosen(entries, &mut slips);
    let on = day(entries, "day", &mut slips);
    if let (Some((act, code)), Some(on)) = (what, on) {
        let asked = StepForm { act, code, day: on, when: None, note: entries.text("note") };
        match staff.app.note_match(staff.actor(), (id, version), &asked, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("urgent-noted"));
                return Ok(Reply::go(format!("/urgent/match/{id}")));
            }
            Err(AppError::Input { field: "source", .. }) => slips.add("note", "slip-match-source"),
            Err(error) => slip_of(error, "urgent", &mut slips)?,
        }
    } else if slips.is_empty() {
        slips.add("day", "slip-date-bad");
    }
    Reply::again(&page(&staff, id, None, Some(entries), slips).await?)
}

#[post("/urgent/match/<id>/open", data = "<form>")]
async fn open(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let id = matter_id(id)?;
    let why = form.0.read("reason", OpenReason::from_word).flatten().ok_or(Status::BadRequest)?;
    let person = staff.app.open_match_person(staff.actor(), id, why, staff.now).await?;
    Reply::page(&page(&staff, id, Some(&person), None, Slips::default()).await?)
}

#[post("/urgent/match/<id>/print", data = "<_form>")]
async fn print(staff: CanWorkUrgent<'_>, id: &str, _form: Posted) -> Answer {
    let id = matter_id(id)?;
    let text = staff.text();
    let case = staff.app.print_answer(staff.actor(), id, staff.now).await?;
    let answer = case.answer().ok_or(Status::NotFound)?;
    let plain = |key: &str, value: String| (text.t(key), Guarded::new(value));
    let code = answer.code.as_deref().and_then(Code::from_word);
    let mut rows = vec![
        (text.t("match-request"), number(case.request.as_ref())),
        (text.t("match-cmdp"), number(case.cmdp.as_ref())),
        plain("match-received", staff.printed(case.received)),
        plain("match-answer", text.t(&format!("match-act-{}", answer.act))),
    ];
    if let Some(code) = code {
        rows.push(plain("match-reason", format!("{} {}", code.emdis(), text.t(&format!("match-code-{}", code.word())))));
    }
    rows.push(plain("match-answered-on", answer.day.to_string()));
    rows.push(plain("match-answered-by", answer.by.clone().unwrap_or_default()));
    Reply::page(&MatchAnswer { s: staff.shell("/urgent").await?, rows, back: format!("/urgent/match/{id}") })
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![new, make, one, step, open, print]
}
