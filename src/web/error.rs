//! Errors as answers: every failure becomes a status, and every status a page in the reader's language.

use rocket::http::Status;
use rocket::response::{self, Redirect, Responder};
use rocket::{Catcher, Request, catch, catchers};

use super::guard::Ctx;
use super::page::Page;
use super::view::failure::Failure;
use crate::app::AppError;
use crate::intake::IntakeError;
use crate::store::StoreError;

/// A failure of a page: its status. What happened is on the page of that status; the cause was logged where it is not the asker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault(pub Status);

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Self(status)
    }
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        let status = match &error {
            AppError::LogInRefused => Status::Unauthorized,
            AppError::TooMany | AppError::AskedTooOften { .. } => Status::TooManyRequests,
            AppError::Forbidden => Status::Forbidden,
            AppError::Missing(_) => Status::NotFound,
            AppError::Stale | AppError::Conflict | AppError::NotNow(_) => Status::Conflict,
            AppError::Input { .. } | AppError::CountDiffers | AppError::Profile(_) => Status::UnprocessableEntity,
            AppError::Intake(IntakeError::FileTooLarge { .. } | IntakeError::UnpacksTooLarge { .. } | IntakeError::TooManyCells { .. }) => {
                Status::PayloadTooLarge
            }
            AppError::Intake(_) => Status::UnsupportedMediaType,
            AppError::Busy | AppError::Sealed(_) | AppError::Key(_) => Status::ServiceUnavailable,
            AppError::Store(StoreError::Missing(_)) => Status::NotFound,
            AppError::Report(_) => Status::UnprocessableEntity,
            AppError::Store(_) | AppError::Vault(_) | AppError::Followup(_) => Status::InternalServerError,
        };
        if status.code >= 500 {
            // Messages of use cases never quote what was typed.
            tracing::error!(%error, status = status.code, "a request failed");
        }
        Self(status)
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be written");
        Self(Status::InternalServerError)
    }
}

impl<'r, 'o: 'r> Responder<'r, 'o> for Fault {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'o> {
        Err(self.0)
    }
}

/// An answer to a failed request.
#[derive(Responder)]
pub enum Failed {
    /// A page.
    Page(Page),
    /// To the sign-in page.
    SignIn(Box<Redirect>),
    /// Where even the page fails.
    Plain(Status),
}

#[catch(default)]
async fn failed(status: Status, request: &Request<'_>) -> Failed {
    if status == Status::Unauthorized && request.method() == rocket::http::Method::Get {
        // Only the path is carried: what follows a question mark may be anything.
        let path = request.uri().path().as_str().to_owned();
        let next = if path == "/" { String::new() } else { format!("?next={}", rocket::http::RawStr::new(&path).percent_encode()) };
        return Failed::SignIn(Box::new(Redirect::to(format!("/sign-in{next}"))));
    }
    let Ok(ctx) = Ctx::of(request).await else { return Failed::Plain(status) };
    if ctx.staff.is_some() {
        // Where even the numbers of the navigation cannot be read, the plain page below does.
        if let Ok(s) = ctx.shell("").await {
            return Page::of(status, &Failure { s, status: status.code }.inside()).map_or(Failed::Plain(status), Failed::Page);
        }
    }
    let page = Failure { s: ctx.open_shell(), status: status.code };
    Page::of(status, &page).map_or(Failed::Plain(status), Failed::Page)
}

/// One catcher for every status.
pub fn all() -> Vec<Catcher> {
    catchers![failed]
}
