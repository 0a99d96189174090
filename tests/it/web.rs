//! The web shell from outside: what every answer carries, what no stranger may do, and the main pages driven without script.

use std::sync::Arc;

use donor_registry::app::form::AccountForm;
use donor_registry::app::{Actor, App, Unlock};
use donor_registry::config::{Argon2Cost, Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::role::{Role, Roles};
use donor_registry::domain::time::Timestamp;
use donor_registry::web;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::local::asynchronous::{Client, LocalResponse};

const HOST: &str = "127.0.0.1:8000";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A registry in a temporary folder with its web shell.
pub(crate) struct Desk {
    _folder: tempfile::TempDir,
    pub(crate) app: Arc<App>,
    pub(crate) client: Client,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_, _| ()).await
    }

    /// With settings of its own; `set` gets the folder that everything lies in.
    pub(crate) async fn open_with(set: impl FnOnce(&mut Config, &std::path::Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources { working_folder: folder.path().to_owned(), ..Sources::default() }
            .with("data", Some(folder.path().join("data").display()))
            .with("port", Some(8000));
        let mut config = Config::load(&sources, Purpose::Demo).unwrap();
        config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        set(&mut config, folder.path());
        let app = Arc::new(App::open(config, Unlock::default(), Timestamp::of(chrono::Utc::now())).await.unwrap().app);
        for (login, roles) in [
            ("lin", Roles::small_branch()),
            ("recruiter", Roles::of([Role::Recruiter])),
            ("caller", Roles::of([Role::Caller])),
            ("manager", Roles::of([Role::Manager])),
            ("registrar", Roles::of([Role::Registrar])),
            ("coordinator", Roles::of([Role::Coordinator])),
            ("auditor", Roles::of([Role::Auditor])),
            ("admin", Roles::of([Role::Administrator])),
        ] {
            let form = AccountForm { login: login.into(), name: login.into(), password: Guarded::new(PASSWORD.to_owned()), roles };
            app.add_account(Actor::Console, form, Timestamp::of(chrono::Utc::now())).await.unwrap();
        }
        let client = Client::untracked(web::rocket(Arc::clone(&app))).await.unwrap();
        Self { _folder: folder, app, client }
    }
}

impl Desk {
    /// Every byte of every file in the data folder: the database, its write-ahead log, the keys.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut folders = vec![self._folder.path().to_owned()];
        let mut out = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    out.extend(std::fs::read(path).unwrap());
                }
            }
        }
        out
    }
}

/// A browser: cookies and nothing else.
pub(crate) struct Browser<'d> {
    desk: &'d Desk,
    cookies: Vec<(String, String)>,
}

pub(crate) struct Seen {
    pub(crate) status: Status,
    pub(crate) location: Option<String>,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The value of the first field of that name.
    pub(crate) fn field(&self, name: &str) -> String {
        let tag = self.body.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).expect(name);
        tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

impl<'d> Browser<'d> {
    pub(crate) fn new(desk: &'d Desk) -> Self {
        Self { desk, cookies: Vec::new() }
    }

