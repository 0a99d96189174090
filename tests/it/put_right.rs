//! The data of a person on file, put right at the office: what was told before stays, whoever saves beside a change is refused, and what was
//! typed is never lost.

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;
use rocket::http::Status;

use super::approvals::agreed;
use super::urgent::{DONOR, YOUNG, csrf, key, noticed, registered};
use super::web::{Browser, Desk, Seen, run, signed_in};

/// Every text field of the form, whichever registry it is for.
const FIELDS: [&str; 22] = [
    "csrf",
    "key",
    "registry",
    "version",
    "name",
    "document",
    "birth",
    "ethnic",
    "phone",
    "phone2",
    "mail",
    "mail2",
    "address",
    "relative1-name",
    "relative1-relation",
    "relative1-phone",
    "relative2-name",
    "relative2-relation",
    "relative2-phone",
    "witness",
    "witness2",
    "relative3-name",
];

/// The form as it was served, with some fields typed over.
fn typed_over(page: &Seen, changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let served = |name: &&'static str| page.body.contains(&format!("name=\"{name}\""));
    let mut fields: Vec<(&'static str, String)> = FIELDS.into_iter().filter(served).map(|name| (name, page.field(name))).collect();
    for (name, value) in changes {
        fields.retain(|(n, _)| n != name);
        fields.push((*name, (*value).to_owned()));
    }
    fields
}

async fn save(browser: &mut Browser<'_>, person: &str, fields: &[(&'static str, String)]) -> Seen {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser.post(&format!("/people/{person}/correct"), &fields).await
}

async fn found(desk: &Desk, text: &str) -> Vec<String> {
    let rows = desk.app.search(Actor::Console, &Guarded::new(text.to_owned())).await.unwrap();
    rows.iter().map(|row| row.public_id.to_string()).collect()
}

async fn records(browser: &mut Browser<'_>, person: &str) -> Vec<serde_json::Value> {
    let token = csrf(browser).await;
    let copy = browser.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "json")]).await.body;
    let copy: serde_json::Value = serde_json::from_str(&copy).unwrap();
    copy["registrations"].as_array().unwrap().clone()
}

async fn opened(browser: &mut Browser<'_>, person: &str) -> String {
    let token = csrf(browser).await;
    browser.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "correct")]).await.body
}

/// Tries to take down that the form is handwritten.
async fn handwritten(browser: &mut Browser<'_>, person: &str) -> Status {
    let (token, once) = (csrf(browser).await, key());
    let fields = [("csrf", token.as_str()), ("key", &once), ("witnessing", "handwritten"), ("consents", "cornea:transplant")];
    browser.post(&format!("/people/{person}/wish"), &fields).await.status
}

/// What the printed form says is given.
async fn consented(browser: &mut Browser<'_>, person: &str) -> String {
    let token = csrf(browser).await;
    let form = browser.post(&format!("/people/{person}/print"), &[("csrf", &token), ("form", "organ-body")]).await.body;
    form.split("<section class=\"sec\">").nth(1).expect("the part of the items").to_owned()
}

/// Whether two persons stand side by side in the registrars' queue.
async fn compared(desk: &Desk, one: &str, other: &str) -> bool {
    let queue = desk.app.queue(Actor::Console).await.unwrap();
    queue.iter().any(|item| {
        let pair = [item.left.to_string(), item.right.to_string()];
        pair.iter().any(|p| p == one) && pair.iter().any(|p| p == other)
    })
}

