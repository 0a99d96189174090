//! Accounts, the recovery sheet, the keys' standing.

use rocket::http::Status;
use rocket::{Route, get, post, routes};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::account::{account, account_slip};
use super::{Answer, Reply};
use crate::app::AppError;
use crate::domain::id::StaffId;
use crate::domain::role::{Role, Roles};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanAdminister, Notice};
use crate::web::view::admin::{AccountLine, Admin, FreshPassword};
use crate::web::view::{Choice, Field, Slips};

async fn page(staff: &CanAdminister<'_>, entries: Option<&Entries>, slips: Slips) -> Result<Admin, Fault> {
    let text = staff.text();
    let words = |roles: Roles| {
        if roles == Roles::small_branch() {
            return text.t("role-small-branch");
        }
        roles.iter().map(|r| text.t(&format!("role-{}", r.word()))).collect::<Vec<_>>().join(&text.t("list-comma"))
    };
    let keys = staff.app.keys(staff.actor()).await?;
    let compartments: Vec<String> = keys.open.iter().map(|c| text.t(&format!("compartment-{}", c.word()))).collect();
    Ok(Admin {
        s: staff.shell("/admin").await?,
        accounts: staff
            .app
            .accounts(staff.actor())
            .await?
            .into_iter()
            .map(|row| AccountLine {
                href: format!("/admin/accounts/{}", row.id),
                own: row.id == staff.staff().id,
                roles: words(row.roles),
                name: row.display_name,
                user: row.login,
                since: staff.printed(row.created_at),
                active: !row.disabled,
            })
            .collect(),
        fields: [
            Field::new(text, "name", "field-account-name").refill(text, entries, &slips),
            Field::new(text, "user", "field-user").hint(text, "hint-user").refill(text, entries, &slips),
            Field::new(text, "password", "field-password")
                .kind("password")
                .autocomplete("new-password")
                .hint(text, "hint-password")
                .refill(text, None, &slips),
        ],
        roles: Role::ALL
            .into_iter()
            .fold(Choice::many(text, "roles", "roles").columns(2), |c, r| c.option(r.word(), text.t(&format!("role-{}", r.word()))))
            .refill(text, entries, &slips),
        recovered: keys.sheet_confirmed,
        recovery: Field::new(text, "sheet", "recovery-code").hint(text, "recovery-hint").rows(8).refill(text, None, &slips),
        facts: vec![
            (text.t("fact-version"), env!("CARGO_PKG_VERSION").to_owned()),
            (text.t("fact-keys"), keys.keys.len().to_string()),
            (text.t("fact-open"), compartments.join(&text.t("list-comma"))),
        ],
        slips,
    })
}

#[get("/admin")]
async fn admin(staff: CanAdminister<'_>) -> Answer {
    Reply::page(&page(&staff, None, Slips::default()).await?)
}

#[post("/admin/accounts", data = "<form>")]
async fn add(staff: CanAdminister<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let names = ["name", "user", "password", ""];
    let mut slips = Slips::default();
    let roles = Roles::of(Role::ALL.into_iter().filter(|r| entries.chose("roles", r.word())));
    let wanted = account(entries, names, roles, &mut slips);
    if roles.bits() == 0 {
        slips.add("roles", "slip-roles");
    } else if roles.conflict().is_some() {
        slips.add("roles", "slip-roles-conflict");
    } else if !staff.app.config.small_branch && roles.iter().count() > 1 {
        slips.add("roles", "slip-roles-one");
    }
    if slips.is_empty() {
        match staff.app.add_account(staff.actor(), wanted, staff.now).await {
            Ok(_) => {
                staff.tell(&Notice::plain("account-added"));
                return Ok(Reply::go("/admin"));
            }
            Err(error) => account_slip(error, names, &mut slips)?,
        }
    }
    Reply::again(&page(&staff, Some(entries), slips).await?)
}

#[post("/admin/accounts/<id>", data = "<form>")]
async fn change(staff: CanAdminister<'_>, id: &str, form: Posted) -> Answer {
    let id = Uuid::parse_str(id).map(StaffId).map_err(|_| Fault(Status::NotFound))?;
    let step = |word| form.0.chose("step", word);
    if step("close") {
        staff.app.disable(staff.actor(), id, staff.now).await?;
        staff.tell(&Notice::plain("account-changed"));
    } else if step("reopen") {
        staff.app.reopen(staff.actor(), id, staff.now).await?;
        staff.tell(&Notice::plain("account-reopened"));
    } else if step("reset") && id != staff.staff().id {
        let (row, password) = staff.app.reset_password(staff.actor(), id, staff.now).await?;
        let page = FreshPassword { s: staff.shell("/admin").await?, name: row.display_name, user: row.login, password };
        return Reply::page(&page);
    } else {
        return Err(Status::BadRequest.into());
    }
    Ok(Reply::go("/admin"))
}

#[post("/admin/recovery", data = "<form>")]
async fn recovery(staff: CanAdminister<'_>, form: Posted) -> Answer {
    let right = match form.0.read("sheet", |typed| Zeroizing::new(typed.to_owned())) {
        None => false,
        Some(typed) => match staff.app.confirm_sheet(staff.actor(), &typed, staff.now).await {
            Ok(right) => right,
            Err(AppError::Vault(_)) => false,
            Err(other) => return Err(other.into()),
        },
    };
    if right {
        staff.tell(&Notice::plain("recovery-good"));
        return Ok(Reply::go("/admin"));
    }
    let mut slips = Slips::default();
    slips.add("sheet", "slip-recovery");
    Reply::again(&page(&staff, None, slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![admin, add, change, recovery]
}
