//! 救助 and 缅怀: aid cases, a family's wish to have the donor remembered, the printed list.

use chrono::NaiveDate;
use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::match_request::{matter_id, step_shown};
use super::{Answer, Reply, day, once, slip_of, typed};
use crate::app::{AidForm, AidStep, AppError, NoticeHead, RemembranceForm};
use crate::domain::Guarded;
use crate::domain::care::{AidAct, Cents, Fund, Told};
use crate::domain::id::MatterId;
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanErase, CanWorkUrgent, Notice};
use crate::web::view::care::{AidPage, AidShown, CareNew, CarePage, RememberedShown, RemembrancePrint};
use crate::web::view::family::FamilyShown;
use crate::web::view::urgent::NoticeLine;
use crate::web::view::{Choice, Field, Select, Slips};

#[get("/care")]
async fn list(staff: CanWorkUrgent<'_>) -> Answer {
    let text = staff.text();
    let aid = staff.app.aid_cases(staff.actor()).await?;
    let remembered = staff.app.remembrances(staff.actor()).await?;
    let families = staff.app.family_calls(staff.actor(), staff.now).await?;
    let notices = staff.app.decided_notices(staff.actor()).await?;
    let line = |head: &NoticeHead| (head.id.to_string(), super::urgent::notice_line(&staff, head));
    Reply::page(&CarePage {
        s: staff.shell("/urgent").await?,
        aid: aid.iter().map(|case| AidShown::of(case, false, text)).collect(),
        families: families.iter().map(|l| FamilyShown::of(l, false, text)).collect(),
        remembered: remembered.iter().map(|l| RememberedShown::of(l, false, text)).collect(),
        notices: notices.iter().map(line).collect::<Vec<(String, NoticeLine)>>(),
    })
}

/// Whom a form of this page is about: a recipient, or the family of a death notice's donor.
pub(super) fn about(staff: &CanWorkUrgent<'_>, entries: Option<&Entries>, slips: &Slips, relation: &str) -> Vec<Field> {
    let text = staff.text();
    vec![
        Field::new(text, "name", "field-name").refill(text, entries, slips),
        Field::new(text, "relation", relation).refill(text, entries, slips),
        Field::new(text, "contact", "care-contact").hint(text, "care-contact-hint").refill(text, entries, slips),
        Field::new(text, "day", "care-day")
            .hint(text, "hint-date")
            .class("input--short")
            .live(text, "date")
            .value(staff.today().to_string())
            .refill(text, entries, slips),
    ]
}

/// What a family wishes, taken from a form of this page, where all of it can be read; what cannot is told in `slips`.
pub(super) struct Wish {
    /// Who of the family said so.
    pub name: Guarded<String>,
    /// What they are to the donor.
    pub relation: Guarded<String>,
    /// How they are reached.
    pub contact: Guarded<String>,
    /// How they said so.
    pub told: Told,
    /// On which day.
    pub day: NaiveDate,
}

impl Wish {
    pub(super) fn read(entries: &Entries, slips: &mut Slips) -> Option<Self> {
        let on = asked_on(entries, slips);
        let told = entries.read("told", Told::from_word).flatten();
        if told.is_none() {
            slips.add("told", "slip-choose");
        }
        let (day, told) = on.zip(told)?;
        Some(Self { name: typed(entries, "name"), relation: typed(entries, "relation"), contact: typed(entries, "contact"), told, day })
    }
}

/// The day on which something was told, which has to be typed.
fn asked_on(entries: &Entries, slips: &mut Slips) -> Option<NaiveDate> {
    let on = day(entries, "day", slips);
    if on.is_none() && slips.is_empty() {
        slips.add("day", "slip-date-bad");
    }
    on
}

/// How a family said what it wishes.
pub(super) fn how_told(staff: &CanWorkUrgent<'_>, entries: Option<&Entries>, slips: &Slips) -> Choice {
    let text = staff.text();
    let choice = Choice::one(text, "told", "remember-told");
    Told::ALL.iter().fold(choice, |c, t| c.option(t.word(), text.t(&format!("remember-told-{}", t.word())))).refill(text, entries, slips)
}

/// What became of a wish: the list where it was taken in; none where `slips` say why not.
pub(super) fn taken_in(
    staff: &CanWorkUrgent<'_>,
    done: Result<(), AppError>,
    saved: &'static str,
    slips: &mut Slips,
) -> Result<Option<Reply>, Fault> {
    match done {
        Ok(()) => {
            staff.tell(&Notice::plain(saved));
            return Ok(Some(Reply::go("/care")));
        }
        Err(AppError::NotNow(not)) => slips.add("name", not.key),
        Err(error) => slip_of(error, "care", slips)?,
    }
    Ok(None)
}