    async fn read(&mut self, response: LocalResponse<'_>) -> Seen {
        let status = response.status();
        let headers: Vec<(String, String)> = response.headers().iter().map(|h| (h.name().to_string(), h.value().to_owned())).collect();
        for cookie in response.headers().get("Set-Cookie") {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !rest.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let location = response.headers().get_one("Location").map(str::to_owned);
        let body = String::from_utf8_lossy(&response.into_bytes().await.unwrap_or_default()).into_owned();
        Seen { status, location, headers, body }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        let mut request = self.desk.client.get(path.to_owned());
        request.add_header(Header::new("Host", HOST));
        // Rocket reads the header of real requests only; a local request gets its cookies one by one.
        for (name, value) in &self.cookies {
            request = request.cookie((name.clone(), value.clone()));
        }
        let response = request.dispatch().await;
        self.read(response).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, headers: &[(&'static str, &'static str)], body: &str) -> Seen {
        let mut request = self.desk.client.req(method, path.to_owned()).header(ContentType::Form).body(body.to_owned());
        request.add_header(Header::new("Host", HOST));
        // Rocket reads the header of real requests only; a local request gets its cookies one by one.
        for (name, value) in &self.cookies {
            request = request.cookie((name.clone(), value.clone()));
        }
        for (name, value) in headers {
            request.add_header(Header::new(*name, *value));
        }
        let response = request.dispatch().await;
        self.read(response).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.send(Method::Post, path, &[("Sec-Fetch-Site", "same-origin")], &form(fields)).await
    }

    /// Signs in and comes back with the answer.
    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Seen {
        let page = self.get("/sign-in").await;
        let csrf = page.field("csrf");
        self.post("/sign-in", &[("csrf", &csrf), ("user", login), ("password", password)]).await
    }
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(n, v)| format!("{n}={}", escape(v))).collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub(crate) async fn signed_in<'d>(desk: &'d Desk, login: &str) -> Browser<'d> {
    let mut browser = Browser::new(desk);
    let answer = browser.sign_in(login, PASSWORD).await;
    assert_eq!(answer.status, Status::SeeOther, "{login}: {}", answer.body);
    browser
}

pub(crate) fn run<F: Future<Output = ()>>(work: impl FnOnce() -> F) {
    rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work());
}

fn check_headers(what: &str, seen: &Seen) {
    for (name, value) in web::headers::FIXED {
        assert_eq!(seen.header(name), Some(value), "{what}: {name}");
    }
    assert_eq!(seen.header("Cache-Control"), Some("no-store"), "{what}");
    assert_eq!(seen.header("Server"), None, "{what}");
    for (name, value) in seen.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")) {
        assert!(value.contains("HttpOnly") && value.contains("SameSite=Strict") && value.contains("Path=/"), "{what}: {name}");
    }
}

#[test]
fn every_status_carries_the_headers() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "lin").await;
        for path in [
            "/",
            "/drive",
            "/people",
            "/nowhere",
            "/people/0000-0000-0",
            "/l/none",
            "/set-up/none",
            "/sign-in",
            "/admin",
            "/reports?from=x",
        ] {
            let seen = browser.get(path).await;
            check_headers(&format!("{path} {}", seen.status), &seen);
        }
        let large = browser.send(Method::Post, "/people", &[], &"a".repeat(300 * 1024)).await;
        assert_eq!(large.status, Status::PayloadTooLarge);
        check_headers("413", &large);
        for (method, path, body) in [
            (Method::Post, "/people", "csrf=x"),
            (Method::Put, "/people", ""),
            (Method::Delete, "/drive", ""),
            (Method::Post, "/nowhere", "a=%zz"),
            (Method::Post, "/people", "a=%zz"),
        ] {
            let seen = browser.send(method, path, &[], body).await;
            assert!(seen.status.code >= 400, "{method} {path}");
            check_headers(&format!("{method} {path} {}", seen.status), &seen);
        }
        let asset = browser.get(&web::assets::address("app.css")).await;
        assert_eq!(asset.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(asset.header("X-Content-Type-Options"), Some("nosniff"));
    });
}

/// An id that nothing has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Posts that need no token: the link in their path is the secret.
const PUBLIC: [&str; 1] = ["/l/<token>"];

