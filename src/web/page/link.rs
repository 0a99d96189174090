//! The registrant's side of a link. Reading changes nothing; the link in the path is the secret.

use chrono::{Days, NaiveDate};
use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Page, Reply, slips_of, typed};
use crate::app::{Answer as Given, FactCheck, LinkPage, Told, Will};
use crate::domain::language::Language;
use crate::domain::registry::Registry;
use crate::domain::rights::RightsKind;
use crate::domain::told::FamilyTold;
use crate::followup::link::LinkPurpose;
use crate::web::error::Fault;
use crate::web::form::{Entries, LinkPosted};
use crate::web::guard::Ctx;
use crate::web::i18n::Lang;
use crate::web::view::Slips;
use crate::web::view::link::{Link, LinkState, More};
use crate::web::view::own::{Own, OwnFact, OwnFlaw, pending};

fn page(ctx: &Ctx<'_>, path: String, state: LinkState) -> Result<Reply, Fault> {
    let status = if state == LinkState::Gone { Status::Gone } else { Status::Ok };
    Ok(Reply::Page(Page::of(status, &Link { s: ctx.open_shell(), path, state, pending: Vec::new(), more: More::default() })?))
}

const fn state_of(purpose: LinkPurpose) -> LinkState {
    match purpose {
        LinkPurpose::VerifyMail | LinkPurpose::ContactCheck => LinkState::Ready,
        LinkPurpose::Unsubscribe => LinkState::Unsubscribe,
        LinkPurpose::NotMe => LinkState::NotMeAsked,
    }
}

#[get("/l/<token>")]
async fn link(ctx: Ctx<'_>, token: &str) -> Answer {
    let path = format!("/l/{token}");
    match ctx.app.link(token, ctx.now).await? {
        LinkPage::Open(purpose) if purpose.second_fact() => Reply::page(&OwnFact { s: ctx.open_shell(), path, wrong: false }),
        LinkPage::Open(purpose) => page(&ctx, path, state_of(purpose)),
        LinkPage::Gone => page(&ctx, String::new(), LinkState::Gone),
    }
}

#[post("/l/<token>", data = "<form>")]
async fn answer(ctx: Ctx<'_>, token: &str, form: LinkPosted) -> Answer {
    let form = &form.0;
    // The one-click post of mail programs (RFC 8058) is answered with success whatever became of the link: there is nothing to be told, and a
    // mail program would only try again. Some of them send no body at all.
    let one_click = form.chose("List-Unsubscribe", "One-Click") || form.iter().next().is_none();
    let (given, done) = match () {
        () if form.chose("step", "fact") => return fact(&ctx, token, form).await,
        () if form.chose("step", "tell") => return tell(&ctx, token, form).await,
        () if form.chose("step", "verify") => (Given::Verify, LinkState::Verified),
        () if form.chose("step", "not-me") => (Given::NotMe, LinkState::NotMe),
        () if form.chose("step", "unsubscribe") || one_click => (Given::Unsubscribe, LinkState::Unsubscribed),
        () => return Err(Status::BadRequest.into()),
    };
    match ctx.app.answer(token, given, ctx.now).await? {
        LinkPage::Gone if !one_click => page(&ctx, String::new(), LinkState::Gone),
        LinkPage::Open(_) | LinkPage::Gone => page(&ctx, String::new(), done),
    }
}

async fn fact(ctx: &Ctx<'_>, token: &str, form: &Entries) -> Answer {
    let path = format!("/l/{token}");
    match ctx.app.check_fact(token, &typed(form, "fact"), ctx.now).await? {
        FactCheck::Right(found) => Reply::page(&Own::of(ctx.open_shell(), path, &found)),
        FactCheck::Wrong => Reply::again(&OwnFact { s: ctx.open_shell(), path, wrong: true }),
        FactCheck::Gone => page(ctx, String::new(), LinkState::Gone),
    }
}

/// The day until which somebody does not wish to be asked: half a year from now where none was given, none where it cannot be read.
fn until(ctx: &Ctx<'_>, form: &Entries) -> Option<NaiveDate> {
    form.read("until", |text| text.parse().ok()).unwrap_or_else(|| ctx.today().checked_add_days(Days::new(182)))
}

async fn tell(ctx: &Ctx<'_>, token: &str, form: &Entries) -> Answer {
    let text = ctx.text();
    let will = match () {
        () if form.chose("will", "no-longer") => {
            Some(Will::NoLonger(form.read_all("leave", Registry::from_word).into_iter().flatten().collect()))
        }
        // A day that was typed counts, where nothing else was chosen beside it.
        () if form.chose("will", "later") || (form.filled("until") && !form.chose("will", "still")) => match until(ctx, form) {
            Some(day) => Some(Will::Later(day)),
            None => {
                let mut slips = Slips::default();
                slips.add("until", "flaw-until");
                return Reply::again(&OwnFlaw::of(ctx.open_shell(), format!("/l/{token}"), form, slips, &[]));
            }
        },
        () if form.chose("will", "still") => Some(Will::Still),
        () => None,
    };
    let asks = |kind: &RightsKind| form.chose("requests", kind.word());
    let told = Told {
        // What was typed counts, whichever button stands beside it.
        phone: form.text("phone"),
        mail: form.text("mail"),
        same_contact: form.chose("contact", "same") && !form.filled("phone") && !form.filled("mail"),
        family: form.read("family", FamilyTold::from_word).flatten(),
        question: form.text("question"),
        requests: [RightsKind::Copy, RightsKind::Erase].into_iter().filter(asks).collect(),
        language: ctx.chosen.map(|lang| Language::of_page(lang == Lang::English)),
        ..Told::of(will)
    };
    let proof = form.read("proof", ToOwned::to_owned).unwrap_or_default();
    match ctx.app.tell(token, &proof, &told, ctx.now).await? {
        Ok(Some(done)) => {
            let state = match &done.left {
                None => LinkState::Told,
                Some((_, true)) => LinkState::Withdrawn,
                Some((_, false)) => LinkState::Left,
            };
            let word = |registry: &Registry| text.t(&format!("registry-{}", registry.word()));
            let more = More {
                left: done.left.iter().flat_map(|(left, _)| left.iter().map(word)).collect(),
                unread: done.unread,
                asked: done.asked,
                answered_by: done.answered_by.map(|day| day.to_string()),
            };
            Reply::page(&Link { s: ctx.open_shell(), path: String::new(), state, pending: pending(&done.pending, text), more })
        }
        Ok(None) => page(ctx, String::new(), LinkState::Gone),
        Err(unclear) => {
            let slips = slips_of(unclear.flaws);
            Reply::again(&OwnFlaw::of(ctx.open_shell(), format!("/l/{token}"), form, slips, &unclear.stands_in))
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![link, answer]
}
