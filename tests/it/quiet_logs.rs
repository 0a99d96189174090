//! Rocket, as it comes, prints requests; under our logs it says nothing.

use std::process::Command;

use rocket::form::Form;
use rocket::http::ContentType;
use rocket::local::blocking::Client;

const CHILD: &str = "DONOR_REGISTRY_TEST_QUIET_LOGS_CHILD";
const CANARY: &str = "canary-in-a-request";

#[derive(rocket::FromForm)]
struct Number {
    #[field(name = "number")]
    _number: u32,
}

#[rocket::post("/number", data = "<_form>")]
fn number(_form: Form<Number>) {}

#[rocket::get("/panic?<text>")]
fn panics(text: &str) {
    assert!(text.is_empty(), "cannot use {text}");
}

#[test]
fn a_request_that_fails_leaves_nothing_of_itself_in_the_logs() {
    if std::env::var_os(CHILD).is_some() {
        donor_registry::telemetry::start(Some("trace"));
        let rocket = rocket::custom(rocket::Config { log_level: rocket::config::LogLevel::Debug, ..rocket::Config::debug_default() });
        let client = Client::tracked(rocket.mount("/", rocket::routes![number, panics])).unwrap();
        let failed = client.post("/number").header(ContentType::Form).body(format!("number={CANARY}")).dispatch();
        assert_eq!(failed.status().code, 422);
        assert_eq!(client.get(format!("/nowhere?name={CANARY}")).dispatch().status().code, 404);
        assert_eq!(client.get(format!("/panic?text={CANARY}")).dispatch().status().code, 500);
        return;
    }
    let exe = std::env::current_exe().unwrap();
    let test = "quiet_logs::a_request_that_fails_leaves_nothing_of_itself_in_the_logs";
    let out = Command::new(exe).args(["--exact", test, "--nocapture"]).env(CHILD, "1").output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
    assert!(said.contains("panic at ") && !said.contains(CANARY), "{said}");
}