#[test]
fn no_route_that_changes_something_accepts_a_post_without_token_or_from_elsewhere() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "lin").await;
        let csrf = browser.get("/drive").await.field("csrf");
        let routes: Vec<(Method, String)> = desk
            .client
            .rocket()
            .routes()
            .filter(|route| route.method != Method::Get)
            .map(|route| (route.method, route.uri.path().to_owned()))
            .collect();
        assert!(routes.len() > 15, "the routes are listed");
        for (method, template) in routes {
            if PUBLIC.contains(&template.as_str()) {
                continue;
            }
            let path = [("<registry>", "blood"), ("<token>", "x"), ("<number>", "1"), ("<id>", NOBODY), ("<saved_as>", NOBODY)]
                .iter()
                .fold(template, |path, (name, value)| path.replace(name, value));
            assert!(!path.contains('<'), "{path}: a parameter this test does not know");
            let none = browser.send(method, &path, &[("Sec-Fetch-Site", "same-origin")], "step=save").await;
            let refused = [Status::Forbidden, Status::UnsupportedMediaType];
            assert!(refused.contains(&none.status), "{method} {path} without token: {}", none.status);
            let wrong = browser.send(method, &path, &[("Sec-Fetch-Site", "same-origin")], &form(&[("csrf", &"0".repeat(64))])).await;
            assert!(refused.contains(&wrong.status), "{method} {path} with a wrong token: {}", wrong.status);
            for elsewhere in [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://example.org")] {
                let foreign = browser.send(method, &path, &[elsewhere], &form(&[("csrf", &csrf)])).await;
                assert_eq!(foreign.status, Status::Forbidden, "{method} {path} from {elsewhere:?}");
            }
        }
    });
}

