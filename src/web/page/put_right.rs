//! The data of a person on file, put right: the form filled with what is known, and what is saved of it.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::enrol::{relatives, sex, town};
use super::people::public_id;
use super::{Answer, Reply, once, slips_of, typed};
use crate::app::form::CorrectForm;
use crate::domain::id::RecordId;
use crate::domain::registry::Registry;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanCorrect, Notice};
use crate::web::view::Slips;
use crate::web::view::put_right::{Filling, PutRightPage};

#[get("/people/<id>/correct?<registry>")]
async fn form(staff: CanCorrect<'_>, id: &str, registry: Option<&str>) -> Answer {
    let registry = match registry {
        Some(word) => Some(Registry::from_word(word).ok_or(Status::NotFound)?),
        None => None,
    };
    let page = staff.app.put_right_page(staff.actor(), &public_id(id)?, registry, staff.now).await?;
    let shown = page.known.shown(page.registry);
    let (s, of) = (staff.shell("/people").await?, (page.public_id.to_string(), page.version.0.to_string()));
    let form = PutRightPage::new(s, of, page.registry, &staff.app.towns, Filling::Known(&shown), Slips::default());
    Reply::page(&form.beside(&page.registries))
}

fn asked(staff: &CanCorrect<'_>, registry: Registry, entries: &Entries) -> CorrectForm {
    let several = |names: [&str; 2]| names.iter().map(|name| typed(entries, name)).collect();
    CorrectForm {
        registry,
        name: typed(entries, "name"),
        sex: sex(entries),
        birth: typed(entries, "birth"),
        ethnic: typed(entries, "ethnic"),
        document: typed(entries, "document"),
        phones: several(["phone", "phone2"]),
        mails: several(["mail", "mail2"]),
        address: typed(entries, "address"),
        town: town(entries, &staff.app.towns),
        relatives: relatives(entries, registry),
        witnesses: several(["witness", "witness2"]),
    }
}

#[post("/people/<id>/correct", data = "<posted>")]
async fn save(staff: CanCorrect<'_>, id: &str, posted: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &posted.0);
    let registry = entries.read("registry", Registry::from_word).flatten().ok_or(Status::BadRequest)?;
    let version = entries.read("version", |text| Uuid::parse_str(text).ok()).flatten().ok_or(Status::BadRequest)?;
    let once = once(entries, &staff.app)?;
    let form = asked(&staff, registry, entries);
    match staff.app.put_right(staff.actor(), &id, (&form, RecordId(version)), &once, staff.now).await? {
        Ok(changed) => {
            let notice =
                if changed.is_empty() { Notice::plain("put-right-nothing") } else { Notice::with("put-right-done", changed.len()) };
            staff.tell(&notice);
            Ok(Reply::go(format!("/people/{id}")))
        }
        Err(flaws) => {
            let (s, of) = (staff.shell("/people").await?, (id.to_string(), version.to_string()));
            Reply::again(&PutRightPage::new(s, of, registry, &staff.app.towns, Filling::Typed(entries), slips_of(flaws)))
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![form, save]
}
