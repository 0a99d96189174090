//! What registrants and their relatives may ask for, contact allowed again, the copy, and what is closed and found again.

use donor_registry::app::{Actor, NoticeForm, Once};
use donor_registry::domain::death_notice::Caller;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, csrf, desk_today, key, noted, noted_with, opened_match, registered};
use super::web::{Browser, Desk, Seen, run, signed_in};

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

/// Records a request; answers what the page said.
async fn asked(browser: &mut Browser<'_>, token: &str, person: &str, (kind, who, proof): (&str, &str, &str)) -> Seen {
    let day = desk_today();
    let fields = [("csrf", token), ("kind", kind), ("received", day.as_str()), ("who", who), ("proof", proof)];
    browser.post(&format!("/people/{person}/rights"), &fields).await
}

/// Answers the request that is listed first of those still open.
async fn answered(browser: &mut Browser<'_>, token: &str, person: &str, how: &[(&str, &str)]) -> Seen {
    let page = browser.get(&format!("/people/{person}/rights")).await.body;
    let request = page.split("action=\"/rights/").nth(1).expect("a request is open").split('/').next().unwrap().to_owned();
    let fields: Vec<(&str, &str)> = std::iter::once(("csrf", token)).chain(how.iter().copied()).collect();
    browser.post(&format!("/rights/{request}/answer"), &fields).await
}

#[test]
fn a_request_is_done_only_where_it_shows_and_refused_only_with_a_reason() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let at = |rest: &str| format!("/people/{person}/rights{rest}");
        let granted = [("answer", "granted")];

        assert_eq!(asked(&mut lin, &token, &person, ("copy", "self", "")).await.status, Status::SeeOther);
        let early = answered(&mut lin, &token, &person, &granted).await;
        assert!(early.status == Status::UnprocessableEntity && early.body.contains("还没有取过副本"), "{}", early.body);
        assert!(lin.get("/rights").await.body.contains(&at("")), "it is still open");
        assert_eq!(lin.post(&at("/copy"), &[("csrf", &token), ("as", "json")]).await.status, Status::Ok);
        assert_eq!(answered(&mut lin, &token, &person, &granted).await.status, Status::SeeOther);
        assert!(!lin.get("/rights").await.body.contains(&at("")));

        assert_eq!(asked(&mut lin, &token, &person, ("correct", "self", "")).await.status, Status::SeeOther);
        let early = answered(&mut lin, &token, &person, &granted).await;
        assert!(
            early.status == Status::UnprocessableEntity && early.body.contains("没有更正记录"),
            "the enrolment itself corrects nothing"
        );
        let paper = [("answer", "granted"), ("how", "on-paper")];
        assert_eq!(answered(&mut lin, &token, &person, &paper).await.status, Status::SeeOther);
        assert!(lin.get(&at("")).await.body.contains("已办理：纸质办理"));

        assert_eq!(asked(&mut lin, &token, &person, ("object", "self", "")).await.status, Status::SeeOther);
        assert_eq!(answered(&mut lin, &token, &person, &granted).await.status, Status::UnprocessableEntity);
        assert_eq!(lin.post(&at("/object"), &[("csrf", &token)]).await.status, Status::SeeOther);
        assert_eq!(answered(&mut lin, &token, &person, &granted).await.status, Status::SeeOther);

        assert_eq!(asked(&mut lin, &token, &person, ("erase", "self", "")).await.status, Status::SeeOther);
        for way in [vec![("answer", "granted")], paper.to_vec()] {
            assert_eq!(answered(&mut lin, &token, &person, &way).await.status, Status::UnprocessableEntity, "{way:?}: nothing was erased");
        }
        for (refusal, sentence) in [("", "请选择已向申请人说明的理由"), ("right-as-it-stands", "请选择已向申请人说明的理由")]
        {
            let refused = answered(&mut lin, &token, &person, &[("answer", "refused"), ("refusal", refusal)]).await;
            assert!(refused.status == Status::UnprocessableEntity && refused.body.contains(sentence), "{refusal}: {}", refused.body);
        }
        let why = [("answer", "refused"), ("refusal", "kept-by-law")];
        assert_eq!(answered(&mut lin, &token, &person, &why).await.status, Status::SeeOther);
        assert!(lin.get(&at("")).await.body.contains("未同意：法定保存期限未满"));
        let copy = lin.post(&at("/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        assert!(copy.contains("\"refusal\": \"kept-by-law\"") && copy.contains("\"done_how\": \"on-paper\""), "{copy}");

        assert_eq!(asked(&mut lin, &token, &person, ("erase", "agent", "guardianship")).await.status, Status::SeeOther);
        let erasing = key();
        let erase = [("csrf", token.as_str()), ("key", &erasing), ("confirm", &person)];
        assert_eq!(lin.post(&at("/erase"), &erase).await.status, Status::SeeOther);
        assert_eq!(answered(&mut lin, &token, &person, &granted).await.status, Status::SeeOther, "done: nothing is left");
    });
}

