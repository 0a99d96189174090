//! The registrant's side of a link. Reading changes nothing; the link in the path is the secret.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Page, Reply};
use crate::app::{Answer as Given, LinkPage};
use crate::followup::link::LinkPurpose;
use crate::web::error::Fault;
use crate::web::form::LinkPosted;
use crate::web::guard::Ctx;
use crate::web::view::link::{Link, LinkState};

fn page(ctx: &Ctx<'_>, path: String, state: LinkState) -> Result<Reply, Fault> {
    let status = if state == LinkState::Gone { Status::Gone } else { Status::Ok };
    Ok(Reply::Page(Page::of(status, &Link { s: ctx.open_shell(), path, state })?))
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
    match ctx.app.link(token, ctx.now).await? {
        LinkPage::Open(purpose) => page(&ctx, format!("/l/{token}"), state_of(purpose)),
        LinkPage::Gone => page(&ctx, String::new(), LinkState::Gone),
    }
}

#[post("/l/<token>", data = "<form>")]
async fn answer(ctx: Ctx<'_>, token: &str, form: LinkPosted) -> Answer {
    let (given, done) = match () {
        () if form.0.chose("step", "verify") => (Given::Verify, LinkState::Verified),
        () if form.0.chose("step", "not-me") => (Given::NotMe, LinkState::NotMe),
        // The second spelling is the one-click post of mail programs (RFC 8058).
        () if form.0.chose("step", "unsubscribe") || form.0.chose("List-Unsubscribe", "One-Click") => {
            (Given::Unsubscribe, LinkState::Unsubscribed)
        }
        () => return Err(Status::BadRequest.into()),
    };
    match ctx.app.answer(token, given, ctx.now).await? {
        LinkPage::Open(_) => page(&ctx, String::new(), done),
        LinkPage::Gone => page(&ctx, String::new(), LinkState::Gone),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![link, answer]
}
