//! The clocks as staff use them: other systems, a match notice to its answer and to the donation, a death notice to the first call, the look-up.

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;
use rocket::http::Status;

use super::web::{Browser, Desk, organ_body, run, signed_in, stem_cell};

/// An idempotency key that nobody used.
pub(crate) fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

pub(crate) async fn csrf(browser: &mut Browser<'_>) -> String {
    browser.get("/account").await.field("csrf")
}

/// Registers somebody in full; answers the public id.
pub(crate) async fn registered(desk: &Desk, registry: &str, document: &str, name: &str) -> String {
    let mut table = signed_in(desk, "recruiter").await;
    let token = csrf(&mut table).await;
    registered_by((&mut table, &token), desk, registry, (document, name)).await
}

/// The same by a recruiter who is signed in.
pub(crate) async fn registered_by(
    (table, csrf): (&mut Browser<'_>, &str),
    desk: &Desk,
    registry: &str,
    (document, name): (&str, &str),
) -> String {
    let key = key();
    let sent = (csrf, key.as_str(), "save");
    let mut fields = if registry == "stem-cell" { stem_cell(sent, (document, name)) } else { organ_body(sent, (document, name)) };
    fields.push(("relative1-relation", "女儿"));
    if registry != "stem-cell" {
        fields.push(("items", "body"));
    }
    let saved = table.post(&format!("/enrol/{registry}"), &fields).await;
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
    let found = desk.app.search(Actor::Console, &Guarded::new(document.to_owned())).await.unwrap();
    found.first().expect("who was registered is found").public_id.to_string()
}

async fn entered(browser: &mut Browser<'_>, csrf: &str, person: &str, system: &str, number: &str) -> Status {
    let key = key();
    let fields = [("csrf", csrf), ("key", key.as_str()), ("system", system), ("number", number)];
    browser.post(&format!("/people/{person}/outside"), &fields).await.status
}

pub(crate) const DONOR: &str = "11010519491231002X";
/// A woman born on 1990-01-01 (GB 11643, computed check digit).
pub(crate) const YOUNG: &str = "512002199001010020";

#[test]
fn who_withdraws_here_stands_on_the_first_page_until_the_other_system_knows() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let page = lin.get(&format!("/people/{person}")).await;
        assert!(page.body.contains("未录入国家系统"), "{}", page.body);
        assert_eq!(entered(&mut lin, &token, &person, "national-organ", "12").await, Status::UnprocessableEntity);
        assert_eq!(entered(&mut lin, &token, &person, "national-organ", "CODAC-2026-0001").await, Status::SeeOther);
        assert!(!lin.get("/drive").await.body.contains("外部系统未撤销"), "nothing is due yet");

        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "withdrew")];
        assert_eq!(lin.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        assert!(lin.get("/drive").await.body.contains("外部系统未撤销"), "the first page says so");
        assert!(!lin.get("/people").await.body.contains("外部系统未撤销"), "the other pages do not nag");
        let list = lin.get("/outside").await;
        assert!(list.body.contains(&person) && list.body.contains("国家人体器官捐献系统"), "{}", list.body);
        let line = list.body.split("href=\"/outside/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let item = lin.get(&format!("/outside/{line}")).await;
        assert!(item.body.contains("CODAC-2026-0001"), "the number has to be typed into the other system");
        let (today, version) = (desk_today(), item.field("version"));
        for (evidence, status) in [("", Status::UnprocessableEntity), ("回执 17，王样", Status::SeeOther)] {
            let key = key();
            let fields = [("csrf", token.as_str()), ("key", &key), ("version", &version), ("day", &today), ("evidence", evidence)];
            let path = format!("/outside/{line}");
            assert_eq!(lin.post(&path, &fields).await.status, status, "closed only with evidence");
            assert_eq!(lin.post(&path, &fields).await.status, status, "sent twice, done once");
        }
        assert!(!lin.get("/drive").await.body.contains("外部系统未撤销"), "the list is empty");
        assert!(lin.get(&format!("/outside/{line}")).await.body.contains("回执 17，王样"));
    });
}

