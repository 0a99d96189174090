//! Ages at enrolment are dated rules, and whoever is refused is told by which.

use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, csrf, key};
use super::web::{Browser, Desk, run, signed_in, stem_cell};

async fn reviewed(table: &mut Browser<'_>, document: &str) -> (Status, String) {
    let (token, once) = (csrf(table).await, key());
    let seen = table.post("/enrol/stem-cell", &stem_cell((&token, &once, "review"), (document, "卫样年"))).await;
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
