//! Today's drive: interest in under a minute.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;

use super::{Answer, Reply, day, key, slips_of, typed};
use crate::app::form::{DriveForm, InterestForm, Saved};
use crate::app::{AppError, Circumstances, DrivePage, TakenBack};
use crate::domain::consent::Purpose;
use crate::domain::fact::Channel;
use crate::domain::id::DriveId;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanEnrol, Notice};
use crate::web::view::chart::ruler;
use crate::web::view::drive::{Drive, DriveLine, DriveNew, SavedLine};
use crate::web::view::{Choice, Field, Slips};

async fn page(staff: &CanEnrol<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Drive, Fault> {
    let text = staff.text();
    let DrivePage { drive, count } = staff.app.drive_today(staff.actor(), staff.now).await?;
    let target = drive.as_ref().and_then(|d| d.target).and_then(|t| u64::try_from(t).ok());
    let scale = |width| {
        let target = target.unwrap_or(1);
        ruler(width, u64::from(count), target, &text.nm("drive-ruler", count, target), &text.t("drive-target"))
    };
    let s = staff.shell("/drive").await?;
    let consent = staff.app.texts.on(Purpose::Contact, s.today);
    let options = Choice::many(text, "registries", "interest-registries").columns(2).note(text.t("interest-many"));
    Ok(Drive {
        drive: drive.as_ref().map(|d| DriveLine { name: d.name.clone(), place: d.place.clone(), day: d.day.0.to_string() }),
        board: drive.as_ref().map(|d| format!("/drives/{}", d.id)).unwrap_or_default(),
        count: count.into(),
        target,
        rulers: (scale(220), scale(250)),
        saved: staff.recent().into_iter().map(|(number, time)| SavedLine { number, time }).collect(),
        registries: Registry::ALL
            .into_iter()
            .fold(options, |c, r| c.option(r.word(), text.t(&format!("registry-{}", r.word()))))
            .refill(text, entries, &slips),
        fields: [
            Field::new(text, "name", "field-name").refill(text, entries, &slips),
            Field::new(text, "phone", "field-mobile")
                .hint(text, "hint-mobile")
                .live(text, "mobile")
                .with(r#"inputmode="tel""#)
                .refill(text, entries, &slips),
            Field::new(text, "mail", "field-mail")
                .optional(text)
                .hint(text, "hint-mail")
                .live(text, "mail")
                .with(r#"inputmode="email""#)
                .refill(text, entries, &slips),
        ],
        consent: Choice::tick(text, "consent", "interest-consent")
            .small(text.x("interest-consent-small", consent.map_or("", |c| c.version.as_str())))
            .refill(text, entries, &slips),
        consent_text: consent.map(|c| c.shown(staff.english(), &s.branch)).unwrap_or_default(),
        slips,
        s,
    })
}

#[get("/drive")]
async fn drive(staff: CanEnrol<'_>) -> Answer {
    Reply::page(&page(&staff, None, Slips::default()).await?)
}

/// The circumstances of a registration at today's drive, or at the office where there is none.
pub(super) async fn circumstances(staff: &CanEnrol<'_>, entries: &Entries) -> Result<Circumstances, Fault> {
    let today = staff.app.drive_today(staff.actor(), staff.now).await?.drive;
    let drive: Option<(DriveId, u32)> = today.map(|d| (d.id, u32::try_from(d.number).unwrap_or_default()));
    let now: Timestamp = staff.now;
    Ok(Circumstances {
        key: key(entries)?,
        fingerprint: entries.fingerprint(staff.app.keyed()),
        channel: if drive.is_some() { Channel::Drive } else { Channel::Office },
        drive,
        now,
    })
}

#[post("/drive", data = "<form>")]
async fn interest(staff: CanEnrol<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let asked = InterestForm {
        name: typed(entries, "name"),
        phone: typed(entries, "phone"),
        mail: typed(entries, "mail"),
        registries: Registry::ALL.into_iter().filter(|r| entries.chose("registries", r.word())).collect(),
        consent: entries.chose("consent", "yes"),
        english: staff.english(),
    };
    let how = circumstances(&staff, entries).await?;
    let key = how.key.clone();
    match staff.app.interest(staff.actor(), &asked, how).await? {
        Saved::As { number } => {
            staff.note_saved(number);
            staff.tell(&saved("drive-done", number, &key));
            Ok(Reply::go("/drive"))
        }
        Saved::Before { number } => {
            staff.tell(&saved("drive-done", number, &key));
            Ok(Reply::go("/drive"))
        }
        Saved::Flawed(flaws) => Reply::again(&page(&staff, Some(entries), slips_of(flaws)).await?),
        Saved::AlreadyInThisRegistry => Err(Status::Conflict.into()),
    }
}

/// Told after saving: the running number, and the way to take it back.
pub(super) fn saved(word: &'static str, number: u32, key: &str) -> Notice {
    let notice = Notice::with(word, format!("{number:03}"));
    Uuid::parse_str(key).map_or(notice.clone(), |key| notice.undo(key))
}

#[post("/drive/<saved_as>/undo", data = "<_form>")]
async fn undo(staff: CanEnrol<'_>, saved_as: &str, _form: Posted) -> Answer {
    let saved_as = Uuid::parse_str(saved_as).map_err(|_| Fault(Status::NotFound))?.to_string();
    match staff.app.take_back(staff.actor(), &saved_as, staff.now).await? {
        TakenBack::Done(number) => {
            staff.forget_saved(number);
            staff.tell(&Notice::with("drive-undone", format!("{number:03}")));
        }
        TakenBack::TooLate => staff.tell(&Notice::plain("drive-undo-late")),
    }
    Ok(Reply::go("/drive"))
}

async fn new_page(staff: &CanEnrol<'_>, entries: Option<&Entries>, slips: Slips) -> Result<DriveNew, Fault> {
    let text = staff.text();
    let s = staff.shell("/drive").await?;
    Ok(DriveNew {
        fields: [
            Field::new(text, "name", "field-drive-name").refill(text, entries, &slips),
            Field::new(text, "place", "field-drive-place").refill(text, entries, &slips),
            Field::new(text, "day", "field-drive-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(s.today.to_string())
                .refill(text, entries, &slips),
            Field::new(text, "target", "field-drive-target")
                .optional(text)
                .class("input--short")
                .with(r#"inputmode="numeric""#)
                .refill(text, entries, &slips),
        ],
        slips,
        s,
    })
}

#[get("/drive/new")]
async fn new(staff: CanEnrol<'_>) -> Answer {
    Reply::page(&new_page(&staff, None, Slips::default()).await?)
}

#[post("/drive/new", data = "<form>")]
async fn new_do(staff: CanEnrol<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    let target = entries.number("target").and_then(|n| u32::try_from(n).ok());
    if entries.filled("target") && target.is_none() {
        slips.add("target", "slip-target-bad");
    }
    let form = DriveForm {
        name: entries.read("name", str::to_owned).unwrap_or_default(),
        place: entries.read("place", str::to_owned).unwrap_or_default(),
        town: None,
        day: day(entries, "day", &mut slips),
        target,
    };
    if slips.is_empty() {
        match staff.app.start_drive(staff.actor(), form, staff.now).await {
            Ok(_) => {
                staff.tell(&Notice::plain("drive-created"));
                return Ok(Reply::go("/drive"));
            }
            Err(AppError::Input { field: "name", .. }) => slips.add("name", "slip-drive-name"),
            Err(AppError::Input { field: "place", .. }) => slips.add("place", "slip-drive-place"),
            Err(AppError::Input { .. }) => slips.add("target", "slip-target-bad"),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&new_page(&staff, Some(entries), slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![drive, interest, undo, new, new_do]
}