pub(crate) fn desk_today() -> String {
    chrono::Utc::now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string()
}

fn civil(hours_ago: i64) -> String {
    let at = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Shanghai) - chrono::Duration::hours(hours_ago);
    at.format("%Y-%m-%dT%H:%M").to_string()
}

pub(crate) async fn opened_match(browser: &mut Browser<'_>, token: &str, person: &str) -> String {
    opened_match_of(browser, token, person, "CMDP-2026-0007").await
}

pub(crate) async fn opened_match_of(browser: &mut Browser<'_>, token: &str, person: &str, cmdp: &str) -> String {
    let (key, received) = (key(), civil(2));
    let fields = [
        ("csrf", token),
        ("key", key.as_str()),
        ("cmdp", cmdp),
        ("request", "REQ-0007"),
        ("received", received.as_str()),
        ("answer_by", ""),
        ("person", person),
    ];
    let opened = browser.post("/urgent/match/new", &fields).await;
    assert_eq!(opened.status, Status::SeeOther, "{}", opened.body);
    let path = opened.location.unwrap();
    assert_eq!(browser.post("/urgent/match/new", &fields).await.location.as_ref(), Some(&path), "sent twice, opened once");
    path
}

pub(crate) async fn noted(browser: &mut Browser<'_>, token: &str, path: &str, what: (&str, &str)) -> (Status, String) {
    noted_with(browser, token, path, what, "").await
}

pub(crate) async fn noted_with(browser: &mut Browser<'_>, token: &str, path: &str, what: (&str, &str), note: &str) -> (Status, String) {
    let page = browser.get(path).await;
    let (key, version, day) = (key(), page.field("version"), desk_today());
    let fields = [("csrf", token), ("key", key.as_str()), ("version", version.as_str()), ("day", day.as_str()), what, ("note", note)];
    let answer = browser.post(&format!("{path}/step"), &fields).await;
    (answer.status, answer.body)
}

#[test]
fn a_match_notice_runs_from_the_clock_to_the_printed_answer_and_the_donation() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let path = opened_match(&mut coordinator, &token, &person).await;
        let page = coordinator.get(&path).await;
        assert!(page.body.contains("还剩") && page.body.contains("<p class=\"fig\">69<small>"), "{}", page.body);
        for hidden in ["钱乙二", "16000000417", "CMDP-2026-0007", YOUNG] {
            assert!(!page.body.contains(hidden), "{hidden} before the identity is opened");
        }
        assert!(coordinator.get("/people").await.body.contains("省里的初配通知"), "the first page counts the hours");
        let (status, body) = noted(&mut coordinator, &token, &path, ("what", "fit")).await;
        assert!(status == Status::UnprocessableEntity && body.contains("先记本人的答复"), "{status} {body}");
        let print = coordinator.post(&format!("{path}/print"), &[("csrf", &token)]).await;
        assert_eq!(print.status, Status::NotFound, "no answer yet");

        let opened = coordinator.post(&format!("{path}/open"), &[("csrf", &token), ("reason", "call-donor")]).await;
        assert!(opened.body.contains("钱乙二") && opened.body.contains("16000000417"), "{}", opened.body);
        for what in ["no-answer", "contacted", "agreed"] {
            let (status, body) = noted(&mut coordinator, &token, &path, ("what", what)).await;
            assert_eq!(status, Status::SeeOther, "{what}: {body}");
        }
        let print = coordinator.post(&format!("{path}/print"), &[("csrf", &token)]).await;
        assert!(print.body.contains("CMDP-2026-0007") && print.body.contains("REQ-0007") && print.body.contains("本人同意"));
        assert!(!print.body.contains("钱乙二"), "the answer holds numbers only");
        let too_long = "源".repeat(501);
        for source in ["", " ", too_long.as_str()] {
            let (status, body) = noted_with(&mut coordinator, &token, &path, ("end", "cmdp-status:rs"), source).await;
            assert!(status == Status::UnprocessableEntity && body.contains("CMDP 状态要写来源"), "{status} {source}");
            assert!(body.contains("href=\"#note\""), "the slip leads to the field");
        }
        assert!(coordinator.get(&path).await.body.contains("没有记录"), "nothing was noted without its source");
        let (status, body) = noted_with(&mut coordinator, &token, &path, ("end", "cmdp-status:rs"), "省平台").await;
        assert_eq!(status, Status::SeeOther, "{body}");
        let says = coordinator.get(&path).await.body;
        assert!(says.contains(&format!("RS（{}）", desk_today())) && says.contains("省平台"), "with source and date: {says}");
        for what in ["typing", "confirmed", "work-up", "fit", "scheduled", "mobilised", "conditioned", "collected"] {
            let (status, body) = noted(&mut coordinator, &token, &path, ("what", what)).await;
            assert_eq!(status, Status::SeeOther, "{what}: {body}");
        }
        let (status, body) = noted(&mut coordinator, &token, &path, ("end", "refused:fear")).await;
        assert!(status == Status::UnprocessableEntity && body.contains("这条通知已经结束"), "{status}");
        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains("实现捐献"), "the standing follows");
        // Preliminary match, availability, verification, work-up, collection, conditioning: each reached once and passed once.
        let report = coordinator.get("/reports/reneging/as/csv").await.body;
        let passed = report.lines().filter(|l| l.contains(",1,0,0,0,1,0,")).count();
        assert_eq!(passed, 6, "{report}");
    });
}

