//! Whoever is opened because they may be meant, in the order of the calls, against everybody opened.

use std::collections::BTreeMap;

use super::*;
use crate::app::Unlock;
use crate::app::form::AccountForm;
use crate::app::import::{ImportOptions, Staged};
use crate::config::{Config, Purpose, Sources};
use crate::domain::eligibility::{Deferral, Group, SourceOf};
use crate::domain::registry::ExitReason;
use crate::domain::role::Roles;

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const DAY: i64 = 86_400_000_000;
/// More than are opened at first.
const PEOPLE: usize = 240;

fn ago(days: i64) -> Timestamp {
    Timestamp(NOW.0 - days * DAY)
}

async fn opened(folder: &std::path::Path) -> App {
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let environment = [("DONOR_REGISTRY_DATA", at("data")), ("DONOR_REGISTRY_KEY_FILE", at("root.key"))];
    let sources = Sources {
        environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        working_folder: folder.to_owned(),
        command_line: BTreeMap::new(),
    };
    App::open(Config::load(&sources, Purpose::Command).unwrap(), Unlock::default(), NOW).await.unwrap().app
}

fn sent(n: u8) -> Sent {
    Sent { key: format!("00000000-0000-4000-8000-000000000{n:03}"), fingerprint: [n; 32] }
}

async fn take_in(app: &App, actor: Actor, registry: Registry, sheet: String) {
    let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
    let name = format!("{}.csv", registry.code());
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), &name, &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
}

fn of(word: &str, n: usize) -> char {
    word.chars().nth(n % word.chars().count()).unwrap()
}

fn name(n: usize) -> String {
    let (first, second) = (of("谭林赵钱孙周吴郑冯陈", n), of("春夏秋冬晴雨霜雪月星", 3 * n + n / 100));
    format!("{first}{second}{}", of("岚晓青荷实山江河海川", n / 10))
}

fn phone(n: usize) -> String {
    format!("164000{:05}", 7_919 * n % 100_000)
}

fn town(app: &App, n: usize) -> &str {
    app.towns.towns.get(n % 4).filter(|_| n % 4 != 3).map_or("", |town| town.name.as_str())
}

/// Blood donors whose towns and groups cross each other; some gave lately, of some no group is known, some live nowhere known, and some are
/// volunteers too, of another town.
async fn donors(app: &App, actor: Actor) -> Vec<PublicId> {
    let line = |n: usize| {
        let (abo, rh) = [("O", "阴性"), ("A", "阴性"), ("O", "阳性"), ("", ""), ("O", "阴性"), ("AB", "阳性"), ("O", "阴性")][n % 7];
        let given = ["", "2026-10-01", "", "2025-01-01", ""][n % 5];
        format!("{},{},19{}-05-05,男,{},{abo},{rh},{given}\n", name(n), phone(n), 70 + n % 30, town(app, n))
    };
    let lines: String = (0..PEOPLE).map(line).collect();
    take_in(app, actor, Registry::Blood, format!("姓名,联系电话,出生日期,性别,镇街,血型,rh,上次献血日期\n{lines}")).await;
    let ids = app.people_page(actor, None, 100).await.unwrap().into_iter().map(|row| row.public_id).collect();
    let line = |n: usize| format!("{},{},19{}-05-05,男,{}\n", name(n), phone(n), 70 + n % 30, town(app, n + 1));
    let lines: String = (0..PEOPLE).step_by(6).map(line).collect();
    take_in(app, actor, Registry::Volunteer, format!("姓名,联系电话,出生日期,性别,镇街\n{lines}")).await;
    ids
}

/// Holds both ways against each other; answers how many were called.
async fn compare(app: &App) -> usize {
    let towns: Vec<TownCode> = app.towns.towns.iter().take(3).map(|town| town.code).collect();
    let rules = RecallRules::shipped();
    let shipped = rules.on(app.today(NOW)).unwrap();
    let mut called = 0;
    for (abo, rh) in [(Some(Abo::O), Rh::Negative), (None, Rh::Negative), (Some(Abo::AB), Rh::Positive), (Some(Abo::B), Rh::Negative)] {
        for towns in [&towns[..], &towns[..1], &towns[1..2], &[]] {
            for listed in [3, shipped.listed, PEOPLE] {
                let rule = RecallRule { listed, ..shipped.clone() };
                let wanted = Wanted { abo, rh, kind: DonationKind::WholeBlood, towns: towns.to_vec() };
                let told = |due: Vec<Due>| due.into_iter().map(|d| (d.person, d.last_asked)).collect::<Vec<_>>();
                let of_everybody = told(app.to_recall_of(None, &wanted, &rule, NOW).await.unwrap());
                let meant = app.may_be_recalled(&wanted, &rule, NOW).await.unwrap().expect("with few on file it is known at once");
                assert!(of_everybody.iter().all(|(person, _)| meant.contains(person)));
                assert!(meant.len() < PEOPLE * 2 / 3, "{} of {PEOPLE} might be opened", meant.len());
                assert_eq!(told(app.to_recall(&wanted, &rule, NOW).await.unwrap()), of_everybody);
                called += of_everybody.len();
            }
        }
    }
    called
}

