//! Nobody is offered what they may not do: every link and every form on the pages about a person is tried by every role that sees it.

use std::collections::{BTreeSet, VecDeque};

use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, csrf, desk_today, key, noticed, registered};
use super::web::{Browser, Desk, run, signed_in};

/// A man born on 1990-01-01.
const LEFT: &str = "512002199001010012";
const ROLES: [&str; 8] = ["lin", "recruiter", "registrar", "caller", "coordinator", "manager", "auditor", "admin"];

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&").replace("&#38;", "&"))
}

/// Every place of ours that a page leads to.
fn links(page: &str) -> BTreeSet<String> {
    let tags = page.split("<a ").skip(1).map(|rest| format!(" {}", rest.split('>').next().unwrap()));
    let places = tags.filter_map(|tag| attribute(&tag, "href")).map(|href| href.split('#').next().unwrap().to_owned());
    places.filter(|place| place.starts_with('/')).collect()
}

/// A button of a form: where it is posted, with which fields that nobody types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Button {
    action: String,
    fields: Vec<(String, String)>,
}

/// Every button of the forms of a page, without what may differ each time a page is made.
fn buttons(page: &str) -> BTreeSet<Button> {
    let mut out = BTreeSet::new();
    for form in page.split("<form ").skip(1) {
        let (tag, rest) = form.split_once('>').unwrap();
        let (tag, inside) = (format!(" {tag}"), rest.split("</form>").next().unwrap());
        // A form without a button shows what somebody else may change.
        if attribute(&tag, "method").as_deref() != Some("post") || !inside.contains("<button") {
            continue;
        }
        let named = |element: &str| -> Vec<(String, String)> {
            let tags = inside.split(element).skip(1).map(|rest| format!(" {}", rest.split('>').next().unwrap()));
            let hidden = tags.filter(|tag| element != "<input " || tag.contains("type=\"hidden\""));
            hidden.filter_map(|tag| Some((attribute(&tag, "name")?, attribute(&tag, "value").unwrap_or_default()))).collect()
        };
        let mut fields = named("<input ");
        fields.retain(|(name, _)| name != "csrf" && name != "key");
        let action = attribute(&tag, "action").expect("a form is posted somewhere");
        let pressed = named("<button ");
        out.insert(Button { action: action.clone(), fields: fields.clone() });
        out.extend(pressed.into_iter().map(|button| Button { action: action.clone(), fields: [fields.clone(), vec![button]].concat() }));
    }
    out
}

/// Somebody with a sample, somebody whose number elsewhere is due, somebody of whom a death is told, each with what they asked for.
async fn people(desk: &Desk) -> Vec<String> {
    let mut lin = signed_in(desk, "lin").await;
    let (token, day) = (csrf(&mut lin).await, desk_today());
    let sampled = registered(desk, "stem-cell", YOUNG, "钱乙二").await;
    let left = registered(desk, "organ-body", LEFT, "孙丙三").await;
    let dying = registered(desk, "organ-body", DONOR, "卫样年").await;
    let organ = format!("/people/{left}");
    for (path, fields) in [
        (format!("/people/{sampled}/sample"), vec![("barcode", "700000077"), ("day", day.as_str())]),
        (format!("{organ}/outside"), vec![("system", "national-organ"), ("number", "CODAC-2026-0001")]),
        (format!("{organ}/leave"), vec![("registry", "organ-body"), ("why", "withdrew")]),
        (format!("/people/{sampled}/rights"), vec![("kind", "copy"), ("received", day.as_str()), ("who", "self")]),
        (format!("/people/{dying}/rights"), vec![("kind", "object"), ("received", day.as_str()), ("who", "self")]),
    ] {
        let once = key();
        let fields: Vec<(&str, &str)> = [("csrf", token.as_str()), ("key", &once)].into_iter().chain(fields).collect();
        let answer = lin.post(&path, &fields).await;
        assert_eq!(answer.status, Status::SeeOther, "{path}: {}", answer.body);
    }
    noticed(&mut lin, &token, &dying, "dying").await;
    vec![sampled, left, dying]
}

/// Where a page is about people, and what it leads to is followed.
fn about_people(place: &str) -> bool {
    ["/people", "/rights", "/consents", "/outside", "/urgent"].iter().any(|start| place.starts_with(start))
}

/// Follows every link from the pages of some people on, and answers the buttons seen on the way.
async fn followed(browser: &mut Browser<'_>, login: &str, token: &str, ids: &[String]) -> BTreeSet<Button> {
    let mut found = BTreeSet::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut waiting: VecDeque<String> = VecDeque::new();
    let first = browser.get("/").await.location.expect("the first page is another");
    let landing = browser.get(&first).await;
    if landing.status == Status::Forbidden {
        return found;
    }
    waiting.extend(links(&landing.body));
    if links(&landing.body).contains("/people") {
        for id in ids {
            waiting.extend([format!("/people/{id}"), format!("/people/{id}/rights")]);
            // The page as it is once the identity was opened.
            let opened = browser.post(&format!("/people/{id}/open"), &[("csrf", token), ("reason", "contact")]).await;
            if opened.status == Status::Ok {
                waiting.extend(links(&opened.body));
                found.extend(buttons(&opened.body));
            }
        }
    }
    while let Some(place) = waiting.pop_front() {
        if place.starts_with("/static/") || !seen.insert(place.clone()) {
            continue;
        }
        let page = browser.get(&place).await;
        assert!(page.status != Status::Forbidden && page.status.code < 500, "{login} is offered {place}: {}", page.status);
        if about_people(&place) {
            waiting.extend(links(&page.body));
            found.extend(buttons(&page.body));
        }
    }
    found
}

#[test]
fn whatever_a_page_about_people_offers_is_allowed_to_whoever_reads_it() {
    run(|| async {
        let desk = Desk::open().await;
        let ids = people(&desk).await;
        let mut tried = 0;
        for login in ROLES {
            let mut browser = signed_in(&desk, login).await;
            let token = csrf(&mut browser).await;
            for button in followed(&mut browser, login, &token, &ids).await {
                if button.action == "/sign-out" {
                    continue;
                }
                let once = key();
                let own = button.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let fields: Vec<(&str, &str)> = [("csrf", token.as_str()), ("key", &once)].into_iter().chain(own).collect();
                let status = browser.post(&button.action, &fields).await.status;
                assert!(status != Status::Forbidden && status.code < 500, "{login} is offered {button:?}: {status}");
                tried += 1;
            }
        }
        assert!(tried > 100, "the search finds the forms: {tried}");
    });
}

#[test]
fn the_copy_is_offered_to_a_coordinator_only_once_a_manager_agreed() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let (path, copy) = (format!("/people/{person}/rights"), format!("action=\"/people/{person}/rights/copy\""));
        for (login, offered) in [("registrar", true), ("caller", true), ("manager", true), ("coordinator", false)] {
            let page = signed_in(&desk, login).await.get(&path).await.body;
            assert_eq!(page.contains(&copy), offered, "{login}: {page}");
        }
        let mut coordinator = signed_in(&desk, "coordinator").await;
        assert!(coordinator.get(&path).await.body.contains("先在登记者页面申请查看身份"), "what to do instead is said");
        super::approvals::agreed(&desk, "coordinator", &person).await;
        assert!(coordinator.get(&path).await.body.contains(&copy));
        let token = csrf(&mut coordinator).await;
        let taken = coordinator.post(&format!("{path}/copy"), &[("csrf", &token), ("as", "json")]).await;
        assert_eq!(taken.status, Status::Ok, "{}", taken.body);
    });
}
