//! Reports of every kind, as pages and as files; plans and figures entered for them.

use chrono::NaiveDate;
use rocket::http::{ContentType, Status};
use rocket::{Route, get, post, routes};

use super::report::{AsOf, days};
use super::{Answer, Download, Reply, day};
use crate::app::{AppError, EntryForm, PlanForm, ReportKind};
use crate::reports::document::Report;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanPublish, CanReport, Notice};
use crate::web::view::figures::{Body, Kind, Plans, retentions, ways};
use crate::web::view::report::lang_of;
use crate::web::view::{Field, Select, Slips};

/// The kinds that are pages here; pool and flows have one of their own, publication another.
fn kind_of(word: &str) -> Result<ReportKind, Fault> {
    ReportKind::from_word(word).filter(|k| *k != ReportKind::Public).ok_or(Fault(Status::NotFound))
}

async fn made(staff: &CanReport<'_>, kind: ReportKind, from: NaiveDate, as_of: NaiveDate) -> Result<Report, Fault> {
    Ok(staff.app.report(kind, from, as_of, lang_of(staff.text())).await?)
}

#[get("/reports/<kind>?<from>&<as_of..>")]
async fn page(staff: CanReport<'_>, kind: &str, from: Option<&str>, as_of: AsOf<'_>) -> Answer {
    let kind = kind_of(kind)?;
    let days = days(staff.today(), from, as_of.0)?;
    let report = made(&staff, kind, days.from, days.as_of).await?;
    let text = staff.text();
    let s = staff.shell("/reports").await?;
    let path = format!("/reports/{}", kind.word());
    let query = format!("from={}&as-of={}", days.from, days.as_of);
    Reply::page(&Kind {
        ways: ways(&s, &path, &query),
        choices: retentions(&s, kind, &query),
        days: [
            Field::new(text, "from", "report-from").class("input--short").live(text, "date").value(days.from.to_string()),
            Field::new(text, "as-of", "report-as-of").class("input--short").live(text, "date").value(days.as_of.to_string()),
        ],
        title: report.title.clone(),
        about: report.about.clone(),
        drawn: report.svg().is_some(),
        body: Body::of(&report),
        path,
        query,
        s,
    })
}

#[get("/reports/<kind>/as/<form>?<from>&<as_of..>")]
async fn file(staff: CanReport<'_>, kind: &str, form: &str, from: Option<&str>, as_of: AsOf<'_>) -> Answer {
    let kind = kind_of(kind)?;
    let days = days(staff.today(), from, as_of.0)?;
    let report = made(&staff, kind, days.from, days.as_of).await?;
    download(&report, &format!("{}-{}", kind.word(), days.as_of), form)
}

/// A report as a file.
pub(super) fn download(report: &Report, name: &str, form: &str) -> Answer {
    let (kind, bytes) = match form {
        "csv" => return Ok(Reply::File(Download::csv(format!("{name}.csv"), report.csv().map_err(AppError::Report)?))),
        "xlsx" => return Ok(Reply::File(Download::xlsx(format!("{name}.xlsx"), report.xlsx().map_err(AppError::Report)?))),
        "json" => (ContentType::JSON, report.json().to_string().into_bytes()),
        "svg" => (ContentType::SVG, report.svg().ok_or(Fault(Status::NotFound))?.into_bytes()),
        _ => return Err(Fault(Status::NotFound)),
    };
    Ok(Reply::File(Download::of(kind, format!("{name}.{form}"), bytes)))
}

async fn plans_page(staff: &CanPublish<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Plans, Fault> {
    let text = staff.text();
    let indicators = staff.app.entered_indicators().await?;
    let date = |name, label| {
        Field::new(text, name, label).hint(text, "hint-date").class("input--short").live(text, "date").refill(text, entries, &slips)
    };
    Ok(Plans {
        s: staff.shell("/reports").await?,
        indicator: indicators
            .into_iter()
            .fold(Select::new(text, "indicator", "plan-indicator"), |s, (key, name)| s.option(key, name))
            .refill(text, entries, &slips),
        figure: [
            date("figure-from", "plan-from"),
            date("figure-to", "plan-to"),
            Field::new(text, "value", "plan-value").class("input--short").with(r#"inputmode="numeric""#).refill(text, entries, &slips),
            Field::new(text, "source", "plan-source").refill(text, entries, &slips),
            Field::new(text, "evidence", "plan-evidence").optional(text).refill(text, entries, &slips),
        ],
        plan: [
            Field::new(text, "name", "plan-name").refill(text, entries, &slips),
            date("from", "plan-from"),
            date("to", "plan-to"),
            Field::new(text, "indicators", "plan-indicators").hint(text, "plan-indicators-hint").rows(5).refill(text, entries, &slips),
        ],
        slips,
    })
}

#[get("/reports/plans")]
async fn plans(staff: CanPublish<'_>) -> Answer {
    Reply::page(&plans_page(&staff, None, Slips::default()).await?)
}

fn text_of(entries: &Entries, name: &str) -> String {
    entries.read(name, str::to_owned).unwrap_or_default()
}

#[post("/reports/plans", data = "<form>")]
async fn add_plan(staff: CanPublish<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let asked = PlanForm {
        name: text_of(entries, "name"),
        from: day(entries, "from", &mut slips),
        to: day(entries, "to", &mut slips),
        indicators: text_of(entries, "indicators"),
    };
    if slips.is_empty() {
        match staff.app.add_plan(staff.actor(), &asked, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("plan-added"));
                return Ok(Reply::go("/reports/targets"));
            }
            Err(AppError::Input { field, .. }) => slips.add(field, format!("slip-plan-{field}")),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&plans_page(&staff, Some(entries), slips).await?)
}

#[post("/reports/plans/figure", data = "<form>")]
async fn enter(staff: CanPublish<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let asked = EntryForm {
        indicator: text_of(entries, "indicator"),
        from: day(entries, "figure-from", &mut slips),
        to: day(entries, "figure-to", &mut slips),
        value: entries.number("value"),
        source: text_of(entries, "source"),
        evidence: text_of(entries, "evidence"),
    };
    if slips.is_empty() {
        match staff.app.enter_figure(staff.actor(), &asked, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("plan-entered"));
                return Ok(Reply::go("/reports/targets"));
            }
            Err(AppError::Input { field, .. }) => {
                let field = match field {
                    "from" => "figure-from",
                    "to" => "figure-to",
                    other => other,
                };
                slips.add(field, format!("slip-plan-{field}"));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&plans_page(&staff, Some(entries), slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![page, file, plans, add_plan, enter]
}
