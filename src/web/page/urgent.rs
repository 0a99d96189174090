//! 急办: the board, the branch's own entries for the clocks, emergency openings, the look-up.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::match_request::{matter_id, who};
use super::notice::items_words;
use super::{Answer, Page, Reply, day, slip_of, typed};
use crate::app::{AppError, Found, LookUpWhy, MatchCase, NoticeHead};
use crate::domain::death_notice::Code;
use crate::domain::id::{OpeningId, StaffId};
use crate::domain::role::Right;
use crate::domain::urgent::Desk;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanLookUp, CanReviewOpening, CanSetDuty, CanWorkUrgent, Ctx, Notice};
use crate::web::view::closed::{Closed, MatterLine};
use crate::web::view::urgent::{
    Board, DeskFields, DutyPage, LookUp, MatchCard, NoticeLine, OpeningShown, Openings, RedLine, left_words, phase_word,
};
use crate::web::view::{Choice, Field, Select, Slips};

fn card(staff: &CanWorkUrgent<'_>, case: &MatchCase) -> MatchCard {
    let text = staff.text();
    MatchCard {
        href: format!("/urgent/match/{}", case.id),
        who: who(staff, case),
        phase: phase_word(case.phase, text),
        left: case.phase.awaits_answer().then(|| left_words(case.answer_by, staff.now, text)),
        until: staff.printed(case.answer_by),
    }
}

pub(super) fn notice_line(staff: &CanWorkUrgent<'_>, head: &NoticeHead) -> NoticeLine {
    let text = staff.text();
    NoticeLine {
        href: format!("/urgent/notice/{}", head.id),
        who: head.public_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        phase: text.t(&format!("notice-phase-{}", head.phase.word())),
        since: left_words(head.since, staff.now, text).0,
    }
}

#[get("/urgent")]
async fn board(staff: CanWorkUrgent<'_>) -> Answer {
    let text = staff.text();
    let board = staff.app.urgent_board(staff.actor(), staff.now).await?;
    let may_close = staff.staff().roles.may(Right::Outside);
    Reply::page(&Board {
        s: staff.shell("/urgent").await?,
        duty: board.duty.map(|(who, day)| (who, day.to_string())),
        red: board.outside.iter().map(|l| RedLine::of(l, may_close, text)).collect(),
        unentered: board.unentered,
        families: board.families,
        matches: board.matches.iter().map(|m| card(&staff, m)).collect(),
        notices: board.notices.iter().map(|n| notice_line(&staff, n)).collect(),
    })
}

#[get("/urgent/closed?<after>")]
async fn closed(staff: CanWorkUrgent<'_>, after: Option<&str>) -> Answer {
    let text = staff.text();
    let after = after.map(matter_id).transpose()?;
    let (heads, more) = staff.app.closed_matters(staff.actor(), after).await?;
    Reply::page(&Closed {
        next: heads.last().filter(|_| more).map(|head| format!("/urgent/closed?after={}", head.id)),
        matters: heads.iter().map(|head| MatterLine::of(head, &|at| staff.printed(at), text)).collect(),
        s: staff.shell("/urgent").await?,
    })
}

async fn duty_page(staff: &CanWorkUrgent<'_>, entries: Option<&Entries>, slips: Slips) -> Result<DutyPage, Fault> {
    let text = staff.text();
    let duty = staff.app.duty(staff.actor(), staff.now).await?;
    let desks = duty.desks.iter().filter_map(|desk| {
        let code = desk.code()?;
        Some(DeskFields {
            name: text.t(&format!("desk-{}", code.word())),
            word: code.word(),
            phone: desk.phone.clone(),
            hours: desk.hours.to_string(),
            confirmed: desk.confirmed.map(|d| d.to_string()).unwrap_or_default(),
        })
    });
    let who = duty.staff.iter().fold(Select::new(text, "staff", "duty-who"), |s, (id, name)| s.option(id.to_string(), name.clone()));
    Ok(DutyPage {
        s: staff.shell("/urgent").await?,
        may: staff.staff().roles.may(Right::Duty),
        desks: desks.collect(),
        since: duty.since.map(|day| day.to_string()).unwrap_or_default(),
        coming: duty
            .coming
            .iter()
            .map(|edition| {
                let hours = |desk: &Desk| {
                    let limit = if desk.hours == 0 { text.t("desk-at-once") } else { text.n("desk-within", desk.hours) };
                    Some(format!("{} {} {limit}", text.t(&format!("desk-{}", desk.code()?.word())), desk.phone))
                };
                (edition.valid_from.to_string(), edition.desks.iter().filter_map(hours).collect::<Vec<_>>().join(&text.t("list-comma")))
            })
            .collect(),
        from: Field::new(text, "valid_from", "desks-from")
            .hint(text, "desks-from-hint")
            .kind("date")
            .class("input--short")
            .value(staff.today().to_string())
            .refill(text, entries, &slips),
        phone: duty.phone,
        roster: duty.roster.into_iter().map(|d| (d.day.to_string(), d.name)).collect(),
        day: Field::new(text, "day", "duty-day")
            .kind("date")
            .class("input--short")
            .value(staff.today().to_string())
            .refill(text, entries, &slips),
        staff: who.refill(text, entries, &slips),
        slips,
    })
}

#[get("/urgent/duty")]
async fn duty(staff: CanWorkUrgent<'_>) -> Answer {
    Reply::page(&duty_page(&staff, None, Slips::default()).await?)
}