#[test]
fn a_withdrawal_ends_the_match_request_at_once_and_is_counted_as_the_donors() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = opened_match(&mut lin, &token, &person).await;
        let leave = [("csrf", token.as_str()), ("registry", "stem-cell"), ("why", "withdrew")];
        assert_eq!(lin.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        let page = lin.get(&path).await;
        assert!(page.body.contains("本人改变意愿") && !page.body.contains("class=\"clock\""), "{}", page.body);
        assert!(lin.get("/outside").await.body.contains("中华骨髓库"), "the CMDP, where the notice showed them to be, has to be told");
    });
}

pub(crate) async fn noticed(browser: &mut Browser<'_>, token: &str, person: &str, state: &str) -> String {
    let found = browser
        .post("/urgent/notice/who", &[("csrf", token), ("query", "卫样年"), ("call_back", "160 0000 0932"), ("caller", "family")])
        .await;
    assert!(found.body.contains(&format!("value=\"{person}\"")) && !found.body.contains("卫样年"), "{}", found.body);
    let when = browser
        .post("/urgent/notice/when", &[("csrf", token), ("caller", "family"), ("call_back", "160 0000 0932"), ("person", person)])
        .await;
    assert_eq!(when.status, Status::Ok);
    let (key, at) = (key(), civil(1));
    let fields = [
        ("csrf", token),
        ("key", key.as_str()),
        ("caller", "family"),
        ("call_back", "160 0000 0932"),
        ("person", person),
        ("place", "样板医院"),
        ("when", at.as_str()),
        ("state", state),
    ];
    let saved = browser.post("/urgent/notice", &fields).await;
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
    saved.location.unwrap()
}