#[test]
fn a_relative_asks_for_somebody_who_died_and_proves_it() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let page = format!("/people/{person}/rights");
        let child = ("copy", "relative-child", "household-register");
        let living = asked(&mut lin, &token, &person, child).await;
        assert!(living.status == Status::UnprocessableEntity && living.body.contains("近亲属可以为已去世的人提出"), "{}", living.body);
        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "died"), ("told_by", "family")];
        assert_eq!(lin.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        for (who, proof) in
            [("relative-child", ""), ("relative-child", "marriage-certificate"), ("agent", "household-register"), ("self", "authorisation")]
        {
            let slip = asked(&mut lin, &token, &person, ("copy", who, proof)).await;
            assert!(slip.status == Status::UnprocessableEntity && slip.body.contains("请选看过的证明材料"), "{who} {proof}");
        }
        assert_eq!(asked(&mut lin, &token, &person, ("copy", "cousin", "")).await.status, Status::UnprocessableEntity);
        assert!(lin.get(&page).await.body.contains("还没有提出过请求"), "nothing of it was recorded");
        assert_eq!(asked(&mut lin, &token, &person, child).await.status, Status::SeeOther);
        for list in [page.as_str(), "/rights"] {
            assert!(lin.get(list).await.body.contains("近亲属：子女（看过户口簿）"), "{list}");
        }
        let why = [("answer", "refused"), ("refusal", "decided-otherwise")];
        assert_eq!(answered(&mut lin, &token, &person, &why).await.status, Status::SeeOther);
        let copy = lin.post(&format!("{page}/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        assert!(copy.contains("\"asked_by\": \"relative-child\"") && copy.contains("\"proof\": \"household-register\""), "{copy}");
    });
}

/// Whether nothing is planned for a person because they want no contact.
async fn silent(desk: &Desk, person: &str) -> bool {
    let calendar = desk.app.calendar(Actor::Console, &PublicId::parse(person).unwrap(), now()).await.unwrap();
    calendar.not.iter().any(|(_, why)| *why == "suppressed")
}

#[test]
fn contact_is_allowed_again_by_a_registrar_as_a_further_act_and_refused_again_by_a_further_one() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let at = |rest: &str| format!("/people/{person}/rights{rest}");
        let allow = async |browser: &mut Browser<'_>, token: &str, why: &str| {
            let key = key();
            browser.post(&at("/contact-again"), &[("csrf", token), ("key", &key), ("again", why)]).await
        };
        let nothing = allow(&mut registrar, &token, "by-phone").await;
        assert!(nothing.status == Status::UnprocessableEntity && nothing.body.contains("现在没有拒绝联系"), "{}", nothing.body);
        assert!(!silent(&desk, &person).await);

        assert_eq!(registrar.post(&at("/object"), &[("csrf", &token)]).await.status, Status::SeeOther);
        assert!(silent(&desk, &person).await);
        assert!(registrar.get(&at("")).await.body.contains("记入，可以联系"));
        let mut caller = signed_in(&desk, "caller").await;
        let own = csrf(&mut caller).await;
        assert!(!caller.get(&at("")).await.body.contains("记入，可以联系"), "no button for whom it is not");
        assert_eq!(allow(&mut caller, &own, "by-phone").await.status, Status::Forbidden);
        assert_eq!(allow(&mut registrar, &token, "").await.status, Status::UnprocessableEntity, "not without a reason");
        assert!(silent(&desk, &person).await);

        let once = key();
        let fields = [("csrf", token.as_str()), ("key", &once), ("again", "by-phone")];
        for _ in 0..2 {
            assert_eq!(registrar.post(&at("/contact-again"), &fields).await.status, Status::SeeOther, "sent twice, done once");
        }
        assert!(!silent(&desk, &person).await, "the next plan counts with them");
        let page = registrar.get(&at("")).await.body;
        assert_eq!(page.matches("<li class=\"done\">本人电话提出").count(), 1, "{page}");
        assert!(page.contains("registrar") && !page.contains("记入，可以联系"), "by whom, and nothing more to allow");
        let due = desk.app.count_tasks(chrono::Utc::now().date_naive()).await.unwrap();
        assert_eq!(due, 0, "nothing starts by itself");
        let holds = registrar.get(&format!("/people/{person}/calendar")).await.body;
        assert!(holds.contains("id=\"holds\""), "what was said before stays: {holds}");

        assert_eq!(registrar.post(&at("/object"), &[("csrf", &token)]).await.status, Status::SeeOther);
        assert!(silent(&desk, &person).await, "a further objection stands again");
    });
}

