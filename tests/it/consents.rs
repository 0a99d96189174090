//! A consent text changes: who rests on the older one, the new text to sign, and the consent given anew beside the old one.

use donor_registry::app::form::InterestForm;
use donor_registry::app::{Actor, App, Circumstances};
use donor_registry::domain::Guarded;
use donor_registry::domain::fact::Channel;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use super::web::{Browser, Desk, run, signed_in};

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

fn shanghai(days: i64) -> String {
    let zone = chrono_tz::Asia::Shanghai;
    now().plus_seconds(days * DAY).date_in(zone).to_string()
}

/// A desk whose text of contact has changed since yesterday.
async fn desk() -> Desk {
    Desk::open_with(|config, folder| {
        let rules = folder.join("rules");
        std::fs::create_dir(&rules).unwrap();
        let text = format!(
            "[[text]]\npurpose = \"contact\"\nversion = \"next\"\nvalid_from = {}\nzh = \"我同意{{branch}}按新文本联系我。\"\nen = \"I agree to the new text of {{branch}}.\"\n",
            shanghai(-1)
        );
        std::fs::write(rules.join("consent-next.toml"), text).unwrap();
        config.rules = Some(rules);
    })
    .await
}

/// An interest taken down at an instant; answers the public id.
async fn interest(app: &App, who: (&str, u64), at: Timestamp) -> String {
    interest_in(app, who, vec![Registry::Blood], at).await
}

/// As [`interest`], in some registries.
pub async fn interest_in(app: &App, (phone, key): (&str, u64), registries: Vec<Registry>, at: Timestamp) -> String {
    let secret = |text: &str| Guarded::new(text.to_owned());
    let form =
        InterestForm { name: secret("卫样年"), phone: secret(phone), mail: secret(""), registries, consent: true, english: false };
    let key = crate::harness::desk::key(key);
    let how = Circumstances { key, fingerprint: [1; 32], drive: None, channel: Channel::Drive, now: at };
    app.interest(Actor::Console, &form, how).await.unwrap();
    app.search(Actor::Console, &secret(phone)).await.unwrap().first().unwrap().public_id.to_string()
}