#[test]
fn a_death_notice_shows_what_was_consented_and_opens_the_family_to_one_named_person() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut manager = signed_in(&desk, "manager").await;
        let boss = csrf(&mut manager).await;
        let desks = [
            ("csrf", boss.as_str()),
            ("phone", "0000 000 0000"),
            ("phone-organ-coordinator", "0000 000 0003"),
            ("hours-organ-coordinator", "0"),
            ("phone-eye-bank", "0000 000 0001"),
            ("hours-eye-bank", "12"),
            ("phone-school", "0000 000 0002"),
            ("hours-school", "24"),
        ];
        assert_eq!(manager.post("/urgent/duty/desks", &desks).await.status, Status::SeeOther);

        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let path = noticed(&mut coordinator, &token, &person, "died").await;
        let page = coordinator.get(&path).await;
        for shown in ["眼角膜", "遗体", "tel:0000 000 0001", "还剩 10 小时 5", "知道，并且支持"] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        for hidden in ["卫样年", "赵甲一", "16000000418", "160 0000 0932"] {
            assert!(!page.body.contains(hidden), "{hidden} before the opening");
        }
        let opened = coordinator.post(&format!("{path}/open"), &[("csrf", &token), ("reason", "call-family")]).await;
        for shown in ["卫样年", "赵甲一", "16000000418", "160 0000 0932"] {
            assert!(opened.body.contains(shown), "{shown}: {}", opened.body);
        }
        // The leaf stands before the answer, with who, what and why.
        let log = desk.app.log_page(Actor::Console, None, 5).await.unwrap();
        let leaf = log.iter().find(|e| e.action == "emergency.open").expect("the opening is in the log");
        assert_eq!(leaf.who.as_deref(), Some("coordinator"));
        // Manager and auditor are told on their first pages; the coordinator reaches no review.
        assert!(manager.get("/people").await.body.contains("应急开启待复核"));
        let mut auditor = signed_in(&desk, "auditor").await;
        let openings = auditor.get("/urgent/openings").await;
        assert!(openings.body.contains("coordinator") && !openings.body.contains(&person), "{}", openings.body);
        let line = openings.body.split("action=\"/urgent/openings/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let reviewed = manager.post(&format!("/urgent/openings/{line}"), &[("csrf", &boss), ("verdict", "justified")]).await;
        assert_eq!(reviewed.status, Status::SeeOther);
        assert!(!manager.get("/people").await.body.contains("应急开启待复核"));

        let (status, body) = noted(&mut coordinator, &token, &path, ("what", "assessed")).await;
        assert!(status == Status::UnprocessableEntity && body.contains("先记家属的决定"), "{status}");
        for what in [("end", "called:eye-bank"), ("what", "kin-agreed"), ("what", "assessed"), ("what", "witnessed"), ("what", "realised")]
        {
            let (status, body) = noted(&mut coordinator, &token, &path, what).await;
            assert_eq!(status, Status::SeeOther, "{what:?}: {body}");
        }
        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains("实现捐献"));
    });
}

#[test]
fn whoever_opened_in_a_hurry_cannot_review_it_even_in_a_branch_of_one_hand() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = noticed(&mut lin, &token, &person, "dying").await;
        lin.post(&format!("{path}/open"), &[("csrf", &token), ("reason", "compare")]).await;
        let page = lin.get("/urgent/openings").await;
        assert!(page.body.contains("自己打开的，由别人复核") && !page.body.contains("action=\"/urgent/openings/"), "{}", page.body);
        let waiting = desk.app.openings(Actor::Console, donor_registry::domain::time::Timestamp::of(chrono::Utc::now())).await.unwrap().0;
        let own = lin.post(&format!("/urgent/openings/{}", waiting[0].id), &[("csrf", &token), ("verdict", "justified")]).await;
        assert_eq!(own.status, Status::NotFound);
    });
}

#[test]
fn one_relative_who_objects_ends_it_and_of_a_stranger_nothing_is_kept() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let path = noticed(&mut coordinator, &token, &person, "died").await;
        for what in [("what", "kin-agreed"), ("what", "kin-objected")] {
            assert_eq!(noted(&mut coordinator, &token, &path, what).await.0, Status::SeeOther);
        }
        let page = coordinator.get(&path).await;
        assert!(page.body.contains("未实现") && !page.body.contains(&format!("action=\"{path}/step\"")), "{}", page.body);
        assert!(coordinator.get(&format!("/people/{person}")).await.body.contains("去世"));

        let (key, at) = (key(), civil(1));
        let fields = [
            ("csrf", token.as_str()),
            ("key", key.as_str()),
            ("caller", "hospital"),
            ("call_back", "160 0000 0999"),
            ("person", ""),
            ("place", "样板医院"),
            ("when", at.as_str()),
            ("state", "died"),
        ];
        let saved = coordinator.post("/urgent/notice", &fields).await;
        let page = coordinator.get(&saved.location.unwrap()).await;
        assert!(page.body.contains("不在名册上") && !page.body.contains("样板医院"), "{}", page.body);
    });
}

