//! The log, for the auditor: who saw and did what, and whether it is whole.

use rocket::{Route, get, post, routes};

use super::{Answer, Reply};
use crate::app::{AppError, LogEntry};
use crate::store::StoreError;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::CanAudit;
use crate::web::i18n::Text;
use crate::web::view::admin::{Log, LogLine, Whole};

/// Entries shown at a time.
const LINES: u64 = 50;

fn line(staff: &CanAudit<'_>, entry: LogEntry, text: Text) -> LogLine {
    let key = format!("action-{}", entry.action.replace('.', "-"));
    let mut more: Vec<String> = entry.detail.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if entry.ids > 0 {
        more.push(text.n("log-ids", entry.ids));
    }
    LogLine {
        number: entry.seq,
        at: staff.printed(entry.at),
        who: entry.who.unwrap_or_else(|| text.t("log-nobody")),
        what: if text.has(&key) { text.t(&key) } else { entry.action },
        object: entry.object.map(|id| id.to_string().chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect()),
        more: more.join(&text.t("list-comma")),
    }
}

async fn page(staff: &CanAudit<'_>, before: Option<i64>, whole: Option<Whole>) -> Result<Log, Fault> {
    let entries = staff.app.log_page(staff.actor(), before, LINES).await?;
    let next = entries.last().filter(|last| entries.len() as u64 == LINES && last.seq > 1).map(|last| format!("/log?before={}", last.seq));
    Ok(Log {
        s: staff.shell("/log").await?,
        lines: entries.into_iter().map(|entry| line(staff, entry, staff.text())).collect(),
        next: next.unwrap_or_default(),
        whole,
    })
}

#[get("/log?<before>")]
async fn log(staff: CanAudit<'_>, before: Option<i64>) -> Answer {
    Reply::page(&page(&staff, before, None).await?)
}

#[post("/log", data = "<_form>")]
async fn verify(staff: CanAudit<'_>, _form: Posted) -> Answer {
    let whole = match staff.app.verify_log(staff.actor(), None).await {
        Ok(head) => Whole::Yes { entries: head.seq, hash: head.hash.iter().take(8).map(|b| format!("{b:02x}")).collect() },
        Err(AppError::Store(StoreError::ChainBroken { seq: at })) => Whole::BrokenAt(at),
        Err(other) => return Err(other.into()),
    };
    Reply::page(&page(&staff, None, Some(whole)).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![log, verify]
}
