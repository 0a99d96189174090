//! Both clocks on a duty telephone: from 急报 to the first call, from the province's match notice to the printed answer. And the page of
//! publicity and mobilisation.

use super::{Office, PASSWORD, Tongue, talk};
use crate::harness::browser::{Browser, WIDTHS};
use crate::harness::desk::{self, Desk};
use crate::harness::people::Invented;

/// A relative's number of whoever is registered for organs and body.
const RELATIVE: &str = "16000000418";

/// Registers somebody for organs and body, somebody as a stem-cell donor, and whom to call with time limits.
pub(super) fn prepared(office: &Office) -> (Invented, Invented) {
    let (organs, cells) = (Invented::of(21), Invented::of(22));
    assert_ne!(organs.name, cells.name, "the names tell them apart");
    let mut table = Desk::sign_in(&office.server, "lin", PASSWORD).expect("the server answers");
    let wish = [
        ("step", "save"),
        ("name", organs.name.as_str()),
        ("document", &organs.document),
        ("phone", &organs.phone),
        ("relative1-name", "赵甲一"),
        ("relative1-relation", "女儿"),
        ("relative1-phone", RELATIVE),
        ("read-out", "heard"),
        ("family", "supports"),
        ("consent", "yes"),
        ("sensitive-consent", "yes"),
        ("own-will", "yes"),
        ("items", "cornea"),
        ("items", "body"),
        ("witness", "李丁四"),
    ];
    let saved = table.post("/enrol/organ-body", &desk::key(1), &wish).expect("the server answers");
    assert_eq!(saved.status, 303, "{}", saved.text());
    let saved = table.enrol(&desk::key(2), &cells, "stem-cell").expect("the server answers");
    assert_eq!(saved.status, 303, "{}", saved.text());
    let desks = [
        ("phone", "0000 000 0000"),
        ("phone-organ-coordinator", "0000 000 0003"),
        ("hours-organ-coordinator", "0"),
        ("phone-eye-bank", "0000 000 0001"),
        ("hours-eye-bank", "12"),
        ("phone-school", "0000 000 0002"),
        ("hours-school", "24"),
    ];
    let set = table.post("/urgent/duty/desks", &desk::key(3), &desks).expect("the server answers");
    assert_eq!(set.status, 303, "{}", set.text());
    (organs, cells)
}

/// A step that was noted with day and time.
const STAMPED: &str = r"[...document.querySelectorAll('.line .done small')].some(e => /\d{4}-\d\d-\d\d \d\d:\d\d/.test(e.innerText))";

async fn is_hidden(page: &Browser, person: &Invented) {
    let said = page.text().await;
    for personal in [&person.name, &person.document, &person.phone] {
        assert!(!said.contains(personal.as_str()), "shown before the identity is opened: {said}");
    }
}

/// The address of the matter shown, once it has one.
async fn matter(page: &Browser, kind: &str) -> String {
    page.until(&format!("/^\\/urgent\\/{kind}\\/[0-9a-f-]{{36}}$/.test(location.pathname)")).await;
    page.path().await
}

async fn tells_of_a_death(page: &Browser, person: &Invented, tongue: Tongue) {
    page.go("/urgent").await;
    page.shows("a[href='/urgent/notice']").await;
    tongue.look_and_read(page, "urgent").await;
    page.press("a[href='/urgent/notice']").await;
    page.shows("form[action='/urgent/notice/who']").await;
    tongue.look_and_read(page, "notice-who").await;
    page.fill("query", &person.name).await;
    page.fill("call_back", "16000000932").await;
    page.press("button[name='caller'][value='family']").await;
    page.shows("form[action='/urgent/notice/when']").await;
    is_hidden(page, person).await;
    tongue.look(page, "notice-which").await;
    page.press(".taps button[name='person']:not([value=''])").await;
    page.shows("button[name='state'][value='dying']").await;
    tongue.look_and_read(page, "notice-when").await;
    page.press("button[name='state'][value='died']").await;
    let path = matter(page, "notice").await;

    page.shows(".calls li").await;
    is_hidden(page, person).await;
    assert_eq!(page.count(".calls a[href^='tel:']").await, 3, "coordinator, eye bank and school are called with one tap");
    for limit in [tongue.of("立即告知", "at once"), tongue.of("12 小时内", "within 12 h"), tongue.of("24 小时内", "within 24 h")]
    {
        page.until(&format!("[...document.querySelectorAll('.calls small')].some(e => e.innerText.includes('{limit}'))")).await;
    }
    assert_eq!(page.count(".calls .tag--ok").await, 0, "nobody was called so far");
    assert_eq!(page.count(".items .yes").await, 2, "cornea and body were consented to");
    tongue.look_and_read(page, "notice").await;

    let noted = page.count(".line .done").await;
    page.press(".calls li:first-child button[name='end']").await;
    page.shows(".calls li:first-child .tag--ok").await;
    assert_eq!(page.path().await, path);
    assert_eq!(page.count(".calls .tag--ok").await, 1);
    assert_eq!(page.count(".calls li:first-child button[name='end']").await, 0, "it is noted once");
    assert_eq!(page.count(".line .done").await, noted + 1, "one step more");
    page.until(STAMPED).await;
    tongue.look_and_read(page, "notice-called").await;

    page.press(&format!("form[action='{path}/open'] button")).await;
    page.says(RELATIVE).await;
    page.says(&person.name).await;
    tongue.look(page, "notice-open").await;
}

