//! Ages at enrolment are dated rules, and whoever is refused is told by which.

use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, csrf, key};
use super::web::{Browser, Desk, run, signed_in};

async fn reviewed(table: &mut Browser<'_>, document: &str) -> (Status, String) {
    let (token, once) = (csrf(table).await, key());
    let fields = [
        ("csrf", token.as_str()),
        ("key", &once),
        ("step", "review"),
        ("name", "卫样年"),
        ("document", document),
        ("phone", "16000000417"),
        ("relative1-name", "赵甲一"),
        ("relative1-phone", "16000000418"),
        ("relative2-name", "孙丙三"),
        ("relative2-phone", "16000000419"),
        ("read-out", "heard"),
        ("family", "supports"),
        ("process", "understood"),
        ("willing", "yes"),
        ("consent", "yes"),
        ("sensitive-consent", "yes"),
    ];
    let seen = table.post("/enrol/stem-cell", &fields).await;
    (seen.status, seen.body)
}

#[test]
fn whoever_is_too_old_is_told_by_which_rules() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        let (status, body) = reviewed(&mut table, DONOR).await;
        assert_eq!(status, Status::UnprocessableEntity, "{body}");
        assert!(body.contains("中华骨髓库入库要求") && body.contains("18 至 45 岁"), "{body}");
        let (status, body) = reviewed(&mut table, YOUNG).await;
        assert_eq!(status, Status::Ok, "{body}");
        assert!(!body.contains("中华骨髓库入库要求"), "{body}");
        let start = table.get("/enrol").await.body;
        assert!(start.contains("18 至 60 岁") && start.contains("满 16 岁"), "the ages stand where one chooses: {start}");
    });
}
