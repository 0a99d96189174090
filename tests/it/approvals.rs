//! What one person asks for and another agrees to: identities opened to whoever works with pseudonyms, and emergency openings.

use donor_registry::app::form::AccountForm;
use donor_registry::app::{Actor, App, AppError, Opening, Unlock};
use donor_registry::config::{Argon2Cost, Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::approval::Act;
use donor_registry::domain::id::{DisclosureId, OpeningId, PublicId};
use donor_registry::domain::role::{Role, Roles};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use super::route_matrix::rows;
use super::urgent::{DONOR, YOUNG, csrf, key, noticed, registered};
use super::web::{Desk, run, signed_in};

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

async fn actor(desk: &Desk, login: &str) -> Actor {
    desk.app.actor_named(login).await.unwrap()
}

async fn asked(desk: &Desk, login: &str, person: &str) -> DisclosureId {
    let id = PublicId::parse(person).unwrap();
    desk.app.ask_disclosure(actor(desk, login).await, &id, Opening::Correct, now()).await.unwrap();
    desk.app.disclosures(Actor::Console).await.unwrap().last().expect("the request waits").id
}

/// Lets somebody see an identity, as the manager would.
pub(crate) async fn agreed(desk: &Desk, login: &str, person: &str) {
    let request = asked(desk, login, person).await;
    desk.app.decide_disclosure(actor(desk, "manager").await, request, true, now()).await.unwrap();
}

async fn opened_in_a_hurry(desk: &Desk, login: &str) -> OpeningId {
    let person = registered(desk, "organ-body", DONOR, "卫样年").await;
    let mut browser = signed_in(desk, login).await;
    let token = csrf(&mut browser).await;
    let path = noticed(&mut browser, &token, &person, "dying").await;
    browser.post(&format!("{path}/open"), &[("csrf", &token), ("reason", "compare")]).await;
    desk.app.openings(Actor::Console, now()).await.unwrap().0[0].id
}

/// The path by which an act is agreed to.
const fn path_of(act: Act) -> &'static str {
    match act {
        Act::Disclosure => "/disclosures/<id>",
        Act::EmergencyOpening => "/urgent/openings/<id>",
    }
}

#[test]
fn the_small_branch_preset_never_lets_one_person_be_requester_and_approver() {
    run(|| async {
        let desk = Desk::open().await;
        // Everybody's request is somebody else's to answer: the paths for others are those of the acts, and every act is tried here.
        let mut others: Vec<&str> = rows().into_iter().filter(|(.., whose)| *whose == Some("others")).map(|(_, path, ..)| path).collect();
        let mut acts = Act::ALL.map(path_of).to_vec();
        others.sort_unstable();
        acts.sort_unstable();
        assert_eq!(others, acts, "a new act that somebody else agrees to: name it in `domain::approval` and try it here");

        let (own, other) = (actor(&desk, "lin").await, actor(&desk, "manager").await);
        let Actor::Staff { roles, .. } = own else { panic!("lin is staff") };
        assert_eq!(roles, Roles::small_branch());
        for act in Act::ALL {
            assert!(roles.may(act.right()), "{act:?}: the role is there, it is the person who is refused");
            match act {
                Act::Disclosure => {
                    let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
                    let request = asked(&desk, "lin", &person).await;
                    for agreed in [true, false] {
                        let refused = desk.app.decide_disclosure(own, request, agreed, now()).await;
                        assert!(matches!(refused, Err(AppError::Missing(_))), "{refused:?}");
                    }
                    desk.app.decide_disclosure(other, request, true, now()).await.unwrap();
                }
                Act::EmergencyOpening => {
                    let opening = opened_in_a_hurry(&desk, "lin").await;
                    for justified in [true, false] {
                        let refused = desk.app.review_opening(own, opening, justified, now()).await;
                        assert!(matches!(refused, Err(AppError::Missing(_))), "{refused:?}");
                    }
                    desk.app.review_opening(other, opening, true, now()).await.unwrap();
                }
            }
        }
    });
}