#[tokio::test]
async fn a_recall_lists_the_same_people_in_the_same_order_whether_everybody_is_opened_or_who_may_be_meant() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path()).await;
    let form = AccountForm {
        login: "lin".to_owned(),
        name: "林样".to_owned(),
        password: Guarded::new("correct-horse-battery-9".to_owned()),
        roles: Roles::small_branch(),
    };
    app.add_account(Actor::Console, form, NOW).await.unwrap();
    let actor = app.actor_named("lin").await.unwrap();
    let ids = donors(&app, actor).await;
    assert_eq!(compare(&app).await, 0, "importing contacts nobody");
    let held = app.first_contact_preview(actor, None, NOW).await.unwrap().people;
    app.first_contact(actor, None, held, NOW).await.unwrap();
    let before = compare(&app).await;
    assert!(before > 100, "{before}");

    // What is kept follows who was called, what was recorded of whom, and who left.
    let here = app.towns.towns[0].code;
    let wanted = Wanted { abo: None, rh: Rh::Negative, kind: DonationKind::WholeBlood, towns: vec![here] };
    let request = app.open_recall(actor, "XZ-1", &wanted, app.today(NOW), sent(1), ago(50)).await.unwrap();
    let wanted_now = Wanted { towns: app.towns.towns.iter().take(3).map(|town| town.code).collect(), ..wanted };
    let shipped = RecallRules::shipped();
    let rule = shipped.on(app.today(NOW)).unwrap();
    let first = app.to_recall(&wanted_now, rule, NOW).await.unwrap();
    let persons: Vec<PersonId> = first.iter().map(|due| due.person).collect();
    let public = app.store.public_ids_of(&persons).await.unwrap();
    for (n, person) in (10_u8..).zip(persons.iter().take(6)) {
        // Called fifty days ago, a few days apart; the last of them within the month of rest.
        let days = 50 - 5 * i64::from(n - 10);
        app.note_recall(actor, request, &public[person], Said::NotNow, sent(n), ago(days)).await.unwrap();
    }
    assert!(compare(&app).await > 0);
    let then = app.to_recall(&wanted_now, rule, NOW).await.unwrap();
    assert!(!then.iter().any(|due| due.person == persons[5]), "called within the month");
    let group = |abo| Guarded::new(HealthFact::Group(Group { abo, rh: Rh::Negative, source: SourceOf::Station }));
    for (n, id) in (30_u8..).zip(ids.iter().take(8)) {
        app.record_health(actor, id, group(if n % 2 == 0 { Abo::B } else { Abo::O }), sent(n), NOW).await.unwrap();
    }
    let until = app.today(NOW).checked_add_days(chrono::Days::new(30));
    let deferral = Guarded::new(HealthFact::Deferral(Deferral { until, source: SourceOf::Station, ended: None }));
    app.record_health(actor, &ids[1], deferral, sent(60), NOW).await.unwrap();
    app.leave(actor, &ids[3], Registry::Blood, ExitReason::Withdrew, NOW).await.unwrap();
    app.object(actor, &ids[5], NOW).await.unwrap();
    assert!(compare(&app).await > 0);
    // Of who was erased nothing is kept.
    let meant = app.may_be_recalled(&wanted_now, rule, NOW).await.unwrap().unwrap();
    let gone = meant[0];
    let public = app.store.public_ids_of(&[gone]).await.unwrap();
    let typed = Guarded::new(public[&gone].as_str().to_owned());
    app.erase_person(actor, &public[&gone], &typed, false, sent(61), NOW).await.unwrap();
    assert!(!app.may_be_recalled(&wanted_now, rule, NOW).await.unwrap().unwrap().contains(&gone));
    assert!(compare(&app).await > 0);
    // Sealed, nothing of it is left; it is read again at the next need.
    app.grouped.forget();
    assert!(compare(&app).await > 0);
    app.close().await.unwrap();
}
