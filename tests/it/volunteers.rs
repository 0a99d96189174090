//! Volunteers: teams, hours, certificates and skills are recorded, counted, undone, copied, joined and erased; the call-out list.

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, AppError, CallOut, Once, Opening, VolunteerPage};
use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::{ExitReason, Registry as Kind};
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::volunteer::{Quarters, ServiceFact, Skill, Validity};

use crate::harness::desk::{Desk, key};
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn once(n: u64) -> Once {
    Once { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

pub fn registry() -> Registry {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "registrar");
    registry.add_account("manager", PASSWORD, "manager");
    registry.add_account("caller", PASSWORD, "caller");
    registry
}

/// Volunteers of a roster, in its order.
pub async fn roster(app: &App, actor: Actor, lines: &str) -> Vec<PublicId> {
    let sheet = format!("姓名,联系电话,镇街,服务队,特长,救护员证编号,证书有效期至,累计服务时长\n{lines}");
    let options = ImportOptions { registry: Some(Kind::Volunteer), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "roster.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
    let mut ids = Vec::new();
    for line in lines.lines() {
        let name = Guarded::new(line.split(',').next().unwrap().to_owned());
        let found = app.search(actor, &name).await.unwrap();
        assert_eq!(found.len(), 1, "{line}");
        ids.push(found[0].public_id.clone());
    }
    ids
}

pub async fn opened(app: &App, actor: Actor, id: &PublicId) -> VolunteerPage {
    app.disclose(actor, id, Opening::Correct, NOW).await.unwrap().volunteer.expect("a volunteer")
}

fn hours(on: &str, quarters: u32) -> Guarded<ServiceFact> {
    Guarded::new(ServiceFact::Hours { day: day(on), quarters: Quarters(quarters), what: "送水".into(), drive: None, turn: None })
}

fn certificate(issued: &str, expires: &str) -> Guarded<ServiceFact> {
    Guarded::new(ServiceFact::Certificate { number: "JH-0417".into(), issued: day(issued), expires: day(expires) })
}

#[test]
fn hours_are_added_up_undone_by_a_further_entry_and_copied_and_erased_with_the_person() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = roster(&app, actor, "谭秋霜,16400000021,,一队,会开车,,,12\n").await;
        let id = &ids[0];
        assert!(app.person(actor, id, NOW).await.unwrap().volunteer.is_none(), "nothing of it before the page is opened");
        let page = opened(&app, actor, id).await;
        assert_eq!((page.known.told_hours, page.known.hours), (Some(Quarters(48)), Quarters(0)));
        assert_eq!(page.known.skills, [Skill::Driving]);

        app.record_service(actor, id, hours("2026-11-01", 6), &once(1), NOW).await.unwrap();
        app.record_service(actor, id, hours("2026-11-01", 6), &once(1), NOW).await.unwrap();
        app.record_service(actor, id, hours("2026-11-02", 3), &once(2), NOW).await.unwrap();
        let page = opened(&app, actor, id).await;
        assert_eq!((page.known.hours, page.facts.len()), (Quarters(9), 2), "sent twice, recorded once");
        let refused = app.record_service(actor, id, hours("2026-11-03", 1), &Once { fingerprint: [9; 32], ..once(2) }, NOW).await;
        assert!(matches!(refused, Err(AppError::Conflict)));
        app.undo_service(actor, id, page.facts[0].id, &once(3), NOW).await.unwrap();
        app.undo_service(actor, id, page.facts[0].id, &once(3), NOW).await.unwrap();
        let again = app.undo_service(actor, id, page.facts[0].id, &once(4), NOW).await;
        assert!(matches!(again, Err(AppError::Stale)));
        let page = opened(&app, actor, id).await;
        assert_eq!(page.known.hours, Quarters(6));
        assert!(page.facts[0].undone && page.facts.len() == 2, "what was undone stands as history");

        let caller = app.actor_named("caller").await.unwrap();
        let refused = app.record_service(caller, id, hours("2026-11-03", 1), &once(5), NOW).await;
        assert!(matches!(refused, Err(AppError::Forbidden)));
        let refused = app.record_service(actor, id, hours("2026-11-24", 1), &once(5), NOW).await;
        assert!(matches!(refused, Err(AppError::Input { field: "day", .. })));

        app.record_service(actor, id, certificate("2026-01-05", "2029-01-04"), &once(6), NOW).await.unwrap();
        let copy = app.copy_of_person(actor, id, NOW).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(copy.json.reveal()).unwrap();
        assert_eq!(json["service"].as_array().unwrap().len(), 4);
        assert!(json["service"].to_string().contains("JH-0417") && json["service"].to_string().contains("送水"));
        app.erase_person(
            actor,
            id,
            &Guarded::new(id.to_string()),
            false,
            donor_registry::app::Sent { key: key(7), fingerprint: [7; 32] },
            NOW,
        )
        .await
        .unwrap();
        let page = opened(&app, actor, id).await;
        assert!(page.facts.is_empty() && page.known.certificates.is_empty() && page.known.hours == Quarters(0));
        let refused = app.record_service(actor, id, hours("2026-11-03", 1), &once(8), NOW).await;
        assert!(matches!(refused, Err(AppError::Missing(_))), "nothing is recorded of who was erased");
    });
}