#[test]
fn a_coordinator_sees_an_identity_only_after_a_manager_agreed_and_not_for_good() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let at = |way: &str| format!("/people/{person}/{way}");
        let why = [("csrf", token.as_str()), ("reason", "contact"), ("form", "confirmation"), ("as", "json")];
        for way in ["open", "print", "rights/copy"] {
            let refused = coordinator.post(&at(way), &why).await;
            assert_eq!(refused.status, Status::Forbidden, "{way}");
            assert!(!refused.body.contains("钱乙二"), "{way}");
        }
        let page = coordinator.get(&format!("/people/{person}")).await.body;
        assert!(page.contains(&at("ask")) && !page.contains(&at("open")) && !page.contains(&at("print")), "{page}");
        let unsaid = coordinator.post(&at("ask"), &[("csrf", &token)]).await;
        assert_eq!(unsaid.status, Status::UnprocessableEntity, "no request without a reason");
        for _ in 0..2 {
            assert_eq!(coordinator.post(&at("ask"), &why).await.status, Status::SeeOther);
        }
        assert!(!coordinator.get(&format!("/people/{person}")).await.body.contains(&at("ask")), "it waits");
        assert_eq!(coordinator.post(&at("open"), &why).await.status, Status::Forbidden, "nobody has agreed yet");
        let (sent, version) = (key(), uuid::Uuid::nil().to_string());
        let form = [("csrf", token.as_str()), ("key", &sent), ("registry", "stem-cell"), ("version", &version), ("name", "钱乙三")];
        assert_eq!(coordinator.post(&at("correct"), &form).await.status, Status::Forbidden, "who may not see the form saves nothing by it");

        let mut manager = signed_in(&desk, "manager").await;
        let own = csrf(&mut manager).await;
        assert!(manager.get("/people").await.body.contains("/disclosures"), "the first page of the manager says so");
        let list = manager.get("/disclosures").await.body;
        assert_eq!(list.matches("action=\"/disclosures/").count(), 1, "asked twice, one request: {list}");
        let path = format!("/disclosures/{}", list.split("action=\"/disclosures/").nth(1).unwrap().split('"').next().unwrap());
        let agree = [("csrf", own.as_str()), ("step", "agree")];
        assert_eq!(manager.post(&path, &agree).await.status, Status::SeeOther);
        assert_eq!(manager.post(&path, &agree).await.status, Status::NotFound, "decided once");
        assert!(coordinator.post(&at("open"), &why).await.body.contains("钱乙二"));
        let id = PublicId::parse(&person).unwrap();
        let who = actor(&desk, "coordinator").await;
        let tomorrow = now().plus_seconds(25 * 3_600);
        assert!(matches!(desk.app.disclose(who, &id, Opening::Contact, tomorrow).await, Err(AppError::Forbidden)), "a day, not for good");
        let log = desk.app.log_page(Actor::Console, None, 50).await.unwrap();
        let told = |action: &str| log.iter().filter(|leaf| leaf.action == action).count();
        assert_eq!((told("disclosure.ask"), told("disclosure.decide"), told("person.open")), (1, 1, 1));
    });
}