#[test]
fn a_changed_name_and_phone_are_found_and_what_was_told_before_stays() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let path = format!("/people/{person}/correct");
        assert!(!coordinator.get(&format!("/people/{person}")).await.body.contains(&path), "the masked page leads nowhere");
        assert_eq!(coordinator.get(&path).await.status, Status::Forbidden, "nobody agreed to it");
        agreed(&desk, "coordinator", &person).await;
        assert!(opened(&mut coordinator, &person).await.contains(&path));
        let page = coordinator.get(&path).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        for (field, value) in [("name", "钱乙二"), ("document", YOUNG), ("phone", "16000000417"), ("relative2-name", "孙丙三")] {
            assert_eq!(page.field(field), value, "filled with what is known");
        }
        let fields = typed_over(&page, &[("name", "钱乙贰"), ("phone", "16000000430"), ("sex", "female")]);
        for _ in 0..2 {
            let saved = save(&mut coordinator, &person, &fields).await;
            assert_eq!(saved.status, Status::SeeOther, "sent twice, done once: {}", saved.body);
        }
        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains("已更正 2 项"), "how many, and no value");

        for text in ["16000000430", "钱乙贰"] {
            assert_eq!(found(&desk, text).await, [person.as_str()], "{text}");
        }
        let page = opened(&mut coordinator, &person).await;
        assert!(page.contains("<h1>钱乙贰</h1>") && page.contains("钱乙二"), "the older name is still told: {page}");
        assert!(page.contains("更正：造血干细胞") && page.contains("coordinator经手"), "when and by whom: {page}");
        let records = records(&mut coordinator, &person).await;
        let told = |at: usize| (records[at]["identity"]["name"].clone(), records[at]["contact"]["phones"][0]["number"].clone());
        assert_eq!(records.len(), 2, "one further record");
        assert_eq!(told(0), ("钱乙二".into(), "16000000417".into()));
        assert_eq!(told(1), ("钱乙贰".into(), "16000000430".into()));
        assert_eq!(records[1]["contact"]["relatives"].as_array().unwrap().len(), 2, "the two contacts stay");

        let log = desk.app.log_page(Actor::Console, None, 40).await.unwrap();
        let corrections: Vec<_> = log.iter().filter(|e| e.action == "person.correct").collect();
        assert_eq!(corrections.len(), 1);
        assert!(corrections[0].detail.contains(&("fields".to_owned(), "name,phone".to_owned())), "{:?}", corrections[0].detail);
        let seen = log.iter().filter(|e| e.action == "person.open" && e.detail.contains(&("why".to_owned(), "correct".to_owned())));
        assert_eq!(seen.count(), 3, "the page opened twice, the form once");
        for secret in ["钱乙", "16000000430", "16000000417"] {
            assert!(!log.iter().any(|e| e.detail.iter().any(|(_, value)| value.contains(secret))), "no value in the log");
        }
        let other = typed_over(&coordinator.get(&path).await, &[("key", fields.iter().find(|(n, _)| *n == "key").unwrap().1.as_str())]);
        assert_eq!(save(&mut coordinator, &person, &other).await.status, Status::Conflict, "the same key with another body");
    });
}

#[test]
fn a_form_opened_before_somebody_else_saved_is_refused() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let (mut registrar, mut coordinator) = (signed_in(&desk, "registrar").await, signed_in(&desk, "coordinator").await);
        let path = format!("/people/{person}/correct");
        agreed(&desk, "coordinator", &person).await;
        let (first, second) = (registrar.get(&path).await, coordinator.get(&path).await);
        let fields = typed_over(&first, &[("mail", "qian@mail.example"), ("sex", "female")]);
        assert_eq!(save(&mut registrar, &person, &fields).await.status, Status::SeeOther);
        let fields = typed_over(&second, &[("mail", "li@mail.example"), ("sex", "female")]);
        assert_eq!(save(&mut coordinator, &person, &fields).await.status, Status::Conflict);
        assert!(found(&desk, "li@mail.example").await.is_empty(), "nothing was changed");
        assert_eq!(found(&desk, "qian@mail.example").await, [person.as_str()]);
        assert_eq!(records(&mut registrar, &person).await.len(), 2);

        let again = typed_over(&coordinator.get(&path).await, &[("sex", "female")]);
        assert_eq!(save(&mut coordinator, &person, &again).await.status, Status::SeeOther);
        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains("没有改动"));
        assert_eq!(records(&mut registrar, &person).await.len(), 2, "a form sent back as it was served stores nothing");
    });
}

#[test]
fn nonsense_is_named_by_field_and_what_was_typed_stands_in_the_form() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let path = format!("/people/{person}/correct");
        let page = registrar.get(&path).await;
        let nonsense =
            [("name", "卫样年（组长）"), ("document", "110105194912310021"), ("phone", "12"), ("mail", "x"), ("witness2", "李丁四")];
        let seen = save(&mut registrar, &person, &typed_over(&page, &nonsense)).await;
        assert_eq!(seen.status, Status::UnprocessableEntity);
        for (field, value) in nonsense {
            assert!(seen.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", seen.body);
            assert_eq!(seen.field(field), value, "typed once is typed");
        }
        assert_eq!(seen.field("version"), page.field("version"));
        assert_eq!(records(&mut registrar, &person).await.len(), 1, "nothing was changed");
        let mut caller = signed_in(&desk, "caller").await;
        assert!(!opened(&mut caller, &person).await.contains(&path), "a caller is not led to what a caller may not do");
        assert_eq!(caller.get(&path).await.status, Status::Forbidden);
        let nobody = registrar.get("/people/7K3M-9QXA-R/correct").await.status;
        assert_eq!(nobody, Status::NotFound);
    });
}