#[test]
fn the_look_up_answers_no_more_than_whether_and_for_what_and_is_logged_before() {
    run(|| async {
        let desk = Desk::open().await;
        registered(&desk, "organ-body", DONOR, "卫样年").await;
        registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let ask = |document: &'static str, case: &'static str, why: &'static str| {
            [("csrf", token.clone()), ("document", document.into()), ("case", case.into()), ("why", why.to_owned())]
        };
        for (fields, field) in
            [(ask(DONOR, "", "donation"), "case"), (ask(DONOR, "A-1", ""), "why"), (ask("1101", "A-1", "donation"), "document")]
        {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let seen = coordinator.post("/urgent/look-up", &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity, "{field}");
            assert!(seen.body.contains(&format!("href=\"#{field}\"")), "{field}");
        }
        let asked = |log: &[donor_registry::app::LogEntry]| log.iter().filter(|e| e.action == "lookup.ask").count();
        assert_eq!(asked(&desk.app.log_page(Actor::Console, None, 20).await.unwrap()), 0, "nothing was looked up");
        let fields = ask(DONOR, "A-1", "donation");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let yes = coordinator.post("/urgent/look-up", &fields).await;
        assert!(yes.body.contains("有登记") && yes.body.contains("眼角膜"), "{}", yes.body);
        for hidden in ["卫", "16000000417", DONOR, "赵甲一"] {
            assert!(!yes.body.contains(hidden), "{hidden}");
        }
        // Registered for something else: this is no answer to the question.
        let fields = ask(YOUNG, "A-2", "donation");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let no = coordinator.post("/urgent/look-up", &fields).await;
        assert!(no.body.contains("没有有效的登记"), "{}", no.body);
        assert_eq!(asked(&desk.app.log_page(Actor::Console, None, 20).await.unwrap()), 2);
    });
}

#[test]
fn whoever_asks_too_often_is_told_when_it_is_possible_again() {
    run(|| async {
        let desk = Desk::open_with(|config, _| config.lookups_per_hour = 1).await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let fields = [("csrf", token.as_str()), ("document", DONOR), ("case", "A-1"), ("why", "donation")];
        assert!(coordinator.post("/urgent/look-up", &fields).await.body.contains("没有有效的登记"));
        let refused = coordinator.post("/urgent/look-up", &fields).await;
        assert_eq!(refused.status, Status::TooManyRequests);
        assert!(refused.body.contains("起可以再查"), "{}", refused.body);
        assert!(!refused.body.contains("没有有效的登记") && !refused.body.contains("有登记，自"), "nothing is answered");
        let log = desk.app.log_page(Actor::Console, None, 20).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "lookup.refused").count(), 1);
    });
}

