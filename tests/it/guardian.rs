//! A volunteer of 16 or 17: the guardian agrees, is named, is kept and shown, and is forgotten for nobody else's sake.

use chrono::Datelike;
use donor_registry::app::Actor;
use donor_registry::domain::Guarded;
use rocket::http::Status;

use super::urgent::{contains, csrf, key};
use super::web::{Desk, run, signed_in};
use crate::harness::people::check_digit;

/// The document number of somebody who is so many years old all year round.
fn aged(years: i32) -> String {
    let year = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Shanghai).year() - years;
    let first17 = format!("512002{year}0101002");
    format!("{first17}{}", check_digit(&first17))
}

fn form<'a>(token: &'a str, key: &'a str, document: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", token),
        ("key", key),
        ("step", "save"),
        ("name", "钱乙二"),
        ("document", document),
        ("phone", "16000000417"),
        ("duties", "understood"),
        ("consent", "yes"),
        ("sensitive-consent", "yes"),
    ]
}

const GUARDIAN: [(&str, &str); 4] =
    [("guardian-name", "周戊五"), ("guardian-relation", "母亲"), ("guardian-phone", "16000000421"), ("guardian", "yes")];

#[test]
fn a_minor_is_taken_in_with_a_named_guardian_who_agreed_and_both_stay_on_file() {
    run(|| async {
        let desk = Desk::open().await;
        let document = aged(17);
        let mut table = signed_in(&desk, "recruiter").await;
        let (token, key) = (csrf(&mut table).await, key());
        for left_out in ["guardian", "guardian-name", "guardian-phone"] {
            let mut fields = form(&token, &key, &document);
            fields.extend(GUARDIAN.iter().filter(|(name, _)| *name != left_out));
            let seen = table.post("/enrol/volunteer", &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity, "without {left_out}");
            assert!(seen.body.contains(&format!("href=\"#{left_out}\"")), "{left_out} is named: {}", seen.body);
        }
        let seen = table.post("/enrol/volunteer", &form(&token, &key, &document)).await;
        assert!(seen.body.contains("href=\"#guardian\"") && seen.body.contains("要有监护人的姓名和电话"), "{}", seen.body);
        assert!(table.get("/enrol/volunteer").await.body.contains("我是登记者的监护人"), "the guardian reads what is agreed to");

        let mut fields = form(&token, &key, &document);
        fields.extend(GUARDIAN);
        let mut review = fields.clone();
        review.iter_mut().find(|(name, _)| *name == "step").unwrap().1 = "review";
        let checked = table.post("/enrol/volunteer", &review).await;
        assert!(checked.body.contains("周戊五 母亲 16000000421"), "read back before it is saved: {}", checked.body);
        let saved = table.post("/enrol/volunteer", &fields).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let found = desk.app.search(Actor::Console, &Guarded::new(document)).await.unwrap();
        let person = found.first().expect("who was registered is found").public_id.to_string();

        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        assert!(!registrar.get(&format!("/people/{person}")).await.body.contains("周戊五"), "nothing before the identity is opened");
        let opened = registrar.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "request")]).await.body;
        assert!(opened.contains("监护人") && opened.contains("周戊五 母亲 16000000421"), "{opened}");
        let proof = registrar.post(&format!("/people/{person}/rights/proof"), &[("csrf", &token)]).await.body;
        assert!(proof.contains("监护人同意登记") && proof.contains("我是登记者的监护人"), "{proof}");
        assert_eq!(proof.matches("SHA-256").count(), 4, "contact, registration, sensitive data, guardian: {proof}");
        assert!(!contains(&desk.bytes(), "周戊五".as_bytes()) && !contains(&desk.bytes(), b"16000000421"));

        let left = [("csrf", token.as_str()), ("registry", "volunteer"), ("why", "withdrew")];
        assert_eq!(registrar.post(&format!("/people/{person}/leave"), &left).await.status, Status::SeeOther);
        let proof = registrar.post(&format!("/people/{person}/rights/proof"), &[("csrf", &token)]).await.body;
        assert_eq!(proof.matches("class=\"tag\">已撤回").count(), 3, "a guardian's consent ends with the registration: {proof}");
    });
}

#[test]
fn of_whoever_is_of_age_no_guardian_is_kept() {
    run(|| async {
        let desk = Desk::open().await;
        let document = aged(19);
        let mut table = signed_in(&desk, "recruiter").await;
        let (token, key) = (csrf(&mut table).await, key());
        let mut fields = form(&token, &key, &document);
        fields.extend(GUARDIAN);
        let saved = table.post("/enrol/volunteer", &fields).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let found = desk.app.search(Actor::Console, &Guarded::new(document)).await.unwrap();
        let person = found.first().expect("who was registered is found").public_id.to_string();
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let opened = registrar.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "request")]).await.body;
        assert!(opened.contains("钱乙二") && !opened.contains("周戊五"), "{opened}");
        let proof = registrar.post(&format!("/people/{person}/rights/proof"), &[("csrf", &token)]).await.body;
        assert_eq!(proof.matches("SHA-256").count(), 3, "{proof}");
    });
}
