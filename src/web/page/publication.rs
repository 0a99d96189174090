//! 信息公开: what waits for the manager, and what anybody may read without signing in.

use chrono::{Datelike, Days};
use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::figures::download;
use super::{Answer, Reply, day};
use crate::app::StoredRelease;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanPublish, CanReport, Ctx, Notice};
use crate::web::view::figures::{Body, Public, Publication, Release, ReleaseLine, Shown, ways};
use crate::web::view::report::lang_of;
use crate::web::view::{Field, Slips};

async fn desk(staff: &CanReport<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Publication, Fault> {
    let text = staff.text();
    let s = staff.shell("/reports").await?;
    // A month that is over can be published.
    let month_end = s.today.with_day(1).and_then(|d| d.checked_sub_days(Days::new(1))).unwrap_or(s.today);
    let releases = staff.app.releases(staff.actor()).await?;
    Ok(Publication {
        ways: ways(&s, "/reports/public", ""),
        releases: releases.iter().map(|r| ReleaseLine::of(r, |at| staff.printed(at))).collect(),
        day: Field::new(text, "day", "public-day")
            .hint(text, "hint-date")
            .class("input--short")
            .live(text, "date")
            .value(month_end.to_string())
            .refill(text, entries, &slips),
        slips,
        s,
    })
}

#[get("/reports/public")]
async fn publication(staff: CanReport<'_>) -> Answer {
    Reply::page(&desk(&staff, None, Slips::default()).await?)
}

#[post("/reports/public", data = "<form>")]
async fn prepare(staff: CanPublish<'_>, reader: CanReport<'_>, form: Posted) -> Answer {
    let mut slips = Slips::default();
    let as_of = day(&form.0, "day", &mut slips);
    if as_of.is_none_or(|d| d > staff.today()) && slips.is_empty() {
        slips.add("day", "slip-public-day");
    }
    let Some(as_of) = as_of.filter(|_| slips.is_empty()) else {
        return Reply::again(&desk(&reader, Some(&form.0), slips).await?);
    };
    let made = staff.app.prepare_release(staff.actor(), as_of, staff.now).await?;
    Ok(Reply::go(format!("/reports/public/{}", made.number)))
}

async fn found(staff: &CanReport<'_>, number: i64) -> Result<StoredRelease, Fault> {
    let all = staff.app.releases(staff.actor()).await?;
    all.into_iter().find(|r| r.number == number).ok_or(Fault(Status::NotFound))
}

#[get("/reports/public/<number>")]
async fn release(staff: CanReport<'_>, number: i64) -> Answer {
    let stored = found(&staff, number).await?;
    let report = staff.app.release_report(&stored, lang_of(staff.text()));
    Reply::page(&Release {
        s: staff.shell("/reports").await?,
        number,
        title: report.title.clone(),
        about: report.about.clone(),
        body: Body::of(&report),
        standing: stored.standing(staff.app.config.zone),
    })
}

#[post("/reports/public/<number>/approve", data = "<_form>")]
async fn approve(staff: CanPublish<'_>, number: i64, _form: Posted) -> Answer {
    staff.app.approve_release(staff.actor(), number, staff.now).await?;
    staff.tell(&Notice::with("public-approved", number));
    Ok(Reply::go("/reports/public"))
}

async fn public_page(ctx: &Ctx<'_>, number: Option<i64>) -> Answer {
    let all = ctx.app.published().await?;
    let shown = match number {
        None => all.first(),
        Some(number) => Some(all.iter().find(|r| r.number == number).ok_or(Fault(Status::NotFound))?),
    };
    let shown = shown.map(|stored| {
        let report = ctx.app.release_report(stored, lang_of(ctx.text()));
        Shown { number: stored.number, about: report.about.clone(), body: Body::of(&report) }
    });
    Reply::page(&Public { s: ctx.open_shell(), shown, releases: all.iter().map(|r| ReleaseLine::of(r, |at| ctx.printed(at))).collect() })
}

#[get("/public")]
async fn public(ctx: Ctx<'_>) -> Answer {
    public_page(&ctx, None).await
}

#[get("/public/<number>")]
async fn public_release(ctx: Ctx<'_>, number: i64) -> Answer {
    public_page(&ctx, Some(number)).await
}

#[get("/public/<number>/as/<form>")]
async fn public_file(ctx: Ctx<'_>, number: i64, form: &str) -> Answer {
    let all = ctx.app.published().await?;
    let stored = all.into_iter().find(|r| r.number == number).ok_or(Fault(Status::NotFound))?;
    let report = ctx.app.release_report(&stored, lang_of(ctx.text()));
    download(&report, &format!("public-{number}"), form)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![publication, prepare, release, approve, public, public_release, public_file]
}
