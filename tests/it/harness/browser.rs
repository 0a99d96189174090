//! A browser over WebDriver: what a person does at a page, and what every page has to bear.
//!
//! Nothing here waits for a fixed time: whatever is waited for is asked for again until it is there, or [`PATIENCE`] is over.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, FormatRequestData};
use thirtyfour::prelude::*;
use thirtyfour::{LoggingPrefsLogLevel, RequestData, SessionId};

use super::needed;
use super::paper::Paper;
use super::program::Server;

/// How long a page may take. Many times what one takes, because a test machine does other things too.
const PATIENCE: Duration = Duration::from_secs(30);
const HEIGHT: u64 = 844;
/// A telephone and a desk, CSS pixels.
pub const WIDTHS: [u32; 2] = [390, 1280];

/// A browser with its own profile, at one width.
pub struct Browser {
    driver: WebDriver,
    base: String,
    pub width: u32,
    shots: Option<PathBuf>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a browser on a server. Without `script`, pages run none; the test's own questions are still answered.
    pub async fn open(server: &Server, width: u32, script: bool) -> Self {
        let profile = tempfile::tempdir().expect("the temporary folder is writable");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=zh-CN",
            "--accept-lang=zh-CN",
            folder.as_str(),
        ];
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in arguments {
            capabilities.add_arg(argument).expect("plain JSON");
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).expect("plain JSON");
        // A page that asks before it is left is left.
        capabilities.set("unhandledPromptBehavior", "accept").expect("plain JSON");
        let driver = WebDriver::new(needed("DONOR_REGISTRY_TEST_CHROMEDRIVER"), capabilities).await.expect("chromedriver opens a browser");
        let browser = Self {
            driver,
            base: format!("http://{}", server.address),
            width,
            shots: std::env::var_os("DONOR_REGISTRY_TEST_PAGES").map(PathBuf::from),
            _profile: profile,
        };
        browser.set_size(HEIGHT).await;
        if !script {
            browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        }
        browser
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let answer = self.driver.cmd(DevTools(json!({ "cmd": command, "params": parameters }))).await;
        answer.and_then(|a| a.value()).expect("the browser knows the command")
    }

    async fn set_size(&self, height: u64) {
        let metrics = json!({ "width": self.width, "height": height, "deviceScaleFactor": 1, "mobile": self.width < 700 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Closes the browser.
    pub async fn quit(self) {
        self.driver.quit().await.expect("an open browser can be closed");
    }

    /// Opens a path of the server.
    pub async fn go(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.expect("the server answers");
    }

    /// The path shown.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("a page is open");
        url.path().to_owned()
    }

    /// Asks the page.
    pub async fn ask(&self, expression: &str) -> Value {
        let answer = self.driver.execute(format!("return ({expression});"), Vec::<Value>::new()).await;
        answer.unwrap_or_else(|e| panic!("{expression}: {e}")).json().clone()
    }

    /// Whether something holds of the page, or will before long.
    pub async fn holds(&self, expression: &str) -> bool {
        let begun = Instant::now();
        loop {
            // A page that is just being left answers with an error.
            let answer = self.driver.execute(format!("return !!({expression});"), Vec::<Value>::new()).await;
            if answer.is_ok_and(|a| a.json() == &Value::Bool(true)) {
                return true;
            }
            if begun.elapsed() > PATIENCE {
                return false;
            }
            rocket::tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits until something holds of the page.
    pub async fn until(&self, expression: &str) {
        if !self.holds(expression).await {
            panic!("{} px, {}: never came true: {expression}\n{}", self.width, self.path().await, self.text().await);
        }
    }

    /// Waits for a page that has an element.
    pub async fn shows(&self, css: &str) {
        self.until(&format!("document.readyState === 'complete' && document.querySelector({})", Value::from(css))).await;
    }

    /// Waits for a page that says something.
    pub async fn says(&self, text: &str) {
        self.until(&format!("document.readyState === 'complete' && document.body.innerText.includes({})", Value::from(text))).await;
    }

    /// Everything the page says.
    pub async fn text(&self) -> String {
        self.ask("document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// The first element shown that matches.
    async fn find(&self, css: &str) -> WebElement {
        self.shows(css).await;
        for element in self.driver.find_all(By::Css(css)).await.expect("a selector of ours") {
            if element.is_displayed().await.unwrap_or(false) {
                return element;
            }
        }
        // The boxes of choices are drawn by their labels.
        self.driver.find(By::Css(css)).await.expect("it was there a moment ago")
    }

    /// Types into a field, in place of what stood there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await;
        field.clear().await.expect("a text field can be emptied");
        field.send_keys(text).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    /// Ticks a choice.
    pub async fn tick(&self, name: &str, value: &str) {
        let css = format!("[name='{name}'][value='{value}']");
        let field = self.find(&css).await;
        if !field.is_selected().await.expect("a choice is selected or not") {
            self.press(&css).await;
        }
    }

    /// Chooses from a list.
    pub async fn choose(&self, name: &str, value: &str) {
        self.press(&format!("select[name='{name}'] option[value='{value}']")).await;
    }

    /// How many elements of the page match.
    pub async fn count(&self, css: &str) -> u64 {
        self.ask(&format!("document.querySelectorAll({}).length", Value::from(css))).await.as_u64().unwrap_or_default()
    }

    /// Sets a file field.
    pub async fn attach(&self, name: &str, file: &std::path::Path) {
        let field = self.find(&format!("input[type=file][name='{name}']")).await;
        field.send_keys(&*file.to_string_lossy()).await.expect("a file field takes a path");
    }

    /// Presses a button, link or choice.
    pub async fn press(&self, css: &str) {
        let element = self.find(css).await;
        element.scroll_into_view().await.expect("it is on the page");
        element.click().await.unwrap_or_else(|e| panic!("{} px: {css}: {e}", self.width));
    }

    /// Types on the keyboard, wherever the cursor is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.active_element().await.expect("something has the cursor").send_keys(keys).await.expect("keys are typed");
    }

    /// The name of the field that has the cursor, else its tag.
    pub async fn cursor(&self) -> String {
        let asked = "document.activeElement.name || document.activeElement.id || document.activeElement.tagName.toLowerCase()";
        self.ask(asked).await.as_str().unwrap_or_default().to_owned()
    }

    /// Signs in from the sign-in page.
    pub async fn sign_in(&self, login: &str, password: &str) {
        self.go("/sign-in").await;
        self.fill("user", login).await;
        self.fill("password", password).await;
        self.press("form[action='/sign-in'] button").await;
        self.until("location.pathname !== '/sign-in'").await;
        self.shows(".top").await;
    }

    /// What every page has to bear, and a picture of it where a folder for pictures is named.
    pub async fn look(&self, name: &str) {
        self.shows("main").await;
        let place = format!("{name} at {} px", self.width);
        if let Some(folder) = &self.shots {
            let whole = self.ask("document.documentElement.scrollHeight").await.as_u64().unwrap_or(HEIGHT);
            self.set_size(whole.clamp(HEIGHT, 8000)).await;
            let bytes = self.driver.screenshot_as_png().await.expect("a picture");
            self.set_size(HEIGHT).await;
            std::fs::create_dir_all(folder).expect("the folder for pictures is writable");
            std::fs::write(folder.join(format!("{name}-{}.png", self.width)), bytes).expect("the folder for pictures is writable");
        }
        let wide = self.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
        assert!(wide.as_i64() == Some(0), "{place}: {wide} px wider than the screen: {}", self.ask(TOO_WIDE).await);
        assert_eq!(self.ask(FLAWS).await, json!([]), "{place}");
        if self.width < 700 {
            assert_eq!(self.ask(SMALL).await, json!([]), "{place}: touch targets under 44 px");
        }
        assert_eq!(self.complaints().await, Vec::<String>::new(), "{place}: the browser complains");
    }

    /// Prints the page as it goes to a printer, and looks at what comes out: a picture of it where a folder is named, every letter a printed
    /// page shows drawn from a font that travels with it, no more sheets than wanted.
    pub async fn prints(&self, name: &str, sheets: usize) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
        let text = self.text().await;
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
        let printed = self.devtools("Page.printToPDF", json!({ "preferCSSPageSize": true })).await;
        let data = printed["data"].as_str().expect("the browser prints");
        let paper = Paper::read(BASE64_STANDARD.decode(data).expect("base64, as the protocol says"));
        if let Some(folder) = &self.shots {
            std::fs::create_dir_all(folder).expect("the folder for pictures is writable");
            std::fs::write(folder.join(format!("{name}.pdf")), paper.bytes()).expect("the folder for pictures is writable");
        }
        assert!(!text.trim().is_empty(), "{name}: an empty page");
        assert_eq!(paper.lacks(&text), Vec::<char>::new(), "{name}: not drawn on paper");
        assert!(paper.brings_its_letters(), "{name}: a font that is not embedded");
        assert!((1..=sheets).contains(&paper.sheets()), "{name}: {} sheets of paper instead of at most {sheets}", paper.sheets());
    }

    /// What the browser wrote to its console: blocked by the content policy, not found, thrown.
    async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.expect("chromedriver keeps the console");
        // A form that has to be corrected and a page that is not there are answered with 4xx, which the console notes and a test expects.
        // The browser's own first page may still complain after it has been left: each entry begins with the address it comes from.
        let ours = |message: &String| !message.starts_with("chrome://") && !message.contains("the server responded with a status of 4");
        entries.into_iter().map(|e| e.message).filter(ours).collect()
    }
}

/// A command of the browser's developer tools, by chromedriver's own way to them.
#[derive(Debug)]
struct DevTools(Value);

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        // Any command that is posted, for its method.
        let mut request = Command::Refresh.format_request(session);
        request.uri = format!("session/{session}/goog/cdp/execute").into();
        request.body = Some(self.0.clone());
        request
    }
}

