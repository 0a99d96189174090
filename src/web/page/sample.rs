//! Samples of stem-cell registrants: taken, sent, accepted; a barcode that was noted with the wrong person, released.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::match_request::{matter_id, step_shown};
use super::{Answer, Reply, chosen, day, once, slip_of, typed};
use crate::app::{AppError, CodeOf};
use crate::domain::id::{MatterId, PublicId, RecordId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::sample::{Act, Phase, ReleaseWhy};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanCorrect, CanSample, Notice};
use crate::web::view::people::status_word;
use crate::web::view::sample::{ReleaseForm, SampleShown, Samples};
use crate::web::view::urgent::masked;
use crate::web::view::{Field, Slips};

fn public_id(text: &str) -> Result<PublicId, Fault> {
    PublicId::parse(text).ok_or(Fault(Status::NotFound))
}

/// The page; `holder` has the barcode that was typed.
async fn page(
    staff: &CanSample<'_>,
    id: &PublicId,
    entries: Option<&Entries>,
    slips: Slips,
    holder: Option<PublicId>,
) -> Result<Samples, Fault> {
    let text = staff.text();
    let page = staff.app.samples(staff.actor(), id).await?;
    let release = if staff.staff().roles.may(Right::Correct) { ReleaseForm::of(&page, text, (entries, &slips)) } else { None };
    let waits = page.samples.iter().any(|s| !s.phase.is_end());
    let shown = page.samples.iter().map(|sample| SampleShown {
        href: format!("/samples/{}", sample.id),
        barcode: masked(sample.barcode.as_ref(), !sample.phase.is_end()),
        phase: text.t(&format!("sample-phase-{}", sample.phase.word())),
        class: match sample.phase {
            Phase::Accepted => "ok",
            Phase::Taken | Phase::Sent => "warn",
            Phase::Rejected => "stop",
            Phase::Dropped | Phase::Released => "",
        },
        acts: [Act::Sent, Act::Accepted, Act::Rejected]
            .into_iter()
            .filter(|act| sample.phase.after(*act).is_ok())
            .map(|act| (act.word(), text.t(&format!("sample-act-{}", act.word()))))
            .collect(),
        steps: sample.steps.iter().map(|s| step_shown(staff, s, "sample")).collect(),
        version: sample.version,
    });
    let samples = shown.collect();
    let fields = (page.status.in_pool() && !waits).then(|| {
        [
            Field::new(text, "barcode", "field-barcode").hint(text, "hint-barcode").refill(text, entries, &slips),
            Field::new(text, "day", "sample-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(staff.today().to_string())
                .refill(text, entries, &slips),
        ]
    });
    Ok(Samples {
        s: staff.shell("/people").await?,
        person: page.public_id.to_string(),
        status: status_word(Registry::StemCell, page.status, text),
        samples,
        fields,
        release,
        holder: holder.map(|id| id.to_string()).unwrap_or_default(),
        day: staff.today().to_string(),
        slips,
    })
}

#[get("/people/<id>/sample")]
async fn samples(staff: CanSample<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, &public_id(id)?, None, Slips::default(), None).await?)
}

#[post("/people/<id>/sample", data = "<form>")]
async fn take(staff: CanSample<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &form.0);
    let once = once(entries, &staff.app)?;
    let (mut slips, mut holder) = (Slips::default(), None);
    let on = day(entries, "day", &mut slips);
    if let Some(on) = on {
        match staff.app.take_sample(staff.actor(), &id, (&typed(entries, "barcode"), on), &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("sample-saved"));
                return Ok(Reply::go(format!("/people/{id}/sample")));
            }
            Err(AppError::NotNow(not)) => {
                slips.add("barcode", not.key);
                holder = staff.app.barcode_holder(staff.actor(), &typed(entries, "barcode")).await?;
            }
            Err(error) => slip_of(error, "sample", &mut slips)?,
        }
    } else if slips.is_empty() {
        slips.add("day", "slip-date-bad");
    }
    Reply::again(&page(&staff, &id, Some(entries), slips, holder).await?)
}

/// `sample:<id>` or `record:<id>`.
fn code_of(text: &str) -> Option<CodeOf> {
    match text.split_once(':')? {
        ("sample", id) => Some(CodeOf::Sample(MatterId(Uuid::parse_str(id).ok()?))),
        ("record", id) => Some(CodeOf::Record(RecordId(Uuid::parse_str(id).ok()?))),
        _ => None,
    }
}

#[post("/people/<id>/sample/release", data = "<form>")]
async fn release(staff: CanSample<'_>, may: CanCorrect<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let code = chosen(entries, "code", code_of, &mut slips);
    let why = chosen(entries, "why", ReleaseWhy::from_word, &mut slips);
    if let (Some(code), Some(why)) = (code, why) {
        let told = (why, &typed(entries, "evidence"));
        match staff.app.release_barcode(may.actor(), &id, code, told, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("release-done"));
                return Ok(Reply::go(format!("/people/{id}/sample")));
            }
            Err(AppError::NotNow(not)) => slips.add("code", not.key),
            Err(error) => slip_of(error, "release", &mut slips)?,
        }
    }
    Reply::again(&page(&staff, &id, Some(entries), slips, None).await?)
}

#[post("/samples/<id>", data = "<form>")]
async fn step(staff: CanSample<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let act = entries.read("act", Act::from_word).flatten().filter(|a| *a != Act::Dropped).ok_or(Status::BadRequest)?;
    let on = entries.read("on", |text| text.parse().ok()).flatten().unwrap_or_else(|| staff.today());
    let once = once(entries, &staff.app)?;
    let public = staff.app.note_sample(staff.actor(), (id, version), (act, on), &once, staff.now).await?;
    staff.tell(&Notice::plain("sample-saved"));
    Ok(Reply::go(format!("/people/{public}/sample")))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![samples, take, release, step]
}
