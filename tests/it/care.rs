//! 救助 and 缅怀 as staff use them: nothing before the family has decided, no case of one side that names the other, nothing kept of what was
//! taken back.

use donor_registry::app::Actor;
use rocket::http::Status;

use super::urgent::{DONOR, YOUNG, contains, csrf, desk_today, key, noted, noticed, registered};
use super::web::{Browser, Desk, run, signed_in};

/// What is typed of a donor's daughter and of a recipient; none of it stands anywhere else in these tests.
const DAUGHTER: (&str, &str) = ("卫样一甲", "16000000777");
const RECIPIENT: (&str, &str) = ("孔样七乙", "16000000888");

pub(crate) async fn typed(
    browser: &mut Browser<'_>,
    token: &str,
    path: &str,
    who: (&str, &str),
    more: &[(&str, &str)],
) -> (Status, String) {
    let (key, today) = (key(), desk_today());
    let mut fields =
        vec![("csrf", token), ("key", key.as_str()), ("name", who.0), ("relation", "女儿"), ("contact", who.1), ("day", &today)];
    fields.extend_from_slice(more);
    let seen = browser.post(path, &fields).await;
    if seen.status == Status::SeeOther {
        let again = browser.post(path, &fields).await;
        assert_eq!(again.status, Status::SeeOther, "sent twice, kept once: {}", again.body);
    }
    (seen.status, seen.body)
}

/// A death notice whose family has agreed; answers its id.
pub(crate) async fn agreed(browser: &mut Browser<'_>, token: &str, person: &str) -> String {
    let path = noticed(browser, token, person, "died").await;
    assert_eq!(noted(browser, token, &path, ("what", "kin-agreed")).await.0, Status::SeeOther);
    path.rsplit('/').next().unwrap().to_owned()
}

fn links<'a>(body: &'a str, to: &str) -> Vec<&'a str> {
    body.split(to).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

async fn step(browser: &mut Browser<'_>, token: &str, path: &str, what: &str, more: &[(&str, &str)]) -> (Status, String) {
    let (version, today, key) = (browser.get(path).await.field("version"), desk_today(), key());
    let mut fields = vec![("csrf", token), ("key", key.as_str()), ("version", version.as_str()), ("what", what), ("day", &today)];
    fields.extend_from_slice(more);
    let seen = browser.post(&format!("{path}/step"), &fields).await;
    (seen.status, seen.body)
}

#[test]
fn nothing_of_aid_or_remembrance_is_taken_down_before_the_family_has_decided() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let path = noticed(&mut lin, &token, &person, "died").await;
        let id = path.rsplit('/').next().unwrap();
        for form in ["aid", "remembrance"] {
            let form = format!("/care/family/{id}/{form}");
            assert_eq!(lin.get(&form).await.status, Status::Conflict, "{form}");
            assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[("told", "signed")]).await.0, Status::Conflict, "{form}");
        }
        assert!(!lin.get(&path).await.body.contains("/care/family/"), "the notice does not offer it");
        assert!(!lin.get("/care").await.body.contains("/care/family/"));
        assert_eq!(noted(&mut lin, &token, &path, ("what", "kin-agreed")).await.0, Status::SeeOther);
        assert!(lin.get(&path).await.body.contains(&format!("/care/family/{id}/aid")));
        assert!(lin.get("/care").await.body.contains(&format!("/care/family/{id}/remembrance")));
    });
}