async fn renew(browser: &mut Browser<'_>, person: &str, key: &str, (purpose, day): (&str, &str)) -> (Status, String) {
    let csrf = browser.get("/account").await.field("csrf");
    let mut fields =
        vec![("csrf", csrf.as_str()), ("key", key), ("how", "on-paper"), ("language", "zh"), ("day", day), ("witness", "李丁四")];
    if !purpose.is_empty() {
        fields.push(("purposes", purpose));
    }
    let seen = browser.post(&format!("/people/{person}/consents"), &fields).await;
    (seen.status, seen.body)
}

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[test]
fn whoever_consented_to_an_older_text_is_named_and_consents_anew_beside_the_old_entry() {
    run(|| async {
        let desk = desk().await;
        let old = interest(&desk.app, ("16000000417", 1), now().plus_seconds(-3 * DAY)).await;
        let new = interest(&desk.app, ("16000000418", 2), now()).await;
        let mut registrar = signed_in(&desk, "registrar").await;

        let person = registrar.get(&format!("/people/{old}")).await.body;
        assert!(person.contains("同意的是旧文本") && person.contains("2026-01 版") && person.contains(&format!("/people/{old}/consents")));
        assert!(!registrar.get(&format!("/people/{new}")).await.body.contains("同意的是旧文本"));
        let counts = registrar.get("/consents").await.body;
        assert!(counts.contains("href=\"/consents/blood\"") && !counts.contains("/consents/stem-cell"), "{counts}");
        let listed = registrar.get("/consents/blood").await.body;
        assert!(listed.contains(&old) && !listed.contains(&new), "{listed}");
        assert!(!listed.contains("卫样年"), "the list is masked");

        let print = registrar.get(&format!("/people/{old}/consents/print")).await.body;
        assert!(print.contains("按新文本联系我") && print.contains("SHA-256") && !print.contains("卫样年"), "{print}");
        for page in [print, registrar.get(&format!("/people/{old}/consents")).await.body] {
            let (zh, en) = (
                format!("我同意{}按新文本联系我。", desk.app.branch(false)),
                format!("I agree to the new text of {}.", desk.app.branch(true)),
            );
            assert!(page.contains(&zh) && page.contains(&en), "either text may be signed, whatever the page's language: {page}");
        }

        let path = format!("/people/{old}/consents");
        for (purpose, day, slip) in [("", shanghai(0), "purposes"), ("contact", shanghai(-2), "day"), ("contact", shanghai(1), "day")] {
            let (status, body) = renew(&mut registrar, &old, &key(), (purpose, &day)).await;
            assert_eq!(status, Status::UnprocessableEntity, "{slip}");
            assert!(body.contains(&format!("href=\"#{slip}\"")), "{slip}: {body}");
        }
        assert!(registrar.get(&path).await.body.contains("按新文本联系我"), "nothing was recorded");
        let (key, today) = (key(), shanghai(0));
        for _ in 0..2 {
            assert_eq!(renew(&mut registrar, &old, &key, ("contact", &today)).await.0, Status::SeeOther, "sent twice");
        }
        assert!(!registrar.get(&format!("/people/{old}")).await.body.contains("同意的是旧文本"));
        assert!(registrar.get("/consents/blood").await.body.contains("这里的人都已同意现行文本"));

        let csrf = registrar.get("/account").await.field("csrf");
        let proof = registrar.post(&format!("/people/{old}/rights/proof"), &[("csrf", &csrf)]).await.body;
        assert!(proof.contains("2026-01") && proof.contains("next"), "the old one is kept beside the new one: {proof}");
        assert_eq!(proof.matches("SHA-256").count(), 2, "recorded once");
        assert!(proof.contains("李丁四") && proof.contains("按新文本联系我") && proof.contains("纸质签署"), "{proof}");
        assert!(proof.contains("data-print"), "{proof}");
        // Whoever reads the page in English is shown what was agreed to in Chinese, with the branch's Chinese name in it.
        registrar.get("/account?lang=en").await;
        let proof = registrar.post(&format!("/people/{old}/rights/proof"), &[("csrf", &csrf)]).await.body;
        assert_ne!(desk.app.branch(false), desk.app.branch(true));
        assert!(proof.contains(&format!("我同意{}按新文本联系我。", desk.app.branch(false))), "{proof}");
        assert!(proof.contains(&format!("我同意{}为联系我办理", desk.app.branch(false))), "{proof}");
        assert!(!proof.contains("not among the texts in use"), "{proof}");
        registrar.get("/account?lang=zh-CN").await;
        let again = renew(&mut registrar, &old, &uuid::Uuid::new_v4().to_string(), ("contact", &today)).await;
        assert_eq!(again.0, Status::Conflict, "what rests on the text in use is not renewed");
        let log = desk.app.log_page(Actor::Console, None, 20).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "consent.renew").count(), 1);
    });
}

#[test]
fn whoever_left_is_not_asked_again_and_a_renewal_sends_nothing() {
    run(|| async {
        let desk = desk().await;
        let person = interest(&desk.app, ("16000000417", 1), now().plus_seconds(-3 * DAY)).await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let csrf = registrar.get("/account").await.field("csrf");
        let left = [("csrf", csrf.as_str()), ("registry", "blood"), ("why", "withdrew")];
        assert_eq!(registrar.post(&format!("/people/{person}/leave"), &left).await.status, Status::SeeOther);
        assert!(registrar.get("/consents/blood").await.body.contains("这里的人都已同意现行文本"));
        assert!(!registrar.get(&format!("/people/{person}")).await.body.contains("同意的是旧文本"));
        let today = shanghai(0);
        let refused = renew(&mut registrar, &person, &key(), ("contact", &today)).await;
        assert_eq!(refused.0, Status::Conflict);
    });
}