#[test]
fn a_wish_is_taken_down_per_item_and_use_and_the_family_is_asked_with_its_day() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        assert_eq!(entered(&mut registrar, &token, &person, "national-organ", "CODAC-2026-0001").await, Status::SeeOther);
        let path = format!("/people/{person}/wish");
        let page = registrar.get(&path).await;
        assert!(page.body.contains("登记表上只有清单"), "{}", page.body);
        let form = |consents: &[&'static str], witnessing: &'static str| {
            let mut fields =
                vec![("csrf", token.clone()), ("key", key()), ("witnessing", witnessing.to_owned()), ("card", "K-77".to_owned())];
            fields.extend(consents.iter().map(|c| ("consents", (*c).to_owned())));
            fields
        };
        for (fields, status) in [
            (form(&["body:transplant"], "form"), Status::UnprocessableEntity),
            (form(&["cornea:transplant"], "handwritten"), Status::UnprocessableEntity),
            (form(&["cornea:transplant", "cornea:research"], "form"), Status::SeeOther),
        ] {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            assert_eq!(registrar.post(&path, &fields).await.status, status, "{fields:?}");
        }
        let (key, today) = (key(), desk_today());
        let kin = [
            ("csrf", token.as_str()),
            ("key", key.as_str()),
            ("kin-name", "赵甲一"),
            ("kin-relation", "女儿"),
            ("kin-day", today.as_str()),
            ("opinion", "objects"),
            ("signed", "yes"),
        ];
        assert_eq!(registrar.post(&format!("/people/{person}/kin"), &kin).await.status, Status::SeeOther);
        let page = registrar.get(&path).await;
        assert!(page.body.contains("有近亲属反对") && page.body.contains("赵*一 女儿") && page.body.contains("K-77"), "{}", page.body);
        assert!(registrar.get("/outside").await.body.contains("尚未更正"), "the national system has to be corrected");

        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let notice = noticed(&mut coordinator, &token, &person, "dying").await;
        let page = coordinator.get(&notice).await;
        assert!(page.body.contains("移植、科研") && page.body.contains("有近亲属反对"), "{}", page.body);
        assert!(page.body.contains("<span>遗体<small>未同意</small>"), "the body is no longer given: {}", page.body);
    });
}

#[test]
fn a_registration_for_stem_cells_is_an_enrolment_once_its_sample_is_accepted() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let (path, today) = (format!("/people/{person}/sample"), desk_today());
        let send = |fields: &[(&'static str, &str)]| {
            let mut all = vec![("csrf", token.clone()), ("key", key())];
            all.extend(fields.iter().map(|(n, v)| (*n, (*v).to_owned())));
            all
        };
        for (barcode, status) in
            [("7", Status::UnprocessableEntity), ("700000001", Status::SeeOther), ("700000002", Status::UnprocessableEntity)]
        {
            let fields = send(&[("barcode", barcode), ("day", &today)]);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            assert_eq!(registrar.post(&path, &fields).await.status, status, "{barcode}: one sample at a time");
        }
        for (act, status) in [("accepted", Status::Conflict), ("sent", Status::SeeOther), ("accepted", Status::SeeOther)] {
            assert!(!registrar.get(&format!("/people/{person}")).await.body.contains(">已入库<"), "not before it is accepted");
            let page = registrar.get(&path).await;
            let sample = page.body.split("action=\"/samples/").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let fields = send(&[("version", &page.field("version")), ("act", act), ("on", &today)]);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            assert_eq!(registrar.post(&format!("/samples/{sample}"), &fields).await.status, status, "{act}");
        }
        assert!(registrar.get(&format!("/people/{person}")).await.body.contains(">已入库<"));
    });
}

const GRID: &str = "6939DKM001392612726";

