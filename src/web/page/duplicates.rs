//! Judging duplicates.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply};
use crate::app::{AppError, PairPage, Verdict};
use crate::domain::id::PairId;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanReview, Notice};
use crate::web::view::chart::Svg;
use crate::web::view::duplicates::{Duplicates, Of, Pair, Side, compared, registries_of, warning_of, waterfalls};

/// A pair side by side.
fn pair_of(staff: &CanReview<'_>, page: &PairPage, next: String) -> Option<Pair> {
    let text = staff.text();
    let towns = &staff.app.towns;
    let right = page.right.as_ref()?;
    let judgement = page.judgement.as_ref();
    let probability = judgement.map_or(page.pair.probability, |j| j.probability).clamp(0.0, 1.0);
    let side = |person: String, of| Side { person, registries: registries_of(page, of, towns, text) };
    Some(Pair {
        href: format!("/duplicates/{}", page.pair.id),
        sides: (side(page.left.row.public_id.to_string(), Of::Left), side(right.row.public_id.to_string(), Of::Right)),
        rows: compared(page, towns, text),
        warning: judgement.map(warning_of).unwrap_or_default().to_owned(),
        judged: judgement.is_some(),
        // The last tenth of a percent is never rounded up to certainty.
        per_mille: ((probability * 1000.0).floor() as u32).min(999),
        interval: ("5%".to_owned(), "99%".to_owned()),
        waterfalls: judgement.map_or_else(|| (Svg::default(), Svg::default()), |j| waterfalls(j, text)),
        version: page.pair.row_version,
        next,
    })
}

/// The pair after `after` in the queue, or the first. Pairs that became one person meanwhile are passed over.
async fn page(staff: &CanReview<'_>, after: Option<PairId>, wanted: Option<PairId>) -> Result<Duplicates, Fault> {
    let queue: Vec<PairId> = staff.app.next_pairs(staff.actor()).await?.into_iter().map(|item| item.id).collect();
    let waiting = staff.app.count_pairs().await?;
    let place = |id| queue.iter().position(|item| *item == id);
    // One that was asked for need not be at the head of the queue.
    let from = if wanted.is_some() { 0 } else { after.and_then(place).map_or(0, |at| at + 1) };
    let order: Vec<PairId> = match wanted {
        Some(id) => vec![id],
        None => queue.iter().skip(from).chain(queue.iter().take(from)).copied().collect(),
    };
    for id in order {
        let at = place(id).unwrap_or(0);
        let opened = match staff.app.open_pair(staff.actor(), id, staff.now).await {
            Ok(opened) => opened,
            Err(AppError::Missing(_)) if wanted.is_some() => return Err(Fault(Status::NotFound)),
            Err(AppError::Missing(_)) => continue,
            Err(other) => return Err(other.into()),
        };
        if let Some(pair) = pair_of(staff, &opened, format!("/duplicates?after={id}")) {
            return Ok(Duplicates { s: staff.shell("/duplicates").await?, waiting, position: at as u64 + 1, pair: Some(pair) });
        }
    }
    if wanted.is_some() {
        return Err(Fault(Status::NotFound));
    }
    Ok(Duplicates { s: staff.shell("/duplicates").await?, waiting: 0, position: 0, pair: None })
}

fn pair_id(text: &str) -> Result<PairId, Fault> {
    Uuid::parse_str(text).map(PairId).map_err(|_| Fault(Status::NotFound))
}

#[get("/duplicates?<after>")]
async fn duplicates(staff: CanReview<'_>, after: Option<&str>) -> Answer {
    let after = after.and_then(|text| Uuid::parse_str(text).ok()).map(PairId);
    Reply::page(&page(&staff, after, None).await?)
}

#[get("/duplicates/<id>")]
async fn one(staff: CanReview<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, None, Some(pair_id(id)?)).await?)
}

#[post("/duplicates/<id>", data = "<form>")]
async fn decide(staff: CanReview<'_>, id: &str, form: Posted) -> Answer {
    let id = pair_id(id)?;
    let version = form.0.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let verdict = match () {
        () if form.0.chose("decision", "same") => Verdict::Same,
        () if form.0.chose("decision", "different") => Verdict::Different,
        () => return Err(Status::BadRequest.into()),
    };
    let (x, y) = staff.app.pair_names(staff.actor(), id).await?;
    staff.app.decide(staff.actor(), id, version, verdict, staff.now).await?;
    let key = if verdict == Verdict::Same { "joined-done" } else { "different-done" };
    staff.tell(&Notice::with_two(key, x, y).undo(id.0));
    Ok(Reply::go("/duplicates"))
}

#[post("/duplicates/<id>/undo", data = "<_form>")]
async fn undo(staff: CanReview<'_>, id: &str, _form: Posted) -> Answer {
    let id = pair_id(id)?;
    staff.app.undo(staff.actor(), id, staff.now).await?;
    staff.tell(&Notice::plain("decision-undone"));
    Ok(Reply::go(format!("/duplicates/{id}")))
}

#[post("/duplicates/scan", data = "<_form>")]
async fn scan(staff: CanReview<'_>, _form: Posted) -> Answer {
    let tally = staff.app.scan(staff.actor(), &|_, _| {}, staff.now).await?;
    staff.tell(&Notice::with("scan-done", tally.review + tally.same));
    Ok(Reply::go("/duplicates"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![duplicates, one, decide, undo, scan]
}