/// Elements that reach over the right edge, for the message only.
const TOO_WIDE: &str =
    "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map(e => e.tagName + '.' + e.className)";

/// What is wrong with a page whatever it shows: ids used twice, fields without a label, buttons and links without a name, links to an id
/// that is not there, tables and headings out of order.
const FLAWS: &str = r##"(() => {
    const out = [];
    const all = (css) => [...document.querySelectorAll(css)];
    const ids = all('[id]').map(e => e.id);
    ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => out.push('twice the id ' + id));
    all('input:not([type=hidden]), select, textarea').filter(e => !e.labels || !e.labels.length).forEach(e => out.push('no label: ' + e.name));
    const named = (e) => (e.textContent || e.getAttribute('aria-label') || '').trim() !== '';
    all('button, a[href], summary').filter(e => !named(e)).forEach(e => out.push('no name: ' + e.outerHTML.slice(0, 80)));
    all('a[href^="#"]').filter(e => e.getAttribute('href').length > 1 && !document.getElementById(e.getAttribute('href').slice(1)))
        .forEach(e => out.push('leads nowhere: ' + e.getAttribute('href')));
    all('[aria-describedby]').forEach(e => e.getAttribute('aria-describedby').split(' ').filter(id => !document.getElementById(id))
        .forEach(id => out.push('described by nothing: ' + id)));
    all('img:not([alt])').forEach(() => out.push('a picture without words'));
    if (all('h1').length !== 1) out.push('headings of the first rank: ' + all('h1').length);
    if (document.documentElement.lang === '') out.push('no language');
    if (all('.btn--go').filter(e => e.checkVisibility()).length > 1) out.push('more than one primary action');
    return out;
})()"##;

/// Interactive elements smaller than a finger. A choice is as large as its label; links within a sentence are exempt (WCAG 2.5.8).
const SMALL: &str = r#"(() => {
    const out = [];
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
        if (!e.checkVisibility() || e.closest('.skip')) continue;
        const label = e.closest('label');
        const inSentence = e.tagName === 'A' && getComputedStyle(e).display === 'inline' && e.closest('p, li, dd, td, span');
        if (inSentence) continue;
        const box = (label || e).getBoundingClientRect();
        if (box.width === 0 || (box.height >= 43.5 && box.width >= 43.5)) continue;
        out.push(`${e.tagName} ${e.name || e.textContent.trim().slice(0, 20)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return out;
})()"#;
