//! The same pages in English.

use super::{Office, PASSWORD, talk};
use crate::harness::browser::{Browser, WIDTHS};
use crate::harness::desk::{self, Desk};
use crate::harness::people::Invented;

/// Chinese characters in headings, labels, buttons and navigation: there, an English page has none. Names of people, drives and towns may
/// have.
const CHINESE: &str = r#"[...document.querySelectorAll('h1, h2, h3, label > span, .label, legend, button, .btn, .nav a, th, .hint, .note, dt, summary')]
    .filter(e => e.checkVisibility() && !e.closest('.lang, .brand, #task') && /[\u4e00-\u9fff]/.test(e.innerText)).map(e => e.innerText.slice(0, 40))"#;

/// That the page shown is in English, but for names.
pub(super) async fn reads(page: &Browser, place: &str) {
    assert_eq!(page.ask(CHINESE).await, serde_json::json!([]), "{place} at {} px", page.width);
}

async fn look(page: &Browser, path: &str, name: &str) {
    page.go(path).await;
    page.until("document.documentElement.lang === 'en'").await;
    page.look(&format!("en-{name}")).await;
    reads(page, path).await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn every_main_page_reads_in_english_at_both_widths() {
    let office = Office::open();
    let mut table = Desk::sign_in(&office.server, "lin", PASSWORD).expect("the server answers");
    for n in 1..=2 {
        let person = Invented { document: String::new(), ..Invented::of(30) };
        let saved = table.interest(&desk::key(n), &person, "blood").expect("the server answers");
        assert_eq!(saved.status, 303, "{}", saved.text());
    }
    talk(async {
        for width in WIDTHS {
            let page = office.browser(width, true).await;
            page.go("/sign-in?lang=en").await;
            look(&page, "/sign-in", "sign-in").await;
            page.sign_in("lin", PASSWORD).await;
            for (path, name) in [
                ("/drive", "drive"),
                ("/drive/new", "drive-new"),
                ("/enrol", "enrol-start"),
                ("/enrol/blood", "enrol-blood"),
                ("/enrol/stem-cell", "enrol-stem-cell"),
                ("/enrol/organ-body", "enrol-organ-body"),
                ("/enrol/volunteer", "enrol-volunteer"),
                ("/people", "people"),
                ("/import", "import"),
                ("/corrections", "corrections"),
                ("/follow-up", "follow-up"),
                ("/follow-up/plan", "plan"),
                ("/follow-up/first-contact", "first-contact"),
                ("/reports", "report"),
                ("/account", "account"),
            ] {
                look(&page, path, name).await;
            }
            // The comparison shows what people wrote, in whatever language.
            page.go("/duplicates").await;
            page.shows(".cmp").await;
            page.look("en-duplicates").await;
            // Back to Chinese from any page, and the choice is kept.
            page.press(".lang button").await;
            page.until("document.documentElement.lang === 'zh-CN'").await;
            page.go("/drive").await;
            page.until("document.documentElement.lang === 'zh-CN'").await;
            // It is kept with the account: at the next width it would hold again.
            page.press(".lang button").await;
            page.until("document.documentElement.lang === 'en'").await;
            page.quit().await;
        }
    });
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn the_administrator_resets_a_password_and_what_is_not_there_says_so() {
    let office = Office::open();
    talk(async {
        for width in WIDTHS {
            let page = office.browser(width, true).await;
            page.go("/nowhere").await;
            page.look("not-found").await;
            page.go("/l/0123456789abcdefghjkmnpqrstvwxyz").await;
            page.look("link-gone").await;
            page.go("/set-up/0123456789abcdefghjkmnpqrstvwxyz").await;
            page.look("set-up-gone").await;
            page.sign_in("keeper", PASSWORD).await;
            page.go("/people").await;
            page.look("forbidden").await;
            page.go("/admin").await;
            page.look("admin").await;
            page.press("form[action^='/admin/accounts/'] button[value='reset']").await;
            page.shows(".secret").await;
            page.look("password-fresh").await;
            let fresh = page.ask("document.querySelector('.secret').innerText").await;
            assert!(fresh.as_str().is_some_and(|p| p.len() == 23), "{fresh}");
            page.go("/admin").await;
            page.press("form[action^='/admin/accounts/'] button[value='close']").await;
            page.says("已停用").await;
            page.press("form[action^='/admin/accounts/'] button[value='reopen']").await;
            page.says("已重新启用").await;
            // A session that ended elsewhere: the form that is sent next is told so, and nothing is lost by a surprise.
            page.quit().await;
            let other = office.browser(width, true).await;
            other.sign_in("lin", fresh.as_str().expect("a password")).await;
            other.quit().await;
        }
    });
}