#[test]
fn an_aid_case_runs_to_its_payment_and_names_nobody_of_the_other_side() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let notice = agreed(&mut lin, &token, &person).await;
        let form = format!("/care/family/{notice}/aid");
        let (status, body) = typed(&mut lin, &token, &form, ("卫样一甲", ""), &[]).await;
        assert_eq!(status, Status::UnprocessableEntity);
        assert!(body.contains("href=\"#contact\"") && body.contains("卫样一甲"), "what was typed is kept: {body}");
        assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[]).await.0, Status::SeeOther);
        assert_eq!(typed(&mut lin, &token, "/care/aid/recipient", RECIPIENT, &[]).await.0, Status::SeeOther);

        let list = lin.get("/care").await.body;
        let cases: Vec<String> = links(&list, "href=\"/care/aid/").into_iter().filter(|l| *l != "recipient").map(str::to_owned).collect();
        assert_eq!(cases.len(), 2, "each once: {list}");
        for hidden in [DAUGHTER.0, DAUGHTER.1, RECIPIENT.0, RECIPIENT.1] {
            assert!(!list.contains(hidden), "{hidden} before it is opened");
        }
        let mut opened = Vec::new();
        for case in &cases {
            opened.push(lin.post(&format!("/care/aid/{case}/open"), &[("csrf", &token)]).await.body);
        }
        let family = opened.iter().position(|body| body.contains(DAUGHTER.0)).expect("the family's case");
        let recipient = &opened[1 - family];
        assert!(recipient.contains(RECIPIENT.0) && recipient.contains(RECIPIENT.1));
        for hidden in [DAUGHTER.0, DAUGHTER.1, &person, "卫样年", &notice] {
            assert!(!recipient.contains(hidden), "a recipient's case says nothing of {hidden}");
        }
        assert!(!opened[family].contains(RECIPIENT.0) && !opened[family].contains(RECIPIENT.1));
        let person_page = lin.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "request")]).await.body;
        assert!(!person_page.contains(DAUGHTER.0) && !person_page.contains("/care/"), "nothing of it on the registrant's page");

        let path = format!("/care/aid/{}", cases[family]);
        let (status, body) = step(&mut lin, &token, &path, "paid", &[]).await;
        assert_eq!(status, Status::UnprocessableEntity);
        assert!(body.contains("请先记下“同意”"), "{body}");
        let (status, _) = step(&mut lin, &token, &path, "granted", &[("amount", "5,000.001")]).await;
        assert_eq!(status, Status::UnprocessableEntity, "an amount that is none");
        assert_eq!(step(&mut lin, &token, &path, "submitted", &[]).await.0, Status::SeeOther);
        let forget = key();
        let forgetting = [("csrf", token.as_str()), ("key", forget.as_str())];
        assert_eq!(lin.post(&format!("{path}/forget"), &forgetting).await.status, Status::Conflict, "while it is open");
        assert_eq!(step(&mut lin, &token, &path, "granted", &[("amount", "5,000"), ("fund", "province")]).await.0, Status::SeeOther);
        assert_eq!(step(&mut lin, &token, &path, "paid", &[]).await.0, Status::SeeOther);
        let page = lin.get(&path).await.body;
        assert!(page.contains("5000.00 元 · 省红十字会救助基金") && page.contains("已发放"), "{page}");

        let bytes = desk.bytes();
        for plain in [DAUGHTER.0, DAUGHTER.1, RECIPIENT.0, RECIPIENT.1] {
            assert!(!contains(&bytes, plain.as_bytes()), "{plain} can be read at rest");
        }
        assert_eq!(lin.post(&format!("{path}/forget"), &forgetting).await.status, Status::SeeOther);
        let page = lin.post(&format!("{path}/open"), &[("csrf", &token)]).await.body;
        assert!(page.contains("姓名和联系方式已销毁") && !page.contains(DAUGHTER.0) && page.contains("5000.00"), "{page}");
        let log = desk.app.log_page(Actor::Console, None, 100).await.unwrap();
        let count = |action: &str| log.iter().filter(|e| e.action == action).count();
        assert_eq!((count("aid.ask"), count("aid.step"), count("aid.forget")), (2, 3, 1));
        assert_eq!(desk.app.known(), 1, "an owner of keys is nobody's registration");
    });
}

#[test]
fn a_donor_is_remembered_as_the_family_wishes_and_forgotten_when_they_take_it_back() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let other = registered(&desk, "organ-body", YOUNG, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let (one, two) = (agreed(&mut lin, &token, &person).await, agreed(&mut lin, &token, &other).await);
        let form = |notice: &str| format!("/care/family/{notice}/remembrance");
        let (status, body) = typed(&mut lin, &token, &form(&one), DAUGHTER, &[("shown", "卫老师傅")]).await;
        assert_eq!(status, Status::UnprocessableEntity, "how they said so is asked");
        assert!(body.contains("href=\"#told\""), "{body}");
        let named = [("shown", "卫老师傅"), ("told", "signed")];
        assert_eq!(typed(&mut lin, &token, &form(&one), DAUGHTER, &named).await.0, Status::SeeOther);
        let (status, body) = typed(&mut lin, &token, &form(&one), DAUGHTER, &named).await;
        assert_eq!(status, Status::UnprocessableEntity);
        assert!(body.contains("已有记录"), "one wish a notice: {body}");
        assert_eq!(typed(&mut lin, &token, &form(&two), RECIPIENT, &[("told", "in-person")]).await.0, Status::SeeOther);

        let list = lin.get("/care").await.body;
        assert!(list.contains("不具名") && !list.contains("卫老师傅") && !list.contains(DAUGHTER.1), "{list}");
        let print = lin.post("/care/remembrance/print", &[("csrf", &token)]).await.body;
        for shown in ["卫老师傅", DAUGHTER.0, DAUGHTER.1, "不具名", RECIPIENT.0] {
            assert!(print.contains(shown), "{shown}: {print}");
        }
        assert!(!print.contains("卫样年"), "the registrant's own name is not taken over");

        let revoke = links(&list, "action=\"/care/remembrance/").into_iter().find(|l| l.ends_with("/revoke")).unwrap().to_owned();
        let (key, version) = (key(), list.split(&revoke).nth(1).unwrap().split("name=\"version\" value=\"").nth(1).unwrap());
        let fields = [("csrf", token.as_str()), ("key", key.as_str()), ("version", version.split('"').next().unwrap())];
        for _ in 0..2 {
            assert_eq!(lin.post(&format!("/care/remembrance/{revoke}"), &fields).await.status, Status::SeeOther, "sent twice");
        }
        let print = lin.post("/care/remembrance/print", &[("csrf", &token)]).await.body;
        assert!(!print.contains("卫老师傅") && !print.contains(DAUGHTER.0) && print.contains(RECIPIENT.0), "{print}");
        let again = typed(&mut lin, &token, &form(&one), DAUGHTER, &named).await;
        assert_eq!(again.0, Status::SeeOther, "they may wish it again");
        let log = desk.app.log_page(Actor::Console, None, 100).await.unwrap();
        assert_eq!(log.iter().filter(|e| e.action == "remembrance.print").count(), 2, "each printing is a disclosure");
    });
}