#[test]
fn teams_are_entered_joined_left_and_closed() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = roster(&app, actor, "谭秋霜,16400000021,,,,,,\n谭春雨,16400000022,,,,,,\n").await;
        let town = app.towns.towns[0].code;
        for (name, field) in [("", "name"), ("队长 16400000021", "name")] {
            let refused = app.add_team(actor, (name, None), &once(1), NOW).await;
            assert!(matches!(&refused, Err(AppError::Input { field: f, .. }) if *f == field), "{name}: {refused:?}");
        }
        app.add_team(actor, ("雁江一队", Some(town)), &once(1), NOW).await.unwrap();
        app.add_team(actor, ("雁江一队", Some(town)), &once(1), NOW).await.unwrap();
        app.add_team(actor, ("救护队", None), &once(2), NOW).await.unwrap();
        let twice = app.add_team(actor, ("救护队", None), &once(3), NOW).await;
        assert!(matches!(twice, Err(AppError::Input { field: "name", .. })));
        assert_eq!(app.teams().await.unwrap().iter().map(|t| t.number).collect::<Vec<_>>(), [1, 2]);
        let manager = app.actor_named("manager").await.unwrap();
        assert!(matches!(app.add_team(manager, ("三队", None), &once(3), NOW).await, Err(AppError::Forbidden)));

        let team = |team, joined| Guarded::new(ServiceFact::Team { team, day: day("2026-11-01"), joined });
        app.record_service(actor, &ids[0], team(1, true), &once(4), NOW).await.unwrap();
        app.record_service(actor, &ids[1], team(2, true), &once(5), NOW).await.unwrap();
        for wrong in [team(1, true), team(2, false), team(9, true)] {
            let refused = app.record_service(actor, &ids[0], wrong, &once(6), NOW).await;
            assert!(matches!(refused, Err(AppError::Input { field: "team", .. })), "{refused:?}");
        }
        app.close_team(actor, 2, &once(7), NOW).await.unwrap();
        let again = app.close_team(actor, 2, &once(8), NOW).await;
        assert!(matches!(again, Err(AppError::Missing("team"))));
        let closed = app.record_service(actor, &ids[0], team(2, true), &once(8), NOW).await;
        assert!(matches!(closed, Err(AppError::Input { field: "team", .. })), "nobody joins a closed team");
        app.record_service(actor, &ids[1], team(2, false), &once(9), NOW).await.unwrap();
        assert!(opened(&app, actor, &ids[1]).await.known.teams.is_empty(), "a closed team can still be left");
        assert_eq!(opened(&app, actor, &ids[0]).await.known.teams, [1]);
    });
}

