//! The registrant's side of a link. Reading changes nothing; the link in the path is the secret.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Page, Reply, typed};
use crate::app::{Answer as Given, FactCheck, LinkPage, Told, Will};
use crate::followup::link::LinkPurpose;
use crate::web::error::Fault;
use crate::web::form::{Entries, LinkPosted};
use crate::web::guard::Ctx;
use crate::web::view::link::{Link, LinkState};
use crate::web::view::own::{Own, OwnFact, OwnFlaw, pending};

fn page(ctx: &Ctx<'_>, path: String, state: LinkState) -> Result<Reply, Fault> {
    let status = if state == LinkState::Gone { Status::Gone } else { Status::Ok };
    Ok(Reply::Page(Page::of(status, &Link { s: ctx.open_shell(), path, state, pending: Vec::new() })?))
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

async fn tell(ctx: &Ctx<'_>, token: &str, form: &Entries) -> Answer {
    let until = form.read("until", |text| text.parse().ok()).flatten();
    let will = match () {
        () if form.chose("will", "no-longer") => Will::NoLonger,
        // Without a day: half a year from now.
        () if form.chose("will", "later") => Will::Later(until.unwrap_or(ctx.today() + chrono::Days::new(182))),
        () => Will::Still,
    };
    let changed = |name: &'static str| form.text(name).filter(|_| form.chose("contact", "changed") && form.filled(name));
    let told = Told { will, phone: changed("phone"), mail: changed("mail"), same_contact: form.chose("contact", "same") };
    let proof = form.read("proof", ToOwned::to_owned).unwrap_or_default();
    match ctx.app.tell(token, &proof, &told, ctx.now).await? {
        Ok(Some(left)) => {
            let state = if will == Will::NoLonger { LinkState::Withdrawn } else { LinkState::Told };
            let pending = pending(&left, ctx.text());
            Reply::page(&Link { s: ctx.open_shell(), path: String::new(), state, pending })
        }
        Ok(None) => page(ctx, String::new(), LinkState::Gone),
        Err(flaws) => {
            let fields = flaws.iter().map(|f| f.field).collect::<Vec<_>>();
            Reply::again(&OwnFlaw {
                s: ctx.open_shell(),
                path: format!("/l/{token}"),
                proof,
                phone: fields.contains(&"phone"),
                mail: fields.contains(&"mail"),
            })
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![link, answer]
}
