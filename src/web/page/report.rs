//! Reports: the pool and its flows, as a page and as files.

use chrono::{Datelike, NaiveDate};
use rocket::http::Status;
use rocket::{Route, get, routes};

use super::{Answer, Download, Reply};
use crate::reports::definitions;
use crate::reports::export::workbook;
use crate::web::error::Fault;
use crate::web::guard::CanReport;
use crate::web::view::report::{Days, Report, lang_of};

/// The days asked for; the year to date where none are. Days ahead count as today.
pub(super) fn days(today: NaiveDate, from: Option<&str>, as_of: Option<&str>) -> Result<Days, Fault> {
    let read = |text: &str| text.trim().parse::<NaiveDate>().map_err(|_| Fault(Status::UnprocessableEntity));
    let as_of = as_of.filter(|t| !t.trim().is_empty()).map(read).transpose()?.unwrap_or(today).min(today);
    let start = NaiveDate::from_ymd_opt(as_of.year(), 1, 1).unwrap_or(as_of);
    let from = from.filter(|t| !t.trim().is_empty()).map(read).transpose()?.unwrap_or(start);
    if from > as_of {
        return Err(Fault(Status::UnprocessableEntity));
    }
    Ok(Days { as_of, from })
}

async fn report(staff: &CanReport<'_>, days: Days) -> Result<Report, Fault> {
    let pool = staff.app.pool(days.as_of).await?;
    let flows = staff.app.flows(days.from, days.as_of).await?;
    Ok(Report::new(staff.shell("/reports").await?, days, &pool, &flows, &staff.app.towns))
}

#[get("/reports?<from>&<as_of..>")]
async fn reports(staff: CanReport<'_>, from: Option<&str>, as_of: AsOf<'_>) -> Answer {
    let days = days(staff.today(), from, as_of.0)?;
    Reply::page(&report(&staff, days).await?)
}

#[get("/reports/pool.csv?<from>&<as_of..>")]
async fn csv(staff: CanReport<'_>, from: Option<&str>, as_of: AsOf<'_>) -> Answer {
    let days = days(staff.today(), from, as_of.0)?;
    let mut out = Vec::new();
    for table in report(&staff, days).await?.files() {
        let bytes = table.to_csv().map_err(crate::app::AppError::Report)?;
        // One byte-order mark for the file; a blank line between its tables.
        let bytes = if out.is_empty() { bytes.as_slice() } else { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) };
        if !out.is_empty() {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(bytes);
    }
    Ok(Reply::File(Download::csv(format!("pool-{}.csv", days.as_of), out)))
}

#[get("/reports/pool.xlsx?<from>&<as_of..>")]
async fn xlsx(staff: CanReport<'_>, from: Option<&str>, as_of: AsOf<'_>) -> Answer {
    let days = days(staff.today(), from, as_of.0)?;
    let tables = report(&staff, days).await?.files();
    let all: Vec<_> = definitions::ALL.iter().collect();
    let bytes = workbook(&tables.iter().collect::<Vec<_>>(), &all, lang_of(staff.text())).map_err(crate::app::AppError::Report)?;
    Ok(Reply::File(Download::xlsx(format!("pool-{}.xlsx", days.as_of), bytes)))
}

/// The query field `as-of`, whose name is no identifier.
pub(super) struct AsOf<'r>(pub(super) Option<&'r str>);

#[rocket::async_trait]
impl<'r> rocket::form::FromForm<'r> for AsOf<'r> {
    type Context = Option<&'r str>;

    fn init(_: rocket::form::Options) -> Self::Context {
        None
    }

    fn push_value(ctxt: &mut Self::Context, field: rocket::form::ValueField<'r>) {
        if field.name == "as-of" {
            *ctxt = Some(field.value);
        }
    }

    async fn push_data(_: &mut Self::Context, _: rocket::form::DataField<'r, '_>) {}

    fn finalize(ctxt: Self::Context) -> rocket::form::Result<'r, Self> {
        Ok(Self(ctxt))
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![reports, csv, xlsx]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_to_date_is_the_default_and_no_day_lies_ahead() {
        let today = day("2026-11-23");
        let found = days(today, None, None).unwrap();
        assert_eq!((found.from, found.as_of), (day("2026-01-01"), today));
        let found = days(today, Some("2025-03-01"), Some("2030-01-01")).unwrap();
        assert_eq!((found.from, found.as_of), (day("2025-03-01"), today));
        assert!(days(today, Some("2026-02-01"), Some("2026-01-01")).is_err());
        assert!(days(today, Some("x"), None).is_err());
    }
}