#[test]
fn a_request_that_was_refused_opens_nothing() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let request = asked(&desk, "coordinator", &person).await;
        let manager = actor(&desk, "manager").await;
        desk.app.decide_disclosure(manager, request, false, now()).await.unwrap();
        let (id, who) = (PublicId::parse(&person).unwrap(), actor(&desk, "coordinator").await);
        assert!(matches!(desk.app.disclose(who, &id, Opening::Contact, now()).await, Err(AppError::Forbidden)));
        assert!(desk.app.disclosures(manager).await.unwrap().is_empty());

        // Whoever asked reads that it was refused, when and by whom, and may ask anew; nobody else does.
        let path = format!("/people/{person}");
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let page = coordinator.get(&path).await.body;
        let said = page.split("id=\"refused\"").nth(1).and_then(|rest| rest.split("</p>").next()).unwrap_or_else(|| panic!("{page}"));
        let today = super::urgent::desk_today();
        assert!(said.contains("没有批准") && said.contains(&today) && said.contains("manager") && said.contains("更正资料"), "{said}");
        assert!(page.contains(&format!("{path}/ask")) && !page.contains("钱乙二"), "{page}");
        for other in ["registrar", "manager"] {
            assert!(!signed_in(&desk, other).await.get(&path).await.body.contains("id=\"refused\""), "{other}");
        }
        assert_eq!(coordinator.post(&format!("{path}/ask"), &[("csrf", &token), ("reason", "contact")]).await.status, Status::SeeOther);
        let page = coordinator.get(&path).await.body;
        assert!(page.contains("等待负责人批准") && !page.contains("id=\"refused\""), "{page}");
        let request = desk.app.disclosures(Actor::Console).await.unwrap()[0].id;
        desk.app.decide_disclosure(manager, request, true, now()).await.unwrap();
        let page = coordinator.get(&path).await.body;
        assert!(page.contains(&format!("{path}/open")) && !page.contains("id=\"refused\""), "{page}");
        // Once what was agreed to is over, the refusal of before is not the last answer.
        let over = desk.app.access_to(who, &id, now().plus_seconds(25 * 3_600)).await.unwrap();
        assert_eq!(over, donor_registry::app::Access::Ask);
    });
}

#[test]
fn without_the_preset_an_account_has_one_role() {
    run(|| async {
        for (small_branch, refused) in [(true, false), (false, true)] {
            let folder = tempfile::tempdir().unwrap();
            let sources = Sources { working_folder: folder.path().to_owned(), ..Sources::default() }
                .with("data", Some(folder.path().join("data").display()))
                .with("small_branch", Some(small_branch));
            let mut config = Config::load(&sources, Purpose::Demo).unwrap();
            config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
            let app = App::open(config, Unlock::default(), now()).await.unwrap().app;
            let form = |login: &str, roles| AccountForm {
                login: login.into(),
                name: login.into(),
                password: Guarded::new("correct-horse-battery-9".to_owned()),
                roles,
            };
            let several = app.add_account(Actor::Console, form("two", Roles::of([Role::Recruiter, Role::Caller])), now()).await;
            assert_eq!(matches!(several, Err(AppError::Input { field: "roles", .. })), refused, "{:?}", several.err());
            app.add_account(Actor::Console, form("one", Roles::of([Role::Recruiter])), now()).await.unwrap();
        }
    });
}

/// For the matrix of routes: who asked is refused, another manager is not.
pub(crate) async fn a_request_is_decided_by_whoever_did_not_ask(desk: &Desk) {
    let person = registered(desk, "stem-cell", YOUNG, "钱乙二").await;
    let mut manager = signed_in(desk, "manager").await;
    let own = csrf(&mut manager).await;
    let asks = [("csrf", own.as_str()), ("reason", "contact")];
    assert_eq!(manager.post(&format!("/people/{person}/ask"), &asks).await.status, Status::SeeOther);
    let list = manager.get("/disclosures").await.body;
    assert!(!list.contains("action=\"/disclosures/"), "no button for one's own: {list}");
    let request = desk.app.disclosures(Actor::Console).await.unwrap()[0].id;
    let path = format!("/disclosures/{request}");
    assert_eq!(manager.post(&path, &[("csrf", &own), ("step", "agree")]).await.status, Status::NotFound);
    let mut lin = signed_in(desk, "lin").await;
    let other = csrf(&mut lin).await;
    assert_eq!(lin.post(&path, &[("csrf", &other), ("step", "agree")]).await.status, Status::SeeOther);
}
