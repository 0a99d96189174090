//! The chain of samples from the tube on: a barcode typed at the enrolment is a sample, and is one registrant's.

use rocket::http::Status;

use super::urgent::{YOUNG, csrf, desk_today, key, registered};
use super::web::{Browser, Desk, Seen, run, signed_in, stem_cell};

const OTHER: &str = "512002199202020022";

async fn enrolled(browser: &mut Browser<'_>, token: &str, who: (&str, &str), barcode: &str) -> Seen {
    let key = key();
    let mut fields = stem_cell((token, &key, "save"), who);
    fields.extend([("relative1-relation", "女儿"), ("barcode", barcode)]);
    browser.post("/enrol/stem-cell", &fields).await
}

async fn found(browser: &mut Browser<'_>, token: &str, document: &str) -> Option<String> {
    let list = browser.post("/people", &[("csrf", token), ("query", document)]).await.body;
    let line = list.split("href=\"/people/").nth(1)?;
    Some(line.split('"').next()?.to_owned())
}

#[test]
fn a_barcode_typed_at_the_enrolment_is_a_sample_under_way_and_nobody_elses() {
    run(|| async {
        let desk = Desk::open().await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let bad = enrolled(&mut registrar, &token, (YOUNG, "钱乙二"), "管 7").await;
        assert!(bad.status == Status::UnprocessableEntity && bad.body.contains("条码为 4 到 40 位"), "{}", bad.body);
        let saved = enrolled(&mut registrar, &token, (YOUNG, "钱乙二"), "7000 00077").await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let person = found(&mut registrar, &token, YOUNG).await.expect("who was enrolled is found");
        let page = registrar.get(&format!("/people/{person}/sample")).await.body;
        assert!(page.contains("已采样") && page.contains("700000077") && page.contains("action=\"/samples/"), "{page}");

        let taken = enrolled(&mut registrar, &token, (OTHER, "孙丙三"), "700000077").await;
        assert!(taken.status == Status::UnprocessableEntity && taken.body.contains("已用在另一份样本上"), "{}", taken.body);
        assert_eq!(found(&mut registrar, &token, OTHER).await, None, "nothing of it was saved");
        let other = registered(&desk, "stem-cell", OTHER, "孙丙三").await;
        let (path, day) = (format!("/people/{other}/sample"), desk_today());
        let take = async |browser: &mut Browser<'_>| {
            let key = key();
            let fields = [("csrf", token.as_str()), ("key", &key), ("barcode", "700000077"), ("day", &day)];
            browser.post(&path, &fields).await
        };
        let refused = take(&mut registrar).await;
        assert!(refused.status == Status::UnprocessableEntity && refused.body.contains("已用在另一人的样本上"), "{}", refused.body);
        assert!(!registrar.get(&path).await.body.contains("action=\"/samples/"), "nothing was recorded");

        let erasing = key();
        let erase = [("csrf", token.as_str()), ("key", &erasing), ("confirm", &person)];
        assert_eq!(registrar.post(&format!("/people/{person}/rights/erase"), &erase).await.status, Status::SeeOther);
        assert_eq!(take(&mut registrar).await.status, Status::SeeOther, "with the erasure its digest is gone");
    });
}

#[test]
fn who_is_enrolled_without_a_tube_or_only_as_an_interest_has_no_sample() {
    run(|| async {
        let desk = Desk::open().await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        assert_eq!(enrolled(&mut registrar, &token, (YOUNG, "钱乙二"), "").await.status, Status::SeeOther);
        let person = found(&mut registrar, &token, YOUNG).await.expect("who was enrolled is found");
        let page = registrar.get(&format!("/people/{person}/sample")).await.body;
        assert!(page.contains("还没有采样") && page.contains("name=\"barcode\""), "{page}");
    });
}
