//! The guided enrolment: fill in, let the registrant check, save.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::drive::{circumstances, saved};
use super::{Answer, Reply, slips_of, typed};
use crate::app::form::{EnrolForm, Flaw, RelativeForm, Saved};
use crate::domain::guided::questions;
use crate::domain::person::Sex;
use crate::domain::registry::Registry;
use crate::domain::town::{TownCode, Towns};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::CanEnrol;
use crate::web::view::Slips;
use crate::web::view::enrol::{Blank, Enrol, EnrolReview, EnrolStart, ITEMS, age_named, read_back};
use crate::web::view::swipe;

#[get("/enrol")]
async fn start(staff: CanEnrol<'_>) -> Answer {
    Reply::page(&EnrolStart::new(staff.shell("/drive").await?))
}

async fn form_page(staff: &CanEnrol<'_>, registry: Registry, typed: Option<&Entries>, slips: &Slips) -> Result<Enrol, Fault> {
    let blank = Blank { registry, towns: &staff.app.towns, texts: &staff.app.texts, typed, slips };
    Ok(Enrol::new(staff.shell("/drive").await?, blank))
}

#[get("/enrol/<registry>")]
async fn form(staff: CanEnrol<'_>, registry: &str) -> Answer {
    let registry = Registry::from_word(registry).ok_or(Status::NotFound)?;
    Reply::page(&form_page(&staff, registry, None, &Slips::default()).await?)
}

/// The people named for a registry, in the order of the form.
pub(super) fn relatives(entries: &Entries, registry: Registry) -> Vec<RelativeForm> {
    let named = match registry {
        Registry::StemCell => &["relative1", "relative2"][..],
        Registry::OrganBody => &["relative1", "relative2", "relative3"][..],
        Registry::Blood | Registry::Volunteer => &[],
    };
    named.iter().map(|who| relative(entries, who)).collect()
}

fn relative(entries: &Entries, who: &str) -> RelativeForm {
    RelativeForm {
        name: typed(entries, &format!("{who}-name")),
        relation: typed(entries, &format!("{who}-relation")),
        phone: typed(entries, &format!("{who}-phone")),
    }
}

/// The town chosen, where it is one of the branch.
pub(super) fn town(entries: &Entries, towns: &Towns) -> Option<TownCode> {
    let code = entries.read("town", |code| code.parse().ok().map(TownCode)).flatten();
    code.filter(|code| towns.by_code(*code).is_some())
}

/// The sex chosen.
pub(super) fn sex(entries: &Entries) -> Option<Sex> {
    match () {
        () if entries.chose("sex", "male") => Some(Sex::Male),
        () if entries.chose("sex", "female") => Some(Sex::Female),
        () => None,
    }
}

fn asked(staff: &CanEnrol<'_>, registry: Registry, entries: &Entries, as_interest: bool) -> EnrolForm {
    let (abo, rh) = entries
        .read("group", |group| match group.strip_suffix('+') {
            Some(abo) => (abo.to_owned(), "+".to_owned()),
            None => (group.trim_end_matches('-').to_owned(), if group.ends_with('-') { "-" } else { "" }.to_owned()),
        })
        .unwrap_or_default();
    EnrolForm {
        registry,
        as_interest,
        name: typed(entries, "name"),
        sex: sex(entries),
        birth: typed(entries, "birth"),
        ethnic: typed(entries, "ethnic"),
        document: typed(entries, "document"),
        phone: typed(entries, "phone"),
        mail: typed(entries, "mail"),
        address: typed(entries, "address"),
        town: town(entries, &staff.app.towns),
        weight: typed(entries, "weight"),
        abo,
        rh,
        relatives: relatives(entries, registry),
        witnesses: ["witness", "witness2"].into_iter().filter_map(|name| entries.text(name)).collect(),
        items: ITEMS.into_iter().filter(|item| entries.chose("items", item)).map(str::to_owned).collect(),
        barcode: typed(entries, "barcode"),
        answers: questions(registry)
            .iter()
            .filter_map(|q| q.answers.iter().find(|a| entries.chose(q.key, a.key)).map(|a| (q.key.to_owned(), a.key.to_owned())))
            .collect(),
        consent: entries.chose("consent", "yes"),
        sensitive_consent: entries.chose("sensitive-consent", "yes"),
        guardian: entries.chose("guardian", "yes"),
        guardian_is: relative(entries, "guardian"),
        english: staff.english(),
        despite_warning: entries.chose("despite", "yes"),
    }
}

fn told(staff: &CanEnrol<'_>, registry: Registry, flaws: Vec<Flaw>) -> Slips {
    age_named(slips_of(flaws), registry, staff.today(), staff.text())
}

#[post("/enrol/<registry>", data = "<posted>")]
async fn form_do(staff: CanEnrol<'_>, registry: &str, posted: Posted) -> Answer {
    let registry = Registry::from_word(registry).ok_or(Status::NotFound)?;
    let mut entries = posted.0;
    let mut slips = Slips::default();
    if !swipe::spread(&mut entries) {
        slips.add("swipe", "slip-swipe-bad");
    }
    if entries.chose("step", "edit") {
        return Reply::page(&form_page(&staff, registry, Some(&entries), &slips).await?);
    }
    let as_interest = entries.chose("step", "interest");
    let asked = asked(&staff, registry, &entries, as_interest);
    if slips.is_empty() && entries.chose("step", "review") {
        return match asked.parse(staff.today()) {
            Err(flaws) => Reply::again(&form_page(&staff, registry, Some(&entries), &told(&staff, registry, flaws)).await?),
            Ok(understood) => {
                let known = staff.app.document_known(staff.actor(), registry, &asked.document).await?;
                let rows = read_back(staff.text(), &understood.draft, &staff.app.towns);
                Reply::page(&EnrolReview::new(staff.shell("/drive").await?, registry, rows, known, &entries))
            }
        };
    }
    if !slips.is_empty() || !(as_interest || entries.chose("step", "save")) {
        return Reply::again(&form_page(&staff, registry, Some(&entries), &slips).await?);
    }
    let how = circumstances(&staff, &entries).await?;
    let key = how.key.clone();
    match staff.app.enrol(staff.actor(), &asked, how).await? {
        Saved::As { number } | Saved::Before { number } => {
            staff.note_saved(number);
            staff.tell(&saved(if as_interest { "drive-done" } else { "drive-done-enrolled" }, number, &key));
            Ok(Reply::go("/drive"))
        }
        Saved::AlreadyInThisRegistry => {
            let rows = match asked.parse(staff.today()) {
                Ok(understood) => read_back(staff.text(), &understood.draft, &staff.app.towns),
                Err(_) => Vec::new(),
            };
            Reply::again(&EnrolReview::new(staff.shell("/drive").await?, registry, rows, true, &entries))
        }
        Saved::Flawed(flaws) => Reply::again(&form_page(&staff, registry, Some(&entries), &told(&staff, registry, flaws)).await?),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![start, form, form_do]
}
