//! The static files, compiled in. Their address carries the hash of their content, so that they may be kept for good.

use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Request, Route, get, routes};

struct Asset {
    name: &'static str,
    kind: (&'static str, &'static str),
    bytes: &'static [u8],
}

const ASSETS: [Asset; 4] = [
    Asset { name: "app.css", kind: ("text", "css"), bytes: include_bytes!("../../static/app.css") },
    Asset { name: "app.js", kind: ("text", "javascript"), bytes: include_bytes!("../../static/app.js") },
    Asset { name: "favicon.svg", kind: ("image", "svg+xml"), bytes: include_bytes!("../../static/favicon.svg") },
    Asset { name: "rings.svg", kind: ("image", "svg+xml"), bytes: include_bytes!("../../static/rings.svg") },
];

/// FNV-1a, 64 bits: tells versions of our own files apart; nothing rests on it being hard to forge.
const fn hash(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        sum = (sum ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    sum
}

/// The address of a static file; of an unknown one, an address that answers 404.
pub fn address(name: &str) -> String {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => format!("/static/{:016x}/{name}", hash(asset.bytes)),
        None => format!("/static/0/{name}"),
    }
}

/// A static file on its way out.
pub struct Kept(&'static Asset);

impl<'r> Responder<'r, 'static> for Kept {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let (top, sub) = self.0.kind;
        let mut kind = ContentType::new(top, sub);
        if top == "text" {
            kind = kind.with_params(("charset", "utf-8"));
        }
        Response::build()
            .header(kind)
            .header(Header::new("Cache-Control", "public, max-age=31536000, immutable"))
            .sized_body(self.0.bytes.len(), std::io::Cursor::new(self.0.bytes))
            .ok()
    }
}

// The stylesheet names the rings by a relative address, so a file is found under any version; only the right one is kept by browsers
// for long, and a page always names the right one.
#[get("/static/<_version>/<name>")]
fn asset(_version: &str, name: &str) -> Result<Kept, Status> {
    ASSETS.iter().find(|asset| asset.name == name).map(Kept).ok_or(Status::NotFound)
}

#[get("/favicon.ico")]
fn favicon() -> Result<Kept, Status> {
    asset("", "favicon.svg")
}

#[get("/robots.txt")]
fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// The routes of static files.
pub fn routes() -> Vec<Route> {
    routes![asset, favicon, robots]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_change_with_the_content() {
        assert_ne!(hash(b"a"), hash(b"b"));
        assert!(address("app.css").starts_with("/static/") && address("app.css").ends_with("/app.css"));
        assert_ne!(address("app.css"), address("app.js"));
    }

    #[test]
    fn the_stylesheet_and_the_script_hold_nothing_the_policy_forbids() {
        let css = std::str::from_utf8(ASSETS[0].bytes).unwrap();
        let js = std::str::from_utf8(ASSETS[1].bytes).unwrap();
        assert!(!css.contains("@import") && !css.contains("http"));
        for word in ["innerHTML", "eval(", "document.write", "fetch(", "XMLHttpRequest", "localStorage", "sessionStorage", ".style"] {
            assert!(!js.contains(word), "{word}");
        }
    }
}
