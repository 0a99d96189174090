//! What a registrant's answer does, over HTTP: what confirms and what does not, what is carried from one try to the next, which registration is
//! left, what staff get to read, and which address an answer belongs to.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, App, TaskItem};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::leaving::{LeaveChannel, ToldBy};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as In};
use donor_registry::domain::rights::RightsKind;
use donor_registry::domain::told::FamilyTold;

use crate::followup_desk::{body_of, in_an_hour, office_with, path_in, send};
use crate::followup_sensitive::RULES;
use crate::harness::desk::{Desk, key};
use crate::harness::http::Client;
use crate::harness::people::Invented;
use crate::harness::program::Registry;
use crate::harness::sink::{Sink, Taken};

/// The number of a volunteer of [`office_with`], by the address a mail went to.
fn number_of(mail: &Taken) -> usize {
    mail.to.trim_start_matches('p').split('@').next().unwrap().parse().unwrap()
}

pub(crate) fn to<'a>(mails: &'a [Taken], address: &str) -> &'a Taken {
    mails.iter().find(|mail| mail.to == address).unwrap_or_else(|| panic!("no mail to {address}"))
}

async fn person(app: &App, phone: &str) -> PublicId {
    let found = app.search(Actor::Console, &Guarded::new(phone.to_owned())).await.unwrap();
    assert_eq!(found.len(), 1, "one person has {phone}");
    found[0].public_id.clone()
}

pub(crate) async fn volunteer(app: &App, n: usize) -> PublicId {
    person(app, &format!("1640{n:07}")).await
}

/// The follow-ups of a person that are planned up to a day.
pub(crate) async fn planned(app: &App, id: &PublicId, until: NaiveDate) -> Vec<TaskItem> {
    app.tasks(Actor::Console, until, 10_000).await.unwrap().into_iter().filter(|task| task.public_id == *id).collect()
}

/// Opens the page behind a link with the last four digits of the phone; its text, and the proof that its form carries.
pub(crate) fn opened(client: &mut Client, link: &str, fact: &str) -> (String, String) {
    let page = client.post(link, &[("step", "fact"), ("fact", fact)]).unwrap();
    assert_eq!(page.status, 200, "{}", page.text());
    (page.text(), page.field("proof").unwrap())
}

pub(crate) fn told(client: &mut Client, link: &str, proof: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let all: Vec<(&str, &str)> = [("step", "tell"), ("proof", proof)].into_iter().chain(fields.iter().copied()).collect();
    let answer = client.post(link, &all).unwrap();
    (answer.status, answer.text())
}

/// Nothing is ticked beforehand; who only says that they are willing confirms no number, and who says nothing changes nothing.
#[test]
fn what_was_not_chosen_is_not_recorded_and_nothing_chosen_is_told_so() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(3, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(3));
    let mails = sink.taken();
    let link = |n: usize| path_in(&body_of(to(&mails, &format!("p{n}@far.example"))));
    let server = registry.serve();
    let mut client = server.client();
    let (page, proof) = opened(&mut client, &link(0), "0000");
    assert!(page.contains("name=\"will\"") && page.contains("name=\"contact\"") && !page.contains(" checked"), "{page}");
    let (status, page) = told(&mut client, &link(0), &proof, &[]);
    assert_eq!(status, 422);
    for name in ["will", "contact", "until", "phone", "mail"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name} may be answered now: {page}");
    }
    assert!(page.contains("还没有选") && !page.contains(" checked"), "{page}");
    assert_eq!(client.get(&link(0)).unwrap().status, 200, "the link works on");
    assert_eq!(told(&mut client, &link(0), &proof, &[("will", "still")]).0, 200);
    assert_eq!(client.get(&link(0)).unwrap().status, 410, "and is used up by an answer");
    let (_, proof) = opened(&mut client, &link(2), "0002");
    assert_eq!(told(&mut client, &link(2), &proof, &[("contact", "same")]).0, 200, "one answer is enough");
    server.stop();
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let today = app.today(now);
        let (willing, silent, confirmed) = (volunteer(&app, 0).await, volunteer(&app, 1).await, volunteer(&app, 2).await);
        let later = now.plus_seconds(21 * 86_400);
        let then = app.today(later);
        app.plan(Actor::Console, then, 13, false, later).await.unwrap();
        let checks = |task: &TaskItem| task.kind.is_some_and(|kind| kind.word() == "contact_check");
        let calls = app.staff_tasks(Actor::Console, then, 100).await.unwrap();
        let of = |id: &PublicId| calls.iter().filter(|task| checks(task) && task.public_id == *id).count();
        assert_eq!((of(&willing), of(&silent), of(&confirmed)), (0, 1, 0), "any answer is one: only the silent are called");
        let in_a_year = today.checked_add_months(chrono::Months::new(12)).unwrap();
        let next = async |id: &PublicId| {
            let tasks = planned(&app, id, then + Days::new(395)).await;
            tasks.iter().filter(|t| checks(t)).map(|t| t.due_on).filter(|day| *day > then + Days::new(30)).min().expect("asked again")
        };
        assert!(next(&confirmed).await >= in_a_year);
        assert!(next(&willing).await < in_a_year, "their contact data were not confirmed");
    });
}

