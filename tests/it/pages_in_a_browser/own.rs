//! What a registrant does on a telephone with a mailed link, and what a caller does at the call desk.

use std::time::Duration;

use super::{Office, PASSWORD, Tongue, talk};
use crate::followup_desk::{body_of, office_with, path_in, send};
use crate::harness::browser::{Browser, WIDTHS};
use crate::harness::policy::contact_check;
use crate::harness::sink::{Sink, Taken};

/// A mail's link and the registrant's telephone number, whose last four digits are the second fact.
struct Mailed {
    path: String,
    phone: String,
}

impl Mailed {
    fn of(mail: &Taken) -> Self {
        let n: usize = mail.to.trim_start_matches('p').split('@').next().and_then(|n| n.parse().ok()).expect("an address of the roster");
        Self { path: path_in(&body_of(mail)), phone: format!("1640{n:07}") }
    }

    fn fact(&self) -> &str {
        self.phone.split_at(7).1
    }

    /// Opens the link. Nothing personal stands on the page that asks for the second fact.
    async fn open(&self, page: &Browser) {
        page.go(&self.path).await;
        page.shows("[name='fact']").await;
        self.is_not_shown(page).await;
    }

    async fn is_not_shown(&self, page: &Browser) {
        let said = page.text().await;
        for personal in [self.phone.as_str(), "1640", "far.example", "王"] {
            assert!(!said.contains(personal), "{personal} is shown before the second fact was right");
        }
    }
}

const GONE: (&str, &str) = ("这个链接现在不能用", "This link cannot be used now");

async fn is_gone(page: &Browser, mailed: &Mailed, tongue: Tongue) {
    page.go(&mailed.path).await;
    page.says(tongue.of(GONE.0, GONE.1)).await;
    mailed.is_not_shown(page).await;
}

async fn answers(page: &Browser, mailed: &Mailed, tongue: Tongue) {
    mailed.open(page).await;
    tongue.look_and_read(page, "own-fact").await;
    page.fill("fact", if mailed.fact() == "9998" { "9997" } else { "9998" }).await;
    page.press("button[value='fact']").await;
    page.says(tongue.of("与登记的不一致", "This differs from what is on file")).await;
    mailed.is_not_shown(page).await;
    tongue.look_and_read(page, "own-fact-wrong").await;

    page.fill("fact", mailed.fact()).await;
    page.press("button[value='fact']").await;
    page.shows("[name='will'][value='no-longer']").await;
    let said = page.text().await;
    assert!(said.contains("164****") && !said.contains(&mailed.phone), "what is on file is shown masked: {said}");
    // Not yet, and no longer, are offered beside it as equals.
    page.shows("[name='will'][value='later']").await;
    assert_eq!(page.count("input:checked").await, 0, "nothing is chosen beforehand");
    tongue.look(page, "own-choices").await;
    page.tick("will", "later").await;
    page.tick("will", "still").await;
    page.tick("contact", "same").await;
    page.press("button[value='tell']").await;
    page.says(tongue.of("谢谢，已经记下", "Thank you, noted")).await;
    assert!(!page.text().await.contains("164"), "the last page shows nothing of what is on file");
    tongue.look_and_read(page, "own-told").await;

    is_gone(page, mailed, tongue).await;
    tongue.look_and_read(page, "own-gone").await;
}

async fn says_that_it_is_somebody_else_s(page: &Browser, mailed: &Mailed, tongue: Tongue) {
    mailed.open(page).await;
    page.press("button[value='not-me']").await;
    page.says(tongue.of("已经停止", "It has stopped")).await;
    mailed.is_not_shown(page).await;
    tongue.look_and_read(page, "own-not-me").await;
    is_gone(page, mailed, tongue).await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_mailed_link_is_answered_on_a_telephone_without_script_and_a_stranger_s_ends_in_one_tap() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(4, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(4));
    let mails: Vec<Mailed> = sink.taken().iter().map(Mailed::of).collect();
    let server = registry.serve();
    let office = Office { server, registry };
    talk(async {
        for (tongue, mails) in Tongue::BOTH.into_iter().zip(mails.chunks_exact(2)) {
            let [own, strange] = mails else { panic!("two mails a language") };
            let page = office.browser(WIDTHS[0], false).await;
            tongue.choose(&page).await;
            answers(&page, own, tongue).await;
            says_that_it_is_somebody_else_s(&page, strange, tongue).await;
            page.quit().await;
        }
    });
}

/// A policy under which volunteers are called about their contact data, whatever other way of reaching them there is.
const CALLS: &str = contact_check!(r#"["phone", "mail"]"#);

/// The number of the task shown, wherever the page puts it.
const NUMBER: &str = r"/1640\d{7}/.test(document.querySelector('#task').innerText.replace(/\s/g, ''))";

async fn calls(page: &Browser, tongue: Tongue) {
    page.sign_in("lin", PASSWORD).await;
    page.go("/follow-up").await;
    page.shows(".tasks a").await;
    assert_eq!(page.count(".tasks a").await, 2, "everybody who is due is on the list");
    assert!(!page.text().await.contains("1640"), "no number before the task is opened");
    tongue.look_and_read(page, "calls").await;
    page.press(".tasks a").await;
    page.shows("#task form[action$='/open']").await;
    assert_eq!(page.ask(NUMBER).await, false, "choosing a task opens nothing");
    let words = page.count("#task .script q").await;
    assert!(words >= 2, "the greeting and what is asked: {words}");

    page.press("#task form[action$='/open'] button").await;
    page.until(NUMBER).await;
    assert!(page.count("#task .script q").await >= 2, "the words stand beside the number");
    tongue.look_and_read(page, "call").await;
    // Two taps: what came of it, and save.
    page.tick("outcome", "reached").await;
    page.press("#task form:has([name='outcome']) .btn--go").await;
    page.until("location.pathname === '/follow-up' && document.querySelectorAll('.tasks a').length === 1").await;
    page.says(tongue.of("已保存", "Saved")).await;
    assert_eq!(page.ask(NUMBER).await, false, "the next one is shown closed");
    tongue.look_and_read(page, "call-next").await;

    page.press("#task form[action$='/open'] button").await;
    page.until(NUMBER).await;
    page.tick("outcome", "reached").await;
    page.press("#task form:has([name='outcome']) .btn--go").await;
    page.says(tongue.of("今天没有要打的电话", "No calls today")).await;
    assert_eq!(page.count(".tasks a").await, 0);
    tongue.look_and_read(page, "calls-none").await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_call_is_opened_made_and_ended_in_two_taps_until_nobody_is_left() {
    for tongue in Tongue::BOTH {
        let sink = Sink::start(Duration::ZERO);
        let registry = office_with(2, &sink, None, Some(CALLS));
        registry.add_account("lin", PASSWORD, "small-branch");
        let server = registry.serve();
        let office = Office { server, registry };
        talk(async {
            let page = office.browser(WIDTHS[0], true).await;
            tongue.choose(&page).await;
            calls(&page, tongue).await;
            page.quit().await;
        });
    }
}