#[post("/urgent/duty/desks", data = "<form>")]
async fn desks(may: CanSetDuty<'_>, staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let mut rows = Vec::new();
    for code in [Code::OrganCoordinator, Code::EyeBank, Code::School] {
        let phone = entries.read(&format!("phone-{}", code.word()), str::to_owned).unwrap_or_default();
        match entries.read(&format!("hours-{}", code.word()), str::parse::<u32>) {
            Some(Ok(hours)) => rows.push((code, phone, hours)),
            _ => slips.add("desks", "slip-duty-hours"),
        }
    }
    let own = entries.read("phone", str::to_owned).unwrap_or_default();
    let from = day(entries, "valid_from", &mut slips).unwrap_or_else(|| may.today());
    if slips.is_empty() {
        match may.app.set_desks(may.actor(), (&rows, from), &own, may.now).await {
            Ok(()) => {
                may.tell(&Notice::plain("duty-saved"));
                return Ok(Reply::go("/urgent/duty"));
            }
            Err(AppError::Input { field: "valid_from", .. }) => slips.add("valid_from", "slip-duty-day"),
            Err(AppError::Input { field, .. }) => slips.add("desks", format!("slip-duty-{field}")),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&duty_page(&staff, None, slips).await?)
}

#[post("/urgent/duty", data = "<form>")]
async fn roster(may: CanSetDuty<'_>, staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let on = day(entries, "day", &mut slips);
    let who = entries.read("staff", |t| Uuid::parse_str(t).ok()).flatten().map(StaffId);
    if slips.is_empty() {
        let (Some(on), Some(who)) = (on, who) else { return Err(Status::BadRequest.into()) };
        match may.app.set_duty(may.actor(), on, who, may.now).await {
            Ok(()) => {
                may.tell(&Notice::plain("duty-saved"));
                return Ok(Reply::go("/urgent/duty"));
            }
            Err(error) => slip_of(error, "duty", &mut slips)?,
        }
    }
    Reply::again(&duty_page(&staff, Some(entries), slips).await?)
}

#[get("/urgent/openings")]
async fn openings(staff: CanReviewOpening<'_>) -> Answer {
    let text = staff.text();
    let (lines, year) = staff.app.openings(staff.actor(), staff.now).await?;
    let today = staff.today();
    Reply::page(&Openings {
        s: staff.shell(if staff.staff().roles.may(Right::Urgent) { "/urgent" } else { "/log" }).await?,
        year,
        lines: lines
            .into_iter()
            .map(|line| OpeningShown {
                href: format!("/urgent/openings/{}", line.id),
                by: line.by,
                reason: text.t(&format!("open-{}", line.reason)),
                at: staff.printed(line.at),
                until: line.review_by.to_string(),
                late: line.review_by < today,
                own: line.own,
            })
            .collect(),
    })
}

#[post("/urgent/openings/<id>", data = "<form>")]
async fn review(staff: CanReviewOpening<'_>, id: &str, form: Posted) -> Answer {
    let id = Uuid::parse_str(id).map(OpeningId).map_err(|_| Fault(Status::NotFound))?;
    let justified = match () {
        () if form.0.chose("verdict", "justified") => true,
        () if form.0.chose("verdict", "questioned") => false,
        () => return Err(Status::BadRequest.into()),
    };
    staff.app.review_opening(staff.actor(), id, justified, staff.now).await?;
    staff.tell(&Notice::plain("opening-reviewed"));
    Ok(Reply::go("/urgent/openings"))
}

async fn look_up_page(
    ctx: &Ctx<'_>,
    entries: Option<&Entries>,
    found: Option<Option<(String, String)>>,
    slips: Slips,
) -> Result<LookUp, Fault> {
    let text = ctx.text();
    Ok(LookUp {
        s: ctx.shell("/urgent").await?,
        fields: [
            Field::new(text, "document", "field-document").live(text, "id").refill(text, entries, &slips),
            Field::new(text, "case", "lookup-case").hint(text, "lookup-case-hint").class("input--short").refill(text, entries, &slips),
        ],
        why: LookUpWhy::ALL
            .into_iter()
            .fold(Choice::one(text, "why", "lookup-why"), |c, w| c.option(w.word(), text.t(&format!("lookup-why-{}", w.word()))))
            .refill(text, entries, &slips),
        found,
        again: String::new(),
        slips,
    })
}

#[get("/urgent/look-up")]
async fn look_up(staff: CanLookUp<'_>) -> Answer {
    Reply::page(&look_up_page(&staff, None, None, Slips::default()).await?)
}

#[post("/urgent/look-up", data = "<form>")]
async fn ask(staff: CanLookUp<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let text = staff.text();
    let mut slips = Slips::default();
    let Some(why) = entries.read("why", LookUpWhy::from_word).flatten() else {
        slips.add("why", "slip-lookup-why");
        return Reply::again(&look_up_page(&staff, Some(entries), None, slips).await?);
    };
    let case = entries.read("case", str::to_owned).unwrap_or_default();
    match staff.app.look_up(staff.actor(), &typed(entries, "document"), why, &case, staff.now).await {
        Ok(found) => {
            let found = match found {
                Found::No => None,
                Found::Yes { since, items } => Some((since.to_string(), items_words(&items, text))),
            };
            Reply::page(&look_up_page(&staff, None, Some(found), slips).await?)
        }
        Err(AppError::AskedTooOften { again }) => {
            let page = LookUp { again: staff.printed(again), ..look_up_page(&staff, Some(entries), None, slips).await? };
            Ok(Reply::Page(Page::of(Status::TooManyRequests, &page)?))
        }
        Err(error) => {
            slip_of(error, "lookup", &mut slips)?;
            Reply::again(&look_up_page(&staff, Some(entries), None, slips).await?)
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![board, closed, duty, desks, roster, openings, review, look_up, ask]
}
