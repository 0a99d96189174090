//! Every page with invented content, in both languages: what the tests of the look read, and what a person looks at.
//! People, numbers and places are invented.

use chrono::NaiveDate;

use super::chart::{Push, parts, ruler, waterfall};
use super::diff::{Marked, marked};
use super::shell::{Undo, Waiting, Who};
use super::*;
use crate::domain::Guarded;
use crate::domain::consent::ConsentTexts;
use crate::domain::eligibility::RuleSets;
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::registry::Registry;
use crate::domain::role::{Role, Roles};
use crate::domain::source::ImportSource;
use crate::domain::town::Towns;
use crate::web::i18n::{Lang, Text};
use askama::Template;

mod activities;
mod calls;
#[path = "samples/care.rs"]
mod care_pages;
mod donors;
mod files;
mod follow;
#[path = "samples/in_error.rs"]
mod in_error_pages;
mod notices;
mod reports;
mod sheets;
mod shifts;
mod table;
mod tubes;
#[path = "samples/urgent.rs"]
mod urgent_pages;
mod volunteers;
mod wishes;

fn g(text: &str) -> Guarded<String> {
    Guarded::new(text.to_owned())
}

fn shell(lang: Lang, current: &str) -> Shell {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let branch = if lang == Lang::Chinese { "示例区红十字会" } else { "Sample District Red Cross" };
    let who =
        Who { name: "林样".into(), roles: if current == "/admin" { Roles::of([Role::Administrator]) } else { Roles::small_branch() } };
    let mut s = Shell::open(lang, branch, day, "2026-11-23 10:58".into());
    if !current.is_empty() {
        s = s.staffed(who, current, Waiting { duplicates: 14, follow_ups: 15, urgent: 2 });
    }
    s.csrf = "0".repeat(64);
    s.key = "00000000-0000-4000-8000-000000000000".into();
    s
}

fn slips() -> Slips {
    let mut slips = Slips::default();
    slips.add("phone", "flaw-phone-invalid");
    slips.add("consent", "flaw-consent-missing");
    slips
}

/// Every page: name and HTML.
pub fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let mut out = table::pages(lang);
    out.extend(sheets::pages(lang));
    out.extend(calls::pages(lang));
    out.extend(files::pages(lang));
    out.extend(in_error_pages::pages(lang));
    out.extend(follow::all(lang));
    out.extend(urgent_pages::all(lang));
    out.extend(notices::all(lang));
    out.extend(wishes::all(lang));
    out.extend(tubes::all(lang));
    out.extend(care_pages::all(lang));
    out.extend(donors::pages(lang));
    out.extend(volunteers::pages(lang));
    out.extend(shifts::pages(lang));
    out.extend(activities::pages(lang));
    out.extend(reports::pages(lang));
    out
}

#[test]
fn every_page_is_free_of_what_the_content_policy_forbids_and_of_missing_texts() {
    for lang in Lang::ALL {
        for (name, html) in all(lang) {
            assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: inline style");
            assert!(!html.contains(" onclick") && !html.contains("javascript:"), "{name}: inline script");
            assert!(
                !html.contains("://") || html.matches("://").count() == html.matches("http://www.w3.org").count(),
                "{name}: other origin"
            );
            assert_eq!(html.matches("<script").count(), 1, "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name}: one title");
            assert!(html.contains("id=\"main\""), "{name}: the skip link leads somewhere");
        }
    }
}

#[test]
fn every_input_has_a_label_and_every_post_a_token() {
    for (name, html) in all(Lang::English) {
        for input in html.split("<input ").skip(1).chain(html.split("<select ").skip(1)).chain(html.split("<textarea ").skip(1)) {
            let tag = input.split('>').next().unwrap();
            if ["type=\"hidden\"", "type=\"radio\"", "type=\"checkbox\""].iter().any(|kind| tag.contains(kind)) {
                continue;
            }
            let id = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{name}: no id in {tag}"));
            assert!(html.contains(&format!("for=\"{id}\"")), "{name}: no label for {id}");
        }
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if form.contains("method=\"post\"") && !form.contains("action=\"/l/") {
                assert!(form.contains("name=\"csrf\""), "{name}: a post without token");
            }
        }
    }
}

#[test]
fn ids_are_unique_on_every_page() {
    for (name, html) in all(Lang::Chinese) {
        let mut seen = std::collections::BTreeSet::new();
        for id in html.split(" id=\"").skip(1) {
            let id = id.split('"').next().unwrap();
            assert!(seen.insert(id), "{name}: {id} twice");
        }
    }
}

#[test]
#[ignore = "needs a folder to write the pages to: DONOR_REGISTRY_TEST_PAGES"]
fn pages_are_written_for_looking_at() {
    let folder = std::path::PathBuf::from(std::env::var("DONOR_REGISTRY_TEST_PAGES").expect("DONOR_REGISTRY_TEST_PAGES"));
    for lang in Lang::ALL {
        for (name, html) in all(lang) {
            let html =
                ["app.css", "app.js", "favicon.svg"].iter().fold(html, |html, file| html.replace(&crate::web::assets::address(file), file));
            std::fs::write(folder.join(format!("{name}.{}.html", lang.tag())), html).unwrap();
        }
    }
}
