//! Importing a sheet: upload, preview, confirm; the correction list.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Download, Reply, day, typed};
use crate::app::AppError;
use crate::app::import::{ImportOptions, Preview, Staged, report_csv};
use crate::domain::Guarded;
use crate::domain::correction::told_as;
use crate::domain::id::{CorrectionId, DriveId, ImportId};
use crate::domain::registry::Registry;
use crate::intake::IntakeError;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted, Uploaded};
use crate::web::guard::{CanImport, Notice};
use crate::web::view::chart::parts;
use crate::web::view::import::{
    Correction, CorrectionLine, Corrections, ImportPreview, ImportStart, Outcomes, ProblemLine, field_word, name_of,
};
use crate::web::view::people::registry_word;
use crate::web::view::{Choice, Field, Select, Slips};

/// Rows with problems shown on the page; all of them are in the file.
const ROWS: usize = 200;
/// Lines of the correction list shown at a time.
const LINES: u64 = 50;

async fn start_page(staff: &CanImport<'_>, entries: Option<&Entries>, slips: Slips) -> Result<ImportStart, Fault> {
    let text = staff.text();
    let mut drive = Select::new(text, "drive", "import-drive").optional(text).option("", text.t("import-drive-none"));
    for known in staff.app.drives(staff.actor()).await?.into_iter().take(100) {
        drive = drive.option(known.id.to_string(), format!("{} {}", known.day.0, known.name));
    }
    Ok(ImportStart {
        s: staff.shell("/people").await?,
        registry: Registry::ALL
            .into_iter()
            .fold(Choice::one(text, "registry", "import-registry").columns(2), |c, r| c.option(r.word(), registry_word(r, text)))
            .refill(text, entries, &slips),
        day: Field::new(text, "day", "import-day")
            .optional(text)
            .hint(text, "hint-import-day")
            .class("input--short")
            .live(text, "date")
            .refill(text, entries, &slips),
        drive: drive.refill(text, entries, &slips),
        slips,
    })
}

#[get("/import")]
async fn start(staff: CanImport<'_>) -> Answer {
    Reply::page(&start_page(&staff, None, Slips::default()).await?)
}

#[post("/import", data = "<form>")]
async fn stage(staff: CanImport<'_>, form: Uploaded) -> Answer {
    let Uploaded { entries, upload } = form;
    let mut slips = Slips::default();
    let registry = entries.read("registry", Registry::from_word).flatten();
    if registry.is_none() {
        slips.add("registry", "slip-registry");
    }
    let judged_on = day(&entries, "day", &mut slips);
    let drive = entries.read("drive", |text| Uuid::parse_str(text).ok().map(DriveId)).flatten();
    let upload = upload.filter(|file| !file.bytes.is_empty());
    if upload.is_none() {
        slips.add("file", "slip-file");
    }
    if let (Some(mut file), true) = (upload, slips.is_empty()) {
        let options = ImportOptions { registry, judged_on, drive, profile: None };
        let bytes = Guarded::new(std::mem::take(&mut *file.bytes));
        match staff.app.stage(staff.actor(), bytes, &file.name, &options, staff.now, &mut |_, _| {}).await {
            Ok(Staged::Draft(id)) => return Ok(Reply::go(format!("/import/{id}"))),
            Ok(Staged::Before(id)) => return Ok(Reply::go(format!("/import/{id}?again"))),
            Err(AppError::Intake(error)) => slips.add("file", slip(&error)),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&start_page(&staff, Some(&entries), slips).await?)
}

/// The sentence for a file that cannot be read.
const fn slip(error: &IntakeError) -> &'static str {
    match error {
        IntakeError::FileTooLarge { .. } | IntakeError::UnpacksTooLarge { .. } | IntakeError::TooManyCells { .. } => "slip-file-large",
        IntakeError::Empty => "slip-file-empty",
        IntakeError::PasswordProtected => "slip-file-locked",
        IntakeError::NoTable | IntakeError::NoNameColumn => "slip-file-header",
        _ => "slip-file-format",
    }
}

fn import_id(text: &str) -> Result<ImportId, Fault> {
    Uuid::parse_str(text).map(ImportId).map_err(|_| Fault(Status::NotFound))
}

async fn preview_page(staff: &CanImport<'_>, preview: Preview, again: bool) -> Result<ImportPreview, Fault> {
    let text = staff.text();
    let totals = preview.totals;
    let outcomes = Outcomes {
        accepted: totals.accepted,
        review: totals.review,
        refused: totals.refused,
        skipped: totals.skipped,
        new: totals.new,
        known: totals.known,
        to_compare: totals.to_compare,
    };
    let counts = [("r1", totals.accepted), ("r2", totals.review), ("r3", totals.refused), ("r4", totals.skipped)];
    let label = text.xy("outcome-bar", totals.accepted, totals.read.saturating_sub(totals.accepted));
    let mut read = vec![registry_word(preview.registry, text)];
    read.push(text.n("import-rows", totals.read));
    if let Some(judged_on) = preview.judged_on {
        read.push(text.x("import-judged", judged_on));
    }
    let beyond = preview.rows.len().saturating_sub(ROWS) as u64;
    let rows = preview
        .rows
        .iter()
        .take(ROWS)
        .map(|(row, outcome, codes)| {
            (*row, text.t(&format!("outcome-{outcome}")), codes.iter().map(|code| text.t(&format!("problem-{code}"))).collect())
        })
        .collect();
    let mut problems: Vec<ProblemLine> =
        preview.problems.iter().map(|p| ProblemLine { code: p.code, severity: p.severity, rows: p.rows }).collect();
    problems.sort_by_key(|p| std::cmp::Reverse((p.severity, p.rows)));
    Ok(ImportPreview {
        s: staff.shell("/people").await?,
        href: format!("/import/{}", preview.id),
        source: preview.source,
        read,
        outcomes,
        bars: (parts(1200, &counts, &label), parts(358, &counts, &label)),
        problems,
        rows,
        beyond,
        done: preview.state.word() != "draft",
        again,
    })
}

