//! Signing in and out; the first set-up.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Page, Reply, typed};
use crate::app::AppError;
use crate::app::form::AccountForm;
use crate::domain::role::{Role, Roles};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{Ctx, Notice, SignedIn};
use crate::web::i18n::Lang;
use crate::web::view::enter::{Account, SetUp, SetUpGone, SignIn};
use crate::web::view::{Field, Slips};

fn sign_in_page(ctx: &Ctx<'_>, next: String, failed: bool, ended: bool) -> SignIn {
    let text = ctx.text();
    SignIn {
        s: ctx.open_shell(),
        failed,
        ended,
        user: Field::new(text, "user", "field-user").autocomplete("username").with(r#"autocapitalize="none" spellcheck="false""#),
        password: Field::new(text, "password", "field-password").kind("password").autocomplete("current-password"),
        next,
    }
}

/// A path of ours to go to after signing in, or back to; anything else leads to the start.
pub(super) fn safe(next: &str) -> String {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/sign-")
        && next.len() <= 200
        && next.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b));
    if ours { next.to_owned() } else { "/".to_owned() }
}

#[get("/sign-in?<next>")]
fn sign_in(ctx: Ctx<'_>, next: Option<&str>) -> Answer {
    if ctx.staff.is_some() {
        return Ok(Reply::go("/"));
    }
    let ended = ctx.session_token().is_some();
    if ended {
        ctx.end_session();
    }
    Reply::page(&sign_in_page(&ctx, safe(next.unwrap_or_default()), false, ended))
}

#[post("/sign-in", data = "<form>")]
async fn sign_in_do(ctx: Ctx<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let login = entries.read("user", |text| text.chars().take(64).collect::<String>()).unwrap_or_default();
    let next = entries.read("next", safe).unwrap_or_else(|| "/".to_owned());
    match ctx.app.log_in(&login, &typed(entries, "password"), &ctx.peer, ctx.now).await {
        Ok(start) => {
            // A session that was open on this device ends: the new one gets a token of its own.
            if let Some(old) = ctx.session_token() {
                ctx.app.log_out(&old, ctx.now).await?;
            }
            ctx.begin_session(start.token.as_str());
            // A device is shared: what a colleague chose on it ends here.
            if let Some(language) = start.staff.language {
                ctx.keep_language(Lang::of(language));
            }
            Ok(Reply::go(next))
        }
        Err(AppError::LogInRefused) => Ok(Reply::Page(Page::of(Status::Unauthorized, &sign_in_page(&ctx, next, true, false))?)),
        Err(other) => Err(other.into()),
    }
}

#[post("/sign-out", data = "<_form>")]
async fn sign_out(ctx: Ctx<'_>, _form: Posted) -> Answer {
    if let Some(token) = ctx.session_token() {
        ctx.app.log_out(&token, ctx.now).await?;
    }
    ctx.end_session();
    Ok(Reply::go("/sign-in"))
}

async fn own_page(staff: &SignedIn<'_>, slips: Slips) -> Result<Account, Fault> {
    let text = staff.text();
    // Passwords are typed anew: they are never sent back.
    let field = |name, label, word| Field::new(text, name, label).kind("password").autocomplete(word).refill(text, None, &slips);
    Ok(Account {
        s: staff.shell("/account").await?,
        user: staff.staff().login.clone(),
        fields: [
            field("old", "field-password-old", "current-password"),
            field("password", "field-password-new", "new-password").hint(text, "hint-password"),
            field("again", "field-password-again", "new-password"),
        ],
        slips,
    })
}

#[get("/account")]
async fn own(staff: SignedIn<'_>) -> Answer {
    Reply::page(&own_page(&staff, Slips::default()).await?)
}

#[post("/account", data = "<form>")]
async fn own_do(staff: SignedIn<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    if !entries.filled("old") {
        slips.add("old", "slip-password-old");
    }
    if entries.read("password", |text| text.chars().count() < 12).unwrap_or(true) {
        slips.add("password", "slip-password-short");
    } else if !entries.same("password", "again") {
        slips.add("again", "slip-password-again");
    }
    if slips.is_empty() {
        match staff.app.change_password(staff.staff(), &typed(entries, "old"), &typed(entries, "password"), staff.now).await {
            Ok(token) => {
                staff.begin_session(token.as_str());
                staff.tell(&Notice::plain("password-changed"));
                return Ok(Reply::go("/account"));
            }
            Err(AppError::LogInRefused) => slips.add("old", "slip-password-old"),
            Err(AppError::Input { .. }) => slips.add("password", "slip-password-common"),
            Err(other) => return Err(other.into()),
        }
    }
    Reply::again(&own_page(&staff, slips).await?)
}