#[test]
fn who_says_this_is_not_me_or_wants_no_mails_confirms_nothing() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(3, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(3));
    let mails = sink.taken();
    let link = |n: usize| path_in(&body_of(to(&mails, &format!("p{n}@far.example"))));
    let server = registry.serve();
    let mut client = server.client();
    assert_eq!(client.post(&link(0), &[("step", "not-me")]).unwrap().status, 200);
    assert_eq!(client.post(&link(1), &[("step", "unsubscribe")]).unwrap().status, 200);
    let (_, proof) = opened(&mut client, &link(2), "0002");
    assert_eq!(told(&mut client, &link(2), &proof, &[("will", "still"), ("contact", "same")]).0, 200);
    for n in 0..3 {
        assert_eq!(client.get(&link(n)).unwrap().status, 410, "the link of {n} is closed");
    }
    server.stop();
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let today = app.today(now);
        let (stranger, quiet, answered) = (volunteer(&app, 0).await, volunteer(&app, 1).await, volunteer(&app, 2).await);
        let calls = app.staff_tasks(Actor::Console, today, 100).await.unwrap();
        let whom: Vec<_> = calls.iter().map(|task| (task.public_id.clone(), task.channel.word())).collect();
        assert_eq!(whom, [(stranger.clone(), "phone")], "who cannot be reached by mail is called, and nobody else");
        for (id, reason) in [(&stranger, "not-them"), (&quiet, "unsubscribed")] {
            let calendar = app.calendar(Actor::Console, id, now).await.unwrap();
            let held: Vec<_> = calendar.holds.iter().map(|hold| (hold.channel, hold.reason.as_str())).collect();
            assert_eq!(held, [("mail", reason)]);
        }
        // Three weeks on the mail of who only wanted no more mails is still without an answer: it is followed by a call. The stranger's
        // address is called about already.
        let later = now.plus_seconds(21 * 86_400);
        let then = app.today(later);
        app.plan(Actor::Console, then, 13, false, later).await.unwrap();
        let calls = app.staff_tasks(Actor::Console, then, 100).await.unwrap();
        let checks = |task: &&TaskItem| task.kind.is_some_and(|kind| kind.word() == "contact_check");
        let of = |id: &PublicId| calls.iter().filter(checks).filter(|task| task.public_id == *id).count();
        assert_eq!((of(&stranger), of(&quiet), of(&answered)), (1, 1, 0));
        // And the next check counts from an answer only where there was one.
        let year = then + Days::new(395);
        let in_a_year = today.checked_add_months(chrono::Months::new(12)).unwrap();
        let next = async |id: &PublicId| {
            let checks = planned(&app, id, year).await.into_iter().filter(|t| t.kind.is_some_and(|k| k.word() == "contact_check"));
            checks.map(|task| task.due_on).filter(|day| *day > then + Days::new(30)).min().expect("asked again")
        };
        assert!(next(&answered).await >= in_a_year);
        for id in [&stranger, &quiet] {
            assert!(next(id).await < in_a_year, "nobody has answered: asked again in time");
            let mailed = planned(&app, id, year).await.iter().filter(|task| task.channel.word() == "mail").count();
            assert_eq!(mailed, 0, "no more mails to the address");
        }
    });
}