#[test]
fn the_copy_tells_samples_and_match_notices_and_nothing_of_the_patient() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let (taking, day) = (key(), desk_today());
        let sample = [("csrf", token.as_str()), ("key", &taking), ("barcode", "700000099"), ("day", &day)];
        assert_eq!(lin.post(&format!("/people/{person}/sample"), &sample).await.status, Status::SeeOther);
        let path = opened_match(&mut lin, &token, &person).await;
        for what in [("what", "agreed"), ("end", "cmdp-status:rs"), ("end", "patient-cancelled:pdc")] {
            let note = if what.1.starts_with("cmdp") { "省平台" } else { "" };
            let (status, body) = noted_with(&mut lin, &token, &path, what, note).await;
            assert_eq!(status, Status::SeeOther, "{what:?}: {body}");
        }
        let json = lin.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        let copy: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(copy["samples"][0]["barcode"], "700000099");
        assert_eq!(copy["samples"][0]["state"], "taken");
        assert_eq!(copy["matches"][0]["state"], "ended");
        let steps: Vec<&str> = copy["matches"][0]["steps"].as_array().unwrap().iter().map(|s| s["act"].as_str().unwrap()).collect();
        assert_eq!(steps, ["opened", "agreed", "ended"]);
        assert_eq!(copy["numbers"].as_array().unwrap().iter().filter(|n| n["number"] == "CMDP-2026-0007").count(), 1, "{json}");
        assert!(!copy["elsewhere"].as_array().unwrap().is_empty(), "what was done in the other system: {json}");
        for hidden in ["REQ-0007", "patient", "pdc", "PDC", "\"rs\""] {
            assert!(!json.contains(hidden), "{hidden} is not the donor's: {json}");
        }
        let page = lin.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "page")]).await.body;
        assert!(page.contains("700000099") && page.contains("初配通知") && !page.contains("REQ-0007"), "{page}");
    });
}

#[test]
fn a_refused_match_notice_is_found_again_on_the_list_and_on_the_persons_page() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let path = opened_match(&mut coordinator, &token, &person).await;
        let link = format!("href=\"{path}\"");
        let file = format!("/people/{person}");
        assert!(coordinator.get(&file).await.body.contains(&link), "an open one stands on the page of the person");
        assert!(!coordinator.get("/urgent/closed").await.body.contains(&link));
        let (status, body) = noted(&mut coordinator, &token, &path, ("end", "refused:family")).await;
        assert_eq!(status, Status::SeeOther, "{body}");
        assert!(!coordinator.get("/urgent").await.body.contains(&link), "the board lists what is open");
        assert!(coordinator.get("/urgent").await.body.contains("href=\"/urgent/closed\""));
        for list in ["/urgent/closed", file.as_str()] {
            let page = coordinator.get(list).await.body;
            assert!(page.contains(&link) && page.contains("本人改变意愿") && page.contains(&person), "{list}: {page}");
            assert!(!page.contains("钱乙二") && !page.contains("CMDP-2026-0007"), "{list}: nothing that is sealed");
        }
        let print = coordinator.post(&format!("{path}/print"), &[("csrf", &token)]).await;
        assert!(print.status == Status::Ok && print.body.contains("REQ-0007"), "the answer is printed again");
        let (status, body) = noted_with(&mut coordinator, &token, &path, ("end", "cmdp-status:de"), "省平台").await;
        assert_eq!(status, Status::SeeOther, "and the CMDP's status is noted: {body}");
        let mut registrar = signed_in(&desk, "registrar").await;
        assert!(!registrar.get(&file).await.body.contains(&link), "not for whoever does not work on them");
    });
}

#[test]
fn what_is_closed_is_listed_by_key_the_latest_first() {
    run(|| async {
        let desk = Desk::open().await;
        let start = now();
        for n in 0..52_i64 {
            // Of somebody who is not registered here: closed as it comes in.
            let form = NoticeForm {
                caller: Caller::Hospital,
                call_back: None,
                person: None,
                place: None,
                dying: false,
                when: start,
                called: None,
            };
            let once = Once { key: key(), fingerprint: [u8::try_from(n).unwrap(); 32] };
            // Two of each instant: the id decides between them.
            desk.app.open_notice(Actor::Console, &form, &once, start.plus_seconds(n / 2)).await.unwrap();
        }
        let (first, more) = desk.app.closed_matters(Actor::Console, None).await.unwrap();
        assert!(more && first.len() == 50);
        let (rest, more) = desk.app.closed_matters(Actor::Console, first.last().map(|head| head.id)).await.unwrap();
        assert!(!more && rest.len() == 2, "{}", rest.len());
        let keys: Vec<_> = first.iter().chain(&rest).map(|head| (head.closed.unwrap(), head.id)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] > pair[1]), "the latest first, each once");
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let page = coordinator.get("/urgent/closed").await.body;
        let next = page.split("href=\"/urgent/closed?after=").nth(1).expect("there is another page").split('"').next().unwrap().to_owned();
        let page = coordinator.get(&format!("/urgent/closed?after={next}")).await.body;
        assert_eq!(page.matches("href=\"/urgent/notice/").count(), 2, "{page}");
        assert!(!page.contains("?after="), "the last page says so");
    });
}