/// The row version that a form was made on.
pub(super) fn version_of(entries: &Entries) -> Result<i64, Status> {
    entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)
}

async fn aid_form(staff: &CanWorkUrgent<'_>, notice: Option<MatterId>, entries: Option<&Entries>, slips: Slips) -> Result<CareNew, Fault> {
    let text = staff.text();
    let side = if notice.is_some() { "family" } else { "recipient" };
    Ok(CareNew {
        s: staff.shell("/urgent").await?,
        path: notice.map_or_else(|| "/care/aid/recipient".to_owned(), |id| format!("/care/family/{id}/aid")),
        title: text.t(&format!("aid-new-{side}")),
        lead: text.t(&format!("aid-new-{side}-lead")),
        fields: about(staff, entries, &slips, &format!("care-relation-{side}")),
        told: None,
        slips,
    })
}

async fn take_aid(staff: &CanWorkUrgent<'_>, notice: Option<MatterId>, entries: &Entries) -> Answer {
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    if let Some(asked) = asked_on(entries, &mut slips) {
        let form =
            AidForm { name: typed(entries, "name"), relation: typed(entries, "relation"), contact: typed(entries, "contact"), asked };
        match staff.app.ask_aid(staff.actor(), notice, &form, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("aid-saved"));
                return Ok(Reply::go("/care"));
            }
            Err(AppError::NotNow(not)) => return Err(AppError::NotNow(not).into()),
            Err(error) => slip_of(error, "care", &mut slips)?,
        }
    }
    Reply::again(&aid_form(staff, notice, Some(entries), slips).await?)
}

#[get("/care/aid/recipient")]
async fn recipient(staff: CanWorkUrgent<'_>) -> Answer {
    Reply::page(&aid_form(&staff, None, None, Slips::default()).await?)
}

#[post("/care/aid/recipient", data = "<form>")]
async fn take_recipient(staff: CanWorkUrgent<'_>, form: Posted) -> Answer {
    take_aid(&staff, None, &form.0).await
}

#[get("/care/family/<id>/aid")]
async fn family(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    let id = matter_id(id)?;
    staff.app.care_may(staff.actor(), id).await?;
    Reply::page(&aid_form(&staff, Some(id), None, Slips::default()).await?)
}

#[post("/care/family/<id>/aid", data = "<form>")]
async fn take_family(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    take_aid(&staff, Some(matter_id(id)?), &form.0).await
}

async fn page(staff: &CanWorkUrgent<'_>, id: MatterId, opened: bool, entries: Option<&Entries>, slips: Slips) -> Result<AidPage, Fault> {
    let text = staff.text();
    let case = if opened { staff.app.open_aid(staff.actor(), id, staff.now).await? } else { staff.app.aid_case(staff.actor(), id).await? };
    let acts = case.phase.acts();
    let what =
        acts.iter().fold(Choice::one(text, "what", "urgent-what"), |c, a| c.option(a.word(), text.t(&format!("aid-act-{}", a.word()))));
    let funds = Select::new(text, "fund", "aid-fund").optional(text).option("", text.t("choose"));
    let funds = Fund::ALL.iter().fold(funds, |s, f| s.option(f.word(), text.t(&format!("aid-fund-{}", f.word()))));
    let form = (!acts.is_empty()).then(|| {
        (
            what.refill(text, entries, &slips),
            funds.refill(text, entries, &slips),
            [
                Field::new(text, "amount", "aid-amount")
                    .optional(text)
                    .hint(text, "aid-amount-hint")
                    .class("input--short")
                    .refill(text, entries, &slips),
                Field::new(text, "day", "urgent-day")
                    .hint(text, "hint-date")
                    .class("input--short")
                    .live(text, "date")
                    .value(staff.today().to_string())
                    .refill(text, entries, &slips),
            ],
        )
    });
    let forgotten = case.beneficiary.is_none();
    Ok(AidPage {
        s: staff.shell("/urgent").await?,
        opened,
        forgotten,
        steps: case.steps.iter().map(|s| step_shown(staff, s, "aid")).collect(),
        form,
        forget: case.phase.is_end() && !forgotten && staff.staff().roles.may(Right::Erase),
        version: case.version,
        case: AidShown::of(&case, opened, text),
        slips,
    })
}

#[get("/care/aid/<id>")]
async fn aid(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, matter_id(id)?, false, None, Slips::default()).await?)
}