#[test]
fn a_mistyped_number_turns_no_answer_into_another_one() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(2, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    let mails = sink.taken();
    let server = registry.serve();
    let mut client = server.client();
    // "Not now", with a day, a right address and a wrong number.
    let link = path_in(&body_of(&mails[0]));
    let (_, proof) = opened(&mut client, &link, &format!("{:04}", number_of(&mails[0])));
    let fields = [
        ("step", "tell"),
        ("proof", proof.as_str()),
        ("will", "later"),
        ("until", "2030-01-15"),
        ("contact", "changed"),
        ("phone", "12"),
        ("mail", "moved@far.example"),
        ("question", "什么时候方便？"),
    ];
    let flawed = client.post(&link, &fields).unwrap();
    assert_eq!(flawed.status, 422);
    for (name, value) in [("will", "later"), ("until", "2030-01-15"), ("mail", "moved@far.example"), ("question", "什么时候方便？")]
    {
        assert_eq!(flawed.field(name).as_deref(), Some(value), "{name} is carried along");
    }
    assert_eq!(flawed.field("phone").as_deref(), Some("12"), "what is wrong is shown as it was typed");
    let text: Vec<(String, String)> =
        ["proof", "will", "until", "contact", "mail", "question"].map(|name| (name.to_owned(), flawed.field(name).unwrap())).into();
    let mut again: Vec<(&str, &str)> = text.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    again.extend([("step", "tell"), ("phone", "16400099999")]);
    assert_eq!(client.post(&link, &again).unwrap().status, 200);
    // "No longer", with a wrong number: carried out, and no number is asked for.
    let link = path_in(&body_of(&mails[1]));
    let (_, proof) = opened(&mut client, &link, &format!("{:04}", number_of(&mails[1])));
    let (status, page) = told(&mut client, &link, &proof, &[("will", "no-longer"), ("contact", "changed"), ("phone", "12")]);
    assert_eq!(status, 200, "{page}");
    server.stop();
    let (later, gone) = (number_of(&mails[0]), number_of(&mails[1]));
    registry.look(|app: Arc<App>| async move {
        let asked = person(&app, "16400099999").await;
        let day: NaiveDate = "2030-01-15".parse().unwrap();
        assert!(planned(&app, &asked, day).await.iter().any(|task| task.due_on == day), "asked again on the day agreed");
        assert_eq!(asked, volunteer(&app, later).await, "the old number is on file as well");
        let row = app.search(Actor::Console, &Guarded::new(format!("1640{gone:07}"))).await.unwrap().remove(0);
        assert!(row.standings.iter().all(|(_, status, _)| *status == EnrolmentStatus::Exited(ExitReason::Withdrew)), "withdrawn");
    });
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1), "the new address is asked to be verified");
    assert_eq!(sink.taken().last().unwrap().to, "moved@far.example");
}

/// One person in two registries, by two sheets with the same document number.
pub(crate) fn office_of_two_registries(person: &Invented, sink: &Sink) -> Registry {
    let registry = office_with(1, sink, None, None);
    let day = chrono::Utc::now().date_naive() - Days::new(500);
    for (of, column) in [("volunteer", "加入日期"), ("stem-cell", "采样日期")] {
        let sheet =
            format!("姓名,身份证号,手机,邮箱,{column}\n{},{},{},{},{day}\n", person.name, person.document, person.phone, person.mail);
        std::fs::write(registry.folder().join(format!("{of}.csv")), sheet).unwrap();
        registry.run(&["import", &format!("{of}.csv"), "--registry", of]);
    }
    let preview: serde_json::Value = serde_json::from_str(&registry.done(&["followup", "first-contact", "--json"])).unwrap();
    let count = preview["people"].as_u64().unwrap().to_string();
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", &count]);
    registry.done(&["followup", "plan", "--months", "1"]);
    registry
}

