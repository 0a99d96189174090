//! People: search, one person, disclosure, leaving.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, day, typed};
use crate::app::{Access, AppError, DonorFact, Opening, PersonPage, PersonRow, Recorder, ServiceLine, Source, Staff};
use crate::domain::death::{Death, DeathSource};
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::{Right, Roles};
use crate::domain::town::TownCode;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanImport, CanReview, CanSeeOutside, CanSeePeople, Ctx, Notice};
use crate::web::i18n::Lang;
use crate::web::view::closed::MatterLine;
use crate::web::view::disclosure::RefusedShown;
use crate::web::view::donor::{DonorForms, DonorPart};
use crate::web::view::in_error::may_be_in_error;
use crate::web::view::leaving::{LeaveFields, LeftShown, how_told};
use crate::web::view::outside::{GridShown, OutsideShown};
use crate::web::view::people::{Happened, Next, People, Person, PersonLine, Standing, registry_word, shown, status_word};
use crate::web::view::rights::purpose_word;
use crate::web::view::volunteer::{VolunteerForms, VolunteerPart};
use crate::web::view::{Choice, Field, Select, Slips};

/// People shown at most.
const SHOWN: usize = 50;
/// Pages of the file read for one page of the list.
const LEAVES: usize = 40;

async fn list(
    staff: &CanSeePeople<'_>,
    entries: Option<&Entries>,
    found: Option<Vec<PersonLine>>,
    more: bool,
    next: Option<PublicId>,
) -> Result<People, Fault> {
    let text = staff.text();
    let none = Slips::default();
    let mut registry = Select::new(text, "registry", "registry").option("", text.t("people-all"));
    for r in Registry::ALL {
        registry = registry.option(r.word(), registry_word(r, text));
    }
    let mut town = Select::new(text, "town", "field-town").option("", text.t("people-all"));
    for t in &staff.app.towns.towns {
        let name = if text.0 == Lang::English && !t.name_en.is_empty() { &t.name_en } else { &t.name };
        town = town.option(t.code.to_string(), name.clone());
    }
    Ok(People {
        s: staff.shell("/people").await?,
        query: Field::new(text, "query", "people-query").with(r#"data-search enterkeyhint="search""#).refill(text, entries, &none),
        registry: registry.refill(text, entries, &none),
        town: town.refill(text, entries, &none),
        found,
        more,
        next: next.map(|after| Next {
            after: after.to_string(),
            registry: entries.and_then(|e| e.read("registry", Registry::from_word)).flatten().map_or("", Registry::word),
            town: entries
                .and_then(|e| e.read("town", |code| code.parse::<u32>().ok()))
                .flatten()
                .map(|c| c.to_string())
                .unwrap_or_default(),
        }),
    })
}

#[get("/people")]
async fn people(staff: CanSeePeople<'_>) -> Answer {
    Reply::page(&list(&staff, None, None, false, None).await?)
}

#[post("/people", data = "<form>")]
async fn search(staff: CanSeePeople<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let registry = entries.read("registry", Registry::from_word).flatten();
    let town = entries.read("town", |code| code.parse().ok().map(TownCode)).flatten();
    let keeps = |row: &PersonRow| {
        registry.is_none_or(|r| row.standings.iter().any(|(has, ..)| *has == r)) && town.is_none_or(|t| PersonLine::lives_in(row, t))
    };
    let line = |row: &PersonRow| PersonLine::of(row, staff.today(), &staff.app.towns, staff.text());
    if entries.filled("query") {
        let rows = staff.app.search(staff.actor(), &typed(entries, "query")).await?;
        let more = rows.len() >= SHOWN;
        let lines = rows.iter().filter(|row| keeps(row)).map(line).collect();
        return Reply::page(&list(&staff, Some(entries), Some(lines), more, None).await?);
    }
    // Without a name everybody is leafed through: as many pages of the file as it takes to fill one of the list.
    let mut after = entries.read("after", PublicId::parse).flatten();
    let (mut lines, mut next) = (Vec::new(), None);
    for _ in 0..LEAVES {
        let rows = staff.app.people_page(staff.actor(), after.as_ref(), SHOWN as u64).await?;
        next = (rows.len() >= SHOWN).then(|| rows.last().map(|row| row.public_id.clone())).flatten();
        for row in &rows {
            if keeps(row) {
                lines.push(line(row));
            }
            if lines.len() == SHOWN {
                next = Some(row.public_id.clone());
                break;
            }
        }
        after = next.clone();
        if next.is_none() || lines.len() == SHOWN {
            break;
        }
    }
    Reply::page(&list(&staff, Some(entries), Some(lines), false, next).await?)
}

pub(super) fn public_id(text: &str) -> Result<PublicId, Fault> {
    PublicId::parse(text).ok_or(Fault(Status::NotFound))
}

async fn person_page(ctx: &Ctx<'_>, roles: Roles, entries: Option<&Entries>, page: &PersonPage, slips: Slips) -> Result<Person, Fault> {
    let (may_decide, may_split, may_record) = (roles.may(Right::Import), roles.may(Right::Review), roles.may(Right::Health));
    let text = ctx.text();
    let id = page.view.row.public_id.to_string();
    let from = |record| page.sources.get(&record).map(|s| source_words(s, ctx)).unwrap_or_default();
    let (name, fields) = shown(page, ctx.today(), &ctx.app.towns, text, &from);
    let standings: Vec<Standing> = page
        .standings
        .iter()
        .map(|(registry, status, since)| Standing {
            registry: registry_word(*registry, text),
            status: status_word(*registry, *status, text),
            since: since.to_string(),
            class: match status {
                EnrolmentStatus::Registered | EnrolmentStatus::Enrolled => "ok",
                EnrolmentStatus::Undecided => "warn",
                EnrolmentStatus::Interest | EnrolmentStatus::Exited(_) => "",
            },
            decide: if may_decide && *status == EnrolmentStatus::Undecided {
                format!("/people/{id}/decide/{}", registry.word())
            } else {
                String::new()
            },
            own_word: if page.own_words.iter().any(|word| word.registry == *registry && !word.said) {
                format!("/people/{id}/own-word/{}", registry.word())
            } else {
                String::new()
            },
            said: page.own_words.iter().any(|word| word.registry == *registry && word.said),
        })
        .collect();
    let mut history: Vec<_> = page
        .view
        .records()
        .map(|record| {
            let put_right = page.sources.get(&record.id).is_some_and(|source| matches!(source.how, Recorder::Correction | Recorder::Call));
            let key = match record.import_row {
                Some(_) => "history-import",
                None if put_right => "history-correction",
                None => "history-record",
            };
            (record.recorded_at, text.x(key, registry_word(record.registry, text)))
        })
        .collect();
    history.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let open: Vec<Registry> =
        page.standings.iter().filter(|(_, status, _)| !matches!(status, EnrolmentStatus::Exited(_))).map(|(r, ..)| *r).collect();
    let leave = LeaveFields::of(&open, ctx.today(), entries, &slips, text);
    let several = page.view.subjects.len() > 1 && may_split;
    let donor = page.donor.as_ref().map(|donor| {
        let at = |fact: &DonorFact| {
            let when = ctx.printed(fact.at);
            fact.by.as_ref().map_or(when.clone(), |by| text.xy("source-by", &when, by))
        };
        DonorPart::of(donor, may_record, &at, ctx.today(), text)
    });
    let donor_forms =
        if may_record { Some(DonorForms::of(&*ctx.app.rule_sets().await?, entries, &slips, ctx.today(), text)) } else { None };
    let may_serve = roles.may(Right::Service);
    let volunteer = page.volunteer.as_ref().map(|part| {
        let at = |line: &ServiceLine| {
            let when = ctx.printed(line.at);
            line.by.as_ref().map_or(when.clone(), |by| text.xy("source-by", &when, by))
        };
        VolunteerPart::of(part, may_serve, &at, ctx.today(), &ctx.app.towns, text)
    });
    let serves = page.standings.iter().any(|(r, ..)| *r == Registry::Volunteer);
    let volunteer_forms = if may_serve && serves {
        let drives = ctx.app.drives_named().await?;
        Some(VolunteerForms::of(&ctx.app.teams().await?, &drives, &ctx.app.towns, entries, &slips, text))
    } else {
        None
    };
    let access = match &ctx.staff {
        Some(staff) => ctx.app.access(staff.actor(), page.view.row.id, ctx.now).await?,
        None => Access::Ask,
    };
    let refused = match &access {
        Access::Refused(refused) => Some(RefusedShown::of(refused, &|at| ctx.printed(at), text)),
        _ => None,
    };
    Ok(Person {
        access,
        refused,
        donor,
        donor_forms,
        volunteer,
        volunteer_forms,
        s: ctx.shell("/people").await?,
        person: id,
        slips: slips.clone(),
        name,
        opened: page.opened,
        wish: page
            .standings
            .iter()
            .find(|(r, ..)| *r == Registry::OrganBody && roles.may(Right::Wish))
            .map(|_| format!("/people/{}/wish", page.view.row.public_id))
            .unwrap_or_default(),
        correct: if page.opened && roles.may(Right::Correct) {
            format!("/people/{}/correct", page.view.row.public_id)
        } else {
            String::new()
        },
        sample: page
            .standings
            .iter()
            .find(|(r, ..)| *r == Registry::StemCell && roles.may(Right::Sample))
            .map(|_| format!("/people/{}/sample", page.view.row.public_id))
            .unwrap_or_default(),
        in_error: page
            .standings
            .iter()
            .find(|(_, status, _)| roles.may(Right::TakeBack) && may_be_in_error(*status))
            .map(|_| format!("/people/{}/in-error", page.view.row.public_id))
            .unwrap_or_default(),
        grid: page.grid.as_ref().map(|grid| GridShown::of(grid, roles.may(Right::Outside), text)),
        older: page
            .older
            .iter()
            .map(|o| (purpose_word(o.purpose, text), text.xy("older-rests", &o.version, ctx.printed(o.given))))
            .collect(),
        renew: if roles.may(Right::Consent) && !page.older.is_empty() {
            format!("/people/{}/consents", page.view.row.public_id)
        } else {
            String::new()
        },
        outside: page.outside.iter().map(|l| OutsideShown::of(l, page.opened, roles.may(Right::Outside), text)).collect(),
        matters: page
            .matters
            .iter()
            .filter(|_| roles.may(Right::Urgent))
            .map(|head| MatterLine::of(head, &|at| ctx.printed(at), text))
            .collect(),
        fields,
        standings,
        history: history.into_iter().map(|(at, what)| Happened { when: ctx.printed(at), what }).collect(),
        reason: Opening::ALL
            .into_iter()
            .fold(Choice::one(text, "reason", "disclosure-why"), |c, why| c.option(why.word(), text.t(&format!("reason-{}", why.word()))))
            .refill(text, None, &slips),
        aliases: page.aliases.iter().map(ToString::to_string).collect(),
        joined: page
            .view
            .subjects
            .iter()
            .skip(1)
            .filter(|_| several)
            .map(|subject| {
                let registries: Vec<String> = subject.enrolments.iter().map(|e| registry_word(e.registry, text)).collect();
                (format!("{} {}", registries.join(&text.t("list-comma")), ctx.printed(subject.row.created_at)), subject.row.id.to_string())
            })
            .collect(),
        leave,
        left: page.leavings.iter().map(|line| LeftShown::of(line, text)).collect(),
        death: page
            .death
            .as_ref()
            .map(Death::told)
            .map_or_else(String::new, |(day, by)| text.xy("death-told", day, text.t(&format!("death-by-{}", by.word())))),
    })
}

/// When, on what occasion, by whom.
fn source_words(source: &Source, ctx: &Ctx<'_>) -> String {
    let text = ctx.text();
    let how = match source.how {
        Recorder::Import(Some(row)) => text.x("source-import-row", row),
        Recorder::Import(None) => text.t("source-import"),
        Recorder::Form => text.t("source-form"),
        Recorder::Correction => text.t("source-correction"),
        Recorder::Call => text.t("source-call"),
    };
    let what = text.xy("source", ctx.printed(source.at), how);
    match &source.by {
        Some(by) => text.xy("source-by", what, by),
        None => what,
    }
}

/// A person's page after a form on it could not be used.
pub(super) async fn again(ctx: &CanSeeOutside<'_>, id: &PublicId, slips: Slips) -> Answer {
    let page = ctx.app.person(ctx.actor(), id, ctx.now).await?;
    Reply::again(&person_page(ctx, ctx.staff().roles, None, &page, slips).await?)
}

async fn show(staff: &CanSeePeople<'_>, page: &PersonPage, slips: Slips) -> Result<Person, Fault> {
    person_page(staff, staff.staff().roles, None, page, slips).await
}

/// The masked page again, for whoever may see people.
pub(super) async fn again_masked(staff: &CanSeePeople<'_>, id: &PublicId, slips: Slips) -> Answer {
    let page = staff.app.person(staff.actor(), id, staff.now).await?;
    Reply::again(&show(staff, &page, slips).await?)
}

/// The masked page again, with the form of a donor or volunteer as it was filled in.
pub(super) async fn show_again(ctx: &Ctx<'_>, staff: &Staff, id: &PublicId, entries: &Entries, slips: Slips) -> Answer {
    let page = ctx.app.person(staff.actor(), id, ctx.now).await?;
    Reply::again(&person_page(ctx, staff.roles, Some(entries), &page, slips).await?)
}

#[get("/people/<id>")]
async fn person(staff: CanSeePeople<'_>, id: &str) -> Answer {
    let page = staff.app.person(staff.actor(), &public_id(id)?, staff.now).await?;
    Reply::page(&show(&staff, &page, Slips::default()).await?)
}

#[post("/people/<id>/open", data = "<form>")]
async fn open(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let Some(why) = form.0.read("reason", Opening::from_word).flatten() else {
        let mut slips = Slips::default();
        slips.add("reason", "slip-reason");
        return again_masked(&staff, &id, slips).await;
    };
    let page = staff.app.disclose(staff.actor(), &id, why, staff.now).await?;
    Reply::page(&show(&staff, &page, Slips::default()).await?)
}

#[post("/people/<id>/leave", data = "<form>")]
async fn leave(staff: CanSeePeople<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &form.0);
    let mut slips = Slips::default();
    let registry = entries.read("registry", Registry::from_word).flatten();
    let why = entries.read("why", |word| ExitReason::ALL.into_iter().find(|r| r.word() == word)).flatten();
    let (Some(registry), Some(why)) = (registry, why) else {
        slips.add("why", "slip-leave");
        return show_again(&staff, staff.staff(), &id, entries, slips).await;
    };
    let left = if why == ExitReason::Died {
        let on = if entries.filled("death_day") { day(entries, "death_day", &mut slips) } else { Some(staff.today()) };
        let by = entries.read("told_by", DeathSource::from_word).flatten();
        let (Some(day), Some(told_by)) = (on, by) else {
            if by.is_none() {
                slips.add("told_by", "slip-told-by");
            }
            return show_again(&staff, staff.staff(), &id, entries, slips).await;
        };
        staff.app.died(staff.actor(), &id, Death { day, told_by }, staff.now).await
    } else {
        let Some(how) = how_told(entries, staff.today(), &mut slips) else {
            return show_again(&staff, staff.staff(), &id, entries, slips).await;
        };
        staff.app.leave_as_told(staff.actor(), &id, (registry, why), &how, staff.now).await
    };
    match left {
        Ok(()) => {}
        Err(AppError::Input { field: "left_day", .. }) => slips.add("left_day", "slip-left-day"),
        Err(AppError::Input { field: "left_note", .. }) => slips.add("left_note", "slip-left-note"),
        Err(AppError::Input { .. }) => slips.add("death_day", "slip-death-day"),
        Err(AppError::NotNow(not)) => slips.add("why", not.key),
        Err(other) => return Err(other.into()),
    }
    if !slips.is_empty() {
        return show_again(&staff, staff.staff(), &id, entries, slips).await;
    }
    staff.tell(&Notice::plain("left-done"));
    Ok(Reply::go(format!("/people/{id}")))
}

