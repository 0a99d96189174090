//! The calendar feed of the call desk: its address, and the feed itself.

use rocket::http::{ContentType, Status};
use rocket::{Route, get, post, routes};

use super::{Answer, Download, Reply};
use crate::followup::feed::{FeedDay, feed};
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::{CanFollowUp, Ctx, Notice};
use crate::web::i18n::{Lang, Text};
use crate::web::view::desk::FeedPage;

/// The address of a path as people type it.
fn address(ctx: &Ctx<'_>, path: &str) -> String {
    let config = &ctx.app.config;
    let local = || format!("http://{}:{}{path}", config.address, config.port);
    config.public_url.as_ref().map_or_else(local, |url| url.link(path))
}

#[get("/follow-up/feed")]
async fn own(staff: CanFollowUp<'_>) -> Answer {
    let path = staff.app.own_feed(staff.actor()).await?;
    Reply::page(&FeedPage { s: staff.shell("/follow-up").await?, address: path.map(|path| address(&staff, &path)) })
}

#[post("/follow-up/feed", data = "<form>")]
async fn set(staff: CanFollowUp<'_>, form: Posted) -> Answer {
    let on = match () {
        () if form.0.chose("step", "make") => true,
        () if form.0.chose("step", "end") => false,
        () => return Err(Status::BadRequest.into()),
    };
    staff.app.set_feed(staff.actor(), on, staff.now).await?;
    staff.tell(&Notice::plain(if on { "feed-made" } else { "feed-ended" }));
    Ok(Reply::go("/follow-up/feed"))
}

#[get("/feed/<token>")]
async fn calendar(ctx: Ctx<'_>, token: &str) -> Answer {
    let found = ctx.app.feed(token, ctx.now).await?.ok_or(Fault(Status::NotFound))?;
    let text = Text(if found.english { Lang::English } else { Lang::Chinese });
    let days: Vec<FeedDay> =
        found.days.into_iter().map(|(day, count)| FeedDay { day, summary: text.nm("feed-day", count.due, count.agreed) }).collect();
    let link = address(&ctx, "/follow-up");
    let host = link.split("://").nth(1).and_then(|rest| rest.split(['/', ':']).next()).unwrap_or("localhost").to_owned();
    let body = feed(&text.t("nav-followup"), &host, &link, &days, ctx.now);
    let kind = ContentType::new("text", "calendar").with_params(("charset", "utf-8"));
    Ok(Reply::File(Download::of(kind, "follow-ups.ics", body.into_bytes())))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![own, set, calendar]
}