#[test]
fn two_registrations_that_are_joined_show_the_hours_of_both_and_apart_each_its_own() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let sheet = "姓名,联系电话,家庭住址\n罗建国,16400000011,保和镇和平村3组12号\n罗建国华,16400000011,保和镇和平村3组12号\n";
        let options = ImportOptions { registry: Some(Kind::Volunteer), ..ImportOptions::default() };
        let bytes = Guarded::new(sheet.as_bytes().to_vec());
        let Staged::Draft(import) = app.stage(actor, bytes, "roster.csv", &options, NOW, &mut |_, _| {}).await.unwrap() else {
            panic!("new")
        };
        app.admit(actor, import, NOW).await.unwrap();
        let ids: Vec<PublicId> = app.people_page(actor, None, 10).await.unwrap().into_iter().map(|row| row.public_id).collect();
        assert_eq!(ids.len(), 2);
        app.record_service(actor, &ids[0], hours("2026-11-01", 4), &once(1), NOW).await.unwrap();
        app.record_service(actor, &ids[1], hours("2026-11-02", 2), &once(2), NOW).await.unwrap();
        app.record_service(actor, &ids[0], certificate("2024-01-01", "2026-12-31"), &once(3), NOW).await.unwrap();
        app.record_service(actor, &ids[1], certificate("2026-11-20", "2029-11-19"), &once(4), NOW).await.unwrap();
        let running_out = async || app.certificates_running_out(actor, None, NOW).await.unwrap().0.len();
        assert_eq!(running_out().await, 1);
        let queue = app.queue(actor).await.unwrap();
        let pair = app.open_pair(actor, queue[0].id, NOW).await.unwrap().pair;
        app.decide(actor, pair.id, pair.row_version, donor_registry::app::Verdict::Same, NOW).await.unwrap();
        let page = opened(&app, actor, &ids[1]).await;
        assert_eq!((page.known.hours, page.facts.len()), (Quarters(6), 4));
        assert_eq!(running_out().await, 0, "the other registration's certificate holds longer");
        let view = app.person(actor, &ids[0], NOW).await.unwrap().view;
        app.take_out(actor, &view.row.public_id, view.subjects[1].row.id, NOW).await.unwrap();
        assert_eq!(running_out().await, 1);
        let mut apart = [opened(&app, actor, &ids[0]).await.known.hours.0, opened(&app, actor, &ids[1]).await.known.hours.0];
        apart.sort_unstable();
        assert_eq!(apart, [2, 4]);
    });
}

#[test]
fn a_certificate_stands_on_the_list_until_it_is_renewed() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let lines = "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,JH-2,2026-12-24,\n赵冬青,16400000023,,,,JH-3,2027-06-01,\n钱夏荷,16400000024,,,,JH-4,2026-12-25,\n";
        let ids = roster(&app, actor, lines).await;
        app.record_service(actor, &ids[0], certificate("2024-01-01", "2027-02-21"), &once(1), NOW).await.unwrap();
        app.leave(actor, &ids[3], Kind::Volunteer, ExitReason::Withdrew, NOW).await.unwrap();
        let list = async || -> Vec<PublicId> {
            let (lines, next) = app.certificates_running_out(actor, None, NOW).await.unwrap();
            assert!(next.is_none());
            lines.into_iter().map(|line| line.person).collect()
        };
        assert_eq!(list().await, [ids[1].clone(), ids[0].clone()], "90 days from 2026-11-23; who left is not on it");
        let behind = (day("2026-12-24"), &ids[1]);
        let (lines, next) = app.certificates_running_out(actor, Some(behind), NOW).await.unwrap();
        assert_eq!((lines.iter().map(|l| &l.person).collect::<Vec<_>>(), next), (vec![&ids[0]], None), "the page behind the first line");
        app.record_service(actor, &ids[1], certificate("2026-11-20", "2029-11-19"), &once(2), NOW).await.unwrap();
        assert_eq!(list().await, [ids[0].clone()]);
        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.certificates_running_out(caller, None, NOW).await, Err(AppError::Forbidden)));
    });
}

#[test]
fn the_list_of_certificates_follows_what_is_undone_left_and_erased() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let lines = "谭秋霜,16400000021,,,,JH-1,2026-12-21,\n林春晓,16400000022,,,,,,\n赵冬青,16400000023,,,,JH-3,2026-12-23,\n";
        let ids = roster(&app, actor, lines).await;
        let list = async || -> Vec<(chrono::NaiveDate, PublicId)> {
            let (lines, _) = app.certificates_running_out(actor, None, NOW).await.unwrap();
            lines.into_iter().map(|line| (line.last, line.person)).collect()
        };
        let (first, third) = ((day("2026-12-21"), ids[0].clone()), (day("2026-12-23"), ids[2].clone()));
        assert_eq!(list().await, [first.clone(), third.clone()]);
        app.record_service(actor, &ids[1], certificate("2024-01-01", "2026-12-22"), &once(1), NOW).await.unwrap();
        let second = (day("2026-12-22"), ids[1].clone());
        assert_eq!(list().await, [first.clone(), second.clone(), third.clone()]);
        let page = opened(&app, actor, &ids[1]).await;
        app.undo_service(actor, &ids[1], page.facts[0].id, &once(2), NOW).await.unwrap();
        assert_eq!(list().await, [first.clone(), third.clone()]);
        app.leave(actor, &ids[2], Kind::Volunteer, ExitReason::Withdrew, NOW).await.unwrap();
        assert_eq!(list().await, [first]);
        let sent = donor_registry::app::Sent { key: key(3), fingerprint: [3; 32] };
        app.erase_person(actor, &ids[0], &Guarded::new(ids[0].to_string()), false, sent, NOW).await.unwrap();
        assert!(list().await.is_empty());
    });
}

