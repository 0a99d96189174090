//! The rules of eligibility: in force, dated, edited, previewed.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Reply, day};
use crate::domain::role::Right;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanAdminister, CanReadRules, Notice};
use crate::web::view::rules::{RuleProposed, RuleSetPage, Rules};
use crate::web::view::{Field, Slips};

#[get("/rules")]
async fn rules(staff: CanReadRules<'_>) -> Answer {
    let roles = staff.staff().roles;
    let may_look = roles.may(Right::Administer) || roles.may(Right::Publish);
    let proposed = may_look && staff.app.rules_proposed().await?;
    Reply::page(&Rules::of(staff.shell("/admin").await?, &*staff.app.rule_sets().await?, staff.today(), proposed))
}

async fn page(staff: &CanReadRules<'_>, id: &str, entries: Option<&Entries>, slips: &Slips, refused: String) -> Result<RuleSetPage, Fault> {
    let found = staff.app.rule_set(id).await?;
    let text = staff.text();
    let edit = staff.staff().roles.may(Right::Administer).then(|| {
        let from = found.set.valid_from.map(|day| day.to_string()).unwrap_or_default();
        (
            Field::new(text, "from", "rules-from")
                .optional(text)
                .hint(text, "rules-from-hint")
                .class("input--short")
                .live(text, "date")
                .value(from)
                .refill(text, entries, slips),
            Field::new(text, "text", "rules-text").rows(24).value(found.text.clone()).refill(text, entries, slips),
        )
    });
    Ok(RuleSetPage::of(staff.shell("/admin").await?, &found, &|at| staff.printed(at), edit, refused))
}

#[get("/rules/set/<id>")]
async fn set(staff: CanReadRules<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, id, None, &Slips::default(), String::new()).await?)
}

#[post("/rules/set/<id>", data = "<form>")]
async fn change(staff: CanReadRules<'_>, admin: CanAdminister<'_>, id: &str, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let asked = if entries.chose("step", "date") {
        let from = day(entries, "from", &mut slips);
        if !slips.is_empty() {
            return Reply::again(&page(&staff, id, Some(entries), &slips, String::new()).await?);
        }
        staff.app.date_rules(admin.actor(), id, from, staff.now).await?
    } else {
        let text = entries.read("text", |text| text.replace("\r\n", "\n")).unwrap_or_default();
        staff.app.propose_rules(admin.actor(), &text, staff.now).await?
    };
    match asked {
        Ok(()) => Ok(Reply::go("/rules/proposed")),
        Err(flaw) => {
            slips.add(if entries.chose("step", "date") { "from" } else { "text" }, "slip-rules");
            Reply::again(&page(&staff, id, Some(entries), &slips, flaw.to_string()).await?)
        }
    }
}

#[get("/rules/proposed")]
async fn proposed(staff: CanReadRules<'_>) -> Answer {
    let found = staff.app.proposed_rules(staff.actor(), staff.now).await?;
    Reply::page(&RuleProposed::of(staff.shell("/admin").await?, found.as_ref(), staff.staff().roles.may(Right::Administer)))
}

#[post("/rules/proposed", data = "<form>")]
async fn decide(staff: CanAdminister<'_>, form: Posted) -> Answer {
    let id = form.0.read("set", str::to_owned).ok_or(Fault(Status::BadRequest))?;
    let take = form.0.chose("step", "put");
    staff.app.decide_rules(staff.actor(), &id, take, staff.now).await?;
    staff.tell(&Notice::plain(if take { "rules-put" } else { "rules-dropped" }));
    Ok(Reply::go("/rules"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![rules, set, change, proposed, decide]
}
