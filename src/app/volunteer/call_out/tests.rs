//! Whoever is opened because they may be meant, against everybody opened.

use std::collections::BTreeMap;

use super::*;
use crate::app::form::AccountForm;
use crate::app::import::{ImportOptions, Staged};
use crate::app::{Once, Unlock};
use crate::config::{Config, Purpose, Sources};
use crate::domain::registry::ExitReason;
use crate::domain::role::Roles;
use crate::domain::volunteer::ServiceFact;

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
const PEOPLE: usize = 40;

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

/// Volunteers whose towns and skills cross each other: some live nowhere known, some can do nothing of the list.
async fn roster(app: &App, actor: Actor) -> Vec<PublicId> {
    let town = |n: usize| app.towns.towns.get(n % 4).filter(|_| n % 4 != 3).map_or("", |town| town.name.as_str());
    let skill = |n: usize| ["急救", "会开车", "急救、翻译", "", "摄影"][n % 5];
    let of = |word: &str, n: usize| word.chars().nth(n % 10).unwrap();
    let name =
        |n: usize| format!("{}{}{}", of("谭林赵钱孙周吴郑冯陈", n), of("春夏秋冬晴雨霜雪月星", 3 * n), of("岚晓青荷实山江河海川", n / 10));
    let line = |n: usize| format!("{},164000{:05},{},,{},,,\n", name(n), 7_919 * n % 100_000, town(n), skill(n));
    let lines: String = (0..PEOPLE).map(line).collect();
    let sheet = format!("姓名,联系电话,镇街,服务队,特长,救护员证编号,证书有效期至,累计服务时长\n{lines}");
    let options = ImportOptions { registry: Some(Registry::Volunteer), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "roster.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
    app.people_page(actor, None, 100).await.unwrap().into_iter().map(|row| row.public_id).collect()
}

async fn compare(app: &App) -> usize {
    let towns: Vec<TownCode> = app.towns.towns.iter().take(4).map(|town| town.code).collect();
    let able: [&[Skill]; 4] = [&[], &[Skill::FirstAid], &[Skill::Driving, Skill::Photography], &[Skill::Crowd]];
    let there: [&[TownCode]; 4] = [&[], &towns[..1], &towns[1..3], &towns[3..]];
    let mut called = 0;
    for skills in able {
        for towns in there {
            let asked = CallOut { skills: skills.to_vec(), towns: towns.to_vec(), purpose: "汛期转移".to_owned() };
            let told = |lines: Vec<(PersonId, CallOutLine)>| {
                let line = |(id, l): (PersonId, CallOutLine)| (id, l.person, l.town, l.skills, l.certificate);
                let mut lines: Vec<_> = lines.into_iter().map(line).collect();
                lines.sort_by_key(|line| line.0);
                lines
            };
            let of_everybody = told(app.to_call_of(None, &asked, NOW).await.unwrap());
            let meant = app.may_be_meant(&asked, NOW).await.unwrap().expect("with few on file it is known at once");
            assert_eq!(told(app.to_call_of(Some(&meant), &asked, NOW).await.unwrap()), of_everybody, "{asked:?}");
            assert_eq!(told(app.to_call(&asked, NOW).await.unwrap()), of_everybody, "{asked:?}");
            if !skills.is_empty() && !towns.is_empty() {
                assert!(meant.len() < PEOPLE / 2, "{asked:?}: {} of {PEOPLE} would be opened", meant.len());
            }
            called += of_everybody.len();
        }
    }
    called
}

#[tokio::test]
async fn a_call_out_reaches_the_same_people_whether_everybody_is_opened_or_who_may_be_meant() {
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
    let ids = roster(&app, actor).await;
    assert_eq!(ids.len(), PEOPLE);
    assert_eq!(compare(&app).await, 0, "importing contacts nobody");
    app.first_contact(actor, None, PEOPLE as u64, NOW).await.unwrap();
    let before = compare(&app).await;
    assert!(before > PEOPLE, "{before}");

    // What is kept follows what is recorded, said and ended.
    let there = app.towns.towns.get(3).map(|town| town.code);
    for (n, id) in (0_u8..).zip(ids.iter().take(6)) {
        let once = Once { key: format!("00000000-0000-4000-8000-0000000000{n:02}"), fingerprint: [n; 32] };
        let moved = ServiceFact::Skills { skills: vec![Skill::Crowd], town: there };
        app.record_service(actor, id, Guarded::new(moved), &once, NOW).await.unwrap();
    }
    app.leave(actor, &ids[6], Registry::Volunteer, ExitReason::Withdrew, NOW).await.unwrap();
    app.object(actor, &ids[7], NOW).await.unwrap();
    app.object(actor, &ids[0], NOW).await.unwrap();
    assert!(compare(&app).await > 0);
    let crowd = CallOut { skills: vec![Skill::Crowd], towns: there.into_iter().collect(), purpose: "汛期转移".to_owned() };
    assert_eq!(app.may_be_meant(&crowd, NOW).await.unwrap().map(|meant| meant.len()), Some(6));
    assert_eq!(app.to_call(&crowd, NOW).await.unwrap().len(), 5, "who objected is opened and not called");
    app.close().await.unwrap();
}