#[test]
fn a_drives_code_leads_to_a_page_for_visitors_and_follow_up_shows_what_is_to_come() {
    run(|| async {
        let desk = Desk::open().await;
        let mut staff = signed_in(&desk, "lin").await;
        assert_eq!(staff.get("/drive/code").await.status, Status::NotFound, "no drive, no code");
        let page = staff.get("/drive/new").await;
        let (csrf, day) = (page.field("csrf"), page.field("day"));
        let made = staff.post("/drive/new", &[("csrf", &csrf), ("name", "秋季"), ("place", "广场"), ("day", &day)]).await;
        assert_eq!(made.status, Status::SeeOther, "{}", made.body);
        let code = staff.get("/drive/code").await;
        assert!(code.body.contains("<svg class=\"qr\""), "{}", code.body);
        let at = code.body.find("/d/").expect("the address stands below the code");
        let path: String = code.body[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        let mut visitor = Browser::new(&desk);
        let form = visitor.get(&path).await;
        assert_eq!((form.status, form.field("csrf").len()), (Status::Ok, 64));
        for (path, login, status) in [
            ("/follow-up/policy", "lin", Status::Ok),
            ("/follow-up/hands", "lin", Status::Ok),
            ("/follow-up/policy", "recruiter", Status::Forbidden),
            ("/follow-up/hands", "recruiter", Status::Forbidden),
            ("/people/2B4C-7HQK-0/calendar", "lin", Status::NotFound),
        ] {
            assert_eq!(signed_in(&desk, login).await.get(path).await.status, status, "{path} by {login}");
        }
    });
}

#[test]
fn a_calendar_feed_is_read_without_a_session_and_ends_with_its_address() {
    run(|| async {
        let desk = Desk::open().await;
        let mut staff = signed_in(&desk, "lin").await;
        let page = staff.get("/follow-up/feed").await;
        let csrf = page.field("csrf");
        assert!(!page.body.contains("/feed/"), "none yet");
        let made = staff.post("/follow-up/feed", &[("csrf", &csrf), ("step", "make")]).await;
        assert_eq!(made.status, Status::SeeOther, "{}", made.body);
        let address = |body: &str| -> String {
            let at = body.find("/feed/").expect("the address stands on the page");
            body[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect()
        };
        let first = address(&staff.get("/follow-up/feed").await.body);
        let mut program = Browser::new(&desk);
        let feed = program.get(&first).await;
        assert_eq!(feed.status, Status::Ok);
        assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n") && feed.body.ends_with("END:VCALENDAR\r\n"), "{}", feed.body);
        staff.post("/follow-up/feed", &[("csrf", &csrf), ("step", "make")]).await;
        let second = address(&staff.get("/follow-up/feed").await.body);
        assert_ne!(first, second);
        assert_eq!(program.get(&first).await.status, Status::NotFound, "the old address leads nowhere");
        assert_eq!(program.get(&second).await.status, Status::Ok);
        staff.post("/follow-up/feed", &[("csrf", &csrf), ("step", "end")]).await;
        for path in [second.as_str(), "/feed/0123456789abcdef0123456789abcdef01234567", "/feed/x"] {
            assert_eq!(program.get(path).await.status, Status::NotFound, "{path}");
        }
    });
}

#[test]
fn a_token_of_another_session_is_refused() {
    run(|| async {
        let desk = Desk::open().await;
        let mut mine = signed_in(&desk, "lin").await;
        let mut theirs = signed_in(&desk, "recruiter").await;
        let token = theirs.get("/drive").await.field("csrf");
        let seen = mine.post("/people", &[("csrf", &token), ("query", "x")]).await;
        assert_eq!(seen.status, Status::Forbidden);
        let own = mine.get("/people").await.field("csrf");
        assert_eq!(mine.post("/people", &[("csrf", &own), ("query", "x")]).await.status, Status::Ok);
    });
}

#[test]
fn nobody_reaches_a_page_without_the_right() {
    run(|| async {
        let desk = Desk::open().await;
        let pages = [
            "/drive",
            "/drive/new",
            "/enrol",
            "/enrol/blood",
            "/people",
            "/import",
            "/corrections",
            "/duplicates",
            "/follow-up",
            "/follow-up/plan",
            "/follow-up/first-contact",
            "/follow-up/hand-over",
            "/follow-up/condolence",
            "/follow-up/doubt",
            "/follow-up/readiness",
            "/follow-up/feed",
            "/follow-up/experiments",
            "/drive/self",
            "/reports",
            "/reports/pool.csv",
            "/reports/pool.xlsx",
            "/rules",
            "/rules/set/gb-18467-2011",
            "/rules/proposed",
            "/rights",
            "/recalls",
            "/print/sheet/blood",
            "/print/organ-body",
            "/admin",
        ];
        let (rules, set, proposed, rights) = ("/rules", "/rules/set/gb-18467-2011", "/rules/proposed", "/rights");
        let may: [(&str, &[&str]); 6] = [
            ("recruiter", &["/drive", "/drive/new", "/drive/self", "/enrol", "/enrol/blood", "/print/sheet/blood", "/print/organ-body"]),
            (
                "caller",
                &[
                    "/people",
                    "/follow-up",
                    "/follow-up/plan",
                    "/follow-up/first-contact",
                    "/follow-up/hand-over",
                    "/follow-up/condolence",
                    "/follow-up/doubt",
                    "/follow-up/readiness",
                    "/follow-up/feed",
                    "/follow-up/experiments",
                    rules,
                    set,
                    rights,
                ],
            ),
            (
                "manager",
                &[
                    "/people",
                    "/follow-up/first-contact",
                    "/reports",
                    "/reports/pool.csv",
                    "/reports/pool.xlsx",
                    rules,
                    set,
                    proposed,
                    rights,
                ],
            ),
            ("auditor", &["/reports", "/reports/pool.csv", "/reports/pool.xlsx", rules, set]),
            ("admin", &["/admin", rules, set, proposed]),
            ("lin", &pages[..28]),
        ];
        for (login, allowed) in may {
            let mut browser = signed_in(&desk, login).await;
            for path in pages {
                let seen = browser.get(path).await;
                let expected = if allowed.contains(&path) { Status::Ok } else { Status::Forbidden };
                assert_eq!(seen.status, expected, "{login} {path}");
            }
        }
        let mut stranger = Browser::new(&desk);
        for path in pages {
            let seen = stranger.get(path).await;
            assert_eq!(seen.status, Status::SeeOther, "{path}");
            assert!(seen.location.unwrap().starts_with("/sign-in"), "{path}");
        }
    });
}

#[test]
fn an_unknown_name_and_a_wrong_password_get_the_same_page() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = Browser::new(&desk);
        let unknown = browser.sign_in("nobody", PASSWORD).await;
        let wrong = browser.sign_in("lin", "wrong password here").await;
        assert_eq!((unknown.status, wrong.status), (Status::Unauthorized, Status::Unauthorized));
        // Only the idempotency key, fresh on every page, differs.
        let plain = |seen: &Seen| seen.body.replace(&seen.field("key"), "");
        assert_eq!(plain(&unknown), plain(&wrong));
        assert!(!wrong.body.contains("wrong password here") && !wrong.body.contains("lin\""));
        let mut others = Browser::new(&desk);
        for _ in 0..10 {
            others.sign_in("lin", "wrong again and again").await;
        }
        assert_eq!(others.sign_in("lin", PASSWORD).await.status, Status::TooManyRequests);
    });
}

