//! 发起首次联系: preview, count typed back, the manager's confirmation.

use rocket::{Route, get, post, routes};

use super::{Answer, Reply};
use crate::app::AppError;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanConfirmFirstContact, CanPrepareFirstContact, Ctx, Notice};
use crate::web::view::followup::{FirstContact, FirstPreview};
use crate::web::view::people::registry_word;
use crate::web::view::{Choice, Field, Slips};

/// What was selected: one registry, or everybody. Nothing selected means nobody.
fn selected(entries: &Entries) -> Option<Option<Registry>> {
    entries.read("registry", |word| if word == "all" { Some(None) } else { Registry::from_word(word).map(Some) }).flatten()
}

async fn page(ctx: &Ctx<'_>, preview: Option<FirstPreview>, entries: Option<&Entries>, slips: Slips) -> Result<FirstContact, Fault> {
    let text = ctx.text();
    Ok(FirstContact {
        s: ctx.shell("/follow-up").await?,
        registry: Registry::ALL
            .into_iter()
            .fold(Choice::one(text, "registry", "first-which").hint(text.t("first-which-hint")).columns(2), |c, r| {
                c.option(r.word(), registry_word(r, text))
            })
            .option("all", text.t("first-which-all"))
            .refill(text, entries, &slips),
        preview,
        count: Field::new(text, "count", "first-count")
            .hint(text, "first-count-hint")
            .class("input--short")
            .with(r#"inputmode="numeric""#)
            .refill(text, entries, &slips),
        may_confirm: ctx.staff.as_ref().is_some_and(|s| s.roles.may(Right::ConfirmFirstContact)),
        slips,
    })
}

#[get("/follow-up/first-contact")]
async fn first_contact(staff: CanPrepareFirstContact<'_>) -> Answer {
    Reply::page(&page(&staff, None, None, Slips::default()).await?)
}

#[post("/follow-up/first-contact", data = "<form>")]
async fn look(staff: CanPrepareFirstContact<'_>, form: Posted) -> Answer {
    let Some(registry) = selected(&form.0) else {
        let mut slips = Slips::default();
        slips.add("registry", "slip-nobody");
        return Reply::again(&page(&staff, None, Some(&form.0), slips).await?);
    };
    let found = staff.app.first_contact_preview(staff.actor(), registry, staff.now).await?;
    Reply::page(&page(&staff, Some(preview(&staff, registry, &found)), None, Slips::default()).await?)
}

fn preview(ctx: &Ctx<'_>, registry: Option<Registry>, found: &crate::app::FirstContact) -> FirstPreview {
    FirstPreview {
        people: found.people,
        by_mail: found.by_mail,
        by_phone: found.by_phone,
        by_letter: found.by_letter,
        unreachable: found.unreachable,
        filter: registry.map_or_else(|| ctx.text().t("first-which-all"), |r| registry_word(r, ctx.text())),
        registry: registry.map_or("all", Registry::word).to_owned(),
    }
}

#[post("/follow-up/first-contact/confirm", data = "<form>")]
async fn confirm(staff: CanConfirmFirstContact<'_>, form: Posted) -> Answer {
    let mut slips = Slips::default();
    let Some(registry) = selected(&form.0) else {
        slips.add("registry", "slip-nobody");
        return Reply::again(&page(&staff, None, Some(&form.0), slips).await?);
    };
    let count = form.0.number("count");
    let result = match count {
        Some(count) => staff.app.first_contact(staff.actor(), registry, count, staff.now).await,
        None => Err(AppError::CountDiffers),
    };
    match result {
        Ok(people) => {
            staff.tell(&Notice::with("first-done", people));
            Ok(Reply::go("/follow-up"))
        }
        Err(AppError::CountDiffers) => {
            slips.add("count", "slip-count");
            let found = staff.app.first_contact_preview(staff.actor(), registry, staff.now).await?;
            Reply::again(&page(&staff, Some(preview(&staff, registry, &found)), None, slips).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![first_contact, look, confirm]
}