#[post("/people/<id>/decide/<registry>", data = "<form>")]
async fn decide(staff: CanImport<'_>, id: &str, registry: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let registry = Registry::from_word(registry).ok_or(Status::NotFound)?;
    let status = match () {
        () if form.0.chose("status", "registered") => EnrolmentStatus::Registered,
        () if form.0.chose("status", "withdrew") => EnrolmentStatus::Exited(ExitReason::Withdrew),
        () => return Err(Status::BadRequest.into()),
    };
    staff.app.decide_standing(staff.actor(), &id, registry, status, staff.now).await?;
    staff.tell(&Notice::plain("decided-standing"));
    Ok(Reply::go(format!("/people/{id}")))
}

#[post("/people/<id>/own-word/<registry>", data = "<_form>")]
async fn own_word(staff: CanSeePeople<'_>, id: &str, registry: &str, _form: Posted) -> Answer {
    let id = public_id(id)?;
    let registry = Registry::from_word(registry).ok_or(Status::NotFound)?;
    staff.app.note_own_word(staff.actor(), &id, registry, staff.now).await?;
    staff.tell(&Notice::plain("own-word-saved"));
    Ok(Reply::go(format!("/people/{id}")))
}

#[post("/people/<id>/take-out", data = "<form>")]
async fn take_out(staff: CanReview<'_>, id: &str, form: Posted) -> Answer {
    let id = public_id(id)?;
    let subject = form.0.read("subject", |text| Uuid::parse_str(text).ok()).flatten().ok_or(Status::BadRequest)?;
    staff.app.take_out(staff.actor(), &id, SubjectId(subject), staff.now).await?;
    staff.tell(&Notice::plain("unmerged"));
    Ok(Reply::go(format!("/people/{id}")))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![people, search, person, open, leave, decide, own_word, take_out]
}
