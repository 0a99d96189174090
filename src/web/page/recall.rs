//! Recall of donors of a rare group for a blood station's request.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::people::public_id;
use super::{Answer, Reply, day, key};
use crate::app::{AppError, Sent};
use crate::domain::eligibility::DonationKind;
use crate::domain::person::{Abo, Rh};
use crate::domain::recall::{Said, Wanted};
use crate::domain::town::TownCode;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanRecordHealth, Notice};
use crate::web::view::Slips;
use crate::web::view::recall::{RecallPage, Recalls};

async fn list(staff: &CanRecordHealth<'_>, after: Option<Uuid>, entries: Option<&Entries>, slips: Slips) -> Result<Recalls, Fault> {
    let (recalls, next) = staff.app.recalls(staff.actor(), after, staff.now).await?;
    let next = next.map(|next| format!("/recalls?after={next}"));
    Ok(Recalls { next, ..Recalls::of(staff.shell("/people").await?, &recalls, &staff.app.towns, entries, slips) })
}

#[get("/recalls?<after>")]
async fn recalls(staff: CanRecordHealth<'_>, after: Option<&str>) -> Answer {
    let after = after.map(recall_id).transpose()?;
    Reply::page(&list(&staff, after, None, Slips::default()).await?)
}

fn sent(staff: &CanRecordHealth<'_>, entries: &Entries) -> Result<Sent, Fault> {
    Ok(Sent { key: key(entries)?, fingerprint: entries.fingerprint(staff.app.keyed()) })
}

/// The ABO group asked for: none for any.
fn abo_of(word: &str) -> Option<Option<Abo>> {
    match word {
        "A" => Some(Some(Abo::A)),
        "B" => Some(Some(Abo::B)),
        "AB" => Some(Some(Abo::AB)),
        "O" => Some(Some(Abo::O)),
        "any" => Some(None),
        _ => None,
    }
}

fn rh_of(word: &str) -> Option<Rh> {
    match word {
        "positive" => Some(Rh::Positive),
        "negative" => Some(Rh::Negative),
        _ => None,
    }
}

#[post("/recalls", data = "<form>")]
async fn begin(staff: CanRecordHealth<'_>, form: Posted) -> Answer {
    let (entries, mut slips) = (&form.0, Slips::default());
    let abo = entries.read("abo", abo_of).flatten();
    let rh = entries.read("rh", rh_of).flatten();
    let kind = entries.read("kind", DonationKind::from_word).flatten();
    for (missing, field) in [(abo.is_none(), "abo"), (rh.is_none(), "rh"), (kind.is_none(), "kind")] {
        if missing {
            slips.add(field, "slip-choose");
        }
    }
    let until = day(entries, "until", &mut slips);
    if until.is_none() && slips.of("until").is_none() {
        slips.add("until", "slip-date-bad");
    }
    let towns: Vec<TownCode> = entries.read_all("towns", |code| code.parse().ok().map(TownCode)).into_iter().flatten().collect();
    let number = entries.read("number", str::to_owned).unwrap_or_default();
    if let (Some(abo), Some(rh), Some(kind), Some(until)) = (abo, rh, kind, until) {
        let wanted = Wanted { abo, rh, kind, towns };
        match staff.app.open_recall(staff.actor(), &number, &wanted, until, sent(&staff, entries)?, staff.now).await {
            Ok(id) => {
                staff.tell(&Notice::plain("recall-opened"));
                return Ok(Reply::go(format!("/recalls/{id}")));
            }
            Err(AppError::Input { field: "number", .. }) => slips.add("number", "slip-recall-number"),
            Err(AppError::Input { field: "towns", .. }) => slips.add("towns", "slip-recall-towns"),
            Err(AppError::Input { .. }) => slips.add("until", "slip-recall-until"),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&list(&staff, None, Some(entries), slips).await?)
}

fn recall_id(text: &str) -> Result<Uuid, Fault> {
    Uuid::parse_str(text).map_err(|_| Fault(Status::NotFound))
}

#[get("/recalls/<id>")]
async fn recall(staff: CanRecordHealth<'_>, id: &str) -> Answer {
    let found = staff.app.recall(staff.actor(), recall_id(id)?, staff.now).await?;
    Reply::page(&RecallPage::of(staff.shell("/people").await?, &found, &staff.app.towns, None))
}

#[post("/recalls/<id>/list", data = "<_form>")]
async fn open(staff: CanRecordHealth<'_>, id: &str, _form: Posted) -> Answer {
    let id = recall_id(id)?;
    let found = staff.app.recall(staff.actor(), id, staff.now).await?;
    let people = staff.app.recall_list(staff.actor(), id, staff.now).await?;
    Reply::page(&RecallPage::of(staff.shell("/people").await?, &found, &staff.app.towns, Some(&people)))
}

#[post("/recalls/<id>/said", data = "<form>")]
async fn said(staff: CanRecordHealth<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (recall_id(id)?, &form.0);
    let person = entries.read("person", public_id).ok_or(Fault(Status::BadRequest))??;
    let said = entries.read("said", Said::from_word).flatten().ok_or(Fault(Status::BadRequest))?;
    staff.app.note_recall(staff.actor(), id, &person, said, sent(&staff, entries)?, staff.now).await?;
    staff.tell(&Notice::plain("recall-noted"));
    Ok(Reply::go(format!("/recalls/{id}")))
}

#[post("/recalls/<id>/close", data = "<_form>")]
async fn close(staff: CanRecordHealth<'_>, id: &str, _form: Posted) -> Answer {
    staff.app.close_recall(staff.actor(), recall_id(id)?, staff.now).await?;
    staff.tell(&Notice::plain("recall-closed"));
    Ok(Reply::go("/recalls"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![recalls, begin, recall, open, said, close]
}
