//! The circumstances of a request.

use std::net::IpAddr;
use std::sync::Arc;

use rocket::Request;
use rocket::http::{Cookie, CookieJar, Method, SameSite, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::time::Duration;
use uuid::Uuid;

use super::notice::Notice;
use crate::app::{App, Staff};
use crate::domain::Keyed;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::web::Web;
use crate::web::error::Fault;
use crate::web::i18n::{Lang, Text};
use crate::web::view::Shell;
use crate::web::view::shell::{PAGES, Waiting, Who};

/// The circumstances of a request: language, session, tokens, clock.
pub struct Ctx<'r> {
    /// The use cases.
    pub app: Arc<App>,
    /// The language to answer in.
    pub lang: Lang,
    /// The same, where somebody chose it.
    pub chosen: Option<Lang>,
    /// Who is signed in, if anybody.
    pub staff: Option<Staff>,
    /// When the request came.
    pub now: Timestamp,
    /// The client's address, as limits count it.
    pub peer: String,
    csrf: String,
    path: String,
    https: bool,
    jar: &'r CookieJar<'r>,
}

struct Visit(String);

/// The token of forms, bound to the session's cookie, or to the visit's where nobody is signed in.
pub fn csrf_of(keyed: &dyn Keyed, bound_to: &str) -> String {
    use std::fmt::Write;
    keyed.tag("web form token v1", bound_to.as_bytes()).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

impl<'r> Ctx<'r> {
    /// The circumstances of a request.
    ///
    /// # Errors
    /// 503 where the registry cannot be read.
    pub async fn of(request: &'r Request<'_>) -> Result<Self, Status> {
        let web = request.rocket().state::<Web>().ok_or(Status::InternalServerError)?;
        let jar = request.cookies();
        let now = web.now();
        let token = jar.get(web.cookie("session")).map(|c| c.value().to_owned());
        let staff = match &token {
            None => None,
            Some(token) => request
                .local_cache_async(async {
                    web.app
                        .session(token, now)
                        .await
                        .inspect_err(|error| tracing::error!(%error, "a session cannot be read"))
                        .map_err(|_| ())
                })
                .await
                .clone()
                .map_err(|()| Status::ServiceUnavailable)?,
        };
        // A session's token binds its forms; before there is one, a visit's does.
        let bound_to = match (&token, &staff) {
            (Some(token), Some(_)) => token.clone(),
            _ => Self::visit(request, web),
        };
        let chosen = Self::chosen(request, web);
        Ok(Self {
            app: Arc::clone(&web.app),
            lang: chosen.unwrap_or_else(|| Self::language(request, staff.as_ref())),
            chosen,
            csrf: csrf_of(web.app.keyed(), &bound_to),
            path: request.uri().path().to_string(),
            https: web.https,
            peer: web.peer(request).map_or_else(String::new, |ip: IpAddr| ip.to_string()),
            staff,
            now,
            jar,
        })
    }

    fn visit(request: &'r Request<'_>, web: &Web) -> String {
        let jar = request.cookies();
        let name = web.cookie("visit");
        let Visit(value) = request.local_cache(|| match jar.get(name) {
            Some(cookie) if Uuid::parse_str(cookie.value()).is_ok() => Visit(cookie.value().to_owned()),
            _ => {
                let fresh = Uuid::new_v4().to_string();
                jar.add(cookie(name, fresh.clone(), web.https));
                Visit(fresh)
            }
        });
        value.clone()
    }

    /// The language that was turned to, on this page or on one before it.
    fn chosen(request: &'r Request<'_>, web: &Web) -> Option<Lang> {
        let jar = request.cookies();
        let asked = request.query_fields().find(|field| field.name == "lang").and_then(|field| Lang::of_tag(field.value));
        if let Some(lang) = asked.filter(|_| request.method() == Method::Get) {
            keep_language(jar, web.cookie("lang"), lang, web.https);
            return Some(lang);
        }
        jar.get(web.cookie("lang")).and_then(|c| Lang::of_tag(c.value()))
    }

    /// The language where none was chosen: the account's, else the one the browser asks for.
    fn language(request: &'r Request<'_>, staff: Option<&Staff>) -> Lang {
        staff
            .and_then(|s| s.language)
            .map(Lang::of)
            .or_else(|| request.headers().get_one("Accept-Language").and_then(Lang::of_accept))
            .unwrap_or_default()
    }

    /// The token that forms of this session or visit carry.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// The texts.
    pub fn text(&self) -> Text {
        Text(self.lang)
    }

    /// Whether the page is in English.
    pub fn english(&self) -> bool {
        self.lang == Lang::English
    }

    /// Today in the branch's zone.
    pub fn today(&self) -> chrono::NaiveDate {
        self.app.today(self.now)
    }

    /// The instant of a civil time of the branch's zone, as a field of ours holds it: `2026-11-23T10:58`. Of a time told twice the first.
    pub fn instant(&self, text: &str) -> Option<Timestamp> {
        let civil = chrono::NaiveDateTime::parse_from_str(text.get(..16).unwrap_or(text), "%Y-%m-%dT%H:%M").ok()?;
        let at = civil.and_local_timezone(self.app.config.zone).earliest()?;
        Some(Timestamp::of(at.with_timezone(&chrono::Utc)))
    }

    /// An instant as such a field holds it.
    pub fn civil(&self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.app.config.zone).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// An instant in the branch's zone, as printed.
    pub fn printed(&self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.app.config.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// The frame of a page for nobody in particular.
    pub fn open_shell(&self) -> Shell {
        let mut shell = Shell::open(self.lang, self.app.branch(self.english()), self.today(), self.printed(self.now));
        shell.csrf.clone_from(&self.csrf);
        shell.key = Uuid::new_v4().to_string();
        shell
    }

    /// The frame of a page of staff; `current` is the path of its navigation entry.
    ///
    /// # Errors
    /// As the counts beside the navigation.
    pub async fn shell(&self, current: &str) -> Result<Shell, Fault> {
        let mut shell = self.open_shell();
        if let Some(staff) = &self.staff {
            let mut waiting = Waiting::default();
            if staff.roles.may(Right::Review) {
                waiting.duplicates = self.app.count_pairs().await?;
            }
            if staff.roles.may(Right::FollowUp) {
                waiting.follow_ups = self.app.count_tasks_listed(self.today()).await?;
            }
            if staff.roles.may(Right::Urgent) || staff.roles.may(Right::ReviewOpening) || staff.roles.may(Right::Outside) {
                let urgent = self.app.urgent_now(self.now).await?;
                waiting.urgent = urgent.matters + urgent.outside;
                let landing = PAGES.iter().find(|(_, _, right)| staff.roles.may(*right)).map(|(path, _, _)| *path);
                // The first page tells it until there is nothing left to tell.
                if landing == Some(current) {
                    shell.alarms = crate::web::view::urgent::alarms(&urgent, staff.roles, self.now, self.text());
                }
            }
            shell.nag = staff.roles.may(Right::Administer) && !self.app.sheet_confirmed().await?;
            shell.path.clone_from(&self.path);
            shell = shell.staffed(Who { name: staff.name.clone(), roles: staff.roles }, current, waiting);
        }
        shell.flash = self.take_notice().map(|notice| notice.flash(self.text()));
        Ok(shell)
    }

    /// Tells something on the next page.
    pub fn tell(&self, notice: &Notice) {
        self.keep("notice", notice.cookie());
    }

    fn take_notice(&self) -> Option<Notice> {
        let notice = Notice::parse(self.jar.get(self.name("notice"))?.value())?;
        self.drop_cookie("notice");
        Some(notice)
    }

    /// Begins a session: its token goes into a cookie that scripts cannot read and other sites cannot send.
    pub fn begin_session(&self, token: &str) {
        self.keep("session", token.to_owned());
        self.drop_cookie("visit");
    }

    /// Keeps a language on this device, in the place of the one that was chosen there before.
    pub fn keep_language(&self, lang: Lang) {
        keep_language(self.jar, self.name("lang"), lang, self.https);
    }

    /// The session's token.
    pub fn session_token(&self) -> Option<String> {
        self.jar.get(self.name("session")).map(|c| c.value().to_owned())
    }

    /// Forgets the session.
    pub fn end_session(&self) {
        self.drop_cookie("session");
        self.drop_cookie("recent");
    }

    /// What was saved last on this device: running numbers and times, nothing else.
    pub fn recent(&self) -> Vec<(String, String)> {
        let Some(kept) = self.jar.get(self.name("recent")) else { return Vec::new() };
        let today = self.today().to_string();
        kept.value()
            .strip_prefix(&format!("{today}~"))
            .unwrap_or_default()
            .split('~')
            .filter_map(|entry| {
                let (number, time) = entry.split_once('.')?;
                let fine = |t: &str| !t.is_empty() && t.len() <= 5 && t.bytes().all(|b| b.is_ascii_digit() || b == b'-');
                (fine(number) && fine(time)).then(|| (number.to_owned(), time.replace('-', ":")))
            })
            .take(5)
            .collect()
    }

    /// Notes a running number among the last ones.
    pub fn note_saved(&self, number: u32) {
        let time = self.now.utc().with_timezone(&self.app.config.zone).format("%H-%M").to_string();
        let mut entries = vec![format!("{number:03}.{time}")];
        entries.extend(self.recent().into_iter().take(4).map(|(n, t)| format!("{n}.{}", t.replace(':', "-"))));
        self.keep("recent", format!("{}~{}", self.today(), entries.join("~")));
    }

    /// Takes a running number off the last ones.
    pub fn forget_saved(&self, number: u32) {
        let number = format!("{number:03}");
        let left: Vec<String> =
            self.recent().into_iter().filter(|(n, _)| *n != number).map(|(n, t)| format!("{n}.{}", t.replace(':', "-"))).collect();
        self.keep("recent", format!("{}~{}", self.today(), left.join("~")));
    }

    fn name(&self, word: &'static str) -> &'static str {
        crate::web::cookie_name(word, self.https)
    }

    fn keep(&self, word: &'static str, value: String) {
        self.jar.add(cookie(self.name(word), value, self.https));
    }

    fn drop_cookie(&self, word: &'static str) {
        self.jar.remove(cookie(self.name(word), String::new(), self.https));
    }
}

fn cookie(name: &'static str, value: String, https: bool) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(https).same_site(SameSite::Strict).build()
}

fn keep_language(jar: &CookieJar<'_>, name: &'static str, lang: Lang, https: bool) {
    let mut kept = cookie(name, lang.tag().to_owned(), https);
    kept.set_max_age(Duration::days(365));
    jar.add(kept);
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Ctx<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match Self::of(request).await {
            Ok(ctx) => Outcome::Success(ctx),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Reversed;
    impl Keyed for Reversed {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [0; 32];
            for (slot, byte) in out.iter_mut().zip(bytes.iter().rev().chain(label.as_bytes())) {
                *slot = *byte;
            }
            out
        }
    }

    #[test]
    fn tokens_differ_with_what_they_are_bound_to() {
        assert_ne!(csrf_of(&Reversed, "a"), csrf_of(&Reversed, "b"));
        assert_eq!(csrf_of(&Reversed, "a").len(), 64);
    }
}
