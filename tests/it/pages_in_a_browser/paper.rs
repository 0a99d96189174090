//! What staff print, as the printer gets it: every letter drawn, in either language, on no more paper than it needs.

use super::clocks::{answers_the_province, prepared, public_id};
use super::{Office, PASSWORD, Tongue, talk};
use crate::harness::browser::{Browser, WIDTHS};
use crate::harness::people::Invented;

/// Forms of the person's page, by the button that asks for them, and the sheets of paper each may take.
const FORMS: [(&str, usize); 3] = [("confirmation", 1), ("organ-body", 2), ("card", 1)];

/// Pages that are printed as they are reached.
const PAGES: [(&str, &str, usize); 7] = [
    ("/urgent/notice/paper", "notice-paper", 2),
    ("/print/sheet/volunteer", "sheet-volunteer", 2),
    ("/print/sheet/stem-cell", "sheet-stem-cell", 2),
    ("/print/organ-body", "organ-body-empty", 2),
    ("/follow-up", "calls", 2),
    ("/activities", "activities", 2),
    ("/reports", "reports", 4),
];

async fn prints(page: &Browser, tongue: Tongue, name: &str, sheets: usize) {
    tongue.is_shown(page).await;
    page.prints(&format!("{}{name}", tongue.of("", "en-")), sheets).await;
}

async fn prints_what_concerns(page: &Browser, person: &Invented, tongue: Tongue) {
    let public = public_id(page, person).await;
    for (form, sheets) in FORMS {
        page.go(&format!("/people/{public}")).await;
        page.press(&format!("form[action$='/print'] button[value='{form}']")).await;
        page.until("location.pathname.endsWith('/print')").await;
        page.shows("main").await;
        page.says(&person.name).await;
        prints(page, tongue, form, sheets).await;
    }
    page.go(&format!("/people/{public}/rights")).await;
    page.press("form[action$='/rights/proof'] button").await;
    page.until("location.pathname.endsWith('/rights/proof')").await;
    page.shows("main").await;
    prints(page, tongue, "proof", 4).await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn what_is_printed_has_every_letter_on_paper() {
    for tongue in Tongue::BOTH {
        let office = Office::open();
        let (organs, cells) = prepared(&office);
        talk(async {
            let page = office.browser(WIDTHS[1], true).await;
            tongue.choose(&page).await;
            page.sign_in("lin", PASSWORD).await;
            for (path, name, sheets) in PAGES {
                page.go(path).await;
                page.shows("main").await;
                prints(&page, tongue, name, sheets).await;
            }
            prints_what_concerns(&page, &organs, tongue).await;
            answers_the_province(&page, &cells, tongue).await;
            prints(&page, tongue, "match-answer", 1).await;
            page.quit().await;
        });
    }
}
