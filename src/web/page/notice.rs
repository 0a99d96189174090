//! 急报: a death notice in three taps, its page, its steps, the paper for when there is no network.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::match_request::{chosen, matter_id, offered, step_shown};
use super::{Answer, Reply, once, slip_of, typed};
use crate::app::{DeskLine, NoticeCase, NoticeForm, OpenReason, StepForm};
use crate::domain::Guarded;
use crate::domain::death_notice::{Act, Caller};
use crate::domain::id::{MatterId, PublicId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::wish::{ITEMS, Wish};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanWorkUrgent, Ctx, Notice};
use crate::web::i18n::Text;
use crate::web::view::notice::{DeskShown, NoticePage, NoticePick, NoticeWhen, NoticeWho, Paper, Tapped, consents, kin, told};
use crate::web::view::people::{PersonLine, shown, status_word};
use crate::web::view::urgent::{StepFields, left_words};
use crate::web::view::wish::kin_lines;
use crate::web::view::{Field, Select, Slips};

/// Items in words; what a sheet called otherwise stands as it was written.
pub(super) fn items_words(items: &[String], text: Text) -> String {
    let word = |item: &String| {
        let key = format!("item-{item}");
        if text.has(&key) { text.t(&key) } else { item.clone() }
    };
    items.iter().map(word).collect::<Vec<_>>().join(&text.t("list-comma"))
}

async fn who_page(staff: &CanWorkUrgent<'_>, entries: Option<&Entries>, slips: Slips) -> Result<NoticeWho, Fault> {
    let text = staff.text();
    Ok(NoticeWho {
        s: staff.shell("/urgent").await?,
        fields: [
            Field::new(text, "query", "notice-query").hint(text, "notice-query-hint").refill(text, entries, &slips),
            Field::new(text, "call_back", "notice-call-back").optional(text).kind("tel").refill(text, entries, &slips),
        ],
        callers: Caller::ALL.iter().map(|c| (c.word(), text.t(&format!("caller-{}", c.word())))).collect(),
        slips,
    })
}

#[get("/urgent/notice")]
async fn begin(staff: CanWorkUrgent<'_>) -> Answer {
    Reply::page(&who_page(&staff, None, Slips::default()).await?)
}

fn tapped(entries: &Entries) -> Result<Tapped, Fault> {
    let caller = entries.read("caller", Caller::from_word).flatten().ok_or(Status::BadRequest)?;
    let person = entries.read("person", PublicId::parse).flatten().map(|p| p.to_string()).unwrap_or_default();
    Ok(Tapped { caller: caller.word().to_owned(), call_back: typed(entries, "call_back"), person })
}

#[post("/urgent/notice/who", data = "<form>")]
async fn pick(staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let tapped = tapped(entries)?;
    if !entries.filled("query") {
        let mut slips = Slips::default();
        slips.add("query", "slip-notice-query");
        return Reply::again(&who_page(&staff, Some(entries), slips).await?);
    }
    let mut rows = staff.app.search(staff.actor(), &typed(entries, "query")).await?;
    // Who is registered for organs or body comes first.
    rows.sort_by_key(|row| !row.standings.iter().any(|(r, s, _)| *r == Registry::OrganBody && s.in_pool()));
    let text = staff.text();
    let found = rows.iter().take(8).map(|row| PersonLine::of(row, staff.today(), &staff.app.towns, text)).collect();
    Reply::page(&NoticePick { s: staff.shell("/urgent").await?, tapped, found })
}

async fn when_page(staff: &CanWorkUrgent<'_>, tapped: Tapped, entries: Option<&Entries>, slips: Slips) -> Result<NoticeWhen, Fault> {
    let text = staff.text();
    Ok(NoticeWhen {
        s: staff.shell("/urgent").await?,
        tapped,
        fields: [
            Field::new(text, "place", "notice-place").optional(text).refill(text, entries, &slips),
            Field::new(text, "when", "notice-when").kind("datetime-local").value(staff.civil(staff.now)).refill(text, entries, &slips),
        ],
        called: Field::new(text, "called", "notice-called")
            .hint(text, "notice-called-hint")
            .optional(text)
            .kind("datetime-local")
            .refill(text, entries, &slips),
        slips,
    })
}

