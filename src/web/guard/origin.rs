//! Where a request says it comes from.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Method;
use rocket::http::uri::Origin;
use rocket::{Data, Request};

use crate::web::Web;

/// Whether a post comes from a page of ours.
///
/// `Sec-Fetch-Site` decides where a browser sends it. Older ones send `Origin`; it is `null` on our own pages too, because they forbid
/// referrers (Fetch, "append a request Origin header"), so `null` alone proves nothing and is left to the token.
pub fn is_ours(request: &Request<'_>, web: &Web) -> bool {
    match (request.headers().get_one("Sec-Fetch-Site"), request.headers().get_one("Origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some("null") | None) => true,
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, host)| web.is_host(host)),
    }
}

/// Refuses a foreign `Host`: an address that merely resolves to us (DNS rebinding) reads nothing.
pub struct Host;

#[rocket::async_trait]
impl Fairing for Host {
    fn info(&self) -> Info {
        Info { name: "host of requests", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let ours = match (request.rocket().state::<Web>(), request.headers().get_one("Host")) {
            (Some(web), Some(host)) => web.is_host(host),
            // HTTP/2 and HTTP/1.1 both name a host; a request without one is refused.
            _ => false,
        };
        if !ours {
            request.set_method(Method::Get);
            if let Ok(elsewhere) = Origin::parse("/-/misdirected") {
                request.set_uri(elsewhere);
            }
        }
    }
}
