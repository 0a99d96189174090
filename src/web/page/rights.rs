//! The rights of registrants: requests, the copy of everything, objection, erasure, the proof of consent.

use rocket::http::{ContentType, Status};
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::people::public_id;
use super::{Answer, Download, Reply, chosen, day, key, once, typed};
use crate::app::{Access, AppError, Sent};
use crate::domain::hold::AgainWhy;
use crate::domain::id::PublicId;
use crate::domain::rights::{DoneHow, Proof, Refusal, Requester, RightsAnswer, RightsKind};
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanAllowContact, CanErase, CanSeePeople, Ctx, Notice};
use crate::web::view::rights::{Again, ConsentProof, CopyPage, RequestLine, RightsOpen, RightsPage, json_of, kinds, requesters};
use crate::web::view::{Choice, Field, Slips};

async fn page(staff: &CanSeePeople<'_>, id: &PublicId, entries: Option<&Entries>, slips: Slips) -> Result<RightsPage, Fault> {
    let text = staff.text();
    let asked = staff.app.rights(staff.actor(), id, staff.now).await?;
    let erase = staff.staff().roles.may(Right::Erase).then(|| {
        (
            Field::new(text, "confirm", "erase-confirm")
                .hint(text, "erase-confirm-hint")
                .class("input--short")
                .refill(text, entries, &slips),
            Choice::tick(text, "bar", "erase-bar").small(text.t("erase-bar-what")).refill(text, entries, &slips),
        )
    });
    let copy = staff.app.access_to(staff.actor(), id, staff.now).await? == Access::Open;
    let silence = staff.app.silence(staff.actor(), id).await?;
    let may = staff.staff().roles.may(Right::ContactAgain);
    let again = Again::of(&silence, may, &|at| staff.printed(at), text, (entries, &slips));
    let (who, proof) = requesters(text);
    Ok(RightsPage {
        person: id.to_string(),
        requests: asked.iter().map(|item| RequestLine::of(item, &|at| staff.printed(at), text)).collect(),
        fresh: (
            kinds(text).refill(text, entries, &slips),
            Field::new(text, "received", "rights-received")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(staff.today().to_string())
                .refill(text, entries, &slips),
        ),
        asker: (who.refill(text, entries, &slips), proof.refill(text, entries, &slips)),
        erase,
        copy,
        again,
        s: staff.shell("/people").await?,
        slips,
    })
}

#[get("/people/<id>/rights")]
async fn rights(staff: CanSeePeople<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, &public_id(id)?, None, Slips::default()).await?)
}

#[post("/people/<id>/rights", data = "<form>")]
async fn request(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let kind = chosen(entries, "kind", RightsKind::from_word, &mut slips);
    // A form without the question is the registrant's own request; a word that is none is nobody's.
    let who = match entries.read("who", Requester::from_word) {
        None => Some(Requester::Myself),
        Some(read) => read,
    };
    if who.is_none() {
        slips.add("who", "slip-choose");
    }
    let proof = entries.read("proof", Proof::from_word).flatten();
    let received = day(entries, "received", &mut slips);
    if received.is_none() && slips.of("received").is_none() {
        slips.add("received", "slip-date-bad");
    }
    if let (Some(kind), Some(received), Some(who)) = (kind, received, who) {
        match staff.app.request_right(staff.actor(), &id, (kind, received), (who, proof), staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("rights-recorded"));
                return Ok(Reply::go(format!("/people/{id}/rights")));
            }
            Err(AppError::Input { field, .. }) => slips.add(field, format!("slip-rights-{field}")),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&page(&staff, &id, Some(entries), slips).await?)
}

