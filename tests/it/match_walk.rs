//! Every stage of a match request and every step from it, by the page alone: what the page offers is what the rules allow, each of it leads where
//! they say, and nothing else is taken.

use std::collections::{BTreeSet, HashMap, VecDeque};

use donor_registry::domain::match_request::{Act, Phase};
use rocket::http::Status;

use super::urgent::{csrf, noted, noted_with, opened_match_of, registered_by};
use super::web::{Browser, Desk, run, signed_in};
use crate::harness::people::Invented;

/// What a page offers to note, without the codes behind it.
fn offered(page: &str) -> BTreeSet<&str> {
    let values = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        page.split(mark.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>()
    };
    let words = values("what").into_iter().chain(values("end")).chain(options(page));
    words.map(|value| value.split(':').next().unwrap_or_default()).filter(|word| !word.is_empty()).collect()
}

/// The codes of the list that ends a request.
fn options(page: &str) -> Vec<&str> {
    let Some(list) = page.split("<select").find(|part| part.contains("name=\"end\"")) else { return Vec::new() };
    let list = list.split("</select>").next().unwrap_or_default();
    list.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Notes an act as the page sends it.
async fn does(browser: &mut Browser<'_>, token: &str, path: &str, act: Act) -> (Status, String) {
    match act.codes().first() {
        Some(code) => noted_with(browser, token, path, ("end", &format!("{}:{}", act.word(), code.word())), "省平台").await,
        None => noted(browser, token, path, ("what", act.word())).await,
    }
}

/// The shortest way to every stage.
fn ways() -> Vec<(Phase, Vec<Act>)> {
    let mut found = HashMap::from([(Phase::Notified, Vec::new())]);
    let mut coming = VecDeque::from([Phase::Notified]);
    let mut out = Vec::new();
    while let Some(phase) = coming.pop_front() {
        let way = found[&phase].clone();
        for act in phase.acts() {
            let next = phase.after(act).expect("what is offered is allowed").phase;
            if !found.contains_key(&next) {
                found.insert(next, way.iter().copied().chain([act]).collect());
                coming.push_back(next);
            }
        }
        out.push((phase, way));
    }
    out
}

/// A coordinator who takes requests through their stages, each with a donor of its own.
struct Walk<'a> {
    desk: &'a Desk,
    /// Who registers the donors.
    table: (Browser<'a>, String),
    browser: Browser<'a>,
    token: String,
    people: u64,
}

impl Walk<'_> {
    /// A new request that has come to a stage; its page.
    async fn comes_to(&mut self, phase: Phase, way: &[Act]) -> String {
        self.people += 1;
        let donor = Invented::of(self.people);
        let (table, token) = &mut self.table;
        let person = registered_by((table, token), self.desk, "stem-cell", (&donor.document, &donor.name)).await;
        let path = opened_match_of(&mut self.browser, &self.token, &person, &format!("CMDP-2026-{:04}", self.people)).await;
        for act in way {
            let (status, body) = does(&mut self.browser, &self.token, &path, *act).await;
            assert_eq!(status, Status::SeeOther, "{} on the way to {}: {body}", act.word(), phase.word());
        }
        self.offers(&path, phase).await;
        path
    }

    /// The page of a request in a stage offers what the rules allow there.
    async fn offers(&mut self, path: &str, phase: Phase) {
        let page = self.browser.get(path).await.body;
        let allowed: BTreeSet<&str> = phase.acts().into_iter().map(Act::word).collect();
        assert_eq!(offered(&page), allowed, "{}: {page}", phase.word());
    }

    /// Notes an act in a stage: it leads where the rules say, or is refused and changes nothing.
    async fn takes(&mut self, path: &str, phase: Phase, act: Act) {
        let (status, body) = does(&mut self.browser, &self.token, path, act).await;
        let (expected, next) = match phase.after(act) {
            Ok(moved) => (Status::SeeOther, moved.phase),
            Err(_) => (Status::UnprocessableEntity, phase),
        };
        assert_eq!(status, expected, "{} in {}: {body}", act.word(), phase.word());
        self.offers(path, next).await;
    }
}

#[test]
fn every_stage_is_reached_and_every_step_taken_from_the_page_and_no_other() {
    run(|| async {
        let ways = ways();
        assert_eq!(ways.len(), Phase::ALL.len(), "no stage is out of reach");
        let desk = Desk::open().await;
        let mut browser = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut browser).await;
        let mut recruiter = signed_in(&desk, "recruiter").await;
        let at_table = csrf(&mut recruiter).await;
        let mut walk = Walk { desk: &desk, table: (recruiter, at_table), browser, token, people: 0 };
        let mut steps = 0;
        for (phase, way) in &ways {
            // What leaves the request where it is, and what is refused, may come one after the other.
            let path = walk.comes_to(*phase, way).await;
            let (moving, staying): (Vec<Act>, Vec<Act>) =
                Act::ALL.iter().partition(|act| phase.after(**act).is_ok_and(|moved| moved.phase != *phase));
            for act in staying {
                walk.takes(&path, *phase, act).await;
            }
            for act in moving {
                let path = walk.comes_to(*phase, way).await;
                walk.takes(&path, *phase, act).await;
            }
            steps += phase.acts().len();
        }
        assert!(steps > 60, "{steps} steps");
    });
}