#[post("/care/aid/<id>/open", data = "<_form>")]
async fn open(staff: CanWorkUrgent<'_>, id: &str, _form: Posted) -> Answer {
    Reply::page(&page(&staff, matter_id(id)?, true, None, Slips::default()).await?)
}

#[post("/care/aid/<id>/step", data = "<form>")]
async fn step(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (matter_id(id)?, &form.0, Slips::default());
    let version = version_of(entries)?;
    let once = once(entries, &staff.app)?;
    let act = entries.read("what", AidAct::from_word).flatten();
    if act.is_none() {
        slips.add("what", "slip-urgent-what");
    }
    let on = day(entries, "day", &mut slips).unwrap_or_else(|| staff.today());
    let cents = entries.read("amount", Cents::parse);
    if cents == Some(None) {
        slips.add("amount", "slip-aid-amount");
    }
    let fund = entries.read("fund", Fund::from_word).flatten();
    if let Some(act) = act.filter(|_| slips.is_empty()) {
        let form = AidStep { act, day: on, cents: cents.flatten(), fund };
        match staff.app.note_aid(staff.actor(), (id, version), &form, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("aid-saved"));
                return Ok(Reply::go(format!("/care/aid/{id}")));
            }
            Err(error) => slip_of(error, "urgent", &mut slips)?,
        }
    }
    Reply::again(&page(&staff, id, false, Some(entries), slips).await?)
}

#[post("/care/aid/<id>/forget", data = "<form>")]
async fn forget(staff: CanWorkUrgent<'_>, may: CanErase<'_>, id: &str, form: Posted) -> Answer {
    let id = matter_id(id)?;
    staff.app.forget_aid(may.actor(), id, &once(&form.0, &staff.app)?, staff.now).await?;
    staff.tell(&Notice::plain("aid-forgotten"));
    Ok(Reply::go(format!("/care/aid/{id}")))
}

async fn remember_form(staff: &CanWorkUrgent<'_>, id: MatterId, entries: Option<&Entries>, slips: Slips) -> Result<CareNew, Fault> {
    let text = staff.text();
    let mut fields =
        vec![Field::new(text, "shown", "remember-shown").optional(text).hint(text, "remember-shown-hint").refill(text, entries, &slips)];
    fields.extend(about(staff, entries, &slips, "care-relation-family"));
    Ok(CareNew {
        s: staff.shell("/urgent").await?,
        path: format!("/care/family/{id}/remembrance"),
        title: text.t("remember-new"),
        lead: text.t("remember-new-lead"),
        fields,
        told: Some(how_told(staff, entries, &slips)),
        slips,
    })
}

#[get("/care/family/<id>/remembrance")]
async fn remembrance(staff: CanWorkUrgent<'_>, id: &str) -> Answer {
    let id = matter_id(id)?;
    staff.app.care_may(staff.actor(), id).await?;
    Reply::page(&remember_form(&staff, id, None, Slips::default()).await?)
}

#[post("/care/family/<id>/remembrance", data = "<form>")]
async fn remember(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (matter_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    staff.app.care_may(staff.actor(), id).await?;
    if let Some(Wish { name, relation, contact, told, day }) = Wish::read(entries, &mut slips) {
        let form = RemembranceForm { shown: entries.text("shown"), name, relation, contact, told, day };
        let done = staff.app.remember(staff.actor(), id, &form, &once, staff.now).await;
        if let Some(list) = taken_in(&staff, done, "remember-saved", &mut slips)? {
            return Ok(list);
        }
    }
    Reply::again(&remember_form(&staff, id, Some(entries), slips).await?)
}

#[post("/care/remembrance/print", data = "<_form>")]
async fn print(staff: CanWorkUrgent<'_>, _form: Posted) -> Answer {
    let lines = staff.app.open_remembrances(staff.actor(), staff.now).await?;
    let s = staff.shell("/urgent").await?;
    Reply::page(&RemembrancePrint { lines: lines.iter().map(|l| RememberedShown::of(l, true, staff.text())).collect(), s })
}

#[post("/care/remembrance/<id>/revoke", data = "<form>")]
async fn revoke(staff: CanWorkUrgent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (matter_id(id)?, &form.0);
    let version = version_of(entries)?;
    staff.app.forget_remembrance(staff.actor(), (id, version), &once(entries, &staff.app)?, staff.now).await?;
    staff.tell(&Notice::plain("remember-revoked"));
    Ok(Reply::go("/care"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, recipient, take_recipient, family, take_family, aid, open, step, forget, remembrance, remember, print, revoke]
}