#[test]
fn one_registration_is_left_and_the_family_a_question_and_requests_reach_staff() {
    let sink = Sink::start(Duration::ZERO);
    let somebody = Invented::of(7);
    let registry = office_of_two_registries(&somebody, &sink);
    send(&registry);
    let link = path_in(&body_of(to(&sink.taken(), &somebody.mail)));
    let fact = somebody.phone[7..].to_owned();
    let question = "采集以后要休息多久？";
    let server = registry.serve();
    let mut client = server.client();
    let (page, proof) = opened(&mut client, &link, &fact);
    for name in ["leave", "family", "question", "requests"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name} stands on the page");
    }
    // Which one is not guessed, and nothing is changed meanwhile.
    let mut fields =
        vec![("will", "no-longer"), ("contact", "same"), ("family", "will-tell"), ("question", question), ("requests", "copy")];
    let (status, page) = told(&mut client, &link, &proof, &fields);
    assert_eq!(status, 422);
    assert!(page.contains("name=\"leave\"") && page.contains(question), "{page}");
    let long = "问".repeat(501);
    let (status, _) = told(&mut client, &link, &proof, &[("will", "still"), ("question", &long)]);
    assert_eq!(status, 422, "a question has a longest length");
    fields.push(("leave", "volunteer"));
    let (status, page) = told(&mut client, &link, &proof, &fields);
    assert_eq!(status, 200, "{page}");
    server.stop();

    registry.add_account("lin", "correct-horse-battery-7", "small-branch");
    let phone = somebody.phone.clone();
    let task = registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let today = app.today(now);
        let row = app.search(Actor::Console, &Guarded::new(phone)).await.unwrap().remove(0);
        let of = |registry: In| row.standings.iter().find(|(r, ..)| *r == registry).map(|(_, status, _)| *status).unwrap();
        assert_eq!(of(In::Volunteer), EnrolmentStatus::Exited(ExitReason::Withdrew));
        assert!(!matches!(of(In::StemCell), EnrolmentStatus::Exited(_)), "what was not ticked stays");
        let page = app.person(Actor::Console, &row.public_id, now).await.unwrap();
        let told: Vec<_> = page.leavings.iter().map(|line| (line.told.registry, line.told.told)).collect();
        assert_eq!(told, [(In::Volunteer, Some((LeaveChannel::OwnPage, ToldBy::Myself)))], "told on their own page");
        let rights = app.rights(Actor::Console, &row.public_id, now).await.unwrap();
        assert_eq!(rights.iter().map(|item| item.kind).collect::<Vec<_>>(), [RightsKind::Copy]);
        assert_eq!((rights[0].received, rights[0].due), (today, today + Days::new(30)), "its clock runs");
        let calendar = app.calendar(Actor::Console, &row.public_id, now).await.unwrap();
        assert_eq!(calendar.family, Some((FamilyTold::WillTell, today)), "a dated fact");
        let tasks = app.staff_tasks(Actor::Console, today, 100).await.unwrap();
        let asked: Vec<&TaskItem> = tasks.iter().filter(|task| task.kind.is_some_and(|k| k.word() == "question")).collect();
        assert_eq!(asked.len(), 1, "one task for one question");
        assert_eq!(asked[0].channel.word(), "phone");
        let read = app.question(Actor::Console, asked[0].id).await.unwrap().expect("the question behind the task");
        assert_eq!(read.reveal(), question);
        let copy = app.copy_of_person(Actor::Console, &row.public_id, now).await.unwrap();
        assert!(String::from_utf8_lossy(copy.json.reveal()).contains(question), "the copy holds what was told");
        asked[0].id.to_string()
    });
    // At the desk it is read once the task is opened, and not before.
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "lin", "correct-horse-battery-7").unwrap();
    assert!(!desk.client.get(&format!("/follow-up/{task}")).unwrap().text().contains(question));
    let opened = desk.post(&format!("/follow-up/{task}/open"), &key(1), &[]).unwrap();
    assert!(opened.text().contains(question), "{}", opened.text());
    server.stop();
}

#[test]
fn who_asks_to_be_left_alone_until_a_day_is_left_alone_until_then() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(2, &sink, None, None);
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    let mails = sink.taken();
    let link = path_in(&body_of(&mails[0]));
    let server = registry.serve();
    let mut client = server.client();
    let (_, proof) = opened(&mut client, &link, &format!("{:04}", number_of(&mails[0])));
    let (status, _) = told(&mut client, &link, &proof, &[("will", "later"), ("until", "2030年")]);
    assert_eq!(status, 422, "a day that cannot be read is asked for again");
    let until = chrono::Utc::now().date_naive() + Days::new(200);
    let (status, _) = told(&mut client, &link, &proof, &[("will", "later"), ("until", &until.to_string()), ("contact", "same")]);
    assert_eq!(status, 200);
    server.stop();
    let (quiet, other) = (number_of(&mails[0]), number_of(&mails[1]));
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let (quiet, other) = (volunteer(&app, quiet).await, volunteer(&app, other).await);
        let before = until.pred_opt().unwrap();
        assert_eq!(planned(&app, &quiet, before).await.len(), 0, "what was planned before the day is dropped at once");
        let plan = app.plan(Actor::Console, app.today(now), 14, false, now).await.unwrap();
        assert!(plan.not_planned.get("asked-later").is_some_and(|n| *n > 0), "with its reason: {plan:?}");
        assert_eq!(planned(&app, &quiet, before).await.len(), 0, "and nothing is planned anew");
        assert!(planned(&app, &other, before).await.iter().any(|task| task.due_on < until), "others are");
        let afterwards = planned(&app, &quiet, until + Days::new(250)).await;
        assert!(afterwards.iter().any(|task| task.due_on == until) && afterwards.iter().all(|task| task.due_on >= until), "{afterwards:?}");
        let calendar = app.calendar(Actor::Console, &quiet, now).await.unwrap();
        let holds: Vec<_> = calendar.holds.iter().map(|hold| (hold.channel, hold.reason.as_str(), hold.until)).collect();
        assert_eq!(holds, [("any", "asked-later", Some(until))], "staff read why, and until when");
    });
}