#[test]
fn executors_stand_in_their_order_a_second_witness_signs_and_the_national_system_is_to_be_told() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let number = key();
        let entered = [("csrf", token.as_str()), ("key", &number), ("system", "national-organ"), ("number", "CODAC-2026-0001")];
        assert_eq!(registrar.post(&format!("/people/{person}/outside"), &entered).await.status, Status::SeeOther);
        assert_eq!(handwritten(&mut registrar, &person).await, Status::UnprocessableEntity, "one witness is on file");
        assert!(!registrar.get("/outside").await.body.contains(&person), "nothing is due yet");

        let path = format!("/people/{person}/correct");
        let page = registrar.get(&path).await;
        let given = consented(&mut registrar, &person).await;
        assert!(given.contains("<li>"), "{given}");
        let changes = [
            ("relative1-name", "周戊五"),
            ("relative1-relation", "妹妹"),
            ("relative1-phone", "16000000431"),
            ("relative2-name", "钱辛八"),
            ("relative2-relation", "女儿"),
            ("relative2-phone", "16000000433"),
            ("relative3-name", "吴己六"),
            ("relative3-relation", "同事"),
            ("relative3-phone", "16000000432"),
            ("witness2", "郑庚七"),
            ("sex", "female"),
        ];
        let saved = save(&mut registrar, &person, &typed_over(&page, &changes)).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let records = records(&mut registrar, &person).await;
        assert_eq!(records[1]["contact"]["relatives"].as_array().unwrap().len(), 3);
        assert_eq!(records[0]["contact"]["relatives"].as_array().unwrap().len(), 1, "who was named first stays in the history");
        assert!(registrar.get("/outside").await.body.contains(&person), "to be corrected there too");
        assert_eq!(consented(&mut registrar, &person).await, given, "what is given is on the printed form as before");
        assert_eq!(handwritten(&mut registrar, &person).await, Status::SeeOther, "two witnesses signed");

        let mut coordinator = signed_in(&desk, "coordinator").await;
        let own = csrf(&mut coordinator).await;
        let notice = noticed(&mut coordinator, &own, &person, "dying").await;
        let called = coordinator.post(&format!("{notice}/open"), &[("csrf", &own), ("reason", "call-family")]).await.body;
        for shown in [opened(&mut registrar, &person).await, called] {
            let places: Vec<_> = ["周戊五", "钱辛八", "吴己六"].iter().map(|name| shown.find(name).expect(name)).collect();
            assert!(places.is_sorted(), "in the order in which they are called: {places:?}");
            assert!(!shown.contains("赵甲一"), "who was replaced is called no more: {shown}");
        }

        let page = registrar.get(&path).await;
        let none = [("witness", ""), ("witness2", ""), ("relative1-name", ""), ("relative1-phone", "")];
        let more = [("relative2-name", ""), ("relative2-phone", ""), ("relative3-name", ""), ("relative3-phone", ""), ("sex", "female")];
        let seen = save(&mut registrar, &person, &typed_over(&page, &[none.as_slice(), &more].concat())).await;
        assert_eq!(seen.status, Status::UnprocessableEntity, "an executor and a witness are replaced, not lost");
        assert!(seen.body.contains("href=\"#relative1-name\"") && seen.body.contains("href=\"#witness\""), "{}", seen.body);
    });
}

#[test]
fn an_enrolment_takes_three_executors_in_their_order() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        let (token, once) = (csrf(&mut table).await, key());
        let fields = [
            ("csrf", token.as_str()),
            ("key", &once),
            ("step", "save"),
            ("name", "卫样年"),
            ("document", DONOR),
            ("phone", "16000000417"),
            ("relative1-name", "赵甲一"),
            ("relative1-phone", "16000000418"),
            ("relative2-name", "周戊五"),
            ("relative2-phone", "16000000431"),
            ("relative3-name", "吴己六"),
            ("relative3-phone", "16000000432"),
            ("read-out", "heard"),
            ("family", "supports"),
            ("own-will", "yes"),
            ("items", "cornea"),
            ("witness", "李丁四"),
            ("consent", "yes"),
            ("sensitive-consent", "yes"),
        ];
        let saved = table.post("/enrol/organ-body", &fields).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        let person = found(&desk, DONOR).await.pop().unwrap();
        let mut registrar = signed_in(&desk, "registrar").await;
        let page = registrar.get(&format!("/people/{person}/correct")).await;
        let names = ["relative1-name", "relative2-name", "relative3-name"].map(|field| page.field(field));
        assert_eq!(names, ["赵甲一", "周戊五", "吴己六"]);
    });
}

#[test]
fn a_document_number_of_somebody_else_on_file_is_for_the_registrars_queue() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let (token, once) = (csrf(&mut registrar).await, key());
        let interest = [
            ("csrf", token.as_str()),
            ("key", &once),
            ("name", "卫样年"),
            ("phone", "16000000440"),
            ("registries", "blood"),
            ("consent", "yes"),
        ];
        assert_eq!(registrar.post("/drive", &interest).await.status, Status::SeeOther);
        let other = found(&desk, "16000000440").await.pop().unwrap();
        assert!(!compared(&desk, &person, &other).await);
        let page = registrar.get(&format!("/people/{other}/correct")).await;
        let fields = typed_over(&page, &[("name", "钱乙二"), ("document", YOUNG)]);
        let saved = save(&mut registrar, &other, &fields).await;
        assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
        assert!(compared(&desk, &person, &other).await, "two persons with one number are compared");
        let both = found(&desk, YOUNG).await;
        assert!(both.contains(&person) && both.contains(&other), "{both:?}");
    });
}
