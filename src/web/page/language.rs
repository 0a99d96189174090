//! The switch of languages in the head of every page of staff: what is chosen there is kept with the account and on the device.

use std::convert::Infallible;

use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Orbit, Request, Rocket, Route, post, routes};

use super::account::safe;
use super::{Answer, Reply};
use crate::domain::language::Language;
use crate::web::error::Fault;
use crate::web::form::Posted;
use crate::web::guard::SignedIn;
use crate::web::i18n::Lang;

/// What is mounted, which tells what can be opened.
struct Mounted<'r>(&'r Rocket<Orbit>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Mounted<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(request.rocket()))
    }
}

/// Whether a path is one of those that a route takes.
fn fits(route: &str, path: &str) -> bool {
    route.split('/').count() == path.split('/').count() && route.split('/').zip(path.split('/')).all(|(r, p)| r.starts_with('<') || r == p)
}

/// The page at a path, else the nearest one above it: what a form is answered with may stand under a path that cannot be opened by itself.
fn page_at<'p>(mounted: &Mounted<'_>, path: &'p str) -> &'p str {
    let mut at = path;
    while !at.is_empty() {
        if mounted.0.routes().any(|route| route.method == Method::Get && fits(route.uri.path(), at)) {
            return at;
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
    "/"
}

#[post("/language", data = "<form>")]
async fn choose(staff: SignedIn<'_>, mounted: Mounted<'_>, form: Posted) -> Answer {
    let entries = &form.0;
    let lang = entries.read("lang", Lang::of_tag).flatten().ok_or(Fault(Status::BadRequest))?;
    staff.app.choose_language(staff.staff(), Language::of_page(lang == Lang::English)).await?;
    staff.keep_language(lang);
    let path = entries.read("path", safe).unwrap_or_else(|| "/".to_owned());
    Ok(Reply::go(page_at(&mounted, &path)))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![choose]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_the_routes_that_take_it() {
        assert!(fits("/people/<id>", "/people/7K3M-9QXA-R") && fits("/", "/") && fits("/people", "/people"));
        assert!(!fits("/people/<id>", "/people") && !fits("/people/<id>", "/people/7K3M-9QXA-R/open") && !fits("/drive", "/people"));
    }
}
