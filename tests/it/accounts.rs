//! What is kept with an account: the language its owner chose, and a hash of the password at today's cost.

use donor_registry::app::form::AccountForm;
use donor_registry::app::{Actor, App, Unlock};
use donor_registry::config::{Argon2Cost, Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::role::{Role, Roles};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use crate::web::{Browser, Desk, PASSWORD, run, signed_in};

const CHINESE: &str = "<html lang=\"zh-CN\">";
const ENGLISH: &str = "<html lang=\"en\">";

/// Presses the switch in the head of a page.
async fn choose(browser: &mut Browser<'_>, lang: &str, path: &str) -> (Status, Option<String>) {
    let csrf = browser.get("/account").await.field("csrf");
    let seen = browser.post("/language", &[("csrf", &csrf), ("lang", lang), ("path", path)]).await;
    (seen.status, seen.location)
}

/// Somebody else signs in at the same device.
async fn change_over(browser: &mut Browser<'_>, login: &str) {
    let csrf = browser.get("/account").await.field("csrf");
    browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(browser.sign_in(login, PASSWORD).await.status, Status::SeeOther);
}

#[test]
fn the_language_somebody_chose_is_that_of_their_pages_on_every_device_and_at_the_next_sign_in() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "caller").await;
        let page = table.get("/follow-up/plan").await;
        assert!(page.body.contains(CHINESE) && page.body.contains("action=\"/language\""), "{}", page.body);
        let (status, location) = choose(&mut table, "en", &page.field("path")).await;
        assert_eq!((status, location.as_deref()), (Status::SeeOther, Some("/follow-up/plan")), "back to the same page");
        assert!(table.get("/follow-up").await.body.contains(ENGLISH));
        let mut phone = signed_in(&desk, "caller").await;
        assert!(phone.get("/follow-up").await.body.contains(ENGLISH), "on a device that knows nothing of it");

        // A colleague at the same device reads what they chose, and leaves nothing of it to whoever comes next.
        change_over(&mut table, "manager").await;
        assert!(choose(&mut table, "zh-CN", "/reports").await.0 == Status::SeeOther && table.get("/reports").await.body.contains(CHINESE));
        change_over(&mut table, "caller").await;
        assert!(table.get("/follow-up").await.body.contains(ENGLISH));
    });
}

#[test]
fn the_switch_comes_back_to_a_page_that_can_be_opened_and_to_ours_alone() {
    run(|| async {
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "lin").await;
        for (path, back) in [
            ("/people/2B4C-7HQK-0/open", "/people/2B4C-7HQK-0"),
            ("/shifts/1/drop", "/"),
            ("/reports", "/reports"),
            ("https://example.org/", "/"),
            ("//example.org", "/"),
        ] {
            assert_eq!(choose(&mut browser, "en", path).await, (Status::SeeOther, Some(back.to_owned())), "{path}");
        }
        assert_eq!(choose(&mut browser, "fr", "/reports").await.0, Status::BadRequest);
        assert!(browser.get("/reports").await.body.contains(ENGLISH), "what is no language changes nothing");
    });
}

/// Opens the registry of a folder at another cost of its passwords.
async fn open(folder: &std::path::Path, memory_kib: u32) -> App {
    let sources = Sources { working_folder: folder.to_owned(), ..Sources::default() }.with("data", Some(folder.join("data").display()));
    let mut config = Config::load(&sources, Purpose::Demo).unwrap();
    config.argon2 = Argon2Cost { memory_kib, passes: 1, lanes: 1 };
    App::open(config, Unlock::default(), Timestamp::of(chrono::Utc::now())).await.unwrap().app
}

async fn stored(app: &App) -> String {
    app.accounts(Actor::Console).await.unwrap().remove(0).phc
}

#[test]
fn a_hash_of_another_cost_is_renewed_by_the_sign_in_that_shows_the_password_and_hinders_none() {
    run(|| async {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::of(chrono::Utc::now());
        let password = Guarded::new(PASSWORD.to_owned());
        let app = open(folder.path(), 8).await;
        let form =
            AccountForm { login: "ying".into(), name: "ying".into(), password: password.duplicate(), roles: Roles::of([Role::Caller]) };
        app.add_account(Actor::Console, form, now).await.unwrap();
        let first = stored(&app).await;
        assert!(first.contains("m=8,"), "{first}");
        app.log_in("ying", &password, "127.0.0.1", now).await.unwrap();
        assert_eq!(stored(&app).await, first, "nothing to renew");
        app.shut().await.unwrap();

        let app = open(folder.path(), 16).await;
        assert!(app.log_in("ying", &Guarded::new("wrong".to_owned()), "127.0.0.1", now).await.is_err());
        assert_eq!(stored(&app).await, first, "a wrong password renews nothing");
        app.log_in("ying", &password, "127.0.0.1", now).await.unwrap();
        let renewed = stored(&app).await;
        assert!(renewed.contains("m=16,"), "{renewed}");
        app.log_in("ying", &password, "127.0.0.1", now).await.unwrap();
        assert_eq!(stored(&app).await, renewed);
        app.shut().await.unwrap();

        // Argon2 knows no such cost (RFC 9106: 8 KiB a lane at least), so that no hash can be made at it.
        let app = open(folder.path(), 1).await;
        app.log_in("ying", &password, "127.0.0.1", now).await.unwrap();
        assert_eq!(stored(&app).await, renewed, "what could not be renewed stays, and whoever signed in is signed in");
        app.shut().await.unwrap();
    });
}
