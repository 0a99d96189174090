//! In which language somebody is written to: the one they chose, else the branch's.

use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::{App, FactCheck, Told, Will};
use donor_registry::domain::Guarded;
use donor_registry::domain::language::Language;
use donor_registry::domain::time::Timestamp;

use crate::followup_desk::{body_of, office_with, path_in, send, send_later};
use crate::followup_sensitive::RULES;
use crate::harness::sink::Sink;

fn languages(sink: &Sink) -> Vec<Option<String>> {
    sink.taken().iter().map(|mail| mail.header("Content-Language")).collect()
}

#[test]
fn whoever_turns_their_own_page_into_english_is_written_to_in_english_from_then_on() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, Some(RULES));
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
    assert_eq!(languages(&sink), [Some("zh".to_owned())], "nothing is known yet");
    let first = sink.taken().remove(0);
    registry.look(|app: Arc<App>| async move {
        let now = Timestamp::of(chrono::Utc::now());
        let path = path_in(&body_of(&first));
        let token = path.trim_start_matches("/l/");
        let FactCheck::Right(page) = app.check_fact(token, &Guarded::new("0000".to_owned()), now).await.unwrap() else {
            panic!("the last four digits are the second fact")
        };
        let told = Told { same_contact: true, language: Some(Language::En), ..Told::of(Will::Still) };
        assert!(app.tell(token, &page.proof, &told, now).await.unwrap().unwrap().is_some());
    });
    registry.done(&["followup", "plan", "--months", "1"]);
    send_later(&registry);
    assert_eq!(languages(&sink), [Some("zh".to_owned()), Some("en".to_owned())]);
}

#[test]
fn who_chose_no_language_is_written_to_in_the_branchs() {
    let sink = Sink::start(Duration::ZERO);
    let mut registry = office_with(1, &sink, None, Some(RULES));
    registry.set("DONOR_REGISTRY_BRANCH_LANGUAGE", "en");
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
    assert_eq!(languages(&sink), [Some("en".to_owned())]);
}

#[test]
fn the_language_a_browser_asks_for_is_nobodys_choice_and_the_one_turned_to_is() {
    for (turned, then) in [(false, "en"), (true, "zh")] {
        let sink = Sink::start(Duration::ZERO);
        let mut registry = office_with(1, &sink, None, Some(RULES));
        registry.set("DONOR_REGISTRY_BRANCH_LANGUAGE", "en");
        assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
        let link = path_in(&body_of(&sink.taken()[0]));
        let server = registry.serve();
        // It asks for Chinese.
        let mut client = server.client();
        let page = client.get(&link).unwrap();
        assert!(page.text().contains("<html lang=\"zh-CN\""), "{}", page.text());
        if turned {
            assert_eq!(client.get(&format!("{link}?lang=zh-CN")).unwrap().status, 200);
        }
        let own = client.post(&link, &[("step", "fact"), ("fact", "0000")]).unwrap();
        let proof = own.field("proof").unwrap();
        let told = client.post(&link, &[("step", "tell"), ("proof", &proof), ("will", "still"), ("contact", "same")]).unwrap();
        assert_eq!(told.status, 200, "{}", told.text());
        server.stop();
        registry.done(&["followup", "plan", "--months", "1"]);
        send_later(&registry);
        assert_eq!(languages(&sink), [Some("en".to_owned()), Some(then.to_owned())], "turned: {turned}");
    }
}
