//! Headers of every answer, whatever its status.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Header, Status};
use rocket::{Request, Response};

/// The content policy: nothing but our own stylesheet, script and images; no frame, no plug-in, no inline code, no other origin.
pub const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Everything a page never needs.
pub const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=(), serial=(), hid=()";

/// Headers that every answer carries with exactly this value.
pub const FIXED: [(&str, &str); 8] = [
    ("Content-Security-Policy", CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS),
    ("X-Robots-Tag", "noindex, nofollow"),
];

/// Sets the headers. Stands in the place of Rocket's own shield, which knows neither a content nor a cache policy.
pub struct Headers {
    /// Whether people reach us by HTTPS: then browsers are told never to try anything else.
    pub https: bool,
}

#[rocket::async_trait]
impl Fairing for Headers {
    fn info(&self) -> Info {
        Info { name: "headers of every answer", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        for (name, value) in FIXED {
            response.set_header(Header::new(name, value));
        }
        if self.https {
            response.set_header(Header::new("Strict-Transport-Security", "max-age=63072000; includeSubDomains"));
        }
        let kept = response.headers().get_one("Cache-Control").is_some_and(|v| v.contains("immutable"));
        if !kept || response.status() != Status::Ok {
            response.set_header(Header::new("Cache-Control", "no-store"));
        }
        response.remove_header("Server");
    }
}
