//! The pages, one area a file. A handler is guard + form + one call of `app` + view.

mod account;
mod activity;
mod admin;
mod calendar;
mod callout;
mod care;
mod consent;
mod desk;
mod disclosure;
mod donor;
mod drive;
mod duplicates;
mod enrol;
mod family;
mod feed;
mod figures;
mod first_contact;
mod followup;
mod hands;
mod import;
mod in_error;
mod language;
mod link;
mod log;
mod match_request;
mod notice;
mod outside;
mod people;
mod print;
mod publication;
mod put_right;
mod recall;
mod report;
mod rights;
mod rules;
mod sample;
mod self_enrol;
mod shift;
mod units;
mod urgent;
mod volunteer;
mod wish;

use std::io::Cursor;

use askama::Template;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Redirect, Responder, Response};
use rocket::{Request, Route, get, routes};
use zeroize::Zeroizing;

use super::error::Fault;
use super::form::Entries;
use super::guard::{Ctx, SignedIn};
use super::view::shell::PAGES;
use super::view::{Slip, Slips};
use crate::domain::Guarded;
use crate::domain::form::Flaw;

/// A page written out; its bytes are zeroised once they are sent.
pub struct Page {
    status: Status,
    body: Zeroizing<Vec<u8>>,
}

impl Page {
    /// Writes a template out.
    ///
    /// # Errors
    /// 500 where the template cannot be written, which no input causes.
    pub fn of(status: Status, page: &impl Template) -> Result<Self, Fault> {
        Ok(Self { status, body: Zeroizing::new(page.render()?.into_bytes()) })
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build().status(self.status).header(ContentType::HTML).sized_body(self.body.len(), Cursor::new(self.body)).ok()
    }
}

/// A file to be kept: a report, the lines of an import. Disclosures in it were logged before.
pub struct Download {
    kind: ContentType,
    name: String,
    body: Zeroizing<Vec<u8>>,
}

impl Download {
    /// A CSV file; `name` is ASCII and ours.
    pub fn csv(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { kind: ContentType::new("text", "csv").with_params(("charset", "utf-8")), name: name.into(), body: Zeroizing::new(bytes) }
    }

    /// A file of another kind; `name` is ASCII and ours.
    pub fn of(kind: ContentType, name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { kind, name: name.into(), body: Zeroizing::new(bytes) }
    }

    /// A workbook; `name` is ASCII and ours.
    pub fn xlsx(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let kind = ContentType::new("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        Self { kind, name: name.into(), body: Zeroizing::new(bytes) }
    }
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .sized_body(self.body.len(), Cursor::new(self.body))
            .ok()
    }
}

/// What a handler answers.
#[derive(Responder)]
pub enum Reply {
    /// A page.
    Page(Page),
    /// 303: done, see there.
    Go(Box<Redirect>),
    /// A file.
    File(Download),
}

impl Reply {
    /// 303 to a path of ours.
    pub fn go(path: impl Into<String>) -> Self {
        Self::Go(Box::new(Redirect::to(path.into())))
    }

    /// A page.
    ///
    /// # Errors
    /// As [`Page::of`].
    pub fn page(page: &impl Template) -> Result<Self, Fault> {
        Ok(Self::Page(Page::of(Status::Ok, page)?))
    }

    /// A page that says what has to be corrected.
    ///
    /// # Errors
    /// As [`Page::of`].
    pub fn again(page: &impl Template) -> Result<Self, Fault> {
        Ok(Self::Page(Page::of(Status::UnprocessableEntity, page)?))
    }
}

/// What handlers return.
pub type Answer = Result<Reply, Fault>;

/// The idempotency key of a form: a UUID of ours.
fn key(entries: &Entries) -> Result<String, Fault> {
    entries.read("key", |text| uuid::Uuid::parse_str(text).ok().map(|u| u.to_string())).flatten().ok_or(Fault(Status::BadRequest))
}

/// What makes the write of a form happen once.
fn once(entries: &Entries, app: &crate::app::App) -> Result<crate::app::Once, Fault> {
    Ok(crate::app::Once { key: key(entries)?, fingerprint: entries.fingerprint(app.keyed()) })
}

