//! The keyboard and the card reader.

use thirtyfour::Key;

use super::{Office, PASSWORD, talk};
use crate::harness::browser::WIDTHS;
use crate::harness::people::Invented;

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn the_keyboard_alone_registers_somebody() {
    let office = Office::open();
    talk(async {
        let page = office.browser(WIDTHS[1], true).await;
        page.sign_in("lin", PASSWORD).await;
        page.go("/drive").await;
        page.shows("form[action='/drive']").await;
        page.keys(Key::Tab + "").await;
        assert!(page.ask("document.activeElement.matches('.skip')").await == true, "the first stop skips the navigation");
        page.keys(Key::Enter + "").await;
        page.until("location.hash === '#main'").await;
        // The order of the stops is the order of the page.
        let mut stops = Vec::new();
        for _ in 0..12 {
            page.keys(Key::Tab + "").await;
            let stop = page.cursor().await;
            if stop == "body" {
                // After its last stop the cursor leaves the page.
                break;
            }
            if !stops.contains(&stop) {
                stops.push(stop);
            }
            assert!(
                page.ask(
                    "getComputedStyle(document.activeElement.closest('label') || document.activeElement).outlineStyle !== 'none' \
                     || getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                )
                .await
                    == true,
                "the cursor is seen at {stops:?}"
            );
        }
        let fields: Vec<&str> =
            stops.iter().map(String::as_str).filter(|s| ["registries", "name", "phone", "mail", "consent", "button"].contains(s)).collect();
        assert_eq!(fields, ["registries", "name", "phone", "mail", "consent", "button"], "{stops:?}");
        // Back to the first choice, and through the form without a mouse: space ticks, Enter goes on, and only the button sends.
        page.ask("document.querySelector('[name=registries]').focus()").await;
        let person = Invented::of(7);
        page.keys(" ").await;
        for _ in 0..4 {
            page.keys(Key::Enter + "").await;
        }
        assert_eq!(page.cursor().await, "name");
        page.keys(person.name.as_str()).await;
        page.keys(Key::Enter + "").await;
        assert_eq!(page.cursor().await, "phone");
        page.keys(person.phone.as_str()).await;
        page.keys(Key::Enter + "").await;
        page.keys(Key::Enter + "").await;
        assert_eq!(page.cursor().await, "consent");
        page.keys(" ").await;
        page.keys(Key::Enter + "").await;
        assert_eq!(page.cursor().await, "button");
        assert_eq!(page.ask("document.querySelectorAll('[data-errors]').length").await, 0, "nothing was sent so far");
        page.keys(Key::Enter + "").await;
        page.says("001 号已保存").await;
        page.quit().await;
    });
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_card_reader_fills_the_form_and_never_sends_half_of_it() {
    let office = Office::open();
    talk(async {
        for width in WIDTHS {
            let page = office.browser(width, true).await;
            page.sign_in("lin", PASSWORD).await;
            let person = Invented::of(8);
            let value = |name: &str| format!("document.querySelector(\"[name='{name}']:not([type=radio])\").value");
            for (field, line) in [
                // A reader that sends the whole card, one that sends the number alone, and the same one with the cursor in a wrong place.
                (
                    "swipe",
                    format!("{}|男|汉族|{}|四川省资阳市雁江区建设路 9 号|{}", person.name, person.birth.replace('-', ""), person.document),
                ),
                ("swipe", person.document.clone()),
                ("document", person.document.clone()),
                ("name", person.document.clone()),
                ("ethnic", person.document.clone()),
            ] {
                page.go("/enrol/blood").await;
                page.shows("form[action='/enrol/blood']").await;
                page.ask(&format!("document.querySelector(\"[name='{field}']\").focus()")).await;
                page.keys(line.as_str() + Key::Enter).await;
                page.until(&format!("{} === '{}'", value("document"), person.document)).await;
                page.until(&format!("{} === '{}'", value("birth"), person.birth)).await;
                page.until("document.querySelectorAll(\"[name='sex']:checked\").length === 1").await;
                if line.contains('|') {
                    page.until(&format!("{} === '{}'", value("name"), person.name)).await;
                    page.until(&format!("{}.includes('建设路')", value("address"))).await;
                } else {
                    assert_eq!(page.ask(&value("name")).await, "", "{field}: a number is no name");
                }
                assert_eq!(page.path().await, "/enrol/blood");
                assert_eq!(page.ask("document.querySelectorAll('[data-errors]').length").await, 0, "{field}: nothing was sent");
            }
            // Something that is no card's line says so and leaves the form alone.
            page.ask("document.querySelector(\"[name='swipe']\").focus()").await;
            page.keys("12345".to_owned() + Key::Enter).await;
            page.says("没有读到完整的证件号").await;
            page.look("enrol-misread").await;
            // At the table of interests there is no field for a number: Enter sends nothing there either.
            page.go("/drive").await;
            page.shows("form[action='/drive']").await;
            page.ask("document.querySelector(\"[name='name']\").focus()").await;
            page.keys(person.document.clone() + Key::Enter).await;
            page.until("document.activeElement.name === 'phone'").await;
            assert_eq!(page.ask("document.querySelectorAll('[data-errors]').length").await, 0, "nothing was sent");
            // Searching is what a reader is welcome to send.
            page.go("/people").await;
            page.shows("form[action='/people']").await;
            page.ask("document.querySelector(\"[name='query']\").focus()").await;
            page.keys(person.document.clone() + Key::Enter).await;
            page.says("没有找到").await;
            page.quit().await;
        }
    });
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn without_script_a_reader_s_line_sends_nothing_that_is_saved() {
    let office = Office::open();
    talk(async {
        let page = office.browser(WIDTHS[1], false).await;
        page.sign_in("lin", PASSWORD).await;
        let person = Invented::of(9);
        page.go("/enrol/blood").await;
        page.fill("swipe", &format!("{}|{}\n", person.name, person.document)).await;
        // Enter asks for the check, which is refused: what the card told stands in the fields, and nothing was saved.
        page.shows("[data-errors]").await;
        assert_eq!(page.ask("document.querySelector('[name=document]').value").await, person.document.as_str());
        assert_eq!(page.ask("document.querySelector('[name=name]').value").await, person.name.as_str());
        page.go("/drive").await;
        page.shows(".fig").await;
        page.until("[...document.querySelectorAll('.fig')].every(e => !e.offsetParent || e.firstChild.textContent.trim() === '0')").await;
        page.quit().await;
    });
}
