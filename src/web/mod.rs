//! The web shell: the only room that names rocket. May import `app` and what it returns, `domain` and `config`.
//!
//! - `view`: view models with masked and escaped texts, parts of forms, charts; templates stand in `templates/`, compiled in.
//! - `i18n`: the texts of both languages, `locales/`.
//! - `form`: bodies of posts, read into zeroised memory, with the check against forged posts.
//! - `guard`: who asks and what they may: a handler without the guard cannot be reached.
//! - `page`: one area a file; a handler is guard + form + one call of `app` + view.
//! - `error`, `headers`, `assets`: failures as pages, what goes with every answer, the stylesheet, the script, the icon.
//!
//! Nothing personal stands in an address, a cookie or a log line; every answer but a static file is `no-store`.
//! Offers [`rocket`], which builds the server from an open [`App`].

pub mod assets;
pub mod error;
pub mod form;
pub mod guard;
pub mod headers;
pub mod i18n;
pub mod page;
pub mod view;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rocket::config::{Ident, LogLevel, Shutdown};
use rocket::data::{Limits, ToByteUnit};
use rocket::shield::Shield;
use rocket::{Build, Request, Rocket};

use crate::app::App;
use crate::domain::time::Timestamp;

/// What every request can ask for.
pub struct Web {
    /// The use cases.
    pub app: Arc<App>,
    /// Whether people reach us by HTTPS.
    pub https: bool,
}

impl Web {
    /// The instant now. The one clock of this room.
    pub fn now(&self) -> Timestamp {
        Timestamp::of(chrono::Utc::now())
    }

    /// Whether a `Host` (or the authority of an origin) is ours. On a loopback address its other name counts too.
    pub fn is_host(&self, host: &str) -> bool {
        let Some(url) = &self.app.config.public_url else { return is_loopback(host) };
        url.is_host(host) || (!url.is_https() && is_loopback(host))
    }

    /// The client's address: the peer's own, or what a known proxy says it is.
    pub fn peer(&self, request: &Request<'_>) -> Option<IpAddr> {
        let peer = request.remote().map(|socket| socket.ip())?;
        if !self.app.config.behind_proxy.iter().any(|net| net.contains(peer)) {
            return Some(peer);
        }
        // The proxy appends the address it saw; what stands before it was written by the client.
        let told = request.headers().get("X-Forwarded-For").last().and_then(|list| list.rsplit(',').next());
        Some(told.and_then(|text| text.trim().parse().ok()).unwrap_or(peer))
    }

    /// The name of a cookie.
    pub fn cookie(&self, word: &'static str) -> &'static str {
        cookie_name(word, self.https)
    }
}

/// With HTTPS the `__Host-` prefix makes browsers refuse the cookie from another host, path or an unsafe channel.
pub(crate) fn cookie_name(word: &'static str, https: bool) -> &'static str {
    match (word, https) {
        ("session", true) => "__Host-session",
        ("visit", true) => "__Host-visit",
        ("lang", true) => "__Host-lang",
        ("notice", true) => "__Host-notice",
        ("recent", true) => "__Host-recent",
        (plain, _) => plain,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Builds the server on an open registry. It listens where the configuration says.
pub fn rocket(app: Arc<App>) -> Rocket<Build> {
    let https = app.config.public_url.as_ref().is_some_and(crate::config::PublicUrl::is_https);
    let config = rocket::Config {
        address: app.config.address,
        port: app.config.port,
        // Rocket prints request lines and failed form values at every other level.
        log_level: LogLevel::Off,
        cli_colors: false,
        // Whose address counts is decided in `Web::peer`, by the networks of the proxy.
        ip_header: None,
        ident: Ident::none(),
        // No guard of ours reads through Rocket's limits; its own stay as small as they can be.
        limits: Limits::new().limit("bytes", 1.kibibytes()).limit("string", 1.kibibytes()).limit("form", 1.kibibytes()),
        temp_dir: std::path::PathBuf::from("/nonexistent").into(),
        shutdown: Shutdown { grace: 10, mercy: 5, force: false, ..Shutdown::default() },
        keep_alive: u32::try_from(Duration::from_secs(15).as_secs()).unwrap_or(15),
        ..rocket::Config::release_default()
    };
    Rocket::custom(config)
        .manage(Web { app, https })
        .attach(Shield::new())
        .attach(guard::Host)
        .attach(headers::Headers { https })
        .mount("/", assets::routes())
        .mount("/", page::routes())
        .register("/", error::all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in ["localhost", "localhost:8000", "127.0.0.1:80", "[::1]:8000", "127.0.0.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "", "example.org:80", "localhost:80:80"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn every_cookie_of_a_safe_channel_is_bound_to_its_host() {
        for word in ["session", "visit", "lang", "notice", "recent"] {
            assert_eq!(cookie_name(word, true), format!("__Host-{word}"));
            assert_eq!(cookie_name(word, false), word);
        }
    }
}
