//! 家属回访 as staff use it: nobody of a family is called who did not agree, nothing of it stands with the registrant, and nothing is kept of who
//! wishes no more calls.

use chrono::Days;
use donor_registry::app::{Actor, AppError, Once};
use donor_registry::domain::family_contact::{Heard, Occasion};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;

use super::care::{agreed, typed};
use super::urgent::{DONOR, contains, csrf, key, noted, noticed, registered};
use super::web::{Browser, Desk, run, signed_in};

/// Who agrees; neither name nor number stands anywhere else.
const DAUGHTER: (&str, &str) = ("卫样一丙", "16000000666");
const DAY: i64 = 86_400;

fn once() -> Once {
    Once { key: key(), fingerprint: [7; 32] }
}

async fn realised(browser: &mut Browser<'_>, token: &str, notice: &str) {
    for what in ["assessed", "witnessed", "realised"] {
        let (status, body) = noted(browser, token, &format!("/urgent/notice/{notice}"), ("what", what)).await;
        assert_eq!(status, Status::SeeOther, "{what}: {body}");
    }
}

#[test]
fn a_family_is_called_only_once_it_agreed_and_the_donation_was_realised() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let waiting = noticed(&mut lin, &token, &person, "died").await;
        let form = format!("/care/family/{}/contact", waiting.rsplit('/').next().unwrap());
        assert_eq!(lin.get(&form).await.status, Status::Conflict, "before the family has decided");
        assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[("told", "phone")]).await.0, Status::Conflict);
        assert_eq!(noted(&mut lin, &token, &waiting, ("what", "kin-agreed")).await.0, Status::SeeOther);
        let notice = waiting.rsplit('/').next().unwrap().to_owned();
        realised(&mut lin, &token, &notice).await;

        let now = Timestamp::of(chrono::Utc::now());
        let week = now.plus_seconds(8 * DAY);
        assert!(desk.app.family_calls(Actor::Console, week).await.unwrap().is_empty(), "a donation alone makes no call");
        let (status, body) = typed(&mut lin, &token, &form, DAUGHTER, &[]).await;
        assert_eq!(status, Status::UnprocessableEntity, "how they said so is asked");
        assert!(body.contains("href=\"#told\""), "{body}");
        assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[("told", "phone")]).await.0, Status::SeeOther);
        let (status, body) = typed(&mut lin, &token, &form, DAUGHTER, &[("told", "phone")]).await;
        assert!(status == Status::UnprocessableEntity && body.contains("已有记录"), "one a family: {body}");

        let today = desk.app.today(now);
        let line = desk.app.family_calls(Actor::Console, now).await.unwrap().remove(0);
        let next = line.next.expect("a call is to come");
        assert_eq!((next.occasion, next.from, line.due), (Occasion::Week, today + Days::new(7), false));
        let list = lin.get("/care").await.body;
        assert!(list.contains(&format!("/care/contact/{}", line.id)) && !list.contains(DAUGHTER.0) && !list.contains(DAUGHTER.1), "{list}");
        let path = format!("/care/contact/{}", line.id);
        let page = lin.get(&path).await;
        assert!(!page.body.contains(DAUGHTER.0) && !page.body.contains(&format!("{path}/open")), "not due: {}", page.body);
        let (version, key) = (page.field("version"), key());
        let early = [("csrf", token.as_str()), ("key", &key), ("version", &version), ("what", "spoken")];
        assert_eq!(lin.post(&format!("{path}/step"), &early).await.status, Status::Conflict, "nobody calls before the day");

        // The planner knows nothing of it: the late registrant is planned nothing, and no message of any kind is there.
        desk.app.plan(Actor::Console, today, 14, false, now).await.unwrap();
        assert!(desk.app.tasks(Actor::Console, today + Days::new(500), 1_000).await.unwrap().is_empty());

        // After a week: no answer, tried again three days later, spoken with; then a month's call.
        let due = desk.app.open_family_call(Actor::Console, line.id, week).await.unwrap();
        assert!(due.due && due.family.as_ref().is_some_and(|f| f.reveal().contact == DAUGHTER.1));
        desk.app.note_family_call(Actor::Console, (line.id, due.version), Heard::NoAnswer, &once(), week).await.unwrap();
        let again = desk.app.family_call(Actor::Console, line.id, week).await.unwrap();
        assert_eq!((again.due, again.next.map(|n| (n.occasion, n.rounds))), (false, Some((Occasion::Week, 1))));
        let later = week.plus_seconds(3 * DAY);
        let stale = desk.app.note_family_call(Actor::Console, (line.id, due.version), Heard::Spoken, &once(), later).await;
        assert!(matches!(stale, Err(AppError::Stale | AppError::Store(_))), "somebody noted a call meanwhile: {stale:?}");
        desk.app.note_family_call(Actor::Console, (line.id, again.version), Heard::Spoken, &once(), later).await.unwrap();
        let month = desk.app.family_call(Actor::Console, line.id, later).await.unwrap();
        assert_eq!(month.next.map(|n| n.occasion), Some(Occasion::Month));
        let log = desk.app.log_page(Actor::Console, None, 100).await.unwrap();
        let count = |action: &str| log.iter().filter(|e| e.action == action).count();
        assert_eq!((count("family.agree"), count("family.open"), count("family.call")), (1, 1, 2));
    });
}

#[test]
fn a_family_that_wishes_no_more_calls_gets_none_and_nothing_of_it_is_kept() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let notice = agreed(&mut lin, &token, &person).await;
        realised(&mut lin, &token, &notice).await;
        let form = format!("/care/family/{notice}/contact");
        assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[("told", "in-person")]).await.0, Status::SeeOther);
        let person_page = lin.post(&format!("/people/{person}/open"), &[("csrf", &token), ("reason", "request")]).await.body;
        assert!(!person_page.contains(DAUGHTER.0) && !person_page.contains("/care/"), "nothing of it on the registrant's page");
        let bytes = desk.bytes();
        for plain in [DAUGHTER.0, DAUGHTER.1] {
            assert!(!contains(&bytes, plain.as_bytes()), "{plain} can be read at rest");
        }

        let week = Timestamp::of(chrono::Utc::now()).plus_seconds(8 * DAY);
        let line = desk.app.family_calls(Actor::Console, week).await.unwrap().remove(0);
        assert!(line.due, "asked on the day they may be called");
        let path = format!("/care/contact/{}", line.id);
        let (version, key) = (lin.get(&path).await.field("version"), key());
        let end = [("csrf", token.as_str()), ("key", key.as_str()), ("version", version.as_str())];
        for _ in 0..2 {
            assert_eq!(lin.post(&format!("{path}/end"), &end).await.status, Status::SeeOther, "sent twice, ended once");
        }
        assert!(desk.app.family_calls(Actor::Console, week).await.unwrap().is_empty());
        for gone in [path.clone(), format!("{path}/open")] {
            let seen = if gone == path { lin.get(&gone).await } else { lin.post(&gone, &[("csrf", &token)]).await };
            assert_eq!(seen.status, Status::NotFound, "{gone}");
            assert!(!seen.body.contains(DAUGHTER.0) && !seen.body.contains(DAUGHTER.1));
        }
        // They may change their mind again.
        assert_eq!(typed(&mut lin, &token, &form, DAUGHTER, &[("told", "signed")]).await.0, Status::SeeOther);
        assert_eq!(desk.app.family_calls(Actor::Console, week).await.unwrap().len(), 1);
    });
}