/// The slip of an error that a form can be corrected for: `slip-<page>-<field>`, or why a step is not possible now.
fn slip_of(error: crate::app::AppError, page: &str, slips: &mut Slips) -> Result<(), Fault> {
    match error {
        crate::app::AppError::Input { field, .. } => slips.add(field, format!("slip-{page}-{field}")),
        crate::app::AppError::NotNow(not) => slips.add("what", not.key),
        other => return Err(other.into()),
    }
    Ok(())
}

/// The text of a field, empty where it was left out.
fn typed(entries: &Entries, name: &str) -> Guarded<String> {
    entries.text(name).unwrap_or_else(|| Guarded::new(String::new()))
}

/// The flaws of a form as the page shows them.
fn slips_of(flaws: Vec<Flaw>) -> Slips {
    Slips(flaws.into_iter().map(|flaw| Slip { field: flaw.field, key: flaw.key, names: None }).collect())
}

/// A date typed into a field of ours, `2026-11-23`.
fn day(entries: &Entries, name: &'static str, slips: &mut Slips) -> Option<chrono::NaiveDate> {
    let read = entries.read(name, |text| text.parse::<chrono::NaiveDate>().ok())?;
    if read.is_none() {
        slips.add(name, "slip-date-bad");
    }
    read
}

/// As [`day`], of a field that has to be filled in.
fn day_told(entries: &Entries, name: &'static str, slips: &mut Slips) -> Option<chrono::NaiveDate> {
    let read = day(entries, name, slips);
    if read.is_none() && slips.of(name).is_none() {
        slips.add(name, "slip-date-bad");
    }
    read
}

/// What was chosen of a list, where a choice has to be made.
fn chosen<T>(entries: &Entries, name: &'static str, parse: impl Fn(&str) -> Option<T>, slips: &mut Slips) -> Option<T> {
    let read = entries.read(name, parse).flatten();
    if read.is_none() {
        slips.add(name, "slip-choose");
    }
    read
}

/// A short text of a field, without spaces around it; empty where it was left out.
fn typed_line(entries: &Entries, name: &str) -> String {
    entries.read(name, |text| text.trim().to_owned()).unwrap_or_default()
}

#[get("/")]
fn home(ctx: Ctx<'_>) -> Reply {
    let Some(staff) = &ctx.staff else { return Reply::go("/sign-in") };
    let first = PAGES.iter().find(|(_, _, right)| staff.roles.may(*right)).map_or("/nothing", |(path, _, _)| *path);
    Reply::go(first)
}

/// Where somebody lands whose roles open no page of this edition.
#[get("/nothing")]
fn nothing(_staff: SignedIn<'_>) -> Fault {
    Fault(Status::Forbidden)
}

#[get("/-/misdirected")]
fn misdirected() -> Status {
    Status::MisdirectedRequest
}

/// Every route of a page.
pub fn routes() -> Vec<Route> {
    let mut all = routes![home, nothing, misdirected];
    for more in [
        account::routes(),
        activity::routes(),
        admin::routes(),
        calendar::routes(),
        callout::routes(),
        care::routes(),
        family::routes(),
        consent::routes(),
        donor::routes(),
        desk::routes(),
        drive::routes(),
        duplicates::routes(),
        enrol::routes(),
        feed::routes(),
        figures::routes(),
        first_contact::routes(),
        followup::routes(),
        hands::routes(),
        import::routes(),
        in_error::routes(),
        language::routes(),
        link::routes(),
        log::routes(),
        match_request::routes(),
        notice::routes(),
        outside::routes(),
        people::routes(),
        disclosure::routes(),
        print::routes(),
        publication::routes(),
        put_right::routes(),
        recall::routes(),
        report::routes(),
        sample::routes(),
        rights::routes(),
        rules::routes(),
        self_enrol::routes(),
        shift::routes(),
        units::routes(),
        urgent::routes(),
        volunteer::routes(),
        wish::routes(),
    ] {
        all.extend(more);
    }
    all
}
