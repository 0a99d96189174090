//! Recording of donations, deferrals and blood groups on a person's page.

use rocket::http::Status;
use rocket::{Route, post, routes};
use uuid::Uuid;

use super::people::{public_id, show_again};
use super::{Answer, Reply, chosen, day_told, key};
use crate::app::{AppError, Sent};
use crate::domain::Guarded;
use crate::domain::eligibility::{Deferral, Donation, DonationKind, Group, HealthFact, SourceOf};
use crate::domain::id::{HealthId, PublicId};
use crate::domain::person::{Abo, Rh};
use crate::domain::span::Span;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanRecordHealth, Notice};
use crate::web::view::Slips;

fn sent(staff: &CanRecordHealth<'_>, entries: &Entries) -> Result<Sent, Fault> {
    Ok(Sent { key: key(entries)?, fingerprint: entries.fingerprint(staff.app.keyed()) })
}

fn small(entries: &Entries, name: &'static str, slip: &str, slips: &mut Slips) -> Option<u32> {
    let read = entries.number(name).and_then(|n| u32::try_from(n).ok());
    if entries.filled(name) && read.is_none() {
        slips.add(name, slip);
    }
    read
}

/// Saves a fact, or shows the page again with what has to be corrected.
async fn save(
    staff: &CanRecordHealth<'_>,
    id: &PublicId,
    entries: &Entries,
    fact: Option<HealthFact>,
    mut slips: Slips,
    fields: &[(&'static str, &'static str, &'static str)],
) -> Answer {
    if let Some(fact) = fact.filter(|_| slips.is_empty()) {
        match staff.app.record_health(staff.actor(), id, Guarded::new(fact), sent(staff, entries)?, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("health-recorded"));
                return Ok(Reply::go(format!("/people/{id}")));
            }
            Err(AppError::Input { field, .. }) => {
                let (_, name, slip) = fields.iter().find(|(of, ..)| *of == field).copied().ok_or(Fault(Status::BadRequest))?;
                slips.add(name, slip);
            }
            Err(other) => return Err(other.into()),
        }
    }
    show_again(staff, staff.staff(), id, entries, slips).await
}

#[post("/people/<id>/donor/donation", data = "<form>")]
async fn donation(staff: CanRecordHealth<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let kind = chosen(entries, "given-kind", DonationKind::from_word, &mut slips);
    let on = day_told(entries, "given-day", &mut slips);
    let millilitres = small(entries, "given-ml", "slip-donor-ml", &mut slips);
    let units = small(entries, "given-units", "slip-donor-units", &mut slips);
    let source = chosen(entries, "given-source", SourceOf::from_word, &mut slips);
    let place = entries.read("given-place", str::to_owned);
    let fact = match (kind, on, source) {
        (Some(kind), Some(day), Some(source)) => Some(HealthFact::Donation(Donation { kind, day, millilitres, units, place, source })),
        _ => None,
    };
    let fields = [
        ("day", "given-day", "slip-donor-day"),
        ("volume", "given-ml", "slip-donor-ml"),
        ("units", "given-units", "slip-donor-units"),
        ("place", "given-place", "slip-donor-place"),
    ];
    save(&staff, &id, entries, fact, slips, &fields).await
}

#[post("/people/<id>/donor/deferral", data = "<form>")]
async fn deferral(staff: CanRecordHealth<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let how = chosen(entries, "defer-how", |word| ["until", "span", "for-good"].into_iter().find(|w| *w == word), &mut slips);
    let source = chosen(entries, "defer-source", SourceOf::from_word, &mut slips);
    let until = match how {
        Some("until") => {
            let until = day_told(entries, "defer-until", &mut slips);
            until.map(Some)
        }
        Some("span") => {
            let from = day_told(entries, "defer-from", &mut slips);
            let span = chosen(entries, "defer-span", Span::parse, &mut slips);
            // So long from a day on means: the day before its end is the last one of the deferral.
            from.zip(span).and_then(|(from, span)| span.after(from)?.pred_opt()).map(Some)
        }
        Some(_) => Some(None),
        None => None,
    };
    let fact = until.zip(source).map(|(until, source)| HealthFact::Deferral(Deferral { until, source, ended: None }));
    save(&staff, &id, entries, fact, slips, &[("until", "defer-until", "slip-defer-until")]).await
}

#[post("/people/<id>/donor/group", data = "<form>")]
async fn group(staff: CanRecordHealth<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let abo = |word: &str| match word {
        "A" => Some(Abo::A),
        "B" => Some(Abo::B),
        "AB" => Some(Abo::AB),
        "O" => Some(Abo::O),
        _ => None,
    };
    let rh = |word: &str| match word {
        "positive" => Some(Rh::Positive),
        "negative" => Some(Rh::Negative),
        _ => None,
    };
    let abo = chosen(entries, "group-abo", abo, &mut slips);
    let rh = chosen(entries, "group-rh", rh, &mut slips);
    let source = chosen(entries, "group-source", SourceOf::from_word, &mut slips);
    let fact = match (abo, rh, source) {
        (Some(abo), Some(rh), Some(source)) => Some(HealthFact::Group(Group { abo, rh, source })),
        _ => None,
    };
    save(&staff, &id, entries, fact, slips, &[]).await
}

#[post("/people/<id>/donor/undo", data = "<form>")]
async fn undo(staff: CanRecordHealth<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let fact = form.0.read("fact", |text| Uuid::parse_str(text).ok()).flatten().ok_or(Status::BadRequest)?;
    staff.app.undo_health(staff.actor(), &id, HealthId(fact), sent(&staff, &form.0)?, staff.now).await?;
    staff.tell(&Notice::plain("health-undone"));
    Ok(Reply::go(format!("/people/{id}")))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![donation, deferral, group, undo]
}