#[test]
fn a_session_ends_when_somebody_signs_out() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "lin").await;
        let kept = browser.cookies.clone();
        let csrf = browser.get("/drive").await.field("csrf");
        assert_eq!(browser.post("/sign-out", &[("csrf", &csrf)]).await.status, Status::SeeOther);
        let mut thief = Browser { desk: &desk, cookies: kept };
        assert_eq!(thief.get("/drive").await.status, Status::SeeOther, "the old cookie opens nothing");
    });
}

#[test]
fn a_foreign_host_reads_nothing() {
    run(|| async {
        let desk = Desk::open().await;
        for host in ["evil.example", "127.0.0.1.evil.example:8000", ""] {
            let mut request = desk.client.get("/sign-in");
            if !host.is_empty() {
                request.add_header(Header::new("Host", host.to_owned()));
            }
            let response = request.dispatch().await;
            assert_eq!(response.status(), Status::MisdirectedRequest, "{host}");
        }
        let mut request = desk.client.get("/sign-in");
        request.add_header(Header::new("Host", "localhost:8000"));
        assert_eq!(request.dispatch().await.status(), Status::Ok);
    });
}

#[test]
fn an_interest_is_saved_once_and_shows_only_its_number() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "recruiter").await;
        let page = browser.get("/drive").await;
        let (csrf, key) = (page.field("csrf"), page.field("key"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("key", key.as_str()),
            ("registries", "blood"),
            ("registries", "stem-cell"),
            ("name", "钱乙二"),
            ("phone", "160 0000 0417"),
            ("mail", "qian@mail.example"),
            ("consent", "yes"),
        ];
        assert_eq!(browser.post("/drive", &fields).await.status, Status::SeeOther);
        assert_eq!(browser.post("/drive", &fields).await.status, Status::SeeOther, "sent twice");
        let after = browser.get("/drive").await;
        assert!(after.body.contains("001 号已保存"), "{}", after.body);
        for hidden in ["钱乙二", "16000000417", "qian@mail.example"] {
            assert!(!after.body.contains(hidden), "{hidden}");
        }
        let mut other = fields;
        other[4] = ("name", "钱乙三");
        assert_eq!(browser.post("/drive", &other).await.status, Status::Conflict, "the same key with another body");
        let now = Timestamp::of(chrono::Utc::now());
        assert_eq!(desk.app.drive_today(Actor::Console, now).await.unwrap().count, 1);
        assert!(browser.cookies.iter().all(|(_, v)| !v.contains('钱') && !v.contains("16000000417")));
    });
}

#[test]
fn a_form_with_slips_keeps_what_was_typed_and_links_to_the_fields() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "recruiter").await;
        let page = browser.get("/drive").await;
        let fields =
            [("csrf", page.field("csrf")), ("key", page.field("key")), ("name", "<b>赵甲一".to_owned()), ("phone", "12".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let seen = browser.post("/drive", &fields).await;
        assert_eq!(seen.status, Status::UnprocessableEntity);
        for wanted in ["href=\"#phone\"", "href=\"#registries\"", "href=\"#consent\"", "value=\"12\"", "&#60;b&#62;赵甲一"] {
            assert!(seen.body.contains(wanted), "{wanted}");
        }
        assert!(!seen.body.contains("<b>赵甲一"));
    });
}

/// The form of a full enrolment among the stem-cell registrants, as it is sent.
pub(crate) fn stem_cell<'a>(
    (csrf, key, step): (&'a str, &'a str, &'a str),
    (document, name): (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("key", key),
        ("step", step),
        ("name", name),
        ("document", document),
        ("phone", "16000000417"),
        ("relative1-name", "赵甲一"),
        ("relative1-phone", "16000000418"),
        ("relative2-name", "孙丙三"),
        ("relative2-phone", "16000000419"),
        ("read-out", "heard"),
        ("family", "supports"),
        ("process", "understood"),
        ("willing", "yes"),
        ("consent", "yes"),
        ("sensitive-consent", "yes"),
    ]
}