#[test]
fn a_call_out_list_holds_who_fits_and_may_be_called_and_is_in_the_log_first() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let (here, there) = (app.towns.towns[0].clone(), app.towns.towns[1].clone());
        let lines = [
            ("谭秋霜", "16400000021", &here.name, "急救", "JH-1,2027-01-31"),
            ("林春晓", "16400000022", &here.name, "会开车", ","),
            ("赵冬青", "16400000023", &there.name, "急救、翻译", "JH-3,2020-01-31"),
            ("钱夏荷", "16400000024", &here.name, "急救", ","),
            ("孙仲秋", "16400000025", &here.name, "急救", ","),
            ("周初雪", "16400000026", &here.name, "急救", ","),
            ("吴晚晴", "16400000027", &here.name, "急救", ","),
        ];
        let lines: String =
            lines.iter().map(|(name, phone, town, skill, held)| format!("{name},{phone},{town},,{skill},{held},\n")).collect();
        let ids = roster(&app, actor, &lines).await;
        let ask =
            |skills: &[Skill], towns: &[_]| CallOut { skills: skills.to_vec(), towns: towns.to_vec(), purpose: "汛期转移".into() };
        let list = async |asked: &CallOut| app.call_out(actor, asked, NOW).await.unwrap();
        assert!(list(&ask(&[Skill::FirstAid], &[])).await.is_empty(), "importing contacts nobody");
        let manager = app.actor_named("manager").await.unwrap();
        app.first_contact(manager, None, 7, NOW).await.unwrap();

        let empty = app.call_out(actor, &ask(&[], &[]), NOW).await;
        assert!(matches!(empty, Err(AppError::Input { field: "skills", .. })), "an empty filter means nobody");
        for purpose in ["", " ", "找 16400000021", "a@b.example"] {
            let asked = CallOut { purpose: purpose.into(), ..ask(&[Skill::FirstAid], &[]) };
            let refused = app.call_out(actor, &asked, NOW).await;
            assert!(matches!(refused, Err(AppError::Input { field: "purpose", .. })), "{purpose}");
        }
        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.call_out(caller, &ask(&[Skill::FirstAid], &[]), NOW).await, Err(AppError::Forbidden)));
        assert_eq!(app.call_out(manager, &ask(&[], &[there.code]), NOW).await.unwrap().len(), 1);

        // Who left, died, was erased or wants no calls is not called out.
        app.leave(actor, &ids[3], Kind::Volunteer, ExitReason::Withdrew, NOW).await.unwrap();
        app.died(actor, &ids[4], Death { day: app.today(NOW), told_by: DeathSource::Family }, NOW).await.unwrap();
        let sent = donor_registry::app::Sent { key: key(1), fingerprint: [1; 32] };
        app.erase_person(actor, &ids[5], &Guarded::new(ids[5].to_string()), false, sent, NOW).await.unwrap();
        app.object(actor, &ids[6], NOW).await.unwrap();

        let found = list(&ask(&[Skill::FirstAid], &[])).await;
        assert_eq!(found.iter().map(|l| l.person.clone()).collect::<Vec<_>>(), [ids[0].clone(), ids[2].clone()], "by town");
        assert_eq!(found[0].certificate, Validity::Through(day("2027-01-31")));
        assert_eq!(found[1].certificate, Validity::Expired(day("2020-01-31")));
        assert_eq!(found[0].contact.reveal().phones[0].as_str(), "16400000021");
        assert_eq!(list(&ask(&[Skill::FirstAid, Skill::Driving], &[here.code])).await.len(), 2, "one of the skills, in one of the towns");
        assert!(list(&ask(&[Skill::Photography], &[here.code])).await.is_empty());
        // The town that somebody serves in goes before that of their address.
        let moved = Guarded::new(ServiceFact::Skills { skills: vec![Skill::Driving], town: Some(there.code) });
        app.record_service(actor, &ids[1], moved, &once(2), NOW).await.unwrap();
        assert_eq!(list(&ask(&[Skill::Driving], &[there.code])).await.len(), 1);
        assert!(list(&ask(&[Skill::Driving], &[here.code])).await.is_empty());

        let log = app.log_page(Actor::Console, None, 200).await.unwrap();
        let last = log.iter().find(|entry| entry.action == "callout.list").expect("in the log");
        let told = format!("{last:?}");
        assert!(told.contains("汛期转移") && told.contains("count"), "{told}");
    });
}