/// By which channel the sensitive question of [`RULES`] is asked.
async fn wish(app: &App) -> Option<&'static str> {
    let id = volunteer(app, 0).await;
    let tasks = planned(app, &id, app.today(in_an_hour()) + Days::new(1)).await;
    tasks.iter().find(|task| task.kind.is_some_and(|kind| kind.word() == "wish_check")).map(|task| task.channel.word())
}

#[test]
fn a_changed_address_is_verified_anew_before_anything_sensitive_goes_to_it() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, Some(RULES));
    assert_eq!(send(&registry)["sent"].as_u64(), Some(1));
    let link = path_in(&body_of(&sink.taken()[0]));
    let server = registry.serve();
    let mut client = server.client();
    let (_, proof) = opened(&mut client, &link, "0000");
    let (status, _) = told(&mut client, &link, &proof, &[("will", "still"), ("contact", "changed"), ("mail", "new@far.example")]);
    assert_eq!(status, 200);
    server.stop();
    registry.done(&["followup", "plan", "--months", "1"]);
    send(&registry);
    let mails = sink.taken();
    let fresh: Vec<&Taken> = mails.iter().filter(|mail| mail.to == "new@far.example").collect();
    assert_eq!(fresh.len(), 1, "one mail that asks to verify it, and nothing sensitive");
    registry.look(|app: Arc<App>| async move { assert_eq!(wish(&app).await, Some("phone"), "the sensitive question is asked by a call") });
    let server = registry.serve();
    let verified = server.client().post(&path_in(&body_of(fresh[0])), &[("step", "verify")]).unwrap();
    assert_eq!(verified.status, 200, "{}", verified.text());
    server.stop();
    registry.done(&["followup", "plan", "--months", "1"]);
    registry.look(|app: Arc<App>| async move { assert_eq!(wish(&app).await, Some("mail"), "verified: by mail") });
    send(&registry);
    assert_eq!(sink.taken().iter().filter(|mail| mail.to == "new@far.example").count(), 2);
}

#[test]
fn an_address_put_right_by_staff_is_free_of_the_old_ones_answers_and_asked_to_be_verified() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, None);
    let day = chrono::Utc::now().date_naive() - Days::new(500);
    let sheet = format!("姓名,手机,邮箱,加入日期\n钱乙二,16500000001,qian.far.example,{day}\n");
    std::fs::write(registry.folder().join("more.csv"), sheet).unwrap();
    registry.run(&["import", "more.csv", "--registry", "volunteer"]);
    let put_right = |registry: &Registry, mail: &'static str| {
        registry.look(|app: Arc<App>| async move {
            let now = in_an_hour();
            let lines = app.corrections(Actor::Console, None, None, 100, now).await.unwrap();
            let line = lines.iter().find(|line| line.field == "mail").expect("the address is on the list");
            app.resolve(Actor::Console, line.id, line.version, &Guarded::new(mail.to_owned()), now).await.unwrap().unwrap();
        });
    };
    let preview: serde_json::Value = serde_json::from_str(&registry.done(&["followup", "first-contact", "--json"])).unwrap();
    let count = preview["people"].as_u64().unwrap().to_string();
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", &count]);
    put_right(&registry, "qian@far.example");
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        app.send(Actor::Console, app.today(now), false, now, &mut |_, _| {}).await.unwrap();
    });
    let mails = sink.taken();
    let asked = to(&mails, "qian@far.example");
    // The mail that asks offers what it promises: "this is not me" and no more mails.
    let server = registry.serve();
    let mut client = server.client();
    let link = path_in(&body_of(asked));
    let page = client.get(&link).unwrap().text();
    for step in ["verify", "not-me", "unsubscribe"] {
        assert!(page.contains(&format!("value=\"{step}\"")), "{step} stands on the page of the verification mail");
    }
    assert_eq!(client.post(&link, &[("step", "not-me")]).unwrap().status, 200);
    server.stop();
    registry.look(|app: Arc<App>| async move {
        let now = in_an_hour();
        let id = person(&app, "16500000001").await;
        let holds = app.calendar(Actor::Console, &id, now).await.unwrap().holds;
        assert_eq!(holds.iter().map(|hold| (hold.channel, hold.reason.as_str())).collect::<Vec<_>>(), [("mail", "not-them")]);
        assert!(planned(&app, &id, app.today(now)).await.iter().any(|task| task.channel.word() == "phone"), "and they are called");
    });
}