const WORK: [&str; 4] = ["name", "user", "password", "again"];
const ADMIN: [&str; 4] = ["admin-name", "admin-user", "admin-password", "admin-again"];

fn set_up_page(ctx: &Ctx<'_>, action: String, entries: Option<&Entries>, slips: Slips) -> SetUp {
    let text = ctx.text();
    let fields = |names: [&'static str; 4]| {
        let [name, user, password, again] = names;
        [
            Field::new(text, name, "field-account-name").refill(text, entries, &slips),
            Field::new(text, user, "field-user").hint(text, "hint-user").with(r#"autocapitalize="none""#).refill(text, entries, &slips),
            // Passwords are typed anew: they are never sent back.
            Field::new(text, password, "field-password")
                .kind("password")
                .autocomplete("new-password")
                .hint(text, "hint-password")
                .refill(text, None, &slips),
            Field::new(text, again, "field-password-again").kind("password").autocomplete("new-password").refill(text, None, &slips),
        ]
    };
    SetUp { s: ctx.open_shell(), action, preset: ctx.app.config.small_branch, work: fields(WORK), admin: fields(ADMIN), slips }
}

#[get("/set-up/<token>")]
async fn set_up(ctx: Ctx<'_>, token: &str) -> Answer {
    if !ctx.app.set_up_open(token).await? {
        return Ok(Reply::Page(Page::of(Status::NotFound, &SetUpGone { s: ctx.open_shell() })?));
    }
    Reply::page(&set_up_page(&ctx, format!("/set-up/{token}"), None, Slips::default()))
}

/// An account as typed, and what is wrong with it.
pub(super) fn account(entries: &Entries, names: [&'static str; 4], roles: Roles, slips: &mut Slips) -> AccountForm {
    let [name, user, password, again] = names;
    let login = entries.read(user, str::to_owned).unwrap_or_default();
    let fine = (3..=32).contains(&login.chars().count())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
    if !entries.filled(name) {
        slips.add(name, "slip-account-name");
    }
    if !fine {
        slips.add(user, "slip-user");
    }
    if entries.read(password, |text| text.chars().count() < 12).unwrap_or(true) {
        slips.add(password, "slip-password-short");
    } else if !again.is_empty() && !entries.same(password, again) {
        slips.add(again, "slip-password-again");
    }
    AccountForm { login, name: entries.read(name, str::to_owned).unwrap_or_default(), password: typed(entries, password), roles }
}

/// What a use case found wrong with an account, by the field of this form.
pub(super) fn account_slip(error: AppError, names: [&'static str; 4], slips: &mut Slips) -> Result<(), Fault> {
    match error {
        AppError::Input { field: "login", .. } => slips.add(names[1], "slip-user"),
        AppError::Input { field: "password", .. } => slips.add(names[2], "slip-password-common"),
        AppError::Input { field: "roles", .. } => slips.add("roles", "slip-roles-conflict"),
        AppError::Conflict => slips.add(names[1], "slip-user-taken"),
        other => return Err(other.into()),
    }
    Ok(())
}

#[post("/set-up/<token>", data = "<form>")]
async fn set_up_do(ctx: Ctx<'_>, token: &str, form: Posted) -> Answer {
    let entries = &form.0;
    let mut slips = Slips::default();
    // Without the preset the manager begins, and the administrator adds who does the rest.
    let roles = if ctx.app.config.small_branch { Roles::small_branch() } else { Roles::of([Role::Manager]) };
    let work = account(entries, WORK, roles, &mut slips);
    let admin = account(entries, ADMIN, Roles::of([Role::Administrator]), &mut slips);
    if slips.is_empty() && work.login == admin.login {
        slips.add("admin-user", "slip-users-same");
    }
    if slips.is_empty() {
        match ctx.app.set_up(token, vec![work, admin], ctx.now).await {
            Ok(()) => {
                ctx.tell(&Notice::plain("set-up-done"));
                return Ok(Reply::go("/sign-in"));
            }
            Err(AppError::Missing(_)) => return Ok(Reply::Page(Page::of(Status::NotFound, &SetUpGone { s: ctx.open_shell() })?)),
            Err(error) => account_slip(error, WORK, &mut slips)?,
        }
    }
    Reply::again(&set_up_page(&ctx, format!("/set-up/{token}"), Some(entries), slips))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![sign_in, sign_in_do, sign_out, own, own_do, set_up, set_up_do]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_pages_of_ours_only() {
        assert_eq!(safe("/people/7K3M-9QXA-R"), "/people/7K3M-9QXA-R");
        for foreign in ["https://example.org", "//example.org", "/\\example.org", "/sign-in", "/a?b=c", "", "javascript:alert(1)"] {
            assert_eq!(safe(foreign), "/", "{foreign}");
        }
    }
}
