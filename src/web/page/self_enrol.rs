//! Self-enrolment by a drive's QR code, and the sheet that shows the code.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Page, Reply, key, slips_of, typed};
use crate::app::SelfSaved;
use crate::domain::consent::Purpose;
use crate::domain::form::InterestForm;
use crate::domain::registry::Registry;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanEnrol, Ctx};
use crate::web::view::qr::Code;
use crate::web::view::self_enrol::{DriveCode, SelfDone, SelfEnrol};
use crate::web::view::{Choice, Field, Slips};

fn page(ctx: &Ctx<'_>, token: &str, drive: String, entries: Option<&Entries>, slips: Slips) -> SelfEnrol {
    let text = ctx.text();
    let s = ctx.open_shell();
    let consent = ctx.app.texts.on(Purpose::Contact, s.today);
    let options = Choice::many(text, "registries", "interest-registries").columns(2).note(text.t("interest-many"));
    // The person at the keyboard is the person registered: the browser may help.
    SelfEnrol {
        path: format!("/d/{token}"),
        drive,
        registries: Registry::ALL
            .into_iter()
            .fold(options, |c, r| c.option(r.word(), text.t(&format!("registry-{}", r.word()))))
            .refill(text, entries, &slips),
        fields: [
            Field::new(text, "name", "field-name").autocomplete("name").refill(text, entries, &slips),
            Field::new(text, "phone", "field-mobile")
                .hint(text, "hint-mobile")
                .live(text, "mobile")
                .autocomplete("tel")
                .with(r#"inputmode="tel""#)
                .refill(text, entries, &slips),
            Field::new(text, "mail", "field-mail")
                .optional(text)
                .hint(text, "hint-mail")
                .live(text, "mail")
                .autocomplete("email")
                .with(r#"inputmode="email""#)
                .refill(text, entries, &slips),
        ],
        consent: Choice::tick(text, "consent", "interest-consent")
            .small(text.x("interest-consent-small", consent.map_or("", |c| c.version.as_str())))
            .refill(text, entries, &slips),
        consent_text: consent.map(|c| c.shown(ctx.english(), &s.branch)).unwrap_or_default(),
        slips,
        s,
    }
}

fn gone(ctx: &Ctx<'_>) -> Answer {
    Ok(Reply::Page(Page::of(Status::Gone, &SelfDone { s: ctx.open_shell(), taken: false })?))
}

#[get("/d/<token>")]
async fn form(ctx: Ctx<'_>, token: &str) -> Answer {
    match ctx.app.drive_behind(token, ctx.now).await? {
        Some(drive) => Reply::page(&page(&ctx, token, drive.name, None, Slips::default())),
        None => gone(&ctx),
    }
}

#[post("/d/<token>", data = "<form>")]
async fn send(ctx: Ctx<'_>, token: &str, form: Posted) -> Answer {
    let entries = &form.0;
    let asked = InterestForm {
        name: typed(entries, "name"),
        phone: typed(entries, "phone"),
        mail: typed(entries, "mail"),
        registries: Registry::ALL.into_iter().filter(|r| entries.chose("registries", r.word())).collect(),
        consent: entries.chose("consent", "yes"),
        english: ctx.english(),
    };
    let once = (key(entries)?, entries.fingerprint(ctx.app.keyed()));
    match ctx.app.interest_by_self(token, &asked, once, &ctx.peer, ctx.now).await? {
        SelfSaved::Taken => Reply::page(&SelfDone { s: ctx.open_shell(), taken: true }),
        SelfSaved::Flawed(flaws) => match ctx.app.drive_behind(token, ctx.now).await? {
            Some(drive) => Reply::again(&page(&ctx, token, drive.name, Some(entries), slips_of(flaws))),
            None => gone(&ctx),
        },
        SelfSaved::Gone => gone(&ctx),
    }
}

#[get("/drive/code")]
async fn code(staff: CanEnrol<'_>) -> Answer {
    let drive = staff.app.drive_today(staff.actor(), staff.now).await?.drive.ok_or(Fault(Status::NotFound))?;
    let path = staff.app.self_path(&drive);
    let config = &staff.app.config;
    let local = || format!("http://{}:{}{path}", config.address, config.port);
    let address = config.public_url.as_ref().map_or_else(local, |url| url.link(&path));
    Reply::page(&DriveCode {
        code: Code::of(&address).map(|code| code.svg(&staff.text().t("code-label"))),
        drive: drive.name,
        about: format!("{} {}", drive.place, drive.day.0),
        address,
        s: staff.shell("/drive").await?,
    })
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![form, send, code]
}