#[post("/rights/<id>/answer", data = "<form>")]
async fn answer(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let request = Uuid::parse_str(id).map_err(|_| Fault(Status::NotFound))?;
    let entries = &form.0;
    let answer = match () {
        () if entries.chose("answer", "granted") => {
            // Of what can be done in one way only, nothing is asked.
            RightsAnswer::Done(entries.read("how", DoneHow::from_word).unwrap_or(Some(DoneHow::Here)).ok_or(Status::BadRequest)?)
        }
        () if entries.chose("answer", "refused") => RightsAnswer::Refused(entries.read("refusal", Refusal::from_word).flatten()),
        () => return Err(Status::BadRequest.into()),
    };
    let (person, _) = staff.app.right_asked(staff.actor(), request).await?;
    let mut slips = Slips::default();
    match staff.app.answer_right(staff.actor(), request, answer, staff.now).await {
        Ok(()) => {
            staff.tell(&Notice::plain("rights-answered"));
            return Ok(Reply::go("/rights"));
        }
        Err(AppError::NotNow(not)) => slips.add("requests", not.key),
        Err(AppError::Input { field, .. }) => slips.add("requests", format!("slip-rights-{field}")),
        Err(other) => return Err(other.into()),
    }
    Reply::again(&page(&staff, &person, None, slips).await?)
}

#[get("/rights")]
async fn open(staff: CanSeePeople<'_>) -> Answer {
    let asked = staff.app.open_rights(staff.actor(), staff.now).await?;
    let requests = asked.iter().map(|item| RequestLine::of(item, &|at| staff.printed(at), staff.text())).collect();
    Reply::page(&RightsOpen { requests, s: staff.shell("/people").await? })
}

#[post("/people/<id>/rights/copy", data = "<form>")]
async fn copy(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let copy = staff.app.copy_of_person(staff.actor(), &public_id(id)?, staff.now).await?;
    if form.0.chose("as", "json") {
        return Ok(Reply::File(Download::of(ContentType::JSON, format!("{}.json", copy.person), json_of(&copy))));
    }
    Reply::page(&CopyPage::of(staff.shell("/people").await?, &copy))
}

#[post("/people/<id>/rights/object", data = "<_form>")]
async fn object(staff: CanSeePeople<'_>, id: &str, _form: Posted) -> Answer {
    let id = public_id(id)?;
    staff.app.object(staff.actor(), &id, staff.now).await?;
    staff.tell(&Notice::plain("objected-done"));
    Ok(Reply::go(format!("/people/{id}/rights")))
}

#[post("/people/<id>/rights/contact-again", data = "<form>")]
async fn contact_again(staff: CanSeePeople<'_>, may: CanAllowContact<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    if let Some(why) = chosen(entries, "again", AgainWhy::from_word, &mut slips) {
        match staff.app.allow_contact(may.actor(), &id, why, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("again-done"));
                return Ok(Reply::go(format!("/people/{id}/rights")));
            }
            Err(AppError::NotNow(not)) => slips.add("contact-again", not.key),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&page(&staff, &id, Some(entries), slips).await?)
}

#[post("/people/<id>/rights/proof", data = "<_form>")]
async fn proof(staff: CanSeePeople<'_>, id: &str, _form: Posted) -> Answer {
    let id = public_id(id)?;
    let rows = staff.app.consent_proof(staff.actor(), &id, staff.now).await?;
    let ctx: &Ctx<'_> = &staff;
    let hash = |text: &str| ctx.app.text_digest(text);
    let shell = staff.shell("/people").await?;
    let branch = (staff.app.branch(false), staff.app.branch(true));
    Reply::page(&ConsentProof::of(shell, id.to_string(), &rows, &staff.app.texts, branch, &hash, &|at| staff.printed(at)))
}

#[post("/people/<id>/rights/erase", data = "<form>")]
async fn erase(staff: CanSeePeople<'_>, may: CanErase<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &form.0);
    let sent = Sent { key: key(entries)?, fingerprint: entries.fingerprint(staff.app.keyed()) };
    let bar = entries.chose("bar", "yes");
    match staff.app.erase_person(may.actor(), &id, &typed(entries, "confirm"), bar, sent, staff.now).await {
        Ok(()) => {
            staff.tell(&Notice::plain("erased-done"));
            Ok(Reply::go("/people"))
        }
        Err(AppError::Input { .. }) => {
            let mut slips = Slips::default();
            slips.add("confirm", "slip-erase-confirm");
            Reply::again(&page(&staff, &id, Some(entries), slips).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![rights, request, answer, open, copy, object, contact_again, proof, erase]
}