#[post("/urgent/notice/when", data = "<form>")]
async fn when(staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    Reply::page(&when_page(&staff, tapped(&form.0)?, None, Slips::default()).await?)
}

#[post("/urgent/notice", data = "<form>")]
async fn save(staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let tapped = tapped(entries)?;
    let once = once(entries, &staff.app)?;
    let dying = match () {
        () if entries.chose("state", "dying") => true,
        () if entries.chose("state", "died") => false,
        () => return Err(Status::BadRequest.into()),
    };
    let mut slips = Slips::default();
    let called = entries.read("called", |t| staff.instant(t));
    match entries.read("when", |t| staff.instant(t)).flatten() {
        _ if called == Some(None) => slips.add("called", "slip-match-time"),
        Some(at) => {
            let asked = NoticeForm {
                caller: Caller::from_word(&tapped.caller).ok_or(Status::BadRequest)?,
                call_back: entries.text("call_back"),
                person: PublicId::parse(&tapped.person),
                place: entries.text("place"),
                dying,
                when: at,
                called: called.flatten(),
            };
            match staff.app.open_notice(staff.actor(), &asked, &once, staff.now).await {
                Ok(id) => {
                    staff.tell(&Notice::plain("notice-opened"));
                    return Ok(Reply::go(format!("/urgent/notice/{id}")));
                }
                Err(error) => slip_of(error, "notice", &mut slips)?,
            }
        }
        None => slips.add("when", "slip-match-time"),
    }
    Reply::again(&when_page(&staff, tapped, Some(entries), slips).await?)
}

fn desk(ctx: &Ctx<'_>, line: &DeskLine, called: bool) -> DeskShown {
    let text = ctx.text();
    let limit = if line.hours == 0 { text.t("desk-at-once") } else { text.n("desk-within", line.hours) };
    DeskShown {
        name: text.t(&format!("desk-{}", line.whom.word())),
        phone: line.phone.clone(),
        limit,
        left: line.until.map(|until| left_words(until, ctx.now, text)),
        called,
        code: line.whom.word(),
    }
}

async fn page(
    staff: &CanWorkUrgent<'_>,
    case: NoticeCase,
    opened: bool,
    entries: Option<&Entries>,
    slips: Slips,
) -> Result<NoticePage, Fault> {
    let text = staff.text();
    let path = format!("/urgent/notice/{}", case.id);
    let called = |code: &str| case.steps.iter().any(|s| s.act == Act::Called.word() && s.code.as_deref() == Some(code));
    let (name, fields) = match &case.person {
        Some(p) => {
            let (name, fields) = shown(p, staff.today(), &staff.app.towns, text, &|_| String::new());
            (name.guarded(), fields)
        }
        None => (Guarded::new(text.t("notice-nobody")), Vec::new()),
    };
    let (call_back, place) = told(&case, opened);
    let stands = matches!(case.standing, Some((EnrolmentStatus::Registered | EnrolmentStatus::Enrolled, _)));
    let standing = match case.standing {
        Some((status, since)) => text.xy("notice-standing", status_word(Registry::OrganBody, status, text), since),
        None => text.t("notice-no-standing"),
    };
    let not = if stands { Wish::declined(&case.wish) } else { ITEMS.to_vec() };
    let (given, written) = consents(&case, text);
    let acts = case.phase.acts().into_iter().map(|act| (act.word(), act.codes().iter().map(|c| c.word()).collect()));
    let (what, end) = offered(acts.collect(), "notice", text);
    let may_die = !case.closed && case.phase.after(Act::Died).is_ok();
    let confirmed = case.desks.iter().map(|d| d.confirmed).collect::<Option<Vec<_>>>().and_then(|days| days.into_iter().min());
    Ok(NoticePage {
        s: staff.shell("/urgent").await?,
        phase: text.t(&format!("notice-phase-{}", case.phase.word())),
        since: case.died_at.map(|at| left_words(at, staff.now, text).0).unwrap_or_default(),
        caller: case.caller.map(|c| text.t(&format!("caller-{}", c.word()))).unwrap_or_default(),
        call_back,
        place,
        opened,
        name,
        person: case.person.as_ref().map(|p| format!("/people/{}", p.view.row.public_id)).unwrap_or_default(),
        standing,
        stands,
        items: if stands { given } else { Vec::new() },
        written: if stands { written } else { String::new() },
        not: not.into_iter().map(|item| text.t(&format!("item-{item}"))).collect(),
        family: case.family.as_ref().map(|a| text.t(&format!("answer-family-{a}"))).unwrap_or_else(|| text.t("notice-family-unknown")),
        outside: case
            .outside
            .iter()
            .map(|l| (text.t(&format!("outside-{}", l.system.word())), text.t(&format!("outside-state-{}", l.state.word()))))
            .collect(),
        desks: case.desks.iter().map(|d| desk(staff, d, called(d.whom.word()))).collect(),
        confirmed: confirmed.map(|d| d.to_string()),
        opinions: kin_lines(&case.wish, opened, text),
        objected: Wish::objected(&case.wish),
        kin: case.person.as_ref().filter(|_| opened).map(|p| kin(p, text)).unwrap_or_default(),
        fields: if opened { fields } else { Vec::new() },
        reason: [OpenReason::CallFamily, OpenReason::Compare]
            .into_iter()
            .fold(Select::new(text, "reason", "open-why"), |s, r| s.option(r.word(), text.t(&format!("open-{}", r.word())))),
        steps: case.steps.iter().map(|s| step_shown(staff, s, "notice")).collect(),
        when: Field::new(text, "when", "notice-step-at")
            .hint(text, if may_die { "notice-died-at-hint" } else { "notice-step-at-hint" })
            .optional(text)
            .kind("datetime-local")
            .refill(text, entries, &slips),
        may_die,
        form: (!case.closed).then(|| StepFields {
            action: format!("{path}/step"),
            what: what.refill(text, entries, &slips),
            end: end.map(|e| e.refill(text, entries, &slips)),
            day: None,
            note: Field::new(text, "note", "urgent-note").optional(text).rows(2).refill(text, entries, &slips),
            version: case.version,
        }),
        care: if case.decided { format!("/care/family/{}", case.id) } else { String::new() },
        version: case.version,
        path,
        slips,
    })
}