#[test]
fn a_grid_is_entered_with_its_check_shown_when_opened_and_stands_in_the_copy_until_the_erasure() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let organ = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        assert!(lin.get(&format!("/people/{person}")).await.body.contains("未填 GRID"));
        assert!(!lin.get(&format!("/people/{organ}")).await.body.contains("GRID"), "nothing of it with other registries");
        for (typed, sentence) in [
            ("6939DKM00139261272", "共 19 位"),
            ("A939DKM001392612726", "前 4 位和后 2 位是数字"),
            ("6939DKM001392612727", "校验数字与前面不符"),
            ("6939DMK001392612726", "校验数字与前面不符"),
        ] {
            let key = key();
            let fields = [("csrf", token.as_str()), ("key", &key), ("grid", typed)];
            let seen = lin.post(&format!("/people/{person}/grid"), &fields).await;
            assert_eq!(seen.status, Status::UnprocessableEntity);
            assert!(seen.body.contains(sentence), "{}", seen.body);
        }
        let key = key();
        let fields = [("csrf", token.as_str()), ("key", &key), ("grid", "6939 dkm0 0139 2612 726")];
        for _ in 0..2 {
            assert_eq!(lin.post(&format!("/people/{person}/grid"), &fields).await.status, Status::SeeOther, "sent twice");
        }
        let other = self::key();
        let taken = [("csrf", token.as_str()), ("key", &other), ("grid", GRID)];
        assert_eq!(lin.post(&format!("/people/{organ}/grid"), &taken).await.status, Status::NotFound, "no registration for stem cells");
        let masked = lin.get(&format!("/people/{person}")).await.body;
        assert!(masked.contains("填入") && !masked.contains("DKM0"), "nothing of it before the page is opened: {masked}");
        let opened = lin.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "request")]).await.body;
        assert!(opened.contains(GRID), "{opened}");
        let copy = lin.post(&format!("/people/{person}/rights/copy"), &[("csrf", &token), ("as", "json")]).await.body;
        assert_eq!(copy.matches(GRID).count(), 1, "entered once: {copy}");
        let bytes = desk.bytes();
        assert!(!contains(&bytes, GRID.as_bytes()), "sealed at rest");

        let third = registered(&desk, "stem-cell", "512002199202020022", "孙丙三").await;
        let another = self::key();
        let taken = [("csrf", token.as_str()), ("key", &another), ("grid", GRID)];
        let seen = lin.post(&format!("/people/{third}/grid"), &taken).await;
        assert!(seen.body.contains("已记在另一人名下"), "{}", seen.body);
        let erasing = self::key();
        let erase = [("csrf", token.as_str()), ("key", &erasing), ("confirm", &person)];
        assert_eq!(lin.post(&format!("/people/{person}/rights/erase"), &erase).await.status, Status::SeeOther);
        assert_eq!(
            lin.post(&format!("/people/{third}/grid"), &taken).await.status,
            Status::SeeOther,
            "with the erasure its digest is gone"
        );
    });
}

#[test]
fn nothing_typed_on_these_pages_can_be_read_in_the_data_folder() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let donor = registered(&desk, "stem-cell", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        assert_eq!(entered(&mut lin, &token, &person, "national-organ", "CANARY-NATIONAL-1").await, Status::SeeOther);
        let path = opened_match(&mut lin, &token, &donor).await;
        let page = lin.get(&path).await;
        let (key1, key2, key3, day) = (key(), key(), key(), desk_today());
        let version = page.field("version");
        let step =
            [("csrf", token.as_str()), ("key", &key1), ("version", &version), ("day", &day), ("what", "no-answer"), ("note", "备注金丝雀")];
        assert_eq!(lin.post(&format!("{path}/step"), &step).await.status, Status::SeeOther);
        noticed(&mut lin, &token, &person, "dying").await;
        let kin = [
            ("csrf", token.as_str()),
            ("key", &key2),
            ("kin-name", "金丝雀亲属"),
            ("kin-relation", "表妹金丝"),
            ("kin-day", &day),
            ("opinion", "supports"),
        ];
        assert_eq!(lin.post(&format!("/people/{person}/kin"), &kin).await.status, Status::SeeOther);
        let sample = [("csrf", token.as_str()), ("key", &key3), ("barcode", "CANARY-TUBE-7"), ("day", &day)];
        assert_eq!(lin.post(&format!("/people/{donor}/sample"), &sample).await.status, Status::SeeOther);
        let bytes = desk.bytes();
        assert!(bytes.len() > 100_000 && contains(&bytes, b"matter_step"), "the database was read");
        for typed in [
            "CANARY-NATIONAL-1",
            "CMDP-2026-0007",
            "REQ-0007",
            "备注金丝雀",
            "160 0000 0932",
            "样板医院",
            "金丝雀亲属",
            "表妹金丝",
            "CANARY-TUBE-7",
        ] {
            assert!(!contains(&bytes, typed.as_bytes()), "{typed}");
        }
    });
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}