#[get("/import/<id>?<again>")]
async fn preview(staff: CanImport<'_>, id: &str, again: Option<&str>) -> Answer {
    let preview = staff.app.preview(staff.actor(), import_id(id)?).await?;
    Reply::page(&preview_page(&staff, preview, again.is_some()).await?)
}

#[post("/import/<id>", data = "<form>")]
async fn settle(staff: CanImport<'_>, id: &str, form: Posted) -> Answer {
    let id = import_id(id)?;
    if form.0.chose("step", "drop") {
        staff.app.discard(staff.actor(), id).await?;
        staff.tell(&Notice::plain("import-dropped"));
        return Ok(Reply::go("/import"));
    }
    if !form.0.chose("step", "write") {
        return Err(Status::BadRequest.into());
    }
    let totals = staff.app.admit(staff.actor(), id, staff.now).await?;
    staff.tell(&Notice::with("import-done", totals.accepted + totals.review));
    Ok(Reply::go(format!("/import/{id}")))
}

#[get("/import/<id>/report.csv")]
async fn report(staff: CanImport<'_>, id: &str) -> Answer {
    let id = import_id(id)?;
    let report = staff.app.import_report(staff.actor(), id, false).await?;
    Ok(Reply::File(Download::csv(format!("import-{id}.csv"), report_csv(&report)?)))
}

fn correction_id(text: &str) -> Option<CorrectionId> {
    Uuid::parse_str(text).ok().map(CorrectionId)
}

#[get("/corrections?<after>")]
async fn corrections(staff: CanImport<'_>, after: Option<&str>) -> Answer {
    let after = after.and_then(correction_id);
    let items = staff.app.corrections(staff.actor(), None, after, LINES, staff.now).await?;
    let next =
        items.last().filter(|_| items.len() as u64 == LINES).map(|item| format!("/corrections?after={}", item.id)).unwrap_or_default();
    Reply::page(&Corrections {
        s: staff.shell("/people").await?,
        total: staff.app.count_corrections().await?,
        rows: items.iter().filter_map(|item| CorrectionLine::of(item, staff.text())).collect(),
        next,
    })
}

/// One line of the list: the first one after the id just before it.
async fn one(staff: &CanImport<'_>, id: CorrectionId) -> Result<crate::app::CorrectionItem, Fault> {
    let before = CorrectionId(Uuid::from_u128(id.0.as_u128().saturating_sub(1)));
    let found = staff.app.corrections(staff.actor(), None, Some(before), 1, staff.now).await?.pop();
    found.filter(|item| item.id == id).ok_or(Fault(Status::NotFound))
}

async fn correction_page(staff: &CanImport<'_>, id: CorrectionId, entries: Option<&Entries>, slips: Slips) -> Result<Correction, Fault> {
    let text = staff.text();
    let item = one(staff, id).await?;
    Ok(Correction {
        s: staff.shell("/people").await?,
        action: format!("/corrections/{id}"),
        field_name: field_word(&item.field, text),
        row: item.row,
        name: name_of(&item),
        code: item.problem.ok_or(Fault(Status::NotFound))?,
        standing: item
            .person
            .as_ref()
            .filter(|_| ["status", "guardian"].contains(&told_as(&item.field)))
            .map(|id| format!("/people/{id}"))
            .unwrap_or_default(),
        version: item.version,
        field: Field::new(text, "value", "correct-to").refill(text, entries, &slips),
        value: item.value.unwrap_or_else(|| Guarded::new(String::new())),
        slips,
    })
}

#[get("/corrections/<id>")]
async fn correction(staff: CanImport<'_>, id: &str) -> Answer {
    let id = correction_id(id).ok_or(Status::NotFound)?;
    Reply::page(&correction_page(&staff, id, None, Slips::default()).await?)
}

#[post("/corrections/<id>", data = "<form>")]
async fn correct(staff: CanImport<'_>, id: &str, form: Posted) -> Answer {
    let id = correction_id(id).ok_or(Status::NotFound)?;
    let entries = &form.0;
    let version = entries.read("version", |text| text.parse().ok()).flatten().ok_or(Status::BadRequest)?;
    if entries.chose("step", "drop") {
        staff.app.dismiss(staff.actor(), id, version, staff.now).await?;
        staff.tell(&Notice::plain("correct-dropped"));
        return Ok(Reply::go("/corrections"));
    }
    match staff.app.resolve(staff.actor(), id, version, &typed(entries, "value"), staff.now).await? {
        Ok(()) => {
            staff.tell(&Notice::plain("correct-done"));
            Ok(Reply::go("/corrections"))
        }
        Err(flaw) => {
            let mut slips = Slips::default();
            slips.add("value", flaw.key);
            Reply::again(&correction_page(&staff, id, Some(entries), slips).await?)
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![start, stage, preview, settle, report, corrections, correction, correct]
}