/// As [`stem_cell`], among the organ and body registrants.
pub(crate) fn organ_body<'a>(sent: (&'a str, &'a str, &'a str), who: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let mut fields = stem_cell(sent, who);
    fields.retain(|(n, _)| !n.starts_with("relative2") && !matches!(*n, "process" | "willing"));
    fields.extend([("own-will", "yes"), ("items", "cornea"), ("witness", "李丁四")]);
    fields
}

#[test]
fn nobody_is_enrolled_without_the_separate_consent_or_with_an_open_question() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "recruiter").await;
        let page = browser.get("/enrol/organ-body").await;
        let (csrf, key) = (page.field("csrf"), page.field("key"));
        let organ = |step: &'static str| organ_body((&csrf, &key, step), ("11010519491231002X", "钱乙二"));
        for left_out in ["sensitive-consent", "consent", "own-will", "family", "read-out", "witness", "items"] {
            for step in ["review", "save"] {
                let mut fields = organ(step);
                fields.retain(|(n, _)| *n != left_out);
                let seen = browser.post("/enrol/organ-body", &fields).await;
                assert_eq!(seen.status, Status::UnprocessableEntity, "{step} without {left_out}");
                assert!(seen.body.contains(&format!("href=\"#{left_out}\"")), "{left_out} is named: {step}");
            }
        }
        let now = Timestamp::of(chrono::Utc::now());
        assert_eq!(desk.app.drive_today(Actor::Console, now).await.unwrap().count, 0, "nothing was saved");
        let review = browser.post("/enrol/organ-body", &organ("review")).await;
        assert_eq!(review.status, Status::Ok);
        assert!(review.body.contains("11010519491231002X") && review.body.contains("name=\"step\" value=\"save\""));
        assert_eq!(desk.app.drive_today(Actor::Console, now).await.unwrap().count, 0, "the check saves nothing");
        assert_eq!(browser.post("/enrol/organ-body", &organ("save")).await.status, Status::SeeOther);
        assert_eq!(desk.app.drive_today(Actor::Console, now).await.unwrap().count, 1);
        // The same number in the same registry: told on the check page, and nothing of the known person is shown.
        let key2 = browser.get("/enrol/organ-body").await.field("key");
        let mut again = organ("save");
        again.iter_mut().find(|(n, _)| *n == "key").unwrap().1 = &key2;
        let seen = browser.post("/enrol/organ-body", &again).await;
        assert_eq!(seen.status, Status::UnprocessableEntity);
        assert!(seen.body.contains("name=\"despite\""));
    });
}

#[test]
fn both_languages_are_offered_on_every_page() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = Browser::new(&desk);
        assert!(browser.get("/sign-in").await.body.contains("lang=\"zh-CN\""));
        assert!(browser.get("/sign-in?lang=en").await.body.contains("<html lang=\"en\">"));
        assert!(browser.get("/sign-in").await.body.contains("<html lang=\"en\">"), "the choice is kept");
        assert!(browser.get("/nowhere").await.body.contains("No such page"));
    });
}

#[test]
fn reading_a_link_changes_nothing_and_unknown_ones_are_all_alike() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = Browser::new(&desk);
        let one = browser.get("/l/0123456789abcdefghjkmnpqrstvwxyz").await;
        let other = browser.get("/l/x").await;
        assert_eq!((one.status, other.status), (Status::Gone, Status::Gone));
        assert_eq!(one.body, other.body);
        let posted = browser.post("/l/0123456789abcdefghjkmnpqrstvwxyz", &[("step", "verify")]).await;
        assert_eq!(posted.status, Status::Gone);
    });
}