/// The person's page, found as staff find it.
pub(super) async fn public_id(page: &Browser, person: &Invented) -> String {
    page.go("/people").await;
    page.fill("query", &person.phone).await;
    page.press("form[action='/people'] .btn--go").await;
    page.until("document.querySelectorAll('a.row').length === 1").await;
    page.press("a.row").await;
    page.until("/^\\/people\\/[^/]+$/.test(location.pathname)").await;
    page.path().await.trim_start_matches("/people/").to_owned()
}

pub(super) async fn answers_the_province(page: &Browser, person: &Invented, tongue: Tongue) {
    let public = public_id(page, person).await;
    page.go("/urgent").await;
    page.press("a[href='/urgent/match/new']").await;
    page.shows("form[action='/urgent/match/new']").await;
    tongue.look_and_read(page, "match-new").await;
    page.fill("cmdp", "CMDP-2026-0007").await;
    page.fill("request", "REQ-0007").await;
    page.fill("person", &public).await;
    page.press("form[action='/urgent/match/new'] .btn--go").await;
    let path = matter(page, "match").await;
    page.shows(".clock .fig").await;
    is_hidden(page, person).await;
    assert_eq!(page.count("form[action$='/print']").await, 0, "there is no answer to print yet");
    tongue.look_and_read(page, "match").await;

    page.press(&format!("form[action='{path}/open'] button")).await;
    page.says(&person.phone).await;
    tongue.look(page, "match-open").await;
    for (what, next) in [("contacted", "[name='what'][value='agreed']"), ("agreed", "form[action$='/print']")] {
        page.tick("what", what).await;
        page.press(&format!("form[action='{path}/step'] .btn--go")).await;
        page.until(&format!("location.pathname === '{path}' && document.querySelectorAll('[name=what][value={what}]').length === 0")).await;
        page.shows(next).await;
        page.until(STAMPED).await;
    }
    is_hidden(page, person).await;
    tongue.look_and_read(page, "match-answered").await;
    page.press("form[action$='/print'] button").await;
    page.says("CMDP-2026-0007").await;
    page.says("REQ-0007").await;
    is_hidden(page, person).await;
    tongue.look_and_read(page, "match-print").await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn three_taps_lead_from_a_death_notice_to_the_first_call() {
    for tongue in Tongue::BOTH {
        let office = Office::open();
        let (organs, _) = prepared(&office);
        talk(async {
            let page = office.browser(WIDTHS[0], true).await;
            tongue.choose(&page).await;
            page.sign_in("lin", PASSWORD).await;
            tells_of_a_death(&page, &organs, tongue).await;
            page.quit().await;
        });
    }
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn a_match_notice_leads_to_the_recorded_answer_and_its_print() {
    for tongue in Tongue::BOTH {
        let office = Office::open();
        let (_, cells) = prepared(&office);
        talk(async {
            let page = office.browser(WIDTHS[0], true).await;
            tongue.choose(&page).await;
            page.sign_in("lin", PASSWORD).await;
            answers_the_province(&page, &cells, tongue).await;
            page.quit().await;
        });
    }
}

async fn records_an_activity(page: &Browser, tongue: Tongue) {
    page.go("/activities").await;
    page.shows("form[action='/activities']").await;
    assert_eq!(page.count("a[href^='/activities?year=']").await, 0, "nothing to add up so far");
    if page.ask("document.querySelector(\"details:has(form[action='/activities'])\").open").await == false {
        page.press("details:has(form[action='/activities']) > summary").await;
    }
    tongue.look_and_read(page, "activities-none").await;
    page.tick("kind", "publicity").await;
    page.choose("place", "community").await;
    page.press("form[action='/activities'] button").await;
    // How many were reached is asked: nothing stands in for it.
    page.shows("[data-errors] a[href='#reached']").await;
    assert_eq!(page.ask("document.querySelector('[name=place]').value").await, "community", "what was filled in stays");
    page.fill("reached", "1180").await;
    page.fill("volunteers", "6").await;
    page.press("form[action='/activities'] button").await;
    page.says(tongue.of("活动已登记", "The activity was recorded")).await;
    page.shows("a[href^='/activities?year=']").await;
    let shown = page.ask("[...document.querySelectorAll('td.num')].filter(e => e.innerText.includes('1,180')).length").await;
    assert_eq!(shown, 2, "once in its line, once in the totals of its year");
    tongue.look_and_read(page, "activities").await;
    page.press("a[href^='/activities?year=']").await;
    page.until("/^\\?year=\\d{4}$/.test(location.search)").await;
    tongue.look_and_read(page, "activities-year").await;
}

#[test]
#[ignore = "needs a browser: DONOR_REGISTRY_TEST_CHROMEDRIVER"]
fn an_activity_is_recorded_and_added_up_on_a_telephone() {
    for tongue in Tongue::BOTH {
        let office = Office::open();
        talk(async {
            let page = office.browser(WIDTHS[0], true).await;
            tongue.choose(&page).await;
            page.sign_in("lin", PASSWORD).await;
            records_an_activity(&page, tongue).await;
            page.quit().await;
        });
    }
}