#[test]
fn the_pages_record_of_a_volunteer_and_open_a_call_out_list() {
    let registry = registry();
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let person = crate::harness::people::Invented::of(7);
    assert_eq!(desk.interest(&key(1), &person, "volunteer").unwrap().status, 303);
    let found = desk.post("/people", &key(2), &[("query", &person.name)]).unwrap().text();
    let id = found.split("href=\"/people/").nth(1).and_then(|rest| rest.split('"').next()).expect("one line").to_owned();
    let at = |rest: &str| format!("/people/{id}{rest}");
    let team = [("name", "雁江一队"), ("town", "")];
    assert_eq!(desk.post("/volunteers", &key(3), &team).unwrap().status, 303);
    let again = desk.post("/volunteers", &key(4), &team).unwrap();
    assert!(again.status == 422 && again.text().contains("value=\"雁江一队\""), "what was typed stays");

    let wrong = [("served-day", "2026-01-31"), ("served-hours", "1.3"), ("served-what", "送水")];
    let answer = desk.post(&at("/service/hours"), &key(5), &wrong).unwrap();
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("value=\"1.3\"") && answer.text().contains("value=\"送水\""), "what was typed stays");
    let right = [("served-day", "2026-01-31"), ("served-hours", "1.5"), ("served-what", "送水")];
    assert_eq!(desk.post(&at("/service/hours"), &key(6), &right).unwrap().status, 303);
    let held = [("cert-number", "JH-0417"), ("cert-issued", "2026-01-05"), ("cert-expires", "2029-01-04")];
    assert_eq!(desk.post(&at("/service/certificate"), &key(7), &held).unwrap().status, 303);
    let skills = [("skill-which", "first-aid"), ("skill-which", "driving"), ("skill-town", "")];
    assert_eq!(desk.post(&at("/service/skills"), &key(8), &skills).unwrap().status, 303);
    let joined = [("team-how", "join"), ("team-which", "1"), ("team-day", "2026-02-01")];
    assert_eq!(desk.post(&at("/service/team"), &key(9), &joined).unwrap().status, 303);
    assert_eq!(desk.post(&at("/service/team"), &key(10), &joined).unwrap().status, 422);
    let masked = desk.client.get(&at("")).unwrap().text();
    assert!(!masked.contains("JH-0417") && !masked.contains("送水"), "nothing of it before the identity is opened");
    let opened = desk.post(&at("/open"), &key(11), &[("reason", "contact")]).unwrap().text();
    for told in ["1.5 小时", "JH-0417", "雁江一队", "急救"] {
        assert!(opened.contains(told), "{told}: {opened}");
    }
    let undo = opened.split("name=\"fact\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an undoing").to_owned();
    assert_eq!(desk.post(&at("/service/undo"), &key(12), &[("fact", &undo)]).unwrap().status, 303);

    let statement = desk.post(&at("/print"), &key(15), &[("form", "service")]).unwrap();
    assert_eq!(statement.status, 200);
    for told in [person.name.as_str(), "1.5 小时", "2026-01-31", "送水"] {
        assert!(statement.text().contains(told), "{told} stands on the statement: {}", statement.text());
    }
    assert!(!statement.text().contains(&person.phone), "and nothing that it does not need");

    let nobody = desk.post("/callout", &key(13), &[("purpose", "汛期转移")]).unwrap();
    assert!(nobody.status == 422 && nobody.text().contains("value=\"汛期转移\""));
    let list = desk.post("/callout", &key(14), &[("purpose", "汛期转移"), ("skills", "first-aid")]).unwrap();
    assert!(list.status == 200 && list.text().contains(&person.phone) && list.text().contains(&person.name), "{}", list.text());
    assert!(desk.client.get("/volunteers/certificates").unwrap().text().contains("90"));
    server.stop();
}
