//! 基层组织: entered and closed by the manager, counted in the plan's targets.

use rocket::{Route, get, post, routes};

use super::{Answer, Reply, day};
use crate::app::{AppError, UnitForm};
use crate::reports::Lang;
use crate::reports::units::Coverage;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanPublish, Notice};
use crate::web::view::report::lang_of;
use crate::web::view::units::{UnitLine, Units};
use crate::web::view::{Field, Select, Slips};

async fn desk(staff: &CanPublish<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Units, Fault> {
    let text = staff.text();
    let units = staff.app.units().await?;
    let towns = &staff.app.towns;
    let english = lang_of(text) == Lang::En;
    let today = staff.today();
    let coverage = Coverage::of(&units, towns, today);
    let town = towns.towns.iter().fold(Select::new(text, "town", "unit-town"), |select, t| {
        select.option(t.code.to_string(), if english { t.name_en.as_str() } else { t.name.as_str() })
    });
    Ok(Units {
        s: staff.shell("/reports").await?,
        covered: coverage.covered(),
        towns: coverage.towns.len() as u64,
        town: town.refill(text, entries, &slips),
        fields: [
            Field::new(text, "name", "unit-name").refill(text, entries, &slips),
            Field::new(text, "founded", "unit-founded")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .refill(text, entries, &slips),
            Field::new(text, "contact", "unit-contact").hint(text, "unit-contact-hint").refill(text, entries, &slips),
        ],
        lines: units.iter().map(|unit| UnitLine::of(unit, towns, english)).collect(),
        today: today.to_string(),
        slips,
    })
}

#[get("/reports/units")]
async fn units(staff: CanPublish<'_>) -> Answer {
    Reply::page(&desk(&staff, None, Slips::default()).await?)
}

#[post("/reports/units", data = "<form>")]
async fn add(staff: CanPublish<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let text_of = |name: &str| entries.read(name, str::to_owned).unwrap_or_default();
    let asked = UnitForm {
        town: text_of("town"),
        name: text_of("name"),
        founded: day(entries, "founded", &mut slips),
        contact: text_of("contact"),
    };
    if slips.is_empty() {
        match staff.app.add_unit(staff.actor(), &asked, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("unit-added"));
                return Ok(Reply::go("/reports/units"));
            }
            Err(AppError::Input { field, .. }) => slips.add(field, format!("slip-unit-{field}")),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&desk(&staff, Some(entries), slips).await?)
}

#[post("/reports/units/<number>/close", data = "<form>")]
async fn close(staff: CanPublish<'_>, number: u32, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let last = if entries.read("closed", str::to_owned).is_none_or(|text| text.trim().is_empty()) {
        Some(staff.today())
    } else {
        day(entries, "closed", &mut slips)
    };
    if slips.is_empty() {
        match staff.app.close_unit(staff.actor(), number, last, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("unit-closed-done"));
                return Ok(Reply::go("/reports/units"));
            }
            Err(AppError::Input { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let mut slips = Slips::default();
    // The field of that line.
    slips.add("units", "slip-unit-closed");
    Reply::again(&desk(&staff, None, slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![units, add, close]
}