#[test]
fn a_sheet_is_previewed_written_once_and_searched() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "lin").await;
        let csrf = browser.get("/import").await.field("csrf");
        let sheet = "姓名,性别,身份证号,手机号码\n赵甲一,女,11010519491231002X,16000000417\n钱乙二,男,,16000000418\n";
        let body = format!(
            "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--B\r\nContent-Disposition: form-data; name=\"registry\"\r\n\r\nvolunteer\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"名单.csv\"\r\nContent-Type: text/csv\r\n\r\n{sheet}\r\n--B--\r\n"
        );
        let mut request = desk.client.post("/import").body(body);
        request.add_header(Header::new("Content-Type", "multipart/form-data; boundary=B"));
        request.add_header(Header::new("Host", HOST));
        for (name, value) in &browser.cookies {
            request = request.cookie((name.clone(), value.clone()));
        }
        let staged = browser.read(request.dispatch().await).await;
        assert_eq!(staged.status, Status::SeeOther, "{}", staged.body);
        let path = staged.location.unwrap();
        let preview = browser.get(&path).await;
        assert!(preview.body.contains("名单.csv") && preview.body.contains("还没有写入"), "{}", preview.body);
        for hidden in ["11010519491231002X", "16000000417", "赵甲一"] {
            assert!(!preview.body.contains(hidden), "{hidden}");
        }
        let found = browser.post("/people", &[("csrf", &csrf), ("query", "赵甲一")]).await;
        assert!(!found.body.contains("1101**********002X"), "a draft is not on file");
        assert_eq!(browser.post(&path, &[("csrf", &csrf), ("step", "write")]).await.status, Status::SeeOther);
        let found = browser.post("/people", &[("csrf", &csrf), ("query", "赵甲一")]).await;
        assert!(found.body.contains("1101**********002X") && found.body.contains("赵*一"), "{}", found.body);
        assert!(!found.body.contains("11010519491231002X"));
        let person = found.body.split("href=\"/people/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let masked = browser.get(&format!("/people/{person}")).await;
        assert!(!masked.body.contains("11010519491231002X"));
        let refused = browser.post(&format!("/people/{person}/open"), &[("csrf", &csrf)]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity, "no opening without a reason");
        let opened = browser.post(&format!("/people/{person}/open"), &[("csrf", &csrf), ("reason", "correct")]).await;
        assert!(opened.body.contains("11010519491231002X") && opened.body.contains("赵甲一"));
        let report = browser.get(&format!("{path}/report.csv")).await;
        assert!(report.body.starts_with("file,sheet,row,outcome,problems,person,known_person"));
        assert_eq!(browser.get("/reports").await.status, Status::Ok);
    });
}

#[test]
fn the_set_up_link_works_once() {
    run(|| async {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources { working_folder: folder.path().to_owned(), ..Sources::default() }
            .with("data", Some(folder.path().join("data").display()))
            .with("port", Some(8000));
        let mut config = Config::load(&sources, Purpose::Demo).unwrap();
        config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let app = Arc::new(App::open(config, Unlock::default(), Timestamp::of(chrono::Utc::now())).await.unwrap().app);
        let path = app.set_up_path().await.unwrap().expect("there is no account yet");
        let client = Client::untracked(web::rocket(Arc::clone(&app))).await.unwrap();
        let desk = Desk { _folder: folder, app, client };
        let mut browser = Browser::new(&desk);
        let page = browser.get(&path).await;
        let csrf = page.field("csrf");
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("name", "林样"),
            ("user", "lin"),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("admin-name", "许样"),
            ("admin-user", "lin"),
            ("admin-password", PASSWORD),
            ("admin-again", "something else entirely"),
        ];
        let seen = browser.post(&path, &fields).await;
        assert_eq!(seen.status, Status::UnprocessableEntity);
        assert!(!seen.body.contains(PASSWORD), "passwords are never sent back");
        fields[6].1 = "xuyang";
        fields[8].1 = PASSWORD;
        let seen = browser.post(&path, &fields).await;
        assert_eq!(seen.status, Status::SeeOther, "{}", seen.body);
        assert_eq!(browser.get(&path).await.status, Status::NotFound);
        assert_eq!(browser.sign_in("lin", PASSWORD).await.status, Status::SeeOther);
    });
}
