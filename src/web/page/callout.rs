//! Volunteers as a whole: teams, certificates that run out, and the call-out list for an emergency.

use rocket::{Route, get, post, routes};

use super::{Answer, Reply, once, slip_of, typed_line};
use crate::app::{CallOut, ListState, SlowList};
use crate::domain::id::PublicId;
use crate::domain::town::TownCode;
use crate::domain::volunteer::Skill;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanCallOut, CanServe, Notice};
use crate::web::view::Slips;
use crate::web::view::callout::{CallOutPage, Certificates};
use crate::web::view::underway::Underway;
use crate::web::view::volunteer::Teams;

async fn desk(staff: &CanServe<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Teams, Fault> {
    let teams = staff.app.teams().await?;
    Ok(Teams::of(staff.shell("/people").await?, &teams, &staff.app.towns, entries, slips))
}

#[get("/volunteers")]
async fn volunteers(staff: CanServe<'_>) -> Answer {
    Reply::page(&desk(&staff, None, Slips::default()).await?)
}

#[post("/volunteers", data = "<form>")]
async fn add(staff: CanServe<'_>, form: Posted) -> Answer {
    let (entries, mut slips) = (&form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let town = entries.read("town", |code| code.parse().ok().map(TownCode)).flatten();
    match staff.app.add_team(staff.actor(), (&typed_line(entries, "name"), town), &once, staff.now).await {
        Ok(()) => {
            staff.tell(&Notice::plain("team-added"));
            return Ok(Reply::go("/volunteers"));
        }
        Err(error) => slip_of(error, "team", &mut slips)?,
    }
    Reply::again(&desk(&staff, Some(entries), slips).await?)
}

#[post("/volunteers/<number>/close", data = "<form>")]
async fn close(staff: CanServe<'_>, number: u32, form: Posted) -> Answer {
    let once = once(&form.0, &staff.app)?;
    staff.app.close_team(staff.actor(), number, &once, staff.now).await?;
    staff.tell(&Notice::plain("team-closed-done"));
    Ok(Reply::go("/volunteers"))
}

/// A page of the list: from the beginning, or behind the last line of the one before.
#[get("/volunteers/certificates?<from>&<after>")]
async fn certificates(staff: CanServe<'_>, from: Option<&str>, after: Option<&str>) -> Answer {
    let after = after.and_then(PublicId::parse);
    let after = from.and_then(|day| day.parse().ok()).zip(after.as_ref());
    let state = staff.app.list_state(SlowList::Certificates, staff.now).await?;
    let older = match state {
        ListState::Underway(progress) => {
            let s = staff.shell("/people").await?;
            return Reply::page(&Underway::of(s, "certs-running-out", "/volunteers/certificates", progress));
        }
        ListState::Older(at) => Some(staff.printed(at)),
        ListState::Ready => None,
    };
    let (lines, next) = staff.app.certificates_running_out(staff.actor(), after, staff.now).await?;
    Reply::page(&Certificates::of(staff.shell("/people").await?, &lines, next, older))
}

#[get("/callout")]
async fn callout(staff: CanCallOut<'_>) -> Answer {
    Reply::page(&CallOutPage::of(staff.shell("/people").await?, &staff.app.towns, None, None, Slips::default()))
}

#[post("/callout", data = "<form>")]
async fn list(staff: CanCallOut<'_>, form: Posted) -> Answer {
    let (entries, mut slips) = (&form.0, Slips::default());
    let asked = CallOut {
        skills: Skill::ALL.iter().copied().filter(|skill| entries.chose("skills", skill.word())).collect(),
        towns: entries.read_all("towns", |code| code.parse().ok().map(TownCode)).into_iter().flatten().collect(),
        purpose: typed_line(entries, "purpose"),
    };
    let s = staff.shell("/people").await?;
    match staff.app.call_out(staff.actor(), &asked, staff.now).await {
        Ok(lines) => Reply::page(&CallOutPage::of(s, &staff.app.towns, Some(entries), Some((&asked, &lines)), slips)),
        Err(error) => {
            slip_of(error, "callout", &mut slips)?;
            Reply::again(&CallOutPage::of(s, &staff.app.towns, Some(entries), None, slips))
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![volunteers, add, close, certificates, callout, list]
}