async fn masked(staff: &CanWorkUrgent<'_>, id: MatterId, entries: Option<&Entries>, slips: Slips) -> Result<NoticePage, Fault> {
    let case = staff.app.notice_case(staff.actor(), id, staff.now).await?;
    page(staff, case, false, entries, slips).await
}

#[get("/urgent/notice/<id>")]
async fn one(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    Reply::page(&masked(&staff, matter_id(id)?, None, Slips::default()).await?)
}

#[post("/urgent/notice/<id>/open", data = "<form>")]
async fn open(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let why = form.0.read("reason", OpenReason::from_word).flatten().ok_or(Status::BadRequest)?;
    let case = staff.app.open_notice_person(staff.actor(), matter_id(id)?, why, staff.now).await?;
    Reply::page(&page(&staff, case, true, None, Slips::default()).await?)
}

#[post("/urgent/notice/<id>/step", data = "<form>")]
async fn step(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    let when = entries.read("when", |t| staff.instant(t)).flatten();
    if entries.filled("when") && when.is_none() {
        slips.add("when", "slip-match-time");
    } else if let Some((act, code)) = chosen(entries, &mut slips) {
        let asked = StepForm { act, code, day: staff.today(), when, note: entries.text("note") };
        match staff.app.note_notice(staff.actor(), (id, version), &asked, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("urgent-noted"));
                return Ok(Reply::go(format!("/urgent/notice/{id}")));
            }
            Err(error) => slip_of(error, "urgent", &mut slips)?,
        }
    }
    Reply::again(&masked(&staff, id, Some(entries), slips).await?)
}

#[get("/urgent/notice/paper")]
async fn paper(staff: CanWorkUrgent<'_>) -> Answer {
    let duty = staff.app.duty(staff.actor(), staff.now).await?;
    let text = staff.text();
    let desks = duty.desks.iter().filter_map(|d| {
        let code = d.code()?;
        Some(DeskShown {
            name: text.t(&format!("desk-{}", code.word())),
            phone: d.phone.clone(),
            limit: if d.hours == 0 { text.t("desk-at-once") } else { text.n("desk-within", d.hours) },
            left: None,
            called: false,
            code: code.word(),
        })
    });
    Reply::page(&Paper { s: staff.shell("/urgent").await?, phone: duty.phone, desks: desks.collect() })
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![begin, pick, when, save, one, open, step, paper]
}
