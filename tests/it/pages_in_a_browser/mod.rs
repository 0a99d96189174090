//! The pages in a real browser: on a telephone (390 px) and at a desk (1280 px), in both languages, with the keyboard and a card reader,
//! and with script switched off.
//!
//! Every page a test comes to is looked at ([`Browser::look`]): nothing wider than the screen, nothing the browser complains of, fields with
//! labels, buttons with names, targets large enough for a finger on the telephone.

mod clocks;
mod english;
mod hands;
mod own;
mod paper;
mod work;

use crate::harness::browser::{Browser, WIDTHS};
use crate::harness::program::{Registry, Server};

pub const PASSWORD: &str = "correct-horse-battery-9";

/// A branch of three people, its server running.
pub struct Office {
    pub server: Server,
    pub registry: Registry,
}

impl Office {
    fn open() -> Self {
        let mut registry = Registry::new();
        registry.set("DONOR_REGISTRY_SMTP_FOLDER", "mails");
        registry.add_account("lin", PASSWORD, "small-branch");
        registry.add_account("keeper", PASSWORD, "administrator");
        let server = registry.serve();
        Self { server, registry }
    }

    /// A browser of its own on the office's server.
    async fn browser(&self, width: u32, script: bool) -> Browser {
        Browser::open(&self.server, width, script).await
    }
}

/// A language of the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    const BOTH: [Self; 2] = [Self::Chinese, Self::English];

    /// The one of two texts that is in this language.
    const fn of(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// Chooses the language, as the link on every page does; the browser keeps it.
    async fn choose(self, page: &Browser) {
        page.go(self.of("/sign-in?lang=zh-CN", "/sign-in?lang=en")).await;
        self.is_shown(page).await;
    }

    async fn is_shown(self, page: &Browser) {
        page.until(self.of("document.documentElement.lang === 'zh-CN'", "document.documentElement.lang === 'en'")).await;
    }

    /// Looks at a page in this language whose headings, labels or buttons hold names.
    async fn look(self, page: &Browser, name: &str) {
        self.is_shown(page).await;
        page.look(&format!("{}{name}", self.of("", "en-"))).await;
    }

    /// Looks at a page in this language.
    async fn look_and_read(self, page: &Browser, name: &str) {
        self.look(page, name).await;
        if self == Self::English {
            english::reads(page, name).await;
        }
    }
}

/// Runs a test's conversation with the browser.
fn talk<F: Future<Output = ()>>(work: F) {
    rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread is there already").block_on(work);
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_day_s_work_on_a_telephone() {
    let office = Office::open();
    talk(work::day(&office, WIDTHS[0], true));
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_day_s_work_at_a_desk() {
    let office = Office::open();
    talk(work::day(&office, WIDTHS[1], true));
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_day_s_work_without_script() {
    let office = Office::open();
    talk(work::day(&office, WIDTHS[0], false));
}
